"""examples/shop, as its customers use it: a program of its own that knows an address and a token alone."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backstay.base import clock
from backstay.domains.catalog.processes import (
    ItemDraft,
    PriceAgreementDraft,
    PriceDraft,
    PriceListDraft,
    create_items,
    create_price_agreements,
    create_price_lists,
    edit_price_lists,
)
from backstay.domains.inventory.processes import create_carriers
from backstay.domains.inventory.queries import free_at
from backstay.domains.invoicing.processes import set_credit_limits
from backstay.domains.sales import processes as sales
from backstay.domains.sales.models import Order
from backstay.interfaces import tokens
from backstay.ledger.verify import verify
from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.browser.conftest import Desk
from tests.browser.test_order_to_cash import _stock
from tests.conftest import ROOT
from tests.trade import World

SCOPES = (
    "catalog.item:read", "catalog.pricelist:read", "parties.party:read", "inventory.shipment:read", "inventory.receipt:read",
    "sales.order:read,create,reserve,confirm,cancel",
)  # fmt: skip


class Shop:
    """``environment``: what its programs are started with."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.address, self.environment = "", environment

    def run(self, *command: str) -> subprocess.Popen[str]:
        """One of its programs."""
        return subprocess.Popen(
            [sys.executable, "-m", *command], env=self.environment, cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def differences(self) -> tuple[int, list[str]]:
        """What ``python -m shop.differences`` ends with and says."""
        with self.run("shop.differences") as process:
            told, _none = process.communicate(timeout=60)
        return process.returncode, told.splitlines()

    def record(self, sql: str, *values: Any) -> list[Any]:
        """The shop's own file."""
        with closing(sqlite3.connect(self.environment["SHOP_FILE"])) as db, db:
            return db.execute(sql, values).fetchall()


@contextmanager
def opened(world: World, server: str, folder: Path, scopes: tuple[str, ...]) -> Iterator[Shop]:
    """The shop, started as its README says, with a token of these scopes."""
    user = User.objects.create_user(f"shop.{world.company}@example.com", name="Web Shop")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [user.pk], "role": ["owner"], "since_on": [ctx.today]})
    with world.work(f"user:{user.pk}") as ctx:
        _id, token = tokens.create(ctx, "shop", [tokens.scope_of(s) for s in scopes])
    shop = Shop({
        "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}/clients/python:{ROOT}/examples", "BACKSTAY_URL": server,
        "BACKSTAY_TOKEN": token, "SHOP_FILE": str(folder / "shop.sqlite"),
    })  # fmt: skip
    with shop.run("shop", "--port", "0", "--customer", "C1", "--customer", "C2") as process:
        try:
            assert process.stdout is not None
            shop.address = process.stdout.readline().strip()
            assert shop.address.startswith("http://127.0.0.1:"), shop.address + process.stdout.read()
            yield shop
        finally:
            process.terminate()
            told, _none = process.communicate(timeout=20)
    assert "Traceback" not in told, told
    assert token not in told


@pytest.fixture
def shop(world: World, server: str, tmp_path: Path) -> Iterator[Shop]:
    _stock(world)
    with opened(world, server, tmp_path, (*SCOPES, "sales.order:return")) as running:
        yield running


def enter(desk: Desk, shop: Shop, name: str) -> Page:
    """Sign in as a customer."""
    page = desk.page
    page.goto(f"{shop.address}/sign-in")
    page.get_by_label("Customer").select_option(name)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("status")).to_contain_text(f"Welcome, {name}")
    return page


def take(page: Page, item: str, quantity: int) -> None:
    """From the catalogue into the basket."""
    page.get_by_role("link", name="Catalogue").click()
    page.get_by_label(f"How many of {item}").fill(str(quantity))
    page.get_by_role("button", name=f"Put {item} into the basket").click()
    expect(page.get_by_role("status")).to_contain_text(f"{quantity} × {item}")


def free(world: World, item: str) -> Decimal:
    """What is free at the warehouse, as the books say."""
    pair = (world.items[item], world.places["MAIN"])
    with world.work() as ctx:
        return free_at(ctx, [pair])[pair]


