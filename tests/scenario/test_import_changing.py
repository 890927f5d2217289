"""A list goes out, is edited as a spreadsheet, and comes in again: what is here changes by what its columns say."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from backstay.base.errors import Refusal
from backstay.base.rights import Right
from backstay.domains.catalog.models import Item
from backstay.domains.catalog.processes import (
    ItemDraft,
    PriceAgreementDraft,
    PriceDraft,
    PriceListDraft,
    create_items,
    create_price_agreements,
    create_price_lists,
)
from backstay.domains.parties.processes import AddressDraft, PartyDraft, create_parties, edit_parties
from backstay.interfaces import persons
from backstay.interfaces.imports import declared
from backstay.interfaces.imports.run import run_import
from backstay.platform import access, context, rows, work
from backstay.platform.models import Membership, Role, User
from backstay.platform.records import Record
from backstay.platform.resources import RESOURCES, draft_of
from tests.scenario.test_import_screen import Screen
from tests.scenario.test_web import PASSWORD
from tests.trade import World

PRICES = "SKU,Price\nA,101.50\nB,100\nC,7\nNEW,1\n"
KEPT = sorted(p for p, r in RESOURCES.items() if declared.importable(r) and issubclass(r.of, Record))
CHANGED = [p for p in KEPT if declared.changeable(RESOURCES[p])]


@pytest.fixture
def ann(world: World) -> Screen:
    return Screen(world.company)


def changing(screen: Screen, path: str, content: str, **more: str) -> str:
    """A file that is brought to change what is here; its address."""
    href = screen.bring(path, content)
    assert screen.send(href, "map", how="change", **more).status_code == 302
    return href


def prices(screen: Screen) -> dict[str, Decimal]:
    return dict(
        screen.ask("SELECT sku, sales_price FROM catalog_item WHERE company_id = $c AND sku ~ '^[A-Z]+$'")
    )


def test_prices_are_changed(ann: Screen) -> None:
    """Of items typed by hand only the price changes, by two columns; old and new are seen before; the trail names each."""
    before = prices(ann)
    href = ann.bring("catalog/items", "SKU,Price\nA,101.50\nB,100\nC,7\n")
    page = ann.client.get(href).content.decode()
    assert "leave it as it is" in page
    assert "needed: Name" in page, "as it is, the file says too little of what is new"
    ann.send(href, "map", how="change")
    assert "needed: Name" not in ann.client.get(href).content.decode()
    checked = ann.check(href)
    result: dict[str, Any] = checked.result  # type: ignore[assignment]
    assert before["B"] == 100
    assert [result[n] for n in ("made", "changed", "unchanged", "bad")] == [0, 2, 1, 0]
    assert [c[:3] for c in result["changes"]] == [[2, "A", "Sales price"], [4, "C", "Sales price"]]
    page = ann.client.get(href).content.decode()
    assert re.search("<ins[^>]*>101.50</ins>", page)
    assert "Change 2" in page
    table = ann.client.get(f"{href}/changes.csv").content.decode("utf-8-sig").splitlines()
    assert table[0] == "Row,What,Field,Is now,Will be"
    assert table[1].startswith("2,A,Sales price,")
    assert table[1].endswith(",101.5")
    assert len(table) == 3
    assert prices(ann) == before, "a check takes back"
    ids = {sku: i for i, sku in ann.ask("SELECT id, sku FROM catalog_item WHERE company_id = $c")}
    done = ann.run(href)
    assert [done.result[n] for n in ("made", "changed", "bad")] == [0, 2, 0]  # type: ignore[index]
    assert prices(ann) == before | {"A": Decimal("101.5"), "C": Decimal(7)}
    told = ann.ask("SELECT object_id, changes, actor FROM platform_auditevent WHERE company_id = $c AND kind = 'catalog.item' AND event = 'update' ORDER BY id")  # fmt: skip
    assert [(t[0], set(json.loads(t[1])), t[2]) for t in told] == [(ids["A"], {"sales_price"}, done.actor), (ids["C"], {"sales_price"}, done.actor)]  # fmt: skip
    assert ann.ask("SELECT count(*) FROM platform_importedrow WHERE company_id = $c") == [(0,)], "typed by hand it stays"  # fmt: skip
    again = changing(ann, "catalog/items", "SKU,Price\nA,101.50\nB,100\nC,7\n")
    assert [ann.check(again).result[n] for n in ("made", "changed", "unchanged")] == [0, 0, 3]  # type: ignore[index]
    assert "all of it is there already" in ann.client.get(again).content.decode()


def test_new_rows_and_what_they_need(ann: Screen) -> None:
    """A row of nothing that is here is made, if it says what the form needs; what was imported says then what it said last."""
    first = "SKU,Name,Price\nN1,One,1\nN2,Two,2\n"
    ann.run(ann.bring("catalog/items", first))
    href = changing(ann, "catalog/items", "SKU,Name,Price\nN1,,3\nN3,Three,3\nN4,,4\n")
    checked = ann.check(href)
    assert [checked.result[n] for n in ("made", "changed", "unchanged", "bad")] == [1, 1, 0, 1]  # type: ignore[index]
    assert ann.faults(checked.pk)[0][:2] == (4, "Name")
    done = ann.run(href, "rows")
    assert [done.result[n] for n in ("made", "changed", "bad")] == [1, 1, 1]  # type: ignore[index]
    assert ann.ask("SELECT sku, name, sales_price FROM catalog_item WHERE sku LIKE 'N_' AND company_id = $c ORDER BY 1") == [
        ("N1", "One", 3), ("N2", "Two", 2), ("N3", "Three", 3),
    ]  # fmt: skip
    same = ann.check(ann.bring("catalog/items", "SKU,Name,Price\nN1,One,3\nN2,Two,2\n")).result
    assert (same["unchanged"], same["bad"]) == (2, 0), "left as it is: it says what is here"  # type: ignore[index]
    assert ann.check(ann.bring("catalog/items", first)).result["unchanged"] == 2, (
        "the same file again changes nothing"
    )  # type: ignore[index]
    other = ann.check(ann.bring("catalog/items", first.replace("2\n", "9\n")))
    assert [f[0] for f in ann.faults(other.pk)] == [3], "it says what is not here and was not imported"


def test_empty_cells(ann: Screen, world: World) -> None:
    """An empty cell leaves the field alone; where it is said, it empties it; what must be there is a fault."""
    with world.work() as ctx:
        create_items(ctx, [ItemDraft("E1", "Empty", barcode="4006381333931", sales_price=Decimal(5)), ItemDraft("E2", "Other")])  # fmt: skip
    content = "SKU,Name,Barcode,Price\nE1,,,\nE2,,,9\n"
    href = changing(ann, "catalog/items", content)
    assert ann.check(href).result["changed"] == 1  # type: ignore[index]
    ann.run(href)
    look = "SELECT name, barcode, sales_price FROM catalog_item WHERE sku = 'E1' AND company_id = $c"
    assert ann.ask(look) == [("Empty", "4006381333931", 5)]
    href = changing(ann, "catalog/items", content)
    checked = ann.check(href, empties="1")
    assert [f[:2] for f in ann.faults(checked.pk)] == [(2, "Name"), (3, "Name")]
    href = changing(ann, "catalog/items", "SKU,Barcode,Price\nE1,,\nE2,,9\n")
    assert ann.check(href, empties="1").result["changed"] == 1  # type: ignore[index]
    assert ann.of(href).told["empties"] is True
    ann.send(href, "whole", empties="1")
    work.run(ann.company, ann.of(href).done_id or 0)
    assert ann.ask(look) == [("Empty", None, 0)]


def test_what_stays_is_a_named_fault(ann: Screen, world: World) -> None:
    """Kind and decimals for ever, the unit once the ledger has counted in it; a good row beside goes in."""
    with world.work() as ctx:
        world.receive(ctx, "A", 5, 3000)
    content = "SKU,Kind,Unit,Decimals,Price\nA,service,,,\nB,,,2,\nC,,kg,,\nA2,,,,\n"
    with world.work() as ctx:
        create_items(ctx, [ItemDraft("A2", "Unused")])
    href = changing(ann, "catalog/items", content.replace("A2,,,,", "A2,,kg,,12"))
    faults = {f[0]: f for f in ann.faults(ann.check(href).pk)}
    assert faults[2][1:][0] == "Kind"
    assert "catalog.kind" in faults[2][2]
    assert (faults[3][1], "catalog.scale" in faults[3][2]) == ("Decimals", True)
    assert set(faults) <= {2, 3, 4}
    href = changing(ann, "catalog/items", "SKU,Unit\nA,kg\n")
    assert "catalog.uom_stays" in ann.faults(ann.check(href).pk)[0][2]
    href = changing(ann, "catalog/items", "SKU,Unit,Price\nA2,kg,12\n")
    assert ann.run(href).result["changed"] == 1  # type: ignore[index]
    assert ann.ask("SELECT u.code, i.sales_price FROM catalog_item i JOIN catalog_uom u ON u.id = i.uom_id WHERE sku = 'A2' AND i.company_id = $c") == [("KGM", 12)]  # fmt: skip


@pytest.mark.parametrize("do", ["whole", "rows"])
def test_two_people_at_once(ann: Screen, do: str) -> None:
    """What somebody changed since the check is refused by name, and stays as he made it."""
    href = changing(ann, "catalog/items", "SKU,Price\nA,101\nB,102\nC,103\n")
    assert ann.check(href).result["changed"] == 3  # type: ignore[index]
    other = changing(ann, "catalog/items", "SKU,Price,Cost\nB,55,\nC,,3\n")
    ann.run(other)
    ann.send(href, do)
    ident = ann.of(href).done_id or 0
    work.run(ann.company, ident)
    done = ann.work(ident)
    if do == "whole":
        assert done.state == "failed"
        assert "row 3" in done.error
        assert "import.stale" in done.error
        assert prices(ann)["A"] != 101
    else:
        assert [f[0] for f in ann.faults(ident)] == [3, 4]
        assert all("import.stale" in f[2] for f in ann.faults(ident))
        assert (done.result["changed"], prices(ann)["A"]) == (1, 101)  # type: ignore[index]
    assert prices(ann)["B"] == 55


def test_what_went_since_the_check_is_not_made_anew(ann: Screen, world: World) -> None:
    """Another SKU since the check: the row would make a second one, and is refused."""
    href = changing(ann, "catalog/items", "SKU,Name,Price\nA,A,101\n")
    assert ann.check(href).result["changed"] == 1  # type: ignore[index]
    with world.work():
        rows.update(Item, [world.items["A"]], {"sku": ["A-OLD"]})
    ann.send(href, "rows")
    ident = ann.of(href).done_id or 0
    work.run(ann.company, ident)
    assert "import.stale" in ann.faults(ident)[0][2]
    assert "A" not in prices(ann)


# ---- out and in again ----


def _fill(world: World) -> None:
    with world.work() as ctx:
        create_parties(ctx, [
            PartyDraft("=Evil & Co", ("customer", "supplier"), code="E1", tax_id="DE1", language="de", addresses=(
                AddressDraft("Weg 1", "Köln", "50667", "DE", region="NRW"), AddressDraft("Tor 2", "Bonn", "53111", "DE", kind="delivery", name="Lager"))),
            PartyDraft("Without a number", ("supplier",), addresses=(AddressDraft("Allee 3", "Ulm", "", "DE"),)),
            PartyDraft("Without a number", payment_days=7),
        ])  # fmt: skip
        create_items(ctx, [ItemDraft("KG", "Rice", scale=3, uom="KGM"), ItemDraft("S", "Help", "service", uom="HUR", tax_class="reduced")])  # fmt: skip
        party = world.parties["C1"]
        from backstay.domains.banking.processes import set_party_accounts
        from backstay.domains.banking.rules import PartyAccountDraft

        set_party_accounts(ctx, [PartyAccountDraft(world.parties["S1"], "DE02120300000000202051")])
        lists = create_price_lists(ctx, [
            PriceListDraft("R", "Retail", standard=True, prices=(
                PriceDraft(world.items["A"], Decimal("99.5")), PriceDraft(world.items["A"], Decimal(90), Decimal(10)), PriceDraft(world.items["B"], Decimal(70)))),
            PriceListDraft("E", "Empty"),
        ])  # fmt: skip
        create_price_agreements(ctx, [PriceAgreementDraft(world.parties["C1"], lists[0], ctx.today)])
        carriers = RESOURCES["inventory/carriers"].process("create")
        draft, _more = draft_of(carriers)
        carriers(ctx, [draft("By hand")])  # type: ignore[misc]
        projects = RESOURCES["projects/projects"].process("create")
        draft, _more = draft_of(projects)
        made = projects(
            ctx, [draft("Shop", party, Decimal("80.5")), draft("Shop", party, Decimal(70), Decimal(20))]
        )  # type: ignore[misc]
        tasks = RESOURCES["projects/tasks"].process("create")
        draft, _more = draft_of(tasks)
        tasks(ctx, [draft("Walls", made[0], None, ctx.today), draft("Walls", made[0])])  # type: ignore[misc]


def _out(screen: Screen, path: str) -> list[list[str]]:
    text = screen.client.get(f"/{path}/export.csv?as=import&all=1").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def _text(table: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue()


EDITED = {
    "parties/parties": "Payment days", "catalog/items": "Sales price", "banking/accounts": "Name", "projects/projects": "Price per hour", "projects/tasks": "Due",
    "inventory/carriers": "Name", "catalog/price-lists": "Name", "catalog/price-agreements": "Until day",
}  # fmt: skip


@pytest.mark.parametrize("path", KEPT)
def test_what_goes_out_changes_nothing_when_it_comes_in(ann: Screen, world: World, path: str) -> None:
    """To import again, here: nothing is new and nothing is another, left as it is or changed; one cell edited is one change."""
    _fill(world)
    table = _out(ann, path)
    assert len(table) > 1
    for how in ("leave", "change") if path in CHANGED else ("leave",):
        href = ann.bring(path, _text(table))
        ann.send(href, "map", how=how)
        checked = ann.check(href)
        told: dict[str, Any] = checked.result  # type: ignore[assignment]
        assert [told[n] for n in ("made", "changed", "bad")] == [0, 0, 0], (how, told, ann.faults(checked.pk))
        assert 0 < told["unchanged"] < len(table)
    if path not in CHANGED:
        return
    column = table[0].index(EDITED[path])
    table[-1][column] = {"Due": "2027-05-05", "Until day": "2099-05-05", "Name": "Till"}.get(
        EDITED[path], "33"
    )
    before = dict(_events(ann))
    href = changing(ann, path, _text(table))
    checked = ann.check(href)
    assert [c[2] for c in checked.result["changes"]] == [EDITED[path]], checked.result  # type: ignore[index]
    assert ann.run(href).result["changed"] == 1  # type: ignore[index]
    assert _out(ann, path) == table
    new = [changes for ident, changes in _events(ann) if ident not in before]
    assert [len(c) for c in new] == [1], "one column of one row"


def _events(screen: Screen) -> list[tuple[int, dict[str, Any]]]:
    """What the trail tells of records: id, columns that changed."""
    return [(i, json.loads(told)) for i, told in screen.ask("SELECT id, changes FROM platform_auditevent WHERE company_id = $c AND event IN ('create', 'update', 'delete') AND kind NOT LIKE 'platform.%' ORDER BY id")]  # fmt: skip


def test_addresses_and_numbers_of_parties(ann: Screen, world: World) -> None:
    """An address of two changes, the other and what no form shows stay; who has no number is known by the key, and gets one."""
    _fill(world)
    table = _out(ann, "parties/parties")
    heads = table[0]
    city, code, name = heads.index("City"), heads.index("Number"), heads.index("Name")
    for row in table[1:]:
        if row[city] == "Bonn":
            row[city] = "Kiel"
        if row[name] == "Without a number" and row[city] == "Ulm":
            row[code] = "W1"
    href = changing(ann, "parties/parties", _text(table))
    checked = ann.check(href)
    assert [(c[1], c[2], c[3:]) for c in checked.result["changes"]] == [  # type: ignore[index]
        ("E1", "City 2", ["Bonn", "Kiel"]), ("Without a number", "Number", ["", "W1"]),
    ]  # fmt: skip
    ann.run(href)
    assert ann.ask(
        "SELECT a.city, a.region, a.name, a.kind FROM parties_address a JOIN parties_party p ON p.id = a.party_id WHERE p.code = 'E1' AND p.company_id = $c ORDER BY a.id"
    ) == [("Köln", "NRW", "", "main"), ("Kiel", "", "Lager", "delivery")]
    assert ann.ask("SELECT count(*), count(code) FILTER (WHERE code = 'W1') FROM parties_party WHERE name = 'Without a number' AND company_id = $c") == [(2, 1)]  # fmt: skip
    one = changing(ann, "parties/parties", "Number,City\nE1,Bremen\n")
    ann.run(one)
    found = ann.ask("SELECT a.city FROM parties_address a JOIN parties_party p ON p.id = a.party_id WHERE p.code = 'E1' AND p.company_id = $c ORDER BY a.id")  # fmt: skip
    assert found == [("Bremen",), ("Kiel",)], "the file has the first; the other stays"


def test_prices_of_a_list(ann: Screen, world: World) -> None:
    """A price is known by its item, and where an item has several by what else the row says; the others stay."""
    _fill(world)
    href = changing(ann, "catalog/price-lists", "Code,Item,From quantity,Price\nR,B,,71\nR,A,10,88\nR,C,,5\n")
    checked = ann.check(href)
    assert [(c[0], c[2], c[3:]) for c in checked.result["changes"]][:2] == [  # type: ignore[index]
        (2, "Price · B", ["70.00", "71.00"]), (3, "Price · A", ["90.00", "88.00"]),
    ], checked.result  # fmt: skip
    ann.run(href)
    look = "SELECT i.sku, p.from_quantity, p.price FROM catalog_price p JOIN catalog_item i ON i.id = p.item_id WHERE p.company_id = $c ORDER BY 1, 2"
    now = [("A", 0, Decimal("99.5")), ("A", 10, 88), ("B", 0, 71), ("C", 0, 5)]
    assert ann.ask(look) == now
    doubtful = changing(ann, "catalog/price-lists", "Code,Item,Price\nR,C,6\nR,A,1\n")
    faults = ann.faults(ann.check(doubtful).pk)
    assert [f[0] for f in faults] == [3]
    assert "several lines are of A" in faults[0][2]


def test_a_form_keeps_what_it_does_not_show(world: World) -> None:
    """Region and addressee of an address stand in no form: a party that is edited keeps them, and its address stays the same row."""
    with world.work() as ctx:
        ident = create_parties(ctx, [PartyDraft("Keeper", addresses=(AddressDraft("Weg 1", "Köln", "50667", "DE", region="NRW", name="Lager"),))])[0]  # fmt: skip
        look = "SELECT id, region, name FROM parties_address WHERE party_id = %s"
        before = rows.execute(look, [ident])
        edit_parties(ctx, {ident: PartyDraft("Keeper", payment_days=9, addresses=(AddressDraft("Weg 1", "Köln", "50667", "DE"),))})  # fmt: skip
        assert rows.execute(look, [ident]) == before
        edit_parties(ctx, {ident: PartyDraft("Keeper", addresses=())})
        assert rows.execute(look, [ident]) == []


def test_a_mark_of_another_company_is_none_here(ann: Screen, world: World) -> None:
    """A key that was exported elsewhere names nothing here: the row is a new one, once."""
    content = "Key,Name,Payment days\n1-5f1b2c3d4e5f6,Foreign,9\n"
    href = changing(ann, "parties/parties", content)
    assert ann.run(href).result["made"] == 1  # type: ignore[index]
    assert ann.check(changing(ann, "parties/parties", content)).result["unchanged"] == 1  # type: ignore[index]


# ---- who may ----


def _hire(world: World, name: str, *rights: Right) -> Screen:
    made = Screen.__new__(Screen)
    made.company = world.company
    user = User.objects.create_user(f"{name}{world.company}@example.com", PASSWORD, name=name.title())
    with world.work() as ctx:
        Role.objects.create(company_id=world.company, code=name, name=name, rights=[r.json() for r in rights])
        rows.insert(Membership, {"user_id": [user.pk], "role": [name], "since_on": [ctx.today]})
    made.client = Client()
    made.client.force_login(user)
    return made


def test_who_may_make_and_not_change(world: World) -> None:
    """He is not asked, and what he sends all the same is denied; nothing is changed."""
    mia = _hire(world, "mia", Right("catalog.item", ("read", "create")))
    href = mia.bring("catalog/items", "SKU,Name,Price\nA,A,101\n")
    assert 'name="how"' not in mia.client.get(href).content.decode()
    answer = mia.send(href, "map", how="change")
    assert (answer.status_code, "access.denied" in answer.content.decode()) == (403, True)
    assert mia.of(href).told["how"] == "leave"
    assert mia.client.get(f"{href}/changes.csv").status_code == 409


def test_who_may_change_and_not_make(world: World) -> None:
    """Prices are his, new items are not: such rows are faults, and the import begins with changing."""
    pia = _hire(world, "pia", Right("catalog.item", ("read", "change")))
    assert "/catalog/items/import" in pia.client.get("/catalog/items?all=1").content.decode()
    href = pia.bring("catalog/items", PRICES)
    assert pia.of(href).told["how"] == "change"
    assert pia.send(href, "map", how="leave").status_code == 403
    checked = pia.check(href)
    assert [(f[0], "access.denied" in f[2]) for f in pia.faults(checked.pk)] == [(5, True)]
    pia.run(href, "rows")
    assert prices(pia)["A"] == Decimal("101.5")
    assert "NEW" not in prices(pia)
    nobody = _hire(world, "ned", Right("catalog.item", ("read",)))
    assert nobody.client.get("/catalog/items/import").status_code == 403
    assert nobody.client.get(f"{href}/changes.csv").status_code == 403


def test_fields_that_are_read_or_hidden(world: World) -> None:
    """A column that one only reads may come along as it is; another figure in it is a fault. What is hidden stays, unseen."""
    kim = _hire(world, "kim", Right("catalog.item", ("read", "create", "change"), hidden=("sales_price",), fixed=("purchase_price",)))  # fmt: skip
    with world.work() as ctx:
        create_items(ctx, [ItemDraft("F1", "Fix", sales_price=Decimal("77.77"), purchase_price=Decimal(5)), ItemDraft("F2", "Fix too", purchase_price=Decimal(6))])  # fmt: skip
    table = _out(kim, "catalog/items")
    assert "Purchase price" in table[0]
    assert "Sales price" not in table[0]
    assert all(len(r) == len(table[0]) for r in table), "every row has its cells under the heads"
    content = "SKU,Name,Purchase price,Sales price\nF1,Fixed,5,1\nF2,Other,7,1\nF3,New,8,1\n"
    href = changing(kim, "catalog/items", content)
    checked = kim.check(href)
    faults = kim.faults(checked.pk)
    assert [(f[0], f[1], "access.fields" in f[2]) for f in faults] == [(3, "Purchase price", True), (4, "Purchase price", True)]  # fmt: skip
    assert [c[2] for c in checked.result["changes"]] == ["Name"]  # type: ignore[index]
    assert "77.77" not in kim.client.get(href).content.decode()
    kim.run(href, "rows")
    assert kim.ask("SELECT name, sales_price, purchase_price FROM catalog_item WHERE sku LIKE 'F_' AND company_id = $c ORDER BY sku") == [
        ("Fixed", Decimal("77.77"), 5), ("Fix too", 0, 6),
    ]  # fmt: skip


def test_rows_that_are_not_ones_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the right to change reaches some rows, each of the others is a fault of its own; of those nothing is told."""
    monkeypatch.setattr(access, "owner_column", lambda kind: "name" if kind == "catalog.item" else None)
    own = _hire(world, "owen", Right("catalog.item", ("read", "change"), "own"))
    with world.work() as ctx:
        create_items(ctx, [ItemDraft("MINE", f"user:{User.objects.get(name='Owen', email=f'owen{world.company}@example.com').pk}")])  # fmt: skip
    href = own.bring("catalog/items", "SKU,Price\nA,101\nMINE,102\n")
    checked = own.check(href)
    assert [(f[0], "access.denied" in f[2]) for f in own.faults(checked.pk)] == [(2, True)]
    assert [c[1] for c in checked.result["changes"]] == ["MINE"]  # type: ignore[index]
    assert len(own.client.get(f"{href}/changes.csv").content.decode().splitlines()) == 2


