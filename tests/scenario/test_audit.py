"""The trail: who, when, from where, what before and after, of every change whoever made it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from backstay.domains.accounting import processes as accounting
from backstay.domains.catalog.models import Item
from backstay.domains.parties.processes import PartyDraft, change_parties, create_parties
from backstay.domains.sales import processes as sales
from backstay.domains.sales.models import Order
from backstay.interfaces import trail
from backstay.interfaces.bench import Shop
from backstay.platform import audit, context, rows
from backstay.platform.models import AuditEvent, AuditValue, Membership, User

# Tables without a trail of their own, and why.
UNTOLD = {
    "platform_auditevent": "is the trail",
    "unsealed": "is the seal",
    "seal_block": "is the seal",
    "seal_leaf": "is the seal",
    "platform_sealstamp": "only added: what somebody outside said of the seal",
    "platform_auditvalue": "is the trail",
    "platform_invitation": "its process tells: invite, withdraw, accept",
    "platform_token": "its process tells: create, end; when it was used is no change",
    "platform_feed": "its process tells: create, end; when it was used is no change",
    "platform_answer": "what a request came to; what it did is told",
    "platform_outbox": "messages on their way; their cause tells",
    "inventory_stocktold": "what webhooks were told last of stock; the postings tell why",
    "platform_file": "never changed; told when it is attached",
    "platform_importedrow": "what an import made; the records tell",
    "platform_draft": "typed and not yet a document",
    "platform_once": "clicks that were done",
    "platform_savedview": "how somebody looks at a list",
    "platform_comment": "is said, signed and dated itself",
    "platform_notice": "what somebody should see",
    "platform_work": "progress of long work; what it does is told",
    "platform_workfault": "progress of long work",
    "platform_import": "progress of an import; the records tell",
    "platform_word": "words that objects are found by",
    "subaccount": "the ledger's: never changed",
    "entry": "the ledger's: only added, sealed",
    "posting": "the ledger's: only added, sealed",
    "hold": "the ledger's: moved by its events, which are only added",
    "hold_event": "only added",
    "guard_member": "follows from its guard",
    "cash_day": "a summary",
    "cash_entry": "a summary",
    "platform_turnover": "a summary",
    "platform_turnover_sum": "a summary",
    "platform_turnover_new": "a queue",
    "balance": "a summary",
    "account_balance": "a summary",
    "account_day": "a summary",
    "open_item": "a summary",
    "unsummed": "a queue",
    "idempotency": "only added",
    "dims": "only added",
    "unit": "comes with its item; frozen once used",
    "sales_fulfilment": "only added, with the documents it links",
    "purchasing_fulfilment": "only added, with the documents it links",
}


@pytest.fixture(scope="module")
def shop(database: str) -> Shop:
    return Shop(items=3, stocked=1000)


class Seen:
    """The events that come while it is open."""

    def __init__(self, company: int) -> None:
        self.company, self.events = company, list[AuditEvent]()

    def __enter__(self) -> Seen:
        self.last = self._last()
        return self

    def __exit__(self, *failed: object) -> None:
        with context.work(self.company, "system:test"):
            found = AuditEvent.objects.filter(company_id=self.company, pk__gt=self.last)
            self.events = list(found.order_by("pk"))

    def _last(self) -> int:
        with context.work(self.company, "system:test"):
            return int(rows.execute("SELECT coalesce(max(id), 0) FROM platform_auditevent")[0][0])

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(e.kind, e.event) for e in self.events]


def quotation(shop: Shop, lines: int = 3) -> int:
    steps: Any = shop.steps(random.Random(1), 1, lines)
    steps[0]()
    with shop.work():
        return int(
            rows.execute("SELECT max(id) FROM sales_order WHERE company_id = %s", [shop.company])[0][0]
        )


def test_order_to_cash_leaves_a_handful(shop: Shop) -> None:
    """One event a document and act; Tryton leaves 32."""
    with Seen(shop.company) as seen:
        for step in shop.steps(random.Random(1), 1, 3):
            step()
    assert seen.told == [
        ("sales.order", "create"), ("sales.order", "confirm"), ("inventory.shipment", "post"),
        ("invoicing.invoice", "post"), ("banking.payment", "post"),
    ]  # fmt: skip
    assert {e.actor for e in seen.events} == {"system:bench"}
    assert all(e.login and e.origin for e in seen.events)


def test_every_table_leaves_a_trail(owner: psycopg.Connection[Any]) -> None:
    """Every table of a company has the triggers that tell, or a reason why not."""
    tables = {
        t
        for (t,) in owner.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id'"
            " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
        ).fetchall()
    }
    told = {
        t
        for (t,) in owner.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND g.tgname LIKE 'told%'"
        ).fetchall()
    }
    assert {"company", "platform_user"} <= told
    assert sorted(tables - told - UNTOLD.keys()) == []
    assert sorted(UNTOLD.keys() & told) == []


def test_records_tell_before_and_after(company: int, owner: psycopg.Connection[Any]) -> None:
    """Made, changed and removed, by a process and by raw SQL; a change that changes nothing leaves nothing."""
    with Seen(company) as seen:
        with context.work(company, "system:test", "request-7") as ctx:
            party = create_parties(ctx, [PartyDraft("Before")])[0]
        with context.work(company, "system:test", "request-8") as ctx:
            change_parties(ctx, [party], {"payment_days": [14]})
            change_parties(ctx, [party], {"payment_days": [14]})
        owner.execute("SET application_name = 'psql'")
        owner.execute("UPDATE parties_party SET payment_days = 21, code = 'B1' WHERE id = %s", [party])
        owner.execute("DELETE FROM parties_partyrole WHERE party_id = %s", [party])
    mine = [e for e in seen.events if e.kind == "parties.party"]
    assert [(e.event, e.request) for e in mine] == [
        ("create", "request-7"),
        ("update", "request-8"),
        ("update", ""),
    ]
    assert mine[0].changes["payment_days"] == [None, 30]
    assert mine[1].changes == {"payment_days": [30, 14]}
    assert mine[2].changes == {"payment_days": [14, 21], "code": [None, "B1"]}
    login = owner.info.user
    assert (mine[2].actor, mine[2].login, mine[2].origin.split()[:2]) == (
        f"sql:{login}",
        login,
        ["sql", "psql"],
    )
    roles = [e for e in seen.events if e.kind == "parties.partyrole"]
    assert [(e.event, e.changes.get("role")) for e in roles] == [
        ("create", [None, "customer"]),
        ("delete", ["customer", None]),
    ]
    with context.work(company, "system:test"):
        assert rows.execute("SELECT revision FROM parties_party WHERE id = %s", [party]) == [(4,)]


def test_what_no_process_told_is_told_at_commit(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    """Raw SQL on a document, by the owner and by the run-time role within a company; a shell's save."""
    order = quotation(shop)
    with Seen(shop.company) as seen:
        owner.execute("UPDATE sales_order SET state = 'cancelled' WHERE id = %s", [order])
    assert [(e.kind, e.event, e.changes) for e in seen.events] == [
        ("sales.order", "update", {"state": ["quotation", "cancelled"]})
    ]
    with Seen(shop.company) as seen, shop.work():
        Order.objects.filter(pk=order).update(state="quotation", reference="by hand")
    assert [e.changes for e in seen.events] == [
        {"reference": ["", "by hand"]},
        {"state": ["cancelled", "quotation"]},
    ]
    with (
        Seen(shop.company) as seen,
        shop.work() as ctx,
    ):  # the act is the process's; what it does not say stands beside
        Order.objects.filter(pk=order).update(required_on="2026-05-05")
        sales.confirm_orders(ctx, [order])
    assert [(e.kind, e.event, e.changes) for e in seen.events] == [
        ("sales.order", "update", {"required_on": [None, "2026-05-05"]}),
        ("sales.order", "confirm", None),
    ]


