"""A new company gets a bank account and a cash box."""

from __future__ import annotations

from collections.abc import Sequence

from backstay.base.context import Ctx
from backstay.domains.banking.processes import BankAccountDraft, create_bank_accounts
from backstay.platform.events import on


@on("accounting.company_created")
def add_bank_accounts(ctx: Ctx, _: Sequence[int]) -> None:
    """BANK and CASH."""
    create_bank_accounts(
        ctx,
        [BankAccountDraft("Current account", "bank", "BANK"), BankAccountDraft("Cash box", "cash", "CASH")],
    )
