"""Tests run as the run-time role, on a database cloned from a template; each makes companies of its own, which
row-level security keeps apart, so nothing needs cleaning."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
EXTERNAL = os.environ.get("BACKSTAY_TEST_DATABASE_URL", "")

os.environ["BACKSTAY_HOME"] = os.environ.get("BACKSTAY_TEST_HOME", str(ROOT / ".home-test"))
os.environ["BACKSTAY_POSTGRES_UNSAFE"] = "1"
os.environ["BACKSTAY_HOSTS"] = "testserver,127.0.0.1,localhost"
os.environ["BACKSTAY_MAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backstay.settings")
os.environ.pop("DATABASE_RUNTIME_URL", None)
CLONE = f"backstay_test_{os.getpid()}"
os.environ["BACKSTAY_DATABASE"] = CLONE
if EXTERNAL:
    os.environ["DATABASE_URL"] = psycopg.conninfo.make_conninfo(EXTERNAL, dbname=CLONE)
    os.environ["BACKSTAY_RUNTIME_ROLE"] = "backstay_test_app"  # one for the template and all its clones
else:
    os.environ.pop("DATABASE_URL", None)

import django  # noqa: E402

django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402

# The hash of a password is dear on purpose, and tests make hundreds: cheap in this process, dear in every other one.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
_started: dict[str, Any] = {}


def _fingerprint() -> str:
    """What the template was made from: a change of any migration or SQL file makes a new one."""
    digest = hashlib.sha256()
    files = [*ROOT.glob("backstay/**/*.sql"), *ROOT.glob("backstay/**/migrations/*.py")]
    files += [
        *ROOT.glob("backstay/domains/*/records.py"),
        ROOT / "backstay/platform/kept.py",
    ]  # what leaves a trail
    for path in sorted(
        [*files, ROOT / "backstay/platform/migration.py", ROOT / "backstay/platform/database.py"]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def admin() -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection to the server's maintenance database."""
    from backstay.platform import postgres

    if EXTERNAL:
        with psycopg.connect(EXTERNAL, autocommit=True) as connection:
            yield connection
    else:
        with postgres.connect(_started.get("place") or postgres.start()) as connection:
            yield connection


def _owner(connection: psycopg.Connection[Any]) -> str:
    from backstay.platform import postgres

    return connection.info.user if EXTERNAL else postgres.OWNER


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two runs may begin together: the second finds the template made."""
    import fcntl

    home = Path(os.environ["BACKSTAY_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    with (home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_template(name: str) -> None:
    """Migrate a database once and keep it under its fingerprint."""
    import subprocess
    import sys

    with admin() as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        old = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'backstay_template_%'"
        ).fetchall()
        for (other,) in old:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(other))
            )
        making = f"{name}_making"
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(making)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(making), sql.Identifier(_owner(connection))
            )
        )
    environment = os.environ | {"BACKSTAY_DATABASE": making}
    if EXTERNAL:
        environment["DATABASE_URL"] = psycopg.conninfo.make_conninfo(EXTERNAL, dbname=making)
    code = "import django; django.setup(); from backstay.platform import database; database.migrate()"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=ROOT)
    with admin() as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
        )


def clone(name: str) -> None:
    """A fresh database from the template."""
    with admin() as connection:
        template = f"backstay_template_{_fingerprint()}"
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY")
        connection.execute(
            statement.format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(_owner(connection))
            )
        )


def drop(name: str) -> None:
    with admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The session's own database; Django's settings point to it."""
    with admin() as connection:
        _started["version"] = connection.info.server_version
    with _one_at_a_time():
        _make_template(f"backstay_template_{_fingerprint()}")
        clone(CLONE)
    yield CLONE
    from django.db import connections

    connections.close_all()
    drop(CLONE)


@pytest.fixture(autouse=True)
def _django(request: pytest.FixtureRequest) -> None:
    """Everything but tests/unit may use the database."""
    if "unit" not in Path(str(request.fspath)).relative_to(ROOT / "tests").parts[:1]:
        request.getfixturevalue("database")


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection: raw SQL past the functions, under the triggers."""
    from backstay.platform import database as db

    with psycopg.connect(**db.owner_url(), autocommit=True) as connection:
        connection.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(db.schema())))
        yield connection


@pytest.fixture
def app(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A raw connection of the run-time role."""
    from backstay.platform import database as db

    with psycopg.connect(**db.runtime_url(), autocommit=True) as connection:
        connection.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(db.schema())))
        yield connection


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Figures that tests measured (``record_property("figures", …)``), whichever process ran them."""
    told = [
        f"{report.nodeid.rpartition('::')[2]}: {value}"
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "figures"
    ]
    if told:
        terminalreporter.section("figures")
        for line in told:
            terminalreporter.write_line(line)


_names = itertools.count(1)


@pytest.fixture
def company(database: str) -> int:
    """A new company with the default chart, its periods, taxes, warehouse and bank account."""
    from backstay.domains.accounting import processes

    return processes.create_company(f"Test {next(_names)}", actor="system:test", first_year=2026, years=2)


@pytest.fixture
def work(company: int) -> Callable[..., Any]:
    """``with work() as ctx``: a transaction for the test's company."""
    from backstay.platform import context

    return lambda actor="system:test": context.work(company, actor)


class Counter:
    """Counts statements as the driver sends them, BEGIN and COMMIT included."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_statements(database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """``with count_statements() as n: …; assert len(n) <= 9``."""
    from psycopg import Connection, Cursor

    @contextmanager
    def counting() -> Iterator[Counter]:
        counter = Counter()
        command, prepare = Connection._exec_command, Cursor._maybe_prepare_gen

        def count_command(self: Any, statement: Any, *args: Any, **kwargs: Any) -> Any:
            counter.statements.append(str(statement))
            return command(self, statement, *args, **kwargs)

        def count_query(self: Any, pgq: Any, *args: Any, **kwargs: Any) -> Any:
            counter.statements.append(pgq.query.decode())
            return prepare(self, pgq, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(Connection, "_exec_command", count_command)
            patch.setattr(Cursor, "_maybe_prepare_gen", count_query)
            yield counter

    return counting


def shared(path: str) -> Path:
    """A file of the shared folder, or a skip with a clear word."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"../shared/{path} is not here")
    return found


@pytest.fixture
def world(company: int, work: Callable[..., Any]) -> Any:
    """A small trading company (tests/trade.py)."""
    from tests.trade import make_world

    return make_world(company, work)


@pytest.fixture
def books(owner: psycopg.Connection[Any]) -> Any:
    """A company for tests of the ledger alone (tests/ledger_world.py)."""
    from tests.ledger_world import make_books

    return make_books(owner)


@pytest.fixture
def superuser(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection to the tests' database: the only one that can switch triggers off."""
    from backstay.platform import database as db
    from backstay.platform import postgres

    connection = (
        psycopg.connect(EXTERNAL, dbname=CLONE, autocommit=True)
        if EXTERNAL
        else postgres.connect(postgres.place(), database=CLONE)
    )
    with connection:
        connection.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(db.schema())))
        yield connection
