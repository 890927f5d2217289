"""``backstay backup``, ``backstay restore``, ``backstay release``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click

from backstay.interfaces.cli import session

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--to", "folder", type=_FOLDER, help="Where to write it (default: that of the schedule).")
@click.option(
    "--for", "recipients", multiple=True, help="Encrypt for this key (age1…); may be given several times."
)
@click.option("--every-day", is_flag=True, help="From now on the worker writes one each day.")
@click.option("--never", is_flag=True, help="Give the schedule up; what was written stays.")
@click.option(
    "--keep", default=14, show_default=True, type=click.IntRange(1), help="How many copies a schedule keeps."
)
@click.pass_context
def backup(
    ctx: click.Context,
    folder: Path | None,
    recipients: tuple[str, ...],
    every_day: bool,
    never: bool,
    keep: int,
) -> None:
    """Write a backup: database, files and, encrypted, the secrets; of one moment, while others work; read again and
    compared before it counts.

    \b
    Examples:
      backstay backup --to /mnt/copies
      backstay backup key backup-key.txt          # prints the key to encrypt for; keep the file elsewhere
      backstay backup --every-day --to /mnt/copies --for age1… --keep 30
    """
    if ctx.invoked_subcommand:
        return
    from backstay.base.errors import Refusal
    from backstay.platform import backup as copies

    if never:
        copies.schedule(None)
        click.echo("No backup is written from now on.")
        return
    plan = copies.plan()
    target = folder or (plan.folder if plan else None)
    if target is None:
        raise Refusal(
            "backup.folder", "no folder is named", "backstay backup --to FOLDER, on another disk or machine."
        )
    keys = recipients or (plan.recipients if plan and not folder else ())
    if every_day:
        copies.schedule(copies.Plan(target, keep, keys))
    session.ready()
    made = copies.write(target, keys)
    click.echo(
        f"{made} ({made.stat().st_size:,} bytes{', encrypted' if keys else ''}): every part read again."
    )
    if not keys:
        click.echo("It holds no secrets: keep secrets.json of the data folder in another safe place.")
    if every_day:
        copies.prune(target, keep)
        click.echo(f"The worker writes one each day; {keep} are kept.")


@backup.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def key(path: Path) -> None:
    """Make a key: backups are encrypted for what is printed, and opened with the file. Keep the file elsewhere.

    \b
    Example:
      backstay backup key backup-key.txt
    """
    import pyrage

    from backstay.base.errors import Refusal
    from backstay.platform import backup as copies

    if path.exists():
        raise Refusal(
            "backup.key", f"{path} is there already", "Name another file: what it opens would be lost."
        )
    made = pyrage.x25519.Identity.generate()
    with copies.private(path, "w") as out:
        out.write(f"{made}\n")
    click.echo(str(made.to_public()))


@click.command()
@click.argument("path", type=_FILE)
@click.option("--key", "identity", type=_FILE, help="The file with the key of an encrypted backup.")
@click.option(
    "--drill", is_flag=True, help="Only try: into a database of its own, compared and verified, then gone."
)
def restore(path: Path, identity: Path | None, drill: bool) -> None:
    """Bring a backup into a fresh data folder and an empty database. Mail and messages stay until `backstay release`.

    \b
    Examples:
      backstay restore --drill /mnt/copies/backstay-20261125T020000Z.tar
      BACKSTAY_HOME=/srv/new backstay restore copy.tar.age --key backup-key.txt
    """
    from backstay.platform import restoring

    if drill:
        session.ready()
        with restoring.scratch(path, identity) as (name, told, differences):
            wrong = [*differences, *_verified(name)]
        for line in wrong:
            click.echo(f"WRONG {line}")
        for company in told["companies"]:
            click.echo(f"{company['name']}: {company['entries']:,} entries, {company['postings']:,} postings")
        click.echo(
            "It would not come back as it was."
            if wrong
            else "It comes back as it was: rows, balances, books."
        )
        if wrong:
            sys.exit(3)
        return
    told = restoring.restore(path, identity)
    session.ready(migrate=True)
    names = ", ".join(company["name"] for company in told["companies"])
    click.echo(f"Restored as of {told['made_at'][:16]}: {names or 'no company'}.")
    click.echo("Nothing leaves the house until you say `backstay release`.")


def _verified(name: str) -> list[str]:
    """What `verify` finds in the scratch database, in all companies."""
    from backstay.platform import database

    environment = os.environ | {"BACKSTAY_DATABASE": name}
    if database.external():
        environment |= {
            "DATABASE_URL": database.url_text(database.owner_url() | {"dbname": name}),
            "DATABASE_RUNTIME_URL": database.url_text(database.runtime_url() | {"dbname": name}),
        }
    found = []
    for command in (["migrate"], ["verify", "--all"]):
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "backstay", *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            found.append(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()[:2000]}")
    return found


@click.command()
def release() -> None:
    """After a restore: let mail and messages go out again. Look through what waits first.

    \b
    Example:
      backstay release
    """
    session.ready()
    from backstay.platform import rows

    waiting = rows.execute("SELECT count(*) FROM platform_outbox WHERE delivered_at IS NULL", using="owner")[
        0
    ][0]
    freed = rows.execute(
        "UPDATE company SET settings = settings - 'paused' WHERE settings ? 'paused' RETURNING name",
        using="owner",
    )
    click.echo(
        f"Let go for {', '.join(name for (name,) in freed) or 'no company: none was paused'}; {waiting:,} messages waited."
    )
