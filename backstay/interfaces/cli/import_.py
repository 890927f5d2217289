"""``backstay import``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from backstay.interfaces.cli import session

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("kind")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--map", "mapping", required=True, type=_FILE, help="The mapping file (TOML).")
@click.option("--dry-run", is_flag=True, help="Show control totals and what would be posted; change nothing.")
@click.option(
    "--rejects", type=_FILE, help="Import good rows; write bad ones here with row, column and reason."
)
@click.option(
    "--through", type=click.Choice(["order", "shipment", "invoice", "paid"]), default="order", show_default=True,
    help="How far history is carried, each step at its own date.",
)  # fmt: skip
@click.option("--ship-missing-on", type=session.DAY, help="Ship orders without a shipping date on this day.")
@session.company_option
def import_(
    kind: str, files: tuple[Path, ...], mapping: Path, dry_run: bool, rejects: Path | None, through: str,
    ship_missing_on: date | None, company: str | None,
) -> None:  # fmt: skip
    """Bring data in from CSV or XLSX (also .gz) by a mapping file.

    KIND is parties, items, counts or orders (with history), or the address of any list with a form, such as
    accounting/journal. All or nothing, unless --rejects sets bad rows aside. The same
    files again change nothing.

    \b
    Examples:
      backstay import parties customers.csv --map customers.toml --dry-run
      backstay import orders orders.csv order_details.csv --map orders.toml --through paid
      backstay import items items.xlsx --map items.toml --rejects bad.csv
    """
    session.ready()
    from backstay.interfaces.imports.run import run_import

    with session.progress("Importing") as progress:
        outcome = run_import(
            session.choose_company(company), kind, files, mapping, dry_run=dry_run, rejects=rejects, through=through,
            ship_missing_on=ship_missing_on, progress=progress,
        )  # fmt: skip
    for name, total in outcome.totals.items():
        click.echo(f"{name}: {total.normalize():f}")
    for name, count in outcome.steps.items():
        click.echo(f"{name}: {count} {'would be made' if dry_run else 'made'}")
    if dry_run:
        click.echo(f"entries would sum to, by account ({len(outcome.entries)} postings):")
        for account, value in outcome.sums.items():
            click.echo(f"  {account:44.44} {value:>18}")
    elif not outcome.made and outcome.unchanged:
        click.echo(f"{outcome.unchanged} records were imported before: nothing new.")
    if outcome.faults:
        click.echo(f"{len(outcome.faults)} rows were set aside in {rejects}.", err=True)
