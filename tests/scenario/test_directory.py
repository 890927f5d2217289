"""Signing in by the company's directory (OpenID Connect), before one that speaks it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.directory import Directory, directory
from tests.trade import World

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def running() -> Iterator[Directory]:
    with directory() as found:
        yield found


@pytest.fixture
def there(running: Directory, monkeypatch: pytest.MonkeyPatch) -> Directory:
    running.issuer, running.changes, running.algorithm, running.key = (
        running.address,
        {},
        "RS256",
        running.published,
    )
    running.asked.clear()
    for name, value in {
        "ISSUER": running.address,
        "CLIENT": running.client,
        "SECRET": running.secret,
        "NAME": "Quay ID",
    }.items():
        monkeypatch.setenv(f"BACKSTAY_OIDC_{name}", value)
    return running


@pytest.fixture
def member(world: World, there: Directory) -> User:
    made = User.objects.create_user(f"ida{world.company}@example.com", PASSWORD, name="Ida Isobar")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    there.person = {"sub": f"s{world.company}", "email": made.email.upper(), "email_verified": True}
    return made


def come(client: Client, following: str = "") -> Any:
    """By the button, over the directory, and back, as a browser goes."""
    away = client.get("/sign-in/by/127.0.0.1" + (f"?next={following}" if following else ""))
    assert away.status_code == 302, away.content
    back = requests.get(away["Location"], allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    assert parts.path == "/sign-in/by/127.0.0.1/back"
    return client.get(f"{parts.path}?{parts.query}")


def test_who_is_a_user_comes_in_by_his_verified_address_then_by_his_subject(
    there: Directory, member: User
) -> None:
    client = Client()
    assert b"Sign in with Quay ID" in client.get("/sign-in").content
    assert come(client, "/sales/orders")["Location"] == "/sales/orders"
    assert client.get("/sales/orders").status_code == 200
    assert SocialAccount.objects.get(user=member).uid == there.person["sub"]
    there.person |= {"email": "renamed@example.com"}  # the subject counts now
    again = Client()
    assert come(again)["Location"] == "/" and again.get("/").status_code == 200
    assert member.has_usable_password() and User.objects.get(pk=member.pk).check_password(PASSWORD)


def test_nobody_becomes_a_user_by_the_directory(there: Directory, member: User) -> None:
    count = User.objects.count()
    for claims in (
        {"sub": "stranger", "email": "stranger@example.com", "email_verified": True},
        {"sub": "liar", "email": member.email, "email_verified": False},
        {"sub": "liar", "email": member.email, "email_verified": "true"},
        {"sub": "liar", "email": member.email},
        {"sub": "silent"},
    ):
        there.person = claims
        client = Client()
        answer = come(client)
        assert answer.status_code == 403 and b"nobody with this address" in answer.content.lower(), claims
        assert client.get("/").status_code == 302
    assert User.objects.count() == count and not SocialAccount.objects.filter(user=member).exists()


def test_an_address_given_to_somebody_else_lets_nobody_in(there: Directory, member: User) -> None:
    come(Client())
    there.person |= {"sub": "the next one with this address"}
    assert come(Client()).status_code == 403


def test_who_may_no_longer_sign_in_does_not_come_in_by_it(there: Directory, member: User) -> None:
    come(Client())
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert come(Client()).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"aud": "somebody-else"}, {"aud": ["backstay", "other"]},
        {"exp": int(time.time()) - 3600}, {"exp": None}, {"iat": int(time.time()) + 3600}, {"sub": None},
    ],
)  # fmt: skip
def test_a_token_that_is_not_ours_is_refused(there: Directory, member: User, changes: dict[str, Any]) -> None:
    there.changes = changes
    client = Client()
    assert come(client).status_code == 403
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("how", ["another key", "none", "HS256", "another issuer"])
def test_a_token_that_the_directory_did_not_sign_is_refused(there: Directory, member: User, how: str) -> None:
    if how == "another key":
        there.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif how == "another issuer":
        there.issuer = "https://evil.example"
        assert Client().get("/sign-in/by/127.0.0.1").status_code == 403
        return
    else:
        there.algorithm = how
    client = Client()
    assert come(client).status_code == 403 and client.get("/").status_code == 302


def test_an_answer_that_was_not_asked_for_is_refused(there: Directory, member: User) -> None:
    client = Client()
    away = client.get("/sign-in/by/127.0.0.1")["Location"]
    back = urlsplit(requests.get(away, allow_redirects=False, timeout=10).headers["Location"])
    other = Client()  # somebody else's browser gets the link
    assert other.get(f"{back.path}?{back.query}").status_code == 403
    assert client.get(f"{back.path}?code=x&state=forged").status_code == 403
    assert client.get(f"{back.path}?{back.query}").status_code == 403  # the one try is spent
    assert Client().get("/sign-in/by/elsewhere").status_code == 403
    answer = client.get("/sign-in/by/127.0.0.1/back?error=access_denied")
    assert answer.status_code == 403


def test_only_the_directory_is_asked(there: Directory, member: User) -> None:
    plain = there.address
    there.address = "http://169.254.1.1"  # what it says of itself leads elsewhere
    try:
        client = Client()
        client.get("/sign-in/by/127.0.0.1")
        session = client.session
        answer = client.get(f"/sign-in/by/127.0.0.1/back?code=x&state={session['oidc']['state']}")
        assert answer.status_code == 403 and b"not the directory" in answer.content
    finally:
        there.address = plain


def test_a_second_factor_is_asked_for_here_too(there: Directory, member: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(member, generate_totp_secret())
    client = Client()
    assert come(client)["Location"] == "/sign-in/second"
    assert client.get("/").status_code == 302
