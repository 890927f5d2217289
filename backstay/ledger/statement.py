"""One SQL statement, its parameters bound on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from django.db import connections


def execute(
    sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, using: str = "default"
) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; errors leave as Django's, the database's own as their cause."""
    connection = connections[using]
    connection.ensure_connection()
    raw = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection)
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(cast("Any", sql), params)
        return cursor.fetchall() if cursor.description else []
