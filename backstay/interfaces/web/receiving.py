"""Goods come from suppliers and go back, and their bills come: receive, bill, return a purchase order."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import Refusal
from backstay.domains.inventory.queries import delivered_before, there
from backstay.domains.invoicing.queries import bill_numbered
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.purchasing.queries import WorkLine, work_lines
from backstay.domains.purchasing.rules import MatchLine, Tolerances, match, over_delivery, tolerances
from backstay.interfaces.web.fields import BadText, day_text, figure, money_text, number_text
from backstay.interfaces.web.resource import Answer
from backstay.interfaces.web.scanning import MANY, Row, Sheet, plain
from backstay.interfaces.web.shipping import exact, picked
from backstay.interfaces.web.worksheet import (
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
from backstay.platform import rows as sets
from backstay.platform.context import Ctx
from backstay.platform.figures import local
from backstay.platform.resources import page

PATH = "purchasing/orders"
MENU = ("Trade", gettext_noop("Purchasing"), "package")


def _work(order: Any, **more: Any) -> Work:
    return Work(path=PATH, back=f"/{PATH}/{order.pk}", back_label=order.number or f"#{order.pk}", **more)


def _row(line: WorkLine, left: int, most: int, **more: Any) -> Row:
    codes = (line.sku, line.barcode or "")
    return Row(
        str(line.id), line.sku, line.name, line.own_uom, Fraction(10**line.scale), left, most, codes, **more
    )


# ---- receive ----


@page(f"{PATH}/<int:ident>/receive", gettext_noop("Receive"), MENU, "purchasing.order.receive", hidden=True)
def receive(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """What arrived of an order, as far as it is scanned or typed; a little too much within the tolerance."""
    order = order_head(PATH, ident, "receive")
    allowed = tolerances(ctx.settings).receipt
    lines = [line for line in work_lines(ctx, ident) if line.goods]
    sheet = Sheet(
        [row for line in lines if (row := _receive_row(line, allowed))], (_("Ordered"), _("Received"), _("Left")),
        {"q": _("Arrived")}, known=known_item,
    )  # fmt: skip
    due = {row.key: row for row in sheet.rows}

    def post(values: dict[str, Any], quantities: Quantities) -> Made:
        draft = purchasing.ReceiveDraft(
            ident, values["on"], picked(quantities), values["document_on"], values["delivery_note"] or ""
        )
        moved = purchasing.receive_orders(ctx, [draft])[0]
        totals = [(_("Worth"), money_text(sum(moved.values), ctx.scale))]
        return Made(f"/{PATH}/{ident}", _("Received: %(number)s") % {"number": moved.number}, totals)

    def warn(values: dict[str, Any], quantities: Quantities) -> list[Note]:
        notes = [
            Note(_("%(n)s more of %(item)s than ordered.") % {"n": row.shown(mine["q"] - row.left), "item": row.title},
                 _("Up to %(percent)s %% more is taken.") % {"percent": number_text(allowed)})
            for key, mine in quantities.items() if (row := due[key]) and mine["q"] > row.left
        ]  # fmt: skip
        before = delivered_before(ctx, order.party_id, values["delivery_note"] or "")
        if before:
            told = _("Delivery note %(note)s was received on %(day)s.") % {"note": values["delivery_note"], "day": day_text(before[2], ctx.today.year)}  # fmt: skip
            notes.append(
                Note(told, _("The same goods twice?"), f"/inventory/receipts/{before[0]}", before[1])
            )
        return notes

    heads = [
        date_head(ctx, "on", _("Received on")),
        text_head("delivery_note", _("Delivery note"), _("The number on the supplier's paper.")),
        date_head(ctx, "document_on", _("Arrived earlier, on"), _("Where the goods were here before that day."), required=False),
    ]  # fmt: skip
    sub = f"{order.party.name} · " + _("to %(place)s") % {"place": order.place.name}
    if order.expected_on:
        sub += " · " + _("expected on %(day)s") % {"day": day_text(order.expected_on, ctx.today.year)}
    work = _work(
        order, title=_("Receive %(number)s") % {"number": order.number}, sub=sub, verb=_("Receive"), icon="package", sheet=sheet, heads=heads,
        post=post, warn=warn, words=(_("not here"), _("in part"), _("complete"), _("too many")), empty=_("Everything of this order has arrived."),
    )  # fmt: skip
    return answer(request, ctx, work)


def _receive_row(line: WorkLine, allowed: Decimal) -> Row | None:
    left = line.stock_quantity - line.received
    most = over_delivery(line.stock_quantity, allowed) - line.received
    if most <= 0:
        return None
    ratio = Fraction(10**line.scale)
    due = max(left, 0)
    cells = [
        (exact(line.stock_quantity, ratio), ""),
        (exact(line.received, ratio), "" if line.received else "nil"),
        (exact(due, ratio), "strong"),
    ]
    brief = _("%(left)s of %(all)s to come") % {"left": cells[2][0], "all": cells[0][0]}
    return _row(line, due, most, cells=cells, brief=brief)


# ---- return ----


@page(f"{PATH}/<int:ident>/return", gettext_noop("Send back"), MENU, "purchasing.order.return", hidden=True)
def send_back(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """Goods go back to the supplier, with the number of his credit note where it is there."""
    order = order_head(PATH, ident, "return")
    lines = [x for x in work_lines(ctx, ident) if x.goods and _here(x) > 0]
    stock = there(ctx, order.place_id, [x.item_id for x in lines])
    rows = []
    for x in lines:
        ratio, mine = Fraction(10**x.scale), stock.get(x.item_id)
        free = max(mine.free, 0) if mine else 0
        cells = [
            (exact(x.received, ratio), ""), (exact(x.billed, ratio), "" if x.billed else "nil"), (exact(x.returned, ratio), "" if x.returned else "nil"),
            (exact(free, ratio), "warn" if free < _here(x) else ""),
        ]  # fmt: skip
        brief = _("%(n)s received, %(free)s free here") % {"n": exact(_here(x), ratio), "free": cells[3][0]}
        rows.append(_row(x, _here(x), _here(x), cells=cells, brief=brief))
    columns = (_("Received"), _("Billed"), _("Sent back"), _("Free here"))
    sheet = Sheet(rows, columns, {"q": _("To send back")}, zero="", propose=False, known=known_item)

    def post(values: dict[str, Any], quantities: Quantities) -> Made:
        draft = purchasing.ReturnDraft(ident, values["on"], picked(quantities), values["debit"] or "")
        moved = purchasing.return_goods(ctx, [draft])[0]
        return Made(f"/{PATH}/{ident}", _("Sent back: %(number)s") % {"number": moved.number})

    help_ = _("Where he has sent one; otherwise it comes later.")
    heads = [date_head(ctx, "on", _("Sent on")), text_head("debit", _("Supplier's credit note"), help_)]
    work = _work(
        order, title=_("Send back of %(number)s") % {"number": order.number}, sub=order.party.name, verb=_("Send back"), icon="arrow-back-up",
        sheet=sheet, heads=heads, post=post, words=("", _("in part"), _("all of it"), _("too many")), empty=_("Nothing of this order is here."),
    )  # fmt: skip
    return answer(request, ctx, work)


def _here(x: WorkLine) -> int:
    """What may go back: what is not billed, and what is billed, arrived and not returned."""
    return max(x.received - x.billed, 0) + max(min(x.billed, x.received) - x.returned, 0)


# ---- bill ----


@page(f"{PATH}/<int:ident>/bill", gettext_noop("Bill"), MENU, "purchasing.order.bill", hidden=True)
def bill(request: HttpRequest, ctx: Ctx, ident: int) -> Answer:
    """The supplier's paper beside what was ordered and what arrived: the three-way match."""
    order = order_head(PATH, ident, "bill")
    lines = {str(x.id): x for x in work_lines(ctx, ident)}
    allowed = tolerances(ctx.settings)
    rows = [row for x in lines.values() if (row := _bill_row(ctx, x))]
    sheet = Sheet(rows, (_("Ordered"), _("Received"), _("Billed"), _("Order price")), {"q": _("On the bill")})
    prices = {row.key: _price(request, lines[row.key]) for row in rows}
    for row in rows:
        row.extra = {
            "name": f"p.{row.key}",
            "value": prices[row.key][0],
            "error": prices[row.key][2],
            "label": _("Price"),
        }
        if prices[row.key][2]:
            row.errors["p"] = prices[row.key][2]

    def post(values: dict[str, Any], quantities: Quantities) -> Made:
        draft = purchasing.OrderBillDraft(
            ident, values["supplier_number"] or "", values["on"],
            tuple((int(k), mine["q"], prices[k][1]) for k, mine in quantities.items() if mine["q"]), values["total"], values["due_on"],
            values["accept"] or "",
        )  # fmt: skip
        return _billed(ctx, ident, purchasing.bill_orders(ctx, [draft])[0].id, values["total"])

    def warn(values: dict[str, Any], quantities: Quantities) -> list[Note]:
        notes = _differences(lines, prices, quantities, allowed, values["accept"] or "")
        before = bill_numbered(ctx, order.party_id, values["supplier_number"] or "")
        if before:
            told = _("%(supplier)s's number %(number)s is entered already.") % {"supplier": order.party.name, "number": values["supplier_number"]}  # fmt: skip
            more = _("Of %(day)s; a supplier's number is taken once.") % {"day": day_text(before[2], ctx.today.year)}  # fmt: skip
            notes.insert(0, Note(told, more, f"/invoicing/bills/{before[0]}", before[1]))
        return notes

    heads = [
        text_head("supplier_number", _("Supplier's number"), _("As on the paper."), required=True), date_head(ctx, "on", _("Bill date")),
        date_head(ctx, "due_on", _("Due on"), _("As agreed, unless the paper says otherwise."), required=False),
        text_head("total", _("Total of the paper"), _("With tax. Small differences are posted as rounding."), kind="money"),
        text_head("accept", _("Reason to accept a difference"), _("Needed where price or quantity differ by more than is allowed.")),
    ]  # fmt: skip
    work = _work(
        order, title=_("Bill for %(number)s") % {"number": order.number}, sub=order.party.name, verb=_("Post bill"), icon="file-invoice",
        sheet=sheet, heads=heads, post=post, warn=warn, scan=False, words=("", _("in part"), _("all of it"), _("too many")),
        empty=_("Nothing of this order is left to bill."),
    )  # fmt: skip
    return answer(request, ctx, work)


