"""Purchase orders from draft to their end: made, confirmed, cancelled, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.inventory.queries import place_id
from backstay.domains.invoicing.processes import insert_lines, price_orders
from backstay.domains.purchasing.models import Order, OrderLine
from backstay.domains.purchasing.queries import OrderRow, lock_orders
from backstay.domains.purchasing.rules import OrderDraft
from backstay.domains.tax.processes import TaxLine, Totals, line_net, totals
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import Lifecycle

KIND = "purchasing.order"
LIFE = Lifecycle(
    KIND,
    {
        "change": (("draft",), "draft"),
        "confirm": (("draft",), "confirmed"),
        "receive": (("confirmed",), "confirmed"),
        "bill": (("confirmed", "closed"), "confirmed"),
        "return": (("confirmed", "closed"), "confirmed"),
        "close": (("confirmed",), "closed"),
        "cancel": (("draft", "confirmed"), "cancelled"),
    },
)
events.declare(KIND, "confirmed", "closed", "cancelled")
numbering.register(KIND, "PO")
register(
    {
        "purchasing.line_received": ("less than nothing would have arrived", "Look at the receipts."),
        "purchasing.line_billed": ("less than nothing would be billed", "Look at the bills."),
        "purchasing.line_returned": ("more would go back than arrived", "Return what was received."),
        "purchasing.line_quantity": ("a quantity is not positive", "Correct the line."),
    }
)


def create_orders(ctx: Ctx, drafts: Sequence[OrderDraft]) -> list[int]:
    """Make draft orders with prices and taxes worked out; ids in order."""
    access.require(ctx, f"{KIND}.create")
    if not drafts:
        return []
    ids = _write(ctx, drafts, None)
    audit.record(ctx, KIND, ids, "create")
    return ids


def change_orders(ctx: Ctx, changes: Mapping[int, OrderDraft]) -> None:
    """Make draft orders say something else; a confirmed order is closed or cancelled, never changed."""
    ids = sorted(changes)
    access.require(ctx, f"{KIND}.change", ids)
    locked(ctx, ids, "change")
    rows.delete(OrderLine, "order_id", ids)
    _write(ctx, [changes[i] for i in ids], ids)
    audit.record(ctx, KIND, ids, "change")


def _write(ctx: Ctx, drafts: Sequence[OrderDraft], ids: Sequence[int] | None) -> list[int]:
    """Write heads and lines, new (``ids`` None) or over what was there."""
    if any(not d.lines for d in drafts):
        raise Refusal("purchasing.lines", "there are no lines", "Add what is ordered.")
    priced = price_orders(ctx, drafts, "in")
    figures: list[list[TaxLine]] = [[] for _ in drafts]
    for (n, x), price in zip(priced.lines, priced.prices, strict=True):
        figures[n].append(TaxLine(line_net(x.quantity, price, x.discount), 0, Decimal(0)))
    worked = [totals(mine, ctx.scale, "line") for mine in figures]
    heads = _heads(ctx, drafts, worked)
    if ids is None:
        made = {"state": ["draft"] * len(drafts), "created_by": [ctx.actor] * len(drafts)}
        ids = rows.insert(Order, made | heads)
    else:
        rows.update(Order, ids, heads)
    insert_lines(ctx, OrderLine, ids, priced, worked)
    return list(ids)


def _heads(ctx: Ctx, drafts: Sequence[OrderDraft], worked: Sequence[Totals]) -> dict[str, Sequence[Any]]:
    place = place_id(ctx) if any(d.place is None for d in drafts) else 0
    return {
        "note": [d.note for d in drafts],
        "party_id": [d.party for d in drafts],
        "ordered_on": [d.ordered_on for d in drafts],
        "expected_on": [d.expected_on for d in drafts],
        "place_id": [d.place or place for d in drafts],
        "currency_id": [ctx.currency] * len(drafts),
        "net": [w.net for w in worked],
        "reference": [d.reference for d in drafts],
    }


def locked(ctx: Ctx, ids: Sequence[int], transition: str) -> dict[int, OrderRow]:
    """Orders with their lines, locked; all may do ``transition``."""
    found = lock_orders(ctx, ids)
    LIFE.check(transition, found.values())
    return found


def confirm_orders(ctx: Ctx, ids: Sequence[int]) -> list[str]:
    """Send orders to their suppliers: they are binding and have a number."""
    access.require(ctx, f"{KIND}.confirm", ids)
    if not ids:
        return []
    orders = locked(ctx, ids, "confirm")
    dates = [orders[i].ordered_on for i in ids]
    state = LIFE.transitions["confirm"][1]
    numbers = numbering.bind(ctx, Order, KIND, ids, KIND, dates, state=state, event="confirm")
    events.emit(ctx, "purchasing.order_confirmed", ids)
    return numbers


def cancel_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Cancel orders of which nothing has arrived or was billed. Others are closed instead."""
    access.require(ctx, f"{KIND}.cancel", ids)
    orders = locked(ctx, ids, "cancel")
    for order in orders.values():
        if any(x.received or x.billed for x in order.lines):
            raise Refusal(
                "purchasing.started",
                f"order {order.number} has receipts or bills",
                "Close it; return what arrived.",
                f"{KIND}:{order.id}",
            )
    _end(ctx, ids, "cancel")


def close_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Close orders: nothing more will arrive; what arrived may still be billed or go back."""
    access.require(ctx, f"{KIND}.close", ids)
    locked(ctx, ids, "close")
    _end(ctx, ids, "close")


def _end(ctx: Ctx, ids: Sequence[int], transition: str) -> None:
    audit.record(ctx, KIND, ids, transition)
    state = LIFE.transitions[transition][1]
    rows.update(Order, ids, {"state": [state] * len(ids)})
    events.emit(ctx, f"{KIND}_{state}", ids)
