"""Price lists as stories: who pays what, the same on the form, by the API, by import and in the process; and what the database refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError
from django.test import Client

from backstay.base.context import Ctx
from backstay.base.errors import Denied, Refusal, refusal_from
from backstay.domains.catalog.models import PriceList
from backstay.domains.catalog.processes import (
    ItemDraft,
    PriceAgreementDraft,
    PriceDraft,
    PriceListDraft,
    add_uoms,
    archive_price_lists,
    change_price_agreements,
    create_items,
    create_price_agreements,
    create_price_lists,
    edit_price_lists,
)
from backstay.domains.catalog.queries import Wanted, prices_for, trade_facts
from backstay.domains.sales import processes as sales
from backstay.interfaces.bench import counted
from backstay.platform import context, rows
from tests.full import Full, make_full
from tests.programs import Program, problem, program
from tests.scenario.test_import_screen import Screen
from tests.trade import D, World

JSON = {"HTTP_ACCEPT": "application/json"}


@contextmanager
def refused(code: str) -> Iterator[None]:
    """By this rule, in a process or in the database."""
    with pytest.raises((Refusal, IntegrityError)) as told:
        yield
    found = told.value if isinstance(told.value, Refusal) else refusal_from(told.value)
    assert isinstance(found, Refusal) and found.code == code, told.value


def price(item: int, each: str, least: str = "0", since: date | None = None, until: date | None = None) -> PriceDraft:  # fmt: skip
    return PriceDraft(item, Decimal(each), Decimal(least), since, until)


def listed(world: World, code: str, *prices: PriceDraft, **more: Any) -> int:
    with world.work() as ctx:
        return create_price_lists(ctx, [PriceListDraft(code, f"List {code}", prices=prices, **more)])[0]


def agreed(world: World, customer: str, ident: int, since: date = D, until: date | None = None) -> int:
    with world.work() as ctx:
        draft = PriceAgreementDraft(world.parties[customer], ident, since, until)
        return create_price_agreements(ctx, [draft])[0]


def told(world: World, item: str, quantity: str = "1", customer: str | None = "C1", on: date = D, currency: str | None = "EUR") -> Decimal | None:  # fmt: skip
    with world.work() as ctx:
        party = None if customer is None else world.parties[customer]
        wanted = [Wanted(party, world.items[item], Decimal(quantity), on)]
        return prices_for(ctx, wanted, currency, trade_facts(ctx, [world.items[item]]))[0].price


def paid(world: World, customer: str, lines: list[sales.OrderLineDraft], on: date = D) -> list[Decimal]:
    """Prices of the lines of a new quotation."""
    with world.work() as ctx:
        draft = sales.QuotationDraft(world.parties[customer], on, tuple(lines), world.places["W1"])
        order = sales.create_quotations(ctx, [draft])[0]
        sql = "SELECT unit_price FROM sales_orderline WHERE order_id = %s ORDER BY position"
        return [row[0] for row in rows.execute(sql, [order])]


def test_who_pays_what(world: World) -> None:
    """By the customer's list, what it lacks by the one below; without one by the list for everybody, else by the item."""
    a, b = world.items["A"], world.items["B"]
    assert told(world, "A") == 100
    everybody = listed(world, "ALL", price(a, "90"), standard=True)
    assert (told(world, "A"), told(world, "B"), told(world, "A", customer=None)) == (90, 100, 90)
    base = listed(world, "BASE", price(b, "70"), price(b, "60", "10"))
    mine = listed(world, "MINE", price(a, "80", until=D), parent=base, discount=Decimal("0.5"))
    agreed(world, "C1", mine)
    assert [told(world, "A"), told(world, "A", customer="C2"), told(world, "A", on=D + timedelta(1))] == [
        80,
        90,
        50,
    ]
    assert [told(world, "B"), told(world, "B", "10"), told(world, "C"), told(world, "SRV")] == [
        35,
        30,
        50,
        250,
    ]
    assert told(world, "A", on=D - timedelta(1)) == 90, "before it was agreed"
    lines = [
        sales.OrderLineDraft(a, Decimal(1)),
        sales.OrderLineDraft(b, Decimal(10)),
        sales.OrderLineDraft(b, Decimal(1), Decimal(7)),
    ]
    assert paid(world, "C1", lines) == [80, 30, 7], "the price that is given stands"
    assert paid(world, "C2", lines) == [90, 100, 7]
    with world.work() as ctx:
        edit_price_lists(ctx, {everybody: PriceListDraft("ALL", "Nobody's", prices=())})
    assert told(world, "A", customer="C2") == 100  # fmt: skip


