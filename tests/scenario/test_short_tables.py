"""What reports read instead of the history: each of its figures is that of a full scan, whatever days are asked for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations_with_replacement
from typing import Any

import psycopg
import pytest

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.accounting import cards
from backstay.domains.inventory import processes as inventory
from backstay.domains.invoicing import processes as invoicing
from backstay.domains.invoicing.processes import BillDraft, BillLineDraft, CreditDraft
from backstay.domains.invoicing.queries import aged, open_items, owed
from backstay.domains.sales import processes as sales
from backstay.interfaces import checks, reports
from backstay.interfaces.reports.shape import Asked
from backstay.ledger.posting import Sub
from backstay.platform import rows, tasks
from backstay.platform.turnover import KEYS, Scope, rollup, turnover
from tests.ledger_world import Books
from tests.trade import D, World

DAYS = [D, date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 15), date(2026, 5, 2)]
SPANS = [
    (a, b)
    for a, b in combinations_with_replacement(sorted({d + timedelta(n) for d in DAYS for n in (-1, 0)}), 2)
]
# As documents tell it themselves: on their day, and against it on the day of their reversal.
FULL = """
SELECT d.kind, d.id, d.party_id, coalesce(l.item_id, 0), w.day, w.way * {value}, w.way * {tax}
FROM {table} d JOIN {table}line l ON l.{key} = d.id CROSS JOIN LATERAL (
    SELECT d.{day} AS day, CASE WHEN d.kind IN ('credit_note', 'debit_note', 'return') THEN -1 ELSE 1 END AS way
    UNION ALL
    SELECT max(e.posted_on), CASE WHEN d.kind IN ('credit_note', 'debit_note', 'return') THEN 1 ELSE -1 END FROM entry e
    WHERE e.source = '{source}:' || d.id AND e.event LIKE 'reverse%%' AND d.state = 'reversed' HAVING count(*) > 0) w
WHERE d.company_id = %s AND d.state <> 'draft' AND d.kind IN ('invoice', 'credit_note', 'bill', 'debit_note', 'sale', 'return')
"""
TABLES = {
    "invoicing.invoice": {"table": "invoicing_invoice", "key": "invoice_id", "day": "issued_on", "value": "l.net", "tax": "l.tax"},
    "invoicing.bill": {"table": "invoicing_bill", "key": "bill_id", "day": "issued_on", "value": "l.net", "tax": "l.tax"},
    "inventory.shipment": {"table": "inventory_shipment", "key": "shipment_id", "day": "moved_on", "value": "l.value", "tax": "0"},
    "inventory.receipt": {"table": "inventory_receipt", "key": "receipt_id", "day": "moved_on", "value": "l.value", "tax": "0"},
}  # fmt: skip


def _sold(world: World, ctx: Ctx, on: date, lines: dict[str, int], customer: str = "C1") -> Any:
    order = world.order(ctx, lines, customer, on=on)
    sales.confirm_orders(ctx, [order])
    shipped = sales.ship_orders(ctx, [sales.ShipDraft(order, on)])[0]
    return sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, on)])[0], shipped


@pytest.fixture
def traded(world: World) -> World:
    """Sold, credited, paid in part and on account, billed, shipped for nothing and taken back, reversed later or the same day."""
    with world.work() as ctx:
        world.receive(ctx, "A", 40, 24000)
        world.receive(ctx, "B", 40, 13333)
        first, _ = _sold(world, ctx, DAYS[0], {"A": 3, "B": 2, "SRV": 1})
        world.pay(ctx, 10000, f"invoice:{first.id}", on=DAYS[1])
        lost, _ = _sold(world, ctx, DAYS[1], {"A": 1}, "C2")
        gone, _ = _sold(world, ctx, DAYS[2], {"B": 7}, "C2")
        _sold(world, ctx, DAYS[3], {"B": 1, "A": 1}, "C2")
        line = rows.execute("SELECT min(id) FROM invoicing_invoiceline WHERE invoice_id = %s", [first.id])[0][
            0
        ]
        invoicing.credit_invoices(ctx, [CreditDraft(first.id, DAYS[3], ((line, Decimal(1)),))])
        invoicing.reverse_invoices(ctx, [lost.id], DAYS[4])
        invoicing.reverse_invoices(ctx, [gone.id], DAYS[2])
        moved = [world.issue(ctx, "A", n, on=day).id for n, day in enumerate(DAYS[:3], 1)]
        inventory.reverse_movements(ctx, "inventory.shipment", moved[1:2], DAYS[3])
        world.pay(ctx, 7000, party="C2", on=DAYS[2])
        bill = BillLineDraft("Paper", Decimal(1), Decimal("50"), account="expense")
        invoicing.enter_bills(
            ctx, [BillDraft(world.parties["S1"], f"P{n}", day, (bill,)) for n, day in enumerate(DAYS)]
        )
    return world


def _scanned(
    ctx: Ctx, kinds: tuple[str, ...], by: str, since: date, until: date
) -> dict[Any, tuple[int, int]]:
    """Sums by key of every document there is."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for source in kinds:
        for _kind, ident, party, item, day, value, tax in rows.execute(
            FULL.format(source=source, **TABLES[source]), [ctx.company]
        ):
            if since <= day <= until:
                key = {
                    "party": party,
                    "item": item,
                    "month": day.year * 12 + day.month - 1,
                    "document": (ident, day),
                }[by]
                found[key][0] += value
                found[key][1] += tax
    return {key: (value, tax) for key, (value, tax) in found.items()}


