"""``backstay verify``."""

from __future__ import annotations

import json as jsonlib
import sys
from pathlib import Path
from typing import Any

import click

from backstay.interfaces.cli import session

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def run(company: int, heads: str = "") -> dict[str, Any]:
    """Every check of a company, as JSON has it; ``heads``: a text with heads that were kept outside."""
    from backstay.ledger import Check
    from backstay.ledger import verify as check_all
    from backstay.ledger.verify import size
    from backstay.platform import sealing
    from backstay.platform.context import work

    with work(company, session.ACTOR) as ctx:
        checks = check_all(ctx)
        if heads:
            found = list(sealing.against(ctx, heads))
            checks.append(Check("seal.head", not found, found))
        entries, postings = size(ctx)
    return {
        "ok": all(c.ok for c in checks),
        "entries": entries,
        "postings": postings,
        "checks": [{"code": c.code, "ok": c.ok, "found": c.found} for c in checks],
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--all", "every", is_flag=True, help="Every company, one after the other.")
@click.option("--head", type=FILE, help="A file with heads kept outside, e.g. mails that were saved.")
@click.option("--export", type=FILE, help="Check a sealed export instead, without a database; needs --key.")
@click.option("--key", help="The public key of the export, or a file that holds it.")
@session.company_option
def verify(
    as_json: bool, every: bool, head: Path | None, export: Path | None, key: str | None, company: str | None
) -> None:
    """Check everything the books promise, over all that is stored.

    Exit code 3 when something was found.

    \b
    Examples:
      backstay verify
      backstay verify --json --company "Halyard & Finch Trading"
      backstay verify --head heads.txt
      backstay verify --export sealed.zip --key key.txt --head heads.txt
    """
    if export is not None:
        from backstay.base import seal

        if not key:
            raise click.UsageError("--export needs --key: the public key you were given.")
        sys.exit(seal.main([str(export), "--key", key, *(["--head", str(head)] if head else [])]))
    session.ready()
    from backstay.interfaces import checks  # noqa: F401  registers the domains' checks

    heads = head.read_text(encoding="utf-8", errors="replace") if head else ""
    if every:
        results = [_told(i, as_json, heads, name) for i, name in session.companies()]
    else:
        results = [_told(session.choose_company(company), as_json, heads)]
    if not all(results):
        sys.exit(3)


def _told(company: int, as_json: bool, heads: str, name: str = "") -> bool:
    """Check a company and print what came of it; whether all holds."""
    result = run(company, heads)
    if as_json:
        click.echo(jsonlib.dumps(result | ({"company": name} if name else {}), ensure_ascii=False))
        return bool(result["ok"])
    if name:
        click.echo(name)
    for check in result["checks"]:
        click.echo(f"{'ok   ' if check['ok'] else 'WRONG'} {check['code']}")
        for found in check["found"]:
            click.echo(f"        {found}")
    click.echo(
        f"{result['entries']:,} entries, {result['postings']:,} postings: {'all hold' if result['ok'] else 'see above'}"
    )
    return bool(result["ok"])
