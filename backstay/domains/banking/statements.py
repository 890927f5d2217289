"""Statements are imported, once; their lines are looked at and matched where nothing speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal, register
from backstay.base.money import from_steps
from backstay.domains.banking.models import Statement, StatementLine
from backstay.domains.banking.rules import LineRead, StatementRead, line_keys, same_account
from backstay.platform import access, audit, rows

register(
    {
        "banking.line_once": ("this line was imported before", "Nothing needs to be done."),
        "banking.source_once": ("this payment is matched with another line", "Undo that match first."),
    }
)


class Imported(NamedTuple):
    """A statement that was read: its id (None where every line was known), lines new and known, the gap within it and
    the jump from the statement before (steps)."""

    id: int | None
    account: int
    number: str
    new: int
    known: int
    gap: int
    jump: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where statements come from: ``account`` where the file's own is not to be trusted; ``accept_gap``: balances that do
    not run through are taken as they are."""

    file_name: str = ""
    account: int | None = None
    accept_gap: bool = False


def import_statements(
    ctx: Ctx, found: Sequence[StatementRead], source: Source | None = None
) -> list[Imported]:
    """Take statements over; what came before, in whatever file, is left out. All or nothing.

    Raises Refusal: ``banking.statement_account`` (no such bank account, another currency), ``banking.statement_balance``
    (opening and lines do not make the closing balance).
    """
    access.require(ctx, "banking.statement.import")
    how = source or Source()
    accounts = _accounts(ctx, found, how)
    for each in found:
        if each.gap and not how.accept_gap:
            told = [from_steps(v or 0, ctx.scale) for v in (each.opening, each.closing, -each.gap)]
            raise Refusal(
                "banking.statement_balance",
                f"statement {each.number or each.until} does not run through: from {told[0]:f} its lines do not lead to "
                f"{told[1]:f}, {told[2]:f} is missing",
                "Ask the bank for the whole statement, or import it as it is.", each.account,
            )  # fmt: skip
    return _insert(ctx, found, accounts, how)


def _accounts(ctx: Ctx, found: Sequence[StatementRead], how: Source) -> list[int]:
    ours = rows.execute(
        "SELECT b.id, b.iban, u.code, b.name FROM banking_bankaccount b JOIN unit u ON u.id = b.currency_id"
        " WHERE b.company_id = %s AND b.kind = 'bank' AND b.archived_on IS NULL ORDER BY b.id",
        [ctx.company],
    )
    chosen = []
    for each in found:
        if how.account is not None:
            fits = [row for row in ours if row[0] == how.account]
        else:
            fits = [row for row in ours if same_account(row[1], each.account)]
        if not fits:
            raise NotFound(
                "banking.statement_account",
                f"no bank account of ours is {each.account or 'named in this file'}",
                "Enter its IBAN at the bank account, or say which account it is.",
            )
        if fits[0][2] != each.currency:
            raise Refusal(
                "banking.statement_account",
                f"the statement is in {each.currency}, the account {fits[0][3]} in {fits[0][2]}",
                "Make a bank account in this currency.",
            )
        chosen.append(int(fits[0][0]))
    return chosen


def _insert(ctx: Ctx, found: Sequence[StatementRead], accounts: Sequence[int], how: Source) -> list[Imported]:
    fresh = _fresh(ctx, found, accounts)
    jumps, same = _jumps(ctx, found, accounts)
    wanted = [n for n, each in enumerate(found) if n in fresh or not (same[n] or each.lines)]
    ids = rows.insert(
        Statement,
        {
            "bank_account_id": [accounts[n] for n in wanted],
            "number": [found[n].number[:40] for n in wanted],
            "since": [found[n].since for n in wanted],
            "until": [_until(ctx, found[n]) for n in wanted],
            "opening": [found[n].opening for n in wanted],
            "closing": [found[n].closing for n in wanted],
            "gap": [found[n].gap for n in wanted],
            "file_name": [how.file_name[:200]] * len(wanted),
            "imported_by": [ctx.actor] * len(wanted),
        },
    )
    by_n = dict(zip(wanted, ids, strict=True))
    stored = [(by_n[n], accounts[n], line, key) for n in wanted for line, key in fresh.get(n, [])]
    names = ("booked_on", "value_on", "amount", "text", "name", "iban", "reference", "bank_reference")
    columns: dict[str, Sequence[Any]] = {
        name: [_kept(name, getattr(x, name)) for _, _, x, _ in stored] for name in names
    }
    columns |= {"statement_id": [s for s, *_ in stored], "bank_account_id": [a for _, a, _, _ in stored]}
    rows.insert(StatementLine, columns | {"key": [k for *_, k in stored]})
    audit.record(ctx, "banking.statement", ids, "import", [{"file": how.file_name} for _ in ids])
    return [
        Imported(by_n.get(n), accounts[n], each.number, len(fresh.get(n, [])), len(each.lines) - len(fresh.get(n, [])), each.gap, jumps[n])
        for n, each in enumerate(found)
    ]  # fmt: skip