def test_another_looks_and_checks_himself(ann: Screen, world: World) -> None:
    """Old and new are shown to who checked; who takes over checks anew."""
    href = changing(ann, "catalog/items", PRICES)
    ann.check(href)
    bob = Screen(world.company, "bob")
    assert "<ins " in ann.client.get(href).content.decode()
    assert "<ins " not in bob.client.get(href).content.decode()
    assert "import.unchecked" in bob.send(href, "rows").content.decode()


# ---- cost, command, languages ----


def test_changes_cost_the_same_for_few_and_many(
    ann: Screen, world: World, count_statements: Callable[[], Any]
) -> None:
    """A batch of 500 asks the database as often as one of five."""
    with world.work() as ctx:
        create_items(ctx, [ItemDraft(f"Q{n}", f"Item {n}", sales_price=Decimal(1)) for n in range(500)])
    counted = []
    for many in (5, 500):
        price = {5: "2", 500: "3"}[many]
        content = "SKU,Name,Category,Price\n" + "".join(f"Q{n},Item {n} {price},Group,{price}\n" for n in range(many))  # fmt: skip
        href = changing(ann, "catalog/items", content)
        assert ann.check(href).result["changed"] == many  # type: ignore[index]
        ann.send(href, "whole")
        with count_statements() as n:
            work.run(ann.company, ann.of(href).done_id or 0)
        asked = [
            s
            for s in n.statements
            if not re.search("BEGIN|COMMIT|begin_work|platform_work|platform_notice", s)
        ]  # the pulse
        counted.append(Counter(re.sub(r"\d+|'[^']*'", "0", s) for s in asked))
    assert counted[1] - counted[0] == Counter()
    assert sum(counted[1].values()) < 80


