"""Screens where lines get quantities and then something is posted: ship, receive, bill, return, invoice, pick.

What is typed or scanned comes back with the page, so that nothing is lost without JavaScript or with an error; what it
would post is found by doing it and taking it back; it is done once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backstay.base.errors import Denied, NotFound, Refusal, refusal_from
from backstay.interfaces.web import acts
from backstay.interfaces.web.binding import TRIAL_LINES, attempt
from backstay.interfaces.web.fields import BadText, Field, read
from backstay.interfaces.web.frame import navigation
from backstay.interfaces.web.resource import Answer, names
from backstay.interfaces.web.scanning import Sheet
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES

LINES = 5_000
Quantities = dict[str, dict[str, int]]  # line key → input → steps


@dataclass(slots=True)
class Asked:
    """A field of the screen's head: its text as typed, its value once it is read."""

    field: Field
    text: str = ""
    value: Any = None
    error: str = ""


@dataclass(slots=True)
class Made:
    """What was done: where to go on, what to say; ``totals``: label → text, beside the preview."""

    href: str
    message: str
    totals: Sequence[tuple[str, str]] = ()


@dataclass(slots=True)
class Note:
    """A warning before it hurts, with a link to what it is about. ``code``: of the refusal it explains."""

    text: str
    more: str = ""
    href: str = ""
    label: str = ""
    code: str = ""


@dataclass(slots=True)
class Work:
    """A screen. ``post`` does it: (head values, quantities) → Made. ``warn``: what is odd about it, before it is done."""

    path: str  # of the resource it belongs to
    back: str
    back_label: str
    title: str
    sub: str
    verb: str
    icon: str
    sheet: Sheet
    heads: list[Asked]
    post: Callable[[dict[str, Any], Quantities], Made]
    warn: Callable[[dict[str, Any], Quantities], Sequence[Note]] = lambda values, quantities: ()
    scan: bool = True
    empty: str = ""
    words: tuple[str, str, str, str] = ("", "", "", "")
    nav: str = ""  # its place in the menu, where that is not the resource's
    more: dict[str, Any] = field(default_factory=dict)


def date_head(ctx: Ctx, name: str, label: str, help: str = "", required: bool = True) -> Asked:
    """A day, today unless said otherwise."""
    text = ctx.today.isoformat() if required else ""
    return Asked(Field(name, "date", label, help, required=required), text)


def text_head(name: str, label: str, help: str = "", kind: str = "text", required: bool = False) -> Asked:
    """A text, figure or tick."""
    return Asked(Field(name, kind, label, help, required=required))


def answer(request: HttpRequest, ctx: Ctx, work: Work) -> Answer:
    """Show the screen, or do what was asked of it."""
    if len(work.sheet.rows) > LINES:
        raise Refusal("web.lines", f"{len(work.sheet.rows):,} lines", f"At most {LINES:,} fit on one screen.")
    sheet, do = work.sheet, ""
    if request.method == "POST":
        do = request.POST.get("do", "scan")
        _read(request, work)
        doing = {"undo": sheet.undo, "all": lambda: sheet.fill(True), "none": lambda: sheet.fill(False)}
        if do in doing:
            doing[do]()
        elif do == "scan" and request.POST.get("scan", "").strip():
            sheet.scan(request.POST["scan"][:200])
    sheet.begin()
    values, quantities = read_heads(ctx, work.heads, strict=do == "make"), sheet.quantities()
    wrong = any(a.error for a in work.heads) or any(r.errors for r in sheet.rows)
    nothing = not any(steps for mine in quantities.values() for steps in mine.values())
    stopped: Refusal | None = None
    if do == "make":
        if wrong or nothing:
            stopped = _not_yet(nothing and not wrong)
        else:
            result = once_only(request, ctx, lambda: work.post(values, quantities))
            if isinstance(result, HttpResponse):
                return result
            stopped = result
    trial = None
    notes = [] if wrong or nothing else list(work.warn(values, quantities))
    if not wrong and not nothing and stopped is None:
        trial = _tried(ctx, work, values, quantities)
        trial["told"] = trial["refusal"] is not None and trial["refusal"].code in {n.code for n in notes}
    context = _context(request, ctx, work, trial, stopped) | {"notes": notes}
    if do == "preview" and request.headers.get("HX-Request"):
        return "backstay/_posting.html", context
    return "backstay/worksheet.html", context


def _not_yet(nothing: bool) -> Refusal:
    if nothing:
        return Refusal("web.nothing", _("no line has a quantity"), _("Type or scan how many."))
    return Refusal("web.answer", _("something cannot be read or is too much"), _("Look at what is marked."))


