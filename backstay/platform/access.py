"""Who may do what: the one place that screens, commands, jobs and the API ask.

Denied unless allowed. An actor is ``user:<id>``, who has the rights of his roles while he is a member of the company,
or ``system:<part>``, a part of Backstay itself that works on its schedule or at the console of the machine's owner.
What he holds is read once, when his transaction begins (``ctx.rights``): whose scope is the company costs nothing more.

``may``, ``require``  an act, on objects where they are known
``whole``             an act that shows or counts the whole company: pages and reports that are not one kind's rows
``rows``, ``limit``   which rows of a kind: for lists, counts, search, export, and reports made of them
``fields``            which columns of a kind are hidden, which are not changed
``apart``             what one person must not do twice (``roles.duties_of``)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from django.apps import apps
from django.db import models

from backstay.base.context import Ctx
from backstay.base.errors import Denied, NotFound
from backstay.base.rights import HIDDEN, Rights
from backstay.platform import audit
from backstay.platform import rows as sets
from backstay.platform.roles import Duty, duties_of, rights_of

OWNERS = (
    "responsible",
    "created_by",
)  # the column that says whose a row is; a kind without one is nobody's own


def may(ctx: Ctx, action: str, objects: Iterable[int] = ()) -> bool:
    """Whether ``ctx.actor`` may do ``action`` (e.g. ``sales.order.confirm``) to these objects of the company; without
    objects, to some of its kind."""
    scope = ctx.rights.scope(action)
    if scope in ("", "company"):
        return bool(scope)
    kind, _sep, act = action.rpartition(".")
    wanted = set(objects)
    if owner_column(kind) is None:
        return False
    return not wanted or len(wanted & _within(ctx, kind, act, wanted)) == len(wanted)


def require(ctx: Ctx, action: str, objects: Iterable[int] = ()) -> None:
    """Raise Denied (``access.denied``, ``access.duty``) unless the actor may; NotFound for objects he may not see."""
    wanted = list(objects)
    if not may(ctx, action, wanted):
        kind = action.rpartition(".")[0]
        if wanted and ctx.rights.scope(action) and not may(ctx, f"{kind}.read", wanted):
            raise NotFound(
                "access.not_found", f"there is no {kind.rpartition('.')[2]} {wanted[0]}", "Look in the list."
            )
        raise denied(ctx, action)
    if wanted and any(d.second == action for d in duties_of(ctx.settings)):
        apart(ctx, action, {action.rpartition(".")[0]: wanted})


def denied(ctx: Ctx, action: str) -> Denied:
    """The refusal of an act, with its remedy."""
    held = ", ".join(ctx.rights.roles) or "no role"
    return Denied(
        "access.denied",
        f"{ctx.actor} ({held}) may not {action}",
        remedy="Ask an owner of the company for a membership that allows it.",
    )


def whole(ctx: Ctx, action: str) -> bool:
    """Whether the actor may do ``action`` to all there is of the company, every field shown."""
    kind = action.rpartition(".")[0]
    return ctx.rights.scope(action) == "company" and HIDDEN not in ctx.rights.fields(kind).values()


def require_whole(ctx: Ctx, *actions: str) -> None:
    """Raise Denied unless the actor may do all this to the whole company: a page that mixes kinds has no part for him."""
    for action in actions:
        if not ctx.rights.scope(action):
            raise denied(ctx, action)
        if not whole(ctx, action):
            raise Denied(
                "access.scope",
                f"{action} of {ctx.actor} reaches a part of the company only, and this shows the whole",
                "Look in the lists, which show your part; or ask an owner for the right to all of it.",
            )


def limit(ctx: Ctx, kind: str, act: str = "read") -> list[str] | None:
    """The actors whose rows of a kind are seen; None where all are, nobody where none is."""
    scope = ctx.rights.scope(f"{kind}.{act}")
    if scope == "company":
        return None
    if not scope or owner_column(kind) is None:
        return []
    return [ctx.actor] if scope == "own" else [*dict.fromkeys((ctx.actor, *ctx.rights.team))]


def rows(ctx: Ctx, kind: str, act: str = "read") -> models.Q:
    """The condition of the rows that the actor may see or act on; empty where these are all."""
    actors = limit(ctx, kind, act)
    if actors is None:
        return models.Q()
    column = owner_column(kind)
    return models.Q(**{f"{column}__in": actors}) if column and actors else models.Q(pk__in=[])


def only(ctx: Ctx, kind: str, key: str) -> tuple[str, list[object]]:
    """The same for SQL: a condition on the ids in ``key``, and its values; "true" where all rows are seen."""
    actors, column = limit(ctx, kind), owner_column(kind)
    if actors is None:
        return "true", []
    if column is None or not actors:
        return "false", []
    table = apps.get_model(kind)._meta.db_table
    return f"EXISTS (SELECT FROM {table} seen WHERE seen.id = {key} AND seen.{column} = ANY(%s))", [actors]


def fields(ctx: Ctx, kind: str) -> Mapping[str, str]:
    """field → ``hidden`` or ``fixed`` (read, never changed)."""
    return ctx.rights.fields(kind)


@cache
def owner_column(kind: str) -> str | None:
    """The column that says whose a row is (an actor); None where nothing of a kind is anybody's own."""
    try:
        names = {f.name for f in apps.get_model(kind)._meta.concrete_fields}
    except (LookupError, ValueError):
        return None
    return next((n for n in OWNERS if n in names), None)


