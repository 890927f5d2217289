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
      backstay seal authority https://tsa.example.com/tsr --ca tsa-root.pem
      backstay seal verify block-7.tsr block-7.txt --ca tsa-root.pem
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


@seal.command()
@click.argument("url", required=False)
@click.option(
    "--ca",
    type=click.Path(exists=True, path_type=Path, dir_okay=False),
    help="The authority's root certificate (PEM).",
)
@click.option(
    "--every", type=click.Choice(["day", "block"]), default="day", show_default=True, help="What is stamped."
)
@click.option("--none", "nobody", is_flag=True, help="Nobody stamps from now on.")
@click.pass_obj
def authority(obj: dict[str, Any], url: str | None, ca: Path | None, every: str, nobody: bool) -> None:
    """Let an authority stamp heads (RFC 3161), or say which one does. One that is asked without TLS needs an exception:
    backstay outbound allow.

    \b
    Examples:
      backstay seal authority https://tsa.example.com/tsr --ca tsa-root.pem
      backstay seal authority
      backstay seal authority --none
    """
    with _work(obj["company"]) as ctx:
        from backstay.platform import stamping

        if url:
            if ca is None:
                raise click.UsageError("--ca is needed: the certificate that its stamps must lead to.")
            stamping.choose(
                ctx, stamping.Authority(url, ca.read_text(encoding="utf-8", errors="replace"), every)
            )
        elif nobody:
            stamping.choose(ctx, stamping.Authority())
        who = stamping.authority(ctx) if not url and not nobody else stamping.Authority(url or "", "", every)
    click.echo(f"{who.url}, each {who.every}" if who.url else "Nobody stamps heads.")


@seal.command()
@click.pass_obj
def stamp(obj: dict[str, Any]) -> None:
    """Have the head stamped now.

    \b
    Example:
      backstay seal stamp
    """
    with _work(obj["company"]) as ctx:
        from backstay.base.errors import Refusal
        from backstay.platform import access, sealing, stamping

        access.require(ctx, "platform.seal.change")
        now = sealing.head(ctx)
        if now is None:
            raise Refusal("seal.head", "nothing is sealed yet", "backstay seal now")
        at = stamping.stamp(ctx, now)
    click.echo(f"block {now.block} was there at {at:%Y-%m-%d %H:%M:%S} UTC")


@seal.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write heads and tokens there, too.",
)
@click.pass_obj
def stamps(obj: dict[str, Any], folder: Path | None) -> None:
    """List time-stamps; with --to as files that openssl and `backstay seal verify` check.

    \b
    Example:
      backstay seal stamps --to /mnt/elsewhere/stamps
    """
    with _work(obj["company"]) as ctx:
        from backstay.platform import stamping

        for each in stamping.stamps(ctx):
            click.echo(f"block {each.block:>6}  {each.at:%Y-%m-%d %H:%M:%S} UTC  {each.authority}")
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"block-{each.block}.txt").write_text(each.head, encoding="ascii")
                (folder / f"block-{each.block}.tsr").write_bytes(bytes(each.answer))


@seal.command()
@click.argument("token", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.argument("head_file", metavar="HEAD", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.option(
    "--ca",
    required=True,
    type=click.Path(exists=True, path_type=Path, dir_okay=False),
    help="The authority's root certificate (PEM), from elsewhere.",
)
def verify(token: Path, head_file: Path, ca: Path) -> None:
    """Check a time-stamp without a database: that the authority saw this very head, and when.

    \b
    Example:
      backstay seal verify block-7.tsr block-7.txt --ca tsa-root.pem
    """
    import django

    django.setup()
    from backstay.base.seal import heads_of
    from backstay.platform import stamping

    text = head_file.read_text(encoding="utf-8", errors="replace")
    found = [str(each) for each in heads_of(text)] or [text.strip()]
    at = stamping.checked(token.read_bytes(), found[0], ca.read_text(encoding="utf-8", errors="replace"))
    click.echo(f"{found[0]} was there at {at:%Y-%m-%d %H:%M:%S} UTC")


def _work(company: str | None) -> Any:
    session.ready()
    from backstay.platform.context import work

    return work(session.choose_company(company), session.ACTOR)
