"""Goods are moved, counted, written off, written down, put into bins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.catalog.queries import trade_facts
from backstay.domains.inventory import ledgers, queries
from backstay.domains.inventory.models import Place, Transfer, TransferLine
from backstay.domains.inventory.movements import Moved, finish, insert, lock, moved, next_ids
from backstay.domains.inventory.rules import CountDraft, TransferDraft, WriteOffDraft, sum_by
from backstay.ledger.posting import Entry, Line, Sub
from backstay.platform import access, audit, numbering, rows


def create_places(ctx: Ctx, places: Sequence[tuple[str, str, str, int | None]]) -> list[int]:
    """Make places (code, name, kind, parent)."""
    access.require(ctx, "inventory.place.create")
    names = ("code", "name", "kind", "parent_id")
    ids = rows.insert(Place, {n: [p[k] for p in places] for k, n in enumerate(names)})
    return ids


def transfer_goods(ctx: Ctx, drafts: Sequence[TransferDraft]) -> list[Moved]:
    """Move goods to another warehouse, at once, or only into transit until ``arrive_transfers`` (POSTINGS §14)."""
    access.require(ctx, "inventory.transfer.post")
    if not drafts:
        return []
    transit = queries.place_id(ctx, "TRANSIT") if any(d.in_transit for d in drafts) else 0
    wanted = [(item, d.place) for d in drafts for item, _ in d.lines]
    facts, _, shelf = lock(ctx, wanted, [d.on for d in drafts])
    ids = next_ids("inventory.transfer", len(drafts))
    entries, flat = [], []
    for n, draft in enumerate(drafts):
        subs = {item: queries.stock_sub(facts[item], draft.place) for item, _ in draft.lines}
        event_target = transit if draft.in_transit else draft.target
        entry, values = ledgers.transfer(draft, f"inventory.transfer:{ids[n]}", subs, event_target, shelf)
        entries.append(entry)
        flat += [(n, item, quantity, values[item]) for item, quantity in sum_by(draft.lines).items()]
    _, line_ids = insert(
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
    return moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


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
    facts, locked, shelf = lock(ctx, wanted, [d.on for d in drafts])
    if empty := [sub for sub, b in locked.balances.items() if b.amount <= 0]:
        shelf.last_cost.update(queries.last_costs(ctx, empty))
        for item, place in wanted:
            sub = queries.stock_sub(facts[item], place)
            price = facts[item].purchase_price.scaleb(ctx.scale - facts[item].scale)
            shelf.last_cost.setdefault(sub, Fraction(price))
    ids = next_ids("inventory.count", len(drafts))
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
    _, line_ids = insert(ctx, "inventory.count", drafts, flat, id=ids, line_counted=counted)
    ledger.post(ctx, entries)
    for on in sorted({day for _, day in frozen}):
        ledger.freeze(ctx, [sub for sub, day in frozen if day == on], on)
    numbers = finish(ctx, "inventory.count", ids, [d.on for d in drafts])
    return moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


def write_off_goods(ctx: Ctx, drafts: Sequence[WriteOffDraft]) -> list[Moved]:
    """Write goods off with their cost."""
    access.require(ctx, "inventory.writeoff.post")
    if not drafts:
        return []
    wanted = [(item, d.place) for d in drafts for item, _ in d.lines]
    facts, _, shelf = lock(ctx, wanted, [d.on for d in drafts])
    ids = next_ids("inventory.writeoff", len(drafts))
    entries, flat = [], []
    for n, draft in enumerate(drafts):
        subs = {item: queries.stock_sub(facts[item], draft.place) for item, _ in draft.lines}
        source = f"inventory.writeoff:{ids[n]}"
        entry, values = ledgers.write_off(draft, source, f"write_off:{ids[n]}", subs, ctx.currency, shelf)
        entries.append(entry)
        flat += [(n, item, quantity, values[item]) for item, quantity in sum_by(draft.lines).items()]
    _, line_ids = insert(ctx, "inventory.writeoff", drafts, flat, id=ids, reason=[d.reason for d in drafts])
    ledger.post(ctx, entries)
    numbers = finish(ctx, "inventory.writeoff", ids, [d.on for d in drafts])
    return moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


def put_away(
    ctx: Ctx,
    moves: Sequence[tuple[int, int | None, int | None, int]],
    on: date,
    source: str | Sequence[str],
) -> None:
    """Move quantities (item, from bin, to bin, steps) within a warehouse; None is its floor outside the bins.

    ``source``: the document that moves them, or one per move. Bins are memo mirrors: they carry quantity only, cost nothing and disturb no average (POSTINGS 14.3, 14.4).
    A bin never gives more than it has.
    """
    access.require(ctx, "inventory.bin.move")
    facts = trade_facts(ctx, {item for item, *_ in moves})
    wanted = {p for _, a, b, _ in moves for p in (a, b) if p is not None}
    parents = {row.id: row.parent_id for row in rows.of(Place, "id", sorted(wanted), "parent_id", "kind")}
    entries = []
    for n, (item, origin, target, quantity) in enumerate(moves):
        homes = {parents.get(p) for p in (origin, target) if p is not None}
        if len(homes) != 1 or None in homes or quantity <= 0:
            raise Refusal(
                "inventory.bin", "goods are put away between bins of one warehouse, at least one piece"
            )
        home = homes.pop() or 0
        unit = facts[item].unit or 0
        subs = [
            Sub("bin", unit, place=p, side=1) if p else Sub("bin_total", unit, place=home)
            for p in (target, origin)
        ]
        lines = (Line(subs[0], quantity, 0), Line(subs[1], -quantity, 0))
        document = source if isinstance(source, str) else source[n]
        entries.append(Entry("stock", on, document, f"bins.{n}", lines))
    ledger.post(ctx, entries)


def write_down(ctx: Ctx, changes: Sequence[tuple[int, int]], on: date, reason: str) -> int:
    """Write stock down to net realisable value, or back up: (item, value in steps, down +).

    An allowance stands beside the cost, which stays (IAS 2.28-33; POSTINGS 15.4, 15.5). It never passes 0.
    Returns the entry's id.
    """
    access.require(ctx, "inventory.write_down.post")
    if not reason.strip():
        raise Refusal("inventory.reason", "a write-down needs a reason")
    facts = trade_facts(ctx, {item for item, _ in changes})
    allowances = {item: Sub("stock_allowance", ctx.currency, item=f"item:{item}") for item, _ in changes}
    so_far = queries.balances_of(ctx, list(allowances.values()))
    lines: list[Line] = []
    for item, value in changes:
        if so_far.get(allowances[item], 0) - value > 0:
            raise Refusal(
                "inventory.allowance", f"{facts[item].sku}: more would be written up than was written down"
            )
        lines += [
            Line(Sub("stock_down", ctx.currency, item=f"item:{item}"), value, value),
            Line(allowances[item], -value, -value),
        ]
    number = rows.execute("SELECT nextval(pg_get_serial_sequence('inventory_writeoff', 'id'))")[0][0]
    return ledger.post(
        ctx, [Entry("stock", on, f"inventory.write_down:{number}", "post", tuple(lines), reason)]
    )[0].id
