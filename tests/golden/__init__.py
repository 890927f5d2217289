"""The golden table: entries of POSTINGS.md by their number, and what the real processes posted beside them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from backstay.base.context import Ctx
from backstay.platform import rows

TABLE = Path(__file__).parent / "POSTINGS.md"
SCALES = {"EUR": 2, "USD": 2, "A": 0, "B": 0, "C": 0, "K": 0, "X": 0, "PTS": 0, "h": 2, "day": 1}
Posting = tuple[str, str, str, int, int]  # account, unit, who, amount, value
ROLES = {
    "Bank": "bank", "Cash": "cash", "AR": "receivable", "AP": "payable", "Stock": "stock", "~Customer": "customer_goods",
    "~Supplier": "supplier_goods", "~Loss": "goods_loss", "~Opening": "goods_opening", "~Bin": "bin", "~BinTotal": "bin_total",
    "Sales": "sales", "Services": "services", "Cogs": "cogs", "VATout": "vat_out", "VATin": "vat_in", "~Base": "tax_base",
    "GRNI": "grni", "PriceDiff": "price_difference", "StockDiff": "stock_difference", "WriteOff": "write_off",
    "StockDown": "stock_down", "StockAllow": "stock_allowance", "Rounding": "rounding", "OpenBal": "opening_balance",
    "Capital": "capital", "Retained": "retained", "AccrInc": "accrued_income", "PayDiff": "payment_difference",
    "BankFee": "bank_fee", "Transit": "transit", "RefundLiab": "refund_liability", "ReturnAsset": "return_asset",
    "Expense": "expense", "Rent": "rent", "Wages": "wages", "Accrued": "accrued",
}  # fmt: skip
NAMES = {role: name for name, role in ROLES.items()}


def _steps(text: str, unit: str) -> int:
    plain = text.strip().replace(",", "").replace("+", "")
    whole, _, part = plain.partition(".")
    scale = SCALES[unit]
    return int(whole + part.ljust(scale, "0")[:scale]) if scale else int(whole)


def _postings(text: str) -> list[Posting]:
    found = []
    for part in text.split("||"):
        account, unit, who, amount, value = (x.strip() for x in part.split("|"))
        found.append((account, unit, who, _steps(amount, unit), _steps(value, "EUR")))
    return found


@cache
def entries() -> dict[str, list[Posting]]:
    """Every entry of the table by its number; figures in steps."""
    found: dict[str, list[Posting]] = {}
    current, inside = "", False
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside, current = line.startswith("```postings"), ""
        elif inside and line.startswith("> "):
            body = line[2:].partition("-- ")[0].strip()
            current, _, rest = body.partition(" ")
            found[current] = _postings(rest) if rest.strip() else []
        elif inside and re.match(r"(given|after|hold)\b", line):
            current = ""
        elif inside and current and line.strip():
            found[current].extend(_postings(line))
    return found


_ACTUAL = """
SELECT a.role, u.code, coalesce(y.code, ''), s.item, coalesce(pl.code, ''), p.amount, p.value, coalesce(t.code, '')
FROM entry e JOIN posting p ON p.entry_id = e.id JOIN subaccount s ON s.id = p.subaccount_id
JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = s.unit_id
LEFT JOIN parties_party y ON y.id = s.party_id LEFT JOIN inventory_place pl ON pl.id = s.place_id
LEFT JOIN tax_taxcode t ON s.item LIKE 'tax:%%' AND t.id = split_part(split_part(s.item, ':', 2), '/', 1)::bigint
WHERE e.company_id = %s AND e.source = %s AND e.event = %s
"""


@dataclass
class Book:
    """Names that a test gives to its open items (``invoice:7`` → ``INV1``), and the comparison."""

    names: dict[str, str] = field(default_factory=dict)

    def who(self, role: str, party: str, item: str, place: str, tax: str) -> str:
        """The third column of the table."""
        name = self.names.get(item, item)
        match role:
            case "receivable" | "payable" | "grni" | "accrued_income":
                return f"{party}/{name}"
            case "vat_in" | "vat_out":
                return tax
            case "tax_base":
                return f"{tax}/{item.partition('/')[2]}"
            case "stock" | "bin" | "bin_total" | "stock_difference" | "write_off":
                return place
            case "customer_goods" | "supplier_goods" | "price_difference" | "payment_difference":
                return party
            case _:
                return name or "-"

    def posted(self, ctx: Ctx, source: str, event: str = "post") -> Counter[Posting]:
        """What a document posted, postings of one subaccount summed."""
        sums: dict[tuple[str, str, str], list[int]] = {}
        for role, unit, party, item, place, amount, value, tax in rows.execute(
            _ACTUAL, [ctx.company, source, event]
        ):
            key = (NAMES.get(role, role), unit, self.who(role, party, item, place, tax))
            had = sums.setdefault(key, [0, 0])
            had[0] += amount
            had[1] += value
        return Counter((*key, *figures) for key, figures in sums.items() if any(figures))

    def check(self, ctx: Ctx, number: str, source: str, event: str = "post", **rename: Any) -> None:
        """Compare a document's entry with the table's, line by line."""
        sums: dict[tuple[str, str, str], list[int]] = {}
        for account, unit, who, amount, value in entries()[number]:
            had = sums.setdefault((account, unit, self.plain(account, who)), [0, 0])
            had[0] += amount
            had[1] += value
        expected = Counter((*key, *figures) for key, figures in sums.items() if any(figures))
        actual = self.posted(ctx, source, event)
        assert actual == expected, f"{number}: missing {expected - actual}, too much {actual - expected}"

    @staticmethod
    def plain(account: str, who: str) -> str:
        """Invoice lines share one subaccount of sales: the table shows their shares, the document keeps them."""
        return "-" if account in ("Sales", "Services") and re.fullmatch(r"L\d", who) else who
