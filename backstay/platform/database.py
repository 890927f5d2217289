"""Which database: the embedded one, or any PostgreSQL ≥ 15 by ``DATABASE_URL``; its two roles; migrations.

The owner migrates. The run-time role reads under the policies and writes through functions; it may not be a
superuser, nor the owner, nor able to bypass row-level security.
"""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from backstay.base.errors import Refusal
from backstay.platform import postgres, secrets
from backstay.platform.home import home

__all__ = ["django_databases", "home", "migrate", "prepare", "schema"]
OLDEST = 15
MIGRATION_LOCK = 5_160_437_191
# Tables that belong to no company: rights of the run-time role.
SHARED_TABLES = {
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "django_content_type": "SELECT",
    "django_migrations": "SELECT",
    "procrastinate_jobs": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_events": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_periodic_defers": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_workers": "SELECT, INSERT, UPDATE, DELETE",
}


def schema() -> str:
    """The schema that holds everything; named here and at migration, nowhere in SQL."""
    return os.environ.get("BACKSTAY_SCHEMA", "backstay")


def external() -> bool:
    """Whether DATABASE_URL names the database."""
    return bool(os.environ.get("DATABASE_URL"))


def owner_url() -> dict[str, Any]:
    """Connection parameters of the owner."""
    if external():
        return dict(conninfo_to_dict(os.environ["DATABASE_URL"]))
    return _embedded(postgres.OWNER)


def runtime_url() -> dict[str, Any]:
    """Connection parameters of the run-time role."""
    if os.environ.get("DATABASE_RUNTIME_URL"):
        return dict(conninfo_to_dict(os.environ["DATABASE_RUNTIME_URL"]))
    if external():
        url = owner_url()
        name = os.environ.get("BACKSTAY_RUNTIME_ROLE") or f"{url.get('dbname', 'backstay')}_app"
        return url | {"user": name, "password": secrets.get(f"runtime:{url.get('host', '')}:{name}")}
    return _embedded(postgres.APP)


def _embedded(role: str) -> dict[str, Any]:
    where = postgres.place()
    return {
        "host": str(where.socket),
        "dbname": os.environ.get("BACKSTAY_DATABASE", postgres.DATABASE),
        "user": role,
        "password": secrets.get(role),
    }


def url_text(parameters: dict[str, Any]) -> str:
    """Connection parameters as one string that psql understands."""
    return psycopg.conninfo.make_conninfo(**parameters)


def django_databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES: ``default`` is the run-time role, ``owner`` migrates."""
    runtime = _django(runtime_url())
    owner = _django(owner_url(), app_role=runtime["USER"])
    runtime["OPTIONS"]["prepare_threshold"] = 5
    return {"default": runtime, "owner": owner}


def _django(parameters: dict[str, Any], app_role: str = "") -> dict[str, Any]:
    rest = dict(parameters)
    base = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": rest.pop("dbname", "postgres"),
        "USER": rest.pop("user", ""),
        "PASSWORD": rest.pop("password", ""),
        "HOST": rest.pop("host", ""),
        "PORT": rest.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
    options = f"-c search_path={schema()},pg_temp"
    if app_role:
        options += f" -c backstay.app_role={app_role}"
    given = rest.pop("options", "")
    return base | {"OPTIONS": {**rest, "options": f"{given} {options}".strip()}}


def prepare() -> None:
    """Have the database answer and its run-time role exist; refuse one that could get around the rules."""
    if not external():
        postgres.start()
        return
    with psycopg.connect(**owner_url(), autocommit=True) as owner:
        if owner.info.server_version < OLDEST * 10000:
            raise Refusal(
                "database.version",
                f"the server is PostgreSQL {owner.info.server_version // 10000}",
                f"Use PostgreSQL {OLDEST} or later.",
            )
        if not os.environ.get("DATABASE_RUNTIME_URL"):
            _make_runtime_role(owner)
        _check_runtime_role(owner)


def _make_runtime_role(owner: psycopg.Connection[Any]) -> None:
    """Make the run-time role, or give it the password that the secrets file has."""
    runtime = runtime_url()
    name, password = sql.Identifier(runtime["user"]), sql.Literal(runtime["password"])
    known = owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [runtime["user"]]).fetchone()
    if known:
        try:
            psycopg.connect(**runtime, connect_timeout=10).close()
            return
        except psycopg.OperationalError:
            owner.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, password))
    else:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, password))
    owner.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            sql.Identifier(owner.info.dbname), name
        )
    )


def _check_runtime_role(owner: psycopg.Connection[Any]) -> None:
    runtime = runtime_url()
    row = owner.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, pg_has_role(rolname, current_user, 'member') AND NOT rolsuper"
        " FROM pg_roles WHERE rolname = %s",
        [runtime["user"]],
    ).fetchone()
    if row is None:
        raise Refusal(
            "database.runtime_role",
            f"there is no role {runtime['user']}",
            "Create it, or unset DATABASE_RUNTIME_URL.",
        )
    if any(row):
        raise Refusal(
            "database.runtime_role",
            f"{runtime['user']} is a superuser, the owner, or may bypass the policies",
            "Give DATABASE_RUNTIME_URL an ordinary role of its own.",
        )


def migrate(*, verbosity: int = 0) -> None:
    """Bring the database to this version as its owner; processes that migrate at once wait for one another."""
    from django.core.management import call_command
    from django.db import connections

    from backstay.platform import kept  # reads the declarations: only once the apps are loaded

    prepare()
    url = owner_url()
    app = sql.Identifier(runtime_url()["user"])
    with psycopg.connect(**url, autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        owner.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema())))
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(schema()), app))
        owner.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(schema())))
        call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
        connections["owner"].close()
        kept.install(owner)
        for table, rights in SHARED_TABLES.items():
            if owner.execute("SELECT to_regclass(%s)", [table]).fetchone() != (None,):
                grant = sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), sql.Identifier(table), app)
                owner.execute(grant)
        for sequence in owner.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = %s", [schema()]
        ).fetchall():
            owner.execute(
                sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(sql.Identifier(sequence[0]), app)
            )


def is_current() -> bool:
    """Whether every migration of this version has been applied."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
