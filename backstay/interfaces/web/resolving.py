"""Which rows typed texts mean: by the id that was chosen, by code, number or name, or by words."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext as _

from backstay.base.rights import HIDDEN
from backstay.interfaces.web.fields import Field, title_of
from backstay.interfaces.web.searching import ids_by_words, words
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import for_model


def resolve(
    ctx: Ctx, wanted: Sequence[tuple[Field, str, str]], places: Sequence[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Ids of references by what was typed: the id that was chosen if it still reads the same (``#7`` reads so for ever, as
    programs send it), else a code, a number, a name, or the only one whose words begin so. One statement per model, two where names must be searched."""
    found: dict[str, int] = {}
    wrong: dict[str, str] = {}
    by_model: dict[type[models.Model], list[int]] = {}
    for n, (each, text, _id) in enumerate(wanted):
        if text.strip() and each.model is not None:
            by_model.setdefault(each.model, []).append(n)
    for model, positions in by_model.items():
        texts = {wanted[n][1].strip() for n in positions}
        ids = {int(wanted[n][2]) for n in positions if wanted[n][2].isdigit() and len(wanted[n][2]) < 19}
        known, by_text = candidates(ctx, model, texts, ids)
        for n in positions:
            _each, text, chosen = wanted[n]
            plain = text.strip()
            if chosen.isdigit() and plain in (
                known.get(int(chosen)),
                f"#{chosen}" if int(chosen) in known else None,
            ):
                found[places[n]] = int(chosen)
                continue
            matches = by_text.get(plain.casefold(), [])
            if not matches:
                matches = _by_words(ctx, model, plain)
            if len(matches) == 1:
                found[places[n]] = matches[0]
            elif matches:
                wrong[places[n]] = _("“%(text)s” fits %(n)s: choose one.") % {
                    "text": plain[:60],
                    "n": len(matches),
                }
            else:
                wrong[places[n]] = _("There is no “%(text)s”.") % {"text": plain[:60]}
    return found, wrong


def candidates(
    ctx: Ctx, model: type[models.Model], texts: set[str], ids: set[int]
) -> tuple[dict[int, str], dict[str, list[int]]]:
    """(id → title, text → ids) of rows that any of the texts names by code, number or name, or that have these ids."""
    hidden = access.fields(ctx, model._meta.label_lower)
    keys_of = ("sku", "code", "number", "name", "barcode")
    names = [f.name for f in model._meta.concrete_fields if f.name in keys_of and f.name not in hidden]
    condition = models.Q(pk__in=ids)
    spread = {
        t
        for text in texts
        for t in (text, text.upper(), text.split(" ")[0], text.split(" ")[0].upper())
        if "\0" not in t
    }
    for name in names:
        condition |= models.Q(**{f"{name}__in": spread})
    known: dict[int, str] = {}
    by_text: dict[str, list[int]] = {}
    for row in model._default_manager.filter(condition, seen_rows(ctx, model))[:20_000]:
        known[row.pk] = title_of(row)
        keys = {str(getattr(row, name)).casefold() for name in names if getattr(row, name)}
        for key in keys | {title_of(row).casefold(), str(row).casefold()}:
            by_text.setdefault(key, []).append(row.pk)
    return known, by_text


def seen_rows(ctx: Ctx, model: type[models.Model]) -> models.Q:
    """What may be chosen: the rows one sees, of a kind that has a list; a small table without one is everybody's."""
    return access.rows(ctx, model._meta.label_lower) if for_model(model) is not None else models.Q()


def _by_words(ctx: Ctx, model: type[models.Model], text: str) -> list[int]:
    told = words(text)
    if not told or for_model(model) is None or HIDDEN in access.fields(ctx, model._meta.label_lower).values():
        return []  # the words of a hidden column would tell of it
    found = ids_by_words(model._meta.label_lower, told)
    if access.limit(ctx, model._meta.label_lower) is not None:
        found = list(
            model._default_manager.filter(seen_rows(ctx, model), pk__in=found).values_list("pk", flat=True)
        )
    return found[:5]