def _kept(name: str, value: Any) -> Any:
    limit = {"text": 2000, "iban": 40}.get(name, 140)
    return value.replace("\0", "")[:limit] if isinstance(value, str) else value


def _fresh(
    ctx: Ctx, found: Sequence[StatementRead], accounts: Sequence[int]
) -> dict[int, list[tuple[LineRead, str]]]:
    """Lines that never came, with their keys, by statement. Keys count what is the same on a day over the whole file,
    so that two files of one day never swap lines; one import of an account at a time sees what the last one brought."""
    by_account: dict[int, list[tuple[int, LineRead]]] = {}
    for n, (each, account) in enumerate(zip(found, accounts, strict=True)):
        by_account.setdefault(account, []).extend((n, line) for line in each.lines)
    keyed = [
        (n, account, line, key)
        for account, lines in by_account.items()
        for (n, line), key in zip(lines, line_keys([x for _, x in lines]), strict=True)
    ]
    rows.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('banking.statement.' || a, 0)) FROM unnest(%s::bigint[]) a ORDER BY a",
        [sorted(by_account)],
    )
    sql = (
        "SELECT l.bank_account_id, l.key FROM unnest(%s::bigint[], %s::text[]) t(a, k) JOIN banking_statementline l"
        " ON l.bank_account_id = t.a AND l.key = t.k AND l.company_id = %s"
    )
    known = set(rows.execute(sql, [[a for _, a, _, _ in keyed], [k for *_, k in keyed], ctx.company]))
    fresh: dict[int, list[tuple[LineRead, str]]] = {}
    for n, account, line, key in keyed:
        if (account, key) not in known:
            fresh.setdefault(n, []).append((line, key))
    return fresh


def _jumps(ctx: Ctx, found: Sequence[StatementRead], accounts: Sequence[int]) -> tuple[list[int], list[bool]]:
    """By statement: opening less the closing balance of the one before, and whether the same statement came before."""
    before = rows.execute(
        "SELECT bank_account_id, number, until, closing FROM banking_statement WHERE company_id = %s"
        " AND bank_account_id = ANY(%s::bigint[]) ORDER BY until, id",
        [ctx.company, sorted(set(accounts))],
    )
    seen, last = set(before), {a: closing for a, _, _, closing in before}
    jumps, same = [], []
    for each, account in zip(found, accounts, strict=True):
        same.append((account, each.number[:40], _until(ctx, each), each.closing) in seen)
        closing = last.get(account)
        told = each.opening is not None and closing is not None and not same[-1]
        jumps.append((each.opening or 0) - (closing or 0) if told else 0)
        if each.closing is not None:
            last[account] = each.closing
    return jumps, same


def _until(ctx: Ctx, each: StatementRead) -> object:
    return each.until or max((line.booked_on for line in each.lines), default=ctx.today)


def ignore_lines(ctx: Ctx, ids: Sequence[int]) -> None:
    """Leave lines out: what is no business of the books, e.g. a line the bank took back the same day."""
    _turn(ctx, ids, "open", "ignored", "ignore")


def reopen_lines(ctx: Ctx, ids: Sequence[int]) -> None:
    """Look at lines again that were left out."""
    _turn(ctx, ids, "ignored", "open", "reopen")


def _turn(ctx: Ctx, ids: Sequence[int], before: str, after: str, event: str) -> None:
    access.require(ctx, f"banking.statementline.{event}", ids)
    for row in rows.lock(StatementLine, ids, "state", "booked_on"):
        if row.state != before:
            raise Refusal(
                "platform.transition", f"the line of {row.booked_on} is {row.state}, not {before}", "Look at it again.",
                f"banking.statementline:{row.id}",
            )  # fmt: skip
    rows.update(StatementLine, ids, {"state": [after] * len(ids)})
    audit.record(ctx, "banking.statementline", ids, event)