def balances(world: World) -> dict[str, int]:
    """The trial balance by type of account; receivables and cost of sales by themselves."""
    sql = (
        "SELECT CASE WHEN a.role IN ('receivable', 'cogs') THEN a.role ELSE a.type END, sum(p.value)::bigint"
        " FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id"
        " WHERE s.company_id = %s AND a.type <> 'memo' GROUP BY 1"
    )
    with world.work() as ctx:
        return dict(rows.execute(sql, [ctx.company]))


def test_the_shop_story(desks: Callable[..., Desk], desk: Desk, shop: Shop, world: World) -> None:
    """Browse, reserve, order; the clerk ships, invoices and tells the parcels' numbers; the shop shows where they are
    followed; a piece comes back; the books agree."""
    with world.work() as ctx:
        swift = create_carriers.draft("Swift", "https://parcels.example/follow/{number}")  # type: ignore[attr-defined]
        create_carriers(ctx, [swift])
    visitor = desks(None)
    page = enter(visitor, shop, "C1")
    expect(page.get_by_role("row", name=re.compile("Item A"))).to_contain_text("10 in stock")
    expect(page.get_by_role("row", name=re.compile("Item A"))).to_contain_text("100.00 EUR")
    expect(page.get_by_role("row", name=re.compile("Item C"))).to_contain_text("sold out")
    visitor.access()
    take(page, "Item A", 2)
    take(page, "Item B", 1)
    visitor.access()
    assert (free(world, "A"), free(world, "B")) == (10, 4)

    page.get_by_role("button", name="Check out").click()
    expect(page.locator("main")).to_contain_text("These goods are kept for you until")
    expect(page.locator("main")).to_contain_text("to pay 363.00 EUR")
    visitor.access()
    assert (free(world, "A"), free(world, "B")) == (8, 3)
    page.get_by_role("button", name="Order and pay by invoice").click()
    expect(page.get_by_role("status")).to_contain_text("Your order is SO-2026-00001")
    expect(page.locator("main")).to_contain_text("not sent yet")
    assert shop.record("SELECT * FROM wanted") == []
    expect(page.get_by_role("button", name="Send back")).to_have_count(0)
    assert (free(world, "A"), free(world, "B")) == (8, 3)
    assert shop.differences() == (0, ["no difference"])

    ident = int(page.url.rpartition("/")[2])
    desk.go(f"/sales/orders/{ident}")
    desk.act("Ship")
    expect(desk.page.locator(".facts")).to_contain_text("All")
    desk.act("Invoice")
    expect(desk.page.get_by_role("link", name=re.compile("INV-2026-00001")).first).to_be_visible()
    desk.page.get_by_role("link", name=re.compile("SH-2026-00001")).first.click()
    desk.page.locator("summary", has_text="Add tracking numbers").click()
    desk.page.get_by_label("Tracking").fill("00340434161094, 00340434161100")
    desk.page.get_by_label("Carrier").select_option("Swift")
    desk.page.get_by_role("button", name="Add tracking numbers").click()
    expect(desk.page.locator(".facts")).to_contain_text("Swift 00340434161094, Swift 00340434161100")

    page.get_by_role("link", name="My orders").click()
    line = page.get_by_role("row", name=re.compile("SO-2026-00001"))
    expect(line.get_by_role("cell", name="sent", exact=True)).to_be_visible()
    expect(line).to_contain_text("363.00 EUR")
    visitor.access()
    page.get_by_role("link", name="SO-2026-00001").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    expect(page.locator("main li")).to_contain_text(re.compile("2 × .*Item A, 1 × .*Item B"))
    follow = page.get_by_role("link", name="Swift 00340434161100")
    expect(follow).to_have_attribute("href", "https://parcels.example/follow/00340434161100")
    visitor.access()
    page.get_by_label("Item A").fill("1")
    page.get_by_label("Reason").fill("too <b>large</b>")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("status")).to_contain_text("noted as sent back")
    expect(page.locator("main")).to_contain_text(re.compile("Came back.*1 × .*Item A"))
    expect(page.locator("main")).to_contain_text("of 1")

    assert (free(world, "A"), free(world, "B")) == (9, 3)
    assert balances(world) == {
        "receivable": 36300 - 12100,
        "income": -20000,  # two pieces stay sold
        "cogs": 1200,
        "asset": 6000 + 2400 - 1200,  # stock
        "liability": -8400 - 4200,  # the goods not billed yet, and the tax on two pieces
    }
    with world.work() as ctx:
        assert [c for c in verify(ctx) if not c.ok] == []
        left = rows.execute(
            "SELECT sum(o.amount)::bigint FROM open_item o JOIN account a ON a.id = o.account_id AND a.role = 'receivable'"
            " WHERE o.company_id = %s AND o.party_id = %s", [ctx.company, world.parties["C1"]],
        )  # fmt: skip
    assert left == [(24200,)]

    page.get_by_role("button", name="Put the same into the basket").click()
    expect(page.get_by_label("How many of Item A")).to_have_value("2")
    expect(page.get_by_label("How many of Item B")).to_have_value("1")


