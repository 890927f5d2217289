"""Webhooks: who outside is told of which events, as in Standard Webhooks (standardwebhooks.com).

A message is written to the outbox with its cause, one for each object and each webhook that asks for the event. It names ids and
document numbers, nothing about persons; whoever wants more asks for it by the API. ``sending.py`` sends.

``ctx.settings["webhooks"]`` lists what anybody asks for, so that an event nobody asks for costs nothing.
"""

from __future__ import annotations

import base64
import json
import secrets as random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.apps import apps

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal, register
from backstay.platform import access, audit, events, jobs, outbound, outbox, rows, secrets
from backstay.platform.models import Webhook

KIND = "platform.webhook"
VERSION = 1  # of what a message says
EVERY = "*"
TEST = "backstay.test"
PREFIX = "whsec_"
KEPT = 90  # days that messages are kept, and how far back a replay reaches
OVERLAP = 24  # hours that the old secret signs, too
MOST = 50  # webhooks of a company
register({"webhook.name_once": ("another webhook has this name", "Choose another name.")})


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """Where to, and what for: names of events, or ``*`` for all."""

    name: str
    address: str
    events: tuple[str, ...] = (EVERY,)
    active: bool = True


class Made(NamedTuple):
    """A webhook, and its secret: told this once."""

    id: int
    secret: str


def known() -> dict[str, str]:
    """Every event one may ask for, and the kind of object it is told of."""
    return {name: kind for name, kind in sorted(events.KINDS.items()) if kind != "accounting.company"}


# ---- webhooks as records ----


def create_webhooks(ctx: Ctx, drafts: Sequence[WebhookDraft]) -> list[Made]:
    """Make them. Raises Refusal (``webhook.events``, ``webhook.name``, ``webhook.most``, ``outbound.address``)."""
    access.require(ctx, f"{KIND}.create")
    there = rows.execute("SELECT count(*) FROM platform_webhook WHERE company_id = %s", [ctx.company])[0][0]
    if there + len(drafts) > MOST:
        raise Refusal("webhook.most", f"a company has {MOST} webhooks at most", "Remove those that are not used.")  # fmt: skip
    plain = [new_secret() for _ in drafts]
    fixed = {"secret": [_locked(each) for each in plain], "made_by": [ctx.actor] * len(drafts)}
    ids = rows.insert(Webhook, _columns(drafts) | fixed)
    listen(ctx)
    return [Made(*each) for each in zip(ids, plain, strict=True)]


def change_webhooks(ctx: Ctx, changes: Mapping[int, WebhookDraft]) -> None:
    """Make them what the drafts say; switched on again, one begins without its failures."""
    ids = sorted(changes)
    access.require(ctx, f"{KIND}.change", ids)
    found, drafts = rows.lock(Webhook, ids, "active"), [changes[i] for i in ids]
    rows.update(Webhook, ids, _columns(drafts))
    begun = [row.id for row, draft in zip(found, drafts, strict=True) if draft.active and not row.active]
    nothing = [None] * len(begun)
    rows.update(Webhook, begun, {"failures": [0] * len(begun), "failing_since": nothing, "rest_until": nothing, "off_reason": [""] * len(begun)})  # fmt: skip
    listen(ctx)
    for ident in begun:
        defer(ctx.company, ident)


def remove_webhooks(ctx: Ctx, ids: Sequence[int]) -> None:
    """Take webhooks away; what waits for them is given up."""
    access.require(ctx, f"{KIND}.remove", ids)
    rows.lock(Webhook, ids)
    for ident in ids:
        give_up(ctx, ident, "its webhook was removed")
    rows.delete(Webhook, "id", ids)
    listen(ctx)


def rotate_secret(ctx: Ctx, ident: int, hours: int = OVERLAP) -> str:
    """A new secret, told this once; for so many hours the old one signs, too, so that the receiver can change meanwhile."""
    access.require(ctx, f"{KIND}.rotate", [ident])
    (row,) = rows.lock(Webhook, [ident], "secret")
    if not 0 <= hours <= 24 * 7:
        raise Refusal("webhook.hours", "both secrets sign for a week at most", "Choose fewer hours.", "hours")
    fresh = new_secret()
    until = clock.now() + timedelta(hours=hours)
    rows.update(Webhook, [ident], {"secret": [_locked(fresh)], "old_secret": [row.secret], "old_until": [until]})  # fmt: skip
    audit.record(ctx, KIND, [ident], "rotate", [{"hours": hours}])
    return fresh


