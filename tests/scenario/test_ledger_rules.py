"""Every rule of the ledger, attempted through post(), by raw SQL of the run-time role, and by the owner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.ledger.posting import Entry, Line, Sub
from backstay.ledger.verify import size
from backstay.platform import rows
from backstay.platform.context import work
from tests.ledger_world import Books, D, make_books

TABLES = [
    "entry",
    "posting",
    "live",
    "hold",
    "hold_event",
    "guard",
    "guard_member",
    "balance",
    "account_balance",
    "account_day",
    "cash_day",
    "cash_entry",
    "open_item",
    "unsummed",
    "idempotency",
    "subaccount",
    "period",
    "period_event",
]


def refused(code: str, attempt: Callable[[], Any]) -> Refusal:
    """The attempt is refused by this rule."""
    with pytest.raises(Refusal) as caught:
        attempt()
    assert caught.value.code == code, caught.value
    return caught.value


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def stocked(books: Books, quantity: int = 10, value: int = 6000, on: date = D) -> None:
    books.post(("stock", quantity, value), ("away", -quantity, 0), ("bank", -value, -value), on=on)


# ---- one attempt a rule, through post() ----

ATTEMPTS: list[tuple[str, str, list[tuple[Any, int, int]]]] = [
    ("values off by a cent", "ledger.value_balance", [("bank", 500, 500), ("sales", -499, -499)]),
    ("10 out, 9 in", "ledger.unit_conservation", [("stock", 10, 50), ("away", -9, 0), ("bank", -50, -50)]),
    ("goods from nowhere", "ledger.unit_conservation", [("stock", 1, 5), ("bank", -5, -5)]),
    ("goods swapped for other goods", "ledger.unit_conservation", [("stock", -1, -5), ("stockB", 1, 5)]),
    ("EUR 100.00 worth 99.99", "ledger.company_currency", [("bank", 10000, 9999), ("sales", -9999, -9999)]),
    ("a memo account with a value", "ledger.memo_value", [("away", 1, 5), ("stock", -1, -5)]),
    ("a memo base with a value", "ledger.memo_value", [("base", 5, 5), ("sales", -5, -5)]),
    ("a line that moves nothing", "ledger.empty_posting", [("bank", 5, 5), ("sales", -5, -5), ("tax", 0, 0)]),
    ("one line alone", "ledger.value_balance", [("bank", 5, 5)]),
    ("one memo line alone", "ledger.whole_entry", [("base", 5, 0)]),
    ("more than there is", "ledger.guard", [("stock", -11, -6600), ("away", 11, 0), ("cogs", 6600, 6600)]),
    ("the last piece leaves, value stays", "ledger.zero_together", [("stock", -10, -5999), ("away", 10, 0), ("cogs", 5999, 5999)]),
    ("3 pieces worth less than nothing", "ledger.value_sign", [("stock", -7, -6100), ("away", 7, 0), ("cogs", 6100, 6100)]),
    ("pay more than is open", "ledger.guard", [("bank", 121001, 121001), ("item", -121001, -121001)]),
    ("the cash box below 0", "ledger.guard", [("cash", -1, -1), ("bank", 1, 1)]),
    ("a figure that would overflow sums", "ledger.size", [("bank", 2**62, 2**62), ("sales", -(2**62), -(2**62))]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code", "lines"), ATTEMPTS, ids=[a[0] for a in ATTEMPTS])
def test_refused_by_post(books: Books, what: str, code: str, lines: list[tuple[Any, int, int]]) -> None:
    """POSTINGS §36; nothing is stored."""
    stocked(books)
    books.post(("item", 121000, 121000), ("sales", -121000, -121000))
    with books.work() as ctx:
        before = size(ctx)
    refused(code, lambda: books.post(*lines))
    with books.work() as ctx:
        assert size(ctx) == before


def test_the_refusal_names_what_is_free_and_who_holds(books: Books) -> None:
    """ledger.guard with holds: ship 91 of 100 with 10 held by another order."""
    stocked(books, 100, 60000)
    with books.work() as ctx:
        ledger.reserve(ctx, [ledger.Want(10, in_an_hour(), "sales.order:7", books.subs["stock"])])
    said = refused(
        "ledger.guard", lambda: books.post(("stock", -91, -54600), ("away", 91, 0), ("cogs", 54600, 54600))
    )
    assert "91 wanted, 90 free" in said.message
    assert "sales.order:7" in said.message


def test_shape_of_accounts(books: Books, owner: psycopg.Connection[Any]) -> None:
    """ledger.account_shape: wrong unit, missing parts, headings."""
    e = books.currency
    with books.work() as ctx:
        before = size(ctx)
    cases = [
        Sub("stock", e, place=1),
        Sub("receivable", e, side=1),
        Sub("receivable", e, party=7, item="x"),
        Sub("bank", books.units["A"]),
    ]
    for sub in cases:
        refused("ledger.account_shape", lambda sub=sub: books.post((sub, 5, 5), ("sales", -5, -5)))
    owner.execute(
        "UPDATE account SET postable = false WHERE company_id = %s AND role = 'tax'", [books.company]
    )
    refused("ledger.account_shape", lambda: books.post(("tax", 5, 5), ("sales", -5, -5)))
    with books.work() as ctx:
        assert size(ctx) == before, "nothing of it is stored"
    owner.execute(
        "UPDATE account SET postable = true WHERE company_id = %s AND role = 'tax'", [books.company]
    )
    assert books.post(("tax", 5, 5), ("sales", -5, -5)).id, "its shape was what was wrong"


def test_companies_are_apart(books: Books, owner: psycopg.Connection[Any]) -> None:
    """ledger.cross_company: accounts, units, holds, entries of another company."""
    other = make_books(owner)
    with other.work() as ctx:
        theirs = ctx.accounts["bank"]
    refused(
        "ledger.cross_company", lambda: books.post((Sub(theirs, books.currency), 5, 5), ("sales", -5, -5))
    )
    refused(
        "ledger.cross_company",
        lambda: books.post((Sub("stock", other.units["A"], place=1), 5, 5), ("bank", -5, -5)),
    )
    entry = other.post(("bank", 5, 5), ("sales", -5, -5)).id
    with pytest.raises(Refusal, match=r"ledger\.cross_company"), books.work() as ctx:
        ledger.reverse(ctx, [entry], D, ["x:1"])
    with books.work():
        pass
    stocked(other)
    with other.work() as ctx:
        hold = ledger.reserve(ctx, [ledger.Want(2, in_an_hour(), "o:1", other.subs["stock"])])[0]
    stocked(books)
    refused(
        "ledger.hold_spent",
        lambda: books.post(("stock", -1, -600), ("away", 1, 0), ("cogs", 600, 600), holds=[(hold, 1)]),
    )


def test_no_company_sees_and_posts_nothing(app: psycopg.Connection[Any], books: Books) -> None:
    """Row-level security: without a company nothing is seen; after a transaction nothing again."""
    books.post(("bank", 5, 5), ("sales", -5, -5))
    for table in (
        "company",
        "account",
        "posting",
        "entry",
        "balance",
        "hold",
        "sales_order",
        "parties_party",
        "platform_auditevent",
    ):
        assert app.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    with app.transaction():
        app.execute("SELECT set_config('backstay.company', %s, true)", [str(books.company)])
        assert app.execute("SELECT count(*) FROM posting").fetchone() == (2,)
    assert app.execute("SELECT count(*) FROM posting").fetchone() == (0,)
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        app.execute("SELECT release('{1}')")
    assert caught.value.diag.constraint_name == "access.company"
    with pytest.raises(Refusal, match=r"access\.company"), work(999_999_999, "system:test"):
        pass


def test_periods(books: Books) -> None:
    """ledger.period_closed: closed, unknown, the next open day named; closing needs nothing but re-opening a reason."""
    january = date(2026, 1, 5)
    with books.work() as ctx:
        period = ledger.list_periods(ctx)[0]
        ledger.close_period(ctx, period.id)
    said = refused("ledger.period_closed", lambda: books.post(("bank", 5, 5), ("sales", -5, -5), on=january))
    assert "2026-02-01" in said.remedy
    refused(
        "ledger.period_closed", lambda: books.post(("bank", 5, 5), ("sales", -5, -5), on=date(2031, 1, 1))
    )
    with pytest.raises(Refusal, match=r"ledger\.period_closed"), books.work() as ctx:
        ledger.close_period(ctx, period.id)
    with pytest.raises(Refusal, match="reason"), books.work() as ctx:
        ledger.reopen_period(ctx, period.id, " ")
    with books.work() as ctx:
        ledger.reopen_period(ctx, period.id, "bill found")
    books.post(("bank", 5, 5), ("sales", -5, -5), on=january)


def test_back_dating(books: Books) -> None:
    """ledger.dated_floor: issue dated 5 Jan, first receipt 10 Jan; the first bad day is named."""
    stocked(books, on=date(2026, 1, 10))
    said = refused(
        "ledger.dated_floor",
        lambda: books.post(("stock", -1, -600), ("away", 1, 0), ("cogs", 600, 600), on=date(2026, 1, 5)),
    )
    assert "2026-01-05" in said.message
    books.post(("stock", -8, -4800), ("away", 8, 0), ("cogs", 4800, 4800), on=date(2026, 1, 20))
    stocked(books, 20, 12000, on=date(2026, 2, 1))
    said = refused(
        "ledger.dated_floor",
        lambda: books.post(("stock", -3, -1800), ("away", 3, 0), ("cogs", 1800, 1800), on=date(2026, 1, 15)),
    )
    assert "2026-01-20" in said.message
    books.post(("stock", -2, -1200), ("away", 2, 0), ("cogs", 1200, 1200), on=date(2026, 1, 15))
    stocked(books, 1, 600, on=date(2026, 1, 1))


def test_counted_days_are_frozen(books: Books) -> None:
    """ledger.frozen_before."""
    stocked(books)
    with books.work() as ctx:
        ledger.freeze(ctx, [books.subs["stock"]], D)
    with books.work() as ctx:
        before = size(ctx)
    refused("ledger.frozen_before", lambda: stocked(books, on=D - timedelta(days=1)))
    with books.work() as ctx:
        assert size(ctx) == before
    stocked(books)
    with books.work() as ctx:
        assert size(ctx) > before, "the day itself is open"


def test_reversals(books: Books, owner: psycopg.Connection[Any]) -> None:
    """ledger.reversal_once: exact, once, guarded; a storno shows on the original side."""
    stocked(books)
    entry = books.post(("item", 1210, 1210), ("sales", -1000, -1000), ("tax", -210, -210)).id
    with books.work() as ctx:
        ledger.reverse(ctx, [entry], D, ["a:1"])
    with pytest.raises(Refusal, match=r"ledger\.reversal_once"), books.work() as ctx:
        ledger.reverse(ctx, [entry], D, ["a:2"])
    other = books.post(("bank", 5, 5), ("sales", -5, -5)).id
    refused("ledger.reversal_once", lambda: books.post(("bank", -5, -5), ("tax", 5, 5), reverses=other))
    refused("ledger.reversal_once", lambda: books.post(("bank", -4, -4), ("sales", 4, 4), reverses=other))
    receipt = books.post(("stock", 5, 3000), ("away", -5, 0), ("bank", -3000, -3000)).id
    books.post(("stock", -12, -7200), ("away", 12, 0), ("cogs", 7200, 7200))
    with pytest.raises(Refusal, match=r"ledger\.guard"), books.work() as ctx:
        ledger.reverse(ctx, [receipt], D, ["a:3"])
    owner.execute(
        """UPDATE company SET settings = '{"reversals": "storno"}' WHERE id = %s""", [books.company]
    )
    sale = books.post(("bank", 70, 70), ("sales", -70, -70)).id
    with books.work() as ctx:
        before = {s.account: (s.debit, s.credit) for s in ledger.account_sums(ctx, date.max)}
        ledger.reverse(ctx, [sale], D, ["a:4"])
        after = {s.account: (s.debit, s.credit) for s in ledger.account_sums(ctx, date.max)}
        bank = ctx.accounts["bank"]
        assert after[bank] == (before[bank][0] - 70, before[bank][1])


def test_idempotency(books: Books, owner: psycopg.Connection[Any]) -> None:
    """One key, one effect; other postings under it are refused; another company's key is another key."""
    first = books.post(("bank", 5, 5), ("sales", -5, -5), key="K1", source="s:1")
    again = books.post(("bank", 5, 5), ("sales", -5, -5), key="K1", source="s:1")
    assert (again.id, again.repeated, first.repeated) == (first.id, True, False)
    refused(
        "ledger.idempotency", lambda: books.post(("bank", 6, 6), ("sales", -6, -6), key="K1", source="s:1")
    )
    assert not make_books(owner).post(("bank", 5, 5), ("sales", -5, -5), key="K1").repeated
    entries = [
        Entry(
            "t",
            D,
            f"s:{n}",
            "e",
            (Line(books.subs["bank"], 5, 5), Line(books.subs["sales"], -5, -5)),
            key="K2",
        )
        for n in (2, 3)
    ]
    with pytest.raises(Refusal, match=r"ledger\.idempotency"), books.work() as ctx:
        ledger.post(ctx, entries)
    mixed = [
        Entry(
            "t",
            D,
            "s:1",
            "post",
            (Line(books.subs["bank"], 5, 5), Line(books.subs["sales"], -5, -5)),
            key="K1",
        ),
        Entry(
            "t",
            D,
            "s:4",
            "post",
            (Line(books.subs["bank"], 7, 7), Line(books.subs["sales"], -7, -7)),
            key="K3",
        ),
    ]
    with books.work() as ctx:
        assert [p.repeated for p in ledger.post(ctx, mixed)] == [True, False]
    refused("ledger.source_once", lambda: books.post(("bank", 5, 5), ("sales", -5, -5), source="s:1"))