def test_by_command(world: World, tmp_path: Path) -> None:
    """The same by ``--change``: told by a dry run, done, and refused for kinds that have nothing of it."""
    from backstay.interfaces.cli.import_ import _told

    file, mapping = tmp_path / "p.csv", tmp_path / "p.toml"
    file.write_text("sku;price\nA;101,50\nB;100,00\n")
    mapping.write_text('[file]\ndelimiter = ";"\n[fields]\nsku = "sku"\nsales_price = { column = "price", decimal = "," }\n')  # fmt: skip
    with pytest.raises(Refusal, match=r"import\.mapping"):
        run_import(world.company, "catalog/items", [file], mapping)
    would = run_import(world.company, "catalog/items", [file], mapping, change=True, dry_run=True)
    assert (would.changed, would.unchanged, len(would.changes)) == (1, 1, 1)
    done = run_import(world.company, "catalog/items", [file], mapping, change=True)
    assert (done.made, done.changed, done.unchanged) == (0, 1, 1)
    assert run_import(world.company, "catalog/items", [file], mapping, change=True).changed == 0
    for kind in ("items", "sales/orders", "accounting/opening-items"):
        with pytest.raises(Refusal, match=r"import\.change"):
            run_import(world.company, kind, [file], mapping, change=True)
    _told(would, True, None)


