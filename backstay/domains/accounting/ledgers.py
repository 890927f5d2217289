"""Manual and opening entries as the ledger has them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backstay.domains.accounting.rules import JournalDraft, JournalLineDraft, OpeningDraft
from backstay.ledger.posting import Entry, Line, Sub

KIND = "accounting.journalentry"


def journal_entry(draft: JournalDraft, document: int, currency: int) -> Entry:
    """The entry of a manual document."""
    lines = tuple(
        Line(
            Sub(line.account, line.unit or currency, line.party or 0, line.item, line.place, 0, line.side),
            line.value if line.amount is None else line.amount,
            line.value,
        )
        for line in draft.lines
    )
    journal = "opening" if draft.kind == "opening" else "general"
    return Entry(journal, draft.on, f"{KIND}:{document}", "post", lines, draft.text, None, draft.period_kind)


def opening_lines(draft: OpeningDraft, document_item: str) -> list[JournalLineDraft]:
    """Open items one by one, stock with quantity, the rest against the opening balance account."""
    lines = [JournalLineDraft(account, value, item=item) for account, item, value in draft.balances if value]
    for n, (side, party, reference, value, *due) in enumerate(draft.items, 1):
        sign = 1 if value > 0 else -1
        item = f"{document_item}.{n}"
        lines.append(
            JournalLineDraft(
                side, value, party=party, item=item, side=sign, text=reference, due_on=due[0] if due else None
            )
        )
    for account, unit, place, quantity, value in draft.stock:
        lines.append(JournalLineDraft(account, value, quantity, unit, place=place))
        lines.append(JournalLineDraft("goods_opening", 0, -quantity, unit, item=document_item))
    rest = sum(line.value for line in lines)
    if rest:
        lines.append(JournalLineDraft("opening_balance", -rest))
    return lines


def closing_entry(
    sums: Sequence[tuple[Sub, int]], on: date, source: str, event: str, retained: Sub, text: str
) -> Entry | None:
    """Empty profit and loss into retained earnings; None when there is nothing (POSTINGS §33)."""
    lines = [Line(sub, -value, -value) for sub, value in sums if value]
    if not lines:
        return None
    result = sum(value for _, value in sums)
    if result:
        lines.append(Line(retained, result, result))
    return Entry("closing", on, source, event, tuple(lines), text, None, "closing")
