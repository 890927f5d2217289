"""The seal: what was settled is in a chain; whatever is changed, taken, added or swapped afterwards is found."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from psycopg import sql

from backstay.base import seal as chain
from backstay.base.errors import Refusal
from backstay.domains.accounting.processes import create_company
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.interfaces.bench import Shop
from backstay.platform import audit, context, doctor, rows, sealing, secrets
from backstay.platform.models import Membership, User
from tests.conftest import admin
from tests.trade import World

KEYS = {
    "entry": ("id",), "posting": ("entry_id", "line"), "platform_auditevent": ("id",), "platform_auditvalue": ("id",),
    "seal_block": ("company_id", "number"), "seal_leaf": ("company_id", "block", "place"),
}  # fmt: skip
# Columns that say nothing: a number of the row alone.
SAYS_NOTHING = {("platform_auditvalue", "id"), ("platform_auditvalue", "blanked_at")}
OTHER = {
    "bigint": "{c} + 1000003", "integer": "{c} + 1003", "smallint": "({c} + 53)::smallint", "date": "{c} + 1", "boolean": "NOT {c}",
    "timestamp with time zone": "{c} + interval '1 microsecond'", "jsonb": "'{{\"forged\": [1, 2]}}'", "xid8": "'999999'",
    "bytea": "set_byte({c}, 5, (get_byte({c}, 5) + 1) % 256)",
}  # fmt: skip
TEXT = "overlay({c} placing '~' from 1 for 1)"
FILLED = {
    "bigint": "7",
    "integer": "7",
    "smallint": "7",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "jsonb": "'{{}}'",
}


@pytest.fixture(scope="module")
def shop(database: str) -> Shop:
    """A company with five blocks: documents, entries, personal values, a change of the key."""
    made = Shop(items=3, stocked=1000)
    sealing.seal_company(made.company)
    rnd = random.Random(1)
    for _ in range(2):
        for step in made.steps(rnd, 2, 2):
            step()
        sealing.seal_company(made.company)
    with made.work() as ctx:
        create_parties(ctx, [PartyDraft("Ann Example", email="ann@person.example")])
        audit.record(ctx, "sales.order", [1], "send", [{"to": "bob@person.example"}], personal=["to"])
    with made.work() as ctx:
        sealing.rotate(ctx)
    for step in made.steps(rnd, 1, 1):
        step()
    sealing.seal_company(made.company)
    return made


def found(company: int, heads: Any = (), key: str = "") -> list[chain.Found]:
    with context.work(company, "system:test") as ctx:
        return sealing.verify(ctx, heads, key)


@pytest.fixture(scope="module")
def superuser(database: str) -> Iterator[psycopg.Connection[Any]]:
    """With every trigger off."""
    from backstay.platform import database as db

    with admin() as connection:
        told = {"host": connection.info.host, "port": connection.info.port, "user": connection.info.user}
        parameters = told | {"password": connection.info.password, "dbname": database}
    with psycopg.connect(**parameters, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(db.schema())))
        connection.execute("SET session_replication_role = replica")
        yield connection


@contextmanager
def taken(superuser: psycopg.Connection[Any], table: str, where: str) -> Iterator[None]:
    """Rows that are gone for a while."""
    superuser.execute(f"CREATE TEMP TABLE gone AS SELECT * FROM {table} WHERE {where}")
    assert superuser.execute(f"DELETE FROM {table} WHERE {where}").rowcount > 0
    try:
        yield
    finally:
        superuser.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM gone")
        superuser.execute("DROP TABLE gone")


def columns(superuser: psycopg.Connection[Any], table: str) -> list[tuple[str, str]]:
    return superuser.execute(
        "SELECT column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " ORDER BY ordinal_position", [table],
    ).fetchall()  # fmt: skip


def first(superuser: psycopg.Connection[Any], shop: Shop, table: str) -> dict[str, Any]:
    """A row somewhere in the middle."""
    keys = ", ".join(KEYS[table])
    row = superuser.execute(
        f"SELECT {keys} FROM {table} WHERE company_id = %s ORDER BY {keys} OFFSET (SELECT count(*) / 2 FROM {table} WHERE company_id = %s) LIMIT 1",
        [shop.company, shop.company],
    ).fetchone()
    assert row
    return dict(zip(KEYS[table], row, strict=True))


def where_of(key: dict[str, Any]) -> str:
    return " AND ".join(f"{name} = {value}" for name, value in key.items())


def test_a_whole_chain_has_nothing_to_tell(shop: Shop) -> None:
    """Every entry and event is in a block or waits for one; numbers run by journal and year without a gap."""
    assert found(shop.company) == []
    with shop.work() as ctx:
        now = sealing.standing(ctx)
        assert (now.block, now.waiting) == (5, 0)
        counts = rows.execute(
            "SELECT (SELECT count(*) FROM entry WHERE company_id = %s), (SELECT count(*) FROM platform_auditevent WHERE company_id = %s)",
            [shop.company] * 2,
        )[0]
        assert now.leaves == sum(counts)
        runs = rows.execute(
            "SELECT journal, year, count(*), min(number), max(number) FROM seal_leaf WHERE company_id = %s AND type = 'entry' GROUP BY 1, 2",
            [shop.company],
        )
        assert runs
        assert all((least, most) == (1, count) for _j, _y, count, least, most in runs)


def test_the_text_that_is_hashed_is_canonical(shop: Shop) -> None:
    """What the database writes is what RFC 8785 says, so that others can write it, too."""
    with shop.work() as ctx:
        held = [leaf for _block, leaf in sealing.leaves(ctx, 5)]
    assert {json.loads(leaf.content or "")["type"] for leaf in held} == {"entry", "event"}
    for leaf in held:
        assert chain.canonical(json.loads(leaf.content or "")) == leaf.content


@pytest.mark.parametrize("table", KEYS)
def test_a_changed_value_is_found_in_every_column(
    shop: Shop, superuser: psycopg.Connection[Any], table: str
) -> None:
    """By a superuser with triggers off: in entries, postings, events, their personal values, leaves and blocks."""
    key = first(superuser, shop, table)
    for name, kind in columns(superuser, table):
        if (table, name) in SAYS_NOTHING:
            continue
        (empty,) = superuser.execute(
            f"SELECT {name} IS NULL FROM {table} WHERE {where_of(key)}"
        ).fetchone() or (None,)
        value = FILLED.get(kind, "'1'") if empty else OTHER.get(kind, TEXT)
        if (table, name) == ("seal_leaf", "type"):
            value = "CASE type WHEN 'entry' THEN 'event' ELSE 'entry' END"
        if (table, name) == ("entry", "reverses"):
            value = "id"  # that no other entry of the tests' database reverses
        superuser.execute(f"CREATE TEMP TABLE was AS SELECT * FROM {table} WHERE {where_of(key)}")
        place = superuser.execute(
            f"UPDATE {table} SET {name} = {value.format(c=name)} WHERE {where_of(key)} RETURNING ctid::text"
        ).fetchone()
        assert place, (table, name)
        try:
            assert found(shop.company), f"{table}.{name} was changed and not found"
        finally:
            superuser.execute(
                f"UPDATE {table} SET {name} = (SELECT {name} FROM was) WHERE ctid = %s::tid", [place[0]]
            )
            superuser.execute("DROP TABLE was")
    assert found(shop.company) == []


@pytest.mark.parametrize("table", KEYS)
def test_a_missing_row_is_found(shop: Shop, superuser: psycopg.Connection[Any], table: str) -> None:
    """One row in the middle, and what it was is named."""
    key = first(superuser, shop, table)
    with taken(superuser, table, where_of(key)):
        told = found(shop.company)
        assert told, table
    assert found(shop.company) == []
    if table == "entry":
        assert f"entry {key['id']}" in told[0].where
        assert told[0].code == "seal.missing"


def test_rows_that_were_put_in_are_found(shop: Shop, superuser: psycopg.Connection[Any]) -> None:
    """An entry with its postings, a posting, an event, a leaf, a block: copies of real ones."""
    c = shop.company
    e, a = first(superuser, shop, "entry")["id"], first(superuser, shop, "platform_auditevent")["id"]
    events = ", ".join(n for n, _ in columns(superuser, "platform_auditevent") if n != "id")
    put = {
        "entry": f"INSERT INTO entry SELECT 900000001, company_id, period_id, journal, posted_on, document_on, source || 'x', event, text, actor, NULL, storno, created_at FROM entry WHERE id = {e}",
        "posting": f"INSERT INTO posting SELECT entry_id, 99, subaccount_id, amount, value, company_id, period_id, posted_on FROM posting WHERE entry_id = {e} AND line = 1",
        "platform_auditevent": f"INSERT INTO platform_auditevent (id, {events}) SELECT 900000001, {events} FROM platform_auditevent WHERE id = {a}",
        "seal_leaf": f"INSERT INTO seal_leaf SELECT company_id, block, 9999, 'entry', 900000001, 'x', 2026, 1, hash FROM seal_leaf WHERE company_id = {c} AND block = 2 AND place = 1",
        "seal_block": f"INSERT INTO seal_block SELECT company_id, 6, at, previous, root, size, key, next_key, hash, signature FROM seal_block WHERE company_id = {c} AND number = 5",
        "unsealed": f"INSERT INTO unsealed VALUES ({c}, 'entry', {e})",
    }  # fmt: skip
    undo = {"entry": "id = 900000001", "posting": "line = 99", "platform_auditevent": "id = 900000001", "seal_leaf": "place = 9999",
            "seal_block": f"company_id = {c} AND number = 6", "unsealed": f"object_id = {e}"}  # fmt: skip
    for table, statement in put.items():
        superuser.execute(statement)
        try:
            assert found(c), table
        finally:
            superuser.execute(f"DELETE FROM {table} WHERE {undo[table]}")
    assert found(c) == []


def test_swapped_rows_are_found(shop: Shop, superuser: psycopg.Connection[Any]) -> None:
    """Two entries, two postings, two events, two leaves, two blocks change places."""
    pairs = {
        "entry": ("id", [r for (r,) in superuser.execute("SELECT id FROM entry WHERE company_id = %s ORDER BY id LIMIT 2", [shop.company]).fetchall()]),
        "platform_auditevent": ("id", [r for (r,) in superuser.execute("SELECT id FROM platform_auditevent WHERE company_id = %s ORDER BY id LIMIT 2", [shop.company]).fetchall()]),
    }  # fmt: skip
    tables: list[tuple[str, str, Any, Any, str]] = [
        (t, k, a, b, f"company_id = {shop.company}") for t, (k, (a, b)) in pairs.items()
    ]
    entry = pairs["entry"][1][0]
    tables += [
        ("posting", "line", 1, 2, f"entry_id = {entry}"),
        ("seal_leaf", "place", 1, 2, f"company_id = {shop.company} AND block = 2"),
        ("seal_block", "number", 2, 3, f"company_id = {shop.company}"),
    ]

    def swap(table: str, key: str, a: Any, b: Any, where: str) -> None:
        for old, new in ((a, -7), (b, a), (-7, b)):
            superuser.execute(f"UPDATE {table} SET {key} = {new} WHERE {key} = {old} AND {where}")

    for each in tables:
        swap(*each)
        try:
            assert found(shop.company), each
        finally:
            swap(*each)
    assert found(shop.company) == []


def test_an_erased_person_leaves_the_chain_whole(shop: Shop, superuser: psycopg.Connection[Any]) -> None:
    """Personal values lie beside the chain: blanked by erasing they are fine, removed by hand they are not."""
    with shop.work() as ctx:
        party = create_parties(ctx, [PartyDraft("Carl Gone", phone="555")])[0]
    sealing.seal_company(shop.company)
    with shop.work() as ctx:
        assert audit.blank(ctx, {"parties.party": [party]}) >= 2
        assert rows.execute("SELECT count(*) FROM platform_auditvalue WHERE value = 'Carl Gone'") == [(0,)]
    sealing.seal_company(shop.company)
    assert found(shop.company) == []


def test_a_cut_or_forged_chain_is_found_by_a_head_kept_outside(
    shop: Shop, superuser: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """Whoever holds the key can sign another history: a head that somebody else keeps tells."""
    company = create_company("Forged", actor="system:test", first_year=2026)
    for n in range(3):
        with context.work(company, "system:test") as ctx:
            create_parties(ctx, [PartyDraft(f"P{n}")])
        sealing.seal_company(company)
    with context.work(company, "system:test") as ctx:
        held = sealing.head(ctx)
        key = sealing.standing(ctx).key
    assert held
    kept = tmp_path / "head.txt"
    kept.write_text(f"Subject: head\n\n{held}\n")
    heads = chain.heads_of(kept.read_text())
    assert heads == [held]
    assert found(company, heads, key) == []
    last = superuser.execute(
        "SELECT object_id FROM seal_leaf WHERE company_id = %s AND block = 3 AND type = 'event'", [company]
    ).fetchall()
    for statement in (
        "DELETE FROM seal_leaf WHERE company_id = %s AND block = 3",
        "DELETE FROM seal_block WHERE company_id = %s AND number = 3",
    ):
        superuser.execute(statement, [company])
    superuser.execute("DELETE FROM platform_auditevent WHERE id = ANY(%s)", [[i for (i,) in last]])
    assert found(company) == []  # cut clean: nothing inside tells
    assert [f.code for f in found(company, heads)] == ["seal.head"]
    with context.work(company, "system:test") as ctx:  # and grown anew, with the real key
        create_parties(ctx, [PartyDraft("Another history")])
    sealing.seal_company(company)
    assert found(company, key=key) == []
    assert [f.code for f in found(company, heads, key)] == ["seal.head"]
    assert [f.code for f in found(company, (), "ab" * 32)] == ["seal.key"]


def test_keys_change_and_every_block_stays_verifiable(company: int) -> None:
    """The old key signs a block that names the new; a key of nobody, or a lost one, is told."""
    sealing.seal_company(company)
    with context.work(company, "system:test") as ctx:
        old = sealing.standing(ctx).key
        new = sealing.rotate(ctx)
        newest = sealing.rotate(ctx)
    sealing.seal_company(company)
    with context.work(company, "system:test") as ctx:
        create_parties(ctx, [PartyDraft("After")])
    sealing.seal_company(company)
    assert len({old, new, newest}) == 3
    for key in (old, new, newest):
        assert found(company, key=key) == []
    path = secrets.home() / "secrets.json"
    kept = path.read_text()
    try:
        told = json.loads(kept)
        path.write_text(json.dumps({k: v for k, v in told.items() if k != sealing._name(newest)}))
        with context.work(company, "system:test") as ctx:
            create_parties(ctx, [PartyDraft("Unsealed")])
        with pytest.raises(Refusal, match=r"seal\.key") as caught:
            sealing.seal_company(company)
        assert "rotate --lost" in caught.value.remedy
        with context.work(company, "system:test") as ctx:
            assert sealing.standing(ctx).waiting > 0
            sealing.rotate(ctx, lost=True)
        assert [f.code for f in found(company)] == ["seal.key"]
    finally:
        path.write_text(json.dumps(json.loads(path.read_text()) | json.loads(kept)))


def test_killed_while_sealing_leaves_no_gap_and_nothing_twice(
    company: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at each statement in turn: then sealed anew, whole."""
    sealing.seal_company(company)
    with context.work(company, "system:test") as ctx:
        create_parties(ctx, [PartyDraft(f"K{n}") for n in range(5)])
        before = sealing.standing(ctx)
    real, stop = rows.execute, 0

    class Killed(BaseException):
        pass

    def execute(*args: Any, **kwargs: Any) -> Any:
        nonlocal stop
        if args[0].startswith(("SELECT number", "SELECT encode", "SELECT seal_end")):
            stop -= 1
            if stop == 0:
                result = real(*args, **kwargs)
                raise Killed(result)
        return real(*args, **kwargs)

    monkeypatch.setattr(sealing.rows, "execute", execute)
    for at in (1, 2, 3):
        stop = at
        with pytest.raises(Killed):
            sealing.seal_company(company)
        with context.work(company, "system:test") as ctx:
            assert sealing.standing(ctx) == before
    monkeypatch.undo()
    assert sealing.seal_company(company) == before.waiting
    assert found(company) == []


