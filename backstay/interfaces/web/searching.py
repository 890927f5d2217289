"""Search: every prefix of any word, numbers by their beginning or their last digits. Keeps its indexes under row-level
security: plain comparisons only, no LIKE and no full-text match (they are not leakproof)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Model, Q
from django.db.models.expressions import RawSQL

from backstay.interfaces.web.fields import Field, column
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.numbering import PREFIXES
from backstay.platform.resources import Resource

NUMBER = re.compile(r"[0-9-]{1,20}")
MOST = 2000  # objects that words find
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


_ONE_OF = "= ANY(%s::bigint[])"


def one_of(model: type[Model], column: str, ids: Sequence[int] | str) -> Q:
    """Rows whose column is one of many ids: bound as one array, not as thousands of values. ``ids``: or the array as
    PostgreSQL writes it."""
    array = ids if isinstance(ids, str) else "{" + ",".join(map(str, ids)) + "}"
    return raw(f'"{model._meta.db_table}"."{column}" {_ONE_OF}', [array])


def unweighed(sql: str) -> str:
    """A statement of ours whose arrays of ids are not looked at to plan it: where each of thousands is read anyway, guessing
    how many rows each of them finds takes as long as reading them."""
    return sql.replace(_ONE_OF, "= ANY((SELECT %s::bigint[])::bigint[])")


def counts(ctx: Ctx, wanted: Sequence[tuple[Resource, str]], most: int) -> list[int]:
    """How many rows each named filter finds, counted no further than ``most``; one statement for all."""
    parts, params = [], []
    for resource, name in wanted:
        named = resource.condition(name)
        sql, told = named(ctx) if named else ("SELECT 0::bigint WHERE false", [])
        mine, seen = access.only(ctx, resource.kind, "named.id")
        parts.append(
            f"(SELECT count(*) FROM (SELECT DISTINCT id FROM ({sql}) named(id) WHERE {mine} LIMIT {most}) t)"
        )
        params += [*told, *seen]
    return [int(n) for n in rows.execute("SELECT " + ", ".join(parts), params)[0]] if parts else []


class Search:
    """A text, looked up once in all kinds that some lists need: their own words, and those of what they refer to."""

    def __init__(self, ctx: Ctx, text: str, resources: Sequence[Resource]) -> None:
        self.text, self.wanted = text, words(text)
        kinds = {r.kind for r in resources} | {
            f.model._meta.label_lower for r in resources for f in _searched(r) if f.kind == "ref" and f.model
        }
        self.ids = _ids_of_kinds(sorted(kinds), self.wanted) if self.wanted else {}
        self.series = _series(ctx, text) if any(r.is_document for r in resources) else []
        self.today = ctx.today

    def condition(self, resource: Resource) -> Q:
        """By number, by words of its own, or by words of the records it refers to."""
        if not self.wanted:
            return Q(pk=0)
        condition = self._words(resource)
        for each in _searched(resource):
            if each.kind == "ref" and each.model is not None:
                found = self.ids.get(each.model._meta.label_lower, ())
                condition |= one_of(resource.of, f"{each.db}_id", found)
            elif each.kind in ("text", "note"):
                begins = self.text.upper()
                condition |= Q(**{f"{each.db}__gte": begins, f"{each.db}__lt": begins + LAST})
        return condition | self._number(resource) if resource.is_document else condition

    def _words(self, resource: Resource) -> Q:
        """By words of its own; of what hides a column, by how its name begins: the words would tell of what is hidden."""
        if not resource.hidden:
            return one_of(resource.of, "id", self.ids.get(resource.kind, ()))
        condition = Q(pk__in=[])
        for each in resource.of._meta.concrete_fields:
            if each.name in ("name", "sku", "code") and each.name not in resource.hidden:
                condition |= Q(**{f"{each.name}__istartswith": self.text})
        return condition

    def _number(self, resource: Resource) -> Q:
        """A number by its beginning, or by its last digits in any year: ``412`` finds ``INV-2026-00412``."""
        plain = self.text.strip().upper()
        condition = Q(number__gte=plain, number__lt=plain + LAST)
        if not NUMBER.fullmatch(plain):
            return condition
        domain = resource.kind.split(".")[0] + "."
        series = [row[1:] for row in self.series if row[0].startswith(domain)][:40]
        series = series or [(PREFIXES.get(resource.kind, ""), self.today.year, 5)]
        exact = [f"{prefix}-{year}-{plain:0>{width}}" for prefix, year, width in series]
        exact += [f"{prefix}-{plain}" for prefix, _year, _width in series]
        return condition | Q(number__in=exact)


def _searched(resource: Resource) -> list[Field]:
    return [column(resource.of, name) for name in resource.search]


def _series(ctx: Ctx, text: str) -> list[tuple[str, str, int, int]]:
    """(code, prefix, year, width) of number series, the latest first; none where the text is no number."""
    if not NUMBER.fullmatch(text.strip()):
        return []
    sql = "SELECT DISTINCT code, prefix, year, width FROM platform_series WHERE company_id = %s ORDER BY 3 DESC LIMIT 400"
    return [(code, prefix, year, width) for code, prefix, year, width in rows.execute(sql, [ctx.company])]


def search_condition(ctx: Ctx, resource: Resource, text: str) -> Q:
    """Rows of one list that a text finds."""
    return Search(ctx, text, [resource]).condition(resource)


def ids_by_words(kind: str, wanted: Sequence[str]) -> list[int]:
    """Objects of a kind that have words beginning so."""
    return _ids_of_kinds([kind], wanted).get(kind, [])


_BY_WORDS = """
SELECT k.kind, f.object_id FROM unnest(%s::text[]) k(kind) CROSS JOIN LATERAL (
    SELECT w.object_id FROM platform_word w
    WHERE w.company_id = (SELECT company()) AND w.kind = k.kind AND w.word >= %s AND w.word < %s{more} LIMIT {most}) f
"""
_MORE = """
AND EXISTS (SELECT FROM platform_word x WHERE x.company_id = (SELECT company()) AND x.kind = k.kind AND x.object_id = w.object_id
            AND x.word >= %s AND x.word < %s)
"""


def _ids_of_kinds(kinds: Sequence[str], wanted: Sequence[str]) -> dict[str, list[int]]:
    """Ids by kind, at most 2,000 of each (who finds more types another letter); one statement."""
    sql = _BY_WORDS.format(more=_MORE * (len(wanted) - 1), most=MOST)
    bounds = [bound for word in wanted for bound in (word, word + LAST)]
    found: dict[str, list[int]] = {}
    for kind, ident in rows.execute(sql, [list(kinds), *bounds]):
        found.setdefault(kind, []).append(ident)
    return {kind: sorted(set(ids)) for kind, ids in found.items()}
