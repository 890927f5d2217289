"""Long work: what takes longer than a person waits runs in the worker, as the one who asked, and is seen by all.

A task is registered by ``@long(name)`` and started by ``start``, in the transaction that asks for it. Two natures:

``keeps=True``   the task goes in steps (``job.do``), each a transaction of its own that writes where to go on together
                 with what it did: stopped or killed, what is done stays, and nothing is done twice.
``keeps=False``  the whole task is one transaction: it happens with its result, or not at all.

Whoever runs a work holds its ``runner`` token, and every write asks for it: a process thought dead that wakes up again
can commit nothing more. A small thread writes the pulse, tells others how far it is, and brings the wish to stop.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from django.db import Error as DatabaseError
from django.db import OperationalError, close_old_connections, connections, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.base.errors import Busy, Refusal, refusal_from
from backstay.platform import jobs, rows
from backstay.platform.context import ORIGIN, work
from backstay.platform.models import Notice, User, Work, WorkFault

T = TypeVar("T")
Result = Mapping[str, Any]
SILENT = int(
    os.environ.get("BACKSTAY_SILENCE", "20")
)  # seconds without a pulse, and a work has lost its process
SILENCE = f"{SILENT} seconds"
PULSE = 1.0  # seconds
TRIES = 5  # of a work that comes no step further, and of a step that others are in the way of
STOPPING = threading.Event()  # the worker is asked to end
SYSTEM = "system:work"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A registered task. ``keeps``: what is done stays when it is stopped."""

    name: str
    function: Callable[[Job], Result | None]
    keeps: bool


TASKS: dict[str, Task] = {}


class Stopped(Exception):
    """Somebody asked for it to stop."""


class Interrupted(Exception):
    """The worker ends; the work goes on with the next one."""


class Lost(Exception):
    """Another process holds the work."""


def long(name: str, *, keeps: bool) -> Callable[[Callable[[Job], Result | None]], Callable[[Job], Any]]:
    """Register a task under a name that stays."""

    def register(function: Callable[[Job], Result | None]) -> Callable[[Job], Any]:
        TASKS[name] = Task(name, function, keeps)
        return function

    return register


def start(ctx: Ctx, task: str, title: str, args: Mapping[str, Any], total: int = 0) -> int:
    """Have a task run as ``ctx.actor`` once this transaction commits; the id of its ``Work``."""
    if task not in TASKS:
        raise LookupError(f"no task is called {task}")
    columns = {
        "task": [task],
        "title": [title[:200]],
        "args": [dict(args)],
        "total": [total],
        "actor": [ctx.actor],
    }
    ident = rows.insert(Work, columns)[0]
    _defer(ctx.company, ident)
    return ident


def stop(ctx: Ctx, ident: int) -> None:
    """Ask a work to stop: one that waits ends at once, one that runs ends at its next step."""
    ended = Work.objects.filter(pk=ident, state="waiting").update(cancel=True, state="cancelled")
    if not ended:
        Work.objects.filter(pk=ident, state="running").update(cancel=True)


def take_up() -> int:
    """Defer again what waits without a job or has lost its process; how many."""
    due = rows.execute("SELECT company, work FROM works_due(%s::interval)", [SILENCE])
    for company, ident in due:
        with transaction.atomic():
            _defer(company, ident)
    return len(due)


def _defer(company: int, ident: int) -> None:
    jobs.defer(
        "backstay.platform.tasks.run_work", queueing_lock=f"work:{ident}", company=company, ident=ident
    )


