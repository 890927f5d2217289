"""Drafts and decisions about payments; pure. Amounts in steps of the company's currency."""

from __future__ import annotations

import hashlib
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


@dataclass(frozen=True, slots=True)
class BankAccountDraft:
    """A bank account or a cash box of ours."""

    name: str
    kind: str = "bank"
    code: str = ""
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class PartyAccountDraft:
    """Where a party is paid."""

    party: int
    iban: str
    bic: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class SettleDraft:
    """A document is paid: all that is open of it, or ``amount`` of it; more stands on account of the party."""

    document: int
    on: date
    bank_account: int | None = None
    amount: int | None = None
    reference: str = ""


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


def netted(
    parts: Sequence[tuple[str, int, int]],
) -> tuple[list[tuple[str, str, int]], tuple[PaymentLineDraft, ...]]:
    """Items paid together, credit notes set off first: (debit item, credit item, amount) to allocate, and what is left
    for the payment. ``parts``: (item, "" for money on account; amount, + for debit; difference written off).

    Refusal (``banking.match_sign``) where credit notes come to more than what they are set off with.
    """
    total = sum(amount for _, amount, _ in parts)
    sign = 1 if total > 0 else -1
    left = {key: sign * amount for key, amount, _ in parts if key}
    pairs = []
    for back in [k for k, v in left.items() if v < 0]:
        for key in [k for k, v in left.items() if v > 0]:
            amount = min(-left[back], left[key])
            if amount > 0:
                pairs.append((*((key, back) if sign > 0 else (back, key)), amount))
                left[back] += amount
                left[key] -= amount
    if any(v < 0 for v in left.values()) or any(not key and sign * amount < 0 for key, amount, _ in parts):
        raise Refusal(
            "banking.match_sign", "what is set off comes to more than what is paid", "Take fewer credit notes.",
        )  # fmt: skip
    lines = (PaymentLineDraft(k, left[k] + d, d) for k, _, d in parts if k and left[k] + d > 0)
    return pairs, tuple(lines)


@dataclass(frozen=True, slots=True)
class RunDraft:
    """Items to pay in one file to the bank, by party: (party, (item, amount + for what we owe) …)."""

    bank_account: int
    on: date
    items: tuple[tuple[int, tuple[tuple[str, int], ...]], ...]


def check_iban(iban: str) -> str:
    """The IBAN without blanks. Raises Refusal when its check digits are wrong (ISO 13616, mod 97)."""
    plain = iban.replace(" ", "").upper()
    digits = "".join(str(int(c, 36)) for c in plain[4:] + plain[:4] if c.isascii() and c.isalnum())
    if plain and (not 15 <= len(plain) <= 34 or not plain.isalnum() or int(digits) % 97 != 1):
        raise Refusal("banking.iban", f"{iban} is no IBAN", "Look at its digits.")
    return plain


def positions(counts: Sequence[int]) -> list[int]:
    """1..n for each document."""
    return [n for count in counts for n in range(1, count + 1)]


# ---- statements as banks tell them ----


@dataclass(frozen=True, slots=True)
class LineRead:
    """A booked line of a statement. ``amount`` in steps of the currency, + for money in.

    ``reference``: what the payer or we gave along (end-to-end id); ``bank_reference``: the bank's own.
    """

    booked_on: date
    amount: int
    text: str = ""
    name: str = ""
    iban: str = ""
    reference: str = ""
    bank_reference: str = ""
    value_on: date | None = None
    reversal: bool = False


@dataclass(frozen=True, slots=True)
class StatementRead:
    """A statement as a file tells it. Balances in steps, None where the format has none."""

    account: str
    currency: str
    number: str
    lines: tuple[LineRead, ...]
    opening: int | None = None
    closing: int | None = None
    since: date | None = None
    until: date | None = None

    @property
    def gap(self) -> int:
        """Opening and lines less closing: 0 where they run through, or where there is nothing to compare."""
        if self.opening is None or self.closing is None:
            return 0
        return self.opening + sum(line.amount for line in self.lines) - self.closing


def line_keys(lines: Sequence[LineRead]) -> list[str]:
    """What tells lines of one account apart, for ever and in whatever file they come: day, amount, words, and how many
    of the same stood before it on that day."""
    seen: dict[str, int] = {}
    keys = []
    for line in lines:
        words = "".join(c for c in (line.reference + line.text + line.name).upper() if c.isalnum())[:120]
        same = f"{line.booked_on}|{line.amount}|{line.bank_reference or words}"
        seen[same] = seen.get(same, 0) + 1
        keys.append(hashlib.sha256(f"{same}|{seen[same]}".encode()).hexdigest()[:40])
    return keys


def same_account(iban: str, told: str) -> bool:
    """Whether a file means our account: the IBAN, or the account's number that ends it (older MT940)."""
    plain, other = "".join(c for c in told.upper() if c.isalnum()), iban.replace(" ", "").upper()
    number = plain.lstrip("0")
    return bool(other) and (
        plain == other or (number.isdigit() and len(number) >= 6 and other[4:].endswith(number))
    )
