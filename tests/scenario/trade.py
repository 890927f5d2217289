"""A company that trades, for scenario tests: parties, items, stock, and the chain from order to cash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx

DAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Trade:
    """Ids of a company that can trade at once."""

    work: Callable[..., Any]
    customer: int
    supplier: int
    items: dict[str, int]
    place: int
    bank: int

    def item(self, name: str) -> int:
        return self.items[name]


def set_up(work: Callable[..., Any], names: Sequence[str] = ("A", "B", "C"), price: str = "100") -> Trade:
    """Customer C1, supplier S1, and goods that cost 10.00 and sell at ``price``."""
    from backstay.domains.banking.queries import bank_account
    from backstay.domains.catalog.processes import ItemDraft, create_items
    from backstay.domains.inventory.queries import place_id
    from backstay.domains.parties.processes import PartyDraft, create_parties

    with work() as ctx:
        customer, supplier = create_parties(
            ctx, [PartyDraft("Customer", code="C1"), PartyDraft("Supplier", ("supplier",), code="S1")]
        )
        drafts = [
            ItemDraft(n, f"Item {n}", sales_price=Decimal(price), purchase_price=Decimal(10)) for n in names
        ]
        items = dict(zip(names, create_items(ctx, drafts), strict=True))
        return Trade(work, customer, supplier, items, place_id(ctx), bank_account(ctx))


def warehouse(trade: Trade, code: str) -> int:
    """Another warehouse."""
    from backstay.domains.inventory.processes import create_places

    with trade.work() as ctx:
        return int(create_places(ctx, [(code, code, "warehouse", None)])[0])


def stock_up(
    trade: Trade, lines: Sequence[tuple[str, int, str]], on: date = DAY, place: int | None = None
) -> int:
    """Buy (item, quantity, price) and take it in at once; the purchase order's id."""
    from backstay.domains.purchasing import processes as purchasing

    drafts = tuple(purchasing.OrderLineDraft(trade.item(n), Decimal(q), Decimal(p)) for n, q, p in lines)
    with trade.work() as ctx:
        order = purchasing.create_orders(ctx, [purchasing.OrderDraft(trade.supplier, on, drafts, place)])[0]
        purchasing.confirm_orders(ctx, [order])
        purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, on)])
    return int(order)


def sell(
    trade: Trade, lines: Sequence[tuple[str, int]], on: date = DAY, place: int | None = None, **more: Any
) -> int:
    """Confirm an order of (item, quantity); its id."""
    from backstay.domains.sales import processes as sales

    drafts = tuple(sales.OrderLineDraft(trade.item(n), Decimal(q)) for n, q in lines)
    with trade.work() as ctx:
        order = sales.create_quotations(ctx, [sales.QuotationDraft(trade.customer, on, drafts, place)])[0]
        sales.confirm_orders(ctx, [order], **more)
    return int(order)


def order_to_cash(trade: Trade, orders: int, lines: int, on: date = DAY) -> list[tuple[str, Callable[[], Any]]]:
    """The five steps of ``orders`` orders with ``lines`` lines each, as calls that open a transaction each."""
    from backstay.domains.banking import processes as banking
    from backstay.domains.sales import processes as sales

    items = list(trade.items.values())
    wanted = tuple(sales.OrderLineDraft(items[n % len(items)], Decimal(1)) for n in range(lines))
    made: dict[str, Any] = {}

    def create(ctx: Ctx) -> None:
        drafts = [sales.QuotationDraft(trade.customer, on, wanted) for _ in range(orders)]
        made["orders"] = sales.create_quotations(ctx, drafts)

    def invoice(ctx: Ctx) -> None:
        drafts = [sales.OrderInvoiceDraft(i, on) for i in made["orders"]]
        made["invoices"] = sales.invoice_orders(ctx, drafts)

    def pay(ctx: Ctx) -> None:
        drafts = [
            banking.PaymentDraft(
                "in", trade.customer, trade.bank, i.gross, on, (banking.PaymentLineDraft(f"invoice:{i.id}", i.gross),)
            )
            for i in made["invoices"]
        ]
        banking.record_payments(ctx, drafts)

    steps: list[tuple[str, Callable[[Ctx], Any]]] = [
        ("create", create),
        ("confirm", lambda ctx: sales.confirm_orders(ctx, made["orders"])),
        ("ship", lambda ctx: sales.ship_orders(ctx, [sales.ShipDraft(i, on) for i in made["orders"]])),
        ("invoice", invoice),
        ("pay", pay),
    ]

    def run(step: Callable[[Ctx], Any]) -> Callable[[], Any]:
        def call() -> Any:
            with trade.work() as ctx:
                return step(ctx)

        return call

    return [(name, run(step)) for name, step in steps]
