"""The general ledger by account card, the journal, and the cash flow with what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.base.money import from_steps, plain
from backstay.domains.accounting import cards
from backstay.domains.accounting import queries as books
from backstay.domains.accounting.cards import Card, Cursor, Move
from backstay.domains.accounting.queries import AccountRow
from backstay.interfaces.reports.shape import BOOKS, Asked, Chart, Column, Figure, Line, Report, link, report
from backstay.interfaces.reports.sources import Source, documents_of
from backstay.interfaces.reports.spans import Span, calendar, shown
from backstay.interfaces.reports.tree import Sheet, card_link, said, tree

ROLES = {
    "receivable": gettext_noop("Received from customers"), "payable": gettext_noop("Paid to suppliers"), "deposit": gettext_noop("Deposits of customers"),
    "vat_due": gettext_noop("Tax paid"), "wages": gettext_noop("Wages and salaries paid"),
}  # fmt: skip


def cursor_of(text: str) -> Cursor:
    """The key of a page: day, entry, line. Refusal (``report.after``) for anything else."""
    if not text:
        return cards.START
    day, _sep, rest = text.partition("~")
    entry, _sep, line = rest.partition("~")
    try:
        if not (entry.isdigit() and len(entry) < 19 and (line or "0").isdigit() and len(line) < 6):
            raise ValueError(text)
        return date.fromisoformat(day), int(entry), int(line or 0)
    except ValueError:
        raise Refusal(
            "report.after", _("this page is not there"), _("Start at the first page."), "after"
        ) from None


def account_of(chart: Sequence[AccountRow], code: str) -> AccountRow:
    """The account of a code. NotFound says which there is none of."""
    found = next((a for a in chart if a.code == code), None)
    if found is None:
        raise NotFound(
            "accounting.account",
            _("there is no account %(code)s") % {"code": code[:40]},
            _("Look in the trial balance."),
        )
    return found


@report(
    "general-ledger", gettext_noop("General ledger"),
    gettext_noop("Every posting of an account with its document, and the balance after it."), BOOKS,
)  # fmt: skip
def general_ledger(ctx: Ctx, asked: Asked) -> Report:
    """The card of an account: what it held, every posting, what it holds. Files have all accounts when none is named."""
    chart = books.accounts(ctx)
    before, moved = books.sums_of(ctx, [(date.min, asked.since - timedelta(days=1)), asked.span])
    used = [a for a in chart if a.type != "memo" and (a.id in moved or _net(before, a.id))]
    whole = asked.account in (None, "", "all") and asked.limit is None
    if whole:
        chosen = used
    elif asked.account:
        chosen = [account_of(chart, asked.account)]
    else:
        chosen = [next((a for a in used if a.id in moved), used[0])] if used else []
    card = Card(tuple(a.id for a in chosen), asked.party, asked.key or None)
    part = asked.party is not None or bool(asked.key)
    cursor = cursor_of(asked.after)
    found = (
        cards.moves(ctx, card, *asked.span, cursor, asked.limit + 1 if asked.limit else None)
        if chosen
        else []
    )
    page = found[: asked.limit] if asked.limit else found
    memo = any(a.type == "memo" for a in chosen)
    opening = (
        {a.id: _net(before, a.id) for a in chosen}
        if not part and not memo
        else {chosen[0].id: cards.opening_of(ctx, card, asked.since)}
    )
    start = _start(ctx, card, asked, cursor, opening)
    subtitle = _title(chosen[0], asked) if len(chosen) == 1 else _("all accounts")
    made = Report(
        "general-ledger", _("General ledger"), f"{subtitle}, {calendar(ctx).label(Span(*asked.span))}",
        _columns(ctx, one=len(chosen) == 1), card_lines(ctx, page, chosen, start, opening_line=not whole),
    )  # fmt: skip
    _close(ctx, made, asked, page, chosen, opening, moved, part or memo, more=len(found) > len(page))
    if asked.limit and chosen:
        last = page[-1] if page else None
        made.after = f"{last.on}~{last.entry}~{last.line}" if last and len(found) > len(page) else ""
        made.choices = [
            (
                f"{a.code} {a.name}",
                link("general-ledger", account=a.code, since=asked.since, until=asked.until),
                a == chosen[0],
            )
            for a in used
        ]
        made.chart = None if part or memo or asked.after else _balance_chart(ctx, chosen[0], asked)
    made.empty = (
        _("Nothing was posted to this account in these days.") if chosen else _("Nothing is posted yet.")
    )
    return made


def _title(account: AccountRow, asked: Asked) -> str:
    return f"{account.code} {account.name}" + (f" · {asked.key}" if asked.key else "")


def _net(sums: Mapping[int, tuple[int, int]], account: int) -> int:
    debit, credit = sums.get(account, (0, 0))
    return debit - credit


def _start(ctx: Ctx, card: Card, asked: Asked, cursor: Cursor, opening: Mapping[int, int]) -> dict[int, int]:
    """What each account held before the first line of this page."""
    if cursor == cards.START:
        return dict(opening)
    day, entry, line = cursor
    held = cards.opening_of(ctx, card, day)
    held += sum(m.steps for m in cards.moves(ctx, card, day, day) if (m.entry, m.line) <= (entry, line))
    return {card.accounts[0]: held}


def card_lines(
    ctx: Ctx, page: Sequence[Move], chosen: Sequence[AccountRow], start: Mapping[int, int], opening_line: bool
) -> list[Line]:
    """The lines of a card with their running balance."""
    names = {a.id: f"{a.code} {a.name}" for a in chosen}
    running = dict(start)
    documents = documents_of(ctx, (m.source for m in page))
    lines = []
    if opening_line and chosen:
        held = from_steps(running.get(chosen[0].id, 0), ctx.scale)
        lines.append(Line({"document": _("Brought forward"), "balance": held}, "opening"))
    order = {a.id: n for n, a in enumerate(chosen)}
    for m in (
        page if len(chosen) == 1 else sorted(page, key=lambda m: (order[m.account], m.on, m.entry, m.line))
    ):
        running[m.account] = running.get(m.account, 0) + m.steps
        document = documents.get(m.source, Source(m.source, ""))
        cells = {
            "account": names[m.account], "on": m.on, "entry": str(m.entry), "document": document.text, "source": m.source, "party": m.party,
            "text": m.text, "item": m.item, "debit": from_steps(m.debit, ctx.scale), "credit": from_steps(m.credit, ctx.scale),
            "balance": from_steps(running[m.account], ctx.scale),
        }  # fmt: skip
        href = {"entry": f"/entries/{m.entry}", "document": document.href}
        if m.party_id:
            href["party"] = f"/parties/parties/{m.party_id}"
        lines.append(Line(cells, "row", 1, href))
    return lines


def _columns(ctx: Ctx, one: bool = True) -> tuple[Column, ...]:
    return (
        Column("account", _("Account"), screen=not one), Column("on", _("Date"), "day", css="p3"), Column("entry", _("Entry"), css="c-c"),
        Column("document", _("Document"), css="p1"), Column("source", _("Source"), screen=False), Column("party", _("Who"), css=""),
        Column("text", _("Text"), css="c-b"), Column("item", _("Item"), screen=False), Column("debit", _("Debit"), "figure", ctx.scale, css="one-side p2"),
        Column("credit", _("Credit"), "figure", ctx.scale, css="one-side p2"), Column("balance", _("Balance"), "figure", ctx.scale, css="p4"),
    )  # fmt: skip


def _close(
    ctx: Ctx, made: Report, asked: Asked, page: Sequence[Move], chosen: Sequence[AccountRow], opening: Mapping[int, int],
    moved: Mapping[int, tuple[int, int]], part: bool, more: bool,
) -> None:  # fmt: skip
    """Sums and key figures: of the whole span from the summaries, of a part of an account from its postings."""
    if part:
        whole = not more and not asked.after
        held = sum(opening.values()) + sum(m.steps for m in page) if whole else cards.opening_of(
            ctx, Card(tuple(a.id for a in chosen), asked.party, asked.key or None), asked.until + timedelta(days=1)
        )  # fmt: skip
        debit, credit = sum(m.debit for m in page), sum(m.credit for m in page)
    else:
        whole = True
        debit = sum(moved.get(a.id, (0, 0))[0] for a in chosen)
        credit = sum(moved.get(a.id, (0, 0))[1] for a in chosen)
        held = sum(opening.values()) + debit - credit
    made.sums = {"balance": from_steps(held, ctx.scale)}
    if whole:
        made.sums |= {"debit": from_steps(debit, ctx.scale), "credit": from_steps(credit, ctx.scale)}
    made.facts = {
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "currency": ctx.currency_code,
    }
    made.facts |= {"debit": plain(debit, ctx.scale), "credit": plain(credit, ctx.scale), "opening": plain(sum(opening.values()), ctx.scale), "balance": plain(held, ctx.scale)}  # fmt: skip
    if len(chosen) == 1:
        told = [
            (_("Brought forward"), sum(opening.values())),
            (_("Debit"), debit),
            (_("Credit"), credit),
            (_("Balance"), held),
        ]
        made.figures = [Figure(label, from_steps(steps, ctx.scale)) for label, steps in told] if whole else []


def _balance_chart(ctx: Ctx, account: AccountRow, asked: Asked) -> Chart | None:
    if account.type in ("income", "expense", "memo"):
        return None
    from django.utils import formats

    cal = calendar(ctx)
    months = [cal.shift(cal.around("month", asked.until), n - 11) for n in range(12)]
    sign = 1 if account.type == "asset" else -1
    held = [
        sign * b.get(account.id, 0)
        for b in books.balances_of(ctx, [min(m.until, asked.until) for m in months])
    ]
    if not any(held):
        return None
    says = _("It holds %(now)s now, at most %(most)s and at least %(least)s at a month's end of these twelve.") % {
        "now": said(held[-1], ctx), "most": said(max(held), ctx), "least": said(min(held), ctx)
    }  # fmt: skip
    series = {account.name: tuple(from_steps(v, ctx.scale) for v in held)}
    return Chart(
        _("Balance by month"), says, tuple(formats.date_format(m.since, "M") for m in months), series, "line"
    )


@report(
    "journal",
    gettext_noop("Journal"),
    gettext_noop("Every entry by day, the latest first, with who made it and from which document."),
    BOOKS,
)
def journal(ctx: Ctx, asked: Asked) -> Report:
    """Entries of the days."""
    after = cursor_of(asked.after)[:2] if asked.after else None
    found = cards.journal(ctx, *asked.span, asked.by, after, asked.limit + 1 if asked.limit else None)
    page = found[: asked.limit] if asked.limit else found
    documents = documents_of(ctx, (e.source for e in page))
    lines = []
    for e in page:
        document = documents.get(e.source, Source(e.source, ""))
        cells = {
            "on": e.on, "entry": str(e.id), "document": document.text, "source": e.source, "party": e.party, "text": e.text, "journal": word(e.journal),
            "event": word(e.event.split(".")[0]), "actor": e.actor, "amount": from_steps(e.steps, ctx.scale),
        }  # fmt: skip
        lines.append(
            Line(
                cells,
                "row",
                1,
                {"entry": f"/entries/{e.id}", "document": document.href, "amount": f"/entries/{e.id}"},
                drill=f"/entries/{e.id}",
                key=f"e{e.id}",
            )
        )
    columns = (
        Column("on", _("Date"), "day", css="p3"), Column("entry", _("Entry"), css=""), Column("document", _("Document"), css="p1"), Column("source", _("Source"), screen=False),
        Column("event", _("What happened")), Column("party", _("Who"), css="c-c"), Column("text", _("Text"), css="c-b"), Column("journal", _("Journal"), css="c-a"),
        Column("actor", _("Made by"), screen=False), Column("amount", _("Amount"), "figure", ctx.scale, css="p2"),
    )  # fmt: skip
    made = Report("journal", _("Journal"), calendar(ctx).label(Span(*asked.span)), columns, lines)
    made.facts = {
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "currency": ctx.currency_code,
    }
    if asked.limit and len(found) > len(page):
        made.after = f"{page[-1].on}~{page[-1].id}~0"
    kinds = (
        ("", _("All journals")),
        *((k, word(k)) for k in ("sales", "purchases", "stock", "bank", "general", "opening", "closing")),
    )
    made.choices = [
        (text, "/reports/journal?" + asked.query(by=name), name == asked.by) for name, text in kinds
    ]
    made.empty = _("Nothing was posted in these days.")
    return made


def word(text: str) -> str:
    """A stored word as people read it."""
    from django.utils.translation import pgettext

    told = text.replace("_", " ")
    return pgettext("word", told[:1].upper() + told[1:]) if told else ""


@report(
    "cash-flow",
    gettext_noop("Cash flow"),
    gettext_noop(
        "Where money came from and where it went, by what it was for; from the entries that move cash."
    ),
    BOOKS,
    compares=True,
)
def cash_flow(ctx: Ctx, asked: Asked) -> Report:
    """Direct method: each entry that moves cash, by the account on its other side."""
    cal, chart = calendar(ctx), books.accounts(ctx)
    columns = shown(cal, asked)
    cash = {a.id for a in chart if a.cash_flow == "cash"}
    flows = cards.cash_moves(ctx, [c.span for c in columns])
    held = books.balances_of(
        ctx, [d for c in columns for d in (c.span.since - timedelta(days=1), c.span.until)]
    )
    before, after = [[sum(v for i, v in b.items() if i in cash) for b in held[n::2]] for n in (0, 1)]
    to_entries = lambda code, span: link("cash-entries", account=code, since=span.since, until=span.until)  # noqa: E731
    sheet = Sheet(ctx, asked, cal, columns, flows, account_link=to_entries)
    moved = _flows(sheet, chart)
    sheet.add("subt", _("Cash in less cash out"), moved)
    for kind, text, held, whole in (
        ("row-sum", _("Cash at the start"), before, before[0]),
        ("grand", _("Cash at the end"), after, after[-1]),
    ):
        sheet.add(kind, text, held)
        if sheet.several:
            sheet.lines[-1].cells = {**sheet.lines[-1].cells, "total": from_steps(whole, ctx.scale)}
    at = columns.index(sheet.shown_main)
    made = Report(
        "cash-flow", _("Cash flow"), f"{cal.label(Span(*asked.span))}, {ctx.currency_code}", sheet.columns(), sheet.lines, {"amount": from_steps(after[at], ctx.scale)},
        {"from": asked.since.isoformat(), "to": asked.until.isoformat(), "opening": plain(before[at], ctx.scale), "moved": plain(moved[at], ctx.scale), "closing": plain(after[at], ctx.scale)},
    )  # fmt: skip
    agrees = all(a + b == c for a, b, c in zip(before, moved, after, strict=True))
    made.notes = [
        _("Start, in and out come to what the cash accounts hold.")
        if agrees
        else _("Start, in and out differ from the cash accounts: check the books.")
    ]
    made.figures = [Figure(_("Cash at the start"), from_steps(before[at], ctx.scale)), Figure(_("In"), _side(flows[at], ctx, 1)),
                    Figure(_("Out"), _side(flows[at], ctx, -1)), Figure(_("Cash at the end"), from_steps(after[at], ctx.scale))]  # fmt: skip
    made.empty = _("No cash moved in these days.")
    return made


def _flows(sheet: Sheet, chart: Sequence[AccountRow]) -> list[int]:
    """What moved cash, by what it was for; the sums of all."""
    named = [a._replace(name=_(ROLES[a.role]) if a.role in ROLES else a.name, parent=None) for a in chart]
    told = {
        "operating": (_("From operating"), _("Cash from operating")), "investing": (_("From investing"), _("Cash from investing")),
        "financing": (_("From financing"), _("Cash from financing")), "": (_("Other"), _("Other cash")),
    }  # fmt: skip
    moved = [0] * len(sheet.shown)
    for flow, (title, total) in told.items():
        ids = {a.id for a in chart if a.cash_flow == flow and a.type != "memo"}
        sums = sheet.section(title, ids, flow or "other", tree(named), total)
        moved = [a + b for a, b in zip(moved, sums, strict=True)]
    return moved


def _side(flow: Mapping[int, int], ctx: Ctx, sign: int) -> Decimal:
    return from_steps(sum(v for v in flow.values() if v * sign > 0), ctx.scale)


@report("cash-entries", gettext_noop("Entries that move cash"), "", BOOKS, hidden=True)
def cash_entries(ctx: Ctx, asked: Asked) -> Report:
    """What a line of the cash flow is made of."""
    account = account_of(books.accounts(ctx), asked.account or "")
    found = cards.cash_entries(
        ctx, account.id, *asked.span, cursor_of(asked.after), asked.limit + 1 if asked.limit else None
    )
    page = found[: asked.limit] if asked.limit else found
    lines = card_lines(ctx, page, [account], {}, opening_line=False)
    total = cards.cash_moves(ctx, [asked.span])[0].get(account.id, 0)
    for line, move in zip(lines, page, strict=True):
        line.cells = {**line.cells, "amount": from_steps(move.steps, ctx.scale)}
    keep = ("on", "entry", "document", "source", "party", "text")
    columns = (
        *(c for c in _columns(ctx) if c.key in keep),
        Column("amount", _("In, or out with a minus"), "figure", ctx.scale, css="p2"),
    )
    made = Report(
        "cash-entries", _("Entries that move cash"), f"{account.code} {account.name}, {calendar(ctx).label(Span(*asked.span))}", columns, lines,
        {"amount": from_steps(total, ctx.scale)}, {"amount": plain(total, ctx.scale)},
    )  # fmt: skip
    if len(found) > len(page):
        made.after = f"{page[-1].on}~{page[-1].entry}~0"
    made.choices = [(_("Card of the account"), card_link(account.code, Span(*asked.span)), False)]
    return made
