"""Tokens on the screen and at the command line; the reference for people."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from django.test import Client

from backstay.interfaces.api.schema import schema
from backstay.platform.models import AuditEvent, Token
from tests.conftest import ROOT
from tests.full import Full, _user, make_full
from tests.programs import Program, problem, program


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    return make_full(16)


def make(client: Client, **told: str) -> str:
    """The token that the page shows after making one; "" where it shows none."""
    page = client.post("/tokens", {"name": "Shop", "days": "30", "once": told.pop("once", "k1")} | told)
    assert 'class="toast-x' not in page.content.decode()
    found = re.search(r'id="fresh" value="(bkst_\w{40})"', page.content.decode())
    return found[1] if found else ""


def test_a_token_is_made_shown_once_and_ended(full: Full) -> None:
    client = full.client("owner")
    token = make(client, **{"s.sales.order": "read", "s.catalog.item": "write", "s.report": "read"})
    assert token.startswith("bkst_")
    api = Program(token)
    assert (
        api.get("/sales/orders?limit=1").status_code == 200
        and api.get("/reports/trial-balance").status_code == 200
    )
    problem(api.post("/sales/orders", {}), 403, "token.scope")
    assert api.post("/catalog/items", {"sku": "BYTOKEN", "name": "x", "kind": "service"}).status_code == 201
    page = client.get("/tokens").content.decode()
    assert token not in page and token[:10] in page
    assert make(client, **{"s.sales.order": "read"}) == "", "the same click again makes no second one"
    with full.work() as ctx:
        ident = Token.objects.filter(company_id=ctx.company).latest("id").pk
    assert client.post("/tokens", {"end": str(ident)}).status_code == 302
    problem(api.get("/sales/orders?limit=1"), 401)
    with full.work() as ctx:
        told = AuditEvent.objects.filter(company_id=ctx.company, kind="access.token", object_id=ident)
        assert sorted(told.values_list("event", flat=True)) == ["create", "end"]


def test_what_was_typed_stays_when_it_is_refused(full: Full) -> None:
    client = full.client("owner")
    page = client.post(
        "/tokens", {"name": "Shop", "days": "9999", "once": "k2", "s.sales.order": "read"}
    ).content.decode()
    assert 'value="Shop"' in page and "1 to 366" in page
    page = client.post("/tokens", {"name": "Shop", "days": "3", "once": "k3"}).content.decode()
    assert "may do nothing" in page


def test_nobody_sees_or_ends_what_is_not_his(full: Full) -> None:
    """A seller sees his own tokens; an owner those of all, and ends them; nobody of another company any."""
    full.users["tseller"] = _user("tseller", full.company, "sales")
    program(full, "tseller", ["sales.*:read"])
    with full.work() as ctx:
        theirs = Token.objects.filter(company_id=ctx.company).latest("id").pk
    program(full)
    with full.work() as ctx:
        mine = Token.objects.filter(company_id=ctx.company).latest("id").pk
    seller, other = full.client("tseller"), full.client("other")
    assert seller.post("/tokens", {"end": str(mine)}).status_code == 404
    assert other.post("/tokens", {"end": str(mine)}).status_code == 404
    assert "Tseller" in full.client("owner").get("/tokens").content.decode()
    assert "Programs of others" not in seller.get("/tokens").content.decode()
    assert not re.search(r'name="s\.banking\.paymentrun"', seller.get("/tokens").content.decode())
    assert full.client("owner").post("/tokens", {"end": str(theirs)}).status_code == 302
    with full.work():
        assert (
            Token.objects.get(pk=theirs).ended_at is not None and Token.objects.get(pk=mine).ended_at is None
        )


def test_making_one_asks_who_sits_here() -> None:
    from backstay.interfaces.web.confirming import SENDING

    assert "tokens" in SENDING


def test_the_reference_tells_every_operation(full: Full) -> None:
    """Part by part, without a script, under the policy of every page."""
    client = full.client("owner")
    first = client.get("/api").content.decode()
    parts = re.findall(r'href="/api\?part=([^"]+)"', first)
    seen: set[str] = set()
    for part in parts:
        answer = client.get(f"/api?part={part}")
        page = answer.content.decode()
        assert "unsafe" not in answer["Content-Security-Policy"] and not re.search(
            r"<[^>]+ (style|onclick)=", page
        )
        seen |= set(re.findall(r'<details class="section" id="(\w+)"', page))
    assert seen == {way["operationId"] for ways in schema()["paths"].values() for way in ways.values()}


def test_the_description_is_valid_and_the_same_everywhere(full: Full) -> None:
    """OpenAPI 3.1, at the command line and for a program; no type is without a use."""
    told = program(full).get("/openapi.json").json()
    assert told == schema() and told["openapi"].startswith("3.1")
    done = subprocess.run(
        [sys.executable, "-m", "backstay", "api", "schema"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    import json

    assert json.loads(done.stdout) == told


def test_an_operation_that_ends_says_so(full: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deprecation (RFC 9745) and Sunset (RFC 8594) on every answer, and in the description."""
    from dataclasses import replace

    from backstay.interfaces.api import register, served
    from backstay.interfaces.api.schema import _built

    told, view, more = register.REGISTERED["GET", "/me"]
    old = replace(told, deprecated="@1798761600", sunset="Fri, 31 Dec 2027 00:00:00 GMT")
    monkeypatch.setitem(served.built()[1]["me"], "GET", old)
    answer = program(full).get("/me")
    assert answer["Deprecation"] == "@1798761600" and answer["Sunset"] == "Fri, 31 Dec 2027 00:00:00 GMT"
    monkeypatch.setitem(register.REGISTERED, ("GET", "/me"), (old, view, more))
    _built.cache_clear()
    assert schema()["paths"]["/api/v1/me"]["get"]["deprecated"] is True
    monkeypatch.undo()
    _built.cache_clear()
    assert "deprecated" not in schema()["paths"]["/api/v1/me"]["get"]
