"""Home: what matters today, from the ledger and the documents. A fixed number of statements."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backstay.base import clock
from backstay.domains.accounting.queries import BEFORE_CLOSE, balances_by_role
from backstay.domains.invoicing.queries import due_by_week
from backstay.interfaces.web import listing
from backstay.interfaces.web.cash import Due, cash_chart
from backstay.interfaces.web.fields import day_text, field_of, money_text
from backstay.interfaces.web.steps import checklist
from backstay.interfaces.web.todo import todo
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES
from backstay.platform.seeing import seen

WEEKS = 8


def home_of(ctx: Ctx, request: HttpRequest) -> dict[str, Any]:
    """Greeting, key figures, work, cash, what is to ship, the latest invoices; before the first entry: how to begin."""
    name = str(getattr(request.user, "name", "") or "").split(" ")[0]
    last = rows.execute("SELECT max(posted_on) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
    today = last if ctx.settings.get("practice") and last else ctx.today
    told: dict[str, Any] = {
        "greeting": _greeting(name), "day": formats.date_format(ctx.today, pgettext("day", "l, j F Y")), "empty": last is None, "setup": checklist(ctx),
    }  # fmt: skip
    if last is None:
        return told
    due = due_by_week(ctx, today, WEEKS)
    books = access.whole(ctx, "report.balance-sheet.read")
    return told | {
        "figures": _figures(ctx, today, due) if books else [], "cash": cash_chart(ctx, today, due) if books else None,
        "work": todo(ctx, due), "ship": _ship(ctx), "latest": _latest(ctx),
    }  # fmt: skip


def _greeting(name: str) -> str:
    hour = clock.now().hour
    told = _("Good morning") if hour < 12 else _("Good afternoon") if hour < 18 else _("Good evening")
    return f"{told}, {name}" if name else told


def _figures(ctx: Ctx, today: date, due: Due) -> list[dict[str, Any]]:
    """Key figures with their last twelve months, from the ledger."""
    roles = [("receivable", _("Receivables"), "/reports/receivables", 1), ("payable", _("Payables"), "/reports/payables", -1),
             ("bank", _("Cash"), "/reports/general-ledger", 1), ("stock", _("Stock value"), "/reports/stock", 1)]  # fmt: skip
    ends = [today]
    while len(ends) < 13:
        ends.insert(0, ends[0].replace(day=1) - timedelta(days=1))
    found = balances_by_role(ctx, [r for r, *_rest in roles], ends)
    made = [_sales(ctx, ends)]
    for role, label, href, sign in roles:
        figures = [sign * v for v in found[role]]
        change = figures[-1] - figures[-2]
        note = _("%(amount)s this month") % {
            "amount": ("+" if change > 0 else "") + money_text(change, ctx.scale)
        }
        late = due.get((role, -1), (0, 0))
        if late[0]:
            note = _("%(amount)s overdue") % {"amount": money_text(late[1], ctx.scale)}
        made.append(_figure(ctx, label, href, figures, note))
    return made


def _sales(ctx: Ctx, ends: list[date]) -> dict[str, Any]:
    """Sales by month, the closing of years left out."""
    found = balances_by_role(ctx, ["sales", "services", "freight_income", "discount"], ends, BEFORE_CLOSE)
    sums = [-sum(parts) for parts in zip(*found.values(), strict=True)]
    months = [b - a for a, b in pairwise(sums)]
    month, before = (formats.date_format(end, "F") for end in (ends[-1], ends[-2]))
    note = _("%(amount)s in %(month)s") % {"amount": money_text(months[-2], ctx.scale), "month": before}
    return _figure(ctx, _("Sales in %(month)s") % {"month": month}, "/reports/income-statement", months, note)


def _figure(ctx: Ctx, label: str, href: str, figures: list[int], note: str) -> dict[str, Any]:
    value = money_text(figures[-1], ctx.scale)
    aria = _("%(label)s by month, now %(value)s") % {"label": label, "value": value}
    return {
        "label": label,
        "value": value,
        "href": href,
        "spark": _spark(figures),
        "note": note,
        "aria": aria,
    }


def _spark(values: list[int]) -> dict[str, str]:
    """Path of a line 98 wide and 30 high; its area; its end."""
    low, high = min(values), max(values)
    reach = (high - low) or 1
    points = [
        (1 + n * 97 / max(len(values) - 1, 1), 26.5 - (v - low) * 23 / reach) for n, v in enumerate(values)
    ]
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return {
        "line": path,
        "area": f"{path} L98 30 L1 30Z",
        "end": f"M{points[-1][0]:.1f} {points[-1][1]:.1f}h.01",
    }


def _ship(ctx: Ctx) -> list[dict[str, Any]]:
    """The next orders to ship, the most urgent first."""
    resource = seen(ctx, RESOURCES["sales/orders"])
    if not access.may(ctx, f"{resource.kind}.read"):
        return []
    chosen = listing.rows_of(ctx, resource, listing.Asked(filters=[listing.Filter("is", "", "to_ship")]))
    found = list(chosen.select_related("party").order_by("required_on", "id")[:6])
    cells = listing.cells(
        ctx,
        resource,
        [field_of(resource, n) for n in ("number", "party", "required_on", "delivery", "gross:money")],
        found,
    )
    for row, order in zip(cells, found, strict=True):
        late = (ctx.today - order.required_on).days if order.required_on else 0
        row["late"] = _("%(n)s days late") % {"n": late} if late > 0 else ""
        row["due"] = day_text(order.required_on, ctx.today.year) if order.required_on else "—"
    return cells


def _latest(ctx: Ctx) -> list[dict[str, Any]]:
    resource = seen(ctx, RESOURCES["invoicing/invoices"])
    if not access.may(ctx, f"{resource.kind}.read"):
        return []
    found = list(
        listing.rows_of(ctx, resource, listing.Asked())
        .select_related("party")
        .order_by("-issued_on", "-id")[:6]
    )
    return listing.cells(
        ctx,
        resource,
        [field_of(resource, n) for n in ("number", "party", "issued_on", "standing", "gross:money")],
        found,
    )
