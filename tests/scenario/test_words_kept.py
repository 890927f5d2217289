"""The words a row is found by follow it, whoever writes: processes, or SQL by hand."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import errors

from backstay.domains.catalog import processes as catalog
from backstay.platform import rows
from tests.conftest import ROOT
from tests.trade import World

ITEM = "INSERT INTO catalog_item (company_id, sku, name, kind, uom_id, sales_price, purchase_price, tax_class, revision) "
# How words were kept before 0006: row by row.
BEFORE = """
    CREATE OR REPLACE FUNCTION keep_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    BEGIN
        INSERT INTO platform_word (company_id, kind, object_id, word)
        SELECT NEW.company_id, TG_ARGV[0], NEW.id, w FROM words_of(concat_ws(' ', NEW.sku, NEW.name)) w;
        RETURN NULL;
    END $$;
    DROP TRIGGER words_insert ON catalog_item; DROP TRIGGER words_update ON catalog_item; DROP TRIGGER words_delete ON catalog_item;
    CREATE TRIGGER words_insert AFTER INSERT ON catalog_item FOR EACH ROW EXECUTE FUNCTION keep_words('catalog.item', 'sku', 'name', 'barcode');
    CREATE TRIGGER words_update AFTER UPDATE OF sku, name, barcode ON catalog_item FOR EACH ROW EXECUTE FUNCTION keep_words('catalog.item', 'sku', 'name', 'barcode');
"""


def _words(connection: psycopg.Connection[Any], company: int) -> dict[str, list[str]]:
    """Words by SKU."""
    sql = (
        "SELECT coalesce(i.sku, ''), array_agg(w.word ORDER BY w.word) FROM platform_word w"
        " LEFT JOIN catalog_item i ON i.id = w.object_id WHERE w.kind = 'catalog.item' AND w.company_id = %s GROUP BY 1"
    )
    return dict(connection.execute(sql, [company]).fetchall())


def _insert(connection: psycopg.Connection[Any], company: int, *skus: str) -> None:
    sql = (
        ITEM
        + "SELECT %s, sku, 'Käse ' || sku, 'service', (SELECT min(id) FROM catalog_uom WHERE company_id = %s), 1, 1, 'standard', 1 FROM unnest(%s::text[]) sku"
    )
    connection.execute(sql, [company, company, list(skus)])


@pytest.fixture
def by_hand(owner: psycopg.Connection[Any], company: int) -> psycopg.Connection[Any]:
    owner.execute("SELECT set_config('backstay.company', %s, false)", [str(company)])
    return owner


def test_many_rows_in_one_statement(by_hand: psycopg.Connection[Any], company: int) -> None:
    """INSERT, UPDATE and DELETE of many rows by SQL: each row is found by its words, and by no others."""
    _insert(by_hand, company, "Q1", "Q2", "Q3")
    assert _words(by_hand, company) == {s: ["kase", s.lower()] for s in ("Q1", "Q2", "Q3")}
    kept = "SELECT min(id) FROM platform_word WHERE company_id = %s AND word = 'kase'"
    first = by_hand.execute(kept, [company]).fetchone()
    by_hand.execute("UPDATE catalog_item SET name = 'Käse Łódź' WHERE sku IN ('Q1', 'Q2') AND company_id = %s", [company])  # fmt: skip
    by_hand.execute("UPDATE catalog_item SET sales_price = 3, name = name WHERE company_id = %s", [company])
    assert _words(by_hand, company) == {"Q1": ["kase", "lodz", "q1"], "Q2": ["kase", "lodz", "q2"], "Q3": ["kase", "q3"]}  # fmt: skip
    assert by_hand.execute(kept, [company]).fetchone() == first, "a word that stays is not written again"
    by_hand.execute("DELETE FROM catalog_item WHERE sku IN ('Q1', 'Q3') AND company_id = %s", [company])
    assert _words(by_hand, company) == {"Q2": ["kase", "lodz", "q2"]}


def test_nobody_else_writes_words(app: psycopg.Connection[Any]) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("INSERT INTO platform_word (company_id, kind, object_id, word) VALUES (1, 'catalog.item', 1, 'x')")  # fmt: skip


def test_a_batch_is_one_insert_of_words(world: World) -> None:
    """Five hundred items: as many statements inside the database as for five."""
    with world.work() as ctx:
        drafts = [catalog.ItemDraft(f"B{n}", f"Batch {n}", kind="service") for n in range(500)]
        ids = catalog.create_items(ctx, drafts)
        told = rows.execute("SELECT count(*), count(DISTINCT object_id) FROM platform_word WHERE kind = 'catalog.item' AND object_id = ANY(%s::bigint[])", [ids])  # fmt: skip
        level = rows.execute("SELECT DISTINCT tgtype & 1 FROM pg_trigger WHERE tgname IN ('words_insert', 'words_delete')")  # fmt: skip
    assert told == [(1_500, 500)], "sku, “batch” and the number"
    assert level == [(0,)], "for the statement, not for each row"


def test_existing_databases_come_along(by_hand: psycopg.Connection[Any], company: int) -> None:
    """A database whose words were kept row by row keeps them in sets after the migration, and loses those of rows that
    went."""
    with by_hand.transaction(force_rollback=True):
        by_hand.execute(BEFORE)
        by_hand.execute("ALTER TABLE platform_word ADD CONSTRAINT platform_word_company FOREIGN KEY (company_id) REFERENCES company")  # fmt: skip
        _insert(by_hand, company, "O1", "O2")
        by_hand.execute("DELETE FROM catalog_item WHERE sku = 'O2' AND company_id = %s", [company])
        assert "" in _words(by_hand, company), "words of a row that went"
        for name in ("search", "words_in_sets"):
            by_hand.execute((ROOT / f"backstay/platform/sql/{name}.sql").read_text())
        assert _words(by_hand, company) == {"O1": ["kase", "o1"]}
        _insert(by_hand, company, "O3", "O4")
        by_hand.execute(
            "UPDATE catalog_item SET name = 'neu' WHERE sku = 'O1' AND company_id = %s", [company]
        )
        by_hand.execute("DELETE FROM catalog_item WHERE sku = 'O3' AND company_id = %s", [company])
        assert _words(by_hand, company) == {"O1": ["neu", "o1"], "O4": ["kase", "o4"]}
        sets = by_hand.execute("SELECT tgname, tgtype & 1 FROM pg_trigger WHERE tgrelid = 'catalog_item'::regclass AND tgname LIKE 'words%' ORDER BY 1").fetchall()  # fmt: skip
        assert sets == [("words_delete", 0), ("words_insert", 0), ("words_update", 1)]
