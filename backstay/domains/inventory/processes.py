"""Goods come, go, move, are counted and written off. Each process takes many documents at a fixed number of
statements; costs are taken in posting order under the lock of the cost area."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from django.db import models

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.base.rounding import cost_of
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.inventory import ledgers, queries
from backstay.domains.inventory.models import (
    Count,
    CountLine,
    Place,
    Receipt,
    ReceiptLine,
    Shipment,
    ShipmentLine,
    Transfer,
    TransferLine,
    WriteOff,
    WriteOffLine,
)
from backstay.domains.inventory.rules import (
    CountDraft,
    Move,
    ReceiptDraft,
    ReceiptLineDraft,
    ShipmentDraft,
    ShipmentLineDraft,
    TransferDraft,
    WriteOffDraft,
    bill_difference,
    late_difference,
    sum_by,
)
from backstay.ledger.balances import Balance, Locked
from backstay.ledger.posting import Entry, Sub
from backstay.platform import access, audit, numbering, rows
from backstay.platform.documents import REGISTRY, Lifecycle

__all__ = [
    "CountDraft",
    "ReceiptDraft",
    "ReceiptLineDraft",
    "ShipmentDraft",
    "ShipmentLineDraft",
    "TransferDraft",
    "WriteOffDraft",
    "arrive_transfers",
    "bill_difference",
    "count_stock",
    "create_places",
    "receive_goods",
    "return_shipment_lines",
    "reverse_movements",
    "ship_goods",
    "transfer_goods",
    "write_off_goods",
]
POSTED = {"post": (("draft",), "posted"), "reverse": (("posted",), "reversed")}
KINDS: dict[str, tuple[type[models.Model], type[models.Model], str]] = {
    "inventory.receipt": (Receipt, ReceiptLine, "receipt_id"),
    "inventory.shipment": (Shipment, ShipmentLine, "shipment_id"),
    "inventory.transfer": (Transfer, TransferLine, "transfer_id"),
    "inventory.count": (Count, CountLine, "count_id"),
    "inventory.writeoff": (WriteOff, WriteOffLine, "write_off_id"),
}
for _kind, _prefix in zip(KINDS, ("GR", "SH", "TR", "CN", "WO"), strict=True):
    numbering.register(_kind, _prefix)
    Lifecycle(_kind, POSTED | ({"arrive": (("in_transit",), "posted")} if _prefix == "TR" else {}))
register(
    {
        "inventory.place_once": ("another place has this code", "Choose another code."),
        "inventory.returned": ("more would come back than was shipped", "Look at what was returned before."),
    }
)


class Moved(NamedTuple):
    """A posted movement: ``line_ids`` and ``values`` (cost or worth) in the order of its lines."""

    id: int
    number: str
    line_ids: list[int]
    values: list[int]


def create_places(ctx: Ctx, places: Sequence[tuple[str, str, str, int | None]]) -> list[int]:
    """Make places (code, name, kind, parent)."""
    access.require(ctx, "inventory.place.create")
    names = ("code", "name", "kind", "parent_id")
    ids = rows.insert(Place, {n: [p[k] for p in places] for k, n in enumerate(names)})
    audit.record(ctx, "inventory.place", ids, "create")
    return ids


def _goods(facts: dict[int, ItemFacts]) -> None:
    for item in facts.values():
        if not item.goods:
            raise Refusal(
                "inventory.goods", f"{item.sku} {item.name} is a service", "Only goods are kept in stock."
            )


def _lock(
    ctx: Ctx,
    wanted: Sequence[tuple[int, int]],
    dates: Sequence[date],
    holds: Sequence[int] = (),
    facts: dict[int, ItemFacts] | None = None,
) -> tuple[dict[int, ItemFacts], Locked, ledgers.Shelf]:
    """Lock the stock of (item, place) pairs; facts by item, balances, and a shelf to work on."""
    facts = facts or trade_facts(ctx, {item for item, _ in wanted})
    _goods({item: facts[item] for item, _ in wanted})
    subs = {queries.stock_sub(facts[item], place) for item, place in wanted}
    locked = ledger.lock_balances(ctx, subs, dates, holds)
    shelf = ledgers.Shelf(locked.balances)
    if empty := [sub for sub, b in locked.balances.items() if b.amount == 0 and b.floor < 0]:
        shelf.last_cost.update(queries.last_costs(ctx, empty))
    return facts, locked, shelf


def _insert(
    ctx: Ctx,
    kind: str,
    drafts: Sequence[Any],
    lines: Sequence[tuple[int, int, int, int]],
    **extra: Sequence[Any],
) -> tuple[list[int], list[int]]:
    """Insert headers and lines (ordinal of the document, item, quantity, value); (ids, line ids)."""
    header, line, key = KINDS[kind]
    count = len(drafts)
    more = {k: v for k, v in extra.items() if not k.startswith("line_")}
    ids = rows.insert(
        header,
        {
            "state": ["draft"] * count,
            "created_by": [ctx.actor] * count,
            "moved_on": [d.on for d in drafts],
            "place_id": [d.place for d in drafts],
            "party_id": [getattr(d, "party", None) for d in drafts],
            "kind": [getattr(d, "kind", "other") for d in drafts],
            "reference": [getattr(d, "reference", "") for d in drafts],
        }
        | more,
    )
    line_ids = rows.insert(
        line,
        {
            key: [ids[n] for n, *_ in lines],
            "position": _positions([n for n, *_ in lines]),
            "item_id": [x[1] for x in lines],
            "quantity": [x[2] for x in lines],
            "value": [x[3] for x in lines],
        }
        | {k.removeprefix("line_"): v for k, v in extra.items() if k.startswith("line_")},
    )
    return ids, line_ids


def _positions(owners: Sequence[int]) -> list[int]:
    seen: dict[int, int] = {}
    found = []
    for owner in owners:
        seen[owner] = seen.get(owner, 0) + 1
        found.append(seen[owner])
    return found


def _finish(
    ctx: Ctx, kind: str, ids: Sequence[int], dates: Sequence[date], state: str = "posted"
) -> list[str]:
    """Audit, then the number, last; with it the document is binding."""
    audit.record(ctx, kind, ids, "post")
    numbers = numbering.draw(ctx, kind, dates)
    count = len(ids)
    rows.update(
        KINDS[kind][0],
        ids,
        {
            "number": numbers,
            "state": [state] * count,
            "posted_at": [clock.now()] * count,
            "posted_by": [ctx.actor] * count,
        },
    )
    return numbers


def _next_ids(kind: str, count: int) -> list[int]:
    """Ids drawn before the rows are made, so that entries can name their document."""
    table = KINDS[kind][0]._meta.db_table
    sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return [row[0] for row in rows.execute(sql, [table, count])]


def receive_goods(
    ctx: Ctx, drafts: Sequence[ReceiptDraft], *, facts: dict[int, ItemFacts] | None = None
) -> list[Moved]:
    """Take goods in, at the value given. A late receipt posts the difference that date order would have made."""
    access.require(ctx, "inventory.receipt.post")
    if not drafts:
        return []
    wanted = [(line.item, d.place) for d in drafts for line in d.lines]
    facts, locked, shelf = _lock(ctx, wanted, [d.on for d in drafts], (), facts)
    flat = [(n, x.item, x.quantity, x.value) for n, d in enumerate(drafts) for x in d.lines]
    ids, line_ids = _insert(ctx, "inventory.receipt", drafts, flat)
    entries: list[Entry] = []
    fresh: dict[Sub, list[Move]] = {}
    shortages: dict[Sub, tuple[int, int]] = {}
    for n, draft in enumerate(drafts):
        subs = {x.item: queries.stock_sub(facts[x.item], draft.place) for x in draft.lines}
        entry, short = ledgers.receipt(draft, f"inventory.receipt:{ids[n]}", subs, shelf)
        entries.append(entry)
        for item, sub in subs.items():
            order = 10**18 + n  # after everything that stands on its day already
            if moves := ledgers.moves_of_receipt(draft, item, order):
                fresh.setdefault(sub, []).extend(moves)
        for sub, difference in short.items():
            shortages[sub] = (shortages.get(sub, (0, 0))[0] + difference, n)
    cogs = {queries.stock_sub(facts[i], p): facts[i].cogs_account or "cogs" for i, p in wanted}
    differences = _late(ctx, fresh, locked.balances) | {}
    for sub, (difference, _) in shortages.items():
        differences.setdefault(sub, difference)
    entries += _late_entries(ctx, drafts, ids, differences, locked.balances, fresh, cogs)
    ledger.post(ctx, entries)
    numbers = _finish(ctx, "inventory.receipt", ids, [d.on for d in drafts])
    return _moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


def _late(ctx: Ctx, fresh: dict[Sub, list[Move]], balances: Any) -> dict[Sub, int]:
    """Differences of subaccounts whose new movements are dated before what was posted already."""
    since: dict[Sub, date] = {}
    for sub, moves in fresh.items():
        last: date | None = balances[sub].last_on
        first = min(m.day for m in moves)
        if last is not None and first < last:
            since[sub] = first
    if not since:
        return {}
    history = queries.movements_since(ctx, list(since.items()))
    found = {}
    for sub in since:
        moves = history[sub]
        if not any(m.kind == "out" and m.day > since[sub] for m in moves):
            continue
        now: Balance = balances[sub]
        opening = (now.amount - sum(m.amount for m in moves), now.value - sum(m.value for m in moves))
        found[sub] = late_difference(*opening, [*moves, *fresh[sub]])
    return found


def _late_entries(
    ctx: Ctx,
    drafts: Sequence[ReceiptDraft],
    ids: Sequence[int],
    differences: dict[Sub, int],
    balances: Any,
    fresh: dict[Sub, list[Move]],
    cogs: dict[Sub, int | str],
) -> list[Entry]:
    """One correction per subaccount, dated with the last movement, in the batch's last document that touches it."""
    entries = []
    for k, (sub, difference) in enumerate(
        sorted(differences.items(), key=lambda pair: (pair[0].unit, pair[0].place))
    ):
        if not difference:
            continue
        n = max(m.order for m in fresh[sub]) - 10**18
        last = balances[sub].last_on
        on = max(drafts[n].on, last) if last else drafts[n].on
        target = Sub(cogs[sub], ctx.currency, item="late")
        entries.append(
            ledgers.late_entry(sub, target, difference, on, f"inventory.receipt:{ids[n]}", f"late.{k}")
        )
    return entries


