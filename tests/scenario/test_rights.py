"""Rights at work: rows and fields of limited roles in every place that shows them; giving, ending; what is kept apart."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backstay.base.errors import Denied, NotFound, Refusal
from backstay.base.rights import Right
from backstay.domains.banking import processes as banking
from backstay.domains.banking.models import Payment
from backstay.domains.invoicing.models import Invoice
from backstay.domains.parties.models import Party
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.domains.sales.models import Order
from backstay.interfaces import granting, leaving
from backstay.platform import access, context, rows, work
from backstay.platform.models import AuditEvent, Comment, Import, Membership, Notice, Role, TeamMember, User
from tests.trade import D, World

PASSWORD = "correct horse battery staple"


@dataclass
class Firm:
    """A small trading company and its people, each with a browser."""

    world: World
    people: dict[str, User] = field(default_factory=dict)

    def hire(self, name: str, *roles: str) -> Client:
        made = User.objects.create_user(
            f"{name}{self.world.company}@example.com", PASSWORD, name=name.title()
        )
        with self.world.work() as ctx:
            rows.insert(
                Membership,
                {
                    "user_id": [made.pk] * len(roles),
                    "role": list(roles),
                    "since_on": [ctx.today] * len(roles),
                },
            )
        self.people[name] = made
        client = Client()
        client.force_login(made)
        return client

    def role(self, code: str, *rights: Right) -> None:
        with self.world.work():
            Role.objects.create(
                company_id=self.world.company, code=code, name=code, rights=[r.json() for r in rights]
            )

    def actor(self, name: str) -> str:
        return f"user:{self.people[name].pk}"

    def as_(self, name: str) -> Any:
        return context.work(self.world.company, self.actor(name))

    def order(self, name: str, customer: str = "C1") -> int:
        with self.as_(name) as ctx:
            return self.world.order(ctx, {"A": 2}, customer)


@pytest.fixture
def firm(world: World) -> Firm:
    made = Firm(world)
    made.hire("olga", "owner")
    return made


def listed(client: Client, path: str, query: str = "all=1") -> set[int]:
    return {
        int(i) for i in re.findall(rf'href="/{path}/(\d+)"', client.get(f"/{path}?{query}").content.decode())
    }


def exported(client: Client, path: str, query: str = "all=1") -> list[dict[str, str]]:
    text = client.get(f"/{path}/export.csv?{query}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# ---- rows ----

SELLER = (Right("sales.order", ("*",), "own"), Right("invoicing.invoice", ("read", "post"), "own"), Right("inventory.shipment", ("post",)),
          Right("parties.party", ("read",)), Right("catalog.item", ("read",)), Right("report", ("read",)), Right("report.sales", ("read",)),
          Right("report.receivables", ("read",)), Right("*", ("comment",)))  # fmt: skip


def sold(firm: Firm, name: str, quantity: int, customer: str = "C1") -> tuple[int, int]:
    """(order, invoice) of a person: ordered, shipped, invoiced."""
    with firm.as_(name) as ctx:
        order = firm.world.order(ctx, {"A": quantity}, customer)
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        return order, sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0].id


@pytest.mark.parametrize("scope", ["own", "team", "company"])
def test_the_same_rows_in_list_report_export_and_search(firm: Firm, scope: str) -> None:
    """One figure, asked four ways by a limited role: the same documents, and the same sum."""
    firm.role("seller", *(Right(r.resources, r.acts, scope if r.scope == "own" else r.scope) for r in SELLER))
    mine, mate, other = firm.hire("mia", "seller"), firm.hire("max", "seller"), firm.hire("oto", "seller")
    assert mate, other
    with firm.world.work() as ctx:
        firm.world.receive(ctx, "A", 100, 60000)
        rows.insert(
            TeamMember,
            {
                "team": ["North", "North"],
                "user_id": [firm.people["mia"].pk, firm.people["max"].pk],
                "since_on": [ctx.today] * 2,
            },
        )
    made = {name: sold(firm, name, n) for n, name in enumerate(("mia", "max", "oto"), 1)}
    seen = {"own": ["mia"], "team": ["mia", "max"], "company": ["mia", "max", "oto"]}[scope]
    invoices, orders = {made[n][1] for n in seen}, {made[n][0] for n in seen}
    with firm.world.work():
        told = {
            i.pk: (i.number, i.net, i.gross) for i in Invoice.objects.filter(company_id=firm.world.company)
        }
    net = sum(told[i][1] for i in invoices)
    assert listed(mine, "invoicing/invoices") == invoices
    assert listed(mine, "sales/orders") == orders
    assert {r["Number"] for r in exported(mine, "invoicing/invoices")} == {told[i][0] for i in invoices}
    found = mine.get("/find?q=INV-").content.decode()
    assert {int(i) for i in re.findall(r'href="/invoicing/invoices/(\d+)"', found)} == invoices
    report = mine.get("/reports/sales.csv?from=2026-01-01&to=2026-12-31&by=document").content.decode(
        "utf-8-sig"
    )
    assert {number for number, _net, _gross in told.values() if number in report} == {
        told[i][0] for i in invoices
    }
    whole = mine.get("/reports/sales.csv?from=2026-01-01&to=2026-12-31&by=month").content.decode("utf-8-sig")
    assert f"{net / 100:.2f}" in whole
    chosen = mine.get("/find/ref?kind=invoicing.invoice&q=INV").json()["options"]
    assert {o["id"] for o in chosen} == invoices
    assert mine.get("/reports/receivables").status_code == (200 if scope == "company" else 403)


def test_failure_60_another_persons_document_is_not_found(firm: Firm) -> None:
    """FAILURES 60: an id in the address or the form is trusted by nothing."""
    firm.role("seller", *SELLER)
    mia, _max = firm.hire("mia", "seller"), firm.hire("max", "seller")
    theirs, mine = firm.order("max"), firm.order("mia")
    for way in (
        f"/sales/orders/{theirs}",
        f"/sales/orders/{theirs}/edit",
        f"/sales/orders/{theirs}/ship",
        f"/sales/orders/{theirs}/preview/confirm",
    ):
        assert mia.get(way).status_code == 404, way
        assert mia.get(way.replace(str(theirs), str(mine))).status_code in (200, 409), way
    for data in ({"ids": [theirs]}, {"ids": [mine, theirs]}):
        assert mia.post("/sales/orders/act/confirm", data | {"once": str(data)}).status_code == 404
    assert (
        mia.post(f"/sales/orders/{theirs}/quick", {"name": "reference", "value": "x", "was": ""}).status_code
        == 404
    )
    with firm.world.work():
        assert set(Order.objects.filter(pk__in=[mine, theirs]).values_list("state", flat=True)) == {
            "quotation"
        }


def test_failure_61_own_is_own_in_every_verb(firm: Firm) -> None:
    """FAILURES 61: the scope of a right holds for reading, counting, acting in bulk, drafts, comments, files, mentions."""
    firm.role("seller", *SELLER)
    mia, mo = firm.hire("mia", "seller"), firm.hire("mo", "seller")
    with firm.world.work() as ctx:
        firm.world.receive(ctx, "A", 100, 60000)
    theirs, mine = firm.order("mo"), firm.order("mia")
    page = mia.get("/sales/orders?all=1").content.decode()
    assert f"/sales/orders/{theirs}" not in page
    assert len(exported(mia, "sales/orders")) == 1
    assert (
        mia.post("/sales/orders/act/confirm", {"every": "1", "list": "all=1", "once": "bulk"}).status_code
        == 302
    )
    with firm.world.work():
        assert dict(Order.objects.filter(pk__in=[mine, theirs]).values_list("pk", "state")) == {
            mine: "confirmed",
            theirs: "quotation",
        }
    assert mia.post(f"/sales/orders/{theirs}/comment", {"text": "Hello"}).status_code == 404
    assert (
        mia.post(f"/sales/orders/{theirs}/files", {"files": SimpleUploadedFile("a.txt", b"a")}).status_code
        == 404
    )
    draft = mo.post("/sales/orders/new", {"do": "save", "h.reference": "secret"}, follow=True).redirect_chain[
        -1
    ][0]
    assert mo.get(draft).status_code == 200
    assert mia.get(draft).status_code == 404
    assert mia.post(f"/sales/orders/{mine}/comment", {"text": "@Mo look, @Olga look"}).status_code == 302
    with firm.world.work():
        told = set(Notice.objects.filter(company_id=firm.world.company).values_list("actor", flat=True))
        assert told == {firm.actor("olga")}, "nobody is told of what he may not see"
        assert Comment.objects.filter(company_id=firm.world.company).count() == 1


def test_files_follow_their_document(firm: Firm) -> None:
    """A file is read by who may read what it is kept with."""
    firm.role("seller", *SELLER)
    mia, mo = firm.hire("mia", "seller"), firm.hire("mo", "seller")
    mine = firm.order("mia")
    assert (
        mia.post(
            f"/sales/orders/{mine}/files", {"files": SimpleUploadedFile("plan.pdf", b"%PDF-1.4")}
        ).status_code
        == 302
    )
    href = re.search(r'href="(/files/[^"]+)"', mia.get(f"/sales/orders/{mine}").content.decode())
    assert href
    answer = mia.get(href[1])
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert mo.get(href[1]).status_code == 404


def test_failure_62_whose_rights_count_is_said_by_the_session_alone(firm: Firm) -> None:
    """FAILURES 62: a report asked with another's name, in any place a name could be put, is one's own."""
    firm.role("seller", *SELLER)
    mia, _mo = firm.hire("mia", "seller"), firm.hire("mo", "seller")
    with firm.world.work() as ctx:
        firm.world.receive(ctx, "A", 100, 60000)
    sold(firm, "mia", 1)
    sold(firm, "mo", 2)
    plain = mia.get("/reports/sales.csv?from=2026-01-01&to=2026-12-31").content
    olga = firm.people["olga"]
    for name in ("user", "user_id", "actor", "as", "owner", "company"):
        for value in (olga.pk, firm.actor("olga"), olga.email):
            told = f"/reports/sales.csv?from=2026-01-01&to=2026-12-31&{name}={value}"
            assert mia.get(told, headers={"X-User": str(value), "X-Actor": str(value)}).content == plain


def test_failure_64_no_field_makes_an_owner(firm: Firm) -> None:
    """FAILURES 64: what says who may do what is posted to every form of one's own; nothing of it changes."""
    clerk = firm.hire("cleo", "sales")
    evil = {
        "is_active": "1",
        "is_superuser": "1",
        "is_staff": "1",
        "role": "owner",
        "roles": "owner",
        "groups": "1",
        "user_permissions": "1",
        "rights": "*",
        "company_id": "1",
    }
    for path in ("/account", "/language", "/company", "/notices"):
        for section in ("name", "password", ""):
            clerk.post(
                path,
                evil
                | {"section": section, "name": "Cleo", "language": "en", "company": str(firm.world.company)},
            )
    assert (
        clerk.post("/access/people", evil | {"mail": firm.people["cleo"].email, "role": "owner"}).status_code
        == 403
    )
    assert clerk.post("/access/roles/sales", evil).status_code == 403
    with firm.as_("cleo") as ctx:
        assert ctx.rights.roles == ("sales",)
        found = rows.execute(
            "SELECT role FROM platform_membership WHERE user_id = %s", [firm.people["cleo"].pk]
        )
        assert found == [("sales",)]


