"""Webhooks: signed, in order for each object, patient, seen, sent again; by real servers on this machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connections
from django.test import Client

from backstay.base import clock
from backstay.base.errors import Denied, NotFound, Refusal
from backstay.domains.catalog.processes import change_items
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.sales import processes as sales
from backstay.interfaces.cli.main import cli
from backstay.platform import events, outbound, outbox, rows, sending, webhooks
from backstay.platform.models import Membership, Notice, Outbox, User, Webhook
from backstay.platform.webhooks import WebhookDraft
from tests.conftest import ROOT
from tests.scenario.test_sign_in import PASSWORD, mails, sign_in
from tests.trade import D, World
from tests.webservers import Asked, serving


class Receiver:
    """What a receiver answers, and what came to it."""

    def __init__(self) -> None:
        self.port, self.came = 0, list[Asked]()
        self.says: Callable[[Asked], tuple[int, dict[str, str], bytes]] = lambda _: (204, {}, b"")

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(each.body) for each in self.came]

    @property
    def numbers(self) -> list[str]:
        return [t["data"].get("number", "") for t in self.told]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    made = Receiver()
    with serving(lambda asked: made.says(asked)) as (port, came):
        made.port, made.came = port, came
        monkeypatch.setenv(outbound.ENVIRONMENT, f"http://127.0.0.1:{port}")
        yield made


@pytest.fixture
def hooked(world: World, receiver: Receiver) -> webhooks.Made:
    return add(world, receiver)


def add(world: World, receiver: Receiver, name: str = "Shop", *wanted: str) -> webhooks.Made:
    address = f"http://127.0.0.1:{receiver.port}/hooks/{name}"
    with world.work() as ctx:
        return webhooks.create_webhooks(ctx, [WebhookDraft(name, address, wanted or ("*",))])[0]


def send(world: World, hook: webhooks.Made, after: timedelta | None = None) -> int:
    if after is None:
        return sending.send(world.company, hook.id)
    with clock.at(clock.now() + after):
        return sending.send(world.company, hook.id)


def ordered(world: World, count: int = 1) -> list[tuple[int, str]]:
    """(id, number) of orders that were confirmed just now."""
    with world.work() as ctx:
        line = (sales.OrderLineDraft(world.items["A"], Decimal(1)),)
        draft = sales.QuotationDraft(world.parties["C1"], D, line, world.places["W1"])
        world.receive(ctx, "A", count, 1000 * count)
        ids = sales.create_quotations(ctx, [draft] * count)
    with world.work() as ctx:
        return list(zip(ids, sales.confirm_orders(ctx, ids), strict=True))


def look(world: World, hook: webhooks.Made) -> Webhook:
    with world.work() as ctx:
        return webhooks.webhook(ctx, hook.id)


def states(world: World, hook: webhooks.Made) -> dict[str, int]:
    with world.work() as ctx:
        return webhooks.counts(ctx).get(hook.id, {})


# ---- what is said ----


def test_an_event_goes_out_signed_with_its_transaction(world: World, receiver: Receiver) -> None:
    """FAILURES 51: nothing is told of what was taken back; what was committed is told."""
    hook = add(world, receiver, "Shop", "sales.order_confirmed")
    with pytest.raises(Refusal), world.work() as ctx:
        line = (sales.OrderLineDraft(world.items["A"], Decimal(1)),)
        world.receive(ctx, "A", 5, 5000)
        (ident,) = sales.create_quotations(
            ctx, [sales.QuotationDraft(world.parties["C1"], D, line, world.places["W1"])]
        )
        sales.confirm_orders(ctx, [ident])
        raise Refusal("test.stop", "taken back")
    assert send(world, hook) == 0 and receiver.came == []
    ((ident, number),) = ordered(world)
    assert send(world, hook) == 1
    (asked,) = receiver.came
    said = json.loads(asked.body)
    assert said["type"] == "sales.order_confirmed" and re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said["timestamp"]
    )
    assert said["data"] == {
        "version": 1,
        "company": world.company,
        "kind": "sales.order",
        "id": ident,
        "number": number,
    }
    assert asked.headers["content-type"] == "application/json" and re.fullmatch(
        r"msg_[0-9a-f]{32}", asked.headers["webhook-id"]
    )
    # by the words of the standard, not by ours
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    plain = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
    expected = base64.b64encode(hmac.new(key, plain, hashlib.sha256).digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{expected}" and len(key) == 32
    assert abs(int(asked.headers["webhook-timestamp"]) - clock.now().timestamp()) < 300
    assert send(world, hook) == 0 and len(receiver.came) == 1


def test_the_signature_is_that_of_the_standards_example() -> None:
    """The test vector that implementations of Standard Webhooks share."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert (
        sending.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_while_a_secret_changes_both_sign(world: World, receiver: Receiver, hooked: webhooks.Made) -> None:
    with world.work() as ctx:
        fresh = webhooks.rotate_secret(ctx, hooked.id, 2)
        webhooks.test(ctx, hooked.id)
    assert send(world, hooked) == 1
    asked = receiver.came[0]
    told = [asked.headers["webhook-id"], int(asked.headers["webhook-timestamp"]), asked.body]
    assert asked.headers["webhook-signature"].split() == [
        sending.sign(s, *told) for s in (fresh, hooked.secret)
    ]
    assert receiver.told[0]["type"] == "backstay.test"
    later = clock.now() + timedelta(hours=3)
    with clock.at(later):
        with world.work() as ctx:
            webhooks.test(ctx, hooked.id)
        send(world, hooked)
    assert len(receiver.came[1].headers["webhook-signature"].split()) == 1
    with world.work() as ctx, pytest.raises(Refusal, match=r"webhook\.hours"):
        webhooks.rotate_secret(ctx, hooked.id, 1000)


