"""Orders from quotation to their end: made, confirmed with holds on stock and credit, cancelled, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.catalog.queries import trade_facts
from backstay.domains.inventory.queries import place_id, stock_sub
from backstay.domains.invoicing.processes import Priced, insert_lines, price_orders
from backstay.domains.invoicing.queries import credit_guards
from backstay.domains.sales.models import Order, OrderLine
from backstay.domains.sales.queries import LineRow, OrderRow, lock_orders
from backstay.domains.sales.rules import QuotationDraft, check_valid, hold_until
from backstay.domains.tax.processes import TaxLine, Totals, line_net, totals
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import Lifecycle

KIND = "sales.order"
LIFE = Lifecycle(
    KIND,
    {
        "change": (("quotation",), "quotation"),
        "reserve": (("quotation",), "quotation"),
        "confirm": (("quotation",), "confirmed"),
        "ship": (("confirmed",), "confirmed"),
        "invoice": (("confirmed", "closed"), "confirmed"),
        "return": (("confirmed", "closed"), "confirmed"),
        "close": (("confirmed",), "closed"),
        "cancel": (("quotation", "confirmed"), "cancelled"),
    },
)
events.declare(KIND, "confirmed", "closed", "cancelled")
numbering.register(KIND, "SO")
HOLD_DAYS = 365  # unless the company's setting "hold_days" says otherwise
RESERVE_MINUTES = 30  # unless "reserve_minutes" says otherwise
LONGEST_MINUTES = 60 * 24 * 30
register(
    {
        "sales.line_shipped": ("more would be shipped than was ordered", "Ship what is left, or order more."),
        "sales.line_invoiced": ("more would be invoiced than was ordered", "Invoice what is left."),
        "sales.line_returned": ("more would come back than was shipped", "Return what was shipped."),
        "sales.line_price": ("a price is negative, or a discount over 100 %", "Correct the line."),
        "sales.line_quantity": ("a quantity is not positive", "Correct the line."),
    }
)


def create_quotations(ctx: Ctx, drafts: Sequence[QuotationDraft]) -> list[int]:
    """Make quotations with prices and taxes worked out; ids in order."""
    access.require(ctx, f"{KIND}.create")
    if not drafts:
        return []
    ids = _write(ctx, drafts, None)
    audit.record(ctx, KIND, ids, "create")
    return ids


def change_quotations(ctx: Ctx, changes: Mapping[int, QuotationDraft]) -> None:
    """Make quotations say something else; prices and taxes are worked out anew. An order is no quotation any more."""
    ids = sorted(changes)
    access.require(ctx, f"{KIND}.change", ids)
    _free(ctx, locked(ctx, ids, "change").values())
    rows.delete(OrderLine, "order_id", ids)
    _write(ctx, [changes[i] for i in ids], ids)
    audit.record(ctx, KIND, ids, "change")


def _write(ctx: Ctx, drafts: Sequence[QuotationDraft], ids: Sequence[int] | None) -> list[int]:
    """Write heads and lines, new (``ids`` None) or over what was there."""
    if any(not d.lines for d in drafts):
        raise Refusal("sales.lines", "there are no lines", "Add what is ordered.")
    priced = price_orders(ctx, drafts, "out")
    worked = _totals(ctx, drafts, priced)
    place = place_id(ctx) if any(d.place is None for d in drafts) else 0
    heads = _heads(ctx, drafts, worked, place)
    if ids is None:
        made = {"state": ["quotation"] * len(drafts), "created_by": [ctx.actor] * len(drafts)}
        ids = rows.insert(Order, made | heads)
    else:
        rows.update(Order, ids, heads)
    insert_lines(ctx, OrderLine, ids, priced, worked)
    return list(ids)


def _totals(ctx: Ctx, drafts: Sequence[QuotationDraft], priced: Priced) -> list[Totals]:
    figures: list[list[TaxLine]] = [[] for _ in drafts]
    for (n, x), price, (code, percent) in zip(priced.lines, priced.prices, priced.taxes, strict=True):
        figures[n].append(TaxLine(line_net(x.quantity, price, x.discount), code, percent))
    mode = str(ctx.settings.get("rounding", "total"))
    return [totals(mine, ctx.scale, d.rounding or mode) for mine, d in zip(figures, drafts, strict=True)]


def _heads(
    ctx: Ctx, drafts: Sequence[QuotationDraft], worked: Sequence[Totals], place: int
) -> dict[str, Sequence[Any]]:
    mode = str(ctx.settings.get("rounding", "total"))
    return {
        "note": [d.note for d in drafts],
        "party_id": [d.party for d in drafts],
        "ordered_on": [d.ordered_on for d in drafts],
        "valid_until": [d.valid_until for d in drafts],
        "required_on": [d.required_on for d in drafts],
        "place_id": [d.place or place for d in drafts],
        "currency_id": [ctx.currency] * len(drafts),
        "rounding": [d.rounding or mode for d in drafts],
        "net": [w.net for w in worked],
        "tax": [w.tax for w in worked],
        "gross": [w.gross for w in worked],
        "reference": [d.reference for d in drafts],
    }


def locked(ctx: Ctx, ids: Sequence[int], transition: str) -> dict[int, OrderRow]:
    """Orders with their lines, locked; all may do ``transition``."""
    found = lock_orders(ctx, ids)
    LIFE.check(transition, found.values())
    return found


def reserve_quotations(ctx: Ctx, ids: Sequence[int], minutes: int | None = None) -> list[datetime]:
    """Keep the goods of quotations from others for a while, all or none; until when, in order. Once more is anew from now.

    ``minutes``: 1 to 43,200; half an hour unless given or set. What is not confirmed by then is free again. Raises Refusal
    (``ledger.guard``) that names what is short, (``sales.reserve``), or (``sales.valid_until``).
    """
    access.require(ctx, f"{KIND}.reserve", ids)
    wanted = int(ctx.settings.get("reserve_minutes", RESERVE_MINUTES)) if minutes is None else minutes
    if not 0 < wanted <= LONGEST_MINUTES:
        raise Refusal(
            "sales.reserve", f"goods are not reserved for {wanted} minutes",
            "Name 1 to 43,200 minutes, which is thirty days.", "minutes",
        )  # fmt: skip
    if not ids:
        return []
    orders = locked(ctx, ids, "reserve")
    for order in orders.values():
        check_valid(order.id, order.valid_until, ctx.today)
    until = clock.now() + timedelta(minutes=wanted)
    _free(ctx, orders.values())
    stock, _credit = _hold(ctx, orders, until, credit=False)
    rows.update(OrderLine, list(stock), {"hold": list(stock.values())})
    audit.record(ctx, KIND, ids, "reserve")
    return [until] * len(ids)


def _free(ctx: Ctx, orders: Iterable[OrderRow]) -> None:
    """Void what is reserved for quotations: within this transaction it is taken anew, so nobody comes between."""
    held = [line.hold for order in orders for line in order.lines if line.hold is not None]
    ledger.release(ctx, held)


def confirm_orders(ctx: Ctx, ids: Sequence[int], until: datetime | None = None) -> list[str]:
    """Turn quotations into orders: stock and credit are held, all or none, and the number is drawn.

    ``until``: when the holds lapse by themselves (a year from now unless given or set). Raises Refusal
    (``ledger.guard``) that names what is short, what is free and who holds the rest, or (``sales.valid_until``)
    for a quotation that has lapsed.
    """
    access.require(ctx, f"{KIND}.confirm", ids)
    if not ids:
        return []
    orders = locked(ctx, ids, "confirm")
    for order in orders.values():
        check_valid(order.id, order.valid_until, ctx.today)
    until = hold_until(until, clock.now(), int(ctx.settings.get("hold_days", HOLD_DAYS)))
    _free(ctx, orders.values())
    stock, credit = _hold(ctx, orders, until)
    rows.update(OrderLine, list(stock), {"hold": list(stock.values())})
    numbers = numbering.bind(
        ctx, Order, KIND, ids, KIND, [orders[i].ordered_on for i in ids],
        state=LIFE.transitions["confirm"][1], event="confirm", columns={"credit_hold": [credit.get(i) for i in ids]},
    )  # fmt: skip
    events.emit(ctx, "sales.order_confirmed", ids)
    return numbers


def _hold(
    ctx: Ctx, orders: dict[int, OrderRow], until: datetime, *, credit: bool = True
) -> tuple[dict[int, int], dict[int, int]]:
    """Hold the goods of every line and the gross of every order whose customer has a limit; (by line, by order)."""
    lines = [(order, line) for order in orders.values() for line in order.lines if line.goods]
    facts = trade_facts(ctx, {line.item_id for _, line in lines}) if lines else {}
    guards = credit_guards(ctx, {o.party_id for o in orders.values()}) if credit else {}
    limited = [o for o in orders.values() if o.party_id in guards and o.gross > 0]
    wants = [
        ledger.Want(
            line.stock_quantity, until, f"{KIND}:{order.id}", stock_sub(facts[line.item_id], order.place_id)
        )
        for order, line in lines
    ]
    wants += [ledger.Want(o.gross, until, f"{KIND}:{o.id}", guard=guards[o.party_id]) for o in limited]
    holds = ledger.reserve(ctx, wants)
    stock = dict(zip((line.id for _, line in lines), holds[: len(lines)], strict=True))
    return stock, dict(zip((o.id for o in limited), holds[len(lines) :], strict=True))


def cancel_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Cancel orders of which nothing was shipped or invoiced: their holds are void. Others are closed instead."""
    access.require(ctx, f"{KIND}.cancel", ids)
    orders = locked(ctx, ids, "cancel")
    for order in orders.values():
        if any(line.shipped or line.invoiced for line in order.lines):
            raise Refusal(
                "sales.started",
                f"order {order.number} has shipments or invoices",
                "Close it; return what was shipped.",
                f"{KIND}:{order.id}",
            )
    _end(ctx, orders, "cancel", [o.credit_hold for o in orders.values()])


def close_orders(ctx: Ctx, ids: Sequence[int]) -> None:
    """Close orders: nothing more will be shipped; the goods still held are free again.

    Credit stays held for what is shipped and not invoiced yet.
    """
    access.require(ctx, f"{KIND}.close", ids)
    orders = locked(ctx, ids, "close")
    done = [o.credit_hold for o in orders.values() if not any(x.shipped > x.invoiced for x in o.lines)]
    _end(ctx, orders, "close", done)


def _end(ctx: Ctx, orders: dict[int, OrderRow], transition: str, credit: Sequence[int | None]) -> None:
    lines: list[LineRow] = [line for order in orders.values() for line in order.lines]
    holds: list[Any] = [line.hold for line in lines]
    ledger.release(ctx, [h for h in [*holds, *credit] if h is not None])
    audit.record(ctx, KIND, list(orders), transition)
    state = LIFE.transitions[transition][1]
    rows.update(Order, list(orders), {"state": [state] * len(orders)})
    events.emit(ctx, f"{KIND}_{state}", list(orders))
