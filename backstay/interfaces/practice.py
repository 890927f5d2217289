"""A practice company beside the real one: the same accounts, parties and items, none of the postings.

What is read of the real company becomes drafts, and the processes make it again, set by set. All of it is one
transaction: there is a whole practice company or none. Another one takes the place of the first, which is put away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backstay import ledger
from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.accounting.processes import (
    AccountDraft,
    change_company,
    create_company,
    link_practice,
    put_away,
)
from backstay.domains.accounting.rules import SETTINGS, fiscal_start
from backstay.domains.banking.processes import (
    BankAccountDraft,
    PartyAccountDraft,
    create_bank_accounts,
    edit_bank_accounts,
    set_party_accounts,
)
from backstay.domains.banking.queries import bank_accounts
from backstay.domains.catalog.processes import (
    ItemDraft,
    PriceAgreementDraft,
    PriceDraft,
    PriceListDraft,
    add_uoms,
    create_categories,
    create_items,
    create_price_agreements,
    create_price_lists,
    edit_price_lists,
)
from backstay.domains.inventory.processes import create_places
from backstay.domains.invoicing.processes import set_credit_limits
from backstay.domains.parties.processes import AddressDraft, PartyDraft, create_parties
from backstay.domains.tax.processes import create_tax_codes, set_rules
from backstay.platform import access, files, rows
from backstay.platform import work as works
from backstay.platform.context import work
from backstay.platform.models import Role

TASK = "practice.make"
OWN = ("setup", "logo", "practice_of", "practice_company")  # settings that are not copied as they are


@dataclass(slots=True)
class Master:
    """What a company knows before anything happens in it, as drafts; other rows are named by their place in a list."""

    name: str
    currency: str
    settings: dict[str, Any]
    first_month: int
    accounts: list[AccountDraft] = field(default_factory=list)
    parties: list[PartyDraft] = field(default_factory=list)
    limits: dict[int, int] = field(default_factory=dict)  # party → credit limit
    party_accounts: list[tuple[int, str, str, str]] = field(default_factory=list)
    categories: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # name, accounts by code
    items: list[ItemDraft] = field(default_factory=list)  # their category: place in the list
    item_uoms: list[tuple[int, str, int, int]] = field(default_factory=list)
    price_lists: list[PriceListDraft] = field(default_factory=list)  # items and lists: places
    agreements: list[PriceAgreementDraft] = field(default_factory=list)  # party and list: places
    places: list[tuple[str, str, str, str]] = field(
        default_factory=list
    )  # code, name, kind, code of the parent
    banks: list[BankAccountDraft] = field(default_factory=list)
    taxes: list[tuple[str, str, str, str, list[Any]]] = field(default_factory=list)
    tax_rules: list[tuple[str, str, str, str]] = field(default_factory=list)
    members: list[tuple[int, str]] = field(default_factory=list)
    roles: list[tuple[str, str, Any]] = field(default_factory=list)  # of its own: code, name, rights
    logo: tuple[str, bytes, str] | None = None


def begin(ctx: Ctx) -> int:
    """Have a practice company made, or made anew, in the background; the id of the work."""
    access.require(ctx, "accounting.company.change", [ctx.company])
    if ctx.settings.get("practice"):
        raise Refusal(
            "accounting.practice", _("this is a practice company itself"), _("Change to the real one.")
        )
    before = ctx.settings.get("practice_company") or 0
    return works.start(
        ctx, TASK, _("Practice company of %(name)s") % {"name": ctx.settings["name"]}, {"before": before}, 1
    )


@works.long(TASK, keeps=True)
def make(job: works.Job) -> dict[str, Any]:
    """Read the real company, make the other, put the one before away."""
    told = {"href": "/settings#practice", "text": _("The practice company is ready.")}
    master, now = job.do(lambda ctx: (read(ctx), ctx.settings.get("practice_company") or 0))
    if now != job.args["before"]:
        return told  # this work was done, and killed before it could say so
    job.phase = _("Copying accounts, parties and items")
    with transaction.atomic():
        company = found(master, job.actor, job.company)
        with work(job.company, job.actor, f"work:{job.id}") as ctx:
            link_practice(ctx, company)
        if now:
            with work(now, "system:practice", f"work:{job.id}") as ctx:  # whoever asks may have come after it
                put_away(ctx)
    job.done = 1
    return told


def found(master: Master, actor: str, of: int) -> int:
    """A practice company with what the real one knows; its id. Inside one transaction."""
    user = int(actor.partition(":")[2])
    settings = {k: v for k, v in master.settings.items() if k not in OWN} | {
        "practice": True,
        "practice_of": of,
    }
    company = create_company(
        _("%(name)s (practice)") % {"name": master.name[:180]}, master.currency, actor=actor, chart=master.accounts, country=str(master.settings.get("country", "")),
        first_year=fiscal_start(clock.today(), master.first_month).year, years=2, first_month=master.first_month, settings=settings, user=user,
        members=[m for m in master.members if m[0] != user],
    )  # fmt: skip
    with work(company, actor, "practice") as ctx:
        write(ctx, master)
    return company


# ---- reading ----


def read(ctx: Ctx) -> Master:
    """What the company knows. A fixed number of statements."""
    first = min(p.starts for p in ledger.list_periods(ctx) if p.kind == "regular")
    kept = {k: v for k, v in ctx.settings.items() if k in SETTINGS or k in ("country", "duties")}
    master = Master(str(ctx.settings["name"]), ctx.currency_code, kept, first.month)
    names = "a.code, a.name, a.type, a.role, a.unit_kind, a.requires, a.bound, a.dated, a.monetary, a.cash_flow, p.code, a.postable"
    sql = f"SELECT {names} FROM account a LEFT JOIN account p ON p.id = a.parent_id WHERE a.company_id = %s AND NOT a.closed ORDER BY a.id"
    master.accounts = [
        AccountDraft(*row[:5], tuple(row[5]), *row[6:]) for row in rows.execute(sql, [ctx.company])
    ]
    _read_prices(ctx, master, _read_parties(ctx, master), _read_items(ctx, master))
    places = "SELECT p.code, p.name, p.kind, coalesce(u.code, '') FROM inventory_place p LEFT JOIN inventory_place u ON u.id = p.parent_id WHERE p.company_id = %s AND p.archived_on IS NULL ORDER BY p.id"
    master.places = [tuple(row) for row in rows.execute(places, [ctx.company])]  # type: ignore[misc]
    master.banks = [BankAccountDraft(b.name, b.kind, b.code, b.iban, b.bic) for b in bank_accounts(ctx)]
    _read_taxes(ctx, master)
    master.members = [
        (user, role)
        for user, role in rows.execute(
            "SELECT user_id, role FROM platform_membership WHERE company_id = %s AND (until_on IS NULL OR until_on >= %s)",
            [ctx.company, ctx.today],
        )
    ]
    own = Role.objects.filter(company_id=ctx.company).order_by("id")
    master.roles = list(own.values_list("code", "name", "rights"))
    if logo := ctx.settings.get("logo"):
        stored, content = files.read(ctx, logo["id"])
        master.logo = (stored.name, content, stored.mime)
    return master


def _read_parties(ctx: Ctx, master: Master) -> dict[int, int]:
    """Their places by id."""
    found = rows.execute(
        "SELECT p.id, p.name, coalesce(r.roles, '{}'), p.kind, p.code, p.tax_id, p.email, p.phone, p.language, p.payment_days, p.credit_limit, p.tax_treatment"
        " FROM parties_party p LEFT JOIN (SELECT party_id, array_agg(role ORDER BY role) roles FROM parties_partyrole WHERE company_id = %s GROUP BY 1) r"
        " ON r.party_id = p.id WHERE p.company_id = %s AND p.archived_on IS NULL ORDER BY p.id",
        [ctx.company, ctx.company],
    )
    at: dict[int, list[AddressDraft]] = {}
    names = "party_id, street, city, postal_code, country, region, street2, kind, name"
    for party, *parts in rows.execute(
        f"SELECT {names} FROM parties_address WHERE company_id = %s ORDER BY id", [ctx.company]
    ):
        at.setdefault(party, []).append(AddressDraft(*parts))
    place = {row[0]: n for n, row in enumerate(found)}
    master.parties = [
        PartyDraft(
            name,
            tuple(roles),
            kind,
            code,
            tax,
            mail,
            phone,
            language,
            days,
            limit,
            treatment,
            tuple(at.get(i, ())),
        )
        for i, name, roles, kind, code, tax, mail, phone, language, days, limit, treatment in found
    ]
    master.limits = {place[row[0]]: row[10] for row in found if row[10] is not None}
    accounts = rows.execute(
        "SELECT party_id, iban, bic, holder FROM banking_partyaccount WHERE company_id = %s AND archived_on IS NULL ORDER BY id",
        [ctx.company],
    )
    master.party_accounts = [(place[party], *rest) for party, *rest in accounts if party in place]  # type: ignore[misc]
    return place


def _read_items(ctx: Ctx, master: Master) -> dict[int, int]:
    """Their places by id."""
    found = rows.execute(
        "SELECT c.id, c.name, s.code, g.code, k.code FROM catalog_category c LEFT JOIN account s ON s.id = c.sales_account_id"
        " LEFT JOIN account g ON g.id = c.cogs_account_id LEFT JOIN account k ON k.id = c.stock_account_id WHERE c.company_id = %s ORDER BY c.id",
        [ctx.company],
    )
    category = {row[0]: n for n, row in enumerate(found)}
    keys = ("sales_account", "cogs_account", "stock_account")
    master.categories = [
        (row[1], {k: code for k, code in zip(keys, row[2:], strict=True) if code}) for row in found
    ]
    items = rows.execute(
        "SELECT i.id, i.sku, i.name, i.kind, i.category_id, u.code, coalesce(n.scale, 0), i.sales_price, i.purchase_price, i.tax_class, i.barcode"
        " FROM catalog_item i JOIN catalog_uom u ON u.id = i.uom_id LEFT JOIN unit n ON n.id = i.unit_id"
        " WHERE i.company_id = %s AND i.archived_on IS NULL ORDER BY i.id",
        [ctx.company],
    )
    place = {row[0]: n for n, row in enumerate(items)}
    master.items = [
        ItemDraft(sku, name, kind, category.get(c), *rest) for _i, sku, name, kind, c, *rest in items
    ]
    others = rows.execute(
        "SELECT x.item_id, u.code, x.numerator, x.denominator FROM catalog_itemuom x JOIN catalog_uom u ON u.id = x.uom_id WHERE x.company_id = %s ORDER BY x.id",
        [ctx.company],
    )
    master.item_uoms = [(place[item], *rest) for item, *rest in others if item in place]  # type: ignore[misc]
    return place


def _read_prices(ctx: Ctx, master: Master, parties: dict[int, int], items: dict[int, int]) -> None:
    found = rows.execute(
        "SELECT id, code, name, currency, parent_id, discount, standard FROM catalog_pricelist"
        " WHERE company_id = %s AND archived_on IS NULL ORDER BY id",
        [ctx.company],
    )
    lists = {row[0]: n for n, row in enumerate(found)}
    prices: dict[int, list[PriceDraft]] = {}
    for mine, item, *rest in rows.execute(
        "SELECT price_list_id, item_id, price, from_quantity, since_on, until_on FROM catalog_price WHERE company_id = %s ORDER BY id",
        [ctx.company],
    ):
        if item in items:
            prices.setdefault(mine, []).append(PriceDraft(items[item], *rest))
    master.price_lists = [
        PriceListDraft(code, name, currency, lists.get(parent), discount, standard, tuple(prices.get(i, ())))
        for i, code, name, currency, parent, discount, standard in found
    ]
    agreed = rows.execute(
        "SELECT party_id, price_list_id, since_on, until_on FROM catalog_priceagreement WHERE company_id = %s ORDER BY id",
        [ctx.company],
    )
    master.agreements = [
        PriceAgreementDraft(parties[party], lists[mine], *span)
        for party, mine, *span in agreed
        if party in parties and mine in lists
    ]


def _read_taxes(ctx: Ctx, master: Master) -> None:
    rates: dict[str, list[Any]] = {}
    sql = "SELECT c.code, r.valid_from, r.valid_to, r.percent FROM tax_taxrate r JOIN tax_taxcode c ON c.id = r.tax_code_id WHERE r.company_id = %s ORDER BY r.id"
    for code, *rate in rows.execute(sql, [ctx.company]):
        rates.setdefault(code, []).append(tuple(rate))
    codes = rows.execute(
        "SELECT code, name, country, category FROM tax_taxcode WHERE company_id = %s ORDER BY id",
        [ctx.company],
    )
    master.taxes = [
        (code, name, country, category, rates.get(code, [])) for code, name, country, category in codes
    ]
    sql = "SELECT r.tax_class, r.treatment, r.way, c.code FROM tax_taxrule r JOIN tax_taxcode c ON c.id = r.tax_code_id WHERE r.company_id = %s ORDER BY r.id"
    master.tax_rules = [tuple(row) for row in rows.execute(sql, [ctx.company])]  # type: ignore[misc]


# ---- writing ----


def write(ctx: Ctx, master: Master) -> None:
    """Make what is not there yet, by the processes that make it in any company."""
    codes = _codes(ctx, "account")
    parties = create_parties(ctx, master.parties)
    if master.limits:
        set_credit_limits(ctx, {parties[n]: limit for n, limit in master.limits.items()})
    if master.party_accounts:
        set_party_accounts(ctx, [PartyAccountDraft(parties[n], *rest) for n, *rest in master.party_accounts])
    accounts = [
        {key: codes[code] for key, code in told.items() if code in codes} for _name, told in master.categories
    ]
    categories = (
        create_categories(ctx, [name for name, _told in master.categories], accounts)
        if master.categories
        else []
    )
    items = _write_items(ctx, master, categories)
    _write_prices(ctx, master, parties, items)
    _write_places(ctx, master)
    _write_banks(ctx, master)
    _write_taxes(ctx, master)
    if master.roles:
        told = zip(*master.roles, strict=True)
        rows.insert(Role, dict(zip(("code", "name", "rights"), map(list, told), strict=True)))
    if master.logo:
        name, content, mime = master.logo
        stored = files.store(ctx, name, content, mime)
        files.attach(ctx, "accounting.company", [ctx.company], [stored], "logo")
        change_company(ctx, {"logo": {"id": stored, "name": name}})


def _codes(ctx: Ctx, table: str) -> dict[str, int]:
    return dict(rows.execute(f"SELECT code, id FROM {table} WHERE company_id = %s", [ctx.company]))


def _write_prices(ctx: Ctx, master: Master, parties: list[int], items: list[int]) -> None:
    drafts = [
        replace(d, parent=None, prices=tuple(replace(p, item=items[p.item]) for p in d.prices))
        for d in master.price_lists
    ]
    made = create_price_lists(ctx, drafts)
    upper = [(n, d.parent) for n, d in enumerate(master.price_lists) if d.parent is not None]
    edit_price_lists(ctx, {made[n]: replace(drafts[n], parent=made[parent]) for n, parent in upper})
    agreed = [replace(d, party=parties[d.party], price_list=made[d.price_list]) for d in master.agreements]
    create_price_agreements(ctx, agreed)


def _write_items(ctx: Ctx, master: Master, categories: list[int]) -> list[int]:
    if not master.items:
        return []
    made = create_items(
        ctx,
        [replace(d, category=None if d.category is None else categories[d.category]) for d in master.items],
    )
    uoms = _codes(ctx, "catalog_uom")
    others = [(made[n], uoms[code], *parts) for n, code, *parts in master.item_uoms if code in uoms]
    if others:
        add_uoms(ctx, others)  # type: ignore[arg-type]
    return made


def _write_places(ctx: Ctx, master: Master) -> None:
    for outer in (True, False):  # warehouses before the bins in them
        known = _codes(ctx, "inventory_place")
        new = [p for p in master.places if (p[3] == "") is outer and p[0] not in known]
        if new:
            create_places(ctx, [(code, name, kind, known.get(parent)) for code, name, kind, parent in new])


def _write_banks(ctx: Ctx, master: Master) -> None:
    known: Mapping[str, int] = _codes(ctx, "banking_bankaccount")
    changed = {known[b.code]: b for b in master.banks if b.code in known}
    if changed:
        edit_bank_accounts(ctx, changed)
    if new := [b for b in master.banks if b.code not in known]:
        create_bank_accounts(ctx, new)


def _write_taxes(ctx: Ctx, master: Master) -> None:
    known = _codes(ctx, "tax_taxcode")
    if new := [t for t in master.taxes if t[0] not in known]:
        create_tax_codes(ctx, new)
        known = _codes(ctx, "tax_taxcode")
    had = {
        tuple(r)
        for r in rows.execute(
            "SELECT tax_class, treatment, way FROM tax_taxrule WHERE company_id = %s", [ctx.company]
        )
    }
    wanted = [(a, b, c, known[code]) for a, b, c, code in master.tax_rules if (a, b, c) not in had]
    if wanted:
        set_rules(ctx, wanted)
