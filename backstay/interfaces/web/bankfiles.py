"""Files of the bank from the screen: statements as they are, tables by a mapping that is remembered."""

from __future__ import annotations

import base64
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import Refusal
from backstay.domains.banking import processes as banking
from backstay.domains.banking.queries import bank_accounts
from backstay.interfaces.edi import statements, table
from backstay.interfaces.web.fields import money_text
from backstay.interfaces.web.resource import BANKING, Answer, whole
from backstay.platform.context import Ctx
from backstay.platform.resources import page


def take_file(request: HttpRequest, ctx: Ctx, account: int) -> str:
    """A file of the bank; a table of a bank that is not known yet is looked at first."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal(
            "banking.statement_file", _("no file was chosen"), _("Choose the file the bank gave you."), "file"
        )
    content = sent.read()
    name = Path(str(sent.name)).name[:120]
    if _is_table(name, content):
        request.session["table"] = {
            "account": account,
            "name": name,
            "content": base64.b64encode(content).decode(),
        }
        if len(content) > 3_000_000:
            raise Refusal(
                "banking.statement_file",
                _("the table has more than 3 MB"),
                _("Split it, or use the command line."),
                "file",
            )
        return f"/banking/reconcile/table?bank={account}"
    with _kept(name, content) as path:
        told = statements.read(path)
    return _take(request, ctx, told, name, account, request.POST.get("accept_gap") == "1")


def _is_table(name: str, content: bytes) -> bool:
    return content[:4] == b"PK\x03\x04" or name.lower().endswith((".csv", ".tsv"))


@contextmanager
def _kept(name: str, content: bytes) -> Iterator[Path]:
    """The content as a file, as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="backstay-") as folder:
        path = Path(folder) / (name or "statement")
        path.write_bytes(content)
        yield path


def _take(
    request: HttpRequest, ctx: Ctx, found: Any, name: str, account: int, accept_gap: bool, known: bool = False
) -> str:
    if not found:
        raise Refusal(
            "banking.statement_file",
            _("the file has no lines"),
            _("Choose another period at the bank."),
            name,
        )
    source = banking.Source(name, account if known else None, accept_gap)
    made = banking.import_statements(ctx, found, source)
    sure = sum(banking.match_lines(ctx, a) for a in sorted({i.account for i in made}))
    new, seen = sum(i.new for i in made), sum(i.known for i in made)
    text = _("%(new)s new lines, %(sure)s of them matched.") % {"new": new, "sure": sure}
    if seen:
        text += " " + _("%(seen)s were known already.") % {"seen": seen}
    messages.success(request, text)
    for each in made:
        if each.jump:
            told = {"n": each.number, "amount": money_text(each.jump, ctx.scale)}
            messages.warning(
                request,
                _("Statement %(n)s does not follow on the one before: %(amount)s is missing between them.")
                % told,
            )
    return f"/banking/reconcile?bank={made[0].account}"


# ---- tables by mapping ----

COLUMNS = {
    "date": (gettext_noop("Day"), ("date", "datum", "booking date", "buchungstag", "boekdatum", "jour")),
    "amount": (gettext_noop("Amount"), ("amount", "betrag", "bedrag", "montant", "umsatz")),
    "debit": (gettext_noop("Money out"), ("debit", "soll", "af", "paid out", "withdrawal")),
    "credit": (gettext_noop("Money in"), ("credit", "haben", "bij", "paid in", "deposit")),
    "direction": (gettext_noop("In or out"), ("d/c", "direction", "soll/haben", "af bij")),
    "text": (gettext_noop("Text"), ("label", "text", "description", "verwendungszweck", "omschrijving", "details", "memo")),
    "name": (gettext_noop("Name"), ("partner name", "name", "payee", "beguenstigter/zahlungspflichtiger", "naam", "counterparty")),
    "iban": (gettext_noop("Account"), ("iban", "bank account", "kontonummer/iban", "account", "tegenrekening")),
    "reference": (gettext_noop("Reference"), ("reference", "referenz", "end to end", "kenmerk")),
    "balance": (gettext_noop("Balance"), ("balance", "saldo", "solde")),
}  # fmt: skip
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d/%m/%y", "%Y%m%d")


