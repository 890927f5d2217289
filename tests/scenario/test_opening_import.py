"""Open items of the old books come in from a table: due, aged, matched and paid like any other."""

from __future__ import annotations

from datetime import date

import pytest

from backstay.domains.invoicing.queries import aged, due_by_week, open_items, references_of
from backstay.platform import rows
from tests.scenario.test_import_screen import Screen
from tests.trade import World

PATH = "accounting/opening-items"
TABLE = """Art;Kunde;Rechnungsnummer;Fällig;Offen
Kunde;C1;R-100;15.12.2025;1.200,50
Kunde;C2;R-101;31.01.2026;300,00
Debitor;C1;G-7;20.12.2025;-50,00
Lieferant;S1;L-55;10.01.2026;700,00
"""


@pytest.fixture
def screen(world: World) -> Screen:
    return Screen(world.company)


def _entries(world: World) -> int:
    with world.work() as ctx:
        return int(rows.execute("SELECT count(*) FROM accounting_journalentry WHERE company_id = %s", [ctx.company])[0][0])  # fmt: skip


def test_from_a_table_to_the_reports(world: World, screen: Screen) -> None:
    """A German table: the columns are guessed, the check changes nothing, then each row is an item with its due date."""
    href = screen.bring(PATH, TABLE)
    checked = screen.check(href)
    assert checked.result is not None
    assert (checked.result["made"], checked.result["bad"]) == (4, 0)
    assert _entries(world) == 0, "the check changes nothing"
    assert screen.run(href, "whole").state == "done"
    with world.work() as ctx:
        told = {x.number: (x.party, x.due_on, x.amount) for side in ("receivable", "payable") for x in open_items(ctx, side)}  # fmt: skip
        assert told == {
            "R-100": ("C1", date(2025, 12, 15), 120_050), "R-101": ("C2", date(2026, 1, 31), 30_000),
            "G-7": ("C1", date(2025, 12, 20), -5_000), "L-55": ("S1", date(2026, 1, 10), 70_000),
        }  # fmt: skip
        by_party = {a.party: a.buckets for a in aged(ctx, "receivable", date(2026, 2, 10), True).rows}
        assert by_party == {"C1": (0, 0, 115_050, 0, 0), "C2": (0, 30_000, 0, 0, 0)}
        due = due_by_week(ctx, date(2026, 1, 5), 8)
        assert (due["receivable", -1], due["payable", 0]) == ((1, 120_050), (1, 70_000))
        item = next(x.item for x in open_items(ctx, "receivable") if x.number == "R-100")
        assert references_of(ctx, [item]) == {item: ("R-100",)}, "a statement that names it finds it"
        world.pay(ctx, 100_000, item)
        assert {x.number: x.amount for x in open_items(ctx, "receivable")}["R-100"] == 20_050
    page = screen.client.get(f"/{PATH}").content.decode()
    assert "R-100" in page
    assert "200.50" in page, "what is left of it"


def test_what_is_wrong_is_told_by_row(world: World, screen: Screen) -> None:
    """Nobody of that name, nothing open, no due date, twice in the file: each with its row; nothing is posted."""
    bad = "Art;Kunde;Rechnungsnummer;Fällig;Offen\nKunde;C9;R-1;15.12.2025;1,00\nKunde;C1;R-2;15.12.2025;0,00\nKunde;C1;R-3;;5,00\nKunde;C1;R-4;15.12.2025;5,00\nKunde;C1;R-4;15.12.2025;6,00\n"  # fmt: skip
    href = screen.bring(PATH, bad)
    checked = screen.check(href)
    assert checked.result is not None
    assert (checked.result["made"], checked.result["bad"]) == (1, 4)
    assert [row for row, *_rest in screen.faults(checked)] == [2, 3, 4, 6]
    assert screen.run(href, "whole").state == "failed"
    assert _entries(world) == 0, "all or nothing"


def test_the_same_again_adds_nothing(world: World, screen: Screen) -> None:
    """The file again changes nothing; the same paper with another amount is told to be in the books."""
    screen.check(first := screen.bring(PATH, TABLE))
    screen.run(first, "whole")
    before = _entries(world)
    again = screen.check(screen.bring(PATH, TABLE))
    assert again.result is not None
    assert again.result["made"] == 0
    other = screen.check(screen.bring(PATH, TABLE.replace("1.200,50", "1.300,50")))
    assert other.result is not None
    assert other.result["made"] == 0
    assert any("in the books already" in str(fault) for fault in screen.faults(other))
    assert _entries(world) == before
