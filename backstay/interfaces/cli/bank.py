"""``backstay bank``."""

from __future__ import annotations

from pathlib import Path

import click

from backstay.interfaces.cli import session

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def bank() -> None:
    """Statements of the bank in, payment files out.

    \b
    Examples:
      backstay bank import november.xml
      backstay bank import export.csv --map bank.toml --account BANK
      backstay bank file RUN-2026-00001 --out payments.xml
    """


@bank.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--map", "mapping", type=_FILE, help="How a table (CSV, XLSX) is read (TOML).")
@click.option("--account", help="Code of the bank account, where the file does not name one of ours.")
@click.option("--accept-gap", is_flag=True, help="Take balances that do not run through as they are.")
@session.company_option
def import_(
    files: tuple[Path, ...], mapping: Path | None, account: str | None, accept_gap: bool, company: str | None
) -> None:
    """Import statements: CAMT.053, MT940, OFX, or a table by a mapping. What is without doubt is matched; the same
    lines never come twice. All files or none.

    \b
    Examples:
      backstay bank import november.xml december.sta
      backstay bank import export.csv --map bank.toml --account BANK
    """
    session.ready()
    from backstay.base.errors import NotFound
    from backstay.domains.banking import processes as banking
    from backstay.domains.banking.queries import bank_accounts
    from backstay.interfaces.edi import statements, table
    from backstay.platform.context import work

    told = table.mapping(mapping.read_text(encoding="utf-8")) if mapping else None
    with work(session.choose_company(company), session.ACTOR) as ctx:
        known = {each.code: each.id for each in bank_accounts(ctx)}
        if account is not None and account not in known:
            raise NotFound(
                "banking.account", f"there is no bank account {account}", f"Known: {', '.join(known)}."
            )
        chosen = known[account] if account is not None else None
        made = [
            each
            for path in files
            for each in banking.import_statements(
                ctx,
                statements.read(path, told and {"currency": ctx.currency_code} | told),
                banking.Source(path.name, chosen, accept_gap),
            )
        ]
        sure = sum(banking.match_lines(ctx, a) for a in sorted({each.account for each in made}))
    new, seen = sum(each.new for each in made), sum(each.known for each in made)
    click.echo(f"{new} new lines, {sure} of them matched; {seen} were known already.")


@bank.command("file")
@click.argument("number")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to write it."
)
@click.option(
    "--version", type=click.Choice(["03", "09"]), default="09", show_default=True, help="Of pain.001.001."
)
@session.company_option
def file(number: str, out: Path, version: str, company: str | None) -> None:
    """Write a payment run as pain.001, as the bank takes it.

    \b
    Example:
      backstay bank file RUN-2026-00001 --out payments.xml
    """
    session.ready()
    from backstay.base.errors import NotFound
    from backstay.domains.banking.queries import run_id
    from backstay.interfaces.edi.pain import payment_file
    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx:
        run = run_id(ctx, number)
        if run is None:
            raise NotFound("banking.run", f"there is no payment run {number}", "Look among the payment runs.")
        out.write_bytes(payment_file(ctx, run, version)[1])
    click.echo(f"{out} is written.")
