"""docs/security.md says what the database says."""

from __future__ import annotations

import re
from pathlib import Path

from backstay.interfaces.cli.security import BEGIN, END
from backstay.interfaces.security import printed
from backstay.platform.roles import NAMES

DOCUMENT = Path(__file__).parents[2] / "docs/security.md"


def test_the_document_says_what_the_database_says(database: str) -> None:
    """Grants, policies and triggers as they are: `backstay security --write docs/security.md` brings it up to date."""
    told = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert told.strip() == printed().strip(), "run: backstay security --write docs/security.md"


def test_every_chapter_of_the_standard_is_told() -> None:
    """ASVS 5.0 has the chapters V1 to V17: none is left out, and each line says how it stands."""
    text = DOCUMENT.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"\| V\d+", line)]
    assert {int(re.match(r"\| V(\d+)", line)[1]) for line in lines} == set(range(1, 18))  # type: ignore[index]
    for line in lines:
        cells = [c.strip() for c in line.strip("|").split("|")]
        assert cells[2].split(":")[0] in ("holds", "partly", "open", "does not apply"), line
        assert cells[2] != "holds" or "test_" in cells[3], f"{cells[0]} holds by no test"


def test_every_default_role_is_told() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"| {role} |" in text for role in NAMES)
