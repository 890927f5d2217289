"""Reading the ledger. The tables are made by ``sql/``; nothing is written through these models but accounts and
units, which are records."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Unit(models.Model):
    """What an amount counts: a currency, an item's pieces, hours. ``scale``: decimal places of its smallest step."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField(null=True)
    code = models.TextField()
    kind = models.TextField()
    scale = models.SmallIntegerField(default=2)

    class Meta:
        managed = False
        db_table = "unit"

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """An account of a company's chart."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField(editable=False)
    code = models.TextField()
    name = models.TextField()
    type = models.TextField()
    role = models.TextField(null=True)
    unit_kind = models.TextField(null=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT)
    requires = ArrayField(models.TextField(), default=list)
    bound = models.TextField(default="none")
    floor = models.BigIntegerField(default=0)
    dated = models.BooleanField(default=False)
    monetary = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    cash_flow = models.TextField(default="")
    book = models.TextField(default="main")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    postable = models.BooleanField(default=True)
    closed = models.BooleanField(default=False)

    class Meta:
        managed = False
        db_table = "account"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Period(models.Model):
    """A span of days that is open or closed."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField(editable=False)
    starts = models.DateField()
    ends = models.DateField()
    kind = models.TextField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "period"


class Entry(models.Model):
    """The header of an entry."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField(editable=False)
    period = models.ForeignKey(Period, on_delete=models.PROTECT)
    journal = models.TextField()
    posted_on = models.DateField()
    document_on = models.DateField()
    source = models.TextField()
    event = models.TextField()
    text = models.TextField()
    actor = models.TextField()
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_column="reverses")
    storno = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "entry"
