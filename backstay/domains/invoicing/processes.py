"""Invoices are issued and credited, bills entered, open items allocated, all reversed by exact negation.

Each process takes many documents at a fixed number of statements; the legal number is drawn last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db import models

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.base.rounding import whole
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.invoicing import ledgers
from backstay.domains.invoicing.models import (
    Allocation,
    Bill,
    BillLine,
    BillTax,
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from backstay.domains.invoicing.rules import (
    AllocationDraft,
    BillDraft,
    BillLineDraft,
    CreditDraft,
    InvoiceDraft,
    InvoiceLineDraft,
    due,
    residue,
    tolerance,
)
from backstay.domains.parties.processes import change_parties
from backstay.domains.parties.queries import terms
from backstay.domains.tax.processes import TaxLine, Totals, line_net, totals
from backstay.domains.tax.queries import choose
from backstay.ledger.posting import Entry, Line, Sub, account_id
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.documents import Lifecycle

__all__ = [
    "AllocationDraft",
    "BillDraft",
    "BillLineDraft",
    "CreditDraft",
    "InvoiceDraft",
    "InvoiceLineDraft",
    "Issued",
    "allocate",
    "credit_invoices",
    "enter_bills",
    "issue_invoices",
    "reverse_allocations",
    "reverse_bills",
    "reverse_invoices",
    "set_credit_limits",
    "tolerance",
]
STATES = {"post": (("draft",), "posted"), "reverse": (("posted",), "reversed")}
KINDS: dict[str, type[models.Model]] = {
    "invoicing.invoice": Invoice,
    "invoicing.bill": Bill,
    "invoicing.allocation": Allocation,
}
LIVES = {kind: Lifecycle(kind, STATES) for kind in KINDS}
numbering.register("invoicing.invoice", "INV")
numbering.register("invoicing.credit_note", "CN")
numbering.register("invoicing.bill", "BILL")
numbering.register("invoicing.debit_note", "DN")
numbering.register("invoicing.allocation", "AL")
register(
    {
        "invoicing.bill_once": (
            "this supplier's bill number was entered before",
            "Look at the bill with this number; reverse it if it was wrong.",
        ),
        "invoicing.credit_left": (
            "more would be credited than is left of the line",
            "Credit no more than is left.",
        ),
    }
)


class Issued(NamedTuple):
    """A posted demand: its id, number, line ids in order, and gross in steps."""

    id: int
    number: str
    line_ids: list[int]
    gross: int


class _Worked(NamedTuple):
    """A draft with everything looked up: due date, rounding, per line (tax code, percent, account), totals."""

    due_on: date
    rounding: str
    taxes: list[tuple[int, Decimal]]
    totals: Totals


def _lines_of(draft: InvoiceDraft | BillDraft) -> tuple[InvoiceLineDraft | BillLineDraft, ...]:
    return draft.lines


def _work_out(
    ctx: Ctx, drafts: Sequence[InvoiceDraft | BillDraft], way: str
) -> tuple[list[_Worked], dict[int, ItemFacts]]:
    unknown = {d.party for d in drafts if d.due_on is None or any(x.tax is None for x in d.lines)}
    parties = terms(ctx, unknown) if unknown else {}
    lines = [(d, line) for d in drafts for line in d.lines]
    blank = [
        line.item
        for _, line in lines
        if line.item is not None and (line.tax is None or (way == "out" and line.account is None))
    ]
    facts = trade_facts(ctx, blank) if blank else {}
    asked = []
    for draft, line in lines:
        if line.tax is None:
            tax_class = facts[line.item].tax_class if line.item is not None else line.tax_class
            asked.append((tax_class, parties[draft.party].tax_treatment, way, draft.issued_on))
    chosen = iter(choose(ctx, asked)) if asked else iter(())
    worked = []
    for draft in drafts:
        if not draft.lines:
            raise Refusal("invoicing.lines", "there are no lines", "Add what is invoiced.")
        taxes = [line.tax if line.tax is not None else next(chosen) for line in draft.lines]
        rounding = draft.rounding or str(ctx.settings.get("rounding", "total"))
        figures = [
            TaxLine(line_net(line.quantity, line.unit_price, line.discount), code, percent)
            for line, (code, percent) in zip(_lines_of(draft), taxes, strict=True)
        ]
        day = draft.due_on or due(draft.issued_on, parties[draft.party].payment_days, None)
        worked.append(_Worked(day, rounding, taxes, totals(figures, ctx.scale, rounding)))
    return worked, facts


def _headers(
    ctx: Ctx, drafts: Sequence[InvoiceDraft | BillDraft], worked: Sequence[_Worked]
) -> dict[str, list[Any]]:
    return {
        "state": ["draft"] * len(drafts),
        "created_by": [ctx.actor] * len(drafts),
        "note": [d.note for d in drafts],
        "party_id": [d.party for d in drafts],
        "issued_on": [d.issued_on for d in drafts],
        "due_on": [w.due_on for w in worked],
        "currency_id": [ctx.currency] * len(drafts),
        "rounding": [w.rounding for w in worked],
        "net": [w.totals.net for w in worked],
        "tax": [w.totals.tax for w in worked],
        "reference": [d.reference for d in drafts],
    }


def _insert_lines(
    model: type[models.Model], key: str, ids: Sequence[int], drafts: Sequence[Any], worked: Sequence[_Worked],
    accounts: Sequence[int], **extra: Sequence[Any],
) -> list[list[int]]:  # fmt: skip
    owners = [i for i, d in zip(ids, drafts, strict=True) for _ in d.lines]
    lines = [line for d in drafts for line in d.lines]
    taxes = [t for w in worked for t in w.taxes]
    made = rows.insert(
        model,
        {
            key: owners,
            "position": [n for d in drafts for n in range(1, len(d.lines) + 1)],
            "item_id": [line.item for line in lines],
            "text": [line.text for line in lines],
            "quantity": [line.quantity for line in lines],
            "uom_id": [line.uom for line in lines],
            "unit_price": [line.unit_price for line in lines],
            "discount": [line.discount for line in lines],
            "tax_code_id": [code or None for code, _ in taxes],
            "percent": [percent for _, percent in taxes],
            "account_id": accounts,
            "net": [n for w in worked for n in w.totals.nets],
            "tax": [n for w in worked for n in w.totals.taxes],
        }
        | extra,
    )
    taken = iter(made)
    return [[next(taken) for _ in d.lines] for d in drafts]


def _insert_taxes(model: type[models.Model], key: str, ids: Sequence[int], worked: Sequence[_Worked]) -> None:
    groups = [(i, g) for i, w in zip(ids, worked, strict=True) for g in w.totals.groups]
    rows.insert(
        model,
        {
            key: [i for i, _ in groups],
            "tax_code_id": [g.code for _, g in groups],
            "percent": [g.percent for _, g in groups],
            "base": [g.base for _, g in groups],
            "tax": [g.tax for _, g in groups],
        },
    )


def _bind(ctx: Ctx, kind: str, ids: Sequence[int], series: Sequence[str], dates: Sequence[date]) -> list[str]:
    """Audit, then the numbers, last; with them the documents are binding."""
    numbers: dict[int, str] = {}
    for code in sorted(set(series)):
        mine = [n for n, s in enumerate(series) if s == code]
        drawn = numbering.bind(
            ctx, KINDS[kind], kind, [ids[n] for n in mine], code, [dates[n] for n in mine], state="posted"
        )
        numbers |= dict(zip(mine, drawn, strict=True))
    return [numbers[n] for n in range(len(ids))]


def _groups(worked: _Worked) -> list[ledgers.TaxGroup]:
    return [ledgers.TaxGroup(g.code, g.base, g.tax) for g in worked.totals.groups]


def issue_invoices(ctx: Ctx, drafts: Sequence[InvoiceDraft]) -> list[Issued]:
    """Make and post invoices: figures, entry, legal number. One transaction: all or none."""
    access.require(ctx, "invoicing.invoice.post")
    if not drafts:
        return []
    worked, facts = _work_out(ctx, drafts, "out")
    accounts: list[list[int | str]] = [
        [
            line.account or (facts[line.item].revenue if line.item is not None else "services")
            for line in d.lines
        ]
        for d in drafts
    ]
    gross = [w.totals.gross for w in worked]
    headers = _headers(ctx, drafts, worked) | {"kind": ["invoice"] * len(drafts), "gross": gross}
    ids = rows.insert(Invoice, headers)
    resolved = [account_id(ctx, a) for each in accounts for a in each]
    line_ids = _insert_lines(InvoiceLine, "invoice_id", ids, drafts, worked, resolved)
    _insert_taxes(InvoiceTax, "invoice_id", ids, worked)
    entries = [
        ledgers.invoice(
            document=i, kind="invoice", party=d.party, on=d.issued_on, currency=ctx.currency, gross=w.totals.gross,
            nets=list(zip(a, w.totals.nets, strict=True)), taxes=_groups(w),
        )
        for i, d, w, a in zip(ids, drafts, worked, accounts, strict=True)
    ]  # fmt: skip
    ledger.post(ctx, _worth(entries), _holds(ctx, drafts, gross))
    series = ["invoicing.invoice"] * len(ids)
    numbers = _bind(ctx, "invoicing.invoice", ids, series, [d.issued_on for d in drafts])
    return [Issued(*each) for each in zip(ids, numbers, line_ids, gross, strict=True)]


def _holds(ctx: Ctx, drafts: Sequence[InvoiceDraft], gross: Sequence[int]) -> list[tuple[int, int]]:
    """The part of each credit hold that its invoice consumes: its gross, or what the hold has left."""
    wanted = sorted({d.hold for d in drafts if d.hold is not None})
    if not wanted:
        return []
    left = dict(ledger.lock_balances(ctx, (), {d.issued_on for d in drafts}, wanted).holds)
    spent = []
    for draft, amount in zip(drafts, gross, strict=True):
        if draft.hold is not None and (part := min(left.get(draft.hold, 0), amount)) > 0:
            left[draft.hold] -= part
            spent.append((draft.hold, part))
    return spent


def _worth(entries: Sequence[Entry]) -> list[Entry]:
    """Entries that move something: an invoice over nothing posts nothing."""
    return [e for e in entries if len(e.lines) > 1]


def credit_invoices(ctx: Ctx, drafts: Sequence[CreditDraft], *, settle: bool = True) -> list[Issued]:
    """Credit invoices by line, never more than is left of one; ``settle`` allocates each to its invoice.

    A quantity credits its share of the line's net; the last credit takes all that is left. Tax follows at the
    invoice's own rate (POSTINGS 9.2, 9.3; VATD 90, 219).
    """
    access.require(ctx, "invoicing.invoice.credit", [d.invoice for d in drafts])
    if not drafts:
        return []
    facts = {
        i.id: i
        for i in rows.lock(
            Invoice, sorted({d.invoice for d in drafts}), "kind", "state", "number", "party_id", "rounding"
        )
    }
    for header in facts.values():
        if header.kind != "invoice" or header.state != "posted":
            raise Refusal(
                "invoicing.credit",
                f"{header.number or header.id} is no posted invoice: it cannot be credited",
            )
    every = rows.of(
        InvoiceLine, "invoice_id", list(facts), "invoice_id", "item_id", "text", "quantity", "uom_id", "unit_price",
        "discount", "tax_code_id", "percent", "account_id", "net", "credited",
    )  # fmt: skip
    by_id = {line.id: line for line in every}
    chosen: list[list[tuple[Any, Decimal, int]]] = []
    credited = {line.id: line.credited for line in every}
    for draft in drafts:
        asked = draft.lines or tuple((line.id, None) for line in every if line.invoice_id == draft.invoice)
        taken = []
        for line_id, quantity, *net in asked:
            line = by_id.get(line_id)
            if line is None or line.invoice_id != draft.invoice:
                raise Refusal(
                    "invoicing.credit", f"line {line_id} is not of invoice {facts[draft.invoice].number}"
                )
            left = line.net - credited[line_id]
            share = net[0] if net else left if quantity is None else _share(line, quantity)
            if share > left or share < 0:
                raise Refusal(
                    "invoicing.credit_left",
                    f"{facts[draft.invoice].number}: {share} would be credited, {left} are left of {line.text}",
                    "Credit no more than is left.",
                )
            credited[line_id] += share
            if share or quantity is not None:
                taken.append((line, line.quantity if quantity is None else quantity, share))
        chosen.append(taken)
    worked = [
        _credit_totals(ctx, facts[d.invoice].rounding, lines) for d, lines in zip(drafts, chosen, strict=True)
    ]
    shaped = [
        InvoiceDraft(
            facts[d.invoice].party_id,
            d.on,
            tuple(
                InvoiceLineDraft(
                    x.text, q, x.unit_price, x.item_id, x.uom_id, x.discount, account=x.account_id
                )
                for x, q, _ in lines
            ),
            due_on=d.on,
            reference=facts[d.invoice].number,
            note=d.reason,
        )
        for d, lines in zip(drafts, chosen, strict=True)
    ]
    full = [_Worked(d.on, facts[d.invoice].rounding, t, w) for d, (t, w) in zip(drafts, worked, strict=True)]
    gross = [w.totals.gross for w in full]
    headers = _headers(ctx, shaped, full) | {
        "kind": ["credit_note"] * len(drafts),
        "gross": gross,
        "credits_id": [d.invoice for d in drafts],
    }
    ids = rows.insert(Invoice, headers)
    accounts = [x.account_id for lines in chosen for x, _, _ in lines]
    origin = [x.id for lines in chosen for x, _, _ in lines]
    line_ids = _insert_lines(InvoiceLine, "invoice_id", ids, shaped, full, accounts, credits_line_id=origin)
    _insert_taxes(InvoiceTax, "invoice_id", ids, full)
    entries = [
        ledgers.invoice(
            document=i, kind="credit_note", party=s.party, on=s.issued_on, currency=ctx.currency, gross=w.totals.gross,
            nets=[(x.account_id, n) for (x, _, _), n in zip(lines, w.totals.nets, strict=True)], taxes=_groups(w),
            text=s.note,
        )
        for i, s, w, lines in zip(ids, shaped, full, chosen, strict=True)
    ]  # fmt: skip
    ledger.post(ctx, _worth(entries))
    changed = sorted({x.id for lines in chosen for x, _, _ in lines})
    rows.update(InvoiceLine, changed, {"credited": [credited[i] for i in changed]})
    numbers = _bind(
        ctx, "invoicing.invoice", ids, ["invoicing.credit_note"] * len(ids), [d.on for d in drafts]
    )
    if settle:
        _settle(ctx, drafts, ids, gross, facts)
    return [Issued(*each) for each in zip(ids, numbers, line_ids, gross, strict=True)]


def _share(line: Any, quantity: Decimal) -> int:
    """Net of ``quantity`` of a line, rounded; all of it gives exactly the line's net."""
    return whole(Fraction(line.net) * Fraction(quantity) / Fraction(line.quantity)) if line.quantity else 0


