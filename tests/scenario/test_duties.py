"""What a company keeps apart besides what Backstay brings: added and taken away as data, held when given and when done."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client

from backstay.base.errors import Denied, NotFound, Refusal
from backstay.base.rights import Right
from backstay.domains.sales import processes as sales
from backstay.interfaces import duties, granting
from backstay.interfaces.cli.main import cli
from backstay.platform.models import AuditEvent
from backstay.platform.roles import DUTIES
from tests.scenario.test_rights import Firm
from tests.trade import World

FIRST, SECOND, WHY = "sales.order.create", "sales.order.confirm", "Four eyes on every order."


@pytest.fixture
def firm(world: World) -> Firm:
    made = Firm(world)
    made.hire("olga", "owner")
    with world.work() as ctx:
        world.receive(ctx, "A", 50, 6000)
    return made


@pytest.fixture
def olga(firm: Firm) -> Client:
    client = Client()
    client.force_login(firm.people["olga"])
    return client


def run(firm: Firm, *arguments: str) -> str:
    told = [*arguments, "--company", str(firm.world.company)]
    return CliRunner().invoke(cli, ["access", *told], catch_exceptions=False).output


def test_a_pair_of_ones_own_is_held_when_the_act_is_done(firm: Firm, olga: Client) -> None:
    """Added on the screen; bound by what was made before; passes by an exception, which the report tells; taken away."""
    before = firm.order("olga")
    assert olga.post("/access/duties", {"first": FIRST, "second": SECOND, "why": WHY}).status_code == 302
    page = olga.get("/access/duties").content.decode()
    assert WHY in page
    assert "Sales orders: Confirm" in page
    with firm.as_("olga") as ctx:
        sales.confirm_orders(
            ctx, [firm.world.order(ctx, {"A": 1})]
        )  # nobody else could: a company of one goes on
    firm.hire("sue", "sales")
    with pytest.raises(Denied, match=r"access\.duty: Four eyes"), firm.as_("olga") as ctx:
        sales.confirm_orders(ctx, [before])
    answer = olga.post("/sales/orders/act/confirm", {"ids": str(before), "once": "a"})
    assert answer.status_code == 403
    with firm.as_("sue") as ctx:
        sales.confirm_orders(ctx, [before])
    firm.hire("otto", "owner")
    code = duties_of(firm)[-1].code
    with firm.as_("otto") as ctx:
        granting.exempt(ctx, firm.people["olga"].pk, code, "Sue is ill", ctx.today)
    with firm.as_("olga") as ctx:
        third = firm.world.order(ctx, {"A": 1})
        sales.confirm_orders(ctx, [third])
        told = granting.both_done(ctx, ctx.today, ctx.today)
    assert [(b.duty.first, b.object_id, b.reason) for b in told if b.reason] == [(FIRST, third, "Sue is ill")]
    assert olga.post("/access/duties", {"take_away": code}).status_code == 302
    with firm.as_("olga") as ctx:
        sales.confirm_orders(ctx, [firm.world.order(ctx, {"A": 1})])
        assert len(granting.both_done(ctx, ctx.today, ctx.today)) == 2, "what was done stays told"
        events = AuditEvent.objects.filter(
            company_id=ctx.company, kind="accounting.company", changes__has_key="duties"
        )
        assert [e.actor for e in events.order_by("id")] == [firm.actor("olga")] * 2
    assert WHY in olga.get("/reports/who-did-both").content.decode()


def duties_of(firm: Firm) -> tuple[object, ...]:
    with firm.as_("olga") as ctx:
        return duties.known(ctx)


def test_a_pair_of_ones_own_is_not_given_to_one_person(firm: Firm) -> None:
    """At the command line; roles are checked against it when they are given and when they are changed."""
    code = run(firm, "keep-apart", FIRST, SECOND, "--why", WHY).strip()
    assert WHY in run(firm, "duties")
    firm.role("typist", Right("sales.order", ("read", "create")))
    firm.role("checker", Right("sales.order", ("read", "confirm")))
    firm.hire("tom", "typist")
    tom = firm.people["tom"].pk
    with pytest.raises(Refusal, match=r"access\.conflict"), firm.as_("olga") as ctx:
        granting.grant(ctx, [granting.GrantDraft(tom, "checker")])
    with pytest.raises(Refusal, match=r"access\.conflict"), firm.as_("olga") as ctx:
        granting.save_role(ctx, "typist", "Typist", [Right("sales.order", ("read", "create", "confirm"))])
    assert "taken away" in run(firm, "take-away", code)
    assert WHY not in run(firm, "duties")
    with firm.as_("olga") as ctx:
        granting.grant(ctx, [granting.GrantDraft(tom, "checker")])


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        ("sales.order.create", "purchasing.order.confirm", Refusal),  # not one thing
        ("sales.order.confirm", "sales.order.confirm", Refusal),
        ("sales.order.read", "sales.order.confirm", NotFound),
        ("sales.order.create", "sales.order.fly", NotFound),
        ("sales.order.confirm", "sales.order.create", NotFound),  # nothing is there yet
    ],
)
def test_only_acts_on_one_thing_are_kept_apart(
    firm: Firm, first: str, second: str, error: type[Exception]
) -> None:
    with pytest.raises(error), firm.as_("olga") as ctx:
        duties.keep_apart(ctx, first, second, WHY)
    with pytest.raises(Refusal, match=r"access\.reason"), firm.as_("olga") as ctx:
        duties.keep_apart(ctx, FIRST, SECOND, "  ")


def test_pairs_are_the_owners_to_say_and_those_that_come_with_it_stay(firm: Firm) -> None:
    firm.hire("acc", "accountant")
    with pytest.raises(Denied, match=r"access\.denied"), firm.as_("acc") as ctx:
        duties.keep_apart(ctx, FIRST, SECOND, WHY)
    client = Client()
    client.force_login(firm.people["acc"])
    page = client.get("/access/duties")
    assert page.status_code == 200
    assert 'name="first"' not in page.content.decode()
    assert client.post("/access/duties", {"first": FIRST, "second": SECOND, "why": WHY}).status_code == 403
    with firm.as_("olga") as ctx:
        duties.keep_apart(ctx, "parties.party.archive", "banking.payment.order", WHY)
    with pytest.raises(Refusal, match="already"), firm.as_("olga") as ctx:
        duties.keep_apart(ctx, "parties.party.archive", "banking.payment.order", WHY)
    with pytest.raises(Refusal, match="stays"), firm.as_("olga") as ctx:
        duties.take_away(ctx, DUTIES[0].code)
    assert len(duties_of(firm)) == len(DUTIES) + 1
