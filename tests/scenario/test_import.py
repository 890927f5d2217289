"""Import by mapping: good data, every kind of bad data, repeats, changes, rejects; nothing half-posted."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.domains.inventory.queries import stock
from backstay.interfaces.imports.run import Outcome, run_import
from backstay.ledger.verify import size
from backstay.platform import rows
from tests.trade import World

PARTIES = '[fields]\ncode = "Nr"\nname = "Name"\ncountry = "Land"\npayment_days = { column = "Ziel", default = "14" }\n'
ORDERS = """
[fields]
number = "no"
customer = "customer"
ordered_on = { column = "day", date = "%d.%m.%Y" }
shipped_on = { column = "shipped", date = "%d.%m.%Y" }
[lines.fields]
number = "no"
item = "sku"
quantity = { column = "qty", decimal = ",", group = "." }
unit_price = { column = "price", decimal = ",", round = 2 }
"""
HEADER = "no,customer,day,shipped,sku,qty,price\n"


class Desk:
    """Files and imports of one test."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, kind: str, content: str | bytes | Path, mapping: str, **more: Any) -> Outcome:
        path = content if isinstance(content, Path) else self.file("in.csv", content)
        return run_import(self.world.company, kind, [path], self.file("map.toml", mapping), **more)

    def parties(self) -> int:
        with self.world.work():
            return int(rows.execute("SELECT count(*) FROM parties_party")[0][0])


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    with world.work() as ctx:
        for item in "AB":
            world.receive(ctx, item, 100, 60000, on=date(2026, 1, 2))
    with world.work() as ctx:
        rows.execute(
            "UPDATE inventory_place SET code = CASE code WHEN 'MAIN' THEN 'OLD' ELSE 'MAIN' END WHERE code IN ('MAIN', 'W1')"
        )
    return Desk(world, tmp_path)


def test_parties(desk: Desk) -> None:
    before = desk.parties()
    outcome = desk.run("parties", 'Nr,Name,Land,Ziel\nK1,Ähre & Söhne,DE,30\nK2,"Quote ""Q""",FR,\n', PARTIES)
    assert (outcome.made, desk.parties()) == (2, before + 2)
    with desk.world.work():
        assert rows.execute("SELECT name, payment_days FROM parties_party WHERE code IN ('K1', 'K2') ORDER BY code") == [
            ("Ähre & Söhne", 30), ('Quote "Q"', 14),
        ]  # fmt: skip
    again = desk.run("parties", "Nr,Name,Land,Ziel\nK1,Ähre & Söhne,DE,30\nK3,New,DE,\n", PARTIES)
    assert (again.made, again.unchanged) == (1, 1)
    with pytest.raises(Refusal, match=r"import\.changed.*K1"):
        desk.run("parties", "Nr,Name,Land,Ziel\nK1,Other,DE,30\n", PARTIES)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "import.file", "empty"),
        (b"Nr,Name\nK1,X\n", "import.column", "Land"),
        (b"Nr,Nr,Name,Land,Ziel\n1,2,3,DE,1\n", "import.header", "twice"),
        (b"Nr,Name,Land,Ziel\nK1,\xff\xfe,DE,1\n", "import.encoding", "line 2"),
        (b"Nr,Name,Land,Ziel\nK1,a\0b,DE,1\n", "import.file", "NUL"),
        (b"Nr,Name,Land,Ziel\nK1,X,DE\n", "import.row", "row 2: 3 cells"),
        (b"Nr,Name,Land,Ziel\nK1,,DE,1\n", "import.row", "column Name: name: it is missing"),
        (b"Nr,Name,Land,Ziel\nK1,X,DEU,1\n", "import.row", "longer than 2"),
        (b"Nr,Name,Land,Ziel\nK1,X,DE,soon\n", "import.row", "no number ('soon')"),
        (b"Nr,Name,Land,Ziel\nK1,X,DE,-3\n", "import.row", "less than 0"),
        (b"Nr,Name,Land,Ziel\nK1,X,DE,1\nK1,Y,DE,1\n", "import.row", "stands in row 2 already"),
        (b"Nr,Name,Land,Ziel\nK1,X,xx,1\nK2,Y,1!,1\n", "parties.country", "in.csv row 3"),
        (b"Nr,Name,Land,Ziel\nC1,X,DE,1\n", "parties.code_once", "another party"),
        (b'Nr,Name,Land,Ziel\nK1,"X,DE,1\n', "import.file", "no CSV"),
        (b"PK\x03\x04not a workbook", "import.file", "no readable workbook"),
        (b"\x1f\x8bnot gzip", "import.file", "cannot be read"),
    ],
)
def test_bad_files_are_named_and_leave_nothing(desk: Desk, content: bytes, code: str, words: str) -> None:
    before = desk.parties()
    with pytest.raises(Refusal) as caught:
        desk.run("parties", content, PARTIES)
    assert caught.value.code == code, caught.value
    assert words in caught.value.message
    assert desk.parties() == before


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("= nonsense", "no TOML"), ('[fields]\ncode = "Nr"\n', "maps no name"), (PARTIES + 'colour = "x"\n', "colour is not known"),
        ('kind = "items"\n' + PARTIES, "maps items, not parties"), (PARTIES.replace('"Name"', "{ }"), "a column or a constant"),
        (PARTIES.replace('"Name"', "7"), "neither a column nor a table"), (PARTIES + '[options]\nx = 1\n', "x is not known in [options]"),
    ],
)  # fmt: skip
def test_bad_mappings_are_named(desk: Desk, mapping: str, words: str) -> None:
    with pytest.raises(Refusal, match=r"import\.mapping") as caught:
        desk.run("parties", "Nr,Name,Land,Ziel\nK1,X,DE,1\n", mapping)
    assert words in caught.value.message
    with pytest.raises(Refusal, match=r"import\.kind"):
        desk.run("dreams", "a\n", PARTIES)