def _moved(
    ids: Sequence[int],
    numbers: Sequence[str],
    owners: Sequence[int],
    line_ids: Sequence[int],
    values: Sequence[int],
) -> list[Moved]:
    found = [Moved(i, number, [], []) for i, number in zip(ids, numbers, strict=True)]
    for owner, line, value in zip(owners, line_ids, values, strict=True):
        found[owner].line_ids.append(line)
        found[owner].values.append(value)
    return found


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
    facts, locked, shelf = _lock(ctx, wanted, [d.on for d in drafts], holds, facts)
    entries, costs, flat = [], [], []
    left = dict(locked.holds)
    spent: list[tuple[int, int]] = []
    ids = _next_ids("inventory.shipment", len(drafts))
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
    _, line_ids = _insert(ctx, "inventory.shipment", drafts, flat, id=ids)
    ledger.post(ctx, entries, spent)
    numbers = _finish(ctx, "inventory.shipment", ids, [d.on for d in drafts])
    return _moved(ids, numbers, [n for n, *_ in flat], line_ids, costs)


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


def transfer_goods(ctx: Ctx, drafts: Sequence[TransferDraft]) -> list[Moved]:
    """Move goods to another warehouse, at once, or only into transit until ``arrive_transfers`` (POSTINGS §14)."""
    access.require(ctx, "inventory.transfer.post")
    if not drafts:
        return []
    transit = queries.place_id(ctx, "TRANSIT") if any(d.in_transit for d in drafts) else 0
    wanted = [(item, d.place) for d in drafts for item, _ in d.lines]
    facts, _, shelf = _lock(ctx, wanted, [d.on for d in drafts])
    ids = _next_ids("inventory.transfer", len(drafts))
    entries, flat = [], []
    for n, draft in enumerate(drafts):
        subs = {item: queries.stock_sub(facts[item], draft.place) for item, _ in draft.lines}
        event_target = transit if draft.in_transit else draft.target
        entry, values = ledgers.transfer(draft, f"inventory.transfer:{ids[n]}", subs, event_target, shelf)
        entries.append(entry)
        flat += [(n, item, quantity, values[item]) for item, quantity in sum_by(draft.lines).items()]
    _, line_ids = _insert(
        ctx, "inventory.transfer", drafts, flat, id=ids, target_id=[d.target for d in drafts]
    )
    ledger.post(ctx, entries)
    count = len(ids)
    audit.record(ctx, "inventory.transfer", ids, "post")
    numbers = numbering.draw(ctx, "inventory.transfer", [d.on for d in drafts])
    rows.update(
        Transfer,
        ids,
        {
            "number": numbers,
            "state": ["in_transit" if d.in_transit else "posted" for d in drafts],
            "arrived_on": [None if d.in_transit else d.on for d in drafts],
            "posted_at": [clock.now()] * count,
            "posted_by": [ctx.actor] * count,
        },
    )
    return _moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


