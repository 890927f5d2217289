"""``backstay post``."""

from __future__ import annotations

import click

from backstay.interfaces.cli import session

KINDS = ("sales-orders", "purchase-orders", "shipments", "receipts", "invoices", "bills")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("numbers", nargs=-1, required=True)
@click.option("--on", type=session.DAY, default="today", show_default=True, help="The day of what is posted.")
@click.option("--dry-run", is_flag=True, help="Show what would be posted, post nothing.")
@session.company_option
def post(kind: str, numbers: tuple[str, ...], on, dry_run: bool, company: str | None) -> None:  # type: ignore[no-untyped-def]
    """Post documents: what NUMBERS (order numbers or ids) lead to. All or none.

    sales-orders and purchase-orders confirm drafts by id; shipments, invoices, receipts and bills post what is
    left of the orders named.

    \b
    Examples:
      backstay post sales-orders 17 18
      backstay post shipments SO-2026-00017 --on 2026-11-24 --dry-run
      backstay post invoices SO-2026-00017 SO-2026-00018
    """
    session.ready()
    from django.db import transaction

    from backstay.interfaces import acts
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        done = acts.run(ctx, kind, numbers, on)
        for line in acts.entries_since(ctx, done.first_entry) if dry_run else ():
            click.echo(line)
        if dry_run:
            transaction.set_rollback(True)
    click.echo(f"{'Would post' if dry_run else 'Posted'} {', '.join(done.numbers) or 'nothing'}.")
