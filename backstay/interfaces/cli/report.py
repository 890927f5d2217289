"""``backstay report``."""

from __future__ import annotations

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
    "--by",
    default="",
    help="sales, purchases, margin: party, item, month or document; receivables, payables: party.",
)
@click.option(
    "--compare",
    type=click.Choice(["previous", "year", "months", "quarters", "years"]),
    help="Columns beside the days asked for.",
)
@click.option("--party", type=int, help="Of one customer or supplier only (number of the party).")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@session.company_option
def report(
    name: str, as_of: date | None, since: date | None, until: date | None, account: str | None, item: str | None,
    place: str, by: str, compare: str | None, party: int | None, form: str, company: str | None,
) -> None:  # fmt: skip
    """Print a report.

    NAME is income-statement, balance-sheet, trial-balance, cash-flow, general-ledger, journal, receivables, payables,
    party-statement, stock, stock-card, sales, purchases, margin or tax.

    \b
    Examples:
      backstay report trial-balance --as-of 2026-12-31
      backstay report income-statement --from 2026-01-01 --to 2026-03-31 --format json
      backstay report income-statement --from 2026-10-01 --to 2026-10-31 --compare year
      backstay report sales --by item --from 2026-10-01
      backstay report stock-card --item TE0001 --from 2026-01-01
    """
    session.ready()
    from backstay.base import clock
    from backstay.interfaces import reports
    from backstay.interfaces.reports.files import as_csv
    from backstay.platform.context import work

    last = until or as_of or clock.today()
    first = since or date(last.year, 1, 1)
    asked = reports.Asked(as_of or last, first, last, account, item, place, party, by, compare or "")
    with work(session.choose_company(company), session.ACTOR) as ctx:
        made = reports.make(ctx, name, asked)
    if form == "json":
        click.echo(json.dumps(made.json, ensure_ascii=False))
    elif form == "csv":
        click.echo(as_csv(made), nl=False)
    else:
        print_text(made)


def print_text(made) -> None:  # type: ignore[no-untyped-def]
    """The report as a table, headings and sums included."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from backstay.interfaces.reports.shape import plain

    title = Text(made.title)
    summed = bool(made.sums) and not any(line.kind == "grand" for line in made.lines)
    table = Table(title=title, caption=Text(made.subtitle), box=None, pad_edge=False, show_footer=summed)
    for column in made.columns:
        table.add_column(
            column.label,
            justify="right" if column.figure else "left",
            footer=plain(made.sums.get(column.key)),
            no_wrap=column.figure,
        )
    for line in made.lines:
        style = "bold" if line.kind in ("head", "subt", "grand") else ""
        table.add_row(*[Text(plain(line.cells.get(c.key)), style=style) for c in made.columns])
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    console.print(table)
    if not made.lines:
        console.print("Nothing to show.")