@dataclass(slots=True)
class Job:
    """A work that runs. ``reached`` is the task's own: where it stands, kept with each step."""

    company: int
    id: int
    task: Task
    title: str
    args: Mapping[str, Any]
    actor: str
    runner: str
    done: int
    total: int
    reached: dict[str, Any]
    phase: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Call it often: raises when it is time to end."""
        if self.lost.is_set():
            raise Lost
        if self.stopped.is_set():
            raise Stopped
        if STOPPING.is_set():
            raise Interrupted

    def do(self, function: Callable[[Ctx], T]) -> T:
        """One step: a transaction as the one who asked, and in it what was reached. Tries again when others are in
        the way; after a refusal ``done`` and ``reached`` are as before."""
        for attempt in range(TRIES):
            self.check()
            done, reached = self.done, dict(self.reached)
            try:
                with work(self.company, self.actor, f"work:{self.id}") as ctx:
                    plan_anew()
                    told = function(ctx)
                    self._write()
                return told
            except Busy:
                self.done, self.reached = done, reached
                if attempt == TRIES - 1:
                    raise
                threading.Event().wait(0.05 * 2**attempt)
            except BaseException:
                self.done, self.reached = done, reached
                raise
        raise AssertionError

    def fault(self, name: str, refusal: Refusal, *, place: int = 0, href: str = "") -> None:
        """Tell of a piece that could not be done (inside a step)."""
        self.faults([{"name": name, "place": place, "href": href, "code": refusal.code, "reason": refusal.message,
                      "remedy": refusal.remedy, "field": refusal.where}])  # fmt: skip

    def faults(self, found: Sequence[Mapping[str, Any]]) -> None:
        """Tell of many (inside a step)."""
        if not found:
            return
        names = {
            "name": 200,
            "href": 200,
            "field": 200,
            "value": 200,
            "code": 80,
            "reason": 2000,
            "remedy": 2000,
        }
        columns: dict[str, list[Any]] = {
            n: [str(f.get(n, ""))[:most] for f in found] for n, most in names.items()
        }
        rows.insert(
            WorkFault,
            columns | {"place": [f.get("place", 0) for f in found], "work_id": [self.id] * len(found)},
        )

    def _write(self) -> None:
        """Write what was reached, if the work is still ours; learn whether it should stop."""
        sql = (
            "UPDATE platform_work SET done = %s, total = %s, reached = %s::jsonb, phase = %s, attempts = 0"
            " WHERE id = %s AND runner = %s AND state = 'running' RETURNING cancel"
        )
        told = [self.done, self.total, json.dumps(self.reached), self.phase[:80], self.id, self.runner]
        found = rows.execute(sql, told)
        if not found:
            raise Lost
        if found[0][0]:
            self.stopped.set()

    def beat(self) -> None:
        """Say that it lives and how far it is; learn whether it should stop."""
        # What a step did shows when it is committed; a task of one transaction shows how far it is all along.
        seen = "done" if self.task.keeps else "%s"
        sql = (
            f"UPDATE platform_work SET beat_at = clock_timestamp(), updated_at = clock_timestamp(), done = {seen}, total = %s, phase = %s"
            " WHERE id = %s AND runner = %s AND state = 'running' RETURNING cancel"
        )
        shown = [] if self.task.keeps else [self.done]
        with work(self.company, SYSTEM, "pulse"):
            found = rows.execute(sql, [*shown, self.total, self.phase[:80], self.id, self.runner])
        if not found:
            self.lost.set()
        elif found[0][0]:
            self.stopped.set()


class _Pulse(threading.Thread):
    """Beats for a job on a connection of its own, so that it is seen while its transaction is open."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"pulse of work {job.id}", daemon=True)
        self.job, self.ended = job, threading.Event()

    def run(self) -> None:
        try:
            while not self.ended.wait(PULSE):
                try:
                    self.job.beat()
                except (DatabaseError, Busy) as exc:
                    log.warning("work.pulse", work=self.job.id, error=type(exc).__name__)
                    close_old_connections()
        finally:
            connections.close_all()


def plan_anew() -> None:
    """Plan each statement of this transaction for what it finds: tables grow under long work, and a plan that was made
    for a small one and kept would read all of it again and again."""
    rows.execute("SET LOCAL plan_cache_mode = force_custom_plan")


def run(company: int, ident: int) -> str:
    """Run a work, or go on with it; the state it is in then. Does nothing when somebody else holds it."""
    close_old_connections()
    job = _claim(company, ident)
    if job is None:
        return ""
    ORIGIN.set(f"worker {job.task}")
    pulse = _Pulse(job)
    pulse.start()
    try:
        with translation.override(_language(job)):
            return _run(job)
    except Lost:
        log.warning("work.lost", work=job.id)
        return ""
    finally:
        pulse.ended.set()
        pulse.join()


