"""The desk without a browser: typing, drafts, two people, clicks that come twice, search, acts, previews."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backstay.domains.sales import processes as sales
from backstay.platform import rows
from backstay.platform.models import Draft, Membership, Notice, User
from tests.scenario.test_web import PASSWORD
from tests.trade import D, World

JSON = {"HTTP_ACCEPT": "application/json"}


def _person(world: World, name: str) -> Client:
    made = User.objects.create_user(f"{name}{world.company}@example.com", PASSWORD, name=name.title())
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    client = Client()
    client.force_login(made)
    return client


@pytest.fixture
def ann(world: World) -> Client:
    return _person(world, "ann")


@pytest.fixture
def bob(world: World) -> Client:
    return _person(world, "bob")


@pytest.fixture
def stocked(world: World) -> World:
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
    return world


def order(**more: str) -> dict[str, str]:
    typed = {
        "h.party": "C1",
        "h.ordered_on": "2026-03-15",
        "h.place": "W1",
        "l.a.item": "A",
        "l.a.quantity": "2",
        "keys": "a",
    }
    return {name.replace("__", "."): text for name, text in (typed | more).items()}


def save(client: Client, data: dict[str, str], path: str = "/sales/orders/new") -> dict[str, Any]:
    answer = client.post(path, data | {"do": "save"}, **JSON)
    assert answer.status_code == 200, answer.content[:300]
    told: dict[str, Any] = answer.json()
    return told


def names(world: World, *tables: str) -> list[int]:
    with world.work() as ctx:
        return [
            rows.execute(f"SELECT count(*) FROM {t} WHERE company_id = %s", [ctx.company])[0][0]
            for t in tables
        ]


def test_typed_saved_finished(ann: Client, stocked: World) -> None:
    """What is typed is kept as typed, worked out by the rules that post, and becomes an order once."""
    told = save(ann, order())
    assert told["errors"] == {}
    assert told["cells"]["a"][-1] == "200.00"
    assert re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", told["totals"])).split() == [
        "Net",
        "200.00",
        "Tax",
        "42.00",
        "Total",
        "EUR",
        "242.00",
    ]
    assert names(stocked, "sales_order") == [0], "working out leaves nothing"
    assert ann.get(told["href"]).status_code == 200
    answer = ann.post(told["href"], order() | {"do": "confirm", "revision": "1", "once": "k1"})
    assert answer.status_code == 302
    assert (
        ann.post(told["href"], order() | {"do": "confirm", "revision": "1", "once": "k1"})["Location"]
        == answer["Location"]
    )
    assert (
        ann.post("/sales/orders/new", order() | {"do": "confirm", "once": "k1"})["Location"]
        == answer["Location"]
    )
    assert ann.get(told["href"])["Location"] == answer["Location"], "Back leads to what it became"
    assert names(stocked, "sales_order") == [1]
    text = ann.get(answer["Location"]).content.decode()
    assert "SO-2026-00001" in text
    assert "Confirmed" in text


def test_nothing_typed_is_lost(ann: Client, stocked: World) -> None:
    """Whatever cannot be read or found is named beside its field, and stands there as it was typed."""
    data = order(
        h__party="Nobody & Sons",
        h__ordered_on="soon",
        l__a__item="ghost",
        l__a__quantity="many",
        l__a__discount="5",
    )
    told = save(ann, data)
    assert set(told["errors"]) == {"party", "ordered_on"}
    assert set(told["lines"]["a"]) == {"item", "quantity"}
    answer = ann.post(told["href"], data | {"do": "make", "revision": "1", "once": "k"})
    assert answer.status_code == 200
    text = answer.content.decode()
    for typed in ("Nobody &amp; Sons", "ghost", "many", "There is no “Nobody"):
        assert typed in text
    assert names(stocked, "sales_order") == [0]
    empty = ann.post("/sales/orders/new", {"do": "make", "once": "e"})
    assert empty.status_code == 200
    assert "It is needed." in empty.content.decode()


def test_a_warning_before_it_hurts(ann: Client, stocked: World) -> None:
    """What confirming would refuse is said while typing; the quotation is saved all the same."""
    told = save(ann, order(l__a__quantity="11"))
    assert "ledger.guard" in told["notices"]
    answer = ann.post(
        told["href"], order(l__a__quantity="11") | {"do": "confirm", "revision": "1", "once": "k"}
    )
    assert answer.status_code == 200
    assert "ledger.guard" in answer.content.decode()
    assert names(stocked, "sales_order") == [0]
    assert (
        ann.post(
            told["href"], order(l__a__quantity="11") | {"do": "make", "revision": "1", "once": "m"}
        ).status_code
        == 302
    )
    assert names(stocked, "sales_order") == [1]


def test_two_people_on_one_draft(ann: Client, bob: Client, stocked: World) -> None:
    """Different fields flow together; the same field is a conflict that shows both; nobody overwrites unseen."""
    told = save(ann, order())
    path = told["href"]
    assert (
        save(bob, order(h__reference="Bob's") | {"revision": "1", "touched": "reference"}, path)["revision"]
        == 2
    )
    merged = save(ann, order(h__note="Ann's") | {"revision": "1", "touched": "note"}, path)
    assert merged["fresh"]["reference"] == "Bob's"
    clash = save(ann, order(h__reference="Ann's") | {"revision": "1", "touched": "reference"}, path)
    assert clash["conflicts"] == {"reference": ["Ann's", "Bob's"]}
    lines = save(
        bob, order(l__b__item="SRV", l__b__quantity="1", keys="a,b") | {"revision": "3", "touched": "b"}, path
    )
    assert save(ann, order() | {"revision": "3", "touched": "a"}, path)["revision"] == lines["revision"], (
        "his line stays"
    )
    finished = ann.post(path, order(h__reference="Ann's") | {"do": "make", "revision": "1", "once": "z"})
    assert finished.status_code == 200
    assert "Bob&#x27;s" in finished.content.decode()
    with stocked.work():
        data = Draft.objects.get(pk=told["id"]).data
    assert data["head"]["reference"] == "Bob's"
    assert [line["key"] for line in data["lines"]] == ["a", "b"]


def test_two_people_on_one_record(ann: Client, bob: Client, world: World) -> None:
    """Editing the same party: what only one changed stands; what both changed is shown to the second."""
    party = world.parties["C1"]
    path = f"/parties/parties/{party}/edit"
    page = ann.get(path).content.decode()
    typed = {
        name: text
        for name, text in re.findall(r'name="(h\.[\w.]+)" value="([^"]*)"', page)
        if not name.startswith("h.roles")
    }
    typed |= {"h.roles": "customer", "h.kind": "organisation", "h.tax_treatment": "domestic", "do": "make"}
    draft = ann.post(path, typed | {"do": "save"}, **JSON).json()["href"]
    assert (
        bob.post(path, typed | {"h.phone": "+31 1", "h.email": "bob@example.com", "once": "b"}).status_code
        == 302
    )
    clash = ann.post(draft, typed | {"h.email": "ann@example.com", "once": "a", "revision": "1"})
    assert clash.status_code == 200
    assert "bob@example.com" in clash.content.decode()
    revision = re.search(r'name="revision" value="(\d+)"', clash.content.decode())
    assert revision
    again = ann.post(
        draft,
        typed | {"h.email": "ann@example.com", "h.phone": "+31 1", "once": "a2", "revision": revision[1]},
    )
    assert again.status_code == 302
    with world.work():
        assert rows.execute("SELECT email, phone FROM parties_party WHERE id = %s", [party]) == [
            ("ann@example.com", "+31 1")
        ]


def test_an_act_twice_is_once(ann: Client, stocked: World) -> None:
    """A double click ships once; the second click leads to the same page."""
    with stocked.work() as ctx:
        made = stocked.order(ctx, {"A": 4})
        sales.confirm_orders(ctx, [made])
    data = {"ids": str(made), "on": "2026-03-20", "once": "ship"}
    first = ann.post("/sales/orders/act/ship", data)
    assert first["Location"] == f"/sales/orders/{made}"
    assert ann.post("/sales/orders/act/ship", data)["Location"] == first["Location"]
    assert names(stocked, "inventory_shipment") == [1]
    assert ann.post("/sales/orders/act/ship", data | {"once": "other"}).status_code == 409


def test_a_preview_is_what_is_posted(ann: Client, stocked: World) -> None:
    """The entry shown before is the entry posted after; showing it leaves nothing."""
    with stocked.work() as ctx:
        made = stocked.order(ctx, {"A": 4})
        sales.confirm_orders(ctx, [made])

    def figures(html: str) -> list[str]:
        return re.findall(r"[\d,]+\.\d\d", html)

    before = names(stocked, "entry", "inventory_shipment")
    preview = ann.get(f"/sales/orders/{made}/preview/ship?on=2026-03-20").content.decode()
    assert "is-preview" in preview
    assert names(stocked, "entry", "inventory_shipment") == before
    ann.post("/sales/orders/act/ship", {"ids": str(made), "on": "2026-03-20", "once": "s"})
    with stocked.work():
        shipment = rows.execute(
            "SELECT max(id) FROM inventory_shipment WHERE company_id = %s", [stocked.company]
        )[0][0]
    page = ann.get(f"/inventory/shipments/{shipment}").content.decode()
    entry = page[page.index('class="entry"') :]
    assert figures(preview) == figures(entry)[: len(figures(preview))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1", True),
        ("00001", True),
        ("SO-2026", True),
        ("so-2026-00001", True),
        ("C1", True),
        ("xyzzy", False),
        ("their", True),
        ("C1 xyzzy", False),
    ],
)
def test_search(ann: Client, stocked: World, text: str, found: bool) -> None:
    """By number or its last digits, by the beginning of any word of the customer or of the reference."""
    with stocked.work() as ctx:
        draft = sales.QuotationDraft(
            stocked.parties["C1"],
            ctx.today.replace(year=2026, month=1, day=15),
            (sales.OrderLineDraft(stocked.items["SRV"], 1),),
            reference="Their own",
        )  # type: ignore[arg-type]
        sales.confirm_orders(ctx, sales.create_quotations(ctx, [draft]))
    page = ann.get("/sales/orders", {"q": text, "all": "1"}).content.decode()
    assert ("SO-2026-00001" in page) is found


def test_a_mention_reaches_its_colleague(ann: Client, bob: Client, stocked: World) -> None:
    with stocked.work() as ctx:
        made = stocked.order(ctx, {"SRV": 1})
    ann.post(f"/sales/orders/{made}/comment", {"text": "@bob please <b>look</b>"})
    text = bob.get("/notices").content.decode()
    assert "please &lt;b&gt;look" in text
    assert "please" not in ann.get("/notices").content.decode()
    bob.post("/notices")
    with stocked.work():
        assert Notice.objects.filter(read_at=None).count() == 0
    assert "&lt;b&gt;look" in ann.get(f"/sales/orders/{made}").content.decode()


def test_saved_views_and_files(ann: Client, bob: Client, stocked: World) -> None:
    """A view of one's own, a shared one; a file kept with a document; formulas do not leave in a CSV."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    with stocked.work() as ctx:
        made = stocked.order(ctx, {"SRV": 1})
        rows.execute("UPDATE parties_party SET name = '=cmd()' WHERE id = %s", [stocked.parties["C1"]])
    ann.post("/sales/orders/views", {"name": "Mine", "query": "f=state:is:quotation"})
    ann.post("/sales/orders/views", {"name": "Ours", "query": "f=state:is:quotation", "shared": "1"})
    assert "Mine" in ann.get("/sales/orders").content.decode()
    theirs = bob.get("/sales/orders").content.decode()
    assert "Ours" in theirs
    assert "Mine" not in theirs
    ann.post(f"/sales/orders/{made}/files", {"files": SimpleUploadedFile("a.html", b"<script>1</script>")})
    link = re.search(r'href="(/files/\d+/a.html)"', ann.get(f"/sales/orders/{made}").content.decode())
    assert link
    answer = bob.get(link[1])
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content == b"<script>1</script>"
    exported = ann.get("/sales/orders/export.csv?f=state:is:quotation").content.decode()
    assert "'=cmd()" in exported
    assert ann.get("/sales/orders/export.xlsx").content[:2] == b"PK"