def _columns(drafts: Sequence[WebhookDraft]) -> dict[str, Sequence[Any]]:
    for draft in drafts:
        if not draft.name.strip() or len(draft.name) > 100 or "\0" in draft.name:
            raise Refusal("webhook.name", "a webhook needs a name of up to 100 letters", "Type it.", "name")
        outbound.checked(draft.address.strip())
        strange = [e for e in draft.events if e != EVERY and e not in known()]
        if strange or not draft.events:
            told = f"there is no event {strange[0][:80]}" if strange else "a webhook is told of an event"
            raise Refusal("webhook.events", told, "Choose from the list: `backstay webhook events`.", "events")  # fmt: skip
    return {
        "name": [d.name.strip() for d in drafts], "address": [d.address.strip() for d in drafts],
        "events": [[EVERY] if EVERY in d.events else sorted(set(d.events)) for d in drafts], "active": [d.active for d in drafts],
    }  # fmt: skip


def listen(ctx: Ctx) -> None:
    """Write down what anybody asks for."""
    wanted = rows.execute(
        "SELECT DISTINCT jsonb_array_elements_text(events) FROM platform_webhook WHERE company_id = %s AND active ORDER BY 1",
        [ctx.company],
    )
    rows.execute(
        "UPDATE company SET settings = settings || jsonb_build_object('webhooks', %s::jsonb) WHERE id = %s RETURNING id",
        [json.dumps([event for (event,) in wanted]), ctx.company],
    )


