"""One round through the warehouse for several orders: choose them, fetch, ship them together."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from backstay.base import clock
from backstay.base.errors import Refusal
from backstay.domains.inventory.queries import there
from backstay.domains.sales import processes as sales
from backstay.domains.sales.picking import Pick, Waiting, picks, waiting
from backstay.domains.sales.queries import work_lines
from backstay.interfaces.web.fields import BadText, day, day_text
from backstay.interfaces.web.resource import Answer, whole
from backstay.interfaces.web.scanning import Row, Sheet
from backstay.interfaces.web.shipping import exact
from backstay.interfaces.web.worksheet import Made, Quantities, Work, answer, date_head, known_item
from backstay.platform import papers as sheets
from backstay.platform.context import Ctx
from backstay.platform.resources import page

MENU = ("Trade", gettext_noop("Inventory"), "truck")
MOST = 200  # orders of one round


@page("sales/pick", gettext_noop("Pick list"), MENU, "sales.order.ship")
def choose(request: HttpRequest, ctx: Ctx) -> Answer:
    """Orders that wait for their goods, the most urgent first; those of one warehouse are fetched in one round."""
    told = request.GET.get("until", "")
    try:
        until = day(told, ctx.today) if told else None
    except BadText as exc:
        raise Refusal("web.answer", str(exc), _("Correct it."), "until") from None
    found = waiting(ctx, until=until, limit=MOST + 1)
    places = {x.place_id: x.place for x in found}
    wanted = whole(request.GET.get("place"))
    chosen = wanted if wanted in places else next(iter(places), 0)
    shown = [x for x in found if x.place_id == chosen]
    orders = [
        {
            "id": x.id, "number": x.number, "party": x.party, "reference": x.reference, "lines": x.lines,
            "ordered": day_text(x.ordered_on, ctx.today.year), "required": day_text(x.required_on, ctx.today.year) if x.required_on else "",
            "late": bool(x.required_on and x.required_on < ctx.today), "ticked": not x.required_on or x.required_on <= ctx.today,
        }
        for x in shown[:MOST]
    ]  # fmt: skip
    return "backstay/pick.html", {
        "orders": orders, "places": sorted(places.items(), key=lambda p: p[1]), "place": chosen, "until": until,
        "more": len(found) > MOST, "most": MOST,
    }  # fmt: skip


@page("sales/pick/list", gettext_noop("Fetch"), MENU, "sales.order.ship", hidden=True)
def fetch(request: HttpRequest, ctx: Ctx) -> Answer:
    """What to fetch for the chosen orders, bin by bin; then they are shipped together."""
    orders = _chosen(request, ctx)
    found = _round(ctx, orders)
    numbers = {x.id: x.number for x in orders}
    sheet = Sheet(
        [_row(p, numbers) for p in found], (_("Bin"), _("For"), _("To fetch"), _("There")), {"q": _("Fetched")}, known=known_item
    )  # fmt: skip
    by_key = {_key(p): p for p in found}

    def post(values: dict[str, Any], quantities: Quantities) -> Made:
        lines = tuple(
            (by_key[k].line.item_id, by_key[k].bin, mine["q"]) for k, mine in quantities.items() if mine["q"]
        )
        draft = sales.PickedDraft(tuple(x.id for x in orders), values["on"], lines)
        moved = sales.ship_picked(ctx, draft)
        listed = ", ".join(m.number for m in moved[:3]) + (f" +{len(moved) - 3}" if len(moved) > 3 else "")
        return Made("/sales/pick", _("Shipped: %(number)s") % {"number": listed})

    missing = sum(1 for p in found if p.missing)
    sub = [
        ngettext("%(n)s order", "%(n)s orders", len(orders)) % {"n": len(orders)},
        _("from %(place)s") % {"place": orders[0].place},
    ]
    if missing:
        sub.append(ngettext("%(n)s item is short", "%(n)s items are short", missing) % {"n": missing})
    query = urlencode([("order", x.id) for x in orders])
    work = Work(
        path="sales/orders", back="/sales/pick", back_label=_("Pick list"), title=_("Pick list"), sub=" · ".join(sub), verb=_("Ship these"), icon="truck",
        sheet=sheet, heads=[date_head(ctx, "on", _("Shipped on"))], post=post, words=(_("not fetched"), _("in part"), _("fetched"), _("too many")),
        empty=_("These orders are shipped."), nav="sales/pick", more={"paper": f"/sales/pick/list.pdf?{query}"},
    )  # fmt: skip
    return answer(request, ctx, work)


@page("sales/pick/list.pdf", gettext_noop("Pick list"), MENU, "sales.order.ship", hidden=True)
def paper(request: HttpRequest, ctx: Ctx) -> Answer:
    """The same on paper."""
    orders = _chosen(request, ctx)
    numbers = {x.id: x.number for x in orders}
    told = [
        {
            "bin": p.bin_code, "item": p.line.name, "sku": p.line.sku, "barcode": p.line.barcode or "", "unit": p.line.own_uom,
            "quantity": exact(p.steps, _ratio(p)), "missing": exact(p.missing, _ratio(p)) if p.missing else "", "orders": _for(p, numbers),
        }
        for p in _round(ctx, orders)
    ]  # fmt: skip
    heads = [
        {"number": x.number, "party": x.party, "required": day_text(x.required_on, ctx.today.year) if x.required_on else ""}
        for x in orders
    ]  # fmt: skip
    response = HttpResponse(_pdf(ctx, orders[0].place, told, heads), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="pick-list.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _pdf(ctx: Ctx, place: str, lines: list[dict[str, str]], orders: list[dict[str, str]]) -> bytes:
    """The paper in the reader's language: no document, so it is made as of now."""
    now = clock.now()
    for line in lines:
        line["missing"] = line["missing"] and _("%(n)s are missing.") % {"n": line["missing"]}
    day_of = day_text(ctx.today, 0)
    data = {
        "language": get_language() or "en", "paper": str(ctx.settings.get("paper", "a4")), "company": str(ctx.settings["name"]),
        "title": _("Pick list"), "sub": f"{place} · {day_of}", "made": f"{day_of}, {now:%H:%M}", "words": {"page": _("Page")},
        "columns": [_("Bin"), _("Item"), _("To fetch"), _("For"), _("Done")], "lines": lines, "heads": [_("Order"), _("Customer"), _("Deliver on")],
        "orders": orders,
    }  # fmt: skip
    return sheets.render("picklist", data, int(now.timestamp()))


