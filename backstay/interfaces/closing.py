"""Before a period closes: what is still open inside it, each with where to look."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backstay import ledger
from backstay.base.context import Ctx
from backstay.domains.accounting import queries as books
from backstay.domains.inventory import queries as goods
from backstay.domains.sales import queries as sales
from backstay.domains.sales.rules import unbilled
from backstay.interfaces.reports import link
from backstay.ledger.periods import PeriodRow
from backstay.platform import rows
from backstay.platform.figures import day_text, money_text
from backstay.platform.resources import RESOURCES

SHOWN = 5  # documents that are named


@dataclass(frozen=True, slots=True)
class Check:
    """A thing to look at. ``state``: ok, warn (may stay) or bad (nothing closes); ``act``: what may be done about it here."""

    key: str
    title: str
    says: str
    state: str = "ok"
    href: str = ""
    act: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)


def checklist(ctx: Ctx, period: PeriodRow) -> list[Check]:
    """Everything to look at before ``period`` closes, in the order it is worked off."""
    return [
        _drafts(ctx, period), _shipped(ctx, period.ends), _received(ctx, period), _bank(ctx, period.ends), _stock(ctx, period.ends), _opening(ctx), _agrees(ctx, period.ends),
    ]  # fmt: skip


_DRAFTS = """
SELECT d.id, d.path, count(*) OVER () FROM platform_draft d
WHERE d.company_id = %s AND d.made_id IS NULL AND d.path = ANY(%s::text[]) AND EXISTS (
    SELECT FROM jsonb_each_text(d.data->'head') h WHERE h.value ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]$' AND h.value BETWEEN %s AND %s)