def test_orders_through_payment(desk: Desk) -> None:
    """History in one file, decimal commas, German dates; each step at its own date."""
    content = HEADER + (
        'O1,C1,05.01.2026,07.01.2026,A,"10,0","99,999"\nO1,C1,05.01.2026,07.01.2026,B,2,"50,00"\nO2,C2,08.01.2026,,A,1,10\n'
    )
    dry = desk.run("orders", content, ORDERS, through="paid", dry_run=True)
    assert dry.totals["net"] == 1110
    assert dry.sums["4010 Sales of goods"] == "-1100.00"
    with desk.world.work() as ctx:
        assert rows.execute("SELECT count(*) FROM sales_order") == [(0,)]
        posted = size(ctx)
    done = desk.run("orders", content, ORDERS, through="paid")
    assert done.steps == {"orders": 2, "orders.shipment": 1, "orders.invoice": 1, "orders.paid": 1}
    with desk.world.work() as ctx:
        assert size(ctx)[0] == posted[0] + 3
        assert rows.execute("SELECT issued_on, net FROM invoicing_invoice") == [(date(2026, 1, 7), 110_000)]
        assert rows.execute("SELECT paid_on FROM banking_payment") == [(date(2026, 2, 6),)]
        assert {r.item: r.quantity for r in stock(ctx)} == {"A": 90, "B": 98}
        assert all(c.ok for c in ledger.verify(ctx))
    again = desk.run("orders", content, ORDERS, through="paid")
    assert set(again.steps.values()) == {0}
    rest = desk.run("orders", content, ORDERS, through="paid", ship_missing_on=date(2026, 2, 1))
    assert (rest.steps["orders"], rest.steps["orders.paid"]) == (0, 1)


