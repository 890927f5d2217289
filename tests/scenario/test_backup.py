"""Backups: written while others post, compared, damaged, tried, brought back elsewhere; nothing sent before it is released."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backstay.base.errors import Refusal
from backstay.domains.sales import processes as sales
from backstay.ledger.verify import size
from backstay.platform import archive, backup, database, files, mail, restoring, sealing
from backstay.platform.home import home
from tests.conftest import EXTERNAL, ROOT, drop
from tests.trade import D, World

EMPTY = f"backstay_empty_{os.getpid()}"


@pytest.fixture
def traded(world: World) -> World:
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        order = world.order(ctx, {"A": 2})
        sales.confirm_orders(ctx, [order])
        sales.ship_orders(ctx, [sales.ShipDraft(order, D)])
        sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])
        world.paper = files.store(ctx, "paper.txt", b"what was agreed", "text/plain")  # type: ignore[attr-defined]
        mail.send(ctx, [{"to": ["c@example.com"], "subject": "s", "body": "b"}], ["one"])
    sealing.seal_company(world.company)
    return world


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Another data folder, and an empty database on the same server: the environment of a command."""
    from tests.conftest import admin

    with admin() as connection:
        owner = database.owner_url()["user"]
        connection.execute(f'CREATE DATABASE "{EMPTY}" TEMPLATE template0 OWNER "{owner}"')
    yield os.environ | {
        "BACKSTAY_HOME": str(tmp_path / "fresh"),
        "DATABASE_URL": database.url_text(database.owner_url() | {"dbname": EMPTY}),
        "DATABASE_RUNTIME_URL": database.url_text(database.runtime_url() | {"dbname": EMPTY}),
    }
    drop(EMPTY)


_WRITTEN: list[Path] = []


