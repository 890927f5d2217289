"""What a scanner types becomes a quantity on a line: codes, ``3*CODE``, undo. The browser does the same in scan.js."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from backstay.platform.figures import BadText, figure, local, number_text, separators

MANY = 10**15  # steps; no figure may pass it


@dataclass(slots=True)
class Row:
    """A line with quantities, in steps: ``left`` is due, ``most`` may be entered, ``offer`` is proposed (what is due unless
    less can be had). ``ratio``: steps in one as typed.

    ``cells``: (text, tone) per column of facts; ``brief``: the same in few words, for a phone.
    """

    key: str
    sku: str
    name: str
    unit: str
    ratio: Fraction
    left: int
    most: int
    codes: tuple[str, ...] = ()
    cells: Sequence[tuple[str, str]] = ()
    brief: str = ""
    note: str = ""
    offer: int | None = None
    extra: dict[str, str] = field(
        default_factory=dict
    )  # another input of the line: name, label, value, error
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, steps: int) -> str:
        """Steps as the text of an input, with the reader's decimal mark."""
        return local("number", plain(Fraction(steps) / self.ratio))

    def shown(self, steps: int) -> str:
        """Steps as people read them."""
        return number_text(Decimal(plain(Fraction(steps) / self.ratio)))

    def steps(self, text: str) -> int:
        """Typed text in steps. Raises BadText; a fraction of the smallest step is none."""
        if not text.strip():
            return 0
        value = Fraction(figure(text))
        if value < 0:
            raise BadText(_("It cannot be negative."))
        steps = round(value * self.ratio)
        if plain(Fraction(steps) / self.ratio) != plain(value):
            raise BadText(_("It cannot be divided so: one %(unit)s has no such part.") % {"unit": self.unit})
        return steps

    @property
    def left_text(self) -> str:
        """What is due, as the text of an input."""
        return self.text(self.left)

    @property
    def offer_text(self) -> str:
        """What is proposed, as the text of an input."""
        return self.text(self.left if self.offer is None else self.offer)

    @property
    def most_text(self) -> str:
        """What may be entered, as the text of an input."""
        return self.text(self.most) if self.most < MANY else ""

    @property
    def scale(self) -> int:
        """Decimal places of one step, for the browser; lines that are scanned count in powers of ten."""
        return len(str(self.ratio.numerator)) - 1

    @property
    def code_text(self) -> str:
        """Its codes for the browser."""
        return " ".join(norm(c).replace(" ", "\u00a0") for c in self.codes if c)

    @property
    def title(self) -> str:
        """SKU and name."""
        return f"{self.sku} {self.name}"


@dataclass(slots=True)
class Said:
    """What a scan came to. ``key``: the line it counted on."""

    ok: bool
    text: str
    key: str = ""


