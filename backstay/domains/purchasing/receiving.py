"""Goods arrive: at the order's price, against goods received not invoiced (POSTINGS 10.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.inventory.processes import Moved, ReceiptDraft, ReceiptLineDraft, receive_goods
from backstay.domains.purchasing.ledgers import grni, payable
from backstay.domains.purchasing.models import Fulfilment, OrderLine
from backstay.domains.purchasing.ordering import KIND, locked
from backstay.domains.purchasing.queries import Block, LineRow, OrderRow, blocks
from backstay.domains.purchasing.rules import (
    FAR,
    ReceiveDraft,
    chosen,
    order_worth,
    over_delivery,
    still_blocked,
    tolerances,
)
from backstay.ledger.posting import Sub
from backstay.platform import access, rows

Taken = list[tuple[LineRow, int]]  # order line and how much of it, in steps


def receive_orders(ctx: Ctx, drafts: Sequence[ReceiveDraft]) -> list[Moved]:
    """Take in what arrived, at most the ordered and the tolerance; one receipt per draft.

    Bills that came before their goods may be paid as far as these have arrived.
    """
    access.require(ctx, f"{KIND}.receive", [d.order for d in drafts])
    if not drafts:
        return []
    orders = locked(ctx, [d.order for d in drafts], "receive")
    seen: dict[int, int] = {}
    taken = [_arrived(ctx, orders[d.order], d, seen) for d in drafts]
    facts = trade_facts(ctx, {x.item_id for mine in taken for x, _ in mine})
    worth = _worths(taken)
    receipts = [
        _receipt(ctx, draft, orders[draft.order], mine, values, facts)
        for draft, mine, values in zip(drafts, taken, worth, strict=True)
    ]
    moved = receive_goods(ctx, receipts, facts=facts)
    link("received", taken, "receipt_line_id", [m.line_ids for m in moved], {"received_value": worth})
    _unblock(ctx, taken)
    return moved


def _arrived(ctx: Ctx, order: OrderRow, draft: ReceiveDraft, seen: dict[int, int]) -> Taken:
    """What a draft names, or all that is left; ``seen``: what other drafts of the call take of a line."""
    allowed = tolerances(ctx.settings).receipt
    wanted = draft.lines
    if wanted is None:
        left = [(x, x.stock_quantity - x.received - seen.get(x.id, 0)) for x in order.lines if x.goods]
        wanted = tuple((x.id, steps) for x, steps in left if steps > 0)
    if not wanted:
        raise Refusal(
            "purchasing.nothing",
            f"order {order.number} has nothing left to receive",
            where=f"{KIND}:{order.id}",
        )
    taken = []
    for line_id, steps in wanted:
        x = goods_line(order, line_id)
        most = over_delivery(x.stock_quantity, allowed) - x.received - seen.get(x.id, 0)
        taken.append((x, chosen(steps, most, "received", f"purchasing.order_line:{line_id}")))
        seen[x.id] = seen.get(x.id, 0) + steps
    return taken


def goods_line(order: OrderRow, line_id: int) -> LineRow:
    """A line of goods of this order. Raises Refusal (``purchasing.line``)."""
    x = order.line(line_id)
    if x is None or not x.goods:
        raise Refusal("purchasing.line", f"line {line_id} is no goods line of order {order.number}")
    return x


def _worths(taken: Sequence[Taken]) -> list[list[int]]:
    """Order value of what arrived, line by line, so that all of a line gives exactly its net."""
    done: dict[int, tuple[int, int]] = {}
    found = []
    for mine in taken:
        values = []
        for x, steps in mine:
            received, value = done.get(x.id, (x.received, x.received_value))
            worth = order_worth(x.net, x.stock_quantity, received, value, steps)
            done[x.id] = (received + steps, value + worth)
            values.append(worth)
        found.append(values)
    return found


def _receipt(
    ctx: Ctx,
    draft: ReceiveDraft,
    order: OrderRow,
    mine: Taken,
    values: Sequence[int],
    facts: dict[int, ItemFacts],
) -> ReceiptDraft:
    lines = tuple(
        ReceiptLineDraft(
            x.item_id, steps, value, grni(ctx.currency, order.party_id, x.id),
            Sub("supplier_goods", facts[x.item_id].unit or 0, party=order.party_id),
        )
        for (x, steps), value in zip(mine, values, strict=True)
    )  # fmt: skip
    number = order.number or ""
    return ReceiptDraft(
        draft.on, order.place_id, lines, order.party_id, "purchase", number, draft.document_on,
        draft.delivery_note.strip(),
    )  # fmt: skip


def link(
    kind: str,
    taken: Sequence[Taken],
    key: str,
    made: Sequence[Sequence[int]],
    values: dict[str, Sequence[Sequence[int]]] | None = None,
) -> None:
    """Link what fulfilled each order line and move its counters, whose constraints hold the bounds."""
    flat = [pair for mine in taken for pair in mine]
    lines = [x.id for x, _ in flat]
    steps = [steps for _, steps in flat]
    columns: dict[str, Sequence[Any]] = {
        "order_line_id": lines,
        "kind": [kind] * len(flat),
        key: [by for ids in made for by in ids],
        "quantity": steps,
    }
    moved = {name: [v for mine in each for v in mine] for name, each in (values or {}).items()}
    rows.insert_counting(Fulfilment, columns, OrderLine, lines, {kind: steps} | moved)


def _unblock(ctx: Ctx, taken: Sequence[Taken]) -> None:
    """Bills of these lines may be paid as far as their goods have arrived now (POSTINGS 10.14, 10.15)."""
    arrived: dict[int, tuple[LineRow, int]] = {}
    for x, steps in (pair for mine in taken for pair in mine):
        if x.billed > x.received:
            arrived[x.id] = (x, arrived.get(x.id, (x, 0))[1] + steps)
    if not arrived:
        return
    held = blocks(ctx, order_lines=arrived)
    ledger.release(ctx, [b.hold for b in held])
    again: list[tuple[Block, int]] = []
    for b in held:
        x, steps = arrived[b.order_line]
        if rest := still_blocked(b.remaining, x.billed - x.received, steps):
            again.append((b, rest))
    block(ctx, [(b.order_line, b.bill, b.party, rest) for b, rest in again])


def block(ctx: Ctx, wanted: Sequence[tuple[int, int, int, int]]) -> None:
    """Hold (order line, bill, party, amount) on the bill's open item: so much of it cannot be paid."""
    ledger.reserve(
        ctx,
        [
            ledger.Want(amount, FAR, f"purchasing.order_line:{line}", payable(ctx.currency, party, bill))
            for line, bill, party, amount in wanted
        ],
    )
