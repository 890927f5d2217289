"""What the database itself says of who may what: printed for docs/security.md and for an auditor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from backstay.platform import rows

_TABLES = """
SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped),
       array_to_string(ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p WHERE has_table_privilege(%s, c.oid, p)), ', '),
       c.relrowsecurity
FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY 1
"""
_POLICIES = "SELECT tablename, cmd, qual, coalesce(with_check, qual) FROM pg_policies WHERE schemaname = current_schema() ORDER BY 1"
_TRIGGERS = """
SELECT t.tgname, CASE WHEN p.proname = 'lines_of_' || c.relname THEN 'lines_of_…' ELSE p.proname END, c.relname,
       CASE WHEN t.tgtype & 2 > 0 THEN 'before' ELSE 'after' END || CASE WHEN t.tgtype & 4 > 0 THEN ' insert' ELSE '' END
       || CASE WHEN t.tgtype & 16 > 0 THEN ' update' ELSE '' END || CASE WHEN t.tgtype & 8 > 0 THEN ' delete' ELSE '' END
       || CASE WHEN t.tgtype & 32 > 0 THEN ' truncate' ELSE '' END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace ORDER BY 2, 4, 3
"""
_FUNCTIONS = """
SELECT DISTINCT CASE WHEN p.proname LIKE 'lines\\_of\\_%%' THEN 'lines_of_…' ELSE p.proname END, pg_get_function_identity_arguments(p.oid), has_function_privilege(%s, p.oid, 'EXECUTE')
FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace AND p.prosecdef ORDER BY 1, 2
"""
_ROLE = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s"


def printed() -> str:
    """Grants, policies, triggers and functions of the run-time role, as Markdown. Reads the database as its owner."""
    app = settings.DATABASES["default"]["USER"]
    return "\n\n".join([_role(app), _grants(app), _policies(), _triggers(), _functions(app)]) + "\n"


def _ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    return rows.execute(sql, list(params), using="owner")


def _role(app: str) -> str:
    words = ("superuser", "past the policies", "makes roles", "makes databases")
    found = [word for word, yes in zip(words, _ask(_ROLE, app)[0], strict=True) if yes]
    return f"### The run-time role\n\nIt owns nothing and is: {', '.join(found) or 'no superuser, bound by the policies, makes neither roles nor databases'}."


def _grants(app: str) -> str:
    by_rights: dict[tuple[str, str], list[str]] = {}
    for table, company, told, _secured in _ask(_TABLES, app):
        by_rights.setdefault((told or "nothing", "its company's rows" if company else "all rows"), []).append(
            table
        )
    return _table(
        "Grants",
        ("may", "of", "on"),
        ((told, of, _names(tables)) for (told, of), tables in sorted(by_rights.items())),
    )


def _policies() -> str:
    by_rule: dict[tuple[str, str, str], list[str]] = {}
    for table, command, using, check in _ask(_POLICIES):
        by_rule.setdefault((str(command).lower(), _code(using), _code(check)), []).append(table)
    return _table(
        "Policies",
        ("for", "rows that are seen", "rows that may be written", "on"),
        ((*rule, _names(tables)) for rule, tables in sorted(by_rule.items())),
    )


def _triggers() -> str:
    by_function: dict[tuple[str, str], list[str]] = {}
    for _name, function, table, when in _ask(_TRIGGERS):
        by_function.setdefault((function, when), []).append(table)
    return _table(
        "Triggers",
        ("function", "when", "on"),
        (
            (_code(f), when, _names(dict.fromkeys(tables)))
            for (f, when), tables in sorted(by_function.items())
        ),
    )


def _functions(app: str) -> str:
    told = ((_code(f"{name}({args})"), "yes" if may else "no") for name, args, may in _ask(_FUNCTIONS, app))
    return _table("Functions that act for the owner", ("function", "the run-time role may call it"), told)


def _table(title: str, heads: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    names = list(heads)
    body = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([f"### {title}", "", f"| {' | '.join(names)} |", "|---" * len(names) + "|", *body])


def _names(tables: Iterable[str]) -> str:
    return " ".join(f"`{t}`" for t in tables)


def _code(text: str | None) -> str:
    plain = " ".join(str(text or "").split()).replace("|", "¦")
    return f"`{plain}`" if plain else "–"
