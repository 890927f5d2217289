"""Opening items: what was open when the books began, and what of it still is."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backstay.domains.invoicing.queries import open_items
from backstay.interfaces.imports.opening import ITEMS
from backstay.interfaces.web.fields import day_text, money_text
from backstay.interfaces.web.resource import Answer
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.resources import page

MOST = 2_000  # shown; more are in the reports
_ALL = """
SELECT a.role, p.id, p.name, l.item, l.text, l.due_on, l.value, e.id FROM accounting_journalline l
JOIN accounting_journalentry e ON e.id = l.entry_id AND e.kind = 'opening' AND e.state = 'posted' JOIN account a ON a.id = l.account_id
JOIN parties_party p ON p.id = l.party_id WHERE l.company_id = %s AND l.item LIKE 'opening:%%' ORDER BY l.due_on, l.id LIMIT %s
"""


@page(ITEMS.path, ITEMS.names[1], ITEMS.menu, "report.read", hidden=True)
def opening_items(request: HttpRequest, ctx: Ctx) -> Answer:
    """Each with its due date, what it was and what is left."""
    found = rows.execute(_ALL, [ctx.company, MOST])
    left = {x.item: x.amount for side in ("receivable", "payable") for x in open_items(ctx, side)}
    today = ctx.today
    told = [
        {
            "party": name, "href": f"/parties/parties/{party}", "entry": f"/accounting/journal/{entry}", "number": text or item,
            "side": _("Customer owes") if role == "receivable" else _("We owe"), "due": day_text(due, today.year) if due else "—",
            "late": bool(due and due < today and left.get(item, 0) > 0),
            "was": money_text(value if role == "receivable" else -value, ctx.scale), "left": money_text(left.get(item, 0), ctx.scale),
        }
        for role, party, name, item, text, due, value, entry in found
    ]  # fmt: skip
    return "backstay/opening_items.html", {
        "rows": told,
        "most": MOST if len(told) == MOST else 0,
        "can_import": access.may(ctx, f"{ITEMS.kind}.create"),
    }
