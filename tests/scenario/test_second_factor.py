"""Second factors, sessions and their limits, and the proof that dangerous acts ask for."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from click.testing import CliRunner
from django.test import Client
from django.urls import URLPattern

from backstay.base import clock
from backstay.base.errors import NotFound
from backstay.interfaces import trail
from backstay.interfaces.cli.main import cli
from backstay.interfaces.signing import factors, sessions
from backstay.interfaces.web import confirming
from backstay.interfaces.web.urls import urlpatterns
from backstay.platform import rows
from backstay.platform.models import AuditEvent, Membership, User
from tests.scenario.test_sign_in import PASSWORD, mails, sign_in
from tests.trade import World


@pytest.fixture
def member(world: World) -> User:
    made = User.objects.create_user(f"bo{world.company}@example.com", PASSWORD, name="Bo Binnacle")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    return made


@pytest.fixture
def client(member: User) -> Client:
    client = Client()
    assert sign_in(client, member.email).status_code == 302
    return client


def code_for(key: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(key, int(clock.now().timestamp()) // 30 + steps))


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """The key of the app, and the recovery codes that came with it."""
    page = client.get("/account/app").content.decode()
    found = re.search(r'id="key">([A-Z2-7]+)<', page)
    assert found, page[:500]
    answer = client.post("/account/app", {"code": code_for(found[1])}, follow=True)
    return found[1], re.findall(r'<li class="code">(\d+)</li>', answer.content.decode())


def test_an_app_is_set_up_and_asked_for(client: Client, member: User, world: World, owner: Any) -> None:
    assert b"This code is wrong" in client.post("/account/app", {"code": "000000"}).content
    key, codes = set_up_app(client)
    assert len(codes) == 10
    assert {m["subject"] for m in mails(world)} == {"An authenticator app was set up"}
    kept = owner.execute(
        "SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [member.pk]
    ).fetchall()
    assert len(kept) == 2 and not any(key in text or code in text for (text,) in kept for code in codes)
    other = Client()
    assert sign_in(other, member.email)["Location"] == "/sign-in/second"
    assert other.get("/")["Location"].startswith("/sign-in")  # not in yet
    assert b"This code is wrong" in other.post("/sign-in/second", {"code": "12"}).content
    code = code_for(key, 1)
    assert other.post("/sign-in/second", {"code": code})["Location"] == "/sign-in/trust"
    assert other.post("/sign-in/trust", {"action": "ask"})["Location"] == "/"
    assert other.get("/").status_code == 200
    third = Client()
    sign_in(third, member.email)
    assert (
        b"was used already" in third.post("/sign-in/second", {"code": code}).content
    )  # each code is good once
    assert third.post("/sign-in/second", {"code": codes[0]}).status_code == 302
    fourth = Client()
    sign_in(fourth, member.email)
    assert b"was used already" in fourth.post("/sign-in/second", {"code": codes[0]}).content


def test_a_trusted_browser_is_not_asked_again_until_something_changes(client: Client, member: User) -> None:
    key, _codes = set_up_app(client)
    mine = Client()
    sign_in(mine, member.email)
    mine.post("/sign-in/second", {"code": code_for(key, 1)})
    mine.post("/sign-in/trust", {"action": "trust"})
    mine.post("/sign-out")
    assert sign_in(mine, member.email)["Location"] == "/"
    fresh = "seven other words entirely"
    mine.post("/account", {"section": "password", "old": PASSWORD, "password": fresh, "again": fresh})
    mine.post("/sign-out")
    assert sign_in(mine, member.email, fresh)["Location"] == "/sign-in/second"


def test_codes_cannot_be_guessed(client: Client, member: User) -> None:
    key, _codes = set_up_app(client)
    thief = Client()
    sign_in(thief, member.email)
    said = [thief.post("/sign-in/second", {"code": f"{n:06d}"}).content for n in range(7)]
    assert b"Too many tries" not in said[5] and b"Too many tries" in said[6]
    assert b"Too many tries" in thief.post("/sign-in/second", {"code": code_for(key, 1)}).content


def test_recovery_codes_are_shown_once_and_made_anew(client: Client, world: World) -> None:
    _key, codes = set_up_app(client)
    assert client.get("/account/codes").content.count(b"<li") < 60
    assert not any(code.encode() in client.get("/account/codes").content for code in codes)
    fresh = client.post("/account/codes/new", follow=True).content.decode()
    new = re.findall(r'<li class="code">(\d+)</li>', fresh)
    assert len(new) == 10 and not set(new) & set(codes)


def test_removing_the_app_tells_by_mail(client: Client, member: User, world: World) -> None:
    set_up_app(client)
    assert client.post("/account/app/remove")["Location"] == "/account/security"
    assert not Authenticator.objects.filter(user_id=member.pk).exists()
    assert "The authenticator app was removed" in [m["subject"] for m in mails(world)]
    assert sign_in(Client(), member.email)["Location"] == "/"


def test_a_company_may_ask_for_a_second_factor(client: Client, member: User, world: World) -> None:
    assert client.post("/settings", {"section": "signing", "second_factor": "1", "session_idle_hours": "", "session_days": ""}).status_code == 302  # fmt: skip
    for path in ("/", "/sales/orders", "/settings", "/find"):
        assert client.get(path)["Location"] == "/account/security?needed=1", path
    assert b"asks its members" in client.get("/account/security").content
    set_up_app(client)
    assert client.get("/sales/orders").status_code == 200
    client.post("/account/app/remove")
    assert client.get("/sales/orders").status_code == 302


def test_sessions_are_listed_and_ended(client: Client, member: User) -> None:
    others = [
        Client(HTTP_USER_AGENT=agent)
        for agent in ("Mozilla/5.0 (iPhone) Safari/605", "Mozilla/5.0 (Windows) Edg/140", "curl")
    ]
    for other in others:
        sign_in(other, member.email)
    page = client.get("/account/security").content.decode()
    assert "Safari on iPhone" in page and "Edge on Windows" in page and "an unknown browser" in page
    assert page.count('name="session"') == 4  # three, and all others at once
    phone = UserSession.objects.get(user_id=member.pk, user_agent__contains="iPhone")
    client.post("/account/sessions", {"session": phone.pk})
    assert [o.get("/").status_code for o in others] == [302, 200, 200]
    assert client.post("/account/sessions", {"session": phone.pk}).status_code == 409
    client.post("/account/sessions", {"session": "others"})
    assert [o.get("/").status_code for o in others] == [302, 302, 302]
    assert client.get("/").status_code == 200


def test_somebody_elses_session_cannot_be_ended(client: Client, member: User, world: World) -> None:
    stranger = User.objects.create_user(f"eve{world.company}@example.com", PASSWORD, name="Eve")
    theirs = Client()
    sign_in(theirs, stranger.email)
    ident = UserSession.objects.get(user_id=stranger.pk).pk
    assert client.post("/account/sessions", {"session": ident}).status_code == 409
    assert UserSession.objects.filter(pk=ident).exists()


def test_a_new_password_ends_the_other_sessions_and_tells(client: Client, member: User, world: World) -> None:
    other = Client()
    sign_in(other, member.email)
    fresh = "some new words to keep"
    client.post("/account", {"section": "password", "old": PASSWORD, "password": fresh, "again": fresh})
    assert other.get("/").status_code == 302 and client.get("/").status_code == 200
    assert "Your password was changed" in [m["subject"] for m in mails(world)]
    assert UserSession.objects.filter(user_id=member.pk).count() == 1


@pytest.mark.parametrize(("step", "times", "lasts"), [(11, 5, True), (13, 1, False), (11, 16, False)])
def test_sessions_end_after_idling_and_after_a_week(member: User, step: int, times: int, lasts: bool) -> None:
    """12 hours without a request, or 7 days whatever happens."""
    client = Client()
    start = clock.now()
    with clock.at(start):
        sign_in(client, member.email)
    for n in range(1, times + 1):
        with clock.at(start + timedelta(hours=step * n)):
            code = client.get("/account").status_code
    assert (code == 200) is lasts


def test_a_company_may_have_shorter_sessions(member: User, world: World) -> None:
    client = Client()
    start = clock.now()
    with clock.at(start):
        sign_in(client, member.email)
        client.post("/settings", {"section": "signing", "session_idle_hours": "1", "session_days": "1"})
    with clock.at(start + timedelta(minutes=20)):
        assert client.get("/account").status_code == 200
    with clock.at(start + timedelta(minutes=100)):
        assert client.get("/account")["Location"] == "/sign-in?next=/account"


def later(client: Client) -> None:
    """The last proof was long ago."""
    session = client.session
    session["proved"] -= sessions.PROOF_MINUTES * 60 + 1
    session.save()


def test_dangerous_acts_ask_who_it_is_and_lose_nothing(client: Client, member: User, world: World) -> None:
    sent = {"section": "details", "name": "Renamed & Sons", "legal_name": "Renamed"}
    later(client)
    asked = client.post("/settings", sent)
    assert (
        asked.status_code == 200
        and b"Renamed &amp; Sons" in asked.content
        and b"confirm_password" in asked.content
    )
    with world.work() as ctx:
        assert ctx.settings["name"] != "Renamed & Sons"  # nothing was done
    wrong = client.post("/settings", {**sent, "confirm_password": "not mine at all"})
    assert b"not your password" in wrong.content and b"Renamed &amp; Sons" in wrong.content
    assert client.post("/settings", {**sent, "confirm_password": PASSWORD}).status_code == 302
    with world.work() as ctx:
        assert ctx.settings["name"] == "Renamed & Sons"
    assert client.post("/settings", {**sent, "name": "Again"}).status_code == 302  # for fifteen minutes


def test_an_address_that_is_dangerous_opens_after_the_answer(client: Client, member: User) -> None:
    later(client)
    assert b"confirm_password" in client.get("/account/app").content
    answer = client.post("/account/app", {"confirm_password": PASSWORD, "confirm_only": "1"})
    assert answer["Location"] == "/account/app" and b'id="key"' in client.get("/account/app").content


def test_the_proof_cannot_be_guessed(client: Client, member: User) -> None:
    later(client)
    said = [
        client.post("/account/app", {"confirm_password": f"guess {n} guess", "confirm_only": "1"}).content
        for n in range(11)
    ]
    assert b"Too many tries" not in said[9] and b"Too many tries" in said[10]


def test_every_change_of_factors_is_dangerous() -> None:
    """The library would ask by itself; ours stands before it, so no route of it may be missing here."""
    names = {
        p.name for p in urlpatterns if isinstance(p, URLPattern) and p.name and p.name.startswith("mfa_")
    }
    harmless = {"mfa_index", "mfa_list_webauthn", "mfa_authenticate", "mfa_trust", "mfa_login_webauthn"}
    assert names - harmless == {n for n in confirming.ROUTES if n.startswith("mfa_")}
    known = {p.name for p in urlpatterns if isinstance(p, URLPattern)}
    assert known >= confirming.ROUTES


def test_factors_are_reset_for_who_is_locked_out(client: Client, member: User) -> None:
    set_up_app(client)
    assert factors.reset(member.pk) == 2
    assert sessions.end_all(member.pk) == 1
    assert client.get("/").status_code == 302
    assert sign_in(Client(), member.email)["Location"] == "/"


def test_the_console_helps_who_is_locked_out(client: Client, member: User, world: World, owner: Any) -> None:
    """`backstay user`: listed, factors taken away and a password set, each told by mail and kept in the audit."""
    set_up_app(client)
    listed = json.loads(CliRunner().invoke(cli, ["user", "list", "--json"], catch_exceptions=False).output)
    mine = next(each for each in listed if each["email"] == member.email)
    assert mine["factors"] == ["authenticator app", "recovery codes"] and mine["sessions"] == 1
    answer = CliRunner().invoke(cli, ["user", "reset-factors", member.email], catch_exceptions=False)
    assert "password alone" in answer.output and client.get("/").status_code == 302
    fresh = "typed at the console"
    CliRunner().invoke(
        cli,
        ["user", "reset-password", member.email, "--password-stdin"],
        input=fresh + "\n",
        catch_exceptions=False,
    )
    again = Client()
    assert sign_in(again, member.email, fresh)["Location"] == "/"
    CliRunner().invoke(cli, ["user", "end-sessions", member.email], catch_exceptions=False)
    assert again.get("/").status_code == 302
    kept = owner.execute(
        "SELECT event FROM platform_auditevent WHERE company_id = %s AND kind = 'access.user' ORDER BY id",
        [world.company],
    ).fetchall()
    assert [e for (e,) in kept] == ["factors_reset", "password_reset", "sessions_ended"]
    assert {"Your second factors were removed", "Your password was changed"} <= {
        m["subject"] for m in mails(world)
    }
    assert isinstance(
        CliRunner().invoke(cli, ["user", "end-sessions", "nobody@example.com"]).exception, NotFound
    )


def test_a_closed_account_is_out_at_once(client: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get("/")["Location"].startswith("/sign-in")
    assert sign_in(Client(), member.email).status_code == 200


def test_the_trail_tells_factors_and_addresses_without_their_secrets(
    client: Client, member: User, world: World, owner: Any
) -> None:
    """Who, when, from where; by the page, by the console and by raw SQL. A copy of the database tells no recovery code."""
    key, codes = set_up_app(client)
    assert len(codes) == 10
    stored = json.dumps(list(Authenticator.objects.filter(user=member).values_list("data", flat=True)))
    assert key not in stored
    assert not any(code in stored for code in codes)
    EmailAddress.objects.create(user=member, email="second@example.com")
    EmailAddress.objects.filter(user=member, email="second@example.com").update(email="third@example.com")
    owner.execute(
        "DELETE FROM account_emailaddress WHERE user_id = %s AND email = 'third@example.com'", [member.pk]
    )
    CliRunner().invoke(cli, ["user", "reset-factors", member.email], catch_exceptions=False)
    with world.work() as ctx:
        events = AuditEvent.objects.filter(company_id=ctx.company, kind="platform.user", object_id=member.pk)
        found = [e for e in events.order_by("id") if e.changes]
        told = [(name, pair) for e in found for name, pair in e.changes.items()]
        factors_told = [pair for name, pair in told if name == "factor"]
        assert sorted(map(str, factors_told)) == sorted(
            map(str, [[None, "totp"], [None, "recovery_codes"], ["totp", None], ["recovery_codes", None]])
        )
        by_page = next(e for e in found if e.changes.get("factor") == [None, "totp"])
        assert (by_page.actor, by_page.origin.split()[0]) == (f"user:{member.pk}", "web")
        assert by_page.at is not None
        addresses = [e for e in found if "address" in e.changes]
        text = json.dumps([e.changes for e in addresses])
        assert "third@example.com" not in text, "an address is personal: it lies beside"
        shown = [c for t in trail.tell(ctx, addresses) for c in t.changes]
    assert ("second@example.com", "third@example.com") in [(c.old, c.new) for c in shown]
    assert addresses[-1].actor.startswith("sql:")
    everything = json.dumps([e.changes for e in found])
    assert key not in everything
    assert not any(code in everything for code in codes)