@dataclass(slots=True)
class Sheet:
    """Lines, and what was scanned onto them. ``inputs``: name → label; ``zero``: what a line shows before it is counted.

    ``log``: scans that can be taken back, each as (line key, steps, input) parts. ``by``: hand, or scan from the first
    scan on, when lines that still show the proposal begin at ``zero``.
    """

    rows: list[Row]
    columns: Sequence[str] = ()
    inputs: dict[str, str] = field(default_factory=lambda: {"q": ""})
    into: str = "q"
    zero: str = "0"
    propose: bool = True
    by: str = "hand"
    log: list[list[tuple[str, int, str]]] = field(default_factory=list)
    said: Said | None = None
    known: Callable[[str], str] = lambda code: (
        ""
    )  # what the catalogue knows of a code that is not on the sheet

    @property
    def heads(self) -> list[tuple[str, str]]:
        """(column, class): figures stand right, words left."""
        first = self.rows[0].cells if self.rows else ()
        words = [n < len(first) and first[n][1] == "wrap" for n in range(len(self.columns))]
        return [(c, "" if word else "amt") for c, word in zip(self.columns, words, strict=True)]

    def begin(self) -> None:
        """As the screen opens."""
        for row in self.rows:
            for name in self.inputs:
                row.typed.setdefault(name, self.proposal(row, name))

    def proposal(self, row: Row, name: str = "q") -> str:
        """What an input shows before anybody touched it."""
        return row.offer_text if self.propose and name == "q" else self.zero

    def quantities(self) -> dict[str, dict[str, int]]:
        """Steps by line and input; what cannot be read, or is too much, is marked beside its line."""
        found: dict[str, dict[str, int]] = {}
        for row in self.rows:
            mine: dict[str, int] = {}
            for name in self.inputs:
                try:
                    mine[name] = row.steps(row.typed.get(name, ""))
                except BadText as exc:
                    row.errors[name] = str(exc)
            if not row.errors and sum(mine.values()) > row.most:
                row.errors["q"] = _("At most %(n)s %(unit)s.") % {
                    "n": row.shown(row.most),
                    "unit": row.unit,
                }
            found[row.key] = mine
        return found

    def fill(self, everything: bool) -> None:
        """All that is proposed, or nothing."""
        for row in self.rows:
            for name in self.inputs:
                row.typed[name] = row.offer_text if everything and name == "q" else self.zero
        self.log, self.by = [], "hand" if everything else "scan"

    @property
    def mark(self) -> str:
        """The reader's decimal mark, for the browser."""
        return separators()[0]

    # ---- scanning ----

    def scan(self, text: str) -> None:
        """Count what was scanned, or say why not."""
        self.said = self._scan(text.strip())

    def _scan(self, text: str) -> Said:
        count, found = self.heard(text)
        code = text if count is None else text.partition("*")[2]
        if count is not None and count <= 0:
            return Said(False, _("“%(text)s”: before the * stands a figure above 0.") % {"text": text[:40]})
        if not found:
            known = self.known(code)
            told = (
                _("%(item)s is not on this list.") % {"item": known}
                if known
                else _("Nothing has the code “%(code)s”.") % {"code": code[:40]}
            )
            return Said(False, told)
        first = found[0]
        wanted = (1 if count is None else count) * first.ratio
        if wanted.denominator != 1:
            return Said(False, _("%(item)s cannot be divided so.") % {"item": first.title}, first.key)
        fresh = self.by == "hand" and self.propose
        try:
            now = {row.key: self._so_far(row, fresh) for row in found}
        except BadText:
            return Said(
                False, _("Correct the quantity of %(item)s first.") % {"item": first.title}, first.key
            )
        rest, parts = int(wanted), []
        for row in found:
            if take := min(max(row.most - now[row.key], 0), rest):
                parts.append((row.key, take, self.into))
                rest -= take
        if rest:
            room = sum(max(row.most - now[row.key], 0) for row in found)
            return Said(
                False,
                _("Too many: %(n)s × %(item)s scanned, %(left)s left.")
                % {"n": first.shown(int(wanted)), "item": first.title, "left": first.shown(room)},
                first.key,
            )
        if fresh:
            self._from_zero()
        self.by = "scan"
        self._apply(parts, 1)
        self.log.append(parts)
        last = next(row for row in found if row.key == parts[-1][0])
        told = _("%(n)s × %(item)s") % {"n": first.shown(int(wanted)), "item": first.title}
        if last.most < MANY:
            told += " · " + _("%(now)s of %(all)s") % {
                "now": last.shown(self._so_far(last)),
                "all": last.shown(last.left),
            }
        return Said(True, told, last.key)

    def heard(self, text: str) -> tuple[Fraction | None, list[Row]]:
        """(count before the star, lines with the code); None: no star."""
        found = self._with(text)
        if found or "*" not in text:
            return None, found
        before, _star, code = text.partition("*")
        try:
            return Fraction(figure(before)), self._with(code)
        except BadText:
            return Fraction(0), self._with(code)

    def _with(self, code: str) -> list[Row]:
        wanted = norm(code)
        return [row for row in self.rows if wanted and wanted in {norm(c) for c in row.codes if c}]

    def _so_far(self, row: Row, fresh: bool = False) -> int:
        texts = [(name, row.typed.get(name, "")) for name in self.inputs]
        return sum(row.steps(t) for name, t in texts if not (fresh and t == self.proposal(row, name)))

    def _from_zero(self) -> None:
        for row in self.rows:
            for name in self.inputs:
                if row.typed.get(name) == self.proposal(row, name):
                    row.typed[name] = self.zero

    def _apply(self, parts: Sequence[tuple[str, int, str]], sign: int) -> None:
        by_key = {row.key: row for row in self.rows}
        for key, steps, name in parts:
            if key in by_key and name in self.inputs:
                row = by_key[key]
                now = row.steps(row.typed.get(name, "")) + sign * steps
                row.typed[name] = row.text(now) if now > 0 else self.zero

    def undo(self) -> None:
        """Take the last scan back."""
        if not self.log:
            self.said = Said(False, _("There is no scan to take back."))
            return
        parts = self.log.pop()
        try:
            self._apply(parts, -1)
        except BadText:
            self.said = Said(False, _("Correct the quantities first."))
            self.log.append(parts)
            return
        row = next((r for r in self.rows if r.key == parts[-1][0]), None)
        told = row.title if row else ""
        self.said = Said(True, _("Taken back: %(item)s") % {"item": told}, parts[-1][0])

    # ---- through the form ----

    @property
    def log_text(self) -> str:
        """The log as the form carries it."""
        return ";".join("|".join(f"{k}:{n}:{i}" for k, n, i in parts) for parts in self.log[-200:])

    def take_log(self, text: str) -> None:
        """The log as the form carried it; what is no log is left out."""
        for told in text[:20_000].split(";"):
            parts = [p.split(":") for p in told.split("|") if p.count(":") == 2]
            good = [(k, int(n), i) for k, n, i in parts if n.isdigit() and len(n) < 16 and i in self.inputs]
            if good:
                self.log.append(good)


def norm(code: str) -> str:
    """A code as it is compared: case does not count, nor do the leading zeros of a GTIN."""
    told = code.strip().casefold()
    return told.lstrip("0") if told.isdigit() and 8 <= len(told) <= 14 else told


def plain(value: Fraction) -> str:
    """A figure to six places without needless zeros, with a point."""
    sixths = round(value * 10**6)
    text = f"{Decimal(sixths).scaleb(-6):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
