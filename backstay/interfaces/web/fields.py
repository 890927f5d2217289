"""Fields of declarations: what kind a name is, how a value is shown, how typed text is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from backstay.base.money import from_steps, to_steps
from backstay.platform.context import Ctx
from backstay.platform.figures import BadText, day, day_text, figure, from_kept, money_text, number_text
from backstay.platform.resources import MONEY, Resource, belonging, for_model, label

STATES: dict[str, tuple[str, str]] = {  # state → (icon, tone)
    "draft": ("pencil", ""), "quotation": ("file-text", ""), "confirmed": ("circle-half-2", "part"),
    "ordered": ("send", "info"), "posted": ("lock", "info"), "closed": ("circle-check", "ok"), "done": ("circle-check", "ok"),
    "cancelled": ("ban", "void"), "reversed": ("arrow-back-up", "void"), "paid": ("circle-check", "ok"),
    "part": ("circle-half-2", "part"), "open": ("send", "info"), "overdue": ("alarm", "bad"), "blocked": ("player-pause", "warn"),
    "none": ("clock", ""), "all": ("circle-check", "ok"), "in_transit": ("truck-delivery", "info"), "arrived": ("circle-check", "ok"),
    "todo": ("list-check", ""), "doing": ("circle-half-2", "part"), "review": ("eye", "info"), "invoiced": ("receipt", "ok"),
    "waiting": ("clock", ""), "running": ("refresh", "info"), "failed": ("circle-x", "bad"), "matched": ("link", "ok"), "ignored": ("ban", "void"),
    "active": ("circle-check", "ok"), "archived": ("archive", "void"),
}  # fmt: skip
TITLES = ("number", "name", "code", "title")
__all__ = [
    "BadText", "Field", "column", "day", "day_text", "field_of", "fields_of", "figure", "joined", "money_text", "number_text", "read", "shown", "title_of",
    "typed", "word_of",
]  # fmt: skip


def joined(chosen: models.QuerySet[Any], refs: Iterable[str]) -> models.QuerySet[Any]:
    """The rows with what they refer to; named nothing, nothing: Django would then follow all references there are."""
    names = tuple(refs)
    return chosen.select_related(*names) if names else chosen


@dataclass(frozen=True, slots=True)
class Field:
    """A named column. ``kind``: text, note, date, instant, money, steps, number, percent, whole, yes, state, ref,
    choice, choices, parcels. ``db``: the path Django's ORM knows, "" for one that is worked out."""

    name: str
    kind: str
    label: str
    help: str
    db: str = ""
    model: type[models.Model] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    compute: Callable[..., Mapping[int, Any]] | None = None

    @property
    def figure(self) -> bool:
        """Whether it stands right."""
        return self.kind in ("money", "steps", "number", "percent", "whole")

    @property
    def sums(self) -> bool:
        """Whether adding it up means something."""
        return self.kind == "money" and bool(self.db)


def field_of(resource: Resource, name: str) -> Field:
    """The field of a name in a declaration."""
    plain = name.partition(":")[0]
    found = resource.computed(plain)
    if found:
        return Field(plain, found[0], *_labels(resource.of, plain, get_language()), compute=found[1])
    return column(resource.of, name)


@lru_cache(maxsize=4096)
def _labels(model: type[models.Model], plain: str, language: str | None) -> tuple[str, str]:
    sums = belonging(model, plain)
    text, note = label(sums[0].related_model, sums[1]) if sums else label(model, plain)
    return _(text), note and _(note)


def column(model: type[models.Model], name: str) -> Field:
    """The field of a model by a name such as ``gross:money``, ``party`` or ``party.name``."""
    return _column(model, name, get_language())


