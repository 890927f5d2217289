"""Signing in with a password: who is let in, how fast one may guess, that nobody can lock another out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.test import Client

from backstay.base import clock
from backstay.interfaces import users
from backstay.platform import rows, throttle
from backstay.platform.models import Membership, Outbox, User
from tests.trade import World

PASSWORD = "correct horse battery staple"
_count = iter(range(1_000_000))


@pytest.fixture
def member(world: World) -> User:
    """An owner of the test's company."""
    made = User.objects.create_user(f"ann{world.company}@example.com", PASSWORD, name="Ann Archer")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    return made


def sign_in(client: Client, email: str, password: str = PASSWORD, address: str = "", **more: Any) -> Any:
    """From an address of one's own, so that tests do not count for one another."""
    address = address or f"10.{next(_count) % 250}.{next(_count) % 250}.7"
    return client.post("/sign-in", {"login": email, "password": password, **more}, REMOTE_ADDR=address)


def mails(world: World) -> list[dict[str, Any]]:
    with world.work():
        return [m.payload for m in Outbox.objects.filter(topic="mail").order_by("id")]


def test_password_lets_in_and_sign_out_needs_a_post_of_ours(member: User) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in")
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token
    assert client.post("/sign-in", {"login": member.email, "password": PASSWORD}).status_code == 403
    answer = sign_in(client, member.email, csrfmiddlewaretoken=token[1])
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert client.post("/sign-out").status_code == 403  # no token: a stranger's page cannot sign one out
    assert client.get("/sign-out").status_code == 200 and client.get("/").status_code == 200
    fresh = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/account").content.decode())
    assert fresh
    assert client.post("/sign-out", {"csrfmiddlewaretoken": fresh[1]})["Location"] == "/sign-in"
    assert client.get("/")["Location"].startswith("/sign-in")


def test_the_session_is_new_after_sign_in(member: User) -> None:
    client = Client()
    client.get("/sign-in/passkey", HTTP_ACCEPT="application/json")  # an anonymous session holds a challenge
    before = client.cookies["backstay_session"].value
    sign_in(client, member.email)
    after = client.cookies["backstay_session"].value
    assert before and after != before
    thief = Client()
    thief.cookies["backstay_session"] = before
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_sign_in_leads_nowhere_else(member: User, there: str) -> None:
    assert sign_in(Client(), member.email, next=there)["Location"] == "/"


def test_sign_in_goes_on_where_one_wanted_to(member: User) -> None:
    page = Client().get("/sign-in?next=/sales/orders%3Fstate%3Ddraft").content.decode()
    assert 'name="next" value="/sales/orders?state=draft"' in page
    assert (
        sign_in(Client(), member.email, next="/sales/orders?state=draft")["Location"]
        == "/sales/orders?state=draft"
    )


def test_a_host_nobody_named_is_refused(member: User) -> None:
    assert Client().get("/sign-in", HTTP_HOST="evil.example").status_code == 400
    assert (
        Client().post("/sign-in/forgotten", {"email": member.email}, HTTP_HOST="evil.example").status_code
        == 400
    )


def test_nobody_can_sign_up(member: User) -> None:
    for path in ("/signup", "/sign-up", "/accounts/signup/", "/sign-in/signup", "/account/signup"):
        assert Client().get(path).status_code in (302, 404), path
    from django.urls import NoReverseMatch, reverse

    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_a_password_is_hashed_as_the_library_advises() -> None:
    """argon2id with 100 MiB and two rounds, in a process of its own: that of the tests is made cheap."""
    asked = "from django.contrib.auth.hashers import make_password; print(make_password('x' * 20))"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "backstay.settings"}
    told = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$"), told.stdout[:60]


