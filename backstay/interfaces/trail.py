"""The trail in words: events as people read them, with labels, names and figures instead of columns and ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backstay.base import rights
from backstay.base.context import Ctx
from backstay.interfaces.web.fields import Field, column, title_of, word_of
from backstay.interfaces.web.words import did
from backstay.ledger.models import Account, Period
from backstay.platform import access, rows
from backstay.platform.figures import day_text, money_text, number_text
from backstay.platform.models import AuditEvent
from backstay.platform.resources import for_kind, label

OTHERS: dict[str, type[models.Model]] = {"accounting.account": Account, "accounting.period": Period}
HIDDEN = ("posted_at", "posted_by", "created_by", "revision")
NOTHING = "—"
SHOWN = 12  # lines of a document that one event spells out
Named = Mapping[tuple[type[models.Model], int], str]


class Change(NamedTuple):
    """A field: what it was and what it became, in words."""

    label: str
    old: str
    new: str


class Told(NamedTuple):
    """An event in words."""

    id: int
    at: datetime
    who: str
    actor: str
    did: str
    event: str
    kind: str  # sales.order
    what: str  # Sales order
    object_id: int
    title: str  # SO-2026-00004
    href: str
    changes: list[Change]
    origin: str
    login: str
    request: str


def tell(ctx: Ctx, events: Sequence[AuditEvent], *, titles: bool = True) -> list[Told]:
    """Events in words, in their order. As many statements as kinds of object are named, whatever the number of events."""
    values = _personal([e.pk for e in events if e.changes or e.data])
    filled = {e.pk: _filled(e, values) for e in events}
    wanted: dict[type[models.Model], set[int]] = {}
    for event in events:
        model = model_of(event.kind)
        if titles and model is not None:
            wanted.setdefault(model, set()).add(event.object_id)
        for name, pair in filled[event.pk].items():
            for each, value in _references(model, name, pair):
                wanted.setdefault(each, set()).add(value)
    named = _names(wanted)
    people = actors({e.actor for e in events})
    return [_told(ctx, e, filled[e.pk], named, people) for e in events]


def model_of(kind: str) -> type[models.Model] | None:
    """The model of a kind of object."""
    if kind in OTHERS:
        return OTHERS[kind]
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def what_of(kind: str) -> str:
    """What people call a kind of object."""
    if resource := for_kind(kind):
        return _(resource.names[0])
    model = model_of(kind)
    plain = str(model._meta.verbose_name) if model is not None else kind.partition(".")[2].replace("_", " ")
    return pgettext("word", plain[:1].upper() + plain[1:])


def actors(told: set[str]) -> dict[str, str]:
    """Names of actors."""
    ids = {a: int(a[5:]) for a in told if a.startswith("user:") and a[5:].isdigit()}
    sql = "SELECT id, name FROM platform_user WHERE id = ANY(%s::bigint[])"
    found = dict(rows.execute(sql, [sorted(set(ids.values()))])) if ids else {}
    return {a: (found.get(ids[a]) or a) if a in ids else a.replace("system:", "Backstay, ") for a in told}


def _personal(ids: Sequence[int]) -> dict[tuple[int, str, int], str]:
    """Personal values, which lie beside the trail; of one that was blanked, a word."""
    sql = "SELECT event_id, field, side, coalesce(value, %s) FROM platform_auditvalue WHERE event_id = ANY(%s::bigint[])"
    found = rows.execute(sql, [_("(erased)"), list(ids)]) if ids else []
    return {(event, name, side): value for event, name, side, value in found}


def _filled(event: AuditEvent, values: Mapping[tuple[int, str, int], str]) -> dict[str, list[Any]]:
    """{field: [before, after]}, what a process said among them."""
    told: dict[str, list[Any]] = {
        name: [None, value] for name, value in _items(event.data) if name not in ("old", "new")
    }
    told |= dict(_items(event.changes))
    return {
        name: [
            values.get((event.pk, name, n), "") if isinstance(v, dict) and "#" in v else v
            for n, v in enumerate(pair)
        ]
        for name, pair in told.items()
    }


def _items(told: Any) -> Iterable[tuple[str, Any]]:
    return told.items() if isinstance(told, dict) else ()


def _references(
    model: type[models.Model] | None, name: str, pair: Sequence[Any]
) -> Iterable[tuple[type[models.Model], int]]:
    if model is None:
        return
    if name == "lines":
        child = _child(model)
        for line in (row for side in pair for row in side or ()) if child is not None else ():
            for key, value in line.items():
                yield from _references(child, key, [value])
        return
    field = _field(model, name)
    if field is not None and field.model is not None:
        for value in pair:
            if isinstance(value, int):
                yield field.model, value


def _child(model: type[models.Model]) -> type[models.Model] | None:
    resource = for_kind(model._meta.label_lower)
    return resource.child if resource else None


def _field(model: type[models.Model], name: str) -> Field | None:
    if name.endswith("_id") and any(f.column == name for f in model._meta.concrete_fields):
        return column(model, name.removesuffix("_id"))
    return column(model, name)


def _names(wanted: Mapping[type[models.Model], set[int]]) -> dict[tuple[type[models.Model], int], str]:
    found: dict[tuple[type[models.Model], int], str] = {}
    for model, ids in wanted.items():
        for row in model._default_manager.filter(pk__in=ids):
            found[model, row.pk] = _title(row)
    return found


def _title(row: Any) -> str:
    if isinstance(row, Period):
        return f"{row.starts} – {row.ends}"
    return title_of(row)


def _told(
    ctx: Ctx, event: AuditEvent, filled: Mapping[str, list[Any]], named: Named, people: Mapping[str, str]
) -> Told:
    model, resource = model_of(event.kind), for_kind(event.kind)
    made: list[Change] = []
    away = {name for name, rule in access.fields(ctx, event.kind).items() if rule == rights.HIDDEN}
    for name, pair in filled.items():
        if name in HIDDEN or (model is None and name == "id") or {name, name.removesuffix("_id")} & away:
            continue
        made += (
            _lines(ctx, model, pair, named, away)
            if name == "lines"
            else _change(ctx, model, name, pair, named)
        )
    title = named.get((model, event.object_id), "") if model is not None else ""
    return Told(
        event.pk, event.at, people[event.actor], event.actor, did(event.event), event.event, event.kind, what_of(event.kind), event.object_id,
        title or (str(ctx.settings.get("name", "")) if event.kind == "accounting.company" else f"#{event.object_id}"),
        f"/{resource.path}/{event.object_id}" if resource and title else "", made, event.origin, event.login, event.request,
    )  # fmt: skip


def _change(
    ctx: Ctx, model: type[models.Model] | None, name: str, pair: Sequence[Any], named: Named
) -> list[Change]:
    field = _field(model, name) if model is not None else None
    text = field.label if field else _(label(None, name)[0])
    if field is not None and field.name == "password":
        return [Change(text, "•••", "•••")]
    old, new = (plain(ctx, field, value, named) for value in pair)
    return [Change(text, old, new)]


def _lines(
    ctx: Ctx, model: type[models.Model] | None, pair: Sequence[Any], named: Named, away: set[str]
) -> list[Change]:
    """Lines by their position: those that came, went, or say something else now."""
    child = _child(model) if model is not None else None
    before, after = ({row.get("position", n): row for n, row in enumerate(side or (), 1)} for side in pair)
    made = []
    for place in sorted(before.keys() | after.keys(), key=str)[:SHOWN]:
        was, became = before.get(place, {}), after.get(place, {})
        keys = [
            k
            for k in {**was, **became}
            if was.get(k) != became.get(k)
            and k not in {"position", *away}
            and became.get(k, was.get(k)) != ""
        ]
        texts = [_line(ctx, child, {k: side[k] for k in keys if k in side}, named) for side in (was, became)]
        made.append(Change(_("line %(n)s") % {"n": place}, *texts))
    return made


def _line(ctx: Ctx, child: type[models.Model] | None, told: Mapping[str, Any], named: Named) -> str:
    parts = []
    for name, value in told.items():
        field = _field(child, name) if child is not None else None
        parts.append(f"{field.label if field else name} {plain(ctx, field, value, named)}")
    return ", ".join(parts) or NOTHING


def plain(ctx: Ctx, field: Field | None, value: Any, named: Named) -> str:
    """A stored value as people read it."""
    if value is None or value in ("", [], {}):
        return NOTHING
    show = _SHOW.get(field.kind if field else "")
    if show is not None:
        try:
            return show(ctx, value)
        except (ValueError, TypeError, InvalidOperation):
            return str(value)
    if field is not None and field.kind == "ref" and field.model is not None and isinstance(value, int):
        return named.get((field.model, value), f"#{value}")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _number(ctx: Ctx, value: Any) -> str:
    return number_text(Decimal(str(value)))


_SHOW: dict[str, Callable[[Ctx, Any], str]] = {
    "money": lambda ctx, value: money_text(int(value), ctx.scale),
    "number": _number,
    "whole": _number,
    "steps": _number,
    "percent": lambda ctx, value: f"{number_text(Decimal(str(value)) * 100)} %",
    "state": lambda ctx, value: word_of(str(value)),
    "choice": lambda ctx, value: word_of(str(value)),
    "yes": lambda ctx, value: _("Yes") if value else _("No"),
    "date": lambda ctx, value: day_text(date.fromisoformat(str(value)[:10]), ctx.today.year),
    "instant": lambda ctx, value: day_text(date.fromisoformat(str(value)[:10]), ctx.today.year),
}
