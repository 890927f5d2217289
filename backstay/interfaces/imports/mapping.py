"""The mapping file: which column is which field, and how its text is read. Checked whole before a row is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from backstay.base.errors import Refusal
from backstay.interfaces.imports.kinds import KINDS, FieldSpec, Kind

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
YES = ("1", "yes", "y", "true", "x", "ja", "j", "wahr")
NO = ("0", "no", "n", "false", "nein", "falsch")
_AROUND = re.compile(
    r"[\s'\N{RIGHT SINGLE QUOTATION MARK}€$£]"
)  # blanks, thousands as the Swiss write them, signs of currencies


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
                raise Bad(_("the mapping has no value for it"))
            text = self.values[text]
        if not text:
            text = self.default or ""
        if not text:
            if self.spec.required:
                raise Bad(_("it is missing"))
            return None
        return getattr(self, f"_{self.spec.type}")(self.prefix + text)

    def _text(self, text: str) -> str:
        if len(text) > self.spec.longest:
            raise Bad(_("it is longer than %(n)s characters") % {"n": self.spec.longest})
        if any(ord(c) < 32 and c not in "\t\n\r" for c in text):
            raise Bad(_("it has a control character"))
        return text

    def _date(self, text: str) -> date:
        try:
            return datetime.strptime(text, self.format).date()  # noqa: DTZ007
        except ValueError:
            raise Bad(_("it is no date of the form %(form)s") % {"form": self.format}) from None

    def _number(self, text: str) -> Decimal:
        plain = _AROUND.sub("", text.replace("\N{MINUS SIGN}", "-"))
        if self.group and self.group in plain:
            whole = plain.partition(self.decimal)[0].lstrip("+-")
            if (
                not re.fullmatch(rf"\d{{1,3}}({re.escape(self.group)}\d{{3}})+", whole)
                or self.group in plain.partition(self.decimal)[2]
            ):
                raise Bad(_("its thousands are not grouped by %(sign)s") % {"sign": self.group})
            plain = plain.replace(self.group, "")
        if self.decimal != ".":
            plain = plain.replace(".", "\0").replace(self.decimal, ".")
        if plain.endswith("-"):  # as accounting programs write what is negative
            plain = "-" + plain[:-1]
        try:
            figure = Decimal(plain)
        except InvalidOperation:
            raise Bad(_("it is no number")) from None
        if not figure.is_finite() or abs(figure) > LIMIT:
            raise Bad(_("it is no number that can be used"))
        figure *= self.factor
        if self.round is not None:
            figure = figure.quantize(Decimal(1).scaleb(-self.round), ROUND_HALF_UP)
        if self.spec.least is not None and figure < self.spec.least:
            raise Bad(_("it is less than %(n)s") % {"n": self.spec.least})
        if self.spec.places is not None and figure != round(figure, self.spec.places):
            raise Bad(
                _("it has more than %(n)s decimal places") % {"n": self.spec.places}
                if self.spec.places
                else _("it is no whole number")
            )
        return figure

    def _yes(self, text: str) -> bool:
        told = text.casefold()
        if told in YES or told in NO:
            return told in YES
        raise Bad(_("it is neither yes nor no"))

    def _choice(self, text: str) -> str:
        found = self.spec.words.get(text.casefold())
        if found is None:
            raise Bad(
                _("it is none of %(words)s") % {"words": ", ".join(dict.fromkeys(self.spec.words.values()))}
            )
        return found

    def _choices(self, text: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(self._choice(part.strip()) for part in re.split(r"[,;/|]", text) if part.strip())
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A file's cells: the header's or the lines'."""

    cells: dict[str, Cell]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    header: int = 1  # the row the columns' names stand in; 0: there is none, they are called A, B, C


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping, checked."""

    kind: str
    spec: Kind
    header: Part
    lines: Part | None
    options: Mapping[str, Any]


def load(path: Path, kind: str, spec: Kind | None = None) -> Map:
    """Read and check a mapping file. Raises Refusal (``import.mapping``) that names what is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal("import.mapping", f"there is no mapping {path.name}", "Look at --map.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise Refusal("import.mapping", f"{path.name} is no TOML: {exc}", "Look at that line.") from None
    if spec is None and kind not in KINDS:
        raise Refusal(
            "import.kind",
            f"there is no kind {kind}",
            f"One of {', '.join(KINDS)}, or a list such as parties/parties.",
        )
    return build(content, kind, spec or KINDS[kind], path.name)


def build(content: Mapping[str, Any], kind: str, spec: Kind, name: str) -> Map:
    """A mapping from its content, checked."""
    _known(name, content, {"kind", "file", "fields", "lines", "options"}, "at the top")
    if content.get("kind", kind) != kind:
        raise Refusal(
            "import.mapping", f"{name} maps {content['kind']}, not {kind}", "Take the mapping of this kind."
        )
    header = _part(name, content, spec.fields, "[fields]")
    lines = None
    if spec.lines and ("lines" in content or not spec.flat or spec.needs_lines):
        if "lines" not in content:
            raise Refusal("import.mapping", f"{name} has no [lines]", f"{kind} have lines: map them.")
        _known(name, content["lines"], {"file", "fields"}, "in [lines]")
        lines = _part(name, content["lines"], spec.lines, "[lines.fields]")
    _known(name, content.get("options", {}), set(spec.options), "in [options]")
    return Map(kind, spec, header, lines, content.get("options", {}))


def _part(name: str, content: Mapping[str, Any], specs: Mapping[str, FieldSpec], where: str) -> Part:
    given = content.get("fields", {})
    _known(name, given, set(specs), f"in {where}")
    missing = [field for field, spec in specs.items() if spec.required and field not in given]
    if missing:
        told = specs[missing[0]].label or missing[0]
        raise Refusal("import.mapping", f"{name} maps no {told} in {where}", "It is required.", missing[0])
    file = content.get("file", {})
    _known(name, file, {"encoding", "delimiter", "sheet", "header"}, "in [file]")
    cells = {field: cell_of(name, field, value, specs[field], where) for field, value in given.items()}
    return Part(
        cells,
        file.get("encoding", "utf-8"),
        file.get("delimiter", ","),
        file.get("sheet"),
        int(file.get("header", 1)),
    )


def cell_of(file: str, name: str, value: Any, spec: FieldSpec, where: str) -> Cell:
    """How one field is read, from what a mapping says of it. Refusal (``import.mapping``)."""
    if isinstance(value, str):
        return Cell(spec, (value,))
    if not isinstance(value, dict):
        raise Refusal("import.mapping", f"{file}: {name} in {where} is neither a column nor a table")
    _known(file, value, FIELD_KEYS, f"of {name} in {where}")
    columns = (
        tuple(value["columns"]) if "columns" in value else (value["column"],) if "column" in value else ()
    )
    if bool(columns) == ("constant" in value):
        raise Refusal(
            "import.mapping", f"{file}: {name} in {where} needs a column or a constant, and not both"
        )
    values = {str(k): str(v) for k, v in value.get("values", {}).items()}
    try:
        factor = Decimal(str(value.get("factor", 1)))
    except InvalidOperation:
        raise Refusal("import.mapping", f"{file}: the factor of {name} is no number") from None
    constant = None if "constant" not in value else str(value["constant"])
    return Cell(
        spec, columns, constant, value.get("date", "%Y-%m-%d"), value.get("decimal", "."), value.get("group", ""), value.get("round"),
        factor, values, None if "default" not in value else str(value["default"]), value.get("join", " "), value.get("prefix", ""),
    )  # fmt: skip


def _known(file: str, given: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(given) - known):
        raise Refusal(
            "import.mapping",
            f"{file}: {unknown[0]} is not known {where}",
            f"Known: {', '.join(sorted(known))}.",
        )