@pytest.fixture
def written(traded: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One backup for all tests that only read it."""
    if not _WRITTEN:
        _WRITTEN.append(backup.write(tmp_path_factory.mktemp("copies")))
    return _WRITTEN[0]


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_backup_comes_back_elsewhere_and_sends_nothing(
    traded: World, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    """Into a fresh folder and an empty database: the same figures, files, and silence until it is released."""
    made = backup.write(tmp_path / "copies")
    told = archive.check(made)
    done = run(elsewhere, "-m", "backstay", "restore", str(made))
    assert done.returncode == 0, done.stderr
    with psycopg.connect(elsewhere["DATABASE_URL"]) as connection:
        found = archive.figures(connection)
    assert found["companies"] == told["companies"]
    mine = next(c for c in told["companies"] if c["id"] == traded.company)
    with traded.work() as ctx:
        assert (mine["entries"], mine["postings"]) == size(ctx)
    assert mine["head"]
    more = {t: n - told["tables"][t] for t, n in found["tables"].items() if told["tables"][t] != n}
    paused = len(told["companies"])  # the trail tells that each company was paused
    assert more == {"platform_auditevent": paused, "unsealed": paused}
    verified = run(elsewhere, "-m", "backstay", "verify", "--company", str(traded.company))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    script = (
        "import django; django.setup()\n"
        "from backstay.platform import context, files, outbox\n"
        f"company, paper = {traded.company}, {traded.paper}\n"  # type: ignore[attr-defined]
        "with context.work(company, 'system:test') as ctx: print(files.read(ctx, paper)[1].decode())\n"
        "print('sent', outbox.send_due(company))\n"
    )
    assert run(elsewhere, "-c", script).stdout.splitlines() == ["what was agreed", "sent 0"]
    freed = run(elsewhere, "-m", "backstay", "release")
    assert freed.returncode == 0, freed.stderr
    assert run(elsewhere, "-c", script).stdout.splitlines()[-1] == "sent 1"
    again = run(elsewhere, "-m", "backstay", "restore", str(made))
    assert (again.returncode, "backup.not_empty" in again.stderr) == (3, True), again.stderr


def test_a_drill_finds_it_as_it_was(written: Path) -> None:
    """Into a database of its own, compared and gone; what differs is told."""
    with restoring.scratch(written) as (name, told, differences):
        assert differences == []
        assert told["companies"]
        assert name != database.owner_url()["dbname"]
    company = told["companies"][-1] | {"turnover": -1}
    assert (
        len(list(restoring._differences(told | {"companies": [*told["companies"][:-1], company]}, told))) == 1
    )


def test_a_backup_while_others_post_is_of_one_moment(traded: World, tmp_path: Path) -> None:
    """Entries come in all the while; what was dumped agrees with what was counted, and balances."""
    stop, posted = threading.Event(), []

    def post() -> None:
        from django.db import connection

        while not stop.is_set():
            with traded.work() as ctx:
                posted.append(traded.receive(ctx, "B", 1, 100).id)
        connection.close()

    worker = threading.Thread(target=post)
    worker.start()
    try:
        made = backup.write(tmp_path / "copies")
    finally:
        stop.set()
        worker.join()
    assert len(posted) > 3, "nothing was posted meanwhile"
    with restoring.scratch(made) as (_name, _told, differences):
        assert differences == []


def test_a_damaged_backup_is_refused_and_says_where(written: Path, tmp_path: Path) -> None:
    """A flipped byte anywhere, an end too early: named by its place, and nothing is restored."""
    content = written.read_bytes()
    at = content.index(b"what was agreed")
    paper = re.compile(rb"files/../[0-9a-f]{64}")
    assert paper.search(content)
    cases = {
        "files/": content[:at] + b"W" + content[at + 1 :],
        "database.dump": content.replace(b"PGDMP", b"PGDMQ", 1),
        "manifest.json": content.replace(b'"entries": ', b'"entries":  ', 1)[: len(content)],
        "": content[: len(content) // 2],
    }
    for where, damaged in cases.items():
        path = tmp_path / "damaged.tar"
        path.write_bytes(damaged)
        with pytest.raises(Refusal) as refused:
            archive.check(path)
        assert refused.value.code == "backup.damaged"
        assert where in refused.value.message
    step = max(len(content) // 40, 1)
    for n in range(0, len(content) - 1024, step):  # anywhere that is not padding
        flipped = bytearray(content)
        flipped[n] ^= 1
        path.write_bytes(flipped)
        if content[n]:  # zeros fill up to whole blocks
            with pytest.raises(Refusal):
                archive.check(path)


def test_what_a_killed_backup_left_goes_with_the_next(traded: World, tmp_path: Path) -> None:
    """Its working folder holds plain parts. What another backup still works in stays."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, busy = (
        home() / f".backup-{pid}-{name}" for pid, name in ((ended.pid, "dead"), (os.getpid(), "busy"))
    )
    for folder in (left, busy):
        folder.mkdir()
        (folder / "database").write_text("plain")
    backup.write(tmp_path)
    assert (left.exists(), busy.exists()) == (False, True)
    shutil.rmtree(busy)


def test_an_encrypted_backup_holds_the_secrets_and_opens_with_its_key(traded: World, tmp_path: Path) -> None:
    """By age: another key, a damaged byte are refused; with the key the secrets are there; the name tells."""
    import pyrage

    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for name, key in (("mine", mine), ("other", other)):
        (tmp_path / name).write_text(f"{key}\n")
    made = backup.write(tmp_path / "copies", [str(mine.to_public())])
    assert made.name.endswith(".tar.age")
    assert b"what was agreed" not in made.read_bytes()
    told = archive.check(made, tmp_path / "mine")
    assert {"secrets.json", "database.dump"} <= set(told["members"])
    for key_file in (None, tmp_path / "other"):
        with pytest.raises(Refusal) as refused:
            archive.check(made, key_file)
        assert refused.value.code in ("backup.key", "backup.damaged")
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    made.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        archive.check(made, tmp_path / "mine")
    assert refused.value.code == "backup.damaged"
    with pytest.raises(Refusal) as refused:
        backup.write(tmp_path / "copies", ["age1nonsense"])
    assert refused.value.code == "backup.key"


