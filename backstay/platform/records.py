"""Abstract models: what every record and every document has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models

from backstay.platform.documents import Lifecycle


def refers(to: str, **more: Any) -> Any:
    """A reference to a row of the same company; ``Protect`` makes its composite key in the migration."""
    told = {"on_delete": models.PROTECT, "db_constraint": False, "related_name": "+"}
    return models.ForeignKey(to, **(told | more))


class States:
    """The state of a row, and the acts that lead from one to another: ``post="draft > posted"``.

    The first word is where it begins; an act without ``>`` leaves the state as it is. It gives the column, the
    constraint ``<domain>.<model>_state`` and the life cycle.
    """

    def __init__(self, **acts: str) -> None:
        self.acts = acts

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Django's hook for what stands in a model's body."""
        told = {act: text.partition(">")[::2] for act, text in self.acts.items()}
        ways = {act: (tuple(a.split()), b.strip() or a.split()[0]) for act, (a, b) in told.items()}
        Lifecycle(model._meta.label_lower, ways)
        models.CharField(max_length=20, editable=False).contribute_to_class(model, name)
        first, targets = next(iter(ways.values()))[0][0], [target for _, target in ways.values()]
        words = dict.fromkeys((first, *targets, *(word for sources, _ in ways.values() for word in sources)))
        _add_check(model, name, models.Q(**{f"{name}__in": list(words)}))


def positive(label: str, digits: int, places: int) -> Any:
    """A figure above nothing: a decimal column and its constraint ``<domain>.<model>_<column>``."""
    return _Positive(label, digits, places)


class _Positive:
    def __init__(self, label: str, digits: int, places: int) -> None:
        self.told = {"verbose_name": label, "max_digits": digits, "decimal_places": places}

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Django's hook for what stands in a model's body."""
        least = MinValueValidator(Decimal(1).scaleb(-int(self.told["decimal_places"])))
        models.DecimalField(**self.told, validators=[least]).contribute_to_class(model, name)
        _add_check(model, name, models.Q(**{f"{name}__gt": 0}))


def _add_check(model: type[models.Model], name: str, condition: models.Q) -> None:
    meta = model._meta
    rule = f"{meta.app_label}.{meta.model_name}_{name}"
    meta.constraints = [*meta.constraints, models.CheckConstraint(condition=condition, name=rule)]
    meta.original_attrs["constraints"] = meta.constraints


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
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "number"], name="%(app_label)s.%(class)s_number_once"
            ),
        )

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} (draft {self.pk})"


class DocumentLine(Tenant):
    """A line of a document, in its order."""

    position = models.IntegerField()

    class Meta:
        abstract = True
