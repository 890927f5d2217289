"""One SQL statement, its parameters bound on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import psycopg
from django.db import connections


def execute(
    sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, using: str = "default"
) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; errors leave as Django's, the database's own as their cause."""
    if isinstance(params, Mapping):
        params = {k: _array(p) if isinstance(p, list) else p for k, p in params.items()}
    else:
        params = [_array(p) if isinstance(p, list) else p for p in params]
    connection = connections[using]
    connection.ensure_connection()
    raw = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection)
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(cast("Any", sql), params)
        return cursor.fetchall() if cursor.description else []


_PLAIN = {int, Decimal, date, bool}


def _array(values: list[Any]) -> str:
    """An array as PostgreSQL reads it: written in one go, an array of thousands costs no look at each element's type."""
    kinds = set(map(type, values))
    if kinds <= {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds <= _PLAIN:
        return "{" + ",".join([str(v) for v in values]) + "}"
    return "{" + ",".join([_element(v) for v in values]) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if type(value) in _PLAIN:
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
