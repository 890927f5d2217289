"""``backstay bench``."""

from __future__ import annotations

import json
from typing import Any

import click

from backstay.interfaces.cli import session


@click.command()
@click.option("--only", default="abcde", show_default=True, help="Which parts, by letter.")
@click.option("--entries", default=100_000, show_default=True, help="(a) how many entries in one call.")
@click.option("--orders", default=500, show_default=True, help="(c) orders a batch.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(only: str, entries: int, orders: int, as_json: bool) -> None:
    """Measure the ledger and order to cash as the run-time role, beside COPY of the same rows in the same run.

    (a) entries of three postings in one call, half of them to new open items; (b) order to cash with 5 and 50
    lines, a transaction a step; (c) the same, many orders a batch; (d) trial balance and stock with 10,000
    entries not rolled up, at one size and ten times it; (e) 1, 4, 16 clients on 500 and on 5 items.

    \b
    Examples:
      backstay bench
      backstay bench --only bc --json
    """
    session.ready(migrate=True)
    from backstay.interfaces import bench as parts

    results: dict[str, Any] = {}
    with session.progress("Measuring") as progress:
        for n, letter in enumerate(only):
            progress(n, len(only))
            results[letter] = parts.PARTS[letter](entries=entries, orders=orders)
    if as_json:
        click.echo(json.dumps(results))
        return
    for letter, facts in results.items():
        click.echo(f"({letter}) {parts.PARTS[letter].__doc__}")
        for name, value in facts.items():
            click.echo(f"      {name}: {value}")
