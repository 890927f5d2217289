"""Rows become records: parsed, grouped, keyed; what cannot be read is a fault with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backstay.base.errors import Refusal
from backstay.interfaces.imports.kinds import KINDS
from backstay.interfaces.imports.mapping import Bad, Map, Part
from backstay.interfaces.imports.reading import Fault, read


@dataclass(slots=True)
class Record:
    """One thing to import: the row it starts at, its fields, its lines."""

    file: str
    row: int
    key: str
    fields: dict[str, Any]
    lines: list[dict[str, Any]] = field(default_factory=list)
    line_rows: list[int] = field(default_factory=list)

    def digest(self) -> str:
        """What the record says, as a hash: the same key with other content is noticed."""
        text = json.dumps([self.fields, self.lines], default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def parse(mapped: Map, files: list[Path]) -> tuple[list[Record], list[Fault]]:
    """All records of the files, and what is wrong with the rest. Raises Refusal for files or mappings as a whole."""
    spec = KINDS[mapped.kind]
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
    mapped: Map, path: Path, together: bool, records: dict[str, Record], faults: list[Fault]
) -> None:
    spec = KINDS[mapped.kind]
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


def _lines(mapped: Map, path: Path, records: dict[str, Record], faults: list[Fault]) -> None:
    spec = KINDS[mapped.kind]
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


def _rows(path: Path, part: Part, faults: list[Fault]) -> Iterable[tuple[int, dict[str, Any], bool]]:
    checked = False
    for row in read(path, part.encoding, part.delimiter, part.sheet):
        if isinstance(row, Fault):
            faults.append(row)
            continue
        if not checked:
            for name, cell in part.cells.items():
                if missing := [c for c in cell.columns if c not in row.cells]:
                    raise Refusal(
                        "import.column",
                        f"{path.name} has no column {missing[0]}",
                        f"The mapping wants it for {name}.",
                    )
            checked = True
        values, wrong = {}, False
        for name, cell in part.cells.items():
            try:
                values[name] = cell.read(row.cells)
            except Bad as exc:
                shown = " ".join(row.cells[c] for c in cell.columns)[:60]
                faults.append(
                    Fault(path.name, row.number, ", ".join(cell.columns) or name, shown, f"{name}: {exc}")
                )
                wrong = True
        yield row.number, values, wrong
