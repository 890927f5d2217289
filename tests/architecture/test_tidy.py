"""The house style as a test: sizes with a ratchet, words that have a replacement, nothing of any machine."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

LIMITS = {"file": 400, "class": 250, "function": 50}
RATCHET = Path(__file__).parent / "ratchet.txt"
CODE = sorted(p for p in (ROOT / "backstay").rglob("*.py") if "migrations" not in p.parts)
TEXT = sorted(
    p
    for folder in ("backstay", "tests", "docs", "examples", ".ci")
    for p in (ROOT / folder).rglob("*")
    if p.is_file()
    and p.suffix in {".py", ".sql", ".html", ".js", ".md", ".toml", ".css", ".typ", ".csv", ".txt", ""}
    and "vendor" not in p.parts
) + [p for p in ROOT.iterdir() if p.is_file() and p.name != ".git"]

# what is not said → what is said instead, where it may stand, a line that is caught, a line that is not
BANNED: list[tuple[str, str, str, str, str]] = [
    (r"datetime\.now\(|date\.today\(", "base.clock", r"base/clock\.py", "x = datetime.now()", "x = clock.now()"),
    (r"\bfloat\(", "Decimal or whole steps", r"", "x = float(price)", "x = Decimal(price)"),
    (r"\bexcept\s*:", "a named exception", r"", "    except:", "    except ValueError:"),
    (r"except Exception:\s*(pass|continue)$", "handle it, or let it go on", r"", "except Exception: pass", "except Exception as exc:"),
    (r"(?i)max\([a-z_.]*number\)\s*\+\s*1", "numbering.draw", r"", "SELECT MAX(number) + 1", "numbering.draw(ctx, code, days)"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", "do it, or leave it out", r"", "# TODO later", "# why, not what"),
    (r"#\s*type:\s*ignore(?!\[)", "a type: ignore with its code", r"", "x  # type: ignore", "x  # type: ignore[arg-type]"),
    (r"time\.sleep\(", "wait for an event", r"platform/postgres\.py", "time.sleep(1)", "event.wait(1)"),
    (r"\.objects\.[a-z_.()]*delete\(\)", "reverse it", r"", "Invoice.objects.all().delete()", "reverse_invoices(ctx, ids, on)"),
]  # fmt: skip
FOREIGN = re.compile(r"(?<![\w.:-])/(work|root|home)/\w|pypi\.org|deb\.debian\.org|registry\.npmjs")


def sizes() -> dict[str, int]:
    """What is over its limit, by name."""
    found: dict[str, int] = {}
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        if (lines := text.count("\n")) > LIMITS["file"]:
            found[name] = lines
        for node in ast.walk(ast.parse(text)):
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LIMITS[kind]:
                    found[f"{name}:{node.name}"] = length
    return found


def test_sizes_only_shrink() -> None:
    """What was over its limit when it was noted may not grow, and nothing new may pass it."""
    allowed = {}
    for line in RATCHET.read_text(encoding="utf-8").splitlines():
        name, _, size = line.rpartition(" ")
        allowed[name] = int(size)
    found = sizes()
    assert {n: s for n, s in found.items() if s > allowed.get(n, 0)} == {}
    stale = {n for n, s in allowed.items() if found.get(n, 0) < s}
    assert stale == set(), f"these shrank: note it in {RATCHET.name}"


@pytest.mark.parametrize(("pattern", "instead", "but", "bad", "good"), BANNED, ids=[b[1] for b in BANNED])
def test_words_that_have_a_replacement(pattern: str, instead: str, but: str, bad: str, good: str) -> None:
    found = re.compile(pattern, re.MULTILINE)
    assert found.search(bad)
    assert not found.search(good)
    wrong = [
        f"{path.relative_to(ROOT)}:{n}: {line.strip()[:80]}"
        for path in CODE
        if not (but and re.search(but, path.as_posix()))
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if found.search(line)
    ]
    assert wrong == [], f"say it by {instead}"


def test_nothing_of_any_machine() -> None:
    """No machine paths, no names of registry hosts."""
    assert FOREIGN.search("see " + "/" + "root/x")
    wrong = []
    for path in TEXT:
        if path == Path(__file__):
            continue
        for n, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FOREIGN.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{n}: {line.strip()[:80]}")
    assert wrong == []


def test_few_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(project["dependencies"]) <= 30


def test_schema_names_stand_nowhere_in_sql() -> None:
    """DESIGN 7: the schema's name is given at migration."""
    for path in (ROOT / "backstay").rglob("*.sql"):
        assert not re.search(
            r"\b(backstay|public)\.\w+\s*\(|SCHEMA (backstay|public)", path.read_text(encoding="utf-8")
        ), path


def test_decisions_are_numbered_and_listed() -> None:
    decisions = sorted(p.name for p in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [name[:4] for name in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    assert [name for name in decisions if name not in index] == []


def test_the_glossary_is_sorted() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE)
    assert len(terms) > 30
    assert terms == sorted(terms, key=str.lower)


def test_promises_name_tests_that_exist() -> None:
    """README, domain pages and handbook: ``tests/…py`` and ``(test: name)`` exist."""
    files = list((ROOT / "tests").rglob("test_*.py"))
    known = "\n".join([*(f"def {p.stem}" for p in files), *(p.read_text(encoding="utf-8") for p in files)])
    wrong = []
    for path in [
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "backstay").rglob("README.md"),
        *(ROOT / "examples").rglob("README.md"),
    ]:
        text = path.read_text(encoding="utf-8")
        wrong += [
            f"{path.name}: {f}" for f in re.findall(r"tests/[\w/]+\.py", text) if not (ROOT / f).exists()
        ]
        wrong += [f"{path.name}: {t}" for t in re.findall(r"\b(test_\w+)\b", text) if f"def {t}" not in known]
    assert wrong == []


def test_every_domain_has_its_page() -> None:
    for path in (ROOT / "backstay/domains").iterdir():
        if (path / "models.py").exists():
            text = (path / "README.md").read_text(encoding="utf-8")
            assert re.search(r"^\|.*(done|partly|not).*\|", text, re.MULTILINE), path.name


def test_resources_stay_small() -> None:
    """ADR 9: twelve options and no more; and what carries the domains stays under 40 % of what it carries.

    The server, its backups, the trail with its seal (ADR 14) and the way out (ADR 17) carry no domain: they grow with what they
    promise.
    """
    apart = {
        "postgres",
        "supervise",
        "doctor",
        "archive",
        "backup",
        "restoring",
        "audit",
        "kept",
        "sealing",
        "heads",
        "outbound",
        "leaving",
        "webhooks",
        "sending",
        "stamping",
    }
    import dataclasses

    from backstay.platform.resources import Resource

    assert len(dataclasses.fields(Resource)) <= 12

    def lines(part: str) -> int:
        return sum(
            p.read_text(encoding="utf-8").count("\n")
            for p in CODE
            if f"backstay/{part}/" in p.as_posix() and p.stem not in apart
        )

    assert lines("platform") < lines("domains") * 0.4
