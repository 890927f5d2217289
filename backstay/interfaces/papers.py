"""Documents as PDF: their figures for the templates of ``platform.papers``.

A paper is written in the language of whom it is for: the party's, else the company's; figures and days in that way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings as django_settings
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.domains.banking.queries import bank_accounts
from backstay.domains.invoicing.queries import open_items
from backstay.domains.parties.queries import main_address
from backstay.platform import files, rows
from backstay.platform import papers as sheets
from backstay.platform.figures import money_text, number_text

ROUNDING = {
    "total": gettext_noop("Tax is worked out once per rate on the total; the lines show their shares."),
    "line": gettext_noop("Tax is worked out line by line."),
}
LANGUAGES = tuple(code for code, _name in django_settings.LANGUAGES)
_PARTIES = {
    "invoices": "SELECT p.language FROM invoicing_invoice d JOIN parties_party p ON p.id = d.party_id WHERE d.id = %s",
    "payments": "SELECT p.language FROM banking_payment d JOIN parties_party p ON p.id = d.party_id WHERE d.id = %s",
}


def make(ctx: Ctx, kind: str, document: int) -> tuple[str, bytes]:
    """(file name, PDF) of a posted document. Raises Refusal (``papers.draft``) for a draft."""
    if kind not in PAPERS:
        raise NotFound(
            "papers.kind", f"there is no paper for {kind}", f"There is one for {', '.join(PAPERS)}."
        )
    with translation.override(language_of(ctx, kind, document)):
        template, data, made_at = PAPERS[kind](ctx, document)
    return f"{data['number']}.pdf", sheets.render(template, data, int(made_at.timestamp()))


def language_of(ctx: Ctx, kind: str, document: int) -> str:
    """The language a paper is written in: the party's or the company's, of those there are, else English."""
    found = rows.execute(_PARTIES[kind], [document])
    wanted = [str(row[0]) for row in found] + [str(ctx.settings.get("language", ""))]
    known = (text.lower().replace("_", "-").partition("-")[0] for text in wanted)
    return next((code for code in known if code in LANGUAGES), "en")


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
    """A date as people write it: 19 November 2026, 19. November 2026."""
    return str(formats.date_format(on, pgettext("day", "j F Y")))


def _unit(name: str) -> str:
    return UNITS[name]() if name in UNITS else name


def _base(ctx: Ctx, party: int, title: str, name: str, facts: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "language": translation.get_language() or "en", "paper": str(ctx.settings.get("paper", "a4")), "company": _company(ctx),
        "address": main_address(ctx, party), "title": title, "number": name,
        "facts": [{"label": label, "value": value} for label, value in facts], "words": {"page": _("Page"), "practice": _("Practice")},
        "practice": bool(ctx.settings.get("practice")),
    }  # fmt: skip


def invoice(ctx: Ctx, document: int) -> tuple[str, dict[str, Any], datetime]:
    """Invoice or credit note (VATD 226: what must stand on it)."""
    found = rows.execute(
        "SELECT d.number, d.kind, d.party_id, d.issued_on, d.due_on, d.rounding, d.net, d.gross, d.posted_at,"
        " o.number, p.code, d.reference, p.tax_id FROM invoicing_invoice d JOIN parties_party p ON p.id = d.party_id"
        " LEFT JOIN invoicing_invoice o ON o.id = d.credits_id WHERE d.id = %s",
        [document],
    )
    if not found:
        raise NotFound("papers.not_found", f"there is no invoice {document}")
    name, kind, party, issued, due, rounding, net, gross, posted_at, *them = found[0]
    if not name:
        raise Refusal("papers.draft", "a draft has no number and no paper", "Post it first.")
    currency, scale = ctx.currency_code, ctx.scale
    title = pgettext("paper", "Invoice") if kind == "invoice" else pgettext("paper", "Credit note")
    facts = [(_("Number"), name), (_("Date"), day(issued))]
    if kind == "invoice":
        facts.append((pgettext("paper", "Due"), day(due)))
    told = (
        pgettext("paper", "For invoice"),
        pgettext("paper", "Customer"),
        pgettext("paper", "Order"),
        pgettext("paper", "Your VAT number"),
    )
    facts += [(label, text) for label, text in zip(told, them, strict=True) if text]
    data = _base(ctx, party, title, name, facts) | {
        "intro": "",
        "columns": [_("Pos."), _("Description"), _("Quantity"), _("Price"), _("Tax"), _("Net %(currency)s") % {"currency": currency}],
        "lines": _invoice_lines(document, scale),
        "sums": [{"label": _("Net"), "value": money_text(net, scale)}, *_tax_sums(document, scale)],
        "total": {"label": _("Total %(currency)s") % {"currency": currency}, "value": money_text(gross, scale)},
        "notes": [_(ROUNDING[rounding])],
    }  # fmt: skip
    return "invoice", data, posted_at


def _invoice_lines(document: int, scale: int) -> list[dict[str, str]]:
    lines = rows.execute(
        "SELECT l.position, l.text, coalesce(i.sku, ''), l.quantity, coalesce(u.name, ''), l.unit_price, l.discount, l.percent, l.net"
        " FROM invoicing_invoiceline l LEFT JOIN catalog_item i ON i.id = l.item_id LEFT JOIN catalog_uom u ON u.id = l.uom_id"
        " WHERE l.invoice_id = %s ORDER BY l.position",
        [document],
    )
    return [
        {
            "position": str(position), "text": text,
            "detail": " · ".join(x for x in (sku, _("less %(n)s %%") % {"n": number_text(discount * 100)} if discount else "") if x),
            "quantity": f"{number_text(quantity)} {_unit(uom)}".strip(), "unit_price": number_text(price, scale), "tax": f"{number_text(percent)} %",
            "net": money_text(amount, scale),
        }
        for position, text, sku, quantity, uom, price, discount, percent, amount in lines
    ]  # fmt: skip


def _tax_sums(document: int, scale: int) -> list[dict[str, str]]:
    """The tax of each rate and what it is worked out on; without a rate its code says why."""
    taxes = rows.execute(
        "SELECT c.name, t.percent, t.base, t.tax FROM invoicing_invoicetax t JOIN tax_taxcode c ON c.id = t.tax_code_id"
        " WHERE t.invoice_id = %s ORDER BY t.percent DESC",
        [document],
    )
    return [
        {
            "label": _("VAT %(code)s on %(base)s")
            % {"code": f"{number_text(percent)} %" if percent else label, "base": money_text(base, scale)},
            "value": money_text(tax, scale),
        }
        for label, percent, base, tax in taxes
    ]


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
    facts = [(_("Number"), name), (_("Date"), day(paid))] + [
        (k, v) for k, v in ((_("Party"), code), (_("Reference"), reference)) if v
    ]
    said = (
        _("from %(who)s by %(method)s on %(day)s")
        if way == "in"
        else _("to %(who)s by %(method)s on %(day)s")
    )
    title = pgettext("paper", "Receipt") if way == "in" else pgettext("paper", "Payment advice")
    data = _base(ctx, party, title, name, facts) | {
        "amount": {"label": _("Received") if way == "in" else pgettext("paper", "Paid"), "value": f"{currency} {money_text(amount, scale)}"},
        "statement": said % {"who": who, "method": METHODS[method]() if method in METHODS else method, "day": day(paid)},
        "columns": [_("For"), _("Dated"), _("Settled %(currency)s") % {"currency": currency}, _("Left open %(currency)s") % {"currency": currency}],
        "lines": [
            {"text": label, "date": day(on) if on else "", "amount": money_text(part, scale), "left": money_text(left.get(item, 0), scale)}
            for item, part, label, on in lines
        ],
        "notes": [_("%(currency)s %(amount)s are kept for what is still to come.") % {"currency": currency, "amount": money_text(unallocated, scale)}] if unallocated else [],
    }  # fmt: skip
    return "receipt", data, posted_at


# Units that every company begins with; those it makes itself are written as it calls them.
UNITS: dict[str, Callable[[], str]] = {
    "piece": lambda: pgettext("unit", "piece"),
    "dozen": lambda: pgettext("unit", "dozen"),
    "hour": lambda: pgettext("unit", "hour"),
    "minute": lambda: pgettext("unit", "minute"),
    "day": lambda: pgettext("unit", "day"),
    "box": lambda: pgettext("unit", "box"),
}
METHODS: dict[str, Callable[[], str]] = {
    "transfer": lambda: pgettext("paper", "transfer"),
    "cash": lambda: pgettext("paper", "cash"),
    "card": lambda: pgettext("paper", "card"),
}
PAPERS: dict[str, Callable[[Ctx, int], tuple[str, dict[str, Any], datetime]]] = {
    "invoices": invoice,
    "payments": receipt,
}
