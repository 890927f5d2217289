"""Orders to suppliers. Counters in steps of the item's ledger unit (services: 10^-6 units)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Document, Tenant


class Order(Document):
    """What we ordered from a supplier."""

    party = models.ForeignKey(
        "parties.Party", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    ordered_on = models.DateField()
    expected_on = models.DateField(null=True)
    place = models.ForeignKey(
        "inventory.Place", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    currency = models.ForeignKey("ledger.Unit", on_delete=models.PROTECT, related_name="+")
    net = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="purchasing.number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "confirmed", "closed", "cancelled"]),
                name="purchasing.state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company_id", "-ordered_on", "-id"], name="purchase_order_day")
        ]


class OrderLine(Tenant):
    """``received_value`` and ``billed_value``: what went through goods received not invoiced."""

    order = models.ForeignKey(Order, db_constraint=False, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item = models.ForeignKey("catalog.Item", db_constraint=False, on_delete=models.PROTECT, related_name="+")
    goods = models.BooleanField()
    text = models.CharField(max_length=300, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    uom = models.ForeignKey("catalog.Uom", db_constraint=False, on_delete=models.PROTECT, related_name="+")
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    discount = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    tax_code = models.ForeignKey(
        "tax.TaxCode", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    net = models.BigIntegerField(default=0)
    stock_quantity = models.BigIntegerField()
    received = models.BigIntegerField(default=0, db_default=0)
    billed = models.BigIntegerField(default=0, db_default=0)
    returned = models.BigIntegerField(default=0, db_default=0)
    received_value = models.BigIntegerField(default=0, db_default=0)
    billed_value = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(stock_quantity__gt=0), name="purchasing.line_quantity"),
            models.CheckConstraint(condition=models.Q(received__gte=0), name="purchasing.line_received"),
            models.CheckConstraint(condition=models.Q(billed__gte=0), name="purchasing.line_billed"),
            models.CheckConstraint(
                condition=models.Q(returned__gte=0) & models.Q(returned__lte=models.F("received")),
                name="purchasing.line_returned",
            ),
        ]


class Fulfilment(Tenant):
    """An order line was fulfilled: received, billed or returned, by which line of which document."""

    order_line = models.ForeignKey(
        OrderLine, db_constraint=False, on_delete=models.PROTECT, related_name="fulfilments"
    )
    kind = models.CharField(max_length=8)
    receipt_line = models.ForeignKey(
        "inventory.ReceiptLine", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    bill_line = models.ForeignKey(
        "invoicing.BillLine", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    shipment_line = models.ForeignKey(
        "inventory.ShipmentLine", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.BigIntegerField()
