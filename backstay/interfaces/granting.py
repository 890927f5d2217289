"""Giving and taking roles: who has which, from when to when; roles and teams as data; exceptions from duties.

Nobody gives what he does not hold: every right of a role, at its scope or wider, with no more fields. The database adds
that only an owner makes an owner, and that a company keeps one (``sql/rights.sql``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.base.rights import Right, Rights, right_of
from backstay.interfaces import tokens
from backstay.interfaces.signing import sessions
from backstay.platform import access, audit, rows
from backstay.platform.models import Exemption, Invitation, Membership, Role, TeamMember, User
from backstay.platform.roles import NAMES, TIMED, Duty, defaults, duties_of

OWNER = "owner"


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """A role for a user, from a day (today) to a day (for good)."""

    user: int
    role: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RoleSeen:
    """A role as this company has it. ``ours``: changed or made here; ``default``: there is one of this code to restore."""

    code: str
    name: str
    rights: tuple[Right, ...]
    ours: bool
    default: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A user's roles: (membership, role, since, until), the present and future ones."""

    user: int
    name: str
    mail: str
    roles: tuple[tuple[int, str, date, date | None], ...]
    teams: tuple[str, ...]


# ---- roles ----


def roles(ctx: Ctx) -> dict[str, RoleSeen]:
    """Every role of the company, the default ones first."""
    ours = {r.code: r for r in Role.objects.filter(company_id=ctx.company).order_by("name")}
    made = {}
    for code in (*NAMES, *(c for c in ours if c not in NAMES)):
        mine = ours.get(code)
        rights = tuple(map(right_of, mine.rights)) if mine else defaults()[code]
        made[code] = RoleSeen(
            code, mine.name if mine else NAMES[code], rights, mine is not None, code in NAMES
        )
    return made


def role(ctx: Ctx, code: str) -> RoleSeen:
    """A role by its code. NotFound names those there are."""
    known = roles(ctx)
    if code not in known:
        raise NotFound("access.role", f"there is no role {code[:40]}", f"One of {', '.join(known)}.", "role")
    return known[code]


def save_role(ctx: Ctx, code: str, name: str, rights: Sequence[Right]) -> None:
    """Make a role, or change one for all who have it. Raises Denied (``access.above``), Refusal (``access.role``,
    ``access.conflict``)."""
    access.require(ctx, "access.role.change")
    code, name = code.strip().lower(), " ".join(name.replace("\0", "").split())[:60]
    if code == OWNER:
        raise Refusal("access.role", "the role of owners stays whole", "Make a role of your own.", "code")
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", code) or not name:
        raise Refusal("access.role", "a role needs a name", "Type a few letters.", "name")
    before = roles(ctx).get(code)
    _not_above(ctx, code, [*rights, *(before.rights if before else ())])
    for user in _holders(ctx, code):
        others = [r for other, r in _held(ctx, user) if other != code]
        _no_conflict(ctx, user, others, rights)
    told = [r.json() for r in rights]
    found = Role.objects.filter(company_id=ctx.company, code=code).first()
    if found:
        rows.update(Role, [found.pk], {"name": [name], "rights": [told]})
        audit.record(ctx, "access.role", [found.pk], "change")
    else:
        audit.record(
            ctx,
            "access.role",
            rows.insert(Role, {"code": [code], "name": [name], "rights": [told]}),
            "create",
        )


def restore_role(ctx: Ctx, code: str) -> None:
    """Have a default role again as Backstay brings it."""
    access.require(ctx, "access.role.change")
    found = Role.objects.filter(company_id=ctx.company, code=code).first()
    if found is None or code not in NAMES:
        raise Refusal(
            "access.role", f"{code} is no default role that was changed", "Nothing needs to be done."
        )
    _not_above(ctx, code, [*defaults()[code], *map(right_of, found.rights)])
    for user in _holders(ctx, code):
        others = [r for other, r in _held(ctx, user) if other != code]
        _no_conflict(ctx, user, others, defaults()[code])
    audit.record(ctx, "access.role", [found.pk], "restore")
    rows.delete(Role, "id", [found.pk])


