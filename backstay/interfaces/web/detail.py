"""Everything a detail page shows of one document or record, at a fixed number of statements."""

from __future__ import annotations

from typing import Any

from backstay.base.errors import NotFound
from backstay.interfaces import trail
from backstay.interfaces.web import acts, binding
from backstay.interfaces.web.fields import (
    STATES,
    Field,
    column,
    day_text,
    field_of,
    joined,
    money_text,
    shown,
    title_of,
    word_of,
)
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.models import Attachment, AuditEvent, Comment
from backstay.platform.resources import Resource

HEAD_SUMS = ("gross", "net", "amount")
EACH = 100  # lines of a page


def detail_of(ctx: Ctx, resource: Resource, ident: int, skip: int = 0) -> dict[str, Any]:
    """The page's content, its lines after ``skip``. NotFound when there is no such row in this company."""
    row = _row(ctx, resource, ident)
    state = str(getattr(row, "state", ""))
    fields = _facts(resource)
    number = getattr(row, "number", None) if resource.is_document else title_of(row)
    worked = {f.name: f.compute(ctx, [ident]).get(ident) for f in fields if f.compute}
    facts = []
    for each in fields:
        value = worked[each.name] if each.compute else _value(row, each)
        if value not in (None, "", ()) and each.kind != "note":
            facts.append({"label": each.label, "cell": shown(ctx, each, value)})
    lead = next((f for f in fields if f.kind == "ref" and f.name == "party"), None)
    return {
        "id": ident, "row": row, "number": number, "title": number or f"#{ident}", "state": state, "posted": bool(getattr(row, "posted_at", None)),
        "state_cell": _state(ctx, resource, state, worked), "steps": _steps(resource, state), "facts": facts, "note": "" if "note" in resource.hidden else getattr(row, "note", ""),
        "party": shown(ctx, lead, row.party) if lead else None, "reference": "" if "reference" in resource.hidden else getattr(row, "reference", ""), "sums": _sums(ctx, resource, row),
        "amount": _amount(ctx, resource, row), "open": money_text(worked["open"], ctx.scale) if worked.get("open") is not None else "",
        "lines": _lines(ctx, resource, row, skip), "entries": _posted(ctx, resource, ident), "timeline": _timeline(ctx, resource, ident),
        "files": _files(resource, ident), "revision": getattr(row, "revision", 0),
    }  # fmt: skip


def _row(ctx: Ctx, resource: Resource, ident: int) -> Any:
    refs = [f.db for f in _facts(resource) if f.kind == "ref" and f.db]
    row = (
        joined(resource.of._default_manager.all(), refs)
        .filter(access.rows(ctx, resource.kind), pk=ident)
        .first()
    )
    if row is None:
        raise NotFound(
            "web.not_found", f"there is no {resource.names[0].lower()} {ident}", "Look in the list."
        )
    return row


def _facts(resource: Resource) -> list[Field]:
    names = dict.fromkeys(
        n
        for n in (*resource.form, *resource.columns, *resource.facts())
        if n.partition(":")[0] not in ("number", "state", *HEAD_SUMS)
    )
    known = [field_of(resource, n) for n in names if "." not in n or resource.computed(n)]
    unique = {f.name: f for f in known if f.db or f.compute}
    return list(unique.values())


def _value(row: Any, each: Field) -> Any:
    if each.kind == "choices":
        return tuple(getattr(row, each.name).values_list(each.name.removesuffix("s"), flat=True))
    return getattr(row, each.name, None)


def _state(ctx: Ctx, resource: Resource, state: str, worked: dict[str, Any]) -> dict[str, Any] | None:
    """How it stands beside its path: paid, overdue, blocked; or what ended it."""
    told = worked.get("standing") or (state if STATES.get(state, ("", ""))[1] == "void" else "")
    if not told or told == "open":
        return None
    icon, tone = STATES.get(told, ("circle-check", ""))
    return {"text": word_of(told), "icon": icon, "tone": tone}


def _steps(resource: Resource, state: str) -> list[dict[str, str]]:
    """The path of the document: its states in order; one that was cancelled or reversed stands alone at the end."""
    if not resource.life:
        return []
    path: list[str] = []
    for name, (sources, target) in resource.life.transitions.items():
        if name in acts.GRAVE and name != "close":
            continue
        path += [s for s in dict.fromkeys((*sources, target)) if s not in path]
    if state not in path:
        path = [*path[:1], state]
    here = path.index(state)
    return [
        {
            "text": word_of(s),
            "class": "done" if n < here else "now" if n == here else "",
            "icon": STATES.get(s, ("check", ""))[0],
        }
        for n, s in enumerate(path)
    ]


