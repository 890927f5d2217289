"""A small world for scenarios: two customers, two suppliers, three items, and short ways to trade them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx
from backstay.domains.banking.processes import PaymentDraft, PaymentLineDraft, Recorded, record_payments
from backstay.domains.banking.queries import bank_account
from backstay.domains.catalog.processes import ItemDraft, create_items
from backstay.domains.inventory.processes import (
    Moved,
    ReceiptDraft,
    ReceiptLineDraft,
    ShipmentDraft,
    ShipmentLineDraft,
    create_places,
    receive_goods,
    ship_goods,
)
from backstay.domains.inventory.queries import place_id
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.ledger.posting import Sub
from backstay.platform import rows

D = date(2026, 3, 2)


@dataclass
class World:
    """Ids by their names in the golden table."""

    company: int
    work: Callable[..., Any]
    parties: dict[str, int]
    items: dict[str, int]
    units: dict[str, int]
    places: dict[str, int]
    bank: int

    def receive(
        self,
        ctx: Ctx,
        item: str,
        quantity: int,
        value: int,
        place: str = "W1",
        on: date = D,
        document_on: date | None = None,
    ) -> Moved:
        """Goods in from S1 against a GRNI item of its own."""
        line = ReceiptLineDraft(
            self.items[item], quantity, value, Sub("grni", ctx.currency, party=self.parties["S1"], item="opening"),
            Sub("supplier_goods", self.units[item], party=self.parties["S1"]),
        )  # fmt: skip
        draft = ReceiptDraft(on, self.places[place], (line,), self.parties["S1"], "purchase", "", document_on)
        return receive_goods(ctx, [draft])[0]

    def issue(
        self, ctx: Ctx, item: str, quantity: int, place: str = "W1", on: date = D, hold: int | None = None
    ) -> Moved:
        """Goods out to C1 at cost."""
        line = ShipmentLineDraft(
            self.items[item], quantity, Sub("cogs", ctx.currency),
            Sub("customer_goods", self.units[item], party=self.parties["C1"]), hold,
        )  # fmt: skip
        return ship_goods(ctx, [ShipmentDraft(on, self.places[place], (line,), self.parties["C1"], "sale")])[
            0
        ]

    def buy(
        self,
        ctx: Ctx,
        item: str,
        quantity: int,
        price: str,
        place: str = "W1",
        supplier: str = "S1",
        on: date = D,
    ) -> int:
        """A confirmed purchase order; returns its id."""
        lines = (purchasing.OrderLineDraft(self.items[item], Decimal(quantity), Decimal(price)),)
        draft = purchasing.OrderDraft(self.parties[supplier], on, lines, self.places[place])
        ids = purchasing.create_orders(ctx, [draft])
        purchasing.confirm_orders(ctx, ids)
        return ids[0]

    def order(
        self, ctx: Ctx, lines: dict[str, int], customer: str = "C1", place: str = "W1", on: date = D
    ) -> int:
        """A quotation; returns its id."""
        drafts = tuple(sales.OrderLineDraft(self.items[i], Decimal(q)) for i, q in lines.items())
        return sales.create_quotations(
            ctx, [sales.QuotationDraft(self.parties[customer], on, drafts, self.places[place])]
        )[0]

    def line(self, table: str, order: int, position: int = 1) -> int:
        """The id of an order's line."""
        sql = f"SELECT id FROM {table}_orderline WHERE order_id = %s AND position = %s"
        with self.work():
            return int(rows.execute(sql, [order, position])[0][0])

    def pay(
        self, ctx: Ctx, amount: int, item: str = "", settle: int | None = None, on: date = D, **more: Any
    ) -> Recorded:
        """Money from C1 (or as said), settling an item."""
        line = (
            (PaymentLineDraft(item, amount if settle is None else settle, more.pop("difference", 0)),)
            if item
            else ()
        )
        draft = PaymentDraft(
            more.pop("way", "in"), self.parties[more.pop("party", "C1")], self.bank, amount, on, line, **more
        )  # fmt: skip
        return record_payments(ctx, [draft])[0]


def make_world(company: int, work: Callable[..., Any]) -> World:
    """Parties C1 C2 S1 S2, items A B C (100.00, bought at 6.00), a service, warehouses W1–W7."""
    with work() as ctx:
        names = ("C1", "C2", "S1", "S2")
        roles = (("customer",), ("customer",), ("supplier",), ("supplier",))
        made = create_parties(ctx, [PartyDraft(n, r, code=n) for n, r in zip(names, roles)])
        drafts = [
            ItemDraft(n, f"Item {n}", sales_price=Decimal(100), purchase_price=Decimal(6)) for n in "ABC"
        ]
        drafts.append(ItemDraft("SRV", "Service", kind="service", sales_price=Decimal(500)))
        items = dict(zip([*"ABC", "SRV"], create_items(ctx, drafts)))
        places = create_places(ctx, [(f"W{n}", f"Warehouse {n}", "warehouse", None) for n in range(1, 8)])
        units = dict(rows.execute("SELECT code, id FROM unit WHERE company_id = %s", [company]))
        by_code = {f"W{n}": p for n, p in enumerate(places, 1)} | {"TRANSIT": place_id(ctx, "TRANSIT")}
        return World(company, work, dict(zip(names, made)), items, units, by_code, bank_account(ctx))
