"""Drafts and decisions about payments; pure. Amounts in steps of the company's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backstay.base.errors import Refusal


@dataclass(frozen=True, slots=True)
class PaymentLineDraft:
    """``amount`` of an open item is settled; of it ``difference`` was not paid and is written off."""

    item: str
    amount: int
    difference: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PaymentDraft:
    """Money received or paid. ``amount``: what the bank account shows; ``fee``: what the bank kept of it.

    ``side``: whose items it settles; a refund to a customer is way out, side receivable.
    """

    way: str
    party: int
    bank_account: int
    amount: int
    on: date
    lines: tuple[PaymentLineDraft, ...] = ()
    fee: int = 0
    reference: str = ""
    method: str = "transfer"
    side: str = ""

    @property
    def role(self) -> str:
        """The account of the items: receivable or payable."""
        return self.side or ("receivable" if self.way == "in" else "payable")


def unallocated(draft: PaymentDraft, limit: int) -> int:
    """What no line settles. Raises Refusal for figures that do not fit together, or differences over ``limit``."""
    if draft.amount <= 0 or draft.fee < 0 or any(line.amount <= 0 for line in draft.lines):
        raise Refusal("banking.amount", "amounts are positive", "The way in or out says the direction.")
    for line in draft.lines:
        if abs(line.difference) > limit:
            raise Refusal(
                "banking.difference",
                f"{line.item}: a difference of {line.difference} is over the tolerance of {limit}",
                "Leave the rest open, or raise the tolerance.",
            )
    settled = sum(line.amount - line.difference for line in draft.lines)
    received = draft.amount + draft.fee if draft.way == "in" else draft.amount - draft.fee
    rest = received - settled
    if rest < 0:
        raise Refusal(
            "banking.allocated",
            f"{settled} would be settled with {received}",
            "Settle no more than was paid, or name the difference.",
        )
    return rest


def check_iban(iban: str) -> str:
    """The IBAN without blanks. Raises Refusal when its check digits are wrong (ISO 13616, mod 97)."""
    plain = iban.replace(" ", "").upper()
    digits = "".join(str(int(c, 36)) for c in plain[4:] + plain[:4] if c.isascii() and c.isalnum())
    if plain and (len(plain) < 15 or not plain.isalnum() or int(digits) % 97 != 1):
        raise Refusal("banking.iban", f"{iban} is no IBAN", "Look at its digits.")
    return plain


def positions(counts: Sequence[int]) -> list[int]:
    """1..n for each document."""
    return [n for count in counts for n in range(1, count + 1)]