# ---- giving and taking ----


def grant(ctx: Ctx, drafts: Sequence[GrantDraft]) -> list[int]:
    """Give roles; ids in order. Raises Denied (``access.above``), Refusal (``access.until``, ``access.conflict``)."""
    access.require(ctx, "access.membership.grant")
    known = roles(ctx)
    for draft in drafts:
        given = known.get(draft.role) or role(ctx, draft.role)
        since = draft.since or ctx.today
        if draft.until is None and draft.role in TIMED:
            raise Refusal("access.until", f"the role {draft.role} ends on a day", "Say until when.", "until")
        if draft.until is not None and draft.until < max(since, ctx.today):
            raise Refusal(
                "access.until", "the role would end before it begins", "Choose a later day.", "until"
            )
        _not_above(ctx, draft.role, given.rights)
        if any(held == draft.role for held, _ in _held(ctx, draft.user)):
            raise Refusal(
                "access.membership_once",
                "he has this role already",
                "End it first to change its days.",
                "role",
            )
        if draft.role != OWNER:  # an owner holds all there is: not his role is checked, but what he does
            _no_conflict(ctx, draft.user, [r for _, r in _held(ctx, draft.user)], given.rights)
    ids = rows.insert(Membership, {
        "user_id": [d.user for d in drafts], "role": [d.role for d in drafts], "since_on": [d.since or ctx.today for d in drafts],
        "until_on": [d.until for d in drafts],
    })  # fmt: skip
    told = [
        {"user": d.user, "role": d.role, "until": d.until.isoformat() if d.until else None} for d in drafts
    ]
    audit.record(ctx, "access.membership", ids, "grant", told)
    return ids


def end(ctx: Ctx, ids: Sequence[int], on: date | None = None) -> None:
    """End memberships after a day (yesterday: at once). Raises Refusal (``access.last_owner``)."""
    access.require(ctx, "access.membership.end")
    last = on or ctx.today - timedelta(days=1)
    found = rows.lock(Membership, ids, "user_id", "role", "since_on", "until_on")
    known = roles(ctx)
    for row in found:
        _not_above(ctx, row.role, known[row.role].rights if row.role in known else ())
    rows.update(Membership, ids, {"until_on": [last] * len(ids)})
    if last < ctx.today:  # one that ends later lets nothing pass from then on, and is not asked before
        tokens.left(ctx, {row.user_id for row in found})
    audit.record(
        ctx,
        "access.membership",
        ids,
        "end",
        [{"user": r.user_id, "role": r.role, "until": last.isoformat()} for r in found],
    )
    for user in sorted({r.user_id for r in found}):
        if last < ctx.today and not _held(ctx, user):
            _cut_off(ctx, user)


def _cut_off(ctx: Ctx, user: int) -> None:
    """Who holds no role any more is signed out everywhere, and no link lets him in again, nor one that he gave away."""
    mail = User.objects.values_list("email", flat=True).get(pk=user)
    his = Q(email=mail) | Q(invited_by=f"user:{user}")
    found = Invitation.objects.filter(his, company_id=ctx.company, accepted_at=None, withdrawn_at=None)
    ids = list(found.values_list("pk", flat=True))
    rows.update(Invitation, ids, {"withdrawn_at": [clock.now()] * len(ids)})
    audit.record(ctx, "access.invitation", ids, "withdraw")
    if count := sessions.end_all(user):
        audit.record(ctx, "access.user", [user], "sessions_ended", [{"sessions": count}])