def test_two_sealers_and_writers_at_once(company: int) -> None:
    """What commits while a block is made comes into a later one; nothing is lost, nothing twice."""
    errors: list[BaseException] = []

    def attempt(work: Callable[[int], object]) -> None:
        from django.db import connections

        try:
            for n in range(15):
                work(n)
        except BaseException as exc:
            errors.append(exc)
        finally:
            connections.close_all()

    def write(n: int) -> None:
        with context.work(company, "system:test") as ctx:
            create_parties(ctx, [PartyDraft(f"W{n}-{i}") for i in range(3)])

    threads = [threading.Thread(target=attempt, args=(w,)) for w in (write, write, lambda _n: sealing.seal_company(company), lambda _n: sealing.seal_company(company))]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    sealing.seal_company(company)
    assert found(company) == []
    with context.work(company, "system:test") as ctx:
        assert sealing.standing(ctx).waiting == 0


def test_sealing_costs_the_same_statements_for_one_and_for_many(company: int, count_statements: Any) -> None:
    """A block is one take, one read of hashes, one end."""
    sealing.seal_company(company)
    counts = []
    for size in (1, 200):
        with context.work(company, "system:test") as ctx:
            create_parties(ctx, [PartyDraft(f"S{size}-{n}") for n in range(size)])
        with count_statements() as n:
            sealing.seal_company(company)
        counts.append(len(n))
    assert counts[0] == counts[1] <= 8


