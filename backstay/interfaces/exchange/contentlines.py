"""Content lines, which vCard and iCalendar are made of: folded lines, names, parameters, values. Pure.

vCard 2.1 (parameters without a name, quoted-printable, charsets), 3.0 and 4.0 (RFC 6350), iCalendar (RFC 5545). Nothing is refused:
a line that is none is left out, and told.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME = re.compile(r"(?:([A-Za-z0-9-]+)\.)?([A-Za-z0-9-]+)")
_PARAM = re.compile(r';\s*([A-Za-z0-9-]+)(?:=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*))?')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A property: the line it begins in, its group (``item1``), name, parameters and raw value."""

    at: int
    group: str
    name: str
    params: dict[str, list[str]]
    value: str

    def types(self) -> set[str]:
        """Its types in lower case, e.g. work, fax; ``pref`` too."""
        told = {t.lower() for t in self.params.get("TYPE", ())}
        return told | ({"pref"} if self.params.get("PREF") else set())

    def text(self) -> str:
        """The value as people read it."""
        return unescaped(self.value).strip()

    def parts(self) -> list[str]:
        """A value of several fields, e.g. an address."""
        return [unescaped(p).strip() for p in re.split(r"(?<!\\);", self.value)]


@dataclass(slots=True)
class Block:
    """What stands between BEGIN and END of one kind."""

    at: int
    kind: str
    lines: list[Line] = field(default_factory=list)
    inside: list[Block] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        """The preferred, else the first line of a name."""
        found = [line for line in self.lines if line.name == name]
        return next((line for line in found if "pref" in line.types()), found[0] if found else None)

    def all(self, name: str) -> list[Line]:
        """Every line of a name."""
        return [line for line in self.lines if line.name == name]


def unescaped(text: str) -> str:
    """``\\\\n``, ``\\\\,`` and ``\\\\;`` as what they stand for."""
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], text)


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 (or 16, by its mark), else as Western Windows writes it."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def blocks(text: str, wanted: tuple[str, ...]) -> tuple[list[Block], list[tuple[int, str]]]:
    """Blocks of the wanted kinds, however deep they stand; and (line, text) of what is no content line."""
    stack: list[Block] = []
    found: list[Block] = []
    lost: list[tuple[int, str]] = []
    for at, raw in unfolded(text):
        line = _line(at, raw)
        if line is None:
            lost.append((at, raw[:80]))
        elif line.name == "BEGIN":
            block = Block(at, line.value.strip().upper())
            if stack:
                stack[-1].inside.append(block)
            stack.append(block)
        elif line.name == "END":
            if stack:
                ended = stack.pop()
                if ended.kind in wanted:
                    found.append(ended)
        elif stack:
            stack[-1].lines.append(line)
    found += [b for b in stack if b.kind in wanted]  # the file ends early: what is there counts
    return found, lost


def unfolded(text: str) -> Iterator[tuple[int, str]]:
    """(first line, whole line): continuation lines joined, soft ends of quoted-printable too."""
    held, at, soft = "", 0, False
    for n, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if not line and not soft:
            continue  # some phones write an empty line after each; a blank more goes on with what was held
        if soft:
            held, soft = held[:-1] + line, line.endswith("=")
        elif line[:1] in (" ", "\t") and held:
            held += line[1:]
        else:
            if held.strip():
                yield at, held
            held, at = line, n
        if not soft:
            soft = held.endswith("=") and "QUOTED-PRINTABLE" in held.partition(":")[0].upper()
    if held.strip():
        yield at, held


def _line(at: int, raw: str) -> Line | None:
    named = _NAME.match(raw)
    if named is None:
        return None
    params: dict[str, list[str]] = {}
    place = named.end()
    while param := _PARAM.match(raw, place):
        name, told = param[1].upper(), param[2]
        if told is None:  # 2.1: the value alone
            plain = {"QUOTED-PRINTABLE": "ENCODING", "BASE64": "ENCODING", "8BIT": "ENCODING"}
            params.setdefault(plain.get(name, "TYPE"), []).append(name)
        else:
            values = [v.strip('"') for v in re.findall(r'"[^"]*"|[^,]+', told)]
            params.setdefault(name, []).extend(
                x for v in values for x in (v.split(",") if name == "TYPE" else [v])
            )
        place = param.end()
    if raw[place : place + 1] != ":":
        return None
    value = raw[place + 1 :]
    encoding = (params.get("ENCODING") or [""])[0].upper()
    charset = (params.get("CHARSET") or ["utf-8"])[0]
    if encoding == "QUOTED-PRINTABLE":
        value = _text(quopri.decodestring(value.encode("utf-8", errors="replace")), charset)
        value = value.replace("\r\n", "\n")
    elif encoding in ("B", "BASE64") and named[2].upper() not in ("PHOTO", "LOGO", "KEY", "SOUND"):
        try:
            value = _text(base64.b64decode(value, validate=False), charset)
        except ValueError:
            return None
    return Line(at, (named[1] or "").lower(), named[2].upper(), params, value)


def _text(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return content.decode("utf-8", errors="replace")
