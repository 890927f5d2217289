"""A domain of two documents takes under 150 formatted lines, templates included, migrations and tests apart."""

from __future__ import annotations

import subprocess
import sys

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
