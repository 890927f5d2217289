"""A domain of two documents takes under 150 formatted lines, templates included, migrations and tests apart."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap

from tests.conftest import ROOT

DOMAIN = ROOT / "backstay/domains/projects"
LIMIT = 150


def test_a_small_domain_is_small() -> None:
    """Counted as ``wc -l`` does, after the formatter at 110 columns and with none of it switched off."""
    files = [
        p
        for p in DOMAIN.rglob("*")
        if p.suffix in (".py", ".html", ".sql", ".js") and "migrations" not in p.parts
    ]
    files += list((ROOT / "backstay/interfaces").rglob("templates/**/projects*.html"))
    sizes = {p.name: p.read_text(encoding="utf-8").count("\n") for p in files}
    assert not [p.name for p in files if "fmt: skip" in p.read_text(encoding="utf-8")]
    command = [sys.executable, "-m", "ruff", "format", "--check", "--line-length", "110", str(DOMAIN)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    print(f"projects: {sum(sizes.values())} lines of at most {LIMIT - 1}: {sizes}")
    assert {"models.py", "processes.py", "ledgers.py", "views.py"} <= set(sizes)
    assert sum(sizes.values()) < LIMIT


def test_the_handbook_shows_what_is_there() -> None:
    """docs/handbook/new-domain.md: every file it names exists, every line of its examples stands in the domain."""
    page = (ROOT / "docs/handbook/new-domain.md").read_text(encoding="utf-8")
    code = "\n".join(p.read_text(encoding="utf-8") for p in DOMAIN.glob("*.py"))
    examples = re.findall(r"^ *```python\n(.*?)^ *```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 4
    for example in examples:
        for line in textwrap.dedent(example).splitlines():
            assert not line.strip() or line in code.splitlines(), line
    named = re.findall(r"`((?:backstay|tests|docs)/[\w/.-]+\.\w+)`", page)
    assert len(named) >= 6
    assert [n for n in named if not (ROOT / n).exists()] == []
    own = re.findall(r"`(\w+\.py|migrations/\w+\.py|README\.md)`", page)
    assert [n for n in own if not (DOMAIN / n).exists()] == []
    told = re.search(r"It has (\d+) lines", page)
    assert told
    assert int(told[1]) == sum(p.read_text(encoding="utf-8").count("\n") for p in DOMAIN.glob("*.py"))
    keeping = (ROOT / "backstay/platform/keeping.py").read_text(encoding="utf-8")
    for name in ("kept", "moved", "posting", "reversing", "freed_by", "begin"):
        assert f"def {name}(" in keeping
