"""Words: what the source says, into ``backstay/locale/<language>/LC_MESSAGES/django.po``, and that into ``.mo``.

Four sources: calls of gettext in Python, Django's templates, what refusals say (a pattern per f-string, and the
``refuse()`` of SQL), and the words that declarations imply: names of columns, states and acts.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "backstay"
LOCALE = SOURCE / "locale"
LANGUAGES = ("de",)  # English is the source
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "n": None, "gettext": None, "gettext_noop": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
REFUSALS = ("Refusal", "NotFound", "Denied", "Conflict", "Unreached")
SAYS = ("message", "remedy")
MACHINE = ("interfaces/cli/", "interfaces/api/", "interfaces/simulation/", "interfaces/copying.py", "interfaces/checks.py", "interfaces/bench.py",
           "interfaces/exchange/joining.py", "interfaces/exchange/parquet.py", "platform/archive.py", "platform/backup.py", "platform/plugins.py", "platform/postgres.py", "platform/restoring.py", "platform/database.py", "platform/secrets.py")  # fmt: skip  # at the command line it speaks English
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)  # no clock in a file that is compared

Found = tuple[str, str | None, str | tuple[str, ...]]  # file, context, text or (one, many)


def collected() -> Iterator[Found]:
    """Every text of the source that people read."""
    for path in sorted(SOURCE.rglob("*.py")):
        name, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        if "/migrations/" in name:
            continue
        yield from _calls(name, text)
        for said in _refusals(ast.parse(text)) if not any(part in name for part in MACHINE) else ():
            yield name, "refusal", said
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        yield from _template(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("*.sql")):
        for said in _sql(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), "refusal", said
    yield from _declared()


def _calls(name: str, text: str) -> Iterator[Found]:
    for _line, keyword, told, _notes in extract_python(
        io.BytesIO(text.encode()), list(KEYWORDS), [], {"encoding": "utf-8"}
    ):
        shape, parts = KEYWORDS[keyword or "_"], told if isinstance(told, tuple) else (told,)
        if any(part is None for part in parts[: len(shape) if shape else 1]) or not parts[0]:
            continue  # worked out at run time: a declaration says it
        if shape is None:
            yield name, None, str(parts[0])
        elif shape[0] == (1, "c"):
            texts = tuple(str(part) for part in parts[1 : len(shape)])
            yield name, str(parts[0]), texts if len(texts) > 1 else texts[0]
        else:
            yield name, None, (str(parts[0]), str(parts[1]))


def _template(name: str, text: str) -> Iterator[Found]:
    from django.utils.translation.template import templatize

    flat = re.sub(r"\n\s*", "\n", templatize(text, origin=name))
    yield from _calls(name, "\n".join(line.strip() for line in flat.splitlines()))


def _refusals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in REFUSALS:
            for argument in [*node.args[1:3], *(k.value for k in node.keywords if k.arg in SAYS)]:
                yield from _patterns(argument)
        elif isinstance(node, ast.Call) and _name(node.func) == "register" and node.args:
            yield from _texts(node.args[0])
        elif isinstance(node, ast.AnnAssign) and _name(node.target) == "TEXTS" and node.value:
            yield from _texts(node.value)
        elif isinstance(node, ast.ClassDef) and node.name == "Busy":
            for each in node.body:
                if isinstance(each, ast.Assign) and _name(each.targets[0]) in SAYS:
                    yield from _patterns(each.value)


def _texts(table: ast.expr) -> Iterator[str]:
    if isinstance(table, ast.Dict):
        for value in table.values:
            for part in value.elts if isinstance(value, ast.Tuple) else []:
                yield from _patterns(part)


def _patterns(node: ast.expr) -> Iterator[str]:
    """``f"order {order.number} has lines"`` is the pattern ``order {number} has lines``."""
    if isinstance(node, ast.IfExp):
        yield from _patterns(node.body)
        yield from _patterns(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from filter(None, [node.value])
    elif isinstance(node, ast.JoinedStr):
        names: list[str] = []
        made = "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{_place(part, names)}}}"
            for part in node.values
        )
        if re.search(r"[a-z]{2}", re.sub(r"{\w+}", "", made)):
            yield made


def _place(part: ast.expr, names: list[str]) -> str:
    told = part.value if isinstance(part, ast.FormattedValue) else part
    word = _name(told) or "text"
    plain = re.sub(r"\W|^_+", "", word) or "text"
    names.append(plain)
    return plain if names.count(plain) == 1 else f"{plain}{names.count(plain)}"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    return _name(node.func) if isinstance(node, ast.Call) else ""


_STRING = r"'((?:[^']|'')+)'"
_SAID = re.compile(rf"(?:refuse\('[a-z._]+',|WHEN[^\n]*THEN|ELSE)\s*(?:format\()?\s*{_STRING}", re.S)
_HINT = re.compile(rf"refuse\('[a-z._]+',\s*(?:format\([^;]*?\)|{_STRING}),\s*(?:format\()?{_STRING}", re.S)


def _sql(text: str) -> Iterator[str]:
    """What ``refuse()`` says: ``format('entry %s …')`` is the pattern ``entry {a} …``."""
    for call in re.findall(r"PERFORM refuse\(.*?;", text, re.S):
        for match in [*_SAID.finditer(call), *_HINT.finditer(call)]:
            said = (match.group(match.lastindex or 1) or "").replace("''", "'")
            letters = iter("abcdefgh")
            if call[match.end() :].lstrip().startswith("||"):
                said += "%s"
            made = re.sub(r"%s", lambda _m, names=letters: f"{{{next(names)}}}", said)
            if " " in made and re.search(r"[a-z]{2}", re.sub(r"{\w}", "", made)):
                yield made


def _declared() -> Iterator[Found]:
    """Texts that are worked out from declarations: labels of columns, words of states, acts and choices."""
    from backstay.interfaces.web import words

    yield from ((f"backstay/{where}", context, text) for where, context, text in words.declared())


def template() -> Catalog:
    """A catalogue of all texts, without translations."""
    made = Catalog(project="Backstay", charset="utf-8", creation_date=MOMENT, revision_date=MOMENT)
    for where, context, text in collected():
        made.add(text, context=context, locations=[(where, 0)])
    return made


def _paths(language: str) -> tuple[Path, Path]:
    folder = LOCALE / language / "LC_MESSAGES"
    return folder / "django.po", folder / "django.mo"


def read(language: str) -> Catalog:
    """A language as it stands in its file."""
    with _paths(language)[0].open("rb") as file:
        made = read_po(file, locale=language)
    made.creation_date = made.revision_date = MOMENT
    return made


def po(catalog: Catalog) -> bytes:
    """The text of a .po file."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, include_lineno=False, sort_output=True, ignore_obsolete=True)
    return out.getvalue()


def mo(catalog: Catalog) -> bytes:
    """The compiled catalogue."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def updated(language: str) -> Catalog:
    """The catalogue of a language with exactly the texts of the source."""
    made = read(language) if _paths(language)[0].exists() else Catalog(locale=language, charset="utf-8")
    made.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    made.creation_date = made.revision_date = MOMENT
    made.project, made.version, made.fuzzy = "Backstay", "1", False
    made.header_comment = f"# Backstay: {language}"
    return made


def main() -> None:
    """Update and compile every language; say what is not translated yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backstay.settings")
    import django

    django.setup()
    for language in LANGUAGES:
        source, compiled = _paths(language)
        source.parent.mkdir(parents=True, exist_ok=True)
        catalog = updated(language)
        source.write_bytes(po(catalog))
        compiled.write_bytes(mo(catalog))
        empty = [m for m in catalog if m.id and not (all(m.string) if m.pluralizable else m.string)]
        for message in empty:
            print(f"{language}: not translated: {message.context or ''} {message.id!r}")
        print(f"{language}: {len(catalog)} texts, {len(empty)} not translated")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
