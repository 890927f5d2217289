"""What is measured, and beside what. Each part makes companies of its own and works as the run-time role."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connection, connections

from backstay import ledger
from backstay.domains.accounting.processes import create_company
from backstay.domains.accounting.queries import trial_balance
from backstay.domains.banking.processes import PaymentDraft, PaymentLineDraft, record_payments
from backstay.domains.banking.queries import bank_account
from backstay.domains.catalog.processes import ItemDraft, create_items
from backstay.domains.inventory.queries import stock
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.interfaces import copying
from backstay.ledger.posting import Entry, Line, Sub
from backstay.platform import rows
from backstay.platform.context import work

ACTOR = "system:bench"
DAY = date(2026, 3, 2)


class Shop:
    """A company with items on stock and customers, for order to cash."""

    def __init__(self, items: int = 500, stocked: int = 1_000_000) -> None:
        self.company = create_company("Bench", actor=ACTOR, first_year=2026)
        with self.work() as ctx:
            drafts = [PartyDraft(f"Customer {n}") for n in range(100)] + [
                PartyDraft("Supplier", ("supplier",))
            ]
            *self.customers, supplier = create_parties(ctx, drafts)
            goods = [
                ItemDraft(f"I{n}", f"Item {n}", sales_price=Decimal(10 + n), purchase_price=Decimal(5))
                for n in range(items)
            ]
            self.items = create_items(ctx, goods)
            self.bank = bank_account(ctx)
            lines = tuple(purchasing.OrderLineDraft(i, Decimal(stocked)) for i in self.items)
            order = purchasing.create_orders(ctx, [purchasing.OrderDraft(supplier, DAY, lines)])
            purchasing.confirm_orders(ctx, order)
            purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order[0], DAY)])

    def work(self) -> Any:
        """A transaction of the shop."""
        return work(self.company, ACTOR)

    def steps(
        self, rnd: random.Random, orders: int, lines: int, items: int | None = None
    ) -> list[Callable[[], None]]:
        """The five steps of order to cash for a batch, to be called one after another."""
        pool = self.items[: items or len(self.items)]
        state: dict[str, Any] = {}

        def create() -> None:
            drafts = [
                sales.QuotationDraft(
                    rnd.choice(self.customers), DAY,
                    tuple(sales.OrderLineDraft(i, Decimal(rnd.randint(1, 5))) for i in rnd.sample(pool, lines)),
                )
                for _ in range(orders)
            ]  # fmt: skip
            state["parties"] = [d.party for d in drafts]
            with self.work() as ctx:
                state["ids"] = sales.create_quotations(ctx, drafts)

        def confirm() -> None:
            with self.work() as ctx:
                sales.confirm_orders(ctx, state["ids"])

        def ship() -> None:
            with self.work() as ctx:
                sales.ship_orders(ctx, [sales.ShipDraft(i, DAY) for i in state["ids"]])

        def invoice() -> None:
            with self.work() as ctx:
                state["issued"] = sales.invoice_orders(
                    ctx, [sales.OrderInvoiceDraft(i, DAY) for i in state["ids"]]
                )

        def pay() -> None:
            with self.work() as ctx:
                record_payments(
                    ctx,
                    [
                        PaymentDraft(
                            "in", p, self.bank, i.gross, DAY, (PaymentLineDraft(f"invoice:{i.id}", i.gross),)
                        )
                        for p, i in zip(state["parties"], state["issued"], strict=True)
                    ],
                )

        return [create, confirm, ship, invoice, pay]


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements as the driver sends them, BEGIN and COMMIT included."""
    seen: list[str] = []
    command, prepare = psycopg.Connection._exec_command, psycopg.Cursor._maybe_prepare_gen

    def count_command(self: Any, statement: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(str(statement))
        return command(self, statement, *args, **kwargs)

    def count_query(self: Any, pgq: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(pgq.query.decode())
        return prepare(self, pgq, *args, **kwargs)

    psycopg.Connection._exec_command, psycopg.Cursor._maybe_prepare_gen = count_command, count_query  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        psycopg.Connection._exec_command, psycopg.Cursor._maybe_prepare_gen = command, prepare  # type: ignore[method-assign]


def _round(seconds: float) -> float:
    return round(seconds, 4)


def bulk(*, entries: int, **_: Any) -> dict[str, Any]:
    """Entries of three postings in one call, half of them to new open items, beside COPY of the rows they left."""
    company = create_company("Bench", actor=ACTOR, first_year=2026)
    sales_account, bank = Sub("sales", 0), Sub("bank", 0, item="bank:0")
    with work(company, ACTOR) as ctx:
        c = ctx.currency
        ledger.post(
            ctx,
            [
                Entry(
                    "x",
                    DAY,
                    "warm:1",
                    "post",
                    (Line(Sub("sales", c), -1, -1), Line(Sub("bank", c, item="bank:0"), 1, 1)),
                )
            ],
        )
        made = [
            Entry(
                "sales", DAY, f"bench:{n}", "post",
                (
                    Line(Sub("receivable", c, 1, f"invoice:{n}", side=1) if n % 2 else Sub("cogs", c), 300, 300),
                    Line(sales_account._replace(unit=c), -200, -200), Line(bank._replace(unit=c), -100, -100),
                ),
            )
            for n in range(entries)
        ]  # fmt: skip
    before = copying.marks(company)
    began = time.perf_counter()
    with work(company, ACTOR) as ctx:
        ledger.post(ctx, made)
    seconds = time.perf_counter() - began
    copied = copying.copy_again(company, before)
    return {
        "entries": entries, "seconds": _round(seconds), "copy_seconds": _round(copied.seconds), "rows": copied.rows,
        "times_the_copy": round(seconds / copied.seconds, 2), "limit": 5,
    }  # fmt: skip


def order_to_cash(**_: Any) -> dict[str, Any]:
    """Order to cash, a transaction a step, one client: statements and time with 5 and with 50 lines."""
    shop = Shop()
    rnd = random.Random(1)  # noqa: S311
    facts: dict[str, Any] = {}
    for lines, repeats in ((5, 40), (50, 10)):
        for step in shop.steps(rnd, 1, lines):
            step()
        with counted() as seen:
            for step in shop.steps(rnd, 1, lines):
                step()
        times = []
        for _n in range(repeats):
            began = time.perf_counter()
            for step in shop.steps(rnd, 1, lines):
                step()
            times.append(time.perf_counter() - began)
        facts |= {
            f"statements_{lines}_lines": len(seen),
            f"ms_{lines}_lines": round(statistics.median(times) * 1000, 2),
        }
        facts[f"orders_per_second_{lines}_lines"] = round(1 / statistics.median(times), 1)
    return facts | {"limit_statements": 60}


def batch(*, orders: int, **_: Any) -> dict[str, Any]:
    """The same, many orders a batch, beside COPY of the rows it left."""
    shop = Shop()
    rnd = random.Random(1)  # noqa: S311
    for step in shop.steps(rnd, 20, 5):
        step()
    before = copying.marks(shop.company)
    began = time.perf_counter()
    for step in shop.steps(rnd, orders, 5):
        step()
    seconds = time.perf_counter() - began
    copied = copying.copy_again(shop.company, before)
    return {
        "orders": orders, "seconds": _round(seconds), "ms_per_order": round(seconds / orders * 1000, 3),
        "orders_per_second": round(orders / seconds, 1), "copy_seconds": _round(copied.seconds), "rows": copied.rows,
        "times_the_copy": round(seconds / copied.seconds, 2), "limit": 8,
    }  # fmt: skip


def reports(**_: Any) -> dict[str, Any]:
    """Trial balance and stock with 10,000 entries not rolled up, at one size and at ten times it, equal to a full scan."""
    small, large = (_reporting(size) for size in (10_000, 100_000))
    return {
        "entries": (small["entries"], large["entries"]), "trial_balance_ms": (small["trial"], large["trial"]),
        "stock_ms": (small["stock"], large["stock"]), "trial_balance_grows": round(large["trial"] / small["trial"], 2),
        "stock_grows": round(large["stock"] / small["stock"], 2), "equal_to_a_full_scan": small["equal"] and large["equal"], "limit": 1.5,
    }  # fmt: skip


def _reporting(rolled: int) -> dict[str, Any]:
    shop = Shop(items=200)
    rnd = random.Random(2)  # noqa: S311
    facts = rows.execute(
        "SELECT unit_id FROM catalog_item WHERE company_id = %s ORDER BY id", [shop.company], using="owner"
    )
    units = [unit for (unit,) in facts]
    with shop.work() as ctx:
        place = rows.execute(
            "SELECT id FROM inventory_place WHERE code = 'MAIN' AND company_id = %s", [shop.company]
        )[0][0]

    def entries(count: int, tag: str) -> None:
        made = []
        for n in range(count):
            unit = rnd.choice(units)
            on = date(2026, 3, 2) + timedelta(days=rnd.randint(0, 250))
            made.append(
                Entry(
                    "sales", on, f"{tag}:{n}", "post",
                    (
                        Line(Sub("stock", unit, place=place, side=1), -1, -500), Line(Sub("customer_goods", unit, party=1), 1, 0),
                        Line(Sub("cogs", ctx.currency), 500, 500),
                        Line(Sub("receivable", ctx.currency, 1, f"invoice:{tag}{n}", side=1), 900, 900), Line(Sub("sales", ctx.currency), -900, -900),
                    ),
                )
            )  # fmt: skip
        with shop.work() as inner:
            ledger.post(inner, made)

    for n in range(0, rolled, 10_000):
        entries(min(10_000, rolled - n), f"r{n}")
    with shop.work():
        ledger.rollup()
    entries(10_000, "queue")
    connections["owner"].cursor().execute("VACUUM ANALYZE")
    times: dict[str, list[float]] = {"trial": [], "stock": []}
    with shop.work() as ctx:
        for _ in range(12):
            for name, ask in (("trial", lambda: trial_balance(ctx, date.max)), ("stock", lambda: stock(ctx))):
                began = time.perf_counter()
                ask()
                times[name].append(time.perf_counter() - began)
        sums = {r.account: r.balance for r in trial_balance(ctx, date.max).rows}
        scan = dict(
            rows.execute(
                "SELECT a.code, sum(p.value)::bigint FROM posting p JOIN subaccount s ON s.id = p.subaccount_id"
                " JOIN account a ON a.id = s.account_id WHERE p.company_id = %s AND a.type <> 'memo' GROUP BY 1",
                [shop.company],
            )
        )
        counted_stock = {r.item: r.quantity for r in stock(ctx)}
        scanned = dict(
            rows.execute(
                "SELECT u.code, sum(p.amount)::bigint FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN unit u ON u.id = s.unit_id"
                " JOIN account a ON a.id = s.account_id WHERE p.company_id = %s AND a.role = 'stock' GROUP BY 1",
                [shop.company],
            )
        )
    return {
        "entries": rolled + 10_000, "equal": sums == scan and counted_stock == scanned,
        "trial": round(min(times["trial"]) * 1000, 2), "stock": round(min(times["stock"]) * 1000, 2),
    }  # fmt: skip


def clients(**_: Any) -> dict[str, Any]:
    """Order to cash by 1, 4 and 16 clients on 500 and on 5 items."""
    shop = Shop()
    facts: dict[str, Any] = {}
    for items in (500, 5):
        for count in (1, 4, 16):
            done, errors, seconds = _clients(shop, count, items)
            facts[f"{count}_clients_{items}_items"] = {
                "orders_per_second": round(done / seconds, 1),
                "errors": errors,
            }
    return facts


def _clients(shop: Shop, count: int, items: int, orders: int = 48) -> tuple[int, int, float]:
    errors: list[str] = []
    gate = threading.Barrier(count + 1)

    def client(n: int) -> None:
        rnd = random.Random(n)  # noqa: S311
        gate.wait()
        try:
            for _ in range(orders // count):
                for step in shop.steps(rnd, 1, 5, items):
                    step()
        except Exception as exc:
            errors.append(repr(exc))
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return orders // count * count, len(errors), time.perf_counter() - began


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "a": bulk,
    "b": order_to_cash,
    "c": batch,
    "d": reports,
    "e": clients,
}
