"""Buying, returning and counting as people in a warehouse do it: through the screen only, by scanner and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from backstay.domains.sales import processes as sales
from backstay.ledger.verify import verify
from backstay.platform import rows
from tests.browser.conftest import Desk, press, reach
from tests.browser.test_order_to_cash import pick
from tests.trade import D, World


def scan(page: Page, code: str) -> None:
    """A scanner types and ends with Enter, wherever the cursor stands."""
    page.wait_for_load_state()  # the head may be seen before the scripts are at work
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def act(page: Page, name: str) -> None:
    """To the page of an act, from the document's."""
    press(page, page.locator(".doc-acts a").filter(has_text=re.compile(rf"^\s*{name}")))


def correct(page: Page, name: str) -> None:
    """The same, from the menu of what corrects."""
    press(page, page.locator(".doc-acts summary").filter(has_text="Correct"))
    act(page, name)


def holds(world: World) -> None:
    with world.work() as ctx:
        assert [c for c in verify(ctx) if not c.ok] == []


def test_procure_to_pay(desk: Desk, world: World) -> None:
    """Order 10, receive 6 by scanner, be billed more than agreed, accept it with a reason, pay; the books agree."""
    page = desk.go("/purchasing/orders/new")
    page.locator("[name='h.party']").focus()
    pick(page, "S1")
    page.locator("[name^='l.'][name$='.item']").first.focus()
    pick(page, "Item A")
    page.keyboard.type("10")
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.keyboard.press("Control+Enter")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("PO-2026-00001")

    act(page, "Receive")
    expect(title).to_contain_text("Receive PO-2026-00001")
    said = page.locator("#said")
    page.locator("h1").click()  # the cursor stands nowhere: a scan is heard all the same
    scan(page, "4*A")
    expect(said).to_contain_text("4 × A Item A · 4 of 10")
    scan(page, "3*a")
    scan(page, "wrong")
    expect(said).to_have_class(re.compile("is-bad"))
    expect(said).to_contain_text("Nothing has the code “wrong”.")
    page.keyboard.press("Control+z")
    expect(said).to_contain_text("Taken back: A Item A")
    scan(page, "2*A")
    scan(page, "5*A")
    expect(said).to_contain_text("Too many: 5 × A Item A scanned, 4 left.")
    expect(page.locator("[data-q]")).to_have_value("6")
    expect(page.locator("[data-state]")).to_have_text("in part")
    page.get_by_label("Delivery note").fill("LS-1")
    expect(page.locator("#posting")).to_contain_text("36.00")
    desk.access()
    page.keyboard.press("Control+Enter")
    expect(title).to_contain_text("Purchase order PO-2026-00001")
    desk.toast("Received")

    act(page, "Bill")
    page.get_by_label("Supplier's number").fill("R-4711")
    price = page.get_by_label("Price, A Item A")
    price.fill("6.50")
    expect(page.locator("#posting")).to_contain_text("billed at 6.5, ordered at 6 (+8.3 %).")
    desk.access()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("purchasing.match_price")
    expect(price).to_have_value("6.50")
    page.get_by_label("Reason to accept a difference").fill("agreed by telephone")
    expect(page.locator("#posting")).to_contain_text("Taken with your reason.")
    page.keyboard.press("Control+Enter")
    expect(title).to_contain_text("Purchase order PO-2026-00001")
    desk.toast("Bill R-4711 posted")

    desk.press(page.get_by_role("link", name=re.compile("BILL-2026-00001")))
    expect(title).to_contain_text("BILL-2026-00001")
    desk.act("Pay")
    expect(page.locator(".doc-bar")).to_contain_text("Paid")
    with world.work() as ctx:
        found = rows.execute(
            "SELECT received, billed, received_value, billed_value FROM purchasing_orderline WHERE company_id = %s",
            [ctx.company],
        )
    assert found == [(6, 6, 3600, 3600)]
    holds(world)


