"""Entries in, under the rules: what a document's ``ledgers.py`` makes and ``post`` writes.

All figures are whole smallest steps of their unit; debit is +.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.ledger.statement import execute


class Sub(NamedTuple):
    """A subaccount by its parts. ``account`` is an id, or a role that the context resolves; ``unit`` an id, or the
    code of a unit that all companies share (``h``).

    ``side`` is given for open items: +1 may not fall below 0 (a receivable), −1 may not rise above it.
    """

    account: int | str
    unit: int | str
    party: int = 0
    item: str = ""
    place: int = 0
    dims: int = 0
    side: int = 0


class Line(NamedTuple):
    """One posting: ``amount`` in steps of the unit, ``value`` in steps of the company's currency."""

    sub: Sub
    amount: int
    value: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole entry. ``source`` is the document (``invoicing.invoice:42``), ``event`` what happened to it."""

    journal: str
    on: date
    source: str
    event: str
    lines: tuple[Line, ...]
    text: str = ""
    document_on: date | None = None
    period_kind: str = "regular"
    reverses: int | None = None
    storno: bool = False
    key: str | None = None


class Posted(NamedTuple):
    """An entry's id; ``repeated`` where its key had been used before and nothing was written."""

    id: int
    repeated: bool


def account_id(ctx: Ctx, account: int | str) -> int:
    """The id of an account given by id or role. Raises Refusal (``accounting.role``) where no account has it."""
    if isinstance(account, int):
        return account
    try:
        return ctx.accounts[account]
    except KeyError:
        raise Refusal(
            "accounting.role",
            f"no account of the chart plays the role {account}",
            "Give an account this role in the chart of accounts.",
        ) from None


class Specs:
    """Distinct subaccounts of a call, as columns; a posting names one by its ordinal (from 1)."""

    def __init__(self, ctx: Ctx) -> None:
        self._ctx = ctx
        self._ordinals: dict[Sub, int] = {}

    def ordinal(self, sub: Sub) -> int:
        """Where ``sub`` stands, adding it when it is new."""
        found = self._ordinals.get(sub)
        if found is None:
            found = self._ordinals[sub] = len(self._ordinals) + 1
        return found

    def subs(self) -> list[Sub]:
        """All, in order."""
        return list(self._ordinals)

    def columns(self, *, sides: bool = True) -> list[list[Any]]:
        """Arrays for account, unit, party, item, place, dims (and side)."""
        resolved: dict[int | str, int] = {}
        for sub in self._ordinals:
            if sub.account not in resolved:
                resolved[sub.account] = account_id(self._ctx, sub.account)
        accounts = [resolved[s.account] for s in self._ordinals]
        rest = list(zip(*self._ordinals, strict=True))[1:] if self._ordinals else [()] * 6
        arrays: list[list[Any]] = [accounts, *map(list, rest)]
        if codes := sorted({unit for unit in arrays[1] if isinstance(unit, str)}):
            ids = dict(execute(_SHARED, [codes]))
            arrays[1] = [ids.get(unit, unit) for unit in arrays[1]]
        return arrays if sides else arrays[:-1]


_SHARED = "SELECT code, id FROM unit WHERE company_id IS NULL AND code = ANY(%s::text[])"
SPEC = "%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[]"
_POST = (
    "SELECT entry_id, repeated FROM post(%s::text[], %s::date[], %s::date[], %s::text[], %s::text[], %s::text[],"
    f" %s::text[], %s::text[], %s::bigint[], %s::boolean[], {SPEC}, %s::smallint[],"
    " %s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) ORDER BY ord"
)


def post(ctx: Ctx, entries: Sequence[Entry], holds: Iterable[tuple[int, int]] = ()) -> list[Posted]:
    """Post entries and consume parts of holds (id, amount), all or nothing, in one statement.

    Post last in a transaction: the rows it locks stay locked until the end. Raises Refusal by the codes of
    the ledger's rules.
    """
    if not entries:
        return []
    specs = Specs(ctx)
    ordinal = specs.ordinal
    p_entry: list[int] = []
    p_sub: list[int] = []
    p_amount: list[int] = []
    p_value: list[int] = []
    for number, entry in enumerate(entries, 1):
        for sub, amount, value in entry.lines:
            p_entry.append(number)
            p_sub.append(ordinal(sub))
            p_amount.append(amount)
            p_value.append(value)
    spent = list(holds)
    found = execute(
        _POST,
        [
            [e.key for e in entries],
            [e.on for e in entries],
            [e.document_on for e in entries],
            [e.period_kind for e in entries],
            [e.journal for e in entries],
            [e.source for e in entries],
            [e.event for e in entries],
            [e.text for e in entries],
            [e.reverses for e in entries],
            [e.storno for e in entries],
            *specs.columns(),
            p_entry,
            p_sub,
            p_amount,
            p_value,
            [h for h, _ in spent],
            [a for _, a in spent],
        ],
    )
    return [Posted(*row) for row in found]


def reverse(
    ctx: Ctx,
    entries: Sequence[int],
    on: date,
    sources: Sequence[str],
    event: str | Sequence[str] = "reverse",
    text: str = "",
) -> list[int]:
    """Post the exact negation of entries, dated ``on``; marked storno where the company shows reversals so.

    ``event``: of all, or of each where a document has several entries.
    """
    if not entries:
        return []
    count = len(entries)
    events = [event] * count if isinstance(event, str) else list(event)
    storno = ctx.settings.get("reversals") == "storno"
    sql = "SELECT reverse(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::text[], %s)"
    params = [list(entries), [on] * count, list(sources), events, [text] * count, storno]
    return [row[0] for row in execute(sql, params)]


def entries_of(ctx: Ctx, sources: Sequence[str]) -> list[tuple[int, str, str]]:
    """(entry id, source, event) of the entries these documents have posted and not reversed, oldest first."""
    return [
        (row[0], row[1], row[2])
        for row in execute(
            "SELECT e.id, e.source, e.event FROM entry e WHERE e.company_id = %s AND e.source = ANY(%s::text[])"
            " AND e.reverses IS NULL AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = e.id) ORDER BY e.id",
            [ctx.company, list(sources)],
        )
    ]