def _credit_totals(
    ctx: Ctx, rounding: str, lines: Sequence[tuple[Any, Decimal, int]]
) -> tuple[list[tuple[int, Decimal]], Totals]:
    taxes = [(line.tax_code_id or 0, line.percent) for line, _, _ in lines]
    figures = [
        TaxLine(Fraction(share, 10**ctx.scale), code, percent)
        for (_, _, share), (code, percent) in zip(lines, taxes, strict=True)
    ]
    return taxes, totals(figures, ctx.scale, rounding)


def _settle(
    ctx: Ctx,
    drafts: Sequence[CreditDraft],
    ids: Sequence[int],
    gross: Sequence[int],
    facts: Mapping[int, Any],
) -> None:
    """Allocate credit notes to what is still open of their invoices."""
    subs = {
        d.invoice: Sub(
            "receivable", ctx.currency, party=facts[d.invoice].party_id, item=f"invoice:{d.invoice}", side=1
        )
        for d in drafts
    }
    left = {
        invoice: ledger_balance.amount
        for invoice, ledger_balance in zip(
            subs,
            ledger.lock_balances(ctx, subs.values(), {d.on for d in drafts}).balances.values(),
            strict=True,
        )
    }
    wanted = []
    for draft, note, amount in zip(drafts, ids, gross, strict=True):
        part = min(amount, left[draft.invoice])
        left[draft.invoice] -= part
        if part > 0:
            party = facts[draft.invoice].party_id
            wanted.append(
                AllocationDraft(
                    party, "receivable", f"invoice:{draft.invoice}", f"invoice:{note}", part, draft.on
                )
            )
    allocate(ctx, wanted)


