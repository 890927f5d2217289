"""Open items settle one another; documents are reversed; credit limits are set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from backstay import ledger
from backstay.base.context import Ctx
from backstay.domains.invoicing import ledgers
from backstay.domains.invoicing.demanding import bind
from backstay.domains.invoicing.models import (
    Allocation,
    Bill,
    Invoice,
    InvoiceLine,
)
from backstay.domains.invoicing.rules import (
    AllocationDraft,
)
from backstay.domains.parties.processes import change_parties
from backstay.platform import access, rows
from backstay.platform.keeping import reverse


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
    bind(ctx, "invoicing.allocation", ids, ["invoicing.allocation"] * len(ids), [d.on for d in drafts])
    return ids


def reverse_invoices(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Cancel invoices nobody has paid: the exact negation, dated ``on`` (POSTINGS §35)."""
    reverse(ctx, Invoice, ids, on, text)
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
    reverse(ctx, Bill, ids, on, text)


def reverse_allocations(ctx: Ctx, ids: Sequence[int], on: date, text: str = "") -> None:
    """Open the items again."""
    reverse(ctx, Allocation, ids, on, text)


def set_credit_limits(ctx: Ctx, limits: Mapping[int, int | None]) -> None:
    """Bound what customers may owe, held orders included; None takes the limit away."""
    access.require(ctx, "invoicing.credit_limit.set", list(limits))
    change_parties(ctx, list(limits), {"credit_limit": list(limits.values())})
    for party, limit in sorted(limits.items()):
        ledger.set_guard(
            ctx, f"credit limit of party {party}", measure="value", sign=-1, floor=-(limit or 0),
            account="receivable", party=party, active=limit is not None,
        )  # fmt: skip
