"""Joiner, mover, leaver: what a person holds is one list, and leaving ends all that lets him in, at once."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from allauth.usersessions.models import UserSession
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backstay.base.errors import NotFound, Refusal
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.interfaces import granting, inviting, leaving, tokens
from backstay.interfaces.cli.main import cli
from backstay.platform import access, context, heads, rows
from backstay.platform.models import AuditEvent, Draft, Invitation, Membership, Token, User
from backstay.platform.resources import RESOURCES, draft_of
from tests.scenario.test_rights import Firm
from tests.scenario.test_sign_in import sign_in
from tests.trade import World


@pytest.fixture
def firm(world: World) -> Firm:
    made = Firm(world)
    made.hire("olga", "owner")
    return made


def signed_in(user: User) -> Client:
    client = Client()
    sign_in(client, user.email)
    assert client.get("/").status_code == 200
    return client


def run(firm: Firm, *arguments: str) -> str:
    told = ["--company", str(firm.world.company)] if arguments[0] == "access" else []
    return CliRunner().invoke(cli, [*arguments, *told], catch_exceptions=False).output


def open_(firm: Firm) -> list[str]:
    with firm.world.work() as ctx:
        found = Invitation.objects.filter(company_id=ctx.company, withdrawn_at=None, accepted_at=None)
        return sorted(found.values_list("email", flat=True))


def busy(firm: Firm) -> dict[str, Any]:
    """Joe has a quotation, a draft, an import, a task by his mail address, two sessions, two invitations."""
    firm.hire("joe", "owner")
    joe, name = firm.people["joe"], f"{firm.world.company}"
    first, second = signed_in(joe), signed_in(joe)
    order = firm.order("joe")
    first.post("/sales/orders/new", {"do": "save", "h.reference": "begun"})
    first.post("/parties/parties/import", {"file": SimpleUploadedFile("in.csv", b"Name\nAnn\n")})
    with firm.as_("joe") as ctx:
        inviting.invite(ctx, f"friend{name}@example.com", ["sales"], None, "")
        tokens.create(ctx, "Robot", [tokens.scope_of("sales.order:read")])
    with firm.as_("olga") as ctx:
        inviting.invite(ctx, f"else{name}@example.com", ["sales"], None, "")
        inviting.invite(ctx, joe.email, ["sales"], None, "")
        heads.keep(ctx, joe.email)
        party = create_parties(ctx, [PartyDraft("Joe himself", ("customer",), email=joe.email)])[0]
        project, task = RESOURCES["projects/projects"], RESOURCES["projects/tasks"]
        one = project.process("create")(
            ctx, [draft_of(project.process("create"))[0]("Roof", party, Decimal(80))]
        )  # type: ignore[misc]
        ids = task.process("create")(
            ctx, [draft_of(task.process("create"))[0](t, one[0], assignee=party) for t in ("Tiles", "Gutter")]
        )  # type: ignore[misc]
        task.process("start")(ctx, ids)
        task.process("finish")(ctx, ids[1:])
    return {"joe": joe, "clients": (first, second), "order": order, "task": ids[0], "done": ids[1]}


def test_the_list_names_all_that_somebody_holds(firm: Firm) -> None:
    told = busy(firm)
    olga = Client()
    olga.force_login(firm.people["olga"])
    with firm.as_("olga") as ctx:
        held = leaving.holding(ctx, told["joe"].pk)
    assert {u.resource.path: (u.count, [h for _t, h in u.latest]) for u in held.unfinished} == {
        "sales/orders": (1, [f"/sales/orders/{told['order']}"]), "projects/tasks": (1, [f"/projects/tasks/{told['task']}"]),
    }  # fmt: skip
    assert (held.drafts, held.imports, held.sessions, held.invitations, held.tokens, held.heads) == (
        1,
        1,
        2,
        2,
        1,
        True,
    )
    assert held.seen is not None
    page = olga.get(f"/access/people/{told['joe'].pk}").content.decode()
    assert re.search(r"Signed in.*?<td class=\"num\">2</td>", page, re.S)
    assert f'href="/projects/tasks/{told["task"]}"' in page
    assert f'href="/projects/tasks/{told["done"]}"' not in page, "what is done is not open"
    printed = run(firm, "access", "holds", told["joe"].email)
    for line in (
        r"role +owner",
        r"unfinished +sales/orders +1",
        r"drafts +1",
        r"imports +1",
        r"sessions +2",
        r"invitations +2",
        r"seal heads",
    ):
        assert re.search(line, printed), line


def test_exceptions_from_duties_end_with_who_leaves(firm: Firm) -> None:
    """They stand in the list before; after it they let nothing pass, though the trail keeps them; a later one counts anew."""
    firm.hire("joe", "sales")
    joe = firm.people["joe"].pk
    olga = Client()
    olga.force_login(firm.people["olga"])
    with firm.as_("olga") as ctx:
        granting.exempt(ctx, joe, "supplier_pay", "Holiday", ctx.today + timedelta(days=20))
        assert [d.code for d, _until in leaving.holding(ctx, joe).exceptions] == ["supplier_pay"]
    assert "Exception from a duty" in olga.get(f"/access/people/{joe}").content.decode()
    assert re.search(r"exception +supplier_pay", run(firm, "access", "holds", firm.people["joe"].email))
    with firm.as_("olga") as ctx:
        leaving.leave(ctx, joe)
        assert granting.exceptions(ctx, joe) == {}
    with firm.world.work() as ctx:
        rows.insert(Membership, {"user_id": [joe], "role": ["hr"], "since_on": [ctx.today]})
        asked = [ctx.company, f"user:{joe}", "supplier_pay", ctx.today]
        assert rows.execute(access._EXEMPT, asked) == [], "who comes back does not have it again"
        granting.exempt(ctx, joe, "supplier_pay", "Again", ctx.today)
        assert rows.execute(access._EXEMPT, asked) == [("Again",)]


def test_a_reader_of_people_sees_only_what_he_may_read_otherwise(firm: Firm) -> None:
    """HR reads who works here and projects: his colleague's tasks, not his quotations."""
    told = busy(firm)
    firm.hire("hanna", "hr")
    with firm.as_("hanna") as ctx:
        assert [u.resource.path for u in leaving.holding(ctx, told["joe"].pk).unfinished] == [
            "projects/tasks"
        ]


