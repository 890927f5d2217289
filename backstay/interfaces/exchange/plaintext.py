"""Plain-text accounting, whatever its dialect: what a file says, transactions made whole, balances checked. Pure.

``beancount`` and ``ledgercli`` read the two dialects into this; ``bringing`` posts it. Figures are Decimals in the file's own units.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
KINDS = {
    "assets": "asset", "asset": "asset", "liabilities": "liability", "liability": "liability", "equity": "equity",
    "income": "income", "revenue": "income", "revenues": "income", "expenses": "expense", "expense": "expense",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of a commodity."""

    number: Decimal
    commodity: str


@dataclass(frozen=True, slots=True)
class Leg:
    """A line of a transaction. ``weight``: what it counts in the balance, by cost or price where it has one, which makes it
    ``computed``: then the last digit may be rounded."""

    line: int
    account: str
    amount: Amount | None
    weight: Amount | None = None
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """What happened on a day."""

    line: int
    day: date
    text: str
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A balance that the file claims. ``after``: transactions that stand before it in its order; None: all before its day."""

    line: int
    day: date
    account: str
    amount: Amount
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Pad:
    """From this day, what the next claim on the account lacks comes from another."""

    line: int
    day: date
    account: str
    source: str


@dataclass(frozen=True, slots=True)
class Left:
    """What is not taken, and why."""

    line: int
    what: str
    why: str


@dataclass(slots=True)
class Said:
    """All that a file says."""

    transactions: list[Transaction] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    pads: list[Pad] = field(default_factory=list)
    accounts: dict[str, int] = field(default_factory=dict)  # name → line
    kinds: dict[str, str] = field(default_factory=lambda: dict(KINDS))
    left: list[Left] = field(default_factory=list)


# ---- figures ----

_TOKEN = re.compile(r"\s*(\d[\d,]*(?:\.\d*)?|\.\d+|[-+*/()])")


def figure(text: str) -> Decimal:
    """A figure, or a sum of figures: ``-1,234.50``, ``(1 + 2) * 3``. ValueError for anything else."""
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(text)
        tokens.append(found[1])
        at = found.end()
    value, rest = _sum(tokens, 0)
    if rest != len(tokens):
        raise ValueError(text)
    return value


def _sum(tokens: Sequence[str], at: int) -> tuple[Decimal, int]:
    value, at = _product(tokens, at)
    while at < len(tokens) and tokens[at] in "+-":
        more, following = _product(tokens, at + 1)
        value, at = (value + more if tokens[at] == "+" else value - more), following
    return value, at


def _product(tokens: Sequence[str], at: int) -> tuple[Decimal, int]:
    value, at = _one(tokens, at)
    while at < len(tokens) and tokens[at] in "*/":
        more, following = _one(tokens, at + 1)
        if tokens[at] == "/" and not more:
            raise ValueError(_("divided by nothing"))
        value, at = (value * more if tokens[at] == "*" else value / more), following
    return value, at


def _one(tokens: Sequence[str], at: int) -> tuple[Decimal, int]:
    if at >= len(tokens) or at > 200:
        raise ValueError(_("a figure is missing"))
    if tokens[at] in "+-":
        value, following = _one(tokens, at + 1)
        return (-value if tokens[at] == "-" else value), following
    if tokens[at] == "(":
        value, following = _sum(tokens, at + 1)
        if following >= len(tokens) or tokens[following] != ")":
            raise ValueError(_("a bracket is open"))
        return value, following + 1
    try:
        return Decimal(tokens[at].replace(",", "")), at + 1
    except InvalidOperation:
        raise ValueError(tokens[at]) from None


# ---- transactions ----


def whole(told: Transaction) -> Transaction | Left:
    """A transaction with the amount that was left open, or why it is none: its sides differ, or two amounts are open."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    open_legs = [leg for leg in told.legs if leg.amount is None]
    for leg in told.legs:
        if leg.weight is not None:
            sums[leg.weight.commodity] += leg.weight.number
    if len(open_legs) > 1:
        return Left(told.line, told.text, _("two of its amounts are open"))
    if not open_legs:
        for commodity, total in sums.items():
            if abs(total) > tolerance(told, commodity):
                said = _("its sides differ by %(amount)s %(commodity)s")
                return Left(
                    told.line, told.text, said % {"amount": f"{total.normalize():f}", "commodity": commodity}
                )
        return told
    lacking = [Amount(-total, commodity) for commodity, total in sums.items() if total]
    legs = []
    for leg in told.legs:
        if leg.amount is not None:
            legs.append(leg)
        else:
            legs += [replace(leg, amount=a, weight=a, computed=True) for a in lacking]
    return replace(told, legs=tuple(legs))


