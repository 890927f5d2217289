"""Bank statements as SWIFT MT940, each ``:20:`` block a statement. Tags are read by the library mt-940."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import mt940

from backstay.base.errors import Refusal
from backstay.base.money import to_steps
from backstay.domains.banking.rules import LineRead, StatementRead
from backstay.interfaces.edi.camt import broken

NOTHING = ("", "null", "NONREF", "NOTPROVIDED", "None")
SUBFIELDS = re.compile(r"(?:^|\?)(\d\d)")


def read(content: bytes, scale_of: Any) -> list[StatementRead]:
    """Statements of an MT940 file."""
    text = _decode(content)
    if ":20:" not in text:
        raise broken("there is no statement in the file (tag :20:)")
    if ":34F:" in text or re.search(r"\{2:[IO]942", text):
        raise broken(
            "this is an interim report (MT942), no statement",
            "",
            "Take the statement, MT940: it has what is booked.",
        )
    starts = [m.start() for m in re.finditer(r"^:20:", text, re.MULTILINE)]
    blocks = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    return [_statement(block, scale_of, text[: text.index(block)].count("\n") + 1) for block in blocks]


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # older banks; every byte is a letter there
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _statement(block: str, scale_of: Any, line: int) -> StatementRead:
    where = f"line {line}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = mt940.models.Transactions(processors=_processors())
            found.parse(block)
    except Exception as exc:  # whatever the library stumbles over is the file's
        raise broken(f"the statement cannot be read: {exc}"[:300], where) from None
    data = found.data
    opening = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    closing = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    account = str(data.get("account_identification") or "").strip()
    currency = str(getattr(getattr(opening or closing, "amount", None), "currency", "") or "")
    if not account or not currency:
        raise broken("the statement names no account (:25:) or no balance (:60:, :62:)", where)
    scale = scale_of(currency)
    number = "/".join(str(data[k]) for k in ("statement_number", "sequence_number") if data.get(k))
    return StatementRead(
        _account(account), currency, number, tuple(_lines(found, scale, where)), _balance(opening, scale, where), _balance(closing, scale, where),
        _plain_day(opening), _plain_day(closing),
    )  # fmt: skip


def _processors() -> dict[str, list[Any]]:
    return {name: list(told) for name, told in mt940.models.Transactions.DEFAULT_PROCESSORS.items()}


def _account(text: str) -> str:
    """The account without its bank code's slash and its currency at the end."""
    plain = re.sub(r"\s", "", text)
    match = re.match(r"^([A-Z]{2}\d{2}[A-Z0-9]{10,30}?)(EUR|USD|CHF|GBP|SEK|NOK|DKK|PLN)?$", plain)
    return match[1] if match else plain.rpartition("/")[2] if plain.rpartition("/")[2].isdigit() else plain


def _balance(told: Any, scale: int, where: str) -> int | None:
    return None if told is None else _steps(told.amount.amount, scale, where)


def _plain_day(told: Any) -> date | None:
    on = getattr(told, "date", None)
    return date(on.year, on.month, on.day) if on is not None else None


def _steps(amount: Decimal, scale: int, where: str) -> int:
    try:
        return to_steps(amount, scale)
    except Refusal:
        raise broken(f"{amount} has more decimal places than its currency", where) from None


def _lines(found: Any, scale: int, where: str) -> Iterator[LineRead]:
    for each in found.transactions:
        told = each.data
        if "amount" not in told or told.get("date") is None:
            continue
        on, booked = told["date"], told.get("entry_date") or told.get("guessed_entry_date") or told["date"]
        details = str(told.get("transaction_details") or "")
        name, iban, text = _details(told, details)
        reference = str(told.get("end_to_end_reference") or told.get("customer_reference") or "").strip()
        own = str(told.get("bank_reference") or "").strip()
        yield LineRead(
            date(booked.year, booked.month, booked.day), _steps(told["amount"].amount, scale, where), text, name, iban,
            "" if reference in NOTHING else reference, "" if own in NOTHING else own, date(on.year, on.month, on.day),
            str(told.get("status", "")).startswith("R"),
        )  # fmt: skip


def _details(told: Any, details: str) -> tuple[str, str, str]:
    """(name, account, text) of what stands in :86:, structured by ``?nn`` (German banks) or ``/KEY/`` (Dutch) or plain."""
    name, iban = str(told.get("applicant_name") or ""), str(told.get("applicant_iban") or "")
    text = str(told.get("purpose") or "")
    if re.search(r"/(NAME|IBAN|REMI|EREF|CNTP)/", details):
        parts = dict(
            re.findall(r"/([A-Z]{3,5})/([^/]*(?:/(?![A-Z]{3,5}/)[^/]*)*)", " ".join(details.split("\n")))
        )
        if "CNTP" in parts:
            fields = parts["CNTP"].split("/")
            iban, name = iban or fields[0], name or (fields[2] if len(fields) > 2 else "")
        name, iban, text = (
            name or parts.get("NAME", ""),
            iban or parts.get("IBAN", ""),
            text or parts.get("REMI", ""),
        )
    plain = " ".join((text or details or str(told.get("extra_details") or "")).split())
    return " ".join(name.split()), re.sub(r"\s", "", iban), plain
