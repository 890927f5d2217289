"""Looking into the trail: the page, its export, the command line; and the seal beside it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from django.core import mail as sent
from django.test import Client

from backstay.base import seal as chain
from backstay.domains.accounting.processes import create_company
from backstay.domains.parties.processes import PartyDraft, change_parties, create_parties
from backstay.interfaces import looking
from backstay.interfaces.cli.main import cli
from backstay.platform import context, heads, outbox, rows, sealing
from backstay.platform.models import Membership, User


@pytest.fixture(scope="module")
def made(database: str) -> tuple[int, Client, list[int]]:
    """A company of an owner who changed parties, some more than a page."""
    company = create_company("Trail", actor="system:test", first_year=2026)
    user = User.objects.create_user("olga@trail.example", "correct horse battery", name="Olga Owner")
    with context.work(company, "system:test") as ctx:
        rows.insert(Membership, {"user_id": [user.pk], "role": ["owner"], "since_on": [ctx.today]})
    with context.work(company, f"user:{user.pk}") as ctx:
        ids = create_parties(ctx, [PartyDraft(f"Partner {n}", email=f"p{n}@x.example") for n in range(60)])
        change_parties(ctx, ids[:1], {"payment_days": [9]})
    client = Client()
    client.get("/sign-in")
    client.force_login(user)
    return company, client, ids


@pytest.fixture
def ctx(made: Any) -> Iterator[Any]:
    with context.work(made[0], "system:test") as opened:
        yield opened


def test_the_page_tells_in_words(made: Any) -> None:
    """Names and labels, no columns and no JSON; older pages by a link."""
    _company, client, ids = made
    html = client.get("/settings/audit").content.decode()
    assert "Olga Owner" in html
    assert f'href="/parties/parties/{ids[0]}"' in html or "Partner 0" in html
    assert '<span class="was">30</span> to <b>9</b>' in html
    assert "payment_days" not in html
    older = re.search(r'href="\?(after=[\d.]+)"', html)
    assert older
    again = client.get(f"/settings/audit?{older[1]}").content.decode()
    assert "<table" in again
    assert client.get("/settings/audit?after=nonsense").status_code == 409
    assert client.get("/settings/audit?since=nonsense").status_code == 409


def test_search_by_everything(made: Any, ctx: Any) -> None:
    """Person, days, kind, object, act, words; what does not fit is not there."""
    _company, _client, ids = made
    today = ctx.today
    asked = [
        ({"who": "system:test", "kind": "parties.party"}, 0),
        ({"kind": "parties.party", "event": "update"}, 1),
        ({"kind": "parties.party", "object_id": ids[3]}, 1),
        ({"kind": "parties.party", "since": today, "until": today}, 61),
        ({"kind": "parties.party", "since": today + timedelta(days=1)}, 0),
        ({"kind": "parties.party", "until": today - timedelta(days=1)}, 0),
        ({"kind": "parties.party", "text": "partner 7"}, 1),
        ({"text": "nobody at all"}, 0),
    ]
    for given, count in asked:
        found, _ = looking.page(ctx, looking.Asked(**given), 100)
        assert len(found) == count, given
    everything = list(looking.every(ctx, looking.Asked(kind="parties.party")))
    by_pages, after = [], ""
    while True:
        found, after = looking.page(ctx, looking.Asked(kind="parties.party", after=after), 7)
        by_pages += found
        if not after:
            break
    assert [t.id for t in by_pages] == [t.id for t in everything]
    assert len(everything) == 61
    assert ("user" in str(looking.known(ctx)["people"])) is True


def test_every_search_reads_an_index(made: Any, ctx: Any, owner: psycopg.Connection[Any]) -> None:
    """At ten million events as at a hundred: no question sorts or reads the whole trail."""
    rows.execute(
        "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)"
    )
    day = date(2026, 1, 1)
    for given in (
        {},
        {"who": "user:1"},
        {"kind": "parties.party"},
        {"event": "update"},
        {"since": day, "until": day},
    ):
        query = looking._chosen(ctx, looking.Asked(**given)).order_by("-at", "-pk")[:50]
        plan = query.explain()
        assert "Sort" not in plan, plan
        assert "Index" in plan, plan


def test_the_search_is_a_file_too(made: Any) -> None:
    """CSV and XLSX of what was asked for; that it was taken is told."""
    company, client, _ids = made
    answer = client.get("/settings/audit?kind=parties.party&as=csv")
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0][:4] == ["At", "Who", "Did", "What"]
    assert len(table) == 62
    assert any("p7@x.example" in row[5] for row in table)
    assert client.get("/settings/audit?as=xlsx").content[:2] == b"PK"
    with context.work(company, "system:test") as ctx:
        assert looking.page(ctx, looking.Asked(kind="platform.audit", event="export"))[0]


def test_on_the_command_line(made: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``backstay audit`` and ``backstay seal``: told, sealed, exported, checked with the key alone; a head that does not fit."""
    company = str(made[0])

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)

    told = run("audit", "--kind", "parties.party", "--event", "update", "--company", company)
    assert "Olga Owner changed" in told.output
    assert "30 → 9" in told.output
    lines = run("audit", "--format", "json", "--limit", "5", "--company", company).output.splitlines()
    assert len([json.loads(line) for line in lines]) == 5
    assert run("seal", "--company", company, "now").exit_code == 0
    status = run("seal", "--company", company).output
    assert "sealed until" in status
    key = status.split("key ")[1].split()[0]
    (tmp_path / "head.txt").write_text(run("seal", "--company", company, "head").output)
    path = tmp_path / "x.zip"
    assert run("seal", "--company", company, "export", str(path)).exit_code == 0
    for arguments in (("--key", key), ("--key", key, "--head", str(tmp_path / "head.txt"))):
        with pytest.raises(SystemExit) as ended:
            run("verify", "--export", str(path), *arguments)
            raise SystemExit(0)
        assert ended.value.code == 0
    bare = tmp_path / "bare.zip"
    assert run("seal", "--company", company, "export", str(bare), "--without-personal").exit_code == 0
    assert chain.verify(chain.read(bare), key).found == []
    assert "p7@x.example" in "".join(json.dumps(line) for line in chain.read(path))
    assert "p7@x.example" not in "".join(json.dumps(line) for line in chain.read(bare))
    checked = run("verify", "--company", company, "--head", str(tmp_path / "head.txt"))
    assert checked.exit_code == 0
    assert "ok    seal.head" in checked.output
    assert run("seal", "--company", company, "rotate").exit_code == 0


def test_heads_go_out_by_mail(made: Any) -> None:
    """After each block or once a day, through the outbox; the mail holds the head that verify reads."""
    company, client, _ids = made
    assert (
        client.post("/settings/audit/heads", {"to": "notary@x.example", "every": "block"}).status_code == 302
    )
    assert client.post("/settings/audit/heads", {"to": "nobody", "every": "block"}).status_code == 409
    sealing.seal_company(company)
    with context.work(company, "system:test") as ctx:
        assert heads.plan(ctx) == ("notary@x.example", "block")
        head = sealing.head(ctx)
    sent.outbox = []  # type: ignore[attr-defined]
    outbox.send_due(company)
    assert [m.to for m in sent.outbox] == [["notary@x.example"]]
    assert chain.heads_of(str(sent.outbox[0].body)) == [head]
    with context.work(company, "system:test") as ctx:
        heads.keep(ctx, "notary@x.example", "day")
    sealing.seal_company(company)
    outbox.send_due(company)
    assert len(sent.outbox) == 1  # today's has gone
