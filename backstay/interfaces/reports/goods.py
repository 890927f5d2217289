"""What is in stock and what it is worth; the card of an item."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.base.money import from_steps, plain
from backstay.domains.catalog.queries import by_skus, trade_facts
from backstay.domains.inventory import queries as goods
from backstay.interfaces.reports.ledgers import word
from backstay.interfaces.reports.shape import STOCK, Asked, Chart, Column, Figure, Line, Report, link, report
from backstay.interfaces.reports.sources import Source, documents_of
from backstay.interfaces.reports.spans import Span, calendar, stands
from backstay.interfaces.reports.tree import day_of, percent, said

BEST = 8  # items of the chart


@report(
    "stock",
    gettext_noop("Stock"),
    gettext_noop("What is on hand, what of it is promised, and what it is worth."),
    STOCK,
    picker="day",
)
def stock(ctx: Ctx, asked: Asked) -> Report:
    """What is there, by item and place, with its value beside the ledger's."""
    now = stands(ctx, asked.until)
    found = goods.stock_page(ctx, None if now else asked.until, asked.limit, asked.skip, BEST)
    columns = (
        Column("item", _("Item"), screen=False), Column("name", _("Item"), css="p1", lead=True), Column("place", _("Place"), css="p3"), Column("quantity", _("Quantity"), "figure", 0, css="p4"),
        Column("held", _("Promised"), "figure", 0, css="c-c"), Column("cost", _("Each"), "figure", ctx.scale, css="c-c"), Column("value", _("Value"), "figure", ctx.scale, css="p2"),
    )  # fmt: skip
    year = calendar(ctx).around("year", asked.until).since
    lines = []
    for r in found.rows:
        card = link("stock-card", item=r.item, place=r.place, since=year, until=asked.until)
        quantity = from_steps(r.quantity, r.scale)
        each = (
            (from_steps(r.value, ctx.scale) / quantity).quantize(Decimal(1).scaleb(-ctx.scale))
            if quantity
            else None
        )
        cells = {
            "item": r.item, "account": r.item, "name": r.name, "place": r.place, "quantity": quantity, "held": from_steps(r.held, r.scale), "cost": each,
            "value": from_steps(r.value, ctx.scale),
        }  # fmt: skip
        lines.append(Line(cells, "row", 1, {"name": card, "quantity": card, "value": card}))
    value, ledger_value = found.value, goods.ledger_value(ctx, None if now else asked.until)
    made = Report(
        "stock", _("Stock"), _("at the end of %(day)s, %(currency)s") % {"day": day_of(asked.until), "currency": ctx.currency_code}, columns, lines,
        {"value": from_steps(value, ctx.scale)},
        {"as_of": asked.until.isoformat(), "value": plain(value, ctx.scale), "ledger_value": plain(ledger_value, ctx.scale)},
    )  # fmt: skip
    agrees = value == ledger_value
    told = {"value": said(ledger_value, ctx)}
    made.notes = [
        _("The books say the same: %(value)s.") % told
        if agrees
        else _("The books say %(value)s: check them.") % told
    ]
    made.figures = [
        Figure(_("Value"), from_steps(value, ctx.scale)),
        Figure(_("Value in the books"), from_steps(ledger_value, ctx.scale)),
    ]
    made.count = found.many
    made.chart = None if asked.skip else _chart(ctx, found.best, value)
    made.empty = _("Nothing is in stock.")
    return made


def _chart(ctx: Ctx, top: list[tuple[str, int]], value: int) -> Chart | None:
    if len(top) < 2 or value <= 0:
        return None
    share = percent(sum(v for _sku, v in top), value)
    says = _("%(n)s items hold %(share)s%% of the value; %(first)s alone is worth %(worth)s.") % {
        "n": len(top), "share": share, "first": top[0][0], "worth": said(top[0][1], ctx)
    }  # fmt: skip
    return Chart(
        _("The most valuable items"),
        says,
        tuple(sku for sku, _v in top),
        {_("Value"): tuple(from_steps(v, ctx.scale) for _sku, v in top)},
    )


@report(
    "stock-card",
    gettext_noop("Stock card"),
    gettext_noop("Every movement of an item at a place, with quantity and value after it."),
    STOCK,
    span="year",
)
def stock_card(ctx: Ctx, asked: Asked) -> Report:
    """Every movement of an item at a place, with quantity and value after it."""
    found = by_skus(ctx, [asked.item or ""])
    if not found:
        if asked.limit is not None and not asked.item:
            return Report(
                "stock-card",
                _("Stock card"),
                "",
                (),
                [],
                empty=_("Name an item by its SKU, or choose one from the stock."),
            )
        raise NotFound(
            "catalog.not_found",
            f"no item with SKU {asked.item or '(none given)'}",
            _("Give one that is in the stock list."),
        )
    facts = trade_facts(ctx, found.values())[found[asked.item or ""]]
    if facts.unit is None:
        raise NotFound(
            "inventory.service",
            f"{facts.sku} is a service: there is no stock of it",
            _("Choose an item that is kept in stock."),
        )
    moves = goods.stock_card(ctx, facts, goods.place_id(ctx, asked.place), asked.since, asked.until)
    page = moves[asked.skip : asked.skip + asked.limit] if asked.limit else moves
    columns, lines = _card_columns(ctx, facts.scale), _card_lines(ctx, page, facts.scale)
    made = Report(
        "stock-card", _("Stock card"), f"{facts.sku} {facts.name}, {asked.place}, {calendar(ctx).label(Span(*asked.span))}", columns, lines,
        facts={"item": facts.sku, "place": asked.place, "from": asked.since.isoformat(), "to": asked.until.isoformat()},
    )  # fmt: skip
    made.count = len(moves)
    if page:
        last, first = moves[-1], page[0]
        made.sums = {
            "quantity_after": from_steps(last.quantity_after, facts.scale),
            "value_after": from_steps(last.value_after, ctx.scale),
        }
        before = Line(
            {
                "document": _("Brought forward"),
                "quantity_after": from_steps(first.quantity_after - first.quantity, facts.scale),
                "value_after": from_steps(first.value_after - first.value, ctx.scale),
            },
            "opening",
        )
        made.lines.insert(0, before)
    made.empty = _("It did not move in these days.")
    return made


def _card_columns(ctx: Ctx, scale: int) -> tuple[Column, ...]:
    return (
        Column("on", _("Date"), "day", css="p3"), Column("source", _("Source"), screen=False), Column("document", _("Document"), css="p1"), Column("event", _("What happened"), css="c-c"),
        Column("quantity", _("Quantity"), "figure", scale, css="p2"), Column("value", _("Value"), "figure", ctx.scale), Column("quantity_after", _("On hand"), "figure", scale, css="p4"),
        Column("value_after", _("Worth"), "figure", ctx.scale),
    )  # fmt: skip


def _card_lines(ctx: Ctx, moves: Sequence[goods.CardLine], scale: int) -> list[Line]:
    """Movements with what was there after each."""
    documents = documents_of(ctx, (m.source for m in moves))
    lines = []
    for x in moves:
        document = documents.get(x.source, Source(x.source, ""))
        cells = {
            "on": x.on, "source": x.source, "document": document.text, "event": word(x.event.split(".")[0]), "quantity": from_steps(x.quantity, scale),
            "value": from_steps(x.value, ctx.scale), "quantity_after": from_steps(x.quantity_after, scale), "value_after": from_steps(x.value_after, ctx.scale),
        }  # fmt: skip
        lines.append(
            Line(
                cells,
                "row",
                1,
                {"document": document.href, "value": f"/entries/{x.entry}", "quantity": document.href},
            )
        )
    return lines
