"""Which tables leave a trail, and how: triggers made from the declarations, whenever the database is brought up to date.

A model says ``personal`` (columns whose values are kept beside the trail) and, where it is neither a record nor a
document, ``trail`` (triggers of its own). Records tell every change of every row. Documents tell what was rewritten before they were posted; their acts are told
by the processes, and at commit whatever no process told (``sql/audit.sql``). Lines are told with their document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from backstay.platform.records import Document, Record

COUNTED = ("id", "company_id", "revision")
SENDING = (
    "secret",
    "old_secret",
    "old_until",
    "failures",
    "failing_since",
    "rest_until",
    "leased_until",
    "answered_at",
)
MOVED = (*COUNTED, "state", "number", "posted_at", "posted_by", "created_at", "created_by")


# Lines of a document, told as events of the document; those that come with it are its own. A function for each table, since
# the database keeps the plan of a query that names its tables, and makes one anew each time for one put together on the way.
_LINES = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    r record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM changed_rows n JOIN {parent} p ON p.id = n.{key} WHERE p.{born} < transaction_timestamp() LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT array_agg(c) AS c, array_agg(o) AS o, array_agg('lines'::text) AS e, array_agg(jsonb_build_object('lines', jsonb_build_array(NULL, l))) AS x INTO r
        FROM (SELECT p.company_id AS c, p.id AS o, jsonb_agg(jsonb_strip_nulls(to_jsonb(n) - '{{id,company_id,{key}}}'::text[]) ORDER BY n.id) AS l
              FROM changed_rows n JOIN {parent} p ON p.id = n.{key} WHERE p.{born} < transaction_timestamp() GROUP BY 1, 2 ORDER BY 2) t;
    ELSE
        SELECT array_agg(c) AS c, array_agg(o) AS o, array_agg('lines'::text) AS e, array_agg(jsonb_build_object('lines', jsonb_build_array(l, NULL))) AS x INTO r
        FROM (SELECT p.company_id AS c, p.id AS o, jsonb_agg(jsonb_strip_nulls(to_jsonb(n) - '{{id,company_id,{key}}}'::text[]) ORDER BY n.id) AS l
              FROM changed_rows n JOIN {parent} p ON p.id = n.{key} GROUP BY 1, 2 ORDER BY 2) t;
    END IF;
    PERFORM audit_append(r.c, '{kind}', r.o, r.e, r.x, '{{}}');
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION {name}() FROM PUBLIC"""
LINES_OF = "lines_of_"
# What somebody signs in with belongs to no company: every company he works for is told that it came, went or is another.
# Of a factor its kind alone, of an address the address (beside, it is personal): never a secret.
_ACCOUNT = """
CREATE OR REPLACE FUNCTION tell_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    made jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    changed jsonb := jsonb_build_object(TG_ARGV[0], jsonb_build_array(was -> TG_ARGV[1], made -> TG_ARGV[1]));
    who bigint := (coalesce(made, was) ->> 'user_id')::bigint;
    r record;
BEGIN
    SELECT array_agg(c) AS c, array_agg(who) AS o, array_agg('update'::text) AS e, array_agg(changed) AS x INTO r
    FROM (SELECT DISTINCT m.company_id AS c FROM platform_membership m WHERE m.user_id = who ORDER BY 1) t;
    PERFORM audit_append(r.c, 'platform.user', r.o, r.e, r.x, TG_ARGV[2]::text[]);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION tell_account() FROM PUBLIC"""


class Trigger(NamedTuple):
    """One trigger of a table."""

    table: str
    name: str
    when: str
    call: str
    function: str = ""  # made with it

    @property
    def sql(self) -> str:
        """CREATE TRIGGER."""
        kind = "CONSTRAINT TRIGGER" if "DEFERRABLE" in self.when else "TRIGGER"
        return f"CREATE {kind} {self.name} {self.when} EXECUTE FUNCTION {self.call}"


def record(
    table: str, kind: str, personal: tuple[str, ...] = (), ignored: tuple[str, ...] = ()
) -> Iterator[Trigger]:
    """Every change of every row."""
    args = f"('{kind}', '{_array(personal)}', '{_array((*COUNTED, 'created_at', *ignored))}')"
    each = "FOR EACH STATEMENT"
    yield Trigger(
        table,
        "told_insert",
        f"AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows {each}",
        f"tell_created{args}",
    )
    yield Trigger(table, "told_update", f"AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows {each}", f"tell_changed{args}")  # fmt: skip
    yield Trigger(
        table,
        "told_delete",
        f"AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows {each}",
        f"tell_deleted{args}",
    )


