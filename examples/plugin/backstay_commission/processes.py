"""Agreements are kept; commission is earned when an invoice is posted and taken back when it is reversed."""

from collections.abc import Sequence
from typing import Any

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import register
from backstay.platform import numbering, rows
from backstay.platform.keeping import kept, reverse, reversing
from backstay_commission import ledgers
from backstay_commission.models import Agreement, Commission

register({"commission.agreement_once": ("this agent has an agreement for this customer", "Change that one.")})
KIND = numbering.register("commission.commission", "CO")
create_agreements, change_agreements = kept(Agreement)
reverse_commissions = reversing(Commission)

_EARNED = """
SELECT i.id, a.agent_id, i.issued_on, a.percent, CASE i.kind WHEN 'credit_note' THEN -i.net ELSE i.net END
FROM invoicing_invoice i JOIN commission_agreement a ON a.customer_id = i.party_id
WHERE i.id = ANY(%s::bigint[]) AND i.net > 0 ORDER BY i.id, a.id
"""


def earn(ctx: Ctx, invoices: Sequence[int]) -> list[str]:
    """Post what agents earn by invoices, a document for each invoice and agent; at a fixed number of statements."""
    found = [(*row, ledgers.share_of(row[4], row[3])) for row in rows.execute(_EARNED, [list(invoices)])]
    told: list[tuple[Any, ...]] = [row for row in found if row[5]]
    if not told:
        return []
    names = ("invoice_id", "agent_id", "earned_on", "percent", "net", "amount")
    columns: dict[str, Sequence[Any]] = dict(zip(names, zip(*told, strict=True), strict=True))
    many = {"state": ["draft"] * len(told), "created_by": [ctx.actor] * len(told)}
    ids = rows.insert(Commission, columns | many)
    days = [row[2] for row in told]
    ledger.post(
        ctx, [ledgers.earned(i, row[2], ctx.currency, row[5]) for i, row in zip(ids, told, strict=True)]
    )
    return numbering.bind(ctx, Commission, KIND, ids, KIND, days, state="posted")


def take_back(ctx: Ctx, invoices: Sequence[int]) -> None:
    """Reverse what was earned by invoices that are reversed."""
    found = Commission.objects.filter(invoice__in=invoices, state="posted").values_list("pk", flat=True)
    if ids := sorted(found):
        reverse(ctx, Commission, ids, ctx.today)
