"""``backstay seal``: until when a company is sealed, sealing, keys, heads and the sealed export."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from backstay.interfaces.cli import session


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@session.company_option
@click.pass_context
def seal(ctx: click.Context, as_json: bool, company: str | None) -> None:
    """Say until when the books and the trail are sealed, and do what belongs to it.

    \b
    Examples:
      backstay seal
      backstay seal now
      backstay seal head > head.txt
      backstay seal export sealed.zip
      backstay seal rotate
    """
    ctx.obj = {"company": company}
    if ctx.invoked_subcommand is None:
        status(as_json, company)


def status(as_json: bool, company: str | None) -> None:
    """Print how it stands."""
    with _work(company) as ctx:
        from backstay.platform import sealing

        now = sealing.standing(ctx)
    if as_json:
        click.echo(json.dumps(now._asdict()))
        return
    at = datetime.fromtimestamp(now.at / 1_000_000, UTC)
    click.echo(f"sealed until {at:%Y-%m-%d %H:%M:%S} UTC" if now.block else "nothing is sealed yet")
    click.echo(f"{now.block:,} blocks, {now.leaves:,} entries and events; {now.waiting:,} wait")
    if now.block:
        click.echo(f"head  {now.hash}")
        click.echo(f"key   {now.key}")


@seal.command()
@click.pass_obj
def now(obj: dict[str, Any]) -> None:
    """Seal what waits, now; the worker does it every minute.

    \b
    Example:
      backstay seal now
    """
    session.ready()
    from backstay.platform import sealing

    company = session.choose_company(obj["company"])
    click.echo(f"{sealing.seal_company(company):,} entries and events sealed")


@seal.command()
@click.pass_obj
def head(obj: dict[str, Any]) -> None:
    """Print the head: keep it where nobody who can change the database can change it, too.

    \b
    Example:
      backstay seal head >> /mnt/elsewhere/heads.txt
    """
    with _work(obj["company"]) as ctx:
        from backstay.platform import sealing

        click.echo(sealing.head(ctx) or "")


@seal.command()
@click.option(
    "--lost", is_flag=True, help="The old key is lost: go on with a new one; verify tells it for ever."
)
@click.pass_obj
def rotate(obj: dict[str, Any], lost: bool) -> None:
    """Change the key that signs: the old key signs a block that names the new one.

    \b
    Example:
      backstay seal rotate
    """
    with _work(obj["company"]) as ctx:
        from backstay.platform import sealing

        click.echo(sealing.rotate(ctx, lost=lost))


@seal.command("new-key")
def new_key() -> None:
    """Make a key for a chain that comes from elsewhere, and print its public part, which is named there on going.

    \b
    Example:
      backstay seal new-key
    """
    session.ready()
    from backstay.platform import sealing

    click.echo(sealing.new_key()[1])


@seal.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-personal", is_flag=True, help="Leave personal values out: their salted hashes stay.")
@click.pass_obj
def export(obj: dict[str, Any], file: Path, without_personal: bool) -> None:
    """Write the chain as one file that anybody can check with the public key alone.

    \b
    Examples:
      backstay seal export sealed.zip
      backstay seal export sealed.zip --without-personal
    """
    with _work(obj["company"]) as ctx:
        from backstay.platform import sealing

        count = sealing.export(ctx, file, personal=not without_personal)
    click.echo(f"{count:,} entries and events in {file}")


def _work(company: str | None) -> Any:
    session.ready()
    from backstay.platform.context import work

    return work(session.choose_company(company), session.ACTOR)