def test_holds(books: Books) -> None:
    """Hold of 10: post 6, then 5 is refused and 4 are left; overdue ones free their pieces by themselves."""
    stocked(books)
    stock = books.subs["stock"]
    with books.work() as ctx:
        hold = ledger.reserve(ctx, [ledger.Want(10, in_an_hour(), "o:1", stock)])[0]
    issue: Callable[[int], Any] = lambda n: books.post(  # noqa: E731
        ("stock", -n, -600 * n), ("away", n, 0), ("cogs", 600 * n, 600 * n), holds=[(hold, n)]
    )
    issue(6)
    refused("ledger.hold_spent", lambda: issue(5))
    with books.work() as ctx:
        locked = ledger.lock_balances(ctx, [stock], [D], [hold])
        assert locked.holds[hold] == 4
        assert (locked.balances[stock].amount, locked.balances[stock].held) == (4, 4)
        with pytest.raises(Refusal, match=r"ledger\.guard"), books.work() as inner:
            ledger.reserve(inner, [ledger.Want(1, in_an_hour(), "o:2", stock)])
        assert ledger.release(ctx, [hold]) == 1
        assert ledger.release(ctx, [hold]) == 0
    past = datetime.now(UTC) - timedelta(seconds=1)
    with books.work() as ctx:
        overdue = ledger.reserve(ctx, [ledger.Want(4, past, "o:3", stock)])[0]
    refused(
        "ledger.hold_spent",
        lambda: books.post(("stock", -1, -600), ("away", 1, 0), ("cogs", 600, 600), holds=[(overdue, 1)]),
    )
    with books.work() as ctx:
        ledger.reserve(ctx, [ledger.Want(4, in_an_hour(), "o:4", stock)])
        assert all(c.ok for c in ledger.verify(ctx) if c.code.startswith("ledger."))
    refused("ledger.hold_spent", lambda: books.post(("bank", 5, 5), ("sales", -5, -5), holds=[(overdue, 1)]))


