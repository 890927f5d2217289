"""``backstay api``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group()
def api() -> None:
    """The API for programs.

    \b
    Example:
      backstay api schema > openapi.json
    """


@api.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file.")
def schema(out: Path | None) -> None:
    """Print the description of the API, OpenAPI 3.1 as JSON; plugins that are on stand in it.

    \b
    Examples:
      backstay api schema
      backstay api schema --out openapi.json
    """
    import django

    django.setup()
    from backstay.interfaces.api.schema import schema as described

    text = json.dumps(described(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
