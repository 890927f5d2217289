"""What a person holds: the list for who joins, moves or leaves; and leaving, which ends all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.parties.records import Party
from backstay.interfaces import granting, tokens
from backstay.interfaces.granting import Member
from backstay.interfaces.signing import sessions
from backstay.interfaces.web.fields import STATES, title_of
from backstay.platform import access, audit, heads, rows
from backstay.platform.context import work
from backstay.platform.models import Draft, Feed, Import, Invitation, Notice, TeamMember, Token, User, Work
from backstay.platform.resources import RESOURCES, Resource
from backstay.platform.roles import Duty, duties_of

DOING = ("assignee", "person")  # columns that name the party who does it; one has a user's mail address
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Rows of a kind that are his and not finished: how many, and the latest of them as (title, address)."""

    resource: Resource
    count: int
    latest: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a person holds: to be handed over when he moves or leaves.

    ``sessions``: where he is signed in, in whatever company; ``seen``: when last. ``invitations``: open ones, to him or
    from him. ``tokens``: programs that act for him; ``feeds``: calendar programs that read for him. ``heads``: whether the heads of the sealed chain go to his address.
    """

    member: Member
    unfinished: tuple[Unfinished, ...]
    drafts: int
    imports: int
    works: int
    notices: int
    sessions: int
    seen: datetime | None
    invitations: int
    tokens: int
    feeds: int
    heads: bool
    exceptions: tuple[tuple[Duty, date], ...]
    conflicts: tuple[Duty, ...]


def holding(ctx: Ctx, user: int) -> Holding:
    """What a member holds. NotFound for who is no member."""
    member = next((m for m in granting.members(ctx) if m.user == user), None)
    if member is None:
        raise NotFound("access.member", "he does not work here", "Choose somebody of the list.")
    actor, mine = f"user:{user}", {"company_id": ctx.company}
    seen = (
        UserSession.objects.filter(user_id=user)
        .order_by("-last_seen_at")
        .values_list("last_seen_at", flat=True)
    )
    invited = Invitation.objects.filter(
        Q(email=member.mail) | Q(invited_by=actor), **mine, accepted_at=None, withdrawn_at=None
    )
    duties = {d.code: d for d in duties_of(ctx.settings)}
    return Holding(
        member,
        tuple(_unfinished(ctx, actor, member.mail)),
        Draft.objects.filter(**mine, created_by=actor, made_id=None).count(),
        Import.objects.filter(**mine, created_by=actor, done=None).count(),
        Work.objects.filter(**mine, actor=actor, state__in=("waiting", "running")).count(),
        Notice.objects.filter(**mine, actor=actor, read_at=None).count(),
        len(seen),
        next(iter(seen), None),
        invited.filter(ends_at__gt=clock.now()).count(),
        tokens.counted(ctx, Token, user),
        tokens.counted(ctx, Feed, user),
        heads.plan(ctx).to.lower() == member.mail.lower(),
        tuple(
            (duties[code], e.until_on) for code, e in granting.exceptions(ctx, user).items() if code in duties
        ),
        tuple(granting.conflicts(ctx, granting.rights_of_member(ctx, member))),
    )


def persons_of(ctx: Ctx, mail: str) -> list[int]:
    """The parties that are this person: those with his mail address."""
    return list(Party.objects.filter(company_id=ctx.company, email__iexact=mail).values_list("pk", flat=True))


def unfinished(ctx: Ctx, resource: Resource, actor: str, persons: Sequence[int]) -> QuerySet[Any] | None:
    """Rows of a kind that somebody began or is to do, of those the reader sees; None where a kind has no states or nobody's own."""
    names = {f.name for f in resource.of._meta.concrete_fields}
    his = Q()
    if column := access.owner_column(resource.kind):
        his |= Q(**{column: actor})
    for name in set(DOING) & names if persons else ():
        his |= Q(**{f"{name}__in": persons})
    if resource.life is None or not his or not access.may(ctx, f"{resource.kind}.read"):
        return None
    over = [state for state, (_icon, tone) in STATES.items() if tone in ("ok", "void") or state == "posted"]
    seen = resource.of._default_manager.filter(his, access.rows(ctx, resource.kind), company_id=ctx.company)
    return seen.exclude(state__in=over)


def _unfinished(ctx: Ctx, actor: str, mail: str) -> list[Unfinished]:
    """What is his and not finished, of every kind. Two statements a kind."""
    persons, made = persons_of(ctx, mail), []
    for resource in RESOURCES.values():
        found = unfinished(ctx, resource, actor, persons)
        if found is None:
            continue
        latest = tuple((title_of(row), f"/{resource.path}/{row.pk}") for row in found.order_by("-pk")[:SHOWN])
        if latest:
            made.append(Unfinished(resource, found.count() if len(latest) == SHOWN else len(latest), latest))
    return made


def leave(ctx: Ctx, user: int, successor: int | None = None) -> None:
    """End all at once: roles, teams, exceptions, sessions, invitations, tokens, calendar feeds, long work; drafts go to a successor, or stay for those who
    see them. What he has not finished otherwise stays his, and is seen by whoever sees its kind."""
    member = next((m for m in granting.members(ctx) if m.user == user), None)
    if member is None:
        raise NotFound("access.member", "he does not work here", "Choose somebody of the list.")
    if successor is not None and successor not in {m.user for m in granting.members(ctx) if m.user != user}:
        raise NotFound("access.member", "the successor does not work here", "Choose somebody of the list.")
    granting.end(ctx, [pk for pk, _code, _since, _until in member.roles])
    granting.end_exceptions(ctx, user, _("has left"))
    teams = TeamMember.objects.filter(company_id=ctx.company, user_id=user).exclude(until_on__lt=ctx.today)
    gone = list(teams.values_list("pk", flat=True))
    rows.update(TeamMember, gone, {"until_on": [ctx.today - timedelta(days=1)] * len(gone)})
    actor = f"user:{user}"
    Work.objects.filter(company_id=ctx.company, actor=actor, state__in=("waiting", "running")).update(
        cancel=True
    )
    if successor is not None:
        told = {"created_by": f"user:{successor}", "updated_by": f"user:{successor}"}
        Draft.objects.filter(company_id=ctx.company, created_by=actor, made_id=None).update(**told)
    audit.record(ctx, "access.membership", [user], "leave", [{"successor": successor}])


def close(user: User, companies: Sequence[int], actor: str, successor: User | None = None) -> int:
    """Leave all these companies and close the account, all or nothing; how many were left. Refusal (``access.last_owner``)."""
    left = 0
    with transaction.atomic():
        for company in companies:
            with work(company, actor) as ctx:
                here = {m.user for m in granting.members(ctx)}
                if user.pk in here:
                    leave(
                        ctx, user.pk, successor.pk if successor is not None and successor.pk in here else None
                    )
                    left += 1
        User.objects.filter(pk=user.pk).update(is_active=False)
        sessions.end_all(user.pk)
    return left
