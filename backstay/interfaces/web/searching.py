"""Search: every prefix of any word, numbers by their beginning or their last digits. Keeps its indexes under row-level
security: plain comparisons only, no LIKE and no full-text match (they are not leakproof)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Exists, Model, OuterRef, Q
from django.db.models.expressions import RawSQL

from backstay.interfaces.web.fields import column
from backstay.platform import rows
from backstay.platform.context import Ctx
from backstay.platform.models import Word
from backstay.platform.numbering import PREFIXES
from backstay.platform.resources import Resource

LAST = "\U0010ffff"  # sorts behind every word that begins with what stands before it


def words(text: str) -> list[str]:
    """The words of a text as the index keeps them (``words_of`` in the database)."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(c for c in plain if not 0x300 <= ord(c) <= 0x36F)
    plain = plain.replace("ß", "ss").replace("æ", "ae").translate(str.maketrans("øłđı", "oldi"))
    return [w[:60] for w in re.split(r"[\W_]+", plain) if w][:6]


def raw(sql: str, params: Sequence[Any]) -> Q:
    """A condition in SQL of ours, its values bound."""
    return Q(RawSQL(sql, tuple(params), output_field=BooleanField()))  # noqa: S611


def one_of(model: type[Model], column: str, ids: Sequence[int]) -> Q:
    """Rows whose column is one of many ids: bound as one array, not as thousands of values."""
    array = "{" + ",".join(map(str, ids)) + "}"
    return raw(f'"{model._meta.db_table}"."{column}" = ANY(%s::bigint[])', [array])


def counts(ctx: Ctx, wanted: Sequence[tuple[Resource, str]], most: int) -> list[int]:
    """How many rows each named filter finds, counted no further than ``most``; one statement for all."""
    parts, params = [], []
    for resource, name in wanted:
        named = resource.condition(name)
        sql, told = named(ctx) if named else ("SELECT 0::bigint WHERE false", [])
        parts.append(f"(SELECT count(*) FROM (SELECT DISTINCT id FROM ({sql}) named(id) LIMIT {most}) t)")
        params += told
    return [int(n) for n in rows.execute("SELECT " + ", ".join(parts), params)[0]] if parts else []


def search_condition(ctx: Ctx, resource: Resource, text: str) -> Q:
    """By number, by words of its own, or by words of the records it refers to."""
    wanted = words(text)
    if not wanted:
        return Q(pk=0)
    condition = one_of(resource.of, "id", ids_by_words(resource.kind, wanted))
    for name in resource.search:
        each = column(resource.of, name)
        if each.kind == "ref" and each.model is not None:
            found = ids_by_words(each.model._meta.label_lower, wanted)
            condition |= one_of(resource.of, f"{each.db}_id", found)
        elif each.kind in ("text", "note"):
            condition |= Q(**{f"{each.db}__gte": text.upper(), f"{each.db}__lt": text.upper() + LAST})
    if resource.is_document:
        condition |= number_condition(ctx, resource, text)
    return condition


def ids_by_words(kind: str, wanted: Sequence[str]) -> list[int]:
    """At most 2,000 objects that have words beginning so: who finds more types another letter."""
    found = Word.objects.filter(kind=kind, word__gte=wanted[0], word__lt=wanted[0] + LAST)
    for word in wanted[1:]:
        told = Word.objects.filter(
            kind=kind, word__gte=word, word__lt=word + LAST, object_id=OuterRef("object_id")
        )
        found = found.filter(Exists(told))
    return sorted(found.values_list("object_id", flat=True)[:2000])


def number_condition(ctx: Ctx, resource: Resource, text: str) -> Q:
    """A number by its beginning, or by its last digits in any year: ``412`` finds ``INV-2026-00412``."""
    plain = text.strip().upper()
    condition = Q(number__gte=plain, number__lt=plain + LAST)
    if not re.fullmatch(r"[0-9-]{1,20}", plain):
        return condition
    series = rows.execute(
        "SELECT DISTINCT prefix, year, width FROM platform_series WHERE company_id = %s AND code LIKE %s ORDER BY 2 DESC LIMIT 40",
        [ctx.company, resource.kind.split(".")[0] + ".%"],
    ) or [(PREFIXES.get(resource.kind, ""), ctx.today.year, 5)]
    exact = [f"{prefix}-{year}-{plain:0>{width}}" for prefix, year, width in series]
    exact += [f"{prefix}-{plain}" for prefix, _year, _width in series]
    return condition | Q(number__in=exact)
