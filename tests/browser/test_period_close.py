"""Period close, as a bookkeeper does it: by keyboard through the screen, from the checklist to the closed year."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import expect

from backstay.domains.sales import processes as sales
from backstay.platform import rows
from tests.browser.conftest import Desk
from tests.trade import D, World


def _trade(world: World) -> None:
    """Two items invoiced in March, one shipped on its last day and not invoiced."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        order = world.order(ctx, {"A": 2})
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
        late = world.order(ctx, {"A": 1}, on=date(2026, 3, 30))
        sales.confirm_orders(ctx, [late])
        sales.ship_orders(ctx, [sales.ShipDraft(late, date(2026, 3, 31))])


def test_period_close(desk: Desk, world: World) -> None:
    """Rent typed by hand, the checklist worked off, the month closed, re-opened with a reason; the year previewed and closed."""
    _trade(world)
    page = desk.go("/accounting/journal/new")
    page.locator("[name='h.entered_on']").fill("2026-03-31")
    page.locator("[name='h.text']").fill("Rent of March")
    page.locator("[name^='l.'][name$='.account']").nth(0).select_option(label="6020 Rent")
    page.locator("[name^='l.'][name$='.debit']").nth(0).fill("80")
    expect(page.locator("#totals")).to_contain_text("Credit is missing")
    page.locator("[name^='l.'][name$='.account']").nth(1).select_option(label="1010 Bank")
    page.locator("[name^='l.'][name$='.credit']").nth(1).fill("80")
    page.locator("[name^='l.'][name$='.item']").nth(1).fill("bank:1")
    expect(page.locator("#totals")).to_contain_text("Balanced")
    desk.access()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("JE-2026-00001")

    desk.go("/reports")
    desk.access()
    desk.press(page.get_by_role("link", name=re.compile("^Income statement")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Income statement")
    desk.go("/reports/income-statement?from=2026-03-01&to=2026-03-31&compare=previous")
    desk.access()
    expect(page.locator("tr.grand")).to_contain_text("102.00")  # 200.00 sold, 18.00 of goods, 80.00 of rent
    twist = page.locator("tr", has_text="6020").locator(".twist")
    twist.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("tr.drill")).to_contain_text("Agrees with the line above")
    desk.access()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("tr.drill")).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator(".as-table table")).to_be_visible()

    desk.go("/accounting/periods")
    desk.access()
    with world.work() as ctx:
        march, year = (
            rows.execute(
                "SELECT id FROM period WHERE company_id = %s AND kind = %s AND starts = %s",
                [ctx.company, kind, day],
            )[0][0]
            for kind, day in (("regular", date(2026, 3, 1)), ("closing", date(2026, 12, 31)))
        )
    desk.go(f"/accounting/periods/{march}")
    expect(page.locator("#check-shipped")).to_contain_text("EUR 100.00")
    desk.access()
    desk.press(page.get_by_role("button", name="Count as income"))
    expect(page.locator("#check-shipped")).to_contain_text("Accrued by 1 entry")
    desk.press(page.get_by_role("button", name="Take back on 1 Apr"))
    desk.press(page.get_by_role("button", name="Check the books"))
    expect(page.get_by_role("status").filter(has_text="Every check holds")).to_be_visible()
    page.keyboard.press("Control+Enter")
    desk.toast("periods are closed")
    expect(page.locator("tr", has_text="Mar 2026")).to_contain_text("Closed")

    desk.press(page.locator("tr", has_text="Mar 2026").get_by_role("link", name="Re-open"))
    page.locator("#reason").fill("A bill came late")
    desk.press(page.get_by_role("button", name="Re-open"))
    expect(page.locator(".aside")).to_contain_text("A bill came late")
    desk.access()
    page.keyboard.press("Control+Enter")
    desk.toast("is closed")

    desk.go(f"/accounting/years/{year}")
    expect(page.locator(".entry.is-preview")).to_contain_text("Retained earnings")
    desk.access()
    page.keyboard.press("Control+Enter")
    desk.toast("closed")
    expect(page.locator(".entry")).to_contain_text("Retained earnings")
    desk.access()
    with world.work() as ctx:
        left = rows.execute("SELECT sum(p.value) FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id"
                            " WHERE p.company_id = %s AND a.type IN ('income', 'expense')", [ctx.company])[0][0]  # fmt: skip
    assert left == 0


def test_reports_fit_every_screen(desks: object, world: World) -> None:
    """No sideways scroll of the page at 390, 1440 and 2560 px; no violation of WCAG in either theme."""
    _trade(world)
    for width in (390, 1440, 2560):
        desk: Desk = desks(world.company, world.work, f"Reader {width}", width=width)  # type: ignore[operator]
        for path in ("/reports", "/reports/income-statement?compare=months&from=2026-01-01&to=2026-12-31", "/reports/balance-sheet?compare=year", "/reports/receivables",
                     "/reports/general-ledger?account=1110&from=2026-03-01&to=2026-03-31", "/reports/journal?from=2026-03-01&to=2026-03-31", "/accounting/periods"):  # fmt: skip
            page = desk.go(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            if width == 390:  # every route is looked at in a wide window by test_access
                desk.access()
        desk.go("/reports/sales")
        desk.page.locator(".seg-menu > summary").press("Enter")
        expect(desk.page.locator(".picker")).to_be_visible()
        desk.access()
