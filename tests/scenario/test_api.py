"""The API: who is let in, lists and objects, problems; asked as a program asks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from backstay.base import clock
from backstay.base.errors import Denied, Refusal
from backstay.interfaces import leaving, tokens
from backstay.platform import throttle
from backstay.platform.models import AuditEvent, Membership, Token
from backstay.platform.resources import RESOURCES
from backstay.platform.throttle import Bucket
from tests.full import Full, _user, make_full
from tests.programs import Program, problem, program
from tests.scenario.test_contracts import multiply

PATHS = sorted(RESOURCES)
STRANGERS = Bucket(("api", "127.0.0.0/24"), 60, 1)


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    return make_full(16)


@pytest.fixture(scope="module")
def api(full: Full) -> Program:
    return program(full)


# ---- tokens ----


def test_a_token_is_shown_once_and_kept_as_a_hash(full: Full) -> None:
    owner = full.users["owner"]
    with full.work(f"user:{owner.pk}") as ctx:  # type: ignore[union-attr]
        ident, token = tokens.create(ctx, "shop", [tokens.scope_of("catalog.item:read")], 30)
    with full.work() as ctx:
        row = Token.objects.get(pk=ident)
        told = AuditEvent.objects.get(company_id=ctx.company, kind="access.token", object_id=ident)
    assert token.startswith("bkst_") and len(token) == 45
    assert row.digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in json.dumps([row.begins, row.name, row.scopes, told.data])
    assert row.ends_at - row.created_at <= timedelta(days=30, minutes=1)


def test_strangers_wrong_ended_and_old_tokens_are_refused(full: Full) -> None:
    """401 with the way to do it, in the same words whatever is wrong."""
    seen = set()
    own = program(full)
    owner = full.users["owner"]
    for token in (
        "",
        "x",
        "bkst_" + "a" * 40,
        own.token[:-1] + ("a" if own.token[-1] != "a" else "b"),
        own.token + "\u00e9",
    ):
        answer = Program(token).get("/catalog/items")
        seen.add(json.dumps(problem(answer, 401, "token.wrong") | {"instance": ""}))
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert own.get("/catalog/items").status_code == 200
    with clock.at(clock.now() + timedelta(days=tokens.DAYS, minutes=1)):
        problem(own.get("/catalog/items"), 401)
    throttle.empty([STRANGERS])  # days went back: what was counted then would not drain
    with full.work(f"user:{owner.pk}") as ctx:  # type: ignore[union-attr]
        tokens.end(ctx, tokens.listed(ctx)[0].pk)
    problem(own.get("/catalog/items"), 401)
    assert len(seen) == 1


def test_a_cookie_opens_nothing(full: Full) -> None:
    """Bearer only: a session is not read, so no page can be forged that acts through it."""
    client = full.client("owner")
    assert client.get("/catalog/items").status_code == 200
    problem(client.get("/api/v1/catalog/items"), 401)


def test_who_leaves_takes_his_tokens_along(full: Full) -> None:
    """All of them end with the last membership; a role that has run out lets nothing pass before anybody ends it."""
    user = _user("leaver", full.company, "sales")
    full.users["leaver"] = user
    gone = program(full, "leaver", ["*:read"])
    assert gone.get("/sales/orders").status_code == 200
    with full.work() as ctx:
        leaving.leave(ctx, user.pk)
        assert not Token.objects.filter(user_id=user.pk, ended_at=None).exists()
    problem(gone.get("/sales/orders"), 401)
    timed = _user("timed", full.company, "sales")
    full.users["timed"] = timed
    late = program(full, "timed", ["*:read"])
    with full.work() as ctx:
        Membership.objects.filter(user_id=timed.pk).update(
            since_on=ctx.today - timedelta(days=9), until_on=ctx.today - timedelta(days=1)
        )
    problem(late.get("/sales/orders"), 401)


def test_a_token_reaches_no_further_than_its_scopes_and_its_person(full: Full) -> None:
    narrow = program(full, scopes=["catalog.*:read"])
    assert narrow.get("/catalog/items").status_code == 200
    assert "parties.party.read" in problem(narrow.get("/parties/parties"), 403, "token.scope")["detail"]
    seller = _user("seller", full.company, "sales")
    full.users["seller"] = seller
    with full.work(f"user:{seller.pk}") as ctx:
        with pytest.raises(Denied, match="reaches further"):
            tokens.create(ctx, "x", [tokens.scope_of("banking.paymentrun:create")])
        with pytest.raises(Refusal, match="names nothing"):
            tokens.create(ctx, "x", [tokens.scope_of("nothing.there:read")])
        with pytest.raises(Refusal, match="1 to 366"):
            tokens.create(ctx, "x", [tokens.scope_of("*:read")], 400)
        with pytest.raises(Denied, match="by the person"):
            tokens.create(ctx, "x", [tokens.scope_of("*:read")], user=full.users["owner"].pk)  # type: ignore[union-attr]
    wide = program(full, "seller", ["*:*"])
    assert wide.get("/sales/orders").status_code == 200
    problem(wide.get("/banking/runs"), 403, "access.denied")


def test_when_it_was_used_is_written_rarely(full: Full, count_statements: Callable[[], Any]) -> None:
    own = program(full)
    with full.work() as ctx:
        row = Token.objects.filter(company_id=ctx.company).latest("id")
        assert row.used_at is None
    own.get("/catalog/items?limit=1")
    with full.work():
        first = Token.objects.get(pk=row.pk).used_at
    own.get("/catalog/items?limit=1")
    with full.work():
        assert first is not None and Token.objects.get(pk=row.pk).used_at == first
    with clock.at(clock.now() + timedelta(minutes=6)):
        own.get("/catalog/items?limit=1")
    with full.work():
        assert Token.objects.get(pk=row.pk).used_at > first


def test_too_many_requests_wait(full: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted per token in the database, told in RateLimit headers; a full bucket says how long to wait."""
    from backstay.interfaces.api import door

    monkeypatch.setattr(door, "RATE", 3)
    own, other = program(full), program(full)
    moment = clock.now()
    with clock.at(moment):
        left = [own.get("/catalog/items?limit=1")["RateLimit"].split(";")[1] for _n in range(3)]
        assert left == ["r=2", "r=1", "r=0"]
        answer = own.get("/catalog/items?limit=1")
        problem(answer, 429, "api.rate")
        assert answer["Retry-After"] == "20" and answer["RateLimit-Policy"] == '"token";q=3;w=60'
        assert other.get("/catalog/items?limit=1").status_code == 200
    with clock.at(moment + timedelta(seconds=21)):
        assert own.get("/catalog/items?limit=1").status_code == 200