def test_return(desk: Desk, world: World) -> None:
    """Two good ones and a broken one come back; the customer is credited once."""
    with world.work() as ctx:
        world.receive(ctx, "A", 5, 3000)
        order = world.order(ctx, {"A": 5})
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
    page = desk.go(f"/sales/orders/{order}")
    correct(page, "Return")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Return of SO-2026-00001")
    scan(page, "2*A")
    reach(page, page.get_by_role("radio").and_(page.locator(":checked")))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Broken").first).to_be_checked()
    scan(page, "A")
    expect(page.get_by_label("Good, A Item A")).to_have_value("2")
    expect(page.get_by_label("Broken, A Item A")).to_have_value("1")
    page.get_by_label("Reason").fill("too large")
    expect(page.locator("#posting")).to_contain_text("Credit note")
    desk.access()
    page.keyboard.press("Control+Enter")
    desk.toast("Returned")
    page.go_back()  # Back after posting: what is there now, and nothing twice
    page.reload()
    expect(page.locator("table.counted")).to_contain_text("Item A")
    with world.work() as ctx:
        assert rows.execute("SELECT returned FROM sales_orderline WHERE order_id = %s", [order]) == [(3,)]
        assert rows.execute(
            "SELECT l.quantity, l.value FROM inventory_receiptline l JOIN inventory_receipt r ON r.id = l.receipt_id"
            " WHERE r.company_id = %s AND r.kind = 'return' ORDER BY l.id",
            [ctx.company],
        ) == [(2, 1200), (1, 0)]
    holds(world)


