"""Bank statements as a table (CSV or XLSX) by a mapping in TOML: which column is what, and how its text is read.

account = "NL26VAYB8060476890"     # unless a column names it
currency = "EUR"
header = 1                          # row of the column names; 0: the columns are called 1, 2, 3 …
[columns]
date = "Date"                       # or value_on, text, name, iban, reference, currency, balance
amount = "Amount"                   # or debit and credit, or amount with direction
[read]
date = "%m/%d/%Y"
decimal = "."
group = ","
inverse = false                     # a card that shows what was spent as a plus
debit = "D"                         # the word of the direction column
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from backstay.base.errors import Refusal
from backstay.base.money import to_steps
from backstay.domains.banking.rules import LineRead, StatementRead
from backstay.interfaces.edi.camt import broken
from backstay.interfaces.imports.reading import read_rows

COLUMNS = {
    "date",
    "value_on",
    "amount",
    "debit",
    "credit",
    "direction",
    "text",
    "name",
    "iban",
    "reference",
    "bank_reference",
    "currency",
    "balance",
}


def mapping(text: str) -> dict[str, Any]:
    """The mapping. Refusal (``banking.statement_map``) for one that does not say date and amount."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise Refusal("banking.statement_map", f"the mapping is no TOML: {exc}", "Correct it.") from None
    check(told)
    return told


def check(told: dict[str, Any]) -> None:
    """Refusal (``banking.statement_map``) for a mapping that does not say date and amount."""
    columns = told.get("columns", {})
    if unknown := set(columns) - COLUMNS:
        raise Refusal(
            "banking.statement_map",
            f"the mapping names {sorted(unknown)[0]}",
            f"One of {', '.join(sorted(COLUMNS))}.",
        )
    if "date" not in columns or not ({"amount"} & set(columns) or {"debit", "credit"} <= set(columns)):
        raise Refusal(
            "banking.statement_map",
            "the mapping needs date, and amount or debit and credit",
            "Name their columns.",
        )


def read(path: Path, told: dict[str, Any], scale_of: Any) -> list[StatementRead]:
    """One statement per currency of the table."""
    header = int(told.get("header", 1))
    found = [
        (n, row)
        for n, row in read_rows(path, delimiter=str(told.get("delimiter", ",")))
        if any(c.strip() for c in row)
    ]
    found = found[: len(found) - int(told.get("footer", 0))]
    names = (
        next((row for n, row in found if n == header), [])
        if header
        else [str(k + 1) for k in range(max((len(r) for _n, r in found), default=0))]
    )
    places = {}
    for field, column in told["columns"].items():
        if column not in names:
            raise broken(
                f"the file has no column {column}",
                f"row {header}",
                f"It has {', '.join(n for n in names if n)[:200]}.",
            )
        places[field] = names.index(column)
    by_currency: dict[str, list[LineRead]] = {}
    balances: dict[str, list[int]] = {}
    for n, row in found:
        if n <= header:
            continue
        cells = {field: (row[k].strip() if k < len(row) else "") for field, k in places.items()}
        if not cells["date"]:
            continue
        currency = (cells.get("currency") or told.get("currency", "")).upper()
        if len(currency) != 3:
            raise broken("the line names no currency", f"row {n}", "Give a column or the mapping's currency.")
        line = _line(cells, told.get("read", {}), scale_of(currency), n)
        by_currency.setdefault(currency, []).append(line)
        if cells.get("balance"):
            balances.setdefault(currency, []).append(
                _steps(cells["balance"], told.get("read", {}), scale_of(currency), n)
            )
    account = str(told.get("account", ""))
    return [_statement(account, c, lines, balances.get(c, [])) for c, lines in by_currency.items()]


def _statement(account: str, currency: str, lines: list[LineRead], balances: list[int]) -> StatementRead:
    opening = closing = None
    if len(balances) == len(lines):
        up = balances[0] - lines[0].amount + sum(x.amount for x in lines) == balances[-1]
        opening, closing = (
            (balances[0] - lines[0].amount, balances[-1])
            if up
            else (balances[-1] - lines[-1].amount, balances[0])
        )
    days = [line.booked_on for line in lines]
    return StatementRead(account, currency, "", tuple(lines), opening, closing, min(days), max(days))


def _line(cells: dict[str, str], how: dict[str, Any], scale: int, n: int) -> LineRead:
    if "amount" in cells:
        amount = _steps(cells["amount"], how, scale, n)
        if "direction" in cells:
            amount = -abs(amount) if cells["direction"] == how.get("debit", "D") else abs(amount)
    else:
        amount = abs(_steps(cells["credit"] or "0", how, scale, n)) - abs(
            _steps(cells["debit"] or "0", how, scale, n)
        )
    if how.get("inverse"):
        amount = -amount
    booked, value_on = (
        _day(cells["date"], how, n),
        _day(cells["value_on"], how, n) if cells.get("value_on") else None,
    )
    return LineRead(
        booked, amount, cells.get("text", ""), cells.get("name", ""), cells.get("iban", "").replace(" ", ""), cells.get("reference", ""),
        cells.get("bank_reference", ""), value_on,
    )  # fmt: skip


def _day(text: str, how: dict[str, Any], n: int) -> date:
    try:
        plain = text[:10] if " " in text and ":" in text else text
        return datetime.strptime(plain, how.get("date", "%Y-%m-%d")).date()  # noqa: DTZ007
    except ValueError:
        raise broken(
            f"“{text[:30]}” is no date like {how.get('date', '%Y-%m-%d')}", f"row {n}", "Correct the mapping."
        ) from None


def _steps(text: str, how: dict[str, Any], scale: int, n: int) -> int:
    plain = (
        text.replace(how.get("group", ",") or "\0", "")
        .replace(how.get("decimal", "."), ".")
        .replace("\N{MINUS SIGN}", "-")
        .replace(" ", "")
        .lstrip("+")
    )
    try:
        return to_steps(Decimal(plain), scale)
    except (InvalidOperation, Refusal):
        raise broken(f"“{text[:30]}” is no amount", f"row {n}", "Correct the mapping.") from None