def _bill_row(ctx: Ctx, x: WorkLine) -> Row | None:
    due = max((x.received if x.goods else x.stock_quantity) - x.billed, 0)
    open_ = max(x.stock_quantity - x.billed, due)
    if open_ <= 0:
        return None
    ratio = Fraction(x.stock_quantity) / Fraction(x.quantity)
    cells = [
        (exact(x.stock_quantity, ratio), ""), (exact(x.received, ratio) if x.goods else "—", ""), (exact(x.billed, ratio), "" if x.billed else "nil"),
        (number_text(x.unit_price, ctx.scale), ""),
    ]  # fmt: skip
    brief = _("%(n)s to bill at %(price)s") % {"n": exact(due, ratio), "price": cells[3][0]}
    row = Row(str(x.id), x.sku, x.text or x.name, x.uom, ratio, open_, MANY, (), cells, brief, offer=due)
    row.left = due or open_
    return row


def _price(request: HttpRequest, x: WorkLine) -> tuple[str, Decimal, str]:
    """(text, price, what is wrong with it) as typed, else the order's."""
    text = request.POST.get(f"p.{x.id}", local("number", plain(Fraction(x.unit_price))))[:40]
    try:
        price = figure(text)
    except BadText as exc:
        return text, x.unit_price, str(exc)
    return text, price, "" if price >= 0 else _("It cannot be negative.")


