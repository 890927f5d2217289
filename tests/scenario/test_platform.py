"""Outbox, mail, files, history, rights, states, charts: what every domain stands on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from backstay.base import clock
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.domains.accounting.processes import create_company
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.platform import access, audit, files, mail, outbox, rows
from backstay.platform.context import work as open_work
from backstay.platform.logs import redact
from tests.conftest import shared


class Server:
    """A real SMTP server on this machine that keeps what it gets, and may refuse."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.refusing = False

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        if self.refusing:
            return "451 later"
        self.messages.append(envelope)
        return "250 kept"


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    from aiosmtpd.controller import Controller

    server = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in (
        ("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"), ("EMAIL_HOST", "127.0.0.1"), ("EMAIL_PORT", port),
        ("EMAIL_USE_TLS", False), ("EMAIL_HOST_USER", ""), ("EMAIL_HOST_PASSWORD", ""),
    ):  # fmt: skip
        monkeypatch.setattr(settings, name, value)
    yield server
    controller.stop()


def _send(company: int, key: str, **more: Any) -> None:
    with open_work(company, "system:test") as ctx:
        mail.send(
            ctx, [{"to": ["ann@example.com"], "subject": "Your\ninvoice", "body": "Dear Ann", **more}], [key]
        )


def test_mail_leaves_after_commit_once(company: int, smtp: Server) -> None:
    """FAILURES 51–53: a rollback sends nothing; a commit sends; a second delivery run sends nothing more."""
    with pytest.raises(Refusal), open_work(company, "system:test") as ctx:
        mail.send(ctx, [{"to": ["x@example.com"], "subject": "s", "body": "b"}], ["gone"])
        raise Refusal("test.stop", "taken back")
    assert outbox.send_due(company) == 0
    with open_work(company, "system:test") as ctx:
        stored = files.store(ctx, "invoice.pdf", b"%PDF-1.7 paper", "application/pdf")
    _send(company, "invoice-1", files=[stored])
    assert outbox.send_due(company) == 1
    assert outbox.send_due(company) == 0
    text = smtp.messages[0].content.decode()
    assert "Subject: Your invoice" in text
    assert "Message-ID: <invoice-1." in text
    assert 'filename="invoice.pdf"' in text
    with pytest.raises(Refusal, match=r"outbox\.key_once"):
        _send(company, "invoice-1")


def test_a_refused_mail_is_tried_again_in_order(company: int, smtp: Server) -> None:
    """What fails waits with a back-off, holds back what stands behind it, and leaves the reason."""
    smtp.refusing = True
    _send(company, "a")
    _send(company, "b")
    assert outbox.send_due(company) == 0
    with open_work(company, "system:test"):
        assert rows.execute(
            "SELECT key, attempts, error LIKE '%%451%%' FROM platform_outbox ORDER BY id"
        ) == [("a", 1, True), ("b", 0, False)]
    smtp.refusing = False
    assert outbox.send_due(company) == 0
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert outbox.send_due(company) == 2
    assert ["<a." in m.content.decode() for m in smtp.messages] == [True, False]


def test_the_worker_learns_which_companies_wait(company: int) -> None:
    """And nothing else: the list needs no company, the messages do."""
    _send(company, "waiting")
    assert (company,) in rows.execute("SELECT companies_with_outbox()")
    assert rows.execute("SELECT count(*) FROM platform_outbox") == [(0,)]
    assert rows.execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = 'outbox' AND status = 'todo'"
    ) == [(1,)]


def test_files(company: int, tmp_path: Any) -> None:
    """Content is kept once under its hash; a changed byte is noticed; another company has no such file."""
    other = create_company("Files", actor="system:test", first_year=2026)
    with open_work(company, "system:test") as ctx:
        one, two = (files.store(ctx, name, b"the same", "text/plain") for name in ("../../a.txt", "b.txt"))
        files.attach(ctx, "sales.order", [1], [one])
        stored, content = files.read(ctx, one)
        assert (stored.name, content) == ("a.txt", b"the same")
        assert files.read(ctx, two)[0].sha256 == stored.sha256
        path = files._path(stored.sha256)
        with pytest.raises(Refusal, match=r"files\.size"):
            files.store(ctx, "big", b"x" * (files.LIMIT + 1), "text/plain")
    with open_work(other, "system:test") as ctx, pytest.raises(NotFound):
        files.read(ctx, one)
    path.write_bytes(b"changed!")
    with open_work(company, "system:test") as ctx, pytest.raises(Refusal, match=r"files\.damaged"):
        files.read(ctx, one)
    path.unlink()
    with open_work(company, "system:test") as ctx, pytest.raises(NotFound, match=r"files\.missing"):
        files.read(ctx, one)