def test_a_customer_pays_the_price_he_is_shown(desks: Callable[..., Desk], shop: Shop, world: World) -> None:
    """By his agreement and for the quantity in his basket, on every page and in the order; what has no price for him says so."""
    with world.work() as ctx:
        drafts = [ItemDraft(sku, f"Consulting {sku}", kind="service") for sku in ("TRADE", "NONE")]
        trade, _none = create_items(ctx, drafts)

        def listed(*prices: tuple[int, str, int]) -> PriceListDraft:
            lines = tuple(PriceDraft(item, Decimal(each), Decimal(least)) for item, each, least in prices)
            return PriceListDraft("TRADE", "Trade prices", prices=lines)

        a = world.items["A"]
        [mine] = create_price_lists(ctx, [listed((a, "90", 0), (a, "80", 5), (trade, "33.333", 0))])
        [dollars] = create_price_lists(ctx, [PriceListDraft("USD", "Dollars", "USD", prices=(PriceDraft(a, Decimal(99)),))])  # fmt: skip
        create_price_agreements(ctx, [PriceAgreementDraft(world.parties["C1"], mine, ctx.today), PriceAgreementDraft(world.parties["C2"], dollars, ctx.today)])  # fmt: skip

    visitor = desks(None)
    page = visitor.page
    page.goto(shop.address)

    def cost(item: str) -> Any:
        return expect(page.get_by_role("row", name=re.compile(item)))

    cost("Item A").to_contain_text("100.00 EUR")  # a stranger: what everybody pays
    cost("Consulting TRADE").to_contain_text("price on request")
    enter(visitor, shop, "C1")
    cost("Item A").to_contain_text("90.00 EURfrom 5: 80.00 EUR")
    cost("Item B").to_contain_text("100.00 EUR")
    cost("Consulting TRADE").to_contain_text("33.333 EUR")
    cost("Consulting NONE").to_contain_text("price on request")
    expect(page.get_by_label("How many of Consulting NONE")).to_have_count(0)
    visitor.access()
    take(page, "Consulting TRADE", 1)
    take(page, "Item A", 4)
    cost("Item A").to_contain_text("360.00 EUR90.00 EUR each")
    page.get_by_label("How many of Item A").fill("5")
    page.get_by_role("button", name="Change").click()
    cost("Item A").to_contain_text("400.00 EUR80.00 EUR each")
    expect(page.locator("main")).to_contain_text("Together 433.333 EUR net")
    visitor.access()
    page.get_by_role("button", name="Check out").click()
    cost("Item A").to_contain_text("80.00 EUR400.00 EUR")
    expect(page.locator("main")).to_contain_text("Net 433.33 EUR")
    expect(page.get_by_role("status")).to_have_count(0)
    page.get_by_role("link", name="Basket").click()

    with world.work() as ctx:  # between the basket and the checkout
        edit_price_lists(ctx, {mine: listed((a, "90", 0), (a, "75", 5))})
    page.get_by_role("button", name="Check out").click()
    expect(page.get_by_role("status")).to_contain_text("Prices are not those your basket showed")
    cost("Item A").to_contain_text("75.00 EUR375.00 EUR")
    cost("Consulting TRADE").to_have_count(0)
    assert free(world, "A") == 5  # what was reserved at the first price is given up
    page.get_by_role("button", name="Order and pay by invoice").click()
    expect(page.get_by_role("status")).to_contain_text("Your order is SO-2026-00001")
    cost("Item A").to_contain_text("75.00 EUR375.00 EUR")
    with world.work():
        ordered = Order.objects.filter(state="confirmed").values_list("lines__unit_price", "lines__net")
        assert list(ordered) == [(75, 37500)]
    assert shop.differences() == (0, ["no difference"])
    page.get_by_role("link", name="Basket").click()
    cost("Consulting TRADE").to_contain_text("price on request; not part of this order")
    expect(page.get_by_role("button", name="Check out")).to_have_count(0)
    visitor.access()

    enter(visitor, shop, "C2")  # his list is in another currency than orders are
    cost("Item A").to_contain_text("price on request")
    expect(page.get_by_label("How many of Item A")).to_have_count(0)