@lru_cache(maxsize=4096)
def _column(model: type[models.Model], name: str, language: str | None) -> Field:
    plain, _sep, told = name.partition(":")
    text, note = label(model, plain)
    owner, path = model, plain.replace(".", "__")
    try:
        for part in plain.split(".")[:-1]:
            owner = owner._meta.get_field(part).related_model  # type: ignore[assignment]
        found: Any = owner._meta.get_field(plain.split(".")[-1])
    except FieldDoesNotExist:
        found = None
    kind, choices = _kind(owner, found, plain, told)
    related = found.related_model if found is not None and found.is_relation else None
    required = (
        found is not None
        and not found.null
        and not found.has_default()
        and not getattr(found, "blank", False)
    )
    return Field(
        plain, kind, _(text), note and _(note), path if found is not None else "", related, choices, required
    )


def _kind(
    model: type[models.Model], found: Any, name: str, told: str
) -> tuple[str, tuple[tuple[str, str], ...]]:
    if told in ("money", "steps", "percent", "number", "note", "whole", "text", "state", "yes", "date"):
        return told, ()
    allowed = tuple(told.split(",")) if told else _allowed(model, name)
    if name == "state" or name.endswith(".state"):
        return "state", tuple((word, word_of(word)) for word in allowed)
    if isinstance(found, models.ManyToOneRel) or told:
        return ("choices" if isinstance(found, models.ManyToOneRel) else "choice"), tuple(
            (w, word_of(w)) for w in allowed
        )
    if found is not None and found.is_relation:
        return "ref", ()
    if allowed:
        return "choice", tuple((word, word_of(word)) for word in allowed)
    kinds = (
        (models.DateTimeField, "instant"), (models.DateField, "date"), (models.BooleanField, "yes"),
        (models.TextField, "note"), (models.DecimalField, "number"),
    )  # fmt: skip
    for cls, kind in kinds:
        if isinstance(found, cls):
            return kind, ()
    if isinstance(found, models.IntegerField):
        return (
            "money" if name.split(".")[-1] in MONEY and isinstance(found, models.BigIntegerField) else "whole"
        ), ()
    return "text", ()


def _allowed(model: type[models.Model], name: str) -> tuple[str, ...]:
    """The words a column may hold, as its check constraint or its choices say."""
    plain = name.split(".")[-1]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, models.Q):
            parts = [
                c for c in constraint.condition.children if isinstance(c, tuple) and c[0] == f"{plain}__in"
            ]
            if parts and len(constraint.condition.children) == 1:
                return tuple(parts[0][1])
    try:
        return tuple(str(value) for value, _text in model._meta.get_field(plain).choices or ())  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return ()


WRITTEN = {  # words that are stored in another way
    "todo": "to do", "en": "English", "de": "German", "track": "add tracking numbers", "untrack": "take tracking numbers away",
}  # fmt: skip


def word_of(word: str) -> str:
    """A stored word as people read it."""
    return _word(word, get_language())


@lru_cache(maxsize=4096)
def _word(word: str, language: str | None) -> str:
    plain = WRITTEN.get(word, word.replace("_", " "))
    return pgettext("word", plain[:1].upper() + plain[1:]) if plain else ""


def title_of(row: Any) -> str:
    """What a row is called: an item with its SKU, an account with its code."""
    for name in ("sku", "postable"):
        if hasattr(row, name):
            return str(row)
    for name in TITLES:
        if value := getattr(row, name, None):
            return str(value)
    return str(row)


# ---- showing ----


def clock(ctx: Ctx, due: date, tone: str) -> dict[str, str]:
    """How long it is until a day, and whether that matters; what is finished (``tone`` of its state) is never late."""
    days = (due - ctx.today).days
    if tone in ("ok", "void"):
        return {"icon": "calendar", "text": "", "tone": ""}
    if days < 0:
        text = ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
        return {"icon": "alarm", "text": text, "tone": "bad"}
    if days == 0:
        return {"icon": "alarm", "text": _("Today"), "tone": "warn"}
    return {
        "icon": "clock",
        "text": ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days},
        "tone": "",
    }


