"""Background work: jobs live in PostgreSQL (procrastinate), so a job is deferred with its cause or not at all."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import transaction
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

WEBHOOKS = "webhooks"  # the queue of calls to others, who may be slow
LONG = "long"  # the queue of what takes minutes: it never keeps mail or the clock waiting
TRIES = 5  # times that a job may take its worker along
log = structlog.get_logger(__name__)


def defer(task: str, *, queueing_lock: str | None = None, lock: str | None = None, **args: Any) -> None:
    """Defer a task by its name inside the open transaction; with a queueing lock only one waits at a time.

    The savepoint matters: a lock that is taken fails a statement, which would doom the caller's transaction.
    """
    try:
        with transaction.atomic():
            app.configure_task(task, queueing_lock=queueing_lock, lock=lock).defer(**args)
    except AlreadyEnqueued:
        return


async def bring_back(ready: App, silence: float) -> int:
    """Put jobs whose worker has not been heard for ``silence`` seconds in the queue again; how many.

    Every job of ours may run twice. One that took its worker along again and again ends as failed, and one that waits
    anew already, under the same queueing lock, is not needed any more.
    """
    back = 0
    for job in await ready.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
        if job.id is None:
            continue
        if job.attempts >= TRIES:
            log.error(
                "jobs.gave_up", job=job.id, task=job.task_name, attempts=job.attempts,
                remedy="It ended with its worker each time. Look for what killed it, then start it again.",
            )  # fmt: skip
            await ready.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
            continue
        try:
            await ready.job_manager.retry_job(job)
            back += 1
            log.warning("jobs.brought_back", job=job.id, task=job.task_name, attempts=job.attempts)
        except UniqueViolation:  # another one waits under its queueing lock
            await ready.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
        except ConnectorException as exc:  # another worker was quicker
            log.info("jobs.not_stalled", job=job.id, error=type(exc).__name__)
    return back
