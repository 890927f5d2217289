"""Programs write: making, changing, acts, many at once; one effect per key; nobody overwrites what he has not seen."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from backstay import ledger
from backstay.base import clock
from backstay.interfaces import persons
from backstay.interfaces.api import doing, keys
from backstay.platform import context, rows, tasks, work
from backstay.platform.models import Answer, AuditEvent, Outbox
from backstay.platform.resources import EXTRA, RESOURCES
from tests.full import Full, _user, make_full
from tests.programs import Program, problem, program
from tests.scenario.test_contracts import candidates, junk

ACTS = [(p, a) for p in sorted(RESOURCES) for a in doing.acts_of(RESOURCES[p])]


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    return make_full(24)


@pytest.fixture(scope="module")
def api(full: Full) -> Program:
    return program(full)


def entries(full: Full) -> int:
    with full.work() as ctx:
        return int(rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [ctx.company])[0][0])


@pytest.fixture(scope="module")
def party(api: Program) -> int:
    made = api.post(
        "/parties/parties",
        {
            "name": "Program Ltd",
            "kind": "organisation",
            "roles": ["customer", "supplier"],
            "addresses": [
                {
                    "kind": "billing",
                    "street": "Quay 1",
                    "city": "Hamburg",
                    "postal_code": "20095",
                    "country": "DE",
                }
            ],
        },
    )
    assert made.status_code == 201, made.content
    return int(made.json()["id"])


@pytest.fixture(scope="module")
def item(api: Program) -> int:
    return int(api.get("/catalog/items?kind=goods&limit=1").json()["data"][0]["id"])


@pytest.fixture(scope="module")
def service(api: Program) -> int:
    """Something of which there is always enough."""
    made = api.post(
        "/catalog/items",
        {
            "sku": "ADVICE",
            "name": "Advice",
            "kind": "service",
            "sales_price": {"amount": "50", "currency": "EUR"},
        },
    )
    assert made.status_code == 201, made.content
    return int(made.json()["id"])


def order(party: int, item: int, quantity: str = "2") -> dict[str, Any]:
    return {"party": party, "ordered_on": "2026-02-25", "lines": [{"item": item, "quantity": quantity}]}


# ---- making and changing ----


def test_order_to_cash(full: Full, api: Program, party: int, item: int) -> None:
    """Quotation, confirm, ship in part, ship the rest, invoice, payment: every step a request, the books as from screens."""
    made = api.post("/sales/orders", order(party, item, "3"))
    assert made.status_code == 201, made.content
    body, path = made.json(), made["Location"].removeprefix("/api/v1")
    assert (
        body["state"] == "quotation"
        and body["lines"][0]["quantity"] == "3"
        and made["ETag"] == f'"{body["revision"]}"'
    )
    done = api.send("POST", f"{path}/confirm").json()
    assert done["object"]["state"] == "confirmed" and done["made"][0]["number"] == done["object"]["number"]
    line = body["lines"][0]["id"]
    first = api.post(f"{path}/ship", {"on": "2026-02-26", "lines": [{"line": line, "quantity": "1"}]})
    assert first.status_code == 200, first.content
    assert (
        api.get(f"/inventory/shipments/{first.json()['made'][0]['id']}").json()["lines"][0]["quantity"] == "1"
    )
    rest = api.post(f"{path}/ship", {"on": "2026-02-26"}).json()
    assert rest["object"]["delivery"] == "all"
    before = entries(full)
    billed = api.post(f"{path}/invoice", {"on": "2026-02-26"}).json()
    assert entries(full) == before + 1
    invoice = api.get(f"/invoicing/invoices/{billed['made'][0]['id']}").json()
    assert invoice["gross"] == body["gross"] and invoice["open"] == body["gross"]
    paid = api.post(
        f"/invoicing/invoices/{invoice['id']}/record-payment", {"on": "2026-02-27", "amount": invoice["open"]}
    )
    assert paid.status_code == 200 and paid.json()["object"]["open"]["amount"] in ("0.00", "0")
    back = api.post(
        f"{path}/return",
        {
            "on": "2026-02-27",
            "credit": True,
            "reason": "wrong colour",
            "lines": [{"line": line, "quantity": "1"}],
        },
    )
    assert back.status_code == 200 and len(back.json()["made"]) == 2, back.content
    with full.work() as ctx:
        assert [c for c in ledger.verify(ctx) if not c.ok] == []


def test_a_change_names_what_it_saw(api: Program, party: int, item: int) -> None:
    """428 without If-Match, 412 when stale, and the colleague's words stay; a part of the fields is changed, the rest stays."""
    made = api.post("/sales/orders", order(party, item))
    path, tag = made["Location"].removeprefix("/api/v1"), made["ETag"]
    problem(api.send("PATCH", path, {"reference": "x"}), 428, "api.if_match")
    mine = api.send("PATCH", path, {"reference": "mine"}, **{"If-Match": tag})
    assert mine.status_code == 200 and mine.json()["reference"] == "mine" and mine["ETag"] != tag
    assert mine.json()["lines"][0]["quantity"] == "2"
    problem(api.send("PATCH", path, {"reference": "theirs"}, **{"If-Match": tag}), 412, "api.changed")
    assert api.get(path).json()["reference"] == "mine"
    lines = [
        {"item": item, "quantity": "1"},
        {"item": item, "quantity": "4", "unit_price": {"amount": "7.5", "currency": "EUR"}},
    ]
    more = api.send("PATCH", path, {"lines": lines, "note": None}, **{"If-Match": mine["ETag"]}).json()
    assert [line["quantity"] for line in more["lines"]] == ["1", "4"] and more["reference"] == "mine"
    problem(api.post(f"{path}/confirm", **{"If-Match": tag}), 412)
    problem(api.post(f"{path}/confirm", **{"If-Match": ""}), 412)  # it names none, so not this one
    assert api.post(f"{path}/confirm", **{"If-Match": f'"{more["revision"]}"'}).status_code == 200


