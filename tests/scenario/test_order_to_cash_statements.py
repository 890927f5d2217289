"""Order to cash in five transactions: statements at the driver, BEGIN, begin_work and COMMIT included."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from backstay.base.context import Ctx
from backstay.domains.banking.processes import PaymentDraft, PaymentLineDraft, record_payments
from backstay.domains.catalog.processes import ItemDraft, create_items
from backstay.domains.invoicing.processes import set_credit_limits
from backstay.domains.sales import processes as sales
from backstay.platform import rows
from tests.trade import D, World

BUDGET = {"create": 11, "confirm": 11, "ship": 13, "invoice": 13, "pay": 11}
Step = Callable[[Ctx], Any]


def order_to_cash(world: World, items: list[int], orders: int, lines: int) -> list[tuple[str, Step]]:
    """The five steps of ``orders`` orders with ``lines`` lines each."""
    party = world.parties["C1"]
    wanted = tuple(sales.OrderLineDraft(items[n], Decimal(1)) for n in range(lines))
    made: dict[str, Any] = {}

    def create(ctx: Ctx) -> None:
        drafts = [sales.QuotationDraft(party, D, wanted, world.places["W1"]) for _ in range(orders)]
        made["orders"] = sales.create_quotations(ctx, drafts)

    def invoice(ctx: Ctx) -> None:
        drafts = [sales.OrderInvoiceDraft(i, D) for i in made["orders"]]
        made["invoices"] = sales.invoice_orders(ctx, drafts)

    def pay(ctx: Ctx) -> None:
        lines = [(i, PaymentLineDraft(f"invoice:{i.id}", i.gross)) for i in made["invoices"]]
        record_payments(
            ctx, [PaymentDraft("in", party, world.bank, i.gross, D, (line,)) for i, line in lines]
        )

    return [
        ("create", create),
        ("confirm", lambda ctx: sales.confirm_orders(ctx, made["orders"])),
        ("ship", lambda ctx: sales.ship_orders(ctx, [sales.ShipDraft(i, D) for i in made["orders"]])),
        ("invoice", invoice),
        ("pay", pay),
    ]


@pytest.fixture
def stocked(world: World) -> list[int]:
    """Fifty items, a thousand of each on hand."""
    with world.work() as ctx:
        items = create_items(
            ctx, [ItemDraft(f"I{n}", f"I{n}", sales_price=Decimal("9.99")) for n in range(50)]
        )
        world.items |= {f"I{n}": item for n, item in enumerate(items)}
        world.units |= dict(rows.execute("SELECT code, id FROM unit WHERE company_id = %s", [ctx.company]))
        for n in range(50):
            world.receive(ctx, f"I{n}", 1000, 100000)
    return list(items)


def _count(
    world: World, counting: Callable[[], Any], items: list[int], shape: tuple[int, int]
) -> dict[str, list[str]]:
    found = {}
    for name, step in order_to_cash(world, items, *shape):
        with counting() as n, world.work() as ctx:
            step(ctx)
        found[name] = list(n.statements)
    return found


@pytest.mark.parametrize("limit", [None, 10**12])
def test_statements_do_not_grow(
    world: World, stocked: list[int], count_statements: Callable[[], Any], limit: int | None
) -> None:
    """5 lines, 50 lines, a batch of 100 orders: the same statements, at most 50 in all."""
    with world.work() as ctx:
        set_credit_limits(ctx, {world.parties["C1"]: limit})
    shapes = [(1, 5), (1, 50), (100, 5)]
    found = {shape: _count(world, count_statements, stocked, shape) for shape in shapes}
    few = {name: len(statements) for name, statements in found[1, 5].items()}
    assert sum(few.values()) <= 50, few
    for name, most in BUDGET.items():
        assert few[name] <= most, found[1, 5][name]
    for shape in shapes[1:]:
        assert {name: len(s) for name, s in found[shape].items()} == few, shape