def test_a_line_in_another_unit_pays_for_what_is_in_it(world: World) -> None:
    """A dozen costs twelve, and counts as twelve where more costs less."""
    a = world.items["A"]
    agreed(world, "C1", listed(world, "DOZEN", price(a, "9.5"), price(a, "8", "12")))
    with world.work() as ctx:
        dozen = rows.execute("SELECT id FROM catalog_uom WHERE code = 'DZN'")[0][0]
        add_uoms(ctx, [(a, dozen, 12, 1)])
    lines = [sales.OrderLineDraft(a, Decimal(1), uom=dozen), sales.OrderLineDraft(a, Decimal(11))]
    assert paid(world, "C1", lines) == [96, Decimal("9.5")]
    assert paid(world, "C2", lines) == [1200, 100]


def test_a_list_in_another_currency_never_prices_an_order(world: World) -> None:
    """It is told to who asks for it; an order, which is in the currency of the books, needs a price by hand."""
    a = world.items["A"]
    agreed(world, "C1", listed(world, "USD", price(a, "55"), currency="usd"))
    assert (told(world, "A", currency=None), told(world, "B", currency=None)) == (55, None)
    with refused("catalog.price_currency"):
        paid(world, "C1", [sales.OrderLineDraft(a, Decimal(1))])
    assert paid(world, "C1", [sales.OrderLineDraft(a, Decimal(1), Decimal(60))]) == [60]
    listed(world, "USD-ALL", price(a, "66"), currency="USD", standard=True)
    assert told(world, "A", customer="C2", currency="USD") == 66
    assert told(world, "A", customer="C2") == 100


def test_a_price_that_stays_is_not_touched(world: World) -> None:
    """Changing a list leaves in the trail what changed, and nothing else."""
    a, b = world.items["A"], world.items["B"]
    ident = listed(world, "TRAIL", price(a, "1"), price(b, "2"))
    with world.work() as ctx:
        before = dict(rows.execute("SELECT item_id, id FROM catalog_price WHERE price_list_id = %s", [ident]))
        edit_price_lists(
            ctx, {ident: PriceListDraft("TRAIL", "Trail", prices=(price(a, "1.00"), price(b, "3")))}
        )
        after = dict(rows.execute("SELECT item_id, id FROM catalog_price WHERE price_list_id = %s", [ident]))
        sql = "SELECT event, changes -> 'price' FROM platform_auditevent WHERE kind = 'catalog.price' AND object_id = ANY(%s::bigint[]) ORDER BY id"
        trail = rows.execute(sql, [[before[b], after[b]]])
    assert after[a] == before[a] and after[b] != before[b]
    assert [event for event, _ in trail] == ["create", "delete", "create"]  # fmt: skip