# ---- fields ----

BLIND = (
    Right(
        "parties.party",
        ("read", "change", "create"),
        hidden=("email", "credit_limit"),
        fixed=("payment_days",),
    ),
    Right("*", ("comment",)),
)


def test_a_hidden_field_is_nowhere(firm: Firm) -> None:
    """List, form, detail, filter, sort, search, export, template, timeline: not its name, not its value."""
    firm.role("blind", *BLIND)
    bea = firm.hire("bea", "blind")
    with firm.world.work():
        party = Party.objects.get(pk=firm.world.parties["C1"])
        party.email, party.credit_limit = "secret.box@example.com", 7654321
        party.save(update_fields=["email", "credit_limit"])
    olga = Client()
    olga.force_login(firm.people["olga"])
    path = f"/parties/parties/{party.pk}"
    shown = ("/parties/parties?all=1", path, f"{path}/edit", "/parties/parties/export.csv?all=1", "/parties/parties/export.csv?all=1&as=import",
             "/parties/parties/import", "/parties/parties/import/template.csv", "/find?q=C1", "/find/ref?kind=parties.party&q=C1")  # fmt: skip
    assert any(b"secret.box" in olga.get(a).content for a in shown)
    for address in shown:
        text = bea.get(address).content.decode(errors="replace")
        assert not re.search(r"secret\.box|76,?543|Credit limit|>Mail<|h\.email|h\.credit_limit", text), (
            address
        )
    for query in (
        "f=email:is:secret.box@example.com",
        "f=email:has:secret",
        "f=credit_limit:min:1",
        "sort=credit_limit",
        "sort=-email",
    ):
        assert bea.get(f"/parties/parties?{query}").status_code == 409, query
        assert bea.get(f"/parties/parties/export.csv?{query}").status_code == 409, query
    assert bea.get("/parties/parties?all=1&group=email").status_code == 200
    for word in ("secret", "secret.box@example.com"):
        assert listed(bea, "parties/parties", f"all=1&q={word}") == set()
        assert f"/parties/parties/{party.pk}" not in bea.get(f"/find?q={word}").content.decode()
        assert bea.get(f"/find/ref?kind=parties.party&q={word}").json()["options"] == []
    assert listed(bea, "parties/parties", "all=1&q=C1") == {party.pk}