@pytest.mark.parametrize("way", ["screen", "command", "the last role"])
def test_leaving_ends_sessions_and_invitations_at_once(firm: Firm, way: str) -> None:
    told = busy(firm)
    joe, (first, second) = told["joe"], told["clients"]
    firm.hire("sue", "sales")
    olga = Client()
    olga.force_login(firm.people["olga"])
    if way == "screen":
        answer = olga.post(f"/access/people/{joe.pk}", {"do": "leave", "successor": firm.people["sue"].pk})
        assert answer.status_code == 302
    elif way == "command":
        assert "ended" in run(firm, "access", "leave", joe.email, "--successor", firm.people["sue"].email)
    else:
        with firm.world.work():
            member = Membership.objects.get(user=joe).pk
        assert olga.post("/access/people", {"end": str(member)}).status_code == 302
    for client in (first, second):
        answer = client.get("/")
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in"), (
            "not a session is left"
        )
    assert UserSession.objects.filter(user=joe).count() == 0
    with firm.world.work():
        assert Token.objects.filter(user=joe, ended_at=None).count() == 0
    assert open_(firm) == [f"else{firm.world.company}@example.com"]
    with firm.world.work() as ctx:
        events = AuditEvent.objects.filter(
            company_id=ctx.company, kind__in=("access.user", "access.invitation")
        )
        assert {"sessions_ended", "withdraw"} <= set(events.values_list("event", flat=True))
        whose = firm.actor("joe" if way == "the last role" else "sue")
        assert list(Draft.objects.filter(company_id=ctx.company).values_list("created_by", flat=True)) == [
            whose
        ]


def test_who_keeps_a_role_stays_signed_in(firm: Firm) -> None:
    """A mover: one role of two ends, and a role that ends later is no leaving."""
    firm.hire("mo", "sales", "warehouse")
    mo = signed_in(firm.people["mo"])
    assert "has ended" in run(firm, "access", "end", firm.people["mo"].email, "sales")
    assert mo.get("/").status_code == 200
    assert mo.get("/sales/orders").status_code == 200, "the warehouse reads orders"
    assert mo.get("/parties/parties/new").status_code == 403
    assert UserSession.objects.filter(user=firm.people["mo"]).count() == 1


def test_a_successor_works_here_and_is_somebody_else(firm: Firm) -> None:
    told = busy(firm)
    stranger = User.objects.create_user(f"stranger{firm.world.company}@example.com", "x" * 30, name="S")
    for other in (stranger.pk, told["joe"].pk):
        with pytest.raises(NotFound, match="successor"), firm.as_("olga") as ctx:
            leaving.leave(ctx, told["joe"].pk, other)
    assert told["clients"][0].get("/").status_code == 200, "nothing has ended"


def test_an_account_is_closed_everywhere_or_nowhere(firm: Firm, owner: psycopg.Connection[Any]) -> None:
    """`backstay user close`: out of every company; refused as a whole where a company would lose its last owner."""
    from backstay.domains.accounting.processes import create_company

    told = busy(firm)
    joe, client = told["joe"], told["clients"][0]
    second = create_company("Second", actor="system:test", first_year=2026)
    with context.work(second, "system:test") as ctx:
        rows.insert(Membership, {"user_id": [joe.pk], "role": ["owner"], "since_on": [ctx.today]})
    with pytest.raises(Refusal, match=r"access\.last_owner"):
        run(firm, "user", "close", joe.email)
    joe.refresh_from_db()
    assert joe.is_active
    assert client.get("/").status_code == 200
    with context.work(second, "system:test") as ctx:
        rows.insert(
            Membership, {"user_id": [firm.people["olga"].pk], "role": ["owner"], "since_on": [ctx.today]}
        )
    assert "2 companies" in run(firm, "user", "close", joe.email, "--successor", firm.people["olga"].email)
    assert client.get("/")["Location"].startswith("/sign-in")
    fresh = Client()
    sign_in(fresh, joe.email)
    assert fresh.get("/").status_code == 302, "the account is closed"
    assert "CLOSED" in re.findall(rf"^{joe.email}.*$", run(firm, "user", "list"), re.M)[0]
    run(firm, "user", "reopen", joe.email)
    sign_in(fresh, joe.email)
    assert fresh.get("/").status_code == 403, "he signs in, and works for no company"
