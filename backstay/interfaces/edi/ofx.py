"""Bank statements as OFX: 1.x (SGML, end tags left out) and 2.x (XML) are both read as a run of tags and texts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from backstay.base.errors import Refusal
from backstay.base.money import to_steps
from backstay.domains.banking.rules import LineRead, StatementRead
from backstay.interfaces.edi.camt import broken

TAG = re.compile(r"<(/?)([A-Za-z0-9_.]+)>([^<]*)")
LIMIT = 2_000_000  # tags in a file


@dataclass(slots=True)
class Node:
    """An element: its texts by tag, and what it holds."""

    tag: str
    texts: dict[str, str] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Node]:
        """Every element of this tag below."""
        for each in self.nodes:
            if each.tag == tag:
                yield each
            yield from each.all(tag)

    def text(self, *tags: str) -> str:
        """The first text that is there."""
        return next((self.texts[t] for t in tags if self.texts.get(t)), "")


def read(content: bytes, scale_of: Any) -> list[StatementRead]:
    """Statements of bank and card accounts; investment accounts are another thing and are refused by name."""
    text = _decode(content)
    start = re.search(r"<OFX>", text, re.IGNORECASE)
    if start is None:
        raise broken("there is no <OFX> in the file")
    root = _tree(text[start.start() :])
    for status in root.all("STATUS"):
        if status.text("CODE") not in ("", "0") or status.text("SEVERITY").upper() == "ERROR":
            raise broken(
                f"the bank answered with an error: {status.text('MESSAGE') or status.text('CODE')}",
                "",
                "Fetch the statement again.",
            )
    found = [*root.all("STMTRS"), *root.all("CCSTMTRS")]
    if not found and any(True for _each in root.all("INVSTMTRS")):
        raise broken(
            "this is the statement of an investment account", "", "Only bank and card accounts are read."
        )
    if not found:
        raise broken("there is no statement of a bank account in the file")
    return [_statement(each, scale_of) for each in found]


def _decode(content: bytes) -> str:
    head = content[:600].decode("ascii", "replace").upper()
    named = re.search(r"CHARSET:\s*(\w+)", head)
    encoding = (
        "utf-8"
        if "UTF-8" in head or "UNICODE" in head
        else f"cp{named[1]}"
        if named and named[1].isdigit()
        else "cp1252"
    )
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return content.decode("latin-1")


def _tree(text: str) -> Node:
    """A tag with text is a leaf, whether it is closed or not; a tag without opens an element."""
    root = Node("")
    stack = [root]
    for n, match in enumerate(TAG.finditer(text)):
        if n > LIMIT:
            raise broken("the file has too many elements")
        closing, tag, told = match[1], match[2].upper(), html.unescape(match[3]).strip()
        if closing:
            if any(each.tag == tag for each in stack[1:]):
                while stack[-1].tag != tag:
                    stack.pop()
                stack.pop()
        elif told:
            stack[-1].texts.setdefault(tag, told)
        elif f"</{match[2]}>" not in text[match.end() : match.end() + len(tag) + 3]:
            each = Node(tag)
            stack[-1].nodes.append(each)
            if tag in CONTAINERS:
                stack.append(each)
    return root


CONTAINERS = frozenset(
    [
        "OFX",
        "SIGNONMSGSRSV1",
        "SONRS",
        "STATUS",
        "FI",
        "BANKMSGSRSV1",
        "STMTTRNRS",
        "STMTRS",
        "BANKACCTFROM",
        "CCACCTFROM",
        "BANKTRANLIST",
        "STMTTRN",
        "LEDGERBAL",
        "AVAILBAL",
        "CREDITCARDMSGSRSV1",
        "CCSTMTTRNRS",
        "CCSTMTRS",
        "INVSTMTMSGSRSV1",
        "INVSTMTTRNRS",
        "INVSTMTRS",
        "INVACCTFROM",
        "INVTRANLIST",
        "SECLISTMSGSRSV1",
        "SECLIST",
        "SIGNUPMSGSRSV1",
        "ACCTINFOTRNRS",
        "ACCTINFORS",
        "ACCTINFO",
        "BANKACCTINFO",
        "CCACCTINFO",
        "INVACCTINFO",
        "PAYEE",
        "BANKACCTTO",
        "CCACCTTO",
        "CURRENCY",
        "ORIGCURRENCY",
        "BALLIST",
        "BAL",
    ]
)


def _statement(node: Node, scale_of: Any) -> StatementRead:
    owner = next((n for tag in ("BANKACCTFROM", "CCACCTFROM") for n in node.all(tag)), Node(""))
    account, currency = owner.text("ACCTID"), node.text("CURDEF").upper()
    if not account or not re.fullmatch(r"[A-Z]{3}", currency):
        raise broken("the statement names no account (ACCTID) or no currency (CURDEF)")
    scale = scale_of(currency)
    period = next(node.all("BANKTRANLIST"), Node(""))
    balance = next(node.all("LEDGERBAL"), None)
    lines = tuple(_line(each, scale) for each in node.all("STMTTRN"))
    closing = _steps(balance.text("BALAMT"), scale) if balance and balance.text("BALAMT") else None
    opening = None if closing is None else closing - sum(line.amount for line in lines)
    until = _day(period.text("DTEND")) or (_day(balance.text("DTASOF")) if balance else None)
    return StatementRead(
        account,
        currency,
        period.text("DTEND")[:8],
        lines,
        opening,
        closing,
        _day(period.text("DTSTART")),
        until,
    )


def _line(node: Node, scale: int) -> LineRead:
    booked = _day(node.text("DTPOSTED"))
    if booked is None:
        raise broken(f"line {node.text('FITID')} has no day")
    payee = next(node.all("PAYEE"), Node(""))
    name = node.text("NAME") or payee.text("NAME")
    told = " ".join(t for t in (name, node.text("MEMO")) if t)
    other = next((n for tag in ("BANKACCTTO", "CCACCTTO") for n in node.all(tag)), Node(""))
    return LineRead(
        booked, _steps(node.text("TRNAMT"), scale), told, name, other.text("ACCTID"), node.text("REFNUM", "CHECKNUM"), node.text("FITID"),
        _day(node.text("DTAVAIL", "DTUSER")),
    )  # fmt: skip


def _steps(text: str, scale: int) -> int:
    plain = text.replace(" ", "")
    if "," in plain:
        plain = (
            plain.replace(".", "").replace(",", ".")
            if plain.rfind(",") > plain.rfind(".")
            else plain.replace(",", "")
        )
    try:
        figure = Decimal(plain)
        return to_steps(figure.normalize() if figure else Decimal(0), scale)
    except (InvalidOperation, Refusal):
        raise broken(f"“{text[:30]}” is no amount of this currency") from None


def _day(text: str) -> date | None:
    if not re.match(r"\d{8}", text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise broken(f"“{text[:20]}” is no date") from None
