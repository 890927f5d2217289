"""Import on the screen: a look at the file, the mapping, the check, the run; what goes out comes in again."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backstay.domains.accounting import processes as accounting
from backstay.interfaces.imports import declared, profile
from backstay.interfaces.imports.reading import Kept
from backstay.platform import context, rows, work
from backstay.platform.models import Import, Membership, User, Work, WorkFault
from backstay.platform.resources import RESOURCES
from tests.scenario.test_web import PASSWORD
from tests.trade import World

CUSTOMERS = "Kundenliste 2026;;;;\nKd-Nr.;Firmenname;Straße;PLZ;Ort;Zahlungsziel;E-Mail\nK1;Ähre & Söhne;Weg 1;01067;Dresden;30;a@example.com\nK2;Öl GmbH;;;;14;\n"  # fmt: skip


class Screen:
    """A person who imports."""

    def __init__(self, company: int, name: str = "ann") -> None:
        self.company = company
        made = User.objects.create_user(f"{name}{company}@example.com", PASSWORD, name=name.title())
        with context.work(company, "system:test") as ctx:
            rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
        self.client = Client()
        self.client.force_login(made)

    def bring(self, path: str, content: str | bytes, name: str = "in.csv") -> str:
        """Upload; the address of the mapping."""
        raw = content.encode() if isinstance(content, str) else content
        answer = self.client.post(f"/{path}/import", {"file": SimpleUploadedFile(name, raw)})
        assert answer.status_code == 302, answer.content.decode()[-1500:]
        return str(answer["Location"])

    def of(self, href: str) -> Import:
        with context.work(self.company, "system:test"):
            return Import.objects.get(pk=int(href.rpartition("/")[2]))

    def send(self, href: str, do: str, **more: str) -> Any:
        """Send the form as the page shows it, with changes."""
        kept = self.of(href)
        told: dict[str, str] = {"do": do, "once": f"{do}{kept.checked_id}{kept.done_id}"}
        where = {c: p for p, c in kept.told["columns"].items()}
        for n, column in enumerate(kept.profile["columns"]):
            told[f"to.{n}"] = where.get(column["name"], "")
            told[f"form.{n}"] = kept.told["forms"].get(column["name"], "")
        told |= {f"same.{p}": v for p, v in kept.told["same"].items()}
        return self.client.post(href, told | {k.replace("__", "."): v for k, v in more.items()})

    def check(self, href: str, **more: str) -> Work:
        """Check all rows, as the worker would."""
        answer = self.send(href, "check", **more)
        assert answer.status_code == 302, answer.content.decode()[-1500:]
        checked = self.of(href).checked_id
        assert checked is not None
        work.run(self.company, checked)
        return self.work(checked)

    def run(self, href: str, do: str = "whole") -> Work:
        """Check, then import."""
        assert self.check(href).state == "done"
        self.send(href, do)
        done = self.of(href).done_id
        assert done is not None
        work.run(self.company, done)
        return self.work(done)

    def work(self, ident: int) -> Work:
        with context.work(self.company, "system:test"):
            return Work.objects.get(pk=ident)

    def faults(self, ident: int) -> list[tuple[int, str, str]]:
        with context.work(self.company, "system:test"):
            return list(
                WorkFault.objects.filter(work_id=ident).order_by("id").values_list("place", "field", "reason")
            )

    def ask(self, sql: str) -> Any:
        with context.work(self.company, "system:test"):
            return rows.execute(sql.replace("%", "%%").replace("$c", str(self.company)))


@pytest.fixture
def ann(world: World) -> Screen:
    return Screen(world.company)


def test_customers_from_start_to_end(ann: Screen) -> None:
    """A German list in the Windows code page, with a title above: found out by itself, checked, taken, once."""
    raw = CUSTOMERS.encode("cp1252")
    href = ann.bring("parties/parties", raw, "kunden.csv")
    page = ann.client.get(href).content.decode()
    kept = ann.of(href)
    assert kept.told["file"] == {"header": 2, "encoding": "cp1252", "delimiter": ";"}
    assert kept.told["columns"] == {
        "name": "Firmenname", "code": "Kd-Nr.", "email": "E-Mail", "payment_days": "Zahlungsziel",
        "l.street": "Straße", "l.postal_code": "PLZ", "l.city": "Ort",
    }  # fmt: skip
    assert "Ähre &amp; Söhne" in page
    assert ann.ask("SELECT count(*) FROM parties_party WHERE company_id = $c") == [(4,)], (
        "nothing is made yet"
    )
    checked = ann.check(href)
    assert (checked.result["made"], checked.result["bad"]) == (2, 0)  # type: ignore[index]
    assert ann.ask("SELECT count(*) FROM parties_party WHERE company_id = $c") == [(4,)], "a check takes back"
    assert "Nothing is wrong." in ann.client.get(href).content.decode()
    done = ann.run(href)
    assert (done.state, done.result["made"]) == ("done", 2)  # type: ignore[index]
    assert ann.ask("SELECT code, p.name, payment_days, a.city FROM parties_party p LEFT JOIN parties_address a ON a.party_id = p.id WHERE code LIKE 'K%' ORDER BY 1") == [
        ("K1", "Ähre & Söhne", 30, "Dresden"), ("K2", "Öl GmbH", 14, None),
    ]  # fmt: skip
    assert ann.ask("SELECT DISTINCT created_by FROM platform_import WHERE company_id = $c") == [(done.actor,)]
    again = ann.bring("parties/parties", raw, "kunden.csv")
    told = ann.check(again).result
    assert (told["made"], told["unchanged"], told["bad"]) == (0, 2, 0)  # type: ignore[index]
    assert "all of it is there already" in ann.client.get(again).content.decode()


def test_every_fault_by_row_and_column(ann: Screen) -> None:
    """A check finds all that is wrong, not the first of it; the good rows can be taken, the bad ones set aside."""
    bad = (
        "SKU,Name,Category,Price,Barcode\nX1,One,Tools,10.50,\nX2,Two,Tools,ten,\nX3,,Tools,1,\nX4,Four,Tools,1.999,\nX5,Five,New,1,123\n"
        "X1,Again,Tools,1,\nX6,Six,Tools,7,\n"
    )
    href = ann.bring("catalog/items", bad)
    checked = ann.check(href)
    assert [f[:2] for f in ann.faults(checked.pk)] == [(3, "Price"), (4, "Name"), (6, "sku"), (7, "SKU")]
    reasons = [f[2] for f in ann.faults(checked.pk)]
    assert reasons[:2] == ["Sales price: it is no number", "Name: it is missing"]
    assert reasons[2].startswith("catalog.barcode: ")
    assert reasons[3] == "X1 stands in row 2 already"
    table = ann.client.get(f"/progress/{checked.pk}/faults.csv").content.decode("utf-8-sig").splitlines()
    assert table[0] == "Row,What,Column,Value,Reason,Remedy,Code"
    assert len(table) == 5
    page = ann.client.get(href).content.decode()
    assert "Import the 3 without faults" in page
    assert 'value="whole"' not in page, "all or nothing is not offered where something is wrong"
    done = ann.run(href, "rows")
    assert (done.state, done.result["made"], done.result["bad"]) == ("done", 3, 4)  # type: ignore[index]
    assert ann.ask("SELECT sku FROM catalog_item WHERE sku LIKE 'X%' AND company_id = $c ORDER BY 1") == [("X1",), ("X4",), ("X6",)]  # fmt: skip
    assert ann.ask("SELECT count(*) FROM catalog_category WHERE name = 'Tools' AND company_id = $c") == [(1,)]


def test_all_or_nothing(ann: Screen) -> None:
    """What was sound when it was checked and is not any more when it is taken: nothing is taken, the row is named."""
    href = ann.bring("catalog/items", "SKU,Name,Barcode\nY1,One,\nY2,Two,4006381333931\n")
    assert ann.check(href).result["bad"] == 0  # type: ignore[index]
    other = ann.bring("catalog/items", "SKU,Name,Barcode\nZ1,Theirs,4006381333931\n")
    ann.run(other)
    ann.send(href, "whole")
    ident = ann.of(href).done_id
    assert ident is not None
    work.run(ann.company, ident)
    failed = ann.work(ident)
    assert failed.state == "failed"
    assert "row 3" in failed.error
    assert ann.ask("SELECT count(*) FROM catalog_item WHERE sku LIKE 'Y%' AND company_id = $c") == [(0,)]
    assert "Nothing was changed." in ann.client.get(href).content.decode()


def test_documents_with_lines(ann: Screen, world: World) -> None:
    """Rows of one number are one document; dates and figures as they are written in the file; a column for nothing."""
    content = "Auftragsnummer\tKunde\tDatum\tArtikel\tMenge\tPreis\tUnnütz\nA1\tC1\t31.12.2026\tA\t1.000\t1.234,50\tx\nA1\t\t\tB\t2\t\ty\nA2\tC2\t01.02.2026\tC\t3\t7,00\t\n"
    href = ann.bring("sales/orders", content, "orders.tsv")
    done = ann.run(href)
    assert done.result["made"] == 2  # type: ignore[index]
    assert ann.ask(
        "SELECT y.code, o.ordered_on, i.sku, l.quantity, l.unit_price FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id"
        " JOIN parties_party y ON y.id = o.party_id JOIN catalog_item i ON i.id = l.item_id WHERE o.company_id = $c ORDER BY o.id, l.position"
    ) == [
        ("C1", date(2026, 12, 31), "A", 1000, 1234.5), ("C1", date(2026, 12, 31), "B", 2, 100), ("C2", date(2026, 2, 1), "C", 3, 7),
    ]  # fmt: skip
    again = ann.bring("sales/orders", content, "orders.tsv")
    assert ann.check(again).result["unchanged"] == 2  # type: ignore[index]
    changed = ann.bring("sales/orders", content.replace("7,00", "8,00"), "orders.tsv")
    faults = ann.faults(ann.check(changed).pk)
    assert [f[0] for f in faults] == [4]
    assert "import.changed" in faults[0][2]


def test_what_cannot_be_read_is_said(ann: Screen) -> None:
    """No table, nothing at all, too many rows, a mapping that lacks something: a clear word each, never a failure."""
    for content, code in (
        (b"", "import.file"),
        (b"PK\x03\x04junk", "import.file"),
        (b"a,b\n\0,1\n", "import.file"),
    ):
        answer = ann.client.post("/catalog/items/import", {"file": SimpleUploadedFile("x.csv", content)})
        assert (answer.status_code, code in answer.content.decode()) == (409, True)
    rows_ = b"SKU,Name\n" + b"\n".join(b"S%d,x" % n for n in range(100_001))
    answer = ann.client.post("/catalog/items/import", {"file": SimpleUploadedFile("x.csv", rows_)})
    assert "import.size" in answer.content.decode()
    href = ann.bring("catalog/items", "Foo,Bar\n1,2\n")
    assert "needed: " in ann.client.get(href).content.decode()
    answer = ann.send(href, "check")
    assert answer.status_code == 409
    assert "import.mapping" in answer.content.decode()
    answer = ann.send(href, "map", to__0="sku", to__1="sku")
    assert "two columns" in answer.content.decode().lower()
    answer = ann.send(href, "whole")
    assert "import.unchecked" in answer.content.decode()
    assert ann.client.get("/sales/shipments/import").status_code == 404
    assert ann.client.get("/inventory/shipments/import").status_code == 404
    assert ann.client.get("/catalog/items/import/999999").status_code == 404


def test_workbook_and_look_again(ann: Screen) -> None:
    """The second sheet, the names of columns further down; a person corrects the look."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("About").write(0, 0, "Nothing here")
    sheet = book.add_worksheet("Prices")
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for n, row in enumerate(
        [["Price list"], ["SKU", "Name", "Price"], ["P1", "One", 10.5], ["P2", "Two", 20]]
    ):
        for k, cell in enumerate(row):
            sheet.write(n, k, cell)
    sheet.write_datetime(4, 0, __import__("datetime").datetime(2026, 1, 2), day)
    sheet.write(4, 1, "Dated")
    book.close()
    href = ann.bring("catalog/items", buffer.getvalue(), "prices.xlsx")
    assert ann.of(href).profile["sheets"] == ["About", "Prices"]
    ann.client.post(href, {"do": "look", "sheet": "Prices", "header": "2"})
    kept = ann.of(href)
    assert [c["name"] for c in kept.profile["columns"]] == ["SKU", "Name", "Price"]
    assert ann.run(href).result["made"] == 3  # type: ignore[index]
    assert ann.ask("SELECT sales_price FROM catalog_item WHERE sku = 'P1' AND company_id = $c") == [(10.5,)]
    assert ann.ask("SELECT name FROM catalog_item WHERE sku = '2026-01-02' AND company_id = $c") == [
        ("Dated",)
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_comes_in(ann: Screen, form: str) -> None:
    """A template filled in maps itself; its row of explanations is no data."""
    for path in sorted(p for p, r in RESOURCES.items() if declared.importable(r)):
        answer = ann.client.get(f"/{path}/import/template.{form}")
        assert answer.status_code == 200, path
        with context.work(ann.company, "system:test") as ctx:
            kind = declared.kind_of(ctx, path)
        content = answer.content
        if form == "csv":
            width = len(kind.fields) + len(kind.lines)
            content += ",".join(["1"] * width).encode() + b"\n"
            looked = profile.profile(Kept("t.csv", content))
            assert looked.rows == 1, path
            guessed = profile.guess(kind, looked.columns)
            assert set(guessed) == {*kind.fields, *(f"l.{n}" for n in kind.lines)}, path


def test_one_sees_only_what_one_may(ann: Screen) -> None:
    """The import of another company, or of another list, is not there."""
    href = ann.bring("catalog/items", "SKU,Name\nQ1,x\n")
    other = accounting.create_company("Other", actor="system:test", first_year=2026, years=1)
    bob = Screen(other, "bob")
    assert bob.client.get(href).status_code == 404
    assert ann.client.get(href.replace("catalog/items", "parties/parties")).status_code == 404
    assert Client().get(href).status_code == 302


def _fill(world: World) -> None:
    """Something of everything that can be imported."""
    from decimal import Decimal

    from backstay.domains.accounting.rules import ManualDraft, ManualLineDraft
    from backstay.domains.inventory.processes import CountDraft, count_stock
    from backstay.domains.parties.processes import AddressDraft, PartyDraft, create_parties

    with world.work() as ctx:
        create_parties(ctx, [PartyDraft("=Evil & Co", ("customer", "supplier"), code="E1", tax_treatment="domestic", credit_limit=500_00,
                                        addresses=(AddressDraft("Weg 1", "Köln", "50667", "DE"), AddressDraft("Tor 2", "Bonn", "53111", "DE", kind="delivery")))])  # fmt: skip
        world.receive(ctx, "A", 10, 6000)
        count_stock(
            ctx,
            [
                CountDraft(
                    date(2026, 3, 20),
                    world.places["W1"],
                    ((world.items["A"], 7), (world.items["B"], 0)),
                    "R1",
                )
            ],
        )
        world.order(ctx, {"A": 2, "B": 1})
        world.buy(ctx, "A", 5, "6.25")
        accounts = dict(rows.execute("SELECT code, id FROM account WHERE company_id = %s AND role IN ('rounding', 'bank_fees', 'expense')", [ctx.company]))  # fmt: skip
        first, second = sorted(accounts.values())[:2]
        line = ManualLineDraft
        accounting.enter_journal(ctx, [ManualDraft(date(2026, 4, 1), "Correction", (line(first, debit=1250), line(second, credit=1000), line(second, credit=250)))])  # fmt: skip
        from backstay.domains.banking.processes import set_party_accounts
        from backstay.domains.banking.rules import PartyAccountDraft
        from backstay.domains.inventory.processes import (
            TransferDraft,
            WriteOffDraft,
            transfer_goods,
            write_off_goods,
        )
        from backstay.domains.invoicing.processes import (  # fmt: skip
            BillDraft,
            BillLineDraft,
            InvoiceDraft,
            InvoiceLineDraft,
            enter_bills,
            issue_invoices,
        )

        day = date(2026, 4, 2)
        issue_invoices(ctx, [InvoiceDraft(world.parties["C1"], day, (InvoiceLineDraft("Help", Decimal("1.5"), Decimal(80), discount=Decimal("0.1")),), reference="R7")])  # fmt: skip
        enter_bills(ctx, [BillDraft(world.parties["S1"], "L-1", day, (BillLineDraft("Rent", Decimal(1), Decimal(900), account=first),))])  # fmt: skip
        transfer_goods(
            ctx, [TransferDraft(day, world.places["W1"], world.places["W2"], ((world.items["A"], 2),))]
        )
        write_off_goods(ctx, [WriteOffDraft(day, world.places["W1"], ((world.items["A"], 1),), "broken")])
        set_party_accounts(ctx, [PartyAccountDraft(world.parties["S1"], "DE02120300000000202051")])
        world.pay(ctx, 5_000)


ROUND = (
    "parties/parties",
    "catalog/items",
    "inventory/counts",
    "sales/orders",
    "purchasing/orders",
    "accounting/journal",
)


def test_what_goes_out_comes_in_again(ann: Screen, world: World) -> None:
    """Each list exported for import, taken into a new company and exported from there, says the same."""
    _fill(world)
    new = accounting.create_company("New", actor="system:test", first_year=2026, years=2)
    with context.work(new, "system:test") as ctx:
        from backstay.domains.inventory.processes import create_places

        create_places(ctx, [(f"W{n}", f"Warehouse {n}", "warehouse", None) for n in range(1, 8)])
    bob = Screen(new, "bob")
    for path in ROUND:
        out = ann.client.get(f"/{path}/export.csv?as=import&all=1").content
        assert out.count(b"\n") > 1, path
        if path == "inventory/counts":
            _receive_into(new)
        href = bob.bring(path, out)
        told = bob.run(href)
        assert told.state == "done", (path, told.error)
        assert told.result["bad"] == 0, (path, bob.faults(bob.of(href).checked_id or 0))  # type: ignore[index]
        back = bob.client.get(f"/{path}/export.csv?as=import&all=1").content
        assert _plain(path, back) == _plain(path, out), path
        same = bob.bring(path, out)
        checked = bob.check(same)
        assert checked.result["made"] == 0, path  # type: ignore[index]


def _receive_into(company: int) -> None:
    """The goods that were counted lie there."""
    from backstay.ledger.posting import Sub

    with context.work(company, "system:test") as ctx:
        items = dict(rows.execute("SELECT sku, id FROM catalog_item WHERE company_id = %s", [company]))
        places = dict(rows.execute("SELECT code, id FROM inventory_place WHERE company_id = %s", [company]))
        units = dict(rows.execute("SELECT code, id FROM unit WHERE company_id = %s", [company]))
        party = rows.execute("SELECT id FROM parties_party WHERE company_id = %s AND code = 'S1'", [company])[
            0
        ][0]
        from backstay.domains.inventory.processes import ReceiptDraft, ReceiptLineDraft, receive_goods

        line = ReceiptLineDraft(items["A"], 10, 6000, Sub("grni", ctx.currency, party=party, item="opening"), Sub("supplier_goods", units["A"], party=party))  # fmt: skip
        receive_goods(ctx, [ReceiptDraft(date(2026, 3, 2), places["W1"], (line,), party, "purchase")])


def _plain(path: str, content: bytes) -> list[str]:
    """The rows; numbers of documents differ between companies."""
    found = content.decode("utf-8-sig").splitlines()
    return sorted(
        re.sub(r"^[^,]*,", "", line) if path not in ("parties/parties", "catalog/items") else line
        for line in found
    )


def test_command_and_screen_are_one(ann: Screen, tmp_path: Any) -> None:
    """What the command line imported by a mapping file, the screen knows; and the other way round."""
    from backstay.interfaces.imports.run import run_import

    content = "SKU;Name;Preis\nM1;One;1.234,50\nM2;Two;2,00\n"
    file, mapping = tmp_path / "items.csv", tmp_path / "items.toml"
    file.write_text(content)
    mapping.write_text(
        '[file]\ndelimiter = ";"\n[fields]\nsku = "SKU"\nname = "Name"\nsales_price = { column = "Preis", decimal = ",", group = "." }\n'
    )
    assert run_import(ann.company, "catalog/items", [file], mapping).made == 2
    href = ann.bring("catalog/items", content)
    told = ann.check(href).result
    assert (told["made"], told["unchanged"]) == (0, 2)  # type: ignore[index]
    more = ann.bring("catalog/items", content + "M3;Three;3,00\n")
    assert ann.run(more).result["made"] == 1  # type: ignore[index]
    file.write_text(content + "M3;Three;3,00\n")
    assert run_import(ann.company, "catalog/items", [file], mapping).unchanged == 3


def test_two_files_one_after_the_other(ann: Screen) -> None:
    """FAILURES 50: the second file's rows are not skipped because of the first's."""
    first = "Name,Mail\nAnna,a@example.com\nAnna,a@example.com\n"
    assert ann.run(ann.bring("parties/parties", first)).result["made"] == 2, "rows without a key count each"  # type: ignore[index]
    second = "Name,Mail\nBert,b@example.com\nAnna,a@example.com\n"
    assert ann.run(ann.bring("parties/parties", second)).result["made"] == 1  # type: ignore[index]
