"""Payments are recorded, ordered, settled, refunded and reversed; many at a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.banking import ledgers
from backstay.domains.banking.models import BankAccount, PartyAccount, Payment, PaymentLine
from backstay.domains.banking.rules import (
    BankAccountDraft,
    PaymentDraft,
    PaymentLineDraft,
    SettleDraft,
    check_iban,
    unallocated,
)
from backstay.domains.invoicing.processes import tolerance
from backstay.domains.invoicing.queries import open_items
from backstay.ledger.posting import Entry, Line, Sub, account_id
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import Lifecycle

KIND = ledgers.KIND
LIFE = Lifecycle(
    KIND,
    {
        "post": (("draft",), "posted"),
        "order": (("draft",), "ordered"),
        "settle": (("ordered",), "posted"),
        "unsettle": (("posted",), "ordered"),
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


def create_bank_accounts(ctx: Ctx, drafts: Sequence[BankAccountDraft]) -> list[int]:
    """Make bank accounts and cash boxes; a code that is not given is the name in capitals."""
    access.require(ctx, "banking.bankaccount.create")
    ids = rows.insert(
        BankAccount,
        _columns(drafts)
        | {
            "currency_id": [ctx.currency] * len(drafts),
            "account_id": [account_id(ctx, "bank" if d.kind == "bank" else "cash") for d in drafts],
        },
    )
    return ids


def edit_bank_accounts(ctx: Ctx, changes: Mapping[int, BankAccountDraft]) -> None:
    """Change name, IBAN or BIC of bank accounts; old values are kept by the database."""
    access.require(ctx, "banking.bankaccount.change", list(changes))
    kinds = rows.lock(BankAccount, list(changes), "kind")
    for row, draft in zip(kinds, changes.values(), strict=True):
        if row.kind != draft.kind:
            raise Refusal("banking.kind", "a bank account stays one, and a cash box too", "Make another.")
    rows.update(BankAccount, list(changes), _columns(list(changes.values())))


def _columns(drafts: Sequence[BankAccountDraft]) -> dict[str, Sequence[str]]:
    for draft in drafts:
        if not draft.name.strip():
            raise Refusal("banking.name", "a bank account needs a name", "Fill it in.")
    return {
        "kind": [d.kind for d in drafts],
        "code": [d.code.strip() or d.name.strip().upper()[:20] for d in drafts],
        "name": [d.name.strip() for d in drafts],
        "iban": [check_iban(d.iban) for d in drafts],
        "bic": [d.bic.replace(" ", "").upper() for d in drafts],
    }


def record_payments(ctx: Ctx, drafts: Sequence[PaymentDraft]) -> list[Recorded]:
    """Record money that was received or paid, with what it settles; no item passes 0 (``ledger.guard``)."""
    access.require(ctx, f"{KIND}.post")
    return _make(ctx, drafts, "posted")


def pay_invoices(ctx: Ctx, drafts: Sequence[SettleDraft]) -> list[Recorded]:
    """Record that customers paid invoices: in full, in part or too much. Credit notes are paid back."""
    return _pay(ctx, "invoice", "receivable", drafts)


def pay_bills(ctx: Ctx, drafts: Sequence[SettleDraft]) -> list[Recorded]:
    """Record that bills were paid."""
    return _pay(ctx, "bill", "payable", drafts)


def _pay(ctx: Ctx, kind: str, side: str, drafts: Sequence[SettleDraft]) -> list[Recorded]:
    access.require(ctx, f"{KIND}.post")
    items = {each.item: each for each in open_items(ctx, side)}
    first = rows.execute(
        "SELECT min(id) FROM banking_bankaccount WHERE company_id = %s AND archived_on IS NULL", [ctx.company]
    )[0][0]
    made = []
    for draft in drafts:
        item = items.get(f"{kind}:{draft.document}")
        if item is None:
            raise Refusal(
                "banking.settled",
                f"nothing is open of this {kind}",
                "Look at its flow: it is paid.",
                f"{kind}:{draft.document}",
            )
        amount = abs(item.amount) if draft.amount is None else draft.amount
        line = PaymentLineDraft(item.item, min(amount, abs(item.amount)))
        way = "in" if (side == "receivable") == (item.amount > 0) else "out"
        made.append(
            PaymentDraft(
                way,
                item.party_id,
                draft.bank_account or first,
                amount,
                draft.on,
                (line,),
                reference=draft.reference,
                side=side,
            )
        )
    return record_payments(ctx, made)


def remember_table(ctx: Ctx, account: int, told: dict[str, Any]) -> None:
    """Keep how a bank writes its tables, for the next file."""
    access.require(ctx, "banking.bankaccount.change", [account])
    rows.update(BankAccount, [account], {"table_map": [told]})


def order_payments(ctx: Ctx, drafts: Sequence[PaymentDraft], run: int | None = None) -> list[Recorded]:
    """Order payments at the bank: items are settled, the money stands in transit until it is seen (POSTINGS 7.6)."""
    access.require(ctx, f"{KIND}.order")
    parties = sorted({d.party for d in drafts})
    paid_to = [
        a.id for a in rows.of(PartyAccount, "party_id", parties, "archived_on") if a.archived_on is None
    ]
    access.apart(ctx, f"{KIND}.order", {"parties.party": parties, "banking.partyaccount": paid_to})
    if any(d.way != "out" or d.fee for d in drafts):
        raise Refusal("banking.order", "only payments out are ordered, and their fee is not known yet")
    return _make(ctx, drafts, "ordered", run)


def _make(ctx: Ctx, drafts: Sequence[PaymentDraft], state: str, run: int | None = None) -> list[Recorded]:
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
            "run_id": [run] * count,
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
    settle_each(ctx, ids, [on] * len(ids))


def settle_each(ctx: Ctx, ids: Sequence[int], days: Sequence[date]) -> None:
    """The bank has carried ordered payments out, each on its day."""
    access.require(ctx, f"{KIND}.settle", ids)
    found = rows.lock(Payment, ids, "state", "number", "bank_account_id", "amount")
    state = LIFE.check("settle", found)
    accounts = _bank_accounts(ctx, {p.bank_account_id for p in found})
    sql = "SELECT source, count(*) FROM entry WHERE company_id = %s AND source = ANY(%s::text[]) AND event LIKE 'settle%%' GROUP BY 1"
    before = dict(rows.execute(sql, [ctx.company, [f"{KIND}:{i}" for i in ids]]))
    entries = []
    for p, on in zip(found, days, strict=True):
        bank = ledgers.bank_sub(accounts[p.bank_account_id].account_id, ctx.currency, p.bank_account_id)
        transit = Sub("transit", ctx.currency, item=f"{bank.item}/run:{p.id}")
        lines = (Line(transit, p.amount, p.amount), Line(bank, -p.amount, -p.amount))
        source = f"{KIND}:{p.id}"
        event = (
            f"settle.{before[source]}" if source in before else "settle"
        )  # it was settled, and that was undone
        entries.append(Entry("bank", on, source, event, lines, p.number))
    ledger.post(ctx, entries)
    audit.record(ctx, KIND, ids, "settle")
    rows.update(Payment, ids, {"state": [state] * len(ids), "settled_on": list(days)})


def unsettle_payments(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """The bank has not carried payments out after all: they wait in transit again."""
    access.require(ctx, f"{KIND}.unsettle", ids)
    state = LIFE.check("unsettle", rows.lock(Payment, ids, "state", "number"))
    settled = [e for e in ledger.entries_of(ctx, [f"{KIND}:{i}" for i in ids]) if e[2].startswith("settle")]
    if len(settled) < len(set(ids)):
        raise Refusal("banking.unsettle", "a payment was not ordered at the bank", "Reverse it instead.")
    for event in sorted({e[2] for e in settled}):
        mine = [e for e in settled if e[2] == event]
        ledger.reverse(ctx, [e[0] for e in mine], on, [e[1] for e in mine], f"reverse.{event}", text)
    audit.record(ctx, KIND, ids, "unsettle")
    rows.update(Payment, ids, {"state": [state] * len(ids), "settled_on": [None] * len(ids)})


def reverse_payments(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Reverse payments: what they settled is open again."""
    access.require(ctx, f"{KIND}.reverse", ids)
    state = LIFE.check("reverse", rows.lock(Payment, ids, "state", "number"))
    entries = ledger.entries_of(ctx, [f"{KIND}:{i}" for i in ids])
    for event in sorted({e[2] for e in entries}, reverse=True):
        mine = [e for e in entries if e[2] == event]
        ledger.reverse(ctx, [e[0] for e in mine], on, [e[1] for e in mine], f"reverse.{event}", text)
    audit.record(ctx, KIND, ids, "reverse")
    events.emit(ctx, f"{KIND}_reversed", ids)
    rows.update(Payment, ids, {"state": [state] * len(ids)})
