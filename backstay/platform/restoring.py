"""A backup comes back: into a fresh data folder and an empty database, or, to try it, beside the real one."""

from __future__ import annotations

import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from backstay.base.errors import Refusal
from backstay.platform import backup, database, postgres
from backstay.platform.archive import DUMP, SECRETS, checked, figures, opened, tool
from backstay.platform.home import home


def restore(path: Path, identity: Path | None = None) -> dict[str, Any]:
    """Bring a backup into a fresh data folder and an empty database; all sending is paused until it is released.

    Everything is checked first. Raises Refusal (``backup.not_empty``, ``backup.damaged``, ``backup.schema``).
    """
    with opened(path, identity) as plain:
        told = checked(plain, path.name)
        if told["schema"] != database.schema():
            raise Refusal(
                "backup.schema", f"it is of schema {told['schema']}", f"Set BACKSTAY_SCHEMA={told['schema']}."
            )
        if backup.files():
            raise Refusal(
                "backup.not_empty", f"{home()} has files already", "Restore into a fresh data folder."
            )
        plain.seek(0)
        with (
            backup.workplace("restore") as inside,
            tarfile.open(fileobj=plain, mode="r:") as tar,
        ):
            tar.extractall(inside, filter="data")
            _secrets(inside)
            database.prepare()
            _load(inside / DUMP, database.owner_url(), told, paused=True)
            if (inside / "files").is_dir():
                (home() / "files").mkdir(mode=0o700, exist_ok=True)
                for folder in (inside / "files").iterdir():
                    folder.rename(home() / "files" / folder.name)
    return told


def _secrets(inside: Path) -> None:
    """What the old installation signed and encrypted with, where the archive has it and this one has none yet."""
    found = inside / SECRETS
    if found.exists() and not (home() / SECRETS).exists():
        found.chmod(0o600)
        found.rename(home() / SECRETS)


def _load(dump: Path, url: dict[str, Any], told: dict[str, Any], *, paused: bool) -> None:
    """The dump into an empty database: all of it or nothing; then all sending paused, and last the rights of the run-time
    role by its name here, without which nothing runs: killed in between, no mail of a copy goes out."""
    with psycopg.connect(**url, autocommit=True) as owner:
        there = owner.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = %s", [told["schema"]]
        ).fetchone()
        if there != (0,):
            raise Refusal(
                "backup.not_empty",
                "the database has tables already",
                "Restore into an empty one; nothing is overwritten.",
            )
        owner.execute(sql.SQL("DROP SCHEMA IF EXISTS {}").format(sql.Identifier(told["schema"])))
    options = [
        "--no-owner",
        "--no-acl",
        "--exit-on-error",
        "--single-transaction",
        "-d",
        str(url.get("dbname", "")),
    ]
    tool("pg_restore", [*options, str(dump)], url)
    with tempfile.NamedTemporaryFile("w", suffix=".list", dir=dump.parent) as wanted:
        listed = tool("pg_restore", ["-l", str(dump)], url)
        wanted.write("\n".join(x for x in listed.splitlines() if " ACL " in x))
        wanted.flush()
        rights = tool("pg_restore", ["--no-owner", "-L", wanted.name, "-f", "-", str(dump)], url)
    plain = "\n".join(x for x in rights.splitlines() if x.startswith(("GRANT ", "REVOKE ")))
    mine = database.runtime_url()["user"]
    with psycopg.connect(**url, autocommit=True) as owner:
        if paused:
            owner.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(told["schema"])))
            owner.execute("UPDATE company SET settings = settings || '{\"paused\": true}'")
        for line in _renamed(plain, str(told["runtime_role"]), mine, str(url.get("user", ""))):
            owner.execute(line.encode())


def _renamed(rights: str, role: str, mine: str, owner: str) -> Iterator[str]:
    """Each right given to the run-time role, to its name here; those of owners go with their tables."""
    for line in rights.splitlines():
        target = re.search(r' (TO|FROM) "?([^";]+)"?;$', line)
        if target and target[2] == role:
            yield f'{line[: target.start(2)].rstrip(chr(34))}"{mine}";'
        elif target and target[2] == "PUBLIC":
            yield line


@contextmanager
def scratch(path: Path, identity: Path | None = None) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """A backup in a database of its own beside the real one, gone at the end: (its name, the manifest, what differs)."""
    name = f"backstay_drill_{os.getpid()}"
    url = database.owner_url()
    with opened(path, identity) as plain:
        told = checked(plain, path.name)
        plain.seek(0)
        with tempfile.TemporaryDirectory(prefix="backstay-drill-") as inside:
            with tarfile.open(fileobj=plain, mode="r:") as tar:
                tar.extract(DUMP, inside, filter="data")
            _database("CREATE DATABASE {} TEMPLATE template0", name)
            try:
                _load(Path(inside) / DUMP, url | {"dbname": name}, told, paused=False)
                with psycopg.connect(**url | {"dbname": name}) as connection:
                    found = figures(connection)
                yield name, told, list(_differences(told, found))
            finally:
                _database("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _differences(told: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for table, count in told["tables"].items():
        if found["tables"].get(table) != count:
            yield f"{table}: {count:,} rows were saved, {found['tables'].get(table, 0):,} came back"
    for saved, back in zip(told["companies"], found["companies"], strict=True):
        for key in ("entries", "postings", "turnover", "balances", "head"):
            if saved[key] != back[key]:
                yield f"{saved['name']}: {key} {saved[key]} was saved, {back[key]} came back"


def _database(statement: str, name: str) -> None:
    """As the server's administrator where the server is ours; else the owner needs CREATEDB."""
    command = sql.SQL(statement).format(sql.Identifier(name))
    if database.external():
        with psycopg.connect(**database.owner_url(), autocommit=True) as owner:
            try:
                owner.execute(command)
            except psycopg.errors.InsufficientPrivilege:
                raise Refusal(
                    "backup.drill",
                    "the owner may not create databases",
                    "ALTER ROLE … CREATEDB, or drill on another machine.",
                ) from None
        return
    with postgres.connect(postgres.place()) as admin:
        if statement.startswith("CREATE"):
            command += sql.SQL(" OWNER {}").format(sql.Identifier(postgres.OWNER))
        admin.execute(command)
