"""Bills for orders: matched three ways first, then posted; differences go where the goods are (POSTINGS §10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.base.rounding import whole
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.inventory.processes import bill_difference
from backstay.domains.inventory.queries import stock_sub
from backstay.domains.invoicing.processes import BillDraft, BillLineDraft, Issued, enter_bills
from backstay.domains.purchasing import ledgers
from backstay.domains.purchasing.models import OrderLine
from backstay.domains.purchasing.ordering import KIND, locked
from backstay.domains.purchasing.queries import LineRow, OrderRow, bills_of, blocks
from backstay.domains.purchasing.receiving import block, link
from backstay.domains.purchasing.rules import (
    BillSplit,
    MatchLine,
    OrderBillDraft,
    Tolerances,
    blocked_share,
    match,
    order_worth,
    part,
    tolerances,
)
from backstay.domains.tax.processes import line_net
from backstay.ledger.posting import Sub
from backstay.platform import access, audit, rows


def bill_orders(ctx: Ctx, drafts: Sequence[OrderBillDraft]) -> list[Issued]:
    """Enter the bills for orders after the three-way match.

    Raises Refusal (``purchasing.match_price``, ``_quantity``, ``_receipt``) unless accepted with a reason. What is
    billed before it arrived is blocked for payment: its open item is held until the goods come.
    """
    access.require(ctx, f"{KIND}.bill", [d.order for d in drafts])
    if not drafts:
        return []
    orders = locked(ctx, [d.order for d in drafts], "bill")
    allowed = tolerances(ctx.settings)
    billed_now: dict[int, int] = {}
    chosen = [_matched(d, orders[d.order], allowed, billed_now) for d in drafts]
    facts = trade_facts(ctx, {x.item_id for mine in chosen for x, _, _ in mine})
    on_hand = _on_hand(ctx, drafts, orders, chosen, facts)
    cleared_now: dict[int, tuple[int, int]] = {}
    bills, cleared = [], []
    for draft, mine in zip(drafts, chosen, strict=True):
        order = orders[draft.order]
        made = [_bill_line(ctx, facts[x.item_id], order, x, n, p, on_hand, cleared_now) for x, n, p in mine]
        cleared.append([value for _, value in made])
        bills.append(
            BillDraft(
                order.party_id, draft.supplier_number, draft.issued_on, tuple(line for line, _ in made), draft.due_on,
                draft.total, rounding="net", reference=order.number or "", note=draft.accept,
            )
        )  # fmt: skip
    issued = enter_bills(ctx, bills)
    pairs = [[(x, steps) for x, steps, _ in mine] for mine in chosen]
    link("billed", pairs, "bill_line_id", [i.line_ids for i in issued], {"billed_value": cleared})
    _block(ctx, drafts, orders, chosen, issued)
    return issued


Chosen = list[tuple[LineRow, int, Decimal]]  # order line, steps, price


def _matched(
    draft: OrderBillDraft, order: OrderRow, allowed: Tolerances, billed_now: dict[int, int]
) -> Chosen:
    """What a draft bills, each line within the tolerances or accepted."""
    wanted = draft.lines
    if wanted is None:
        rest = [
            (x.id, (x.received if x.goods else x.stock_quantity) - x.billed - billed_now.get(x.id, 0), None)
            for x in order.lines
        ]
        wanted = tuple(r for r in rest if r[1] > 0)
        if not wanted:
            raise Refusal(
                "purchasing.nothing",
                f"nothing of order {order.number} is received and not billed",
                where=f"{KIND}:{order.id}",
            )
    found = []
    for line_id, steps, given in wanted:
        x = order.line(line_id)
        if x is None:
            raise Refusal("purchasing.line", f"line {line_id} is not of order {order.number}")
        price = x.unit_price if given is None else given
        received = x.received if x.goods else x.stock_quantity
        before = x.billed + billed_now.get(x.id, 0)
        wrong = match(
            MatchLine(x.text, x.stock_quantity, received, before, steps, x.unit_price, price), allowed
        )
        if wrong is not None and (not draft.accept or steps <= 0):
            raise wrong
        billed_now[x.id] = billed_now.get(x.id, 0) + steps
        found.append((x, steps, price))
    return found


def _on_hand(
    ctx: Ctx,
    drafts: Sequence[OrderBillDraft],
    orders: dict[int, OrderRow],
    chosen: Sequence[Chosen],
    facts: dict[int, ItemFacts],
) -> dict[Sub, int]:
    """What is there of the billed goods, locked: a difference on the part that is gone is cost of sales."""
    subs = {
        stock_sub(facts[x.item_id], orders[x.order_id].place_id)
        for mine in chosen
        for x, _, _ in mine
        if x.goods
    }
    locked_now = ledger.lock_balances(ctx, subs, {d.issued_on for d in drafts})
    return {sub: max(balance.amount, 0) for sub, balance in locked_now.balances.items()}


def _bill_line(
    ctx: Ctx,
    facts: ItemFacts,
    order: OrderRow,
    x: LineRow,
    steps: int,
    price: Decimal,
    on_hand: dict[Sub, int],
    cleared_now: dict[int, tuple[int, int]],
) -> tuple[BillLineDraft, int]:
    """A bill line with its postings, and what it moves of the order line's value."""
    quantity = part(x.quantity, steps, x.stock_quantity)
    net = whole(line_net(quantity, price, x.discount) * 10**ctx.scale)
    tax = (x.tax_code_id or 0, x.percent)
    if not facts.goods:
        line = BillLineDraft(x.text, quantity, price, x.item_id, x.uom_id, x.discount, tax, account="expense")
        return line, net
    billed, value = cleared_now.get(x.id, (x.billed, x.billed_value))
    clears = _clears(x, billed, value, steps)
    cleared_now[x.id] = (billed + steps, value + clears)
    stock = stock_sub(facts, order.place_id)
    to_stock, to_cogs = bill_difference(min(on_hand[stock], steps), steps, net - clears)
    split = BillSplit(clears, to_stock, to_cogs)
    postings = ledgers.bill_postings(
        split, ledgers.grni(ctx.currency, order.party_id, x.id), stock, facts.cogs_account or "cogs"
    )
    line = BillLineDraft(
        x.text, quantity, price, x.item_id, x.uom_id, x.discount, tax,
        postings=postings, clears=f"purchase_line:{x.id}", cleared=clears,
    )  # fmt: skip
    return line, clears


