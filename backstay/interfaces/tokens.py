"""Tokens: a program acts for a person in a company, within scopes, until a day.

A token may do what its scopes name and its person may, whichever is less, asked at every request: what the person loses, it
loses. It is shown once; only its hash is kept. A scope is written as rights are: ``sales.*:read,create``.
Addresses of calendar feeds (``feeds.py``) are issued, listed and ended the same way.
"""

from __future__ import annotations

import hashlib
import json
import secrets as random
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.base.rights import Right, Rights
from backstay.interfaces.acting import universe
from backstay.platform import access, audit, rows
from backstay.platform.models import Feed, Membership, Token

KIND: dict[type[Token] | type[Feed], str] = {Token: "access.token", Feed: "access.feed"}
PREFIX = "bkst_"
DAYS, MOST = 90, 366  # how long a token is good when nothing is said, and at most
EACH = 50  # open ones of a person, of each kind
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token stands for."""

    token: int
    company: int
    user: int
    scopes: tuple[Right, ...]

    @property
    def actor(self) -> str:
        """Who acts."""
        return f"user:{self.user}"

    def reaches(self, action: str) -> bool:
        """Whether the scopes name an action; the person must be allowed to do it, too."""
        kind, _dot, act = action.rpartition(".")
        return any(scope.gives(kind, act) for scope in self.scopes)

    def names(self, action: str) -> bool:
        """Whether a scope says an action in full: its kind and its act, neither by a wildcard."""
        kind, _dot, act = action.rpartition(".")
        return any(scope.resources == kind and act in scope.acts for scope in self.scopes)


def scope_of(text: str) -> Right:
    """``sales.order:read,create`` as a right. Refusal (``token.scope``)."""
    resources, _colon, acts = text.strip().partition(":")
    try:
        return Right(resources.strip(), tuple(a for a in acts.replace(",", " ").split()))
    except Refusal:
        raise Refusal(
            "token.scope",
            f"“{text[:80]}” is no scope",
            "Write kinds and acts: sales.order:read,create or *:read.",
            "scope",
        ) from None


def text_of(scope: Right) -> str:
    """A scope as it is written."""
    return f"{scope.resources}:{','.join(scope.acts)}"


def create(
    ctx: Ctx, name: str, scopes: Sequence[Right], days: int = DAYS, user: int | None = None
) -> tuple[int, str]:
    """Make a token of the actor's own: (id, the token, shown once). At the console, which nobody is, of anybody's (``user``):
    whoever makes a token for another would hold what the other may.

    Raises Refusal (``token.name``, ``token.days``, ``token.scope``, ``token.many``), Denied (``access.above``).
    """
    own = int(ctx.actor.partition(":")[2]) if ctx.actor.startswith("user:") else None
    person = own if user is None else user
    if person != own and not ctx.actor.startswith("system:"):
        raise Denied(
            "access.denied", "a token is made by the person it stands for", "Let that person make it."
        )
    rights = ctx.rights if person == own else access.held_by(ctx, f"user:{person}")
    if person is None or not rights.held:
        raise NotFound("access.user", "this person does not work here", "Choose somebody who does.", "user")
    if not scopes:
        raise Refusal(
            "token.scope", "a token without scopes may do nothing", "Choose what it may do.", "scope"
        )
    for scope in scopes:
        _not_above(rights, scope)
    told = {"scopes": [text_of(s) for s in scopes]}
    return issue(ctx, Token, person, name, days, {"scopes": [s.json() for s in scopes]}, told)


def issue(
    ctx: Ctx, of: type[Token] | type[Feed], person: int, name: str, days: int, columns: Mapping[str, Any], told: Mapping[str, Any]
) -> tuple[int, str]:  # fmt: skip
    """Make what lets a program in, of a person: (id, the secret, shown once). ``told``: what the trail says of it.

    Raises Refusal (``token.name``, ``token.days``, ``token.many``).
    """
    plain = " ".join(name.replace("\0", "").split())[:60]
    if not plain:
        raise Refusal("token.name", "it needs a name", "Write one, to know it again.", "name")
    if not 1 <= days <= MOST:
        raise Refusal("token.days", f"it is good for 1 to {MOST} days", "Choose fewer days.", "days")
    if len(list(_open(ctx, of, [person])[:EACH])) >= EACH:
        raise Refusal("token.many", f"a person has at most {EACH} of them", "End those nobody uses.")
    secret = PREFIX + "".join(random.choice(_LETTERS) for _ in range(40))
    made = rows.insert(of, {
        "user_id": [person], "name": [plain], "begins": [secret[:10]], "digest": [hash_of(secret)],
        "created_by": [ctx.actor], "ends_at": [clock.now() + timedelta(days=days)], **{n: [v] for n, v in columns.items()},
    })  # fmt: skip
    audit.record(ctx, KIND[of], made, "create", [{"user": person, "name": plain, "days": days, **told}])
    return made[0], secret


def _not_above(rights: Rights, scope: Right) -> None:
    """Refuse a scope that names an act its person may not do, or means nothing."""
    known = [(k, a) for k, acts in universe().items() for a in acts if scope.gives(k, a)]
    held = [(k, a) for k, a in known if rights.scope(f"{k}.{a}")]
    if not known:
        raise Refusal(
            "token.scope", f"“{text_of(scope)}” names nothing there is", "Look at the roles.", "scope"
        )
    for act in scope.acts:
        if not any(act in (a, "*") for _k, a in held):
            raise Denied(
                "access.above",
                f"the scope {text_of(scope)} reaches further than what its person may",
                "Leave it out, or ask an owner for the right.",
                "scope",
            )


def _open(ctx: Ctx, of: type[Token] | type[Feed], users: Iterable[int]) -> Any:
    return of._default_manager.filter(
        company_id=ctx.company, user_id__in=list(users), ended_at=None, ends_at__gt=clock.now()
    )


def counted(ctx: Ctx, of: type[Token] | type[Feed], user: int) -> int:
    """How many a person has that are open."""
    return int(_open(ctx, of, [user]).count())


def listed(ctx: Ctx, everybody: bool = False, of: type[Any] = Token) -> list[Any]:
    """One's own, the latest first; or, for who may see members, those of all. Ended ones stay for 30 days."""
    found = of._default_manager.filter(company_id=ctx.company).select_related("user")
    if everybody:
        access.require(ctx, "access.membership.read")
    else:
        found = found.filter(user_id=int(ctx.actor.partition(":")[2] or 0))
    since = clock.now() - timedelta(days=30)
    return [t for t in found.order_by("-id")[:500] if (t.ended_at or t.ends_at) > since]