def test_what_is_in_use_is_not_archived(world: World) -> None:
    base = listed(world, "UNDER")
    upper = listed(world, "UPPER", parent=base)
    ident = agreed(world, "C1", upper)
    for each in (base, upper):
        with world.work() as ctx, refused("catalog.price_list_used"):
            archive_price_lists(ctx, [each])
    with world.work() as ctx:
        draft = PriceAgreementDraft(world.parties["C1"], upper, D - timedelta(9), ctx.today - timedelta(1))
        change_price_agreements(ctx, {ident: draft})
        archive_price_lists(ctx, [upper])
        archive_price_lists(ctx, [base])
    with world.work() as ctx, refused("catalog.price_list_archived"):
        create_price_agreements(ctx, [PriceAgreementDraft(world.parties["C2"], upper, D)])
    with world.work() as ctx, refused("catalog.price_list_archived"):
        create_price_lists(ctx, [PriceListDraft("ON-OLD", "On an old one", parent=base)])
    standard = listed(world, "STANDARD", standard=True)
    with world.work() as ctx, refused("catalog.standard_list_in_use"):
        archive_price_lists(ctx, [standard])


@pytest.mark.parametrize(
    ("draft", "line"),
    [({"discount": Decimal(10)}, {}), ({"currency": "EURO"}, {}), ({"code": "x" * 41}, {}), ({}, {"price": Decimal(10**12)}), ({}, {"price": Decimal("1.1234567")})],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_not_cut_off(
    world: World, draft: dict[str, Any], line: dict[str, Any]
) -> None:
    told = {"item": world.items["A"], "price": Decimal(1)} | line
    with world.work() as ctx, refused("platform.value"):
        create_price_lists(
            ctx, [PriceListDraft(**({"code": "FIT", "name": "Fit"} | draft), prices=(PriceDraft(**told),))]
        )


PRICE = "INSERT INTO catalog_price (company_id, price_list_id, item_id, from_quantity, price, since_on, until_on) VALUES (%(company)s, %(list)s, %(item)s, {})"
LIST = "INSERT INTO catalog_pricelist (company_id, code, name, currency, discount, standard, parent_id) VALUES (%(company)s, {})"
AGREED = "INSERT INTO catalog_priceagreement (company_id, party_id, price_list_id, since_on, until_on) VALUES (%(company)s, %(party)s, {})"


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ("catalog.price_overlap", PRICE.format("0, 4, NULL, NULL")),
        ("catalog.price_overlap", PRICE.format("5, 4, '2026-06-30', NULL")),
        ("catalog.price_overlap", PRICE.format("5.000, 4, '2026-01-01', '2026-01-31'")),
        ("catalog.list_price", PRICE.format("7, -0.01, NULL, NULL")),
        ("catalog.list_price", PRICE.format("-1, 1, NULL, NULL")),
        ("catalog.price_span", PRICE.format("7, 1, '2026-02-02', '2026-02-01'")),
        ("catalog.price_list_once", LIST.format("'RAW', 'Again', 'EUR', 0, false, NULL")),
        ("catalog.price_list_currency_code", LIST.format("'X1', 'Euro', 'eur', 0, false, NULL")),
        ("catalog.price_list_currency", LIST.format("'X2', 'Dollars on euros', 'USD', 0, false, %(list)s")),
        ("catalog.price_list_discount", LIST.format("'X3', 'More than all', 'EUR', 1.01, false, NULL")),
        ("catalog.standard_list_once", LIST.format("'X4', 'Second', 'CHF', 0, true, NULL")),
        ("catalog.standard_list_in_use", "UPDATE catalog_pricelist SET archived_on = '2026-01-01' WHERE id = %(standard)s"),
        ("catalog.price_list_circle", "UPDATE catalog_pricelist SET parent_id = id WHERE id = %(list)s"),
        ("catalog.price_list_circle", "UPDATE catalog_pricelist SET parent_id = %(upper)s WHERE id = %(list)s"),
        ("catalog.price_list_currency", "UPDATE catalog_pricelist SET currency = 'CHF' WHERE id = %(list)s"),
        ("catalog.agreement_overlap", AGREED.format("%(upper)s, '2026-05-31', NULL")),
        ("catalog.agreement_span", AGREED.format("%(upper)s, '2026-09-02', '2026-09-01'")),
        ("catalog_price_price_list_id_company", PRICE.format("1, 1, NULL, NULL").replace("%(company)s", "%(other)s")),
        ("catalog_priceagreement_price_list_id_company", AGREED.format("%(foreign)s, '2020-01-01', '2020-01-02'")),
    ],
)  # fmt: skip
def test_the_database_refuses_it_from_its_owner_too(
    world: World, other: int, owner: psycopg.Connection[Any], code: str, sql: str
) -> None:
    a = world.items["A"]
    lists = {
        "list": listed(
            world,
            "RAW",
            price(a, "5"),
            price(a, "4", "5", D, date(2026, 6, 30)),
            price(a, "4", "5", until=date(2026, 1, 31)),
        )
    }
    lists["upper"] = listed(world, "RAW-2", parent=listed(world, "RAW-1", parent=lists["list"]))
    lists["standard"] = listed(world, "RAW-3", standard=True, currency="CHF")
    agreed(world, "C1", lists["list"], D, date(2026, 5, 31))
    with context.work(other, "system:test") as ctx:
        found = PriceList.objects.filter(company_id=other, code="OTHERS").values_list("pk", flat=True)
        lists["foreign"] = (
            found[0] if found else create_price_lists(ctx, [PriceListDraft("OTHERS", "Others'")])[0]
        )
    values = lists | {"company": world.company, "other": other, "item": a, "party": world.parties["C1"]}
    with pytest.raises(psycopg.Error) as told, owner.transaction(force_rollback=True):
        owner.execute("SELECT set_config('backstay.company', %s, true)", [str(world.company)])
        owner.execute(sql, values)
    assert told.value.diag.constraint_name == code  # fmt: skip


