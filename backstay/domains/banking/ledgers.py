"""Payments as entries; pure."""

from __future__ import annotations

from backstay.domains.banking.rules import PaymentDraft
from backstay.ledger.posting import Entry, Line, Sub

KIND = "banking.payment"


def bank_sub(account: int, currency: int, bank_account: int) -> Sub:
    """The subaccount of a bank account or cash box."""
    return Sub(account, currency, item=f"bank:{bank_account}")


def payment(draft: PaymentDraft, document: int, bank: Sub, rest: int, journal: str) -> Entry:
    """Money against the items it settles; the rest stands as the payer's own item (POSTINGS 2.3, 2.4, §7)."""
    way = 1 if draft.way == "in" else -1
    currency = bank.unit
    lines = [Line(bank, way * draft.amount, way * draft.amount)]
    if draft.fee:
        lines.append(Line(Sub("bank_fee", currency, item=f"bank:{draft.bank_account}"), draft.fee, draft.fee))
    difference = sum(line.difference for line in draft.lines)
    if difference:
        sub = Sub("payment_difference", currency, party=draft.party)
        lines.append(Line(sub, way * difference, way * difference))
    for line in draft.lines:
        sub = Sub(draft.role, currency, party=draft.party, item=line.item, side=way)
        lines.append(Line(sub, -way * line.amount, -way * line.amount))
    if rest:
        sub = Sub(draft.role, currency, party=draft.party, item=f"payment:{document}", side=-way)
        lines.append(Line(sub, -way * rest, -way * rest))
    return Entry(journal, draft.on, f"{KIND}:{document}", "post", tuple(lines), draft.reference)