def test_wrong_tokens_are_counted_by_network(full: Full) -> None:
    throttle.empty([STRANGERS])
    with clock.at(clock.now()):
        for _n in range(STRANGERS.size):
            problem(Program("bkst_" + "a" * 40).get("/catalog/items"), 401)
        problem(Program("bkst_" + "a" * 40).get("/catalog/items"), 429, "api.rate")
        assert program(full).get("/catalog/items?limit=1").status_code == 200, (
            "who has a token is not kept out"
        )
    throttle.empty([STRANGERS])


# ---- lists and objects ----


@pytest.mark.parametrize("path", PATHS)
def test_lists_and_objects_of_every_resource(full: Full, api: Program, path: str) -> None:
    """All rows, page by page, each once, in either direction; each opens; no figure is a float."""
    resource = RESOURCES[path]
    with full.work() as ctx:
        count = resource.of._default_manager.filter(company_id=ctx.company).count()
    answer = api.get(f"/{path}?limit=7")
    seen: list[int] = []
    while True:
        assert answer.status_code == 200, answer.content
        told = json.loads(answer.content, parse_float=_never)
        seen += [row["id"] for row in told["data"]]
        if told["next"] is None or len(seen) > 120:
            break
        answer = api.get(f"/{path}?limit=7&after={told['next']}")
    assert len(seen) == len(set(seen)) and (len(seen) == count or len(seen) > 120)
    one = api.get(f"/{path}/{seen[0]}")
    body = json.loads(one.content, parse_float=_never)
    assert body["id"] == seen[0]
    assert ("revision" not in body) or one["ETag"] == f'"{body["revision"]}"'
    if resource.lines:
        assert isinstance(body[resource.lines_name], list)


def _never(text: str) -> None:
    raise AssertionError(f"a float: {text}")


def test_money_is_text_with_its_currency(full: Full, api: Program) -> None:
    row = api.get("/sales/orders?limit=1").json()["data"][0]
    assert set(row["gross"]) == {"amount", "currency"} and row["gross"]["currency"] == "EUR"
    assert isinstance(row["gross"]["amount"], str) and row["gross"]["amount"].split(".")[1].__len__() == 2
    order = api.get(f"/sales/orders/{row['id']}").json()
    line = order["lines"][0]
    assert (
        isinstance(line["quantity"], str) and line["unit_price"]["currency"] == "EUR" and line["item"]["id"]
    )
    move = api.get("/inventory/shipments?limit=1").json()["data"][0]
    told = api.get(f"/inventory/shipments/{move['id']}").json()["lines"][0]
    assert Decimal(told["quantity"]) < 1000 and told["value"]["currency"] == "EUR"


