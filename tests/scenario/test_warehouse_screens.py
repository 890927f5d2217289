"""Ship, receive, bill, return, invoice, pick and count on the screen: in part, by scanner, twice clicked, refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.ledger.verify import verify
from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.scenario.test_web import PASSWORD
from tests.trade import D, World

DAY = "2026-03-20"


def person(world: World, name: str, member: bool = True) -> Client:
    made = User.objects.create_user(f"{name}{world.company}@example.com", PASSWORD, name=name.title())
    if member:
        with world.work() as ctx:
            rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    client = Client()
    client.force_login(made)
    return client


@pytest.fixture
def ann(world: World) -> Client:
    return person(world, "ann")


@pytest.fixture
def sold(world: World) -> int:
    """A confirmed order of 4 A and 2 B; 10 A and 2 B are here."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        world.receive(ctx, "B", 2, 1200)
        order = world.order(ctx, {"A": 4, "B": 2})
        sales.confirm_orders(ctx, [order])
    return order


@pytest.fixture
def bought(world: World) -> int:
    """A confirmed order of 10 A at 6.00."""
    with world.work() as ctx:
        return world.buy(ctx, "A", 10, "6")


def text(answer: Any) -> str:
    """The page without its marks."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode()))


def value(answer: Any, name: str) -> str:
    """What an input of the page holds."""
    tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', answer.content.decode())
    assert tag, f"no {name}"
    found = re.search(r'value="([^"]*)"', tag[0])
    return found[1] if found else ""


def carried(answer: Any) -> dict[str, str]:
    """What the page's form sends as it stands, ticks included."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", answer.content.decode().partition('id="work"')[2]):
        name, told = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        box = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not box or "checked" in tag):
            found[name[1]] = told[1] if told else ""
    return found


def figures(world: World, sql: str, *params: Any) -> Any:
    with world.work() as ctx:
        return rows.execute(sql.replace("$company", str(ctx.company)), list(params))


def lines(world: World, table: str, order: int, *columns: str) -> list[tuple[Any, ...]]:
    return [
        tuple(r)
        for r in figures(
            world,
            f"SELECT {', '.join(columns)} FROM {table}_orderline WHERE order_id = %s ORDER BY position",
            order,
        )
    ]


def holds(world: World) -> None:
    with world.work() as ctx:
        assert [c for c in verify(ctx) if not c.ok] == []


# ---- ship ----


def test_shipping_begins_with_what_is_left(ann: Client, world: World, sold: int) -> None:
    a, b = world.line("sales", sold), world.line("sales", sold, 2)
    page = ann.get(f"/sales/orders/{sold}/ship")
    assert (value(page, f"q.{a}"), value(page, f"q.{b}")) == ("4", "2")
    assert "Goods with customers" in text(page)  # what it will post
    sent = carried(page) | {f"q.{a}": "3", f"q.{b}": "", "do": "make", "h.on": DAY}
    assert ann.post(f"/sales/orders/{sold}/ship", sent)["Location"] == f"/sales/orders/{sold}"
    assert lines(world, "sales", sold, "shipped") == [(3,), (0,)]
    page = ann.get(f"/sales/orders/{sold}/ship")
    assert (value(page, f"q.{a}"), value(page, f"q.{b}")) == ("1", "2")
    holds(world)


def test_a_second_click_ships_nothing_more(ann: Client, world: World, sold: int) -> None:
    """FAILURES 46: the same click again leads to the same place; one shipment."""
    page = ann.get(f"/sales/orders/{sold}/ship")
    sent = carried(page) | {f"q.{world.line('sales', sold)}": "1", "do": "make", "h.on": DAY}
    first = ann.post(f"/sales/orders/{sold}/ship", sent)
    assert ann.post(f"/sales/orders/{sold}/ship", sent)["Location"] == first["Location"]
    assert lines(world, "sales", sold, "shipped") == [(1,), (2,)]
    assert figures(world, "SELECT count(*) FROM inventory_shipment WHERE company_id = $company")[0][0] == 1


