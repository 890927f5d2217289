"""Ship, receive, bill, return, invoice, pick and count on the screen: in part, by scanner, twice clicked, refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backstay.base.errors import Refusal
from backstay.domains.catalog.processes import ItemDraft, create_items
from backstay.domains.inventory.processes import create_places, put_away, reverse_shipments
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.ledger.verify import verify
from backstay.platform import rows
from backstay.platform.models import Draft, Membership, User
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
    for typed, told in (("5", "At most 4 piece."), ("x", "write it as 1,234.50"), ("-1", "cannot be negative"), ("1.5", "no such part"), ("9" * 15, "At most 4")):  # fmt: skip
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
    assert "write it as 1,234.50" in text(page)
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


# ---- pick list ----


@pytest.fixture
def waiting(world: World) -> tuple[int, int]:
    """Two orders of A and B; 5 A lie in bin A-01, 2 outside; of B one is missing."""
    with world.work() as ctx:
        world.receive(ctx, "A", 7, 4200)
        world.receive(ctx, "B", 2, 1200)
        bins = create_places(ctx, [("A-01", "Shelf", "bin", world.places["W1"])])
        put_away(ctx, [(world.items["A"], None, bins[0], 5)], D, "test:1")
        first = world.order(ctx, {"A": 4})
        second = world.order(ctx, {"A": 3, "B": 2}, customer="C2")
        sales.confirm_orders(ctx, [first, second])
    return first, second


def in_bin(world: World, code: str) -> int:
    sql = (
        "SELECT coalesce(sum(l.amount), 0)::bigint FROM subaccount s JOIN live l ON l.subaccount_id = s.id"
        " JOIN inventory_place p ON p.id = s.place_id WHERE s.company_id = $company AND p.code = %s"
    )
    return int(figures(world, sql, code)[0][0])


def test_one_round_for_several_orders(ann: Client, world: World, waiting: tuple[int, int]) -> None:
    """Sorted by bin, summed by item, by order; what is fetched ships both, and leaves its bin."""
    page = ann.get("/sales/pick")
    assert all(f'name="order" value="{i}"' in page.content.decode() for i in waiting)
    at = f"/sales/pick/list?order={waiting[0]}&order={waiting[1]}"
    page = ann.get(at)
    a, b, shelf = (
        world.items["A"],
        world.items["B"],
        re.search(r'name="q\.\d+-(\d{2,}|[1-9])"', page.content.decode()),
    )
    assert shelf
    assert (value(page, f"q.{a}-{shelf[1]}"), value(page, f"q.{a}-0"), value(page, f"q.{b}-0")) == (
        "5",
        "2",
        "2",
    )
    assert page.content.decode().index("A-01") < page.content.decode().index(f"q.{b}-0")
    assert "SO-2026-00001 × 4, SO-2026-00002 × 3" in text(page)
    page = ann.post(at, carried(page) | {"scan": "6*A", "do": "scan"})
    assert (value(page, f"q.{a}-{shelf[1]}"), value(page, f"q.{a}-0"), value(page, f"q.{b}-0")) == (
        "5",
        "1",
        "0",
    )
    sent = carried(page) | {"do": "make", "h.on": DAY}
    assert ann.post(at, sent)["Location"] == "/sales/pick"
    assert ann.post(at, sent)["Location"] == "/sales/pick"  # clicked twice
    assert lines(world, "sales", waiting[0], "shipped") == [(4,)]
    assert lines(world, "sales", waiting[1], "shipped") == [(2,), (0,)]  # the most urgent got theirs first
    assert in_bin(world, "A-01") == 0
    holds(world)
    with world.work() as ctx:  # a reversed shipment puts into the bin what it took of it
        shipment = rows.execute(
            "SELECT min(id) FROM inventory_shipment WHERE company_id = %s", [ctx.company]
        )[0][0]
        reverse_shipments(ctx, [shipment], D)
    assert in_bin(world, "A-01") == 4
    holds(world)


def test_shortages_are_marked_and_paper_has_them(ann: Client, world: World, waiting: tuple[int, int]) -> None:
    with world.work() as ctx:
        world.receive(ctx, "C", 1, 600)
        third = world.order(ctx, {"C": 1})
        sales.confirm_orders(ctx, [third])
        rows.execute(
            "UPDATE sales_orderline SET hold = NULL WHERE order_id = %s", [third]
        )  # its promise is another's
    page = ann.get(f"/sales/pick/list?order={third}")
    assert "1 are missing." in text(page)
    paper = ann.get(f"/sales/pick/list.pdf?order={waiting[0]}&order={third}")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


def test_a_round_that_cannot_be(ann: Client, world: World, waiting: tuple[int, int]) -> None:
    for query, code in (("", "web.nothing"), ("?order=x", "web.nothing"), ("?order=99999999", "web.nothing")):
        answer = ann.get(f"/sales/pick/list{query}")
        assert answer.status_code == 409
        assert code in text(answer)
    with world.work() as ctx:
        world.receive(ctx, "A", 1, 600, "W2")
        other = world.order(ctx, {"A": 1}, place="W2")
        sales.confirm_orders(ctx, [other])
    assert "sales.pick_place" in text(ann.get(f"/sales/pick/list?order={waiting[0]}&order={other}"))
    with pytest.raises(Refusal, match=r"sales\.picked"), world.work() as ctx:
        sales.ship_picked(ctx, sales.PickedDraft(waiting, D, ((world.items["A"], None, 8),)))
    assert ann.get("/sales/pick?until=nonsense").status_code == 409
    assert "2 orders" not in text(ann.get("/sales/pick?until=2020-01-01"))


def test_a_round_takes_the_same_statements_for_many_orders(
    world: World, count_statements: Callable[[], Any]
) -> None:
    counts = []
    for size in (2, 12):
        with world.work() as ctx:
            world.receive(ctx, "A", size, 600 * size)
            orders = tuple(world.order(ctx, {"A": 1}) for _ in range(size))
            sales.confirm_orders(ctx, orders)
        with world.work() as ctx, count_statements() as n:
            sales.ship_picked(ctx, sales.PickedDraft(orders, D, ((world.items["A"], None, size),)))
        counts.append(len(n))
    assert counts[0] == counts[1]


# ---- count ----


@pytest.fixture
def stocked(world: World) -> World:
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        world.receive(ctx, "B", 4, 2400)
    return world


def begin(ann: Client, world: World, **more: str) -> str:
    answer = ann.post("/inventory/count", {"place": str(world.places["W1"]), "what": "blank"} | more)
    assert answer.status_code == 302
    return str(answer["Location"])


def keep(ann: Client, at: str, seen: int, **cells: str) -> dict[str, Any]:
    data = {"do": "save", "seen": str(seen)} | {name.replace("_", "."): t for name, t in cells.items()}
    told: dict[str, Any] = ann.post(at, data, HTTP_ACCEPT="application/json").json()
    return told


def test_a_count_is_saved_compared_and_posted_once(ann: Client, stocked: World) -> None:
    world = stocked
    a, b = world.items["A"], world.items["B"]
    at = begin(ann, world, reference="autumn")
    assert (value(ann.get(at), f"q.{a}"), value(ann.get(at), f"q.{b}")) == ("", "")
    assert keep(ann, at, 1, **{f"q_{a}": "8"})["revision"] == 2
    page = ann.get(at)
    assert value(page, f"q.{a}") == "8"
    assert "W1" in text(ann.get("/inventory/count"))  # it stands among what is not finished
    assert ann.post(at, carried(page) | {"do": "review"})["Location"].endswith("?review=1")
    review = ann.get(at + "?review=1")
    assert "−2 " in text(review)
    assert "−12.00" in text(review)
    assert "1 not counted" in text(review)
    assert figures(world, "SELECT count(*) FROM inventory_count WHERE company_id = $company") == [(0,)]
    sent = {"do": "make", "on": DAY, "once": "k1"}
    made = ann.post(at, sent)["Location"]
    assert ann.post(at, sent)["Location"] == made
    assert re.fullmatch(r"/inventory/counts/\d+", made)
    assert ann.get(at)["Location"] == made  # Back after posting
    assert ann.post(at, {"do": "save", "seen": "9", f"q.{a}": "1"}).status_code == 409
    found = figures(world, "SELECT l.counted, l.quantity, l.value, c.reference FROM inventory_countline l JOIN inventory_count c ON c.id = l.count_id WHERE c.company_id = $company")  # fmt: skip
    assert found == [(8, -2, -1200, "autumn")]
    holds(world)


def test_what_was_not_counted_may_count_as_nothing(ann: Client, stocked: World) -> None:
    a, b = stocked.items["A"], stocked.items["B"]
    at = begin(ann, stocked)
    keep(ann, at, 1, **{f"q_{a}": "10"})
    review = ann.get(at + "?review=1&zero=1")
    assert "−4 " in text(review)
    assert ann.post(at, {"do": "make", "on": DAY, "zero": "1", "once": "z"}).status_code == 302
    assert figures(stocked, "SELECT item_id, quantity FROM inventory_countline WHERE company_id = $company AND quantity <> 0") == [(b, -4)]  # fmt: skip


def test_two_people_on_one_sheet_never_overwrite_one_another(ann: Client, stocked: World) -> None:
    bob = person(stocked, "bob")
    a, b = stocked.items["A"], stocked.items["B"]
    at = begin(ann, stocked)
    assert keep(bob, at, 1, **{f"q_{a}": "9"})["revision"] == 2
    told = keep(ann, at, 1, **{f"q_{a}": "8", f"q_{b}": "4"})
    assert told["clash"][str(a)][0] == "9"
    assert "9 meanwhile, you 8" in told["clash"][str(a)][1]
    page = ann.get(at)
    assert (value(page, f"q.{a}"), value(page, f"q.{b}")) == ("9", "4")
    assert keep(ann, at, told["revision"], **{f"q_{a}": "8"})["clash"] == {}  # now she knows, and decides
    assert value(bob.get(at), f"q.{a}") == "8"
    # Another cell: what became of the first comes with the answer, before it counts as seen.
    before = keep(ann, at, 9, **{f"q_{b}": "2"})["revision"]
    keep(bob, at, before, **{f"q_{a}": "7"})
    answer = keep(ann, at, before, **{f"q_{b}": "3"})
    assert (answer["clash"], answer["fresh"]) == ({}, {str(a): "7"})


def test_goods_that_moved_or_are_promised_are_told_before(ann: Client, stocked: World) -> None:
    world = stocked
    a = world.items["A"]
    at = begin(ann, world)
    keep(ann, at, 1, **{f"q_{a}": "10"})
    with world.work() as ctx:
        world.issue(ctx, "A", 1)
        order = world.order(ctx, {"A": 6})
        sales.confirm_orders(ctx, [order])
    assert "Moved since it was counted: 10 then, 9 now." in text(ann.get(at + "?review=1"))
    keep(ann, at, 2, **{f"q_{a}": "3"})
    review = text(ann.get(at + "?review=1"))
    assert "6 are promised to orders" in review
    assert "ledger.guard" in review
    page = ann.post(at, {"do": "make", "on": DAY, "once": "g"})
    assert page.status_code == 200
    assert "ledger.guard" in text(page)
    assert figures(world, "SELECT count(*) FROM inventory_count WHERE company_id = $company") == [(0,)]
    keep(ann, at, 3, **{f"q_{a}": "many"})
    assert "A Item A (“many”)" in text(ann.get(at + "?review=1"))
    assert ann.post(at, {"do": "make", "on": DAY, "once": "g"}).status_code == 200


def test_scanning_fills_the_sheet(ann: Client, stocked: World) -> None:
    a, c = stocked.items["A"], stocked.items["C"]
    at = begin(ann, stocked, what="empty", blind="1")
    page = ann.get(at)
    assert "The sheet is empty" in text(page)
    for code in ("A", "2*A", "c", "SRV", "zzz"):
        page = ann.post(at, carried(page) | {"scan": code, "do": "scan"})
    assert (value(page, f"q.{a}"), value(page, f"q.{c}")) == ("3", "1")
    assert "Nothing has the code “zzz”." in text(page)
    assert "in the books" not in text(page).replace("what the books say", "")
    page = ann.post(at, carried(page) | {"do": "undo"})
    assert value(page, f"q.{c}") == ""
    assert value(ann.get(at), f"q.{a}") == "3"
    assert ann.post(at, {"do": "discard"})["Location"] == "/inventory/count"
    assert ann.get(at).status_code == 404


def test_sheets_that_cannot_be(ann: Client, stocked: World) -> None:
    assert ann.post("/inventory/count", {"place": "x"}).status_code == 409
    with stocked.work() as ctx:
        other = create_places(ctx, [("B-01", "Shelf", "bin", stocked.places["W2"])])[0]
    assert (
        ann.post("/inventory/count", {"place": str(stocked.places["W1"]), "bin": str(other)}).status_code
        == 409
    )
    assert ann.get("/inventory/counts/drafts/999999").status_code == 404
    assert "A sheet of what should be there." in text(ann.get("/inventory/counts/new"))
    at = begin(ann, stocked)
    assert "Nothing is counted yet" in text(ann.get(at + "?review=1"))
    assert person(stocked, "eve", member=False).get(at).status_code == 403


def test_a_sheet_of_many_lines_takes_the_same_statements(ann: Client, stocked: World, count_statements: Callable[[], Any]) -> None:  # fmt: skip
    counts = []
    for size in (3, 40):
        with stocked.work() as ctx:
            create_items(ctx, [ItemDraft(f"X{size}-{n}", f"Thing {n}") for n in range(size)])
        names = [f"X{size}-{n}" for n in range(size)]
        at = begin(ann, stocked, what="empty")
        page = ann.get(at)
        for name in names[:3]:
            page = ann.post(at, carried(page) | {"scan": name, "do": "scan"})
        with stocked.work() as ctx:
            draft = Draft.objects.get(pk=int(at.rpartition("/")[2]))
            known = rows.execute("SELECT id, sku FROM catalog_item WHERE sku = ANY(%s::text[])", [names])
            draft.data["lines"] = [
                {"key": str(i), "item": s, "item.id": str(i), "counted": "1", "was": "0"} for i, s in known
            ]
            draft.save()
        for path in (at, at + "?review=1"):
            with count_statements() as n:
                assert ann.get(path).status_code == 200
            counts.append(len(n))
    assert counts[:2] == counts[2:]


def test_figures_in_german(ann: Client, world: World) -> None:
    """1,234 kg is a little more than one, whatever the language; a sheet is the same for colleagues of both."""
    with world.work() as ctx:
        made = create_items(ctx, [ItemDraft("KG", "Flour", scale=3, purchase_price=Decimal(1))])[0]
        buy = purchasing.OrderLineDraft(made, Decimal("1.234"), Decimal("1.5"))
        order = purchasing.create_orders(
            ctx, [purchasing.OrderDraft(world.parties["S1"], D, (buy,), world.places["W1"])]
        )[0]
        purchasing.confirm_orders(ctx, [order])
    ann.post("/language", {"language": "de"})
    at, line = f"/purchasing/orders/{order}/receive", world.line("purchasing", order)
    page = ann.get(at)
    assert value(page, f"q.{line}") == "1,234"
    page = ann.post(at, carried(page) | {"scan": "0,5*KG", "do": "scan"})
    assert value(page, f"q.{line}") == "0,5"
    assert ann.post(at, carried(page) | {f"q.{line}": "1,234", "do": "make", "h.on": DAY}).status_code == 302
    assert lines(world, "purchasing", order, "received") == [(1234,)]
    assert value(ann.get(f"/purchasing/orders/{order}/bill"), f"p.{line}") == "1,5"
    sheet = begin(ann, world)
    keep(ann, sheet, 1, **{f"q_{made}": "1,2"})
    assert value(ann.get(sheet), f"q.{made}") == "1,2"
    assert value(person(world, "bob").get(sheet), f"q.{made}") == "1.2"
    assert "−0,034" in text(ann.get(sheet + "?review=1"))
