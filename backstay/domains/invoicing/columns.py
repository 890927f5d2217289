"""Worked-out columns and named filters of invoices and bills."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from backstay.base.context import Ctx
from backstay.domains.catalog.queries import offers
from backstay.platform import rows
from backstay.platform.figures import number_text

_LEFT = """
SELECT substr(o.item, {start})::bigint, sum(o.amount)::bigint FROM open_item o JOIN account a ON a.id = o.account_id AND a.role = '{role}'
WHERE o.company_id = %s AND o.item = ANY(%s::text[]) GROUP BY 1
"""
_STANDING = """
SELECT d.id, d.state, d.due_on, d.gross, coalesce((
    SELECT sum(o.amount) FROM open_item o JOIN account a ON a.id = o.account_id AND a.role = '{role}'
    WHERE o.company_id = d.company_id AND o.item = '{item}:' || d.id), 0)::bigint
FROM invoicing_{item} d WHERE d.id = ANY(%s::bigint[])
"""
_OPEN_IDS = """
SELECT o.document_id FROM open_item o JOIN account a ON a.id = o.account_id AND a.role = '{role}'
WHERE o.company_id = %s AND o.document_id IS NOT NULL
"""
_SIDES = {
    "invoice": {"role": "receivable", "item": "invoice", "start": 9, "sign": ""},
    "bill": {"role": "payable", "item": "bill", "start": 6, "sign": "-"},
}


def left_of(kind: str) -> Callable[[Ctx, Iterable[int]], dict[int, int]]:
    """What is open by invoice (or bill), in steps; a credit note's is negative, a settled one's 0."""
    sql, sign = _LEFT.format(**_SIDES[kind]), 1 if kind == "invoice" else -1

    def left(ctx: Ctx, ids: Iterable[int]) -> dict[int, int]:
        wanted = list(ids)
        found = dict(rows.execute(sql, [ctx.company, [f"{kind}:{i}" for i in wanted]]))
        return {i: sign * found.get(i, 0) for i in wanted}

    return left


def standing_of(kind: str) -> Callable[[Ctx, Iterable[int]], dict[int, str]]:
    """draft, open, part, overdue, paid or reversed, by invoice or bill."""
    sql, sign = _STANDING.format(**_SIDES[kind]), 1 if kind == "invoice" else -1

    def standing(ctx: Ctx, ids: Iterable[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for i, state, due_on, gross, steps in rows.execute(sql, [list(ids)]):
            rest = sign * steps
            if state != "posted":
                found[i] = state
            elif rest == 0:
                found[i] = "paid"
            elif rest > 0 and due_on < ctx.today:
                found[i] = "overdue"
            else:
                found[i] = "part" if abs(rest) < gross else "open"
        return found

    return standing


def _unsettled(kind: str, late: bool) -> Callable[[Ctx], tuple[str, list[Any]]]:
    """What is open; ``late``: what is owed and overdue. Nobody is late with a credit."""
    ids = _OPEN_IDS.format(**_SIDES[kind])
    if not late:
        return lambda ctx: (ids, [ctx.company])
    sql = f"{ids} AND o.due_on < %s AND {_SIDES[kind]['sign']}o.amount > 0"
    return lambda ctx: (sql, [ctx.company, ctx.today])


COLUMNS = {f"invoicing.{kind}.{name}": told for kind in _SIDES for name, told in (("open", ("money", left_of(kind))), ("standing", ("state", standing_of(kind))))}  # fmt: skip
FILTERS = {
    f"invoicing.{kind}.{name}": _unsettled(kind, name == "overdue")
    for kind in _SIDES
    for name in ("open", "overdue")
}


def _paid(kind: str) -> Callable[[Ctx, Iterable[int]], dict[int, set[str]]]:
    left = left_of(kind)
    return lambda ctx, ids: {
        i: {"record_payment", "pay"} if rest == 0 else set() for i, rest in left(ctx, ids).items()
    }


READY = {f"invoicing.{kind}": _paid(kind) for kind in _SIDES}


def hints(ctx: Ctx, items: Sequence[int], party: int | None, quantity: Decimal) -> dict[int, dict[str, Any]]:
    """What an item brings to a line of an invoice that comes from no order: its name, and its price by the price lists."""
    made: dict[int, dict[str, Any]] = {}
    for item, (told, price) in offers(ctx, items, party, quantity).items():
        each = price.price if price else None  # a list in another currency tells no price
        fill = {"text": told.name} | ({} if each is None else {"unit_price": f"{each.normalize():f}"})
        made[item] = {
            "sub": " · ".join(t for t in (told.sku, price.source if price else "") if t),
            "price": "" if each is None else number_text(each, 2), "stock": "", "tone": "", "fill": fill,
        }  # fmt: skip
    return made


HINTS = {"invoicing.invoice:catalog.item": hints}
