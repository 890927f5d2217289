"""What a list shows, as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from backstay.interfaces.cells import defuse
from backstay.interfaces.imports import declared, giving
from backstay.interfaces.web import listing
from backstay.interfaces.web.fields import field_of, joined
from backstay.interfaces.web.resource import ctx_of, found
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import Resource


@signed_in
@require_GET
def export(request: HttpRequest, path: str, form: str) -> HttpResponse:
    """What the list shows, all pages, as CSV or XLSX; up to 100,000 rows."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read")
    what = listing.asked(resource, request.GET)
    what.group = ""
    if request.GET.get("as") == "import" and declared.importable(resource):
        kind = declared.kind_of(ctx, path, "change" in declared.ways(ctx, resource))
        pages = _objects(ctx, resource, what)
        again = [row for page in pages for row in giving.rows_of(ctx, resource, kind, page)]
        return table(resource.path.replace("/", "-"), form, giving.labels(kind), again)
    names = [n for n in resource.columns if not what.columns or n.partition(":")[0] in what.columns]
    fields = [field_of(resource, n) for n in names]
    rows: list[list[str]] = []
    while len(rows) < 100_000:
        page = listing.page(ctx, resource, what, size=2_000)
        rows += [
            [c.get("iso") or c["text"].replace("\N{MINUS SIGN}", "-") for c in row["cells"]]
            for row in page.rows
        ]
        if not page.after:
            break
        what.after = page.after
    return table(resource.path.replace("/", "-"), form, [f.label for f in fields], rows)


def _objects(ctx: Ctx, resource: Resource, what: listing.Asked) -> Iterator[list[Any]]:
    """The objects of a list, oldest first, in pages."""
    chosen, last = listing.rows_of(ctx, resource, what), 0
    refs = [f.name for f in (field_of(resource, n) for n in resource.form) if f.kind == "ref" and f.db]
    for _page in range(50):
        page = list(joined(chosen.filter(pk__gt=last), refs).order_by("pk")[:2_000])
        if not page:
            return
        last = page[-1].pk
        yield page


def table(name: str, form: str, heads: list[str], rows: list[list[str]]) -> HttpResponse:
    """Rows as a file, CSV or XLSX; no cell is taken for a formula."""
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([defuse(h) for h in heads])
        writer.writerows([[defuse(c) for c in row] for row in rows])
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        import xlsxwriter

        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(
            buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet()
        for n, row in enumerate([heads, *rows]):
            for k, cell in enumerate(row):
                plain = cell.replace(",", "")
                (
                    sheet.write_number(n, k, Decimal(plain))
                    if _is_figure(plain)
                    else sheet.write_string(n, k, cell)
                )
        book.close()
        response = HttpResponse(
            buffer.getvalue(),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _is_figure(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,15}\.\d+", text))
