"""Steps of documents by their numbers, for the command line and the first page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.base.money import plain
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.platform import rows


class Done(NamedTuple):
    """What was posted: numbers, and the first entry that may be new."""

    numbers: list[str]
    first_entry: int


def order_ids(table: str, names: Sequence[str]) -> list[int]:
    """Ids of orders by number or id. NotFound names the first that is not there."""
    sql = f"SELECT id, number FROM {table} WHERE number = ANY(%s::text[]) OR id::text = ANY(%s::text[])"
    found = rows.execute(sql, [list(names), list(names)])
    by_name = {str(i): i for i, _ in found} | {number: i for i, number in found if number}
    for name in names:
        if name not in by_name:
            raise NotFound("post.unknown", f"there is no order {name}", "Name its number, or a draft's id.")
    return [by_name[name] for name in names]


def run(ctx: Ctx, kind: str, names: Sequence[str], on: date) -> Done:
    """Do the step of ``kind`` for every order named, in one transaction."""
    before = rows.execute("SELECT coalesce(max(id), 0) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
    selling = kind in ("sales-orders", "shipments", "invoices")
    ids = order_ids("sales_order" if selling else "purchasing_order", names)
    if kind == "sales-orders":
        numbers = sales.confirm_orders(ctx, ids)
    elif kind == "shipments":
        numbers = [m.number for m in sales.ship_orders(ctx, [sales.ShipDraft(i, on) for i in ids])]
    elif kind == "invoices":
        numbers = [m.number for m in sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(i, on) for i in ids])]
    elif kind == "purchase-orders":
        numbers = purchasing.confirm_orders(ctx, ids)
    elif kind == "receipts":
        numbers = [
            m.number for m in purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(i, on) for i in ids])
        ]
    else:
        drafts = [
            purchasing.OrderBillDraft(i, f"{name} {on}", on) for i, name in zip(ids, names, strict=True)
        ]
        numbers = [m.number for m in purchasing.bill_orders(ctx, drafts)]
    return Done(numbers, before + 1)


def entries_since(ctx: Ctx, first: int) -> list[str]:
    """Lines of the entries from ``first`` on, as text: what a dry run shows."""
    sql = (
        "SELECT e.source, e.event, a.code, a.name, u.code, u.scale, p.amount, p.value FROM entry e"
        " JOIN posting p ON p.entry_id = e.id JOIN subaccount s ON s.id = p.subaccount_id"
        " JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = s.unit_id"
        " WHERE e.company_id = %s AND e.id >= %s ORDER BY e.id, p.line"
    )
    return [
        f"{source} {event:8} {code} {name:32.32} {unit:8} {plain(amount, scale):>14} {plain(value, ctx.scale):>14}"
        for source, event, code, name, unit, scale, amount, value in rows.execute(sql, [ctx.company, first])
    ]
