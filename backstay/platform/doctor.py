"""What is wrong with this installation, and the remedy."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from backstay import __version__
from backstay.base.errors import Refusal
from backstay.platform import database, postgres
from backstay.platform.home import home

LEAST_DISK = 1024**3
SEAL_LATE = 600  # seconds that something may wait to be sealed; it is done each minute
_UNSEALED = """
SELECT count(*), coalesce(max(clock_timestamp() - coalesce(e.created_at, v.at)), interval '0') FROM unsealed u
LEFT JOIN entry e ON u.type = 'entry' AND e.id = u.object_id LEFT JOIN platform_auditevent v ON u.type = 'event' AND v.id = u.object_id
"""


class Finding(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Look at everything; a check that fails itself is a finding, never a traceback."""
    findings = []
    for check in (
        _python,
        _home,
        _secrets,
        _disk,
        _database,
        _roles,
        _migrations,
        _clock,
        _queue,
        _seal,
        _copies,
    ):
        try:
            findings.extend(check())
        except Refusal as exc:
            findings.append(Finding(_title(check), False, exc.message, exc.remedy))
        except Exception as exc:
            findings.append(
                Finding(
                    _title(check),
                    False,
                    f"{type(exc).__name__}: {exc}".strip(),
                    "Mend what stands above first.",
                )
            )
    return findings


def _title(check: Callable[[], Iterator[Finding]]) -> str:
    return check.__name__.strip("_")


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "version",
        sys.version_info >= (3, 11),
        f"Backstay {__version__} on Python {version}",
        "Use Python 3.11 or later.",
    )


def _home() -> Iterator[Finding]:
    path = home()
    mode = stat.S_IMODE(path.stat().st_mode)
    closed = mode & 0o066 == 0
    yield Finding(
        "data folder", closed and os.access(path, os.W_OK), f"{path} (mode {mode:o})", f"chmod 700 {path}"
    )


def _secrets() -> Iterator[Finding]:
    path = home() / "secrets.json"
    if not path.exists():
        yield Finding("secrets", True, "none yet: made when first needed")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    yield Finding("secrets", mode & 0o077 == 0, f"{path.name} (mode {mode:o})", f"chmod 600 {path}")


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(home()).free
    yield Finding(
        "disk",
        free > LEAST_DISK,
        f"{free / 1024**3:.1f} GiB free",
        "Make room: below 1 GiB writing may stop.",
    )


def _database() -> Iterator[Finding]:
    if database.external():
        database.prepare()
        yield Finding("database", True, "DATABASE_URL answers")
    else:
        running = postgres.running()
        yield Finding(
            "database",
            running,
            "embedded PostgreSQL " + ("answers" if running else "is not running"),
            "Run `backstay db start`.",
        )


def _roles() -> Iterator[Finding]:
    import psycopg

    with psycopg.connect(**database.runtime_url(), connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    yield Finding("run-time role", row == (False,), "an ordinary role" if row == (False,) else "may bypass the policies",
                  "Give DATABASE_RUNTIME_URL an ordinary role.")  # fmt: skip


def _migrations() -> Iterator[Finding]:
    import django

    django.setup()
    current = database.is_current()
    yield Finding(
        "schema", current, "of this version" if current else "of another version", "Run `backstay migrate`."
    )


def _clock() -> Iterator[Finding]:
    import psycopg

    from backstay.base import clock

    with psycopg.connect(**database.runtime_url(), connect_timeout=5) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    off = abs((clock.now() - row[0]).total_seconds()) if row else 0.0
    yield Finding("clock", off < 5, f"{off:.1f} s off the database's", "Set the clock of this machine (NTP).")


def _queue() -> Iterator[Finding]:
    from backstay.platform import rows

    waiting, oldest = rows.execute(
        "SELECT count(*), coalesce(max(now() - created_at), interval '0') FROM platform_outbox WHERE delivered_at IS NULL",
        using="owner",
    )[0]
    old = oldest.total_seconds() > 3600
    yield Finding("outbox", not old, f"{waiting} waiting", "Start the worker: `backstay up`.")


def _seal() -> Iterator[Finding]:
    from backstay.platform import rows

    waiting, oldest = rows.execute(_UNSEALED, using="owner")[0]
    late = oldest.total_seconds() > SEAL_LATE
    told = (
        f"{waiting} entries and events wait, the oldest for {oldest.total_seconds() / 60:.0f} min"
        if waiting
        else "nothing waits"
    )
    yield Finding(
        "seal",
        not late,
        told,
        "Start the worker: `backstay up`; its log says seal.refused where it cannot seal.",
    )


def _copies() -> Iterator[Finding]:
    from backstay.platform import backup

    plan = backup.plan()
    if plan is None:
        yield Finding("backup", True, "none is made: backstay backup --every-day --to FOLDER")
        return
    found = backup.copies(plan.folder)
    told = f"newest {found[0].hours:.0f} h old, {len(found)} kept in {plan.folder}" if found else "none yet"
    yield Finding(
        "backup",
        bool(found) and found[0].hours < backup.LATE,
        told,
        "Run `backstay backup`; look into the worker's log.",
    )