def test_only_what_is_asked_for_is_told_and_nothing_costs_nothing(
    world: World, receiver: Receiver, count_statements: Callable[[], Any]
) -> None:
    def change(*names: str) -> int:
        ids = sorted(world.items[name] for name in names)
        with count_statements() as counted, world.work() as ctx:
            change_items(ctx, ids, {"sales_price": [Decimal("12.00")] * len(ids)})
        return len(counted)

    plain = change("A")
    hook = add(world, receiver, "Prices", "invoicing.invoice_posted")
    assert change("A") == plain
    address = f"http://127.0.0.1:{receiver.port}/"
    with world.work() as ctx:
        webhooks.change_webhooks(ctx, {hook.id: WebhookDraft("Prices", address, ("catalog.item_changed",))})
    one = change("A")
    send(world, hook)
    rows.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%%send_webhook' RETURNING 1")
    assert plain < one == change(*world.items)
    send(world, hook)
    assert [t["type"] for t in receiver.told] == ["catalog.item_changed"] * (1 + len(world.items))
    assert {t["data"]["id"] for t in receiver.told} == set(world.items.values())


def test_nothing_personal_is_told(world: World, receiver: Receiver, hooked: webhooks.Made) -> None:
    with world.work() as ctx:
        create_parties(
            ctx,
            [PartyDraft("Petra Personal", kind="person", email="petra@example.com", phone="0170 1234567")],
        )
    send(world, hooked)
    (said,) = receiver.told
    assert said["type"] == "parties.party_created" and set(said["data"]) == {
        "version",
        "company",
        "kind",
        "id",
    }


def test_every_event_is_declared_and_written_down() -> None:
    with pytest.raises(LookupError, match=r"sales\.order_vanished"):
        events.emit(None, "sales.order_vanished", [1])  # type: ignore[arg-type]
    page = (ROOT / "docs/handbook/webhooks.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z_.]+)` \|", page, re.MULTILINE)
    ours = [name for name in webhooks.known() if not name.startswith("commission.")]
    assert listed == ours
    said = CliRunner().invoke(cli, ["webhook", "events"], catch_exceptions=False).output
    assert [line.split()[0] for line in said.splitlines()] == list(webhooks.known())


# ---- order and patience ----


