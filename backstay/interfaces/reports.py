"""Every report once, for the command line, the screen and (later) the API: a title, columns, rows and its JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.base.money import plain
from backstay.domains.accounting import queries as books
from backstay.domains.banking.queries import numbers
from backstay.domains.catalog.queries import by_skus, trade_facts
from backstay.domains.inventory import queries as goods
from backstay.domains.invoicing.queries import open_items


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for."""

    as_of: date
    since: date
    until: date
    account: str | None = None
    item: str | None = None
    place: str = "MAIN"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``figure``: right-aligned."""

    key: str
    label: str
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report. ``rows`` are texts by column key; ``json`` is what machines get; decimals are strings."""

    name: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: list[dict[str, str]]
    sums: dict[str, str]
    json: dict[str, Any]


Maker = Callable[[Ctx, Asked], Report]
REPORTS: dict[str, tuple[str, Maker]] = {}
PERIOD = {"income-statement", "general-ledger", "stock-card"}


def report(name: str, title: str) -> Callable[[Maker], Maker]:
    """Register a report."""

    def register(maker: Maker) -> Maker:
        REPORTS[name] = (title, maker)
        return maker

    return register


def make(ctx: Ctx, name: str, asked: Asked) -> Report:
    """Make a report by name. NotFound names those there are."""
    if name not in REPORTS:
        raise NotFound("report.unknown", f"there is no report {name}", f"One of {', '.join(REPORTS)}.")
    return REPORTS[name][1](ctx, asked)


def today(ctx: Ctx) -> Asked:
    """What is asked when nothing is said: as of today, this year."""
    day = clock.today()
    return Asked(day, date(day.year, 1, 1), day)


_SIDES = (
    Column("account", "Account"),
    Column("name", "Name"),
    Column("debit", "Debit", True),
    Column("credit", "Credit", True),
)


def _sided(ctx: Ctx, rows: Sequence[books.Row]) -> list[dict[str, str]]:
    return [
        {
            "account": r.account,
            "name": r.name,
            "debit": plain(r.debit, ctx.scale),
            "credit": plain(r.credit, ctx.scale),
        }
        for r in rows
    ]


@report("trial-balance", "Trial balance")
def trial_balance(ctx: Ctx, asked: Asked) -> Report:
    """Closing balances of every account."""
    found = books.trial_balance(ctx, asked.as_of)
    rows = _sided(ctx, found.rows)
    sums = {"debit": plain(found.debit, ctx.scale), "credit": plain(found.credit, ctx.scale)}
    json = {"as_of": asked.as_of.isoformat(), "currency": ctx.currency_code, "rows": rows, **sums}
    return Report(
        "trial-balance",
        "Trial balance",
        f"as of {asked.as_of}, in {ctx.currency_code}",
        _SIDES,
        rows,
        sums,
        json,
    )


@report("balance-sheet", "Balance sheet")
def balance_sheet(ctx: Ctx, asked: Asked) -> Report:
    """Assets against liabilities and equity, the running result included."""
    found = books.balance_sheet(ctx, asked.as_of)
    columns = (
        Column("type", "Part"),
        Column("account", "Account"),
        Column("name", "Name"),
        Column("amount", "Amount", True),
    )
    rows = [
        {
            "type": r.type,
            "account": r.account,
            "name": r.name,
            "amount": plain(r.balance if r.type == "asset" else -r.balance, ctx.scale),
        }
        for r in found.rows
    ]
    parts = {
        kind: plain(
            sum(r.balance * (1 if kind == "asset" else -1) for r in found.rows if r.type == kind), ctx.scale
        )
        for kind in ("asset", "liability", "equity")
    }
    assets = sum(r.balance for r in found.rows if r.type == "asset")
    rest = -sum(r.balance for r in found.rows if r.type != "asset")
    json = {
        "as_of": asked.as_of.isoformat(), "currency": ctx.currency_code, "rows": rows, **parts,
        "liabilities_and_equity": plain(rest, ctx.scale),
    }  # fmt: skip
    sums = {"amount": f"{plain(assets, ctx.scale)} = {plain(rest, ctx.scale)}"}
    return Report(
        "balance-sheet",
        "Balance sheet",
        f"as of {asked.as_of}, in {ctx.currency_code}",
        columns,
        rows,
        sums,
        json,
    )


@report("income-statement", "Income statement")
def income_statement(ctx: Ctx, asked: Asked) -> Report:
    """Income and expense of a span of days."""
    found = books.income_statement(ctx, asked.since, asked.until)
    columns = (
        Column("type", "Part"),
        Column("account", "Account"),
        Column("name", "Name"),
        Column("amount", "Amount", True),
    )
    ordered = sorted(found.rows, key=lambda r: (r.type != "income", r.account))
    rows = [
        {"type": r.type, "account": r.account, "name": r.name, "amount": plain(-r.balance, ctx.scale)}
        for r in ordered
    ]
    json = {
        "from": asked.since.isoformat(), "to": asked.until.isoformat(), "currency": ctx.currency_code, "rows": rows,
        "result": plain(found.result, ctx.scale),
    }  # fmt: skip
    subtitle = f"{asked.since} to {asked.until}, in {ctx.currency_code}"
    return Report(
        "income-statement",
        "Income statement",
        subtitle,
        columns,
        rows,
        {"amount": plain(found.result, ctx.scale)},
        json,
    )