@pytest.mark.parametrize("rolled", [False, True, None], ids=["waiting", "rolled up", "half of each"])
def test_turnover_is_that_of_the_documents(traded: World, rolled: bool | None) -> None:
    """By party, item, month and document, over every span of days; a page is a part of it, its sums are of all."""
    costs = ("inventory.shipment", "inventory.receipt")
    if rolled is not False:
        with traded.work():
            rollup()
    with traded.work() as ctx:
        late, _ = _sold(traded, ctx, DAYS[1], {"A": 1, "SRV": 2}, "C2")
        invoicing.reverse_invoices(ctx, [late.id], DAYS[2])
        _sold(traded, ctx, DAYS[0], {"B": 2})
        if rolled:
            rollup()
        assert [*_waiting(ctx)] == [] if rolled else [*_waiting(ctx)]
    with traded.work() as ctx:
        for since, until in [*SPANS, (date(2026, 1, 1), date(2026, 12, 31))]:
            for by in KEYS:
                for kind in ("invoicing.invoice", "invoicing.bill"):
                    found = turnover(ctx, Scope((kind,), [(since, until)]), by)
                    told = {
                        (r.key, r.on) if by == "document" else r.key: (r.value, r.tax) for r in found.rows
                    }
                    assert told == _scanned(ctx, (kind,), by, since, until), (kind, by, since, until)
                    assert sum(v for v, _ in told.values()) == (found.sums[1].value if told else 0)
                    assert found.count == len(told)
                    page = turnover(ctx, Scope((kind,), [(since, until)]), by, limit=2, skip=1)
                    assert (page.rows, page.sums, page.count) == (found.rows[1:3], found.sums, found.count)
            cost = turnover(ctx, Scope((), [(since, until)], costs), "item")
            assert {r.key: r.cost for r in cost.rows} == {
                k: v for k, (v, _) in _scanned(ctx, costs, "item", since, until).items()
            }
        assert turnover(ctx, Scope(("invoicing.invoice",), [SPANS[-1], (D, D)], main=2), "item").sums[2].value
        assert [*checks.turnover(ctx), *checks.turnover_summed(ctx), *checks.items_due(ctx)] == []


def _waiting(ctx: Ctx) -> list[Any]:
    return rows.execute("SELECT document_id FROM platform_turnover_new WHERE company_id = %s", [ctx.company])


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE platform_turnover_sum SET value = value + 1 WHERE company_id = {0} AND by = 'item' AND unit = 'year'",
        "UPDATE platform_turnover_sum SET tax = tax - 1 WHERE company_id = {0} AND by = '' AND unit = 'month'",
        "DELETE FROM platform_turnover_sum WHERE company_id = {0} AND by = 'party' AND unit = 'ten'",
        "DELETE FROM platform_turnover_new WHERE company_id = {0}",
        "INSERT INTO platform_turnover_new SELECT * FROM platform_turnover WHERE company_id = {0}",
    ],
)
def test_a_wrong_sum_of_turnover_is_found_and_made_again(
    traded: World, owner: psycopg.Connection[Any], planted: str
) -> None:
    """platform.turnover_sum, for the owner's raw SQL; resum_turnover() makes all sums again from the rows."""
    with traded.work() as ctx:
        rollup()
        _sold(traded, ctx, DAYS[3], {"A": 1})

    def wrong() -> list[str]:
        with traded.work() as ctx:
            return [c.code for c in ledger.verify(ctx) if not c.ok]

    assert wrong() == []
    owner.execute(planted.format(traded.company))
    assert wrong() == ["platform.turnover_sum"]
    owner.execute("SELECT resum_turnover()")
    assert wrong() == []


