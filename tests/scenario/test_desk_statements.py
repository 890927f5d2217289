"""The desk at size, counted: a page asks the database as often in a large company as in a small one, and stays small.

Seconds are measured by ``backstay bench --desk``, never here.
"""

from __future__ import annotations

import pytest

from backstay.domains.banking.models import StatementLine
from backstay.interfaces import deskbench, deskdata
from backstay.interfaces.cli.verify import run as verify
from backstay.interfaces.web.fields import joined

SMALL, LARGE, DAYS = 60, 600, 25  # orders, over so many days: pages hold 50 or 100 lines
Pages = dict[str, deskbench.Visit]


@pytest.fixture(scope="module")
def sizes(database: str) -> tuple[Pages, Pages, int]:
    """Every page of a small company and of one ten times as large, visited; the large company."""
    found = []
    for orders in (SMALL, LARGE):
        made = deskdata.company_of(
            orders, lambda _done, _all: None, items=orders // 2, parties=orders // 2, days=DAYS
        )
        # What is kept from one request to the next is there after the small company's first round.
        pages = deskbench.measure(
            made, times=1, warm=int(orders == SMALL), only=lambda name: not name.endswith(", down")
        )
        found.append({page.name: page for page in pages})
    return found[0], found[1], made.company


def spare(name: str) -> int:
    """A search that finds nothing, as in a small company some do, does not ask for what its rows show."""
    return 4 if "search" in name else 0


def test_statements_do_not_grow(sizes: tuple[Pages, Pages, int]) -> None:
    """As many statements for ten times the rows; a detail asks once more for each step of its flow, within the bound."""
    small, large, _company = sizes
    assert len(large) > 100
    assert set(small) <= set(large)
    grew = {
        name: (max(page.statements), max(large[name].statements))
        for name, page in small.items()
        if page.kind != "detail" and max(page.statements) + spare(name) < max(large[name].statements)
    }
    assert grew == {}
    over = {
        name: page.statements for name, page in large.items() if max(page.statements) > deskbench.STATEMENTS
    }
    assert over == {}


def test_every_step_is_small(sizes: tuple[Pages, Pages, int]) -> None:
    """Bytes as sent, of every kind of page."""
    _small, large, _company = sizes
    assert {n: p.bytes for n, p in large.items() if max(p.bytes) > deskbench.LIMIT_STEP} == {}


def test_the_company_of_the_bench_is_right(sizes: tuple[Pages, Pages, int]) -> None:
    """What is measured are true books: every check holds, and there are as many postings as were asked for."""
    told = verify(sizes[2])
    assert told["ok"], [c for c in told["checks"] if not c["ok"]]
    assert told["postings"] >= LARGE * deskdata.POSTINGS


def test_a_page_joins_what_it_shows(database: str) -> None:
    """Rows that show nothing of what they refer to are read alone: Django follows every reference where none is named."""
    lines = StatementLine.objects.all()
    assert " JOIN " not in str(joined(lines, []).query)
    assert str(joined(lines, ["statement"]).query).count(" JOIN ") == 1
