"""Quotations and orders of customers. Counters in steps of the item's ledger unit (services: 10^-6 units)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Document, Tenant


class Order(Document):
    """A quotation that becomes an order. Amounts as an invoice of it would have them."""

    party = models.ForeignKey(
        "parties.Party", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    ordered_on = models.DateField()
    valid_until = models.DateField(null=True)
    required_on = models.DateField(null=True)
    place = models.ForeignKey(
        "inventory.Place", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    currency = models.ForeignKey("ledger.Unit", on_delete=models.PROTECT, related_name="+")
    rounding = models.CharField(max_length=5, default="total")
    net = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    gross = models.BigIntegerField(default=0)
    credit_hold = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="sales.number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["quotation", "confirmed", "closed", "cancelled"]),
                name="sales.state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company_id", "-ordered_on", "-id"], name="sales_order_day")
        ]


class OrderLine(Tenant):
    """``stock_quantity``: what is ordered; shipped, invoiced and returned never pass it."""

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
    hold = models.BigIntegerField(null=True)
    shipped = models.BigIntegerField(default=0, db_default=0)
    invoiced = models.BigIntegerField(default=0, db_default=0)
    returned = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(stock_quantity__gt=0), name="sales.line_quantity"),
            models.CheckConstraint(
                condition=models.Q(shipped__gte=0) & models.Q(shipped__lte=models.F("stock_quantity")),
                name="sales.line_shipped",
            ),
            models.CheckConstraint(
                condition=models.Q(invoiced__gte=0) & models.Q(invoiced__lte=models.F("stock_quantity")),
                name="sales.line_invoiced",
            ),
            models.CheckConstraint(
                condition=models.Q(returned__gte=0) & models.Q(returned__lte=models.F("shipped")),
                name="sales.line_returned",
            ),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=1, unit_price__gte=0),
                name="sales.line_price",
            ),
        ]


class Fulfilment(Tenant):
    """An order line was fulfilled: shipped, invoiced or returned, by which line of which document."""

    order_line = models.ForeignKey(
        OrderLine, db_constraint=False, on_delete=models.PROTECT, related_name="fulfilments"
    )
    kind = models.CharField(max_length=8)
    shipment_line = models.ForeignKey(
        "inventory.ShipmentLine", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    invoice_line = models.ForeignKey(
        "invoicing.InvoiceLine", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    receipt_line = models.ForeignKey(
        "inventory.ReceiptLine", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="shipped", shipment_line__isnull=False)
                | models.Q(kind="invoiced", invoice_line__isnull=False)
                | models.Q(kind="returned", receipt_line__isnull=False)
                | models.Q(kind="credited", invoice_line__isnull=False),
                name="sales.fulfilment_kind",
            )
        ]
