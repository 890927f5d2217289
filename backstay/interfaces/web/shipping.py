"""Goods go to customers and come back: ship, return, invoice an order, whole or in part."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.domains.inventory.models import Parcel
from backstay.domains.inventory.queries import There, there
from backstay.domains.sales import processes as sales
from backstay.domains.sales.queries import WorkLine, links_of, work_lines
from backstay.domains.sales.rules import to_invoice, to_ship
from backstay.interfaces.web.acts import choices
from backstay.interfaces.web.fields import Field, column, day_text, money_text, number_text
from backstay.interfaces.web.resource import Answer
from backstay.interfaces.web.scanning import Row, Sheet
from backstay.interfaces.web.worksheet import (
    Asked,
    Made,
    Note,
    Quantities,
    Work,
    answer,
    date_head,
    known_item,
    order_head,
    text_head,
)
from backstay.platform.context import Ctx
from backstay.platform.resources import page

PATH = "sales/orders"
MENU = ("Trade", gettext_noop("Sales"), "truck")


def stock_row(line: WorkLine, left: int, most: int, cells: Sequence[tuple[str, str]], brief: str) -> Row:
    """A line counted in the item's own unit."""
    codes = (line.sku, line.barcode or "")
    return Row(
        str(line.id),
        line.sku,
        line.name,
        line.own_uom,
        Fraction(10**line.scale),
        left,
        most,
        codes,
        cells,
        brief,
    )


def exact(steps: int, ratio: Fraction) -> str:
    """Steps as people read them."""
    return Row("", "", "", "", ratio, 0, 0).shown(steps) if ratio else number_text(steps)


def picked(quantities: Quantities, name: str = "q") -> tuple[tuple[int, int], ...]:
    """(line, steps) of what has a quantity."""
    return tuple((int(key), mine[name]) for key, mine in quantities.items() if mine.get(name))


def _work(ctx: Ctx, order: Any, **more: Any) -> Work:
    title = order.number or f"#{order.pk}"
    return Work(path=PATH, back=f"/{PATH}/{order.pk}", back_label=title, **more)