def _chosen(request: HttpRequest, ctx: Ctx) -> list[Waiting]:
    """The orders named in the address, the most urgent first. Refusal for none, too many, or of two warehouses."""
    ids = [int(i) for i in request.GET.getlist("order") if whole(i) is not None]
    if len(ids) > MOST:
        raise Refusal(
            "web.lines", _("these are too many orders"), _("At most %(n)s in one round.") % {"n": MOST}
        )
    orders = waiting(ctx, orders=ids) if ids else []
    if not orders:
        raise Refusal(
            "web.nothing", _("no order is chosen, or all are shipped"), _("Tick orders on the list.")
        )
    if len({x.place_id for x in orders}) > 1:
        raise Refusal(
            "sales.pick_place", _("the orders ship from different places"), _("Choose one place first.")
        )
    return orders


def _round(ctx: Ctx, orders: Sequence[Waiting]) -> list[Pick]:
    rank = {x.id: n for n, x in enumerate(orders)}
    lines = sorted(work_lines(ctx, rank), key=lambda x: (rank[x.order_id], x.id))
    stock = there(ctx, orders[0].place_id, {x.item_id for x in lines}, [x.hold for x in lines if x.hold])
    return picks(lines, stock)


def _key(p: Pick) -> str:
    return f"{p.line.item_id}-{p.bin or 0}"


def _ratio(p: Pick) -> Fraction:
    return Fraction(10**p.line.scale)


def _for(p: Pick, numbers: dict[int, str]) -> str:
    """Which orders want it, and how many when there are several."""
    summed: dict[int, int] = {}
    for order, steps in p.orders:
        summed[order] = summed.get(order, 0) + steps
    return ", ".join(
        numbers[o] + (f" × {exact(n, _ratio(p))}" if len(summed) > 1 else "") for o, n in summed.items()
    )


def _row(p: Pick, numbers: dict[int, str]) -> Row:
    ratio, x = _ratio(p), p.line
    cells = [
        (p.bin_code or "—", "strong" if p.bin_code else ""), (_for(p, numbers), "wrap"), (exact(p.steps, ratio), "strong"), (exact(p.on_hand, ratio), ""),
    ]  # fmt: skip
    brief = " · ".join(t for t in (p.bin_code, _for(p, numbers)) if t)
    row = Row(
        _key(p), x.sku, x.name, x.own_uom, ratio, p.steps, p.steps, (x.sku, x.barcode or ""), cells, brief
    )
    if p.missing:
        row.note = _("%(n)s are missing.") % {"n": exact(p.missing, ratio)}
    return row