@pytest.fixture
def other(database: str) -> int:
    from backstay.domains.accounting.processes import create_company

    return create_company("Other prices", actor="system:test", first_year=2026)


def test_two_that_close_a_circle_together(
    world: World, owner: psycopg.Connection[Any], database: str
) -> None:
    """The second waits for the first, and is refused."""
    first, second = listed(world, "ROUND"), listed(world, "ABOUT")
    with psycopg.connect(owner.info.dsn, password=owner.info.password, autocommit=False) as one:
        one.execute("SELECT set_config('backstay.company', %s, true)", [str(world.company)])
        one.execute(f"SET LOCAL search_path TO {owner.execute('SELECT current_schema()').fetchone()[0]}")  # type: ignore[index]
        one.execute("UPDATE catalog_pricelist SET parent_id = %s WHERE id = %s", [second, first])
        with pytest.raises(psycopg.errors.LockNotAvailable), owner.transaction():
            owner.execute("SET LOCAL lock_timeout = '300ms'")
            owner.execute("UPDATE catalog_pricelist SET parent_id = %s WHERE id = %s", [first, second])
        one.commit()
    with pytest.raises(psycopg.errors.CheckViolation) as told:
        owner.execute("UPDATE catalog_pricelist SET parent_id = %s WHERE id = %s", [first, second])
    assert told.value.diag.constraint_name == "catalog.price_list_circle"


def test_as_many_statements_for_many(world: World, count_statements: Callable[[], Any]) -> None:
    """500 lines of customers with lists upon lists cost what one costs."""
    with world.work() as ctx:
        items = create_items(
            ctx, [ItemDraft(f"P{n}", f"P{n}", sales_price=Decimal(n + 1)) for n in range(100)]
        )
        prices = tuple(price(i, "3", least) for i in items[:50] for least in ("0", "10"))
        base = create_price_lists(ctx, [PriceListDraft("MANY", "Many", prices=prices)])[0]
        lists = create_price_lists(
            ctx, [PriceListDraft(f"M{n}", f"M{n}", parent=base, discount=Decimal("0.1")) for n in range(4)]
        )
        draft = [PriceAgreementDraft(p, x, D) for p, x in zip(world.parties.values(), lists, strict=True)]
        create_price_agreements(ctx, draft)
        facts = trade_facts(ctx, items)
        wanted = [
            Wanted(p, i, Decimal(n), D) for n, i in enumerate(items) for p in (*world.parties.values(), None)
        ]
        with count_statements() as one:
            prices_for(ctx, wanted[:1], "EUR", facts)
        with count_statements() as many:
            found = prices_for(ctx, wanted, "EUR", facts)
    assert len(found) == 500 and len(many) == len(one) == 2
    assert [x.price for x in found[:5]] == [Decimal("2.70")] * 4 + [Decimal(1)]
    assert {x.source for x in found[:5]} == {"Many", ""}  # fmt: skip