def test_filters_search_sort_and_sparse_fields(full: Full, api: Program) -> None:
    rows = api.get("/sales/orders?limit=200").json()["data"]
    states = {r["state"] for r in rows}
    for state in states:
        told = api.get(f"/sales/orders?limit=200&state={state}").json()["data"]
        assert {r["id"] for r in told} == {r["id"] for r in rows if r["state"] == state}
    party = rows[0]["party"]["id"]
    told = api.get(f"/sales/orders?limit=200&party={party}").json()["data"]
    assert {r["id"] for r in told} == {r["id"] for r in rows if r["party"]["id"] == party}
    least = sorted(Decimal(r["gross"]["amount"]) for r in rows)[len(rows) // 2]
    told = api.get(f"/sales/orders?limit=200&gross.min={least:.2f}&sort=-gross").json()["data"]
    assert [Decimal(r["gross"]["amount"]) for r in told] == sorted(
        (Decimal(r["gross"]["amount"]) for r in rows if Decimal(r["gross"]["amount"]) >= least), reverse=True
    )
    assert api.get("/sales/orders?only=unfinished").status_code == 200
    assert {*api.get("/sales/orders?fields=number,party&limit=1").json()["data"][0]} == {
        "id",
        "revision",
        "number",
        "party",
    }
    assert {*api.get(f"/sales/orders/{rows[0]['id']}?fields=lines").json()} == {"id", "revision", "lines"}
    name = api.get("/catalog/items?limit=1").json()["data"][0]["name"]
    assert name in {
        r["name"] for r in api.get(f"/catalog/items?q={name.split()[0]}&limit=200").json()["data"]
    }


@pytest.mark.parametrize(
    "query",
    ["colour=red", "limit=0", "limit=201", "limit=x", "sort=nothing", "after=%00", "after=bm9uc2Vuc2U", "after=" + "9" * 900, "state=sold", "gross.min=1e9",
     "gross.min=" + "9" * 40, "ordered_on.from=3/4", "party=99999999999999999999", "fields=secret", "q=%00", "ordered_on.within=ever"],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_422(api: Program, query: str) -> None:
    assert problem(api.get(f"/sales/orders?{query}"), 422)["errors"]


def test_a_cursor_of_another_order_is_refused(api: Program) -> None:
    after = api.get("/sales/orders?limit=1&sort=number").json()["next"]
    assert api.get(f"/sales/orders?limit=1&sort=number&after={after}").status_code == 200
    problem(api.get(f"/sales/orders?limit=1&sort=-number&after={after}"), 422, "web.page")


@pytest.mark.parametrize("path", PATHS)
def test_statements_do_not_grow_with_rows(
    full: Full, owner: psycopg.Connection[Any], count_statements: Callable[[], Any], path: str
) -> None:
    """A page of 50 rows costs what one of 5 costs, a document with all its lines what one of one line costs."""
    multiply(owner, full, RESOURCES[path], 50)
    api = program(full)

    def cost(size: int) -> int:
        with count_statements() as n:
            told = api.get(f"/{path}?limit={size}")
        assert len(told.json()["data"]) == size
        return len(n)

    cost(5)
    assert cost(5) == cost(50)
    assert cost(50) <= 16


def test_what_a_role_does_not_see_is_nowhere(full: Full) -> None:
    keeper = _user("keeper", full.company, "warehouse")
    full.users["keeper"] = keeper
    api = program(full, "keeper", ["*:*"])
    row = api.get("/sales/orders?limit=1").json()["data"][0]
    order = api.get(f"/sales/orders/{full.first(RESOURCES['sales/orders'])}").json()
    assert not {"net", "tax", "gross"} & ({*row} | {*order}) and not {"unit_price", "discount", "net"} & {
        *order["lines"][0]
    }
    problem(api.get("/sales/orders?gross.min=1"), 422, "web.filter")
    problem(api.get("/sales/orders?sort=gross"), 422, "web.sort")


# ---- problems ----


def test_what_is_not_there_is_a_problem_too(full: Full, api: Program) -> None:
    problem(api.get("/nothing/here"), 404, "api.address")
    problem(api.get("/sales/orders/x"), 404)
    problem(api.client.get("/api/v9/sales/orders"), 404, "api.version")
    problem(api.get("/sales/orders/999999999"), 404)
    problem(api.get("/sales/orders/" + "9" * 30), 422, "api.invalid")
    answer = api.send("DELETE", "/sales/orders")
    problem(answer, 405, "api.method")
    assert "GET" in answer["Allow"]
    problem(api.get("/sales/orders", Accept="text/html"), 406, "api.accept")


def test_another_companys_object_is_not_found(full: Full) -> None:
    other = program(full, "other")
    with full.work() as ctx:
        for resource in RESOURCES.values():
            ident = resource.of._default_manager.filter(company_id=ctx.company).first().pk  # type: ignore[union-attr]
            problem(other.get(f"/{resource.path}/{ident}"), 404)


def test_a_failure_tells_its_id_and_nothing_else(api: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from backstay.interfaces.api import reading

    def broken(*_args: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(reading, "as_json", broken)
    told = problem(api.get("/sales/orders"), 500, "api.failed")
    assert "secret" not in json.dumps(told) and told["instance"].startswith("urn:backstay:request:")