@report("general-ledger", "General ledger")
def general_ledger(ctx: Ctx, asked: Asked) -> Report:
    """Every posting, by account and day, with a running balance."""
    found = books.general_ledger(ctx, asked.since, asked.until, asked.account)
    columns = (
        Column("account", "Account"), Column("on", "Date"), Column("entry", "Entry"), Column("source", "Document"),
        Column("item", "Item"), Column("debit", "Debit", True), Column("credit", "Credit", True), Column("balance", "Balance", True),
    )  # fmt: skip
    rows = [
        {
            "account": f"{x.account} {x.name}", "on": x.on.isoformat(), "entry": str(x.entry), "source": x.source, "item": x.item,
            "debit": plain(x.debit, ctx.scale), "credit": plain(x.credit, ctx.scale), "balance": plain(x.balance, ctx.scale),
        }
        for x in found
    ]  # fmt: skip
    sums = {
        "debit": plain(sum(x.debit for x in found), ctx.scale),
        "credit": plain(sum(x.credit for x in found), ctx.scale),
    }
    json = {
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "currency": ctx.currency_code,
        "rows": rows,
        **sums,
    }
    return Report(
        "general-ledger", "General ledger", f"{asked.since} to {asked.until}", columns, rows, sums, json
    )


@report("stock", "Stock")
def stock(ctx: Ctx, asked: Asked) -> Report:
    """What is there, by item and place, with its value beside the ledger's."""
    now = asked.as_of >= clock.today()
    found = goods.stock(ctx, None if now else asked.as_of)
    columns = (
        Column("item", "Item"), Column("name", "Name"), Column("place", "Place"), Column("quantity", "Quantity", True),
        Column("held", "Held", True), Column("value", "Value", True),
    )  # fmt: skip
    rows = [
        {
            "item": r.item, "name": r.name, "place": r.place, "quantity": plain(r.quantity, r.scale),
            "held": plain(r.held, r.scale), "value": plain(r.value, ctx.scale),
        }
        for r in found
    ]  # fmt: skip
    value = plain(sum(r.value for r in found), ctx.scale)
    ledger_value = plain(goods.ledger_value(ctx, None if now else asked.as_of), ctx.scale)
    json = {
        "as_of": asked.as_of.isoformat(),
        "rows": [{k: r[k] for k in ("item", "place", "quantity", "value")} for r in rows],
        "value": value,
        "ledger_value": ledger_value,
    }
    return Report(
        "stock",
        "Stock",
        f"as of {asked.as_of}; ledger: {ledger_value}",
        columns,
        rows,
        {"value": value},
        json,
    )


@report("stock-card", "Stock card")
def stock_card(ctx: Ctx, asked: Asked) -> Report:
    """Every movement of an item at a place, with quantity and value after it."""
    found = by_skus(ctx, [asked.item or ""])
    if not found:
        raise NotFound(
            "catalog.not_found", f"no item with SKU {asked.item or '(none given)'}", "Give one by --item."
        )
    facts = trade_facts(ctx, found.values())[found[asked.item or ""]]
    lines = goods.stock_card(ctx, facts, goods.place_id(ctx, asked.place), asked.since, asked.until)
    columns = (
        Column("on", "Date"), Column("source", "Document"), Column("event", "Event"), Column("quantity", "Quantity", True),
        Column("value", "Value", True), Column("quantity_after", "On hand", True), Column("value_after", "Worth", True),
    )  # fmt: skip
    rows = [
        {
            "on": x.on.isoformat(), "source": x.source, "event": x.event, "quantity": plain(x.quantity, facts.scale),
            "value": plain(x.value, ctx.scale), "quantity_after": plain(x.quantity_after, facts.scale),
            "value_after": plain(x.value_after, ctx.scale),
        }
        for x in lines
    ]  # fmt: skip
    json = {
        "item": facts.sku,
        "place": asked.place,
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "rows": rows,
    }
    return Report(
        "stock-card", "Stock card", f"{facts.sku} {facts.name} at {asked.place}", columns, rows, {}, json
    )


def _open(ctx: Ctx, asked: Asked, side: str, title: str) -> Report:
    now = asked.as_of >= clock.today()
    found = open_items(ctx, side, None if now else asked.as_of)
    payments = numbers(ctx, [int(x.item.partition(":")[2]) for x in found if x.item.startswith("payment:")])
    columns = (
        Column("party", "Party"), Column("number", "Document"), Column("on", "Dated"), Column("due_on", "Due"),
        Column("ageing", "Ageing"), Column("amount", "Open", True),
    )  # fmt: skip
    rows = [
        {
            "party": x.party,
            "number": payments.get(int(x.item[8:]), x.number) if x.item.startswith("payment:") else x.number,
            "on": x.on.isoformat() if x.on else "",
            "due_on": x.due_on.isoformat() if x.due_on else "",
            "ageing": x.bucket(asked.as_of),
            "amount": plain(x.amount, ctx.scale),
        }
        for x in found
    ]
    total = plain(sum(x.amount for x in found), ctx.scale)
    ageing: dict[str, int] = {}
    for x in found:
        ageing[x.bucket(asked.as_of)] = ageing.get(x.bucket(asked.as_of), 0) + x.amount
    json = {
        "as_of": asked.as_of.isoformat(), "currency": ctx.currency_code, "rows": rows, "amount": total,
        "ageing": {k: plain(v, ctx.scale) for k, v in ageing.items()},
    }  # fmt: skip
    return Report(
        f"{side}s",
        title,
        f"open as of {asked.as_of}, in {ctx.currency_code}",
        columns,
        rows,
        {"amount": total},
        json,
    )


@report("receivables", "Receivables")
def receivables(ctx: Ctx, asked: Asked) -> Report:
    """What customers owe, by item, with its age."""
    return _open(ctx, asked, "receivable", "Receivables")


@report("payables", "Payables")
def payables(ctx: Ctx, asked: Asked) -> Report:
    """What we owe suppliers, by item, with its age."""
    return _open(ctx, asked, "payable", "Payables")
