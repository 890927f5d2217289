"""``backstay bench``."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

from backstay.interfaces.cli import session


@click.command()
@click.option("--only", default="abcde", show_default=True, help="Which parts, by letter.")
@click.option("--entries", default=100_000, show_default=True, help="(a) how many entries in one call.")
@click.option(
    "--orders",
    type=click.IntRange(1),
    help="(c) orders a batch [default: 500]; (--desk) of the company [default: 100000].",
)
@click.option("--desk", is_flag=True, help="The pages of the desk, in a database of its own, instead.")
@click.option("--times", default=20, show_default=True, help="(--desk) visits of each page.")
@click.option(
    "--items",
    type=int,
    help="(--desk) items, and parties as many [default: 5000, fewer for a small company].",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(
    only: str, entries: int, orders: int | None, desk: bool, times: int, items: int | None, as_json: bool
) -> None:
    """Measure the ledger and order to cash as the run-time role, beside COPY of the same rows in the same run.

    With --desk: server time, statements and bytes of every kind of page for a company of that many orders (default
    100,000, with 2,000,000 postings), which is made the first time and kept. Exit code 1 when a limit is broken.

    (a) entries of three postings in one call, half of them to new open items; (b) order to cash with 5 and 50
    lines, a transaction a step; (c) the same, many orders a batch; (d) trial balance and stock with 10,000
    entries not rolled up, at one size and ten times it; (e) 1, 4, 16 clients on 500 and on 5 items.

    \b
    Examples:
      backstay bench
      backstay bench --only bc --json
      backstay bench --desk
      backstay bench --desk --orders 2000 --times 5 --json
    """
    if desk:
        _desk(orders or 100_000, items, times, as_json)
        return
    session.ready(migrate=True)
    from backstay.interfaces import bench as parts

    results: dict[str, Any] = {}
    with session.progress("Measuring") as progress:
        for n, letter in enumerate(only):
            progress(n, len(only))
            results[letter] = parts.PARTS[letter](entries=entries, orders=orders or 500)
    if as_json:
        click.echo(json.dumps(results))
        return
    for letter, facts in results.items():
        click.echo(f"({letter}) {parts.PARTS[letter].__doc__}")
        for name, value in facts.items():
            click.echo(f"      {name}: {value}")


def _desk(orders: int, items: int | None, times: int, as_json: bool) -> None:
    from backstay.interfaces import deskdata

    deskdata.use_database(orders)
    session.ready(migrate=True)
    count = items or min(5000, max(orders // 2, 50))
    with session.progress("Trading") as progress:
        made = deskdata.company_of(orders, progress, items=count, parties=count)
    from backstay.interfaces import deskbench

    with session.progress("Measuring") as progress:
        pages = deskbench.measure(made, times, progress=progress)
    deskbench.again(made, pages)
    first = deskbench.first_load(made)
    facts = {
        "orders": orders, "postings": deskdata.postings(made.company), "load": [round(x, 1) for x in os.getloadavg()],
        "first_load": first, "first_load_bytes": sum(first.values()), "pages": [deskbench.facts_of(p) for p in pages],
    }  # fmt: skip
    over = [p for p in facts["pages"] if p["over"]]
    if as_json:
        click.echo(json.dumps(facts))
    else:
        _tell(facts, deskbench)
    if over or facts["first_load_bytes"] > deskbench.LIMIT_FIRST:
        sys.exit(1)


def _tell(facts: dict[str, Any], limits: Any) -> None:
    click.echo(
        f"{facts['orders']:,} orders, {facts['postings']:,} postings; load of the machine {facts['load']}"
    )
    click.echo(
        f"{'page':44}{'n':>4}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'wall p95':>10}{'again':>8}{'SQL':>8}{'bytes':>9}"
    )
    for p in facts["pages"]:
        least, most = p["statements"]
        told = str(least) if least == most else f"{least}-{most}"
        wrong = "  OVER: " + ", ".join(p["over"]) if p["over"] else ""
        click.echo(
            f"{p['page'][:43]:44}{p['n']:>4}{p['p50_ms']:>9}{p['p95_ms']:>9}{p['max_ms']:>9}{p['wall_p95_ms']:>10}{p['again_ms'] or '':>8}{told:>8}{p['bytes']:>9,}{wrong}"
        )
    click.echo(
        f"limits: p95 {', '.join(f'{kind} {ms} ms' for kind, ms in limits.LIMIT_MS.items())}; {limits.LIMIT_STEP:,} bytes a step; {limits.STATEMENTS} statements"
    )
    for address, size in sorted(facts["first_load"].items(), key=lambda x: -x[1]):
        click.echo(f"{size:>9,}  {address}")
    click.echo(f"{facts['first_load_bytes']:>9,}  first load, limit {limits.LIMIT_FIRST:,}")
