"""No file that leaves holds a formula (FAILURES 65): every route that writes a table, and every text back by import as it was."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.interfaces.cells import as_it_was, defuse
from backstay.interfaces.imports import reading
from backstay.platform import rows
from tests.conftest import ROOT
from tests.scenario.test_web import client, user
from tests.trade import World

__all__ = ["client", "user"]

EVIL = ["=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "'=HYPERLINK(1)", "''+1-1"]  # fmt: skip
FIGURE = re.compile(r"[+-]?[0-9][0-9.,]*")


def would_run(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a formula."""
    return cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not FIGURE.fullmatch(cell)


@given(st.text(alphabet="'=+-@\t\r\n a1.,|é", max_size=12))
def test_what_is_defused_comes_back_as_it_was(text: str) -> None:
    assert as_it_was(defuse(text)) == text
    assert not would_run(defuse(text))


@pytest.mark.parametrize("figure", ["-12.50", "+3", "-1,234.50", "12", ""])
def test_figures_are_untouched(figure: str) -> None:
    assert defuse(figure) == figure


@pytest.fixture
def evil(world: World) -> World:
    """Parties, and open items of theirs, whose names are formulas."""
    with world.work() as ctx:
        made = create_parties(ctx, [PartyDraft(name, ("customer",)) for name in EVIL])
        world.parties["C1"] = made[0]
        world.receive(ctx, "A", 50, 6000)
        from backstay.domains.sales import processes as sales
        from tests.trade import D

        for party in made:
            world.parties["C1"] = party
            order = world.order(ctx, {"A": 2})
            sales.confirm_orders(ctx, [order])
            sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
            sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
    return world


def _cells(name: str, content: bytes) -> Iterator[str]:
    """Every text of a file as a spreadsheet gets it; of a workbook none is a formula, which its XML tells."""
    if name.endswith(".csv") or content[:2] != b"PK":
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from row
        return
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for part in packed.namelist():
            if part.startswith("xl/worksheets/"):
                assert b"<f>" not in packed.read(part), name
    for sheet in CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names:
        for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python():
            yield from (f"'{x}" if isinstance(x, str) else str(x) for x in row)


SPAN = "from=2026-01-01&to=2026-12-31"
SCREENS = (
    "/parties/parties/export.csv", "/parties/parties/export.xlsx", "/parties/parties/export.csv?as=import", "/parties/parties/export.xlsx?as=import",
    "/invoicing/invoices/export.csv", "/invoicing/invoices/export.xlsx", f"/reports/receivables.csv?{SPAN}", f"/reports/receivables.xlsx?{SPAN}",
    f"/reports/sales.csv?{SPAN}&by=party", f"/reports/sales.xlsx?{SPAN}&by=party", "/settings/audit?as=csv", "/settings/audit?as=xlsx",
)  # fmt: skip


@pytest.mark.parametrize("address", SCREENS)
def test_no_file_of_a_screen_holds_a_formula(evil: World, client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    cells = list(_cells(address.partition("?")[0], answer.content))
    assert any("cmd|" in c for c in cells), "the names are in it"
    assert [c for c in cells if would_run(c)] == []


@pytest.mark.parametrize("command", [("export", "parties"), ("export", "parties", "--out", "{}.csv"), ("export", "parties", "--out", "{}.xlsx"),
                                     ("export", "invoices"), ("export", "entries"), ("report", "receivables", "--by", "party", "--format", "csv", "--to", "2026-12-31"),
                                     ("audit", "--format", "csv", "--kind", "parties.party")])  # fmt: skip
def test_no_file_of_a_command_holds_a_formula(evil: World, tmp_path: Path, command: tuple[str, ...]) -> None:
    from click.testing import CliRunner

    from backstay.interfaces.cli.main import cli

    target = str(tmp_path / "out")
    told = [part.format(target) for part in command]
    done = CliRunner().invoke(cli, [*told, "--company", str(evil.company)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    files = list(tmp_path.iterdir())
    content = files[0].read_bytes() if files else done.stdout.encode()
    cells = list(_cells(files[0].name if files else "x.csv", content))
    assert any("cmd|" in c for c in cells) or command[1] in (
        "invoices",
        "entries",
    )  # these name parties by code
    assert [c for c in cells if would_run(c)] == []


def test_names_come_back_by_import(evil: World, client: Client, tmp_path: Path) -> None:
    """As they were, from CSV and XLSX."""
    for form in ("csv", "xlsx"):
        path = tmp_path / f"back.{form}"
        path.write_bytes(client.get(f"/parties/parties/export.{form}?as=import").content)
        again = {c for _n, row in reading.read_rows(path) for c in row}
        assert {*EVIL} <= again, form


def test_every_module_that_writes_tables_defuses_them() -> None:
    """A new writer of CSV defuses its cells; a new workbook writes texts as texts."""
    labels_alone = {"interfaces/web/importing.py"}
    wrong = []
    for path in (ROOT / "backstay").rglob("*.py"):
        text, name = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT / "backstay"))
        if re.search(r"csv\.(Dict)?[wW]riter\(", text) and "defuse" not in text and name not in labels_alone:
            wrong.append(name)
        books = text.count("Workbook(")
        if "import xlsxwriter" in text and text.count('"strings_to_formulas": False') < books:
            wrong.append(name)
    assert wrong == []


def test_faults_and_rejects_are_defused(world: World, client: Client, tmp_path: Path) -> None:
    """What long work could not do, and what an import set aside."""
    from backstay.interfaces.imports.run import write_rejects
    from backstay.platform.models import Work, WorkFault

    with world.work() as ctx:
        ident = rows.insert(Work, {"task": ["t"], "title": ["t"], "actor": [ctx.actor]})[0]
        told: dict[str, list[Any]] = {
            n: [EVIL[0]] for n in ("name", "field", "value", "code", "reason", "remedy")
        }
        rows.insert(WorkFault, told | {"work_id": [ident]})
    cells = list(_cells("x.csv", client.get(f"/progress/{ident}/faults.csv").content))
    assert sum("cmd|" in c for c in cells) == 6
    assert [c for c in cells if would_run(c)] == []
    write_rejects(tmp_path / "r.csv", [reading.Fault(EVIL[0], 1, EVIL[1], EVIL[2], EVIL[3])])
    assert [c for c in _cells("r.csv", (tmp_path / "r.csv").read_bytes()) if would_run(c)] == []
