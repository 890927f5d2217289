"""Cells of files that spreadsheets open."""


def defuse(text: str) -> str:
    """A cell that a spreadsheet would take for a formula becomes text; figures stay figures (OWASP, CSV injection)."""
    risky = text[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{text}" if risky and not text[1:].replace(".", "", 1).isdigit() else text
