"""Stock is counted: a sheet that is saved as it goes, by scanner or keyboard, and looked at before it is posted.

A sheet is a draft of a stock count. What a line's book quantity was when it was counted is kept with it, so that goods
that moved meanwhile are noticed. Two people on one sheet never overwrite one another.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base import clock
from backstay.base.errors import NotFound, Refusal
from backstay.domains.inventory import processes as inventory
from backstay.domains.inventory.queries import ShelfRow, shelf, stocked, there
from backstay.interfaces.trail import actors
from backstay.interfaces.web import drafts
from backstay.interfaces.web.binding import attempt
from backstay.interfaces.web.fields import BadText, day, money_text, number_text
from backstay.interfaces.web.frame import navigation
from backstay.interfaces.web.resource import Answer, found, whole
from backstay.interfaces.web.scanning import MANY, Row, Sheet, plain
from backstay.interfaces.web.shipping import exact
from backstay.interfaces.web.worksheet import LINES, Made, known_item, once_only
from backstay.platform import rows as sets
from backstay.platform.context import Ctx
from backstay.platform.figures import kept, local
from backstay.platform.models import Draft
from backstay.platform.resources import RESOURCES, page

PATH = "inventory/counts"
MENU = ("Trade", gettext_noop("Inventory"), "clipboard-check")
Lines = list[dict[str, str]]


@page("inventory/count", gettext_noop("Count stock"), MENU, "inventory.count.create")
def start(request: HttpRequest, ctx: Ctx) -> Answer:
    """Choose where and what is counted; sheets that are not finished stand below."""
    places = list(_related(PATH, "place").filter(archived_on=None).order_by("code"))
    categories = list(_related("catalog/items", "category").order_by("name"))
    if request.method == "POST":
        return _begin(request, ctx, places, categories)
    sheets = drafts.open_drafts(ctx, found(ctx, PATH))
    who = actors({d.updated_by for d in sheets})
    return "backstay/count_start.html", {
        "places": [p for p in places if p.kind == "warehouse"], "bins": [p for p in places if p.kind == "bin"], "categories": categories,
        "sheets": [
            {"id": d.pk, "text": d.data["head"].get("text", ""), "at": d.updated_at, "who": who[d.updated_by], "lines": len(d.data["lines"]),
             "counted": sum(1 for x in d.data["lines"] if x.get("counted", "").strip())}
            for d in sheets
        ],
    }  # fmt: skip


def _related(path: str, name: str) -> Any:
    """All of what a field of a resource refers to."""
    model: Any = RESOURCES[path].of._meta.get_field(name).related_model
    return model._default_manager


@page("inventory/counts/new", gettext_noop("Count stock"), MENU, "inventory.count.create", hidden=True)
def new(request: HttpRequest, ctx: Ctx) -> Answer:
    """Where the list of counts leads for a new one."""
    return start(request, ctx)


def _begin(request: HttpRequest, ctx: Ctx, places: list[Any], categories: list[Any]) -> HttpResponse:
    by_id = {p.pk: p for p in places}
    place = by_id.get(whole(request.POST.get("place")) or 0)
    if place is None or place.kind != "warehouse":
        raise Refusal("inventory.place", _("no place is chosen"), _("Choose where you count."), "place")
    inside = by_id.get(whole(request.POST.get("bin")) or 0)
    if inside is not None and inside.parent_id != place.pk:
        raise Refusal("inventory.bin", _("this bin is in another place"), _("Choose one of its bins."), "bin")
    category = next((c for c in categories if c.pk == whole(request.POST.get("category"))), None)
    empty, fill = request.POST.get("what") == "empty", request.POST.get("what") == "fill"
    ids = [] if empty else stocked(ctx, place.pk, category.pk if category else None, inside.pk if inside else None, LINES + 1)  # fmt: skip
    if len(ids) > LINES:
        told = _("more than %(n)s items are there") % {"n": f"{LINES:,}"}
        raise Refusal("web.lines", told, _("Choose a category or a bin, or begin with an empty sheet."))
    text = " · ".join(str(x) for x in (place.code, category, inside.code if inside else None) if x)
    head = {
        "on": ctx.today.isoformat(), "place": place.code, "place.id": str(place.pk), "reference": request.POST.get("reference", "").strip()[:80],
        "text": text, "blind": request.POST.get("blind", "")[:1], "fill": "1" if fill else "",
    }  # fmt: skip
    lines = [_line(row, _text(row, row.on_hand) if fill else "") for row in shelf(ctx, place.pk, ids)]
    made = drafts.start(ctx, found(ctx, PATH), drafts.Typed(head, lines))
    return redirect(f"/{PATH}/drafts/{made.id}")


def _line(row: ShelfRow, counted: str) -> dict[str, str]:
    return {"key": str(row.item_id), "item": f"{row.sku} {row.name}", "item.id": str(row.item_id), "counted": counted, "was": str(row.on_hand)}  # fmt: skip


def _text(row: ShelfRow, steps: int) -> str:
    return plain(Fraction(steps, 10**row.scale))


# ---- the sheet ----


@page("inventory/counts/drafts/<int:draft>", gettext_noop("Count stock"), MENU, "inventory.count.create", hidden=True)  # fmt: skip
def sheet(request: HttpRequest, ctx: Ctx, draft: int) -> Answer:
    """Count, save as it goes, look at what differs, post."""
    mine = Draft.objects.filter(pk=draft, path=PATH)
    count = (mine.select_for_update() if request.method == "POST" else mine).first()
    if count is None:
        raise NotFound("web.draft", _("there is no such sheet"), _("Begin a new one."))
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "make":
        return _post(request, ctx, count)
    if count.made_id is not None and not do:
        return redirect(f"/{PATH}/{count.made_id}")
    if do == "discard":
        drafts.discard(ctx, found(ctx, PATH), draft)
        messages.info(request, _("Sheet thrown away."))
        return redirect("/inventory/count")
    clash: dict[str, tuple[str, str]] = {}
    scan = Sheet([])
    if do:
        clash = _keep(request, ctx, count)
        if do == "save" and "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(_told(request, count, clash))
        if do in ("scan", "undo", "none"):
            scan = _scanned(request, ctx, count, do)
        elif not clash:
            return redirect(f"/{PATH}/drafts/{draft}" + ("?review=1" if do == "review" else ""))
    if request.GET.get("review") and not do:
        return _review(request, ctx, count, None)
    return "backstay/count.html", _sheet_context(ctx, count, scan, clash)


def _sheet_context(ctx: Ctx, count: Draft, scan: Sheet, clash: Mapping[str, tuple[str, str]]) -> dict[str, Any]:  # fmt: skip
    head, lines = count.data["head"], count.data["lines"]
    rows = _rows(ctx, head, lines)
    columns = [] if head.get("blind") else [_("In the books")]
    if rows and len(rows[0].cells) > len(columns):
        columns.insert(0, _("Bin"))
    made = Sheet(rows, columns, {"q": _("Counted")}, zero="", propose=False)
    made.said, made.log, made.by = scan.said, scan.log, "scan"
    who = actors({count.updated_by})[count.updated_by] if clash else ""
    for row in made.rows:
        if row.key in clash:
            told = {"who": who, "theirs": clash[row.key][1], "mine": clash[row.key][0]}
            row.errors["q"] = _("%(who)s counted %(theirs)s meanwhile, you %(mine)s. Type yours again if it is right.") % told  # fmt: skip
    return {"sheet": made, "head": head, "kept": count, "nav": navigation(ctx, "inventory/count"), "words": f"|{_('counted')}||{_('no figure')}"}  # fmt: skip


def _rows(ctx: Ctx, head: Mapping[str, str], lines: Lines) -> list[Row]:
    """Lines of the sheet in the order one walks; those that were added come last."""
    known = {str(r.item_id): r for r in shelf(ctx, int(head["place.id"]), [int(x["key"]) for x in lines])}
    made, bins = [], any(r.bins for r in known.values())
    for x in lines:
        if (r := known.get(x["key"])) is None:
            continue
        ratio = Fraction(10**r.scale)
        book = exact(r.on_hand, ratio)
        cells = [] if head.get("blind") else [(book, "")]
        brief = "" if head.get("blind") else _("%(n)s in the books") % {"n": book}
        if bins:
            cells.insert(0, (r.bins or "—", "wrap"))
            brief = " · ".join(x for x in (r.bins, brief) if x)
        row = Row(
            x["key"], r.sku, r.name, r.uom, ratio, r.on_hand, MANY, (r.sku, r.barcode or ""), cells, brief
        )
        row.typed["q"] = local("number", x.get("counted", ""))
        made.append(row)
    return made


def _keep(request: HttpRequest, ctx: Ctx, count: Draft) -> dict[str, tuple[str, str]]:
    """Save what was typed; what somebody else counted since this page was loaded stays and is told: key → (mine, theirs)."""
    if count.made_id is not None:
        raise Refusal("web.draft_done", _("this sheet is posted"), _("Open what it became."), f"/{PATH}/{count.made_id}")  # fmt: skip
    seen = whole(request.POST.get("seen")) or 0
    clash: dict[str, tuple[str, str]] = {}
    changed = []
    for x in count.data["lines"]:
        text = request.POST.get(f"q.{x['key']}")
        text = None if text is None else kept("number", text.replace("\0", "").strip()[:40], ctx.today)
        if text is None or text == x.get("counted", ""):
            continue
        if count.changed.get(x["key"], 0) > seen:
            if text:
                clash[x["key"]] = (local("number", text), local("number", x.get("counted", "")))
            continue
        x["counted"] = text
        changed.append(x)
    if changed:
        _save(ctx, count, changed)
    return clash


def _save(ctx: Ctx, count: Draft, changed: Lines) -> None:
    """Keep the lines, each with what the books say now."""
    now = {str(r.item_id): r.on_hand for r in shelf(ctx, int(count.data["head"]["place.id"]), [int(x["key"]) for x in changed])}  # fmt: skip
    count.revision += 1
    for x in changed:
        x["was"] = str(now.get(x["key"], 0))
        count.changed[x["key"]] = count.revision
    count.updated_by, count.updated_at = ctx.actor, clock.now()
    Draft.objects.filter(pk=count.pk).update(
        data=count.data, changed=count.changed, revision=count.revision, updated_by=count.updated_by, updated_at=count.updated_at
    )  # fmt: skip


def _told(request: HttpRequest, count: Draft, clash: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """``fresh``: what others counted since, of what was not sent; whoever sees the new revision must see these, too."""
    seen = whole(request.POST.get("seen")) or 0
    who = actors({count.updated_by})[count.updated_by] if clash else ""
    note = _("%(who)s counted %(theirs)s meanwhile, you %(mine)s. Type yours again if it is right.")
    return {
        "revision": count.revision,
        "fresh": {
            x["key"]: local("number", x.get("counted", ""))
            for x in count.data["lines"]
            if count.changed.get(x["key"], 0) > seen and f"q.{x['key']}" not in request.POST
        },
        "clash": {k: [t, note % {"who": who, "theirs": t, "mine": m}] for k, (m, t) in clash.items()},
    }


def _scanned(request: HttpRequest, ctx: Ctx, count: Draft, do: str) -> Sheet:
    """What a scan does to the sheet; an item that is not on it yet is added."""
    head, lines = count.data["head"], count.data["lines"]
    made = Sheet(_rows(ctx, head, lines), (), {"q": ""}, zero="", propose=False, by="scan", known=known_item)
    made.take_log(request.POST.get("log", ""))
    text = request.POST.get("scan", "")[:200]
    if do == "scan" and text.strip():
        if (item := _new_item(made, text)) is not None:
            lines.append(_line(shelf(ctx, int(head["place.id"]), [item])[0], ""))
            made.rows = _rows(ctx, head, lines)
        made.scan(text)
    elif do == "undo":
        made.undo()
    elif do == "none":
        made.fill(False)
    typed = {row.key: kept("number", row.typed["q"], ctx.today) for row in made.rows}
    changed = [x for x in lines if typed.get(x["key"], "") != x["counted"]]
    for x in changed:
        x["counted"] = typed[x["key"]]
    if changed:
        _save(ctx, count, changed)
    return made


def _new_item(made: Sheet, text: str) -> int | None:
    """Goods with this code that are not on the sheet."""
    code = text.partition("*")[2] if "*" in text else text
    plain = code.strip()[:60]
    _count, on_it = made.heard(text.strip())
    if on_it or not plain:
        return None
    wanted = Q(sku__in=[plain, plain.upper()]) | Q(barcode=plain[:14])
    item = RESOURCES["catalog/items"].of._default_manager.filter(wanted, unit__isnull=False).first()
    return item.pk if item else None


# ---- before it is posted ----


def _counted(ctx: Ctx, count: Draft, zero: bool) -> tuple[list[Row], dict[str, int]]:
    """(rows, steps by key) of what is counted; with ``zero`` what is blank counts as nothing. Wrong ones carry an error."""
    rows = _rows(ctx, count.data["head"], count.data["lines"])
    steps: dict[str, int] = {}
    for row in rows:
        text = row.typed["q"]
        if not text.strip() and not zero:
            continue
        try:
            steps[row.key] = row.steps(text)
        except BadText as exc:
            row.errors["q"] = str(exc)
    return rows, steps


def _draft(ctx: Ctx, count: Draft, steps: Mapping[str, int], on: date) -> inventory.CountDraft:
    head = count.data["head"]
    lines = tuple((int(key), n) for key, n in steps.items())
    return inventory.CountDraft(on, int(head["place.id"]), lines, head.get("reference", ""))


def _asked(request: HttpRequest, ctx: Ctx, count: Draft) -> tuple[date, bool]:
    told = request.POST if request.method == "POST" else request.GET
    try:
        on = day(told.get("on") or count.data["head"]["on"], ctx.today)
    except BadText as exc:
        raise Refusal("web.answer", str(exc), _("Correct it."), "on") from None
    return on, told.get("zero") == "1"


_FOUND = "SELECT item_id, quantity, value FROM inventory_countline WHERE count_id = %s"


def _review(request: HttpRequest, ctx: Ctx, count: Draft, stopped: Refusal | None) -> Answer:
    """What differs from the books and what it is worth, by doing it and taking it back."""
    on, zero = _asked(request, ctx, count)
    rows, steps = _counted(ctx, count, zero)
    bad = [row for row in rows if row.errors]
    told: dict[str, tuple[int, int]] = {}
    refusal: Refusal | None = None
    if steps and not bad:

        def done() -> dict[str, tuple[int, int]]:
            made = inventory.count_stock(ctx, [_draft(ctx, count, steps, on)])[0]
            return {str(i): (q, v) for i, q, v in sets.execute(_FOUND, [made.id])}

        found_, refusal = attempt(done)
        told = found_ or {}
    stock = there(ctx, int(count.data["head"]["place.id"]), [int(k) for k in steps]) if steps else {}
    was = {x["key"]: int(x.get("was") or 0) for x in count.data["lines"] if x.get("counted", "").strip()}
    shown = [_compared(ctx, row, steps[row.key], told, stock[int(row.key)], was) for row in rows if row.key in steps]  # fmt: skip
    differing = [x for x in shown if x["differs"] or x["notes"]]
    total = sum(v for _q, v in told.values())
    return "backstay/count_review.html", {
        "nav": navigation(ctx, "inventory/count"), "kept": count, "head": count.data["head"], "rows": differing, "same": len(shown) - len(differing), "counted": len(steps), "bad": bad,
        "blank": sum(1 for row in rows if not row.typed["q"].strip()), "total": money_text(total, ctx.scale), "refusal": stopped or refusal,
        "on": on, "zero": zero, "once": request.POST.get("once") or uuid.uuid4().hex, "ready": bool(steps) and not bad and refusal is None,
    }  # fmt: skip


def _compared(
    ctx: Ctx, row: Row, counted: int, told: Mapping[str, tuple[int, int]], stock: Any, was: Mapping[str, int]
) -> dict[str, Any]:
    quantity, value = told.get(row.key, (counted - stock.on_hand, 0))
    notes = []
    if row.key in was and was[row.key] != stock.on_hand:
        notes.append(_("Moved since it was counted: %(was)s then, %(now)s now. Count it again.") % {"was": row.shown(was[row.key]), "now": row.shown(stock.on_hand)})  # fmt: skip
    if counted < stock.promised:
        notes.append(_("%(n)s are promised to orders: free them first, or ship them.") % {"n": row.shown(stock.promised)})  # fmt: skip
    return {
        "title": row.name, "sku": row.sku, "unit": row.unit, "book": row.shown(stock.on_hand), "counted": row.shown(counted), "differs": bool(quantity),
        "more": ("+" if quantity > 0 else "") + _signed(row, quantity), "value": money_text(value, ctx.scale), "tone": "warn" if quantity < 0 else "", "notes": notes,
    }  # fmt: skip


def _signed(row: Row, steps: int) -> str:
    """A difference as people read it."""
    return number_text(Decimal(steps) / Decimal(row.ratio.numerator))


def _post(request: HttpRequest, ctx: Ctx, count: Draft) -> Answer:
    on, zero = _asked(request, ctx, count)

    def made() -> Made:
        if count.made_id is not None:
            raise Refusal("web.draft_done", _("this sheet is posted"), _("Open what it became."))
        rows, steps = _counted(ctx, count, zero)
        if any(row.errors for row in rows) or not steps:
            raise Refusal("web.nothing", _("nothing is counted, or something is no figure"), _("Look at the sheet."))  # fmt: skip
        done = inventory.count_stock(ctx, [_draft(ctx, count, steps, on)])[0]
        drafts.finish(ctx, count.pk, done.id)
        return Made(f"/{PATH}/{done.id}", _("Counted: %(number)s") % {"number": done.number})

    result = once_only(request, ctx, made)
    return result if isinstance(result, HttpResponse) else _review(request, ctx, count, result)