def test_what_is_hidden_or_only_read_stays_when_the_rest_is_changed(firm: Firm) -> None:
    """A change by somebody who does not see a field keeps it; one he only reads is not his to type."""
    firm.role("blind", *BLIND)
    bea = firm.hire("bea", "blind")
    with firm.world.work():
        party = Party.objects.get(pk=firm.world.parties["C1"])
        party.email, party.payment_days, party.credit_limit = "secret@example.com", 14, 500
        party.save(update_fields=["email", "payment_days", "credit_limit"])
    page = bea.get(f"/parties/parties/{party.pk}/edit").content.decode()
    assert "readonly" in page
    assert 'name="h.payment_days"' not in page
    sent = {"h.name": "C One", "h.kind": "organisation", "h.roles": "customer", "h.code": "C1", "h.email": "mine@example.com", "h.payment_days": "99",
            "h.credit_limit": "1", "h.tax_treatment": "domestic", "do": "make", "once": "x", "revision": "0"}  # fmt: skip
    answer = bea.post(f"/parties/parties/{party.pk}/edit", sent)
    assert answer.status_code == 302, re.findall(
        r'class="field-note bad.*?</div>', answer.content.decode(), re.S
    )
    for name in ("email", "payment_days", "credit_limit"):
        assert (
            bea.post(
                f"/parties/parties/{party.pk}/quick", {"name": name, "value": "9", "was": "", "revision": "9"}
            ).status_code
            == 409
        )
    with firm.world.work():
        party.refresh_from_db()
        assert (party.name, party.email, party.payment_days, party.credit_limit) == (
            "C One",
            "secret@example.com",
            14,
            500,
        )


