"""What waits for somebody: lists with something in them, money that is late, what one began and has not finished."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backstay.interfaces.web import searching
from backstay.interfaces.web.cash import Due
from backstay.interfaces.web.fields import day_text, money_text
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.models import Draft, Notice
from backstay.platform.resources import RESOURCES

MOST = 1000  # counted no further


def todo(ctx: Ctx, due: Due) -> list[dict[str, Any]]:
    """Groups of work: of the day, of one's own. A fixed number of statements."""
    groups = [{"title": _("Today"), "rows": [*_lists(ctx), *_money(ctx, due), *_bank(ctx)]}, {"title": _("Begun and not finished"), "rows": _drafts(ctx)},
              {"title": _("Said to you"), "rows": _mentions(ctx)}]  # fmt: skip
    return [group for group in groups if group["rows"]]


def _row(
    text: str, href: str, icon: str, figure: str = "", sub: str = "", currency: bool = False, note: str = ""
) -> dict[str, Any]:
    return {
        "text": text,
        "href": href,
        "icon": icon,
        "figure": figure,
        "sub": sub,
        "currency": currency,
        "note": note,
    }


def _count(count: int) -> str:
    return f"{MOST}+" if count >= MOST else str(count)


def _lists(ctx: Ctx) -> list[dict[str, Any]]:
    wanted = (
        ("sales/orders", "to_ship", _("Ship orders"), "truck"), ("sales/orders", "to_invoice", _("Invoice what was shipped"), "receipt"),
        ("purchasing/orders", "to_receive", _("Receive goods"), "package"), ("purchasing/orders", "to_bill", _("Enter bills for what arrived"), "file-invoice"),
    )  # fmt: skip
    shown = [
        (resource, name, text, icon)
        for path, name, text, icon in wanted
        if (resource := RESOURCES.get(path)) and access.may(ctx, f"{resource.kind}.read")
    ]
    found = searching.counts(ctx, [(resource, name) for resource, name, *_rest in shown], MOST)
    return [
        _row(
            text,
            f"/{resource.path}?f=is:{name}",
            icon,
            note=ngettext("%(n)s order", "%(n)s orders", count) % {"n": _count(count)},
        )
        for (resource, name, text, icon), count in zip(shown, found, strict=True)
        if count
    ]


def _money(ctx: Ctx, due: Due) -> list[dict[str, Any]]:
    """Invoices that are late; bills that are, or fall due within the week."""
    made = []
    count, steps = due.get(("receivable", -1), (0, 0))
    if count and access.whole(ctx, "invoicing.invoice.read"):
        made.append(_row(
            _("Remind customers who are late"), "/invoicing/invoices?f=is:overdue", "alarm", money_text(steps, ctx.scale), currency=True,
            note=ngettext("%(n)s open item", "%(n)s open items", count) % {"n": count},
        ))  # fmt: skip
    late, soon = due.get(("payable", -1), (0, 0)), due.get(("payable", 0), (0, 0))
    if late[0] + soon[0] and access.whole(ctx, "banking.paymentrun.create"):
        sub = ngettext("%(n)s is overdue", "%(n)s are overdue", late[0]) % {"n": late[0]} if late[0] else ""
        made.append(_row(
            _("Pay bills that are due within a week"), "/banking/runs/new", "send", money_text(late[1] + soon[1], ctx.scale), sub, True,
            ngettext("%(n)s bill", "%(n)s bills", late[0] + soon[0]) % {"n": late[0] + soon[0]},
        ))  # fmt: skip
    return made


def _bank(ctx: Ctx) -> list[dict[str, Any]]:
    if not access.whole(ctx, "banking.statement.read"):
        return []
    sql = "SELECT count(*) FROM (SELECT FROM banking_statementline WHERE company_id = %s AND state = 'open' LIMIT %s) t"
    count = rows.execute(sql, [ctx.company, MOST])[0][0]
    told = ngettext("%(n)s bank line", "%(n)s bank lines", count) % {"n": _count(count)}
    return (
        [_row(_("Match what the bank booked"), "/banking/reconcile", "building-bank", note=told)]
        if count
        else []
    )


def _drafts(ctx: Ctx) -> list[dict[str, Any]]:
    found = Draft.objects.filter(company_id=ctx.company, made_id=None, updated_by=ctx.actor).order_by(
        "-updated_at"
    )[:5]
    made = []
    for draft in found:
        resource = RESOURCES.get(draft.path)
        name = _(resource.names[0]) if resource else _("Opening balances")
        head = draft.data.get("head") or {}
        about = next((str(head[k]) for k in ("party", "name", "text") if head.get(k)), "")
        href = f"/{draft.path}/drafts/{draft.pk}" if resource else f"/{draft.path}"
        made.append(
            _row(
                about or name,
                href,
                resource.menu[2] if resource else "scale",
                sub=name if about else "",
                note=day_text(draft.updated_at, ctx.today.year),
            )
        )
    return made


def _mentions(ctx: Ctx) -> list[dict[str, Any]]:
    found = Notice.objects.filter(company_id=ctx.company, actor=ctx.actor, read_at=None).order_by("-id")[:5]
    return [_row(n.text[:120], n.href, "message", note=day_text(n.at, ctx.today.year)) for n in found]
