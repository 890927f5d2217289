"""Payment runs: what is due goes to the bank in one file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.banking.models import BankAccount, PartyAccount, Payment, PaymentRun
from backstay.domains.banking.paying import Recorded, order_payments, reverse_payments
from backstay.domains.banking.rules import PartyAccountDraft, PaymentDraft, RunDraft, check_iban, netted
from backstay.domains.invoicing.processes import AllocationDraft, allocate
from backstay.domains.invoicing.queries import open_items
from backstay.domains.parties.queries import terms
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import Lifecycle

RUN = "banking.paymentrun"
RUNS = Lifecycle(RUN, {"order": (("draft",), "ordered"), "reverse": (("ordered",), "reversed")})
numbering.register(RUN, "RUN")


def create_runs(ctx: Ctx, drafts: Sequence[RunDraft]) -> list[Recorded]:
    """Order payments of open items, one per supplier and run; credit notes are set off first.

    Raises Refusal: ``banking.iban`` (ours or a supplier's is missing), ``banking.run`` (nothing to pay),
    ``ledger.guard`` (an item is paid meanwhile).
    """
    access.require(ctx, f"{RUN}.create")
    done = []
    for draft in drafts:
        _check(ctx, draft)
        payments, allocations = [], []
        for party, items in draft.items:
            total = sum(amount for _, amount in items)
            if total <= 0:
                raise Refusal(
                    "banking.run",
                    "a supplier has nothing to get: credit notes come to more",
                    "Leave them for the next run.",
                )
            pairs, settled = netted([(item, -amount, 0) for item, amount in items])
            allocations += [AllocationDraft(party, "payable", *pair, draft.on) for pair in pairs]
            payments.append(PaymentDraft("out", party, draft.bank_account, total, draft.on, settled))
        allocate(ctx, allocations)
        total = sum(p.amount for p in payments)
        ids = rows.insert(
            PaymentRun,
            {
                "state": ["draft"], "created_by": [ctx.actor], "bank_account_id": [draft.bank_account], "executed_on": [draft.on],
                "count": [len(payments)], "total": [total],
            },
        )  # fmt: skip
        order_payments(ctx, payments, ids[0])
        drawn = numbering.bind(ctx, PaymentRun, RUN, ids, RUN, [draft.on], state="ordered", event="order")
        done.append(Recorded(ids[0], drawn[0], 0))
    return done


def _check(ctx: Ctx, draft: RunDraft) -> None:
    ours = rows.of(BankAccount, "id", [draft.bank_account], "iban", "name", "kind")
    if not ours or ours[0].kind != "bank" or not ours[0].iban:
        raise Refusal("banking.iban", "the bank account has no IBAN", "Enter it at the bank account.")
    if not draft.items:
        raise Refusal("banking.run", "nothing is chosen to be paid", "Choose what is due.")
    parties = [party for party, _ in draft.items]
    missing = sorted(set(parties) - set(party_ibans(ctx, parties)))
    if missing:
        raise Refusal(
            "banking.iban",
            f"there is no IBAN of {', '.join(t.name for t in terms(ctx, missing).values())}",
            "Enter it at the supplier.",
        )


def party_ibans(ctx: Ctx, parties: Sequence[int]) -> dict[int, tuple[str, str, str]]:
    """(IBAN, BIC, holder) of parties, the latest one that is in use."""
    found = rows.of(PartyAccount, "party_id", parties, "party_id", "iban", "bic", "holder", "archived_on")
    return {row.party_id: (row.iban, row.bic, row.holder) for row in found if row.archived_on is None}


def set_party_accounts(ctx: Ctx, drafts: Sequence[PartyAccountDraft]) -> list[int]:
    """Say where parties are paid. An account they had before is kept, out of use; one that is known takes the BIC and the
    holder that are said now."""
    access.require(ctx, "banking.partyaccount.set")
    checked = [
        (d.party, check_iban(d.iban), d.bic.replace(" ", "").upper(), d.holder.strip()) for d in drafts
    ]
    if any(not iban for _, iban, _, _ in checked):
        raise Refusal("banking.iban", "an IBAN is needed", "Fill it in.")
    before = rows.of(
        PartyAccount, "party_id", [a[0] for a in checked], "party_id", "iban", "bic", "holder", "archived_on"
    )
    known = {(row.party_id, row.iban): row for row in before}
    gone = [
        row.id
        for row in before
        if row.archived_on is None and (row.party_id, row.iban) not in {a[:2] for a in checked}
    ]
    again = [(known[a[:2]], *a[2:]) for a in checked if a[:2] in known]
    rows.update(PartyAccount, gone, {"archived_on": [ctx.today] * len(gone)})
    rows.update(
        PartyAccount,
        [row.id for row, _, _ in again],
        {
            "archived_on": [None] * len(again),
            "bic": [bic or row.bic for row, bic, _ in again],
            "holder": [holder or row.holder for row, _, holder in again],
        },
    )
    fresh = [a for a in checked if a[:2] not in known]
    ids = rows.insert(
        PartyAccount,
        {
            "party_id": [a[0] for a in fresh],
            "iban": [a[1] for a in fresh],
            "bic": [a[2] for a in fresh],
            "holder": [a[3] for a in fresh],
        },
    )
    by_key = {a[:2]: i for a, i in zip(fresh, ids, strict=True)} | {
        a[:2]: known[a[:2]].id for a in checked if a[:2] in known
    }
    return [by_key[a[:2]] for a in checked]


def due_items(ctx: Ctx, until: date) -> list[dict[str, object]]:
    """What could be paid: open payable items due by a day, credit notes among them, with the supplier's IBAN."""
    found = [
        each
        for each in open_items(ctx, "payable")
        if each.amount < 0 or not each.due_on or each.due_on <= until
    ]
    ibans = party_ibans(ctx, sorted({each.party_id for each in found}))
    return [each._asdict() | {"iban": ibans.get(each.party_id, ("",))[0]} for each in found]


def chosen_items(ctx: Ctx, items: Iterable[str]) -> dict[int, tuple[tuple[str, int], ...]]:
    """Chosen items as a run takes them: by party, each with all that is owed on it. What nothing is owed on is left out."""
    chosen, found = set(items), dict[int, tuple[tuple[str, int], ...]]()
    for each in open_items(ctx, "payable"):
        if each.item in chosen:
            found[each.party_id] = (*found.get(each.party_id, ()), (each.item, each.amount))
    return found


def reverse_runs(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """The bank has not taken a run: its payments are reversed, what they paid is open again."""
    access.require(ctx, f"{RUN}.reverse", ids)
    state = RUNS.check("reverse", rows.lock(PaymentRun, ids, "state", "number"))
    payments = rows.of(Payment, "run_id", ids, "state", "number")
    if seen := [p.number for p in payments if p.state == "posted"]:
        raise Refusal(
            "banking.run", f"the bank has carried out {seen[0]}", "Reverse the other payments one by one."
        )
    reverse_payments(ctx, [p.id for p in payments if p.state == "ordered"], on, text)
    audit.record(ctx, RUN, ids, "reverse")
    events.emit(ctx, f"{RUN}_reversed", ids)
    rows.update(PaymentRun, ids, {"state": [state] * len(ids)})
