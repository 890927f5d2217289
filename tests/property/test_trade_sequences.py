"""Random trade, with back-dating, closes, returns and reversals, keeps every promise of the books."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.domains.accounting import processes as accounting
from backstay.domains.accounting import queries as books
from backstay.domains.banking import processes as banking
from backstay.domains.inventory import processes as inventory
from backstay.domains.inventory.queries import ledger_value, stock
from backstay.domains.invoicing.queries import open_items
from backstay.domains.purchasing import processes as purchasing
from backstay.domains.sales import processes as sales
from backstay.interfaces import reports
from backstay.platform import context, turnover
from tests.trade import World, make_world

START = date(2026, 1, 2)
STEPS = 40
done: Counter[str] = Counter()
refused: Counter[str] = Counter()
_names = itertools.count(1)

items = st.sampled_from("ABC")
places = st.sampled_from(["W1", "W2"])
few = st.integers(1, 9)
days = st.integers(0, 110)
which = st.integers(0, 10**6)


class Trade:
    """A company that does one thing after another; what is refused leaves nothing behind."""

    def __init__(self) -> None:
        company = accounting.create_company(f"Random {next(_names)}", actor="system:test", first_year=2026)
        self.world: World = make_world(company, lambda actor="system:test": context.work(company, actor))
        self.orders: list[int] = []
        self.shipped: list[int] = []
        self.purchases: list[int] = []
        self.invoices: list[tuple[int, int]] = []
        self.bills: list[int] = []
        self.payments: list[int] = []
        self.receipts: list[int] = []
        self.closed = 0
        for item, place in itertools.product("ABC", ("W1", "W2")):
            self.attempt(
                "receive", lambda ctx, i=item, p=place: self.world.receive(ctx, i, 30, 15000, p, START)
            )

    def attempt(self, name: str, act: Callable[[Any], Any]) -> Any:
        """Do it in a transaction; a refusal by a rule is an answer, anything else is a failure."""
        try:
            with self.world.work() as ctx:
                answer = act(ctx)
        except Refusal as exc:
            refused[exc.code] += 1
            return None
        done[name] += 1
        return answer

    def pick(self, things: list[Any], n: int) -> Any:
        if not things:
            return None
        spread = n * 2654435761 >> 7  # small numbers are drawn too often to pick by
        return things[-1] if spread % 3 == 0 else things[spread % len(things)]

    def receive(self, item: str, place: str, q: int, price: int, day: int, back: int) -> None:
        on = START + timedelta(days=day)
        came = on - timedelta(days=back) if back > 20 else None
        moved = self.attempt(
            "receive", lambda ctx: self.world.receive(ctx, item, q, q * price, place, on, came)
        )
        if moved:
            self.receipts.append(moved.id)

    def order(self, lines: dict[str, int], place: str, day: int) -> None:
        def act(ctx: Any) -> int:
            made = self.world.order(ctx, lines, "C1", place, START + timedelta(days=day))
            sales.confirm_orders(ctx, [made])
            return made

        made = self.attempt("order", act)
        if made:
            self.orders.append(made)

    def ship(self, n: int, day: int, part: bool) -> None:
        order = self.pick(self.orders, n)
        if order is None:
            return
        lines = ((self.world.line("sales", order), 1),) if part else None
        moved = self.attempt(
            "ship",
            lambda ctx: sales.ship_orders(ctx, [sales.ShipDraft(order, START + timedelta(days=day), lines)]),
        )
        if moved:
            self.shipped.append(order)

    def invoice(self, n: int, day: int) -> None:
        order = self.pick(self.shipped, n)
        if order is not None:
            draft = sales.OrderInvoiceDraft(order, START + timedelta(days=day))
            issued = self.attempt("invoice", lambda ctx: sales.invoice_orders(ctx, [draft]))
            if issued:
                self.invoices.append((issued[0].id, issued[0].gross))

    def pay(self, n: int, day: int, share: int, extra: int) -> None:
        found = self.pick(self.invoices, n)
        if found is None:
            return
        amount = max(found[1] // share, 1)
        on = START + timedelta(days=day)
        paid = self.attempt(
            "pay", lambda ctx: self.world.pay(ctx, amount + extra, f"invoice:{found[0]}", amount, on)
        )
        if paid:
            self.payments.append(paid.id)

    def take_back_payment(self, n: int, day: int) -> None:
        payment = self.pick(self.payments, n)
        if payment is not None:
            on = START + timedelta(days=day)
            done_it = self.attempt(
                "reverse payment", lambda ctx: banking.reverse_payments(ctx, [payment], on) or True
            )
            if done_it:
                self.payments.remove(payment)

    def return_goods(self, n: int, day: int, q: int, broken: bool) -> None:
        order = self.pick(self.shipped, n)
        if order is not None:
            back = ((self.world.line("sales", order), 1 + q % 2),)
            parts = ((), back) if broken else (back, ())
            draft = sales.ReturnDraft(order, START + timedelta(days=day), *parts)
            self.attempt("return", lambda ctx: sales.return_goods(ctx, [draft]))

    def end_order(self, n: int) -> None:
        order = self.pick(self.orders, n)
        if order is None:
            return
        if self.attempt("cancel", lambda ctx: sales.cancel_orders(ctx, [order]) or True) is None:
            self.attempt("close order", lambda ctx: sales.close_orders(ctx, [order]))

    def buy(self, item: str, place: str, q: int, price: int, day: int, dearer: bool, part: bool) -> None:
        on = START + timedelta(days=day)

        def act(ctx: Any) -> tuple[int, int]:
            order = self.world.buy(ctx, item, q, str(price), place, "S1", on)
            line = self.world.line("purchasing", order)
            lines = ((line, max(q // 2, 1)),) if part else None
            purchasing.receive_orders(ctx, [purchasing.ReceiveDraft(order, on, lines)])
            return order, line

        made = self.attempt("buy", act)
        if made:
            order, line = made
            self.purchases.append(order)
            arrived = max(q // 2, 1) if part else q
            bill = purchasing.OrderBillDraft(
                order, f"B{order}", on, ((line, arrived, Decimal(price + 1 if dearer else price)),), accept="agreed"
            )  # fmt: skip
            issued = self.attempt("bill", lambda ctx: purchasing.bill_orders(ctx, [bill]))
            if issued:
                self.bills.append(issued[0].id)

    def count(self, item: str, place: str, counted: int, day: int) -> None:
        draft = inventory.CountDraft(
            START + timedelta(days=day), self.world.places[place], ((self.world.items[item], counted),)
        )
        self.attempt("count", lambda ctx: inventory.count_stock(ctx, [draft]))

    def transfer(self, item: str, q: int, day: int, there: bool) -> None:
        one, two = self.world.places["W1"], self.world.places["W2"]
        a, b = (one, two) if there else (two, one)
        draft = inventory.TransferDraft(START + timedelta(days=day), a, b, ((self.world.items[item], q),))
        self.attempt("transfer", lambda ctx: inventory.transfer_goods(ctx, [draft]))

    def write_off(self, item: str, place: str, q: int, day: int) -> None:
        draft = inventory.WriteOffDraft(
            START + timedelta(days=day), self.world.places[place], ((self.world.items[item], q),), "x"
        )
        self.attempt("write off", lambda ctx: inventory.write_off_goods(ctx, [draft]))

    def reverse_receipt(self, n: int, day: int) -> None:
        receipt = self.pick(self.receipts, n)
        if receipt is not None:
            on = START + timedelta(days=day)
            done_it = self.attempt(
                "reverse receipt",
                lambda ctx: inventory.reverse_movements(ctx, "inventory.receipt", [receipt], on) or True,
            )
            if done_it:
                self.receipts.remove(receipt)

    def reversal_restores(self, n: int, day: int) -> None:
        """A journal entry and its reversal leave every balance as it was."""
        on = START + timedelta(days=day)

        def act(ctx: Any) -> None:
            before = books.trial_balance(ctx, date.max)
            lines = (
                accounting.JournalLineDraft("rent", n + 1),
                accounting.JournalLineDraft("bank", -n - 1, item="bank:0"),
            )
            made = accounting.post_journal(ctx, [accounting.JournalDraft(on, lines)])
            accounting.reverse_journal(ctx, made, on)
            after = books.trial_balance(ctx, date.max)
            kept = {r.account: r.balance for r in before.rows if r.balance}
            assert {r.account: r.balance for r in after.rows if r.balance} == kept

        self.attempt("reverse journal", act)

    def close(self, again: bool) -> None:
        """Close January, and sometimes re-open it."""

        def act(ctx: Any) -> None:
            january = next(p for p in ledger.list_periods(ctx) if p.kind == "regular")
            if january.closed and again:
                accounting.reopen_period(ctx, january.id, "found a paper")
            elif not january.closed:
                accounting.close_periods(ctx, january.ends)
            ledger.rollup()
            turnover.rollup()

        self.attempt("close or re-open", act)

    def check(self) -> None:
        """Ledger rules, stock value = ledger value, open items = control accounts, both sides of the trial balance."""
        with self.world.work() as ctx:
            assert [c for c in ledger.verify(ctx) if not c.ok] == []
            assert sum(r.value for r in stock(ctx)) == ledger_value(ctx)
            trial = books.trial_balance(ctx, date.max)
            assert trial.debit == trial.credit
            balances = {r.account: r.balance for r in trial.rows}
            assert sum(x.amount for x in open_items(ctx, "receivable")) == balances.get("1110", 0)
            assert sum(x.amount for x in open_items(ctx, "payable")) == -balances.get("2010", 0)
            assert sum(r.value for r in stock(ctx)) == balances.get("1210", 0)
            years = ledger.list_periods(ctx)
            asked = reports.Asked(years[-1].ends, years[0].starts, years[-1].ends)
            sheet = reports.make(ctx, "balance-sheet", asked)
            assert sheet.facts["asset"] == sheet.facts["liabilities_and_equity"]


# transition → (how often, what it is given)
STEPS_OF: dict[str, tuple[int, dict[str, st.SearchStrategy[Any]]]] = {
    "receive": (2, {"item": items, "place": places, "q": few, "price": st.integers(1, 2000), "day": days, "back": st.integers(0, 40)}),
    "order": (5, {"lines": st.dictionaries(items, few, min_size=1, max_size=3), "place": places, "day": days}),
    "ship": (6, {"n": which, "day": days, "part": st.booleans()}),
    "invoice": (6, {"n": which, "day": days}),
    "pay": (5, {"n": which, "day": days, "share": st.sampled_from([1, 1, 2, 3]), "extra": st.sampled_from([0, 0, 777])}),
    "take_back_payment": (3, {"n": which, "day": days}),
    "return_goods": (3, {"n": which, "day": days, "q": few, "broken": st.booleans()}),
    "end_order": (2, {"n": which}),
    "buy": (1, {"item": items, "place": places, "q": few, "price": st.integers(1, 50), "day": days, "dearer": st.booleans(), "part": st.booleans()}),
    "count": (1, {"item": items, "place": places, "counted": st.integers(0, 20), "day": st.integers(60, 110)}),
    "transfer": (1, {"item": items, "q": few, "day": days, "there": st.booleans()}),
    "write_off": (1, {"item": items, "place": places, "q": st.integers(1, 3), "day": days}),
    "reverse_receipt": (2, {"n": which, "day": days}),
    "reversal_restores": (1, {"n": which, "day": days}),
    "close": (1, {"again": st.booleans()}),
}  # fmt: skip
# Each sequence is this deck of 40, shuffled: every transition is tried as often as it is meant to be.
DECK = [name for name, (often, _) in STEPS_OF.items() for _ in range(often)]
# Steps lean towards the order of trade, so that most find something to do; any order is possible.
LATER = {"ship": 7, "invoice": 13, "pay": 18, "return_goods": 18, "take_back_payment": 24, "end_order": 20}


def leaning(names: list[str]) -> list[str]:
    """The names in an order closer to that of trade."""
    return [name for _, name in sorted((n + LATER.get(name, 0), name) for n, name in enumerate(names))]


def with_figures(names: list[str]) -> st.SearchStrategy[tuple[Any, ...]]:
    """A sequence with what each step is given."""
    return st.tuples(*[st.tuples(st.just(name), st.fixed_dictionaries(STEPS_OF[name][1])) for name in names])


sequences = st.permutations(DECK).map(leaning).flatmap(with_figures)


@pytest.mark.parametrize("examples", [25, pytest.param(200, marks=pytest.mark.long)])
def test_random_trade(database: str, examples: int, record_property: Any) -> None:
    """Sequences of 40 steps; every transition happened at least half as often as there are sequences."""
    done.clear()
    refused.clear()

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(sequences)
    def sequence(steps: tuple[tuple[str, dict[str, Any]], ...]) -> None:
        assert len(steps) == STEPS
        trade = Trade()
        for name, given_to in steps:
            getattr(trade, name)(**given_to)
        trade.check()

    sequence()
    rare = {name: count for name, count in done.items() if count < examples // 2}
    assert not rare, f"too rare: {rare}; refused: {dict(refused)}"
    assert len(done) >= 17, sorted(done)
    record_property("figures", f"{dict(done)}; refused {dict(refused)}")
