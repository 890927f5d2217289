"""Lines of orders, sold or bought: items at a price, with the taxes of their day. The tables are of the domains above."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from django.db.models import Model

from backstay.base.context import Ctx
from backstay.domains.catalog.queries import ItemFacts, Wanted, factors, prices_for, to_stock, trade_facts
from backstay.domains.catalog.rules import per_unit
from backstay.domains.parties.queries import terms
from backstay.domains.tax.processes import Totals
from backstay.domains.tax.queries import choose
from backstay.platform import rows


class OrderedLine(Protocol):
    """A line to order; the price by the price lists and the unit of the item where None."""

    @property
    def item(self) -> int: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal | None: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def uom(self) -> int | None: ...
    @property
    def text(self) -> str: ...


class Ordered(Protocol):
    """An order to be."""

    @property
    def party(self) -> int: ...
    @property
    def ordered_on(self) -> date: ...
    @property
    def lines(self) -> tuple[OrderedLine, ...]: ...


class Priced(NamedTuple):
    """The lines of many orders, one value each: (place of the order, line), price, (tax code or 0, percent)."""

    lines: Sequence[tuple[int, OrderedLine]]
    facts: dict[int, ItemFacts]
    prices: Sequence[Decimal]
    taxes: Sequence[tuple[int, Decimal]]


def price_orders(ctx: Ctx, drafts: Sequence[Ordered], direction: str) -> Priced:
    """Prices and taxes of lines, ``direction`` "in" (bought) or "out" (sold), at a fixed number of statements."""
    lines = [(n, line) for n, d in enumerate(drafts) for line in d.lines]
    facts = trade_facts(ctx, {x.item for _, x in lines})
    parties = terms(ctx, {d.party for d in drafts})
    asked = [
        (facts[x.item].tax_class, parties[drafts[n].party].tax_treatment, direction, drafts[n].ordered_on)
        for n, x in lines
    ]
    blank = [(drafts[n], x) for n, x in lines if x.unit_price is None]
    own = iter(_prices(ctx, facts, blank, direction))
    prices = [next(own) if x.unit_price is None else x.unit_price for _, x in lines]
    return Priced(lines, facts, prices, choose(ctx, asked))


def _prices(
    ctx: Ctx, facts: dict[int, ItemFacts], lines: Sequence[tuple[Ordered, OrderedLine]], direction: str
) -> list[Decimal]:
    """Prices of lines that name none, per unit of the line: bought, of the item; sold, by the price lists."""
    uoms = factors(ctx, facts, [(x.item, x.uom or facts[x.item].uom_id) for _, x in lines])
    each = [Fraction(*told) for told in uoms]
    if direction == "in":
        return [per_unit(facts[x.item].purchase_price, f) for (_, x), f in zip(lines, each, strict=True)]
    wanted = [
        Wanted(d.party, x.item, x.quantity * f.numerator / f.denominator, d.ordered_on)
        for (d, x), f in zip(lines, each, strict=True)
    ]
    told = prices_for(ctx, wanted, ctx.currency_code, facts)
    return [per_unit(t.price or Decimal(0), f) for t, f in zip(told, each, strict=True)]


def insert_lines(
    ctx: Ctx, table: type[Model], ids: Sequence[int], priced: Priced, worked: Sequence[Totals]
) -> None:
    """Write the lines of orders ``ids`` (in the order of their drafts) with quantities in steps of stock."""
    lines, facts, prices, taxes = priced
    uoms = [x.uom or facts[x.item].uom_id for _, x in lines]
    steps = to_stock(ctx, facts, [(x.item, uom, x.quantity) for (_, x), uom in zip(lines, uoms, strict=True)])
    columns: dict[str, Sequence[Any]] = {
        "order_id": [ids[n] for n, _ in lines],
        "position": [k for w in worked for k in range(1, len(w.nets) + 1)],
        "item_id": [x.item for _, x in lines],
        "goods": [facts[x.item].goods for _, x in lines],
        "text": [x.text or facts[x.item].name for _, x in lines],
        "quantity": [x.quantity for _, x in lines],
        "uom_id": uoms,
        "unit_price": prices,
        "discount": [x.discount for _, x in lines],
        "tax_code_id": [code or None for code, _ in taxes],
        "percent": [percent for _, percent in taxes],
        "net": [net for w in worked for net in w.nets],
        "stock_quantity": steps,
    }
    rows.insert(table, columns)