def test_a_message_that_fails_holds_up_its_object_and_nothing_else(
    world: World, receiver: Receiver, hooked: webhooks.Made
) -> None:
    (one, first), (_two, second) = ordered(world, 2)
    with world.work() as ctx:
        sales.close_orders(ctx, [one])
    receiver.says = lambda asked: (500, {}, b"no") if first.encode() in asked.body else (204, {}, b"")
    assert send(world, hooked) == 2  # the receipt of its goods, and the other order
    assert receiver.told[-1]["data"]["number"] == second
    assert states(world, hooked) == {"waiting": 2, "delivered": 2, "dead": 0}
    receiver.says = lambda _: (204, {}, b"")
    assert send(world, hooked) == 0  # its time has not come
    assert send(world, hooked, timedelta(minutes=2)) == 2
    mine = [t["type"] for t in receiver.told if t["data"].get("number") == first]
    assert mine == ["sales.order_confirmed", "sales.order_confirmed", "sales.order_closed"]
    ids = [a.headers["webhook-id"] for a in receiver.came if first.encode() in a.body]
    assert ids[0] == ids[1] != ids[2]  # a repeat is known by its id


def test_a_receiver_that_fails_is_left_alone_for_longer_and_longer(
    world: World, receiver: Receiver, hooked: webhooks.Made
) -> None:
    receiver.says = lambda _: (503, {}, b"down")
    ordered(world, 20)
    assert send(world, hooked) == 0
    assert len(receiver.came) == 2  # one failure may be the message's own; after two it rests
    row = look(world, hooked)
    assert row.failures == 2 and row.rest_until and row.failing_since
    assert send(world, hooked) == 0 and len(receiver.came) == 2
    for _ in range(8):
        now = look(world, hooked).rest_until
        assert now
        with clock.at(now + timedelta(seconds=1)):
            sending.send(world.company, hooked.id)
    row = look(world, hooked)
    assert row.failures == 10 and row.rest_until and row.failing_since
    assert timedelta(minutes=45) < row.rest_until - now < timedelta(minutes=75)
    receiver.says = lambda _: (204, {}, b"")
    with clock.at(row.rest_until + timedelta(minutes=1)):
        assert sending.send(world.company, hooked.id) == states(world, hooked)["delivered"] > 10
    assert look(world, hooked).failures == 0


def test_a_message_is_given_up_after_days_and_sent_again(
    world: World, receiver: Receiver, hooked: webhooks.Made
) -> None:
    ((ident, number),) = ordered(world)
    receiver.says = lambda asked: (500, {}, b"no\0") if number.encode() in asked.body else (204, {}, b"")
    at, tries, began = clock.now(), 0, clock.now()
    while states(world, hooked)["waiting"]:
        for moment in (at, at + timedelta(minutes=80)):  # the receiver's rest is over then
            with clock.at(moment):
                with world.work() as ctx:
                    webhooks.test(ctx, hooked.id)  # others arrive meanwhile, so it is not the receiver
                sending.send(world.company, hooked.id)
        with world.work() as ctx:
            (message,) = [m for m in webhooks.messages(ctx, hooked.id) if m.number == number]
        assert tries < message.attempts
        tries, at = message.attempts, message.due_at + timedelta(seconds=1)
    assert (tries, message.state) == (len(sending.BACK_OFF) + 1, "dead") and message.error == "500 no"
    assert timedelta(days=4) < at - began < timedelta(days=6.5)
    assert look(world, hooked).active
    receiver.says = lambda _: (204, {}, b"")
    with world.work() as ctx:
        assert [m.id for m in webhooks.messages(ctx, hooked.id, "dead")] == [message.id]
        assert webhooks.send_again(ctx, hooked.id, [message.id]) == 1
    assert send(world, hooked, timedelta(days=8)) == 1 and receiver.told[-1]["data"]["id"] == ident


def test_retry_after_is_heeded_up_to_a_day(world: World, receiver: Receiver, hooked: webhooks.Made) -> None:
    for asked, least, most in (("7200", 7100, 7300), ("999999999", 86_000, 86_500), ("nonsense", 0, 100)):
        receiver.says = lambda _, asked=asked: (429, {"Retry-After": asked}, b"")
        with world.work() as ctx:
            webhooks.test(ctx, hooked.id)
        send(world, hooked, timedelta(days=3 if asked != "7200" else 0))
        with world.work() as ctx:
            due = webhooks.messages(ctx, hooked.id, "waiting")[0].due_at
        base = clock.now() + timedelta(days=3 if asked != "7200" else 0)
        assert least - 5 <= (due - base).total_seconds() <= most, asked
        with world.work() as ctx:
            webhooks.give_up(ctx, hooked.id, "done")
            rows.update(Webhook, [hooked.id], {"rest_until": [None], "failures": [0]})


