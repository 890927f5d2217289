"""``backstay person``."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from backstay.interfaces.cli import session

_PARTY = click.argument("party")


def _found(told: str) -> int:
    """The party by its number or id."""
    from backstay.base.errors import NotFound
    from backstay.domains.parties.models import Party

    found = Party.objects.filter(code=told).first() or (
        Party.objects.filter(pk=int(told)).first() if told.isdigit() else None
    )
    if found is None:
        raise NotFound(
            "parties.not_found", f"no party has the number {told}", "`backstay export parties` lists them."
        )
    return int(found.pk)


@click.group()
def person() -> None:
    """What is held on a person or party: all of it as a file, erasure, legal holds.

    \b
    Examples:
      backstay person export C0042 --out c0042.zip
      backstay person erase C0042 --dry-run
      backstay person hold C0042 --reason "Claim 7 before the court" --until 2027-12-31
    """


@person.command()
@_PARTY
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The ZIP to write."
)
@session.company_option
def export(party: str, out: Path, company: str | None) -> None:
    """Write everything held on a party: rows, documents, postings, comments, files, the trail.

    \b
    Example:
      backstay person export C0042 --out c0042.zip
    """
    session.ready()
    from backstay.interfaces import persons
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        content = persons.pack(ctx, _found(party))
    out.write_bytes(content)
    click.echo(f"{out}: {len(content):,} bytes.")


@person.command()
@_PARTY
@click.option("--dry-run", is_flag=True, help="Say what would go and what would stay; change nothing.")
@session.company_option
def erase(party: str, dry_run: bool, company: str | None) -> None:
    """Blank a party's personal columns and their old values; what books must keep stays until their time is over.

    \b
    Example:
      backstay person erase C0042 --dry-run
    """
    session.ready()
    from backstay.interfaces import persons
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        told = persons.foresee(ctx, _found(party)) if dry_run else persons.erase(ctx, _found(party))
    click.echo(f"{'Would go' if dry_run else 'Gone'}: {', '.join(told.gone) or 'nothing'}.")
    if told.until:
        click.echo(
            f"Stays until {told.until}, as long as books are kept: {', '.join(told.stays) or 'nothing'}."
        )
    if told.comments or told.files:
        click.echo(f"To be looked at by hand: {told.comments} comments, {told.files} files.")


@person.command()
@_PARTY
@click.option("--reason", required=True, help="Why nothing may be erased.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day it holds (default: until it is ended)."
)
@session.company_option
def hold(party: str, reason: str, until: datetime | None, company: str | None) -> None:
    """Hold what is kept on a party from erasure.

    \b
    Example:
      backstay person hold C0042 --reason "Claim 7 before the court"
    """
    session.ready()
    from backstay.domains.parties import processes as parties
    from backstay.platform.context import work

    last: date | None = until.date() if until else None
    with work(session.choose_company(company), session.ACTOR) as ctx:
        parties.hold_parties(ctx, [_found(party)], reason, last)
    click.echo("Held.")


@person.command()
@_PARTY
@session.company_option
def free(party: str, company: str | None) -> None:
    """End the legal holds of a party.

    \b
    Example:
      backstay person free C0042
    """
    session.ready()
    from backstay.domains.parties import processes as parties
    from backstay.interfaces import persons
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        standing = [h.pk for h in persons.holds(ctx, _found(party))]
        parties.end_legal_holds(ctx, standing)
    click.echo(f"{len(standing)} ended.")
