"""Order, receipt, bill, return: partial at each step, many at a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.base.rounding import cost_of, whole
from backstay.domains.catalog.queries import ItemFacts, to_stock, trade_facts
from backstay.domains.inventory.processes import (
    Moved,
    ReceiptDraft,
    ReceiptLineDraft,
    ShipmentDraft,
    ShipmentLineDraft,
    bill_difference,
    receive_goods,
    ship_goods,
)
from backstay.domains.inventory.queries import place_id, stock_sub
from backstay.domains.invoicing.processes import BillDraft, BillLineDraft, Issued, enter_bills
from backstay.domains.parties.queries import terms
from backstay.domains.purchasing.models import Fulfilment, Order, OrderLine
from backstay.domains.purchasing.rules import (
    MatchLine,
    OrderBillDraft,
    OrderDraft,
    OrderLineDraft,
    ReceiveDraft,
    ReturnDraft,
    Tolerances,
    chosen,
    match,
    over_delivery,
)
from backstay.domains.tax.processes import TaxLine, line_net, totals
from backstay.domains.tax.queries import choose
from backstay.ledger.posting import Entry, Line, Sub
from backstay.platform import access, audit, numbering, rows
from backstay.platform.documents import Lifecycle

__all__ = [
    "OrderBillDraft",
    "OrderDraft",
    "OrderLineDraft",
    "ReceiveDraft",
    "ReturnDraft",
    "accept_unbilled",
    "bill_orders",
    "cancel_orders",
    "close_orders",
    "confirm_orders",
    "create_orders",
    "receive_orders",
    "return_goods",
]
KIND = "purchasing.order"
LIFE = Lifecycle(
    KIND,
    {
        "confirm": (("draft",), "confirmed"),
        "receive": (("confirmed",), "confirmed"),
        "bill": (("confirmed", "closed"), "confirmed"),
        "return": (("confirmed", "closed"), "confirmed"),
        "close": (("confirmed",), "closed"),
        "cancel": (("draft", "confirmed"), "cancelled"),
    },
)
numbering.register(KIND, "PO")
register(
    {
        "purchasing.line_returned": ("more would go back than arrived", "Return what was received."),
        "purchasing.line_quantity": ("a quantity is not positive", "Correct the line."),
    }
)
LINE_FIELDS = (
    "order_id", "item_id", "goods", "text", "quantity", "uom_id", "unit_price", "discount", "tax_code_id", "percent",
    "net", "stock_quantity", "received", "billed", "returned", "received_value", "billed_value",
)  # fmt: skip


def tolerances(ctx: Ctx) -> Tolerances:
    """The company's tolerances for the match, percent each; none unless set."""
    get = ctx.settings.get
    return Tolerances(
        Decimal(str(get("match_price", "0"))),
        Decimal(str(get("match_quantity", "0"))),
        Decimal(str(get("match_receipt", "0"))),
        bool(get("bill_before_receipt", False)),
    )


