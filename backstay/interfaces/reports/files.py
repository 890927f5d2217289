"""A report as a file: CSV, and XLSX with figures as numbers."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

from backstay.interfaces.cells import defuse
from backstay.interfaces.reports.shape import Report, plain


def as_csv(made: Report, labels: bool = False) -> str:
    """The lines that count as CSV with a header row; ``labels``: heads as people read them, headings and sums included."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([c.label if labels else c.key for c in made.columns])
    if not labels:
        writer.writerows([[defuse(row[c.key]) for c in made.columns] for row in made.rows])
        return out.getvalue()
    for line in made.lines:
        writer.writerow([defuse(plain(line.cells.get(c.key), c)) for c in made.columns])
    if made.sums and not any(line.kind == "grand" for line in made.lines):
        writer.writerow([defuse(plain(_sum(made, n), c)) for n, c in enumerate(made.columns)])
    return out.getvalue()


def as_xlsx(made: Report) -> bytes:
    """What is seen as a workbook: figures are numbers, days are days, and nothing is a formula."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(made.name[:31])
    bold = {"bold": True}
    for k, column in enumerate(made.columns):
        sheet.write_string(
            0, k, column.label, book.add_format(bold | ({"align": "right"} if column.figure else {}))
        )
        sheet.set_column(k, k, 14 if column.figure or column.kind == "day" else 28)
    lines = [(line.kind in ("head", "group", "subt", "grand"), line.cells) for line in made.lines]
    if made.sums and not any(line.kind == "grand" for line in made.lines):
        lines.append((True, {c.key: _sum(made, n) for n, c in enumerate(made.columns)}))
    styles: dict[tuple[str, int, bool], Any] = {}
    for n, (strong, cells) in enumerate(lines, 1):
        for k, column in enumerate(made.columns):
            key = (column.kind, column.places, strong)
            if key not in styles:
                styles[key] = book.add_format((bold if strong else {}) | _format(column.kind, column.places))
            _write(sheet, n, k, cells.get(column.key), styles[key])
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _format(kind: str, places: int) -> dict[str, str]:
    if kind == "day":
        return {"num_format": "yyyy-mm-dd"}
    return (
        {"num_format": "#,##0" + ("." + "0" * places if places else "")}
        if kind in ("figure", "percent")
        else {}
    )


def _write(sheet: Any, n: int, k: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Decimal):
        sheet.write_number(n, k, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(n, k, value, style)
    else:
        sheet.write_string(n, k, str(value), style)


def _sum(made: Report, n: int) -> Any:
    column = made.columns[n]
    return made.sums.get(column.key, "Σ" if n == 0 else None)
