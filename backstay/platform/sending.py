"""Sends what webhooks are told: signed, at least once, in order for each object, patiently.

Each webhook has a job of its own, in a lane of the worker that nothing else uses, and a lease, so that one process at a time
sends to it: a receiver that is slow or gone holds up nobody else. A message is claimed in a transaction, sent outside of any, and
marked in another; a crash in between sends it again, under the same id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets as random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import NamedTuple

import structlog
from cryptography.fernet import InvalidToken
from django.utils import translation
from django.utils.translation import gettext as _

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.platform import mail, outbound, outbox, rows, webhooks
from backstay.platform.context import work
from backstay.platform.models import Notice, Outbox, User, Webhook

ACTOR = "system:job"
BACK_OFF = (60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400, 86_400)  # seconds to a message's next try: five days in all  # fmt: skip
REST = (0, 5, 30, 120, 600, 1_800, 3_600)  # seconds to a webhook's next try, by failures in a row
LONG = timedelta(days=5)  # failing for so long, a webhook is switched off
LEASE = timedelta(seconds=60)  # more than one call may take
TURN = 20.0  # seconds of one job: then others have their turn
SAID = 300  # characters of an answer that are kept with a failure
log = structlog.get_logger(__name__)


class Claim(NamedTuple):
    """A message that is ours to send."""

    webhook: int
    message: int
    key: str
    address: str
    body: bytes
    secrets: Sequence[str]
    wrong: str = ""


class Said(NamedTuple):
    """What came of it: ``status`` 0 when nobody answered; ``wait``: seconds that the receiver asks for."""

    status: int
    error: str = ""
    wait: int = 0


def sign(secret: str, key: str, at: int, body: bytes) -> str:
    """A signature of Standard Webhooks: HMAC-SHA256 over id.timestamp.body. ``at``: seconds since 1970."""
    told = f"{key}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(base64.b64decode(secret.removeprefix(webhooks.PREFIX)), told, hashlib.sha256)).decode()  # fmt: skip


def send(company: int, webhook: int) -> int:
    """Send what is due to a webhook, for one turn; how many arrived."""
    end, arrived = monotonic() + TURN, 0
    while monotonic() < end:
        with work(company, ACTOR, f"webhook:{webhook}") as ctx:
            claim = _claim(ctx, webhook)
        if claim is None:
            return arrived
        said = _ask(claim)
        with work(company, ACTOR, f"webhook:{webhook}") as ctx:
            arrived += _settle(ctx, claim, said)
    webhooks.defer(company, webhook)
    return arrived


# The first that is due and has nothing of the same object before it that still waits.
_NEXT = """
SELECT o.id FROM platform_outbox o
WHERE o.company_id = %(company)s AND o.topic = %(topic)s AND o.delivered_at IS NULL AND o.dead_at IS NULL AND o.due_at <= %(now)s
  AND NOT EXISTS (SELECT FROM platform_outbox e WHERE e.company_id = o.company_id AND e.topic = o.topic AND e.about = o.about AND e.id < o.id
                  AND e.delivered_at IS NULL AND e.dead_at IS NULL)
