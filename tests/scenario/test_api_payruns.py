"""Payment runs by program: what is due, a run, its file; only for tokens that say so in full, and by two people where two could."""

from __future__ import annotations

import re
from typing import Any

from backstay.domains.banking.models import Payment, PaymentRun
from backstay.domains.banking.processes import create_runs  # noqa: F401  the process behind the operation
from backstay.interfaces import tokens
from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.programs import Program, problem
from tests.scenario.test_payrun_screen import _bills
from tests.trade import World

EVERY = "banking.paymentrun:read,create,file,reverse"


def person(world: World, name: str, role: str = "owner") -> str:
    """An actor of the company."""
    user = User.objects.create_user(f"{name}.{world.company}@payruns.example", name=name.title())
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [user.pk], "role": [role], "since_on": [ctx.today]})
    return f"user:{user.pk}"


def program(world: World, actor: str, *scopes: str) -> Program:
    with world.work(actor) as ctx:
        return Program(tokens.create(ctx, "pay", [tokens.scope_of(s) for s in scopes])[1])


def run(world: World, api: Program, *items: str, **headers: str) -> Any:
    body = {"bank_account": world.bank, "items": list(items), "on": "2026-03-20"}
    return api.send("POST", "/banking/runs", body, **headers)


def test_a_run_from_proposal_to_file(world: World) -> None:
    """What could be paid, two items of it in a run, once; the bank's file in both versions; taken back."""
    items = _bills(world)
    api = program(world, person(world, "ann"), EVERY)
    due = api.get("/banking/payable?until=2026-12-31").json()["data"]
    told = {row["item"]: (row["party"]["title"], row["amount"]["amount"], row["iban"]) for row in due}
    assert told[items["B2"]] == ("S1", "200.50", "NL91ABNA0417164300") and len(told) == 3
    assert api.get("/banking/payable?until=2026-01-01").json()["data"] == []
    made = run(world, api, items["B2"], items["B3"], **{"Idempotency-Key": "run-1"})
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["state"] == "ordered" and body["total"] == {"amount": "230.50", "currency": "EUR"}
    assert sorted(line["amount"]["amount"] for line in body["payments"]) == ["200.50", "30.00"]
    assert run(world, api, items["B2"], items["B3"], **{"Idempotency-Key": "run-1"}).content == made.content
    with world.work():
        assert (PaymentRun.objects.count(), Payment.objects.count()) == (1, 2)
    wrong = problem(run(world, api, items["B1"], items["B2"], "bill:0"), 422, "api.invalid")
    assert [e["pointer"] for e in wrong["errors"]] == ["/items/1", "/items/2"], (
        "paid meanwhile, or never there"
    )
    answer = api.send("POST", "/banking/runs", {"bank_account": 10**9, "items": [items["B1"]]})
    assert problem(answer, 422, "api.invalid")["errors"][0]["pointer"] == "/bank_account"
    assert [row["item"] for row in api.get("/banking/payable?until=2026-12-31").json()["data"]] == [
        items["B1"]
    ]
    file = api.get(f"/banking/runs/{body['id']}/file")
    assert file.status_code == 200 and file["Content-Type"] == "application/xml", file.content
    assert body["number"] in file["Content-Disposition"]
    assert re.search(rb"pain\.001\.001\.09.*<CtrlSum>230\.50</CtrlSum>", file.content, re.S)
    assert b"pain.001.001.03" in api.get(f"/banking/runs/{body['id']}/file?version=03").content
    problem(api.get(f"/banking/runs/{body['id']}/file?version=04"), 422)
    assert api.post(f"/banking/runs/{body['id']}/reverse", {"on": "2026-03-21"}).status_code == 200
    problem(api.get(f"/banking/runs/{body['id']}/file"), 404, "banking.run")
    assert len(api.get("/banking/payable?until=2026-12-31").json()["data"]) == 3
    with world.work():
        rows.execute("UPDATE banking_partyaccount SET archived_on = '2026-01-01' WHERE party_id = %s RETURNING id", [world.parties["S2"]])  # fmt: skip
    problem(run(world, api, items["B3"]), 409, "banking.iban")


def test_a_wildcard_does_not_reach_the_bank(world: World) -> None:
    """Neither of kinds nor of acts: what the screen guards by asking anew who it is must be said in full."""
    items, ann = _bills(world), person(world, "ann")
    (made,) = [run(world, program(world, ann, EVERY), items["B1"]).json()["id"]]
    for scopes in (("*:*",), ("banking.*:create,file,reverse,read",), ("banking.paymentrun:*",), ("*:create,file,reverse", "banking.paymentrun:read")):  # fmt: skip
        api = program(world, ann, *scopes)
        problem(api.get("/banking/payable"), 403, "token.explicit")
        problem(run(world, api, items["B2"]), 403, "token.explicit")
        problem(api.get(f"/banking/runs/{made}/file"), 403, "token.explicit")
        problem(api.post(f"/banking/runs/{made}/reverse", {"on": "2026-03-21"}), 403, "token.explicit")
        problem(
            api.post("/banking/runs/bulk/reverse", {"ids": [made], "on": "2026-03-21"}), 403, "token.explicit"
        )
        assert api.get(f"/banking/runs/{made}").json()["state"] == "ordered", "to look is no act"
    problem(program(world, ann, "sales.*:*").get("/banking/payable"), 403, "token.scope")


def test_who_makes_a_run_does_not_release_it(world: World) -> None:
    """The pair of duties, as on the screen: the other owner's program gets the file; an accountant's never does."""
    items, ann, bob, eve = (
        _bills(world),
        person(world, "ann"),
        person(world, "bob"),
        person(world, "eve", "accountant"),
    )
    mine, other = program(world, ann, EVERY), program(world, bob, EVERY)
    made = run(world, mine, items["B1"])
    assert made.status_code == 201, made.content
    path = f"/banking/runs/{made.json()['id']}/file"
    problem(mine.get(path), 403, "access.duty")
    assert other.get(path).status_code == 200
    books = program(world, eve, "banking.paymentrun:read,create")
    assert run(world, books, items["B3"]).status_code == 201
    problem(books.get(path), 403, "token.scope")
