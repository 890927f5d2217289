"""The operation that makes a table one of ours: company, policy, grants, references, freezing.

Protect("sales_order", refs={"customer_id": "parties_party"}, freeze=["state"])
Protect("sales_orderline", refs={"order_id": "sales_order"}, lines_of=("sales_order", "order_id", ["shipped"]))
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db.migrations.operations.base import Operation

DOCUMENT_COLUMNS = ["state", "revision"]


class Protect(Operation):
    """Bring a table with ``company_id`` under the house rules. Not reversible: migrations only go forward.

    refs         column → table: composite foreign keys (company_id, column)
    freeze       columns of a document that may still change once it is posted
    lines_of     (parent table, key column, columns that may change once the parent is posted)
    history      keep old values of every change (records)
    append_only  no UPDATE, DELETE, TRUNCATE by anyone
    policy       condition that replaces the usual one
    """

    reversible = False
    reduces_to_sql = True

    def __init__(
        self,
        table: str,
        *,
        refs: Mapping[str, str] | None = None,
        freeze: Sequence[str] | None = None,
        lines_of: tuple[str, str, Sequence[str]] | None = None,
        history: bool = False,
        append_only: bool = False,
        policy: str = "company_id = (SELECT company())",
        may: str = "",
    ) -> None:
        self.table, self.refs, self.freeze, self.lines_of = table, dict(refs or {}), freeze, lines_of
        self.history, self.append_only, self.policy = history, append_only, policy
        self.may = may or ("SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is part of Django's state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self.statements():
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Protect table {self.table}"

    def statements(self) -> list[str]:
        """All SQL of this operation, in order."""
        t = self.table
        sql = [
            f"ALTER TABLE {t} ALTER company_id SET DEFAULT company()",
            company_reference(t, list(self.refs)),
            f"ALTER TABLE {t} ADD UNIQUE (company_id, id)",
            f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY company ON {t} USING ({self.policy})",
            grant(self.may, f"TABLE {t}"),
        ]
        sql += [
            f'ALTER TABLE {t} ADD CONSTRAINT "{t}_{column}_company" FOREIGN KEY (company_id, {column}) '
            f"REFERENCES {other} (company_id, id)"
            for column, other in self.refs.items()
        ]
        if self.freeze is not None:
            columns = ", ".join(f"'{c}'" for c in [*DOCUMENT_COLUMNS, *self.freeze])
            sql.append(
                f"CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW "
                f"WHEN (OLD.posted_at IS NOT NULL) EXECUTE FUNCTION frozen_document({columns})"
            )
        if self.lines_of is not None:
            parent, key, columns_free = self.lines_of
            args = ", ".join(f"'{a}'" for a in [parent, key, *columns_free])
            for verb, tables in (("INSERT", "NEW TABLE AS new_rows"), ("DELETE", "OLD TABLE AS old_rows")):
                sql.append(
                    f"CREATE TRIGGER frozen_{verb.lower()} AFTER {verb} ON {t} REFERENCING {tables} "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION frozen_lines({args})"
                )
            # Fires only where an UPDATE names a column that is not free: counters move at no cost. A migration
            # that adds a column to the table ends with Protect.freeze_lines() again.
            sql += self.freeze_lines()
        if self.history:
            sql.append(
                f"CREATE TRIGGER history BEFORE UPDATE OR DELETE ON {t} "
                "FOR EACH ROW EXECUTE FUNCTION keep_history()"
            )
        if self.append_only:
            sql += [
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {t} "
                "FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
                f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {t} "
                "FOR EACH STATEMENT EXECUTE FUNCTION append_only()",
            ]
        return sql

    def freeze_lines(self) -> list[str]:
        """The trigger that keeps columns of lines as they are once the document is posted."""
        if self.lines_of is None:
            return []
        parent, key, columns_free = self.lines_of
        args = ", ".join(f"'{a}'" for a in [parent, key, *columns_free])
        free = "ARRAY[" + ", ".join(f"'{c}'" for c in columns_free) + "]::name[]"
        return [
            f"DROP TRIGGER IF EXISTS frozen_update ON {self.table}",
            "DO $$BEGIN EXECUTE (SELECT format('CREATE TRIGGER frozen_update BEFORE UPDATE OF %s ON "
            f"{self.table} FOR EACH ROW EXECUTE FUNCTION frozen_line(%s)', "
            f"string_agg(quote_ident(attname), ', '), $args${args}$args$) FROM pg_attribute "
            f"WHERE attrelid = '{self.table}'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL ({free})); END$$",
        ]


class Searchable(Operation):
    """Keep the words of columns, so that every prefix of any word finds the row (``platform_word``)."""

    reversible = False
    reduces_to_sql = True

    def __init__(self, table: str, kind: str, columns: Sequence[str]) -> None:
        self.table, self.kind, self.columns = table, kind, list(columns)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table, self.kind, self.columns], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is part of Django's state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        columns = ", ".join(f"'{c}'" for c in self.columns)
        texts = ", ".join(self.columns)
        for statement in (
            f"SELECT keep_words_of('{self.table}', '{self.kind}', ARRAY[{columns}])",
            "INSERT INTO platform_word (company_id, kind, object_id, word) "
            f"SELECT t.company_id, '{self.kind}', t.id, w FROM {self.table} t, "
            f"LATERAL words_of(concat_ws(' ', {texts})) w",
        ):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Keep the words of {self.table}"


class Listed(Operation):
    """Indexes for the columns a list can be sorted by, so that any page of it is read in order (``<table>_by_<column>``).

    Ascending and descending share one: empty values come last, or first.
    """

    reversible = False
    reduces_to_sql = True

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.table, self.columns = table, list(columns)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table, self.columns], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is part of Django's state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for column in self.columns:
            schema_editor.execute(
                f"CREATE INDEX {self.table}_by_{column} ON {self.table} (company_id, {column}, id)",
                params=None,
            )

    def describe(self) -> str:
        return f"Index what {self.table} is sorted by"


class Turnover(Operation):
    """Keep what a kind of document counts, by day, party and item (``platform_turnover``), from its posting and its reversal on.

    ``ways``: what each sort of it counts, e.g. an invoice 1 and a credit note -1; others are left out.
    """

    reversible = False
    reduces_to_sql = True

    def __init__(
        self,
        table: str,
        lines: tuple[str, str],
        kind: str,
        day: str,
        value: str,
        tax: str,
        ways: Mapping[str, int],
    ) -> None:
        self.table, self.lines = table, lines
        self.args = [kind, *lines, day, value, tax, json.dumps(dict(ways))]

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table, *self.args], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is part of Django's state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        args = ", ".join(f"'{a}'" for a in self.args)
        every = f"(SELECT *, ''draft'' AS before FROM {self.table})"
        schema_editor.execute(
            f"DO $$BEGIN EXECUTE turnover_sql(ARRAY[{args}], '{every}'); END$$", params=None
        )
        schema_editor.execute(
            f"CREATE TRIGGER turnover AFTER UPDATE ON {self.table} REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION keep_turnover({args})",
            params=None,
        )

    def describe(self) -> str:
        return f"Count {self.table} by day, party and item"


def company_reference(table: str, refs: Sequence[str]) -> str:
    """A foreign key to the company, unless a composite one that is never empty says so already."""
    columns = ", ".join(f"'{column}'" for column in refs)
    return (
        "DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_attribute WHERE attnotnull AND attname = ANY (ARRAY["
        f"{columns}]::text[]) AND attrelid = '{table}'::regclass) THEN "
        f'ALTER TABLE {table} ADD CONSTRAINT "{table}_company" FOREIGN KEY (company_id) REFERENCES company (id); END IF; END$$'
    )


def grant(rights: str, on: str) -> str:
    """GRANT to the run-time role, whose name only the migration session knows (``backstay.app_role``)."""
    return (
        "DO $$BEGIN EXECUTE format('GRANT "
        f"{rights} ON {on} TO %I', current_setting('backstay.app_role')); END$$"
    )


class Run(Operation):
    """Run a readable SQL file that lies beside the migrations (``<app>/sql/<name>.sql``)."""

    reversible = False
    reduces_to_sql = True

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.path.name], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is part of Django's state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(self.path.read_text(encoding="utf-8"), params=None)

    def describe(self) -> str:
        return f"Run {self.path.name}"


class Grant(Operation):
    """Rights of the run-time role on what is not a company's table (functions, users, sessions)."""

    reversible = False
    reduces_to_sql = True

    def __init__(self, rights: str, on: str) -> None:
        self.rights, self.on = rights, on

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.rights, self.on], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is part of Django's state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(grant(self.rights, self.on), params=None)

    def describe(self) -> str:
        return f"Grant {self.rights} on {self.on}"
