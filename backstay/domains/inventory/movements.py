"""What all movements share: locking, writing, numbering."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import models

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.inventory import ledgers, queries
from backstay.domains.inventory.models import (
    Count,
    CountLine,
    Receipt,
    ReceiptLine,
    Shipment,
    ShipmentLine,
    Transfer,
    TransferLine,
    WriteOff,
    WriteOffLine,
)
from backstay.ledger.balances import Locked
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import REGISTRY, Lifecycle

POSTED = {"post": (("draft",), "posted"), "reverse": (("posted",), "reversed")}
KINDS: dict[str, tuple[type[models.Model], type[models.Model], str]] = {
    "inventory.receipt": (Receipt, ReceiptLine, "receipt_id"),
    "inventory.shipment": (Shipment, ShipmentLine, "shipment_id"),
    "inventory.transfer": (Transfer, TransferLine, "transfer_id"),
    "inventory.count": (Count, CountLine, "count_id"),
    "inventory.writeoff": (WriteOff, WriteOffLine, "write_off_id"),
}
MORE: dict[str, dict[str, tuple[tuple[str, ...], str]]] = {
    "inventory.transfer": {"arrive": (("in_transit",), "posted")},
    "inventory.shipment": {"track": (("posted",), "posted"), "untrack": (("posted",), "posted")},
}
for _kind, _prefix in zip(KINDS, ("GR", "SH", "TR", "SC", "WO"), strict=True):
    numbering.register(_kind, _prefix)
    Lifecycle(_kind, POSTED | MORE.get(_kind, {}))
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


def _goods(facts: dict[int, ItemFacts]) -> None:
    for item in facts.values():
        if not item.goods:
            raise Refusal(
                "inventory.goods", f"{item.sku} {item.name} is a service", "Only goods are kept in stock."
            )


def lock(
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


def insert(
    ctx: Ctx,
    kind: str,
    drafts: Sequence[Any],
    lines: Sequence[tuple[int, int, int, int]],
    **extra: Sequence[Any],
) -> tuple[list[int], list[int]]:
    """Insert headers and lines (ordinal of the document, item, quantity, value); (ids, line ids)."""
    more = {k: v for k, v in extra.items() if not k.startswith("line_")}
    of_lines = {k.removeprefix("line_"): v for k, v in extra.items() if k.startswith("line_")}
    ids = insert_headers(ctx, kind, drafts, **more)
    return ids, insert_lines(kind, ids, lines, **of_lines)


def insert_headers(ctx: Ctx, kind: str, drafts: Sequence[Any], **extra: Sequence[Any]) -> list[int]:
    """Insert draft documents; their entries can name them."""
    count = len(drafts)
    columns: dict[str, Sequence[Any]] = {
        "state": ["draft"] * count,
        "created_by": [ctx.actor] * count,
        "moved_on": [d.on for d in drafts],
        "place_id": [d.place for d in drafts],
        "party_id": [getattr(d, "party", None) for d in drafts],
        "kind": [getattr(d, "kind", "other") for d in drafts],
        "reference": [getattr(d, "reference", "") for d in drafts],
    }
    return rows.insert(KINDS[kind][0], columns | extra)


def insert_lines(
    kind: str, ids: Sequence[int], lines: Sequence[tuple[int, int, int, int]], **extra: Sequence[Any]
) -> list[int]:
    """Insert lines (ordinal of the document, item, quantity, value) of documents; their ids in order."""
    _, line, key = KINDS[kind]
    columns: dict[str, Sequence[Any]] = {
        key: [ids[n] for n, *_ in lines],
        "position": _positions([n for n, *_ in lines]),
        "item_id": [x[1] for x in lines],
        "quantity": [x[2] for x in lines],
        "value": [x[3] for x in lines],
    }
    return rows.insert(line, columns | extra)


def _positions(owners: Sequence[int]) -> list[int]:
    seen: dict[int, int] = {}
    found = []
    for owner in owners:
        seen[owner] = seen.get(owner, 0) + 1
        found.append(seen[owner])
    return found


def finish(
    ctx: Ctx, kind: str, ids: Sequence[int], dates: Sequence[date], state: str = "posted"
) -> list[str]:
    """Audit, then the number, last; with it the document is binding."""
    return numbering.bind(ctx, KINDS[kind][0], kind, ids, kind, dates, state=state)


def next_ids(kind: str, count: int) -> list[int]:
    """Ids drawn before the rows are made, so that entries can name their document."""
    table = KINDS[kind][0]._meta.db_table
    sql = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    return [row[0] for row in rows.execute(sql, [table, count])]


def moved(
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


def reverse_movements(ctx: Ctx, kind: str, ids: Sequence[int], on: date, text: str = "") -> None:
    """Reverse posted movements by their exact negation; refused while a bound forbids it (the goods are gone)."""
    access.require(ctx, f"{kind}.reverse", ids)
    header = KINDS[kind][0]
    found = rows.lock(header, ids, "state", "number")
    state = REGISTRY[kind].check("reverse", found)
    events.emit(ctx, f"{kind}_reversed", ids)  # orders that counted them count them no more, or forbid it
    entries = ledger.entries_of(ctx, [f"{kind}:{i}" for i in ids])
    names = [f"reverse.{event}" for _, _, event in entries]
    for name in sorted(set(names)):
        mine = [e for e, own in zip(entries, names, strict=True) if own == name]
        ledger.reverse(ctx, [e[0] for e in mine], on, [e[1] for e in mine], name, text)
    audit.record(ctx, kind, ids, "reverse")
    rows.update(header, ids, {"state": [state] * len(ids)})


def reverse_shipments(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Goods that were shipped are here again."""
    reverse_movements(ctx, "inventory.shipment", ids, on, text)


def reverse_receipts(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Goods that were received are gone again; refused once they were used."""
    reverse_movements(ctx, "inventory.receipt", ids, on, text)


def reverse_transfers(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Goods are back where they came from."""
    reverse_movements(ctx, "inventory.transfer", ids, on, text)


def reverse_counts(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """The books hold again what they held before the count."""
    reverse_movements(ctx, "inventory.count", ids, on, text)


def reverse_write_offs(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Goods that were written off are here after all."""
    reverse_movements(ctx, "inventory.writeoff", ids, on, text)