def test_a_guard_over_several_subaccounts(books: Books) -> None:
    """A credit limit over all items of a customer: held orders count, new items join, lowering it is allowed."""
    item = lambda n: Sub("receivable", books.currency, party=9, item=f"invoice:{n}", side=1)  # noqa: E731
    books.post((item(1), 400, 400), ("sales", -400, -400))
    with books.work() as ctx:
        guard = ledger.set_guard(
            ctx, "limit 9", measure="value", sign=-1, floor=-1000, account="receivable", party=9
        )
    books.post((item(2), 500, 500), ("sales", -500, -500))
    with books.work() as ctx:
        hold = ledger.reserve(ctx, [ledger.Want(100, in_an_hour(), "o:1", guard=guard)])[0]
    said = refused("ledger.guard", lambda: books.post((item(3), 1, 1), ("sales", -1, -1)))
    assert "limit EUR 10" in said.message
    with pytest.raises(Refusal, match=r"ledger\.guard"), books.work() as ctx:
        ledger.reserve(ctx, [ledger.Want(1, in_an_hour(), "o:2", guard=guard)])
    books.post((item(3), 100, 100), ("sales", -100, -100), holds=[(hold, 100)])
    with books.work() as ctx:
        ledger.set_guard(ctx, "limit 9", measure="value", sign=-1, floor=-10, account="receivable", party=9)
    books.post(("bank", 400, 400), (item(1), -400, -400))
    refused("ledger.guard", lambda: books.post((item(4), 1, 1), ("sales", -1, -1)))
    with books.work() as ctx:
        assert all(c.ok for c in ledger.verify(ctx) if c.code.startswith("ledger."))


