"""Payment orders as pain.001 (ISO 20022 customer credit transfer), version 03 or 09, as SEPA's rulebook limits it."""

from __future__ import annotations

import unicodedata
from typing import Any

from lxml import etree

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.base.money import plain
from backstay.platform import access, rows

VERSIONS = {
    "03": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03",
    "09": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
}
# EPC217-08: the letters every bank of SEPA takes.
LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
SPELLED = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "oe",
        "Ø": "Oe",
        "å": "aa",
        "Å": "Aa",
        "&": "+",
        "_": "-",
    }
)

_PAYMENTS = """
SELECT p.id, p.number, p.amount, y.name, a.iban, a.bic, a.holder,
       (SELECT string_agg(coalesce(nullif(b.supplier_number, ''), b.number, l.item), ' ' ORDER BY l.position)
        FROM banking_paymentline l LEFT JOIN invoicing_bill b ON l.item = 'bill:' || b.id WHERE l.payment_id = p.id)
FROM banking_payment p JOIN parties_party y ON y.id = p.party_id
JOIN banking_partyaccount a ON a.party_id = p.party_id AND a.archived_on IS NULL
WHERE p.run_id = %s AND p.state <> 'reversed' ORDER BY p.id
"""


def latin(text: str, length: int) -> str:
    """A text in the letters every bank takes, cut to ``length``."""
    flat = unicodedata.normalize("NFKD", text.translate(SPELLED))
    return " ".join(
        "".join(c if c in LATIN else "" if unicodedata.combining(c) else " " for c in flat).split()
    )[:length]


def payment_file(ctx: Ctx, run: int, version: str = "09") -> tuple[str, bytes]:
    """(name, content) of a run's file. The same run gives the same message id: a bank refuses it the second time."""
    access.require(ctx, "banking.paymentrun.file", [run])
    if version not in VERSIONS:
        raise Refusal("banking.pain", f"there is no version {version}", "03 or 09.")
    found = rows.execute(
        "SELECT r.number, r.executed_on, r.posted_at, b.iban, b.bic, u.code FROM banking_paymentrun r"
        " JOIN banking_bankaccount b ON b.id = r.bank_account_id JOIN unit u ON u.id = b.currency_id"
        " WHERE r.id = %s AND r.state = 'ordered'",
        [run],
    )
    if not found:
        raise NotFound("banking.run", f"no ordered payment run with id {run}")
    number = found[0][0]
    payments = rows.execute(_PAYMENTS, [run])
    if not payments:
        raise Refusal("banking.run", f"{number} has no payment left", "Make a new run.")
    content = _document(ctx, version, found[0], payments)
    return f"{found[0][0]}.xml", content


def _document(ctx: Ctx, version: str, run: tuple[Any, ...], payments: list[tuple[Any, ...]]) -> bytes:
    number, on, made_at, iban, bic, currency = run
    new = version == "09"
    root = etree.Element("Document", nsmap={None: VERSIONS[version]})
    order = _add(root, "CstmrCdtTrfInitn")
    head = _add(order, "GrpHdr")
    total = plain(sum(row[2] for row in payments), ctx.scale)
    _add(head, "MsgId", latin(f"{number}/{ctx.company}", 35))
    _add(head, "CreDtTm", (made_at or clock.now()).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(head, "NbOfTxs", str(len(payments)))
    _add(head, "CtrlSum", total)
    _add(head, "InitgPty/Nm", latin(str(ctx.settings["name"]), 70))
    block = _add(order, "PmtInf")
    _add(block, "PmtInfId", latin(number, 35))
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "true")
    _add(block, "NbOfTxs", str(len(payments)))
    _add(block, "CtrlSum", total)
    if currency == "EUR":
        _add(block, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add(block, "ReqdExctnDt/Dt" if new else "ReqdExctnDt", on.isoformat())
    _add(block, "Dbtr/Nm", latin(str(ctx.settings["name"]), 70))
    _add(block, "DbtrAcct/Id/IBAN", iban)
    _agent(_add(block, "DbtrAgt/FinInstnId"), bic, new)
    _add(block, "ChrgBr", "SLEV")
    for _ident, own, amount, name, other, other_bic, holder, told in payments:
        each = _add(block, "CdtTrfTxInf")
        _add(each, "PmtId/EndToEndId", latin(own, 35))
        _add(each, "Amt/InstdAmt", plain(amount, ctx.scale)).set("Ccy", currency)
        if other_bic:
            _agent(_add(each, "CdtrAgt/FinInstnId"), other_bic, new)
        _add(each, "Cdtr/Nm", latin(holder or name, 70))
        _add(each, "CdtrAcct/Id/IBAN", other)
        _add(each, "RmtInf/Ustrd", latin(told or own, 140))
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _agent(node: Any, bic: str, new: bool) -> None:
    if bic:
        _add(node, "BICFI" if new else "BIC", bic)
    else:
        _add(node, "Othr/Id", "NOTPROVIDED")


def _add(parent: Any, path: str, text: str | None = None) -> Any:
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{parent.nsmap[None]}}}{name}")
    parent.text = text
    return parent
