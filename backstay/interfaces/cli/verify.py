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
@session.company_option
def verify(as_json: bool, company: str | None) -> None:
    """Check everything the books promise, over all that is stored.

    Exit code 3 when something was found.

    \b
    Examples:
      backstay verify
      backstay verify --json --company "Halyard & Finch Trading"
    """
    session.ready()
    from backstay.interfaces import checks  # noqa: F401  registers the domains' checks

    result = run(session.choose_company(company))
    if as_json:
        click.echo(jsonlib.dumps(result, ensure_ascii=False))
    else:
        for check in result["checks"]:
            click.echo(f"{'ok   ' if check['ok'] else 'WRONG'} {check['code']}")
            for found in check["found"]:
                click.echo(f"        {found}")
        click.echo(
            f"{result['entries']:,} entries, {result['postings']:,} postings: {'all hold' if result['ok'] else 'see above'}"
        )
    if not result["ok"]:
        sys.exit(3)