def test_foreign_currency(books: Books) -> None:
    """Dollar 0 means euro 0; a revaluation moves value alone."""
    books.post(("usd", 10000, 9000), ("sales", -9000, -9000))
    books.post(("usd", 0, 500), ("sales", -500, -500))
    refused("ledger.zero_together", lambda: books.post(("usd", -10000, -9000), ("bank", 9000, 9000)))
    books.post(("usd", -10000, -9500), ("bank", 9500, 9500))
    sql = "SELECT sum(p.amount)::bigint, sum(p.value)::bigint, count(*) FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN unit u ON u.id = s.unit_id WHERE p.company_id = %s AND u.code = 'USD'"
    with books.work() as ctx:
        assert rows.execute(sql, [ctx.company]) == [(0, 0, 3)]


def test_posting_needs_read_committed(books: Books) -> None:
    """ledger.isolation: an older snapshot could miss a close."""
    from django.db import connection, transaction

    from backstay.base.errors import refusal_from
    from backstay.platform import rows
    from backstay.platform.context import enter

    with pytest.raises(Exception) as caught, transaction.atomic():
        rows.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        ctx = enter(books.company, "system:test")
        books.post_in(ctx, ("bank", 5, 5), ("sales", -5, -5))
    refusal = refusal_from(caught.value)
    assert refusal is not None
    assert refusal.code == "ledger.isolation"
    connection.close()


