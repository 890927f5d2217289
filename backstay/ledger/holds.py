"""Holds: pending transfers on a guard, with a time-out. Reservation of stock, of credit, of a budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.ledger.posting import SPEC, Specs, Sub, account_id
from backstay.ledger.statement import execute


class Want(NamedTuple):
    """What to hold: ``amount`` steps of a subaccount, or of a shared guard (its id in ``guard``)."""

    amount: int
    until: datetime
    source: str
    sub: Sub | None = None
    guard: int | None = None


def reserve(ctx: Ctx, wants: Sequence[Want]) -> list[int]:
    """Hold all or none; ids in order. Overdue holds of the same rows are expired on the way.

    Raises Refusal (``ledger.guard``) that names what is short, what is free and who holds it.
    """
    if not wants:
        return []
    specs = Specs(ctx)
    sql = f"SELECT reserve({SPEC}, %s::smallint[], %s::int[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[])"
    ordinals = [None if w.sub is None else specs.ordinal(w.sub) for w in wants]
    params = [
        *specs.columns(),
        ordinals,
        [w.guard for w in wants],
        [w.amount for w in wants],
        [w.until for w in wants],
        [w.source for w in wants],
    ]
    return [row[0] for row in execute(sql, params)]


def release(ctx: Ctx, holds: Sequence[int]) -> int:
    """Void what is left of holds; return how many were pending."""
    return int(execute("SELECT release(%s::bigint[])", [list(holds)])[0][0]) if holds else 0


def expire() -> int:
    """Expire every overdue hold of every company; return how many."""
    return int(execute("SELECT expire()")[0][0])


def rollup() -> int:
    """Move queued entries into the summaries; return how many postings."""
    return int(execute("SELECT rollup()")[0][0])


def set_guard(
    ctx: Ctx,
    code: str,
    *,
    measure: str,
    sign: int,
    floor: int,
    account: int | str,
    party: int,
    active: bool = True,
) -> int:
    """Bound ``sign × Σ(measure) − held ≥ floor`` over all subaccounts of an account and a party; return its id."""
    params = [code, measure, sign, floor, account_id(ctx, account), party, active]
    return int(execute("SELECT set_guard(%s, %s, %s::smallint, %s, %s, %s, %s)", params)[0][0])


def freeze(ctx: Ctx, subs: Sequence[Sub], before: date) -> None:
    """Refuse whatever is dated before ``before`` on these subaccounts from now on (they were counted)."""
    specs = Specs(ctx)
    for sub in subs:
        specs.ordinal(sub)
    execute(
        f"SELECT freeze(intern({SPEC}, %s::smallint[]), %s)",
        [*specs.columns(), before],
    )


def set_floor(ctx: Ctx, sub: Sub, floor: int) -> None:
    """Give one bounded subaccount another floor, e.g. a place where stock may go negative."""
    specs = Specs(ctx)
    specs.ordinal(sub)
    execute(f"SELECT set_floor((intern({SPEC}, %s::smallint[]))[1], %s)", [*specs.columns(), floor])
