"""Orders are shipped and invoiced, whole or in part; every line of a shipment or invoice links to its order line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.inventory.processes import (
    Moved,
    ShipmentDraft,
    ShipmentLineDraft,
    parcels_of,
    ship_goods,
)
from backstay.domains.invoicing.processes import InvoiceDraft, InvoiceLineDraft, Issued, issue_invoices
from backstay.domains.sales.models import Fulfilment, OrderLine
from backstay.domains.sales.ordering import KIND, locked
from backstay.domains.sales.queries import LineRow, OrderRow, links_of
from backstay.domains.sales.rules import (
    OrderInvoiceDraft,
    ShipDraft,
    chosen,
    fully_invoiced,
    part,
    to_invoice,
    to_ship,
)
from backstay.ledger.posting import Sub
from backstay.platform import access, rows

Taken = list[tuple[LineRow, int]]  # order line and how much of it, in steps


def ship_orders(ctx: Ctx, drafts: Sequence[ShipDraft]) -> list[Moved]:
    """Ship orders, whole or in part, consuming their holds; one shipment per draft.

    A hold that has lapsed is no promise any more: the goods come from what is free, or are refused.
    """
    access.require(ctx, f"{KIND}.ship", [d.order for d in drafts])
    if not drafts:
        return []
    orders = locked(ctx, [d.order for d in drafts], "ship")
    taken = [_take(orders[d.order], d.lines, to_ship, "shipped") for d in drafts]
    for draft, mine in zip(drafts, taken, strict=True):
        if not mine:
            raise _nothing(orders[draft.order], "ship", "")
    facts = trade_facts(ctx, {line.item_id for mine in taken for line, _ in mine})
    shipments = [
        _shipment(ctx, draft, orders[draft.order], mine, facts)
        for draft, mine in zip(drafts, taken, strict=True)
    ]
    moved = ship_goods(ctx, shipments, facts=facts)
    link("shipped", taken, "shipment_line_id", [m.line_ids for m in moved])
    return moved


def _shipment(
    ctx: Ctx, draft: ShipDraft, order: OrderRow, mine: Taken, facts: dict[int, ItemFacts]
) -> ShipmentDraft:
    lines = []
    for line, steps in mine:
        item = facts[line.item_id]
        cost = Sub(item.cogs_account or "cogs", ctx.currency)
        goods = Sub("customer_goods", item.unit or 0, party=order.party_id)
        lines.append(ShipmentLineDraft(line.item_id, steps, cost, goods, line.hold))
    parcels = parcels_of(draft.tracking, draft.carrier)
    return ShipmentDraft(
        draft.on, order.place_id, tuple(lines), order.party_id, "sale", order.number or "", parcels
    )


def _nothing(order: OrderRow, what: str, remedy: str) -> Refusal:
    return Refusal(
        "sales.nothing", f"order {order.number} has nothing left to {what}", remedy, f"{KIND}:{order.id}"
    )


def _take(
    order: OrderRow, wanted: tuple[tuple[int, int], ...] | None, left: Callable[[LineRow], int], what: str
) -> Taken:
    """What a draft names, or all that is left; never more than is left."""
    if wanted is None:
        return [(line, steps) for line in order.lines if (steps := left(line)) > 0]
    by_id = {line.id: line for line in order.lines}
    found = []
    for line_id, steps in wanted:
        line = by_id.get(line_id)
        if line is None:
            raise Refusal("sales.line", f"line {line_id} is not of order {order.number}")
        found.append((line, chosen(steps, left(line), what, f"sales.order_line:{line_id}")))
    return found


def link(kind: str, taken: Sequence[Taken], key: str, made: Sequence[Sequence[int]]) -> None:
    """Link what fulfilled each order line and move its counter, whose constraint holds the bound."""
    flat = [pair for mine in taken for pair in mine]
    lines = [line.id for line, _ in flat]
    steps = [steps for _, steps in flat]
    columns: dict[str, Sequence[Any]] = {
        "order_line_id": lines,
        "kind": [kind] * len(flat),
        key: [by for ids in made for by in ids],
        "quantity": steps,
    }
    if kind == "credited":  # what credit notes took back is counted by the invoice's own lines
        rows.insert(Fulfilment, columns)
    else:
        rows.insert_counting(Fulfilment, columns, OrderLine, lines, {kind: steps})


def invoice_orders(ctx: Ctx, drafts: Sequence[OrderInvoiceDraft]) -> list[Issued]:
    """Invoice what was shipped and is not invoiced, services at once; the credit hold gives way to the claim.

    What came back before it was invoiced is not invoiced.
    """
    access.require(ctx, f"{KIND}.invoice", [d.order for d in drafts])
    if not drafts:
        return []
    orders = locked(ctx, [d.order for d in drafts], "invoice")
    credited = _credited(ctx, orders)
    taken = []
    for draft in drafts:
        order = orders[draft.order]
        goods_only = order.state == "closed" and draft.lines is None
        mine = _take(order, draft.lines, lambda x: to_invoice(x, credited.get(x.id, 0)), "invoiced")
        taken.append([(line, steps) for line, steps in mine if line.goods or not goods_only])
        if not taken[-1]:
            raise _nothing(order, "invoice", "Ship it first.")
    facts = trade_facts(ctx, {line.item_id for mine in taken for line, _ in mine})
    invoices = [
        _invoice(draft, orders[draft.order], mine, facts) for draft, mine in zip(drafts, taken, strict=True)
    ]
    issued = issue_invoices(ctx, invoices)
    link("invoiced", taken, "invoice_line_id", [i.line_ids for i in issued])
    _free_credit(ctx, drafts, orders, taken)
    return issued


def _credited(ctx: Ctx, orders: dict[int, OrderRow]) -> dict[int, int]:
    """Steps that credit notes took back, by order line; only orders with returns have any."""
    returned = [o.id for o in orders.values() if any(line.returned for line in o.lines)]
    found: dict[int, int] = {}
    for x in links_of(ctx, returned) if returned else ():
        if x.kind == "credited":
            found[x.order_line_id] = found.get(x.order_line_id, 0) + x.quantity
    return found


def _invoice(
    draft: OrderInvoiceDraft, order: OrderRow, mine: Taken, facts: dict[int, ItemFacts]
) -> InvoiceDraft:
    lines = tuple(
        InvoiceLineDraft(
            line.text, part(line.quantity, steps, line.stock_quantity), line.unit_price, line.item_id,
            line.uom_id, line.discount, (line.tax_code_id or 0, line.percent), account=facts[line.item_id].revenue,
        )
        for line, steps in mine
    )  # fmt: skip
    return InvoiceDraft(
        order.party_id, draft.on, lines, draft.due_on or draft.on + timedelta(days=order.payment_days), order.number or "",
        rounding=order.rounding, hold=order.credit_hold,
    )  # fmt: skip


def _free_credit(
    ctx: Ctx, drafts: Sequence[OrderInvoiceDraft], orders: dict[int, OrderRow], taken: Sequence[Taken]
) -> None:
    """What rounding of several invoices left of an order's credit hold is free once all is invoiced."""
    now: dict[int, int] = {}
    for line, steps in (pair for mine in taken for pair in mine):
        now[line.id] = now.get(line.id, 0) + steps
    done = [
        order.credit_hold
        for order in orders.values()
        if order.credit_hold is not None
        and any(line.invoiced or now.get(line.id, 0) < line.stock_quantity for line in order.lines)
        and all(fully_invoiced(line, now.get(line.id, 0), order.state == "closed") for line in order.lines)
    ]
    ledger.release(ctx, done)
