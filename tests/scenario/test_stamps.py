"""Heads that others keep: by webhook, and stamped by an authority (openssl, on this machine) as RFC 3161 says."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rfc3161_client import decode_timestamp_response

from backstay.base import clock
from backstay.base.errors import Denied, Refusal
from backstay.base.seal import heads_of
from backstay.domains.catalog.processes import change_items
from backstay.interfaces.cli.main import cli
from backstay.platform import outbound, outbox, rows, sealing, sending, stamping, webhooks
from backstay.platform.models import SealStamp
from tests.authority import OPENSSL, Authority, authority
from tests.scenario.test_seal import superuser
from tests.trade import World
from tests.webservers import serving

__all__ = ["superuser"]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("tsa")) as made:
        yield made


@pytest.fixture
def tsa(there: Authority, world: World, monkeypatch: pytest.MonkeyPatch) -> Authority:
    there.instead, there.status = None, 200
    there.asked.clear()
    monkeypatch.setenv(outbound.ENVIRONMENT, there.url.rpartition("/")[0])
    with world.work() as ctx:
        stamping.choose(ctx, stamping.Authority(there.url, there.root, "block"))
    return there


def changed(world: World) -> None:
    with world.work() as ctx:
        change_items(ctx, [world.items["A"]], {"name": [f"A at {clock.now()}"]})


def sealed(world: World) -> Any:
    changed(world)
    sealing.seal_company(world.company)
    with world.work() as ctx:
        return sealing.head(ctx)


def kept(world: World) -> list[SealStamp]:
    with world.work() as ctx:
        return stamping.stamps(ctx)


def test_a_head_is_stamped_and_the_stamp_kept(world: World, tsa: Authority, tmp_path: Path) -> None:
    head = sealed(world)
    outbox.send_due(world.company)
    (stamp,) = kept(world)
    assert stamp.head == str(head) and stamp.block == head.block
    assert abs(stamp.at - clock.now()) < timedelta(minutes=2)
    assert tsa.asked[0].headers["content-type"] == "application/timestamp-query"
    # anybody checks it with openssl alone
    (tmp_path / "head.txt").write_text(stamp.head)
    (tmp_path / "head.tsr").write_bytes(bytes(stamp.answer))
    (tmp_path / "ca.pem").write_text(tsa.root)
    told = [OPENSSL, "ts", "-verify", "-data", "head.txt", "-in", "head.tsr", "-CAfile", "ca.pem"]
    assert subprocess.run(told, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "head.txt").write_text(stamp.head.replace("block=", "block=1"))
    assert subprocess.run(told, cwd=tmp_path, capture_output=True, check=False).returncode != 0
    assert outbox.send_due(world.company) == 0 and len(kept(world)) == 1


def test_an_answer_that_does_not_fit_is_not_kept(world: World, tsa: Authority, tmp_path: Path) -> None:
    head = sealed(world)
    with world.work() as ctx:
        stamping.stamp(ctx, head)
    good = bytes(kept(world)[0].answer)
    flipped = bytearray(good)
    flipped[-20] ^= 1  # in the signature
    (tmp_path / "reject").mkdir()
    wrong = {
        "an old answer": good,
        "nothing": b"",
        "noise": b"\x30\x82" + b"x" * 50,
        "a page": b"<html>",
        "a flipped bit": bytes(flipped),
    }
    for what, said in wrong.items():
        tsa.instead = said
        with world.work() as ctx, pytest.raises(Refusal, match=r"seal\.stamp"):
            stamping.stamp(ctx, head)
        assert len(kept(world)) == 1, what
    tsa.instead, tsa.status = good, 500
    with world.work() as ctx, pytest.raises(Refusal, match="answered 500"):
        stamping.stamp(ctx, head)
    tsa.instead, tsa.status = None, 200
    later = type(head)(head.company, head.block, head.hash, head.at + 3_600_000_000)
    with world.work() as ctx, pytest.raises(Refusal, match="before the block"):
        stamping.stamp(ctx, later)


def test_what_a_token_must_be(world: World, tsa: Authority, tmp_path: Path) -> None:
    head = sealed(world)
    with world.work() as ctx:
        stamping.stamp(ctx, head)
    token = bytes(kept(world)[0].answer)
    assert stamping.checked(token, str(head), tsa.root)
    with pytest.raises(Refusal, match="Nonce"):
        stamping.checked(token, str(head), tsa.root, 12345)
    with pytest.raises(Refusal, match="Mismatch"):
        stamping.checked(token, str(head) + "0", tsa.root)
    with authority(tmp_path / "other") as other, pytest.raises(Refusal, match=r"seal\.stamp"):
        stamping.checked(token, str(head), other.root)
    with pytest.raises(Refusal, match=r"seal\.roots"):
        stamping.checked(token, str(head), (tsa.folder / "tsa.pem").read_text())
    # a certificate of the same root that is for web servers: openssl itself refuses to sign with it, so a signed message of it is made
    made = tmp_path / "made"
    made.mkdir()
    (made / "token").write_bytes(decode_timestamp_response(token).time_stamp_token())
    subprocess.run(
        [OPENSSL, "cms", "-verify", "-noverify", "-inform", "DER", "-in", "token", "-out", "info"],
        cwd=made,
        check=True,
        capture_output=True,
    )
    subprocess.run([OPENSSL, "cms", "-sign", "-binary", "-nodetach", "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-in", "info", "-signer", str(tsa.folder / "web.pem"),
                    "-inkey", str(tsa.folder / "web.key"), "-outform", "DER", "-out", "forged", "-md", "sha256"], cwd=made, check=True, capture_output=True)  # fmt: skip
    inner = (made / "forged").read_bytes()
    body = b"\x30\x03\x02\x01\x00" + inner
    forged = b"\x30\x82" + len(body).to_bytes(2, "big") + body
    with pytest.raises(Refusal, match=r"seal\.stamp"):
        stamping.checked(forged, str(head), tsa.root)


def test_an_authority_that_is_away_is_asked_again(world: World, tsa: Authority) -> None:
    sealed(world)
    tsa.instead, tsa.status = b"", 503
    assert outbox.send_due(world.company) == 0 and kept(world) == []
    tsa.instead, tsa.status = None, 200
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert outbox.send_due(world.company) == 1
    assert len(kept(world)) == 1


def test_each_day_or_each_block_or_nobody(world: World, tsa: Authority) -> None:
    with world.work() as ctx:
        stamping.choose(ctx, stamping.Authority(tsa.url, tsa.root, "day"))
    for _ in range(3):
        sealed(world)
    outbox.send_due(world.company)
    assert len(kept(world)) == 1
    with clock.at(clock.now() + timedelta(days=1)):
        sealed(world)
        with world.work() as ctx:
            assert rows.execute("SELECT count(*) FROM platform_outbox WHERE topic = 'stamp'") == [(2,)]
    with world.work() as ctx:
        stamping.choose(ctx, stamping.Authority())
    with world.work() as ctx:
        with pytest.raises(Refusal, match=r"seal\.authority"):
            stamping.stamp(ctx, sealing.head(ctx))
        for wrong in (
            stamping.Authority(tsa.url, "no certificate"),
            stamping.Authority("https://10.0.0.1/", tsa.root),
        ):
            with pytest.raises(Refusal):
                stamping.choose(ctx, wrong)
    with world.work("user:999999") as ctx, pytest.raises(Denied):
        stamping.choose(ctx, stamping.Authority())


def test_verify_finds_a_stamp_of_another_history(world: World, tsa: Authority, superuser: Any) -> None:
    head = sealed(world)
    with world.work() as ctx:
        stamping.stamp(ctx, head)
        assert list(stamping.whole_stamps(ctx)) == []
    copy = "SELECT * FROM platform_sealstamp WHERE company_id = %s"
    for change in (
        "at = at - interval '1 day'",
        "head = replace(head, 'hash=', 'hash=0')",
        "block = block + 1",
        "answer = substr(answer, 1, 100)",
    ):
        superuser.execute(f"CREATE TEMP TABLE before AS {copy}", [world.company])
        superuser.execute(f"UPDATE platform_sealstamp SET {change} WHERE company_id = %s", [world.company])
        with world.work() as ctx:
            assert list(stamping.whole_stamps(ctx)), change
        superuser.execute("DELETE FROM platform_sealstamp WHERE company_id = %s", [world.company])
        superuser.execute("INSERT INTO platform_sealstamp OVERRIDING SYSTEM VALUE SELECT * FROM before")
        superuser.execute("DROP TABLE before")


def test_the_command_line_stamps_and_checks_without_a_database(
    world: World, tsa: Authority, tmp_path: Path
) -> None:
    def say(*words: str) -> str:
        return (
            CliRunner()
            .invoke(cli, ["seal", "--company", str(world.company), *words], catch_exceptions=False)
            .output
        )

    ca = tmp_path / "ca.pem"
    ca.write_text(tsa.root)
    assert say("authority", tsa.url, "--ca", str(ca)).startswith(tsa.url)
    assert say("authority") == f"{tsa.url}, each day\n"
    head = sealed(world)
    assert f"block {head.block} was there at" in say("stamp")
    assert f"block {head.block:>6}" in say("stamps", "--to", str(tmp_path / "out"))
    files = [str(tmp_path / "out" / f"block-{head.block}.{end}") for end in ("tsr", "txt")]
    assert str(head) in say("verify", *files, "--ca", str(ca))
    Path(files[1]).write_text(str(head).replace("hash=", "hash=0")[:-1])
    with pytest.raises(Refusal, match=r"seal\.stamp"):
        say("verify", *files, "--ca", str(ca))
    say("export", str(tmp_path / "sealed.zip"))
    with zipfile.ZipFile(tmp_path / "sealed.zip") as packed:
        assert packed.read(f"stamps/block-{head.block}.txt").decode() == str(head)
        assert stamping.checked(packed.read(f"stamps/block-{head.block}.tsr"), str(head), tsa.root)
    assert say("authority", "--none") == "Nobody stamps heads.\n"


def test_heads_go_out_by_webhook(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """And their going makes nothing that is sealed again: no end would come of it."""
    with serving(lambda _: (204, {}, b"")) as (port, came):
        monkeypatch.setenv(outbound.ENVIRONMENT, f"http://127.0.0.1:{port}")
        with world.work() as ctx:
            (made,) = webhooks.create_webhooks(
                ctx, [webhooks.WebhookDraft("Auditor", f"http://127.0.0.1:{port}/", (webhooks.EVERY,))]
            )
        head = sealed(world)
        sending.send(world.company, made.id)
        told = [t for t in map(json.loads, (a.body for a in came)) if t["type"] == "platform.seal_head"]
        assert [heads_of(t["data"]["head"]) for t in told][-1] == [head]
        assert sealing.seal_company(world.company) == 0
        assert sending.send(world.company, made.id) == 0