def test_a_key_from_the_command_line_opens_what_is_written_for_it(traded: World, tmp_path: Path) -> None:
    """`backup key` prints what to encrypt for; the file opens the copy, is its owner's alone, and is never written over."""
    made = run(dict(os.environ), "-m", "backstay", "backup", "key", str(tmp_path / "key.txt"))
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "key.txt").stat().st_mode & 0o077 == 0
    copy = backup.write(tmp_path / "copies", [made.stdout.strip()])
    assert archive.check(copy, tmp_path / "key.txt")["companies"]
    again = run(dict(os.environ), "-m", "backstay", "backup", "key", str(tmp_path / "key.txt"))
    assert (again.returncode, "backup.key" in again.stderr) == (3, True), again.stderr


def test_a_schedule_writes_one_a_day_and_keeps_so_many(
    traded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Due when the newest is a day old; the oldest go; doctor tells the age."""
    from backstay.platform import doctor

    monkeypatch.setattr(backup, "home", lambda: tmp_path)
    assert backup.plan() is None
    assert backup.when_due() is None
    assert "none is made" in next(iter(doctor._copies())).found
    backup.schedule(backup.Plan(tmp_path / "copies", 2))
    first = backup.when_due()
    assert first is not None
    assert backup.when_due() is None, "one a day"
    assert [f.ok for f in doctor._copies()] == [True]
    for n, stamp in enumerate(("20250101T000000Z", "20250102T000000Z"), 1):
        old = first.with_name(f"backstay-{stamp}.tar")
        old.write_bytes(b"old")
        os.utime(old, (n, n))
    os.utime(first, (3, 3))
    assert not next(iter(doctor._copies())).ok
    second = backup.when_due()
    assert second is not None
    assert {c.path.name for c in backup.copies(tmp_path / "copies")} >= {second.name}
    assert len(backup.copies(tmp_path / "copies")) == 2


@pytest.mark.long
@pytest.mark.skipif(bool(EXTERNAL), reason="the embedded server's database is named by the environment")
def test_drill_from_the_command_line(written: Path) -> None:
    """`backstay restore --drill` verifies the books of every company of the copy."""
    done = run(dict(os.environ), "-m", "backstay", "restore", "--drill", str(written))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It comes back as it was" in done.stdout


def test_killed_while_restoring_nothing_can_run_or_send(
    written: Path, elsewhere: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended after the rows are back: every company is paused already, and the run-time role may read nothing yet."""

    def ends(*_told: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_renamed", ends)
    monkeypatch.setattr(restoring, "home", lambda: tmp_path)
    monkeypatch.setattr(backup, "home", lambda: tmp_path)
    monkeypatch.setattr(
        database, "owner_url", lambda: psycopg.conninfo.conninfo_to_dict(elsewhere["DATABASE_URL"])
    )
    monkeypatch.setattr(database, "prepare", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        restoring.restore(written)
    with psycopg.connect(elsewhere["DATABASE_URL"]) as owner:
        unpaused = "SELECT count(*), count(*) FILTER (WHERE NOT settings ? 'paused') FROM backstay.company"
        many, free = owner.execute(unpaused).fetchone() or (0, 1)
    assert many > 0
    assert free == 0
    with (
        psycopg.connect(elsewhere["DATABASE_RUNTIME_URL"]) as role,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        role.execute("SELECT count(*) FROM backstay.platform_outbox")


def test_nothing_plain_lies_where_copies_go(
    traded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an encrypted copy is written, its folder never holds what can be read; failing, it holds nothing."""
    import pyrage

    seen: list[str] = []

    def looks(source: object, out: object, keys: object) -> None:
        seen.extend(p.name for p in (tmp_path / "copies").rglob("*"))
        raise OSError("the disk is full")

    monkeypatch.setattr(pyrage, "encrypt_io", looks)
    key = pyrage.x25519.Identity.generate().to_public()
    with pytest.raises(OSError, match="full"):
        backup.write(tmp_path / "copies", [str(key)])
    assert [n for n in seen if not n.endswith(".tar.age.part")] == []
    assert list((tmp_path / "copies").iterdir()) == []
