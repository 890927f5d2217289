"""Money comes and goes. Amounts in the smallest step of the bank account's currency."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Document, Tenant


class Payment(Document):
    """Money received (in) or paid (out). ``unallocated``: what no line settles; it is an item of the party."""

    way = models.CharField(max_length=3)
    party = models.ForeignKey(
        "parties.Party", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    bank_account = models.ForeignKey(
        "banking.BankAccount", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    paid_on = models.DateField()
    method = models.CharField(max_length=12, default="transfer")
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    unallocated = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=140, default="", db_default="")
    settled_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="banking.number_once"),
            models.CheckConstraint(condition=models.Q(way__in=["in", "out"]), name="banking.way"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, fee__gte=0, unallocated__gte=0), name="banking.amount"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "ordered", "posted", "reversed"]), name="banking.state"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company_id", "-paid_on", "-id"], name="payment_day")]


class PaymentLine(Tenant):
    """What a payment settles: ``amount`` of an open item, of which ``difference`` was written off."""

    payment = models.ForeignKey(Payment, db_constraint=False, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    difference = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="banking.line_amount")
        ]