def _read(request: HttpRequest, work: Work) -> None:
    sheet, post = work.sheet, request.POST
    for asked in work.heads:
        asked.text = post.get(f"h.{asked.field.name}", "").replace("\0", "")[:10_000]
    for row in sheet.rows:
        for name in sheet.inputs:
            text = post.get(f"{name}.{row.key}")
            if text is not None:
                row.typed[name] = text.replace("\0", "")[:40]
    sheet.by = "scan" if post.get("by") == "scan" else "hand"
    sheet.into = post.get("into", "q") if post.get("into", "q") in sheet.inputs else "q"
    sheet.take_log(post.get("log", ""))


def read_heads(ctx: Ctx, heads: Sequence[Asked], strict: bool) -> dict[str, Any]:
    """Values by name; what cannot be read is marked. ``strict``: what is needed and empty is marked too."""
    values: dict[str, Any] = {}
    for asked in heads:
        try:
            asked.value = read(ctx, asked.field, asked.text)
        except (BadText, Refusal) as exc:
            asked.error = exc.message if isinstance(exc, Refusal) else str(exc)
        if asked.value in (None, "") and asked.field.required and not asked.error:
            if strict:
                asked.error = _("It is needed.")
            elif asked.field.kind == "date":
                asked.value = ctx.today
        if len(str(asked.value or "")) > 80 and asked.field.kind == "text":
            asked.error = _("It is too long.")
        values[asked.field.name] = asked.value
    return values


def once_only(request: HttpRequest, ctx: Ctx, function: Callable[[], Made]) -> HttpResponse | Refusal:
    """Do it once: the same click again leads where the first one led. A refusal leaves nothing behind."""
    key = request.POST.get("once", "")
    try:
        with transaction.atomic():
            if before := acts.once(ctx, key):
                return redirect(before)
            made = function()
            acts.led_to(ctx, key, made.href)
    except (Denied, NotFound):
        raise
    except Refusal as exc:
        return exc
    except DatabaseError as exc:
        refusal = refusal_from(exc)
        if isinstance(refusal, Refusal):
            return refusal
        raise (refusal or exc) from exc
    messages.success(request, made.message)
    return redirect(made.href)


def _tried(ctx: Ctx, work: Work, values: dict[str, Any], quantities: Quantities) -> dict[str, Any]:
    """What it would post and come to, or why it is refused."""
    if len(work.sheet.rows) > TRIAL_LINES:
        return {"entries": [], "refusal": None, "text": work.verb, "totals": (), "large": True}

    def done() -> tuple[Made, list[dict[str, Any]]]:
        last = rows.execute("SELECT coalesce(max(id), 0) FROM entry WHERE company_id = %s", [ctx.company])
        made = work.post(values, quantities)
        return made, acts.entries(ctx, "e.id > %s", [last[0][0]])

    found, refusal = attempt(done)
    made, entries = found or (None, [])
    return {
        "entries": entries,
        "refusal": refusal,
        "text": work.verb,
        "totals": made.totals if made else (),
    }


def _context(
    request: HttpRequest, ctx: Ctx, work: Work, trial: dict[str, Any] | None, stopped: Refusal | None
) -> dict[str, Any]:
    named = names(RESOURCES[work.path])
    return {
        "name": named["name"], "one": named["one"], **work.more, "work": work, "sheet": work.sheet, "preview": trial, "stopped": stopped, "ctx": ctx,
        "once": request.POST.get("once") or uuid.uuid4().hex, "nav": navigation(ctx, work.nav or work.path),
        "words": "|".join(work.words), "here": request.path,
    }  # fmt: skip


def order_head(resource_path: str, ident: int, act: str) -> Any:
    """An order with its party and place, that allows the act. NotFound, or Refusal (``platform.transition``)."""
    resource = RESOURCES[resource_path]
    order = resource.of._default_manager.select_related("party", "place").filter(pk=ident).first()
    if order is None:
        raise NotFound(
            "web.not_found", f"there is no {resource.names[0].lower()} {ident}", "Look in the list."
        )
    if resource.life is not None:
        resource.life.check(act, [order])
    return order


def known_item(code: str) -> str:
    """What the catalogue calls the item with this code; "" for none."""
    from django.db.models import Q

    plain = code.strip()[:60]
    model = RESOURCES["catalog/items"].of
    found = model._default_manager.filter(Q(sku=plain) | Q(sku=plain.upper()) | Q(barcode=plain[:14])).first()
    return str(found) if found else ""
