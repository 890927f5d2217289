"""The rows that a company's work left, written again by COPY into plain tables with the same keys and indexes,
without triggers: what the database alone would have cost."""

from __future__ import annotations

import time
from typing import NamedTuple

import psycopg
from psycopg import sql

from backstay.platform import database

Marks = dict[str, int]


class Copied(NamedTuple):
    """Seconds of all COPYs together, and how many rows."""

    seconds: float
    rows: int


def _connect() -> psycopg.Connection[tuple[object, ...]]:
    connection = psycopg.connect(**database.owner_url(), autocommit=True)
    connection.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(database.schema())))
    return connection


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Every table with a company, but the records of set-up."""
    found = connection.execute(
        "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = current_schema() AND c.column_name = 'company_id' AND t.table_type = 'BASE TABLE' ORDER BY 1"
    ).fetchall()
    return [str(name) for (name,) in found]


def marks(company: int) -> Marks:
    """How many rows each table has for the company now."""
    with _connect() as connection:
        found = {}
        for table in _tables(connection):
            query = sql.SQL("SELECT count(*) FROM {} WHERE company_id = %s").format(sql.Identifier(table))
            row = connection.execute(query, [company]).fetchone()
            found[table] = int(str(row[0])) if row else 0
        return found


def copy_again(company: int, before: Marks) -> Copied:
    """COPY what came since ``before`` from prepared buffers into plain copies of the tables."""
    seconds, count = 0.0, 0
    with _connect() as connection:
        for table, had in before.items():
            name, plain = sql.Identifier(table), sql.Identifier(f"plain_{table}")
            query = sql.SQL("SELECT count(*) FROM {} WHERE company_id = %s").format(name)
            row = connection.execute(query, [company]).fetchone()
            new = (int(str(row[0])) if row else 0) - had
            if new <= 0:
                continue
            connection.execute(
                sql.SQL(
                    "CREATE TABLE {} (LIKE {} INCLUDING INDEXES INCLUDING STORAGE INCLUDING GENERATED)"
                ).format(plain, name)
            )
            try:
                # The newest rows by where they lie: of what was updated, the version that stayed.
                source = sql.SQL(
                    "COPY (SELECT * FROM {} WHERE company_id = {} ORDER BY ctid DESC LIMIT {}) TO STDOUT (FORMAT binary)"
                )
                with connection.cursor().copy(
                    source.format(name, sql.Literal(company), sql.Literal(new))
                ) as out:
                    buffer = b"".join(bytes(part) for part in out)
                began = time.perf_counter()
                with connection.cursor().copy(
                    sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(plain)
                ) as copy:
                    copy.write(buffer)
                seconds += time.perf_counter() - began
                count += new
            finally:
                connection.execute(sql.SQL("DROP TABLE {}").format(plain))
    return Copied(seconds, count)