def enter_bills(ctx: Ctx, drafts: Sequence[BillDraft]) -> list[Issued]:
    """Enter and post suppliers' bills and debit notes; a supplier's number is taken once."""
    access.require(ctx, "invoicing.bill.post")
    if not drafts:
        return []
    worked, _ = _work_out(ctx, drafts, "in")
    limit = tolerance(ctx.settings, "bill_rounding", ctx.scale, "0.02")
    differences = [
        residue(w.totals.gross, d.total, limit, d.supplier_number)
        for d, w in zip(drafts, worked, strict=True)
    ]
    gross = [w.totals.gross + difference for w, difference in zip(worked, differences, strict=True)]
    headers = _headers(ctx, drafts, worked) | {
        "kind": [d.kind for d in drafts],
        "gross": gross,
        "supplier_number": [d.supplier_number for d in drafts],
        "difference": differences,
    }
    ids = rows.insert(Bill, headers)
    accounts = [
        account_id(ctx, x.postings[0].sub.account if x.postings else x.account)
        for d in drafts
        for x in d.lines
    ]
    line_ids = _insert_lines(
        BillLine, "bill_id", ids, drafts, worked, accounts,
        clears=[x.clears for d in drafts for x in d.lines], cleared=[x.cleared for d in drafts for x in d.lines],
    )  # fmt: skip
    _insert_taxes(BillTax, "bill_id", ids, worked)
    entries = []
    for i, d, w, g, difference in zip(ids, drafts, worked, gross, differences, strict=True):
        postings: list[Line] = []
        for x, net in zip(d.lines, w.totals.nets, strict=True):
            postings += x.postings or [Line(Sub(x.account, ctx.currency), net, net)]
        entries.append(
            ledgers.bill(
                document=i, kind=d.kind, party=d.party, on=d.issued_on, currency=ctx.currency, gross=g,
                postings=postings, taxes=_groups(w), difference=difference, text=d.supplier_number,
            )
        )  # fmt: skip
    ledger.post(ctx, _worth(entries))
    series = ["invoicing.bill" if d.kind == "bill" else "invoicing.debit_note" for d in drafts]
    numbers = _bind(ctx, "invoicing.bill", ids, series, [d.issued_on for d in drafts])
    return [Issued(*each) for each in zip(ids, numbers, line_ids, gross, strict=True)]


