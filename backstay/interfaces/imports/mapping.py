"""The mapping file: which column is which field, and how its text is read. Checked whole before a row is read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from backstay.base.errors import Refusal
from backstay.interfaces.imports.kinds import KINDS, FieldSpec

FIELD_KEYS = {
    "column",
    "columns",
    "constant",
    "date",
    "decimal",
    "group",
    "round",
    "factor",
    "values",
    "default",
    "join",
    "prefix",
}
LIMIT = Decimal(10) ** 12


class Bad(Exception):
    """A cell that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How one field is read."""

    spec: FieldSpec
    columns: tuple[str, ...] = ()
    constant: str | None = None
    format: str = "%Y-%m-%d"
    decimal: str = "."
    group: str = ""
    round: int | None = None
    factor: Decimal = Decimal(1)
    values: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    join: str = " "
    prefix: str = ""

    def read(self, cells: Mapping[str, str]) -> Any:
        """The value of this field in a row, or None. Raises Bad."""
        parts = [cells[c] for c in self.columns if cells[c]]
        text = self.constant if self.constant is not None else self.join.join(parts)
        if self.values and text:
            if text not in self.values:
                raise Bad("the mapping has no value for it")
            text = self.values[text]
        if not text:
            text = self.default or ""
        if not text:
            if self.spec.required:
                raise Bad("it is missing")
            return None
        return getattr(self, f"_{self.spec.type}")(self.prefix + text)

    def _text(self, text: str) -> str:
        if len(text) > self.spec.longest:
            raise Bad(f"it is longer than {self.spec.longest} characters")
        if any(ord(c) < 32 and c not in "\t\n\r" for c in text):
            raise Bad("it has a control character")
        return text

    def _date(self, text: str) -> date:
        try:
            return datetime.strptime(text, self.format).date()  # noqa: DTZ007
        except ValueError:
            raise Bad(f"it is no date of the form {self.format}") from None

    def _number(self, text: str) -> Decimal:
        plain = text.replace(self.group, "") if self.group else text
        if self.decimal != ".":
            plain = plain.replace(".", "\0").replace(self.decimal, ".")
        try:
            figure = Decimal(plain.strip())
        except InvalidOperation:
            raise Bad("it is no number") from None
        if not figure.is_finite() or abs(figure) > LIMIT:
            raise Bad("it is no number that can be used")
        figure *= self.factor
        if self.round is not None:
            figure = figure.quantize(Decimal(1).scaleb(-self.round), ROUND_HALF_UP)
        if self.spec.least is not None and figure < self.spec.least:
            raise Bad(f"it is less than {self.spec.least}")
        return figure


@dataclass(frozen=True, slots=True)
class Part:
    """A file's cells: the header's or the lines'."""

    cells: dict[str, Cell]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping file, checked."""

    kind: str
    header: Part
    lines: Part | None
    options: Mapping[str, Any]


def load(path: Path, kind: str) -> Map:
    """Read and check a mapping. Raises Refusal (``import.mapping``) that names what is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal("import.mapping", f"there is no mapping {path.name}", "Look at --map.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise Refusal("import.mapping", f"{path.name} is no TOML: {exc}", "Look at that line.") from None
    if kind not in KINDS:
        raise Refusal("import.kind", f"there is no kind {kind}", f"One of {', '.join(KINDS)}.")
    spec = KINDS[kind]
    _known(path, content, {"kind", "file", "fields", "lines", "options"}, "at the top")
    if content.get("kind", kind) != kind:
        raise Refusal(
            "import.mapping",
            f"{path.name} maps {content['kind']}, not {kind}",
            "Take the mapping of this kind.",
        )
    header = _part(path, content, spec.fields, "[fields]")
    lines = None
    if spec.lines:
        if "lines" not in content:
            raise Refusal("import.mapping", f"{path.name} has no [lines]", f"{kind} have lines: map them.")
        _known(path, content["lines"], {"file", "fields"}, "in [lines]")
        lines = _part(path, content["lines"], spec.lines, "[lines.fields]")
    _known(path, content.get("options", {}), set(spec.options), "in [options]")
    return Map(kind, header, lines, content.get("options", {}))


def _part(path: Path, content: Mapping[str, Any], specs: Mapping[str, FieldSpec], where: str) -> Part:
    given = content.get("fields", {})
    _known(path, given, set(specs), f"in {where}")
    missing = [name for name, spec in specs.items() if spec.required and name not in given]
    if missing:
        raise Refusal("import.mapping", f"{path.name} maps no {missing[0]} in {where}", "It is required.")
    file = content.get("file", {})
    _known(path, file, {"encoding", "delimiter", "sheet"}, "in [file]")
    cells = {name: _cell(path, name, value, specs[name], where) for name, value in given.items()}
    return Part(cells, file.get("encoding", "utf-8"), file.get("delimiter", ","), file.get("sheet"))


def _cell(path: Path, name: str, value: Any, spec: FieldSpec, where: str) -> Cell:
    if isinstance(value, str):
        return Cell(spec, (value,))
    if not isinstance(value, dict):
        raise Refusal("import.mapping", f"{path.name}: {name} in {where} is neither a column nor a table")
    _known(path, value, FIELD_KEYS, f"of {name} in {where}")
    columns = (
        tuple(value["columns"]) if "columns" in value else (value["column"],) if "column" in value else ()
    )
    if bool(columns) == ("constant" in value):
        raise Refusal(
            "import.mapping", f"{path.name}: {name} in {where} needs a column or a constant, and not both"
        )
    values = {str(k): str(v) for k, v in value.get("values", {}).items()}
    try:
        factor = Decimal(str(value.get("factor", 1)))
    except InvalidOperation:
        raise Refusal("import.mapping", f"{path.name}: the factor of {name} is no number") from None
    constant = None if "constant" not in value else str(value["constant"])
    return Cell(
        spec, columns, constant, value.get("date", "%Y-%m-%d"), value.get("decimal", "."), value.get("group", ""), value.get("round"),
        factor, values, None if "default" not in value else str(value["default"]), value.get("join", " "), value.get("prefix", ""),
    )  # fmt: skip


def _known(path: Path, given: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(given) - known):
        raise Refusal(
            "import.mapping",
            f"{path.name}: {unknown[0]} is not known {where}",
            f"Known: {', '.join(sorted(known))}.",
        )