@pytest.mark.parametrize("path", [p for p in sorted(RESOURCES) if "change" in RESOURCES[p].acts])
def test_only_declared_fields_change(full: Full, api: Program, path: str) -> None:
    """FAILURES 64: every column of the table is sent; those that are not declared are refused by name, and nothing changes."""
    resource = RESOURCES[path]
    table = list(resource.of._meta.concrete_fields)
    declared = {n.partition(":")[0] for n in resource.form}
    ident = full.first(resource)
    with full.work():
        before = resource.of._default_manager.values().get(pk=ident)
    tag = api.get(f"/{path}/{ident}").get("ETag", '"1"')
    for field in (f for f in table if f.name not in declared):
        for name in {field.name, field.attname}:
            told = problem(
                api.send("PATCH", f"/{path}/{ident}", {name: junk(field)}, **{"If-Match": tag}),
                422,
                "api.invalid",
            )
            assert told["errors"][0]["pointer"] == f"/{name}"
            problem(api.post(f"/{path}", {name: junk(field)}), 422, "api.invalid")
    with full.work():
        assert resource.of._default_manager.values().get(pk=ident) == before


def test_what_is_wrong_is_told_by_pointer(full: Full, api: Program, party: int, item: int) -> None:
    before = full.counts()
    bad = {
        "party": "nobody there",
        "ordered_on": "2026-02-25",
        "lines": [{"item": item}, {"item": 999999999, "quantity": "1"}],
    }
    told = problem(api.post("/sales/orders", bad), 422, "api.invalid")
    assert {e["pointer"] for e in told["errors"]} == {"/party", "/lines/0/quantity", "/lines/1/item"}
    money = order(party, item) | {
        "lines": [{"item": item, "quantity": "1", "unit_price": {"amount": "1", "currency": "USD"}}]
    }
    told = problem(api.post("/sales/orders", money), 422, "api.currency")
    assert told["errors"][0]["pointer"] == "/lines/0/unit_price/currency"
    for value in (1, 1.5, "1e3", "NaN", "1,5", "", "9" * 30):
        wrong = order(party, item) | {"lines": [{"item": item, "quantity": value}]}
        problem(api.post("/sales/orders", wrong), 422, "api.invalid")
    problem(api.post("/sales/orders", order(party, item) | {"ordered_on": 1}), 422)
    problem(api.post("/sales/orders", order(party, item) | {"reference": "x" * 20_000}), 422)
    assert full.counts() == before


