"""Acts on documents from the screen: what is asked, what it will post, doing it once."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.interfaces.reports.sources import names_of_items
from backstay.interfaces.web.binding import attempt
from backstay.interfaces.web.fields import (
    BadText,
    Field,
    column,
    day_text,
    money_text,
    number_text,
    read,
    title_of,
    word_of,
)
from backstay.interfaces.web.resolving import resolve, seen_rows
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.models import Once
from backstay.platform.resources import EXTRA, PAGES, RESOURCES, Resource, draft_of, label

ICONS = {
    "confirm": "check", "reserve": "clock", "ship": "truck", "receive": "package", "invoice": "receipt", "bill": "file-invoice", "pay": "cash", "close": "circle-check",
    "cancel": "ban", "reverse": "arrow-back-up", "return": "arrow-back-up", "post": "lock", "settle": "building-bank", "credit": "receipt",
    "arrive": "truck-delivery", "archive": "archive", "record_payment": "cash", "unsettle": "arrow-back-up",
    "track": "truck-delivery", "untrack": "arrow-back-up",
}  # fmt: skip
GRAVE = (
    "cancel",
    "reverse",
    "close",
    "return",
    "archive",
    "write_off",
    "unsettle",
    "untrack",
)  # behind “Correct”, never the primary button
BOOKS = "report.journal.read"  # who may look at entries
CHOICES = 50  # more than these are typed, not chosen from a list
SIMPLE = {date: "date", str: "text", bool: "yes", Decimal: "number", int: "whole"}


def asks(resource: Resource, act: str) -> list[Field]:
    """What a person is asked before an act: the simple parameters of its process, or of the draft it takes."""
    return list(_asks(resource.path, act, get_language()))


@cache
def _asks(path: str, act: str, _language: str | None) -> list[Field]:
    """Worked out once: signatures do not change while a process runs, and their words not within a language."""
    resource = RESOURCES[path]
    draft, more = draft_of(resource.process(act))
    hints = dict(more)
    if draft is not None:
        names = [f.name for f in dataclasses.fields(draft)][1:]
        hints = {n: typing.get_type_hints(draft)[n] for n in names} | hints
    made = []
    for name, hint in hints.items():
        inner = _plain(hint)
        if inner not in SIMPLE:
            continue
        text, note = label(resource.of, name)
        kind = SIMPLE[inner]
        if inner is int:
            if any(f.name == name and f.is_relation for f in resource.of._meta.get_fields()):
                made.append(dataclasses.replace(column(resource.of, name), label=_(text)))
                continue
            known = next(
                (r for r in RESOURCES.values() if r.of.__name__ == name.title().replace("_", "")), None
            )
            if known is not None:
                made.append(Field(name, "ref", _(text), note and _(note), model=known.of))
                continue
            kind = "money" if name in ("total", "amount") else "whole"
        needed = inner is date or (inner is str and not _optional(draft, name, resource, act))
        made.append(Field(name, kind, _(text), note and _(note), required=needed))
    return made


def _plain(hint: Any) -> Any:
    """The type without “or None”."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        return inner[0] if len(inner) == 1 else None
    return hint


def _optional(draft: type[Any] | None, name: str, resource: Resource, act: str) -> bool:
    if draft is not None:
        found = {f.name: f for f in dataclasses.fields(draft)}
        if name in found:
            return found[name].default is not dataclasses.MISSING
    import inspect

    return inspect.signature(resource.process(act)).parameters[name].default is not inspect.Parameter.empty


def run(ctx: Ctx, resource: Resource, act: str, ids: Sequence[int], told: Mapping[str, Any]) -> Any:
    """Do an act to documents, asked for permission by its process and by ``access``."""
    access.require(ctx, f"{resource.kind}.{act}", ids)
    process = resource.process(act)
    draft, more = draft_of(process)
    given = {k: v for k, v in told.items() if v is not None}
    if draft is None:
        return process(ctx, list(ids), **given)
    first = dataclasses.fields(draft)[0].name
    of_draft = {k: v for k, v in given.items() if k not in more}
    return process(
        ctx, [draft(**{first: i, **of_draft}) for i in ids], **{k: v for k, v in given.items() if k in more}
    )


