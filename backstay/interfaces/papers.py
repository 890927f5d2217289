"""Documents as PDF: their figures for the templates of ``platform.papers``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.base.money import grouped
from backstay.domains.banking.queries import bank_accounts
from backstay.domains.invoicing.queries import open_items
from backstay.domains.parties.queries import main_address
from backstay.platform import files, rows
from backstay.platform import papers as sheets

ROUNDING = {
    "total": "Tax is worked out once per rate on the total; the lines show their shares.",
    "line": "Tax is worked out line by line.",
}


def make(ctx: Ctx, kind: str, document: int) -> tuple[str, bytes]:
    """(file name, PDF) of a posted document. Raises Refusal (``papers.draft``) for a draft."""
    if kind not in PAPERS:
        raise NotFound(
            "papers.kind", f"there is no paper for {kind}", f"There is one for {', '.join(PAPERS)}."
        )
    template, data, made_at = PAPERS[kind](ctx, document)
    return f"{data['number']}.pdf", sheets.render(template, data, int(made_at.timestamp()))


def _company(ctx: Ctx) -> dict[str, Any]:
    settings = ctx.settings
    name = str(settings["name"])
    address = [str(line) for line in settings.get("address", [])]
    facts = [
        str(settings[key])
        for key in ("tax_id", "registration_id", "website", "email", "phone")
        if settings.get(key)
    ]
    iban = next(
        (a.iban for a in bank_accounts(ctx) if a.kind == "bank" and a.iban), str(settings.get("iban", ""))
    )
    if iban:
        facts.append("IBAN " + " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)))
    return {
        "name": name, "address": address, "sender": " · ".join([name, *address]),
        "footer": [" · ".join([name, *address]), " · ".join(facts)], "logo": _logo(ctx),
    }  # fmt: skip


def _logo(ctx: Ctx) -> dict[str, Any] | None:
    """The logo as the templates take it; a paper comes out without it when its file is gone."""
    kept = ctx.settings.get("logo")
    if not kept:
        return None
    try:
        stored, content = files.read(ctx, kept["id"])
    except Refusal:
        return None
    return {"format": "png" if stored.mime == "image/png" else "jpg", "bytes": list(content)}


def day(on: date) -> str:
    """A date as people write it: 19 November 2026."""
    return f"{on.day} {on:%B %Y}"


def number(figure: Decimal, least: int = 0) -> str:
    """A figure without needless zeros, at least so many places, thousands apart."""
    plain = figure.normalize()
    exponent = plain.as_tuple().exponent
    places = max(least, -exponent if isinstance(exponent, int) else 0)
    return f"{plain:,.{places}f}".replace("-", "\N{MINUS SIGN}")


def _base(ctx: Ctx, party: int, title: str, name: str, facts: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "language": "en", "paper": str(ctx.settings.get("paper", "a4")), "company": _company(ctx),
        "address": main_address(ctx, party), "title": title, "number": name,
        "facts": [{"label": label, "value": value} for label, value in facts], "words": {"page": "Page", "practice": "Practice"},
        "practice": bool(ctx.settings.get("practice")),
    }  # fmt: skip


def invoice(ctx: Ctx, document: int) -> tuple[str, dict[str, Any], datetime]:
    """Invoice or credit note (VATD 226: what must stand on it)."""
    found = rows.execute(
        "SELECT d.number, d.kind, d.party_id, d.issued_on, d.due_on, d.rounding, d.net, d.tax, d.gross, d.reference, d.posted_at,"
        " p.code, p.tax_id, o.number FROM invoicing_invoice d JOIN parties_party p ON p.id = d.party_id"
        " LEFT JOIN invoicing_invoice o ON o.id = d.credits_id WHERE d.id = %s",
        [document],
    )
    if not found:
        raise NotFound("papers.not_found", f"there is no invoice {document}")
    name, kind, party, issued, due, rounding, net, _, gross, reference, posted_at, code, tax_id, credited = (
        found[0]
    )
    if not name:
        raise Refusal("papers.draft", "a draft has no number and no paper", "Post it first.")
    currency, scale = ctx.currency_code, ctx.scale
    title = "Invoice" if kind == "invoice" else "Credit note"
    facts = [("Number", name), ("Date", day(issued))]
    facts += [("Due", day(due))] if kind == "invoice" else [("For invoice", credited or "")]
    facts += [
        (label, text)
        for label, text in (("Customer", code), ("Order", reference), ("Your VAT number", tax_id))
        if text
    ]
    lines = rows.execute(
        "SELECT l.position, l.text, coalesce(i.sku, ''), l.quantity, coalesce(u.name, ''), l.unit_price, l.discount, l.percent, l.net"
        " FROM invoicing_invoiceline l LEFT JOIN catalog_item i ON i.id = l.item_id LEFT JOIN catalog_uom u ON u.id = l.uom_id"
        " WHERE l.invoice_id = %s ORDER BY l.position",
        [document],
    )
    taxes = rows.execute(
        "SELECT c.name, t.percent, t.base, t.tax FROM invoicing_invoicetax t JOIN tax_taxcode c ON c.id = t.tax_code_id"
        " WHERE t.invoice_id = %s ORDER BY t.percent DESC",
        [document],
    )
    data = _base(ctx, party, title, name, facts) | {
        "intro": "",
        "columns": ["Pos.", "Description", "Quantity", "Price", "Tax", f"Net {currency}"],
        "lines": [
            {
                "position": str(position), "text": text,
                "detail": " · ".join(x for x in (sku, f"less {number(discount * 100)} %" if discount else "") if x),
                "quantity": f"{number(quantity)} {uom}".strip(), "unit_price": number(price, scale), "tax": f"{number(percent)} %",
                "net": grouped(amount, scale),
            }
            for position, text, sku, quantity, uom, price, discount, percent, amount in lines
        ],
        "sums": [{"label": "Net", "value": grouped(net, scale)}]
        + [{"label": f"VAT {label} on {grouped(base, scale)}", "value": grouped(tax, scale)} for label, _, base, tax in taxes],
        "total": {"label": f"Total {currency}", "value": grouped(gross, scale)},
        "notes": [ROUNDING[rounding]],
    }  # fmt: skip
    return "invoice", data, posted_at


def receipt(ctx: Ctx, document: int) -> tuple[str, dict[str, Any], datetime]:
    """Receipt for money received, or advice of money paid."""
    found = rows.execute(
        "SELECT d.number, d.way, d.party_id, d.paid_on, d.amount, d.unallocated, d.reference, d.posted_at, d.method, p.name, p.code"
        " FROM banking_payment d JOIN parties_party p ON p.id = d.party_id WHERE d.id = %s",
        [document],
    )
    if not found:
        raise NotFound("papers.not_found", f"there is no payment {document}")
    name, way, party, paid, amount, unallocated, reference, posted_at, method, who, code = found[0]
    if not name:
        raise Refusal("papers.draft", "a draft has no number and no paper", "Post it first.")
    currency, scale = ctx.currency_code, ctx.scale
    lines = rows.execute(
        "SELECT l.item, l.amount, coalesce(i.number, b.number, l.item), coalesce(i.issued_on, b.issued_on) FROM banking_paymentline l"
        " LEFT JOIN invoicing_invoice i ON l.item = 'invoice:' || i.id LEFT JOIN invoicing_bill b ON l.item = 'bill:' || b.id"
        " WHERE l.payment_id = %s ORDER BY l.position",
        [document],
    )
    left = {
        x.item: x.amount
        for x in open_items(ctx, "receivable" if way == "in" else "payable")
        if x.party_id == party
    }
    facts = [("Number", name), ("Date", day(paid))] + [
        (k, v) for k, v in (("Party", code), ("Reference", reference)) if v
    ]
    verb = "from" if way == "in" else "to"
    data = _base(ctx, party, "Receipt" if way == "in" else "Payment advice", name, facts) | {
        "amount": {"label": "Received" if way == "in" else "Paid", "value": f"{currency} {grouped(amount, scale)}"},
        "statement": f"{verb} {who} by {method} on {day(paid)}",
        "columns": ["For", "Dated", f"Settled {currency}", f"Left open {currency}"],
        "lines": [
            {"text": label, "date": day(on) if on else "", "amount": grouped(part, scale), "left": grouped(left.get(item, 0), scale)}
            for item, part, label, on in lines
        ],
        "notes": [f"{currency} {grouped(unallocated, scale)} are kept for what is still to come."] if unallocated else [],
    }  # fmt: skip
    return "receipt", data, posted_at


PAPERS: dict[str, Callable[[Ctx, int], tuple[str, dict[str, Any], datetime]]] = {
    "invoices": invoice,
    "payments": receipt,
}
