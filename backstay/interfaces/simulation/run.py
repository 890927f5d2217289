"""Let the company trade, day by day, through the real processes, a batch per kind and day."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from backstay import ledger
from backstay.base.context import Ctx
from backstay.domains.accounting.processes import (
    JournalDraft,
    JournalLineDraft,
    close_periods,
    create_company,
    post_journal,
)
from backstay.domains.banking.processes import PaymentDraft, PaymentLineDraft, record_payments
from backstay.domains.banking.queries import bank_account
from backstay.domains.catalog.processes import ItemDraft, create_categories, create_items
from backstay.domains.invoicing.processes import set_credit_limits
from backstay.domains.parties.processes import AddressDraft, PartyDraft, create_parties
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.purchasing import queries as purchasing_queries
from backstay.domains.sales import processes as sales
from backstay.domains.sales import queries as sales_queries
from backstay.interfaces.simulation import names, plan
from backstay.interfaces.simulation.plan import Agenda, Good, Result, Shelf, orders_per_day, pay_delay
from backstay.platform import turnover
from backstay.platform.context import work

ACTOR = "system:demo"
PRACTICE = {"practice": True, "match_price": "5", "address": ["12 Quay Street", "1000 Port Merrow"]}
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class World:
    """The company while it trades."""

    company: int
    rnd: random.Random
    bank: int
    goods: list[Good]
    customers: list[int]
    result: Result
    agenda: Agenda = field(default_factory=Agenda)
    shelves: dict[int, Shelf] = field(default_factory=dict)
    terms: dict[int, int] = field(default_factory=dict)
    monthly: float = 0.0  # pieces sold in a month, about

    def work(self):  # type: ignore[no-untyped-def]
        """A transaction of the company."""
        return work(self.company, ACTOR, "simulation")


def simulate(
    *, orders: int, seed: int, days: int, start: date = date(2026, 1, 1), items: int = 200, customers: int = 300,
    suppliers: int = 40, name: str = names.COMPANY, user: int | None = None, company: int | None = None,
    progress: Progress | None = None, settle: bool = True,
) -> Result:  # fmt: skip
    """Make the company (or fill an empty one: ``company``) and let it take ``orders`` orders over ``days`` days, then settle what is under way (``settle``),
    or stop amid the work of the last day.

    Same arguments, same books: every figure, date and number.
    """
    if company is None:
        years = (start + timedelta(days=days + 250)).year - start.year + 1
        company = create_company(
            name, "EUR", actor=ACTOR, country="NL", first_year=start.year, years=years, user=user, settings=PRACTICE,
        )  # fmt: skip
    limit = 5_000_000 * max(1, orders // 3000)
    world = _make(company, seed, start, items, customers, suppliers, limit)
    world.monthly = orders / days * 30 * 11
    _first_stock(world, start)
    counts = orders_per_day(orders, start, days)
    done, day = 0, start
    while done < orders or (settle and world.agenda.days):
        n = (day - start).days
        late = sum(counts[: n + 1]) - done  # what found empty shelves asks again
        done += _work_day(world, day, late)
        if progress:
            progress(done, orders)
        if (day + timedelta(days=1)).day == 1:
            rollup_now(world)
        world.result.last_day = day
        day += timedelta(days=1)
    rollup_now(world)
    return world.result


def rollup_now(world: World) -> None:
    """Move what was posted into the summaries."""
    with world.work():
        ledger.rollup()
        turnover.rollup()


def _make(
    company: int, seed: int, start: date, items: int, customers: int, suppliers: int, limit: int
) -> World:
    rnd = random.Random(seed)  # noqa: S311
    with work(company, ACTOR, "simulation") as ctx:
        buyers = create_parties(
            ctx, [_customer(rnd, n, text) for n, text in enumerate(names.customers(customers), 1)]
        )
        sellers = create_parties(
            ctx, [_supplier(n, text) for n, text in enumerate(names.suppliers(suppliers), 1)]
        )
        goods = _goods(ctx, rnd, items, sellers)
        bank = bank_account(ctx)
        set_credit_limits(ctx, dict.fromkeys(buyers[: len(buyers) // 20], limit))
        capital = 25_000_000
        post_journal(
            ctx,
            [
                JournalDraft(
                    start,
                    (
                        JournalLineDraft("bank", capital, item=f"bank:{bank}"),
                        JournalLineDraft("capital", -capital),
                    ),
                    "Capital paid in",
                )
            ],
        )
    world = World(company, rnd, bank, goods, buyers, Result(company))
    world.terms = {party: (30, 14, 30, 7)[n % 4] for n, party in enumerate(buyers)}
    world.shelves = {g.id: Shelf() for g in goods}
    return world


def _customer(rnd: random.Random, n: int, name: str) -> PartyDraft:
    address = AddressDraft(
        f"{rnd.randint(1, 99)} {rnd.choice(names.STREETS)}", rnd.choice(names.TOWNS), f"{1000 + n}", "NL"
    )
    return PartyDraft(
        name, ("customer",), code=f"C{n:04d}", addresses=(address,), email=f"c{n:04d}@customers.example"
    )


def _supplier(n: int, name: str) -> PartyDraft:
    return PartyDraft(name, ("supplier",), code=f"S{n:03d}", email=f"s{n:03d}@suppliers.example")


def _goods(ctx: Ctx, rnd: random.Random, count: int, sellers: list[int]) -> list[Good]:
    chosen = names.items(count)
    labels = list(dict.fromkeys(r.category for r, _ in chosen))
    categories = dict(zip(labels, create_categories(ctx, labels), strict=True))
    prices = [rnd.randint(*r.price) // 5 * 5 for r, _ in chosen]
    costs = [price * rnd.randint(45, 65) // 100 for price in prices]
    ids = create_items(
        ctx,
        [
            ItemDraft(
                f"{r.category[:2].upper()}{n:04d}", text, category=categories[r.category], sales_price=Decimal(price) / 100,
                purchase_price=Decimal(cost) / 100, tax_class=r.tax_class,
            )
            for n, ((r, text), price, cost) in enumerate(zip(chosen, prices, costs, strict=True), 1)
        ],
    )  # fmt: skip
    return [
        Good(i, r, price, cost, sellers[n % len(sellers)], rnd.paretovariate(1.3))
        for n, (i, (r, _), price, cost) in enumerate(zip(ids, chosen, prices, costs, strict=True))
    ]


def _first_stock(world: World, day: date) -> None:
    """Buy the first stock of everything, received at once, billed and paid like any other."""
    total = sum(good.weight for good in world.goods)
    for good in world.goods:
        shelf = world.shelves[good.id]
        shelf.lot = max(8, round(world.monthly * good.weight / total * 1.5))
        shelf.reorder = max(4, shelf.lot // 2)
    _order_goods(world, day, world.goods, delay=0)
    due = world.agenda.take(day)
    with world.work() as ctx:
        _receive(world, ctx, day, due.get("receive", []))


def _order_goods(world: World, day: date, goods: list[Good], delay: int | None = None) -> None:
    """One order per supplier for what runs short."""
    by_supplier: dict[int, list[Good]] = {}
    for good in goods:
        by_supplier.setdefault(good.supplier, []).append(good)
    drafts = [
        purchasing.OrderDraft(
            supplier,
            day,
            tuple(purchasing.OrderLineDraft(g.id, Decimal(world.shelves[g.id].lot)) for g in mine),
        )
        for supplier, mine in by_supplier.items()
    ]
    with world.work() as ctx:
        ids = purchasing.create_orders(ctx, drafts)
        purchasing.confirm_orders(ctx, ids)
    for order, mine in zip(ids, by_supplier.values(), strict=True):
        world.result.purchases += 1
        for g in mine:
            world.shelves[g.id].coming += world.shelves[g.id].lot
        later = delay if delay is not None else world.rnd.randint(3, 12)
        world.agenda.add(
            day + timedelta(days=later), "receive", order, delay is None and world.rnd.random() < 0.15
        )


def _receive(world: World, ctx: Ctx, day: date, due: list[tuple]) -> None:
    """Take in what arrives, sometimes only a part first; the bill follows."""
    if not due:
        return
    lines = purchasing_queries.open_lines(ctx, [order for order, _ in due])
    drafts = []
    for order, partial in due:
        mine = [x for x in lines if x.order_id == order and x.left > 0]
        wanted = tuple((x.id, max(1, x.left * 6 // 10) if partial else x.left) for x in mine)
        drafts.append(purchasing.ReceiveDraft(order, day, wanted))
        arrived = {x.id: x.item_id for x in mine}
        for line, steps in wanted:
            shelf = world.shelves[arrived[line]]
            shelf.free += steps
            shelf.coming -= steps
        if partial:
            world.agenda.add(day + timedelta(days=world.rnd.randint(2, 6)), "receive", order, False)
        world.agenda.add(day + timedelta(days=world.rnd.randint(1, 5)), "bill", order)
    purchasing.receive_orders(ctx, drafts)


def _work_day(world: World, day: date, new: int) -> int:
    """What is due on a day; returns how many of the new orders were taken."""
    due = world.agenda.take(day)
    with world.work() as ctx:
        _receive(world, ctx, day, due.get("receive", []))
        _bill(world, ctx, day, due.get("bill", []))
    taken = _sell(world, day, new)
    with world.work() as ctx:
        _cancel(world, ctx, due.get("cancel", []))
        _ship(world, ctx, day, due.get("ship", []))
        _invoice(world, ctx, day, due.get("invoice", []))
        _take_back(world, ctx, day, due.get("return", []))
        _pay(world, ctx, day, due.get("pay", []), due.get("pay_supplier", []))
    short = [g for g in world.goods if (s := world.shelves[g.id]).free + s.coming < s.reorder]
    if short and day.weekday() < 5 and new:
        _order_goods(world, day, short)
    if day.day == 20:
        with world.work() as ctx:
            close_periods(ctx, date(day.year, day.month, 1) - timedelta(days=62))
    return taken


def _bill(world: World, ctx: Ctx, day: date, due: list[tuple]) -> None:
    orders = list(dict.fromkeys(order for (order,) in due))
    lines = purchasing_queries.open_lines(ctx, orders)
    drafts = []
    for order in orders:
        mine = [x for x in lines if x.order_id == order and x.received > x.billed]
        dearer = world.rnd.random() < 0.08
        wanted = tuple(
            (
                x.id,
                x.received - x.billed,
                (x.unit_price * 103 / 100).quantize(Decimal("0.01")) if dearer else None,
            )
            for x in mine
        )
        if wanted:
            drafts.append(purchasing.OrderBillDraft(order, f"{order}-{day:%y%m%d}", day, wanted))
    for bill in purchasing.bill_orders(ctx, drafts):
        world.agenda.add(day + timedelta(days=30), "pay_supplier", bill.id, bill.gross)


def _sell(world: World, day: date, new: int) -> int:
    if not new:
        return 0
    rnd = world.rnd
    drafts, quantities = [], []
    weights = plan.wanted_in(world.goods, day.month)
    for _ in range(new):
        lines = plan.draw_lines(rnd, world.goods, world.shelves, weights)
        if not lines:
            continue
        party = world.customers[int(len(world.customers) * rnd.random() ** 2)]
        drafts.append(
            sales.QuotationDraft(
                party, day,
                tuple(sales.OrderLineDraft(g.id, Decimal(q), discount=Decimal(d) / 100) for g, q, d in lines),
            )
        )  # fmt: skip
        quantities.append({g.id: q for g, q, _ in lines})
    with world.work() as ctx:
        ids = sales.create_quotations(ctx, drafts)
        sales.confirm_orders(ctx, ids)
    world.result.orders += len(ids)
    for order, wanted in zip(ids, quantities, strict=True):
        if rnd.random() < 0.015:
            world.agenda.add(day + timedelta(days=1), "cancel", order, wanted)
        else:
            world.agenda.add(day + timedelta(days=rnd.randint(0, 6)), "ship", order, rnd.random() < 0.12)
    _today(world, day)
    return len(ids)


def _today(world: World, day: date) -> None:
    """What was planned for today while today goes on happens tomorrow."""
    for what in world.agenda.days.pop(day, []):
        world.agenda.add(day + timedelta(days=1), *what)


def _cancel(world: World, ctx: Ctx, due: list[tuple]) -> None:
    if not due:
        return
    sales.cancel_orders(ctx, [order for order, _ in due])
    for _, wanted in due:
        for item, quantity in wanted.items():
            world.shelves[item].free += quantity


def _ship(world: World, ctx: Ctx, day: date, due: list[tuple]) -> None:
    if not due:
        return
    lines = sales_queries.open_lines(ctx, [order for order, _ in due])
    drafts = []
    for order, partial in due:
        mine = [x for x in lines if x.order_id == order and x.left > 0]
        wanted = tuple((x.id, (x.left + 1) // 2 if partial else x.left) for x in mine)
        drafts.append(sales.ShipDraft(order, day, wanted))
        if partial and any(x.left > (x.left + 1) // 2 for x in mine):
            world.agenda.add(day + timedelta(days=world.rnd.randint(2, 7)), "ship", order, False)
        world.agenda.add(day + timedelta(days=world.rnd.randint(1, 2)), "invoice", order)
        if world.rnd.random() < 0.03:
            world.agenda.add(day + timedelta(days=world.rnd.randint(5, 14)), "return", order)
    world.result.shipments += len(sales.ship_orders(ctx, drafts))


def _invoice(world: World, ctx: Ctx, day: date, due: list[tuple]) -> None:
    orders = list(dict.fromkeys(order for (order,) in due))
    lines = sales_queries.open_lines(ctx, orders)
    ready = [o for o in orders if any(x.order_id == o and x.shipped > x.invoiced for x in lines)]
    parties = sales_queries.parties_of(ctx, ready)
    drafts = [
        sales.OrderInvoiceDraft(o, day, due_on=day + timedelta(days=world.terms[parties[o]])) for o in ready
    ]
    for order, issued in zip(ready, sales.invoice_orders(ctx, drafts), strict=True):
        world.result.invoices += 1
        party = parties[order]
        delay = pay_delay(world.rnd, world.terms[party])
        world.agenda.add(day + timedelta(days=delay), "pay", party, issued.id, world.rnd.random() < 0.03)


def _take_back(world: World, ctx: Ctx, day: date, due: list[tuple]) -> None:
    orders = list(dict.fromkeys(order for (order,) in due))
    lines = sales_queries.open_lines(ctx, orders)
    drafts = []
    for order in orders:
        mine = [x for x in lines if x.order_id == order and x.invoiced > x.returned]
        if not mine:
            continue
        line = world.rnd.choice(mine)
        quantity = world.rnd.randint(1, line.invoiced - line.returned)
        broken = world.rnd.random() < 0.25
        back = ((line.id, quantity),)
        parts = ((), back) if broken else (back, ())
        drafts.append(sales.ReturnDraft(order, day, *parts, reason="Sent back"))
        if not broken:
            world.shelves[line.item_id].free += quantity
    sales.return_goods(ctx, drafts)
    world.result.returns += len(drafts)


def _pay(world: World, ctx: Ctx, day: date, received: list[tuple], paid: list[tuple]) -> None:
    left = sales_queries.open_invoices(ctx, [invoice for _, invoice, _ in received])
    drafts = []
    for party, invoice, partial in received:
        amount = left.get(invoice, 0)
        if amount <= 0:
            continue
        if partial and amount > 1:
            amount //= 2
            world.agenda.add(day + timedelta(days=world.rnd.randint(10, 40)), "pay", party, invoice, False)
        line = PaymentLineDraft(f"invoice:{invoice}", amount)
        drafts.append(
            PaymentDraft("in", party, world.bank, amount, day, (line,), reference=f"invoice {invoice}")
        )
    suppliers = purchasing_queries.suppliers_of_bills(ctx, [bill for bill, _ in paid])
    for bill, gross in paid:
        line = PaymentLineDraft(f"bill:{bill}", gross)
        drafts.append(
            PaymentDraft("out", suppliers[bill], world.bank, gross, day, (line,), reference=f"bill {bill}")
        )
    world.result.payments += len(record_payments(ctx, drafts))
