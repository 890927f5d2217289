"""Inviting people: a link by mail, good once and for seven days; who takes it works for the company from then on.

The roles are given in the name of who invited, when the link is taken: what he may no longer give, nobody gets.
"""

from __future__ import annotations

import hashlib
import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.interfaces import granting, users
from backstay.platform import access, audit, mail, outbox, rows
from backstay.platform.context import work
from backstay.platform.models import Invitation, Membership, User
from backstay.platform.roles import TIMED

DAYS = 7
KIND = "access.invitation"


@dataclass(frozen=True, slots=True)
class Invited:
    """What a link says to who holds it."""

    id: int
    company: int
    name: str
    email: str
    actor: str


def invite(ctx: Ctx, email: str, roles: Sequence[str], until: date | None, address: str) -> str:
    """Ask somebody to join; the path of the link, which is sent to him by mail where ``address`` (ours) is known.

    Raises Refusal (``access.email``, ``access.invitation``, ``access.until``), Denied (``access.above``).
    """
    access.require(ctx, "access.membership.grant")
    plain = email.strip().lower()
    try:
        validate_email(plain)
    except ValidationError:
        raise Refusal("access.email", f"“{email[:80]}” is no mail address", "Write it as name@example.com.", "email") from None  # fmt: skip
    if not roles:
        raise Refusal("access.invitation", "an invitation gives a role", "Choose one.", "role")
    for code in roles:
        _may_be_given(ctx, code, until)
    current = Membership.objects.filter(company_id=ctx.company, user__email=plain, role__in=roles).exclude(until_on__lt=ctx.today)  # fmt: skip
    if current.exists():
        raise Refusal("access.invitation", f"{plain} has this role already", "Choose another.", "email")
    before = Invitation.objects.filter(
        company_id=ctx.company, email=plain, accepted_at=None, withdrawn_at=None
    )
    rows.update(Invitation, found := list(before.values_list("pk", flat=True)), {"withdrawn_at": [clock.now()] * len(found)})  # fmt: skip
    token = random.token_urlsafe(32)
    made = rows.insert(Invitation, {
        "email": [plain], "roles": [list(roles)], "until_on": [until], "digest": [_hash(token)], "invited_by": [ctx.actor],
        "ends_at": [clock.now() + timedelta(days=DAYS)],
    })  # fmt: skip
    told = {"email": plain, "roles": list(roles), "until": until.isoformat() if until else None}
    audit.record(ctx, KIND, made, "invite", [told])
    path = f"/sign-in/join?token={token}"
    if address:
        if outbox.held(ctx):
            raise Refusal("access.invitation", "a practice company sends nothing", "Invite from the company itself.", "email")  # fmt: skip
        mail.send(ctx, [_letter(ctx, plain, address.rstrip("/") + path)], [f"invitation-{made[0]}"])
    return path


def _may_be_given(ctx: Ctx, code: str, until: date | None) -> None:
    """Refuse at once what could not be given when the link is taken."""
    given = granting.role(ctx, code)
    if until is None and code in TIMED:
        raise Refusal("access.until", f"the role {code} ends on a day", "Say until when.", "until")
    if until is not None and until < ctx.today:
        raise Refusal("access.until", "the role would end before it begins", "Choose a later day.", "until")
    above = next((right for right in given.rights if not ctx.rights.covers(right)), None)
    if above is not None:
        raise Denied("access.above", f"{code} reaches further than what you hold: {above}", "Ask an owner.")


def _letter(ctx: Ctx, email: str, link: str) -> dict[str, object]:
    known = User.objects.filter(email=email).first()
    with translation.override(
        (known and known.language) or ctx.settings.get("language") or translation.get_language() or "en"
    ):
        name = ctx.settings["name"]
        lines = [
            _("%(company)s invites you to work in its Backstay.") % {"company": name},
            _("With this link you join; it is good once, for %(n)d days:") % {"n": DAYS},
            link,
            _("If you do not know why this came, do nothing."),
        ]
        subject = _("Invitation to %(company)s") % {"company": name}
        return {"to": [email], "subject": subject, "body": "\n\n".join(lines)}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_ones(ctx: Ctx) -> list[Invitation]:
    """Invitations nobody has taken yet, the latest first."""
    access.require(ctx, "access.membership.read")
    found = Invitation.objects.filter(company_id=ctx.company, accepted_at=None, withdrawn_at=None, ends_at__gt=clock.now())  # fmt: skip
    return list(found.order_by("-id")[:200])


def withdraw(ctx: Ctx, ident: int) -> None:
    """Take an invitation back. NotFound when it is taken, withdrawn or too old."""
    access.require(ctx, "access.membership.grant")
    if ident not in {each.pk for each in open_ones(ctx)}:
        raise NotFound("access.invitation", "this invitation is not open", "Look at the list again.")
    rows.update(Invitation, [ident], {"withdrawn_at": [clock.now()]})
    audit.record(ctx, KIND, [ident], "withdraw")


def looked_up(token: str) -> Invited:
    """What a link says. Raises Denied (``access.invitation``) when it is not good."""
    found = rows.execute(
        "SELECT id, company, name, email, actor, open FROM invitation_of(%s)", [_hash(token)]
    )
    if not found or not found[0][5]:
        raise Denied("access.invitation", "this invitation is used, withdrawn or too old", "Ask for another.")
    return Invited(*found[0][:5])


def accept(token: str, user: User | None, name: str = "", password: str = "") -> User:
    """Join: as the user who sits here, or as a new one with a name and a password; who it is then.

    Raises Denied (``access.invitation``), also for another account than the one invited, and Refusal.
    """
    with transaction.atomic():
        told = looked_up(token)
        if user is None:
            if User.objects.filter(email=told.email).exists():
                raise Denied("access.invitation", "there is an account with this address", "Sign in with it first.")  # fmt: skip
            user = _new(told, name, password)
        elif user.email != told.email:
            raise Denied("access.invitation", f"this invitation is for {told.email}", "Sign out, and open the link again.")  # fmt: skip
        with work(told.company, told.actor) as ctx:
            row = Invitation.objects.select_for_update().get(pk=told.id)
            if row.accepted_at or row.withdrawn_at:  # somebody was faster
                raise Denied("access.invitation", "this invitation is used, withdrawn or too old", "Ask for another.")  # fmt: skip
            granting.grant(
                ctx, [granting.GrantDraft(user.pk, code, None, row.until_on) for code in row.roles]
            )
            rows.update(Invitation, [row.pk], {"accepted_at": [clock.now()]})
            audit.record(ctx, KIND, [row.pk], "accept", [{"user": user.pk}])
    return user


def _new(told: Invited, name: str, password: str) -> User:
    plain = " ".join(name.replace("\0", "").split())
    if not plain:
        raise Refusal("access.name", "a name is needed", "Colleagues will see it.", "name")
    fresh = User(email=told.email, name=plain)
    fresh.of_companies = (told.name,)  # type: ignore[attr-defined]
    users.check_password(password, fresh)
    made = User.objects.get(pk=users.make_user(told.email, plain, password))
    User.objects.filter(pk=made.pk).update(language=translation.get_language() or "")
    return made
