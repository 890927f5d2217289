"""Where goods are, who carries them, and what others were told of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Record, Tenant, refers

ADDRESS = r"^https://[A-Za-z0-9.-]+(:[0-9]+)?[/?][!-~]*\{number\}[!-~]*$"  # no person, no port but a figure, nothing but ASCII


class Place(Record):
    """A warehouse (a cost area: one average cost per item), a transit place between two, or a bin inside one."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, default="warehouse")
    parent = models.ForeignKey("self", null=True, blank=True, db_constraint=False, on_delete=models.PROTECT)
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code"], name="inventory.place_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["warehouse", "transit"], parent=None)
                | models.Q(kind="bin", parent__isnull=False),
                name="inventory.place_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Carrier(Record):
    """Who brings goods to customers. ``address``: where a parcel is followed, with ``{number}`` for its number; "" nowhere."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=300, blank=True, default="", db_default="")
    archived_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "name"], name="inventory.carrier_once"),
            models.CheckConstraint(
                condition=models.Q(address="") | models.Q(address__regex=ADDRESS),
                name="inventory.carrier_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Parcel(Record):
    """A part of a shipment that has a number of its own. It comes with the shipment or after it, and is no part of the
    posted document: it is corrected in place, and the trail keeps what it was."""

    shipment = refers("inventory.Shipment", related_name="parcels")
    carrier = refers(Carrier, null=True)
    number = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "shipment", "number"], name="inventory.parcel_once"
            ),
            models.CheckConstraint(condition=~models.Q(number=""), name="inventory.parcel_number"),
        ]


class StockTold(Tenant):
    """What webhooks were told last of an item at a warehouse, in steps. The row without an item says that telling has begun."""

    item = refers("catalog.Item", null=True)
    place = refers(Place, null=True)
    on_hand = models.BigIntegerField(default=0)
    free = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "item", "place"], name="inventory.told_once", nulls_distinct=False
            )
        ]