def scopes_of(token: Token) -> list[str]:
    """The scopes of a token as they are written."""
    return [text_of(Right(str(r), tuple(a))) for r, a, *_rest in token.scopes]


def end(ctx: Ctx, ident: int, of: type[Token] | type[Feed] = Token) -> None:
    """End one of one's own, or, for who may end memberships, of anybody. NotFound when it is not open."""
    found = of._default_manager.filter(company_id=ctx.company, pk=ident, ended_at=None).first()
    own = found is not None and ctx.actor == f"user:{found.user_id}"
    if found is None or not (own or access.may(ctx, "access.membership.end")):
        raise NotFound("token.unknown", "there is none such, or it has ended", "Look at the list again.")
    _end(ctx, of, [ident])


def end_all(ctx: Ctx, user: int) -> None:
    """End every token and feed of a person who leaves; whoever ends memberships calls it."""
    for of in KIND:
        mine = of._default_manager.filter(company_id=ctx.company, user_id=user, ended_at=None)
        _end(ctx, of, list(mine.values_list("pk", flat=True)))


def _end(ctx: Ctx, of: type[Token] | type[Feed], ids: Sequence[int]) -> None:
    if ids:
        count = len(ids)
        rows.update(of, ids, {"ended_at": [clock.now()] * count, "ended_by": [ctx.actor] * count})
        audit.record(ctx, KIND[of], list(ids), "end")


def holder(token: str) -> Holder | None:
    """Whom a token stands for now; None for one that is unknown, too old, ended, or of somebody who left."""
    if not shaped(token):
        return None
    found = rows.execute(
        "SELECT id, company, user_id, scopes FROM token_of(%s, %s, %s)",
        [hash_of(token), clock.now(), clock.today()],
    )
    if not found:
        return None
    ident, company, user, scopes = found[0]
    return Holder(ident, company, user, _scopes(scopes))


@lru_cache(maxsize=1024)
def _scopes(text: str) -> tuple[Right, ...]:
    return tuple(Right(str(resources), tuple(acts)) for resources, acts, *_rest in json.loads(text))


def shaped(secret: str) -> bool:
    """Whether it looks like one of ours."""
    return secret.startswith(PREFIX) and len(secret) == len(PREFIX) + 40 and secret.isascii()


def hash_of(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def left(ctx: Ctx, users: Iterable[int]) -> None:
    """After memberships ended: whoever has none any more keeps no token and no feed."""
    for user in set(users):
        still = Membership.objects.filter(company_id=ctx.company, user_id=user).exclude(
            until_on__lt=ctx.today
        )
        if not still.exists():
            end_all(ctx, user)
