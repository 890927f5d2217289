"""Bank statements as camt.053 (ISO 20022), every version: names are read without their namespace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from backstay.base.errors import Refusal
from backstay.base.money import to_steps
from backstay.domains.banking.rules import LineRead, StatementRead

# No DTD, no entities, nothing fetched, no tree without end: a bank's file is somebody else's text.
PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


def broken(what: str, where: str = "", remedy: str = "Ask the bank for the file again.") -> Refusal:
    """The refusal of a file that cannot be read."""
    return Refusal("banking.statement_file", what, remedy, where)


def tree(content: bytes) -> Any:
    """The root of an XML file. Refusal (``banking.statement_file``) with line and column for what is not well-formed."""
    try:
        root = etree.fromstring(content, PARSER)
    except etree.XMLSyntaxError as exc:
        raise broken(f"the file is no well-formed XML: {exc.msg}", f"line {exc.lineno}") from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise broken("the file has a document type of its own, which no bank sends", "line 1")
    for each in root.iter():
        if isinstance(each.tag, str) and "}" in each.tag:
            each.tag = each.tag.partition("}")[2]
    return root


def read(content: bytes, scale_of: Any) -> list[StatementRead]:
    """Statements of a camt.053 file; ``scale_of(currency)`` gives decimal places."""
    root = tree(content)
    if any(str(each.tag).startswith(("BkToCstmrAcctRpt", "BkToCstmrDbtCdt")) for each in root.iter()):
        raise broken(
            "this is a report of the day or a notification (camt.052, camt.054), no statement",
            "",
            "Take the statement, camt.053: it has what is booked.",
        )
    found = root.findall(".//BkToCstmrStmt/Stmt")
    if not found:
        raise broken("there is no statement in the file (BkToCstmrStmt/Stmt)")
    return [_statement(each, scale_of) for each in found]


def _text(node: Any, path: str) -> str:
    found = node.find(path) if node is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def _first(node: Any, *paths: str) -> str:
    return next((text for path in paths if (text := _text(node, path))), "")


def _day(node: Any, path: str) -> date | None:
    text = _first(node, f"{path}/Dt", f"{path}/DtTm", f"{path}/Dt/Dt", f"{path}/Dt/DtTm")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise broken(f"“{text[:30]}” is no date", _where(node)) from None


def _where(node: Any) -> str:
    return f"line {node.sourceline}" if node is not None else ""


def _steps(node: Any, path: str, scale: int) -> int:
    text = _text(node, path)
    try:
        figure = Decimal(text)
    except InvalidOperation:
        raise broken(f"“{text[:30]}” is no amount", _where(node)) from None
    if figure < 0 or not figure.is_finite():
        raise broken(f"“{text[:30]}” is no amount: its direction stands apart", _where(node))
    try:
        steps = to_steps(figure, scale)
    except Refusal:
        raise broken(f"{text[:30]} has more decimal places than its currency", _where(node)) from None
    way = _text(node, "CdtDbtInd")
    if way not in ("CRDT", "DBIT"):
        raise broken("an amount says neither credit nor debit (CdtDbtInd)", _where(node))
    return steps if way == "CRDT" else -steps


def _statement(node: Any, scale_of: Any) -> StatementRead:
    account = _first(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id")
    balances = {}
    currency = _text(node, "Acct/Ccy")
    for each in node.findall("Bal"):
        code = _first(each, "Tp/CdOrPrtry/Cd", "Tp/Cd")
        amount = each.find("Amt")
        if amount is not None:
            currency = currency or amount.get("Ccy", "")
            balances.setdefault(
                code,
                (
                    _steps(each, "Amt", scale_of(amount.get("Ccy", currency))),
                    _day(each, "Dt") or _day(each, "."),
                ),
            )
    entries = node.findall("Ntry")
    currency = currency or next(
        (e.find("Amt").get("Ccy", "") for e in entries if e.find("Amt") is not None), ""
    )
    if not account or not currency:
        raise broken("the statement names no account or no currency", _where(node))
    scale = scale_of(currency)
    lines = [line for each in entries for line in _lines(each, scale, currency)]
    opening, closing = balances.get("OPBD") or balances.get("PRCD"), balances.get("CLBD")
    return StatementRead(
        account.replace(" ", ""), currency, _first(node, "ElctrncSeqNb", "LglSeqNb", "Id"), tuple(lines),
        opening[0] if opening else None, closing[0] if closing else None, opening[1] if opening else _day(node, "FrToDt/FrDtTm"),
        closing[1] if closing else None,
    )  # fmt: skip


def _lines(entry: Any, scale: int, currency: str) -> Iterator[LineRead]:
    """An entry's lines: its transactions one by one where they add up to it, else the entry as a whole."""
    state = _first(entry, "Sts/Cd", "Sts")
    if state and state != "BOOK":
        return
    amount = entry.find("Amt")
    if amount is None:
        raise broken("an entry has no amount", _where(entry))
    if amount.get("Ccy", currency) != currency:
        raise broken(f"an entry in {amount.get('Ccy')} stands on an account in {currency}", _where(entry))
    total = _steps(entry, "Amt", scale)
    booked = _day(entry, "BookgDt") or _day(entry, "ValDt")
    if booked is None:
        raise broken("an entry has no day", _where(entry))
    details = entry.findall("NtryDtls/TxDtls")
    parts = [_part(each, scale, currency, 1 if total >= 0 else -1) for each in details]
    split = len(details) > 1 and all(p is not None for p in parts) and sum(p or 0 for p in parts) == total
    value_on, note = _day(entry, "ValDt"), _text(entry, "AddtlNtryInf")
    own = _first(entry, "AcctSvcrRef", "NtryRef")
    reversal = _text(entry, "RvslInd") == "true"
    for n, each in enumerate(details if split else [details[0] if details else None]):
        texts = [_told(d) for d in (details if not split else [each])] if details else []
        way = "Dbtr" if ((parts[n] or 0) if split else total) > 0 else "Cdtr"
        yield LineRead(
            booked, (parts[n] or 0) if split else total, " ".join(t for t in texts if t) or note,
            _first(each, f"RltdPties/{way}/Nm", f"RltdPties/{way}/Pty/Nm", f"RltdPties/Ultmt{way}/Nm", f"RltdPties/Ultmt{way}/Pty/Nm"),
            _first(each, f"RltdPties/{way}Acct/Id/IBAN", f"RltdPties/{way}Acct/Id/Othr/Id").replace(" ", ""),
            _reference(each), (own and f"{own}/{n}" if split else own) or _text(each, "Refs/AcctSvcrRef"), value_on, reversal,
        )  # fmt: skip


def _part(each: Any, scale: int, currency: str, sign: int) -> int | None:
    amount = each.find("Amt")
    if amount is None:
        amount = each.find("AmtDtls/TxAmt/Amt")
    if amount is None or amount.get("Ccy", currency) != currency:
        return None
    try:
        steps = to_steps(Decimal((amount.text or "").strip()), scale)
    except (InvalidOperation, Refusal):
        return None
    way = _text(each, "CdtDbtInd")
    return steps if way == "CRDT" else -steps if way == "DBIT" else sign * steps


def _reference(each: Any) -> str:
    told = _first(each, "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef", "Refs/EndToEndId")
    return "" if told.upper() == "NOTPROVIDED" else told


def _told(each: Any) -> str:
    return " ".join(" ".join((u.text or "").split()) for u in each.findall("RmtInf/Ustrd")) or _text(
        each, "AddtlTxInf"
    )