def test_who_posts_and_who_sums_do_not_wait_for_each_other(
    traded: World, owner: psycopg.Connection[Any]
) -> None:
    """What is not committed yet stays for later; while sums are being made, documents are posted and nobody else sums."""
    owner.execute("SET lock_timeout = '5s'")
    with traded.work() as ctx:
        _sold(traded, ctx, DAYS[0], {"A": 1})
        assert owner.execute("SELECT rollup_turnover()").fetchone() != (0,)
    with owner.transaction():
        assert owner.execute("SELECT rollup_turnover()").fetchone() != (0,)
        with traded.work() as ctx:
            rows.execute("SET LOCAL lock_timeout = '5s'")
            _sold(traded, ctx, DAYS[0], {"A": 1})
            assert rollup() == 0
    with traded.work() as ctx:
        assert _waiting(ctx)
        assert [*checks.turnover(ctx), *checks.turnover_summed(ctx)] == []


def test_each_minute_sums_what_was_posted(traded: World) -> None:
    """Turnover waits until the job of every minute takes it into the sums."""
    with traded.work() as ctx:
        assert _waiting(ctx)
    tasks.every_minute(0)
    with traded.work() as ctx:
        assert not _waiting(ctx)
        assert [*checks.turnover_summed(ctx)] == []


def test_a_reversed_shipment_costs_nothing(traded: World) -> None:
    """The margin of its month has its cost (12.00), that of the reversal takes it off again."""
    with traded.work() as ctx:
        march, april = (
            reports.make(ctx, "margin", Asked(b, a, b, by="month"))
            for a, b in ((D, DAYS[1]), (DAYS[2], date(2026, 4, 30)))
        )
        assert (march.facts["cost"], april.facts["cost"]) == ("48.67", "38.66")


def test_what_is_open_by_party_is_what_is_open(traded: World) -> None:
    """By age and in one sum, as it stands and at the end of any day; pages have the sums of all."""
    with traded.work() as ctx:
        for at in DAYS:
            for day in (None, at):
                told: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
                labels = ("not due", "1–30", "31–60", "61–90", "over 90")
                net: dict[int, int] = defaultdict(int)
                for side, sign in (("receivable", 1), ("payable", -1)):
                    told.clear()
                    for x in open_items(ctx, side, day):
                        told[x.party_id][labels.index(x.bucket(at))] += x.amount
                        net[x.party_id] += sign * x.amount
                    found = aged(ctx, side, at, day is None)
                    assert {a.party_id: list(a.buckets) for a in found.rows} == told, (side, day)
                    assert (
                        found.sums.buckets == tuple(sum(b) for b in zip(*told.values(), strict=True))
                        or not told
                    )
                    page = aged(ctx, side, at, day is None, limit=1, skip=1)
                    assert (page.rows, page.sums) == (found.rows[1:2], found.sums)
                parties, total, count = owed(ctx, at, day is None, 100, 0)
                assert {party: steps for party, _name, steps in parties} == net
                assert (total, count) == (sum(net.values()), len(net))


def test_a_statement_closes_with_what_stands(traded: World) -> None:
    """What the live rows of a party hold, of its open items and of what bears none, is the sum of all its postings."""
    with traded.work() as ctx:
        sides = tuple(a for a, in rows.execute(
            "SELECT id FROM account WHERE company_id = %s AND role IN ('receivable', 'payable') ORDER BY id", [ctx.company]
        ))  # fmt: skip
        year = (D, date(2026, 12, 31))
        closed = [
            cards.moves_of_party(ctx, cards.Card(sides, traded.parties[c]), *year, limit=1)[1]
            for c in ("C1", "C2", "S1")
        ]
        assert closed == [
            (0, sum(m.steps for m in cards.moves(ctx, cards.Card(sides, traded.parties[c]), *year)))
            for c in ("C1", "C2", "S1")
        ]
        assert (0, 0) not in closed
        for party in traded.parties.values():
            for since, until in SPANS:
                card = cards.Card(sides, party)
                page, sums = cards.moves_of_party(ctx, card, since, until, limit=1)
                assert page == cards.moves(ctx, card, since, until, limit=1)
                ends = [cards.opening_of(ctx, card, day) for day in (since, until + timedelta(days=1))]
                assert list(sums) == ends if sums else ends[0] == ends[1], (party, since, until)