# ---- secrets ----


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: 32 random bytes."""
    return PREFIX + base64.b64encode(random.token_bytes(32)).decode()


def secrets_of(row: Webhook) -> list[str]:
    """What signs now: the secret, and the old one until it ends."""
    old = row.old_secret if row.old_until and row.old_until > clock.now() else ""
    return [secrets.cipher("webhooks").decrypt(each.encode()).decode() for each in (row.secret, old) if each]


def _locked(secret: str) -> str:
    return secrets.cipher("webhooks").encrypt(secret.encode()).decode()


# ---- messages ----


@events.every
def told(ctx: Ctx, event: str, ids: Sequence[int], facts: events.Facts = ()) -> None:
    """Write a message for each object and each webhook that asks for the event, in the transaction of its cause."""
    if asked_for(ctx, event) and event in known():
        plain = _facts(ctx, events.KINDS[event], ids)
        tell(ctx, event, [p | dict(f) for p, f in zip(plain, facts, strict=True)] if facts else plain)


def asked_for(ctx: Ctx, event: str) -> bool:
    """Whether anybody asks for an event."""
    wanted = ctx.settings.get("webhooks") or ()
    return event in wanted or EVERY in wanted


def tell(ctx: Ctx, event: str, facts: Sequence[Mapping[str, Any]]) -> None:
    """Tell those who ask for an event of facts (kind, id, …), in this order for each object."""
    found = rows.execute(
        "SELECT id FROM platform_webhook WHERE company_id = %s AND active AND (events ? %s OR events ? %s) ORDER BY id",
        [ctx.company, EVERY, event],
    )
    for (webhook,) in found:
        _put(ctx, webhook, event, facts)


def _facts(ctx: Ctx, kind: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    model = apps.get_model(kind)
    numbers: dict[int, Any] = {}
    if any(f.name == "number" for f in model._meta.concrete_fields):
        numbers = {row.id: row.number for row in rows.of(model, "id", ids, "number")}
    return [{"kind": kind, "id": i} | ({"number": numbers[i]} if numbers.get(i) else {}) for i in ids]


def _put(ctx: Ctx, webhook: int, event: str, facts: Sequence[Mapping[str, Any]]) -> None:
    at = clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    said = [{"type": event, "timestamp": at, "data": {"version": VERSION, "company": ctx.company, **fact}} for fact in facts]  # fmt: skip
    about = [f"{fact['kind']}:{fact['id']}" for fact in facts]
    keys = [f"msg_{uuid.uuid4().hex}" for _ in facts]
    outbox.put(ctx, topic(webhook), said, keys, about, lambda: defer(ctx.company, webhook))


def topic(webhook: int) -> str:
    """The topic of what goes to a webhook."""
    return f"webhook:{webhook}"


def defer(company: int, webhook: int) -> None:
    """Let the worker send what is due."""
    jobs.defer("backstay.platform.tasks.send_webhook", queueing_lock=topic(webhook), company=company, webhook=webhook)  # fmt: skip


def test(ctx: Ctx, ident: int) -> None:
    """Send a message that says nothing."""
    access.require(ctx, f"{KIND}.test", [ident])
    (row,) = rows.lock(Webhook, [ident], "active")
    if not row.active:
        raise Refusal("webhook.off", "this webhook is switched off", "Switch it on first.")
    _put(ctx, ident, TEST, [{"kind": "test", "id": int(clock.now().timestamp() * 1000)}])
    audit.record(ctx, KIND, [ident], "test")


def replay(ctx: Ctx, ident: int, since: date) -> int:
    """Send all that was written since a day once more, under the same ids and in the same order; how many.

    A receiver that remembers ids drops what it has. Messages are kept for KEPT days.
    """
    access.require(ctx, f"{KIND}.replay", [ident])
    rows.lock(Webhook, [ident])
    if since < ctx.today - timedelta(days=KEPT):
        raise Refusal("webhook.kept", f"messages are kept for {KEPT} days", "Choose a later day; before it, take an export.", "since")  # fmt: skip
    count = _again(ctx, ident, "o.created_at >= %s", [datetime.combine(since, time(), UTC)])
    audit.record(ctx, KIND, [ident], "replay", [{"since": since.isoformat(), "messages": count}])
    return count


def send_again(ctx: Ctx, ident: int, messages: Sequence[int] | None = None) -> int:
    """Send what was given up once more: those messages, or all; how many."""
    access.require(ctx, f"{KIND}.replay", [ident])
    rows.lock(Webhook, [ident])
    count = _again(ctx, ident, "o.dead_at IS NOT NULL AND (%s::bigint[] IS NULL OR o.id = ANY(%s::bigint[]))", [messages and list(messages)] * 2)  # fmt: skip
    audit.record(ctx, KIND, [ident], "send_again", [{"messages": count}])
    return count


def _again(ctx: Ctx, ident: int, which: str, values: Sequence[Any]) -> int:
    if outbox.held(ctx):
        raise Refusal("webhook.practice", "a practice company sends nothing", "Do it in the company itself.")
    found = rows.execute(
        "UPDATE platform_outbox o SET delivered_at = NULL, dead_at = NULL, attempts = 0, error = '', due_at = %s"
        f" WHERE o.company_id = %s AND o.topic = %s AND {which} RETURNING o.id",
        [clock.now(), ctx.company, topic(ident), *values],
    )
    if found:
        defer(ctx.company, ident)
    return len(found)


def give_up(ctx: Ctx, ident: int, why: str) -> None:
    """Give up what waits for a webhook; it may be sent again."""
    rows.execute(
        "UPDATE platform_outbox SET dead_at = %s, error = %s WHERE company_id = %s AND topic = %s AND delivered_at IS NULL AND dead_at IS NULL RETURNING id",
        [clock.now(), why, ctx.company, topic(ident)],
    )


# ---- reading ----


class Message(NamedTuple):
    """A message as it stands: ``state`` is waiting, delivered or dead."""

    id: int
    key: str
    event: str
    about: str
    number: str
    created_at: datetime
    state: str
    attempts: int
    due_at: datetime
    delivered_at: datetime | None
    error: str


def webhooks(ctx: Ctx) -> list[Webhook]:
    """All of the company, by name."""
    access.require(ctx, f"{KIND}.read")
    return list(Webhook.objects.filter(company_id=ctx.company).order_by("name"))


def webhook(ctx: Ctx, ident: int) -> Webhook:
    """One of them. NotFound."""
    access.require(ctx, f"{KIND}.read")
    found = Webhook.objects.filter(company_id=ctx.company, pk=ident).first()
    if found is None:
        raise NotFound("webhook.not_found", f"there is no webhook {ident}", "Look in the list.")
    return found


def counts(ctx: Ctx) -> dict[int, dict[str, int]]:
    """webhook → how many messages wait, were delivered, were given up."""
    access.require(ctx, f"{KIND}.read")
    found = rows.execute(
        "SELECT substr(topic, 9)::bigint, count(*) FILTER (WHERE delivered_at IS NULL AND dead_at IS NULL), count(delivered_at), count(dead_at)"
        " FROM platform_outbox WHERE company_id = %s AND topic LIKE 'webhook:%%' GROUP BY 1",
        [ctx.company],
    )
    return {ident: {"waiting": w, "delivered": done, "dead": dead} for ident, w, done, dead in found}


def messages(ctx: Ctx, ident: int, state: str = "", before: int = 0, most: int = 50) -> list[Message]:
    """Messages to a webhook, the latest first; ``before``: the id to go on from."""
    access.require(ctx, f"{KIND}.read")
    of = "CASE WHEN delivered_at IS NOT NULL THEN 'delivered' WHEN dead_at IS NOT NULL THEN 'dead' ELSE 'waiting' END"
    found = rows.execute(
        "SELECT id, key, payload ->> 'type', about, coalesce(payload #>> '{data,number}', ''), created_at,"
        f" {of}, attempts, due_at, delivered_at, error FROM platform_outbox WHERE company_id = %s AND topic = %s"
        f" AND (%s = '' OR {of} = %s) AND (%s = 0 OR id < %s) ORDER BY id DESC LIMIT %s",
        [ctx.company, topic(ident), state, state, before, before, most],
    )
    return [Message(*row) for row in found]
