"""Background work: jobs live in PostgreSQL (procrastinate), so a job is deferred with its cause or not at all."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

LONG = "long"  # the queue of what takes minutes: it never keeps mail or the clock waiting


def defer(task: str, *, queueing_lock: str | None = None, lock: str | None = None, **args: Any) -> None:
    """Defer a task by its name inside the open transaction; with a queueing lock only one waits at a time.

    The savepoint matters: a lock that is taken fails a statement, which would doom the caller's transaction.
    """
    try:
        with transaction.atomic():
            app.configure_task(task, queueing_lock=queueing_lock, lock=lock).defer(**args)
    except AlreadyEnqueued:
        return