def allocate(ctx: Ctx, drafts: Sequence[AllocationDraft]) -> list[int]:
    """Settle open items with one another; no item passes 0 (``ledger.guard``)."""
    access.require(ctx, "invoicing.allocation.post")
    if not drafts:
        return []
    ids = rows.insert(
        Allocation,
        {
            "state": ["draft"] * len(drafts),
            "created_by": [ctx.actor] * len(drafts),
            "party_id": [d.party for d in drafts],
            "side": [d.side for d in drafts],
            "allocated_on": [d.on for d in drafts],
            "debit_item": [d.debit_item for d in drafts],
            "credit_item": [d.credit_item for d in drafts],
            "amount": [d.amount for d in drafts],
        },
    )
    ledger.post(ctx, [ledgers.allocation(d, i, ctx.currency) for i, d in zip(ids, drafts, strict=True)])
    _bind(ctx, "invoicing.allocation", ids, ["invoicing.allocation"] * len(ids), [d.on for d in drafts])
    return ids


def _reverse(ctx: Ctx, kind: str, ids: Sequence[int], on: date, text: str) -> None:
    access.require(ctx, f"{kind}.reverse", ids)
    state = LIVES[kind].check("reverse", rows.lock(KINDS[kind], ids, "state", "number"))
    events.emit(ctx, f"{kind}_reversed", ids)  # orders that counted them count them no more
    entries = ledger.entries_of(ctx, [f"{kind}:{i}" for i in ids])
    ledger.reverse(ctx, [e[0] for e in entries], on, [e[1] for e in entries], "reverse", text)
    audit.record(ctx, kind, ids, "reverse")
    rows.update(KINDS[kind], ids, {"state": [state] * len(ids)})


