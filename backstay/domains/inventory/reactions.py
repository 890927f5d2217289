"""A new company gets its first warehouse and the place between warehouses."""

from __future__ import annotations

from collections.abc import Sequence

from backstay.base.context import Ctx
from backstay.domains.inventory import telling  # noqa: F401  its event is known in every process
from backstay.domains.inventory.processes import create_places
from backstay.platform.events import on


@on("accounting.company_created")
def add_places(ctx: Ctx, _: Sequence[int]) -> None:
    """MAIN and TRANSIT."""
    create_places(
        ctx, [("MAIN", "Main warehouse", "warehouse", None), ("TRANSIT", "In transit", "transit", None)]
    )
