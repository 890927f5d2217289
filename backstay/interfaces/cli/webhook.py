"""``backstay webhook``: who outside is told of what, what was sent, sending it again."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from backstay.interfaces.cli import session


@click.group()
def webhook() -> None:
    """Tell other programs what happens here, as in Standard Webhooks.

    \b
    Examples:
      backstay webhook events
      backstay webhook add Shop https://shop.example.com/hooks --event sales.order_confirmed
      backstay webhook list
      backstay webhook messages 3 --state dead
      backstay webhook again 3
    """


@webhook.command()
@session.company_option
def events(company: str | None) -> None:
    """Every event there is, and what it is told of.

    \b
    Example:
      backstay webhook events
    """
    import django

    django.setup()
    from backstay.platform import webhooks

    for name, kind in webhooks.known().items():
        click.echo(f"{name:<36} {kind}")


@webhook.command("list")
@session.company_option
def list_(company: str | None) -> None:
    """All webhooks of the company, and how each fares.

    \b
    Example:
      backstay webhook list
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        found, counts = webhooks.webhooks(ctx), webhooks.counts(ctx)
    for row in found:
        many = counts.get(row.pk, {})
        state = "off" if not row.active else "failing" if row.failing_since else "on"
        waits = f"{many.get('waiting', 0):,} wait, {many.get('dead', 0):,} given up"
        click.echo(f"{row.pk:>6} {state:<8} {row.name:<24} {row.address}  {' '.join(row.events)}  {waits}")
    if not found:
        click.echo("No webhook.")


@webhook.command()
@click.argument("name")
@click.argument("address")
@click.option(
    "--event", "wanted", multiple=True, help="An event; may be given several times. Without it: all."
)
@session.company_option
def add(name: str, address: str, wanted: tuple[str, ...], company: str | None) -> None:
    """Tell somebody from now on; prints the secret, once.

    \b
    Example:
      backstay webhook add Shop https://shop.example.com/hooks --event sales.order_confirmed
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        draft = webhooks.WebhookDraft(name, address, wanted or (webhooks.EVERY,))
        (made,) = webhooks.create_webhooks(ctx, [draft])
    click.echo(f"Webhook {made.id}. Its secret, shown once: {made.secret}")


@webhook.command()
@click.argument("ident", type=int)
@session.company_option
def on(ident: int, company: str | None) -> None:
    """Switch a webhook on.

    \b
    Example:
      backstay webhook on 3
    """
    _switch(ident, company, True)


@webhook.command()
@click.argument("ident", type=int)
@session.company_option
def off(ident: int, company: str | None) -> None:
    """Switch a webhook off: nothing new is written for it, what waits stays.

    \b
    Example:
      backstay webhook off 3
    """
    _switch(ident, company, False)


def _switch(ident: int, company: str | None, active: bool) -> None:
    with _work(company) as ctx:
        from backstay.platform import webhooks

        row = webhooks.webhook(ctx, ident)
        draft = webhooks.WebhookDraft(row.name, row.address, tuple(row.events), active)
        webhooks.change_webhooks(ctx, {ident: draft})
    click.echo(f"{row.name} is {'on' if active else 'off'}.")


@webhook.command()
@click.argument("ident", type=int)
@session.company_option
def remove(ident: int, company: str | None) -> None:
    """Take a webhook away.

    \b
    Example:
      backstay webhook remove 3
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        webhooks.remove_webhooks(ctx, [ident])
    click.echo("Removed.")


@webhook.command()
@click.argument("ident", type=int)
@click.option("--hours", default=24, show_default=True, help="So long the old secret signs, too.")
@session.company_option
def rotate(ident: int, hours: int, company: str | None) -> None:
    """Make a new secret; prints it, once.

    \b
    Example:
      backstay webhook rotate 3 --hours 48
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        click.echo(webhooks.rotate_secret(ctx, ident, hours))


@webhook.command()
@click.argument("ident", type=int)
@session.company_option
def test(ident: int, company: str | None) -> None:
    """Send a message that says nothing.

    \b
    Example:
      backstay webhook test 3
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        webhooks.test(ctx, ident)
    click.echo(f"On its way: backstay webhook messages {ident}")


@webhook.command()
@click.argument("ident", type=int)
@click.option(
    "--state", type=click.Choice(["waiting", "delivered", "dead"]), default=None, help="Only these."
)
@click.option("--most", default=50, show_default=True, help="How many, the latest first.")
@session.company_option
def messages(ident: int, state: str | None, most: int, company: str | None) -> None:
    """What was sent, what waits, what was given up, and why.

    \b
    Example:
      backstay webhook messages 3 --state dead
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        webhooks.webhook(ctx, ident)
        for m in webhooks.messages(ctx, ident, state or "", most=most):
            about = m.number or m.about
            click.echo(f"{m.id:>8} {m.created_at:%Y-%m-%d %H:%M:%S} {m.state:<9} {m.attempts:>2} {m.event:<32} {about:<24} {m.error[:120]}".rstrip())  # fmt: skip


@webhook.command()
@click.argument("ident", type=int)
@click.argument("message", type=int, nargs=-1)
@session.company_option
def again(ident: int, message: tuple[int, ...], company: str | None) -> None:
    """Send what was given up once more: those messages, or all.

    \b
    Example:
      backstay webhook again 3
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        _told(webhooks.send_again(ctx, ident, message or None))


@webhook.command()
@click.argument("ident", type=int)
@click.option("--since", type=session.DAY, required=True, help="The first day.")
@session.company_option
def replay(ident: int, since: date, company: str | None) -> None:
    """Send all since a day once more, under the same ids.

    \b
    Example:
      backstay webhook replay 3 --since 2026-11-01
    """
    with _work(company) as ctx:
        from backstay.platform import webhooks

        _told(webhooks.replay(ctx, ident, since))


def _told(count: int) -> None:
    click.echo(f"{count:,} message{'' if count == 1 else 's'} on the way again.")


def _work(company: str | None) -> Any:
    session.ready()
    from backstay.platform.context import work

    return work(session.choose_company(company), session.ACTOR)