def create_orders(ctx: Ctx, drafts: Sequence[OrderDraft]) -> list[int]:
    """Make draft orders with prices and taxes worked out; ids in order."""
    access.require(ctx, f"{KIND}.create")
    if not drafts:
        return []
    if any(not d.lines for d in drafts):
        raise Refusal("purchasing.lines", "there are no lines", "Add what is ordered.")
    lines = [(n, line) for n, d in enumerate(drafts) for line in d.lines]
    facts = trade_facts(ctx, {x.item for _, x in lines})
    parties = terms(ctx, {d.party for d in drafts})
    taxes = choose(
        ctx,
        [
            (facts[x.item].tax_class, parties[drafts[n].party].tax_treatment, "in", drafts[n].ordered_on)
            for n, x in lines
        ],
    )
    uoms = [x.uom or facts[x.item].uom_id for _, x in lines]
    steps = to_stock(ctx, facts, [(x.item, uom, x.quantity) for (_, x), uom in zip(lines, uoms, strict=True)])
    prices = [facts[x.item].purchase_price if x.unit_price is None else x.unit_price for _, x in lines]
    figures: list[list[TaxLine]] = [[] for _ in drafts]
    for (n, x), price in zip(lines, prices, strict=True):
        figures[n].append(TaxLine(line_net(x.quantity, price, x.discount), 0, Decimal(0)))
    worked = [totals(mine, ctx.scale, "line") for mine in figures]
    place = place_id(ctx) if any(d.place is None for d in drafts) else 0
    count = len(drafts)
    ids = rows.insert(
        Order,
        {
            "state": ["draft"] * count,
            "created_by": [ctx.actor] * count,
            "note": [d.note for d in drafts],
            "party_id": [d.party for d in drafts],
            "ordered_on": [d.ordered_on for d in drafts],
            "expected_on": [d.expected_on for d in drafts],
            "place_id": [d.place or place for d in drafts],
            "currency_id": [ctx.currency] * count,
            "net": [w.net for w in worked],
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


def confirm_orders(ctx: Ctx, ids: Sequence[int]) -> list[str]:
    """Send orders to their suppliers: they are binding and have a number."""
    access.require(ctx, f"{KIND}.confirm", ids)
    orders = rows.lock(Order, ids, "state", "number", "ordered_on")
    state = LIFE.check("confirm", orders)
    audit.record(ctx, KIND, ids, "confirm")
    numbers = numbering.draw(ctx, KIND, [o.ordered_on for o in orders])
    rows.update(
        Order,
        ids,
        {
            "number": numbers,
            "state": [state] * len(ids),
            "posted_at": [clock.now()] * len(ids),
            "posted_by": [ctx.actor] * len(ids),
        },
    )
    return numbers


def _lock_orders(
    drafts: Sequence[Any], transition: str, *fields: str
) -> tuple[dict[int, Any], dict[int, list[Any]]]:
    found = rows.lock(Order, list(dict.fromkeys(d.order for d in drafts)), "state", "number", *fields)
    LIFE.check(transition, found)
    mine: dict[int, list[Any]] = {o.id: [] for o in found}
    for line in rows.of(OrderLine, "order_id", list(mine), *LINE_FIELDS):
        mine[line.order_id].append(line)
    return {o.id: o for o in found}, mine


def _grni(ctx: Ctx, party: int, line: int) -> Sub:
    """Goods received not invoiced, an item per order line."""
    return Sub("grni", ctx.currency, party=party, item=f"purchase_line:{line}")


def _worth(line: Any, steps: int) -> int:
    """Order value of ``steps`` of a line, so that all of it gives exactly the line's net."""
    rest, left = line.net - line.received_value, line.stock_quantity - line.received
    if 0 < steps <= left:
        return cost_of(rest, left, steps)
    return whole(Fraction(line.net * steps, line.stock_quantity), "half_even")


def receive_orders(ctx: Ctx, drafts: Sequence[ReceiveDraft]) -> list[Moved]:
    """Take in what arrived, at the order's price, against goods received not invoiced (POSTINGS 10.1)."""
    access.require(ctx, f"{KIND}.receive", [d.order for d in drafts])
    if not drafts:
        return []
    orders, mine = _lock_orders(drafts, "receive", "party_id", "place_id")
    allowed = tolerances(ctx).receipt
    taken: list[list[tuple[Any, int]]] = []
    for draft in drafts:
        lines = [x for x in mine[draft.order] if x.goods]
        by_id = {x.id: x for x in lines}
        if draft.lines is None:
            wanted = [(x, x.stock_quantity - x.received) for x in lines if x.stock_quantity > x.received]
        else:
            wanted = []
            for line_id, steps in draft.lines:
                x = by_id.get(line_id)
                if x is None:
                    raise Refusal(
                        "purchasing.line", f"line {line_id} is no goods line of order {draft.order}"
                    )
                most = over_delivery(x.stock_quantity, allowed) - x.received
                wanted.append((x, chosen(steps, most, "received", f"purchasing.order_line:{line_id}")))
        if not wanted:
            number = orders[draft.order].number
            raise Refusal(
                "purchasing.nothing",
                f"order {number} has nothing left to receive",
                where=f"{KIND}:{draft.order}",
            )
        taken.append(wanted)
    facts = trade_facts(ctx, {x.item_id for wanted in taken for x, _ in wanted})
    worth = [[_worth(x, steps) for x, steps in wanted] for wanted in taken]
    receipts = [
        ReceiptDraft(
            draft.on, orders[draft.order].place_id,
            tuple(
                ReceiptLineDraft(
                    x.item_id, steps, value, _grni(ctx, orders[draft.order].party_id, x.id),
                    Sub("supplier_goods", facts[x.item_id].unit or 0, party=orders[draft.order].party_id),
                )
                for (x, steps), value in zip(wanted, values, strict=True)
            ),
            orders[draft.order].party_id, "purchase", orders[draft.order].number, draft.document_on,
        )
        for draft, wanted, values in zip(drafts, taken, worth, strict=True)
    ]  # fmt: skip
    moved = receive_goods(ctx, receipts, facts=facts)
    _link("received", taken, [m.line_ids for m in moved], "receipt_line_id")
    _move(taken, {"received": 1}, {"received_value": worth})
    audit.record(ctx, KIND, list(orders), "receive")
    return moved


def _link(
    kind: str, taken: Sequence[Sequence[tuple[Any, int]]], made: Sequence[Sequence[int]], key: str
) -> None:
    flat = [
        (x, steps, by)
        for wanted, ids in zip(taken, made, strict=True)
        for (x, steps), by in zip(wanted, ids, strict=True)
    ]
    rows.insert(
        Fulfilment,
        {
            "order_line_id": [x.id for x, _, _ in flat],
            "kind": [kind] * len(flat),
            key: [by for *_, by in flat],
            "quantity": [steps for _, steps, _ in flat],
        },
    )


def _move(
    taken: Sequence[Sequence[tuple[Any, int]]],
    counters: dict[str, int],
    values: dict[str, Sequence[Sequence[int]]],
) -> None:
    """Move counters of order lines by steps, and value counters by their values."""
    sums: dict[int, dict[str, int]] = {}
    for n, wanted in enumerate(taken):
        for k, (x, steps) in enumerate(wanted):
            now = sums.setdefault(x.id, {name: getattr(x, name) for name in (*counters, *values)})
            for name, sign in counters.items():
                now[name] += sign * steps
            for name, figures in values.items():
                now[name] += figures[n][k]
    columns = {name: [now[name] for now in sums.values()] for name in (*counters, *values)}
    rows.update(OrderLine, list(sums), columns)


def bill_orders(ctx: Ctx, drafts: Sequence[OrderBillDraft]) -> list[Issued]:
    """Enter the bills for orders after the three-way match; price differences go to stock and cost of sales.

    Raises Refusal (``purchasing.match_price``, ``_quantity``, ``_receipt``) unless accepted with a reason.
    """
    access.require(ctx, f"{KIND}.bill", [d.order for d in drafts])
    if not drafts:
        return []
    orders, mine = _lock_orders(drafts, "bill", "party_id", "place_id")
    allowed = tolerances(ctx)
    taken = [_billed_lines(d, mine[d.order], allowed) for d in drafts]
    facts = trade_facts(ctx, {x.item_id for wanted in taken for x, _, _ in wanted})
    places = {d.order: orders[d.order].place_id for d in drafts}
    subs = {
        stock_sub(facts[x.item_id], places[x.order_id])
        for wanted in taken
        for x, _, _ in wanted
        if facts[x.item_id].goods
    }
    on_hand = {
        sub: max(b.amount, 0)
        for sub, b in ledger.lock_balances(ctx, subs, {d.issued_on for d in drafts}).balances.items()
    }
    bills, cleared = [], []
    for draft, wanted in zip(drafts, taken, strict=True):
        order = orders[draft.order]
        lines, mine_cleared = [], []
        for x, steps, price in wanted:
            line, clears = _bill_line(ctx, facts[x.item_id], order, x, steps, price, on_hand)
            lines.append(line)
            mine_cleared.append(clears)
        cleared.append(mine_cleared)
        bills.append(
            BillDraft(
                order.party_id, draft.supplier_number, draft.issued_on, tuple(lines), draft.due_on, draft.total,
                rounding="line", reference=order.number, note=draft.accept,
            )
        )  # fmt: skip
    issued = enter_bills(ctx, bills)
    pairs = [[(x, steps) for x, steps, _ in wanted] for wanted in taken]
    _link("billed", pairs, [i.line_ids for i in issued], "bill_line_id")
    _move(pairs, {"billed": 1}, {"billed_value": cleared})
    reasons = [{"accepted": d.accept} for d in drafts if d.accept]
    audit.record(ctx, KIND, list(orders), "bill", reasons if len(reasons) == len(orders) else None)
    return issued


def _billed_lines(
    draft: OrderBillDraft, lines: Sequence[Any], allowed: Tolerances
) -> list[tuple[Any, int, Decimal]]:
    by_id = {x.id: x for x in lines}
    if draft.lines is None:
        asked: list[tuple[int, int, Decimal | None]] = [
            (x.id, (x.received if x.goods else x.stock_quantity) - x.billed, None) for x in lines
        ]
        wanted = [a for a in asked if a[1] > 0]
        if not wanted:
            raise Refusal(
                "purchasing.nothing", "nothing is received and not billed", where=f"{KIND}:{draft.order}"
            )
    else:
        wanted = list(draft.lines)
    found = []
    for line_id, steps, price in wanted:
        x = by_id.get(line_id)
        if x is None:
            raise Refusal("purchasing.line", f"line {line_id} is not of order {draft.order}")
        price = x.unit_price if price is None else price
        received = x.received if x.goods else x.stock_quantity
        wrong = match(
            MatchLine(x.text, x.stock_quantity, received, x.billed, steps, x.unit_price, price), allowed
        )
        if wrong is not None and (not draft.accept or steps <= 0):
            raise wrong
        found.append((x, steps, price))
    return found


def _bill_line(
    ctx: Ctx, facts: ItemFacts, order: Any, x: Any, steps: int, price: Decimal, on_hand: dict[Sub, int]
) -> tuple[BillLineDraft, int]:
    """A bill line with its postings: GRNI at the order's value, the difference by what is still on hand."""
    quantity = (x.quantity * steps / x.stock_quantity).quantize(Decimal("0.000001"))
    net = whole(line_net(quantity, price, x.discount) * 10**ctx.scale)
    if not facts.goods:
        return BillLineDraft(
            x.text,
            quantity,
            price,
            x.item_id,
            x.uom_id,
            x.discount,
            (x.tax_code_id or 0, x.percent),
            account="expense",
        ), net
    rest, left = x.received_value - x.billed_value, x.received - x.billed
    clears = (
        cost_of(rest, left, steps)
        if 0 < steps <= left
        else whole(Fraction(x.net * steps, x.stock_quantity), "half_even")
    )
    stock = stock_sub(facts, order.place_id)
    here = min(on_hand[stock], steps)
    to_stock_value, to_cogs = bill_difference(here, steps, net - clears)
    postings = [Line(_grni(ctx, order.party_id, x.id), clears, clears)]
    if to_stock_value:
        postings.append(Line(stock, 0, to_stock_value))
    if to_cogs:
        postings.append(Line(Sub(facts.cogs_account or "cogs", ctx.currency, item="late"), to_cogs, to_cogs))
    line = BillLineDraft(
        x.text, quantity, price, x.item_id, x.uom_id, x.discount, (x.tax_code_id or 0, x.percent),
        postings=tuple(postings), clears=f"purchase_line:{x.id}", cleared=clears,
    )  # fmt: skip
    return line, clears


def accept_unbilled(ctx: Ctx, orders: Sequence[int], on: date, reason: str) -> None:
    """Agree that no bill will come for what is received: it goes to price differences (POSTINGS 10.13)."""
    access.require(ctx, f"{KIND}.accept_unbilled", orders)
    if not reason.strip():
        raise Refusal("purchasing.reason", "accepting goods without a bill needs a reason")
    found = rows.lock(Order, orders, "state", "number", "party_id")
    LIFE.check("bill", found)
    parties = {o.id: o.party_id for o in found}
    lines = [
        x for x in rows.of(OrderLine, "order_id", orders, *LINE_FIELDS) if x.received_value != x.billed_value
    ]
    entries = []
    for x in lines:
        value = x.received_value - x.billed_value
        party = parties[x.order_id]
        moved = (
            Line(_grni(ctx, party, x.id), value, value),
            Line(Sub("price_difference", ctx.currency, party=party), -value, -value),
        )
        entries.append(Entry("purchases", on, f"purchasing.order_line:{x.id}", "unbilled", moved, reason))
    ledger.post(ctx, entries)
    rows.update(
        OrderLine,
        [x.id for x in lines],
        {"billed": [x.received for x in lines], "billed_value": [x.received_value for x in lines]},
    )
    audit.record(ctx, KIND, orders, "accept_unbilled", [{"reason": reason}] * len(orders))


def return_goods(ctx: Ctx, drafts: Sequence[ReturnDraft]) -> list[Moved]:
    """Send goods back at current cost; the supplier owes what he billed, the difference is named (POSTINGS §11)."""
    access.require(ctx, f"{KIND}.return", [d.order for d in drafts])
    if not drafts:
        return []
    orders, mine = _lock_orders(drafts, "return", "party_id", "place_id")
    taken: list[list[tuple[Any, int]]] = []
    for draft in drafts:
        by_id = {x.id: x for x in mine[draft.order]}
        wanted = []
        for line_id, steps in draft.lines:
            x = by_id.get(line_id)
            if x is None or not x.goods:
                raise Refusal("purchasing.line", f"line {line_id} is no goods line of order {draft.order}")
            wanted.append(
                (x, chosen(steps, x.received - x.returned, "returned", f"purchasing.order_line:{line_id}"))
            )
        taken.append(wanted)
    facts = trade_facts(ctx, {x.item_id for wanted in taken for x, _ in wanted})
    worth = [[whole(Fraction(x.net * steps, x.stock_quantity), "half_even") for x, steps in w] for w in taken]
    shipments = [
        ShipmentDraft(
            draft.on, orders[draft.order].place_id,
            tuple(
                ShipmentLineDraft(
                    x.item_id, steps, Sub("grni", ctx.currency, party=orders[draft.order].party_id, item=f"purchase_return:{x.id}"),
                    Sub("supplier_goods", facts[x.item_id].unit or 0, party=orders[draft.order].party_id), None, value,
                    Sub("price_difference", ctx.currency, party=orders[draft.order].party_id),
                )
                for (x, steps), value in zip(wanted, values, strict=True)
            ),
            orders[draft.order].party_id, "purchase_return", orders[draft.order].number,
        )
        for draft, wanted, values in zip(drafts, taken, worth, strict=True)
    ]  # fmt: skip
    moved = ship_goods(ctx, shipments, facts=facts)
    _link("returned", taken, [m.line_ids for m in moved], "shipment_line_id")
    _move(taken, {"returned": 1}, {})
    debits = [n for n, d in enumerate(drafts) if d.debit]
    if debits:
        _debit(
            ctx, [drafts[n] for n in debits], orders, [taken[n] for n in debits], [worth[n] for n in debits]
        )
    audit.record(ctx, KIND, list(orders), "return")
    return moved


def _debit(
    ctx: Ctx,
    drafts: Sequence[ReturnDraft],
    orders: dict[int, Any],
    taken: Sequence[Any],
    worth: Sequence[Any],
) -> None:
    """The supplier's credit notes for what went back (POSTINGS 11.2)."""
    notes = []
    for draft, wanted, values in zip(drafts, taken, worth, strict=True):
        order = orders[draft.order]
        lines = tuple(
            BillLineDraft(
                x.text, (x.quantity * steps / x.stock_quantity).quantize(Decimal("0.000001")), x.unit_price, x.item_id,
                x.uom_id, x.discount, (x.tax_code_id or 0, x.percent),
                postings=(Line(Sub("grni", ctx.currency, party=order.party_id, item=f"purchase_return:{x.id}"), value, value),),
                clears=f"purchase_return:{x.id}", cleared=value,
            )
            for (x, steps), value in zip(wanted, values, strict=True)
        )  # fmt: skip
        notes.append(
            BillDraft(
                order.party_id,
                draft.debit,
                draft.on,
                lines,
                draft.on,
                kind="debit_note",
                rounding="line",
                reference=order.number,
            )
        )
    enter_bills(ctx, notes)


def cancel_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Cancel orders of which nothing has arrived."""
    _end(ctx, ids, "cancel")


def close_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Close orders: nothing more will arrive."""
    _end(ctx, ids, "close")


def _end(ctx: Ctx, ids: Sequence[int], transition: str) -> None:
    access.require(ctx, f"{KIND}.{transition}", ids)
    orders = rows.lock(Order, ids, "state", "number")
    state = LIFE.check(transition, orders)
    started = {
        x.order_id for x in rows.of(OrderLine, "order_id", ids, *LINE_FIELDS) if x.received or x.billed
    }
    if transition == "cancel" and started:
        number = next(o.number for o in orders if o.id in started)
        raise Refusal(
            "purchasing.started", f"order {number} has receipts or bills", "Close it; return what arrived."
        )
    audit.record(ctx, KIND, ids, transition)
    rows.update(Order, ids, {"state": [state] * len(ids)})
