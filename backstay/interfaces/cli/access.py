"""``backstay access``."""

from __future__ import annotations

from datetime import date

import click

from backstay.interfaces.cli import session


@click.group()
def access() -> None:
    """Roles: who has which, who may do what. At the console everything may be given.

    \b
    Examples:
      backstay access roles
      backstay access grant ann@example.com sales
      backstay access grant adviser@example.com external --until 2027-03-31 --company all
      backstay access end ann@example.com sales
      backstay access holds ann@example.com
      backstay access leave ann@example.com --successor bob@example.com
      backstay access who-can banking.paymentrun.file
      backstay access duties
      backstay access keep-apart sales.order.create sales.order.confirm --why "Four eyes on every order."
    """


@access.command()
@click.argument("role", required=False)
@session.company_option
def roles(role: str | None, company: str | None) -> None:
    """Every role, or the rights of one."""
    session.ready()
    from backstay.interfaces import granting
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        if role is None:
            held = [code for m in granting.members(ctx) for _id, code, _since, _until in m.roles]
            for each in granting.roles(ctx).values():
                changed = (
                    " (changed here)" if each.ours and each.default else " (made here)" if each.ours else ""
                )
                click.echo(f"{each.code:<16} {each.name:<16} {held.count(each.code):>4}{changed}")
            return
        for right in granting.role(ctx, role).rights:
            ruled = [*(f"-{f}" for f in right.hidden), *(f"={f}" for f in right.fixed)]
            click.echo(
                f"{right.resources:<26} {' '.join(right.acts):<48} {right.scope:<8} {' '.join(ruled)}".rstrip()
            )


@access.command()
@click.argument("mail")
@click.argument("role")
@click.option("--since", type=session.DAY, default="today", show_default=True, help="First day.")
@click.option("--until", type=session.DAY, help="Last day; without it for good.")
@click.option(
    "--company",
    "wanted",
    metavar="ID|NAME|all",
    envvar="BACKSTAY_COMPANY",
    help="The company, or all of them.",
)
def grant(mail: str, role: str, since: date, until: date | None, wanted: str | None) -> None:
    """Give somebody who signs in a role, in one company or in all."""
    session.ready()
    from django.db import transaction

    from backstay.interfaces import granting
    from backstay.platform.context import work

    user = granting.user_of(mail)
    chosen = [i for i, _name in session.companies()] if wanted == "all" else [session.choose_company(wanted)]
    with transaction.atomic():
        for company in chosen:
            with work(company, session.ACTOR) as ctx:
                granting.grant(ctx, [granting.GrantDraft(user.pk, role, since, until)])
    click.echo(
        f"{user.name or user.email}: {role} in {len(chosen)} {'company' if len(chosen) == 1 else 'companies'}."
    )


@access.command()
@click.argument("mail")
@click.argument("role", required=False)
@session.company_option
def end(mail: str, role: str | None, company: str | None) -> None:
    """End a role, or without ROLE all that somebody holds. Who has none left is signed out everywhere."""
    session.ready()
    from backstay.base.errors import NotFound
    from backstay.interfaces import granting, leaving
    from backstay.platform.context import work

    user = granting.user_of(mail)
    with work(session.choose_company(company), session.ACTOR) as ctx:
        if role is None:
            leaving.leave(ctx, user.pk)
        else:
            held = leaving.holding(ctx, user.pk).member.roles
            ids = [pk for pk, code, _since, _until in held if code == role]
            if not ids:
                raise NotFound(
                    "access.role",
                    f"{mail} is not {role} here",
                    f"Has: {', '.join(c for _, c, _, _ in held)}.",
                )
            granting.end(ctx, ids)
    click.echo(f"{user.name or user.email}: {role or 'everything'} has ended.")


@access.command()
@click.argument("mail")
@session.company_option
def holds(mail: str, company: str | None) -> None:
    """What somebody holds: the list to go through when he joins, moves or leaves."""
    session.ready()
    from backstay.interfaces import granting, leaving
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        held = leaving.holding(ctx, granting.user_of(mail).pk)
        for _pk, code, since, until in held.member.roles:
            click.echo(f"role         {code}  {since} – {until or ''}")
        for team in held.member.teams:
            click.echo(f"team         {team}")
        for each in held.unfinished:
            names = ", ".join(title for title, _href in each.latest)
            click.echo(f"unfinished   {each.resource.path}  {each.count}: {names}")
        counted = {"drafts": held.drafts, "imports": held.imports, "long work": held.works, "notices": held.notices,
                   "sessions": held.sessions, "invitations": held.invitations, "tokens": held.tokens, "feeds": held.feeds}  # fmt: skip
        for name, count in counted.items():
            click.echo(f"{name:<12} {count}")
        for duty, until in held.exceptions:
            click.echo(f"exception    {duty.code}  – {until}: {duty.why}")
        if held.heads:
            click.echo("seal heads   go to this address: `backstay seal heads` changes that")
        for duty in held.conflicts:
            click.echo(f"conflict     {duty.why}")


@access.command("leave")
@click.argument("mail")
@click.option("--successor", metavar="MAIL", help="Who goes on with what was typed and not finished.")
@session.company_option
def leave_(mail: str, successor: str | None, company: str | None) -> None:
    """End all that somebody holds here at once: roles, teams, sessions, invitations, tokens, calendar feeds, long work."""
    session.ready()
    from backstay.interfaces import granting, leaving
    from backstay.platform.context import work

    user, other = granting.user_of(mail), granting.user_of(successor) if successor else None
    with work(session.choose_company(company), session.ACTOR) as ctx:
        leaving.leave(ctx, user.pk, other.pk if other else None)
    click.echo(f"{user.name or user.email}: everything has ended.")


@access.command("who-can")
@click.argument("action")
@session.company_option
def who_can(action: str, company: str | None) -> None:
    """Who may do an action today, and how far it reaches."""
    session.ready()
    from backstay.interfaces import granting
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        for member, scope in granting.who_can(ctx, action):
            click.echo(
                f"{member.name or member.mail:<30} {scope:<8} {', '.join(code for _, code, _, _ in member.roles)}"
            )


@access.command()
@session.company_option
def duties(company: str | None) -> None:
    """What one person does not both do."""
    session.ready()
    from backstay.interfaces import duties as pairs
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        for each in pairs.known(ctx):
            click.echo(f"{each.code:<18} {each.first:<32} {each.second:<32} {each.why}")


@access.command("keep-apart")
@click.argument("first")
@click.argument("second")
@click.option("--why", required=True, help="A sentence that who is refused will read.")
@session.company_option
def keep_apart(first: str, second: str, why: str, company: str | None) -> None:
    """Who did FIRST to an object does not do SECOND to it."""
    session.ready()
    from backstay.interfaces import duties as pairs
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        click.echo(pairs.keep_apart(ctx, first, second, why))


@access.command("take-away")
@click.argument("code")
@session.company_option
def take_away(code: str, company: str | None) -> None:
    """Keep a pair that the company added apart no more."""
    session.ready()
    from backstay.interfaces import duties as pairs
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        pairs.take_away(ctx, code)
    click.echo(f"{code} is taken away.")