def test_lines_are_told_with_their_document(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    """What a draft said before: changed by hand, rewritten by the process, removed, added."""
    order = quotation(shop)
    with Seen(shop.company) as seen:
        owner.execute("UPDATE sales_orderline SET quantity = 7 WHERE order_id = %s AND position = 1", [order])
        owner.execute("DELETE FROM sales_orderline WHERE order_id = %s AND position = 2", [order])
        owner.execute(
            "INSERT INTO sales_orderline (company_id, order_id, position, item_id, goods, text, quantity, uom_id, unit_price, discount, tax_code_id,"
            " percent, net, stock_quantity) SELECT company_id, order_id, 9, item_id, goods, 'smuggled', quantity, uom_id, unit_price, discount,"
            " tax_code_id, percent, net, stock_quantity FROM sales_orderline WHERE order_id = %s AND position = 1", [order]
        )  # fmt: skip
    assert seen.told == [("sales.order", "lines")] * 3
    was, became = seen.events[0].changes["lines"]
    assert (was[0]["quantity"], became[0]["quantity"]) != (7, 7)
    assert Decimal(became[0]["quantity"]) == 7
    assert seen.events[1].changes["lines"][1] is None
    assert seen.events[2].changes["lines"][1][0]["text"] == "smuggled"
    with shop.work() as ctx:
        texts = trail.tell(ctx, seen.events)
    assert [c.label for c in texts[0].changes] == ["line 1"]
    assert "quantity 7" in texts[0].changes[0].new.lower()


def test_settings_periods_members_and_users(company: int, owner: psycopg.Connection[Any]) -> None:
    """What is not a record of a domain: whoever changed it."""
    user = User.objects.create_user("ann@audit.example", "correct horse battery", name="Ann")
    with Seen(company) as seen:
        with context.work(company, "system:test") as ctx:
            rows.insert(Membership, {"user_id": [user.pk], "role": ["sales"], "since_on": [ctx.today]})
            accounting.change_company(ctx, {"name": "Renamed", "prefixes": {"sales.order": "AB"}})
            closed = accounting.close_periods(ctx, date(2026, 3, 31))
            accounting.reopen_period(ctx, closed[-1], "forgotten bill")
        owner.execute("UPDATE platform_membership SET role = 'clerk' WHERE user_id = %s", [user.pk])
        owner.execute("UPDATE platform_user SET name = 'Anna', password = 'x' WHERE id = %s", [user.pk])
        owner.execute(
            'UPDATE company SET settings = settings || \'{"rounding": "line"}\' WHERE id = %s', [company]
        )
        owner.execute("UPDATE account SET name = 'Hidden' WHERE company_id = %s AND code = (SELECT min(code) FROM account WHERE company_id = %s)", [company, company])  # fmt: skip
        owner.execute("UPDATE unit SET code = code WHERE company_id = %s", [company])
    assert seen.told == [
        ("platform.membership", "create"), ("accounting.company", "update"), *[("accounting.period", "close")] * len(closed), ("accounting.period", "reopen"),
        ("platform.membership", "update"), ("platform.user", "update"), ("accounting.company", "update"), ("accounting.account", "update"),
    ]  # fmt: skip
    by = {(e.kind, e.event): e for e in seen.events}
    assert by["accounting.period", "reopen"].changes == {"reason": [None, "forgotten bill"]}
    assert by["platform.membership", "update"].changes == {"role": ["sales", "clerk"]}
    assert by["platform.user", "update"].changes["password"] == ["***", "***"]
    assert by["accounting.company", "update"].changes == {"rounding": ["total", "line"]}


def test_personal_values_lie_beside_and_are_blanked(company: int, owner: psycopg.Connection[Any]) -> None:
    """The trail holds salted hashes; blanked, it is as it was; nothing but blanking is possible."""
    with Seen(company) as seen, context.work(company, "system:test") as ctx:
        party = create_parties(ctx, [PartyDraft("Ann Example", email="ann@person.example")])[0]
    event = next(e for e in seen.events if e.kind == "parties.party")
    assert "Ann" not in str(event.changes)
    assert list(event.changes["name"][1]) == ["#"]
    with context.work(company, "system:test") as ctx:
        kept = {v.field: v for v in AuditValue.objects.filter(event_id=event.pk)}
        assert kept["email"].value == "ann@person.example"
        assert audit.personal_hash(kept["name"].salt or "", "Ann Example") == event.changes["name"][1]["#"]
        assert ("Name", "—", "Ann Example") in trail.tell(ctx, [event])[0].changes
        assert audit.blank(ctx, {"parties.party": [party]}) >= 2
        again = AuditEvent.objects.get(pk=event.pk)
        assert again.changes == event.changes
        assert ("Name", "—", "(erased)") in trail.tell(ctx, [again])[0].changes
    for statement in (
        "UPDATE platform_auditvalue SET value = 'Bob'",
        "UPDATE platform_auditvalue SET value = NULL, salt = NULL, blanked_at = now(), field = 'x'",
        "DELETE FROM platform_auditvalue",
        "TRUNCATE platform_auditvalue",
    ):
        with pytest.raises(psycopg.Error) as caught:
            owner.execute(statement)
        assert caught.value.diag.constraint_name == "platform.append_only", statement


@pytest.fixture
def runtime(app: psycopg.Connection[Any], company: int) -> Iterator[psycopg.Connection[Any]]:
    app.execute("SELECT set_config('backstay.company', %s, false)", [str(company)])
    yield app


def test_the_trail_is_only_added_to(runtime: psycopg.Connection[Any], owner: psycopg.Connection[Any]) -> None:
    """By the run-time role it may not be touched; the owner meets the trigger."""
    for statement in (
        "UPDATE platform_auditevent SET actor = 'x'",
        "DELETE FROM platform_auditevent",
        "TRUNCATE platform_auditevent",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(statement)
        with pytest.raises(psycopg.Error) as caught:
            owner.execute(statement)
        assert caught.value.diag.constraint_name == "platform.append_only"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute("SELECT audit_append('{1}', 'x.y', '{1}', '{forged}', ARRAY['{}'::jsonb], '{}')")


def test_telling_costs_the_same_for_one_and_for_many(company: int, count_statements: Any) -> None:
    """Statements do not grow with the events, nor with the rows that changed."""
    with context.work(company, "system:test") as ctx:
        ids = create_parties(ctx, [PartyDraft(f"P{n}") for n in range(30)])
        change_parties(ctx, ids, {"payment_days": [n + 1 for n in range(30)]})
        events = list(AuditEvent.objects.filter(company_id=company, kind="parties.party"))
        assert len(events) >= 59
        with count_statements() as few:
            trail.tell(ctx, events[:2])
        with count_statements() as many:
            trail.tell(ctx, events)
        assert len(few) == len(many) <= 4
        assert Item._meta.label_lower == "catalog.item"