def test_an_expired_reservation(desks: Callable[..., Desk], shop: Shop, world: World) -> None:
    """Time is over: reserved anew where there is enough; told kindly, with nothing of the rival, where there is not."""
    visitor = desks(None)
    page = enter(visitor, shop, "C1")
    take(page, "Item B", 4)
    page.get_by_role("button", name="Check out").click()
    confirm = page.get_by_role("button", name="Order and pay by invoice")
    expect(confirm).to_be_visible()
    ident = int(page.url.rpartition("/")[2])

    def lapse() -> None:
        with clock.at(clock.now() - timedelta(minutes=20)), world.work() as ctx:
            sales.reserve_quotations(ctx, [ident], 15)
        shop.record("UPDATE placed SET until = '2026-01-01T00:00:00+00:00' WHERE id = ?", ident)

    lapse()
    assert free(world, "B") == 4
    confirm.click()
    expect(page.get_by_role("status")).to_contain_text("We have reserved the goods anew")
    assert free(world, "B") == 0
    lapse()
    with world.work() as ctx:
        rival = world.order(ctx, {"B": 3}, "C2", "MAIN")
        number = sales.confirm_orders(ctx, [rival])[0]
    page.reload()
    page.get_by_role("button", name="Reserve once more").click()
    told = page.get_by_role("status")
    expect(told).to_contain_text(re.compile("of .*Item B only 1 of 4 are left"))
    assert number not in page.content()
    expect(page.get_by_label("How many of Item B")).to_have_value("4")
    page.get_by_label("How many of Item B").fill("1")
    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Check out").click()
    confirm.click()
    expect(told).to_contain_text("Your order is")
    assert free(world, "B") == 0
    with world.work():
        states = list(Order.objects.filter(party_id=world.parties["C1"]).order_by("id").values_list("state", flat=True))  # fmt: skip
    assert states == ["cancelled", "confirmed"]
    assert shop.differences() == (0, ["no difference"])


def test_a_customer_without_credit(desks: Callable[..., Desk], shop: Shop, world: World) -> None:
    """The goods are there, the credit is not: he is told without figures, nothing stays reserved, the basket stays."""
    with world.work() as ctx:
        set_credit_limits(ctx, {world.parties["C1"]: 10_000})
    page = enter(desks(None), shop, "C1")
    take(page, "Item A", 2)
    page.get_by_role("button", name="Check out").click()
    leave = page.get_by_role("button", name="Back to the basket")
    expect(leave).to_be_visible()
    assert free(world, "A") == 8
    leave.click()
    expect(page.get_by_role("status")).to_contain_text("Nothing is reserved any more")
    assert free(world, "A") == 10
    page.get_by_role("button", name="Check out").click()
    page.get_by_role("button", name="Order and pay by invoice").click()
    expect(page.get_by_role("status")).to_contain_text("we cannot take this order here just now")
    expect(page.get_by_label("How many of Item A")).to_have_value("2")
    assert free(world, "A") == 10
    assert shop.differences() == (0, ["no difference"])


