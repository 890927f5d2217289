"""A price list is edited in a spreadsheet and brought again: chosen, checked, old and new looked at, changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from backstay.platform import rows
from tests.browser.conftest import Desk
from tests.trade import World

pytestmark = pytest.mark.usefixtures("worker")
FILE = "SKU,Sales price\nA,101.50\nB,100\nC,7.25\n"


def test_prices_are_edited_and_brought_again(desk: Desk, world: World) -> None:
    """The choice shows what it means at once, the check what would be another; nothing changes before the last button."""
    page = desk.go("/catalog/items/import")
    page.locator("#file").set_input_files(
        {"name": "prices.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Rows of what is here already")).to_be_visible()
    expect(page.get_by_text("needed: Name")).to_be_visible()
    page.get_by_role("radio", name="change it").check()
    expect(page.get_by_role("checkbox", name="Empty cells empty the field")).to_be_visible()
    expect(page.get_by_text("needed: Name")).to_have_count(0)
    desk.access()
    page.get_by_role("button", name=re.compile("Check 3 rows")).click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible(timeout=30_000)
    row = page.locator("#run tbody tr").first
    expect(row).to_contain_text("101.50")
    desk.access()
    page.get_by_role("button", name="Change 2").click()
    expect(page.get_by_text("Imported", exact=True)).to_be_visible(timeout=30_000)
    with world.work() as ctx:
        sql = "SELECT sku, sales_price FROM catalog_item WHERE company_id = %s AND sku IN ('A', 'B', 'C') ORDER BY 1"
        assert [str(p.normalize()) for _sku, p in rows.execute(sql, [ctx.company])] == [
            "101.5",
            "1E+2",
            "7.25",
        ]