def reverse_invoices(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Cancel invoices nobody has paid: the exact negation, dated ``on`` (POSTINGS §35)."""
    _reverse(ctx, "invoicing.invoice", ids, on, text)
    notes = rows.of(InvoiceLine, "invoice_id", ids, "credits_line_id", "net")
    back = [(n.credits_line_id, n.net) for n in notes if n.credits_line_id is not None]
    if back:
        lines = {
            line.id: line.credited
            for line in rows.lock(InvoiceLine, sorted({i for i, _ in back}), "credited")
        }
        for i, net in back:
            lines[i] -= net
        rows.update(InvoiceLine, list(lines), {"credited": list(lines.values())})


def reverse_bills(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Cancel bills that nobody has paid yet."""
    _reverse(ctx, "invoicing.bill", ids, on, text)


def reverse_allocations(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Open the items again."""
    _reverse(ctx, "invoicing.allocation", ids, on, text)


def set_credit_limits(ctx: Ctx, limits: Mapping[int, int | None]) -> None:
    """Bound what customers may owe, held orders included; None takes the limit away."""
    access.require(ctx, "invoicing.credit_limit.set", list(limits))
    change_parties(ctx, list(limits), {"credit_limit": list(limits.values())})
    for party, limit in sorted(limits.items()):
        ledger.set_guard(
            ctx, f"credit limit of party {party}", measure="value", sign=-1, floor=-(limit or 0),
            account="receivable", party=party, active=limit is not None,
        )  # fmt: skip
