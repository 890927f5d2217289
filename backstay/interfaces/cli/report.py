"""``backstay report``."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date

import click

from backstay.interfaces.cli import session


@click.command()
@click.argument("name")
@click.option("--as-of", type=session.DAY, help="The day whose end is shown (default: today).")
@click.option(
    "--from", "since", type=session.DAY, help="First day (default: 1 January of the last day's year)."
)
@click.option("--to", "until", type=session.DAY, help="Last day (default: today).")
@click.option("--account", help="general-ledger: only this account code.")
@click.option("--item", help="stock-card: the item's SKU.")
@click.option("--place", default="MAIN", show_default=True, help="stock-card: the place's code.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@session.company_option
def report(
    name: str, as_of: date | None, since: date | None, until: date | None, account: str | None, item: str | None,
    place: str, form: str, company: str | None,
) -> None:  # fmt: skip
    """Print a report.

    NAME is trial-balance, balance-sheet, income-statement, general-ledger, stock, stock-card, receivables or
    payables.

    \b
    Examples:
      backstay report trial-balance --as-of 2026-12-31
      backstay report income-statement --from 2026-01-01 --to 2026-03-31 --format json
      backstay report stock-card --item TE0001 --from 2026-01-01
    """
    session.ready()
    from backstay.base import clock
    from backstay.interfaces import reports
    from backstay.platform.context import work

    last = until or as_of or clock.today()
    asked = reports.Asked(as_of or last, since or date(last.year, 1, 1), last, account, item, place)
    with work(session.choose_company(company), session.ACTOR) as ctx:
        made = reports.make(ctx, name, asked)
    if form == "json":
        click.echo(json.dumps(made.json, ensure_ascii=False))
    elif form == "csv":
        click.echo(as_csv(made), nl=False)
    else:
        print_text(made)


def defuse(text: str) -> str:
    """A cell that a spreadsheet would take for a formula becomes text; figures stay figures."""
    risky = text[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{text}" if risky and not text[1:].replace(".", "", 1).isdigit() else text


def as_csv(made) -> str:  # type: ignore[no-untyped-def]
    """The report as CSV with a header row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([c.key for c in made.columns])
    writer.writerows([[defuse(row[c.key]) for c in made.columns] for row in made.rows])
    return out.getvalue()


def print_text(made) -> None:  # type: ignore[no-untyped-def]
    """The report as a table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=made.title, caption=made.subtitle, box=None, pad_edge=False, show_footer=bool(made.sums)
    )
    for column in made.columns:
        table.add_column(
            column.label, justify="right" if column.figure else "left", footer=made.sums.get(column.key, ""),
            no_wrap=column.figure,
        )  # fmt: skip
    for row in made.rows:
        table.add_row(*[Text(row[c.key]) for c in made.columns])
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    console.print(table)
    if not made.rows:
        console.print("Nothing to show.")
