"""``backstay up``, ``migrate``, ``worker``, ``doctor``."""

from __future__ import annotations

import ipaddress
import json
import os
import sys

import click

from backstay.interfaces.cli import session

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FILE = click.Path(exists=True, dir_okay=False, readable=True, resolve_path=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option(
    "--tls-cert",
    envvar="BACKSTAY_TLS_CERT",
    type=FILE,
    help="Certificate with its chain (PEM): listen by TLS.",
)
@click.option("--tls-key", envvar="BACKSTAY_TLS_KEY", type=FILE, help="Its private key (PEM).")
@click.option(
    "--trust-proxy",
    envvar="BACKSTAY_TRUST_PROXY",
    default="",
    metavar="ADDRESS",
    help="Believe this proxy who asks and that it spoke TLS (several: a comma).",
)
@click.option(
    "--hosts",
    envvar="BACKSTAY_HOSTS",
    default="",
    metavar="NAMES",
    help="Names people reach it by (several: a comma); localhost is always one.",
)
def up(
    host: str,
    port: int,
    workers: int,
    tls_cert: str | None,
    tls_key: str | None,
    trust_proxy: str,
    hosts: str,
) -> None:
    """Start database, web and worker; stop them cleanly on Ctrl+C or SIGTERM.

    Without TLS or a trusted proxy it answers this machine alone.

    \b
    Examples:
      backstay up
      backstay up --port 9000
      backstay up --host 0.0.0.0 --port 443 --tls-cert chain.pem --tls-key key.pem --hosts books.example.com
      backstay up --trust-proxy 127.0.0.1 --hosts books.example.com
    """
    if bool(tls_cert) != bool(tls_key):
        raise click.UsageError("A certificate and its key go together: --tls-cert and --tls-key.")
    secure = bool(tls_cert or trust_proxy)
    if host not in LOOPBACK and not secure:
        raise click.UsageError(
            "Backstay listens on this machine only, until TLS or a trusted proxy is set up: --tls-cert and --tls-key, or --trust-proxy."
        )
    for address in filter(None, trust_proxy.split(",")):
        try:
            ipaddress.ip_address(address.strip())
        except ValueError:
            raise click.UsageError(f"{address.strip()} is no address of a proxy, e.g. 127.0.0.1") from None
    os.environ |= {"BACKSTAY_TRUST_PROXY": trust_proxy, "BACKSTAY_SECURE": "1" if secure else "0"}
    if hosts:
        os.environ["BACKSTAY_HOSTS"] = hosts
    from backstay.platform import supervise

    session.ready(migrate=True)
    from backstay.interfaces import users

    there = f"{'https' if tls_cert else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"Backstay: {there}/", err=True)
    if path := users.set_up_path():
        click.echo(
            f"Nobody can sign in yet. Set up your company here, within {users.MINUTES} minutes:\n  {there}{path}",
            err=True,
        )
    tls = (tls_cert, tls_key) if tls_cert and tls_key else None
    sys.exit(supervise.up(host=host, port=port, workers=workers, tls=tls, trusted=trust_proxy))


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