# ---- screen, API, import ----


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    return make_full(16)


@pytest.fixture(scope="module")
def shop(full: Full) -> Program:
    scopes = (
        "catalog.item:read",
        "catalog.pricelist:read",
        "parties.party:read",
        "sales.order:read,create,change",
    )
    return program(full, scopes=scopes)


class Trade:
    """A customer of his own with a list of his own: 40.00 each, 35.00 from ten on."""

    def __init__(self, full: Full, name: str) -> None:
        from backstay.domains.parties.processes import PartyDraft, create_parties

        with full.work() as ctx:
            self.item = create_items(
                ctx, [ItemDraft(f"{name}-1", f"{name} goods", kind="service", sales_price=Decimal(50))]
            )[0]
            self.party = create_parties(ctx, [PartyDraft(f"{name} Ltd", code=name)])[0]
            prices = (price(self.item, "40"), price(self.item, "35", "10", until=ctx.today + timedelta(30)))
            self.list = create_price_lists(ctx, [PriceListDraft(name, f"{name} prices", prices=prices)])[0]
            create_price_agreements(
                ctx, [PriceAgreementDraft(self.party, self.list, ctx.today - timedelta(30))]
            )
            self.sku, self.today, self.name = f"{name}-1", ctx.today, name  # fmt: skip

    def prices(self, ctx: Ctx) -> list[Decimal]:
        sql = "SELECT l.unit_price FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id WHERE o.party_id = %s ORDER BY l.id"
        return [row[0] for row in rows.execute(sql, [self.party])]


def typed(client: Client, trade: Trade, quantity: str, unit_price: str = "", path: str = "/sales/orders/new", revision: int = 0, do: str = "save") -> Any:  # fmt: skip
    data = {
        "h.party": f"{trade.name} Ltd", "h.party.id": trade.party, "h.ordered_on": trade.today.isoformat(), "keys": "n1", "revision": revision,
        "l.n1.item": trade.sku, "l.n1.quantity": quantity, "l.n1.unit_price": unit_price, "once": f"{trade.name}{revision}{do}", "do": do,
    }  # fmt: skip
    return client.post(path, data, **(JSON if do == "save" else {}))  # type: ignore[arg-type]


def test_the_form_shows_the_price_and_leaves_alone_what_was_typed(full: Full) -> None:
    """An empty price follows quantity and customer, in pale; a typed one stays; edited later, both go on so."""
    trade, client = Trade(full, "FORM"), full.client("owner")
    query = f"/find/ref?kind=catalog.item&for=sales/orders&q={trade.sku}&party={trade.party}"
    option = client.get(query).json()["options"][0]
    assert (option["price"], option["usual"], option["fill"]) == ("40.00", {"unit_price": "40.00"}, {})
    assert "FORM prices" in option["sub"]
    assert client.get(query + "&quantity=12").json()["options"][0]["price"] == "35.00"
    assert client.get(query.partition("&party")[0]).json()["options"][0]["price"] == "50.00"
    first = typed(client, trade, "9").json()
    assert first["prices"] == {"n1": {"unit_price": "40.00"}} and "360.00" in first["totals"]
    more = typed(client, trade, "10", path=first["href"], revision=first["revision"]).json()
    assert more["prices"] == {"n1": {"unit_price": "35.00"}} and "350.00" in more["totals"]
    page = client.get(first["href"]).content.decode()
    assert re.search(r'name="l\.n1\.unit_price" value=""[^>]* placeholder="35\.00"', page)
    hand = typed(client, trade, "10", "36.5", path=first["href"], revision=more["revision"]).json()
    assert hand["prices"] == {"n1": {}} and "365.00" in hand["totals"]
    done = typed(client, trade, "9", "", path=first["href"], revision=hand["revision"], do="make")
    assert done.status_code == 302
    with full.work() as ctx:
        assert trade.prices(ctx) == [40]
    edit = client.get(f"{done['Location']}/edit").content.decode()
    assert re.search(r'unit_price" value=""[^>]* placeholder="40\.00"', edit), "it goes on following the list"
    with full.work() as ctx:
        order = int(done["Location"].rpartition("/")[2])
        line = sales.OrderLineDraft(trade.item, Decimal(9), Decimal("39"))
        sales.change_quotations(ctx, {order: sales.QuotationDraft(trade.party, trade.today, (line,))})
    edit = client.get(f"{done['Location']}/edit").content.decode()
    assert re.search(r'unit_price" value="39\.00"', edit), "what was agreed stays"


