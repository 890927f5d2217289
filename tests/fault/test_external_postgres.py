"""Another PostgreSQL, by DATABASE_URL: the demo trades and verifies on the oldest one supported."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import EXTERNAL, ROOT

SERVERS = sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin/postgres"))


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    """A server of its own from the system's binaries, with an owner who is no superuser."""
    if EXTERNAL:
        pytest.skip("another server is named already")
    if not SERVERS:
        pytest.skip("no PostgreSQL 15 or later is installed on this machine")
    binaries = SERVERS[0].parent
    folder = Path(tempfile.mkdtemp(prefix="bs", dir="/tmp"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres" if "postgres" in {u.pw_name for u in pwd.getpwall()} else "nobody")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    password = folder / "pw"
    password.write_text("admin")
    if user:
        os.chown(password, user["user"], user["group"])
    quiet = {"cwd": "/", "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, **user}
    data = str(folder / "data")
    subprocess.run(
        [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "admin",
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
            "-E",
            "UTF8",
            "--no-locale",
        ],
        **quiet,
    )
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    subprocess.run(
        [binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start"], **quiet
    )
    try:
        admin = {"host": str(folder), "user": "admin", "password": "admin", "dbname": "postgres"}
        with psycopg.connect(**admin, autocommit=True) as connection:
            connection.execute("CREATE ROLE trade_owner LOGIN CREATEROLE PASSWORD 'p@ss/word%'")
            connection.execute("CREATE DATABASE trade OWNER trade_owner")
            version = connection.info.server_version
        yield {"folder": folder, "version": version, "admin": admin}
    finally:
        subprocess.run(
            [binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **(quiet | {"check": False})
        )
        shutil.rmtree(folder, ignore_errors=True)


def run(
    server: dict[str, Any], home: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BACKSTAY_", "DATABASE_"))}
    url = f"postgresql://trade_owner:p%40ss%2Fword%25@/trade?host={server['folder']}"
    kept |= {"BACKSTAY_HOME": str(home), "DATABASE_URL": url} | environment
    return subprocess.run(
        [sys.executable, "-m", "backstay", *arguments], capture_output=True, text=True, cwd=ROOT, env=kept
    )


def test_the_demo_on_another_server(server: dict[str, Any], tmp_path: Path) -> None:
    done = run(server, tmp_path, "demo", "--no-serve", "--orders", "60", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["verify"]["ok"]
    assert facts["stock"]["value"] == facts["stock"]["ledger_value"]
    assert run(server, tmp_path, "doctor").returncode == 0
    assert run(server, tmp_path, "db", "stop").returncode == 2


def test_its_owner_is_no_run_time_role(server: dict[str, Any], tmp_path: Path) -> None:
    runtime = f"postgresql://admin:admin@/trade?host={server['folder']}"
    done = run(server, tmp_path, "migrate", DATABASE_RUNTIME_URL=runtime)
    assert done.returncode == 3
    assert "database.runtime_role" in done.stderr


def test_a_wrong_password_is_a_plain_word(server: dict[str, Any], tmp_path: Path) -> None:
    url = f"postgresql://trade_owner:{secrets.token_hex(4)}@/trade?host={server['folder']}"
    done = run(server, tmp_path, "migrate", DATABASE_URL=url)
    assert done.returncode == 1
    assert "password" in done.stderr
    assert "Traceback" not in done.stderr
