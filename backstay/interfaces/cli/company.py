"""``backstay init``."""

from __future__ import annotations

import click

from backstay.interfaces.cli import session


@click.command()
@click.option("--company", "name", help="Name of the first company.")
@click.option("--currency", default="", help="Its currency (ISO 4217; default: the country's).")
@click.option(
    "--country",
    default="NL",
    show_default=True,
    help="Its country (ISO 3166-1): currency, tax codes, language.",
)
@click.option(
    "--chart", default="default", show_default=True, help="Chart of accounts: default, or a nested JSON file."
)
@click.option(
    "--first-year", type=int, help="Year in which the first fiscal year begins (default: this one)."
)
@click.option(
    "--first-month",
    type=click.IntRange(1, 12),
    default=1,
    show_default=True,
    help="First month of the fiscal year.",
)
@click.option("--email", help="Mail address of the first user, an owner of the company.")
@click.option("--name", "user_name", default="", help="Name of the first user.")
@click.option("--password-stdin", is_flag=True, help="Read the user's password from standard input.")
def init(
    name: str | None, currency: str, country: str, chart: str, first_year: int | None, first_month: int,
    email: str | None, user_name: str, password_stdin: bool,
) -> None:  # fmt: skip
    """Make the data folder and the database; with --company a company, with --email its first user.

    \b
    Examples:
      backstay init
      backstay init --company "Quay Traders" --country DE --email ann@example.com
    """
    session.ready(migrate=True)
    from backstay.base import clock
    from backstay.domains.accounting.processes import create_company
    from backstay.domains.accounting.rules import fiscal_start
    from backstay.interfaces.users import make_user

    user = None
    if email:
        password = click.get_text_stream("stdin").readline().rstrip("\n") if password_stdin else click.prompt(
            "Password", hide_input=True, confirmation_prompt=True
        )  # fmt: skip
        user = make_user(email, user_name or email.partition("@")[0], password)
    if name:
        company = create_company(
            name, currency, actor=session.ACTOR, chart=chart, country=country,
            first_year=first_year or fiscal_start(clock.today(), first_month).year, years=2, first_month=first_month, user=user,
        )  # fmt: skip
        click.echo(f"Company {company}: {name}")
    click.echo("Ready. `backstay up` starts it.")
