"""Goods for several orders are fetched in one round, bin by bin, and shipped together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.inventory.processes import Moved, put_away
from backstay.domains.inventory.queries import There
from backstay.domains.sales.fulfilling import ship_orders
from backstay.domains.sales.queries import WorkLine, work_lines
from backstay.domains.sales.rules import ShipDraft, to_ship
from backstay.platform import access, rows


class Waiting(NamedTuple):
    """A confirmed order with goods left to ship."""

    id: int
    number: str
    party: str
    reference: str
    ordered_on: date
    required_on: date | None
    place_id: int
    place: str
    lines: int


_WAITING = """
SELECT o.id, o.number, y.name, o.reference, o.ordered_on, o.required_on, o.place_id, p.name, x.lines
FROM (SELECT order_id, count(*) AS lines FROM sales_orderline WHERE goods AND shipped < stock_quantity GROUP BY 1) x
JOIN sales_order o ON o.id = x.order_id AND o.state = 'confirmed'
JOIN parties_party y ON y.id = o.party_id JOIN inventory_place p ON p.id = o.place_id
WHERE (%s::date IS NULL OR coalesce(o.required_on, o.ordered_on) <= %s) AND (%s::bigint[] IS NULL OR o.id = ANY(%s::bigint[]))
ORDER BY coalesce(o.required_on, o.ordered_on), o.id LIMIT %s
"""


def waiting(
    ctx: Ctx, *, until: date | None = None, orders: Sequence[int] | None = None, limit: int = 200
) -> list[Waiting]:
    """Orders with goods to ship, the most urgent first."""
    only = None if orders is None else list(orders)
    return [Waiting(*row) for row in rows.execute(_WAITING, [until, until, only, only, limit])]


@dataclass(slots=True)
class Pick:
    """Fetch ``steps`` of an item at a bin (None: outside the bins); ``missing``: wanted and not to be had.

    ``orders``: which order wants how many of the item, the most urgent first.
    """

    line: WorkLine
    bin: int | None
    bin_code: str
    steps: int
    missing: int
    on_hand: int
    orders: list[tuple[int, int]]


def picks(lines: Iterable[WorkLine], stock: Mapping[int, There]) -> list[Pick]:
    """One round for these order lines (in the orders' own order): sorted by bin, then item."""
    wanted: dict[int, list[tuple[int, int]]] = {}
    known: dict[int, WorkLine] = {}
    for x in lines:
        if steps := to_ship(x):
            known.setdefault(x.item_id, x)
            wanted.setdefault(x.item_id, []).append((x.order_id, steps))
    made = []
    for item, pairs in wanted.items():
        there = stock.get(item) or There(0, 0, [])
        due = sum(steps for _, steps in pairs)
        rest = min(due, max(there.free, 0))
        missing = due - rest
        mine = []
        for code, ident, has in there.bins:
            if take := min(rest, has):
                mine.append(Pick(known[item], ident, code, take, 0, has, pairs))
                rest -= take
        if rest or not mine:
            loose = there.on_hand - sum(has for _, _, has in there.bins)
            mine.append(Pick(known[item], None, "", rest, 0, max(loose, 0), pairs))
        mine[-1].missing = missing
        made += mine
    return sorted(made, key=lambda p: (p.bin is None, p.bin_code, p.line.sku))


@dataclass(frozen=True, slots=True)
class PickedDraft:
    """What was fetched for orders, the most urgent first: (item, bin or None, steps) each."""

    orders: tuple[int, ...]
    on: date
    lines: tuple[tuple[int, int | None, int], ...]


def ship_picked(ctx: Ctx, draft: PickedDraft) -> list[Moved]:
    """Ship orders with what was fetched for them; the most urgent get theirs first, the bins give what was taken.

    Raises Refusal (``sales.picked``) when more was fetched of an item than the orders want.
    """
    access.require(ctx, "sales.order.ship", draft.orders)
    rank = {order: n for n, order in enumerate(draft.orders)}
    lines = sorted(work_lines(ctx, draft.orders), key=lambda x: (rank[x.order_id], x.id))
    fetched: dict[int, list[tuple[int | None, int]]] = {}
    for item, place, steps in draft.lines:
        if steps > 0:
            fetched.setdefault(item, []).append((place, steps))
    taken: dict[int, list[tuple[int, int]]] = {}
    moves: dict[int, list[tuple[int, int | None, int | None, int]]] = {}
    for x in lines:
        left, mine = to_ship(x), fetched.get(x.item_id, [])
        got = 0
        while left and mine:
            place, steps = mine.pop(0)
            take = min(left, steps)
            got, left = got + take, left - take
            if place is not None:
                moves.setdefault(x.order_id, []).append((x.item_id, place, None, take))
            if steps > take:
                mine.insert(0, (place, steps - take))
        if got:
            taken.setdefault(x.order_id, []).append((x.id, got))
    _all_wanted(lines, fetched)
    drafts = [ShipDraft(order, draft.on, tuple(taken[order])) for order in draft.orders if order in taken]
    moved = ship_orders(ctx, drafts)
    flat = [
        (move, f"inventory.shipment:{m.id}")
        for d, m in zip(drafts, moved, strict=True)
        for move in moves.get(d.order, [])
    ]
    if flat:
        put_away(ctx, [move for move, _ in flat], draft.on, [source for _, source in flat])
    return moved


def _all_wanted(lines: Sequence[WorkLine], fetched: Mapping[int, Sequence[tuple[int | None, int]]]) -> None:
    names = {x.item_id: f"{x.sku} {x.name}" for x in lines}
    for item, rest in fetched.items():
        if rest:
            raise Refusal(
                "sales.picked",
                f"more of {names.get(item, f'item {item}')} was fetched than these orders want",
                "Look at the pick list again: an order may have been shipped meanwhile.",
            )
