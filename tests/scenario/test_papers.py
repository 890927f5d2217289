"""Papers in the language of whom they are for, read back from the PDF."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from backstay.domains.accounting.processes import change_company
from backstay.domains.invoicing import processes as invoicing
from backstay.domains.sales import processes as sales
from backstay.interfaces import papers
from backstay.platform import rows
from tests.scenario.test_jobs import _person
from tests.trade import D, World

GERMAN = (
    "Rechnung INV-2026-00001", "2. März 2026", "Zahlbar bis", "1. April 2026", "Kundennummer", "Bezeichnung", "Menge", "Preis", "Netto EUR",
    "1.234,50", "2,5", "abzüglich 10 %", "2.777,63", "21 %", "Gesamtbetrag EUR", "3.360,93", "Die Steuer ist je Satz einmal", "Seite 1 / 1",
)  # fmt: skip
ENGLISH = (
    "Invoice INV-2026-00001", "2 March 2026", "Due", "1 April 2026", "Customer", "Description", "Quantity", "Price", "Net EUR",
    "1,234.50", "2.5", "less 10 %", "2,777.63", "21 %", "Total EUR", "3,360.93", "Tax is worked out once", "Page 1 / 1",
)  # fmt: skip


def _text(content: bytes) -> str:
    found = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(found.replace("\N{NO-BREAK SPACE}", " ").split())


def _speaks(world: World, language: str, of_company: str = "en") -> None:
    with world.work() as ctx:
        rows.execute("UPDATE parties_party SET language = %s WHERE id = %s RETURNING id", [language, world.parties["C1"]])  # fmt: skip
        change_company(ctx, {"language": of_company})


def _invoice(world: World) -> invoicing.Issued:
    line = invoicing.InvoiceLineDraft("Wartung", Decimal("2.5"), Decimal("1234.5"), discount=Decimal("0.1"), tax_class="standard")  # fmt: skip
    with world.work() as ctx:
        return invoicing.issue_invoices(ctx, [invoicing.InvoiceDraft(world.parties["C1"], D, (line,))])[0]


def test_units_and_rates_in_german(world: World) -> None:
    """Units that come with the program are written in German; the tax line says its rate and its base."""
    with world.work() as ctx:
        order = world.order(ctx, {"SRV": 3})
        sales.confirm_orders(ctx, [order])
        made = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
    _speaks(world, "de")
    text = _paper(world, "invoices", made.id)
    assert [
        x for x in ("3 Stück", "500,00", "USt 21 % auf 1.500,00", "315,00", "1.815,00") if x not in text
    ] == []


def _paper(world: World, kind: str, ident: int) -> str:
    with world.work() as ctx:
        return _text(papers.make(ctx, kind, ident)[1])


def test_an_invoice_in_both_languages(world: World) -> None:
    """Words, days and figures of the party's language; nothing of the other one is left."""
    issued = _invoice(world)
    _speaks(world, "de")
    german = _paper(world, "invoices", issued.id)
    assert [x for x in GERMAN if x not in german] == []
    for word in ("Invoice", "March", "Description", "Quantity", "Total", "worked out", "Page", "1,234.50"):
        assert word not in german, word
    _speaks(world, "en", "de")
    english = _paper(world, "invoices", issued.id)
    assert [x for x in ENGLISH if x not in english] == []


@pytest.mark.parametrize(
    ("party", "house", "told"),
    [("", "de", "de"), ("de-AT", "en", "de"), ("DE", "en", "de"), ("fi", "de", "de"), ("fi", "sv", "en"), ("", "", "en")],
)  # fmt: skip
def test_whose_language(world: World, party: str, house: str, told: str) -> None:
    """The party's where there is one and we have it, else the company's, else English."""
    issued = _invoice(world)
    _speaks(world, party, house)
    with world.work() as ctx:
        assert papers.language_of(ctx, "invoices", issued.id) == told


def test_correction_and_receipt_in_german(world: World) -> None:
    issued = _invoice(world)
    _speaks(world, "de")
    with world.work() as ctx:
        line = rows.execute("SELECT id FROM invoicing_invoiceline WHERE invoice_id = %s", [issued.id])[0][0]
        note = invoicing.credit_invoices(ctx, [invoicing.CreditDraft(issued.id, D, ((line, Decimal(1)),))])[0]
        left = issued.gross - note.gross
        paid = world.pay(ctx, left + 5_000, f"invoice:{issued.id}", left)
    text = _paper(world, "invoices", note.id)
    assert [
        x for x in ("Rechnungskorrektur", "Zur Rechnung", "INV-2026-00001", "2. März 2026") if x not in text
    ] == []
    assert "Zahlbar bis" not in text
    text = _paper(world, "payments", paid.id)
    wanted = ("Quittung", "Erhalten", "von C1, Überweisung am 2. März 2026", "Ausgeglichen EUR", "Noch offen EUR", "EUR 50,00 bleiben", "Seite 1 / 1")  # fmt: skip
    assert [x for x in wanted if x not in text] == []
    for word in ("Receipt", "Received", "from C1", "transfer", "March"):
        assert word not in text, word


def test_the_language_stands_on_the_screen(world: World) -> None:
    """It is chosen on the party's form, and stays when somebody changes something else there."""
    client, _actor = _person(world, "lena")
    party = world.parties["C1"]
    href = f"/parties/parties/{party}/edit"
    for typed, kept in (
        ((("h.language", "de"),), "de"),
        ((("h.phone", "123"),), "de"),
        ((("h.language", ""),), ""),
    ):
        page = client.get(href).content.decode()
        assert 'name="h.language"' in page
        data = {"h.name": "C1", "h.kind": "organisation", "h.code": "C1", "h.roles": "customer", "h.payment_days": "30", "h.tax_treatment": "domestic"}  # fmt: skip
        found = re.search(r'name="revision" value="(\d+)"', page)
        data |= {"h.language": _kept(world), "revision": found[1] if found else ""} | dict(typed)
        answer = client.post(href, data | {"do": "make", "once": f"{typed}"})
        assert answer.status_code == 302, answer.content.decode()[-800:]
        assert client.post(href, data | {"do": "dance"}).status_code == 404, "no such act, and no 500"
        assert _kept(world) == kept


def _kept(world: World) -> str:
    with world.work():
        return str(
            rows.execute("SELECT language FROM parties_party WHERE id = %s", [world.parties["C1"]])[0][0]
        )