def test_hidden_lines_and_sums_of_a_document(firm: Firm) -> None:
    """The warehouse ships an order and sees no price of it: not in its lines, sums, list, flow, nor entries."""
    ware = firm.hire("wim", "warehouse")
    with firm.world.work() as ctx:
        firm.world.receive(ctx, "A", 10, 6000)
        order = firm.world.order(ctx, {"A": 7})
        sales.confirm_orders(ctx, [order])
    for address in (
        f"/sales/orders/{order}",
        "/sales/orders?all=1",
        "/sales/orders/export.csv?all=1",
        f"/sales/orders/{order}/ship",
    ):
        text = ware.get(address).content.decode()
        assert ware.get(address).status_code == 200, address
        assert not re.search(r"700[.,]00|847[.,]00|100[.,]00|>Price<|>Net<|>Gross<", text), address
    assert ware.get(f"/sales/orders/{order}/edit").status_code in (403, 404)


# ---- giving ----


def test_nobody_gives_what_he_does_not_hold(firm: Firm) -> None:
    """access.above: in the process by every right, in the database for owners."""
    firm.role(
        "lead",
        Right("sales.order", ("read", "confirm"), "team"),
        Right("access.membership", ("read", "grant", "end")),
    )
    firm.role("reader", Right("sales.order", ("read",), "team"))
    firm.role("wide", Right("sales.order", ("read",), "company"))
    firm.hire("lea", "lead")
    firm.hire("tim", "reader")
    newcomer = User.objects.create_user(f"new{firm.world.company}@example.com", PASSWORD, name="New")
    with firm.as_("lea") as ctx:
        assert granting.grant(ctx, [granting.GrantDraft(newcomer.pk, "reader")])
    for role in ("wide", "sales", "auditor", "owner"):
        with pytest.raises(Denied, match=r"access\.above"), firm.as_("lea") as ctx:
            granting.grant(ctx, [granting.GrantDraft(newcomer.pk, role)])
    with firm.as_("olga") as ctx:
        held = {r for _, r, _, _ in leaving.holding(ctx, firm.people["olga"].pk).member.roles}
        ident = Membership.objects.get(user_id=firm.people["olga"].pk).pk
    assert held == {"owner"}
    with pytest.raises(Denied, match=r"access\.above"), firm.as_("lea") as ctx:
        granting.end(ctx, [ident])
    with pytest.raises(Denied), firm.as_("tim") as ctx:
        granting.grant(ctx, [granting.GrantDraft(newcomer.pk, "reader")])
    with pytest.raises(Refusal, match=r"access\.above"), firm.as_("lea") as ctx:  # by SQL, past the process
        rows.insert(
            Membership, {"user_id": [firm.people["lea"].pk], "role": ["owner"], "since_on": [ctx.today]}
        )


