"""``backstay import``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from backstay.interfaces.cli import session

_FILE = click.Path(dir_okay=False, path_type=Path)
_WHOLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("kind", required=False)
@click.argument("files", nargs=-1, type=_FILE)
@click.option("--map", "mapping", type=_FILE, help="The mapping file (TOML).")
@click.option(
    "--all",
    "whole",
    type=_WHOLE,
    help="Take a whole company in from this ZIP (of `backstay export --all`) instead.",
)
@click.option("--key", default="", help="With --all: the public key it must be signed by.")
@click.option("--head", "heads", type=_WHOLE, help="With --all: a file with heads that were kept outside.")
@click.option("--unsigned", is_flag=True, help="With --all: take it although nobody signed it.")
@click.option("--project", help="With ical: the project (its name) that the tasks belong to.")
@click.option("--dry-run", is_flag=True, help="Show control totals and what would be posted; change nothing.")
@click.option(
    "--rejects", type=_FILE, help="Import good rows; write bad ones here with row, column and reason."
)
@click.option(
    "--change",
    is_flag=True,
    help="Rows of what is here already change it (lists of records, such as catalog/items).",
)
@click.option(
    "--empty-cells-empty", "empties", is_flag=True, help="With --change: an empty cell empties the field."
)
@click.option(
    "--through", type=click.Choice(["order", "shipment", "invoice", "paid"]), default="order", show_default=True,
    help="How far history is carried, each step at its own date.",
)  # fmt: skip
@click.option("--ship-missing-on", type=session.DAY, help="Ship orders without a shipping date on this day.")
@session.company_option
def import_(
    kind: str | None, files: tuple[Path, ...], mapping: Path | None, whole: Path | None, key: str, heads: Path | None, unsigned: bool,
    project: str | None, dry_run: bool, rejects: Path | None, change: bool, empties: bool, through: str, ship_missing_on: date | None, company: str | None,
) -> None:  # fmt: skip
    """Bring data in from CSV or XLSX (also .gz) by a mapping file; or with --all a whole company.

    KIND is parties, items, counts or orders (with history), or the address of any list with a form, such as
    accounting/journal; or ledger, for a file of beancount or ledger-cli (--map then names accounts, and may be left out).
    vcard makes parties of contacts, ical tasks of to-dos and events.
    All or nothing, unless --rejects sets bad rows aside. The same
    files again change nothing.

    With --change, rows whose number (SKU, code) is here change it: only what columns of the mapping say, and an empty cell
    leaves it alone. --dry-run shows what would be another, old and new.

    \b
    Examples:
      backstay import parties customers.csv --map customers.toml --dry-run
      backstay import orders orders.csv order_details.csv --map orders.toml --through paid
      backstay import items items.xlsx --map items.toml --rejects bad.csv
      backstay import catalog/items prices.csv --map prices.toml --change --dry-run
      backstay import ledger books.beancount --dry-run
      backstay import vcard contacts.vcf --dry-run
      backstay import ical tasks.ics --project "Shop fitting"
      BACKSTAY_HOME=/srv/new backstay import --all company.zip
    """
    if whole is not None:
        if kind or mapping:
            raise click.UsageError("--all takes the whole company: without KIND and --map.")
        _all(whole, key, heads, unsigned)
        return
    if kind in ("ledger", "vcard", "ical") and len(files) == 1:
        _file(session.choose_ready(company), kind, files[0], mapping, project, dry_run)
        return
    if kind is None or mapping is None or not files:
        raise click.UsageError("Name a kind, its files and --map FILE; or --all FILE.zip.")
    if empties and not change:
        raise click.UsageError("--empty-cells-empty goes with --change.")
    session.ready()
    from backstay.interfaces.imports.run import run_import

    with session.progress("Importing") as progress:
        outcome = run_import(
            session.choose_company(company), kind, files, mapping, dry_run=dry_run, rejects=rejects, through=through,
            ship_missing_on=ship_missing_on, progress=progress, change=change, empties=empties,
        )  # fmt: skip
    _told(outcome, dry_run, rejects)


def _told(outcome: Any, dry_run: bool, rejects: Path | None) -> None:
    for name, total in outcome.totals.items():
        click.echo(f"{name}: {total.normalize():f}")
    for name, count in outcome.steps.items():
        click.echo(f"{name}: {count} {'would be made' if dry_run else 'made'}")
    if outcome.changed:
        click.echo(
            f"{outcome.changed} {'would be changed' if dry_run else 'changed'}, {outcome.unchanged} say what is here"
        )
    for row, what, field, old, new in outcome.changes:
        click.echo(f"  row {row}: {what}: {field}: {old or '-'} > {new or '-'}")
    if dry_run:
        click.echo(f"entries would sum to, by account ({len(outcome.entries)} postings):")
        for account, value in outcome.sums.items():
            click.echo(f"  {account:44.44} {value:>18}")
    elif not outcome.made and not outcome.changed and outcome.unchanged:
        click.echo(f"{outcome.unchanged} records were imported before: nothing new.")
    if outcome.faults:
        click.echo(f"{len(outcome.faults)} rows were set aside in {rejects}.", err=True)


def _all(path: Path, key: str, heads: Path | None, unsigned: bool) -> None:
    session.ready(migrate=True)
    from backstay.interfaces.exchange import joining

    text = heads.read_text(encoding="utf-8", errors="replace") if heads else ""
    with session.progress("Importing") as progress:
        told = joining.join(path, key=key, heads=text, unsigned=unsigned, progress=progress)
    figures = told.ours["figures"]
    click.echo(
        f"{told['title']}: {figures['entries']:,} entries, {figures['postings']:,} postings; the books and the chain hold."
    )
    click.echo(f"Signed by {told['signed_by'] or 'nobody'}.")
    click.echo("Nobody has a password yet: `backstay user reset-password MAIL` prints a link for each.")
    click.echo("Nothing leaves the house until you say `backstay release`.")


def _file(
    company: int, kind: str, path: Path, mapping: Path | None, project: str | None, dry_run: bool
) -> None:
    if kind == "ledger":
        _ledger(company, path, mapping, dry_run)
    else:
        _others(company, kind, path, project, dry_run)


def _ledger(company: int, path: Path, mapping: Path | None, dry_run: bool) -> None:
    import tomllib

    from django.db import transaction

    from backstay.base.errors import Refusal
    from backstay.interfaces.exchange import bringing
    from backstay.platform.context import work

    try:
        chart = tomllib.loads(mapping.read_text(encoding="utf-8"))["accounts"] if mapping else {}
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as exc:
        raise Refusal(
            "import.mapping", f"{mapping}: {exc}", 'It is written [accounts] "Assets:Bank" = "1200".'
        ) from None
    with work(company, session.ACTOR) as ctx:
        told = bringing.bring(ctx, path.name, path.read_bytes(), chart)
        transaction.set_rollback(dry_run)
    would = "would be " if dry_run else ""
    click.echo(
        f"read as {told.dialect}; {told.entries:,} entries {would}posted, {told.unchanged:,} were brought in before"
    )
    click.echo(f"{len(told.accounts):,} accounts {would}made; {told.claims:,} balances compared")
    for account, value in told.sums.items():
        click.echo(f"  {account:60.60} {value:>18}")
    for left in told.left:
        click.echo(f"line {left.line}: {left.what[:60]}: {left.why}", err=True)


def _others(company: int, kind: str, path: Path, project: str | None, dry_run: bool) -> None:
    from django.db import transaction

    from backstay.base.errors import NotFound
    from backstay.interfaces.exchange import contacts, todos
    from backstay.platform import rows
    from backstay.platform.context import work

    with work(company, session.ACTOR) as ctx:
        if kind == "vcard":
            cards = contacts.take(ctx, path.name, path.read_bytes())
            made, here, left = cards.made, len(cards.again), [*cards.again, *cards.left]
        else:
            sql = "SELECT id FROM projects_project WHERE company_id = %s AND name = %s ORDER BY id LIMIT 1"
            found = rows.execute(sql, [ctx.company, project or ""])
            if not found:
                raise NotFound("import.project", f"no project is called {project}", "Name one by --project.")
            tasks = todos.take(ctx, path.name, path.read_bytes(), found[0][0])
            made, here, left = tasks.made, tasks.unchanged, tasks.left
        transaction.set_rollback(dry_run)
    click.echo(f"{len(made):,} {'would be ' if dry_run else ''}made, {here:,} are here already")
    for each in left:
        click.echo(f"line {each.line}: {each.what[:60]}: {each.why}", err=True)