ORDER BY o.id LIMIT 1
"""


def _claim(ctx: Ctx, webhook: int) -> Claim | None:
    if outbox.paused(ctx) or outbox.held(ctx):
        return None
    now = clock.now()
    row = Webhook.objects.select_for_update(skip_locked=True).filter(pk=webhook, active=True).first()
    if row is None or any(until and until > now for until in (row.rest_until, row.leased_until)):
        return None
    found = rows.execute(_NEXT, {"company": ctx.company, "topic": webhooks.topic(webhook), "now": now})
    if not found:
        return None
    message = Outbox.objects.get(pk=found[0][0])
    row.leased_until = now + LEASE
    row.save(update_fields=["leased_until"])
    body = json.dumps(message.payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    try:
        signing, wrong = webhooks.secrets_of(row), ""
    except InvalidToken:  # restored without the secrets of the data folder
        signing, wrong = [], "its secret cannot be read here: make a new one"
    return Claim(webhook, message.pk, message.key, row.address, body, signing, wrong)


def _ask(claim: Claim) -> Said:
    if claim.wrong:
        return Said(0, claim.wrong)
    at = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json", "webhook-id": claim.key, "webhook-timestamp": str(at),
        "webhook-signature": " ".join(sign(secret, claim.key, at, claim.body) for secret in claim.secrets),
    }  # fmt: skip
    try:
        answer = outbound.call("POST", claim.address, body=claim.body, headers=headers, purpose="webhook", largest=65_536)  # fmt: skip
    except Refusal as refusal:
        return Said(0, refusal.message)
    if 200 <= answer.status < 300:
        return Said(answer.status)
    text = answer.content[:SAID].decode("utf-8", "replace").replace("\0", "")
    return Said(answer.status, f"{answer.status} {text}".strip(), _asked_wait(answer.headers.get("retry-after", "")))  # fmt: skip


def _asked_wait(text: str) -> int:
    """Seconds that Retry-After asks for, a day at most."""
    with suppress(ValueError, TypeError):
        seconds = int(text) if text.isdigit() else (parsedate_to_datetime(text) - clock.now()).total_seconds()
        return max(0, min(int(seconds), 86_400))
    return 0


def _settle(ctx: Ctx, claim: Claim, said: Said) -> bool:
    """Mark what came of it: on the message, and on the webhook."""
    now = clock.now()
    row = Webhook.objects.select_for_update().filter(pk=claim.webhook).first()
    message = Outbox.objects.select_for_update().get(pk=claim.message)
    message.attempts += 1
    message.error = said.error
    arrived = not said.error
    if arrived:
        message.delivered_at = now
    elif message.attempts > len(BACK_OFF):
        message.dead_at = now
    else:
        message.due_at = now + timedelta(seconds=max(_jittered(BACK_OFF[message.attempts - 1]), said.wait))
    message.save(update_fields=["attempts", "error", "delivered_at", "dead_at", "due_at"])
    if row is not None:
        _mark(row, said, arrived, now)
        if not arrived and (said.status == 410 or now - (row.failing_since or now) >= LONG):
            _switch_off(ctx, row, said)
    return arrived


def _mark(row: Webhook, said: Said, arrived: bool, now: datetime) -> None:
    row.leased_until = None
    if arrived:
        row.failures, row.failing_since, row.rest_until, row.answered_at = 0, None, None, now
    else:
        row.failures += 1
        row.failing_since = row.failing_since or now
        rest = max(_jittered(REST[min(row.failures, len(REST)) - 1]), said.wait)
        row.rest_until = now + timedelta(seconds=rest)
        log.warning("webhook.failed", webhook=row.pk, status=said.status, failures=row.failures, rest=rest)
    row.save(update_fields=["failures", "failing_since", "rest_until", "answered_at", "leased_until"])


def _jittered(seconds: int) -> int:
    """A fifth more or less, so that what failed together does not come back together."""
    return seconds * (80 + random.randbelow(41)) // 100


def _switch_off(ctx: Ctx, row: Webhook, said: Said) -> None:
    """Nothing more is sent; what waits is given up until somebody sends it again; whoever owns it learns of it."""
    why = (
        "it says it is gone for good (410)"
        if said.status == 410
        else f"it failed for {LONG.days} days: {said.error}"
    )
    row.active, row.off_reason = False, why[:300]
    row.save(update_fields=["active", "off_reason"])
    webhooks.give_up(ctx, row.pk, "its webhook was switched off")
    webhooks.listen(ctx)
    people = _owners(ctx, row)
    for user in people:
        with translation.override(user.language or ctx.settings.get("language") or "en"):
            text = _("The webhook “%(name)s” is switched off: %(why)s.") % {
                "name": row.name,
                "why": why[:150],
            }
            Notice.objects.create(company_id=ctx.company, actor=f"user:{user.pk}", text=text[:300], href=f"/settings/webhooks/{row.pk}")  # fmt: skip
            rest = _("What was not sent is kept: switch it on and send it again under Settings › Webhooks.")
            told = {
                "to": [user.email],
                "subject": _("A webhook is switched off"),
                "body": f"{text}\n\n{rest}",
            }
            mail.send(ctx, [told], [f"webhook-off:{row.pk}:{user.pk}:{int(clock.now().timestamp())}"])
    log.error("webhook.off", webhook=row.pk, company=ctx.company, told=len(people))


def _owners(ctx: Ctx, row: Webhook) -> list[User]:
    """Who made it, while he works here; else the owners of the company."""
    found = rows.execute(
        "SELECT user_id, role FROM platform_membership WHERE company_id = %s AND since_on <= %s AND (until_on IS NULL OR until_on >= %s)",
        [ctx.company, ctx.today, ctx.today],
    )
    made = {user for user, _role in found if f"user:{user}" == row.made_by}
    wanted = made or {user for user, role in found if role == "owner"}
    return list(User.objects.filter(pk__in=wanted, is_active=True).order_by("pk"))
