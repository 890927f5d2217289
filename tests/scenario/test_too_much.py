"""What is longer or larger than its column is told at the form, and nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from backstay.platform.resources import RESOURCES, Resource
from tests.full import Full
from tests.scenario.test_mass_assignment import TYPED, form_of, full, said

__all__ = ["full"]
LONG, LARGE = "x" * 5000, "999999999999999"
FIGURE = re.compile(r"-?\d+([.,]\d+)?")


def too_much(head: dict[str, str], lines: list[dict[str, str]]) -> Iterator[tuple[str, dict[str, str], list[dict[str, str]]]]:  # fmt: skip
    """The form with one text too long or one figure too large, field by field."""

    def more(text: str) -> str:
        return LARGE if FIGURE.fullmatch(text) else LONG

    for name, text in head.items():
        yield name, head | {name: more(text)}, lines
    for name, text in (lines[0] if lines else {}).items():
        yield f"line {name}", head, [lines[0] | {name: more(text)}, *lines[1:]]


def rows_of(full: Full, resource: Resource) -> int:
    with full.work():
        return int(resource.of._default_manager.count())


@pytest.mark.parametrize("path", TYPED)
def test_what_does_not_fit_is_told_and_nothing_is_kept(full: Full, path: str) -> None:
    """Of every field of every form; a company, a place or an account of such a name is not there, which is told, too."""
    resource, client = RESOURCES[path], full.client("owner")
    client.raise_request_exception = False
    wrong = []
    for name, head, lines in too_much(*said(full, resource)):
        before = rows_of(full, resource)
        status = client.post(f"/{path}/new", form_of(head, lines)).status_code
        kept = rows_of(full, resource) - before
        # A note may be as long as it likes, and is kept (302).
        if status not in (200, 302, 409) or (kept and status != 302):
            wrong.append(f"{name}: {status}, {kept} kept")
    assert wrong == []