def test_the_chain_is_only_added_to(
    shop: Shop, app: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    """The run-time role has no way but the functions; the owner meets the triggers."""
    app.execute("SELECT set_config('backstay.company', %s, false)", [str(shop.company)])
    for table in ("seal_block", "seal_leaf"):
        for statement in (f"UPDATE {table} SET company_id = 1", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
            with pytest.raises(psycopg.Error) as caught:
                owner.execute(statement)
            assert caught.value.diag.constraint_name == "platform.append_only"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("DELETE FROM unsealed")


def test_an_entry_says_where_it_is_sealed(world: World) -> None:
    """Its page: not yet, then the block and its gapless number."""
    client, user = (
        Client(),
        User.objects.create_user(f"seal{world.company}@example.com", "x" * 30, name="Sela"),
    )
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [user.pk], "role": ["owner"], "since_on": [ctx.today]})
        world.receive(ctx, "A", 5, 3000)
        entry = rows.execute("SELECT max(id) FROM entry WHERE company_id = %s", [ctx.company])[0][0]
    client.force_login(user)
    assert "not yet" in client.get(f"/entries/{entry}").content.decode()
    sealing.seal_company(world.company)
    with world.work() as ctx:
        told = sealing.sealed(ctx, entry)
        assert told is not None
        assert sealing.standing(ctx).block >= told.block
    assert f"{told.journal} {told.year}/{told.number}" in client.get(f"/entries/{entry}").content.decode()


def test_doctor_warns_when_sealing_stands_still(
    company: int, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.work(company, "system:test") as ctx:
        create_parties(ctx, [PartyDraft("Late")])
    # Companies of other tests wait as well, and some have no key here any more.
    count = "SELECT count(*) FROM unsealed WHERE company_id <> %s"
    others = owner.execute(count, [company]).fetchone()[0]  # type: ignore[index]
    monkeypatch.setattr(doctor, "SEAL_LATE", 1e9)
    assert next(iter(doctor._seal())).ok, "a while is nothing"
    monkeypatch.setattr(doctor, "SEAL_LATE", -1)
    late = next(iter(doctor._seal()))
    assert not late.ok
    assert int(late.found.split()[0]) > others
    sealing.seal_company(company)
    left = next(iter(doctor._seal())).found
    assert left.startswith(f"{others} " if others else "nothing waits")
