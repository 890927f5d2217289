"""What is held on one person: all of it as a file; erased as far as books allow; held; books and trail whole after it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from django.test import Client

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.base.rights import Right
from backstay.domains.accounting.processes import create_company
from backstay.domains.banking import processes as banking
from backstay.domains.parties import processes as parties
from backstay.domains.parties.models import Address, Party
from backstay.domains.sales import processes as sales
from backstay.interfaces import persons
from backstay.platform import context, files, mail, rows
from backstay.platform.models import Comment, Membership, Role, User
from tests.scenario.test_web import client, user
from tests.trade import D, World

__all__ = ["client", "user"]
SECRETS = ("Rosa Reed", "rosa@reed.example", "+31 6 1234", "Willow Lane 7")


def rosa(world: World, ctx: Any) -> int:
    """A customer with everything: an address that changed, an account, an order, a comment, a file, a mail."""
    address = parties.AddressDraft(street="Old Lane 1", city="Port Merrow", country="NL")
    made = parties.create_parties(ctx, [parties.PartyDraft("Rosa Reed", kind="person", email="rosa@reed.example", phone="+31 6 1234", roles=("customer",), addresses=(address,))])[0]  # fmt: skip
    moved = parties.AddressDraft(street="Willow Lane 7", city="Port Merrow", country="NL")
    parties.edit_parties(ctx, {made: parties.PartyDraft("Rosa Reed", kind="person", email="rosa@reed.example", phone="+31 6 1234", roles=("customer",), addresses=(moved,))})  # fmt: skip
    paper = files.store(ctx, "passport.txt", b"her passport", "text/plain")
    files.attach(ctx, "parties.party", [made], [paper])
    Comment.objects.create(
        company_id=ctx.company, kind="parties.party", object_id=made, text="likes tea", actor=ctx.actor
    )
    mail.send(ctx, [{"to": ["rosa@reed.example"], "subject": "s", "body": "Dear Rosa"}], [f"rosa{made}"])
    rows.execute(
        "UPDATE platform_outbox SET delivered_at = now() WHERE key = %s RETURNING id", [f"rosa{made}"]
    )
    return made


def everything(ctx: Any) -> str:
    """Every text that the database holds for this company, in one: where a person might still stand."""
    tables = [
        t for (t,) in rows.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    ]
    told = []
    for table in tables:
        has = rows.execute(
            "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'company_id' AND NOT attisdropped",
            [table],
        )
        if has and rows.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])[0][0]:
            told += [
                text
                for (text,) in rows.execute(
                    f"SELECT to_jsonb(t)::text FROM {table} t WHERE company_id = %s", [ctx.company]
                )
            ]
    return "\n".join(told)


def test_everything_on_a_person_as_a_file(world: World) -> None:
    """Her rows, orders with lines, postings, comments, files and what was changed when; nobody else's."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        ident = rosa(world, ctx)
        world.parties["ROSA"] = ident
        order = world.order(ctx, {"A": 2}, "ROSA")
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
        other = world.order(ctx, {"A": 1}, "C1")
    with world.work() as ctx, zipfile.ZipFile(io.BytesIO(persons.pack(ctx, ident))) as made:
        told = json.loads(made.read("person.json"))
        assert [made.read(n) for n in made.namelist() if n.startswith("files/")] == [b"her passport"]
    assert told["held"]["parties.party"][0]["email"] == "rosa@reed.example"
    assert [a["street"] for a in told["held"]["parties.address"]] == ["Willow Lane 7"]
    assert [o["id"] for o in told["held"]["sales.order"]] == [order] != [other]
    assert told["held"]["sales.orderline"][0]["item_id"] == world.items["A"]
    assert told["postings"]
    assert [c["text"] for c in told["comments"]] == ["likes tea"]
    assert any("created" in t["did"] for t in told["trail"])


def test_an_erasure_leaves_nothing_personal_where_nothing_was_posted(world: World) -> None:
    """No table holds her name, mail, phone or addresses, old ones included; the trail still tells what was done."""
    with world.work() as ctx:
        ident = rosa(world, ctx)
        assert all(secret in everything(ctx) for secret in SECRETS)
    with world.work() as ctx:
        told = persons.erase(ctx, ident)
        assert told.until is None
        assert told.stays == []
        assert (told.comments, told.files) == (1, 1)
    with world.work() as ctx:
        assert persons.foresee(ctx, ident).gone == [], "nothing is left to go"
        left = everything(ctx)
        assert [s for s in (*SECRETS, "Old Lane 1", "Dear Rosa") if s in left] == []
        assert Party.objects.get(pk=ident).archived_on == ctx.today
        assert [c for c in ledger.verify(ctx) if not c.ok] == []


