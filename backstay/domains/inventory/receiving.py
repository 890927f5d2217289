"""Goods come in: at the value given, with the difference that date order would have made when they come late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from backstay import ledger
from backstay.base.context import Ctx
from backstay.domains.catalog.queries import ItemFacts
from backstay.domains.inventory import ledgers, queries
from backstay.domains.inventory.movements import Moved, finish, insert, lock, moved
from backstay.domains.inventory.rules import Move, ReceiptDraft, late_difference
from backstay.ledger.balances import Balance
from backstay.ledger.posting import Entry, Sub
from backstay.platform import access


def receive_goods(
    ctx: Ctx, drafts: Sequence[ReceiptDraft], *, facts: dict[int, ItemFacts] | None = None
) -> list[Moved]:
    """Take goods in, at the value given. A late receipt posts the difference that date order would have made."""
    access.require(ctx, "inventory.receipt.post")
    if not drafts:
        return []
    wanted = [(line.item, d.place) for d in drafts for line in d.lines]
    facts, locked, shelf = lock(ctx, wanted, [d.on for d in drafts], (), facts)
    flat = [(n, x.item, x.quantity, x.value) for n, d in enumerate(drafts) for x in d.lines]
    notes = [d.delivery_note for d in drafts]
    ids, line_ids = insert(ctx, "inventory.receipt", drafts, flat, delivery_note=notes)
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
    numbers = finish(ctx, "inventory.receipt", ids, [d.on for d in drafts])
    return moved(ids, numbers, [n for n, *_ in flat], line_ids, [x[3] for x in flat])


def _late(ctx: Ctx, fresh: dict[Sub, list[Move]], balances: Mapping[Sub, Balance]) -> dict[Sub, int]:
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
    balances: Mapping[Sub, Balance],
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
