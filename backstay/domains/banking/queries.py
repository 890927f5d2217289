"""Reading bank accounts and payments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.banking.models import BankAccount, Payment, PaymentRun, StatementLine
from backstay.platform import rows


def bank_account(ctx: Ctx, code: str = "BANK") -> int:
    """The id of a bank account. NotFound names the code."""
    found = rows.of(BankAccount, "code", [code])
    if not found:
        raise NotFound(
            "banking.account", f"there is no bank account {code}", "Make it among the bank accounts."
        )
    return int(found[0].id)


def numbers(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
    """Numbers of payments by id."""
    return {row.id: row.number for row in rows.of(Payment, "id", sorted(set(ids)), "number")}


def bank_accounts(ctx: Ctx) -> list[BankAccount]:
    """Bank accounts and cash boxes in use."""
    return list(BankAccount.objects.filter(company_id=ctx.company, archived_on=None).order_by("kind", "id"))


def run_id(ctx: Ctx, number: str) -> int | None:
    """The payment run of a number."""
    found: int | None = (
        PaymentRun.objects.filter(company_id=ctx.company, number=number).values_list("id", flat=True).first()
    )
    return found


def statement_lines(ctx: Ctx, bank_account: int, state: str, limit: int, after: int = 0) -> list[Any]:
    """Lines in a state: those to match from the oldest on, others the newest first."""
    found = StatementLine.objects.filter(company_id=ctx.company, bank_account_id=bank_account, state=state)
    if state == "open":
        return list(found.filter(id__gt=after).order_by("id")[:limit])
    return list((found.filter(id__lt=after) if after else found).order_by("-id")[:limit])


def matched_with(ctx: Ctx, line: int) -> list[dict[str, Any]]:
    """What a line stands for: source, amount, its number, how it was matched and by whom."""
    sql = (
        "SELECT m.source, m.amount, coalesce(p.number, j.number, m.source), coalesce(y.name, j.text, ''), m.how, m.matched_at FROM banking_match m"
        " LEFT JOIN banking_payment p ON m.source = 'banking.payment:' || p.id LEFT JOIN parties_party y ON y.id = p.party_id"
        " LEFT JOIN accounting_journalentry j ON m.source = 'accounting.journalentry:' || j.id"
        " WHERE m.company_id = %s AND m.line_id = %s AND m.amount <> 0 ORDER BY m.id"
    )
    names = ("source", "amount", "number", "who", "how", "at")
    return [dict(zip(names, row, strict=True)) for row in rows.execute(sql, [ctx.company, line])]


class Reconciliation(NamedTuple):
    """How the books and the bank stand to one another, in steps. ``difference`` is 0, or the opening balance is missing:
    books = closing − open + unseen + difference."""

    books: int
    closing: int
    open: int
    unseen: int
    difference: int
    until: date | None


def reconciliation(ctx: Ctx, bank_account: int) -> Reconciliation:
    """The bank account now: what the books say, what the last statement says, what explains the rest."""
    row = rows.execute(
        _RECONCILIATION, {"company": ctx.company, "bank": bank_account, "item": f"bank:{bank_account}"}
    )[0]
    books, closing, opened, unseen, until = row
    return Reconciliation(books, closing, opened, unseen, books - closing + opened - unseen, until)


_RECONCILIATION = """
WITH first AS (SELECT min(coalesce(since, until)) AS day FROM banking_statement WHERE company_id = %(company)s AND bank_account_id = %(bank)s),
opening AS (SELECT opening, until FROM banking_statement WHERE company_id = %(company)s AND bank_account_id = %(bank)s AND opening IS NOT NULL
            ORDER BY coalesce(since, until), id LIMIT 1),
lines AS (SELECT coalesce(sum(amount), 0)::bigint AS total, coalesce(sum(amount) FILTER (WHERE state = 'open'), 0)::bigint AS open,
                 coalesce(sum(amount) FILTER (WHERE state = 'ignored'), 0)::bigint AS ignored
          FROM banking_statementline WHERE company_id = %(company)s AND bank_account_id = %(bank)s),
sub AS (SELECT s.id FROM subaccount s WHERE s.company_id = %(company)s AND s.item = %(item)s
        AND s.account_id = (SELECT account_id FROM banking_bankaccount WHERE id = %(bank)s)),
held AS (SELECT coalesce(sum(b.value), 0)::bigint AS books FROM balances_at(ARRAY(SELECT id FROM sub), DATE '9999-12-31') b),
moved AS (
    SELECT coalesce(sum(p.value), 0)::bigint AS unseen
    FROM sub CROSS JOIN LATERAL (
        SELECT * FROM posting x WHERE x.subaccount_id = sub.id AND x.posted_on >= (SELECT day FROM first) OFFSET 0) p
    JOIN entry e ON e.id = p.entry_id
    WHERE e.reverses IS NULL AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = e.id)
      AND NOT EXISTS (SELECT FROM banking_match m WHERE m.company_id = e.company_id AND m.source = e.source))
SELECT held.books, coalesce((SELECT opening FROM opening), 0) + lines.total - lines.ignored, lines.open, moved.unseen,
       (SELECT max(until) FROM banking_statement WHERE company_id = %(company)s AND bank_account_id = %(bank)s)
FROM held, moved, lines
"""