def _clears(x: LineRow, billed: int, value: int, steps: int) -> int:
    """GRNI that ``steps`` clear: their share of what arrived, or the order's price for what has not yet."""
    if billed + steps <= x.received:
        return order_worth(x.received_value, x.received, billed, value, steps)
    return order_worth(x.net, x.stock_quantity, billed, value, steps)


def _block(
    ctx: Ctx,
    drafts: Sequence[OrderBillDraft],
    orders: dict[int, OrderRow],
    chosen: Sequence[Chosen],
    issued: Sequence[Issued],
) -> None:
    """Block what is billed and has not arrived for payment (POSTINGS 10.14)."""
    wanted = []
    billed: dict[int, int] = {}
    for draft, mine, bill in zip(drafts, chosen, issued, strict=True):
        left = bill.gross
        for x, steps, price in mine:
            before = billed.get(x.id, x.billed)
            billed[x.id] = before + steps
            missing = min(steps, before + steps - x.received) if x.goods else 0
            if missing > 0:
                net = line_net(part(x.quantity, steps, x.stock_quantity), price, x.discount) * 10**ctx.scale
                gross = whole(net * (1 + Fraction(x.percent) / 100))
                if amount := min(blocked_share(gross, missing, steps), left):
                    left -= amount
                    wanted.append((x.id, bill.id, orders[draft.order].party_id, amount))
    if wanted:
        block(ctx, wanted)


def allow_payment(ctx: Ctx, orders: Sequence[int], reason: str) -> None:
    """Let bills be paid though their goods have not arrived."""
    access.require(ctx, f"{KIND}.allow_payment", orders)
    if not reason.strip():
        raise Refusal("purchasing.reason", "paying for goods that have not come needs a reason")
    access.apart(ctx, f"{KIND}.allow_payment", {"invoicing.bill": bills_of(orders)})
    found = locked(ctx, orders, "bill")
    held = blocks(ctx, order_lines=[x.id for order in found.values() for x in order.lines])
    ledger.release(ctx, [b.hold for b in held])
    audit.record(ctx, KIND, orders, "allow_payment", [{"reason": reason}] * len(orders))


def accept_unbilled(ctx: Ctx, orders: Sequence[int], on: date, reason: str) -> None:
    """Agree that no bill will come for what is received: it goes to price differences (POSTINGS 10.13)."""
    access.require(ctx, f"{KIND}.accept_unbilled", orders)
    if not reason.strip():
        raise Refusal("purchasing.reason", "accepting goods without a bill needs a reason")
    found = locked(ctx, orders, "bill")
    lines = [(o, x) for o in found.values() for x in o.lines if x.goods and x.received > x.billed]
    if not lines:
        raise Refusal("purchasing.nothing", "everything that arrived is billed")
    entries = [
        ledgers.unbilled(x.id, o.party_id, x.received_value - x.billed_value, on, ctx.currency, reason)
        for o, x in lines
        if x.received_value != x.billed_value
    ]
    ledger.post(ctx, entries)
    rows.update(
        OrderLine,
        [x.id for _, x in lines],
        {"billed": [x.received for _, x in lines], "billed_value": [x.received_value for _, x in lines]},
    )
    audit.record(ctx, KIND, orders, "accept_unbilled", [{"reason": reason}] * len(orders))
