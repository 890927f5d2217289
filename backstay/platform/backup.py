"""Backups: one file with the database, the files and, where it is encrypted, the secrets; checked before it counts."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from backstay.base import clock
from backstay.base.errors import Refusal
from backstay.platform import archive, database
from backstay.platform.archive import DUMP, SECRETS
from backstay.platform.home import home

NAME = re.compile(r"backstay-\d{8}T\d{6}Z\.tar(\.age)?")
PLAN = "backup.json"
DAY, LATE = 24, 30  # hours: when the next copy is due, and when its want is a fault


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup there is: where, when it was made, its bytes, and whether it is encrypted."""

    path: Path
    hours: float
    size: int
    encrypted: bool


def copies(folder: Path) -> list[Copy]:
    """The backups in a folder, the newest first."""
    now = clock.now().timestamp()
    found = [p for p in folder.glob("backstay-*") if NAME.fullmatch(p.name)] if folder.is_dir() else []
    told = [(p, p.stat()) for p in sorted(found, reverse=True)]
    return [Copy(p, (now - s.st_mtime) / 3600, s.st_size, p.suffix == ".age") for p, s in told]


@dataclass(frozen=True, slots=True)
class Plan:
    """A copy each day: where, how many are kept, for which keys it is encrypted."""

    folder: Path
    keep: int = 14
    recipients: tuple[str, ...] = ()


def plan() -> Plan | None:
    """The schedule of this installation, if it has one."""
    try:
        told = json.loads((home() / PLAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Plan(Path(told["folder"]), int(told["keep"]), tuple(told["recipients"]))


def schedule(wanted: Plan | None) -> None:
    """Keep a schedule, or none."""
    path = home() / PLAN
    if wanted is None:
        path.unlink(missing_ok=True)
        return
    for each in wanted.recipients:
        _recipient(each)
    told = {"folder": str(wanted.folder.absolute()), "keep": wanted.keep, "recipients": wanted.recipients}
    path.write_text(json.dumps(told) + "\n", encoding="utf-8")


def when_due() -> Path | None:
    """The day's copy, when the newest is a day old; then the oldest go."""
    wanted = plan()
    if wanted is None or any(c.hours < DAY - 0.5 for c in copies(wanted.folder)[:1]):
        return None
    made = write(wanted.folder, wanted.recipients)
    prune(wanted.folder, wanted.keep)
    return made


def write(folder: Path, recipients: Sequence[str] = ()) -> Path:
    """Write a backup into ``folder``, checked, for the keys of ``recipients`` (``age1…``) where there are any; its path.

    While others post: the dump and the figures in the manifest are of one snapshot. Raises Refusal (``backup.key``,
    ``backup.dump``); then nothing is left behind. Plain parts stay in the data folder: where copies go, they may be read.
    """
    keys = [_recipient(text) for text in recipients]
    folder.mkdir(parents=True, exist_ok=True)
    name = f"backstay-{clock.now():%Y%m%dT%H%M%SZ}.tar"
    with workplace("backup") as work:
        figures = _dump(work / DUMP)
        parts = [(DUMP, work / DUMP), *files()]
        if keys and (home() / SECRETS).exists():
            parts.append((SECRETS, home() / SECRETS))
        plain = work / name
        archive.pack(plain, parts, figures)
        archive.check(plain)
        return _put(plain, folder / (f"{name}.age" if keys else name), keys)


@contextmanager
def workplace(name: str) -> Iterator[Path]:
    """A folder of the data folder for plain parts, gone at the end. What a killed process left of the same ``name`` goes, too."""
    for left in home().glob(f".{name}-*-*"):
        owner = left.name.split("-")[1]
        if owner.isdigit() and not _lives(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=home(), prefix=f".{name}-{os.getpid()}-") as inside:
        yield Path(inside)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def _put(plain: Path, target: Path, keys: Sequence[Any]) -> Path:
    """The archive under its name where copies go, encrypted where there are keys; whole or not at all."""
    import pyrage

    part = target.with_name(f".{target.name}.part")
    try:
        with plain.open("rb") as source, private(part, "wb") as out:
            if keys:
                pyrage.encrypt_io(source, out, keys)
            else:
                shutil.copyfileobj(source, out)
            out.flush()
            os.fsync(out.fileno())
        if not keys:  # another disk may have kept another thing
            archive.check(part)
        return part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def private(path: Path, mode: str) -> Any:
    """A new file that its owner alone may read. FileExistsError where there is one."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), mode)


def prune(folder: Path, keep: int) -> int:
    """Take away all but the newest ``keep`` backups of a folder; how many went."""
    old = copies(folder)[max(keep, 1) :]
    for each in old:
        each.path.unlink()
    return len(old)


def _recipient(text: str) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise Refusal(
            "backup.key", f"“{text[:80]}” is no key to encrypt for", "`backstay backup key FILE` makes one."
        ) from None


def _dump(path: Path) -> dict[str, Any]:
    """Dump the schema and count it, both in one snapshot."""
    with psycopg.connect(**database.owner_url()) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = str(row[0]) if row else ""
        command = [
            "-Fc",
            "-Z",
            "gzip:6",
            "--schema",
            database.schema(),
            "--snapshot",
            snapshot,
            "-f",
            str(path),
        ]
        archive.tool("pg_dump", command, database.owner_url())
        return archive.figures(connection) | {
            "schema": database.schema(),
            "runtime_role": database.runtime_url()["user"],
            "server": connection.info.server_version,
        }


def files() -> list[tuple[str, Path]]:
    """Files that documents have; their names are their hashes, so each is there once and never changes."""
    root = home() / "files"
    found = [p for p in sorted(root.glob("??/*")) if re.fullmatch(r"[0-9a-f]{64}", p.name)]
    return [(f"files/{p.parent.name}/{p.name}", p) for p in found]
