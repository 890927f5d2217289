"""Rows become records: parsed, grouped, keyed; what cannot be read is a fault with its place."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.interfaces.imports.mapping import Bad, Map, Part
from backstay.interfaces.imports.reading import Fault, Row, Source, read


@dataclass(slots=True)
class Record:
    """One thing to import: the row it starts at, its fields, its lines."""

    file: str
    row: int
    key: str
    fields: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)
    line_rows: list[int] = field(default_factory=list)
    # Which fields the row itself says something of, beside what is the same for all rows; and what marks it as a row of ours.
    said: frozenset[str] = frozenset()
    lines_said: list[frozenset[str]] = field(default_factory=list)
    mark: str = ""

    def digest(self) -> str:
        """What the record says, as a hash: the same key with other content is noticed."""
        text = json.dumps([self.fields, self.lines], default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def parse(mapped: Map, files: Sequence[Source]) -> tuple[list[Record], list[Fault]]:
    """All records of the files, and what is wrong with the rest. Raises Refusal for files or mappings as a whole."""
    spec = mapped.spec
    if spec.flat:
        return _flat(mapped, files)
    together = bool(spec.lines) and len(files) == 1
    if mapped.lines is not None and len(files) > 2:
        raise Refusal(
            "import.files",
            f"{mapped.kind} come in one file or two",
            "Name the headers' file, then the lines'.",
        )
    faults: list[Fault] = []
    records: dict[str, Record] = {}
    for path in files[:1] if spec.lines else files:
        _headers(mapped, path, together, records, faults)
    if mapped.lines is not None:
        _lines(mapped, files[-1], records, faults)
        bare = [r for r in records.values() if not r.lines]
        faults += [Fault(r.file, r.row, "", r.key, "it has no lines") for r in bare]
        records = {k: r for k, r in records.items() if r.lines}
    return list(records.values()), faults


def _headers(
    mapped: Map, path: Source, together: bool, records: dict[str, Record], faults: list[Fault]
) -> None:
    spec = mapped.spec
    for number, values, wrong in _rows(path, mapped.header, faults):
        if wrong:
            continue
        key = str(values[spec.key])
        if key in records and not together:
            faults.append(
                Fault(path.name, number, spec.key, key, f"it stands in row {records[key].row} already")
            )
        elif key not in records:
            records[key] = Record(path.name, number, key, values)


def _lines(mapped: Map, path: Source, records: dict[str, Record], faults: list[Fault]) -> None:
    spec = mapped.spec
    assert mapped.lines is not None  # noqa: S101
    broken: set[str] = set()
    for number, values, wrong in _rows(path, mapped.lines, faults):
        key = str(values.pop(spec.key, ""))
        if wrong:
            broken.add(key)  # a document is imported whole or not at all
        elif key not in records:
            faults.append(Fault(path.name, number, spec.key, key, "no header has this key"))
        else:
            records[key].lines.append(values)
            records[key].line_rows.append(number)
    for key in broken & set(records):
        record = records.pop(key)
        faults.append(Fault(record.file, record.row, spec.key, key, "one of its lines cannot be read"))


def _rows(path: Source, part: Part, faults: list[Fault]) -> Iterable[tuple[int, dict[str, Any], bool]]:
    for row in _checked(path, part, [part], faults):
        values, wrong = _values(path.name, row, part, faults)
        yield row.number, values, wrong


def _checked(path: Source, part: Part, parts: Sequence[Part], faults: list[Fault]) -> Iterable[Row]:
    """The rows of a file that has the columns the mapping names; ragged ones are faults."""
    checked = False
    for row in read(path, part.encoding, part.delimiter, part.sheet, part.header):
        if isinstance(row, Fault):
            faults.append(row)
            continue
        if not checked:
            for name, cell in (pair for each in parts for pair in each.cells.items()):
                if missing := [c for c in cell.columns if c not in row.cells]:
                    raise Refusal(
                        "import.column",
                        f"{path.name} has no column {missing[0]}",
                        f"The mapping wants it for {name}.",
                    )
            checked = True
        yield row


def _values(file: str, row: Row, part: Part, faults: list[Fault]) -> tuple[dict[str, Any], bool]:
    values: dict[str, Any] = {}
    wrong = False
    for name, cell in part.cells.items():
        try:
            values[name] = cell.read(row.cells)
        except Bad as exc:
            shown = " ".join(row.cells[c] for c in cell.columns)[:60]
            said = f"{cell.spec.label or name}: {exc}"
            faults.append(Fault(file, row.number, ", ".join(cell.columns) or name, shown, said))
            wrong = True
    return values, wrong


def _said(part: Part, cells: Mapping[str, str]) -> frozenset[str]:
    return _names(tuple(name for name, cell in part.cells.items() if any(cells[c] for c in cell.columns)))


@lru_cache(maxsize=1024)
def _names(names: tuple[str, ...]) -> frozenset[str]:
    """One set for all rows that say the same: there are few, and many rows."""
    return frozenset(names)


def _flat(mapped: Map, files: Sequence[Source]) -> tuple[list[Record], list[Fault]]:
    """One table: the header's fields stand in the first row of each document, a line in each row."""
    faults: list[Fault] = []
    records: dict[str, Record] = {}
    broken: dict[str, Record] = {}
    seen: Counter[str] = Counter()
    parts = [mapped.header] + ([mapped.lines] if mapped.lines else [])
    for path in files:
        last = ""
        for row in _checked(path, mapped.header, parts, faults):
            given = _key(mapped, row.cells)
            if not given and mapped.lines and last and not _filled(mapped.header, row.cells):
                given = last  # the row goes on with the document above
            key = given or _content_key(row.cells, seen)
            last = key
            record = records.get(key)
            if record is None:
                values, wrong = _values(path.name, row, mapped.header, faults)
                mark = str(values.pop("key", None) or "")
                said = _said(mapped.header, row.cells)
                record = records[key] = Record(path.name, row.number, key, values, said=said, mark=mark)
                if wrong:
                    broken[key] = record
            elif not mapped.lines:
                twice = _("%(key)s stands in row %(n)s already") % {"key": key, "n": record.row}
                faults.append(Fault(path.name, row.number, _key_column(mapped), key, twice))
                continue
            if mapped.lines and _filled(mapped.lines, row.cells):
                line, wrong = _values(path.name, row, mapped.lines, faults)
                record.lines.append(line)
                record.line_rows.append(row.number)
                record.lines_said.append(_said(mapped.lines, row.cells))
                if wrong:
                    broken[key] = record
    if mapped.spec.needs_lines:
        bare = [r for r in records.values() if not r.lines]
        faults += [Fault(r.file, r.row, "", r.key, "it has no lines") for r in bare]
        broken |= {r.key: r for r in bare}
    return [r for k, r in records.items() if k not in broken], faults


def _key(mapped: Map, cells: Mapping[str, str]) -> str:
    """What tells this document from others, and from those that were imported before."""
    for name in (mapped.spec.key, "key"):
        cell = mapped.header.cells.get(name)
        if cell is not None and (text := " ".join(cells[c] for c in cell.columns if cells[c])):
            return text if len(text) <= 200 else hashlib.sha256(text.encode()).hexdigest()
    return ""


def _key_column(mapped: Map) -> str:
    cell = mapped.header.cells.get(mapped.spec.key) or mapped.header.cells.get("key")
    return ", ".join(cell.columns) if cell else ""


def _content_key(cells: Mapping[str, str], seen: Counter[str]) -> str:
    """A row that names no key is told by what it says; the same again in one file is another of its kind."""
    digest = "row:" + hashlib.sha256(json.dumps(sorted(cells.items())).encode()).hexdigest()
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"


def _filled(part: Part, cells: Mapping[str, str]) -> bool:
    return any(cells[c] for cell in part.cells.values() for c in cell.columns)
