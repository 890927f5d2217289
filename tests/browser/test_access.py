"""WCAG 2.2 A/AA on every route that declarations give, light and dark; and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import expect

from backstay.domains.sales import processes as sales
from backstay.interfaces.web.fields import field_of
from backstay.platform import rows
from backstay.platform.resources import PAGES, RESOURCES, Resource
from tests.browser.conftest import Desk, reach
from tests.trade import D, World

FIXED = (
    "/",
    "/account",
    "/tokens",
    "/feeds?path=projects/tasks&f=state:not:done",
    "/keys",
    "/find?q=item",
    "/notices",
    "/offline",
    "/sales/orders?q=nothing-is-called-so",
)


def _trade(world: World) -> None:
    """One of what trade leaves behind, so that details have something to show."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        order = world.order(ctx, {"A": 2})
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        issued = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
        world.pay(ctx, issued.gross, f"invoice:{issued.id}")


def _features(resource: Resource) -> set[str]:
    """What a resource's screens are made of: kinds of fields by where they stand, acts, what else it has."""
    made = {f"list {field_of(resource, name).kind}" for name in resource.columns}
    made |= {f"form {field_of(resource, name).kind}" for name in resource.form}
    made |= {f"act {act}" for act in resource.acts if act in ("create", "change")}
    made |= {name for name in ("board", "calendar", "lines", "is_document") if getattr(resource, name, None)}
    return made


def representatives() -> list[Resource]:
    """The fewest resources, found greedily, whose screens hold everything that any resource's hold."""
    left = set().union(*map(_features, RESOURCES.values()))
    chosen: list[Resource] = []
    while left:
        best = max(RESOURCES.values(), key=lambda r: (len(_features(r) & left), r.path))
        chosen.append(best)
        left -= _features(best)
    return chosen


def routes(resources: Iterable[Resource]) -> list[str]:
    """A representative of every route: list, form, board, calendar of each resource; each page without parts."""
    made = list(FIXED)
    for resource in resources:
        made.append(f"/{resource.path}?all=1")
        made += [f"/{resource.path}/new"] if "create" in resource.acts else []
        made += [f"/{resource.path}/board"] if resource.board else []
        made += [f"/{resource.path}/calendar"] if resource.calendar else []
    return made + [f"/{p.path}" for p in PAGES.values() if "<" not in p.path]


def _look(desk: Desk, paths: list[str]) -> list[str]:
    wrong, seen = [], set()
    while paths:
        path = paths.pop(0)
        page = desk.go(path)
        try:
            desk.access()
        except AssertionError as exc:
            wrong.append(str(exc).partition("\nassert")[0][:900])
        plain = path.partition("?")[0][1:]
        if plain in RESOURCES and plain not in seen:  # its first row stands for its details
            seen.add(plain)
            href = page.evaluate("document.querySelector('#rows tbody a')?.getAttribute('href') || ''")
            paths += [href] if re.fullmatch(rf"/{plain}/\d+", href) else []
    return wrong


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)])
def test_every_route_in_both_themes(desk: Desk, world: World, every: bool) -> None:
    """Every page, and of the resources, whose screens come from one declaration, those that show all there is; all of
    them in the long run."""
    _trade(world)
    desk.expected = {403, 404, 409}
    assert _look(desk, routes(RESOURCES.values() if every else representatives())) == []


def test_on_a_phone(desks: Callable[..., Desk], world: World) -> None:
    """Targets are large enough there, and nothing scrolls sideways."""
    _trade(world)
    desk = desks(world.company, world.work, width=390, height=844, has_touch=True)
    paths = [
        "/",
        "/sales/orders?all=1",
        "/sales/orders/new",
        "/parties/parties/new",
        "/banking/runs/new",
        "/account",
    ]
    assert _look(desk, list(paths)) == []
    for path in paths:
        page = desk.go(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_select_print_and_send_on_a_phone(desks: Callable[..., Desk], world: World) -> None:
    """Rows are selected by taps and by keys, acts on many are within reach, and a document's paper is printed and sent."""
    _trade(world)
    with world.work() as ctx:
        world.receive(ctx, "B", 10, 6000)
        orders = [world.order(ctx, {"B": 1}) for _ in range(3)]
    desk = desks(world.company, world.work, width=390, height=844, has_touch=True)
    page = desk.go("/sales/orders?all=1")
    pick = page.get_by_role("button", name="Select", exact=True)
    boxes = page.locator("#rows tbody [name=ids]")
    expect(boxes.first).to_be_hidden()
    reach(page, pick)
    page.keyboard.press("Enter")
    expect(pick).to_have_attribute("aria-pressed", "true")
    reach(page, page.locator(f"#rows [name=ids][value='{orders[0]}']"))
    page.keyboard.press("Space")
    page.locator(f"#rows tr[data-row='{orders[1]}'] td.p4").tap()  # anywhere on the row
    expect(page.locator("#bulk")).to_contain_text("2 selected")
    desk.access()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("#bulk").get_by_role("button", name="Confirm").tap()
    expect(page.locator(f"#rows tr[data-row='{orders[1]}']")).to_contain_text("Confirmed")
    with world.work():
        states = dict(
            rows.execute("SELECT id, state FROM sales_order WHERE id = ANY(%s::bigint[])", [orders])
        )
    assert states == dict(zip(orders, ("confirmed", "confirmed", "quotation"), strict=True))
    page = desk.go("/sales/orders?all=1")
    pick.tap()
    page.locator("#rows tbody tr").first.tap()
    pick.tap()
    expect(page.locator("#bulk")).to_be_hidden()
    expect(boxes.first).to_be_hidden()

    page = desk.go("/invoicing/invoices?all=1")
    page.locator("#rows tbody a").first.tap()
    reach(page, page.locator(".doc-more summary"))
    page.keyboard.press("Enter")
    desk.access()
    expect(page.get_by_role("link", name="Print", exact=True)).to_have_attribute("href", re.compile(r"\.pdf"))
    page.get_by_role("link", name="Send", exact=True).tap()
    expect(page).to_have_url(re.compile(r"/invoicing/invoices/\d+/mail"))
    desk.access()