def test_the_last_owner_stays(firm: Firm, owner: psycopg.Connection[Any]) -> None:
    """access.last_owner: by the screen, the process and raw SQL; a second owner frees the first."""
    olga = firm.people["olga"].pk
    with firm.as_("olga") as ctx:
        ident = leaving.holding(ctx, olga).member.roles[0][0]
    for sql in ("UPDATE platform_membership SET until_on = date '2026-12-31' WHERE id = %s", "DELETE FROM platform_membership WHERE id = %s",
                "UPDATE platform_membership SET role = 'sales' WHERE id = %s"):  # fmt: skip
        with pytest.raises(psycopg.errors.CheckViolation, match="no owner"):
            owner.execute(sql, [ident])  # type: ignore[arg-type]
    with pytest.raises(Refusal, match=r"access\.last_owner"), firm.as_("olga") as ctx:
        granting.end(ctx, [ident])
    firm.hire("otto", "owner")
    with firm.as_("otto") as ctx:
        granting.end(ctx, [ident])
    with firm.as_("olga") as ctx:
        assert not access.may(ctx, "sales.order.read")


def test_roles_add_up_and_have_days(firm: Firm) -> None:
    """Several roles are what each gives; a role before its first day or after its last gives nothing."""
    firm.hire("ada", "warehouse")
    ada = firm.people["ada"].pk
    with firm.as_("ada") as ctx:
        assert not access.may(ctx, "purchasing.order.create")
    with firm.as_("olga") as ctx:
        granting.grant(ctx, [granting.GrantDraft(ada, "buyer", ctx.today + timedelta(days=3))])
        with pytest.raises(Refusal, match=r"access\.until"):
            granting.grant(ctx, [granting.GrantDraft(ada, "external")])
        granting.grant(ctx, [granting.GrantDraft(ada, "external", until=ctx.today + timedelta(days=9))])
    with firm.as_("ada") as ctx:
        assert not access.may(ctx, "purchasing.order.create")
        assert access.may(ctx, "report.balance-sheet.read")
    with firm.world.work() as ctx:
        rows.execute(
            "UPDATE platform_membership SET since_on = since_on - 30, until_on = until_on - 30 WHERE user_id = %s AND role <> 'warehouse' RETURNING id",
            [ada],
        )
    with firm.as_("ada") as ctx:
        assert access.may(ctx, "purchasing.order.create")
        assert not access.may(ctx, "report.balance-sheet.read")