def set_team(ctx: Ctx, team: str, users: Sequence[int]) -> None:
    """Say who is in a team from today on; whoever is not named leaves it."""
    access.require(ctx, "access.team.change")
    name = " ".join(team.replace("\0", "").split())[:60]
    if not name:
        raise Refusal("access.team", "a team needs a name", "Type it.", "team")
    now = {
        t.user_id: t.pk for t in TeamMember.objects.filter(company_id=ctx.company, team=name, until_on=None)
    }
    gone = [pk for user, pk in now.items() if user not in users]
    rows.update(TeamMember, gone, {"until_on": [ctx.today - timedelta(days=1)] * len(gone)})
    fresh = [u for u in dict.fromkeys(users) if u not in now]
    TeamMember.objects.filter(
        company_id=ctx.company, team=name, user_id__in=fresh, since_on=ctx.today
    ).delete()
    ids = rows.insert(
        TeamMember, {"team": [name] * len(fresh), "user_id": fresh, "since_on": [ctx.today] * len(fresh)}
    )
    audit.record(ctx, "access.team", [*ids, *gone], "change", [{"team": name}] * (len(ids) + len(gone)))


def exempt(ctx: Ctx, user: int, duty: str, reason: str, until: date) -> int:
    """Let a person do both acts of a duty, for a reason, until a day. Nobody does so for himself."""
    access.require(ctx, "access.duty.exempt")
    known = [d.code for d in duties_of(ctx.settings)]
    if duty not in known:
        raise NotFound(
            "access.duty",
            f"there is no duty {duty[:40]}",
            f"One of {', '.join(known)}.",
            "duty",
        )
    if not reason.strip():
        raise Refusal("access.reason", "an exception needs a reason", "Say why.", "reason")
    if not ctx.today <= until <= ctx.today + timedelta(days=366):
        raise Refusal("access.until", "an exception ends within a year", "Choose a day.", "until")
    if ctx.actor == f"user:{user}":
        raise Denied("access.above", "nobody makes an exception for himself", "Ask another owner.")
    told = {
        "user_id": [user],
        "duty": [duty],
        "reason": [reason.strip()],
        "until_on": [until],
        "actor": [ctx.actor],
    }
    made = rows.insert(Exemption, told)[0]
    audit.record(
        ctx, "access.duty", [made], "exempt", [{"user": user, "duty": duty, "until": until.isoformat()}]
    )
    return made


def exceptions(ctx: Ctx, user: int) -> dict[str, Exemption]:
    """The exceptions that a person has now, by duty: the latest of each counts."""
    latest = {
        e.duty: e for e in Exemption.objects.filter(company_id=ctx.company, user_id=user).order_by("id")
    }
    return {duty: e for duty, e in latest.items() if e.until_on >= ctx.today}


def end_exceptions(ctx: Ctx, user: int, why: str) -> int:
    """End all of a person's exceptions; how many."""
    codes = sorted(exceptions(ctx, user))
    ended = [ctx.today - timedelta(days=1)] * len(codes)
    told = {
        "user_id": [user] * len(codes),
        "duty": codes,
        "reason": [why] * len(codes),
        "until_on": ended,
        "actor": [ctx.actor] * len(codes),
    }
    ids = rows.insert(Exemption, told)
    audit.record(ctx, "access.duty", ids, "end", [{"user": user, "duty": code} for code in codes])
    return len(codes)


def _not_above(ctx: Ctx, code: str, rights: Sequence[Right]) -> None:
    above = next((r for r in rights if not ctx.rights.covers(r)), None)
    if above is not None:
        raise Denied("access.above", f"{code} reaches further than what you hold: {above}", "Ask an owner.")


def _no_conflict(ctx: Ctx, user: int, held: Sequence[Sequence[Right]], given: Sequence[Right]) -> None:
    """Refuse what would let a person do both acts of a duty and did not before."""
    before = [r for rights in held for r in rights]
    had = {d.code for d in conflicts(ctx, Rights(before))}
    exempted = set(exceptions(ctx, user))
    for duty in conflicts(ctx, Rights([*before, *given])):
        if duty.code not in had | exempted:
            raise Refusal(
                "access.conflict",
                duty.why.rstrip("."),
                "Give one of the roles to somebody else, or record an exception first.",
                duty.code,
            )


def conflicts(ctx: Ctx, rights: Rights) -> list[Duty]:
    """The duties of which these rights hold both acts."""
    return [d for d in duties_of(ctx.settings) if rights.scope(d.first) and rights.scope(d.second)]


