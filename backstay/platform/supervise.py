"""``up``: database, web and worker as one; each restarted when it dies, all stopped cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING, Any

import structlog

from backstay.platform import database, postgres

if TYPE_CHECKING:
    from procrastinate import App

log = structlog.get_logger(__name__)
PATIENCE = 20.0  # seconds a child gets to end by itself
LONGEST_WAIT = 30.0
TAKE_UP = 5.0  # seconds between looks for work that lost its process


@dataclass(slots=True)
class Child:
    """A process that is kept running."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    not_before: float = 0.0
    began: float = field(default=0.0)

    def keep(self) -> None:
        """Start it when it is not running, with a back-off when it keeps dying."""
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.process is not None:
            self.failures = 0 if now - self.began > 60 else self.failures + 1
            self.not_before = now + min(0.5 * 2**self.failures, LONGEST_WAIT)
            log.warning("up.died", child=self.name, code=self.process.returncode, failures=self.failures)
            self.process = None
        if now >= self.not_before:
            self.began = now
            self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def up(
    *, host: str = "127.0.0.1", port: int = 8000, workers: int = 2, worker: bool = True, tls: tuple[str, str] | None = None, trusted: str = "",
) -> int:  # fmt: skip
    """Run until SIGTERM or SIGINT; returns the exit code. Stops the database only if this call started it.

    ``tls``: certificate and key; ``trusted``: proxies that say by what people came. Nobody else is believed, not even
    somebody on this machine.
    """
    started = not database.external() and not postgres.running()
    database.migrate()
    python = sys.executable
    children = [
        Child("web", [python, "-m", "gunicorn", "backstay.interfaces.web.wsgi:application", "--bind", f"{host}:{port}",
                      "--worker-class", "gthread", "--workers", str(workers), "--threads", "8", "--graceful-timeout", "15",
                      "--limit-request-line", "8190",  # five hundred SKUs of one question
                      "--log-level", "warning", "--forwarded-allow-ips", trusted,
                      *(["--certfile", tls[0], "--keyfile", tls[1]] if tls else [])]),
    ]  # fmt: skip
    if worker:
        children.append(Child("worker", [python, "-m", "backstay", "worker"]))
    ended = threading.Event()

    def end(_: int, __: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        while not ended.is_set():
            for child in children:
                child.keep()
            if not database.external() and not postgres.running():
                log.warning("up.database_restarted")
                postgres.start()
            ended.wait(1.0)
    finally:
        for child in reversed(children):
            child.stop()
        if started:
            postgres.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


async def _look_after(ready: App) -> None:
    """Take up what lost its process."""
    import asyncio

    from backstay.platform import jobs, work

    while True:
        try:
            await jobs.bring_back(ready, work.SILENT)
            await asyncio.to_thread(work.take_up)
        except Exception as exc:  # the database may be away for a moment
            log.warning("worker.take_up", error=type(exc).__name__)
        await asyncio.sleep(TAKE_UP)


def worker() -> None:
    """Run background jobs until a signal ends it: short ones, long ones and calls to others in lanes of their own.

    Long work ends at its next step and is given back, so that the next worker goes on with it.
    """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    from procrastinate.contrib.django import app

    from backstay.platform import jobs, work

    async def run() -> None:
        # As many threads as the lanes want: with the usual few, receivers that are slow would keep mail waiting.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(32))
        async with app.with_connector(app.connector.get_worker_connector()).open_async() as ready:  # type: ignore[attr-defined]
            how: dict[str, Any] = {
                "install_signal_handlers": False, "delete_jobs": "successful",
                "update_heartbeat_interval": work.SILENT / 4, "stalled_worker_timeout": work.SILENT,
            }  # fmt: skip
            lanes = [
                ready.run_worker_async(name="short", queues=["default", "builtin"], concurrency=4, **how),
                ready.run_worker_async(name="webhooks", queues=[jobs.WEBHOOKS], concurrency=16, **how),
                ready.run_worker_async(name="long", queues=[jobs.LONG], concurrency=2, **how),
                _look_after(ready),
            ]
            tasks = [asyncio.ensure_future(lane) for lane in lanes]

            def end() -> None:
                work.STOPPING.set()
                for task in tasks:
                    task.cancel()

            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, end)
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            end()  # one lane that breaks takes the others along: whoever keeps the worker starts it anew
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            if broken := [e for e in ended if isinstance(e, Exception)]:
                raise broken[0]

    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    asyncio.run(run())
