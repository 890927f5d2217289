"""What invoices and bills share: figures looked up, rows written, numbers drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models

from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.catalog.queries import ItemFacts, trade_facts
from backstay.domains.invoicing import ledgers
from backstay.domains.invoicing.models import (
    Allocation,
    Bill,
    Invoice,
)
from backstay.domains.invoicing.rules import (
    BillDraft,
    BillLineDraft,
    InvoiceDraft,
    InvoiceLineDraft,
    due,
)
from backstay.domains.parties.queries import terms
from backstay.domains.tax.processes import TaxLine, Totals, line_net, totals
from backstay.domains.tax.queries import choose
from backstay.ledger.posting import Entry
from backstay.platform import numbering, rows
from backstay.platform.documents import Lifecycle

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


class Worked(NamedTuple):
    """A draft with everything looked up: due date, rounding, per line (tax code, percent, account), totals."""

    due_on: date
    rounding: str
    taxes: list[tuple[int, Decimal]]
    totals: Totals


def _lines_of(draft: InvoiceDraft | BillDraft) -> tuple[InvoiceLineDraft | BillLineDraft, ...]:
    return draft.lines


def work_out(
    ctx: Ctx, drafts: Sequence[InvoiceDraft | BillDraft], way: str
) -> tuple[list[Worked], dict[int, ItemFacts]]:
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
        worked.append(Worked(day, rounding, taxes, totals(figures, ctx.scale, rounding)))
    return worked, facts


def headers_of(
    ctx: Ctx, drafts: Sequence[InvoiceDraft | BillDraft], worked: Sequence[Worked]
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


def insert_lines(
    model: type[models.Model], key: str, ids: Sequence[int], drafts: Sequence[Any], worked: Sequence[Worked],
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


def insert_taxes(model: type[models.Model], key: str, ids: Sequence[int], worked: Sequence[Worked]) -> None:
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


def bind(ctx: Ctx, kind: str, ids: Sequence[int], series: Sequence[str], dates: Sequence[date]) -> list[str]:
    """Audit, then the numbers, last; with them the documents are binding."""
    numbers: dict[int, str] = {}
    for code in sorted(set(series)):
        mine = [n for n, s in enumerate(series) if s == code]
        drawn = numbering.bind(
            ctx, KINDS[kind], kind, [ids[n] for n in mine], code, [dates[n] for n in mine], state="posted"
        )
        numbers |= dict(zip(mine, drawn, strict=True))
    return [numbers[n] for n in range(len(ids))]


def groups_of(worked: Worked) -> list[ledgers.TaxGroup]:
    return [ledgers.TaxGroup(g.code, g.base, g.tax) for g in worked.totals.groups]


def worth_posting(entries: Sequence[Entry]) -> list[Entry]:
    """Entries that move something: an invoice over nothing posts nothing."""
    return [e for e in entries if len(e.lines) > 1]