def _claim(company: int, ident: int) -> Job | None:
    runner = uuid.uuid4().hex
    sql = (
        "UPDATE platform_work SET state = 'running', runner = %s, beat_at = clock_timestamp(), attempts = attempts + 1 WHERE id = %s"
        " AND (state = 'waiting' OR (state = 'running' AND beat_at < clock_timestamp() - %s::interval))"
        " RETURNING task, title, args, actor, done, total, reached, attempts"
    )
    with work(company, SYSTEM, "work"):
        if not rows.execute(sql, [runner, ident, SILENCE]):
            return None
        w = Work.objects.get(pk=ident)
    known = TASKS.get(w.task)
    job = Job(company, ident, known or Task(w.task, _unknown, True), w.title, w.args, w.actor, runner, w.done, w.total, w.reached)  # fmt: skip
    if w.cancel:
        job.stopped.set()
    if w.attempts > TRIES:
        _end(job, "failed", None, _("It was taken up %(n)s times and came no further. Look into the log for work %(id)s.") % {"n": TRIES, "id": ident})  # fmt: skip
        return None
    return job


def _unknown(job: Job) -> None:
    raise Refusal("work.task", f"this version knows no task {job.task.name}", "Start it again.")


def _language(job: Job) -> str:
    """The language of the one who asked: what is told is for him."""
    kind, _sep, who = job.actor.partition(":")
    found = (
        User.objects.filter(pk=int(who)).values_list("language", flat=True)
        if kind == "user" and who.isdigit()
        else ()
    )
    return next(iter(found), "en")


def _run(job: Job) -> str:
    try:
        for attempt in range(TRIES):
            try:
                return _whole(job) if not job.task.keeps else _steps(job)
            except Busy:
                if attempt == TRIES - 1:
                    raise
                threading.Event().wait(0.1 * 2**attempt)
    except Stopped:
        return _end(job, "cancelled", {"kept": job.task.keeps})
    except Interrupted:
        return _give_back(job)
    except Lost:
        raise
    except OperationalError:
        raise  # the database is away: without a pulse the work is taken up again
    except (Refusal, Busy, DatabaseError) as exc:
        refusal = refusal_from(exc) if isinstance(exc, DatabaseError) else exc
        if refusal is not None:
            told = f"{refusal.message[:1].upper()}{refusal.message[1:]}. {refusal.remedy} ({refusal.code})"
            return _end(job, "failed", None, told)
        return _broken(job, exc)
    except Exception as exc:
        return _broken(job, exc)
    return ""


def _steps(job: Job) -> str:
    told = job.task.function(job)
    return _end(job, "done", told)


def _whole(job: Job) -> str:
    """The task, its result and the notice in one transaction."""
    with work(job.company, job.actor, f"work:{job.id}"):
        plan_anew()
        job.check()
        told = job.task.function(job)
        job.check()
        return _end(job, "done", told)


def _broken(job: Job, exc: Exception) -> str:
    log.error("work.defect", work=job.id, task=job.task.name, exc_info=exc)
    told = _("Something went wrong that is no rule: %(error)s. What was done stays as it is; the log has more under work %(id)s. (work.defect)")  # fmt: skip
    return _end(job, "failed", None, told % {"error": type(exc).__name__, "id": job.id})


def _end(job: Job, state: str, told: Result | None, error: str = "") -> str:
    """Write how it ended, and tell the one who asked."""
    with work(job.company, job.actor if state == "done" and not job.task.keeps else SYSTEM, f"work:{job.id}"):
        held = Work.objects.filter(pk=job.id, runner=job.runner, state="running")
        now = rows.execute("SELECT clock_timestamp()")[0][0]
        change: dict[str, Any] = {
            "state": state,
            "result": dict(told or {}),
            "error": error,
            "ended_at": now,
            "beat_at": None,
        }
        if state == "done" or job.task.keeps:
            change |= {"done": job.done, "total": job.total}
        if not held.update(**change):
            raise Lost
        texts = {
            "done": _("%(title)s: done."),
            "failed": _("%(title)s: it failed."),
            "cancelled": _("%(title)s: stopped."),
        }
        if job.actor.startswith("user:"):
            text = str((told or {}).get("text") or texts[state] % {"title": job.title})
            href = str((told or {}).get("href") or f"/progress/{job.id}")
            Notice.objects.create(company_id=job.company, actor=job.actor, text=text[:300], href=href[:200])
    log.info("work.ended", work=job.id, task=job.task.name, state=state, done=job.done)
    return state


def _give_back(job: Job) -> str:
    """The worker ends: the next one goes on at once."""
    with work(job.company, SYSTEM, f"work:{job.id}"):
        held = Work.objects.filter(pk=job.id, runner=job.runner, state="running")
        if held.update(state="waiting", runner="", attempts=0):
            _defer(job.company, job.id)
    return "waiting"