def arrive_transfers(ctx: Ctx, ids: Sequence[int], on: date) -> None:
    """Take transfers out of transit into their target, at the value they left with."""
    access.require(ctx, "inventory.transfer.arrive", ids)
    headers = rows.lock(Transfer, ids, "state", "number", "target_id")
    for header in headers:
        if header.state != "in_transit":
            raise Refusal(
                "platform.transition", f"transfer {header.number} is {header.state}: it cannot arrive"
            )
    transit = queries.place_id(ctx, "TRANSIT")
    lines = rows.of(TransferLine, "transfer_id", ids, "transfer_id", "item_id", "quantity", "value")
    facts = trade_facts(ctx, {line.item_id for line in lines})
    targets = {h.id: h.target_id for h in headers}
    entries = []
    for i in ids:
        pairs: dict[Sub, tuple[int, int]] = {}
        for line in (x for x in lines if x.transfer_id == i):
            sub = queries.stock_sub(facts[line.item_id], transit)
            ledgers.add(pairs, sub._replace(place=targets[i]), line.quantity, line.value)
            ledgers.add(pairs, sub, -line.quantity, -line.value)
        entries.append(Entry("stock", on, f"inventory.transfer:{i}", "arrive", ledgers.lines_of(pairs)))
    ledger.post(ctx, entries)
    audit.record(ctx, "inventory.transfer", ids, "arrive")
    rows.update(Transfer, ids, {"state": ["posted"] * len(ids), "arrived_on": [on] * len(ids)})


