"""Cells of files that spreadsheets open: what they would take for a formula goes out as text, and comes back as it was."""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_FIGURE = re.compile(r"[+-]?[0-9][0-9.,]*")


def defuse(text: str) -> str:
    """A cell that a spreadsheet would take for a formula, with an apostrophe before it; figures stay figures (OWASP, CSV injection)."""
    return f"'{text}" if _RISKY.match(text) and not _FIGURE.fullmatch(text) else text


def as_it_was(cell: str) -> str:
    """A cell as it was before ``defuse``."""
    return cell[1:] if cell[:1] == "'" and _RISKY.match(cell[1:]) else cell
