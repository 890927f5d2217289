"""Tax codes, their dated rates, and which code applies to what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Record


class TaxCode(Record):
    """A tax as it is reported. ``category`` by UNCL5305 (S standard, Z zero, E exempt, AE reverse charge, K, G, O)."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2, blank=True, default="")
    category = models.CharField(max_length=2, default="S")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code"], name="tax.code_once"),
            models.CheckConstraint(
                condition=models.Q(category__in=["S", "Z", "E", "AE", "K", "G", "O"]), name="tax.category"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TaxRate(Record):
    """A rate in percent, valid from a day to a day (both included); rates of a code never overlap."""

    tax_code = models.ForeignKey(TaxCode, db_constraint=False, on_delete=models.PROTECT, related_name="rates")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(percent__gte=0, percent__lte=100), name="tax.percent")
        ]


class TaxRule(Record):
    """Which code applies: the item's tax class, the party's treatment, and the way (out: we sell, in: we buy)."""

    tax_class = models.CharField(max_length=10)
    treatment = models.CharField(max_length=12)
    way = models.CharField(max_length=3)
    tax_code = models.ForeignKey(TaxCode, db_constraint=False, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "tax_class", "treatment", "way"], name="tax.rule_once"
            ),
            models.CheckConstraint(condition=models.Q(way__in=["in", "out"]), name="tax.way"),
        ]