def test_a_changed_role_counts_at_once_and_is_restored(firm: Firm) -> None:
    """A default role changed by the editor holds for who has it with the next request; the owners' stays whole."""
    clerk, olga = firm.hire("cleo", "sales"), Client()
    olga.force_login(firm.people["olga"])
    assert clerk.get("/sales/orders?all=1").status_code == 200
    page = olga.get("/access/roles/sales").content.decode()
    chosen = {
        name: v
        for name, body in re.findall(r'<select[^>]* name="([\w.-]+)">(.*?)</select>', page, re.S)
        for v in re.findall(r'value="(\w+)" selected', body)
    }
    assert chosen["sales.order.confirm"] == "company"
    told = {k: v for k, v in chosen.items() if not k.startswith("sales.order.")} | {
        "name": "Sales",
        "hidden:parties.party": "credit_limit",
    }
    assert olga.post("/access/roles/sales", told).status_code == 302
    assert clerk.get("/sales/orders?all=1").status_code == 403
    assert "Credit limit" not in clerk.get("/parties/parties?all=1").content.decode()
    assert olga.post("/access/roles/sales", {"do": "restore"}).status_code == 302
    assert clerk.get("/sales/orders?all=1").status_code == 200
    assert olga.post("/access/roles/owner", {"name": "Less"}).status_code == 409
    assert olga.post("/access/roles/sales", told | {"hidden:parties.party": "no_such"}).status_code == 404
    with firm.world.work():
        events = AuditEvent.objects.filter(company_id=firm.world.company, kind="access.role").values_list(
            "event", flat=True
        )
        assert list(events.order_by("id")) == ["create", "restore"]


def test_people_are_given_roles_and_leave_on_the_screen(firm: Firm) -> None:
    """Joiner, mover, leaver: given, shown with what is held, ended in one act; drafts go to the successor."""
    olga = Client()
    olga.force_login(firm.people["olga"])
    joe = User.objects.create_user(f"joe{firm.world.company}@example.com", PASSWORD, name="Joe")
    assert olga.post("/access/people", {"mail": joe.email, "role": "sales"}).status_code == 302
    assert olga.post("/access/people", {"mail": joe.email, "role": "sales"}).status_code == 409
    assert olga.post("/access/people", {"team": "North", "users": [joe.pk]}).status_code == 302
    client = Client()
    client.force_login(joe)
    draft = client.post(
        "/sales/orders/new", {"do": "save", "h.reference": "begun"}, follow=True
    ).redirect_chain[-1][0]
    page = olga.get(f"/access/people/{joe.pk}").content.decode()
    assert "North" in page
    assert "Sales" in page
    firm.hire("sue", "sales")
    assert (
        olga.post(f"/access/people/{joe.pk}", {"do": "leave", "successor": firm.people["sue"].pk}).status_code
        == 302
    )
    assert client.get(draft).status_code == 403
    assert client.get("/").status_code == 403, "he works for no company"
    with firm.as_("sue") as ctx:
        found = rows.execute("SELECT created_by FROM platform_draft WHERE company_id = %s", [ctx.company])
        assert found == [(firm.actor("sue"),)]
        assert TeamMember.objects.filter(company_id=ctx.company, until_on=None).count() == 0