def test_a_second_item_of_a_sku_is_refused(full: Full, api: Program) -> None:
    """By the same rule for a program, in one request and at a form: nothing is made, and what was typed is there to correct.
    A SKU that an item had before it was renamed stays its own: the ledger counts it in that unit."""
    made = api.post("/catalog/items", {"sku": "TWICE", "name": "First"})
    assert made.status_code == 201, made.content
    problem(api.post("/catalog/items", {"sku": "TWICE", "name": "Second"}), 409, "ledger.unit_once")
    both = {"items": [{"sku": "BOTH", "name": "One"}, {"sku": "BOTH", "name": "Two"}]}
    problem(api.post("/catalog/items/bulk", both), 409, "ledger.unit_once")
    path = made["Location"].removeprefix("/api/v1")
    assert api.send("PATCH", path, {"sku": "THRICE"}, **{"If-Match": made["ETag"]}).status_code == 200
    problem(api.post("/catalog/items", {"sku": "TWICE", "name": "Third"}), 409, "ledger.unit_once")
    form = {"h.sku": "TWICE", "h.name": "Fourth", "h.kind": "goods", "h.uom": "C62", "revision": "0", "once": "sku.twice", "do": "make"}  # fmt: skip
    answer = full.client("owner").post("/catalog/items/new", form)
    page = answer.content.decode()
    assert "has this code, or had it" in page and 'value="Fourth"' in page
    with full.work():
        names = rows.execute("SELECT name FROM catalog_item WHERE sku IN ('TWICE', 'THRICE', 'BOTH')")
    assert names == [("First",)]


def test_a_rule_refuses_with_its_code_and_its_remedy(full: Full, api: Program, party: int, item: int) -> None:
    """What a screen says to a person: what is wrong, and what to do; nothing is kept."""
    made = api.post("/sales/orders", order(party, item))
    path = made["Location"].removeprefix("/api/v1")
    before = full.counts()
    told = problem(api.post(f"{path}/invoice", {"on": "2026-02-26"}), 409)
    assert told["code"].startswith(("platform.", "sales.")) and told["remedy"]
    assert full.counts() == before


# ---- acts ----


DONE: set[tuple[str, str]] = set()


@pytest.mark.parametrize(("path", "act"), ACTS)
def test_every_act_is_there_and_repeats_do_nothing(full: Full, api: Program, path: str, act: str) -> None:
    """FAILURES 46, 47: an act twice under one key: the same answer, one effect; every declared act has its operation."""
    resource = RESOURCES[path]
    body: dict[str, Any] = {}
    asked = doing.body_type(path, act).model_fields
    body |= {"on": "2026-02-28"} if "on" in asked else {}
    body |= {"issued_on": "2026-02-28"} if "issued_on" in asked else {}
    body |= {n: "x" for n in ("text", "reason", "supplier_number", "tracking") if n in asked}
    for n, ident in enumerate(list(candidates(full, resource, act))[:8]):
        mine = body | ({"supplier_number": f"A{n}"} if "supplier_number" in asked else {})
        if "lines" in asked and asked["lines"].is_required():
            lines = api.get(f"/{path}/{ident}").json()["lines"]
            mine["lines"] = [{"line": lines[0]["id"], "quantity": "1"}]
        key = f"{path}.{act}.{n}"
        first = api.post(f"/{path}/{ident}/{act.replace('_', '-')}", mine, **{"Idempotency-Key": key})
        assert first.status_code in (200, 409), first.content
        after = full.counts()
        second = api.post(f"/{path}/{ident}/{act.replace('_', '-')}", mine, **{"Idempotency-Key": key})
        assert second.status_code == first.status_code
        assert full.counts() == after
        if first.status_code == 200:
            assert second.content == first.content and second["Idempotency-Replayed"] == "true"
            DONE.add((path, act))
            return


