"""``backstay feed``."""

from __future__ import annotations

import click

from backstay.interfaces.cli import session


@click.group()
def feed() -> None:
    """Calendar feeds, at whose secret addresses calendar programs read for people: list and end them. They are made on the screen.

    \b
    Examples:
      backstay feed list
      backstay feed end 7
    """


@feed.command("list")
@session.company_option
def list_(company: str | None) -> None:
    """Feeds of a company: whose, of what, until when, when last read.

    \b
    Example:
      backstay feed list
    """
    session.ready()
    from backstay.interfaces import tokens
    from backstay.platform.context import work
    from backstay.platform.models import Feed

    with work(session.choose_company(company), session.ACTOR) as ctx:
        for each in tokens.listed(ctx, True, Feed):
            used = each.used_at.isoformat(" ", "minutes") if each.used_at else "never read"
            state = "ended" if each.ended_at else f"until {each.ends_at.date()}"
            shows = f"{each.path}?{each.query}".rstrip("?") or "his work"
            click.echo(
                f"{each.pk:>6}  {each.begins}…  {each.user.email}  {each.name}  {state}  {used}  {shows}"
            )


@feed.command()
@click.argument("ident", type=int)
@session.company_option
def end(ident: int, company: str | None) -> None:
    """End a feed at once.

    \b
    Example:
      backstay feed end 7
    """
    session.ready()
    from backstay.interfaces import tokens
    from backstay.platform.context import work
    from backstay.platform.models import Feed

    with work(session.choose_company(company), session.ACTOR) as ctx:
        tokens.end(ctx, ident, Feed)
    click.echo("Ended.")