def document(table: str, kind: str, columns: list[str], free: set[str]) -> Iterator[Trigger]:
    """What it says, at once; its acts at commit, unless a process told them; every change counts a revision."""
    said = tuple(c for c in columns if c not in MOVED and c not in free)
    acts = tuple(c for c in columns if c not in said and c not in COUNTED)
    when = f"AFTER UPDATE OF {_names(said)} ON {table} FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)"
    yield Trigger(table, "told_update", when, f"tell_row('{kind}', '{{}}', '{_array((*COUNTED, *acts))}')")
    yield Trigger(table, "told_revision", f"BEFORE UPDATE ON {table} FOR EACH ROW", "count_revision()")
    gone = f"tell_row('{kind}', '{{}}', '{_array(COUNTED)}')"
    yield Trigger(table, "told_delete", f"AFTER DELETE ON {table} FOR EACH ROW", gone)
    yield late(table, kind, verbs=f"INSERT OR UPDATE OF {_names(acts)}", but=said)


def late(
    table: str, kind: str, key: str = "id", verbs: str = "INSERT OR UPDATE", but: tuple[str, ...] = ()
) -> Trigger:
    """At commit, what no process told."""
    when = f"AFTER {verbs} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    return Trigger(
        table, "told_late", when, f"tell_unless_told('{kind}', '{key}', '{_array((*COUNTED, *but))}')"
    )


def added(table: str, parent: str, key: str, born: str) -> Iterator[Trigger]:
    """Rows that come to what was there before, or go."""
    name, kind = f"{LINES_OF}{table}", parent.replace("_", ".", 1)
    function = _LINES.format(name=name, parent=parent, key=key, born=born, kind=kind)
    for verb, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
        when = f"AFTER {verb} ON {table} REFERENCING {rows} TABLE AS changed_rows FOR EACH STATEMENT"
        yield Trigger(table, f"told_{verb.lower()}", when, f"{name}()", function)


def lines(table: str, parent: str, key: str, columns: list[str], free: set[str]) -> Iterator[Trigger]:
    """With the document they belong to; counters of posted ones move untold, verify counts them."""
    yield from added(table, parent, key, "created_at")
    said = _names(tuple(c for c in columns if c not in free))
    when = f"AFTER UPDATE OF {said} ON {table} FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)"
    yield Trigger(
        table, "told_update", when, f"tell_line('{parent.replace('_', '.', 1)}', '{parent}', '{key}')"
    )


def setting(
    table: str, kind: str, of: str, when: str, *, verbs: str = "UPDATE OF", but: tuple[str, ...] = ()
) -> Trigger:
    """Some columns of a row that otherwise counts."""
    args = f"('{kind}', '{{}}', '{_array((*COUNTED, *but))}')"
    return Trigger(
        table, "told_setting", f"AFTER {verbs} {of} ON {table} FOR EACH ROW WHEN ({when})", f"tell_row{args}"
    )