def count_stock(ctx: Ctx, drafts: Sequence[CountDraft]) -> list[Moved]:
    """Post the difference to what should be there, and freeze earlier days of what was counted (POSTINGS §15)."""
    access.require(ctx, "inventory.count.post")
    if not drafts:
        return []
    wanted = [(item, d.place) for d in drafts for item, _ in d.lines]
    facts, locked, shelf = _lock(ctx, wanted, [d.on for d in drafts])
    if empty := [sub for sub, b in locked.balances.items() if b.amount <= 0]:
        shelf.last_cost.update(queries.last_costs(ctx, empty))
        for item, place in wanted:
            sub = queries.stock_sub(facts[item], place)
            price = facts[item].purchase_price.scaleb(ctx.scale - facts[item].scale)
            shelf.last_cost.setdefault(sub, Fraction(price))
    ids = _next_ids("inventory.count", len(drafts))
    entries, flat, counted, frozen = [], [], [], []
    for n, draft in enumerate(drafts):
        subs = {item: queries.stock_sub(facts[item], draft.place) for item, _ in draft.lines}
        source = f"inventory.count:{ids[n]}"
        entry, found = ledgers.count(draft, source, f"count:{ids[n]}", subs, ctx.currency, shelf)
        entries += [entry] if entry else []
        for item, quantity in sum_by(draft.lines).items():
            flat.append((n, item, *found[item]))
            counted.append(quantity)
        frozen += [(sub, draft.on) for sub in subs.values()]
    _, line_ids = _insert(ctx, "inventory.count", drafts, flat, id=ids, line_counted=counted)
    ledger.post(ctx, entries)
    for on in sorted({day for _, day in frozen}):
        ledger.freeze(ctx, [sub for sub, day in frozen if day == on], on)
    numbers = _finish(ctx, "inventory.count", ids, [d.on for d in drafts])
    return _moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


def write_off_goods(ctx: Ctx, drafts: Sequence[WriteOffDraft]) -> list[Moved]:
    """Write goods off with their cost."""
    access.require(ctx, "inventory.writeoff.post")
    if not drafts:
        return []
    wanted = [(item, d.place) for d in drafts for item, _ in d.lines]
    facts, _, shelf = _lock(ctx, wanted, [d.on for d in drafts])
    ids = _next_ids("inventory.writeoff", len(drafts))
    entries, flat = [], []
    for n, draft in enumerate(drafts):
        subs = {item: queries.stock_sub(facts[item], draft.place) for item, _ in draft.lines}
        source = f"inventory.writeoff:{ids[n]}"
        entry, values = ledgers.write_off(draft, source, f"write_off:{ids[n]}", subs, ctx.currency, shelf)
        entries.append(entry)
        flat += [(n, item, quantity, values[item]) for item, quantity in sum_by(draft.lines).items()]
    _, line_ids = _insert(ctx, "inventory.writeoff", drafts, flat, id=ids, reason=[d.reason for d in drafts])
    ledger.post(ctx, entries)
    numbers = _finish(ctx, "inventory.writeoff", ids, [d.on for d in drafts])
    return _moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


def reverse_movements(ctx: Ctx, kind: str, ids: Sequence[int], on: date, text: str = "") -> None:
    """Reverse posted movements by their exact negation; refused while a bound forbids it (the goods are gone)."""
    access.require(ctx, f"{kind}.reverse", ids)
    header = KINDS[kind][0]
    found = rows.lock(header, ids, "state", "number")
    state = REGISTRY[kind].check("reverse", found)
    entries = ledger.entries_of(ctx, [f"{kind}:{i}" for i in ids])
    events = [f"reverse.{event}" for _, _, event in entries]
    for name in sorted(set(events)):
        mine = [e for e, event in zip(entries, events, strict=True) if event == name]
        ledger.reverse(ctx, [e[0] for e in mine], on, [e[1] for e in mine], name, text)
    audit.record(ctx, kind, ids, "reverse")
    rows.update(header, ids, {"state": [state] * len(ids)})
