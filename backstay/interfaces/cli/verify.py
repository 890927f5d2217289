"""``backstay verify``."""

from __future__ import annotations

import json as jsonlib
import sys
from typing import Any

import click

from backstay.interfaces.cli import session


def run(company: int) -> dict[str, Any]:
    """Every check of a company, as JSON has it."""
    from backstay.ledger import verify as check_all
    from backstay.ledger.verify import size
    from backstay.platform.context import work

    with work(company, session.ACTOR) as ctx:
        checks = check_all(ctx)
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
@session.company_option
def verify(as_json: bool, every: bool, company: str | None) -> None:
    """Check everything the books promise, over all that is stored.

    Exit code 3 when something was found.

    \b
    Examples:
      backstay verify
      backstay verify --json --company "Halyard & Finch Trading"
    """
    session.ready()
    from backstay.interfaces import checks  # noqa: F401  registers the domains' checks

    if every:
        results = [_told(i, as_json, name) for i, name in session.companies()]
    else:
        results = [_told(session.choose_company(company), as_json)]
    if not all(results):
        sys.exit(3)


def _told(company: int, as_json: bool, name: str = "") -> bool:
    """Check a company and print what came of it; whether all holds."""
    result = run(company)
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