def test_most_acts_were_done(record_property: Any) -> None:
    missing = sorted(set(ACTS) - DONE)
    record_property("figures", f"{len(DONE)} of {len(ACTS)} acts done through the API; refused: {missing}")
    assert len(DONE) >= len(ACTS) * 2 // 3, missing


# ---- one effect per key ----


def test_a_write_without_a_key_is_400(full: Full, api: Program, party: int, item: int) -> None:
    before = full.counts()
    for key in ("-", "", " ", "ü", "x" * 256):
        problem(api.post("/sales/orders", order(party, item), **{"Idempotency-Key": key}), 400, "api.key")
    assert full.counts() == before


def test_a_repeat_gives_the_first_answer(full: Full, api: Program, party: int, item: int) -> None:
    """FAILURES 47, 48: the id is the first one's; another body under the key is 422; another person's key is another key."""
    key = {"Idempotency-Key": "again"}
    first = api.post("/sales/orders", order(party, item), **key)
    before = full.counts()
    for _n in range(3):
        again = api.post("/sales/orders", order(party, item), **key)
        assert (again.status_code, again.content, again["Location"], again["ETag"]) == (
            201,
            first.content,
            first["Location"],
            first["ETag"],
        )
    problem(api.post("/sales/orders", order(party, item, "5"), **key), 422, "api.key_reused")
    problem(api.post(f"/sales/orders/{first.json()['id']}/confirm", **key), 422, "api.key_reused")
    assert full.counts() == before
    full.users["second"] = full.users.get("second") or _user("second", full.company)
    assert (
        program(full, "second").post("/sales/orders", order(party, item), **key).json()["id"]
        != first.json()["id"]
    )


def test_what_was_refused_may_be_corrected_under_its_key(
    full: Full, api: Program, party: int, item: int
) -> None:
    """Nothing was done, so nothing is remembered, in no table (FAILURES 51: nothing is sent of it either)."""
    key = {"Idempotency-Key": "corrected"}
    before = full.counts()
    with full.work():
        sent = Outbox.objects.count()
    problem(api.post("/sales/orders", order(party, item, "x"), **key), 422)
    with full.work() as ctx:
        assert not Answer.objects.filter(company_id=ctx.company, key="corrected").exists()
        assert Outbox.objects.count() == sent
    assert full.counts() == before
    assert api.post("/sales/orders", order(party, item), **key).status_code == 201


