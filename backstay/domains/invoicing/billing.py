"""Suppliers' bills and debit notes are entered."""

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
    Bill,
    BillLine,
    BillTax,
)
from backstay.domains.invoicing.rules import (
    BillDraft,
    residue,
    tolerance,
)
from backstay.ledger.posting import Line, Sub, account_id
from backstay.platform import access, rows


def enter_bills(ctx: Ctx, drafts: Sequence[BillDraft]) -> list[Issued]:
    """Enter and post suppliers' bills and debit notes; a supplier's number is taken once."""
    access.require(ctx, "invoicing.bill.post")
    if not drafts:
        return []
    worked, _ = work_out(ctx, drafts, "in")
    limit = tolerance(ctx.settings, "bill_rounding", ctx.scale, "0.02")
    differences = [
        residue(w.totals.gross, d.total, limit, d.supplier_number)
        for d, w in zip(drafts, worked, strict=True)
    ]
    gross = [w.totals.gross + difference for w, difference in zip(worked, differences, strict=True)]
    headers = headers_of(ctx, drafts, worked) | {
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
    line_ids = insert_lines(
        BillLine, "bill_id", ids, drafts, worked, accounts,
        clears=[x.clears for d in drafts for x in d.lines], cleared=[x.cleared for d in drafts for x in d.lines],
    )  # fmt: skip
    insert_taxes(BillTax, "bill_id", ids, worked)
    entries = []
    for i, d, w, g, difference in zip(ids, drafts, worked, gross, differences, strict=True):
        postings: list[Line] = []
        for x, net in zip(d.lines, w.totals.nets, strict=True):
            postings += x.postings or [Line(Sub(x.account, ctx.currency), net, net)]
        entries.append(
            ledgers.bill(
                document=i, kind=d.kind, party=d.party, on=d.issued_on, currency=ctx.currency, gross=g,
                postings=postings, taxes=groups_of(w), difference=difference, text=d.supplier_number,
            )
        )  # fmt: skip
    ledger.post(ctx, worth_posting(entries))
    series = ["invoicing.bill" if d.kind == "bill" else "invoicing.debit_note" for d in drafts]
    numbers = bind(ctx, "invoicing.bill", ids, series, [d.issued_on for d in drafts])
    return [Issued(*each) for each in zip(ids, numbers, line_ids, gross, strict=True)]