def test_the_form_says_that_a_list_is_in_another_currency(full: Full) -> None:
    trade, client = Trade(full, "FOREIGN"), full.client("owner")
    with full.work() as ctx:
        edit_price_lists(
            ctx,
            {
                trade.list: PriceListDraft(
                    "FOREIGN", "Dollar prices", "USD", prices=(price(trade.item, "44"),)
                )
            },
        )
    query = f"/find/ref?kind=catalog.item&for=sales/orders&q={trade.sku}&party={trade.party}"
    option = client.get(query).json()["options"][0]
    assert (option["price"], option["usual"]) == ("", {"unit_price": ""})
    told = typed(client, trade, "1").json()
    assert "which is in USD" in told["notices"] and "catalog.price_currency" in told["notices"]
    assert "Dollar prices" not in typed(client, trade, "1", "45", path=told["href"], revision=told["revision"]).json()["notices"]  # fmt: skip


def test_a_program_gets_the_price_of_the_list(full: Full, shop: Program) -> None:
    """A line without a price, one with; a change of the quotation keeps what was agreed."""
    trade = Trade(full, "PROGRAM")
    lines: list[dict[str, Any]] = [
        {"item": trade.item, "quantity": "10"},
        {"item": trade.item, "quantity": "1", "unit_price": {"amount": "41.5", "currency": "EUR"}},
    ]
    body = {"party": trade.party, "ordered_on": trade.today.isoformat(), "lines": lines}
    made = shop.post("/sales/orders", body)
    assert made.status_code == 201, made.content
    with full.work() as ctx:
        assert trade.prices(ctx) == [35, Decimal("41.5")]
    order = json.loads(made.content)
    changed = shop.send(
        "PATCH", f"/sales/orders/{order['id']}", {"note": "Please ring twice"}, **{"If-Match": made["ETag"]}
    )
    assert changed.status_code == 200, changed.content
    with full.work() as ctx:
        assert trade.prices(ctx) == [35, Decimal("41.5")]  # fmt: skip


def test_an_import_gets_the_price_of_the_list(world: World) -> None:
    """A row without a price; one with."""
    a = world.items["A"]
    agreed(world, "C1", listed(world, "IMPORT", price(a, "40"), price(a, "35", "10")))
    screen = Screen(world.company, "ines.prices")
    table = f"Number,Customer,Order date,Item,Quantity,Price\nW1,C1,{D},A,10,\nW1,,,A,2,39\nW2,C2,{D},A,10,\n"
    assert screen.run(screen.bring("sales/orders", table)).result["made"] == 2  # type: ignore[index]
    found = screen.ask("SELECT l.unit_price FROM sales_orderline l WHERE l.company_id = $c ORDER BY l.id")
    assert [row[0] for row in found] == [35, 39, 100]


