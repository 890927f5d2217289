"""People and roles: who works here with which roles, what a role may do, what a person holds and how he leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import NotFound, Refusal
from backstay.base.rights import FIXED, HIDDEN, SCOPES, Right, Rights
from backstay.interfaces import granting, leaving
from backstay.interfaces.acting import kind_name, universe
from backstay.interfaces.web.binding import line_field
from backstay.interfaces.web.company import SYSTEM
from backstay.interfaces.web.fields import column, day_text, field_of, word_of
from backstay.interfaces.web.resource import Answer, whole
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import for_kind, page
from backstay.platform.roles import TIMED, duties_of

n = gettext_noop
PEOPLE, ROLES = "access/people", "access/roles"


@page(PEOPLE, n("People and roles"), SYSTEM, "access.membership.read")
def people(request: HttpRequest, ctx: Ctx) -> Answer:
    """Who works for the company, with roles and teams; giving a role; ending one."""
    if request.method == "POST":
        return _people_posted(request, ctx)
    known = granting.roles(ctx)
    told = []
    for member in granting.members(ctx):
        rights = granting.rights_of_member(ctx, member, known)
        roles = [_role_seen(ctx, known, *each) for each in member.roles]
        told.append({"user": member.user, "name": member.name or member.mail, "mail": member.mail, "roles": roles, "teams": member.teams,
                     "conflicts": [_(d.why) for d in granting.conflicts(ctx, rights)] if "owner" not in rights.roles else []})  # fmt: skip
    return "backstay/people.html", {
        "members": told, "roles": [(r.code, _(r.name)) for r in known.values()], "may_grant": access.may(ctx, "access.membership.grant"),
        "may_team": access.may(ctx, "access.team.change"), "today": ctx.today, "timed": ", ".join(_(known[c].name) for c in TIMED),
    }  # fmt: skip


def _role_seen(
    ctx: Ctx, known: Mapping[str, granting.RoleSeen], ident: int, code: str, since: date, until: date | None
) -> dict[str, Any]:
    name = _(known[code].name) if code in known else word_of(code)
    days = _("from %(day)s") % {"day": day_text(since, ctx.today.year)} if since > ctx.today else ""
    days += (
        (" " if days else "") + _("until %(day)s") % {"day": day_text(until, ctx.today.year)} if until else ""
    )
    return {"id": ident, "code": code, "name": name, "days": days}


def _people_posted(request: HttpRequest, ctx: Ctx) -> Answer:
    post = request.POST
    if post.get("end"):
        granting.end(ctx, [whole(post["end"]) or 0])
        messages.success(request, _("The role has ended."))
    elif post.get("team"):
        users = [u for u in map(whole, post.getlist("users")) if u]
        granting.set_team(ctx, post["team"], users)
        messages.success(request, _("The team is kept."))
    else:
        user = granting.user_of(post.get("mail", ""))
        granting.grant(
            ctx,
            [
                granting.GrantDraft(
                    user.pk, post.get("role", ""), _day(post.get("since")), _day(post.get("until"))
                )
            ],
        )
        messages.success(request, _("The role is given."))
    return redirect(f"/{PEOPLE}")


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("access.until", _("this is no day"), _("Write it as 2026-12-31."), "until") from None


@page(f"{PEOPLE}/<int:user>", n("Person"), SYSTEM, "access.membership.read", hidden=True)
def person(request: HttpRequest, ctx: Ctx, user: int) -> Answer:
    """What a person holds: the list for who joins, moves or leaves; ending all of it in one act; exceptions."""
    held = leaving.holding(ctx, user)
    if request.method == "POST":
        post = request.POST
        if post.get("do") == "leave":
            leaving.leave(ctx, user, whole(post.get("successor")))
            messages.success(request, _("%(name)s works here no more.") % {"name": held.member.name})
            return redirect(f"/{PEOPLE}")
        until = _day(post.get("until")) or ctx.today
        granting.exempt(ctx, user, post.get("duty", ""), post.get("reason", ""), until)
        messages.success(request, _("The exception is recorded."))
        return redirect(f"/{PEOPLE}/{user}")
    known = granting.roles(ctx)
    rights = granting.rights_of_member(ctx, held.member, known)
    open_ = [(_(u.resource.names[1]), u.count, u.latest) for u in held.unfinished]
    others = [(m.user, m.name or m.mail) for m in granting.members(ctx) if m.user != user]
    return "backstay/person.html", {
        "held": held, "unfinished": open_, "seen": held.seen and day_text(held.seen, ctx.today.year), "name": held.member.name or held.member.mail, "roles": [_role_seen(ctx, known, *each) for each in held.member.roles],
        "conflicts": [(d.code, _(d.why)) for d in held.conflicts if "owner" not in rights.roles], "duties": [(d.code, _(d.why)) for d in duties_of(ctx.settings)], "others": others,
        "exceptions": [(_(d.why), day_text(until, ctx.today.year)) for d, until in held.exceptions],
        "can": _can(rights), "may_end": access.may(ctx, "access.membership.end"), "may_exempt": access.may(ctx, "access.duty.exempt") and ctx.actor != f"user:{user}",
        "until": ctx.today + timedelta(days=30), "me": ctx.actor == f"user:{user}",
    }  # fmt: skip


def _can(rights: Rights) -> list[tuple[str, list[tuple[str, str]]]]:
    """(kind, [(act, scope)]) of all that somebody may do, in words."""
    made = []
    for kind, acts in universe().items():
        told = [(word_of(act), scope) for act in acts if (scope := rights.scope(f"{kind}.{act}"))]
        if told:
            made.append(
                (
                    kind_name(kind),
                    [(act, "" if scope == "company" else word_of(scope)) for act, scope in told],
                )
            )
    return made


@page(ROLES, n("Roles"), SYSTEM, "access.role.read")
def roles(request: HttpRequest, ctx: Ctx) -> Answer:
    """Every role, with how many have it; a copy begins a new one."""
    if request.method == "POST":
        code = request.POST.get("name", "").strip().lower().replace(" ", "_")
        granting.save_role(
            ctx, code, request.POST.get("name", ""), granting.role(ctx, request.POST.get("copy", "")).rights
        )
        return redirect(f"/{ROLES}/{code}")
    counts: dict[str, int] = {}
    for member in granting.members(ctx):
        for _id, code, _since, _until in member.roles:
            counts[code] = counts.get(code, 0) + 1
    told = []
    for role in granting.roles(ctx).values():
        held = Rights(role.rights)
        told.append({"code": role.code, "name": _(role.name), "people": counts.get(role.code, 0), "ours": role.ours, "default": role.default,
                     "reads": _sum(held, ("read",)), "does": _sum(held, ()), "conflicts": len(granting.conflicts(ctx, held))})  # fmt: skip
    return "backstay/roles.html", {"roles": told, "may_change": access.may(ctx, "access.role.change")}


def _sum(held: Rights, acts: Iterable[str]) -> int:
    """How many kinds are read, or in how many something is done."""
    wanted = set(acts)
    return sum(
        any(held.scope(f"{kind}.{act}") for act in of if (act in wanted if wanted else act != "read"))
        for kind, of in universe().items()
    )


@page(f"{ROLES}/<slug:code>", n("Role"), SYSTEM, "access.role.read", hidden=True)
def role(request: HttpRequest, ctx: Ctx, code: str) -> Answer:
    """What a role may do: a row for each kind, a scope for each act, fields that are hidden or only read."""
    found = granting.role(ctx, code)
    if request.method == "POST":
        if request.POST.get("do") == "restore":
            granting.restore_role(ctx, code)
            messages.success(request, _("The role is as Backstay brings it."))
        else:
            granting.save_role(ctx, code, request.POST.get("name", "") or found.name, _typed(request.POST))
            messages.success(request, _("Saved."))
        return redirect(f"/{ROLES}/{code}")
    held = Rights(found.rights)
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind, acts in universe().items():
        scopes = SCOPES if access.owner_column(kind) else ("company",)
        rules = held.fields(kind)
        cells = [
            {"name": f"{kind}.{act}", "text": word_of(act), "scope": held.scope(f"{kind}.{act}")}
            for act in acts
        ]
        row = {"kind": kind, "name": kind_name(kind), "cells": cells, "scopes": [(s, word_of(s)) for s in scopes], "ruled": for_kind(kind) is not None,
               "any": any(c["scope"] for c in cells), "hidden": _labels(kind, rules, HIDDEN), "fixed": _labels(kind, rules, FIXED)}  # fmt: skip
        groups.setdefault(kind.partition(".")[0], []).append(row)
    return "backstay/role.html", {
        "role": found, "name": _(found.name), "groups": [(word_of(domain), rows) for domain, rows in groups.items()],
        "may_change": access.may(ctx, "access.role.change") and code != granting.OWNER, "conflicts": [_(d.why) for d in granting.conflicts(ctx, held)],
        "ours": found.ours and found.default,
    }  # fmt: skip


def _typed(post: Mapping[str, str]) -> list[Right]:
    """The rights that the form says: acts of one kind and scope are one right."""
    made = []
    for kind, acts in universe().items():
        hidden, fixed = (_fields(kind, post.get(f"{rule}:{kind}", "")) for rule in ("hidden", "fixed"))
        for scope in SCOPES:
            mine = tuple(act for act in acts if post.get(f"{kind}.{act}") == scope)
            if mine:
                made.append(Right(kind, mine, scope, hidden, fixed))
    return made


def _known(kind: str) -> dict[str, str]:
    """Fields of a kind that can be hidden: name → what people call it, the name itself where two are called the same."""
    resource = for_kind(kind)
    if resource is None:
        return {}
    lines = (
        (*resource.lines.grid, *resource.lines.shown, *resource.facts(True, True)) if resource.lines else ()
    )
    names = (*resource.columns, *resource.form, *resource.facts(programs=True))
    told = {each.partition(":")[0]: field_of(resource, each).label for each in names}
    told |= {each.partition(":")[0]: line_field(resource, each).label for each in lines}
    more = {f.name for f in resource.of._meta.concrete_fields} - {"id", "company_id", *told}
    told |= {name: column(resource.of, name).label for name in sorted(more)}
    many = Counter(text.casefold() for text in told.values())
    return {name: text if many[text.casefold()] == 1 else name for name, text in told.items()}


def _labels(kind: str, rules: Mapping[str, str], rule: str) -> str:
    """The fields under a rule, as the form shows them."""
    known = _known(kind)
    return ", ".join(sorted(known.get(name, name) for name in rules if rules[name] == rule))


def _fields(kind: str, text: str) -> tuple[str, ...]:
    """Fields of a kind, by what people call them or by their names. NotFound for a word that is none."""
    known = _known(kind)
    if not text.strip() or not known:
        return ()
    named = {label.casefold(): name for name, label in known.items()} | {name: name for name in known}
    made: list[str] = []
    for part in (p for p in text.split(",") if p.strip()):
        found = named.get(" ".join(part.split()).casefold())
        made += [found] if found else part.split()
    if unknown := [name for name in made if name not in known]:
        raise NotFound(
            "access.field",
            f"{kind_name(kind)} has no field {unknown[0][:40]}",
            f"One of {', '.join(sorted(known.values()))}.",
        )
    return tuple(dict.fromkeys(made))