# ---- switching off, sending again, replaying ----


@pytest.fixture
def ida(world: World) -> User:
    made = User.objects.create_user(f"ida{world.company}@example.com", PASSWORD, name="Ida Isobar")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    return made


def test_what_fails_for_days_is_switched_off_and_its_owner_told(
    world: World, receiver: Receiver, ida: User
) -> None:
    with world.work(f"user:{ida.pk}") as ctx:
        (hook,) = webhooks.create_webhooks(ctx, [WebhookDraft("Shop", f"http://127.0.0.1:{receiver.port}/")])
    receiver.says = lambda _: (500, {}, b"no")
    ordered(world, 3)
    send(world, hook)
    assert look(world, hook).active
    send(world, hook, timedelta(days=4))
    assert look(world, hook).active
    send(world, hook, timedelta(days=5, hours=1))
    row = look(world, hook)
    assert not row.active and "5 days" in row.off_reason and "500" in row.off_reason
    before = states(world, hook)
    assert before["waiting"] == 0 and before["dead"] == 4
    with world.work():
        (notice,) = Notice.objects.filter(actor=f"user:{ida.pk}")
        assert "switched off" in notice.text and notice.href == f"/settings/webhooks/{hook.id}"
    assert mails(world)[-1]["to"] == [ida.email] and "Shop" in mails(world)[-1]["body"]
    ordered(world)  # nobody is told now
    assert states(world, hook) == before
    receiver.says = lambda _: (204, {}, b"")
    count = len(receiver.came)
    with world.work() as ctx:
        webhooks.change_webhooks(ctx, {hook.id: WebhookDraft("Shop", row.address)})
        assert webhooks.send_again(ctx, hook.id) == before["dead"]
    assert send(world, hook) == before["dead"]
    kinds = [t["type"] for t in receiver.told[count:]]
    assert (
        kinds == ["inventory.receipt_posted", *["sales.order_confirmed"] * 3] or len(kinds) == before["dead"]
    )


def test_gone_means_gone(world: World, receiver: Receiver, hooked: webhooks.Made) -> None:
    receiver.says = lambda _: (410, {}, b"")
    with world.work() as ctx:
        webhooks.test(ctx, hooked.id)
    send(world, hooked)
    row = look(world, hooked)
    assert not row.active and "410" in row.off_reason
    with world.work() as ctx, pytest.raises(Refusal, match=r"webhook\.off"):
        webhooks.test(ctx, hooked.id)


def test_a_redirect_is_a_failure(world: World, receiver: Receiver, hooked: webhooks.Made) -> None:
    receiver.says = lambda _: (302, {"Location": "/elsewhere"}, b"")
    with world.work() as ctx:
        webhooks.test(ctx, hooked.id)
    assert send(world, hooked) == 0 and len(receiver.came) == 1


def test_all_since_a_day_goes_out_again_under_the_same_ids(
    world: World, receiver: Receiver, hooked: webhooks.Made
) -> None:
    ordered(world, 3)
    send(world, hooked)
    first = [(a.headers["webhook-id"], a.body) for a in receiver.came]
    with world.work() as ctx:
        assert webhooks.replay(ctx, hooked.id, ctx.today) == len(first)
        assert webhooks.replay(ctx, hooked.id, ctx.today + timedelta(days=1)) == 0
        with pytest.raises(Refusal, match=r"webhook\.kept"):
            webhooks.replay(ctx, hooked.id, ctx.today - timedelta(days=webhooks.KEPT + 1))
    send(world, hooked)
    assert [(a.headers["webhook-id"], a.body) for a in receiver.came] == first * 2