def test_too_many_and_nonsense_are_told_beside_their_line(ann: Client, world: World, sold: int) -> None:
    """FAILURES 7: no more leaves than was ordered; what was typed stays."""
    a, b = world.line("sales", sold), world.line("sales", sold, 2)
    at = f"/sales/orders/{sold}/ship"
    sent = carried(ann.get(at)) | {"do": "make", "h.on": DAY}
    for typed, told in (("5", "At most 4 piece."), ("x", "is no figure"), ("-1", "cannot be negative"), ("1.5", "no such part"), ("9" * 15, "At most 4")):  # fmt: skip
        page = ann.post(at, sent | {f"q.{a}": typed, f"q.{b}": "1"})
        assert page.status_code == 200
        assert told in text(page), typed
        assert (value(page, f"q.{a}"), value(page, f"q.{b}")) == (typed, "1")
    page = ann.post(at, sent | {f"q.{a}": "0", f"q.{b}": ""})
    assert "No line has a quantity" in text(page)
    page = ann.post(at, sent | {"h.on": "32.13.2026"})
    assert "is no date" in text(page)
    page = ann.post(at, sent | {"h.on": "2024-01-01"})  # no period then
    assert "period" in text(page)
    assert lines(world, "sales", sold, "shipped") == [(0,), (0,)]
    page = ann.post(at, sent | {"h.on": DAY})  # the same once-key still works after refusals
    assert page.status_code == 302
    assert lines(world, "sales", sold, "shipped") == [(4,), (2,)]


def test_scanning_without_a_browser_script(ann: Client, world: World, sold: int) -> None:
    """Each scan goes to the server and comes back with the count; the first one begins at nothing."""
    with world.work() as ctx:
        assert ctx.company == world.company
        rows.execute("UPDATE catalog_item SET barcode = '4006381333931' WHERE id = %s", [world.items["B"]])
    a, b = world.line("sales", sold), world.line("sales", sold, 2)
    at = f"/sales/orders/{sold}/ship"
    page = ann.get(at)

    def scan(code: str) -> Any:
        nonlocal page
        page = ann.post(at, carried(page) | {"scan": code, "do": "scan"})
        return value(page, f"q.{a}"), value(page, f"q.{b}")

    assert scan("a") == ("1", "0")
    assert "1 × A Item A · 1 of 4" in text(page)
    assert scan("2*A") == ("3", "0")
    assert scan("04006381333931") == ("3", "1")  # a GTIN-14 is the same number
    assert scan("2*A") == ("3", "1")
    assert "Too many: 2 × A Item A scanned, 1 left." in text(page)
    assert scan("C") == ("3", "1")
    assert "C Item C is not on this list." in text(page)
    assert scan("7777") == ("3", "1")
    assert "Nothing has the code “7777”." in text(page)
    assert scan("x*A") == ("3", "1")
    assert "before the * stands a figure above 0" in text(page)
    assert scan("0.5*A") == ("3", "1")
    page = ann.post(at, carried(page) | {"do": "undo"})
    assert value(page, f"q.{b}") == "0"
    assert "Taken back: B Item B" in text(page)
    page = ann.post(at, carried(page) | {"do": "make", "h.on": DAY})
    assert lines(world, "sales", sold, "shipped") == [(3,), (0,)]
    page = ann.get(at)
    page = ann.post(at, carried(page) | {"do": "none"})
    assert (value(page, f"q.{a}"), value(page, f"q.{b}")) == ("0", "0")
    page = ann.post(at, carried(page) | {"do": "undo"})
    assert "no scan to take back" in text(page)
    page = ann.post(at, carried(page) | {"do": "all"})
    assert (value(page, f"q.{a}"), value(page, f"q.{b}")) == ("1", "2")


def test_what_is_short_is_proposed_as_far_as_it_is_here(ann: Client, world: World) -> None:
    with world.work() as ctx:
        world.receive(ctx, "A", 3, 1800)
        order = world.order(ctx, {"A": 3})
        sales.confirm_orders(ctx, [order])
        other = world.order(ctx, {"A": 1}, customer="C2")
    page = ann.get(f"/sales/orders/{order}/ship")
    assert value(page, f"q.{world.line('sales', order)}") == "3"  # its own promise is free to it
    assert ann.get(f"/sales/orders/{other}/ship").status_code == 409  # a quotation is not shipped


def test_nobody_else_ships(world: World, sold: int) -> None:
    stranger = person(world, "stranger", member=False)
    assert stranger.get(f"/sales/orders/{sold}/ship").status_code == 403
    assert stranger.post(f"/sales/orders/{sold}/ship", {"do": "make"}).status_code == 403
    assert Client().get(f"/sales/orders/{sold}/ship").status_code == 302
    assert lines(world, "sales", sold, "shipped") == [(0,), (0,)]