def platform_triggers() -> Iterator[Trigger]:
    """Tables of the platform and of the ledger."""
    for name in ("membership", "teammember", "exemption"):
        yield from record(f"platform_{name}", f"platform.{name}")
    yield from record("platform_webhook", "platform.webhook", ignored=SENDING)
    yield from record("account", "accounting.account")
    yield from record("period", "accounting.period", ignored=("closed_at",))
    yield Trigger(
        "period_event",
        "told_insert",
        "AFTER INSERT ON period_event FOR EACH ROW",
        "tell_period_event('accounting.period')",
    )
    yield Trigger(
        "company",
        "told_change",
        "AFTER INSERT OR UPDATE ON company FOR EACH ROW",
        "tell_company('accounting.company')",
    )
    yield Trigger("platform_user", "told_change", "AFTER UPDATE ON platform_user FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                  "tell_user('platform.user', '{email,name}', '{id,last_login,created_at}')")  # fmt: skip
    for table, name, column, personal in (("mfa_authenticator", "factor", "type", "{}"), ("account_emailaddress", "address", "email", "{address}"),
                                          ("socialaccount_socialaccount", "directory", "provider", "{}")):  # fmt: skip
        call = f"tell_account('{name}', '{column}', '{personal}')"
        yield Trigger(
            table, "told_account", f"AFTER INSERT OR DELETE ON {table} FOR EACH ROW", call, _ACCOUNT
        )
        when = f"AFTER UPDATE OF {column} ON {table} FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})"
        yield Trigger(table, "told_account_change", when, call, _ACCOUNT)
    yield setting("platform_series", "numbering.series", "prefix, width, code, year, next",
                  "(OLD.prefix, OLD.width, OLD.code, OLD.year) IS DISTINCT FROM (NEW.prefix, NEW.width, NEW.code, NEW.year) OR NEW.next < OLD.next")  # fmt: skip
    yield setting("guard", "ledger.guard", "floor, active, sign, measure, code", "OLD.floor <> NEW.floor OR OLD.active <> NEW.active OR (OLD.code, OLD.sign, OLD.measure) IS DISTINCT FROM (NEW.code, NEW.sign, NEW.measure)",
                  but=("balance", "held"))  # fmt: skip
    yield setting("live", "ledger.subaccount", "floor, sign, frozen_before", "(OLD.floor, OLD.sign, OLD.frozen_before) IS DISTINCT FROM (NEW.floor, NEW.sign, NEW.frozen_before)",
                  but=("amount", "value", "held", "last_on"))  # fmt: skip
    for verb, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
        yield Trigger("platform_attachment", f"told_{verb.lower()}",
                      f"AFTER {verb} ON platform_attachment REFERENCING {rows} TABLE AS changed_rows FOR EACH STATEMENT", "tell_file()")  # fmt: skip


def triggers(frozen: dict[tuple[str, str], list[str]]) -> list[Trigger]:
    """All of them. ``frozen``: (table, trigger) → arguments of the triggers that freeze documents and their lines."""
    made = [*platform_triggers()]
    for model in apps.get_models():
        table, kind = model._meta.db_table, model._meta.label_lower
        made += getattr(model, "trail", ())
        if issubclass(model, Record):
            made += record(table, kind, tuple(getattr(model, "personal", ())))
        elif issubclass(model, Document):
            made += document(table, kind, _columns(model), set(frozen.get((table, "frozen"), [])))
        elif told := frozen.get((table, "frozen_insert")):
            parent, key, *free = told
            made += lines(table, parent, key, _columns(model), set(free))
    return made


def install(connection: Any) -> int:
    """Make the triggers that are missing or told otherwise; return how many. As the owner, under the migration lock."""
    frozen: dict[tuple[str, str], list[str]] = {}
    for table, name, args in connection.execute(
        "SELECT tgrelid::regclass::text, tgname, encode(tgargs, 'escape') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND tgname IN ('frozen', 'frozen_insert')"
    ).fetchall():
        frozen[table.split(".")[-1], name] = args.split("\\000")[:-1]
    there = {
        (table.split(".")[-1], name): told
        for table, name, told in connection.execute(
            "SELECT tgrelid::regclass::text, tgname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t JOIN pg_class c"
            " ON c.oid = t.tgrelid WHERE c.relnamespace = current_schema()::regnamespace AND tgname LIKE 'told%'"
        ).fetchall()
    }
    made = 0
    for each in triggers(frozen):
        mark = hashlib.sha256(f"{each.sql}{each.function}".encode()).hexdigest()[:16]
        if there.get((each.table, each.name)) == mark:
            continue
        if each.function:
            connection.execute(each.function)
        connection.execute(f"DROP TRIGGER IF EXISTS {each.name} ON {each.table}")
        connection.execute(each.sql)
        connection.execute(f"COMMENT ON TRIGGER {each.name} ON {each.table} IS '{mark}'")
        made += 1
    connection.execute("DROP FUNCTION IF EXISTS tell_lines()")  # one for all tables, of earlier databases
    return made


def _columns(model: type[models.Model]) -> list[str]:
    return [f.column for f in model._meta.concrete_fields if f.column]


def _array(names: tuple[str, ...]) -> str:
    return "{" + ",".join(names) + "}"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)
