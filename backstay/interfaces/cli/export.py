"""``backstay export``."""

from __future__ import annotations

import csv
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from backstay.interfaces.cells import defuse
from backstay.interfaces.cli import session

# kind → (SQL of its rows, newest rule of naming: the columns an import mapping finds again)
KINDS: dict[str, str] = {
    "parties": """SELECT p.code, p.name, p.kind, string_agg(DISTINCT r.role, ' ') AS roles, p.tax_id, p.email, p.phone, p.payment_days,
        max(a.street) AS street, max(a.postal_code) AS postal_code, max(a.city) AS city, max(a.country) AS country
        FROM parties_party p LEFT JOIN parties_partyrole r ON r.party_id = p.id LEFT JOIN parties_address a ON a.party_id = p.id
        WHERE p.company_id = %s GROUP BY p.id ORDER BY p.id""",
    "items": """SELECT i.sku, i.name, i.kind, c.name AS category, u.code AS uom, i.sales_price, i.purchase_price, i.tax_class, i.barcode
        FROM catalog_item i JOIN catalog_uom u ON u.id = i.uom_id LEFT JOIN catalog_category c ON c.id = i.category_id
        WHERE i.company_id = %s ORDER BY i.id""",
    "prices": """SELECT l.code AS list, l.currency, i.sku AS item, p.from_quantity, p.price, p.since_on, p.until_on FROM catalog_pricelist l
        JOIN catalog_price p ON p.price_list_id = l.id JOIN catalog_item i ON i.id = p.item_id WHERE l.company_id = %s
        ORDER BY l.id, i.sku, p.from_quantity, p.since_on""",
    "sales-orders": """SELECT o.number, o.state, p.code AS customer, o.ordered_on, l.position, i.sku, l.quantity, l.unit_price, l.discount, l.percent AS tax_percent,
        l.shipped, l.invoiced, l.returned FROM sales_order o JOIN parties_party p ON p.id = o.party_id JOIN sales_orderline l ON l.order_id = o.id
        JOIN catalog_item i ON i.id = l.item_id WHERE o.company_id = %s ORDER BY o.id, l.position""",
    "invoices": """SELECT d.number, d.kind, d.state, p.code AS customer, d.issued_on, d.due_on, l.position, l.text, l.quantity, l.unit_price, l.discount,
        l.percent AS tax_percent, l.net, l.tax FROM invoicing_invoice d JOIN parties_party p ON p.id = d.party_id
        JOIN invoicing_invoiceline l ON l.invoice_id = d.id WHERE d.company_id = %s ORDER BY d.id, l.position""",
    "payments": """SELECT d.number, d.state, d.way, p.code AS party, d.paid_on, d.amount, d.fee, d.reference FROM banking_payment d
        JOIN parties_party p ON p.id = d.party_id WHERE d.company_id = %s ORDER BY d.id""",
    "entries": """SELECT e.id AS entry, e.posted_on, e.journal, e.source, e.event, p.line, a.code AS account, a.name, u.code AS unit, y.code AS party, s.item,
        p.amount, p.value FROM entry e JOIN posting p ON p.entry_id = e.id JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id
        JOIN unit u ON u.id = s.unit_id LEFT JOIN parties_party y ON y.id = s.party_id WHERE e.company_id = %s ORDER BY e.id, p.line""",
}  # fmt: skip


@click.command()
@click.argument("kind", type=click.Choice(sorted(KINDS)), required=False)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write: .csv, .json or .xlsx (default: CSV on stdout).",
)
@click.option(
    "--all",
    "whole",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all of the company into this ZIP instead.",
)
@click.option(
    "--parquet",
    type=click.Path(path_type=Path),
    help="Write the tables as Parquet into this new folder instead, for an engine of your own.",
)
@click.option(
    "--hand-over",
    "successor",
    default="",
    metavar="KEY",
    help="With --all: the public key of the installation that goes on; this one seals no more.",
)
@session.company_option
def export(
    kind: str | None,
    out: Path | None,
    whole: Path | None,
    parquet: Path | None,
    successor: str,
    company: str | None,
) -> None:
    """Write records, documents or entries as CSV, JSON or XLSX; or with --all everything, for another installation or program.

    Amounts of invoices, payments and entries are whole smallest steps (cents).

    \b
    Examples:
      backstay export parties > parties.csv
      backstay export entries --out entries.xlsx
      backstay export --all company.zip
      backstay export --parquet company/
      backstay export --all company.zip --hand-over KEY   # backstay seal new-key, at the other one, prints KEY
    """
    if [kind, whole, parquet].count(None) != 2:
        raise click.UsageError("Name what to write, or --all FILE.zip, or --parquet FOLDER.")
    if parquet is not None:
        _parquet(session.choose_ready(company), parquet)
    elif whole is not None:
        _all(session.choose_ready(company), whole, successor)
    elif kind is not None:
        _one(kind, out, company)


def _all(company: int, path: Path, successor: str) -> None:
    from backstay.interfaces.exchange import going

    with session.progress("Exporting") as progress:
        told = going.leave(company, session.ACTOR, path, successor=successor, progress=progress)
    ours = told["backstay"]
    click.echo(
        f"{path} ({path.stat().st_size:,} bytes): {sum(r.get('rows', 0) for r in told['resources']):,} rows, {ours['figures']['entries']:,} entries."
    )
    click.echo(ours["head"] or "Nothing is sealed: the key is not here, so the file is not signed.")


def _parquet(company: int, folder: Path) -> None:
    from backstay.interfaces.exchange import parquet

    with session.progress("Exporting") as progress:
        told = parquet.leave(company, session.ACTOR, folder, progress=progress)
    click.echo(f"{folder}: {len(told)} tables, {sum(told.values()):,} rows.")


def _one(kind: str, out: Path | None, company: str | None) -> None:
    session.ready()
    from django.db import connection

    from backstay.platform.context import work

    with work(session.choose_company(company), session.ACTOR) as ctx, connection.cursor() as cursor:
        cursor.execute(KINDS[kind], [ctx.company])
        header = [column.name for column in cursor.description or ()]
        found = cursor.fetchall()
    suffix = out.suffix if out else ".csv"
    if suffix == ".xlsx" and out:
        _xlsx(out, header, found)
    elif suffix == ".json":
        text = json.dumps(
            [dict(zip(header, row, strict=True)) for row in found], default=str, ensure_ascii=False
        )
        _write(out, text + "\n")
    elif suffix == ".csv":
        with out.open("w", encoding="utf-8", newline="") if out else sys.stdout as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(header)
            writer.writerows([[_cell(v) for v in row] for row in found])
    else:
        raise click.UsageError(f"{suffix or 'no ending'}: write to a .csv, .json or .xlsx file.")
    if out:
        click.echo(f"{len(found):,} rows in {out}", err=True)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return defuse(value) if isinstance(value, str) else value


def _write(out: Path | None, text: str) -> None:
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def _xlsx(out: Path, header: list[str], found: list[tuple[Any, ...]]) -> None:
    """Texts are written as texts: a cell that begins with = stays what it is."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(out),
        {"strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"},
    )
    sheet = book.add_worksheet("export")
    sheet.write_row(0, 0, header)
    for n, row in enumerate(found, 1):
        sheet.write_row(n, 0, ["" if v is None else v for v in row])
    sheet.freeze_panes(1, 0)
    book.close()
