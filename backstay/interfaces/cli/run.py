"""``backstay up``, ``migrate``, ``worker``, ``doctor``."""

from __future__ import annotations

import json
import sys

import click

from backstay.interfaces.cli import session


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
def up(host: str, port: int, workers: int) -> None:
    """Start database, web and worker; stop them cleanly on Ctrl+C or SIGTERM.

    \b
    Examples:
      backstay up
      backstay up --port 9000
    """
    if host not in ("127.0.0.1", "localhost", "::1"):
        raise click.UsageError(
            "Backstay listens on this machine only, until TLS or a trusted proxy is set up."
        )
    from backstay.platform import supervise

    session.ready(migrate=True)
    from backstay.interfaces import users

    click.echo(f"Backstay: http://{host}:{port}/", err=True)
    if path := users.set_up_path():
        click.echo(
            f"Nobody can sign in yet. Set up your company here, within {users.MINUTES} minutes:\n"
            f"  http://{host}:{port}{path}",
            err=True,
        )
    sys.exit(supervise.up(host=host, port=port, workers=workers))


@click.command()
def migrate() -> None:
    """Bring the database to this version.

    \b
    Example:
      backstay migrate
    """
    session.ready(migrate=True)
    click.echo("The database is of this version.")


@click.command()
def worker() -> None:
    """Run background jobs until stopped (``up`` does it for you).

    \b
    Example:
      backstay worker
    """
    session.ready()
    from backstay.platform import supervise

    supervise.worker()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Say what is wrong with this installation, and the remedy. Exit code 1 when something is.

    \b
    Example:
      backstay doctor
    """
    from backstay.platform.doctor import examine

    findings = examine()
    if as_json:
        click.echo(json.dumps([f._asdict() for f in findings]))
    else:
        for f in findings:
            click.echo(f"{'ok   ' if f.ok else 'WRONG'} {f.name}: {f.found}")
            if not f.ok and f.remedy:
                click.echo(f"        {f.remedy}")
    if not all(f.ok for f in findings):
        sys.exit(1)
