"""The bank at work: statement lines beside what they may pay, imports, payment runs."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import Refusal
from backstay.base.money import from_steps
from backstay.domains.accounting.queries import chart
from backstay.domains.banking import processes as banking
from backstay.domains.banking.processes import Decision, Part, Proposal
from backstay.domains.banking.queries import (
    Reconciliation,
    bank_accounts,
    matched_with,
    reconciliation,
    statement_lines,
)
from backstay.domains.banking.reconciling import as_read, matcher
from backstay.interfaces.web import bankfiles
from backstay.interfaces.web.acts import led_to, once
from backstay.interfaces.web.fields import BadText, Field, day_text, money_text, read
from backstay.interfaces.web.resolving import resolve
from backstay.interfaces.web.resource import BANKING, Answer, whole
from backstay.platform.context import Ctx
from backstay.platform.figures import local
from backstay.platform.resources import RESOURCES, for_kind, page

TABS = {
    "open": gettext_noop("To match"),
    "matched": gettext_noop("Matched"),
    "ignored": gettext_noop("Left out"),
}
EACH = 60  # lines of a page


@page("banking/reconcile", gettext_noop("Reconciliation"), BANKING, "banking.statement.read")
def reconcile(request: HttpRequest, ctx: Ctx) -> Answer:
    """Lines of the bank at the left, what they may stand for at the right."""
    accounts = [a for a in bank_accounts(ctx) if a.kind == "bank"]
    if not accounts:
        raise Refusal(
            "banking.account", _("there is no bank account"), _("Make one among the bank accounts.")
        )
    asked = whole(request.POST.get("bank") or request.GET.get("bank"))
    account = next((a for a in accounts if a.id == asked), accounts[0])
    if request.method == "POST":
        return _act(request, ctx, account.id)
    tab = request.GET.get("tab", "open") if request.GET.get("tab", "open") in TABS else "open"
    lines = statement_lines(ctx, account.id, tab, EACH + 1, whole(request.GET.get("after")) or 0)
    shown = lines[:EACH]
    reads = {row.id: as_read(row) for row in shown}
    index = matcher(ctx, account.id, reads.values()) if tab == "open" and shown else None
    told = banking.match(reads, index) if index else {}
    chosen = next(
        (row for row in shown if row.id == whole(request.GET.get("line"))), shown[0] if shown else None
    )
    here = f"/banking/reconcile?bank={account.id}&tab={tab}"
    found = reconciliation(ctx, account.id)
    context: dict[str, Any] = {
        "accounts": accounts, "account": account, "tab": tab, "once": uuid.uuid4().hex, "here": here,
        "tabs": [{"name": _(text), "href": f"/banking/reconcile?bank={account.id}&tab={name}", "here": name == tab} for name, text in TABS.items()],
        "lines": [_line(ctx, row, told.get(row.id, []), chosen, here) for row in shown], "figures": _figures(ctx, found),
        "more": f"{here}&after={shown[-1].id}" if len(lines) > EACH else "", "sure": sum(1 for p in told.values() if p and p[0].sure),
        "until": day_text(found.until, ctx.today.year) if found.until else "",
    }  # fmt: skip
    if chosen is not None:
        context["bench"] = _bench(ctx, request, chosen, told.get(chosen.id, []), index, tab)
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "bench":
        return "backstay/_bench.html", context
    return "backstay/reconcile.html", context


def _figures(ctx: Ctx, found: Reconciliation) -> list[dict[str, Any]]:
    told = [
        (_("Bank, last statement"), found.closing, ""),
        (_("Not matched yet"), -found.open, "warn" if found.open else ""),
        (_("In the books, not at the bank"), found.unseen, ""),
        (_("Books"), found.books, "strong"),
    ]
    made = [
        {"label": label, "text": money_text(steps, ctx.scale), "tone": tone} for label, steps, tone in told
    ]
    if found.difference:
        made.append(
            {"label": _("Unexplained"), "text": money_text(found.difference, ctx.scale), "tone": "bad"}
        )
    return made


def _line(ctx: Ctx, row: Any, proposals: Sequence[Proposal], chosen: Any, here: str) -> dict[str, Any]:
    best = proposals[0] if proposals else None
    return {
        "id": row.id, "day": day_text(row.booked_on, ctx.today.year), "name": row.name or row.text[:60] or "—", "text": row.text if row.name else row.reference,
        "amount": money_text(row.amount, ctx.scale), "in": row.amount > 0, "here": chosen is not None and row.id == chosen.id,
        "href": f"{here}&line={row.id}", "reason": best.reason if best else "", "sure": bool(best and best.sure),
        "parts": as_json(best.parts) if best else "",
    }  # fmt: skip


def as_json(parts: Sequence[Part]) -> str:
    """Parts as a form carries them."""
    return json.dumps(
        [{k: v for k, v in dataclasses.asdict(p).items() if v not in ("", None, 0)} for p in parts]
    )


def _bench(
    ctx: Ctx, request: HttpRequest, row: Any, proposals: Sequence[Proposal], index: Any, tab: str
) -> dict[str, Any]:
    """What may be done with one line."""
    text = request.GET.get("q", "").strip()[:60]
    made: dict[str, Any] = {
        "id": row.id, "day": day_text(row.booked_on, ctx.today.year), "name": row.name, "text": row.text, "iban": row.iban, "reference": row.reference,
        "amount": money_text(row.amount, ctx.scale), "plain": str(row.amount), "in": row.amount > 0, "q": text,
    }  # fmt: skip
    if tab != "open":
        made["matched"] = [
            {**m, "amount": money_text(m["amount"], ctx.scale), "href": _href(m["source"])}
            for m in matched_with(ctx, row.id)
        ]
        return made
    made["proposals"] = [
        {
            "reason": p.reason,
            "sure": p.sure,
            "json": as_json(p.parts),
            "parts": [_part(ctx, part, index) for part in p.parts],
        }
        for p in proposals
    ]
    taken = {part.key for p in proposals[:1] for part in p.parts if part.key}
    parties = {part.party for p in proposals for part in p.parts if part.party}
    wanted = [n for n, o in enumerate(index.open) if _fits(o, index, text, parties, taken)]
    wanted.sort(
        key=lambda n: (
            index.open[n].key not in taken,
            index.open[n].amount != row.amount,
            str(index.open[n].due_on or ""),
        )
    )
    made["items"] = [
        {
            "key": o.key, "role": o.role, "party": o.party, "number": o.numbers[0] if o.numbers else o.key, "name": index.names.get(o.party, ""),
            "due": day_text(o.due_on, ctx.today.year) if o.due_on else "", "amount": money_text(o.amount, ctx.scale),
            "value": local("money", format(from_steps(o.amount, ctx.scale), "f")), "ticked": o.key in taken,
        }
        for o in (index.open[n] for n in wanted[:12])
    ]  # fmt: skip
    made["names"] = sorted(
        {index.names[p] for p in parties if p in index.names} | set(list(index.names.values())[:200])
    )
    made["accounts"] = [{"id": i, "text": f"{code} {name}"} for i, (code, name, _type) in chart(ctx).items()]
    return made


def _fits(each: Any, index: Any, text: str, parties: set[int | None], taken: set[str]) -> bool:
    if each.key in taken:
        return True
    if text:
        told = " ".join((*each.numbers, index.names.get(each.party, ""))).lower()
        return all(word in told for word in text.lower().split())
    return each.party in parties


def _part(ctx: Ctx, part: Part, index: Any) -> dict[str, Any]:
    known = next((o for o in index.open if o.key == part.key), None) if part.key else None
    if known is not None:
        what, who = known.numbers[0] if known.numbers else known.key, index.names.get(known.party, "")
    elif part.account is not None:
        code, name, _type = chart(ctx)[part.account]
        what, who = code, name
    else:
        what, who = _("On account"), index.names.get(part.party, "")
    note = (
        _("%(amount)s written off") % {"amount": money_text(part.difference, ctx.scale)}
        if part.difference
        else ""
    )
    return {"what": what, "who": who, "amount": money_text(part.amount, ctx.scale), "note": note}


def _href(source: str) -> str:
    kind, _sep, ident = source.rpartition(":")
    resource = for_kind(kind)
    return f"/{resource.path}/{ident}" if resource else ""


# ---- doing ----


def _act(request: HttpRequest, ctx: Ctx, account: int) -> HttpResponse:
    do, back = request.POST.get("do", ""), f"/banking/reconcile?bank={account}"
    key = request.POST.get("once", "")
    if before := once(ctx, key):
        return redirect(before)
    doing: dict[str, Callable[[HttpRequest, Ctx, int], str]] = {
        "match": _match, "sure": _sure, "undo": _undo, "ignore": _ignore, "reopen": _reopen, "import": bankfiles.take_file, "table": bankfiles.take_table,
    }  # fmt: skip
    if do not in doing:
        raise Refusal("web.act", _("there is no such act"), _("Choose one on the page."))
    href = doing[do](request, ctx, account) or back
    led_to(ctx, key, href)
    return redirect(href)


def _chosen(request: HttpRequest) -> int:
    found = whole(request.POST.get("line"))
    if found is None:
        raise Refusal("web.nothing", _("no line is chosen"), _("Choose one at the left."))
    return found


def _match(request: HttpRequest, ctx: Ctx, account: int) -> str:
    line = _chosen(request)
    parts = told_parts(request.POST.get("parts", "")) if request.POST.get("parts") else _typed(request, ctx)
    banking.reconcile(ctx, [Decision(line, parts, request.POST.get("always") == "1")])
    messages.success(request, _("Matched."))
    return ""


def told_parts(text: str) -> tuple[Part, ...]:
    """Parts as a form carried them. Refusal (``banking.match_part``) for anything else."""
    kinds = {
        "amount": int,
        "key": str,
        "role": str,
        "party": int,
        "difference": int,
        "account": int,
        "text": str,
    }
    try:
        told = json.loads(text)
        if not isinstance(told, list) or any(type(p[k]) is not kinds[k] for p in told for k in p):
            raise ValueError
        return tuple(Part(**p) for p in told)
    except (ValueError, TypeError, KeyError):
        raise Refusal("banking.match_part", _("this is no match"), _("Load the page again.")) from None


def _typed(request: HttpRequest, ctx: Ctx) -> tuple[Part, ...]:
    """Parts from the table of the bench: ticked items with amounts, an account, the rest on account of a party."""
    money = Field("amount", "money", _("Amount"), "")
    parts: list[Part] = []
    try:
        for told in request.POST.getlist("item")[:500]:
            key, role, party = told.split("|")
            text = request.POST.get(f"amount.{key}", "")
            amount = read(ctx, money, text)
            if amount:
                parts.append(Part(amount, key, role, int(party) or None))
        amount = read(ctx, money, request.POST.get("account_amount", ""))
        account = whole(request.POST.get("account"))
        if amount and account is not None:
            parts.append(Part(amount, account=account, text=request.POST.get("account_text", "")[:140]))
        amount = read(ctx, money, request.POST.get("rest_amount", ""))
        name = request.POST.get("rest", "").strip()[:200]
        field = Field("rest", "ref", _("Customer or supplier"), "", model=RESOURCES["parties/parties"].of)
        known, wrong = resolve(ctx, [(field, name, "")], ["rest"]) if name and amount else ({}, {})
        if wrong:
            raise BadText(wrong["rest"])
        party = known.get("rest")
        if amount and party:
            role = "receivable" if amount > 0 else "payable"
            parts.append(Part(amount, role=role, party=party))
        elif amount:
            raise Refusal(
                "banking.match_part",
                _("nobody is named for the rest"),
                _("Name a customer or supplier."),
                "rest",
            )
    except (BadText, ValueError) as exc:
        raise Refusal("banking.match_part", str(exc), _("Correct it."), "amount") from None
    return tuple(parts)


def _sure(request: HttpRequest, ctx: Ctx, account: int) -> str:
    count = banking.match_lines(ctx, account)
    messages.success(request, _("%(n)s lines matched.") % {"n": count})
    return ""


def _undo(request: HttpRequest, ctx: Ctx, account: int) -> str:
    line = _chosen(request)
    banking.undo_matches(ctx, [line])
    messages.success(request, _("Taken back: what it had made is reversed."))
    return f"/banking/reconcile?bank={account}&line={line}"


def _ignore(request: HttpRequest, ctx: Ctx, account: int) -> str:
    banking.ignore_lines(ctx, [_chosen(request)])
    messages.success(request, _("Left out. It stands among the lines left out."))
    return ""


def _reopen(request: HttpRequest, ctx: Ctx, account: int) -> str:
    line = _chosen(request)
    banking.reopen_lines(ctx, [line])
    return f"/banking/reconcile?bank={account}&line={line}"
