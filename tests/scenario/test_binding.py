"""What makes a document binding: its number and what is frozen with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from backstay.base.errors import Refusal
from backstay.domains.sales import processes as sales
from backstay.domains.sales.models import Order
from backstay.platform import numbering, rows
from tests.trade import World


def _quotations(world: World, ctx: Any, days: list[date]) -> list[int]:
    line = (sales.OrderLineDraft(world.items["SRV"], Decimal(1)),)
    return sales.create_quotations(ctx, [sales.QuotationDraft(world.parties["C1"], d, line) for d in days])


def test_numbers_in_the_order_given_a_run_per_year(world: World) -> None:
    """Ids in any order, days of two years: each year has its own run, gapless, in the order of the call."""
    days = [date(2026, 5, 1), date(2027, 1, 1), date(2026, 4, 1), date(2027, 3, 1)]
    with world.work() as ctx:
        ids = _quotations(world, ctx, days)
        order = [3, 0, 2, 1]
        numbers = sales.confirm_orders(ctx, [ids[n] for n in order])
        assert numbers == ["SO-2027-00001", "SO-2026-00001", "SO-2026-00002", "SO-2027-00002"]
        stored = {r.id: (r.number, r.state) for r in rows.of(Order, "id", ids, "number", "state")}
        assert [stored[ids[n]] for n in order] == [(number, "confirmed") for number in numbers]
        told = rows.execute(
            "SELECT object_id, actor FROM platform_auditevent WHERE kind = 'sales.order' AND event = 'confirm' ORDER BY id"
        )
        assert told == [(ids[n], "system:test") for n in order]


def test_a_number_longer_than_its_width_is_whole(world: World) -> None:
    """The 99,999th is followed by the 100,000th."""
    with world.work() as ctx:
        ids = _quotations(world, ctx, [date(2026, 5, 1)] * 3)
        sales.confirm_orders(ctx, ids[:1])
        rows.execute("UPDATE platform_series SET next = 99999 WHERE code = 'sales.order'")
        assert sales.confirm_orders(ctx, ids[1:]) == ["SO-2026-99999", "SO-2026-100000"]


def test_an_unknown_series_is_refused(world: World) -> None:
    """numbering.series."""
    with world.work() as ctx, pytest.raises(Refusal, match=r"numbering\.series"):
        numbering.bind(ctx, Order, "sales.order", [1], "no.such", [date(2026, 1, 1)], state="confirmed")


def test_every_column_of_posted_lines_is_frozen_but_the_free(owner: psycopg.Connection[Any]) -> None:
    """A column added by a later migration is under the trigger, or named as free."""
    found = owner.execute(
        """
        SELECT t.tgrelid::regclass::text, a.attname
        FROM pg_trigger t JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.tgname = 'frozen_update' AND NOT a.attnum = ANY (t.tgattr)
          AND NOT a.attname = ANY (string_to_array(encode(t.tgargs, 'escape'), '\\000'))
        """
    ).fetchall()
    assert found == []
    guarded = owner.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'frozen_update'").fetchone()
    assert guarded is not None
    assert guarded[0] >= 10
