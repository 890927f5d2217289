"""A company of a given size in a database of its own, traded by the real processes, for measuring the desk.

It is made once and kept: the same size asks for the same database again.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from backstay.platform import database, postgres

ACTOR = "system:bench"
MAIL = "clerk@bench.example"
POSTINGS = 20  # an order: what the books of a busy company hold beside it
OPEN_LINES = 1000  # of the bank's statement, waiting to be matched
IBAN = "NL91ABNA0417164300"


class Made(NamedTuple):
    """The company and its user."""

    company: int
    user: int


def use_database(orders: int) -> None:
    """Point this process at the database of that size, made where it is missing. Before Django is set up."""
    name = f"backstay_desk_{orders}"
    if database.external():
        with psycopg.connect(**database.owner_url(), autocommit=True) as owner:
            _make_database(owner, name, owner.info.user)
        os.environ["DATABASE_URL"] = database.url_text(database.owner_url() | {"dbname": name})
        return
    with postgres.connect(postgres.start()) as admin:
        _make_database(admin, name, postgres.OWNER)
    os.environ["BACKSTAY_DATABASE"] = name


def _make_database(connection: psycopg.Connection[Any], name: str, owner: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
    connection.execute(statement)


def company_of(
    orders: int, progress: Callable[[int, int], None], *, items: int, parties: int, days: int | None = None
) -> Made:
    """The company of that size, traded now where it is not there yet: over the year, or over ``days`` until today."""
    from django.db import connections

    from backstay.interfaces.simulation.run import simulate
    from backstay.platform import rows
    from backstay.platform.models import User

    name = f"Desk bench of {orders} orders"
    found = rows.execute(
        "SELECT c.id, m.user_id FROM company c JOIN platform_membership m ON m.company_id = c.id WHERE c.name = %s AND c.settings ? 'made'",
        [name], using="owner",
    )  # fmt: skip
    if found:
        return Made(*found[0])
    user = User.objects.filter(email=MAIL).first() or User.objects.create_user(MAIL, None, name="Bea Bench")
    today = database_today()
    start = date((today - timedelta(days=90)).year, 1, 1) if days is None else today - timedelta(days)
    sellers = max(parties // 12, 10)
    result = simulate(
        orders=orders, seed=1, days=(today - start).days, start=start, items=items, customers=parties - sellers, suppliers=sellers,
        name=name, user=user.pk, progress=progress, settle=False,
    )  # fmt: skip
    _more_postings(result.company, orders * POSTINGS, result.last_day)
    _statement(result.company, result.last_day)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE company SET settings = settings || '{\"made\": true}' WHERE id = %s", [result.company]
        )
    connections["owner"].cursor().execute("VACUUM ANALYZE")
    return Made(result.company, user.pk)


def postings(company: int) -> int:
    """How many the books hold."""
    from backstay.platform import rows

    return int(
        rows.execute("SELECT count(*) FROM posting WHERE company_id = %s", [company], using="owner")[0][0]
    )


def database_today() -> date:
    """The day of the clock that the processes ask."""
    from backstay.base import clock

    return clock.today()


def _more_postings(company: int, wanted: int, last: date) -> None:
    """Wages and rent, in entries of 40 lines over the days still open, until the books hold ``wanted`` postings."""
    from backstay.domains.accounting.processes import JournalDraft, JournalLineDraft, post_journal
    from backstay.domains.banking.queries import bank_account
    from backstay.ledger import rollup
    from backstay.platform.context import work

    rnd = random.Random(3)  # noqa: S311 - no secret is drawn
    missing = max(0, (wanted - postings(company) + 39) // 40)
    for n in range(0, missing, 1000):
        with work(company, ACTOR) as ctx:
            bank = f"bank:{bank_account(ctx)}"
            drafts = []
            for _ in range(min(1000, missing - n)):
                sums = [rnd.randint(1_00, 90_00) for _ in range(39)]
                lines = [JournalLineDraft(rnd.choice(("wages", "rent", "expense")), v) for v in sums]
                lines.append(JournalLineDraft("bank", -sum(sums), item=bank))
                drafts.append(
                    JournalDraft(last - timedelta(days=rnd.randint(0, 24)), tuple(lines), "Costs of the day")
                )
            post_journal(ctx, drafts)
    with work(company, ACTOR):
        rollup()


def _statement(company: int, last: date) -> None:
    """A statement of the bank with payments of open invoices, none matched yet."""
    from backstay.domains.banking import processes as banking
    from backstay.domains.banking.queries import bank_account
    from backstay.domains.invoicing.queries import open_items
    from backstay.platform.context import work

    rnd = random.Random(4)  # noqa: S311 - no secret is drawn
    with work(company, ACTOR) as ctx:
        account = bank_account(ctx)
        banking.edit_bank_accounts(
            ctx, {account: banking.BankAccountDraft("Current account", "bank", "BANK", IBAN, "ABNANL2A")}
        )
        items = [i for i in open_items(ctx, "receivable") if i.amount > 0 and i.item.startswith("invoice:")]
        rnd.shuffle(items)
        told = ("Invoice {}", "{} with thanks", "payment as agreed", "")
        lines = [
            banking.LineRead(
                last - timedelta(days=rnd.randint(0, 5)),
                item.amount,
                told[n % 4].format(item.number),
                item.party,
            )
            for n, item in enumerate(items[:OPEN_LINES])
        ]
        lines.sort(key=lambda line: line.booked_on)
        read = banking.StatementRead(
            IBAN, ctx.currency_code, "1", tuple(lines), 0, sum(x.amount for x in lines), last - timedelta(days=5), last
        )  # fmt: skip
        banking.import_statements(ctx, [read], banking.Source("statement.xml"))
