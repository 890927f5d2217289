"""Goods go back to their supplier at current cost; he owes what he billed, the difference is named (POSTINGS §11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.base.rounding import cost_of
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.inventory.processes import Moved, ShipmentDraft, ShipmentLineDraft, ship_goods
from backstay.domains.invoicing.processes import BillDraft, BillLineDraft, enter_bills
from backstay.domains.purchasing.ledgers import grni, grni_return
from backstay.domains.purchasing.models import Fulfilment, OrderLine
from backstay.domains.purchasing.ordering import KIND, locked
from backstay.domains.purchasing.queries import LineRow, OrderRow
from backstay.domains.purchasing.receiving import goods_line
from backstay.domains.purchasing.rules import ReturnDraft, chosen, part, return_worth
from backstay.ledger.posting import Line, Sub
from backstay.platform import access, rows


class Back(NamedTuple):
    """What goes back of an order line. Before it was billed it only undoes the receipt: no credit will come."""

    line: LineRow
    steps: int
    billed: bool
    value: int  # what the supplier owes, or bills less


def return_goods(ctx: Ctx, drafts: Sequence[ReturnDraft]) -> list[Moved]:
    """Send goods back, with the supplier's credit where its number is given; one shipment per draft.

    Unless his credit is given, what is not billed goes first.
    """
    access.require(ctx, f"{KIND}.return", [d.order for d in drafts])
    if not drafts:
        return []
    orders = locked(ctx, [d.order for d in drafts], "return")
    seen: dict[int, LineRow] = {}
    taken = [_take(orders[d.order], d, seen) for d in drafts]
    facts = trade_facts(ctx, {back.line.item_id for mine in taken for back in mine})
    pairs = list(zip(drafts, taken, strict=True))
    moved = ship_goods(
        ctx, [_shipment(ctx, d, orders[d.order], mine, facts) for d, mine in pairs], facts=facts
    )
    _link(taken, [m.line_ids for m in moved])
    enter_bills(ctx, [_debit_note(ctx, d, orders[d.order], mine) for d, mine in pairs if d.debit])
    return moved


def _take(order: OrderRow, draft: ReturnDraft, seen: dict[int, LineRow]) -> list[Back]:
    """What a draft sends back; ``seen``: lines as earlier drafts of the call leave them."""
    found = []
    for line_id, steps in draft.lines:
        x = seen.get(line_id) or goods_line(order, line_id)
        unbilled = 0 if draft.debit else max(x.received - x.billed, 0)
        left = min(x.billed, x.received) - x.returned
        chosen(steps, unbilled + left, "returned", f"purchasing.order_line:{line_id}")
        if first := min(steps, unbilled):
            value = cost_of(x.received_value - x.billed_value, x.received - x.billed, first)
            found.append(Back(x, first, False, value))
            x = x._replace(received=x.received - first, received_value=x.received_value - value)
        if rest := steps - first:
            found.append(Back(x, rest, True, return_worth(x.net, x.stock_quantity, rest)))
            x = x._replace(returned=x.returned + rest)
        seen[line_id] = x
    return found


def _shipment(
    ctx: Ctx, draft: ReturnDraft, order: OrderRow, mine: Sequence[Back], facts: dict[int, ItemFacts]
) -> ShipmentDraft:
    party, currency = order.party_id, ctx.currency
    lines = tuple(
        ShipmentLineDraft(
            back.line.item_id, back.steps,
            grni_return(currency, party, back.line.id) if back.billed else grni(currency, party, back.line.id),
            Sub("supplier_goods", facts[back.line.item_id].unit or 0, party=party), None, back.value,
            Sub("price_difference", currency, party=party),
        )
        for back in mine
    )  # fmt: skip
    number = order.number or ""
    return ShipmentDraft(draft.on, order.place_id, lines, party, "purchase_return", number)


def _link(taken: Sequence[Sequence[Back]], made: Sequence[Sequence[int]]) -> None:
    flat = [back for mine in taken for back in mine]
    lines = [back.line.id for back in flat]
    columns: dict[str, Sequence[Any]] = {
        "order_line_id": lines,
        "kind": ["returned" if back.billed else "unbilled" for back in flat],
        "shipment_line_id": [by for ids in made for by in ids],
        "quantity": [back.steps for back in flat],
    }
    counters = {
        "returned": [back.steps if back.billed else 0 for back in flat],
        "received": [0 if back.billed else -back.steps for back in flat],
        "received_value": [0 if back.billed else -back.value for back in flat],
    }
    rows.insert_counting(Fulfilment, columns, OrderLine, lines, counters)


def _debit_note(ctx: Ctx, draft: ReturnDraft, order: OrderRow, mine: Sequence[Back]) -> BillDraft:
    """The supplier's credit for what went back (POSTINGS 11.2)."""
    lines = []
    for back in mine:
        x = back.line
        goods = grni_return(ctx.currency, order.party_id, x.id)
        lines.append(
            BillLineDraft(
                x.text, part(x.quantity, back.steps, x.stock_quantity), x.unit_price, x.item_id, x.uom_id, x.discount,
                (x.tax_code_id or 0, x.percent), postings=(Line(goods, back.value, back.value),), clears=goods.item,
                cleared=back.value,
            )
        )  # fmt: skip
    return BillDraft(
        order.party_id, draft.debit, draft.on, tuple(lines), draft.on,
        kind="debit_note", rounding="net", reference=order.number or "",
    )  # fmt: skip
