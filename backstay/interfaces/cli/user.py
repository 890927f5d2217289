"""``backstay user``: who may sign in, and help for who is locked out. It works at the console of the machine alone."""

from __future__ import annotations

import json
from typing import Any

import click

from backstay.interfaces.cli import session


@click.group()
def user() -> None:
    """People who sign in: list them, invite, end sessions, help who is locked out.

    \b
    Examples:
      backstay user list
      backstay user invite ann@example.com --role owner
      backstay user end-sessions ann@example.com
      backstay user reset-factors ann@example.com
      backstay user reset-password ann@example.com
      backstay user close ann@example.com
    """


def _found(mail: str) -> Any:
    from backstay.base.errors import NotFound
    from backstay.platform.models import User

    session.ready()
    found = User.objects.filter(email=mail.strip().lower()).first()
    if found is None:
        raise NotFound(
            "access.user", f"nobody signs in with {mail[:80]}", "`backstay user list` shows who does."
        )
    return found


def _noted(person: Any, event: str) -> None:
    """In the audit of every company he works for."""
    from backstay.base import clock
    from backstay.platform import audit, rows
    from backstay.platform.context import work

    for company, _name in rows.execute("SELECT * FROM companies_of(%s, %s)", [person.pk, clock.today()]):
        with work(company, session.ACTOR) as ctx:
            audit.record(ctx, "access.user", [person.pk], event)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """Who may sign in, with what, and when they last did.

    \b
    Example:
      backstay user list
    """
    session.ready()
    from backstay.interfaces.signing import factors

    told = factors.overview()
    if as_json:
        click.echo(json.dumps(told))
        return
    for each in told:
        seen = each["last"][:16].replace("T", " ") if each["last"] else "never"
        what = ", ".join(each["factors"]) or "password only"
        click.echo(
            f"{each['email']}  {each['name']}  {'' if each['active'] else 'CLOSED  '}{what}; {each['sessions']} sessions; last {seen}"
        )


@user.command("invite")
@click.argument("mail")
@click.option("--role", "roles", multiple=True, required=True, help="Role to be given (several: repeat).")
@click.option("--until", type=session.DAY, help="Last day in the company (default: for good).")
@click.option(
    "--address",
    envvar="BACKSTAY_ADDRESS",
    default="",
    metavar="URL",
    help="Where people reach Backstay: the link goes there by mail. Without it the link is printed alone.",
)
@session.company_option
def invite(mail: str, roles: tuple[str, ...], until: Any, address: str, company: str | None) -> None:
    """Invite somebody to work for a company: a link that is good once, for seven days.

    \b
    Examples:
      backstay user invite ann@example.com --role owner
      backstay user invite ann@example.com --role auditor --until 2026-12-31 --address https://books.example.com
    """
    session.ready()
    from backstay.interfaces import inviting
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        path = inviting.invite(ctx, mail, roles, until, address)
    click.echo(f"{address.rstrip('/')}{path}")


@user.command("end-sessions")
@click.argument("mail")
def end_sessions(mail: str) -> None:
    """Sign somebody out everywhere, e.g. when a laptop is lost.

    \b
    Example:
      backstay user end-sessions ann@example.com
    """
    person = _found(mail)
    from backstay.interfaces.signing import sessions

    count = sessions.end_all(person.pk)
    _noted(person, "sessions_ended")
    click.echo(f"{count} sessions ended.")


@user.command("reset-factors")
@click.argument("mail")
def reset_factors(mail: str) -> None:
    """Take away somebody's passkeys, authenticator app and recovery codes, after you made sure who asks.

    Sessions end, the person gets a mail, and it stands in the audit of every company.

    \b
    Example:
      backstay user reset-factors ann@example.com
    """
    person = _found(mail)
    from backstay.interfaces.signing import factors, letters, sessions

    count = factors.reset(person.pk)
    sessions.end_all(person.pk)
    _noted(person, "factors_reset")
    letters.tell(
        person,
        None,
        "Your second factors were removed",
        "Passkeys, authenticator app and recovery codes of your account were removed.",
    )
    click.echo(f"{count} removed; the password alone lets {person.email} in.")


@user.command("reset-password")
@click.argument("mail")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def reset_password(mail: str, password_stdin: bool) -> None:
    """Set a new password for somebody who has no mail; sessions end.

    \b
    Examples:
      backstay user reset-password ann@example.com
      pass show books | backstay user reset-password ann@example.com --password-stdin
    """
    person = _found(mail)
    from backstay.interfaces import users
    from backstay.interfaces.signing import letters, sessions

    password = click.get_text_stream("stdin").readline().rstrip("\n") if password_stdin else click.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )  # fmt: skip
    users.check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    sessions.end_all(person.pk)
    _noted(person, "password_reset")
    letters.tell(person, None, "Your password was changed", "The password of your account was changed.")
    click.echo(f"{person.email} signs in with the new password.")


@user.command("close")
@click.argument("mail")
@click.option("--successor", metavar="MAIL", help="Who goes on with what was typed and not finished.")
def close(mail: str, successor: str | None) -> None:
    """Close an account: it leaves every company, its sessions end, and nobody signs in with it any more.

    \b
    Examples:
      backstay user close ann@example.com --successor bob@example.com
    """
    person = _found(mail)
    from backstay.interfaces import leaving

    other = _found(successor) if successor else None
    left = leaving.close(person, [i for i, _name in session.companies()], session.ACTOR, other)
    click.echo(f"{person.email} is closed; {left} {'company' if left == 1 else 'companies'} left.")


@user.command("reopen")
@click.argument("mail")
def reopen(mail: str) -> None:
    """Let a closed account sign in again. It holds no role until one is given.

    \b
    Example:
      backstay user reopen ann@example.com
    """
    person = _found(mail)
    from backstay.platform.models import User

    User.objects.filter(pk=person.pk).update(is_active=True)
    click.echo(f"{person.email} may sign in again.")