def test_statements_do_not_grow_with_lines(
    ann: Client, world: World, count_statements: Callable[[], Any]
) -> None:
    counts = {}
    for size in (2, 60):
        with world.work() as ctx:
            world.receive(ctx, "A", size, size * 600)
            lines_ = tuple(sales.OrderLineDraft(world.items["A"], Decimal(1)) for _ in range(size))
            draft = sales.QuotationDraft(world.parties["C1"], D, lines_, world.places["W1"])
            order = sales.create_quotations(ctx, [draft])[0]
            sales.confirm_orders(ctx, [order])
            buy = purchasing.create_orders(
                ctx, [purchasing.OrderDraft(world.parties["S1"], D, tuple(purchasing.OrderLineDraft(world.items["B"], Decimal(1), Decimal(6)) for _ in range(size)), world.places["W1"])],
            )[0]  # fmt: skip
            purchasing.confirm_orders(ctx, [buy])
        for path in (f"/sales/orders/{order}/ship", f"/purchasing/orders/{buy}/receive"):
            ann.get(path)
            with count_statements() as n:
                assert ann.get(path).status_code == 200
            counts.setdefault(path.rpartition("/")[2], []).append(len(n))
    assert all(few == many for few, many in counts.values()), counts


# ---- receive and bill ----


def test_receiving_in_part_with_a_delivery_note(ann: Client, world: World, bought: int) -> None:
    at, line = f"/purchasing/orders/{bought}/receive", world.line("purchasing", bought)
    page = ann.get(at)
    assert value(page, f"q.{line}") == "10"
    sent = carried(page) | {f"q.{line}": "4", "do": "make", "h.on": DAY, "h.delivery_note": "LS-77"}
    assert ann.post(at, sent).status_code == 302
    assert figures(world, "SELECT delivery_note, number IS NOT NULL FROM inventory_receipt WHERE company_id = $company") == [("LS-77", True)]  # fmt: skip
    page = ann.post(at, carried(ann.get(at)) | {"h.delivery_note": "LS-77", "do": "preview"})
    assert "Delivery note LS-77 was received on 20 Mar" in text(page)
    page = ann.post(at, carried(ann.get(at)) | {f"q.{line}": "7", "do": "make", "h.on": DAY})
    assert "At most 6 piece." in text(page)
    assert lines(world, "purchasing", bought, "received") == [(4,)]
    holds(world)


def test_more_than_ordered_within_the_tolerance(ann: Client, world: World, bought: int, owner: Any) -> None:
    owner.execute(
        'UPDATE company SET settings = settings || \'{"match_receipt": "10"}\' WHERE id = %s', [world.company]
    )
    at, line = f"/purchasing/orders/{bought}/receive", world.line("purchasing", bought)
    page = ann.post(at, carried(ann.get(at)) | {"scan": "11*A", "do": "scan"})
    assert value(page, f"q.{line}") == "11"
    page = ann.post(at, carried(page) | {"do": "preview"})
    assert "1 more of A Item A than ordered" in text(page)
    page = ann.post(at, carried(page) | {"scan": "A", "do": "scan"})
    assert "Too many" in text(page)
    assert ann.post(at, carried(page) | {"do": "make", "h.on": DAY}).status_code == 302
    assert lines(world, "purchasing", bought, "received") == [(11,)]


def test_a_bill_beside_order_and_receipt(ann: Client, world: World, bought: int) -> None:
    """What differs is told before, refused until a reason is given, and lands where the goods are."""
    at, line = f"/purchasing/orders/{bought}/bill", world.line("purchasing", bought)
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(bought, D, ((line, 6),))])
    page = ann.get(at)
    assert (value(page, f"q.{line}"), value(page, f"p.{line}")) == ("6", "6")
    sent = carried(page) | {f"p.{line}": "6.50", "h.on": DAY, "h.supplier_number": "R-1", "do": "preview"}
    told = text(ann.post(at, sent, headers={"HX-Request": "true"}))
    assert "billed at 6.5, ordered at 6 (+8.3 %)." in told
    assert "give a reason" in told
    page = ann.post(at, sent | {"do": "make"})
    assert page.status_code == 200
    assert "purchasing.match_price" in text(page)
    page = ann.post(at, sent | {"do": "make", f"p.{line}": "abc"})
    assert "is no figure" in text(page)
    assert value(page, f"p.{line}") == "abc"
    page = ann.post(at, sent | {"do": "make", "h.supplier_number": ""})
    assert "It is needed." in text(page)
    good = sent | {"do": "make", "h.accept": "agreed by telephone", "h.total": "47.20"}
    net = Decimal("39.00")
    tax = figures(world, "SELECT percent FROM purchasing_orderline WHERE id = %s", line)[0][0]
    gross = net + (net * tax / 100).quantize(Decimal("0.01"))
    assert "invoicing.bill_total" in text(ann.post(at, good | {"h.total": str(gross + 1)}))
    named = good | {"h.total": str(gross + Decimal("0.01"))}
    assert "Rounding, to the paper" in text(ann.post(at, named | {"do": "preview"}))
    assert ann.post(at, named).status_code == 302
    assert lines(world, "purchasing", bought, "billed") == [(6,)]
    found = figures(
        world, "SELECT supplier_number, net, difference, note FROM invoicing_bill WHERE company_id = $company"
    )
    assert found == [("R-1", 3900, 1, "agreed by telephone")]
    page = ann.post(
        at, carried(ann.get(at)) | {f"q.{line}": "1", "h.supplier_number": "R-1", "do": "preview"}
    )
    assert "S1&#x27;s number R-1 is entered already." in text(page)
    holds(world)


