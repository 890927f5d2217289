"""Rows in sets: one statement whatever their number.

Processes write and lock through these functions only. They take columns (name → list of values, all of one
length) and bind them on the server as arrays, so five rows and five thousand cost one round trip and one plan.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connections, models

from backstay.base.errors import NotFound
from backstay.ledger.statement import execute

__all__ = ["bind", "delete", "execute", "insert", "insert_counting", "lock", "of", "update"]
Columns = Mapping[str, Sequence[Any]]


def insert(model: type[models.Model], columns: Columns) -> list[int]:
    """Insert rows, return their ids in the order given.

    The company comes from the context; columns left out take their model's default.
    """
    count = len(next(iter(columns.values())))
    missing = _defaults(model, tuple(columns))
    names, params = _bind(model, {**columns, **{name: [value] * count for name, value in missing}})
    if not params or not params[0]:
        return []
    found = execute(_insert_sql(model, names), params)
    return [row[0] for row in found]


def insert_counting(
    model: type[models.Model],
    columns: Columns,
    parent: type[models.Model],
    keys: Sequence[int],
    counters: Columns,
) -> list[int]:
    """Insert rows and, in the same statement, add figures to counters of their parents; ids in order.

    ``keys``: the parent of each row; ``counters``: what each row adds, by the parent's column. The database adds,
    so no update is lost, and the parent's constraints hold the bounds.
    """
    names, params = _bind(model, columns)
    if not keys:
        return []
    added, figures = _bind(parent, counters)
    return [
        row[0] for row in execute(_counting_sql(model, names, parent, added), [*params, list(keys), *figures])
    ]


def bind(
    model: type[models.Model],
    ids: Sequence[int],
    series: tuple[str, str],
    years: Sequence[int],
    event: tuple[str, str, str, str],
    columns: Columns,
) -> list[str]:
    """Number documents, set ``columns`` and write one audit event each, in one statement; numbers in order.

    ``series``: code and default prefix; ``event``: actor, request, kind and name. Call it by ``numbering.bind``.
    """
    counts = {year: years.count(year) for year in sorted(set(years))}
    names, params = _bind(model, columns)
    sql = _bind_sql(model, names)
    drawn = [*series, list(counts), list(counts.values())]
    found = dict(execute(sql, [*drawn, list(ids), list(years), *params, *event]))
    return [found[i] for i in ids]


def update(model: type[models.Model], ids: Sequence[int], columns: Columns) -> int:
    """Set columns of the rows with these ids (each id once); return how many were there."""
    if not ids:
        return 0
    names, params = _bind(model, columns)
    return len(execute(_update_sql(model, names), [list(ids), *params]))


def delete(model: type[models.Model], column: str, values: Sequence[int]) -> int:
    """Take out rows whose ``column`` is one of ``values``; how many. Lines of what is posted refuse it."""
    name, kind, _ = _column(model, column)
    sql = f'DELETE FROM "{model._meta.db_table}" WHERE "{name}" = ANY(%s::{kind}[]) RETURNING id'
    return len(execute(sql, [list(values)])) if values else 0


def lock(model: type[models.Model], ids: Sequence[int], *fields: str) -> list[Any]:
    """Lock rows in key order, return them as named tuples (id first) in the order of ``ids``.

    Raises NotFound that names the ids which do not exist or belong to another company.
    """
    by_id = {row[0]: row for row in _fetch(_select_sql(model, fields, "id", True), fields, [list(set(ids))])}
    missing = [i for i in ids if i not in by_id]
    if missing:
        label = model._meta.verbose_name
        raise NotFound("platform.not_found", f"no {label} with id {', '.join(map(str, missing[:5]))}")
    return [by_id[i] for i in ids]


def of(model: type[models.Model], column: str, values: Iterable[Any], *fields: str) -> list[Any]:
    """Rows whose ``column`` is one of ``values``, as named tuples (id first), in id order."""
    wanted = list(values)
    return _fetch(_select_sql(model, fields, column, False), fields, [wanted]) if wanted else []


def _fetch(sql: str, fields: tuple[str, ...], params: Sequence[Any]) -> list[Any]:
    make = _row_type(fields)._make
    return [make(row) for row in execute(sql, params)]


@cache
def _row_type(fields: tuple[str, ...]) -> Any:
    return namedtuple("Row", ("id", *fields))


def _column(model: type[models.Model], name: str) -> tuple[str, str, bool]:
    """(column, type, travels as text) of a field given by attribute or column name."""
    for field in model._meta.concrete_fields:
        if name in (field.name, field.column, field.attname):
            kind = field.db_type(connections["default"]) or ""
            if field.is_relation:
                kind = field.target_field.db_type(connections["default"]) or ""
            kind = kind.split(" generated ")[0]
            if field.get_internal_type() in ("AutoField", "BigAutoField"):
                kind = "bigint"
            return field.column, kind, kind == "jsonb" or kind.endswith("[]")
    raise LookupError(f"{model._meta.label} has no column {name}")


@cache
def _shape(model: type[models.Model], names: tuple[str, ...]) -> tuple[tuple[str, str, bool], ...]:
    return tuple(_column(model, name) for name in names)


@cache
def _defaults(model: type[models.Model], given: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    """(column, default) of fields that are not given and whose default only Django knows."""
    return tuple(
        (field.attname, field.get_default())
        for field in model._meta.concrete_fields
        if field.has_default()
        and field.db_default is models.NOT_PROVIDED
        and not {field.name, field.attname, field.column} & set(given)
    )


def _bind(model: type[models.Model], columns: Columns) -> tuple[tuple[str, ...], list[list[Any]]]:
    names = tuple(columns)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of {model._meta.label} differ in length: {sorted(lengths)}")
    params = []
    for (_, kind, as_text), values in zip(_shape(model, names), columns.values(), strict=True):
        params.append([_text(kind, v) for v in values] if as_text else list(values))
    return names, params


def _text(kind: str, value: Any) -> str | None:
    """A JSON value, or an array of texts, as PostgreSQL reads it: arrays of arrays cannot be unnested by rows."""
    if value is None:
        return None
    if kind == "jsonb":
        return json.dumps(value, default=str)
    quoted = ('"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in value)
    return "{" + ",".join(quoted) + "}"


def _sources(shape: tuple[tuple[str, str, bool], ...]) -> tuple[str, str]:
    """(select list, unnest arguments) for columns of this shape."""
    select = ", ".join(
        f"u.c{n}::{kind}" if as_text else f"u.c{n}" for n, (_, kind, as_text) in enumerate(shape)
    )
    arrays = ", ".join(f"%s::{'text' if as_text else kind}[]" for _, kind, as_text in shape)
    return select, arrays


@cache
def _insert_sql(model: type[models.Model], names: tuple[str, ...]) -> str:
    shape = _shape(model, names)
    select, arrays = _sources(shape)
    into = ", ".join(f'"{column}"' for column, _, _ in shape)
    aliases = ", ".join(f"c{n}" for n in range(len(shape)))
    return (
        f'INSERT INTO "{model._meta.db_table}" ({into}) SELECT {select} '
        f"FROM unnest({arrays}) WITH ORDINALITY u({aliases}, o) ORDER BY u.o RETURNING id"
    )


@cache
def _counting_sql(
    model: type[models.Model], names: tuple[str, ...], parent: type[models.Model], added: tuple[str, ...]
) -> str:
    insert_sql = _insert_sql(model, names)
    shape = _shape(parent, added)
    _, arrays = _sources(shape)
    aliases = ", ".join(f"c{n}" for n in range(len(shape)))
    sums = ", ".join(f"sum(c{n})::{kind} AS c{n}" for n, (_, kind, _) in enumerate(shape))
    sets = ", ".join(f'"{column}" = t."{column}" + d.c{n}' for n, (column, _, _) in enumerate(shape))
    return (
        f"WITH made AS ({insert_sql}), moved AS ("
        f'UPDATE "{parent._meta.db_table}" t SET {sets} FROM (SELECT id, {sums} '
        f"FROM unnest(%s::bigint[], {arrays}) u(id, {aliases}) GROUP BY id) d WHERE t.id = d.id) "
        "SELECT id FROM made"
    )


@cache
def _bind_sql(model: type[models.Model], names: tuple[str, ...]) -> str:
    shape = _shape(model, names)
    _, arrays = _sources(shape)
    aliases = ", ".join(f"c{n}" for n in range(len(shape)))
    sets = ", ".join(f'"{column}" = u.c{n}' for n, (column, _, _) in enumerate(shape))
    return (
        "WITH drawn AS MATERIALIZED (SELECT * FROM draw_numbers(%s, %s, %s::int[], %s::bigint[])), "
        "u AS (SELECT x.*, row_number() OVER (PARTITION BY x.year ORDER BY x.o) - 1 AS nth "
        f"FROM unnest(%s::bigint[], %s::int[], {arrays}) WITH ORDINALITY x(id, year, {aliases}, o)), "
        'told AS (INSERT INTO "platform_auditevent" (actor, request, kind, object_id, event) '
        "SELECT %s, %s, %s, u.id, %s FROM u ORDER BY u.o) "
        f"UPDATE \"{model._meta.db_table}\" t SET {sets}, number = d.prefix || '-' || d.year || '-' || "
        "lpad((d.first + u.nth)::text, greatest(d.width::int, length((d.first + u.nth)::text)), '0') "
        "FROM u JOIN drawn d ON d.year = u.year WHERE t.id = u.id RETURNING t.id, t.number"
    )


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...]) -> str:
    shape = _shape(model, names)
    _, arrays = _sources(shape)
    sets = ", ".join(
        f'"{column}" = u.c{n}::{kind}' if as_text else f'"{column}" = u.c{n}'
        for n, (column, kind, as_text) in enumerate(shape)
    )
    aliases = ", ".join(f"c{n}" for n in range(len(shape)))
    return (
        f'UPDATE "{model._meta.db_table}" t SET {sets} '
        f"FROM unnest(%s::bigint[], {arrays}) u(id, {aliases}) WHERE t.id = u.id RETURNING t.id"
    )


@cache
def _select_sql(model: type[models.Model], fields: tuple[str, ...], column: str, for_update: bool) -> str:
    shape = _shape(model, ("id", *fields))
    key, kind, _ = _column(model, column)
    chosen = ", ".join(f'"{c}"' for c, _, _ in shape)
    tail = " FOR UPDATE" if for_update else ""
    return (
        f'SELECT {chosen} FROM "{model._meta.db_table}" WHERE "{key}" = ANY(%s::{kind}[]) ORDER BY id{tail}'
    )
