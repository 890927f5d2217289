"""Companies: founded, described, changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Denied, Refusal
from backstay.domains.accounting.rules import (
    SCALES,
    AccountDraft,
    country_of,
    default_chart,
    fiscal_periods,
    fiscal_start,
    nested_chart,
    setting,
)
from backstay.domains.catalog.processes import seed_uoms
from backstay.ledger.models import Account
from backstay.platform import access, audit, events, numbering, rows
from backstay.platform.context import work
from backstay.platform.models import Membership

KIND = "accounting.company"
events.declare(KIND, "created")


@dataclass(frozen=True, slots=True)
class FoundingDraft:
    """A company to be. What is left empty is the country's; the first fiscal year is the one today lies in."""

    name: str
    country: str
    currency: str = ""
    first_month: int | None = None
    first_year: int | None = None


def may_found(user: int) -> bool:
    """Whether a user may make a company: there is none yet, or he owns one."""
    return bool(rows.execute("SELECT may_found(%s, %s)", [user, clock.today()])[0][0])


def found_company(user: int, draft: FoundingDraft, settings: Mapping[str, Any] | None = None) -> int:
    """Make a company for a user, who owns it; return its id. Opens its own transaction.

    Raises Denied (``access.denied``), Refusal (``accounting.company``, ``accounting.company_once``: the user works
    for one of this name, so a click that comes twice makes one).
    """
    name = " ".join(draft.name.replace("\0", "").split())[:200]
    if not 1 <= (month := draft.first_month or country_of(draft.country).first_month) <= 12:
        raise Refusal(
            "accounting.company", "a fiscal year begins in one of twelve months", "Choose one.", "first_month"
        )
    if not name:
        raise Refusal("accounting.company", "a company needs a name", "Type it.", "name")
    with transaction.atomic():
        rows.execute("SELECT pg_advisory_xact_lock(hashtextextended('backstay.found', %s))", [user])
        if not may_found(user):
            raise Denied("access.denied", "only an owner of a company makes another", "Ask an owner.")
        mine = rows.execute("SELECT name FROM companies_of(%s, %s)", [user, clock.today()])
        if name in {other for (other,) in mine}:
            raise Refusal("accounting.company_once", f"you have a company called {name} already", "Give this one another name.", "name")  # fmt: skip
        return create_company(
            name, draft.currency, actor=f"user:{user}", country=draft.country, years=2, first_month=month, user=user,
            first_year=draft.first_year or fiscal_start(clock.today(), month).year, settings=dict(settings or {}),
        )  # fmt: skip


def take_over(user: int) -> list[int]:
    """Make the first owner the owner of companies that nobody works for: made at the console, before anybody signed in."""
    found = [company for (company,) in rows.execute("SELECT companies_of_nobody()")]
    for company in found:
        with work(company, "system:setup") as ctx:
            rows.insert(Membership, {"user_id": [user], "role": ["owner"], "since_on": [ctx.today]})
    return found


def change_company(ctx: Ctx, changes: Mapping[str, Any]) -> list[str]:
    """Change name or settings; return the names of what changed. The old and new values stay in the audit.

    An empty value takes the default again. Raises Refusal (``accounting.setting``, ``accounting.company``).
    """
    access.require(ctx, f"{KIND}.change", [ctx.company])
    name, settings = rows.execute(
        "SELECT name, settings FROM company WHERE id = %s FOR UPDATE", [ctx.company]
    )[0]
    before: dict[str, Any] = (json.loads(settings) if isinstance(settings, str) else settings) | {
        "name": name
    }
    wanted = {key: setting(key, value) for key, value in changes.items() if key != "name"}
    if "name" in changes:
        wanted["name"] = " ".join(str(changes["name"]).replace("\0", "").split())[:200]
        if not wanted["name"]:
            raise Refusal("accounting.company", "a company needs a name", "Type it.", "name")
    new = {key: value for key, value in wanted.items() if before.get(key) != value}
    if not new:
        return []
    after = {k: v for k, v in (before | new).items() if v is not None and k != "name"}
    rows.execute(
        "UPDATE company SET name = %s, settings = %s::jsonb WHERE id = %s RETURNING id",
        [new.get("name", name), json.dumps(after), ctx.company],
    )
    if "prefixes" in new:
        numbering.rename(ctx, new["prefixes"] or {})
    return sorted(new)


