"""The page that tells an owner where the data is, which copies there are, who gets at it and what goes out."""

from __future__ import annotations

import os
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


def test_all_data_is_written_in_the_background_and_fetched_by_owners(
    client: Client, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the page: a work that writes the file; its owner fetches and drops it; others, and other companies, never see it."""
    from backstay.interfaces.exchange import joining
    from backstay.platform import shelf, work
    from backstay.platform.models import Work

    monkeypatch.setattr(shelf, "home", lambda: tmp_path)
    sent = client.post("/settings/data/all", {"successor": ""})
    ident = int(sent["Location"].rpartition("/")[2])
    assert work.run(world.company, ident) == "done"
    with world.work():
        assert Work.objects.get(pk=ident).result["href"] == "/settings/data#leave"
    assert f"/settings/data/all/{ident}" in client.get("/settings/data").content.decode()
    got = client.get(f"/settings/data/all/{ident}")
    assert got["Content-Disposition"] == f'attachment; filename="company-{world.company}.zip"'
    (tmp_path / "got.zip").write_bytes(b"".join(got.streaming_content))  # type: ignore[arg-type]
    assert joining.check(tmp_path / "got.zip").ours["company"] == world.company
    foreign = shelf.place(world.company + 1, ident + 1)
    foreign.write_bytes(b"another company's")
    assert client.get(f"/settings/data/all/{ident + 1}").status_code == 404
    assert client.get("/settings/data/all").status_code == 302
    assert client.post("/settings/data/all", {"successor": "no key"}).status_code in (400, 409, 422)
    client.post("/settings/data/all", {"drop": str(ident + 1)})
    assert foreign.exists(), "another company's stays"
    client.post("/settings/data/all", {"drop": str(ident)})
    assert [p.name for p in (tmp_path / "shelf").glob("*.zip")] == [foreign.name]
    os.utime(foreign, (1, 1))
    assert (shelf.clear(), foreign.exists()) == (1, False)


def test_nobody_else_is_called() -> None:
    """One module alone opens a connection to the outside: it calls what a company or its installation named."""
    clients = re.compile(
        r"^\s*(?:from|import) (?:urllib\.request|http\.client|requests|httpx|aiohttp|smtplib|ftplib|telnetlib)\b",
        re.MULTILINE,
    )
    found = [p for p in (ROOT / "backstay").rglob("*.py") if clients.search(p.read_text(encoding="utf-8"))]
    assert [p.name for p in found] == ["outbound.py"]
