"""``backstay audit``: the trail on the command line."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date

import click

from backstay.interfaces.cells import defuse
from backstay.interfaces.cli import session


@click.command()
@click.option("--who", default="", help="Of one actor only, e.g. user:3 or system:cli.")
@click.option("--from", "since", type=session.DAY, help="First day.")
@click.option("--to", "until", type=session.DAY, help="Last day.")
@click.option("--kind", default="", help="Of one kind of object only, e.g. sales.order.")
@click.option("--object", "ident", default=0, help="Of the object with this number (id).")
@click.option("--event", default="", help="Of one act only, e.g. post or update.")
@click.option("--text", default="", help="Of objects with this document number, or whose words begin so.")
@click.option(
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="At most so many, the latest first.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
@session.company_option
def audit(
    who: str, since: date | None, until: date | None, kind: str, ident: int, event: str, text: str, limit: int,
    form: str, company: str | None,
) -> None:  # fmt: skip
    """Say who did what, when and from where; what it was and what it became.

    \b
    Examples:
      backstay audit
      backstay audit --text INV-2026-00004
      backstay audit --kind parties.party --event update --from 2026-10-01
      backstay audit --who user:3 --limit 1000 --format csv > trail.csv
    """
    session.ready()
    from itertools import islice

    from backstay.interfaces import looking
    from backstay.platform.context import work

    asked = looking.Asked(who, since, until, kind, ident, event, text)
    with work(session.choose_company(company), session.ACTOR) as ctx:
        found = (
            looking.page(ctx, asked, limit)[0]
            if limit <= 1000
            else list(islice(looking.every(ctx, asked), limit))
        )
    if form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(looking.HEADS)
        writer.writerows([defuse(c) for c in looking.cells(t)] for t in found)
    elif form == "json":
        for told in found:
            line = told._asdict() | {
                "at": told.at.isoformat(),
                "changes": [c._asdict() for c in told.changes],
            }
            click.echo(json.dumps(line, ensure_ascii=False))
    else:
        for told in found:
            click.echo(
                f"{told.at:%Y-%m-%d %H:%M:%S}  {told.who} {told.did}: {told.what} {told.title}  [{told.origin}]"
            )
            for change in told.changes:
                click.echo(f"    {change.label}: {change.old} → {change.new}")
