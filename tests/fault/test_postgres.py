"""The embedded server: started by many, killed, half-made, under a private home; the run-time role that is none."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import EXTERNAL, ROOT

if EXTERNAL:
    pytest.skip("the embedded server is tested where no other is named", allow_module_level=True)

START = "from backstay.platform import postgres; w = postgres.start(); print(postgres._postmaster(w))"
SQL = """
from backstay.platform import postgres
with postgres.connect(postgres.start()) as c:
    {}
"""


class Home:
    """A data folder of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("BACKSTAY_", "DATABASE_"))
        }
        self.environment |= {"BACKSTAY_HOME": str(path), "BACKSTAY_POSTGRES_UNSAFE": "1"}

    def popen(self, code: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code]
        return subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, code: str) -> str:
        out, err = (process := self.popen(code)).communicate(timeout=120)
        assert process.returncode == 0, err
        return out.strip()

    def sql(self, statement: str) -> str:
        return self.run(SQL.format(statement))

    def stop(self) -> None:
        self.run("from backstay.platform import postgres; postgres.stop()")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    # What pytest makes is 0700 all the way: as root the server's user cannot get in, so this is the private home.
    made = Home(tmp_path / "data folder with blanks")
    yield made
    made.stop()
    pointer = made.path / "postgres.path"
    if pointer.exists():  # the cluster lies outside, where the server's user may go
        shutil.rmtree(Path(pointer.read_text().strip()).parent)


def test_eight_at_once_start_one_server(home: Home) -> None:
    processes = [home.popen(START) for _ in range(8)]
    found = set()
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        found.add(out.strip())
    assert len(found) == 1
    assert found != {"None"}


def test_everything_committed_survives_kill_9(home: Home) -> None:
    """Of the postmaster, again and again, and of the process that started it."""
    home.sql('c.execute("CREATE TABLE kept (i int)")')
    for n in range(3):
        home.sql(f'c.execute("INSERT INTO kept VALUES ({n})")')
        os.kill(int(home.run(START)), signal.SIGKILL)
    assert home.sql('print(c.execute("SELECT count(*) FROM kept").fetchone()[0])') == "3"
    code = SQL.format(
        'c.execute("INSERT INTO kept VALUES (9)"); print("in", flush=True); import time; time.sleep(60)'
    )
    process = home.popen(code)
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    process.kill()
    process.communicate()
    assert home.sql('print(c.execute("SELECT count(*) FROM kept").fetchone()[0])') == "4"


def test_a_clean_stop_and_another_start(home: Home) -> None:
    first = home.run(START)
    assert (
        home.run("from backstay.platform import postgres; print(postgres.stop(), postgres.stop())")
        == "True False"
    )
    assert home.run("from backstay.platform import postgres; print(postgres.running())") == "False"
    assert home.run(START) != first


def test_a_stale_pid_file_of_another_process(home: Home) -> None:
    home.run(START)
    home.stop()
    data = Path(home.run("from backstay.platform import postgres; print(postgres.place().data)"))
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    assert home.run(START) != "None"


def test_an_interrupted_initdb_is_thrown_away(home: Home) -> None:
    data = Path(home.run("from backstay.platform import postgres; print(postgres.place().data)"))
    half = data.with_name(data.name + ".new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert home.run(START) != "None"
    assert not half.exists()


def test_another_versions_data_is_refused(home: Home) -> None:
    home.run(START)
    home.stop()
    data = Path(home.run("from backstay.platform import postgres; print(postgres.place().data)"))
    (data / "PG_VERSION").write_text("14\n")
    out, err = (process := home.popen(START)).communicate(timeout=60)
    (data / "PG_VERSION").write_text("18\n")
    assert process.returncode != 0
    assert "postgres.version" in err
    assert out == ""


def test_nobody_gets_in_without_a_password(home: Home) -> None:
    """No trust, no TCP; the secrets file is ours alone."""
    home.run(START)
    code = (
        "from backstay.platform import postgres; import psycopg\nw = postgres.place()\n"
        "try:\n    psycopg.connect(host=str(w.socket), user='backstay_admin', dbname='postgres', password='wrong')\n"
        "except psycopg.OperationalError as e: print('refused' if 'password' in str(e) else e)"
    )
    assert home.run(code) == "refused"
    assert home.sql('print(c.execute("SHOW listen_addresses").fetchone()[0] or "none")') == "none"
    assert (home.path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert all(len(value) > 40 for value in json.loads((home.path / "secrets.json").read_text()).values())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server to another user")
def test_as_root_the_server_is_another_user(home: Home) -> None:
    pid = int(home.run(START))
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    data = home.run("from backstay.platform import postgres; print(postgres.place().data)")
    assert Path(data).stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
def test_as_an_ordinary_user(tmp_path: Path) -> None:
    """Nobody's server in nobody's folder; skips where nobody may not read this checkout."""
    import pwd
    import tempfile

    user = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    os.chown(folder, user.pw_uid, user.pw_gid)
    code = START + "\npostgres.stop()"
    environment = {
        "BACKSTAY_HOME": str(folder / "home"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd="/", env=environment, capture_output=True, text=True, user=user.pw_uid, group=user.pw_gid, extra_groups=[]
        )  # fmt: skip
    except PermissionError:
        pytest.skip("this checkout or its Python lies where an ordinary user may not go")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if "PermissionError" in done.stderr or "No module named" in done.stderr:
        pytest.skip("this checkout lies where an ordinary user may not go")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().isdigit()


def test_a_run_time_role_that_could_get_around_is_refused(home: Home) -> None:
    """database.runtime_role: superusers, the owner, and roles that bypass the policies."""
    url = home.run(
        "from backstay.platform import database, postgres; postgres.start()\n"
        "print(database.url_text(database.owner_url()))\n"
        "print(database.url_text(database.owner_url() | {'user': postgres.ADMIN, 'password': database.secrets.get(postgres.ADMIN)}))"
    ).splitlines()
    for runtime in url:
        home.environment |= {"DATABASE_URL": url[0], "DATABASE_RUNTIME_URL": runtime}
        _, err = (
            process := home.popen("from backstay.platform import database; database.prepare()")
        ).communicate(timeout=60)
        assert process.returncode != 0
        assert "database.runtime_role" in err
    del home.environment["DATABASE_URL"], home.environment["DATABASE_RUNTIME_URL"]