def shown(shop: Program, **query: Any) -> dict[str, Any]:
    answer = shop.get("/shop/prices?" + "&".join(f"{k}={v}" for k, v in query.items()))
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


def test_a_shop_asks_what_things_cost(full: Full, shop: Program) -> None:
    trade = Trade(full, "SHOP")
    row = shown(shop, sku=f"{trade.sku},NOBODY", party=trade.party, quantity=10)
    assert row["unknown"] == ["NOBODY"]
    assert row["data"] == [{
        "sku": trade.sku, "item": trade.item, "price": {"amount": "35", "currency": "EUR"}, "price_list": "SHOP prices",
        "until": (trade.today + timedelta(30)).isoformat(),
        "breaks": [{"from_quantity": "0", "price": {"amount": "40", "currency": "EUR"}}, {"from_quantity": "10", "price": {"amount": "35", "currency": "EUR"}}],
    }]  # fmt: skip
    plain = shown(shop, sku=trade.sku)["data"][0]
    assert (plain["price"], plain["price_list"], plain["until"]) == (
        {"amount": "50", "currency": "EUR"},
        None,
        None,
    )
    later = shown(shop, sku=trade.sku, party=trade.party, quantity=10, on=trade.today + timedelta(31))[
        "data"
    ][0]
    assert later["price"]["amount"] == "40"
    assert shown(shop, sku=trade.sku, currency="USD")["data"][0]["price"] is None
    with full.work() as ctx:
        create_price_lists(
            ctx,
            [PriceListDraft("SHOP-CHF", "Swiss", "CHF", standard=True, prices=(price(trade.item, "48.5"),))],
        )
    assert shown(shop, sku=trade.sku, currency="CHF")["data"][0]["price"] == {
        "amount": "48.5",
        "currency": "CHF",
    }
    problem(
        shop.get(f"/shop/prices?sku={trade.sku}&party={trade.party}&currency=CHF"),
        409,
        "catalog.price_currency",
    )
    problem(shop.get(f"/shop/prices?sku={trade.sku}&party=999999999"), 404, "parties.not_found")
    problem(shop.get("/shop/prices?sku=,"), 422, "api.too_many")
    problem(shop.get(f"/shop/prices?sku={trade.sku}&quantity=-1"), 422, "api.quantity")
    problem(program(full, scopes=("catalog.item:read",)).get(f"/shop/prices?sku={trade.sku}"), 403)  # fmt: skip


def test_as_many_statements_for_500_prices_as_for_one(full: Full, shop: Program) -> None:
    trade = Trade(full, "FIVEHUNDRED")
    names = [f"COSTS{n}" for n in range(500)]
    with full.work() as ctx:
        create_items(ctx, [ItemDraft(sku, f"It costs, {sku}") for sku in names])
    shown(shop, sku=names[0], party=trade.party)
    with counted() as one:
        shown(shop, sku=names[0], party=trade.party)
    with counted() as many:
        assert len(shown(shop, sku=",".join(names), party=trade.party)["data"]) == 500
    assert len(many) == len(one) <= 14


def test_a_list_in_another_currency_is_read_as_it_is(full: Full) -> None:
    """Its prices are figures beside its currency, never amounts in that of the books."""
    trade, api = Trade(full, "READ"), program(full)
    body = {
        "code": "READ-USD",
        "name": "Dollars",
        "currency": "USD",
        "prices": [{"item": trade.item, "from_quantity": "5", "price": "12.5", "until_on": "2030-12-31"}],
    }
    made = api.post("/catalog/price-lists", body)
    assert made.status_code == 201, made.content
    row = json.loads(made.content)
    assert row["currency"] == "USD"
    line = row["prices"][0]
    assert (line["price"], line["from_quantity"], line["until_on"]) == ("12.5", "5", "2030-12-31")
    again = api.post("/catalog/price-lists", body)
    problem(again, 409, "catalog.price_list_once")  # fmt: skip


