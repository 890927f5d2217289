"""Where goods are."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Record


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