def test_strangers_may_nothing(company: int) -> None:
    """Denied unless allowed, and nothing is stored."""
    for actor in ("user:999999", "user:abc", "somebody", ""):
        with pytest.raises(Refusal) as caught, open_work(company, actor) as ctx:
            create_parties(ctx, [PartyDraft("X")])
        assert isinstance(caught.value, Denied) or caught.value.code == "access.company"
    with open_work(company, "system:test") as ctx:
        assert access.may(ctx, "anything")
        assert rows.execute("SELECT count(*) FROM parties_party") == [(0,)]


def test_rows_name_what_is_missing(company: int) -> None:
    from backstay.domains.parties.models import Party

    with open_work(company, "system:test") as ctx:
        party = create_parties(ctx, [PartyDraft("X")])[0]
        with pytest.raises(NotFound, match="999999999"):
            rows.lock(Party, [party, 999999999], "name")
        assert rows.insert(Party, {"name": [], "kind": []}) == []
        assert rows.update(Party, [], {"name": []}) == 0
        with pytest.raises(ValueError, match="differ in length"):
            rows.insert(Party, {"name": ["a"], "kind": []})
        with pytest.raises(LookupError):
            rows.of(Party, "id", [party], "no_such")
        audit.record(ctx, "x.y", [1, 2], "e", [{"a": "ü\"'"}, {"b": [1]}])
        assert (
            rows.execute("SELECT data FROM platform_auditevent WHERE kind = 'x.y' ORDER BY object_id")[0][0]
            is not None
        )


def test_secrets_never_reach_the_logs() -> None:
    event = {
        "event": "x",
        "password": "p",
        "api_key": "k",
        "url": "postgresql://me:pw@host/db",
        "iban": "DE1",
        "count": 3,
    }
    cleaned = redact(None, "info", dict(event))
    assert json.dumps(cleaned, ensure_ascii=False).count("…") == 4
    assert "pw" not in cleaned["url"]


def test_charts_of_other_countries(database: str) -> None:
    """Every chart at hand becomes a company that can trade; a broken file is named."""
    folder = shared("data/charts/erpnext_json")
    found = sorted(folder.glob("*.json"))
    assert len(found) >= 6
    for path in found:
        if path.name.startswith("be_"):  # its headings do not say what they are: refused rather than guessed
            with pytest.raises(Refusal, match=r"accounting\.chart"):
                create_company("Belgian", actor="system:test", chart=str(path), first_year=2026)
            continue
        company = create_company(path.stem[:60], actor="system:test", chart=str(path), first_year=2026)
        with open_work(company, "system:test") as ctx:
            count = rows.execute(
                "SELECT count(*), count(*) FILTER (WHERE postable), count(DISTINCT role) FROM account WHERE company_id = %s",
                [company],
            )[0]
            assert count[0] > 60, path.name
            assert count[2] == len(ctx.accounts) > 40


def test_a_broken_chart_leaves_nothing(database: str, tmp_path: Any) -> None:
    """FAILURES 69: all or nothing."""
    broken = tmp_path / "chart.json"
    before = rows.execute("SELECT count(*) FROM company", using="owner")
    for content in ("{", '{"tree": {"Assets": {}}}', '{"tree": []}', "[]"):
        broken.write_text(content)
        with pytest.raises(Refusal, match=r"accounting\.chart"):
            create_company("Broken", actor="system:test", chart=str(broken), first_year=2026)
    assert rows.execute("SELECT count(*) FROM company", using="owner") == before
