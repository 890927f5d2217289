"""What leaves the house: written in the transaction that causes it, sent after commit, at least once.

A topic has one handler, registered by ``@deliver("mail")``. The handler gets (key, payload) outside any
business transaction; the key lets the receiver drop repeats. Order holds per company and topic: a message
that fails holds back those behind it until its next try. What goes to webhooks has topics of its own, and a sender that keeps
the order of what a message is ``about`` (``sending.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.platform import jobs, rows
from backstay.platform.context import work
from backstay.platform.models import Outbox

Handler = Callable[[Ctx, str, Mapping[str, Any]], None]
_HANDLERS: dict[str, Handler] = {}
BATCH = 100
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
BACK_OFF = (1, 5, 15, 60, 240, 720)  # minutes until the next try
log = structlog.get_logger(__name__)


def deliver(topic: str) -> Callable[[Handler], Handler]:
    """Register the one handler of ``topic``."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[topic] = handler
        return handler

    return register


def held(ctx: Ctx) -> bool:
    """Whether nothing leaves: a practice company writes its messages, and they stay where they are."""
    return bool(ctx.settings.get("practice"))


def paused(ctx: Ctx) -> bool:
    """Whether nothing leaves for now: after a restore, until somebody lets it (``backstay release``)."""
    return bool(ctx.settings.get("paused"))


def put(
    ctx: Ctx, topic: str, payloads: Sequence[Mapping[str, Any]], keys: Sequence[str], about: Sequence[str] = (), job: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Write messages; each key once per topic. A rollback takes them back. Those of a practice company are held.

    ``about``: what each is about; ``job`` defers what sends them, where it is not the usual one.
    """
    if not payloads:
        return
    count = len(payloads)
    columns: dict[str, Sequence[Any]] = {
        "topic": [topic] * count,
        "key": list(keys),
        "payload": list(payloads),
        "about": list(about) or [""] * count,
    }
    if held(ctx):
        rows.insert(
            Outbox,
            columns
            | {"due_at": [NEVER] * count, "error": ["held: a practice company sends nothing"] * count},
        )
    else:
        rows.insert(Outbox, columns)
        (job or _defer)()


def _defer() -> None:
    jobs.defer("backstay.platform.tasks.deliver_outbox", queueing_lock="outbox")


def send_due(company: int) -> int:
    """Deliver what is due for one company; return how many went out.

    Each message is claimed, sent and marked in a transaction of its own that holds its row lock, so two
    workers never send the same message at once; a crash between sending and marking sends it again.
    """
    sent = 0
    blocked: set[str] = set()
    for _ in range(BATCH):
        with work(company, "system:job", "outbox") as ctx:
            message = None if paused(ctx) else _next_due(blocked)
            if message is None:
                break
            if _attempt(ctx, message):
                sent += 1
            else:
                blocked.add(message.topic)
    return sent


def _next_due(blocked: set[str]) -> Outbox | None:
    waiting = (
        Outbox.objects.filter(delivered_at=None, dead_at=None)
        .exclude(topic__startswith="webhook:")
        .exclude(topic__in=blocked)
    )
    heads = waiting.order_by("topic", "id").distinct("topic").values_list("id", flat=True)
    due = Outbox.objects.filter(id__in=list(heads), due_at__lte=clock.now(), delivered_at=None)
    return due.select_for_update(skip_locked=True).order_by("id").first()


def _attempt(ctx: Ctx, message: Outbox) -> bool:
    handler = _HANDLERS.get(message.topic)
    try:
        if handler is None:
            raise LookupError(f"no handler for topic {message.topic}")
        handler(ctx, message.key, message.payload)
    except Exception as exc:
        wait = BACK_OFF[min(message.attempts, len(BACK_OFF) - 1)]
        message.attempts += 1
        message.error = f"{type(exc).__name__}: {exc}"[:2000]
        message.due_at = clock.now() + timedelta(minutes=wait)
        log.warning("outbox.failed", topic=message.topic, key=message.key, error=message.error, minutes=wait)
    else:
        message.delivered_at = clock.now()
        message.error = ""
    message.save(update_fields=["attempts", "error", "due_at", "delivered_at"])
    return message.delivered_at is not None
