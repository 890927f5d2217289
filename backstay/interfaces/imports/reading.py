"""Rows of a CSV or XLSX file, plain or gzipped: every fault is named with file, row and column, never a traceback."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from backstay.base.errors import Refusal
from backstay.interfaces.cells import as_it_was

LONGEST = 1_000_000  # characters of a cell
UNPACKED = 1_000_000_000  # bytes of a packed file


@dataclass(frozen=True, slots=True)
class Kept:
    """A file whose content is at hand; read like a path."""

    name: str
    content: bytes

    def is_file(self) -> bool:
        """It is here."""
        return True

    def read_bytes(self) -> bytes:
        """Its content."""
        return self.content


Source = Path | Kept


class Row(NamedTuple):
    """A data row: its number in the file (the header is row 1) and its cells by column; all text."""

    number: int
    cells: dict[str, str]


class Fault(NamedTuple):
    """What is wrong with a row."""

    file: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file} row {self.row}" + (f", column {self.column}" if self.column else "")
        return f"{where}: {self.reason}" + (f" ({self.value!r})" if self.value else "")


def read(
    path: Source, encoding: str = "utf-8", delimiter: str = ",", sheet: str | None = None, header: int = 1
) -> Iterator[Row | Fault]:
    """Rows in order. Raises Refusal (``import.file``) for what cannot be read as a table at all."""
    if not path.is_file():
        raise Refusal("import.file", f"there is no file {path.name}", "Look at the path.")
    raw = _bytes(path)
    if not raw.strip():
        raise Refusal("import.file", f"{path.name} is empty", "It needs a header row.")
    if raw[:4] == b"PK\x03\x04":
        yield from _table(path.name, _sheet(path.name, raw, sheet), header)
        return
    yield from _table(path.name, _csv(path.name, raw, encoding, delimiter), header)


def read_rows(
    path: Source, encoding: str = "utf-8-sig", delimiter: str = ",", sheet: str | None = None
) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of a CSV or XLSX file as it stands, ragged rows and all. Refusal for what is no table."""
    raw = _bytes(path)
    lines = (
        _sheet(path.name, raw, sheet)
        if raw[:4] == b"PK\x03\x04"
        else _csv(path.name, raw, encoding, delimiter)
    )
    yield from enumerate(lines, 1)


def _bytes(path: Source) -> bytes:
    try:
        raw = path.read_bytes()
        if raw[:2] != b"\x1f\x8b":
            return raw
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            unpacked = packed.read(UNPACKED + 1)
        if len(unpacked) > UNPACKED:
            raise Refusal(
                "import.file", f"{path.name} is too large when unpacked", f"At most {UNPACKED:,} bytes."
            )
        return unpacked
    except (OSError, EOFError) as exc:
        raise Refusal("import.file", f"{path.name} cannot be read: {exc}", "Get the file again.") from None


def _csv(name: str, raw: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    try:
        text = raw.decode("utf-8-sig" if encoding.lower().replace("_", "-") == "utf-8" else encoding)
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        raise Refusal(
            "import.encoding",
            f"{name} line {line}: byte {raw[exc.start]:#x} is no {encoding}",
            "Name its encoding in the mapping.",
        ) from None
    except LookupError:
        raise Refusal(
            "import.encoding", f"there is no encoding {encoding}", "For example utf-8 or cp1252."
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Refusal(
            "import.file", f"{name} line {line} has a NUL character", "It is no text file, or damaged."
        )
    csv.field_size_limit(LONGEST)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [as_it_was(cell) if cell[:1] == "'" else cell for cell in cells]
    except csv.Error as exc:
        raise Refusal("import.file", f"{name} is no CSV: {exc}", "Look at its quotes.") from None


def sheets(path: Source) -> list[str]:
    """The sheets of a workbook; none for a text file."""
    raw = _bytes(path)
    return list(_book(path.name, raw).sheet_names) if raw[:4] == b"PK\x03\x04" else []


def _book(name: str, raw: bytes) -> Any:
    import zipfile

    import python_calamine

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size <= UNPACKED:
            return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except Exception as exc:
        raise Refusal(
            "import.file", f"{name} is no readable workbook: {exc}", "Save it again as .xlsx or .csv."
        ) from None
    raise Refusal("import.file", f"{name} is too large when unpacked", f"At most {UNPACKED:,} bytes.")


def _sheet(name: str, raw: bytes, sheet: str | None) -> Iterator[list[str]]:
    book = _book(name, raw)
    try:
        found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
    except Exception as exc:
        raise Refusal(
            "import.file", f"{name} is no readable workbook: {exc}", "Save it again as .xlsx or .csv."
        ) from None
    for row in found.to_python(skip_empty_area=False):
        yield [_text(value) for value in row]


def _text(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if not (value.hour or value.minute or value.second)
            else value.isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def column_name(n: int) -> str:
    """A, B, …, Z, AA: the name of a column in a table that names none."""
    return (column_name(n // 26 - 1) if n >= 26 else "") + chr(65 + n % 26)


def _table(name: str, lines: Iterator[list[str]], at: int = 1) -> Iterator[Row | Fault]:
    if at == 0:
        first = next(lines, [])
        header = [column_name(n) for n in range(len(first))]
        lines = chain([first], lines)
    else:
        for _skipped in range(at - 1):
            next(lines, [])
        header = [cell.strip() for cell in next(lines, [])]
    while header and not header[-1]:
        header.pop()
    if not any(header):
        raise Refusal("import.header", f"{name} has no header row", "Name the columns in its first row.")
    if twice := sorted({h for h in header if h and header.count(h) > 1}):
        raise Refusal("import.header", f"{name} has the column {twice[0]} twice", "Rename one.")
    for number, cells in enumerate(lines, at + 1):
        if not any(cell.strip() for cell in cells) or (number == at + 1 and cells[0].startswith("# ")):
            continue  # an empty row, or the explanations below the header of our own templates
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(header):
            yield Fault(name, number, "", "", f"{len(cells)} cells where the header has {len(header)}")
        else:
            yield Row(number, dict(zip(header, (c.strip() for c in cells), strict=True)))