@page(f"{PATH}/<int:ident>/ship", gettext_noop("Ship"), MENU, "sales.order.ship", hidden=True)
def ship(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """What is left of an order leaves, as far as it is scanned or typed."""
    order = order_head(PATH, ident, "ship")
    lines = [line for line in work_lines(ctx, [ident]) if to_ship(line) > 0]
    stock = there(ctx, order.place_id, [x.item_id for x in lines], [x.hold for x in lines if x.hold])
    sheet = Sheet(
        [_ship_row(line, stock.get(line.item_id)) for line in lines],
        (_("Ordered"), _("Shipped"), _("Left"), _("Free here")), {"q": _("To ship")}, known=known_item,
    )  # fmt: skip

    def post(values: dict[str, Any], quantities: Quantities) -> Made:
        carrier = int(values["carrier"]) if values.get("carrier") else None
        draft = sales.ShipDraft(ident, values["on"], picked(quantities), values["tracking"] or "", carrier)
        moved = sales.ship_orders(ctx, [draft])[0]
        return Made(f"/{PATH}/{ident}", _("Shipped: %(number)s") % {"number": moved.number})

    sub = [order.party.name, _("from %(place)s") % {"place": order.place.name}]
    if order.required_on:
        sub.append(_("deliver on %(day)s") % {"day": day_text(order.required_on, ctx.today.year)})
    work = _work(
        ctx, order, title=_("Ship %(number)s") % {"number": order.number}, sub=" · ".join(sub), verb=_("Ship"), icon="truck", sheet=sheet,
        heads=[date_head(ctx, "on", _("Shipped on")), *_tracking_heads(ctx)], post=post, words=(_("not shipped"), _("in part"), _("complete"), _("too many")),
        empty=_("Nothing of this order is left to ship."),
    )  # fmt: skip
    return answer(request, ctx, work)


def _tracking_heads(ctx: Ctx) -> list[Asked]:
    """Numbers of the parcels, typed or scanned, and whose they are: the first carrier's, unless another is chosen."""
    told = text_head("tracking", _("Tracking"), _("The parcels' numbers, with commas between."), kind="note")
    carriers = [(str(ident), name) for ident, name in choices(ctx, column(Parcel, "carrier"))]
    if not carriers:
        return [told]
    return [
        told,
        Asked(Field("carrier", "choice", _("Carrier"), "", choices=tuple(carriers)), carriers[0][0]),
    ]


def _ship_row(line: WorkLine, stock: There | None) -> Row:
    left = to_ship(line)
    ratio = Fraction(10**line.scale)
    free = stock.free if stock else 0
    short = free < left
    cells = [
        (exact(line.stock_quantity, ratio), ""),
        (exact(line.shipped, ratio), "nil" if not line.shipped else ""),
        (exact(left, ratio), "strong"),
        (exact(free, ratio), "warn" if short else ""),
    ]
    brief = _("%(left)s of %(all)s left · %(free)s free here") % {
        "left": exact(left, ratio), "all": cells[0][0], "free": exact(free, ratio),
    }  # fmt: skip
    row = stock_row(line, left, left, cells, brief)
    if short:
        row.offer = max(free, 0)
        row.note = _("Only %(n)s are free here.") % {"n": exact(max(free, 0), ratio)}
    return row


@page(f"{PATH}/<int:ident>/return", gettext_noop("Return"), MENU, "sales.order.return", hidden=True)
def take_back(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """Goods come back from a customer: good ones into stock, broken ones to loss; credited as they were invoiced."""
    order = order_head(PATH, ident, "return")
    rows = []
    for line in work_lines(ctx, [ident]):
        out = line.shipped - line.returned
        if line.goods and out > 0:
            ratio = Fraction(10**line.scale)
            cells = [(exact(line.shipped, ratio), ""), (exact(line.returned, ratio), "" if line.returned else "nil"), (exact(out, ratio), "strong")]  # fmt: skip
            brief = _("%(n)s with the customer") % {"n": exact(out, ratio)}
            rows.append(stock_row(line, out, out, cells, brief))
    columns = (_("Shipped"), _("Returned"), _("With customer"))
    sheet = Sheet(rows, columns, {"q": _("Good"), "b": _("Broken")}, zero="", propose=False, known=known_item)

    def post(values: dict[str, Any], quantities: Quantities) -> Made:
        draft = sales.ReturnDraft(
            ident, values["on"], picked(quantities), picked(quantities, "b"), bool(values["credit"]), values["reason"] or "",
        )  # fmt: skip
        moved, notes = sales.return_goods(ctx, [draft])
        numbers = ", ".join([m.number for m in moved] + [n.number for n in notes])
        totals = [(_("Credit note"), money_text(n.gross, ctx.scale)) for n in notes]
        return Made(f"/{PATH}/{ident}", _("Returned: %(numbers)s") % {"numbers": numbers}, totals)

    credit = text_head("credit", _("Credit what was invoiced of it"), kind="yes")
    if request.method != "POST":
        credit.text = "1"
    heads = [
        date_head(ctx, "on", _("Came back on")),
        text_head("reason", _("Reason"), _("Stands on the credit note.")),
        credit,
    ]
    work = _work(
        ctx, order, title=_("Return of %(number)s") % {"number": order.number}, sub=f"{order.party.name} · " + _("to %(place)s") % {"place": order.place.name},
        verb=_("Take back"), icon="arrow-back-up", sheet=sheet, heads=heads, post=post,
        words=("", _("in part"), _("all of it"), _("too many")), empty=_("Nothing of this order is with the customer."),
    )  # fmt: skip
    return answer(request, ctx, work)


@page(f"{PATH}/<int:ident>/invoice", gettext_noop("Invoice"), MENU, "sales.order.invoice", hidden=True)
def invoice(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """What is shipped and not invoiced, services too, whole or in part."""
    order = order_head(PATH, ident, "invoice")
    lines = work_lines(ctx, [ident])
    credited: dict[int, int] = {}
    for x in links_of(ctx, [ident]) if any(line.returned for line in lines) else ():
        if x.kind == "credited":
            credited[x.order_line_id] = credited.get(x.order_line_id, 0) + x.quantity
    rows = [row for line in lines if (row := _invoice_row(ctx, line, credited.get(line.id, 0)))]
    columns = (_("Ordered"), _("Shipped"), _("Invoiced"), _("Price"))
    sheet = Sheet(rows, columns, {"q": _("To invoice")})

    def post(values: dict[str, Any], quantities: Quantities) -> Made:
        draft = sales.OrderInvoiceDraft(ident, values["on"], picked(quantities), values["due_on"])
        issued = sales.invoice_orders(ctx, [draft])[0]
        totals = [(_("Total with tax"), money_text(issued.gross, ctx.scale))]
        return Made(f"/{PATH}/{ident}", _("Invoiced: %(number)s") % {"number": issued.number}, totals)

    def warn(values: dict[str, Any], quantities: Quantities) -> list[Note]:
        due, on = values["due_on"], values["on"]
        return [Note(_("It would be due before it is issued."))] if due and on and due < on else []

    days = _("As agreed: %(n)s days after the invoice.") % {"n": order.party.payment_days}
    work = _work(
        ctx, order, title=_("Invoice %(number)s") % {"number": order.number}, sub=order.party.name, verb=_("Invoice"), icon="receipt", sheet=sheet,
        heads=[date_head(ctx, "on", _("Issued on")), date_head(ctx, "due_on", _("Due on"), days, required=False)], post=post, warn=warn,
        scan=False, words=("", _("in part"), _("all of it"), _("too many")), empty=_("Nothing is left to invoice. Goods are invoiced once they are shipped."),
    )  # fmt: skip
    return answer(request, ctx, work)


def _invoice_row(ctx: Ctx, line: WorkLine, credited: int) -> Row | None:
    left = to_invoice(line, credited)
    if left <= 0:
        return None
    ratio = Fraction(line.stock_quantity) / Fraction(line.quantity)
    cells = [
        (exact(line.stock_quantity, ratio), ""), (exact(line.shipped, ratio) if line.goods else "—", ""),
        (exact(line.invoiced, ratio), "" if line.invoiced else "nil"), (number_text(line.unit_price, ctx.scale), ""),
    ]  # fmt: skip
    brief = _("%(n)s at %(price)s") % {"n": exact(left, ratio), "price": cells[3][0]}
    return Row(str(line.id), line.sku, line.text or line.name, line.uom, ratio, left, left, (), cells, brief)
