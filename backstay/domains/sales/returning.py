"""Goods come back: at the cost they left with, credited as they were invoiced (POSTINGS §9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.inventory.processes import (
    Moved,
    ReceiptDraft,
    ReceiptLineDraft,
    receive_goods,
    return_shipment_lines,
)
from backstay.domains.invoicing.processes import CreditDraft, Issued, credit_invoices
from backstay.domains.sales.fulfilling import link
from backstay.domains.sales.models import Fulfilment, OrderLine
from backstay.domains.sales.ordering import KIND, locked
from backstay.domains.sales.queries import LineRow, OrderRow, links_of
from backstay.domains.sales.rules import Link, ReturnDraft, chosen, part, uncredited
from backstay.ledger.posting import Sub
from backstay.platform import access, rows


class Back(NamedTuple):
    """What comes back of an order line, by the shipment line it left with."""

    line: LineRow
    shipment_line: int
    steps: int
    broken: bool


def return_goods(ctx: Ctx, drafts: Sequence[ReturnDraft]) -> tuple[list[Moved], list[Issued]]:
    """Take goods back into stock, or broken to loss, and credit what was invoiced of them.

    Receipts in the order of the drafts; credit notes per draft and invoice.
    """
    access.require(ctx, f"{KIND}.return", [d.order for d in drafts])
    if not drafts:
        return [], []
    orders = locked(ctx, [d.order for d in drafts], "return")
    links = links_of(ctx, orders)
    parts = _by_shipment(drafts, orders, links)
    flat = [back for mine in parts for back in mine]
    asked = [(b.shipment_line, b.steps, not b.broken) for b in flat]
    values = iter(return_shipment_lines(ctx, asked))
    facts = trade_facts(ctx, {b.line.item_id for b in flat})
    receipts = [
        _receipt(ctx, d, orders[d.order], mine, [next(values) for _ in mine], facts)
        for d, mine in zip(drafts, parts, strict=True)
    ]
    moved = receive_goods(ctx, receipts, facts=facts)
    _link_returned(parts, [m.line_ids for m in moved])
    return moved, _credit(ctx, drafts, orders, links)


def told(draft: ReturnDraft) -> list[tuple[int, int, bool]]:
    """(order line, steps, broken) of a draft."""
    return [(*pair, False) for pair in draft.lines] + [(*pair, True) for pair in draft.broken]


def _by_shipment(
    drafts: Sequence[ReturnDraft], orders: dict[int, OrderRow], links: Sequence[Link]
) -> list[list[Back]]:
    """Which shipments the goods came with, the oldest first; what came back before is passed over."""
    left: dict[int, dict[int, int]] = {}  # order line → shipment line → steps still with the customer
    for x in links:
        if x.kind in ("shipped", "returned") and x.shipment_line_id is not None:
            mine = left.setdefault(x.order_line_id, {})
            sign = 1 if x.kind == "shipped" else -1
            mine[x.shipment_line_id] = mine.get(x.shipment_line_id, 0) + sign * x.quantity
    found = []
    for draft in drafts:
        by_id = {line.id: line for line in orders[draft.order].lines}
        backs = []
        for line_id, steps, broken in told(draft):
            line = by_id.get(line_id)
            if line is None:
                raise Refusal("sales.line", f"line {line_id} is not of order {orders[draft.order].number}")
            sent = left.get(line_id, {})
            chosen(steps, sum(sent.values()), "returned", f"sales.order_line:{line_id}")
            for shipment_line in sorted(sent):
                if take := min(steps, sent[shipment_line]):
                    backs.append(Back(line, shipment_line, take, broken))
                    sent[shipment_line] -= take
                    steps -= take
        found.append(backs)
    return found


def _receipt(
    ctx: Ctx,
    draft: ReturnDraft,
    order: OrderRow,
    mine: Sequence[Back],
    values: Sequence[int],
    facts: dict[int, ItemFacts],
) -> ReceiptDraft:
    lines = []
    for back, value in zip(mine, values, strict=True):
        item = facts[back.line.item_id]
        cost = Sub(item.cogs_account or "cogs", ctx.currency)
        goods = Sub("customer_goods", item.unit or 0, party=order.party_id)
        lines.append(ReceiptLineDraft(item.id, back.steps, value, cost, goods, back.broken))
    return ReceiptDraft(draft.on, order.place_id, tuple(lines), order.party_id, "return", order.number or "")


def _link_returned(parts: Sequence[Sequence[Back]], made: Sequence[Sequence[int]]) -> None:
    flat = [back for mine in parts for back in mine]
    lines = [back.line.id for back in flat]
    steps = [back.steps for back in flat]
    columns: dict[str, Sequence[Any]] = {
        "order_line_id": lines,
        "kind": ["returned"] * len(flat),
        "shipment_line_id": [back.shipment_line for back in flat],
        "receipt_line_id": [by for ids in made for by in ids],
        "quantity": steps,
    }
    rows.insert_counting(Fulfilment, columns, OrderLine, lines, {"returned": steps})


def _credit(
    ctx: Ctx, drafts: Sequence[ReturnDraft], orders: dict[int, OrderRow], links: Sequence[Link]
) -> list[Issued]:
    """Credit notes for what came back and had been invoiced, one per draft and invoice, the newest invoice first."""
    left = uncredited(links)
    notes: dict[tuple[int, int], list[tuple[LineRow, int, int, int]]] = {}
    for n, draft in enumerate(drafts):
        by_id = {line.id: line for line in orders[draft.order].lines}
        for line_id, steps, _broken in told(draft) if draft.credit else ():
            for k in reversed(range(len(left.get(line_id, ())))):
                mine = left[line_id][k]
                if take := min(steps, mine.steps):
                    left[line_id][k] = mine._replace(steps=mine.steps - take, net=mine.net - mine.worth(take))
                    steps -= take
                    what = (by_id[line_id], mine.invoice_line, take, mine.worth(take))
                    notes.setdefault((n, mine.invoice), []).append(what)
    if not notes:
        return []
    issued = credit_invoices(
        ctx,
        [
            CreditDraft(
                invoice, drafts[n].on,
                tuple((v, part(line.quantity, take, line.stock_quantity), net) for line, v, take, net in lines),
                drafts[n].reason,
            )
            for (n, invoice), lines in notes.items()
        ],
    )  # fmt: skip
    taken = [[(line, take) for line, _, take, _ in lines] for lines in notes.values()]
    link("credited", taken, "invoice_line_id", [i.line_ids for i in issued])
    return issued
