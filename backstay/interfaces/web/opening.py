"""Opening balances and opening stock, typed from the last balance sheet: kept as typed until they are posted."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.base.money import to_steps
from backstay.domains.accounting.processes import OpeningDraft, post_opening
from backstay.domains.inventory.queries import place_id
from backstay.interfaces.web.acts import led_to, once
from backstay.interfaces.web.fields import BadText, day_text, figure, money_text
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.models import Draft

ROWS = 8
_ACCOUNTS = """
SELECT a.id, a.code, a.name, a.type, coalesce('bank:' || b.id, ''), coalesce(b.name, '') FROM account a
LEFT JOIN banking_bankaccount b ON b.account_id = a.id AND b.company_id = a.company_id AND b.archived_on IS NULL
WHERE a.company_id = %s AND a.postable AND NOT a.closed AND a.type IN ('asset', 'liability', 'equity')
  AND coalesce(a.unit_kind, 'currency') = 'currency' AND a.role IS DISTINCT FROM 'opening_balance'
  AND (a.requires = '{}' OR (a.requires = '{item}' AND b.id IS NOT NULL))
ORDER BY a.code, b.id
"""
_POSTED = """
SELECT j.id, j.number, j.entered_on, sum(greatest(l.value, 0))::bigint FROM accounting_journalentry j JOIN accounting_journalline l ON l.entry_id = j.id
WHERE j.company_id = %s AND j.kind = 'opening' AND j.state = 'posted' GROUP BY 1, 2, 3 ORDER BY 1
"""


class Place(NamedTuple):
    """A row of the balances: an account, for banks with its bank account."""

    key: str
    account: int
    code: str
    name: str
    type: str
    item: str


@dataclass(slots=True)
class Typed:
    """What was typed, read as far as it can be: figures by key, errors by input."""

    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    balances: list[tuple[int, str, int]] = field(default_factory=list)
    items: list[tuple[str, int, str, int]] = field(default_factory=list)
    stock: list[tuple[int | str, int, int, int, int]] = field(default_factory=list)
    debit: int = 0
    credit: int = 0

    def book(self, value: int) -> None:
        """Add to the sums."""
        self.debit += max(value, 0)
        self.credit += max(-value, 0)


def places(ctx: Ctx) -> list[Place]:
    """Balance-sheet accounts whose balance can be typed; receivables, payables and goods have rows of their own."""
    return [
        Place(f"a{i}{item.replace('bank:', 'b')}", i, code, bank or name, kind, item)
        for i, code, name, kind, item, bank in rows.execute(_ACCOUNTS, [ctx.company])
    ]


def _posted(ctx: Ctx) -> list[dict[str, Any]]:
    return [
        {
            "href": f"/accounting/journal/{i}",
            "number": number,
            "on": day_text(on, ctx.today.year),
            "sum": money_text(total, ctx.scale),
        }
        for i, number, on, total in rows.execute(_POSTED, [ctx.company])
    ]


def _texts(request: HttpRequest, ctx: Ctx, path: str) -> dict[str, str]:
    """What was typed now, or what was put aside."""
    if request.method == "POST":
        return {
            k: v.replace("\0", "")[:200]
            for k, v in request.POST.items()
            if re.match(r"[acdiks]", k) and k != "csrfmiddlewaretoken"
        }
    kept = Draft.objects.filter(company_id=ctx.company, path=path, made_id=None).order_by("-id").first()
    return dict(kept.data) if kept else {}


def _put_aside(ctx: Ctx, path: str, texts: dict[str, str]) -> None:
    kept = Draft.objects.filter(company_id=ctx.company, path=path, made_id=None).order_by("-id").first()
    full = {k: v for k, v in texts.items() if v.strip() and k != "do"}
    if kept:
        Draft.objects.filter(pk=kept.pk).update(data=full, updated_by=ctx.actor, revision=kept.revision + 1)
    else:
        Draft.objects.create(
            company_id=ctx.company, path=path, data=full, created_by=ctx.actor, updated_by=ctx.actor
        )


def _money(ctx: Ctx, typed: Typed, key: str, least: int = 0) -> int:
    text = typed.texts.get(key, "").strip()
    if not text:
        return 0
    try:
        value = figure(text)
        if value != round(value, ctx.scale):
            raise BadText(_("At most %(n)s decimal places.") % {"n": ctx.scale})
        steps = to_steps(value, ctx.scale)
        if steps < least or abs(steps) > 10**15:
            raise BadText(_("Without a minus, please: the column says the side."))
    except BadText as exc:
        typed.errors[key] = str(exc)
        return 0
    return steps


def _read(ctx: Ctx, texts: dict[str, str]) -> Typed:
    """Balances and open items."""
    typed = Typed(texts)
    for place in places(ctx):
        debit, credit = (_money(ctx, typed, f"{side}.{place.key}") for side in "dc")
        if debit and credit:
            typed.errors[f"c.{place.key}"] = _("Debit or credit, not both.")
        if debit - credit:
            typed.balances.append((place.account, place.item, debit - credit))
            typed.book(debit - credit)
    named = [(k, texts.get(f"i{k}.party", "").strip()) for k in range(_count(texts))]
    found = _parties(ctx, {name for _k, name in named if name})
    for k, name in named:
        amount = _money(ctx, typed, f"i{k}.amount")
        side = "payable" if texts.get(f"i{k}.side") == "payable" else "receivable"
        if name and name.lower() not in found:
            typed.errors[f"i{k}.party"] = _("There is no party called “%(name)s”.") % {"name": name[:60]}
        elif name and not amount:
            typed.errors.setdefault(f"i{k}.amount", _("How much is open?"))
        elif amount and not name:
            typed.errors[f"i{k}.party"] = _("Of whom?")
        elif amount:
            value = amount if side == "receivable" else -amount
            typed.items.append((side, found[name.lower()], texts.get(f"i{k}.reference", "").strip(), value))
            typed.book(value)
    return typed


def _count(texts: dict[str, str]) -> int:
    """How many rows there are: those typed in and some more."""
    filled = [int(m[1]) for key, text in texts.items() if text.strip() and (m := re.fullmatch(r"[is](\d{1,4})\.(?:party|amount|item|quantity|value)", key))]  # fmt: skip
    more = 10 if texts.get("do") == "more" else 0
    return min(max([ROWS, *(k + 2 for k in filled)]) + more, 2000)


def _parties(ctx: Ctx, names: set[str]) -> dict[str, int]:
    """Parties by code or name, in lower case."""
    if not names:
        return {}
    wanted = sorted(name.lower() for name in names)
    sql = (
        "SELECT lower(coalesce(code, '')), lower(name), id FROM parties_party WHERE company_id = %s AND archived_on IS NULL"
        " AND (lower(code) = ANY(%s::text[]) OR lower(name) = ANY(%s::text[]))"
    )
    found: dict[str, int] = {}
    for code, name, party in rows.execute(sql, [ctx.company, wanted, wanted]):
        found |= {name: party}
        if code:
            found[code] = party
    return found


def _equity(ctx: Ctx) -> list[tuple[int, str]]:
    sql = (
        "SELECT id, code || ' ' || name FROM account WHERE company_id = %s AND type = 'equity' AND postable AND NOT closed"
        " AND requires = '{}' ORDER BY role IS DISTINCT FROM 'opening_balance', code"
    )
    return [(i, name) for i, name in rows.execute(sql, [ctx.company])]


def balances(request: HttpRequest, ctx: Ctx) -> dict[str, Any] | None:
    """The step of opening balances; None when it is done."""
    path = "set-up/opening"
    texts = _texts(request, ctx, path)
    typed = _read(ctx, texts)
    equity = _equity(ctx)
    rest = typed.debit - typed.credit
    chosen = next((i for i, _name in equity if str(i) == texts.get("difference")), equity[0][0])
    stopped = ""
    if request.method == "POST":
        if texts.get("do") == "later":
            _put_aside(ctx, path, texts)
            messages.success(request, _("Kept as typed: come back when you like."))
            return None
        if texts.get("do") == "post" and not typed.errors:
            taken = [(chosen, "", -rest)] if rest and chosen != ctx.accounts["opening_balance"] else []
            draft = OpeningDraft(_("Opening balances"), (*typed.balances, *taken), tuple(typed.items))
            stopped = _post(request, ctx, path, draft)
            if not stopped:
                return None
    count = _count(texts)
    return {
        "groups": _groups(ctx, typed), "items": [_item(typed, k) for k in range(count)], "posted": _posted(ctx), "equity": equity, "chosen": chosen,
        "debit": money_text(typed.debit, ctx.scale), "credit": money_text(typed.credit, ctx.scale), "rest": rest, "rest_text": money_text(abs(rest), ctx.scale),
        "on": _opening_day(ctx), "stopped": stopped, "wrong": len(typed.errors), "once": uuid.uuid4().hex, "parties": _names(ctx, "parties_party", "name"),
        "account": dict(equity)[chosen], "some": bool(typed.debit or typed.credit),
    }  # fmt: skip


def _opening_day(ctx: Ctx) -> str:
    day = next(p.ends for p in ledger.list_periods(ctx) if p.kind == "opening")
    return day_text(day, ctx.today.year)


def _groups(ctx: Ctx, typed: Typed) -> list[dict[str, Any]]:
    titles = {"asset": _("Assets"), "liability": _("Liabilities"), "equity": _("Equity")}
    found = places(ctx)
    return [
        {
            "title": title,
            "rows": [
                {
                    "code": p.code, "name": p.name, "key": p.key, "debit": typed.texts.get(f"d.{p.key}", ""), "credit": typed.texts.get(f"c.{p.key}", ""),
                    "error": typed.errors.get(f"d.{p.key}") or typed.errors.get(f"c.{p.key}"),
                }
                for p in found
                if p.type == kind
            ],
        }
        for kind, title in titles.items()
    ]  # fmt: skip


def _item(typed: Typed, k: int) -> dict[str, Any]:
    names = ("side", "party", "reference", "amount")
    return {
        "k": k,
        "n": k + 1,
        "errors": [e for name in names if (e := typed.errors.get(f"i{k}.{name}"))],
    } | {name: typed.texts.get(f"i{k}.{name}", "") for name in names}


def _names(ctx: Ctx, table: str, column: str) -> list[str]:
    """What a browser may propose while one types; more than a few hundred come from a file anyway."""
    sql = f"SELECT {column} FROM {table} WHERE company_id = %s AND archived_on IS NULL ORDER BY 1 LIMIT 300"
    return [name for (name,) in rows.execute(sql, [ctx.company])]


def _post(request: HttpRequest, ctx: Ctx, path: str, draft: OpeningDraft) -> str:
    """Post once; what stands against it, or nothing."""
    key = request.POST.get("once", "")
    if once(ctx, key):
        return ""
    try:
        with transaction.atomic():
            made = post_opening(ctx, draft)
    except Refusal as refusal:
        return f"{refusal.message[:1].upper()}{refusal.message[1:]}. {refusal.remedy} ({refusal.code})"
    led_to(ctx, key, f"/accounting/journal/{made}")
    Draft.objects.filter(company_id=ctx.company, path=path, made_id=None).update(made_id=made)
    messages.success(request, _("Posted."))
    return ""


# ---- stock ----


def stock(request: HttpRequest, ctx: Ctx) -> dict[str, Any] | None:
    """The step of opening stock: item, quantity, what it is worth; None when it is done."""
    path = "set-up/stock"
    texts = _texts(request, ctx, path)
    typed = _read_stock(ctx, texts)
    stopped = ""
    if request.method == "POST":
        if texts.get("do") == "later":
            _put_aside(ctx, path, texts)
            messages.success(request, _("Kept as typed: come back when you like."))
            return None
        if texts.get("do") == "post" and not typed.errors:
            stopped = _post(request, ctx, path, OpeningDraft(_("Opening stock"), stock=tuple(typed.stock)))
            if not stopped:
                return None
    return {
        "lines": [_stock_line(typed, k) for k in range(_count(texts))], "total": money_text(typed.debit, ctx.scale), "on": _opening_day(ctx),
        "stopped": stopped, "wrong": len(typed.errors), "once": uuid.uuid4().hex, "skus": _names(ctx, "catalog_item", "sku"),
        "posted": _posted(ctx),
    }  # fmt: skip


def _read_stock(ctx: Ctx, texts: dict[str, str]) -> Typed:
    typed = Typed(texts)
    named = [(k, texts.get(f"s{k}.item", "").strip()) for k in range(_count(texts))]
    wanted = sorted({name.lower() for _k, name in named if name})
    sql = (
        "SELECT lower(i.sku), lower(i.name), i.unit_id, u.scale FROM catalog_item i LEFT JOIN unit u ON u.id = i.unit_id"
        " WHERE i.company_id = %s AND i.archived_on IS NULL AND (lower(i.sku) = ANY(%s::text[]) OR lower(i.name) = ANY(%s::text[]))"
    )
    found: dict[str, tuple[int | None, int]] = {}
    for sku, name, unit, scale in rows.execute(sql, [ctx.company, wanted, wanted]) if wanted else ():
        found |= {name: (unit, scale), sku: (unit, scale)}
    place = place_id(ctx, "MAIN")
    seen: set[int] = set()
    for k, name in named:
        value = _money(ctx, typed, f"s{k}.value")
        if not name:
            if value or texts.get(f"s{k}.quantity", "").strip():
                typed.errors[f"s{k}.item"] = _("Of which item?")
            continue
        unit, scale = found.get(name.lower(), (None, 0))
        if name.lower() not in found:
            typed.errors[f"s{k}.item"] = _("There is no item “%(name)s”.") % {"name": name[:60]}
        elif unit is None:
            typed.errors[f"s{k}.item"] = _("This is a service: it has no stock.")
        elif unit in seen:
            typed.errors[f"s{k}.item"] = _("It stands in a row above already.")
        else:
            seen.add(unit)
            _stock_row(typed, k, unit, scale, place, value)
    return typed


def _stock_row(typed: Typed, k: int, unit: int, scale: int, place: int, value: int) -> None:
    text = typed.texts.get(f"s{k}.quantity", "").strip()
    try:
        quantity = figure(text) if text else None
        if quantity is None or quantity <= 0 or quantity != round(quantity, scale) or quantity >= 10**12:
            raise BadText(_("How many? More than 0, with at most %(n)s decimal places.") % {"n": scale})
    except BadText as exc:
        typed.errors[f"s{k}.quantity"] = str(exc)
        return
    typed.stock.append(("stock", unit, place, to_steps(quantity, scale), value))
    typed.book(value)


def _stock_line(typed: Typed, k: int) -> dict[str, Any]:
    names = ("item", "quantity", "value")
    return {
        "k": k,
        "n": k + 1,
        "errors": [e for name in names if (e := typed.errors.get(f"s{k}.{name}"))],
    } | {name: typed.texts.get(f"s{k}.{name}", "") for name in names}