ORDER BY d.id LIMIT %s
"""


def _drafts(ctx: Ctx, period: PeriodRow) -> Check:
    """Documents somebody began to type, dated inside."""
    paths = [r.path for r in RESOURCES.values() if r.is_document]
    found = rows.execute(
        _DRAFTS, [ctx.company, paths, period.starts.isoformat(), period.ends.isoformat(), SHOWN]
    )
    title = _("Unfinished documents")
    if not found:
        return Check("drafts", title, _("Nothing that is dated inside was left unfinished."))
    count = found[0][2]
    says = ngettext(
        "%(n)s document dated inside is not finished.",
        "%(n)s documents dated inside are not finished.",
        count,
    ) % {"n": count}
    links = [
        (f"{_(RESOURCES[path].names[0])} {ident}", f"/{path}/drafts/{ident}") for ident, path, _n in found
    ]
    return Check("drafts", title, says, "warn", links=links)


def _shipped(ctx: Ctx, day: date) -> Check:
    """Income of goods that left and are not invoiced."""
    title = _("Shipped, not invoiced")
    standing = sales.accruals(ctx)
    if here := [row for row in standing if row[3] == day]:
        says = ngettext(
            "Accrued by %(n)s entry; take it back on the first day after.",
            "Accrued by %(n)s entries; take them back on the first day after.",
            len(here),
        )
        return Check("shipped", title, says % {"n": len(here)}, href=f"/entries/{here[0][0]}", act="unaccrue")
    if earlier := [row for row in standing if row[3] < day]:
        says = _("What was accrued on %(day)s is not taken back: income would count twice.") % {
            "day": day_text(earlier[0][3], 0)
        }
        return Check("shipped", title, says, "warn", f"/entries/{earlier[0][0]}", "unaccrue")
    claims = unbilled(sales.shipped_not_invoiced(ctx, day))
    if not claims:
        return Check("shipped", title, _("Everything that left is invoiced."))
    total = money_text(sum(c.net for c in claims), ctx.scale)
    says = _("%(sum)s of what left by then is not invoiced. Invoice it, or count it as income now.") % {
        "sum": f"{ctx.currency_code} {total}"
    }
    return Check("shipped", title, says, "warn", "/sales/orders?f=is:to_invoice", "accrue")


def _received(ctx: Ctx, period: PeriodRow) -> Check:
    """Goods that came and are not billed: owed already, so nothing is missing from the books."""
    account = next((a for a in books.accounts(ctx) if a.role == "grni"), None)
    held = -books.balances_of(ctx, [period.ends])[0].get(account.id, 0) if account else 0
    title = _("Received, not billed")
    if account is None or not held:
        return Check("received", title, _("Every bill for what arrived is entered."))
    says = _(
        "%(sum)s of what arrived is not billed yet. The books owe it already; only the bills are missing."
    )
    href = link("general-ledger", account=account.code, since=period.starts, until=period.ends)
    links = [(_("Orders to bill"), "/purchasing/orders?f=is:to_bill")]
    return Check(
        "received",
        title,
        says % {"sum": f"{ctx.currency_code} {money_text(held, ctx.scale)}"},
        "warn",
        href,
        links=links,
    )


def _bank(ctx: Ctx, day: date) -> Check:
    """Lines of the bank that nobody matched."""
    sql = "SELECT count(*), coalesce(sum(amount), 0)::bigint FROM banking_statementline WHERE company_id = %s AND state = 'open' AND booked_on <= %s"
    count, steps = rows.execute(sql, [ctx.company, day])[0]
    title = _("Bank lines not matched")
    if not count:
        return Check("bank", title, _("Every line of the bank is matched or left out."))
    says = ngettext(
        "%(n)s line of the bank is not matched, %(sum)s in all.",
        "%(n)s lines of the bank are not matched, %(sum)s in all.",
        count,
    )
    return Check(
        "bank",
        title,
        says % {"n": count, "sum": f"{ctx.currency_code} {money_text(steps, ctx.scale)}"},
        "warn",
        "/banking/reconcile",
    )


def _stock(ctx: Ctx, day: date) -> Check:
    """Stock below nothing, and its worth against the books."""
    title = _("Stock")
    found = goods.stock(ctx, day)
    below = [r for r in found if r.quantity < 0]
    href = link("stock", until=day)
    if below:
        says = ngettext(
            "%(n)s item is below nothing: %(names)s.", "%(n)s items are below nothing: %(names)s.", len(below)
        )
        return Check(
            "stock",
            title,
            says % {"n": len(below), "names": ", ".join(r.item for r in below[:SHOWN])},
            "warn",
            href,
        )
    listed, booked = sum(r.value for r in found), goods.ledger_value(ctx, day)
    if listed != booked:
        return Check(
            "stock", title, _("The stock list and the books differ: check the books below."), "bad", href
        )
    return Check(
        "stock", title, _("No item is below nothing; the stock list is worth what the books say."), href=href
    )


def _opening(ctx: Ctx) -> Check:
    """The opening balance account, which must be empty before anything closes."""
    title = _("Opening balances")
    account = ctx.accounts.get("opening_balance")
    left = books.balances_of(ctx, [date.max - timedelta(days=1)])[0].get(account, 0) if account else 0
    if not left:
        return Check("opening", title, _("Nothing is left on the opening balance account."))
    code = next(a.code for a in books.accounts(ctx) if a.id == account)
    says = _("%(sum)s is left on the opening balance account. Post equity as last reported against it.")
    return Check(
        "opening",
        title,
        says % {"sum": f"{ctx.currency_code} {money_text(abs(left), ctx.scale)}"},
        "bad",
        link("general-ledger", account=code),
    )


def _agrees(ctx: Ctx, day: date) -> Check:
    """Debits equal credits."""
    found = books.trial_balance(ctx, day)
    href = link("trial-balance", until=day)
    if found.debit == found.credit:
        return Check(
            "agrees",
            _("Trial balance"),
            _("Debits equal credits: %(sum)s.")
            % {"sum": f"{ctx.currency_code} {money_text(found.debit, ctx.scale)}"},
            href=href,
        )
    return Check(
        "agrees",
        _("Trial balance"),
        _("Debits and credits differ. Do not close; check the books below."),
        "bad",
        href,
    )


@dataclass(frozen=True, slots=True)
class Event:
    """A close or a re-opening of a period."""

    period: int
    kind: str
    at: Any
    actor: str
    reason: str


def events(ctx: Ctx, period: int | None = None) -> list[Event]:
    """What happened to periods, the latest first."""
    sql = (
        "SELECT period_id, kind, at, actor, reason FROM period_event WHERE company_id = %s AND (%s::bigint IS NULL OR period_id = %s)"
        " ORDER BY id DESC LIMIT 400"
    )
    return [Event(*row) for row in rows.execute(sql, [ctx.company, period, period])]


def closed_years(ctx: Ctx) -> dict[int, int]:
    """The closing entry that stands, by closing period."""
    sql = (
        "SELECT e.period_id, e.id FROM entry e WHERE e.company_id = %s AND e.source LIKE 'accounting.year:%%' AND e.reverses IS NULL"
        " AND NOT EXISTS (SELECT FROM entry r WHERE r.reverses = e.id)"
    )
    return dict(rows.execute(sql, [ctx.company]))


def verified(ctx: Ctx) -> list[tuple[str, list[str]]]:
    """What the checks of the whole books found: (code, texts); empty when every promise is kept."""
    from backstay.interfaces import checks  # noqa: F401  - registers the domains' own

    return [(c.code, c.found) for c in ledger.verify(ctx) if not c.ok]
