"""``backstay simulate``."""

from __future__ import annotations

import json
import time
from datetime import date

import click

from backstay.interfaces.cli import session


@click.command()
@click.option(
    "--orders", default=1000, show_default=True, type=click.IntRange(1), help="How many orders come in."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same books.")
@click.option(
    "--days", default=180, show_default=True, type=click.IntRange(1, 3650), help="Over how many days."
)
@click.option("--start", type=session.DAY, default="2026-01-01", show_default=True, help="The first day.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def simulate(orders: int, seed: int, days: int, start: date, as_json: bool) -> None:
    """Let a company of our own making trade through the real processes.

    200 items, 300 customers, 40 suppliers; seasons, partial deliveries, returns, late payers. Each run makes a
    new company.

    \b
    Examples:
      backstay simulate --orders 1000 --seed 1 --days 180
      backstay simulate --orders 20000 --days 365 --json
    """
    session.ready(migrate=True)
    from backstay.interfaces.simulation.run import simulate as run

    began = time.monotonic()
    with session.progress("Trading") as progress:
        result = run(orders=orders, seed=seed, days=days, start=start, progress=progress)
    seconds = round(time.monotonic() - began, 2)
    facts = {name: getattr(result, name) for name in result.__slots__} | {"seconds": seconds}
    if as_json:
        click.echo(json.dumps(facts, default=str))
    else:
        for name, value in facts.items():
            click.echo(f"{name.replace('_', ' '):>10}: {value}")
