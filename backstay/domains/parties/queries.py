"""Reading parties."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.parties.models import Address, Party
from backstay.platform import rows


def terms(ctx: Ctx, ids: Iterable[int]) -> dict[int, Any]:
    """Trading terms by id: name, payment_days, credit_limit, tax_treatment, language. NotFound names the missing."""
    wanted = sorted(set(ids))
    found = rows.of(Party, "id", wanted, "name", "payment_days", "credit_limit", "tax_treatment", "language")
    by_id = {row.id: row for row in found}
    if missing := [i for i in wanted if i not in by_id]:
        raise NotFound("parties.not_found", f"no party with id {missing[0]}")
    return by_id


def by_codes(ctx: Ctx, codes: Iterable[str]) -> dict[str, int]:
    """Ids by code, of those that exist."""
    return {row.code: row.id for row in rows.of(Party, "code", sorted(set(codes)), "code")}


def main_address(ctx: Ctx, party: int) -> list[str]:
    """Name and address as on an envelope: billing before main."""
    name = terms(ctx, [party])[party].name
    found = {a.kind: a for a in Address.objects.filter(party_id=party).order_by("-id")}
    address = found.get("billing") or found.get("main")
    return [name, *(address.lines() if address else []), *([address.country] if address else [])]
