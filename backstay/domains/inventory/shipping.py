"""Goods go out at cost, and come back with it."""

from __future__ import annotations

from collections.abc import Sequence

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.base.rounding import cost_of
from backstay.domains.catalog.queries import ItemFacts
from backstay.domains.inventory import ledgers, queries
from backstay.domains.inventory.models import ShipmentLine
from backstay.domains.inventory.movements import Moved, finish, insert_headers, insert_lines, lock, moved
from backstay.domains.inventory.rules import ShipmentDraft
from backstay.domains.inventory.tracking import insert_parcels
from backstay.platform import access, events, rows


def ship_goods(
    ctx: Ctx, drafts: Sequence[ShipmentDraft], *, facts: dict[int, ItemFacts] | None = None
) -> list[Moved]:
    """Let goods go at cost, consuming holds for their part; ``values`` are the costs of the lines.

    A hold that is spent, void or overdue is passed over: the goods come from what is free, or are refused
    (``ledger.guard``, which names what is free and who holds the rest).
    """
    access.require(ctx, "inventory.shipment.post")
    if not drafts:
        return []
    wanted = [(line.item, d.place) for d in drafts for line in d.lines]
    holds = [x.hold for d in drafts for x in d.lines if x.hold is not None]
    facts, locked, shelf = lock(ctx, wanted, [d.on for d in drafts], holds, facts)
    entries, costs, flat = [], [], []
    left = dict(locked.holds)
    spent: list[tuple[int, int]] = []
    ids = insert_headers(ctx, "inventory.shipment", drafts)
    for n, draft in enumerate(drafts):
        subs = {x.item: queries.stock_sub(facts[x.item], draft.place) for x in draft.lines}
        entry, line_costs = ledgers.shipment(draft, f"inventory.shipment:{ids[n]}", subs, shelf)
        entries.append(entry)
        costs += line_costs
        for x, cost in zip(draft.lines, line_costs, strict=True):
            flat.append((n, x.item, x.quantity, cost))
            if x.hold is not None and (part := min(left.get(x.hold, 0), x.quantity)):
                left[x.hold] -= part
                spent.append((x.hold, part))
    line_ids = insert_lines("inventory.shipment", ids, flat)
    insert_parcels([(ids[n], parcel) for n, d in enumerate(drafts) for parcel in d.parcels])
    ledger.post(ctx, entries, spent)
    numbers = finish(ctx, "inventory.shipment", ids, [d.on for d in drafts])
    events.emit(ctx, "inventory.shipment_tracked", [i for i, d in zip(ids, drafts, strict=True) if d.parcels])
    return moved(ids, numbers, [n for n, *_ in flat], line_ids, costs)


def return_shipment_lines(ctx: Ctx, returns: Sequence[tuple[int, int, bool]]) -> list[int]:
    """Mark (shipment line, quantity, with its cost) as returned; the cost each takes back, in order (POSTINGS §9).

    The last piece takes all cost that is left. The constraint ``inventory.returned`` holds the bound.
    """
    lines = rows.lock(
        ShipmentLine, [i for i, *_ in returns], "quantity", "value", "returned", "returned_value"
    )
    values = []
    now: dict[int, tuple[int, int]] = {}
    for line, (_, quantity, with_cost) in zip(lines, returns, strict=True):
        returned, taken = now.get(line.id, (line.returned, line.returned_value))
        left, left_value = line.quantity - returned, line.value - taken
        if quantity <= 0 or quantity > left:
            raise Refusal(
                "inventory.returned",
                f"{quantity} would come back, {left} are with the customer",
                "Look at what was returned before.",
                f"inventory.shipment_line:{line.id}",
            )
        value = cost_of(left_value, left, quantity) if with_cost else 0
        values.append(value)
        now[line.id] = (returned + quantity, taken + value)
    changed = {"returned": [q for q, _ in now.values()], "returned_value": [v for _, v in now.values()]}
    rows.update(ShipmentLine, list(now), changed)
    return values


def cancel_returns(ctx: Ctx, returns: Sequence[tuple[int, int, int]]) -> None:
    """Goods of shipment lines that had come back (shipment line, quantity, cost) did not: a return was reversed."""
    gone: dict[int, tuple[int, int]] = {}
    for line, quantity, value in returns:
        had = gone.get(line, (0, 0))
        gone[line] = (had[0] + quantity, had[1] + value)
    lines = rows.lock(ShipmentLine, list(gone), "returned", "returned_value")
    rows.update(
        ShipmentLine,
        list(gone),
        {
            "returned": [x.returned - gone[x.id][0] for x in lines],
            "returned_value": [x.returned_value - gone[x.id][1] for x in lines],
        },
    )