def _differences(
    lines: dict[str, WorkLine], prices: dict[str, tuple[str, Decimal, str]], quantities: Quantities, allowed: Tolerances, accept: str
) -> list[Note]:  # fmt: skip
    """What of the paper differs from order and receipt, named line by line."""
    notes = []
    for key, mine in quantities.items():
        x, price = lines[key], prices[key][1]
        if not mine["q"]:
            continue
        wrong = match(_as_match(x, mine["q"], price), allowed)
        dear = wrong is not None and wrong.code == "purchasing.match_price"
        if price != x.unit_price:
            more = price - x.unit_price
            percent = f" ({more * 100 / x.unit_price:+.1f} %)" if x.unit_price else ""
            told = _("%(item)s: billed at %(price)s, ordered at %(ordered)s%(percent)s.") % {
                "item": x.text or x.name, "price": number_text(price), "ordered": number_text(x.unit_price), "percent": percent,
            }  # fmt: skip
            notes.append(_note(told, wrong if dear else None, accept))
        if wrong is not None and not dear:
            ratio = Fraction(x.stock_quantity) / Fraction(x.quantity)
            told = _("%(item)s: %(billed)s billed in all, %(ordered)s ordered, %(received)s arrived.") % {
                "item": x.text or x.name, "billed": exact(x.billed + mine["q"], ratio), "ordered": exact(x.stock_quantity, ratio),
                "received": exact(x.received if x.goods else x.stock_quantity, ratio),
            }  # fmt: skip
            notes.append(_note(told, wrong, accept))
    return notes


def _as_match(x: WorkLine, steps: int, price: Decimal) -> MatchLine:
    received = x.received if x.goods else x.stock_quantity
    return MatchLine(x.text, x.stock_quantity, received, x.billed, steps, x.unit_price, price)


def _note(told: str, wrong: Refusal | None, accept: str) -> Note:
    if wrong is None:
        return Note(told, _("Within what is allowed."))
    if accept:
        return Note(told, _("Taken with your reason."))
    return Note(told, _("More than is allowed: ask the supplier, or give a reason."), code=wrong.code)


def _billed(ctx: Ctx, order: int, ident: int, paper: int | None) -> Made:
    """Where to go, and the bill's figures: net, tax, the residue by its name."""
    sql = "SELECT number, net, tax, gross, difference, supplier_number FROM invoicing_bill WHERE id = %s"
    number, net, tax, gross, difference, supplier = sets.execute(sql, [ident])[0]
    totals = [(_("Net"), money_text(net, ctx.scale)), (_("Tax"), money_text(tax, ctx.scale))]
    if difference:
        totals.append((_("Rounding, to the paper"), money_text(difference, ctx.scale)))
    totals.append((_("Total"), money_text(gross, ctx.scale)))
    told = _("Bill %(supplier)s posted: %(number)s") % {"supplier": supplier, "number": number}
    return Made(f"/{PATH}/{order}", told, totals)
