"""Worked-out columns and named filters of parties."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from backstay.base.context import Ctx
from backstay.domains.parties.models import Address
from backstay.platform import rows


def cities(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
    """Town of the main address by party."""
    found = rows.of(Address, "party_id", ids, "party_id", "kind", "city")
    return {row.party_id: row.city for row in sorted(found, key=lambda r: r.kind == "main")}


def _in_role(role: str) -> Callable[[Ctx], tuple[str, list[Any]]]:
    sql = (
        "SELECT r.party_id FROM parties_partyrole r JOIN parties_party p ON p.id = r.party_id"
        " WHERE r.role = %s AND p.archived_on IS NULL"
    )
    return lambda ctx: (sql, [role])


COLUMNS = {"parties.party.city": ("text", cities)}
FILTERS = {
    "parties.party.customers": _in_role("customer"),
    "parties.party.suppliers": _in_role("supplier"),
    "parties.party.archived": lambda ctx: ("SELECT id FROM parties_party WHERE archived_on IS NOT NULL", []),
}
