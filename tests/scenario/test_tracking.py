"""Tracking numbers: with the goods or later, followed at their carrier's, corrected with a trail, never a part of what is posted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backstay.base.errors import Denied, NotFound, Refusal
from backstay.domains.inventory import processes as inventory
from backstay.domains.inventory.models import Parcel, Shipment
from backstay.domains.inventory.queries import parcels
from backstay.domains.sales import processes as sales
from backstay.domains.sales.columns import tracking
from backstay.interfaces.web.words import did
from backstay.ledger.verify import verify
from backstay.platform import rows, webhooks
from backstay.platform.models import AuditEvent, Outbox
from tests.scenario.test_warehouse_screens import carried, person, text
from tests.trade import D, World

ADDRESS = "https://parcels.example/follow?id={number}&lang=en"


@pytest.fixture
def carrier(world: World) -> int:
    with world.work() as ctx:
        return inventory.create_carriers(ctx, [inventory.create_carriers.draft("Swift", ADDRESS)])[0]  # type: ignore[attr-defined]


def order(world: World, ctx: Any, count: int = 2) -> int:
    world.receive(ctx, "A", count, 600 * count)
    made = world.order(ctx, {"A": count})
    sales.confirm_orders(ctx, [made])
    return made


def sent(world: World, told: str = "", carrier: int | None = None) -> tuple[int, int]:
    """(order, shipment) of goods that left with these tracking numbers."""
    with world.work() as ctx:
        made = order(world, ctx)
        (moved,) = sales.ship_orders(ctx, [sales.ShipDraft(made, D, None, told, carrier)])
        return made, moved.id


def track(world: World, shipment: int, told: str, carrier: int | None = None) -> None:
    with world.work() as ctx:
        inventory.track_shipments(ctx, [inventory.TrackDraft(shipment, told, carrier)])


def of(world: World, shipment: int) -> list[tuple[str, str, str]]:
    with world.work() as ctx:
        return [tuple(p) for p in parcels(ctx, [shipment]).get(shipment, [])]  # type: ignore[misc]


def test_numbers_come_with_the_goods_or_later(world: World, carrier: int) -> None:
    """Several parcels, of a carrier or of none; the same again is the same; what is posted stays as it is."""
    made, shipment = sent(world, "00 34 1, 00 34 2", carrier)
    with world.work():
        frozen = Shipment.objects.values().get(pk=shipment)
    track(world, shipment, "brought by Jo;\n00341")
    track(world, shipment, "brought by Jo, 00341", carrier)
    assert of(world, shipment) == [
        ("00341", "Swift", "https://parcels.example/follow?id=00341&lang=en"),
        ("00342", "Swift", "https://parcels.example/follow?id=00342&lang=en"),
        ("brought by Jo", "", ""),
        ("broughtbyJo", "Swift", "https://parcels.example/follow?id=broughtbyJo&lang=en"),
    ]
    with world.work() as ctx:
        assert Shipment.objects.values().get(pk=shipment) == frozen
        assert [p.number for p in tracking(ctx, [made])[made]] == [
            "00341",
            "00342",
            "brought by Jo",
            "broughtbyJo",
        ]
        inventory.reverse_shipments(ctx, [shipment], D)
        assert tracking(ctx, [made]) == {}, "it did not go"
        assert [c for c in verify(ctx) if not c.ok] == []
    with pytest.raises(Refusal, match=r"platform\.transition"):
        track(world, shipment, "00343", carrier)


def test_corrections_leave_a_trail(world: World, carrier: int) -> None:
    """A number of the wrong carrier, a wrong number: what it was stands in the trail, of the parcel and of the shipment."""
    _order, shipment = sent(world, "111, 222")
    with world.work() as ctx:
        other = inventory.create_carriers(ctx, [inventory.create_carriers.draft("Slow")])[0]  # type: ignore[attr-defined]
    track(world, shipment, "111", other)
    track(world, shipment, "111", carrier)
    with world.work() as ctx:
        inventory.untrack_shipments(ctx, [inventory.UntrackDraft(shipment, "222")])
    assert [(n, c) for n, c, _url in of(world, shipment)] == [("111", "Swift")]
    with world.work() as ctx, pytest.raises(Refusal, match=r"inventory\.tracking"):
        inventory.untrack_shipments(ctx, [inventory.UntrackDraft(shipment, "222")])
    with world.work():
        events = AuditEvent.objects.filter(company_id=world.company).order_by("id")
        told = list(events.filter(kind="inventory.shipment", object_id=shipment).values_list("event", "data"))
        assert told[-3:] == [
            ("track", {"tracking": "111"}), ("track", {"tracking": "111"}), ("untrack", {"tracking": "222"}),
        ]  # fmt: skip
        kept = list(events.filter(kind="inventory.parcel").values_list("event", "changes"))
    assert [event for event, _ in kept] == ["create", "create", "update", "update", "delete"]
    assert kept[3][1] == {"carrier_id": [other, carrier]} and kept[4][1]["number"] == ["222", None]
    assert did("track") == "added tracking numbers"


def test_an_address_is_https_with_the_number_in_it(world: World) -> None:
    """Nothing else is kept, whoever writes it; the number is escaped in it."""
    wrong = (
        "http://parcels.example/{number}", "https://parcels.example/", "javascript:alert({number})", "https://me@parcels.example/{number}",
        "https://{number}.example/x", "https://parcels.example/{number} x", "https://parcels.example\\@evil/{number}", "//parcels.example/{number}",
    )  # fmt: skip
    for address in wrong:
        with pytest.raises(Refusal, match=r"inventory\.carrier_address"), world.work() as ctx:
            inventory.create_carriers(ctx, [inventory.create_carriers.draft("Wrong", address)])  # type: ignore[attr-defined]
        with pytest.raises(Refusal, match=r"inventory\.carrier_address"), world.work() as ctx:
            rows.execute(
                "INSERT INTO inventory_carrier (name, address) VALUES ('W', %s) RETURNING id", [address]
            )
    with world.work() as ctx:
        (fine,) = inventory.create_carriers(
            ctx, [inventory.create_carriers.draft("Fine", "https://x.example:8443/#/{number}")]
        )  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match=r"inventory\.carrier_once"), world.work() as ctx:
        inventory.create_carriers(ctx, [inventory.create_carriers.draft("Fine")])  # type: ignore[attr-defined]
    _order, shipment = sent(world, 'a/../b?c=d&"><i>', fine)
    assert of(world, shipment)[0][2] == "https://x.example:8443/#/a%2F..%2Fb%3Fc%3Dd%26%22%3E%3Ci%3E"
    for bad in ("x" * 81, "a\x07b", ",".join(f"n{n}" for n in range(101))):
        with pytest.raises(Refusal, match=r"inventory\.tracking"):
            track(world, shipment, bad)


def test_it_is_shown_where_people_look(world: World, carrier: int) -> None:
    """On the shipment, in the list, on the order: as links out of the house that tell nothing; text is text, whatever it says."""
    ann = person(world, "ann")
    made, shipment = sent(world, "00341", carrier)
    track(world, shipment, "<b>by hand</b>")
    link = '<a class="link" href="https://parcels.example/follow?id=00341&amp;lang=en" target="_blank" rel="noopener noreferrer">Swift 00341</a>'
    for address in (
        f"/inventory/shipments/{shipment}",
        "/inventory/shipments?all=1",
        f"/sales/orders/{made}",
    ):
        page = ann.get(address).content.decode()
        assert link in page, address
        assert "&lt;b&gt;by hand&lt;/b&gt;" in page and "<b>by hand" not in page, address
    export = ann.get("/inventory/shipments/export.csv?all=1").content.decode()
    assert "Swift 00341, <b>by hand</b>" in export
    heads = re.findall(r'<th scope="col"[^>]*>(\w+)', ann.get(f"/sales/orders/{made}").content.decode())
    assert "Shipped" in heads and not {"Invoiced", "Returned", "Ordered"} & set(heads), (
        "what happened to its lines, no more"
    )


def test_the_ship_screen_and_the_shipments_page_take_it(world: World, carrier: int) -> None:
    """Typed or scanned with the goods, the one carrier chosen; given later and taken away from the shipment's page."""
    ann = person(world, "ann")
    with world.work() as ctx:
        made = order(world, ctx)
    page = ann.get(f"/sales/orders/{made}/ship")
    assert re.search(rf'<option value="{carrier}" selected>Swift</option>', page.content.decode())
    data = carried(page) | {"do": "make", "h.tracking": "00341, 00342", "h.carrier": str(carrier)}
    assert ann.post(f"/sales/orders/{made}/ship", data).status_code == 302
    with world.work():
        shipment = Shipment.objects.latest("id").pk
    assert [n for n, _c, _u in of(world, shipment)] == ["00341", "00342"]
    page = ann.get(f"/inventory/shipments/{shipment}").content.decode()
    assert "Add tracking numbers" in page and "Take tracking numbers away" in page
    acts = "/inventory/shipments/act"
    more = {"ids": str(shipment), "tracking": "00343", "carrier": str(carrier), "once": "a"}
    assert ann.post(f"{acts}/track", more).status_code == 302
    assert (
        ann.post(f"{acts}/untrack", {"ids": str(shipment), "tracking": "0034 1", "once": "b"}).status_code
        == 302
    )
    assert [n for n, _c, _u in of(world, shipment)] == ["00342", "00343"]
    told = text(ann.get(f"/inventory/shipments/{shipment}"))
    assert "added tracking numbers" in told and "took tracking numbers away" in told


