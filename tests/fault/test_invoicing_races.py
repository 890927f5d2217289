"""Many at once on invoices and payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from backstay.base.errors import Refusal
from backstay.domains.invoicing import processes as invoicing
from backstay.platform import rows
from tests.fault.test_ledger_concurrency import in_threads
from tests.trade import D, World


def _issue(world: World) -> invoicing.Issued:
    with world.work() as ctx:
        line = invoicing.InvoiceLineDraft("Service", Decimal(1), Decimal(500), world.items["SRV"])
        return invoicing.issue_invoices(ctx, [invoicing.InvoiceDraft(world.parties["C1"], D, (line,))])[0]


def test_sixteen_posted_at_once_have_numbers_in_a_row(world: World) -> None:
    """FAILURES 16–18, 21: no gap, no double, nobody sees an error; a refused one takes no number."""
    issued: list[str] = []

    def post(n: int) -> None:
        if n % 4 == 3:
            try:
                with world.work() as ctx:
                    bad = invoicing.InvoiceLineDraft(
                        "No tax rate", Decimal(1), Decimal(1), account="no such role"
                    )
                    invoicing.issue_invoices(ctx, [invoicing.InvoiceDraft(world.parties["C1"], D, (bad,))])
            except Refusal:
                pass
        issued.append(_issue(world).number)

    assert in_threads(16, post) == []
    assert sorted(issued) == [f"INV-2026-{n:05}" for n in range(1, 17)]


def test_two_payments_of_one_invoice(world: World) -> None:
    """FAILURES 45: of eight at once one wins, the others are refused."""
    invoice = _issue(world)
    won: list[int] = []
    codes: list[str] = []

    def pay(n: int) -> None:
        try:
            with world.work() as ctx:
                won.append(world.pay(ctx, invoice.gross, f"invoice:{invoice.id}").id)
        except Refusal as exc:
            codes.append(exc.code)

    assert in_threads(8, pay) == []
    assert len(won) == 1
    assert set(codes) == {"ledger.guard"}
    with world.work() as ctx:
        numbers = rows.execute(
            "SELECT count(number), max(right(number, 5)::int) FROM banking_payment WHERE company_id = %s",
            [ctx.company],
        )
        assert numbers == [(1, 1)]


def test_numbers_follow_the_order_of_commits(world: World, owner: Any) -> None:
    """SEQ: whoever draws later commits later; a rollback gives its number back."""
    first = _issue(world)
    try:
        with world.work() as ctx:
            line = invoicing.InvoiceLineDraft("Service", Decimal(1), Decimal(500), world.items["SRV"])
            drawn = invoicing.issue_invoices(ctx, [invoicing.InvoiceDraft(world.parties["C1"], D, (line,))])[
                0
            ]
            assert drawn.number == "INV-2026-00002"
            raise Refusal("test.stop", "taken back")
    except Refusal:
        pass
    assert (first.number, _issue(world).number) == ("INV-2026-00001", "INV-2026-00002")
