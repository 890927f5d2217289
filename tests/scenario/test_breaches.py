"""Passwords known from breaches, before a service on this machine that speaks the range protocol of Have I Been Pwned."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from backstay.base.errors import Refusal
from backstay.interfaces import users
from backstay.interfaces.signing import breaches
from backstay.platform.models import User
from tests.webservers import Asked, raw, serving

KNOWN, PADDED, FRESH = (
    "correct horse battery staple",
    "a padded line is no breach",
    "four unlikely words stay",
)


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


class Service:
    """Answers with all it knows of a prefix, and lines that only pad."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.status = 200

    def says(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(asked)
        prefix = asked.path.rpartition("/")[2]
        told = [(KNOWN, 4711), ("password", 9_000_000), (PADDED, 0)]
        lines = [f"{digest(p)[5:]}:{n}" for p, n in told if digest(p).startswith(prefix)]
        lines += [
            f"{hashlib.sha1(bytes([n]), usedforsecurity=False).hexdigest().upper()[5:]}:0" for n in range(200)
        ]
        return self.status, {"Content-Type": "text/plain"}, "\r\n".join(lines).encode()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    made = Service()
    with serving(made.says) as (port, _):
        monkeypatch.setenv("BACKSTAY_BREACHES", f"http://127.0.0.1:{port}/range/")
        yield made


def someone() -> User:
    return User(email="ann@example.com", name="Ann")


def test_a_password_known_from_breaches_is_refused_and_says_why(service: Service) -> None:
    with pytest.raises(Refusal, match="known from breaches") as refused:
        users.check_password(KNOWN, someone())
    assert refused.value.code == "access.password"
    users.check_password(FRESH, someone())
    users.check_password(PADDED, someone())


def test_the_service_learns_five_characters_of_the_hash(service: Service) -> None:
    users.check_password(FRESH, someone())
    (asked,) = service.asked
    assert re.fullmatch(r"/range/[0-9A-F]{5}", asked.path) and asked.path.endswith(digest(FRESH)[:5])
    assert asked.headers["add-padding"] == "true" and asked.body == b""
    assert (
        digest(FRESH)[5:] not in f"{asked.path} {asked.headers}"
        and FRESH not in f"{asked.path} {asked.headers}"
    )


def test_nobody_is_asked_unless_it_is_switched_on(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for off in ("", "0"):
        monkeypatch.setenv("BACKSTAY_BREACHES", off)
        users.check_password(KNOWN, someone())
    monkeypatch.delenv("BACKSTAY_BREACHES")
    users.check_password(KNOWN, someone())
    assert service.asked == []
    monkeypatch.setenv("BACKSTAY_BREACHES", "1")
    assert breaches.service() == "https://api.pwnedpasswords.com/range/"


def test_a_service_that_does_not_answer_keeps_nobody_from_a_password(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.status = 503
    users.check_password(KNOWN, someone())
    monkeypatch.setattr(breaches, "TIMES", (0.2, 0.3))
    over = threading.Event()
    with raw(lambda _: over.wait(20) and None) as port:
        monkeypatch.setenv("BACKSTAY_BREACHES", f"http://127.0.0.1:{port}/range/")
        users.check_password(KNOWN, someone())
        over.set()
    monkeypatch.setenv("BACKSTAY_BREACHES", f"http://127.0.0.1:{port}/range/")
    users.check_password(KNOWN, someone())  # nobody listens there now


def test_the_form_that_sets_a_password_asks_it_too(service: Service, world: Any) -> None:
    from tests.scenario.test_sign_in import sign_in

    made = User.objects.create_user(f"ann{world.company}@example.com", FRESH, name="Ann")
    with world.work() as ctx:
        from backstay.platform import rows
        from backstay.platform.models import Membership

        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    client = Client()
    sign_in(client, made.email, password=FRESH)
    typed = {"section": "password", "old": FRESH, "password": KNOWN, "again": KNOWN}
    answer = client.post("/account", typed)
    assert b"known from breaches" in answer.content
    assert User.objects.get(pk=made.pk).check_password(FRESH)
    data = client.get("/settings/data").content.decode()
    assert "http://127.0.0.1" in data and "breaches" in data.lower()