def test_two_at_once_do_one_thing(full: Full, api: Program, party: int, item: int) -> None:
    """FAILURES 46: eight requests at the same moment under one key: one order, eight times the same answer."""
    answers: list[Any] = []

    def ask() -> None:
        try:
            answers.append(
                Program(api.token).post("/sales/orders", order(party, item), **{"Idempotency-Key": "race"})
            )
        finally:
            connections.close_all()

    with full.work() as ctx:
        before = int(
            rows.execute("SELECT count(*) FROM sales_order WHERE company_id = %s", [ctx.company])[0][0]
        )
    threads = [threading.Thread(target=ask) for _n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {a.status_code for a in answers} <= {201, 409} and sum(a.status_code == 201 for a in answers) >= 1
    assert len({a.content for a in answers if a.status_code == 201}) == 1
    with full.work() as ctx:
        assert (
            rows.execute("SELECT count(*) FROM sales_order WHERE company_id = %s", [ctx.company])[0][0]
            == before + 1
        )


def test_answers_forget_who_is_erased(full: Full, api: Program) -> None:
    """What programs were answered of a person, now or before a change, is blanked; a repeat still does nothing, and is told so."""
    key = {"Idempotency-Key": "of-rosa"}
    made = api.post("/parties/parties", {"name": "Rosa Reed", "kind": "person", "phone": "+31 6 1234"}, **key)
    ident = made.json()["id"]
    changed = api.send(
        "PATCH", f"/parties/parties/{ident}", {"phone": "+31 6 9999"}, **{"If-Match": made["ETag"]}
    )
    other = api.post("/parties/parties", {"name": "Somebody else"}, **{"Idempotency-Key": "of-another"})
    assert (changed.status_code, other.status_code) == (200, 201)

    def kept() -> str:
        with full.work() as ctx:
            return "\n".join(Answer.objects.filter(company_id=ctx.company).values_list("body", flat=True))

    assert all(text in kept() for text in ("Rosa Reed", "+31 6 1234", "+31 6 9999"))
    with full.work() as ctx:
        persons.erase(ctx, ident)
    assert not [text for text in ("Rosa Reed", "+31 6 1234", "+31 6 9999") if text in kept()]
    assert "Somebody else" in kept()
    again = api.post(
        "/parties/parties", {"name": "Rosa Reed", "kind": "person", "phone": "+31 6 1234"}, **key
    )
    assert (again.status_code, again.json(), again["Location"]) == (201, {"erased": True}, made["Location"])


def test_answers_are_forgotten_after_their_days(full: Full, api: Program, party: int, item: int) -> None:
    key = {"Idempotency-Key": "old"}
    first = api.post("/sales/orders", order(party, item), **key).json()["id"]
    tasks.forget(0)
    assert api.post("/sales/orders", order(party, item), **key).json()["id"] == first
    with clock.at(clock.now() + timedelta(days=keys.DAYS, minutes=1)):
        tasks.forget(0)
    assert api.post("/sales/orders", order(party, item), **key).json()["id"] != first


# ---- many ----


def test_many_cost_what_few_cost(
    api: Program, party: int, service: int, count_statements: Callable[[], Any]
) -> None:
    def cost(count: int) -> tuple[int, int]:
        with count_statements() as n:
            made = api.post("/sales/orders/bulk", {"items": [order(party, service)] * count})
        assert made.status_code == 201 and len(made.json()["ids"]) == count, made.content
        with count_statements() as m:
            done = api.post("/sales/orders/bulk/confirm", {"ids": made.json()["ids"]})
        assert done.status_code == 200 and len(done.json()["made"]) == count, done.content
        return len(n), len(m)

    cost(2)
    assert cost(2) == cost(12)


def test_many_are_all_or_none(full: Full, api: Program, party: int, item: int) -> None:
    before = full.counts()
    told = problem(
        api.post(
            "/sales/orders/bulk", {"items": [order(party, item), order(party, item) | {"party": 999999999}]}
        ),
        422,
    )
    assert told["errors"][0]["pointer"] == "/items/1/party"
    problem(api.post("/sales/orders/bulk", {"items": []}), 422)
    problem(api.post("/sales/orders/bulk", {"items": [order(party, item)] * 201}), 422)
    assert full.counts() == before
    ids = api.post("/sales/orders/bulk", {"items": [order(party, item)] * 2}).json()["ids"]
    assert api.post(f"/sales/orders/{ids[1]}/confirm").status_code == 200
    problem(api.post("/sales/orders/bulk/confirm", {"ids": ids}), 409, "platform.transition")
    assert api.get(f"/sales/orders/{ids[0]}").json()["state"] == "quotation"


def test_more_than_a_request_holds_goes_on_in_the_background(
    full: Full, api: Program, party: int, item: int
) -> None:
    ids = api.post("/sales/orders/bulk", {"items": [order(party, item)] * 150}).json()["ids"]
    ids += api.post("/sales/orders/bulk", {"items": [order(party, item)] * 51}).json()["ids"]
    begun = api.post("/sales/orders/bulk/cancel", {"ids": ids})
    assert begun.status_code == 202, begun.content
    path = begun["Location"].removeprefix("/api/v1")
    assert api.get(path).json()["state"] == "waiting"
    work.run(full.company, begun.json()["work"])
    told = api.get(path).json()
    assert (told["state"], told["done"], told["faults"]) == ("done", 201, [])
    assert api.get(f"/sales/orders/{ids[-1]}").json()["state"] == "cancelled"
    problem(program(full, "other").get(path), 404)


def test_what_a_program_did_stands_in_the_trail(full: Full, api: Program, party: int, item: int) -> None:
    ident = api.post("/sales/orders", order(party, item)).json()["id"]
    with full.work() as ctx:
        told = AuditEvent.objects.filter(company_id=ctx.company, kind="sales.order", object_id=ident).latest(
            "id"
        )
    owner = full.users["owner"]
    assert told.actor == f"user:{owner.pk}" and told.origin.startswith("api 127.0.0.1 token ")  # type: ignore[union-attr]


# ---- files ----


def test_files_go_in_and_come_out(full: Full, api: Program, party: int) -> None:
    """FAILURES 66: a drawing that could run a script leaves as something to be saved, never to be opened; 67: sent twice,
    kept once."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

    def send(key: str, content: bytes = svg) -> Any:
        return api.client.post(
            f"/api/v1/parties/parties/{party}/files", {"file": SimpleUploadedFile("logo.svg", content, "image/svg+xml")},
            headers={"Authorization": f"Bearer {api.token}", "Idempotency-Key": key},
        )  # fmt: skip

    first = send("svg")
    assert first.status_code == 201, first.content
    assert send("svg").content == first.content
    problem(send("svg", b"other"), 422, "api.key_reused")
    told = api.get(f"/parties/parties/{party}/files").json()["data"]
    assert [(f["name"], f["size"]) for f in told] == [("logo.svg", len(svg))]
    back = api.get(f"/files/{told[0]['id']}")
    assert back.content == svg and back["Content-Type"] == "application/octet-stream"
    assert (
        back["Content-Disposition"].startswith("attachment") and back["X-Content-Type-Options"] == "nosniff"
    )
    assert back["Content-Security-Policy"] == "default-src 'none'; sandbox"
    problem(program(full, scopes=["sales.*:read"]).get(f"/files/{told[0]['id']}"), 404)
    problem(program(full, "other").get(f"/files/{told[0]['id']}"), 404)
    problem(api.post(f"/parties/parties/{party}/files", {"file": "x"}), 415, "api.media")
    invoice = api.get("/invoicing/invoices?limit=1&state=posted").json()["data"][0]["id"]
    paper = api.get(f"/invoicing/invoices/{invoice}/paper")
    assert paper.content[:5] == b"%PDF-" and paper["Content-Type"] == "application/pdf"


# ---- reports ----


def test_reports_as_json_and_as_csv(full: Full, api: Program) -> None:
    names = [r["name"] for r in api.get("/reports").json()["data"]]
    assert len(names) > 15
    for name in names:
        answer = api.get(f"/reports/{name}?from=2026-01-01&to=2026-02-28")
        if answer.status_code != 200:
            assert problem(answer, answer.status_code)["remedy"] is not None
            continue
        told = json.loads(answer.content, parse_float=lambda t: pytest.fail(t))
        keys_ = {c["key"] for c in told["columns"]}
        assert all(set(row) == keys_ for row in told["rows"])
    told = api.get("/reports/trial-balance?to=2026-02-28").json()
    debit, credit = (sum(Decimal(r.get(side) or 0) for r in told["rows"]) for side in ("debit", "credit"))
    assert debit == credit > 0
    table = api.get("/reports/trial-balance?to=2026-02-28", Accept="text/csv")
    assert (
        table["Content-Type"].startswith("text/csv")
        and len(table.content.decode().splitlines()) == len(told["rows"]) + 1
    )


def test_a_long_report_is_read_by_pages(api: Program) -> None:
    seen: list[str] = []
    answer = api.get("/reports/journal?from=2026-01-01&to=2026-02-28&limit=40").json()
    whole = (
        api.get("/reports/journal?from=2026-01-01&to=2026-02-28", Accept="text/csv")
        .content.decode()
        .splitlines()
    )
    while True:
        seen += [json.dumps(r) for r in answer["rows"]]
        if not answer["next"]:
            break
        answer = api.get(
            f"/reports/journal?from=2026-01-01&to=2026-02-28&limit=40&after={answer['next']}"
        ).json()
    assert len(seen) == len(whole) - 1


def test_no_cell_of_a_report_is_a_formula(full: Full, api: Program, service: int) -> None:
    """FAILURES 65."""
    evil = api.post("/parties/parties", {"name": "=cmd|' /C calc'!A0", "roles": ["customer"]}).json()["id"]
    made = api.post(
        "/invoicing/invoices",
        {
            "party": evil,
            "issued_on": "2026-02-28",
            "lines": [
                {
                    "item": service,
                    "text": "Advice",
                    "quantity": "1",
                    "unit_price": {"amount": "10", "currency": "EUR"},
                }
            ],
        },
    )
    assert made.status_code == 201, made.content
    text = api.get("/reports/receivables?to=2026-02-28", Accept="text/csv").content.decode()
    assert "'=cmd|" in text and "\n=cmd" not in text and ",=cmd" not in text


# ---- what no fuzzer sends ----


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b"[]", 400), (b'"x"', 400), (b"\xff\xfe", 400), (b'{"party": NaN}', 400), (b'{"party": 1, "party": 2}', 400),
        (b'{"party": ' + b"9" * 5000 + b"}", 400), (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400), (b'{"a":' * 25 + b"1" + b"}" * 25, 400), (b"[" * 200_000, 400),
        (b'{"note": "a\\u0000b"}', 422), (b'{"note": "\\ud800"}', 422), (b'{"\\u0000": 1}', 422), (b'{"party": 9223372036854775808}', 422),
        (b'{"party": 1e400}', 422), (b'{"party": -1}', 422), (b'{"party": true}', 422), (b'{"lines": {}}', 422), (b'{"lines": [null]}', 422), (b"{}", 422),
        (b'{"__proto__": {}, "constructor": 1}', 422),
    ],
)  # fmt: skip
def test_bodies_that_nothing_could_keep(full: Full, api: Program, body: bytes, status: int) -> None:
    before = full.counts()
    problem(api.send("POST", "/sales/orders", body), status)
    assert full.counts() == before


def test_ten_megabytes_and_wrong_types(api: Program) -> None:
    big = b'{"note": "' + b"x" * (10 * 2**20) + b'"}'
    problem(api.send("POST", "/sales/orders", big), 413, "api.size")
    for kind in (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "",
    ):
        problem(api.send("POST", "/sales/orders", b"{}", **{"Content-Type": kind}), 415, "api.media")
    assert (
        api.send(
            "POST", "/sales/orders", b"{}", **{"Content-Type": "application/json; charset=utf-8"}
        ).status_code
        == 422
    )
    for body in (b"", b"--x\r\n", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n\r\n--x--\r\n'):
        answer = api.send(
            "POST", "/parties/parties/1/files", body, **{"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert problem(answer, answer.status_code) and answer.status_code in (400, 404, 422)
    answer = api.send("POST", "/parties/parties/1/files", b"x", **{"Content-Type": "multipart/form-data"})
    assert problem(answer, answer.status_code) and answer.status_code in (400, 422)


def test_every_kind_has_its_operation() -> None:
    from backstay.interfaces.api import register, served

    served.built()
    known = set(register.REGISTERED)
    for resource in RESOURCES.values():
        assert ("GET", f"/{resource.path}") in known and ("GET", f"/{resource.path}/{{int:id}}") in known
        for act in (*resource.acts, *EXTRA.get(resource.kind, {})):
            if act == "create":
                assert not resource.form or ("POST", f"/{resource.path}") in known
            elif act == "change":
                assert ("PATCH", f"/{resource.path}/{{int:id}}") in known
            else:
                assert ("POST", f"/{resource.path}/{{int:id}}/{act.replace('_', '-')}") in known
    assert context.ORIGIN.get() is not None
