"""Reading bank accounts and payments."""

from __future__ import annotations

from collections.abc import Iterable

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.banking.models import BankAccount, Payment
from backstay.platform import rows


def bank_account(ctx: Ctx, code: str = "BANK") -> int:
    """The id of a bank account. NotFound names the code."""
    found = rows.of(BankAccount, "code", [code])
    if not found:
        raise NotFound(
            "banking.account", f"there is no bank account {code}", "Make it among the bank accounts."
        )
    return int(found[0].id)


def numbers(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
    """Numbers of payments by id."""
    return {row.id: row.number for row in rows.of(Payment, "id", sorted(set(ids)), "number")}