def readable(ctx: Ctx, kind: str, ids: Iterable[int]) -> set[int]:
    """Those of some objects that the actor may see."""
    scope, wanted = ctx.rights.scope(f"{kind}.read"), set(ids)
    if not scope or scope == "company" or not wanted:
        return wanted if scope else set()
    return _within(ctx, kind, "read", wanted) if owner_column(kind) else set()


def _within(ctx: Ctx, kind: str, act: str, wanted: set[int]) -> set[int]:
    found = apps.get_model(kind)._default_manager.filter(rows(ctx, kind, act), pk__in=wanted)
    return set(found.values_list("pk", flat=True))


def held_by(ctx: Ctx, actor: str) -> Rights:
    """The rights another actor has in this company today."""
    return rights_of(sets.execute("SELECT rights_of(%s, %s)", [actor, ctx.today])[0][0])


# ---- what one person does not do twice ----

_DID = """
SELECT DISTINCT object_id FROM platform_auditevent WHERE company_id = %s AND actor = %s AND kind = %s AND event = ANY(%s)
   AND object_id = ANY(%s::bigint[])
"""
_EXEMPT = """
SELECT reason FROM (SELECT reason, until_on FROM platform_exemption WHERE company_id = %s AND 'user:' || user_id = %s AND duty = %s
                    ORDER BY id DESC LIMIT 1) latest WHERE until_on >= %s
"""
_OTHERS = """
SELECT DISTINCT 'user:' || user_id FROM platform_membership
WHERE company_id = %s AND 'user:' || user_id <> %s AND since_on <= %s AND (until_on IS NULL OR until_on >= %s)
"""


def apart(ctx: Ctx, action: str, about: Mapping[str, Sequence[int]]) -> None:
    """Raise Denied (``access.duty``) where the actor did to one of these objects (kind → ids) what a duty keeps apart.

    A duty binds as soon as somebody else could do the act; a company of one goes on. An exemption with a reason and a day
    lets it pass, too. What passes is written down, for the report of who did both.
    """
    if not ctx.actor.startswith("user:"):
        return
    for duty in duties_of(ctx.settings):
        if duty.second != action or not about.get(duty.kind):
            continue
        done = _done(ctx, duty, about[duty.kind])
        if not done:
            continue
        exempt = sets.execute(_EXEMPT, [ctx.company, ctx.actor, duty.code, ctx.today])
        if not exempt and _somebody_else(ctx, duty):
            raise Denied(
                "access.duty",
                duty.why.rstrip("."),
                "Let a colleague do it, or have an owner record an exception.",
                f"{duty.kind}:{done[0]}",
            )
        data = {"duty": duty.code, "reason": exempt[0][0] if exempt else ""}
        data |= {"first": duty.first, "second": duty.second, "why": duty.why} if duty.own else {}
        audit.record(ctx, "access.duty", done, "both", [data] * len(done))


def _done(ctx: Ctx, duty: Duty, ids: Sequence[int]) -> list[int]:
    """To which of these objects the actor did the first act: by the trail, and by the column that says who made it."""
    act = duty.first.rpartition(".")[2]
    events = [duty.event] if duty.event else [act, "update"] if act == "change" else [act]
    found = {i for (i,) in sets.execute(_DID, [ctx.company, ctx.actor, duty.kind, events, list(ids)])}
    if act == "create" and duty.own and (column := owner_column(duty.kind)):
        made = apps.get_model(duty.kind)._default_manager.filter(pk__in=ids, **{column: ctx.actor})
        found |= set(made.values_list("pk", flat=True))
    return sorted(found)


def _somebody_else(ctx: Ctx, duty: Duty) -> bool:
    others = sets.execute(_OTHERS, [ctx.company, ctx.actor, ctx.today, ctx.today])
    return any(held_by(ctx, other).scope(duty.second) for (other,) in others)