def test_stock_count_by_keyboard_alone(desk: Desk, desks: Callable[..., Desk], world: World) -> None:
    """Begin, count with Enter, scan one, compare, post: no mouse. A colleague's count meanwhile is not overwritten."""
    with world.work() as ctx:
        place = rows.execute(
            "SELECT id FROM inventory_place WHERE company_id = %s AND code = 'W1'", [ctx.company]
        )[0][0]
        for item, quantity in (("A", 10), ("B", 4), ("C", 7)):
            world.receive(ctx, item, quantity, quantity * 600)
    page = desk.go("/inventory/count")
    desk.access()
    expect(page.locator("#place")).to_be_focused()
    page.keyboard.type("W1")
    expect(page.locator("#place")).to_have_value(str(place))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#scan")).to_be_focused()
    desk.access()
    with page.expect_response(lambda told: told.request.method == "POST"):
        scan(page, "9*A")
    expect(page.locator("#said")).to_contain_text("9 × A Item A")
    for _ in range(40):
        if page.evaluate("document.activeElement.dataset?.q !== undefined"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    with page.expect_response(lambda told: told.request.method == "POST"):  # all before the colleague comes
        page.keyboard.type("4")
        page.keyboard.press("Enter")
    expect(page.locator("[data-tally]")).to_contain_text("2 of 3")
    expect(page.locator("[data-saved]")).to_have_text("Saved")

    bob = desks(world.company, world.work, "Bob Baker")
    other = bob.go(page.url.removeprefix(bob.address))
    other.get_by_label("Counted, C Item C").fill("6")
    expect(other.locator("[data-saved]")).to_have_text("Saved")
    page.keyboard.type("7")
    expect(page.locator("[id^='e-q-']")).to_contain_text("Bob Baker counted 6 meanwhile, you 7.")
    expect(page.get_by_label("Counted, C Item C")).to_have_value("6")
    page.keyboard.press("Control+Enter")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("what differs")
    expect(page.locator("tbody")).to_contain_text("−1")
    expect(page.locator("tfoot")).to_contain_text("−12.00")
    desk.access()
    page.keyboard.press("Control+Enter")
    expect(title).to_contain_text("-2026-00001")
    with world.work() as ctx:
        assert rows.execute(
            "SELECT counted, quantity, value FROM inventory_countline WHERE company_id = %s ORDER BY item_id",
            [ctx.company],
        ) == [(9, -1, -600), (4, 0, 0), (6, -1, -600)]
    holds(world)


def test_the_tally_counts_what_colleagues_count(desk: Desk, desks: Callable[..., Desk], world: World) -> None:
    """Who saves a line sees the lines a colleague counted meanwhile and those he added, and the tally counts them in."""
    with world.work() as ctx:
        for item in "AB":
            world.receive(ctx, item, 10, 6000)
    page = desk.go("/inventory/count")
    page.get_by_label("Place").select_option(str(world.places["W1"]))
    press(page, page.get_by_role("button", name="Begin"))
    tally, saved = page.locator("[data-tally]"), page.locator("[data-saved]")
    expect(tally).to_have_text("0 of 2 lines have a quantity")

    bob = desks(world.company, world.work, "Bob Baker")
    other = bob.go(page.url.removeprefix(bob.address))
    other.get_by_label("Counted, B Item B").fill("4")
    expect(other.locator("[data-saved]")).to_have_text("Saved")
    other.locator("#scan").focus()
    scan(other, "3*C")  # was not on the sheet
    expect(other.locator("[data-tally]")).to_have_text("2 of 3 lines have a quantity")
    expect(tally).to_have_text("0 of 2 lines have a quantity")

    page.get_by_label("Counted, A Item A").fill("9")
    expect(page.get_by_label("Counted, B Item B")).to_have_value("4")
    expect(page.get_by_label("Counted, C Item C")).to_have_value("3")
    expect(page.get_by_label("Counted, A Item A")).to_be_focused()
    expect(tally).to_have_text("3 of 3 lines have a quantity")
    expect(saved).to_have_text("Saved")
    expect(page.locator("[data-state]")).to_have_text(["counted"] * 3)
    desk.access()
    page.get_by_label("Counted, C Item C").fill("5")  # the new line is a line like the others
    press(page, page.get_by_role("button", name="Compare"))
    press(page, page.get_by_role("button", name="Post count"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("-2026-00001")
    with world.work() as ctx:
        assert rows.execute(
            "SELECT counted FROM inventory_countline WHERE company_id = %s ORDER BY item_id", [ctx.company]
        ) == [(9,), (4,), (5,)]
    holds(world)


def test_none_on_a_count_sheet_is_saved_like_what_is_typed(desk: Desk, world: World) -> None:
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
    page = desk.go("/inventory/count")
    page.get_by_label("Place").select_option(str(world.places["W1"]))
    press(page, page.get_by_role("button", name="Begin"))
    box, saved = page.get_by_label("Counted, A Item A"), page.locator("[data-saved]")
    expect(page.locator("[data-tally]")).to_have_text("0 of 1 lines have a quantity")
    with page.expect_response(lambda told: told.request.method == "POST"):
        box.fill("4")
    expect(saved).to_have_text("Saved")
    with page.expect_response(lambda told: told.request.method == "POST"):
        page.get_by_role("button", name="None", exact=True).click()
    expect(page.locator("[data-tally]")).to_have_text("0 of 1 lines have a quantity")
    expect(saved).to_have_text("Saved")
    page.reload()
    expect(box).to_have_value("")


def test_pick_and_ship_on_a_phone(desks: Callable[..., Desk], world: World) -> None:
    """Two orders in one round, on 390 px: the scan field stays in sight, targets are large, nothing scrolls sideways."""
    with world.work() as ctx:
        for item in "ABC":
            world.receive(ctx, item, 9, 5400)
        orders = [
            world.order(ctx, {"A": 2, "B": 1, "C": 3}),
            world.order(ctx, {"A": 1, "C": 4}, customer="C2"),
        ]
        sales.confirm_orders(ctx, orders)
    desk = desks(world.company, world.work, width=390, height=844, has_touch=True)
    page = desk.go("/sales/pick")
    desk.access()
    page.get_by_role("button", name="Make the list").click()
    expect(page.locator("#scan")).to_be_visible()
    desk.access()
    for code in ("3*A", "B", "7*C"):
        scan(page, code)
    expect(page.locator("[data-tally]")).to_contain_text("3 of 3")
    page.mouse.wheel(0, 2000)
    box = page.locator("#scan").bounding_box()
    assert box and 0 <= box["y"] < 200 and box["height"] >= 44
    more = page.locator("[data-step='1']").last.bounding_box()
    assert more and more["width"] >= 44 and more["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Ship these").click()
    desk.toast("Shipped")
    with world.work() as ctx:
        left = "SELECT sum(stock_quantity - shipped)::int FROM sales_orderline WHERE company_id = %s"
        assert rows.execute(left, [ctx.company]) == [(0,)]
    holds(world)