# ---- what is kept apart ----


def payable(firm: Firm, name: str, supplier: int) -> banking.PaymentDraft:
    with firm.as_(name) as ctx:
        bank = firm.world.bank
        return banking.PaymentDraft("out", supplier, bank, 1000, ctx.today)


def test_who_makes_a_supplier_does_not_pay_it(firm: Firm) -> None:
    """access.duty: as soon as there is somebody else; an exception with reason and day lets it pass; both is told."""
    with firm.as_("olga") as ctx:
        supplier = create_parties(ctx, [PartyDraft("New supplier", ("supplier",))])[0]
    draft = payable(firm, "olga", supplier)
    with firm.as_("olga") as ctx:
        banking.order_payments(ctx, [draft])  # nobody else could: a company of one goes on
        both = granting.both_done(ctx, ctx.today, ctx.today)
    assert [(b.duty.code, b.object_id, b.reason) for b in both] == [("supplier_pay", supplier, "")]
    firm.hire("acc", "accountant")
    with pytest.raises(Denied, match=r"access\.duty"), firm.as_("olga") as ctx:
        banking.order_payments(ctx, [draft])
    with firm.as_("acc") as ctx:
        banking.order_payments(ctx, [draft])
    firm.hire("otto", "owner")
    with pytest.raises(Denied, match="himself"), firm.as_("olga") as ctx:
        granting.exempt(ctx, firm.people["olga"].pk, "supplier_pay", "Holiday", ctx.today)
    with firm.as_("otto") as ctx:
        granting.exempt(ctx, firm.people["olga"].pk, "supplier_pay", "Holiday of the accountant", ctx.today)
    with firm.as_("olga") as ctx:
        banking.order_payments(ctx, [draft])
    with firm.world.work() as ctx:
        assert Payment.objects.filter(company_id=ctx.company).count() == 3
        assert granting.both_done(ctx, ctx.today, ctx.today)[0].reason == "Holiday of the accountant"
    olga = Client()
    olga.force_login(firm.people["olga"])
    page = olga.get("/reports/who-did-both").content.decode()
    assert "Holiday of the accountant" in page
    assert "Who makes a supplier does not pay it." in olga.get("/reports/who-did-both.csv").content.decode(
        "utf-8-sig"
    )


def test_roles_in_conflict_are_not_given_to_one_person(firm: Firm) -> None:
    """access.conflict: when a role is given, and when one that is held is changed."""
    firm.hire("bo", "buyer")
    bo = firm.people["bo"].pk
    with pytest.raises(Refusal, match=r"access\.conflict"), firm.as_("olga") as ctx:
        granting.grant(ctx, [granting.GrantDraft(bo, "accountant")])
    firm.role("payer", Right("report", ("read",)))
    with firm.as_("olga") as ctx:
        granting.grant(ctx, [granting.GrantDraft(bo, "payer")])
    with pytest.raises(Refusal, match=r"access\.conflict"), firm.as_("olga") as ctx:
        granting.save_role(ctx, "payer", "Payer", [Right("banking.payment", ("order",))])
    with firm.as_("olga") as ctx:
        for duty in ("supplier_pay", "account_pay"):
            granting.exempt(ctx, bo, duty, "Small firm in summer", ctx.today + timedelta(days=20))
        with pytest.raises(Refusal, match=r"access\.reason"):
            granting.exempt(ctx, bo, "supplier_pay", " ", ctx.today)
        with pytest.raises(Refusal, match=r"access\.until"):
            granting.exempt(ctx, bo, "supplier_pay", "For ever", ctx.today + timedelta(days=4000))
        with pytest.raises(NotFound):
            granting.exempt(ctx, bo, "nothing", "x", ctx.today)
        granting.save_role(ctx, "payer", "Payer", [Right("banking.payment", ("order",))])