def test_a_price_list_goes_out_and_comes_in_as_a_table(world: World) -> None:
    """What went out comes in again under another code, with the same prices."""
    a, b = world.items["A"], world.items["B"]
    base = listed(world, "GROUND")
    prices = (price(a, "40"), price(a, "35.25", "10", D, D + timedelta(9)), price(b, "7"))
    listed(world, "TABLE", *prices, parent=base, discount=Decimal("0.125"))
    screen = Screen(world.company, "tom.prices")
    out = screen.client.get("/catalog/price-lists/export.csv?as=import&q=TABLE").content.decode("utf-8-sig")
    assert "TABLE" in out and "GROUND" not in out.splitlines()[0]
    done = screen.run(screen.bring("catalog/price-lists", out.replace("TABLE", "AGAIN")))
    assert (done.result["made"], done.result["bad"]) == (1, 0)  # type: ignore[index]
    told = "SELECT l.code, l.parent_id, l.discount, l.currency, p.item_id, p.from_quantity, p.price, p.since_on, p.until_on"
    found = screen.ask(
        f"{told} FROM catalog_pricelist l JOIN catalog_price p ON p.price_list_id = l.id WHERE l.company_id = $c ORDER BY p.id"
    )
    first, second = ([row[1:] for row in found if row[0] == code] for code in ("TABLE", "AGAIN"))
    assert len(first) == 3 and first == second
    assert first[1] == (base, Decimal("0.125"), "EUR", a, 10, Decimal("35.25"), D, D + timedelta(9))


def test_prices_go_out_at_the_command_line(world: World) -> None:
    from click.testing import CliRunner

    from backstay.interfaces.cli.main import cli

    listed(world, "SHELL", price(world.items["A"], "40.5", "10", D), currency="USD")
    said = CliRunner().invoke(
        cli, ["export", "prices", "--company", str(world.company)], catch_exceptions=False
    )
    assert said.output.splitlines() == [
        "list,currency,item,from_quantity,price,since_on,until_on",
        f"SHELL,USD,A,10,40.5,{D},",
    ]


def test_only_who_may_sets_prices(full: Full) -> None:
    from tests.full import _user

    buyer, seller = _user("bea.prices", full.company, "buyer"), _user("sue.prices", full.company, "sales")
    trade = Trade(full, "RIGHTS")
    with context.work(full.company, f"user:{buyer.pk}") as ctx, pytest.raises(Denied):
        create_price_lists(ctx, [PriceListDraft("BUYER", "Buyer's")])
    with context.work(full.company, f"user:{buyer.pk}") as ctx, pytest.raises(Denied):
        create_price_agreements(ctx, [PriceAgreementDraft(trade.party, trade.list, D)])
    with context.work(full.company, f"user:{seller.pk}") as ctx:
        assert create_price_lists(ctx, [PriceListDraft("SELLER", "Seller's")])


def test_the_lists_open_with_what_is_in_use(world: World) -> None:
    """Without a filter asked for, lists in use and agreements that are not over stand there; a no is written as one."""
    ident = listed(world, "FIRST", price(world.items["A"], "40"))
    agreed(world, "C1", ident)
    agreed(world, "C2", ident, until=D + timedelta(1))
    screen = Screen(world.company, "lia.lists")

    def shown(path: str) -> str:
        return str(screen.client.get(f"/catalog/{path}").content.decode())

    assert "FIRST" in shown("price-lists") and "FIRST" not in shown("price-lists?f=standard:is:1")
    plain = shown("price-lists?f=standard:is:0")
    assert "FIRST" in plain and re.search(r"For everybody\s*(<[^>]*>)*\s*no\b", plain)
    names = [screen.ask(f"SELECT name FROM parties_party WHERE id = {world.parties[c]}")[0][0] for c in ("C1", "C2")]  # fmt: skip
    for path, there in (("price-agreements", (True, False)), ("price-agreements?f=is:ended", (False, True))):
        page = shown(path)
        assert tuple(name in page for name in names) == there, path
