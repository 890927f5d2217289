"""A company as Parquet, a file per table, for an engine of somebody's own (DuckDB, Spark, Trino): decimals exact, days as days.

The tables and rows are those of ``going``, of one moment. Writing needs ``pip install 'backstay[parquet]'``.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
from django.db import connections, transaction
from psycopg import sql

from backstay.base.errors import Refusal
from backstay.interfaces.exchange.going import KIND, Progress
from backstay.platform import access, audit, carried, rows
from backstay.platform.carried import Table
from backstay.platform.context import enter, work

BATCH = 10_000  # rows that are held at a time
_DECIMAL = re.compile(r"numeric\((\d+),(\d+)\)")


def leave(company: int, actor: str, folder: Path, *, progress: Progress | None = None) -> dict[str, int]:
    """Write ``folder/<table>.parquet``; rows by table. The folder is new: all of it is there, or nothing.

    Needs ``accounting.company.export``. Raises Refusal (``exchange.parquet``, ``exchange.there``).
    """
    arrow = _arrow()
    if folder.exists():
        raise Refusal("exchange.there", f"{folder} is there already", "Name a folder that is not.")
    with work(company, actor, "export") as ctx:
        access.require(ctx, f"{KIND}.export", [company])
        audit.record(ctx, KIND, [company], "export", [{"form": "parquet"}])
    folder.parent.mkdir(parents=True, exist_ok=True)
    inside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        with transaction.atomic():
            rows.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            enter(company, actor, "export")
            tables, made = carried.tables(), {}
            for done, table in enumerate(tables):
                if progress:
                    progress(done, len(tables))
                made[table.name] = _table(arrow, table, inside / f"{table.name}.parquet")
        inside.chmod(0o700)
        inside.rename(folder)
        return made
    finally:
        shutil.rmtree(inside, ignore_errors=True)


def _arrow() -> Any:
    try:
        import pyarrow as arrow
        import pyarrow.parquet
    except ImportError:
        raise Refusal(
            "exchange.parquet", "Parquet is written by a library that is not installed", "pip install 'backstay[parquet]'"
        ) from None  # fmt: skip
    return arrow


def _table(arrow: Any, table: Table, path: Path) -> int:
    kinds = [_kind(arrow, c.type) for c in table.columns]
    fields = [
        arrow.field(c.name, kind, nullable=c.null) for c, kind in zip(table.columns, kinds, strict=True)
    ]
    shape, count = arrow.schema(fields), 0
    with arrow.parquet.ParquetWriter(path, shape, compression="zstd") as out:
        for batch in _batches(table):
            columns = zip(*batch, strict=True)
            arrays = [
                arrow.array(list(values), type=kind) for values, kind in zip(columns, kinds, strict=True)
            ]
            out.write_batch(arrow.record_batch(arrays, schema=shape))
            count += len(batch)
    return count


def _batches(table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """Rows by the primary key, so many at a time, by a cursor of the server."""
    raw = cast("psycopg.Connection[Any]", connections["default"].connection)
    chosen = sql.SQL(", ").join(
        sql.SQL("{}::text" if _as_text(c.type) else "{}").format(sql.Identifier(c.name))
        for c in table.columns
    )
    order = sql.SQL(", ").join(sql.Identifier(c) for c in table.primary or [table.columns[0].name])
    query = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
        chosen, sql.Identifier(table.name), sql.SQL(cast("Any", table.where)), order
    )
    with psycopg.ServerCursor(raw, f"leaving_{table.name}") as cursor:
        cursor.execute(query)
        while batch := cursor.fetchmany(BATCH):
            yield batch


def _as_text(kind: str) -> bool:
    """What Parquet has no word for, or whose width is not bounded, goes as PostgreSQL writes it."""
    return kind in ("jsonb", "xid8", "numeric", "inet", "uuid") or kind.startswith("interval")


def _kind(arrow: Any, kind: str) -> Any:
    """The type of a column, by PostgreSQL's."""
    if found := _DECIMAL.fullmatch(kind):
        return arrow.decimal128(int(found[1]), int(found[2]))
    plain: dict[str, Callable[[], Any]] = {
        "bigint": arrow.int64, "integer": arrow.int32, "smallint": arrow.int16, "boolean": arrow.bool_, "date": arrow.date32,
        "bytea": arrow.binary, "double precision": arrow.float64, "text[]": lambda: arrow.list_(arrow.string()),
        "timestamp with time zone": lambda: arrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    return plain.get(kind, arrow.string)()
