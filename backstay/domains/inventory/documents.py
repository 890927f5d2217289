"""Goods come, go, move, are counted. Quantities in steps of the item's ledger unit, values in steps of the
company's currency."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Document, Tenant


class Movement(Document):
    """What receipts, shipments, transfers, counts and write-offs have in common."""

    moved_on = models.DateField()
    place = models.ForeignKey(
        "inventory.Place", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    party = models.ForeignKey(
        "parties.Party", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=16, default="other")
    reference = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        abstract = True


class MovementLine(Tenant):
    """A line: an item, how many, and what they are worth."""

    position = models.IntegerField()
    item = models.ForeignKey("catalog.Item", db_constraint=False, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    value = models.BigIntegerField()

    class Meta:
        abstract = True


def _once(code: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["company_id", "number"], name=f"inventory.{code}_number"),
        models.CheckConstraint(
            condition=models.Q(state__in=["draft", "posted", "reversed", "in_transit"]),
            name=f"inventory.{code}_state",
        ),
    ]


class Receipt(Movement):
    """Goods arrived: from a supplier, back from a customer. ``delivery_note``: the number of the sender's paper."""

    delivery_note = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        constraints: ClassVar = _once("receipt")
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "party", "delivery_note"],
                name="receipt_delivery_note",
                condition=~models.Q(delivery_note=""),
            )
        ]


class ReceiptLine(MovementLine):
    receipt = models.ForeignKey(Receipt, db_constraint=False, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="inventory.receipt_quantity")
        ]


class Shipment(Movement):
    """Goods left: to a customer, back to a supplier. ``value`` of a line is its cost."""

    class Meta:
        constraints: ClassVar = _once("shipment")


class ShipmentLine(MovementLine):
    """``returned``: how many came back, ``returned_value``: the cost they took back."""

    shipment = models.ForeignKey(
        Shipment, db_constraint=False, on_delete=models.PROTECT, related_name="lines"
    )
    returned = models.BigIntegerField(default=0, db_default=0)
    returned_value = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="inventory.shipment_quantity"),
            models.CheckConstraint(
                condition=models.Q(returned__gte=0) & models.Q(returned__lte=models.F("quantity")),
                name="inventory.returned",
            ),
        ]


class Transfer(Movement):
    """Goods move from one warehouse to another, at once or by way of a transit place."""

    target = models.ForeignKey(
        "inventory.Place", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    arrived_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            *_once("transfer"),
            models.CheckConstraint(
                condition=~models.Q(place=models.F("target")), name="inventory.transfer_target"
            ),
        ]


class TransferLine(MovementLine):
    transfer = models.ForeignKey(
        Transfer, db_constraint=False, on_delete=models.PROTECT, related_name="lines"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="inventory.transfer_quantity")
        ]


class Count(Movement):
    """What was found on the shelves. ``quantity`` of a line is the difference, ``counted`` what was there."""

    class Meta:
        constraints: ClassVar = _once("count")


class CountLine(MovementLine):
    count = models.ForeignKey(Count, db_constraint=False, on_delete=models.PROTECT, related_name="lines")
    counted = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(counted__gte=0), name="inventory.counted")
        ]


class WriteOff(Movement):
    """Goods spoiled, broken, given away: gone with their cost."""

    reason = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        constraints: ClassVar = _once("write_off")


class WriteOffLine(MovementLine):
    write_off = models.ForeignKey(
        WriteOff, db_constraint=False, on_delete=models.PROTECT, related_name="lines"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="inventory.write_off_quantity")
        ]