def test_books_keep_the_name_until_their_time_is_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What papers need stays and says until when; mail and phone go; after that time all of it goes."""
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        ident = rosa(world, ctx)
        world.parties["ROSA"] = ident
        order = world.order(ctx, {"A": 2}, "ROSA")
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
        banking.set_party_accounts(ctx, [banking.PartyAccountDraft(ident, "NL91ABNA0417164300")])
        told = persons.erase(ctx, ident)
        assert told.until == date(D.year + 10, 12, 31)
        assert "parties.party.name" in told.stays
        assert {"parties.party.email", "parties.party.phone"} <= set(told.gone)
        party = Party.objects.get(pk=ident)
        assert (party.name, party.email, party.phone) == ("Rosa Reed", "", "")
        assert Address.objects.get(party=ident).street == "Willow Lane 7"
        assert "rosa@reed.example" not in everything(ctx)
        monkeypatch.setattr(persons, "until", lambda ctx, party: date(2020, 12, 31))
        persons.erase(ctx, ident)
        left = everything(ctx)
        assert [s for s in SECRETS if s in left] == []


def test_a_legal_hold_stands_before_an_erasure(world: World) -> None:
    """Refused with the reason; ended, it goes; a hold that is over holds nothing."""
    with world.work() as ctx:
        ident = rosa(world, ctx)
        held = parties.hold_parties(ctx, [ident], "Claim 7")
        with pytest.raises(Refusal) as refused:
            persons.erase(ctx, ident)
        assert refused.value.code == "parties.legal_hold"
        assert "Claim 7" in refused.value.message
        with pytest.raises(Refusal):
            parties.hold_parties(ctx, [ident], " ")
        parties.end_legal_holds(ctx, held)
        assert persons.holds(ctx, ident) == []
        persons.erase(ctx, ident)


def test_on_the_screen(client: Client, world: World) -> None:
    """From the party's page: the file, a hold, and an erasure that asks for the name."""
    with world.work() as ctx:
        ident = rosa(world, ctx)
    path = f"/parties/parties/{ident}/personal"
    assert path in client.get(f"/parties/parties/{ident}").content.decode()
    page = client.get(path).content.decode()
    assert "Rosa Reed" in page
    answer = client.post(path, {"section": "file"})
    assert answer["Content-Type"] == "application/zip"
    assert client.post(path, {"section": "hold", "reason": "Claim 7", "until": ""}).status_code == 302
    assert "Claim 7" in client.get(path).content.decode()
    assert client.post(path, {"section": "erase", "sure": "Rosa Reed"}).status_code == 409
    assert client.post(path, {"section": "free"}).status_code == 302
    assert client.post(path, {"section": "erase", "sure": "Somebody"}).status_code == 409
    assert client.post(path, {"section": "erase", "sure": "Rosa Reed"}).status_code == 302
    with world.work():
        assert Party.objects.get(pk=ident).name == f"erased {ident}"


def test_the_page_is_of_who_may_disclose_all_of_this_company(client: Client, world: World) -> None:
    """A right to part of the parties gives none, since nobody owns one; reading is not disclosing, nor disclosing erasing."""
    with world.work() as ctx:
        party = rosa(world, ctx)
    told = {
        "part": (
            Right("parties.party", ("read", "disclose", "erase"), "own"),
            Right("parties.party", ("read",)),
        ),
        "reader": (Right("parties.party", ("read",)),),
        "discloser": (Right("parties.party", ("read", "disclose")),),
    }
    path, answers = f"/parties/parties/{party}/personal", {}
    for code, rights in told.items():
        made = User.objects.create_user(f"{code}{world.company}@example.com", "x" * 30, name=code)
        with world.work() as ctx:
            Role.objects.create(
                company_id=ctx.company, code=code, name=code, rights=[r.json() for r in rights]
            )
            rows.insert(Membership, {"user_id": [made.pk], "role": [code], "since_on": [ctx.today]})
        browser = Client()
        browser.force_login(made)
        sure = {"section": "erase", "sure": "Rosa Reed"}
        answers[code] = (
            browser.get(path).status_code,
            browser.post(path, {"section": "file"}).status_code,
            browser.post(path, sure).status_code,
        )
    assert answers == {"part": (403, 403, 403), "reader": (403, 403, 403), "discloser": (200, 200, 403)}
    other = create_company("Other", actor="system:test", first_year=2026)
    with context.work(other, "system:test") as ctx:
        foreign = parties.create_parties(ctx, [parties.PartyDraft("Foreign")])[0]
    assert client.get(f"/parties/parties/{foreign}/personal").status_code == 404
    assert client.post(f"/parties/parties/{foreign}/personal", {"section": "file"}).status_code == 404
    with world.work():
        assert Party.objects.get(pk=party).name == "Rosa Reed"