def test_who_may(world: World, carrier: int) -> None:
    """Warehouse and sales may; who only looks may not; another company sees nothing."""
    from backstay.platform.models import Membership, User

    _order, shipment = sent(world)

    def member(role: str) -> str:
        user = User.objects.create_user(f"{role}.{world.company}@tracking.example", name=role)
        with world.work() as ctx:
            rows.insert(Membership, {"user_id": [user.pk], "role": [role], "since_on": [ctx.today]})
        return f"user:{user.pk}"

    for n, role in enumerate(("warehouse", "sales")):
        with world.work(member(role)) as ctx:
            inventory.track_shipments(ctx, [inventory.TrackDraft(shipment, f"n{n}", carrier)])
    with pytest.raises(Denied), world.work(member("service")) as ctx:
        inventory.track_shipments(ctx, [inventory.TrackDraft(shipment, "x")])
    with pytest.raises(NotFound), world.work() as ctx:
        inventory.track_shipments(ctx, [inventory.TrackDraft(10**9, "x")])
    assert [n for n, _c, _u in of(world, shipment)] == ["n0", "n1"]
    assert Client().get("/inventory/carriers")["Location"].startswith("/sign-in")


def test_it_is_told_and_costs_a_fixed_number_of_statements(
    world: World, carrier: int, count_statements: Callable[[], Any]
) -> None:
    """One event for each shipment that changed; many numbers of many shipments cost what one costs."""
    with world.work() as ctx:
        webhooks.create_webhooks(
            ctx,
            [webhooks.WebhookDraft("Shop", "https://hooks.example.com/", ("inventory.shipment_tracked",))],
        )
    _order, first = sent(world, "1", carrier)
    shipments = [sent(world)[1] for _ in range(5)]

    def told() -> list[int]:
        with world.work():
            found = (
                Outbox.objects.filter(company_id=world.company)
                .order_by("id")
                .values_list("payload", flat=True)
            )
            assert {p["type"] for p in found} == {"inventory.shipment_tracked"}
            return [p["data"]["id"] for p in found]

    assert told() == [first]

    def counted(ids: list[int], numbers: str) -> int:
        rows.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%%send_webhook' RETURNING 1")
        with count_statements() as statements, world.work() as ctx:
            inventory.track_shipments(ctx, [inventory.TrackDraft(i, numbers, carrier) for i in ids])
        return len(statements)

    one = counted([first], "2")
    assert counted(shipments, ",".join(f"m{n}" for n in range(20))) == one
    assert told() == [first, first, *shipments]
    track(world, first, "2", carrier)
    assert told() == [first, first, *shipments], "nothing changed, nothing is told"
    with world.work():
        assert Parcel.objects.filter(shipment__in=shipments).count() == 100