def test_in_german(ann: Screen) -> None:
    """The page and the table of what changes, in words of the one who looks."""
    User.objects.filter(email=f"ann{ann.company}@example.com").update(language="de")
    href = changing(ann, "catalog/items", "SKU,Preis\nA,101\n")
    ann.check(href)
    page = ann.client.get(href).content.decode()
    for word in ("Zeilen zu dem, was schon da ist", "lassen, wie es ist", "Ist jetzt", "Wird"):
        assert word in page
    assert ann.client.get(f"{href}/changes.csv").content.decode("utf-8-sig").startswith("Zeile,Was,Feld,Ist jetzt,Wird")  # fmt: skip


def test_erasing_a_person_forgets_what_a_check_showed(ann: Screen, world: World) -> None:
    """Old and new values of a party stand in no check after it is erased."""
    with world.work() as ctx:
        ident = create_parties(ctx, [PartyDraft("Petra Muster", kind="person", code="P1", phone="030 1234")])[
            0
        ]
    href = changing(ann, "parties/parties", "Number,Phone\nP1,030 9999\n")
    checked = ann.check(href)
    assert "030 1234" in str(checked.result)
    with context.work(ann.company, checked.actor) as ctx:
        persons.erase(ctx, ident)
    assert "030 1234" not in str(ann.work(checked.pk).result)
