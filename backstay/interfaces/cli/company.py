"""``backstay init``."""

from __future__ import annotations

import click

from backstay.interfaces.cli import session


@click.command()
@click.option("--company", "name", help="Name of the first company.")
@click.option("--currency", default="EUR", show_default=True, help="Its currency (ISO 4217).")
@click.option(
    "--country", default="NL", show_default=True, help="Its country (ISO 3166-1), for the tax codes."
)
@click.option(
    "--chart", default="default", show_default=True, help="Chart of accounts: default, or a nested JSON file."
)
@click.option("--first-year", type=int, help="First fiscal year (default: this one).")
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
      backstay init --company "Quay Traders" --currency EUR --country DE --email ann@example.com
    """
    session.ready(migrate=True)
    from backstay.base import clock
    from backstay.domains.accounting.processes import create_company

    user = None
    if email:
        password = click.get_text_stream("stdin").readline().rstrip("\n") if password_stdin else click.prompt(
            "Password", hide_input=True, confirmation_prompt=True
        )  # fmt: skip
        user = make_user(email, user_name or email.partition("@")[0], password)
    if name:
        company = create_company(
            name, currency, actor=session.ACTOR, chart=chart, country=country,
            first_year=first_year or clock.today().year, years=2, first_month=first_month, user=user,
        )  # fmt: skip
        click.echo(f"Company {company}: {name}")
    click.echo("Ready. `backstay up` starts it.")


def make_user(email: str, name: str, password: str) -> int:
    """Make a user who can sign in, or find the one with this address. Raises Refusal for a weak password."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from backstay.base.errors import Refusal
    from backstay.platform.models import User

    found = User.objects.filter(email=email.lower()).first()
    if found is not None:
        return int(found.pk)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as exc:
        raise Refusal("access.password", " ".join(exc.messages), "Choose a longer one.") from None
    return int(User.objects.create_user(email, password, name=name).pk)
