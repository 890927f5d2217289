"""Companies, charts, periods and manual entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.accounting import ledgers
from backstay.domains.accounting.companies import (
    FoundingDraft,
    change_company,
    create_accounts,
    create_company,
    found_company,
    link_practice,
    may_found,
    put_away,
    take_over,
)
from backstay.domains.accounting.models import JournalEntry, JournalLine
from backstay.domains.accounting.rules import (
    SCALES,
    AccountDraft,
    JournalDraft,
    JournalLineDraft,
    ManualDraft,
    OpeningDraft,
    fiscal_periods,
    journal_of,
)
from backstay.ledger.posting import Sub
from backstay.platform import access, audit, numbering, rows
from backstay.platform.documents import Lifecycle
from backstay.platform.keeping import reverse

__all__ = [
    "SCALES",
    "AccountDraft",
    "FoundingDraft",
    "JournalDraft",
    "JournalLineDraft",
    "ManualDraft",
    "OpeningDraft",
    "change_company",
    "close_fiscal_year",
    "close_periods",
    "create_accounts",
    "create_company",
    "enter_journal",
    "found_company",
    "link_practice",
    "may_found",
    "open_fiscal_years",
    "post_journal",
    "post_opening",
    "put_away",
    "reopen_fiscal_year",
    "reopen_period",
    "reverse_journal",
    "take_over",
]
KIND = ledgers.KIND
LIFE = Lifecycle(KIND, {"post": (("draft",), "posted"), "reverse": (("posted",), "reversed")})
SERIES = numbering.register(KIND, "JE")
register(
    {
        "ledger.period_overlap": ("periods overlap", "Open the year after the last one."),
        "accounting.number_once": ("this number is taken", "Try again."),
    }
)


# ---- periods ----


def open_fiscal_years(ctx: Ctx, years: int = 1) -> list[int]:
    """Open the next fiscal years after the last one."""
    access.require(ctx, "accounting.period.open")
    last = max(p.ends for p in ledger.list_periods(ctx) if p.kind == "regular")
    wanted = fiscal_periods(date.fromordinal(last.toordinal() + 1), years)
    return ledger.open_periods(ctx, [p for p in wanted if p[2] != "opening"])


def close_periods(ctx: Ctx, until: date) -> list[int]:
    """Close every open regular and opening period that ends by ``until``, oldest first; return their ids.

    Raises Refusal (``accounting.opening_balance``) while the opening balance account is not empty.
    """
    access.require(ctx, "accounting.period.close")
    due = [
        p
        for p in ledger.list_periods(ctx)
        if not p.closed and p.ends <= until and p.kind in ("opening", "regular")
    ]
    if not due:
        return []
    opening = ledger.account_id(ctx, "opening_balance")
    left = sum(s.debit - s.credit for s in ledger.account_sums(ctx, date.max) if s.account == opening)
    if left:
        raise Refusal(
            "accounting.opening_balance",
            "the opening balance account is not empty",
            "Post equity as last reported against it, then close.",
        )
    for period in due:
        ledger.close_period(ctx, period.id)
    return [p.id for p in due]


def reopen_period(ctx: Ctx, period: int, reason: str) -> None:
    """Re-open a period; the reason stays with the event."""
    access.require(ctx, "accounting.period.reopen", [period])
    ledger.reopen_period(ctx, period, reason)


def close_fiscal_year(ctx: Ctx, end: date) -> int | None:
    """Empty profit and loss of the year that ends on ``end`` into retained earnings, in the closing period.

    Returns the entry's id, None when there is nothing. Source: POSTINGS §33.
    """
    access.require(ctx, "accounting.year.close")
    closing = [p for p in ledger.list_periods(ctx) if p.kind == "closing" and p.ends == end]
    if not closing:
        raise Refusal(
            "accounting.year", f"no fiscal year ends on {end}", "Name the last day of a fiscal year."
        )
    source = f"accounting.year:{closing[0].id}"
    done = ledger.entries_of(ctx, [source])
    if done:
        raise Refusal("accounting.year", f"the year that ends on {end} is closed", "Re-open it first.")
    found = rows.execute(
        "SELECT s.account_id, s.unit_id, s.party_id, s.item, s.place_id, s.dims_id, s.side, sum(p.value)::bigint"
        " FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id"
        " WHERE p.company_id = %s AND a.type IN ('income', 'expense') AND p.posted_on <= %s GROUP BY 1,2,3,4,5,6,7 ORDER BY 1,2,3,4,5,6",
        [ctx.company, end],
    )
    sums = [(Sub(*row[:7]), int(row[7])) for row in found]
    count = rows.execute(
        "SELECT count(*) FROM entry WHERE company_id = %s AND source = %s", [ctx.company, source]
    )[0][0]
    retained = Sub("retained", ctx.currency, item=f"year:{end.year}")
    entry = ledgers.closing_entry(sums, end, source, f"close.{count}", retained, f"Close of {end.year}")
    if entry is None:
        return None
    posted = ledger.post(ctx, [entry])[0].id
    audit.record(ctx, "accounting.year", [closing[0].id], "close")
    return posted


def reopen_fiscal_year(ctx: Ctx, end: date, reason: str) -> None:
    """Reverse the closing entry of a year, for an adjustment; close it again afterwards."""
    access.require(ctx, "accounting.year.reopen")
    closing = [p for p in ledger.list_periods(ctx) if p.kind == "closing" and p.ends == end]
    source = f"accounting.year:{closing[0].id}" if closing else ""
    done = ledger.entries_of(ctx, [source]) if closing else []
    if not done:
        raise Refusal("accounting.year", f"the year that ends on {end} is not closed")
    ledger.reverse(ctx, [e[0] for e in done], end, [source] * len(done), f"reopen.{done[-1][0]}", reason)
    audit.record(ctx, "accounting.year", [closing[0].id], "reopen", [{"reason": reason}])


# ---- manual entries and opening balances ----


def post_journal(ctx: Ctx, drafts: Sequence[JournalDraft]) -> list[int]:
    """Make and post manual entries; ids in order. The ledger's rules refuse what does not balance."""
    access.require(ctx, "accounting.journalentry.post")
    ids = rows.insert(
        JournalEntry,
        {
            "state": ["draft"] * len(drafts),
            "created_by": [ctx.actor] * len(drafts),
            "kind": [d.kind for d in drafts],
            "entered_on": [d.on for d in drafts],
            "text": [d.text for d in drafts],
            "period_kind": [d.period_kind for d in drafts],
        },
    )
    lines = [(i, n, line) for i, d in zip(ids, drafts, strict=True) for n, line in enumerate(d.lines, 1)]
    rows.insert(
        JournalLine,
        {
            "entry_id": [i for i, _, _ in lines],
            "position": [n for _, n, _ in lines],
            "account_id": [ledger.account_id(ctx, line.account) for *_, line in lines],
            "unit_id": [line.unit or ctx.currency for *_, line in lines],
            "party_id": [line.party for *_, line in lines],
            "item": [line.item for *_, line in lines],
            "place": [line.place for *_, line in lines],
            "side": [line.side for *_, line in lines],
            "amount": [line.value if line.amount is None else line.amount for *_, line in lines],
            "value": [line.value for *_, line in lines],
            "text": [line.text for *_, line in lines],
            "due_on": [line.due_on for *_, line in lines],
        },
    )
    ledger.post(ctx, [ledgers.journal_entry(d, i, ctx.currency) for i, d in zip(ids, drafts, strict=True)])
    audit.record(ctx, KIND, ids, "post")
    numbers = numbering.draw(ctx, SERIES, [d.on for d in drafts])
    _bind(ctx, ids, numbers)
    return ids


