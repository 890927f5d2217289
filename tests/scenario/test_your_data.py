"""The page that tells an owner where the data is, which copies there are, who gets at it and what goes out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from backstay.platform import backup, mail
from tests.conftest import ROOT
from tests.scenario.test_web import client, user
from tests.trade import World

__all__ = ["client", "user"]


def test_your_data_tells_copies_people_and_what_went_out(
    client: Client, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a schedule it says so; then each copy with its age; members; mails by where they went."""
    monkeypatch.setattr(backup, "home", lambda: tmp_path)
    html = client.get("/settings/data").content.decode()
    assert "Backstay makes no copy." in html
    assert "Olga Owner" in html
    copy = tmp_path / "copies" / "backstay-20260301T000000Z.tar.age"
    copy.parent.mkdir()
    copy.write_bytes(b"x" * 2_500_000)
    backup.schedule(backup.Plan(copy.parent, 7))
    with world.work() as ctx:
        told = [{"to": ["a@harbour.example", "b@harbour.example"], "subject": "s", "body": "b"}]
        mail.send(ctx, told, ["one"])
    html = client.get("/settings/data").content.decode()
    assert "Backstay makes no copy." not in html
    assert copy.name in html
    assert "2.5 MB" in html
    assert "harbour.example" in html
    assert "0 hours" in html


def test_the_page_costs_the_same_with_many_messages(
    client: Client, world: World, count_statements: object
) -> None:
    """Statements do not grow with what went out."""
    counted = []
    for many in (1, 50):
        with world.work() as ctx:
            told = [{"to": [f"{n}@x{n}.example"], "subject": "s", "body": "b"} for n in range(many)]
            mail.send(ctx, told, [f"{many}.{n}" for n in range(many)])
        with count_statements() as n:  # type: ignore[operator]
            assert client.get("/settings/data").status_code == 200
        counted.append(len(n))
    assert counted[0] == counted[1]


def test_nobody_else_is_called() -> None:
    """One module alone opens a connection to the outside by itself: it asks the company's own directory, where one is set."""
    clients = re.compile(
        r"^\s*(?:from|import) (?:urllib\.request|http\.client|requests|httpx|aiohttp|smtplib|ftplib|telnetlib)\b",
        re.MULTILINE,
    )
    found = [p for p in (ROOT / "backstay").rglob("*.py") if clients.search(p.read_text(encoding="utf-8"))]
    assert [p.name for p in found] == ["oidc.py"]
