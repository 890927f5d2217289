"""Payments are recorded, ordered, settled, refunded and reversed; many at a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.banking import ledgers
from backstay.domains.banking.models import BankAccount, Payment, PaymentLine
from backstay.domains.banking.rules import PaymentDraft, PaymentLineDraft, check_iban, unallocated
from backstay.domains.invoicing.processes import tolerance
from backstay.ledger.posting import Entry, Line, Sub, account_id
from backstay.platform import access, audit, numbering, rows
from backstay.platform.documents import Lifecycle

__all__ = [
    "PaymentDraft",
    "PaymentLineDraft",
    "Recorded",
    "create_bank_accounts",
    "order_payments",
    "record_payments",
    "reverse_payments",
    "settle_payments",
]
KIND = ledgers.KIND
LIFE = Lifecycle(
    KIND,
    {
        "post": (("draft",), "posted"),
        "order": (("draft",), "ordered"),
        "settle": (("ordered",), "posted"),
        "reverse": (("ordered", "posted"), "reversed"),
    },
)
numbering.register(KIND, "PAY")
register({"banking.code_once": ("another bank account has this code", "Choose another code.")})


class Recorded(NamedTuple):
    """A payment that was recorded."""

    id: int
    number: str
    unallocated: int


def create_bank_accounts(ctx: Ctx, accounts: Sequence[tuple[str, str, str, str]]) -> list[int]:
    """Make bank accounts and cash boxes: (kind, code, name, IBAN)."""
    access.require(ctx, "banking.account.create")
    ids = rows.insert(
        BankAccount,
        {
            "kind": [a[0] for a in accounts],
            "code": [a[1] for a in accounts],
            "name": [a[2] for a in accounts],
            "iban": [check_iban(a[3]) for a in accounts],
            "currency_id": [ctx.currency] * len(accounts),
            "account_id": [account_id(ctx, "bank" if a[0] == "bank" else "cash") for a in accounts],
        },
    )
    audit.record(ctx, "banking.account", ids, "create")
    return ids


def record_payments(ctx: Ctx, drafts: Sequence[PaymentDraft]) -> list[Recorded]:
    """Record money that was received or paid, with what it settles; no item passes 0 (``ledger.guard``)."""
    access.require(ctx, f"{KIND}.post")
    return _make(ctx, drafts, "posted")


def order_payments(ctx: Ctx, drafts: Sequence[PaymentDraft]) -> list[Recorded]:
    """Order payments at the bank: items are settled, the money stands in transit until it is seen (POSTINGS 7.6)."""
    access.require(ctx, f"{KIND}.order")
    if any(d.way != "out" or d.fee for d in drafts):
        raise Refusal("banking.order", "only payments out are ordered, and their fee is not known yet")
    return _make(ctx, drafts, "ordered")


def _make(ctx: Ctx, drafts: Sequence[PaymentDraft], state: str) -> list[Recorded]:
    if not drafts:
        return []
    limit = tolerance(ctx.settings, "payment_difference", ctx.scale, "1.00")
    rests = [unallocated(d, limit) for d in drafts]
    accounts = _bank_accounts(ctx, {d.bank_account for d in drafts})
    count = len(drafts)
    ids = rows.insert(
        Payment,
        {
            "state": ["draft"] * count,
            "created_by": [ctx.actor] * count,
            "way": [d.way for d in drafts],
            "party_id": [d.party for d in drafts],
            "bank_account_id": [d.bank_account for d in drafts],
            "paid_on": [d.on for d in drafts],
            "method": [d.method for d in drafts],
            "amount": [d.amount for d in drafts],
            "fee": [d.fee for d in drafts],
            "unallocated": rests,
            "reference": [d.reference for d in drafts],
        },
    )
    lines = [(i, n, line) for i, d in zip(ids, drafts, strict=True) for n, line in enumerate(d.lines, 1)]
    rows.insert(
        PaymentLine,
        {
            "payment_id": [i for i, _, _ in lines],
            "position": [n for _, n, _ in lines],
            "item": [line.item for *_, line in lines],
            "amount": [line.amount for *_, line in lines],
            "difference": [line.difference for *_, line in lines],
            "reason": [line.reason for *_, line in lines],
        },
    )
    entries = []
    for i, draft, rest in zip(ids, drafts, rests, strict=True):
        account = accounts[draft.bank_account]
        bank = ledgers.bank_sub(account.account_id, ctx.currency, draft.bank_account)
        if state == "ordered":
            bank = Sub("transit", ctx.currency, item=f"{bank.item}/run:{i}")
        entries.append(ledgers.payment(draft, i, bank, rest, account.kind))
    ledger.post(ctx, entries)
    settled = [None if state == "ordered" else d.on for d in drafts]
    numbers = numbering.bind(
        ctx, Payment, KIND, ids, KIND, [d.on for d in drafts],
        state=state, event="order" if state == "ordered" else "post", columns={"settled_on": settled},
    )  # fmt: skip
    return [Recorded(*each) for each in zip(ids, numbers, rests, strict=True)]


def _bank_accounts(ctx: Ctx, ids: set[int]) -> dict[int, BankAccount]:
    found = {a.id: a for a in rows.of(BankAccount, "id", sorted(ids), "kind", "account_id", "code")}
    if missing := ids - set(found):
        raise Refusal(
            "banking.account", f"no bank account with id {min(missing)}", "Make it among the bank accounts."
        )
    return found


def settle_payments(ctx: Ctx, ids: Sequence[int], on: date) -> None:
    """The bank has carried ordered payments out: from transit to the bank account (POSTINGS 7.7)."""
    access.require(ctx, f"{KIND}.settle", ids)
    found = rows.lock(Payment, ids, "state", "number", "bank_account_id", "amount")
    state = LIFE.check("settle", found)
    accounts = _bank_accounts(ctx, {p.bank_account_id for p in found})
    entries = []
    for p in found:
        bank = ledgers.bank_sub(accounts[p.bank_account_id].account_id, ctx.currency, p.bank_account_id)
        transit = Sub("transit", ctx.currency, item=f"{bank.item}/run:{p.id}")
        lines = (Line(transit, p.amount, p.amount), Line(bank, -p.amount, -p.amount))
        entries.append(Entry("bank", on, f"{KIND}:{p.id}", "settle", lines, p.number))
    ledger.post(ctx, entries)
    audit.record(ctx, KIND, ids, "settle")
    rows.update(Payment, ids, {"state": [state] * len(ids), "settled_on": [on] * len(ids)})


def reverse_payments(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Reverse payments: what they settled is open again."""
    access.require(ctx, f"{KIND}.reverse", ids)
    state = LIFE.check("reverse", rows.lock(Payment, ids, "state", "number"))
    entries = ledger.entries_of(ctx, [f"{KIND}:{i}" for i in ids])
    for event in sorted({e[2] for e in entries}, reverse=True):
        mine = [e for e in entries if e[2] == event]
        ledger.reverse(ctx, [e[0] for e in mine], on, [e[1] for e in mine], f"reverse.{event}", text)
    audit.record(ctx, KIND, ids, "reverse")
    rows.update(Payment, ids, {"state": [state] * len(ids)})
