"""Quotation, order, shipment, invoice, return: partial at each step, many at a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.catalog.queries import to_stock, trade_facts
from backstay.domains.inventory.processes import (
    Moved,
    ReceiptDraft,
    ReceiptLineDraft,
    ShipmentDraft,
    ShipmentLineDraft,
    receive_goods,
    return_shipment_lines,
    ship_goods,
)
from backstay.domains.inventory.queries import place_id, stock_sub
from backstay.domains.invoicing.processes import (
    CreditDraft,
    InvoiceDraft,
    InvoiceLineDraft,
    Issued,
    credit_invoices,
    issue_invoices,
)
from backstay.domains.invoicing.queries import credit_guards, invoices_of_lines
from backstay.domains.parties.queries import terms
from backstay.domains.sales.models import Fulfilment, Order, OrderLine
from backstay.domains.sales.rules import (
    LineState,
    OrderInvoiceDraft,
    OrderLineDraft,
    QuotationDraft,
    ReturnDraft,
    ShipDraft,
    chosen,
    part,
    to_invoice,
    to_ship,
)
from backstay.domains.tax.processes import TaxLine, Totals, line_net, totals
from backstay.domains.tax.queries import choose
from backstay.ledger.posting import Sub
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import Lifecycle

__all__ = [
    "OrderInvoiceDraft",
    "OrderLineDraft",
    "QuotationDraft",
    "ReturnDraft",
    "ShipDraft",
    "cancel_orders",
    "close_orders",
    "confirm_orders",
    "create_quotations",
    "invoice_orders",
    "return_goods",
    "ship_orders",
]
KIND = "sales.order"
LIFE = Lifecycle(
    KIND,
    {
        "confirm": (("quotation",), "confirmed"),
        "ship": (("confirmed",), "confirmed"),
        "invoice": (("confirmed",), "confirmed"),
        "return": (("confirmed", "closed"), "confirmed"),
        "close": (("confirmed",), "closed"),
        "cancel": (("quotation", "confirmed"), "cancelled"),
    },
)
numbering.register(KIND, "SO")
HOLD_DAYS = 365
register(
    {
        "sales.line_shipped": ("more would be shipped than was ordered", "Ship what is left, or order more."),
        "sales.line_invoiced": ("more would be invoiced than was ordered", "Invoice what is left."),
        "sales.line_returned": ("more would come back than was shipped", "Return what was shipped."),
        "sales.line_price": ("a price is negative, or a discount over 100 %", "Correct the line."),
        "sales.line_quantity": ("a quantity is not positive", "Correct the line."),
    }
)
LINE_FIELDS = (
    "order_id", "item_id", "goods", "text", "quantity", "uom_id", "unit_price", "discount", "tax_code_id", "percent",
    "stock_quantity", "hold", "shipped", "invoiced", "returned",
)  # fmt: skip


def create_quotations(ctx: Ctx, drafts: Sequence[QuotationDraft]) -> list[int]:
    """Make quotations with prices and taxes worked out; ids in order."""
    access.require(ctx, f"{KIND}.create")
    if not drafts:
        return []
    lines = [(n, line) for n, d in enumerate(drafts) for line in d.lines]
    if any(not d.lines for d in drafts):
        raise Refusal("sales.lines", "there are no lines", "Add what is ordered.")
    facts = trade_facts(ctx, {line.item for _, line in lines})
    parties = terms(ctx, {d.party for d in drafts})
    taxes = choose(
        ctx,
        [
            (facts[x.item].tax_class, parties[drafts[n].party].tax_treatment, "out", drafts[n].ordered_on)
            for n, x in lines
        ],
    )
    uoms = [x.uom or facts[x.item].uom_id for _, x in lines]
    steps = to_stock(ctx, facts, [(x.item, uom, x.quantity) for (_, x), uom in zip(lines, uoms, strict=True)])
    prices = [facts[x.item].sales_price if x.unit_price is None else x.unit_price for _, x in lines]
    worked = _totals(ctx, drafts, lines, prices, taxes)
    place = place_id(ctx) if any(d.place is None for d in drafts) else 0
    count = len(drafts)
    ids = rows.insert(
        Order,
        {
            "state": ["quotation"] * count,
            "created_by": [ctx.actor] * count,
            "note": [d.note for d in drafts],
            "party_id": [d.party for d in drafts],
            "ordered_on": [d.ordered_on for d in drafts],
            "valid_until": [d.valid_until for d in drafts],
            "required_on": [d.required_on for d in drafts],
            "place_id": [d.place or place for d in drafts],
            "currency_id": [ctx.currency] * count,
            "rounding": [d.rounding or str(ctx.settings.get("rounding", "total")) for d in drafts],
            "net": [w.net for w in worked],
            "tax": [w.tax for w in worked],
            "gross": [w.gross for w in worked],
            "reference": [d.reference for d in drafts],
        },
    )
    rows.insert(
        OrderLine,
        {
            "order_id": [ids[n] for n, _ in lines],
            "position": [k for d in drafts for k in range(1, len(d.lines) + 1)],
            "item_id": [x.item for _, x in lines],
            "goods": [facts[x.item].goods for _, x in lines],
            "text": [x.text or facts[x.item].name for _, x in lines],
            "quantity": [x.quantity for _, x in lines],
            "uom_id": uoms,
            "unit_price": prices,
            "discount": [x.discount for _, x in lines],
            "tax_code_id": [code or None for code, _ in taxes],
            "percent": [percent for _, percent in taxes],
            "net": [net for w in worked for net in w.nets],
            "stock_quantity": steps,
        },
    )
    audit.record(ctx, KIND, ids, "create")
    return ids


def _totals(
    ctx: Ctx,
    drafts: Sequence[QuotationDraft],
    lines: Sequence[tuple[int, OrderLineDraft]],
    prices: Sequence[Decimal],
    taxes: Sequence[tuple[int, Decimal]],
) -> list[Totals]:
    figures: list[list[TaxLine]] = [[] for _ in drafts]
    for (n, x), price, (code, percent) in zip(lines, prices, taxes, strict=True):
        figures[n].append(TaxLine(line_net(x.quantity, price, x.discount), code, percent))
    mode = str(ctx.settings.get("rounding", "total"))
    return [totals(mine, ctx.scale, d.rounding or mode) for mine, d in zip(figures, drafts, strict=True)]


def _lines(ctx: Ctx, orders: Sequence[int]) -> list[Any]:
    return rows.of(OrderLine, "order_id", orders, *LINE_FIELDS)


def confirm_orders(ctx: Ctx, ids: Sequence[int], until: datetime | None = None) -> list[str]:
    """Turn quotations into orders: stock and credit are held, all or none, and the number is drawn.

    ``until``: when the holds lapse by themselves (a year from now unless given). Raises Refusal
    (``ledger.guard``) that names what is short, what is free and who holds the rest.
    """
    access.require(ctx, f"{KIND}.confirm", ids)
    if not ids:
        return []
    orders = rows.lock(Order, ids, "state", "number", "party_id", "place_id", "gross", "ordered_on")
    state = LIFE.check("confirm", orders)
    lines = [line for line in _lines(ctx, ids) if line.goods]
    facts = trade_facts(ctx, {line.item_id for line in lines})
    guards = credit_guards(ctx, {o.party_id for o in orders})
    places = {o.id: o.place_id for o in orders}
    until = until or clock.now() + timedelta(days=HOLD_DAYS)
    wants = [
        ledger.Want(
            line.stock_quantity,
            until,
            f"{KIND}:{line.order_id}",
            stock_sub(facts[line.item_id], places[line.order_id]),
        )
        for line in lines
    ]
    limited = [o for o in orders if o.party_id in guards and o.gross > 0]
    wants += [ledger.Want(o.gross, until, f"{KIND}:{o.id}", guard=guards[o.party_id]) for o in limited]
    holds = ledger.reserve(ctx, wants)
    credit = dict(zip((o.id for o in limited), holds[len(lines) :], strict=True))
    rows.update(OrderLine, [line.id for line in lines], {"hold": holds[: len(lines)]})
    audit.record(ctx, KIND, ids, "confirm")
    numbers = numbering.draw(ctx, KIND, [o.ordered_on for o in orders])
    count = len(ids)
    rows.update(
        Order,
        ids,
        {
            "number": numbers,
            "state": [state] * count,
            "credit_hold": [credit.get(i) for i in ids],
            "posted_at": [clock.now()] * count,
            "posted_by": [ctx.actor] * count,
        },
    )
    events.emit(ctx, "sales.order_confirmed", ids)
    return numbers


def _state(line: Any) -> LineState:
    return LineState(line.id, line.order_id, line.goods, line.stock_quantity, line.shipped, line.invoiced)


def _wanted(draft: Any, lines: Sequence[Any], left: Any, what: str) -> list[tuple[Any, int]]:
    """(line, steps) of a draft: what it names, or all that is left."""
    by_id = {line.id: line for line in lines}
    if draft.lines is None:
        return [(line, left(_state(line))) for line in lines if left(_state(line)) > 0]
    found = []
    for line_id, steps in draft.lines:
        line = by_id.get(line_id)
        if line is None:
            raise Refusal("sales.line", f"line {line_id} is not of order {draft.order}")
        found.append((line, chosen(steps, left(_state(line)), what, f"sales.order_line:{line_id}")))
    return found


def _grouped(lines: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for line in lines:
        found.setdefault(line.order_id, []).append(line)
    return found


def ship_orders(ctx: Ctx, drafts: Sequence[ShipDraft]) -> list[Moved]:
    """Ship orders, whole or in part, consuming their holds; one shipment per draft."""
    access.require(ctx, f"{KIND}.ship", [d.order for d in drafts])
    if not drafts:
        return []
    orders = _lock_orders(drafts, "ship", "party_id", "place_id")
    mine = _grouped(_lines(ctx, list(orders)))
    shipments, taken = [], []
    for draft in drafts:
        order = orders[draft.order]
        wanted = _wanted(draft, mine.get(draft.order, []), to_ship, "shipped")
        if not wanted:
            raise Refusal(
                "sales.nothing", f"order {order.number} has nothing left to ship", where=f"{KIND}:{order.id}"
            )
        taken.append(wanted)
        goods = Sub("customer_goods", 0, party=order.party_id)
        shipments.append((draft, order, wanted, goods))
    facts = trade_facts(ctx, {line.item_id for wanted in taken for line, _ in wanted})
    moved = ship_goods(
        ctx,
        [
            ShipmentDraft(
                draft.on,
                order.place_id,
                tuple(
                    ShipmentLineDraft(
                        line.item_id, steps, Sub(facts[line.item_id].cogs_account or "cogs", ctx.currency),
                        goods._replace(unit=facts[line.item_id].unit or 0), line.hold,
                    )
                    for line, steps in wanted
                ),
                order.party_id,
                "sale",
                order.number,
            )
            for draft, order, wanted, goods in shipments
        ],
        facts=facts,
    )  # fmt: skip
    _count(ctx, "shipped", taken, [m.line_ids for m in moved], "shipment_line_id")
    audit.record(ctx, KIND, list(orders), "ship")
    return moved


def _lock_orders(drafts: Sequence[Any], transition: str, *fields: str) -> dict[int, Any]:
    found = rows.lock(Order, list(dict.fromkeys(d.order for d in drafts)), "state", "number", *fields)
    LIFE.check(transition, found)
    return {o.id: o for o in found}


def _count(
    ctx: Ctx, kind: str, taken: Sequence[Sequence[tuple[Any, int]]], made: Sequence[Sequence[int]], key: str
) -> None:
    """Link what fulfilled each order line, and move its counter; the constraints of the line hold the bounds."""
    flat = [
        (line, steps, by)
        for wanted, ids in zip(taken, made, strict=True)
        for (line, steps), by in zip(wanted, ids, strict=True)
    ]
    rows.insert(
        Fulfilment,
        {
            "order_line_id": [line.id for line, _, _ in flat],
            "kind": [kind] * len(flat),
            key: [by for *_, by in flat],
            "quantity": [steps for _, steps, _ in flat],
        },
    )
    if kind == "credited":
        return
    sums: dict[int, int] = {}
    for line, steps, _ in flat:
        sums[line.id] = sums.get(line.id, getattr(line, kind)) + steps
    rows.update(OrderLine, list(sums), {kind: list(sums.values())})


def invoice_orders(ctx: Ctx, drafts: Sequence[OrderInvoiceDraft]) -> list[Issued]:
    """Invoice what was shipped and is not invoiced, services at once; the credit hold gives way to the claim."""
    access.require(ctx, f"{KIND}.invoice", [d.order for d in drafts])
    if not drafts:
        return []
    orders = _lock_orders(drafts, "invoice", "party_id", "rounding", "credit_hold", "gross")
    mine = _grouped(_lines(ctx, list(orders)))
    taken = [_wanted(d, mine.get(d.order, []), to_invoice, "invoiced") for d in drafts]
    for draft, wanted in zip(drafts, taken, strict=True):
        if not wanted:
            raise Refusal(
                "sales.nothing", f"order {orders[draft.order].number} has nothing to invoice", "Ship it first.",
                f"{KIND}:{draft.order}",
            )  # fmt: skip
    facts = trade_facts(ctx, {line.item_id for wanted in taken for line, _ in wanted})
    invoices = []
    for draft, wanted in zip(drafts, taken, strict=True):
        order = orders[draft.order]
        invoices.append(
            InvoiceDraft(
                order.party_id, draft.on,
                tuple(
                    InvoiceLineDraft(
                        line.text, part(line.quantity, steps, line.stock_quantity), line.unit_price, line.item_id,
                        line.uom_id, line.discount, (line.tax_code_id or 0, line.percent), account=facts[line.item_id].revenue,
                    )
                    for line, steps in wanted
                ),
                draft.due_on, order.number, rounding=order.rounding, hold=order.credit_hold,
            )
        )  # fmt: skip
    issued = issue_invoices(ctx, invoices)
    _count(ctx, "invoiced", taken, [i.line_ids for i in issued], "invoice_line_id")
    audit.record(ctx, KIND, list(orders), "invoice")
    return issued


def return_goods(ctx: Ctx, drafts: Sequence[ReturnDraft]) -> tuple[list[Moved], list[Issued]]:
    """Take goods back at the cost they left with, and credit what was invoiced (POSTINGS §9)."""
    access.require(ctx, f"{KIND}.return", [d.order for d in drafts])
    if not drafts:
        return [], []
    orders = _lock_orders(drafts, "return", "party_id", "place_id")
    mine = {line.id: line for line in _lines(ctx, list(orders))}
    links = rows.of(
        Fulfilment,
        "order_line_id",
        list(mine),
        "order_line_id",
        "kind",
        "shipment_line_id",
        "invoice_line_id",
        "quantity",
    )
    parts = _shipped_parts(drafts, mine, links)
    values = return_shipment_lines(
        ctx, [(s, q, not d.broken) for d, wanted in zip(drafts, parts, strict=True) for _, s, q in wanted]
    )
    facts = trade_facts(ctx, {line.item_id for wanted in parts for line, _, _ in wanted})
    worth = iter(values)
    receipts = []
    for draft, wanted in zip(drafts, parts, strict=True):
        order = orders[draft.order]
        receipts.append(
            ReceiptDraft(
                draft.on, order.place_id,
                tuple(
                    ReceiptLineDraft(
                        line.item_id, q, next(worth), Sub(facts[line.item_id].cogs_account or "cogs", ctx.currency),
                        Sub("customer_goods", facts[line.item_id].unit or 0, party=order.party_id), draft.broken,
                    )
                    for line, _, q in wanted
                ),
                order.party_id, "return", order.number,
            )
        )  # fmt: skip
    moved = receive_goods(ctx, receipts)
    _count(
        ctx,
        "returned",
        [[(line, q) for line, _, q in w] for w in parts],
        [m.line_ids for m in moved],
        "receipt_line_id",
    )
    issued = _credit(ctx, drafts, mine, links)
    audit.record(ctx, KIND, list(orders), "return")
    return moved, issued


def _shipped_parts(
    drafts: Sequence[ReturnDraft], mine: dict[int, Any], links: Sequence[Any]
) -> list[list[tuple[Any, int, int]]]:
    """(order line, shipment line, steps): which shipments the goods came with, the oldest first."""
    back: dict[int, int] = {}
    for link in links:
        if link.kind == "returned":
            back[link.order_line_id] = back.get(link.order_line_id, 0) + link.quantity
    found = []
    for draft in drafts:
        wanted = []
        for line_id, steps in draft.lines:
            line = mine.get(line_id)
            if line is None:
                raise Refusal("sales.line", f"line {line_id} is not of order {draft.order}")
            chosen(steps, line.shipped - back.get(line_id, 0), "returned", f"sales.order_line:{line_id}")
            skip = back.get(line_id, 0)
            back[line_id] = skip + steps
            for link in (x for x in links if x.kind == "shipped" and x.order_line_id == line_id):
                passed = min(skip, link.quantity)
                skip -= passed
                take = min(steps, link.quantity - passed)
                steps -= take
                if take:
                    wanted.append((line, link.shipment_line_id, take))
        found.append(wanted)
    return found


def _credit(
    ctx: Ctx, drafts: Sequence[ReturnDraft], mine: dict[int, Any], links: Sequence[Any]
) -> list[Issued]:
    """Credit notes for what came back and had been invoiced, one per invoice, the newest invoice first."""
    credited: dict[int, int] = {}
    for link in links:
        if link.kind == "credited":
            credited[link.invoice_line_id] = credited.get(link.invoice_line_id, 0) + link.quantity
    invoiced = [x for x in links if x.kind == "invoiced"]
    owners = invoices_of_lines(ctx, [x.invoice_line_id for x in invoiced])
    notes: dict[tuple[int, int], list[tuple[int, Decimal]]] = {}
    taken: list[tuple[Any, int]] = []
    for n, draft in enumerate(drafts):
        for line_id, steps in draft.lines if draft.credit else ():
            line = mine[line_id]
            for link in reversed([x for x in invoiced if x.order_line_id == line_id]):
                take = min(steps, link.quantity - credited.get(link.invoice_line_id, 0))
                if take <= 0:
                    continue
                steps -= take
                credited[link.invoice_line_id] = credited.get(link.invoice_line_id, 0) + take
                quantity = part(line.quantity, take, line.stock_quantity)
                notes.setdefault((n, owners[link.invoice_line_id]), []).append(
                    (link.invoice_line_id, quantity)
                )
                taken.append((line, take))
    issued = credit_invoices(
        ctx,
        [
            CreditDraft(invoice, drafts[n].on, tuple(lines), drafts[n].reason)
            for (n, invoice), lines in notes.items()
        ],
    )
    if taken:
        _count(ctx, "credited", [taken], [[i for x in issued for i in x.line_ids]], "invoice_line_id")
    return issued


def cancel_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Cancel what is not shipped: holds are void. An order with shipments is closed instead."""
    access.require(ctx, f"{KIND}.cancel", ids)
    _end(ctx, ids, "cancel")


def close_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Close orders: nothing more will be shipped; what is still held is free again."""
    access.require(ctx, f"{KIND}.close", ids)
    _end(ctx, ids, "close")


def _end(ctx: Ctx, ids: Sequence[int], transition: str) -> None:
    orders = rows.lock(Order, ids, "state", "number", "credit_hold")
    state = LIFE.check(transition, orders)
    lines = _lines(ctx, ids)
    started = {line.order_id for line in lines if line.shipped or line.invoiced}
    if transition == "cancel" and started:
        number = next(o.number for o in orders if o.id in started)
        raise Refusal(
            "sales.started", f"order {number} has shipments or invoices", "Close it; return what was shipped."
        )
    holds = [line.hold for line in lines if line.hold is not None]
    ledger.release(ctx, holds + [o.credit_hold for o in orders if o.credit_hold is not None])
    audit.record(ctx, KIND, ids, transition)
    rows.update(Order, ids, {"state": [state] * len(ids)})


def hold_until(day: date) -> datetime:
    """The end of a day, as the time-out of holds."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