def test_a_long_list_by_key(ann: Client, stocked: World, count_statements: Any) -> None:
    """Each row once over all pages, whatever the sort; a page costs the same however long the list."""
    with stocked.work() as ctx:
        for n in range(130):
            stocked.order(ctx, {"SRV": n % 3 + 1})
    for sort in ("", "ordered_on", "-gross", "number", "-required_on", "state"):
        seen: list[str] = []
        href = f"/sales/orders?all=1&sort={sort}"
        while href:
            page = ann.get(href).content.decode()
            seen += re.findall(r'<td class="p3"><a class="[^"]*" href="/sales/orders/(\d+)"', page)
            more = re.search(r'rel="next" href="([^"]+)"', page)
            href = "/sales/orders" + more[1].replace("&amp;", "&") if more else ""
        assert len(seen) == len(set(seen)) == 130, sort
    assert "Rows" in ann.get("/sales/orders?group=state").content.decode()


def test_a_long_document_by_pages(ann: Client, world: World, count_statements: Any) -> None:
    """A hundred lines at a time, told which of how many; as many statements for ninety lines as for three."""
    lines = tuple(sales.OrderLineDraft(world.items["A"], Decimal(n)) for n in range(1, 231))
    with world.work() as ctx:
        drafts = [
            sales.QuotationDraft(world.parties["C1"], D, lines[:n], world.places["W1"]) for n in (3, 90, 230)
        ]
        short, full, long = sales.create_quotations(ctx, drafts)
    told = []
    for ident in (short, short, full):
        with count_statements() as seen:
            assert ann.get(f"/sales/orders/{ident}").status_code == 200
        told.append(len(seen))
    assert told[1] == told[2]
    shown, at = 0, f"/sales/orders/{long}"
    for of in ("1 to 100 of 230", "101 to 200 of 230", "201 to 230 of 230"):
        page = ann.get(at).content.decode()
        assert of in page
        shown += page.count('data-label="Item"')
        onward = re.findall(r'href="(\?lines=\d+)#h-lines"', page)
        at = f"/sales/orders/{long}{onward[-1]}"
    assert shown == 230
    assert onward == ["?lines=100"], "the last page leads back only"


def test_a_strangers_script_learns_that_the_session_is_over(world: World) -> None:
    assert Client().post("/sales/orders/new", order() | {"do": "save"}, **JSON).status_code == 401
