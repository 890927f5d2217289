"""Entries that a bookkeeper makes by hand: journal entries and opening balances."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Document, Tenant


class JournalEntry(Document):
    """A manual entry; opening balances are the kind that posts in the opening period."""

    kind = models.CharField(max_length=10, default="manual")
    entered_on = models.DateField()
    text = models.CharField(max_length=200, default="")
    period_kind = models.CharField(max_length=10, default="regular")
    reverses = models.ForeignKey(
        "self", null=True, db_constraint=False, on_delete=models.PROTECT, editable=False
    )

    class Meta:
        verbose_name_plural = "journal entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="accounting.number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "posted", "reversed"]), name="accounting.state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["manual", "opening"]), name="accounting.kind"
            ),
        ]


class JournalLine(Tenant):
    """A line by account, with the parts its account requires; ``amount`` in steps of ``unit``, ``value`` in steps
    of the company's currency, debit +."""

    entry = models.ForeignKey(
        JournalEntry, db_constraint=False, on_delete=models.PROTECT, related_name="lines"
    )
    position = models.IntegerField()
    account = models.ForeignKey(
        "ledger.Account", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("ledger.Unit", on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(
        "parties.Party", null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    item = models.CharField(max_length=80, default="", db_default="")
    place = models.BigIntegerField(default=0, db_default=0)
    side = models.SmallIntegerField(default=0, db_default=0)
    amount = models.BigIntegerField()
    value = models.BigIntegerField()
    due_on = models.DateField(null=True)
    text = models.CharField(max_length=200, default="", db_default="")