def test_open_items_know_their_documents(traded: World, owner: psycopg.Connection[Any]) -> None:
    """Each its own, on its own side; another one is found by the checks."""
    with traded.work() as ctx:
        named = rows.execute(
            "SELECT item, document_id FROM open_item WHERE company_id = %s AND item <> ''", [ctx.company]
        )
        assert {item.partition(":")[0] for item, _ in named} == {"invoice", "bill", "payment"}
        of = {item: f"{item.partition(':')[0]}:{document}" for item, document in named if document}
        assert [*of] == [*of.values()] == [item for item, _ in named if not item.startswith("payment:")]
        assert [*checks.items_due(ctx)] == []
    owner.execute(
        "UPDATE open_item SET document_id = document_id + 1 WHERE company_id = %s AND item LIKE 'bill:%%'",
        [traded.company],
    )
    with traded.work() as ctx:
        assert len([*checks.items_due(ctx)]) == len([1 for item, _ in named if item.startswith("bill:")])


@pytest.mark.parametrize("rolled", [False, True, None], ids=["waiting", "rolled up", "half of each"])
def test_cash_is_that_of_the_postings(
    books: Books, owner: psycopg.Connection[Any], rolled: bool | None
) -> None:
    """By account and by entry, before the roll-up, after it, and between."""
    owner.execute(
        "UPDATE account SET cash_flow = 'cash' WHERE company_id = %s AND role IN ('bank', 'cash')",
        [books.company],
    )
    made = []
    for n, day in enumerate(DAYS, 1):
        made.append(
            books.post(
                ("bank", 100 * n, 100 * n), ("sales", -90 * n, -90 * n), ("tax", -10 * n, -10 * n), on=day
            ).id
        )
        books.post(("cash", 50, 50), ("bank", -50, -50), on=day)
        books.post(("cogs", 7, 7), ("tax", -7, -7), on=day)
    if rolled is not False:
        with books.work():
            ledger.rollup()
    with books.work() as ctx:
        ledger.reverse(ctx, [made[1]], DAYS[-1], ["r:1"])
    if rolled:
        with books.work():
            ledger.rollup()
    sql = """SELECT p.entry_id, p.posted_on, s.account_id, -p.value FROM posting p JOIN subaccount s ON s.id = p.subaccount_id
        JOIN account a ON a.id = s.account_id WHERE p.company_id = %s AND a.cash_flow <> 'cash' AND EXISTS (
        SELECT FROM posting q JOIN subaccount r ON r.id = q.subaccount_id JOIN account c ON c.id = r.account_id
        WHERE q.entry_id = p.entry_id AND c.cash_flow = 'cash') ORDER BY p.posted_on, p.entry_id"""
    with books.work() as ctx:
        every = rows.execute(sql, [ctx.company])
        found = cards.cash_moves(ctx, SPANS)
        for (since, until), told in zip(SPANS, found, strict=True):
            sums: dict[int, int] = defaultdict(int)
            for _entry, day, account, value in every:
                if since <= day <= until:
                    sums[account] += value
            assert told == sums, (since, until)
            for account in sums:
                listed = [(m.entry, m.steps) for m in cards.cash_entries(ctx, account, since, until)]
                assert listed == [(e, v) for e, d, a, v in every if a == account and since <= d <= until]
                page = cards.cash_entries(ctx, account, since, until, limit=2)
                on = page[-1]
                rest = cards.cash_entries(ctx, account, since, until, (on.on, on.entry, 0))
                assert [(m.entry, m.steps) for m in [*page, *rest]] == listed
        assert [c for c in ledger.verify(ctx) if c.code == "ledger.cash" and not c.ok] == []


def test_whether_an_account_is_cash_is_fixed_in_use(books: Books, owner: psycopg.Connection[Any]) -> None:
    """It may be said before the first posting, never after: what was summed by it would be wrong."""
    change = "UPDATE account SET cash_flow = %s WHERE company_id = %s AND role = 'bank'"
    owner.execute(change, ["cash", books.company])
    books.post(("bank", 5, 5), ("sales", -5, -5))
    for told in ("", "financing"):
        with pytest.raises(psycopg.Error, match="whether it is cash is fixed"):
            owner.execute(change, [told, books.company])
    owner.execute(
        "UPDATE account SET cash_flow = 'investing' WHERE company_id = %s AND role = 'sales'", [books.company]
    )


def test_open_amounts_move_with_their_items(books: Books) -> None:
    """Paid in part, an item has less open; the list says how much."""
    item = Sub("receivable", books.currency, party=7, item="invoice:1", side=1)
    books.post((item, 1000, 1000), ("sales", -1000, -1000))
    for paid, left in ((400, 600), (100, 500)):
        books.post((item, -paid, -paid), ("bank", paid, paid))
        with books.work() as ctx:
            assert rows.execute("SELECT amount FROM open_item WHERE company_id = %s", [ctx.company]) == [
                (left,)
            ]
    with pytest.raises(Refusal):
        books.post((item, -501, -501), ("bank", 501, 501))