def test_what_was_delivered_is_forgotten_in_time_and_what_waits_is_not(
    world: World, receiver: Receiver, hooked: webhooks.Made
) -> None:
    ordered(world)
    send(world, hooked)
    with world.work() as ctx:
        webhooks.test(ctx, hooked.id)
    assert states(world, hooked)["waiting"] == 1 and states(world, hooked)["delivered"] > 1
    rows.execute("SELECT forget_messages(%s)", [clock.now() - timedelta(days=webhooks.KEPT)])
    assert states(world, hooked)["delivered"] > 1
    rows.execute("SELECT forget_messages(%s)", [clock.now() + timedelta(minutes=1)])
    assert states(world, hooked) == {"waiting": 1, "delivered": 0, "dead": 0}


def test_a_webhook_that_is_removed_takes_nothing_with_it(
    world: World, receiver: Receiver, hooked: webhooks.Made
) -> None:
    ordered(world)
    with world.work() as ctx:
        webhooks.remove_webhooks(ctx, [hooked.id])
    assert send(world, hooked) == 0 and receiver.came == []
    with world.work() as ctx:
        with pytest.raises(NotFound):
            webhooks.webhook(ctx, hooked.id)
        assert Outbox.objects.filter(topic=webhooks.topic(hooked.id), dead_at=None).count() == 0
    ordered(world)


# ---- who, and whether at all ----


def test_two_senders_send_once(world: World, receiver: Receiver, hooked: webhooks.Made) -> None:
    """A lease: while one waits for an answer, another finds nothing to do."""
    second: list[int] = []

    def says(_: Asked) -> tuple[int, dict[str, str], bytes]:
        if not second:
            second.append(-1)
            second[0] = sending.send(world.company, hooked.id)
            connections.close_all()  # those of this thread
        return 204, {}, b""

    receiver.says = says
    with world.work() as ctx:
        webhooks.test(ctx, hooked.id)
        webhooks.test(ctx, hooked.id)
    assert send(world, hooked) == 2 and second == [0] and len(receiver.came) == 2


def test_nothing_leaves_a_practice_company_or_a_restored_one(
    world: World, receiver: Receiver, hooked: webhooks.Made, owner: Any
) -> None:
    ordered(world)
    for setting in ("paused", "practice"):
        owner.execute(
            "UPDATE company SET settings = settings || jsonb_build_object(%s::text, true) WHERE id = %s",
            [setting, world.company],
        )
        assert send(world, hooked) == 0 and receiver.came == []
        assert (world.company, hooked.id) not in rows.execute(
            "SELECT company, webhook FROM webhooks_due(%s)", [clock.now()]
        )
        if setting == "practice":
            with world.work() as ctx, pytest.raises(Refusal, match=r"webhook\.practice"):
                webhooks.replay(ctx, hooked.id, ctx.today)
        owner.execute("UPDATE company SET settings = settings - %s WHERE id = %s", [setting, world.company])
    assert (world.company, hooked.id) in rows.execute(
        "SELECT company, webhook FROM webhooks_due(%s)", [clock.now()]
    )
    assert outbox.send_due(world.company) == 0  # mail's sender leaves them alone
    assert send(world, hooked) > 0