def test_what_the_shop_refuses(desks: Callable[..., Desk], shop: Shop, world: World) -> None:
    """A form of another visit, another customer's order, more back than was sent; names are text, whatever they are."""
    name = '<b>"C2"</b> & Co'
    shop.record("UPDATE customer SET name = ? WHERE party = ?", name, world.parties["C2"])
    with world.work() as ctx:
        foreign, own = world.order(ctx, {"A": 1}, "C1", "MAIN"), world.order(ctx, {"A": 2}, "C2", "MAIN")
        line = sales.OrderLineDraft(world.items["A"], Decimal(2), discount=Decimal("0.1"))
        sales.change_quotations(
            ctx, {own: sales.QuotationDraft(world.parties["C2"], ctx.today, (line,), world.places["MAIN"])}
        )
        sales.confirm_orders(ctx, [foreign, own])
        sales.ship_orders(ctx, [sales.ShipDraft(own, ctx.today)])
    visitor = desks(None)
    visitor.expected = {403, 404}
    page = enter(visitor, shop, name)
    assert page.locator("main b").count() == 0
    for path in (f"/orders/{foreign}", f"/checkout/{foreign}", "/orders/999999999", "/nothing"):
        page.goto(shop.address + path)
        expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    page.goto(f"{shop.address}/orders/{own}")
    expect(page.locator("main")).to_contain_text("less 10 %")
    back = page.locator("input[name^='r.']")
    back.evaluate("e => { e.max = 99; e.value = 3 }")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_role("status")).to_contain_text("at most what was sent")
    page.locator("[action$='/again'] input[name=csrf]").evaluate("e => { e.value = 'guessed' }")
    page.get_by_role("button", name="Put the same into the basket").click()
    expect(page.locator("main")).to_contain_text("This form is not from this visit")
    page.goto(f"{shop.address}/basket")
    expect(page.locator("main")).to_contain_text("Nothing is in it yet")
    assert shop.environment["BACKSTAY_TOKEN"] not in page.content()


def test_without_the_right_to_return_the_clerk_sees_a_wish(
    desks: Callable[..., Desk], desk: Desk, world: World, server: str, tmp_path: Path
) -> None:
    """A token without ``return`` books nothing: the wish lies with the order as a file."""
    _stock(world)
    with world.work() as ctx:
        order = world.order(ctx, {"A": 2}, "C1", "MAIN")
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, ctx.today)])
    with opened(world, server, tmp_path, (*SCOPES, "sales.order:comment")) as shop:
        page = enter(desks(None), shop, "C1")
        page.goto(f"{shop.address}/orders/{order}")
        page.get_by_label("Item A").fill("2")
        page.get_by_role("button", name="Ask to send back").click()
        expect(page.get_by_role("status")).to_contain_text("We will write to you")
    assert free(world, "A") == 8
    desk.go(f"/sales/orders/{order}")
    expect(desk.page.locator("body")).to_contain_text("return-wish-")


def test_differences_between_shop_and_books(desks: Callable[..., Desk], shop: Shop, world: World) -> None:
    """Another amount, another state, missing here, missing there: each is a line, and the program ends with 1."""
    page = enter(desks(None), shop, "C1")
    take(page, "Item A", 1)
    page.get_by_role("button", name="Check out").click()
    page.get_by_role("button", name="Order and pay by invoice").click()
    expect(page.get_by_role("status")).to_contain_text("SO-2026-00001")
    assert shop.differences() == (0, ["no difference"])
    ident = int(page.url.rpartition("/")[2])
    with world.work() as ctx:
        sales.cancel_orders(ctx, [ident])
        draft = sales.QuotationDraft(
            world.parties["C1"], ctx.today, (sales.OrderLineDraft(world.items["A"], Decimal(1)),), world.places["MAIN"], reference="WEB-lost",
        )  # fmt: skip
        [lost] = sales.create_quotations(ctx, [draft])
    shop.record("UPDATE placed SET amount = '1.00' WHERE id = ?", ident)
    customer = shop.record("SELECT customer FROM placed")[0][0]
    shop.record("INSERT INTO placed VALUES (999999999, ?, 'x', 'confirmed', 'SO-GONE', '5.00', 'EUR', NULL)", customer)  # fmt: skip
    assert shop.differences() == (1, [
        "SO-2026-00001: 1.00 EUR in the shop, 121.00 EUR in the books",
        "SO-2026-00001: confirmed in the shop, cancelled in the books",
        "SO-GONE: in the shop, not in the books",
        f"{lost}: in the books as WEB-lost, unknown to the shop",
    ])  # fmt: skip