def test_who_enters_a_bill_does_not_let_it_be_paid_before_the_goods(firm: Firm) -> None:
    """access.duty of the same document, found by the permission itself."""
    firm.hire("otto", "owner")
    with firm.as_("olga") as ctx:
        order = firm.world.buy(ctx, "A", 5, "6.00")
        purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, D)])
        purchasing.bill_orders(ctx, [purchasing.OrderBillDraft(order, "B-1", D)])
    with pytest.raises(Denied, match=r"access\.duty"), firm.as_("olga") as ctx:
        purchasing.allow_payment(ctx, [order], "The goods are on the road")
    with firm.as_("otto") as ctx:
        purchasing.allow_payment(ctx, [order], "The goods are on the road")


# ---- cost, mass assignment ----


def test_rights_cost_one_statement_at_the_beginning(firm: Firm, count_statements: Callable[[], Any]) -> None:
    """An owner's list has no statement and no condition more than before there were rights; a seller's no statement more."""
    firm.role("seller", *SELLER)
    mia, olga = firm.hire("mia", "seller"), Client()
    olga.force_login(firm.people["olga"])
    firm.order("mia")
    counted = {}
    for name, client in (("olga", olga), ("mia", mia)):
        client.get("/sales/orders?all=1")
        with count_statements() as n:
            assert client.get("/sales/orders?all=1").status_code == 200
        counted[name] = n.statements
    assert len(counted["mia"]) <= len(counted["olga"])
    assert not any("created_by" in s and "WHERE" in s and '"created_by" IN' in s for s in counted["olga"])
    assert sum("rights_of" in s for s in counted["mia"]) == 1


def test_an_import_writes_only_declared_columns(firm: Firm) -> None:
    """Mass assignment by a file: every column of the table as a head; what is not declared is not taken."""
    olga = Client()
    olga.force_login(firm.people["olga"])
    declared = {"name", "kind", "roles", "code", "tax_id", "email", "phone", "payment_days", "tax_treatment"}
    heads = [f.name for f in Party._meta.concrete_fields]
    row = dict.fromkeys(heads, "1") | {"name": "Mass", "kind": "organisation", "code": "M1", "tax_id": "", "email": "m@example.com", "payment_days": "7",
                                     "tax_treatment": "domestic", "created_at": "2020-01-01", "archived_on": "2020-01-01"}  # fmt: skip
    content = ";".join(heads) + "\n" + ";".join(row[n] for n in heads) + "\n"
    answer = olga.post("/parties/parties/import", {"file": SimpleUploadedFile("mass.csv", content.encode())})
    href = answer["Location"]
    with firm.world.work():
        kept = Import.objects.get(pk=int(href.rpartition("/")[2]))
    told = {f"to.{n}": c["name"] for n, c in enumerate(kept.profile["columns"])} | {
        f"form.{n}": "" for n in range(len(heads))
    }
    told |= {"same.roles": "customer"}
    for do in ("check", "whole"):
        olga.post(href, told | {"do": do, "once": do})
        with firm.world.work():
            kept.refresh_from_db()
        if ident := kept.done_id or kept.checked_id:
            work.run(firm.world.company, ident)
    with firm.world.work() as ctx:
        found = Party.objects.filter(company_id=ctx.company, name="Mass").first()
        if found is not None:
            usual = Party(company_id=ctx.company)
            for each in Party._meta.concrete_fields:
                if each.name not in declared | {"id", "company_id", "created_at", "revision"}:
                    assert getattr(found, each.attname) == getattr(usual, each.attname), each.name
            assert found.created_at.year > 2020