def test_rejects_are_set_aside(desk: Desk) -> None:
    """Good rows in; each bad one written with row, column and reason; formulas defused."""
    content = HEADER + (
        "O1,C1,05.01.2026,06.01.2026,A,1,10\nO2,NOBODY,05.01.2026,,A,1,10\nO3,C1,05.01.2026,06.01.2026,A,1000,10\n"
        "O4,C1,xx,,A,1,10\nO5,C1,05.01.2026,,=cmd,1,10\nO6,C1,05.01.2026,,A,+-1,10\n"
    )
    bad = desk.folder / "bad.csv"
    done = desk.run("orders", content, ORDERS, through="invoice", rejects=bad)
    assert done.steps["orders"] == 1
    assert done.steps["orders.invoice"] == 1
    with bad.open(newline="") as source:
        found = {row["row"]: row for row in csv.DictReader(source)}
    assert set(found) >= {"3", "4", "5", "6", "7"}
    assert "NOBODY" in found["3"]["reason"]
    assert "ledger.guard" in found["4"]["reason"]
    assert "free" in found["4"]["reason"]
    with desk.world.work() as ctx:
        assert rows.execute("SELECT count(*) FROM sales_order") == [(1,)]
        assert all(c.ok for c in ledger.verify(ctx))


def test_all_or_nothing(desk: Desk) -> None:
    content = HEADER + "O1,C1,05.01.2026,06.01.2026,A,1,10\nO3,C1,05.01.2026,06.01.2026,A,1000,10\n"
    with pytest.raises(Refusal, match=r"in\.csv row 3"):
        desk.run("orders", content, ORDERS, through="invoice")
    with desk.world.work() as ctx:
        assert rows.execute("SELECT count(*) FROM sales_order") == [(0,)]
        assert rows.execute("SELECT count(*) FROM platform_importedrow") == [(0,)]
        assert all(c.ok for c in ledger.verify(ctx))


def test_a_closed_period_is_refused(desk: Desk) -> None:
    with desk.world.work() as ctx:
        ledger.close_period(
            ctx,
            next(
                p.id for p in ledger.list_periods(ctx) if p.starts == date(2026, 1, 1) and p.kind == "regular"
            ),
        )
    with pytest.raises(Refusal, match=r"ledger\.period_closed"):
        desk.run("orders", HEADER + "O1,C1,05.01.2026,06.01.2026,A,1,10\n", ORDERS, through="shipment")


def test_items_from_a_gzipped_file_and_a_workbook(desk: Desk) -> None:
    mapping = '[fields]\nsku = "SKU"\nname = "Name"\nsales_price = "Price"\ncategory = "Range"\n'
    text = "SKU,Name,Price,Range\nG1,Kettle,12.50,Kitchen\n"
    assert desk.run("items", gzip.compress(text.encode()), mapping).made == 1
    path = desk.folder / "items.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for n, row in enumerate(
        [["SKU", "Name", "Price", "Range"], [1001, "Mug", 7.25, "Kitchen"], ["", "", "", ""]]
    ):
        sheet.write_row(n, 0, row)
    book.close()
    assert desk.run("items", path, mapping).made == 1
    with desk.world.work():
        assert (
            rows.execute(
                "SELECT sku, sales_price FROM catalog_item WHERE sku IN ('G1', '1001') ORDER BY sku"
            )[0][1]
            == 7.25
        )


def test_a_count(desk: Desk) -> None:
    mapping = '[fields]\nreference = "ref"\non = "on"\n[lines.fields]\nreference = "ref"\nitem = "item"\nquantity = "q"\n'
    desk.run("counts", "ref,on,item,q\nCNT,2026-03-01,A,97\nCNT,2026-03-01,C,5\n", mapping)
    with desk.world.work() as ctx:
        assert {r.item: (r.quantity, r.value) for r in stock(ctx)}["A"] == (97, 58200)
        assert {r.item: r.value for r in stock(ctx)}["C"] == 3000
    with pytest.raises(Refusal, match=r"import\.reference"):
        desk.run("counts", "ref,on,item,q\nC2,2026-03-01,NONE,97\n", mapping)