# ---- raw SQL by the run-time role ----


@pytest.mark.parametrize("table", TABLES)
def test_the_run_time_role_cannot_write(app: psycopg.Connection[Any], table: str) -> None:
    for statement in (
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"INSERT INTO {table} SELECT * FROM {table}",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE live SET amount = 1", "UPDATE balance SET debit = 1", "UPDATE period SET closed_at = NULL",
        "UPDATE posting SET value = 0", "ALTER TABLE posting DISABLE TRIGGER ALL", "SET session_replication_role = replica",
        "SELECT expire_locked('{1}', '{1}')", "SELECT spend_holds('{1}', '{1}', '{1}')", "SELECT move_live('{}','{}','{}','{}','{}','{}','{}')",
        "DROP TRIGGER rules ON posting", "CREATE TABLE x (i int)", "COPY posting FROM PROGRAM 'true'", "SET ROLE backstay_owner",
        "INSERT INTO company (name, currency_id) VALUES ('x', 1)", "DELETE FROM company",
    ],
)  # fmt: skip
def test_the_run_time_role_cannot_get_around(app: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(
        (
            psycopg.errors.InsufficientPrivilege,
            psycopg.errors.InvalidParameterValue,
            psycopg.errors.UndefinedObject,
        )
    ):
        app.execute(statement)


def test_temporary_tables_shadow_nothing(books: Books) -> None:
    """A temp table called posting does not stand in for ours."""
    from django.db import connection

    from backstay.platform import rows

    with pytest.raises(Refusal, match=r"ledger\.value_balance"), books.work() as ctx:
        rows.execute("CREATE TEMP TABLE entry (x int)")
        rows.execute("CREATE TEMP TABLE posting (x int)")
        rows.execute("CREATE TEMP TABLE period (x int)")
        books.post_in(ctx, ("bank", 5, 5), ("sales", -4, -4))
    connection.close()


# ---- raw SQL by the owner: the triggers are the second gate ----


class Raw:
    """Entries by the owner's hand."""

    def __init__(self, owner: psycopg.Connection[Any], books: Books) -> None:
        self.owner, self.books = owner, books
        stocked(books)
        books.post(("item", 500, 500), ("sales", -500, -500))
        found = owner.execute(
            "SELECT a.role, s.id FROM subaccount s JOIN account a ON a.id = s.account_id WHERE s.company_id = %s",
            [books.company],
        ).fetchall()
        self.sub = dict(found)
        march = "SELECT id FROM period WHERE company_id = %s AND starts = '2026-03-01'"
        self.period = owner.execute(march, [books.company]).fetchone()[0]  # type: ignore[index]

    def entry(self, lines: list[tuple[int, int, int]], on: str = "2026-03-05", **more: Any) -> None:
        """Header and lines in one statement."""
        company = more.get("company", self.books.company)
        values = ", ".join(
            f"((SELECT id FROM e), {n}, {s}, {a}, {v}, {company}, {self.period}, date '{more.get('day', on)}')" for n, (s, a, v) in enumerate(lines, more.get("first", 1))
        )  # fmt: skip
        self.owner.execute(
            f"WITH e AS (INSERT INTO entry (company_id, period_id, journal, posted_on, document_on, source, event, actor)"
            f" VALUES ({self.books.company}, {self.period}, 'x', '{on}', '{on}', 'raw:' || nextval('entry_id_seq'), 'x', 'x') RETURNING id)"
            f" INSERT INTO posting (entry_id, line, subaccount_id, amount, value, company_id, period_id, posted_on)"
            f" SELECT * FROM (VALUES {values}) v"
        )


@pytest.fixture
def raw(owner: psycopg.Connection[Any], books: Books) -> Raw:
    return Raw(owner, books)


def code_of(attempt: Callable[[], Any]) -> str | None:
    with pytest.raises(psycopg.Error) as caught:
        attempt()
    return caught.value.diag.constraint_name


def test_the_owner_is_bound_too(raw: Raw) -> None:
    s = raw.sub
    raw.entry([(s["bank"], 5, 5), (s["sales"], -5, -5)])
    cases: list[tuple[str, list[tuple[int, int, int]], dict[str, Any]]] = [
        ("ledger.value_balance", [(s["bank"], 5, 5), (s["sales"], -4, -4)], {}),
        ("ledger.unit_conservation", [(s["stock"], 1, 5), (s["bank"], -5, -5)], {}),
        ("ledger.cross_company", [(999999999, 5, 5), (s["sales"], -5, -5)], {}),
        ("ledger.header", [(s["bank"], 5, 5), (s["sales"], -5, -5)], {"first": 2}),
        (
            "ledger.header",
            [(s["bank"], 5, 5), (s["sales"], -5, -5)],
            {"on": "2026-04-05", "day": "2026-04-05"},
        ),
        ("ledger.header", [(s["bank"], 5, 5), (s["sales"], -5, -5)], {"day": "2026-03-06"}),
        ("ledger.guard", [(s["stock"], -90, -5), (s["elsewhere"], 90, 0), (s["bank"], 5, 5)], {}),
        ("ledger.guard", [(s["receivable"], -501, -501), (s["bank"], 501, 501)], {}),
    ]
    for code, lines, more in cases:
        assert code_of(lambda lines=lines, more=more: raw.entry(lines, **more)) == code, lines
    assert code_of(lambda: raw.entry([(s["bank"], 5, 5)])) == "ledger.value_balance"
    header = "INSERT INTO entry (company_id, period_id, journal, posted_on, document_on, source, event, actor) VALUES (%s, %s, 'x', '2026-03-05', '2026-03-05', 'h:1', 'x', 'x')"
    assert code_of(lambda: raw.owner.execute(header, [raw.books.company, raw.period])) == "ledger.header"
    lone = "INSERT INTO posting VALUES (999999999, 1, %s, 5, 5, %s, %s, '2026-03-05'), (999999999, 2, %s, -5, -5, %s, %s, '2026-03-05')"
    mine = [s["bank"], raw.books.company, raw.period, s["sales"], raw.books.company, raw.period]
    assert code_of(lambda: raw.owner.execute(lone, mine)) == "ledger.header"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posting SET value = 0", "UPDATE entry SET text = 'x'", "DELETE FROM entry", "DELETE FROM posting", "TRUNCATE posting",
        "TRUNCATE posting, entry", "DELETE FROM idempotency", "UPDATE subaccount SET live = false", "DELETE FROM subaccount",
        "TRUNCATE subaccount CASCADE", "DELETE FROM hold_event", "DELETE FROM live", "DELETE FROM period", "TRUNCATE company CASCADE",
        "DELETE FROM balance", "UPDATE period_event SET reason = 'x'",
    ],
)  # fmt: skip
def test_nothing_is_changed_or_removed(raw: Raw, statement: str) -> None:
    """ledger.append_only, for the owner too (FAILURES 33)."""
    assert code_of(lambda: raw.owner.execute(statement)) == "ledger.append_only"