def test_where_to_is_judged_when_it_is_kept_and_when_it_is_called(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = add(world, receiver)
    with world.work() as ctx:
        for address in (
            "http://example.com/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://a:b@example.com/",
            "ftp://example.com",
            "",
        ):
            with pytest.raises(Refusal, match=r"outbound\.address"):
                webhooks.create_webhooks(ctx, [WebhookDraft("x", address)])
        for wanted in (("nothing.happened",), ()):
            with pytest.raises(Refusal, match=r"webhook\.events"):
                webhooks.create_webhooks(ctx, [WebhookDraft("x", "https://example.com/", wanted)])
        webhooks.test(ctx, hook.id)
    monkeypatch.setenv(outbound.ENVIRONMENT, "")  # the exception is gone
    assert send(world, hook) == 0 and receiver.came == []
    with world.work() as ctx:
        assert "is not called" in webhooks.messages(ctx, hook.id)[0].error


def test_only_who_may(world: World, receiver: Receiver, hooked: webhooks.Made) -> None:
    people = {}
    for role in ("accountant", "sales", "auditor"):
        made = User.objects.create_user(f"{role}{world.company}@example.com", PASSWORD, name=role)
        with world.work() as ctx:
            rows.insert(Membership, {"user_id": [made.pk], "role": [role], "since_on": [ctx.today]})
        people[role] = f"user:{made.pk}"
    draft = WebhookDraft("Mine", "https://example.com/")
    for actor in people.values():
        with world.work(actor) as ctx:
            for act in (
                lambda: webhooks.create_webhooks(ctx, [draft]), lambda: webhooks.change_webhooks(ctx, {hooked.id: draft}),
                lambda: webhooks.rotate_secret(ctx, hooked.id), lambda: webhooks.test(ctx, hooked.id), lambda: webhooks.send_again(ctx, hooked.id),
                lambda: webhooks.replay(ctx, hooked.id, ctx.today), lambda: webhooks.remove_webhooks(ctx, [hooked.id]),
            ):  # fmt: skip
                with pytest.raises(Denied):
                    act()
    with world.work(people["auditor"]) as ctx:
        assert [w.name for w in webhooks.webhooks(ctx)] == ["Shop"]
    with world.work(people["sales"]) as ctx, pytest.raises(Denied):
        webhooks.webhooks(ctx)


def test_the_secret_is_nowhere_in_the_database(
    world: World, receiver: Receiver, hooked: webhooks.Made, owner: Any
) -> None:
    with world.work() as ctx:
        fresh = webhooks.rotate_secret(ctx, hooked.id)
    for secret in (hooked.secret, fresh):
        for table in ("platform_webhook", "platform_outbox", "platform_auditevent"):
            found = owner.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s",
                [f"%{secret.removeprefix('whsec_')}%"],
            ).fetchone()
            assert found == (0,), table
    told = owner.execute(
        "SELECT event, changes::text, data::text FROM platform_auditevent WHERE kind = 'platform.webhook' AND company_id = %s ORDER BY id",
        [world.company],
    ).fetchall()
    assert [t[0] for t in told] == ["create", "rotate"] and "secret" not in str(told)


def test_sending_leaves_no_trail_of_its_own(
    world: World, receiver: Receiver, hooked: webhooks.Made, owner: Any
) -> None:
    """Else the head of a seal that is told would be sealed, told, sealed again, without end."""
    ordered(world)
    count = "SELECT count(*) FROM platform_auditevent WHERE company_id = %s"
    before = owner.execute(count, [world.company]).fetchone()
    receiver.says = lambda _: (500, {}, b"")
    send(world, hooked)
    receiver.says = lambda _: (204, {}, b"")
    assert send(world, hooked, timedelta(hours=1)) > 0
    assert owner.execute(count, [world.company]).fetchone() == before


# ---- at the desk and at the command line ----


@pytest.fixture
def client(ida: User) -> Client:
    made = Client()
    sign_in(made, ida.email)
    return made