def shown(ctx: Ctx, field: Field, value: Any) -> dict[str, Any]:
    """A value as a cell: kind, text, and for references its href, for states icon and tone."""
    cell: dict[str, Any] = {"kind": field.kind, "text": "—", "nil": False}
    if value is None or value == "":
        return cell
    if field.kind == "parcels":
        links = [(" ".join(t for t in (p.carrier, p.number) if t), p.url) for p in value]
        return cell | {"text": ", ".join(text for text, _url in links), "links": links}
    if field.kind == "ref":
        cell |= {"text": title_of(value)}
        resource = for_model(type(value))
        return cell | {"href": f"/{resource.path}/{value.pk}" if resource else ""}
    if field.kind == "money":
        return cell | {"text": money_text(value, ctx.scale), "nil": value == 0}
    if field.kind in ("number", "whole", "percent", "steps"):
        figure = Decimal(value) * (100 if field.kind == "percent" else 1)
        return cell | {
            "text": number_text(figure, 2 if field.name.endswith(("price", "hours")) else 0),
            "nil": figure == 0,
        }
    if field.kind in ("date", "instant"):
        return cell | {"text": day_text(value, ctx.today.year), "iso": value.isoformat()}
    if field.kind == "state":
        icon, tone = STATES.get(value, ("circle-check", ""))
        return cell | {"text": word_of(value), "icon": icon, "tone": tone}
    if field.kind == "choice":
        return cell | {"text": word_of(str(value))}
    if field.kind == "choices":
        return cell | {"text": ", ".join(word_of(str(v)) for v in value)}
    if field.kind == "yes":
        return cell | {"text": _("Yes") if value else _("No")}
    return cell | {"text": str(value)}


# ---- typing ----


def typed(ctx: Ctx, field: Field, value: Any) -> str:
    """A stored value as the text of an input."""
    if value is None:
        return ""
    if field.kind == "money":
        return format(from_steps(value, ctx.scale), "f")
    if field.kind in ("number", "percent", "steps"):
        figure = Decimal(value) * (100 if field.kind == "percent" else 1)
        return format(figure.normalize(), "f") if figure else "0"
    if field.kind in ("date", "instant"):
        return str(value.isoformat())
    if field.kind == "yes":
        return "1" if value else ""
    if field.kind == "choices":
        return ",".join(value)
    return title_of(value) if field.kind == "ref" else str(value)


def read(ctx: Ctx, field: Field, text: str, kept: bool = False) -> Any:
    """The value of typed text, or of what a draft ``kept``; references are resolved elsewhere, many at once.
    Raises BadText."""
    if "\0" in text:
        raise BadText(_("It has a character that no text may have."))
    plain = text.strip()
    if field.kind in ("text", "note"):
        if len(plain) > 10_000:
            raise BadText(_("It is too long."))
        return plain
    if field.kind == "yes":
        return plain in ("1", "on", "true")
    if field.kind == "choices":
        return tuple(p for p in plain.split(",") if p)
    if plain == "":
        return None
    if field.kind in ("choice", "state"):
        if plain not in dict(field.choices):
            raise BadText(_("Choose one of %(words)s.") % {"words": ", ".join(w for _k, w in field.choices)})
        return plain
    if field.kind in ("date", "instant"):
        return day(plain, ctx.today)
    value = from_kept(plain) if kept else figure(plain)
    if field.kind == "money":
        if -(value.as_tuple().exponent or 0) > ctx.scale and value != round(value, ctx.scale):  # type: ignore[operator]
            raise BadText(_("At most %(n)s decimal places.") % {"n": ctx.scale})
        return to_steps(value, ctx.scale)
    if field.kind == "whole":
        if value != int(value):
            raise BadText(_("A whole number, please."))
        return int(value)
    return value / 100 if field.kind == "percent" else value


def fields_of(resource: Resource, names: Iterable[str]) -> list[Field]:
    """The fields of several names."""
    return [field_of(resource, name) for name in names]


def options(field: Field) -> list[tuple[str, str]]:
    """A short list to choose from: words, or the rows of a small table that has no list of its own."""
    if field.kind in ("choice", "choices"):
        return list(field.choices)
    if field.kind == "ref" and field.model is not None and for_model(field.model) is None:
        return [(title_of(row), title_of(row)) for row in field.model._default_manager.order_by("id")[:200]]
    return []