def tolerance(told: Transaction, commodity: str) -> Decimal:
    """Half of the last digit that is written in a commodity, for each figure that was worked out; nothing where none was."""
    written = [
        leg.amount.number
        for leg in told.legs
        if leg.amount and not leg.computed and leg.amount.commodity == commodity
    ]
    worked = sum(leg.computed for leg in told.legs)
    digits = [int(n.as_tuple().exponent) for n in written]
    return Decimal(worked) * Decimal(5).scaleb(min([*digits, -2]) - 1) if worked else Decimal(0)


def values(told: Transaction, currency: str, scale: int) -> list[tuple[Leg, int]] | str:
    """Legs with what they are worth in whole steps of the company's currency, adding up to nothing; or why it cannot be said.

    Other commodities that balance among themselves are left out of it (``beside``).
    """
    mine = [leg for leg in told.legs if leg.weight and _code(leg.weight.commodity) == currency]
    others = beside(told, currency)
    if not mine or any(total for total in others.values()):
        names = ", ".join(sorted(others)) or _("nothing")
        return _("it counts %(names)s, and the books are kept in %(currency)s") % {
            "names": names,
            "currency": currency,
        }
    made = [
        int((leg.weight.number.scaleb(scale)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        for leg in mine
        if leg.weight
    ]
    if rest := sum(made):
        worked = [n for n, leg in enumerate(mine) if leg.computed]
        if not worked or abs(rest) > len(mine):
            return _("its sides differ by %(n)s steps once rounded") % {"n": rest}
        made[worked[-1]] -= rest
    return [(leg, value) for leg, value in zip(mine, made, strict=True) if value]


def beside(told: Transaction, currency: str) -> dict[str, Decimal]:
    """What a transaction counts in other commodities, and what is left of each."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for leg in told.legs:
        if leg.weight and _code(leg.weight.commodity) != currency:
            sums[leg.weight.commodity] += leg.weight.number
    return sums


def _code(commodity: str) -> str:
    return SYMBOLS.get(commodity, commodity)


# ---- what the file claims ----


def padded(said: Said) -> Iterator[Transaction]:
    """A transaction for each pad: what its next claim lacks, from the account it names."""
    for pad in said.pads:
        later = [c for c in said.claims if c.account == pad.account and c.day > pad.day]
        if later:
            claim = min(later, key=lambda c: (c.day, c.line))
            lack = claim.amount.number - held(said.transactions, claim)
            if lack:
                there, back = Amount(lack, claim.amount.commodity), Amount(-lack, claim.amount.commodity)
                legs = (Leg(pad.line, pad.account, there, there), Leg(pad.line, pad.source, back, back))
                yield Transaction(pad.line, pad.day, f"pad {pad.account}", legs)


def held(transactions: Sequence[Transaction], claim: Claim) -> Decimal:
    """What an account, with those below it, holds of a commodity at the place of a claim."""
    below, total = f"{claim.account}:", Decimal(0)
    for n, each in enumerate(transactions):
        if (each.day < claim.day) if claim.after is None else (n < claim.after):
            for leg in each.legs:
                inside = leg.account == claim.account or (
                    claim.after is None and leg.account.startswith(below)
                )
                if inside and leg.amount and leg.amount.commodity == claim.amount.commodity:
                    total += leg.amount.number
    return total


def unkept(said: Said) -> Iterator[Left]:
    """Claims that the transactions do not bear out, to the last digit that is claimed."""
    for claim in said.claims:
        found, wanted = held(said.transactions, claim), claim.amount.number
        if round_as(found, wanted) != wanted:
            told = _("%(account)s holds %(found)s %(commodity)s, not %(wanted)s") % {
                "account": claim.account,
                "found": f"{found.normalize():f}",
                "commodity": claim.amount.commodity,
                "wanted": f"{wanted:f}",
            }
            yield Left(claim.line, _("balance on %(day)s") % {"day": claim.day}, told)


def round_as(number: Decimal, like: Decimal) -> Decimal:
    """A figure with as many digits as another."""
    return number.quantize(Decimal(1).scaleb(min(int(like.as_tuple().exponent), 0)), rounding=ROUND_HALF_UP)


def kind_of(account: str, kinds: Mapping[str, str]) -> str:
    """asset, liability, equity, income or expense by an account's first word; "" where that says nothing."""
    return kinds.get(account.partition(":")[0].lower(), "")
