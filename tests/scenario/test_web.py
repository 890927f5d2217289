"""The first page through Django's own client: every route as an owner, as a stranger, with bad input."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from backstay.domains.sales import processes as sales
from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.trade import D, World

PASSWORD = "correct horse battery staple"


@pytest.fixture
def user(world: World) -> User:
    """An owner of the test's company."""
    made = User.objects.create_user(f"owner{world.company}@example.com", PASSWORD, name="Olga Owner")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    return made


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    answer = client.post("/sign-in", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture
def invoice(world: World) -> int:
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        order = world.order(ctx, {"A": 2})
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        issued = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0]
        world.pay(ctx, issued.gross, f"invoice:{issued.id}")
        return issued.id


def test_a_stranger_sees_the_sign_in_alone(world: World, invoice: int) -> None:
    client = Client()
    for path in (
        "/",
        "/invoicing/invoices",
        f"/invoicing/invoices/{invoice}",
        "/sales/orders/new",
        "/find",
        f"/papers/invoices/{invoice}.pdf",
        "/reports/trial-balance",
    ):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/sign-in")
    assert client.post("/company", {"company": world.company}).status_code in (302, 403)
    assert client.get("/healthz").json() == {"ok": True}
    assert client.post("/sign-in", {"login": "nobody@example.com", "password": "x"}).status_code == 200


def test_an_entry_names_what_its_lines_are_of(client: Client, invoice: int, world: World) -> None:
    """The invoice by its number, a tax by its name with what it was counted of: not by what they are kept under."""
    with world.work():
        ((number, base, entry),) = rows.execute(
            "SELECT i.number, i.net, e.id FROM invoicing_invoice i JOIN entry e ON e.source = 'invoicing.invoice:' || i.id WHERE i.id = %s",
            [invoice],
        )
        ((tax,),) = rows.execute(
            "SELECT c.name FROM invoicing_invoicetax t JOIN tax_taxcode c ON c.id = t.tax_code_id WHERE t.invoice_id = %s", [invoice]
        )  # fmt: skip
    page = client.get(f"/invoicing/invoices/{invoice}").content.decode()
    posts = re.findall(r'<span class="who">([^<]+)</span>', page)
    assert any(who.endswith(f" · {number}") for who in posts), posts
    assert tax in posts
    assert f"{tax} · −{base / 100:,.2f}" in posts
    assert not re.search(r"\b(Tax|Invoice|Bank) \d", " ".join(posts))
    told = client.get(f"/entries/{entry}").content.decode()
    assert tax in told
    assert number in told


def test_groups_say_of_what_and_add_up(client: Client, invoice: int, world: World) -> None:
    with world.work() as ctx:
        world.order(ctx, {"A": 3})
        ((total,),) = rows.execute(
            "SELECT sum(gross)::bigint FROM sales_order WHERE company_id = %s", [ctx.company]
        )
    page = client.get("/sales/orders?group=state").content.decode()
    assert '<th scope="col">State</th>' in page
    assert re.search(rf'Sum of 2</th><td></td><td class="amt">{total / 100:,.2f}</td>', page)


def test_an_empty_calendar_says_which_day_it_goes_by(client: Client, world: World) -> None:
    """Orders without a day to deliver on are in no month: what looks like no orders is told."""
    with world.work() as ctx:
        world.order(ctx, {"A": 3})
    told = "None has its “Deliver on” in these days"
    assert told in client.get("/sales/orders/calendar?month=2026-03").content.decode()
    with world.work() as ctx:
        rows.execute(
            "UPDATE sales_order SET required_on = '2026-03-09' WHERE company_id = %s",
            [ctx.company],
            using="owner",
        )
    assert told not in client.get("/sales/orders/calendar?month=2026-03").content.decode()
    assert told in client.get("/sales/orders/calendar?month=2026-04").content.decode()


def test_another_companys_documents_do_not_exist(client: Client, invoice: int, work: Any) -> None:
    from backstay.domains.accounting.processes import create_company
    from backstay.platform import context
    from tests.trade import make_world

    other = create_company("Other", actor="system:test", first_year=2026)
    theirs = make_world(other, lambda actor="system:test": context.work(other, actor))
    with theirs.work() as ctx:
        order = theirs.order(ctx, {"SRV": 1})
    assert client.get(f"/sales/orders/{order}").status_code == 404
    assert client.post("/company", {"company": other}).status_code == 403


def test_a_user_without_a_company_is_told(user: User, world: World) -> None:
    lonely = User.objects.create_user(f"lonely{world.company}@example.com", PASSWORD, name="Lone")
    client = Client()
    client.post("/sign-in", {"login": lonely.email, "password": PASSWORD})
    answer = client.get("/")
    assert answer.status_code == 403
    assert b"no company" in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/sales/nothing", "/invoicing/invoices/999999999", "/invoicing/invoices?after=x", "/invoicing/invoices?after=2026-01-01~x",
        "/invoicing/invoices?after=yesterday~1", "/invoicing/invoices?f=party:is:x", "/invoicing/invoices?f=nothing:is:x", "/invoicing/invoices?f=is:nothing",
        "/invoicing/invoices?f=issued_on:from:never", "/invoicing/invoices?sort=party", "/invoicing/invoices?group=gross", "/invoicing/invoices?cols=,,x",
        "/reports/nothing", "/reports/trial-balance?to=yesterday", "/reports/stock-card?item=none", "/papers/receipts/1.pdf",
        "/invoicing/invoices?q=%00%25_'\"<b>", "/sales/orders/drafts/9", "/sales/orders/1/preview/nothing", "/files/99/x", "/progress/99",
        "/invoicing/invoices/board", "/sales/orders/calendar?month=never", "/invoicing/invoices/new?party=%00", "/find?q=%00<b>",
        "/find/ref?kind=catalog.item&q=%00'", "/find/ref?kind=nothing&q=x", "/catalog/items/99999999999999999999",
    ],
)  # fmt: skip
def test_bad_addresses_are_answered(client: Client, path: str) -> None:
    """Never a 500: a refusal with its code, or an empty list."""
    answer = client.get(path)
    assert answer.status_code in (200, 404, 409), (path, answer.status_code)
    assert b"<b>" not in answer.content


def test_the_invoice_on_paper(client: Client, invoice: int) -> None:
    """The PDF says what the books say; what a user typed is text, not markup."""
    from io import BytesIO

    from pypdf import PdfReader

    answer = client.get(f"/papers/invoices/{invoice}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert "INV-2026-00001" in text
    assert "242.00" in text
    assert client.get(f"/papers/invoices/{invoice}.pdf").content == answer.content
    assert client.get("/papers/invoices/999999999.pdf").status_code == 404


def test_lists_cost_the_same_whatever_their_length(
    client: Client, world: World, count_statements: Any
) -> None:
    def statements() -> int:
        with count_statements() as n:
            assert client.get("/sales/orders?all=1").status_code == 200
        return len(n)

    with world.work() as ctx:
        world.order(ctx, {"SRV": 1})
    statements()
    few = statements()
    with world.work() as ctx:
        for _ in range(60):
            world.order(ctx, {"SRV": 1})
    assert statements() == few
