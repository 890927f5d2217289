"""A company in which everything happened that the desk can show, made once for the tests that ask every declaration."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from backstay.domains.accounting.processes import create_company
from backstay.domains.accounting.rules import JournalDraft, JournalLineDraft
from backstay.platform import context, rows, webhooks
from backstay.platform.models import Membership, User
from backstay.platform.resources import RESOURCES, Resource

PASSWORD = "correct horse battery staple"
START = date(2026, 1, 1)


@dataclass
class Full:
    """The company, and a client for every kind of person."""

    company: int
    work: Callable[..., Any]
    users: dict[str, User | None]

    def client(self, kind: str) -> Client:
        """A browser of the owner, of a member without rights, of another company's owner, of somebody without a
        company, or of a stranger."""
        client = Client()
        if user := self.users[kind]:
            client.force_login(user)
        return client

    def first(self, resource: Resource) -> int:
        """The id of its first row."""
        with self.work():
            found = (
                resource.of._default_manager.filter(company_id=self.company)
                .order_by("id")
                .values_list("pk", flat=True)
            )
            return int(next(iter(found[:1]), 0))

    def counts(self) -> dict[str, int]:
        """How many rows the company has, by table; what changed nothing leaves them as they are."""
        tables = {r.of._meta.db_table for r in RESOURCES.values()} | {
            "entry",
            "posting",
            "platform_auditevent",
            "platform_draft",
        }
        with self.work():
            sql = " UNION ALL ".join(
                f"SELECT '{t}', count(*) FROM {t} WHERE company_id = {self.company}" for t in sorted(tables)
            )
            return dict(rows.execute(sql))


_NAMES = itertools.count(1)


def _user(name: str, company: int | None, role: str = "owner") -> User:
    made = User.objects.create_user(f"{name}.{next(_NAMES)}@full.example", PASSWORD, name=name.title())
    if company is not None:
        with context.work(company, "system:test") as ctx:
            rows.insert(Membership, {"user_id": [made.pk], "role": [role], "since_on": [ctx.today]})
    return made


def make_full(orders: int = 60) -> Full:
    """Trade of eight weeks, a bank statement, a payment run, counts and transfers, a journal entry, projects."""
    from backstay.domains.accounting.processes import post_journal
    from backstay.domains.banking import processes as banking
    from backstay.domains.banking.queries import bank_account
    from backstay.domains.catalog import processes as catalog
    from backstay.domains.inventory import processes as inventory
    from backstay.domains.inventory.queries import place_id
    from backstay.domains.purchasing import processes as purchasing
    from backstay.domains.sales import processes as sales
    from backstay.interfaces.simulation.bank import bring_statement
    from backstay.interfaces.simulation.projects import bring_projects
    from backstay.interfaces.simulation.run import simulate

    made = simulate(
        orders=orders, seed=3, days=56, start=START, items=60, customers=60, suppliers=55, settle=False
    )
    company, last = made.company, made.last_day

    def work(actor: str = "system:test") -> Any:
        return context.work(company, actor)

    bring_statement(company, "system:test", last, 3)
    bring_projects(company, "system:test", last)
    with work() as ctx:
        lines = (JournalLineDraft("expense", 5000), JournalLineDraft("accrued", -5000))
        post_journal(ctx, [JournalDraft(last, lines, "Accrual")])
        account = bank_account(ctx)
        due = [
            each for each in banking.due_items(ctx, date(2027, 1, 1)) if each["iban"] and each["amount"] > 0
        ][:2]
        items = tuple((each["party_id"], ((each["item"], each["amount"]),)) for each in due)
        banking.create_runs(ctx, [banking.RunDraft(account, last, items)])
        place = place_id(ctx)
        party, supplier = (
            rows.execute(
                "SELECT min(party_id) FROM parties_partyrole WHERE company_id = %s AND role = %s",
                [company, role],
            )[0][0]
            for role in ("customer", "supplier")
        )
        item = rows.execute(
            "SELECT id FROM catalog_item WHERE company_id = %s AND kind = 'goods' ORDER BY id LIMIT 1",
            [company],
        )[0][0]
        sales.create_quotations(
            ctx, [sales.QuotationDraft(party, last, (sales.OrderLineDraft(item, Decimal(2)),))] * 2
        )
        purchasing.create_orders(
            ctx,
            [
                purchasing.OrderDraft(
                    supplier, last, (purchasing.OrderLineDraft(item, Decimal(2), Decimal(5)),), place
                )
            ]
            * 2,
        )
        second = inventory.create_places(ctx, [("W2", "Second warehouse", "warehouse", None)])[0]
        carriers = [
            inventory.create_carriers.draft(name, "https://parcels.example/{number}")
            for name in ("Swift", "Sure", "Slow")
        ]  # type: ignore[attr-defined]
        carrier = inventory.create_carriers(ctx, carriers)[0]
        shipment = rows.execute(
            "SELECT max(id) FROM inventory_shipment WHERE company_id = %s AND state = 'posted'", [company]
        )[0][0]
        inventory.track_shipments(ctx, [inventory.TrackDraft(shipment, "00340434161094000000", carrier)])
        inventory.transfer_goods(ctx, [inventory.TransferDraft(last, place, second, ((item, 1),), True)])
        inventory.count_stock(ctx, [inventory.CountDraft(last, place, ((item, 50),))])
        inventory.write_off_goods(ctx, [inventory.WriteOffDraft(last, place, ((item, 1),), "broken")])
        prices = (catalog.PriceDraft(item, Decimal(9), Decimal(10)),)
        lists = catalog.create_price_lists(
            ctx, [catalog.PriceListDraft(f"L{n}", f"List {n}", prices=prices) for n in range(3)]
        )
        last_customer = rows.execute(
            "SELECT max(party_id) FROM parties_partyrole WHERE company_id = %s AND role = 'customer'",
            [company],
        )[0][0]
        catalog.create_price_agreements(
            ctx, [catalog.PriceAgreementDraft(last_customer, lists[2], last, last)]
        )
        hooks = [
            webhooks.WebhookDraft(name, "https://hooks.example.com/", active=False)
            for name in ("One", "Two", "Three")
        ]
        webhooks.create_webhooks(ctx, hooks)
    other = create_company("Other", actor="system:test", first_year=2026)
    users = {
        "owner": _user("olga", company),
        "guest": _user("gus", company, "guest"),
        "other": _user("otto", other),
        "lonely": _user("lou", None),
        "stranger": None,
    }
    return Full(company, work, users)
