"""``backstay demo``."""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from backstay.base import clock
from backstay.interfaces.cli import session

if TYPE_CHECKING:
    from backstay.interfaces.simulation.plan import Result

DEMO_MAIL = "demo@backstay.example"


@click.command()
@click.option(
    "--orders", default=300, show_default=True, type=click.IntRange(1), help="How many orders come in."
)
@click.option(
    "--seed", default=1, show_default=True, help="The same seed gives the same books on the same day."
)
@click.option("--no-serve", is_flag=True, help="Stop after verifying.")
@click.option("--port", default=8000, show_default=True, help="Port to serve on.")
@click.option("--json", "as_json", is_flag=True, help="Print trial balance, stock and verification as JSON.")
def demo(orders: int, seed: int, no_serve: bool, port: int, as_json: bool) -> None:
    """Make a trading company, let it trade, verify its books, serve it.

    \b
    Examples:
      backstay demo
      backstay demo --no-serve --orders 1000 --json
    """
    began = time.monotonic()
    session.ready(migrate=True)
    from backstay.interfaces import checks, reports  # noqa: F401
    from backstay.interfaces.cli.verify import run as verify
    from backstay.platform.context import work

    user = _demo_user()
    result = _trade(orders, seed, user)
    with work(result.company, session.ACTOR) as ctx:
        last = result.last_day
        asked = reports.Asked(last, last.replace(month=1, day=1), last)
        balance, stock = reports.make(ctx, "trial-balance", asked), reports.make(ctx, "stock", asked)
    checked = verify(result.company)
    seconds = round(time.monotonic() - began, 2)
    facts = {
        "company": result.company, "orders": result.orders, "invoices": result.invoices, "seconds": seconds,
        "trial_balance": balance.json, "stock": stock.json, "verify": checked,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        _tell(facts)
    if not checked["ok"] or stock.json["value"] != stock.json["ledger_value"]:
        sys.exit(1)
    if not no_serve:
        from backstay.platform import supervise

        click.echo(
            f"\nOpen http://127.0.0.1:{port}/ and sign in as {DEMO_MAIL} with the password {_password()}",
            err=True,
        )
        click.echo("Ctrl+C stops it.", err=True)
        sys.exit(supervise.up(port=port))


def _trade(orders: int, seed: int, user: int) -> Result:
    """Trade that ends today, amid its work, and a statement of the bank that waits to be matched."""
    from backstay.interfaces.simulation.bank import bring_statement
    from backstay.interfaces.simulation.projects import bring_projects
    from backstay.interfaces.simulation.run import simulate

    start = (clock.today() - timedelta(days=90)).replace(month=1, day=1)
    with session.progress("Trading") as progress:
        result = simulate(
            orders=orders,
            seed=seed,
            days=(clock.today() - start).days,
            start=start,
            user=user,
            progress=progress,
            settle=False,
        )
    bring_statement(result.company, session.ACTOR, result.last_day, seed)
    bring_projects(result.company, session.ACTOR, result.last_day)
    return result


def _password() -> str:
    from backstay.platform import secrets

    return secrets.get("demo_password")


def _demo_user() -> int:
    from backstay.interfaces.users import make_user

    return make_user(DEMO_MAIL, "Dana Demo", _password())


def _tell(facts: dict) -> None:  # type: ignore[type-arg]
    balance, stock, checked = facts["trial_balance"], facts["stock"], facts["verify"]
    click.echo(f"{facts['orders']:,} orders and {facts['invoices']:,} invoices in {facts['seconds']} s")
    click.echo(
        f"Trial balance: {balance['debit']} debit = {balance['credit']} credit ({balance['currency']})"
    )
    click.echo(f"Stock is worth {stock['value']}; the ledger says {stock['ledger_value']}")
    state = "all checks hold" if checked["ok"] else "something is wrong: run `backstay verify`"
    click.echo(f"{checked['entries']:,} entries, {checked['postings']:,} postings: {state}")