def test_what_the_rules_depend_on_is_fixed(raw: Raw) -> None:
    """Accounts, units and the company in use keep kind, bounds, scale and currency; periods keep their days."""
    company = raw.books.company
    for statement in (
        f"UPDATE account SET bound = 'none' WHERE company_id = {company} AND role = 'stock'",
        f"UPDATE account SET type = 'memo' WHERE company_id = {company} AND role = 'bank'",
        f"DELETE FROM account WHERE company_id = {company} AND role = 'bank'",
        f"UPDATE unit SET scale = 3 WHERE id = {raw.books.units['A']}",
        f"DELETE FROM unit WHERE id = {raw.books.units['A']}",
    ):
        assert code_of(lambda statement=statement: raw.owner.execute(statement)) == "ledger.account_shape"
    usd = raw.books.units["USD"]
    assert (
        code_of(
            lambda: raw.owner.execute("UPDATE company SET currency_id = %s WHERE id = %s", [usd, company])
        )
        == "ledger.append_only"
    )
    move = f"UPDATE period SET starts = '2026-03-02' WHERE id = {raw.period}"
    assert code_of(lambda: raw.owner.execute(move)) == "ledger.period_closed"
    overlap = f"INSERT INTO period (company_id, starts, ends) VALUES ({company}, '2026-03-15', '2026-04-15')"
    assert code_of(lambda: raw.owner.execute(overlap)) == "ledger.period_overlap"
    closed = f"UPDATE period SET closed_at = now() WHERE id = {raw.period}"
    assert code_of(lambda: raw.owner.execute(closed)) == "ledger.period_closed"
    raw.owner.execute(f"UPDATE account SET name = 'Renamed' WHERE company_id = {company} AND role = 'bank'")


def test_copy_is_refused_even_with_a_grant(
    raw: Raw, app: psycopg.Connection[Any], superuser: psycopg.Connection[Any]
) -> None:
    """PostgreSQL refuses COPY FROM to a role under row-level security."""
    role = app.info.user
    raw.owner.execute(f'GRANT INSERT ON entry, posting TO "{role}"')
    try:
        with (
            pytest.raises(psycopg.errors.FeatureNotSupported),
            app.cursor().copy("COPY posting FROM STDIN") as copy,
        ):
            copy.write_row((1, 1, 1, 1, 1, 1, 1, "2026-01-01"))
    finally:
        raw.owner.execute(f'REVOKE INSERT ON entry, posting FROM "{role}"')
