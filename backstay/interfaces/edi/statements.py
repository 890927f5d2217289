"""Reading a bank's file, whatever its format: by what stands in it, never by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backstay.base.errors import Refusal
from backstay.domains.accounting.processes import SCALES
from backstay.domains.banking.rules import StatementRead
from backstay.interfaces.edi import camt, mt940, ofx, table

LIMIT = 50 * 1024 * 1024


def scale_of(currency: str) -> int:
    """Decimal places of a currency (ISO 4217)."""
    return SCALES.get(currency, 2)


def read(path: Path, told: dict[str, Any] | None = None) -> list[StatementRead]:
    """The statements of a file; a table needs a mapping. Refusal (``banking.statement_file``) says what is wrong and where."""
    if path.stat().st_size > LIMIT:
        raise camt.broken(f"{path.name} has more than {LIMIT // 1024 // 1024} MiB", "", "Split it.")
    if told is not None:
        return table.read(path, told, scale_of)
    content = path.read_bytes()
    head = content[:4000].lstrip()
    if not content.strip():
        raise camt.broken(f"{path.name} is empty")
    if b"<OFX>" in content[:4000].upper() or head.upper().startswith(b"OFXHEADER"):
        return ofx.read(content, scale_of)
    if head.startswith((b"<", b"\xef\xbb\xbf<")):
        return camt.read(content, scale_of)
    if b":20:" in content:
        return mt940.read(content, scale_of)
    raise Refusal(
        "banking.statement_file",
        f"{path.name} is neither camt.053, MT940 nor OFX",
        "For a table (CSV, XLSX) give a mapping.",
    )
