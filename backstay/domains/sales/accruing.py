"""Month-end: what is shipped and not invoiced is income, taken back on the first day after (POSTINGS 2.5, 2.6)."""

from __future__ import annotations

from datetime import date

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.catalog.queries import trade_facts
from backstay.domains.sales import queries
from backstay.domains.sales.ledgers import ACCRUE, accruals
from backstay.domains.sales.ordering import KIND
from backstay.domains.sales.rules import unbilled
from backstay.platform import access, audit


def accrue_shipped(ctx: Ctx, on: date) -> list[int]:
    """Accrue what was shipped and not invoiced at the end of ``on``, an entry per shipment; ids of the entries.

    Raises Refusal (``sales.accrued``) while earlier accruals stand: income would count twice.
    """
    access.require(ctx, f"{KIND}.accrue")
    if standing := queries.accruals(ctx):
        raise Refusal(
            "sales.accrued",
            f"the accruals of {standing[0][3]} are not reversed",
            "Reverse them, dated the first day after.",
        )
    claims = unbilled(queries.shipped_not_invoiced(ctx, on))
    if not claims:
        return []
    facts = trade_facts(ctx, {c.item for c in claims})
    entries = accruals(claims, {i: f.revenue for i, f in facts.items()}, on, ctx.currency)
    audit.record(ctx, "inventory.shipment", sorted({c.shipment for c in claims}), ACCRUE)
    return [posted.id for posted in ledger.post(ctx, entries)]


def reverse_accruals(ctx: Ctx, on: date) -> list[int]:
    """Reverse all accruals that stand, dated ``on``; ids of the reversing entries."""
    access.require(ctx, f"{KIND}.accrue")
    standing = queries.accruals(ctx)
    if early := [day for *_, day in standing if day >= on]:
        raise Refusal(
            "sales.accrued", f"accrued on {early[0]}: it cannot be reversed on {on}", "Choose a later day."
        )
    found: list[int] = []
    for event in sorted(
        {event for _, _, event, _ in standing}
    ):  # one, unless a reversal was reversed by hand
        mine = [x for x in standing if x[2] == event]
        sources = [x[1] for x in mine]
        found += ledger.reverse(
            ctx, [x[0] for x in mine], on, sources, f"reverse.{event}", "Accrual taken back"
        )
    ids = sorted({int(x[1].rpartition(":")[2]) for x in standing})
    if ids:
        audit.record(ctx, "inventory.shipment", ids, f"reverse.{ACCRUE}")
    return found
