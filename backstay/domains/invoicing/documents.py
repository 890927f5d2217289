"""Invoices and credit notes we send, bills and debit notes of suppliers, allocations between open items.

Amounts in the smallest step of the document's currency."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Document, Tenant


class Demand(Document):
    """What invoices and bills have in common. A credit or debit note has its amounts positive, too."""

    kind = models.CharField(max_length=12, default="invoice")
    party = models.ForeignKey(
        "parties.Party", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    issued_on = models.DateField()
    due_on = models.DateField()
    currency = models.ForeignKey("ledger.Unit", on_delete=models.PROTECT, related_name="+")
    rounding = models.CharField(max_length=5, default="total")
    net = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    gross = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        abstract = True


class DemandLine(Tenant):
    """``net`` and ``tax`` are the line's shares: they add up to the document's."""

    position = models.IntegerField()
    item = models.ForeignKey(
        "catalog.Item", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(max_length=300, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    uom = models.ForeignKey(
        "catalog.Uom", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    unit_price = models.DecimalField(max_digits=18, decimal_places=6)
    discount = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    tax_code = models.ForeignKey(
        "tax.TaxCode", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    account = models.ForeignKey(
        "ledger.Account", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    net = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class DemandTax(Tenant):
    """Tax per code: rounded once on its base."""

    tax_code = models.ForeignKey(
        "tax.TaxCode", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    base = models.BigIntegerField()
    tax = models.BigIntegerField()

    class Meta:
        abstract = True


class Invoice(Demand):
    """What a customer owes us, or (credit note) we owe him."""

    credits = models.ForeignKey(
        "self", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="credit_notes"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="invoicing.number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "posted", "reversed"]), name="invoicing.state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["invoice", "credit_note"]), name="invoicing.kind"
            ),
            models.CheckConstraint(
                condition=models.Q(gross=models.F("net") + models.F("tax"), net__gte=0), name="invoicing.sum"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company_id", "-issued_on", "-id"], name="invoice_day")]


class InvoiceLine(DemandLine):
    """``credited``: net that credit notes took back; never more than there was."""

    invoice = models.ForeignKey(Invoice, db_constraint=False, on_delete=models.PROTECT, related_name="lines")
    credits_line = models.ForeignKey(
        "self", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    credited = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(credited__gte=0)
                & (models.Q(credited=0) | models.Q(credited__lte=models.F("net"))),
                name="invoicing.credit_left",
            )
        ]


class InvoiceTax(DemandTax):
    invoice = models.ForeignKey(Invoice, db_constraint=False, on_delete=models.PROTECT, related_name="taxes")


class Bill(Demand):
    """What we owe a supplier, or (debit note) he owes us. ``difference``: the paper's gross less ours."""

    supplier_number = models.CharField(max_length=60)
    difference = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="invoicing.bill_number_once"),
            models.UniqueConstraint(
                fields=["company_id", "party", "supplier_number"],
                condition=models.Q(state="posted"),
                name="invoicing.bill_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "posted", "reversed"]), name="invoicing.bill_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["bill", "debit_note"]), name="invoicing.bill_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(gross=models.F("net") + models.F("tax") + models.F("difference")),
                name="invoicing.bill_sum",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company_id", "-issued_on", "-id"], name="bill_day")]


class BillLine(DemandLine):
    """``clears``: the item of goods received not invoiced that this line settles, at ``cleared`` value."""

    bill = models.ForeignKey(Bill, db_constraint=False, on_delete=models.PROTECT, related_name="lines")
    clears = models.CharField(max_length=80, default="", db_default="")
    cleared = models.BigIntegerField(default=0, db_default=0)


class BillTax(DemandTax):
    bill = models.ForeignKey(Bill, db_constraint=False, on_delete=models.PROTECT, related_name="taxes")


class Allocation(Document):
    """One open item settles another of the same party. Items as the ledger names them: ``invoice:42``."""

    party = models.ForeignKey(
        "parties.Party", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    side = models.CharField(max_length=10)
    allocated_on = models.DateField()
    debit_item = models.CharField(max_length=80)
    credit_item = models.CharField(max_length=80)
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="invoicing.allocation_number"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="invoicing.allocation_amount"),
            models.CheckConstraint(
                condition=models.Q(side__in=["receivable", "payable"]), name="invoicing.allocation_side"
            ),
        ]
