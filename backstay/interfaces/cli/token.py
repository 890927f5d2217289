"""``backstay token``."""

from __future__ import annotations

import click

from backstay.interfaces.cli import session


@click.group()
def token() -> None:
    """Tokens, by which programs act for a person: make, list and end them. A token is printed once and kept as a hash.

    \b
    Examples:
      backstay token create ann@example.com --name shop --scope catalog.item:read --scope sales.order:read,create,confirm
      backstay token list
      backstay token end 7
    """


@token.command()
@click.argument("mail")
@click.option("--name", required=True, help="The program that gets it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="What it may do, e.g. sales.*:read (several: repeat).",
)
@click.option("--days", type=int, default=90, show_default=True, help="How long it is good, at most 366.")
@session.company_option
def create(mail: str, name: str, scopes: tuple[str, ...], days: int, company: str | None) -> None:
    """Make a token of a person in a company; it is printed, and never shown again.

    \b
    Example:
      backstay token create ann@example.com --name reports --scope "report.*:read" --days 30
    """
    session.ready()
    from backstay.interfaces import granting, tokens
    from backstay.platform.context import work

    user = granting.user_of(mail)
    with work(session.choose_company(company), session.ACTOR) as ctx:
        _id, made = tokens.create(ctx, name, [tokens.scope_of(s) for s in scopes], days, user.pk)
    click.echo(made)


@token.command("list")
@session.company_option
def list_(company: str | None) -> None:
    """Tokens of a company: whose, for what, until when, when last used.

    \b
    Example:
      backstay token list
    """
    session.ready()
    from backstay.interfaces import tokens
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        for each in tokens.listed(ctx, everybody=True):
            used = each.used_at.isoformat(" ", "minutes") if each.used_at else "never used"
            state = "ended" if each.ended_at else f"until {each.ends_at.date()}"
            click.echo(
                f"{each.pk:>6}  {each.begins}…  {each.user.email}  {each.name}  {state}  {used}  {' '.join(tokens.scopes_of(each))}"
            )


@token.command()
@click.argument("ident", type=int)
@session.company_option
def end(ident: int, company: str | None) -> None:
    """End a token at once.

    \b
    Example:
      backstay token end 7
    """
    session.ready()
    from backstay.interfaces import tokens
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        tokens.end(ctx, ident)
    click.echo("Ended.")