def enter_journal(ctx: Ctx, drafts: Sequence[ManualDraft]) -> list[int]:
    """Manual entries as a bookkeeper writes them, debit and credit; posted like any other.

    An account that keeps open items gets a new one; one with a single item (the bank account, the tax code) needs none
    to be typed. Raises Refusal (``accounting.item``) where there are several to choose from.
    """
    return post_journal(ctx, [_with_items(ctx, journal_of(draft)) for draft in drafts])


_ITEMS = """
SELECT a.id, a.code, a.bound, (SELECT array_agg(x.item) FROM (
    SELECT DISTINCT s.item FROM subaccount s WHERE s.company_id = a.company_id AND s.account_id = a.id AND s.item <> '' LIMIT 9) x)
FROM account a WHERE a.id = ANY(%s::bigint[]) AND 'item' = ANY(a.requires)
"""


def _with_items(ctx: Ctx, draft: JournalDraft) -> JournalDraft:
    """Every line with the item its account requires."""
    asked = sorted({int(line.account) for line in draft.lines if not line.item})
    known = {row[0]: row[1:] for row in rows.execute(_ITEMS, [asked])} if asked else {}
    if not known:
        return draft
    number = rows.execute("SELECT nextval(pg_get_serial_sequence('accounting_journalentry', 'id'))")[0][0]
    lines = []
    for n, line in enumerate(draft.lines, 1):
        code, bound, items = known.get(int(line.account), ("", "", None)) if not line.item else ("", "", None)
        if code and bound == "item":
            side = 1 if line.value > 0 else -1
            line = replace(line, item=f"opening:{number}.{n}", side=side, text=line.text or draft.text)
        elif code and len(items or ()) == 1:
            line = replace(line, item=items[0])
        elif code:
            told = ", ".join(sorted(items or ())) or "bank:1, tax:1"
            raise Refusal(
                "accounting.item", f"line {n}: account {code} needs to know what it belongs to", f"Name one of {told}.", "lines",
            )  # fmt: skip
        lines.append(line)
    return replace(draft, lines=tuple(lines))


def _bind(ctx: Ctx, ids: Sequence[int], numbers: Sequence[str]) -> None:
    rows.update(
        JournalEntry,
        ids,
        {
            "number": numbers,
            "state": ["posted"] * len(ids),
            "posted_at": [clock.now()] * len(ids),
            "posted_by": [ctx.actor] * len(ids),
        },
    )


def reverse_journal(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Reverse manual entries by their exact negation, dated ``on``."""
    reverse(ctx, JournalEntry, ids, on, text)


def post_opening(ctx: Ctx, draft: OpeningDraft) -> int:
    """Post opening balances in the opening period; return the document's id (POSTINGS §1)."""
    opening = [p for p in ledger.list_periods(ctx) if p.kind == "opening"]
    if not opening:
        raise Refusal("accounting.opening", "there is no opening period", "Open the first fiscal year.")
    on = draft.on or opening[0].ends
    number = rows.execute("SELECT nextval(pg_get_serial_sequence('accounting_journalentry', 'id'))")[0][0]
    lines = ledgers.opening_lines(draft, f"opening:{number}")
    if not lines:
        raise Refusal("accounting.opening", "there is nothing to open with")
    return post_journal(ctx, [JournalDraft(on, tuple(lines), draft.text, "opening", "opening")])[0]