def link_practice(ctx: Ctx, practice: int) -> None:
    """Remember the practice company of this one."""
    change_company(ctx, {"practice_company": practice})


def put_away(ctx: Ctx) -> None:
    """Nobody works for this practice company any more; what was tried in it stays in the database, unseen."""
    access.require(ctx, f"{KIND}.change", [ctx.company])
    if not ctx.settings.get("practice"):
        raise Refusal(
            "accounting.practice", "only a practice company is put away", "A real one keeps its books."
        )
    last = ctx.today - timedelta(days=1)
    rows.execute(
        "UPDATE platform_membership SET until_on = %s WHERE company_id = %s AND (until_on IS NULL OR until_on > %s) RETURNING id",
        [last, ctx.company, last],
    )
    audit.record(ctx, KIND, [ctx.company], "put_away")


def create_company(
    name: str,
    currency: str = "",
    *,
    actor: str,
    chart: str | Sequence[AccountDraft] = "default",
    country: str = "NL",
    first_year: int,
    years: int = 1,
    first_month: int = 1,
    settings: dict[str, Any] | None = None,
    user: int | None = None,
    members: Sequence[tuple[int, str]] = (),
) -> int:
    """Make a company with chart, units of measure, fiscal years, taxes, warehouse and bank account; return its id.

    ``chart``: "default", the path of a nested JSON chart, or drafts of accounts. ``user`` owns it; ``members``: who else
    works for it, by role. Currency, language and paper are the country's where
    nothing else is said. Opens its own transaction.
    """
    usual = country_of(country)
    code = (currency or usual.currency).upper()
    if not name.strip() or len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise Refusal("accounting.company", "a company needs a name and a currency code of three letters")
    facts = {
        "country": usual.code,
        "rounding": "total",
        "reversals": "plain",
        "language": usual.language,
        "paper": usual.paper,
    }
    facts |= settings or {}
    with transaction.atomic():  # all or nothing: a failure leaves no half-made company behind
        sql = "SELECT create_company(%s, %s, %s::smallint, %s::jsonb)"
        company = int(rows.execute(sql, [name.strip(), code, SCALES.get(code, 2), json.dumps(facts)])[0][0])
        with work(company, actor) as ctx:
            people = [*([(user, "owner")] if user is not None else []), *members]
            if people:
                columns: dict[str, Sequence[Any]] = {
                    "user_id": [u for u, _ in people],
                    "role": [r for _, r in people],
                }
                rows.insert(Membership, columns | {"since_on": [ctx.today] * len(people)})
        with work(company, actor) as ctx:  # now a user who founds it owns it
            _make_chart(ctx, chart)
            ledger.open_periods(ctx, fiscal_periods(date(first_year, first_month, 1), years))
            seed_uoms(ctx)
        with work(company, actor) as ctx:  # once more: now the chart gives the accounts their roles
            events.emit(ctx, "accounting.company_created", [company])
    return company


def _make_chart(ctx: Ctx, chart: str | Sequence[AccountDraft]) -> None:
    if not isinstance(chart, str):
        create_accounts(ctx, chart)
        return
    ours = default_chart()
    if chart == "default":
        create_accounts(ctx, ours)
        return
    theirs = nested_chart(Path(chart))
    taken = {draft.code for draft in theirs}
    with_role = [
        replace(draft, code=f"BS{draft.code}" if draft.code in taken else draft.code, parent=None)
        for draft in ours
        if draft.role
    ]
    create_accounts(ctx, [*theirs, *with_role])


def create_accounts(ctx: Ctx, drafts: Sequence[AccountDraft]) -> list[int]:
    """Add accounts to the chart; a parent stands before its children or exists already."""
    access.require(ctx, "accounting.account.create")
    names = (
        "code",
        "name",
        "type",
        "role",
        "unit_kind",
        "bound",
        "dated",
        "monetary",
        "cash_flow",
        "postable",
    )
    columns: dict[str, Sequence[Any]] = {n: [getattr(d, n) for d in drafts] for n in names}
    ids = rows.insert(Account, columns | {"requires": [d.requires for d in drafts]})
    by_code = {row.code: row.id for row in rows.of(Account, "company_id", [ctx.company], "code")}
    linked = [(i, by_code[d.parent]) for i, d in zip(ids, drafts, strict=True) if d.parent]
    rows.update(Account, [i for i, _ in linked], {"parent_id": [parent for _, parent in linked]})
    return ids
