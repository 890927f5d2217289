"""What every table must have, asked of the database and of Django's own model graph."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings

ORDER = ["base", "ledger", "platform", *settings.DOMAINS]
# References to a unit: currencies are shared by all companies, so (company, unit) cannot be a key.
SHARED = {"unit", "platform_user"}
WITHOUT_COMPANY = {
    "auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations", "django_session",
    "platform_user", "company", "unit", "procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers",
    "procrastinate_workers",
    # sign-in: people and their devices belong to no company
    "account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "usersessions_usersession",
    "socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken", "platform_attempt",
}  # fmt: skip


def test_foreign_keys_point_down() -> None:
    """import-linter cannot see ForeignKey("x.Y"): lower never refers to higher."""
    wrong = []
    for model in apps.get_models():
        label = model._meta.app_label
        if label not in ORDER:
            continue
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is not None:
                target = field.related_model._meta.app_label
                if target in ORDER and ORDER.index(target) > ORDER.index(label):
                    wrong.append(f"{model._meta.label}.{field.name} -> {target}")
    assert wrong == []


def _tables(owner: psycopg.Connection[Any]) -> dict[str, bool]:
    """Every table → whether it has company_id."""
    found = owner.execute(
        "SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped)"
        " FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
    ).fetchall()
    return dict(found)


def test_every_table_is_a_companys_or_named_as_shared(owner: psycopg.Connection[Any]) -> None:
    assert {t for t, has in _tables(owner).items() if not has} <= WITHOUT_COMPANY


def test_every_companys_table_has_its_policy(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute(
        "SELECT c.relname, c.relrowsecurity, p.qual FROM pg_class c LEFT JOIN pg_policies p"
        " ON p.tablename = c.relname AND p.schemaname = current_schema()"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
    ).fetchall()
    policies = {name: (on, qual or "") for name, on, qual in found}
    for table, has in _tables(owner).items():
        if has or table == "company":
            on, condition = policies[table]
            assert on, table
            assert "company()" in condition, table


def test_references_between_companys_tables_are_composite(owner: psycopg.Connection[Any]) -> None:
    """(company_id, x_id) → (company_id, id): a row can never refer to another company's."""
    tables = _tables(owner)
    keys = owner.execute(
        "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, array_agg(a.attname::text) FROM pg_constraint c"
        " JOIN unnest(c.conkey) k ON true JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k"
        " WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace GROUP BY c.oid, 1, 2"
    ).fetchall()
    pairs = {
        (table, next(c for c in columns if c != "company_id"), target)
        for table, target, columns in keys
        if len(columns) == 2 and "company_id" in columns
    }
    wanted = {
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models()
        if model._meta.managed
        for field in model._meta.concrete_fields
        if field.is_relation
        and tables.get(model._meta.db_table)
        and tables.get(field.related_model._meta.db_table)
    }
    wanted = {(t, c, target) for t, c, target in wanted if target not in SHARED}
    assert len(wanted) > 60
    assert wanted - pairs == set()


def test_the_run_time_role_is_an_ordinary_one(app: psycopg.Connection[Any]) -> None:
    row = app.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row == (False, False, False, False)
    owned = app.execute(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"
    ).fetchone()
    assert owned == (0,)


def test_functions_that_act_for_the_owner_fix_their_path(owner: psycopg.Connection[Any]) -> None:
    """SECURITY DEFINER without a fixed search_path would let a temp table stand in."""
    loose = owner.execute(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef"
        " AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%pg_temp%')"
    ).fetchall()
    assert loose == []


def test_migrations_are_complete(database: str) -> None:
    from io import StringIO

    from django.core.management import call_command

    told = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=told)
    except SystemExit as exc:  # how the command says that a model has no migration
        pytest.fail(f"makemigrations ended with {exc.code}: {told.getvalue()}")
    assert "No changes detected" in told.getvalue()
