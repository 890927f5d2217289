"""Load the Northwind sample data: see README.md."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from pathlib import Path

import click

from backstay.interfaces.cli import session
from backstay.interfaces.cli.main import explain

HERE = Path(__file__).parent
NAME = "Northwind"


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--through",
    type=click.Choice(["order", "shipment", "invoice", "paid"]),
    default="invoice",
    show_default=True,
)
@click.option("--ship-missing-on", type=session.DAY, help="Ship the orders that never shipped on this day.")
@click.option("--rounding", type=click.Choice(["total", "line"]), default="total", show_default=True)
@click.option("--name", default=NAME, show_default=True, help="Name of the company.")
@click.option("--dry-run", is_flag=True, help="Show the orders' control totals and what they would post.")
def load(folder: Path, through: str, ship_missing_on, rounding: str, name: str, dry_run: bool) -> None:  # type: ignore[no-untyped-def]
    """Make the company and import the files in FOLDER. Again: nothing changes."""
    session.ready(migrate=True)
    from backstay.interfaces.imports.run import run_import

    company = _company(name, rounding)
    with tempfile.TemporaryDirectory() as made:
        counted, freight = _opening(folder, Path(made)), _freight(Path(made))
        plan = [
            ("parties", [folder / "customers.csv"], "customers"),
            ("parties", [folder / "suppliers.csv"], "suppliers"),
            ("parties", [folder / "employees.csv"], "employees"),
            ("items", [folder / "products.csv"], "items"),
            ("items", [freight], "freight"),
            ("counts", [counted], "counts"),
        ]
        for kind, files, mapping in plan:
            outcome = run_import(company, kind, files, HERE / f"{mapping}.toml")
            click.echo(f"{mapping}: {outcome.made} made, {outcome.unchanged} there already")
        with session.progress("Orders") as progress:
            outcome = run_import(
                company, "orders", [folder / "orders.csv", folder / "order_details.csv"], HERE / "orders.toml", dry_run=dry_run,
                through=through, ship_missing_on=ship_missing_on, progress=progress,
            )  # fmt: skip
    for label, total in outcome.totals.items():
        click.echo(f"{label}: {total.normalize():f}")
    for step, count in outcome.steps.items():
        click.echo(f"{step}: {count} {'would be made' if dry_run else 'made'}")
    for account, value in outcome.sums.items():
        click.echo(f"  {account:44} {value:>16}")


def _company(name: str, rounding: str) -> int:
    from backstay.domains.accounting.processes import create_company

    known = {n: i for i, n in session.companies()}
    if name in known:
        return known[name]
    return create_company(
        name,
        "USD",
        actor="system:import",
        country="US",
        first_year=1996,
        years=4,
        settings={"rounding": rounding},
    )


def _opening(folder: Path, made: Path) -> Path:
    """Stock before the first day: what is there at the end, and all that was ordered in between."""
    with (folder / "products.csv").open(encoding="utf-8", newline="") as source:
        needed = Counter({row["product_id"]: int(row["units_in_stock"]) for row in csv.DictReader(source)})
    with (folder / "order_details.csv").open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            needed[row["product_id"]] += int(row["quantity"])
    path = made / "opening.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["reference", "on", "item", "quantity"])
        writer.writerows(
            ["OPENING", "1996-07-01", item, count]
            for item, count in sorted(needed.items(), key=lambda p: int(p[0]))
            if count
        )
    return path


def _freight(made: Path) -> Path:
    path = made / "freight.csv"
    path.write_text("sku,name\nFREIGHT,Freight\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    try:
        load(standalone_mode=False)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except Exception as exc:
        sys.exit(explain(exc, "--traceback" in sys.argv))