# ---- returns and invoices ----


def test_a_return_of_good_and_broken_goods(ann: Client, world: World, sold: int) -> None:
    """One receipt, one credit note: good ones into stock at their cost, broken ones to loss."""
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(sold, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(sold, D)])
    at, a = f"/sales/orders/{sold}/return", world.line("sales", sold)
    page = ann.get(at)
    assert (value(page, f"q.{a}"), value(page, f"b.{a}")) == ("", "")
    page = ann.post(at, carried(page) | {"scan": "2*A", "do": "scan"})
    page = ann.post(at, carried(page) | {"scan": "A", "into": "b", "do": "scan"})
    assert (value(page, f"q.{a}"), value(page, f"b.{a}")) == ("2", "1")
    page = ann.post(at, carried(page) | {"scan": "2*A", "do": "scan"})
    assert "Too many" in text(page)
    assert (
        ann.post(at, carried(page) | {"do": "make", "h.on": DAY, "h.reason": "unwanted"}).status_code == 302
    )
    assert lines(world, "sales", sold, "returned") == [(3,), (0,)]
    assert figures(world, "SELECT kind, gross FROM invoicing_invoice WHERE company_id = $company AND kind <> 'invoice'")[0][0] == "credit_note"  # fmt: skip
    assert figures(world, "SELECT r.quantity, r.value FROM inventory_receiptline r JOIN inventory_receipt d ON d.id = r.receipt_id WHERE d.company_id = $company AND d.kind = 'return' ORDER BY r.id") == [(2, 1200), (1, 0)]  # fmt: skip
    holds(world)


def test_goods_go_back_to_their_supplier(ann: Client, world: World, bought: int) -> None:
    with world.work() as ctx:
        purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(bought, D)])
    at, line = f"/purchasing/orders/{bought}/return", world.line("purchasing", bought)
    page = ann.get(at)
    assert value(page, f"q.{line}") == ""
    assert "At most 10" in text(ann.post(at, carried(page) | {f"q.{line}": "11", "do": "make", "h.on": DAY}))
    assert ann.post(at, carried(page) | {f"q.{line}": "3", "do": "make", "h.on": DAY}).status_code == 302
    assert lines(world, "purchasing", bought, "received") == [(7,)]
    holds(world)


def test_an_invoice_of_a_part(ann: Client, world: World, sold: int) -> None:
    with world.work() as ctx:
        sales.ship_orders(ctx, [sales.ShipDraft(sold, D)])
    at, a, b = f"/sales/orders/{sold}/invoice", world.line("sales", sold), world.line("sales", sold, 2)
    page = ann.get(at)
    assert (value(page, f"q.{a}"), value(page, f"q.{b}")) == ("4", "2")
    sent = carried(page) | {
        f"q.{a}": "1",
        f"q.{b}": "0",
        "h.on": DAY,
        "h.due_on": "2026-03-01",
        "do": "preview",
    }
    assert "due before it is issued" in text(ann.post(at, sent))
    assert ann.post(at, sent | {"do": "make", "h.due_on": "2026-04-30"}).status_code == 302
    assert lines(world, "sales", sold, "invoiced") == [(1,), (0,)]
    found = figures(world, "SELECT net, due_on FROM invoicing_invoice WHERE company_id = $company")
    assert found == [(10000, date(2026, 4, 30))]
    holds(world)