def _held(ctx: Ctx, user: int) -> list[tuple[str, tuple[Right, ...]]]:
    """(role, its rights) that a user has today or will have."""
    known = roles(ctx)
    found = Membership.objects.filter(company_id=ctx.company, user_id=user).exclude(until_on__lt=ctx.today)
    return [(m.role, known[m.role].rights if m.role in known else ()) for m in found]


def _holders(ctx: Ctx, code: str) -> list[int]:
    found = Membership.objects.filter(company_id=ctx.company, role=code).exclude(until_on__lt=ctx.today)
    return sorted(set(found.values_list("user_id", flat=True)))


# ---- looking ----


def members(ctx: Ctx) -> list[Member]:
    """Who works for the company today or will, by name. Three statements."""
    access.require(ctx, "access.membership.read")
    by_user: dict[int, list[Membership]] = {}
    current = Membership.objects.filter(company_id=ctx.company).exclude(until_on__lt=ctx.today)
    for m in current.select_related("user").order_by("user__name", "user_id", "role"):
        by_user.setdefault(m.user_id, []).append(m)
    teams: dict[int, list[str]] = {}
    for t in (
        TeamMember.objects.filter(company_id=ctx.company).exclude(until_on__lt=ctx.today).order_by("team")
    ):
        teams.setdefault(t.user_id, []).append(t.team)
    return [
        Member(user, mine[0].user.name, mine[0].user.email, tuple((m.pk, m.role, m.since_on, m.until_on) for m in mine), tuple(dict.fromkeys(teams.get(user, ()))))
        for user, mine in by_user.items()
    ]  # fmt: skip


def who_can(ctx: Ctx, action: str) -> list[tuple[Member, str]]:
    """(member, how far) of all who may do an action today."""
    known = roles(ctx)
    made = []
    for member in members(ctx):
        scope = rights_of_member(ctx, member, known).scope(action)
        if scope:
            made.append((member, scope))
    return made


def rights_of_member(ctx: Ctx, member: Member, known: Mapping[str, RoleSeen] | None = None) -> Rights:
    """What somebody may do today."""
    every = roles(ctx) if known is None else known
    now = [role for _, role, since, _until in member.roles if since <= ctx.today]
    return Rights([r for code in now if code in every for r in every[code].rights], now)


_BOTH = """
SELECT e.data ->> 'duty', max(e.data ->> 'first'), max(e.data ->> 'second'), max(e.data ->> 'why'), e.actor, coalesce(u.name, e.actor), e.object_id, min(e.at), max(e.data ->> 'reason')
FROM platform_auditevent e LEFT JOIN platform_user u ON e.actor = 'user:' || u.id
WHERE e.company_id = %s AND e.kind = 'access.duty' AND e.event = 'both' AND e.at::date BETWEEN %s AND %s
GROUP BY 1, 5, 6, 7 ORDER BY 8 DESC LIMIT 5000
"""


@dataclass(frozen=True, slots=True)
class Both:
    """Somebody did both acts of a duty to one object; ``reason``: of the exception, "" where nobody else could."""

    duty: Duty
    actor: str
    name: str
    object_id: int
    at: datetime
    reason: str


def both_done(ctx: Ctx, since: date, until: date) -> list[Both]:
    """Who did both in some days, the latest first: what ``access.apart`` let pass and wrote down."""
    access.require(ctx, "access.duty.read")
    known = {d.code: d for d in duties_of(ctx.settings)}
    found = rows.execute(_BOTH, [ctx.company, since, until])
    gone = {
        code: Duty(code, first, "", second, why, True) for code, first, second, why, *_rest in found if first
    }
    known = gone | known  # one that stands no more is told all the same
    return [Both(known[code], *rest) for code, _first, _second, _why, *rest in found if code in known]


def user_of(mail: str) -> User:
    """The user with an address. NotFound."""
    found = User.objects.filter(email=mail.strip().lower(), is_active=True).first()
    if found is None:
        raise NotFound("access.user", f"nobody signs in as {mail[:80]}", "Invite him first.", "mail")
    return found