def test_a_webhook_is_kept_tested_and_seen_on_the_screen(
    world: World, receiver: Receiver, client: Client, ida: User
) -> None:
    assert client.get("/settings/webhooks").status_code == 200
    address = f"http://127.0.0.1:{receiver.port}/hook"
    answer = client.post(
        "/settings/webhooks/new",
        {"name": "Shop", "address": "http://10.0.0.1/", "events": "sales.order_confirmed"},
    )
    assert (
        answer.status_code == 200
        and b"is not called" in answer.content
        and b"http://10.0.0.1/" in answer.content
    )
    answer = client.post(
        "/settings/webhooks/new",
        {"name": "Shop", "address": address, "events": ["sales.order_confirmed", "inventory.receipt_posted"]},
    )
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode())
    assert secret
    with world.work() as ctx:
        (row,) = webhooks.webhooks(ctx)
    path = f"/settings/webhooks/{row.pk}"
    assert secret[0] not in client.get(path).content.decode()  # shown once
    assert row.made_by == f"user:{ida.pk}" and row.events == [
        "inventory.receipt_posted",
        "sales.order_confirmed",
    ]
    client.post(path, {"do": "test"})
    ordered(world)
    receiver.says = lambda asked: (
        (500, {}, b"<script>alert(1)</script>") if b"confirmed" in asked.body else (204, {}, b"")
    )
    sending.send(world.company, row.pk)
    page = client.get(path).content.decode()
    assert "backstay.test" in page and "&lt;script&gt;" in page and "<script>alert" not in page
    with world.work() as ctx:
        webhooks.give_up(ctx, row.pk, "enough")
    receiver.says = lambda _: (204, {}, b"")
    assert client.get(f"{path}?state=dead").status_code == 200
    client.post(path, {"do": "again"})
    assert send(world, webhooks.Made(row.pk, ""), timedelta(hours=1)) == 1
    client.post(path, {"do": "replay", "since": clock.today().isoformat()})
    assert states(world, webhooks.Made(row.pk, ""))["waiting"] == 3
    fresh = client.post(path, {"do": "rotate", "hours": "1"}).content.decode()
    assert re.search(r"whsec_", fresh) and secret[0] not in fresh
    client.post(path, {"do": "save", "name": "Shop", "address": address, "events": "*"})
    assert not look(world, webhooks.Made(row.pk, "")).active  # the box was not ticked
    data = client.get("/settings/data").content.decode()
    assert "Shop" in data and f"http://127.0.0.1:{receiver.port}" in data and "/hook" not in data
    assert client.post(path, {"do": "remove"}).status_code == 302
    assert client.get(path).status_code == 404


def test_the_screen_asks_who_it_is_before_it_changes_anything(
    world: World, receiver: Receiver, client: Client
) -> None:
    later = clock.now() + timedelta(minutes=20)
    with clock.at(later):
        answer = client.post(
            "/settings/webhooks/new",
            {"name": "Shop", "address": f"http://127.0.0.1:{receiver.port}/", "events": "*"},
        )
        assert b"confirm_password" in answer.content
    with world.work() as ctx:
        assert webhooks.webhooks(ctx) == []


def test_the_command_line_does_all_of_it(world: World, receiver: Receiver) -> None:
    def say(*words: str) -> str:
        return (
            CliRunner()
            .invoke(cli, ["webhook", *words, "--company", str(world.company)], catch_exceptions=False)
            .output
        )

    address = f"http://127.0.0.1:{receiver.port}/"
    made = say("add", "Shop", address, "--event", "sales.order_confirmed")
    assert re.search(r"whsec_\S{44}", made)
    with world.work() as ctx:
        ident = str(webhooks.webhooks(ctx)[0].pk)
    assert "Shop" in say("list") and "whsec_" not in say("list")
    say("test", ident)
    assert send(world, webhooks.Made(int(ident), "")) == 1
    assert "backstay.test" in say("messages", ident)
    assert "delivered" in say("messages", ident, "--state", "delivered")
    assert "whsec_" in say("rotate", ident, "--hours", "2")
    with world.work() as ctx:
        webhooks.test(ctx, int(ident))
        webhooks.give_up(ctx, int(ident), "enough")
    assert say("again", ident).startswith("1 message")
    assert say("replay", ident, "--since", clock.today().isoformat()).startswith("2 messages")
    say("off", ident)
    assert "off" in say("list")
    say("on", ident)
    say("remove", ident)
    assert "No webhook" in say("list")


def test_the_handbooks_receiver_believes_what_is_ours_and_nothing_else(
    world: World, receiver: Receiver, hooked: webhooks.Made
) -> None:
    page = (ROOT / "docs/handbook/webhooks.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.S)
    assert code
    there: dict[str, Any] = {}
    exec(code[1], there)  # noqa: S102
    with world.work() as ctx:
        webhooks.test(ctx, hooked.id)
    send(world, hooked)
    asked = receiver.came[0]
    believed = there["believed"]
    assert believed(hooked.secret, asked.headers, asked.body)
    assert not believed(webhooks.new_secret(), asked.headers, asked.body)
    assert not believed(hooked.secret, asked.headers, asked.body + b" ")
    assert not believed(hooked.secret, asked.headers | {"webhook-id": "msg_other"}, asked.body)
    assert not believed(hooked.secret, asked.headers | {"webhook-timestamp": "1614265330"}, asked.body)
