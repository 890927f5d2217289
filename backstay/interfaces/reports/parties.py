"""What customers owe and what suppliers are owed, by age; the statement of account of one party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.base.money import from_steps, plain
from backstay.domains.accounting import cards
from backstay.domains.accounting.cards import Card
from backstay.domains.banking.queries import numbers
from backstay.domains.invoicing.queries import OpenItem, aged, open_items, owed
from backstay.interfaces.reports.ledgers import card_lines, cursor_of
from backstay.interfaces.reports.shape import OPEN, Asked, Chart, Column, Figure, Line, Report, link, report
from backstay.interfaces.reports.sources import documents_of, source_of_item
from backstay.interfaces.reports.spans import Span, calendar, stands
from backstay.interfaces.reports.tree import day_of, percent, said
from backstay.ledger.posting import account_id
from backstay.platform import rows

BUCKETS = ("not_due", "late_30", "late_60", "late_90", "late_more")
HEADS = (
    gettext_noop("Not due"),
    gettext_noop("1–30 days"),
    gettext_noop("31–60"),
    gettext_noop("61–90"),
    gettext_noop("Over 90"),
)


def _columns(ctx: Ctx, items: bool) -> tuple[Column, ...]:
    buckets = [
        Column(k, _(h), "figure", ctx.scale, css="c-c" if n in (1, 2, 3) else "")
        for n, (k, h) in enumerate(zip(BUCKETS, HEADS, strict=True))
    ]
    told = (
        Column("number", _("Document"), css="p1", lead=True), Column("on", _("Dated"), "day", css="c-b"), Column("due_on", _("Due"), "day", css="p3"),
        Column("ageing", _("Age"), screen=False),
    ) if items else (Column("items", _("Items"), screen=False),)  # fmt: skip
    party = Column("party", _("Party"), css="p1", lead=not items, screen=not items)
    return (party, *told, *buckets, Column("amount", _("Open"), "figure", ctx.scale, css="p2"))


def _open(ctx: Ctx, asked: Asked, side: str, title: str) -> Report:
    """By party with its ages; one party, or files and the command line: item by item."""
    now = stands(ctx, asked.until)
    name = f"{side}s"
    if asked.by != "party" and (asked.limit is None or asked.party is not None):
        return _items(ctx, asked, side, title, now)
    found = aged(ctx, side, asked.until, now, asked.party, asked.limit, asked.skip)
    lines = []
    for a in found.rows:
        here = f"/reports/{name}?" + asked.query(party=a.party_id, by="")
        cells = {
            "party": a.party,
            "items": str(a.items),
            "amount": from_steps(a.amount, ctx.scale),
        } | _aged_cells(ctx, a.buckets)
        href = {"party": here, "amount": here}
        lines.append(Line(cells, "row", 1, href, f"p{a.party_id}", drill=here))
    total = list(found.sums.buckets)
    made = Report(
        name, title, _("open at the end of %(day)s, %(currency)s") % {"day": day_of(asked.until), "currency": ctx.currency_code}, _columns(ctx, items=False), lines,
        _aged_cells(ctx, total) | {"amount": from_steps(sum(total), ctx.scale)}, _facts(ctx, asked, total),
    )  # fmt: skip
    made.count = found.sums.party_id
    late = sum(total[1:])
    made.figures = [
        Figure(_("Open"), from_steps(sum(total), ctx.scale)),
        Figure(_("Overdue"), from_steps(late, ctx.scale)),
    ]
    made.chart = _age_chart(ctx, total, late)
    made.empty = _("Nothing is open.")
    made.notes = [_("From the open items of the ledger: the sum is what the account holds.")]
    return made


def _facts(ctx: Ctx, asked: Asked, total: Sequence[int]) -> dict[str, Any]:
    return {
        "as_of": asked.until.isoformat(), "currency": ctx.currency_code, "amount": plain(sum(total), ctx.scale),
        "ageing": {k: plain(v, ctx.scale) for k, v in zip(("not due", "1–30", "31–60", "61–90", "over 90"), total, strict=True) if v},
    }  # fmt: skip


def _aged_cells(ctx: Ctx, buckets: Sequence[int]) -> dict[str, Decimal]:
    return {k: from_steps(v, ctx.scale) for k, v in zip(BUCKETS, buckets, strict=True)}


def _age_chart(ctx: Ctx, total: Sequence[int], late: int) -> Chart | None:
    if not any(total):
        return None
    share = percent(late, sum(total))
    says = (
        _("%(late)s is overdue, %(share)s%% of what is open.") % {"late": said(late, ctx), "share": share}
        if late
        else _("Nothing is overdue.")
    )
    return Chart(
        _("Open by age"),
        says,
        tuple(_(h) for h in HEADS),
        {_("Open"): tuple(from_steps(v, ctx.scale) for v in total)},
    )


def _items(ctx: Ctx, asked: Asked, side: str, title: str, now: bool) -> Report:
    """The open items, each in its age."""
    found = open_items(ctx, side, None if now else asked.until, asked.party)
    page = found[asked.skip : asked.skip + asked.limit] if asked.limit else found
    payments = numbers(ctx, [int(x.item[8:]) for x in page if x.item.startswith("payment:")])
    documents = documents_of(ctx, (s for x in page if (s := source_of_item(x.item))))
    labels = ("not due", "1–30", "31–60", "61–90", "over 90")
    total = [0] * 5
    for x in found:
        total[labels.index(x.bucket(asked.until))] += x.amount
    lines = []
    for x in page:
        at = labels.index(x.bucket(asked.until))
        cells: dict[str, Any] = {
            "party": x.party, "number": _number(x, payments), "on": x.on, "due_on": x.due_on, "ageing": x.bucket(asked.until), "amount": from_steps(x.amount, ctx.scale)
        } | _aged_cells(ctx, [x.amount if n == at else 0 for n in range(5)])  # fmt: skip
        document = documents.get(source_of_item(x.item))
        lines.append(
            Line(cells, "row", 1, {"number": document.href, "amount": document.href} if document else {})
        )
    who = found[0].party if asked.party is not None and found else ""
    subtitle = _("open at the end of %(day)s, %(currency)s") % {
        "day": day_of(asked.until),
        "currency": ctx.currency_code,
    }
    made = Report(
        f"{side}s", title, f"{who}, {subtitle}" if who else subtitle, _columns(ctx, items=True), lines,
        _aged_cells(ctx, total) | {"amount": from_steps(sum(total), ctx.scale)}, _facts(ctx, asked, total),
    )  # fmt: skip
    made.count = len(found)
    made.empty = _("Nothing is open.")
    if asked.party is not None:
        made.choices = [
            (
                _("Statement of account"),
                link("party-statement", party=asked.party, since=asked.since, until=asked.until),
                False,
            )
        ]
    return made


def _number(x: OpenItem, payments: dict[int, str]) -> str:
    return payments.get(int(x.item[8:]), x.number) if x.item.startswith("payment:") else x.number


@report(
    "receivables",
    gettext_noop("Receivables by age"),
    gettext_noop("What customers owe, how late it is, and for which invoices."),
    OPEN,
    made_of=("invoicing.invoice",),
    picker="day",
    by="party",
)
def receivables(ctx: Ctx, asked: Asked) -> Report:
    """What customers owe, by item, with its age."""
    return _open(ctx, asked, "receivable", _("Receivables by age"))


@report(
    "payables",
    gettext_noop("Payables by age"),
    gettext_noop("What suppliers are owed, how late it is, and for which bills."),
    OPEN,
    made_of=("invoicing.bill",),
    picker="day",
    by="party",
)
def payables(ctx: Ctx, asked: Asked) -> Report:
    """What we owe suppliers, by item, with its age."""
    return _open(ctx, asked, "payable", _("Payables by age"))


@report(
    "party-statement",
    gettext_noop("Statement of account"),
    gettext_noop(
        "All invoices, bills and payments of one customer or supplier, with the balance after each."
    ),
    OPEN,
    span="year",
)
def party_statement(ctx: Ctx, asked: Asked) -> Report:
    """Receivables and payables of a party in one account, what it owes us positive."""
    title = _("Statement of account")
    if asked.party is None:
        return _parties(ctx, asked, title)
    name = _name_of(ctx, asked.party)
    sides = tuple(account_id(ctx, role) for role in ("receivable", "payable"))
    card = Card(sides, asked.party)
    cursor = cursor_of(asked.after)
    found, sums = cards.moves_of_party(
        ctx, card, *asked.span, cursor, asked.limit + 1 if asked.limit else None
    )
    page = [m._replace(account=sides[0]) for m in (found[: asked.limit] if asked.limit else found)]
    opening, closing = sums or (
        cards.opening_of(ctx, card, asked.since),
        cards.opening_of(ctx, card, asked.until + timedelta(days=1)),
    )
    start = opening
    if cursor != cards.START:
        start = cards.opening_of(ctx, card, cursor[0])
        start += sum(
            m.steps for m in cards.moves(ctx, card, cursor[0], cursor[0]) if (m.entry, m.line) <= cursor[1:]
        )
    account = next(a for a in _accounts(ctx) if a.id == sides[0])
    lines = card_lines(ctx, page, [account], {sides[0]: start}, opening_line=True)
    columns = (
        Column("on", _("Date"), "day", css="p3"), Column("entry", _("Entry"), css="c-c"), Column("document", _("Document"), css="p1"), Column("source", _("Source"), screen=False),
        Column("text", _("Text"), css="c-b"), Column("item", _("Item"), screen=False), Column("debit", _("Charged"), "figure", ctx.scale, css="one-side p2"),
        Column("credit", _("Paid or credited"), "figure", ctx.scale, css="one-side p2"), Column("balance", _("Balance"), "figure", ctx.scale, css="p4"),
    )  # fmt: skip
    made = Report(
        "party-statement", f"{title}: {name}", calendar(ctx).label(Span(*asked.span)), columns, lines, {"balance": from_steps(closing, ctx.scale)},
        {"party": name, "opening": plain(opening, ctx.scale), "balance": plain(closing, ctx.scale), "from": asked.since.isoformat(), "to": asked.until.isoformat()},
    )  # fmt: skip
    if len(found) > len(page):
        made.after = f"{page[-1].on}~{page[-1].entry}~{page[-1].line}"
    made.figures = [
        Figure(_("Brought forward"), from_steps(opening, ctx.scale)),
        Figure(_("Balance"), from_steps(closing, ctx.scale)),
    ]
    made.notes = [_("A balance above zero is owed to us; below zero, we owe it.")]
    made.choices = [
        (f"{_('Open items')}: {name}", link(side, party=asked.party, until=asked.until), False)
        for side, name in (("receivables", _("Receivables")), ("payables", _("Payables")))
    ]
    made.empty = _("Nothing was charged or paid in these days.")
    return made


def _accounts(ctx: Ctx) -> list[Any]:
    from backstay.domains.accounting.queries import accounts

    return list(accounts(ctx))


def _name_of(ctx: Ctx, party: int) -> str:
    found = rows.execute(
        "SELECT name FROM parties_party WHERE company_id = %s AND id = %s", [ctx.company, party]
    )
    if not found:
        raise NotFound(
            "parties.not_found", _("there is no such customer or supplier"), _("Choose one from the list.")
        )
    return str(found[0][0])


def _parties(ctx: Ctx, asked: Asked, title: str) -> Report:
    """Whom a statement may be made for: everybody with something open."""
    if asked.limit is None:
        raise Refusal("report.party", _("a statement of account is of one party"), _("Name one."), "party")
    found, total, count = owed(ctx, asked.until, stands(ctx, asked.until), asked.limit, asked.skip)
    lines = []
    for ident, name, steps in found:
        here = link("party-statement", party=ident, since=asked.since, until=asked.until)
        cells = {"party": name, "balance": from_steps(steps, ctx.scale)}
        lines.append(Line(cells, "row", 1, {"party": here, "balance": here}))
    columns = (
        Column("party", _("Party"), css="p1", lead=True),
        Column("balance", _("Balance"), "figure", ctx.scale, css="p2"),
    )
    made = Report(
        "party-statement",
        title,
        _("choose one"),
        columns,
        lines,
        {"balance": from_steps(total, ctx.scale)},
    )
    made.count = count
    made.empty = _("Nobody owes anything. Open a customer or supplier to see what was between you.")
    return made