def _amount(ctx: Ctx, resource: Resource, row: Any) -> str:
    for name in HEAD_SUMS if not resource.hidden & set(HEAD_SUMS) else ():
        value = getattr(row, name, None)
        if value is not None:
            return money_text(value, ctx.scale)
    return ""


def _sums(ctx: Ctx, resource: Resource, row: Any) -> list[tuple[str, str]]:
    names = [n for n in ("net", "tax", "gross") if hasattr(row, n) and n not in resource.hidden]
    return (
        [(column(resource.of, n).label, money_text(getattr(row, n), ctx.scale)) for n in names]
        if len(names) > 1
        else []
    )


def _lines(ctx: Ctx, resource: Resource, row: Any, skip: int) -> dict[str, Any]:
    """A page of the document's lines; one that has them all on it needs no counting."""
    if not resource.lines or resource.child is None:
        return {}
    names = dict.fromkeys((*resource.lines.grid, *resource.lines.shown))
    fields = [binding.line_field(resource, n) for n in names]
    order = "position" if any(f.name == "position" for f in resource.child._meta.concrete_fields) else "id"
    refs = [f.db for f in fields if f.kind == "ref"]
    every = joined(getattr(row, resource.lines_name).order_by(order, "id"), refs)
    found = list(every[skip : skip + EACH + 1])
    count = every.count() if skip or len(found) > EACH else len(found)
    more, found = skip + EACH if len(found) > EACH else 0, found[:EACH]
    happened = (binding.line_field(resource, n) for n in resource.facts(of_lines=True))
    fields += [f for f in happened if any(getattr(line, f.name, None) for line in found)]
    ids = [line.pk for line in found]
    worked = {f.name: f.compute(ctx, ids) for f in fields if f.compute and ids}
    scales = _scales(found) if any(f.kind == "steps" for f in fields) else {}
    made = []
    for line in found:
        cells = []
        for each in fields:
            value = worked[each.name].get(line.pk) if each.compute else getattr(line, each.name, None)
            if each.kind == "steps" and value is not None and not each.compute:
                from decimal import Decimal

                value = Decimal(value).scaleb(-scales.get(getattr(line, "item_id", 0) or 0, 6))
            cells.append(shown(ctx, each, value) | {"label": each.label})
        made.append(cells)
    return {
        "fields": fields,
        "rows": made,
        "count": count,
        "more": more,
        "first": skip + 1,
        "last": skip + len(found),
        "before": max(skip - EACH, 0),
    }


def _scales(lines: list[Any]) -> dict[int, int]:
    items = sorted({line.item_id for line in lines if getattr(line, "item_id", None)})
    sql = "SELECT i.id, coalesce(u.scale, 6) FROM catalog_item i LEFT JOIN unit u ON u.id = i.unit_id WHERE i.id = ANY(%s::bigint[])"
    return dict(rows.execute(sql, [items])) if items else {}


def _posted(ctx: Ctx, resource: Resource, ident: int) -> list[dict[str, Any]]:
    if not resource.is_document or not access.may(ctx, acts.BOOKS):
        return []
    return acts.entries(ctx, "e.source = %s", [f"{resource.kind}:{ident}"])


def _timeline(ctx: Ctx, resource: Resource, ident: int) -> list[dict[str, Any]]:
    """What happened and what was said, the latest first."""
    found = AuditEvent.objects.filter(company_id=ctx.company, kind=resource.kind, object_id=ident)
    events = trail.tell(ctx, list(found.order_by("-id")[:100]), titles=False)
    said = Comment.objects.filter(company_id=ctx.company, kind=resource.kind, object_id=ident)
    comments = list(said.order_by("-id")[:100])
    names = trail.actors({c.actor for c in comments})
    made: list[dict[str, Any]] = [
        {
            "at": c.at,
            "when": day_text(c.at, ctx.today.year),
            "who": names[c.actor],
            "said": c.text,
            "icon": "message",
        }
        for c in comments
    ]
    made += [
        {
            "at": e.at,
            "when": day_text(e.at, ctx.today.year),
            "who": e.who,
            "icon": acts.ICONS.get(e.event, "pencil"),
            "event": e.did,
            "changes": [] if e.event == "create" else e.changes,
            "origin": e.origin,
        }
        for e in events
    ]
    return sorted(made, key=lambda e: e["at"], reverse=True)


def _files(resource: Resource, ident: int) -> list[dict[str, Any]]:
    found = (
        Attachment.objects.filter(kind=resource.kind, object_id=ident).select_related("file").order_by("-id")
    )
    return [
        {"id": a.file.pk, "name": a.file.name, "size": a.file.size, "mime": a.file.mime, "purpose": a.purpose}
        for a in found
    ]
