"""``backstay security``."""

from __future__ import annotations

from pathlib import Path

import click

from backstay.interfaces.cli import session

BEGIN, END = "<!-- printed from the database -->", "<!-- end -->"


@click.command()
@click.option(
    "--write",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Bring this document up to date.",
)
def security(write: Path | None) -> None:
    """Print who may what in the database: grants, policies, triggers, functions that act for the owner.

    \b
    Examples:
      backstay security
      backstay security --write docs/security.md
    """
    session.ready()
    from backstay.interfaces.security import printed

    if write is None:
        click.echo(printed(), nl=False)
        return
    before, _begin, rest = write.read_text(encoding="utf-8").partition(BEGIN)
    _old, _end, after = rest.partition(END)
    write.write_text(f"{before}{BEGIN}\n{printed()}{END}{after}", encoding="utf-8")
