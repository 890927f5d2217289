"""Invoices are issued."""

from __future__ import annotations

from collections.abc import Sequence

from backstay import ledger
from backstay.base.context import Ctx
from backstay.domains.invoicing import ledgers
from backstay.domains.invoicing.demanding import (
    Issued,
    bind,
    groups_of,
    headers_of,
    insert_lines,
    insert_taxes,
    work_out,
    worth_posting,
)
from backstay.domains.invoicing.models import (
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from backstay.domains.invoicing.rules import (
    InvoiceDraft,
)
from backstay.ledger.posting import account_id
from backstay.platform import access, rows


def issue_invoices(ctx: Ctx, drafts: Sequence[InvoiceDraft]) -> list[Issued]:
    """Make and post invoices: figures, entry, legal number. One transaction: all or none."""
    access.require(ctx, "invoicing.invoice.post")
    if not drafts:
        return []
    worked, facts = work_out(ctx, drafts, "out")
    accounts: list[list[int | str]] = [
        [
            line.account or (facts[line.item].revenue if line.item is not None else "services")
            for line in d.lines
        ]
        for d in drafts
    ]
    gross = [w.totals.gross for w in worked]
    headers = headers_of(ctx, drafts, worked) | {"kind": ["invoice"] * len(drafts), "gross": gross}
    ids = rows.insert(Invoice, headers)
    resolved = [account_id(ctx, a) for each in accounts for a in each]
    line_ids = insert_lines(InvoiceLine, "invoice_id", ids, drafts, worked, resolved)
    insert_taxes(InvoiceTax, "invoice_id", ids, worked)
    entries = [
        ledgers.invoice(
            document=i, kind="invoice", party=d.party, on=d.issued_on, currency=ctx.currency, gross=w.totals.gross,
            nets=list(zip(a, w.totals.nets, strict=True)), taxes=groups_of(w), memo=d.memo,
        )
        for i, d, w, a in zip(ids, drafts, worked, accounts, strict=True)
    ]  # fmt: skip
    ledger.post(ctx, worth_posting(entries), _holds(ctx, drafts, gross))
    series = ["invoicing.invoice"] * len(ids)
    numbers = bind(ctx, "invoicing.invoice", ids, series, [d.issued_on for d in drafts])
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
