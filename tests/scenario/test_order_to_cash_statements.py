"""Order to cash in five transactions: statements at the driver, BEGIN, begin_work and COMMIT included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenario.trade import Trade, order_to_cash, set_up, stock_up

BUDGET = {"create": 11, "confirm": 11, "ship": 13, "invoice": 13, "pay": 11}


def _count(trade: Trade, count_statements: Callable[[], Any], orders: int, lines: int) -> dict[str, list[str]]:
    found = {}
    for name, step in order_to_cash(trade, orders, lines):
        with count_statements() as n:
            step()
        found[name] = list(n.statements)
    return found


@pytest.fixture
def trade(work: Callable[..., Any]) -> Trade:
    trade = set_up(work, [f"I{n}" for n in range(50)])
    stock_up(trade, [(name, 1000, "10") for name in trade.items])
    return trade


def test_statements_do_not_grow(trade: Trade, count_statements: Callable[[], Any]) -> None:
    """5 lines, 50 lines, a batch of 100 orders: the same statements, at most 60 in all."""
    from backstay.domains.invoicing.processes import set_credit_limits

    with trade.work() as ctx:
        set_credit_limits(ctx, {trade.customer: 10**12})
    shapes = {
        shape: _count(trade, count_statements, *shape) for shape in ((1, 5), (1, 50), (100, 5))
    }
    few = {name: len(statements) for name, statements in shapes[1, 5].items()}
    assert sum(few.values()) <= 60, few
    for name, most in BUDGET.items():
        assert few[name] <= most, shapes[1, 5][name]
    for shape, found in shapes.items():
        assert {name: len(s) for name, s in found.items()} == few, shape