def answers(ctx: Ctx, resource: Resource, act: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed into an act's form. Refusal (``web.answer``) names the field."""
    told: dict[str, Any] = {}
    for each in asks(resource, act):
        text = texts.get(each.name, "")
        try:
            if each.kind == "ref":
                value: Any = _reference(ctx, each, text, texts.get(f"{each.name}.id"))
            else:
                value = read(ctx, each, text)
        except BadText as exc:
            raise Refusal("web.answer", f"{each.label}: {exc}", _("Correct it."), each.name) from None
        if value is None and each.kind == "date" and each.required:
            value = ctx.today
        if value in (None, "") and each.required:
            raise Refusal(
                "web.answer", _("%(field)s is needed") % {"field": each.label}, _("Fill it in."), each.name
            )
        told[each.name] = value or None if each.kind == "text" and not each.required else value
    return told


def _reference(ctx: Ctx, asked: Field, text: str, chosen: str | None) -> int | None:
    """The id that was chosen from a list, or that typed text means (then ``chosen`` is there, be it empty)."""
    if chosen is None:
        return int(text) if text.isdigit() and len(text) < 19 else None
    found, wrong = resolve(ctx, [(asked, text, chosen)], [asked.name])
    if wrong:
        raise BadText(wrong[asked.name])
    return found.get(asked.name)


def offered(
    ctx: Ctx, resource: Resource, ident: int, state: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(acts to go on with, acts that correct), each with what it asks."""
    forward, back = [], []
    ready = resource.told("READY").get(resource.kind)
    pointless = ready(ctx, [ident]).get(ident, set()) if ready else set()
    for act in resource.transitions(state):
        if act in pointless:
            continue
        if not access.may(ctx, f"{resource.kind}.{act}", [ident]):
            continue
        made: dict[str, Any] = {
            "act": act,
            "text": word_of(act),
            "icon": ICONS.get(act, "check"),
            "grave": act in GRAVE,
        }
        made["page"] = (
            f"/{resource.path}/{ident}/{act}" if f"{resource.path}/<int:ident>/{act}" in PAGES else ""
        )
        if not made["page"]:
            try:
                made["asks"] = [
                    {
                        "field": f,
                        "value": ctx.today.isoformat() if f.kind == "date" and f.required else "",
                        "options": choices(ctx, f) if f.kind == "ref" else (),
                    }
                    for f in asks(resource, act)
                ]
            except (TypeError, KeyError):
                continue
            made["needs"] = any(
                q["field"].required and not q["value"] for q in made["asks"]
            )  # no trial without it
            if not askable(resource, act):
                continue  # what it needs can't be asked in a menu: it has a page or stays out
        (back if act in GRAVE else forward).append(made)
    return forward, back + _about(ctx, resource, ident)


def _about(ctx: Ctx, resource: Resource, ident: int) -> list[dict[str, Any]]:
    """Pages about a row that are no acts: they stand below what corrects it."""
    known = {
        *resource.acts,
        *EXTRA.get(resource.kind, {}),
        *(resource.life.transitions if resource.life else ()),
    }
    begins = f"{resource.path}/<int:ident>/"
    found = [
        p for p in PAGES.values() if p.path.startswith(begins) and p.path.removeprefix(begins) not in known
    ]
    return [
        {"act": "", "text": _(p.title), "icon": "fingerprint", "grave": True, "page": "/" + p.path.replace("<int:ident>", str(ident))}
        for p in found
        if "/" not in p.path.removeprefix(begins) and access.may(ctx, p.action, [ident])
    ]  # fmt: skip


def choices(ctx: Ctx, each: Field) -> list[tuple[int, str]]:
    """The rows of a small table, to choose one in a menu; none of a large one, where its name is typed. What is archived is
    not offered."""
    assert each.model is not None  # noqa: S101 - a reference has one
    offered = each.model._default_manager.filter(seen_rows(ctx, each.model))
    if any(f.name == "archived_on" for f in each.model._meta.concrete_fields):
        offered = offered.filter(archived_on=None)
    found = list(offered.order_by("id")[: CHOICES + 1])
    return [(row.pk, title_of(row)) for row in found] if len(found) <= CHOICES else []


def askable(resource: Resource, act: str) -> bool:
    """Whether an act needs no more than a few answers."""
    draft, _more = draft_of(resource.process(act))
    return draft is None or not any(_needs_lines(draft, f) for f in dataclasses.fields(draft))


def _needs_lines(draft: type[Any], each: Any) -> bool:
    return (
        each.name == "lines"
        and each.default is dataclasses.MISSING
        and each.default_factory is dataclasses.MISSING
    )


def preview(
    ctx: Ctx, resource: Resource, act: str, ids: Sequence[int], told: Mapping[str, Any]
) -> dict[str, Any]:
    """The entries an act would post, found by doing it and taking it back; or why it is refused."""

    def done() -> list[dict[str, Any]]:
        last = rows.execute("SELECT coalesce(max(id), 0) FROM entry WHERE company_id = %s", [ctx.company])[0][
            0
        ]
        run(ctx, resource, act, ids, told)
        return entries(ctx, "e.id > %s", [last]) if access.may(ctx, BOOKS) else []

    found, refusal = attempt(done)
    return {"entries": found or [], "refusal": refusal, "act": act, "text": word_of(act)}


_ENTRIES = """
SELECT e.id, e.event, e.posted_on, e.text, a.code, a.name, u.id, u.code, u.scale, p.amount, p.value, y.name, s.item, a.type = 'memo'
FROM entry e JOIN posting p ON p.entry_id = e.id JOIN subaccount s ON s.id = p.subaccount_id
JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = s.unit_id LEFT JOIN parties_party y ON y.id = s.party_id
WHERE e.company_id = %s AND {where} ORDER BY e.id, p.line LIMIT 400
"""


def entries(ctx: Ctx, where: str, params: Sequence[Any]) -> list[dict[str, Any]]:
    """Entries with their lines as text: debit, credit, goods; memo lines (which carry no value) apart."""
    made: dict[int, dict[str, Any]] = {}
    found = rows.execute(_ENTRIES.format(where=where), [ctx.company, *params])
    items = names_of_items(row[12] for row in found)
    for row in found:
        ident, event, on, text, code, name, unit, unit_code, scale, amount, value, party, item, memo = row
        entry = made.setdefault(
            ident, {"id": ident, "event": word_of(event.split(".")[0]), "on": on, "day": day_text(on, ctx.today.year), "text": text, "lines": [], "memo": [], "sum": 0}
        )  # fmt: skip
        goods = "" if unit == ctx.currency else number_text(_exact(amount, scale))
        # A memo line of money carries no value; its amount is told beside what it is of.
        base = money_text(amount, ctx.scale) if memo and unit == ctx.currency else ""
        line = {
            "code": code, "name": name, "who": " · ".join(x for x in (party or "", items[item], base) if x), "goods": goods, "unit": unit_code if goods else "",
            "debit": money_text(value, ctx.scale) if value > 0 else "", "credit": money_text(-value, ctx.scale) if value < 0 else "",
        }  # fmt: skip
        entry["memo" if memo else "lines"].append(line)
        entry["sum"] += max(value, 0)
    for entry in made.values():
        entry["total"] = money_text(entry["sum"], ctx.scale)
    return list(made.values())


def _exact(amount: int, scale: int) -> Decimal:
    return Decimal(amount).scaleb(-scale)


def once(ctx: Ctx, key: str) -> str | None:
    """Where the same act led before; None when it is the first time. The row is there from now on, or with the rollback
    not at all: a second click waits here until the first is done."""
    plain = key[:64]
    if not plain:
        return None
    made = rows.execute(
        "INSERT INTO platform_once (key, href) VALUES (%s, '') ON CONFLICT (company_id, key) DO NOTHING RETURNING id",
        [plain],
    )
    if made:
        return None
    return Once.objects.get(key=plain).href or "/"


def led_to(ctx: Ctx, key: str, href: str) -> None:
    """Remember where an act led."""
    if key:
        Once.objects.filter(key=key[:64]).update(href=href[:200])
