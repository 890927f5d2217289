"""Abstract models: what every record and every document has."""

from __future__ import annotations

from django.db import models


class Tenant(models.Model):
    """A row of one company. The database fills and guards ``company_id``; code never passes it."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.BigIntegerField(editable=False)

    class Meta:
        abstract = True


class Record(Tenant):
    """Kept and edited in place; a trigger keeps the old values of every change (``audit_event``)."""

    revision = models.IntegerField(default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    class Meta:
        abstract = True


class Document(Tenant):
    """Says what happened: number, date, state. From ``posted_at`` on it is frozen by a trigger.

    ``number`` is the legal or business number, drawn when the document becomes binding; drafts have none.
    """

    number = models.CharField(max_length=40, null=True, editable=False)
    state = models.CharField(max_length=20, editable=False)
    revision = models.IntegerField(default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    created_by = models.CharField(max_length=80, editable=False, default="")
    posted_at = models.DateTimeField(null=True, editable=False)
    posted_by = models.CharField(max_length=80, editable=False, default="", db_default="")
    note = models.TextField(blank=True, default="", db_default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} (draft {self.pk})"
