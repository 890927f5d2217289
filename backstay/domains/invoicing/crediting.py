"""Credit notes: never more than is left of what was invoiced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.base.rounding import whole
from backstay.domains.invoicing import ledgers
from backstay.domains.invoicing.demanding import (
    Issued,
    Worked,
    bind,
    groups_of,
    headers_of,
    insert_lines,
    insert_taxes,
    worth_posting,
)
from backstay.domains.invoicing.models import (
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from backstay.domains.invoicing.rules import (
    AllocationDraft,
    CreditDraft,
    InvoiceDraft,
    InvoiceLineDraft,
)
from backstay.domains.invoicing.settling import allocate
from backstay.domains.tax.processes import TaxLine, Totals, totals
from backstay.ledger.posting import Sub
from backstay.platform import access, rows

Taken = list[tuple[Any, Decimal, int]]  # (invoice line, quantity, net credited)


def credit_invoices(ctx: Ctx, drafts: Sequence[CreditDraft], *, settle: bool = True) -> list[Issued]:
    """Credit invoices by line, never more than is left of one; ``settle`` allocates each to its invoice.

    A quantity credits its share of the line's net; the last credit takes all that is left. Tax follows at the
    invoice's own rate (POSTINGS 9.2, 9.3; VATD 90, 219).
    """
    access.require(ctx, "invoicing.invoice.credit", [d.invoice for d in drafts])
    if not drafts:
        return []
    facts = _creditable(drafts)
    chosen, credited = _choose(drafts, facts)
    full = []
    for draft, lines in zip(drafts, chosen, strict=True):
        rounding = facts[draft.invoice].rounding
        full.append(Worked(draft.on, rounding, *_credit_totals(ctx, rounding, lines)))
    shaped = [_shape(d, facts[d.invoice], lines) for d, lines in zip(drafts, chosen, strict=True)]
    gross = [w.totals.gross for w in full]
    headers = headers_of(ctx, shaped, full) | {
        "kind": ["credit_note"] * len(drafts),
        "gross": gross,
        "credits_id": [d.invoice for d in drafts],
    }
    ids = rows.insert(Invoice, headers)
    accounts = [x.account_id for lines in chosen for x, _, _ in lines]
    origin = [x.id for lines in chosen for x, _, _ in lines]
    line_ids = insert_lines(InvoiceLine, "invoice_id", ids, shaped, full, accounts, credits_line_id=origin)
    insert_taxes(InvoiceTax, "invoice_id", ids, full)
    entries = [
        ledgers.invoice(
            document=i, kind="credit_note", party=s.party, on=s.issued_on, currency=ctx.currency, gross=w.totals.gross,
            nets=[(x.account_id, n) for (x, _, _), n in zip(lines, w.totals.nets, strict=True)], taxes=groups_of(w),
            text=s.note,
        )
        for i, s, w, lines in zip(ids, shaped, full, chosen, strict=True)
    ]  # fmt: skip
    ledger.post(ctx, worth_posting(entries))
    changed = sorted({x.id for lines in chosen for x, _, _ in lines})
    rows.update(InvoiceLine, changed, {"credited": [credited[i] for i in changed]})
    numbers = bind(
        ctx, "invoicing.invoice", ids, ["invoicing.credit_note"] * len(ids), [d.on for d in drafts]
    )
    if settle:
        _settle(ctx, drafts, ids, gross, facts)
    return [Issued(*each) for each in zip(ids, numbers, line_ids, gross, strict=True)]


def _creditable(drafts: Sequence[CreditDraft]) -> dict[int, Any]:
    """The invoices, locked. Raises Refusal (``invoicing.credit``) for what is no posted invoice."""
    wanted = sorted({d.invoice for d in drafts})
    facts = {i.id: i for i in rows.lock(Invoice, wanted, "kind", "state", "number", "party_id", "rounding")}
    for header in facts.values():
        if header.kind != "invoice" or header.state != "posted":
            name = header.number or header.id
            raise Refusal("invoicing.credit", f"{name} is no posted invoice: it cannot be credited")
    return facts


def _choose(drafts: Sequence[CreditDraft], facts: Mapping[int, Any]) -> tuple[list[Taken], dict[int, int]]:
    """What each draft takes of which line, and what is then credited of every line."""
    every = rows.of(
        InvoiceLine, "invoice_id", list(facts), "invoice_id", "item_id", "text", "quantity", "uom_id", "unit_price",
        "discount", "tax_code_id", "percent", "account_id", "net", "credited",
    )  # fmt: skip
    by_id = {line.id: line for line in every}
    credited = {line.id: line.credited for line in every}
    chosen: list[Taken] = []
    for draft in drafts:
        number = facts[draft.invoice].number
        asked = draft.lines or tuple((line.id, None) for line in every if line.invoice_id == draft.invoice)
        taken: Taken = []
        for line_id, quantity, *net in asked:
            line = by_id.get(line_id)
            if line is None or line.invoice_id != draft.invoice:
                raise Refusal("invoicing.credit", f"line {line_id} is not of invoice {number}")
            left = line.net - credited[line_id]
            share = net[0] if net else left if quantity is None else _share(line, quantity)
            if share > left or share < 0:
                raise Refusal(
                    "invoicing.credit_left",
                    f"{number}: {share} would be credited, {left} are left of {line.text}",
                    "Credit no more than is left.",
                )
            credited[line_id] += share
            if share or quantity is not None:
                taken.append((line, line.quantity if quantity is None else quantity, share))
        chosen.append(taken)
    return chosen, credited


def _shape(draft: CreditDraft, invoice: Any, lines: Taken) -> InvoiceDraft:
    """A credit note's header and lines, as an invoice would have them."""
    shaped = tuple(
        InvoiceLineDraft(x.text, q, x.unit_price, x.item_id, x.uom_id, x.discount, account=x.account_id)
        for x, q, _ in lines
    )
    return InvoiceDraft(
        invoice.party_id, draft.on, shaped, due_on=draft.on, reference=invoice.number, note=draft.reason
    )


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