def test_unknown_and_wrong_are_answered_alike_and_cost_the_same(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash is computed either way, so time tells nothing; the page is the same but for what was typed."""
    worked: list[str] = []
    hasher = hashers.get_hasher("argon2")
    for name in ("verify", "encode"):
        plain = getattr(type(hasher), name)

        def counting(self: Any, *args: Any, _plain: Any = plain, _name: str = name, **kwargs: Any) -> Any:
            worked.append(_name)
            return _plain(self, *args, **kwargs)

        monkeypatch.setattr(type(hasher), name, counting)
    idle = User.objects.create_user(f"idle{member.pk}@example.com", PASSWORD, name="Idle", is_active=False)
    pages, costs = [], []
    for email in (member.email, "nobody@example.com", idle.email):
        worked.clear()
        answer = sign_in(Client(), email, PASSWORD if email == idle.email else "wrong password here")
        assert answer.status_code == 200
        costs.append(len(worked))
        pages.append(re.sub(r'value="[^"]*"', "", answer.content.decode()))
    assert costs == [1, 1, 1]
    assert pages[0] == pages[1] == pages[2]


def test_guessing_is_slowed_whether_or_not_the_account_exists(member: User) -> None:
    for email, address in ((member.email, "192.0.2.1"), (f"none{member.pk}@example.com", "192.0.2.1")):
        for _ in range(5):
            assert b"is wrong" in sign_in(Client(), email, "guess guess guess", address).content
        assert b"Too many tries" in sign_in(Client(), email, "guess guess guess", address).content
        # the right one is not tried either, and another address of the network does not help
        assert b"Too many tries" in sign_in(Client(), email, PASSWORD, "192.0.2.200").content
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert throttle.take([]) == 0


def test_a_stranger_cannot_lock_the_owner_out(member: User) -> None:
    owner = Client()
    assert sign_in(owner, member.email, address="198.51.100.5").status_code == 302
    owner.post("/sign-out")
    for _ in range(8):  # even from the same network
        sign_in(Client(), member.email, "guess guess guess", "198.51.100.9")
        sign_in(Client(), member.email, "guess guess guess", "203.0.113.9")
    assert b"Too many tries" in sign_in(Client(), member.email, PASSWORD, "198.51.100.9").content
    assert sign_in(Client(), member.email, address="100.64.0.1").status_code == 302  # from anywhere else
    assert (
        sign_in(owner, member.email, address="198.51.100.5").status_code == 302
    )  # from the browser it knows


def test_a_known_browser_is_slowed_too(member: User) -> None:
    client = Client()
    sign_in(client, member.email)
    client.post("/sign-out")
    answers = [sign_in(client, member.email, "guess guess guess").content for _ in range(11)]
    assert b"Too many tries" not in answers[9] and b"Too many tries" in answers[10]
    forged = Client()
    forged.cookies["backstay_device"] = client.cookies["backstay_device"].value[:-2] + "xx"
    assert (
        b"Too many tries" not in sign_in(forged, member.email, "guess guess guess").content
    )  # counted as a stranger's


def test_a_forwarded_address_is_believed_of_nobody(member: User) -> None:
    for n in range(5):
        Client().post(
            "/sign-in", {"login": member.email, "password": "guess guess guess"}, REMOTE_ADDR="192.0.2.77", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}"
        )  # fmt: skip
    answer = Client().post(
        "/sign-in", {"login": member.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.77", HTTP_X_FORWARDED_FOR="203.0.113.99"
    )  # fmt: skip
    assert b"Too many tries" in answer.content


def test_a_trusted_proxy_says_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.test import RequestFactory

    from backstay.interfaces.web.middleware import Proxy

    monkeypatch.setenv("BACKSTAY_TRUST_PROXY", "10.0.0.1")
    seen: list[tuple[str, bool]] = []
    proxy = Proxy(lambda request: seen.append((request.META["REMOTE_ADDR"], request.is_secure())))  # type: ignore[arg-type, return-value, func-returns-value]
    told = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, 198.51.100.1", "HTTP_X_FORWARDED_PROTO": "https"}
    proxy(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **told))
    proxy(RequestFactory().get("/", REMOTE_ADDR="10.0.0.2", **told))
    assert seen == [("198.51.100.1", True), ("10.0.0.2", False)]


def test_mail_at_a_sign_in_from_a_new_device(member: User, world: World) -> None:
    first = Client()
    sign_in(first, member.email)
    assert mails(world) == []  # the first one ever is no surprise
    first.post("/sign-out")
    sign_in(first, member.email)
    assert mails(world) == []  # a browser that was here before
    sign_in(
        Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
        member.email,
        address="203.0.113.50",
    )
    told = mails(world)
    assert [m["subject"] for m in told] == ["Sign-in from a new device"]
    assert (
        told[0]["to"] == [member.email]
        and "203.0.113.50" in told[0]["body"]
        and "Firefox on Linux" in told[0]["body"]
    )


def test_a_forgotten_password_is_set_by_mail_once(member: User, world: World) -> None:
    held = Client()
    sign_in(held, member.email)
    known = Client().post("/sign-in/forgotten", {"email": member.email}, REMOTE_ADDR="10.9.8.7")
    unknown = Client().post("/sign-in/forgotten", {"email": "nobody@example.com"}, REMOTE_ADDR="10.9.8.7")
    assert known["Location"] == unknown["Location"] == "/sign-in/forgotten/sent"
    assert Client().get("/sign-in/forgotten/sent").status_code == 200
    told = mails(world)
    assert len(told) == 1
    link = re.search(r"http://testserver(/sign-in/forgotten/\S+)", told[0]["body"])
    assert link
    client = Client()
    there = client.get(link[1])["Location"]
    assert b"too short" in client.post(there, {"password1": "short", "password2": "short"}).content
    fresh = "four unlikely words stay"
    assert (
        client.post(there, {"password1": fresh, "password2": fresh})["Location"] == "/sign-in/forgotten/done"
    )
    assert b"used, or too old" in Client().get(link[1], follow=True).content
    assert held.get("/").status_code == 302  # every session has ended
    assert sign_in(Client(), member.email, fresh).status_code == 302
    assert mails(world)[1]["subject"] == "Your password was changed"
    answers = [
        Client().post("/sign-in/forgotten", {"email": member.email}, REMOTE_ADDR="10.9.8.6") for _ in range(4)
    ]
    assert [a.status_code for a in answers] == [302, 302, 200, 200] and b"Too many tries" in answers[
        3
    ].content


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "too short"),
        ("qwertyuiop123456", ""),
        ("1234567890123", "too common|entirely"),
        ("annarcher-2026", "others try first"),
        ("Backstay2026!!", "others try first"),
        ("x" * 1001, "too long"),
        ("pass word with spaces and äöü 🐴", ""),
        ("a" * 8 + "b" * 120, ""),
    ],
)
def test_passwords_by_length_and_what_others_try_first(password: str, why: str) -> None:
    person = User(email="ann.archer@quay.example", name="Ann Archer")
    try:
        users.check_password(password, person)
        said = ""
    except users.Refusal as refusal:
        said = refusal.message
    assert bool(said) == bool(why), (password, said)
    assert re.search(why, said)


def test_the_companys_own_words_are_no_password(member: User, world: World) -> None:
    with world.work() as ctx:
        name = ctx.settings["name"]
        rows.execute(
            "UPDATE company SET name = 'Halyard Traders' WHERE id = %s RETURNING id", [world.company]
        )
    assert name
    with pytest.raises(users.Refusal, match=r"halyard|traders"):
        users.check_password("Halyard-Traders1", member)


def test_buckets_drain_and_are_forgotten(world: World, owner: Any) -> None:
    bucket = [throttle.Bucket(("test", str(world.company)), 2, 10)]
    assert [throttle.take(bucket) for _ in range(3)] == [0, 0, 5]
    with clock.at(clock.now() + timedelta(minutes=5, seconds=2)):
        assert [throttle.take(bucket) for _ in range(2)] == [0, 5]
    with clock.at(clock.now() + timedelta(days=1)):
        throttle.prune()
    assert (
        owner.execute("SELECT 1 FROM platform_attempt WHERE bucket = %s", [bucket[0].key]).fetchone() is None
    )
