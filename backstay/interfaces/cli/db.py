"""``backstay db``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from backstay.interfaces.cli import session


@click.group()
def db() -> None:
    """Start, stop and look into the database.

    \b
    Examples:
      backstay db start
      backstay db psql -- -c "SELECT count(*) FROM entry"
    """


@db.command()
@click.option("--runtime", is_flag=True, help="The run-time role instead of the owner.")
def url(runtime: bool) -> None:
    """Print how to connect (it carries a password: mind who looks on)."""
    from backstay.platform import database

    database.prepare()
    click.echo(database.url_text(database.runtime_url() if runtime else database.owner_url()))


@db.command()
def start() -> None:
    """Start the embedded server."""
    from backstay.platform import database

    database.prepare()
    click.echo("The database answers.")


@db.command()
def stop() -> None:
    """Stop the embedded server cleanly."""
    from backstay.platform import database, postgres

    if database.external():
        raise click.UsageError("DATABASE_URL names a server that is not ours to stop.")
    click.echo("Stopped." if postgres.stop() else "It was not running.")


@db.command()
def status() -> None:
    """Say whether the database answers."""
    from backstay.platform import database, postgres

    if database.external():
        database.prepare()
        click.echo("external: answers")
    else:
        where = postgres.place()
        click.echo(f"embedded: {'running' if postgres.running() else 'stopped'}, data in {where.data}")


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql as the owner. The triggers hold here, too."""
    from backstay.platform import database, postgres

    session.ready()
    program = (
        str(postgres.place().binaries / "psql") if not database.external() else shutil.which("psql") or ""
    )
    if not Path(program).exists():
        program = shutil.which("psql") or ""
    if not program:
        raise click.ClickException("There is no psql on this machine. Install the PostgreSQL client.")
    options = f"-c search_path={database.schema()},pg_temp"
    os.environ["PGOPTIONS"] = options
    os.execv(program, [program, database.url_text(database.owner_url()), *arguments])  # noqa: S606
