"""What happens when: drawn from a seed, before anything is posted. Pure, so a seed gives one plan."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from backstay.base.rounding import share
from backstay.interfaces.simulation.names import Range


@dataclass(frozen=True, slots=True)
class Good:
    """An item as the simulation knows it. Prices in cents."""

    id: int
    range: Range
    price: int
    cost: int
    supplier: int
    weight: float


@dataclass(slots=True)
class Shelf:
    """What is free, and what is on its way."""

    free: int = 0
    coming: int = 0
    reorder: int = 40
    lot: int = 200


@dataclass(slots=True)
class Agenda:
    """Things to do, by day; what is planned for a day that passed is done on the next."""

    days: dict[date, list[tuple]] = field(default_factory=dict)

    def add(self, day: date, *what: object) -> None:
        """Plan something."""
        self.days.setdefault(day, []).append(what)

    def take(self, day: date) -> dict[str, list[tuple]]:
        """What is due on ``day``, by kind, in the order it was planned."""
        due: dict[str, list[tuple]] = {}
        for kind, *rest in self.days.pop(day, []):
            due.setdefault(kind, []).append(tuple(rest))
        return due


def orders_per_day(orders: int, start: date, days: int) -> list[int]:
    """How many orders each day brings: none on Sundays, fewer on Saturdays, more towards December."""
    weights = []
    for n in range(days):
        day = start + timedelta(days=n)
        week = (10, 10, 9, 10, 11, 4, 0)[day.weekday()]
        season = 100 + round(25 * math.cos((day.month - 12) / 12 * 2 * math.pi))
        weights.append(week * season)
    if not any(weights):
        weights = [1] * days
    return share(orders, weights)


def season(goods: Good, month: int) -> float:
    """How much more a range is wanted in a month than on average."""
    if not goods.range.peak:
        return 1.0
    return 1 + 0.6 * math.cos((month - goods.range.peak) / 12 * 2 * math.pi)


def wanted_in(goods: list[Good], month: int) -> list[float]:
    """How much each of the goods is wanted in a month, added up from the first: what ``draw_lines`` draws from."""
    return list(accumulate(g.weight * season(g, month) for g in goods))


def draw_lines(
    rnd: random.Random, goods: list[Good], shelves: dict[int, Shelf], weights: list[float]
) -> list[tuple[Good, int, int]]:
    """(item, quantity, discount in percent): what a customer asks for, as far as it is there."""
    wanted = min(1 + int(rnd.expovariate(0.33)), 12)
    picked: dict[int, tuple[Good, int, int]] = {}
    for good in rnd.choices(goods, cum_weights=weights, k=wanted):
        shelf = shelves[good.id]
        quantity = min(1 + int(rnd.expovariate(0.35)), 24, shelf.free)
        if good.id in picked or quantity <= 0:
            continue
        shelf.free -= quantity
        picked[good.id] = (good, quantity, rnd.choice((0, 0, 0, 0, 5, 10)))
    return list(picked.values())


def pay_delay(rnd: random.Random, terms: int) -> int:
    """Days from invoice to money: most pay about when it is due, some late, a few very late."""
    luck = rnd.random()
    if luck < 0.70:
        return max(1, terms + rnd.randint(-8, 2))
    if luck < 0.92:
        return terms + rnd.randint(3, 20)
    return terms + rnd.randint(21, 60)


@dataclass(slots=True)
class Result:
    """What a simulation did."""

    company: int
    orders: int = 0
    shipments: int = 0
    invoices: int = 0
    payments: int = 0
    returns: int = 0
    purchases: int = 0
    last_day: date = date.min