@page(
    "banking/reconcile/table",
    gettext_noop("Import a table"),
    BANKING,
    "banking.statement.import",
    hidden=True,
)
def look_at_table(request: HttpRequest, ctx: Ctx) -> Answer:
    """A table of the bank: which column is what, guessed from its names and texts, with a sample."""
    kept = request.session.get("table")
    if not kept:
        return redirect("/banking/reconcile")
    from backstay.interfaces.imports.reading import read_rows

    with _kept(kept["name"], base64.b64decode(kept["content"])) as path:
        rows_ = [row for _n, row in read_rows(path, delimiter=_delimiter(path))]
    header = whole(request.GET.get("header"))
    if header is None:
        header = next((n for n, row in enumerate(rows_, 1) if sum(bool(c.strip()) for c in row) >= 3), 1)
    names = [c.strip() for c in rows_[header - 1]] if 0 < header <= len(rows_) else []
    sample = rows_[header : header + 5]
    known = next((a.table_map for a in bank_accounts(ctx) if a.id == kept["account"]), {}) or {}
    fits = set(known.get("columns", {}).values()) <= set(names) if known else False
    guess = known if fits else _guess(names, sample)
    return "backstay/table.html", {
        "name": kept["name"], "bank": kept["account"], "names": [n for n in names if n], "sample": sample, "heads": names, "header": header, "known": fits,
        "columns": [{"name": k, "label": _(label), "value": guess.get("columns", {}).get(k, "")} for k, (label, _words) in COLUMNS.items()],
        "read": guess.get("read", {}), "dates": DATES, "footer": guess.get("footer", 0), "once": uuid.uuid4().hex,
    }  # fmt: skip


def _delimiter(path: Path) -> str:
    head = path.read_bytes()[:4000]
    return max((b",", b";", b"\t"), key=head.count).decode()


def _guess(names: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Columns by their names, dates and figures by their texts."""
    from datetime import datetime

    lower = {n.lower(): n for n in names if n}
    columns = {}
    for field, (_label, words) in COLUMNS.items():
        found = next((lower[w] for w in words if w in lower), None)
        if found and found not in columns.values():
            columns[field] = found
    if "amount" in columns and "direction" not in columns:
        columns.pop("debit", None), columns.pop("credit", None)
    told: dict[str, Any] = {}
    if "date" in columns:
        texts = [
            row[names.index(columns["date"])]
            for row in sample
            if len(row) > names.index(columns["date"]) and row[names.index(columns["date"])]
        ]
        for shape in DATES:
            try:
                if texts and [datetime.strptime(t[:10], shape) for t in texts]:  # noqa: DTZ007
                    told["date"] = shape
                    break
            except ValueError:
                continue
    figures = [
        row[names.index(columns[f])]
        for f in ("amount", "debit", "credit")
        if f in columns
        for row in sample
        if len(row) > names.index(columns[f])
    ]
    german = any("," in t[-3:] for t in figures)
    told |= {"decimal": ",", "group": "."} if german else {"decimal": ".", "group": ","}
    return {"columns": columns, "read": told}


def take_table(request: HttpRequest, ctx: Ctx, account: int) -> str:
    """Import the table as it was said, and remember it for the bank."""
    kept = request.session.get("table")
    if not kept:
        raise Refusal("banking.statement_file", _("the file is gone"), _("Choose it again."))
    columns = {k: request.POST.get(f"column.{k}", "") for k in COLUMNS}
    told: dict[str, Any] = {
        "columns": {k: v for k, v in columns.items() if v}, "header": whole(request.POST.get("header")) or 1, "footer": whole(request.POST.get("footer")) or 0,
        "currency": ctx.currency_code,
        "read": {
            "date": request.POST.get("date", DATES[0]) if request.POST.get("date") in DATES else DATES[0],
            "decimal": "," if request.POST.get("decimal") == "," else ".", "group": "." if request.POST.get("decimal") == "," else ",",
            "inverse": request.POST.get("inverse") == "1", "debit": request.POST.get("debit_word", "D")[:10],
        },
    }  # fmt: skip
    table.check(told)
    with _kept(kept["name"], base64.b64decode(kept["content"])) as path:
        found = statements.read(path, told | {"delimiter": _delimiter(path)})
    href = _take(
        request, ctx, found, kept["name"], kept["account"], request.POST.get("accept_gap") == "1", known=True
    )
    banking.remember_table(ctx, kept["account"], told)
    del request.session["table"]
    return href
