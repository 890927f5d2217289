"""What falls due when, as home tells it: late is what somebody owes, never a credit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from backstay.domains.accounting.processes import OpeningDraft, post_opening
from backstay.domains.invoicing import processes as invoicing
from backstay.domains.invoicing.queries import due_by_week
from backstay.platform import rows
from tests.trade import D, World


def _invoice(world: World, party: str, price: str, days: int = 30) -> int:
    line = invoicing.InvoiceLineDraft("Advice", Decimal(1), Decimal(price), tax=None)
    with world.work() as ctx:
        draft = invoicing.InvoiceDraft(world.parties[party], D, (line,), due_on=D + timedelta(days))
        return invoicing.issue_invoices(ctx, [draft])[0].id


def _credit(world: World, invoice: int) -> None:
    line = world_line(world, invoice)
    with world.work() as ctx:
        invoicing.credit_invoices(
            ctx, [invoicing.CreditDraft(invoice, D, ((line, Decimal(1)),))], settle=False
        )


def world_line(world: World, invoice: int) -> int:
    with world.work():
        sql = "SELECT id FROM invoicing_invoiceline WHERE invoice_id = %s"
        return int(rows.execute(sql, [invoice])[0][0])


def _due(world: World, days: int) -> dict[tuple[str, int], tuple[int, int]]:
    with world.work() as ctx:
        return due_by_week(ctx, D + timedelta(days), 8)


def test_nobody_is_late_with_a_credit(world: World) -> None:
    """Paid twice: the invoice was paid and then credited. Its credit is no negative overdue amount, and no item that is late."""
    first = _invoice(world, "C1", "300")
    with world.work() as ctx:
        owed = rows.execute("SELECT gross FROM invoicing_invoice WHERE id = %s", [first])[0][0]
        world.pay(ctx, owed, f"invoice:{first}")
    _credit(world, first)
    due = _due(world, 90)
    assert ("receivable", -1) not in due, "nobody is late"
    assert due["receivable", 0] == (0, -owed), "it lowers what is to come, and is no item that is due"


def test_late_beside_a_credit(world: World) -> None:
    """One customer is late, another has a credit: what is late is all of the first one's."""
    first, second = _invoice(world, "C1", "300"), _invoice(world, "C2", "200")
    with world.work() as ctx:
        sql = "SELECT id, gross FROM invoicing_invoice WHERE id = ANY(%s::bigint[])"
        gross = dict(rows.execute(sql, [[first, second]]))
        world.pay(ctx, gross[first], f"invoice:{first}")
    _credit(world, first)
    assert _due(world, 90)["receivable", -1] == (1, gross[second])
    ahead = _due(world, 0)
    weeks = {week for side, week in ahead if side == "receivable"}
    assert min(weeks) >= 0, "nothing is late yet"
    assert sum(steps for (side, _week), (_n, steps) in ahead.items() if side == "receivable") == gross[second] - gross[first]  # fmt: skip
    assert sum(n for (side, _week), (n, _steps) in ahead.items() if side == "receivable") == 1


def test_suppliers_credit_is_not_late(world: World) -> None:
    """What a supplier owes us, by an opening item without a day, is not what we are late with."""
    with world.work() as ctx:
        items = (("payable", world.parties["S1"], "old bill", -5_000), ("payable", world.parties["S2"], "old credit", 700))  # fmt: skip
        post_opening(ctx, OpeningDraft(items=items))
    due = _due(world, 90)
    assert ("payable", -1) not in due
    assert due["payable", -2] == (1, 4_300)
