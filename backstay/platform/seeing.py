"""A resource as one actor sees it: what is hidden from him stands in no column, form, line, view, search or board.

Every screen, file and import is made from the declaration, so a field that the declaration lacks is nowhere.
"""

from __future__ import annotations

import copy
from typing import Any

from backstay.base.context import Ctx
from backstay.base.rights import FIXED, HIDDEN
from backstay.platform import access
from backstay.platform.resources import Lines, Resource


def seen(ctx: Ctx, resource: Resource, typed: bool = False) -> Resource:
    """The resource without what is hidden from the actor; itself where nothing is. ``typed``: without what he may only
    read, too, as an import wants it.

    Who does not see, or does not change, a column of the lines neither makes nor changes such documents.
    """
    if not ctx.rights.ruled:
        return resource
    away = (HIDDEN, FIXED) if typed else (HIDDEN,)
    rules = access.fields(ctx, resource.kind)
    made = copy.copy(resource)

    def kept(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(n for n in names if rule_of(ctx, resource, n) not in away)

    lines = resource.lines
    told: dict[str, Any] = {
        "columns": kept(resource.columns), "form": kept(resource.form), "search": kept(tuple(resource.search)),
        "views": {name: query for name, query in resource.views.items() if not _names(query) - set(kept(tuple(_names(query))))},
        "board": "".join(kept((resource.board,))), "calendar": "".join(kept((resource.calendar,))), "whole": resource,
        "hidden": frozenset(n for n, rule in rules.items() if rule == HIDDEN), "fixed": frozenset(n for n, rule in rules.items() if rule == FIXED),
    }  # fmt: skip
    if lines is not None:
        grid = tuple(n for n in lines.grid if n.partition(":")[0] not in rules)
        told["lines"] = Lines(
            lines.model,
            tuple(n for n in lines.grid if rules.get(n.partition(":")[0]) != HIDDEN),
            tuple(n for n in lines.shown if rules.get(n.partition(":")[0]) != HIDDEN),
        )
        if grid != lines.grid:
            told["acts"] = {a: p for a, p in resource.acts.items() if a not in ("create", "change")}
    for name, value in told.items():
        object.__setattr__(made, name, value)
    return made


def rule_of(ctx: Ctx, resource: Resource, name: str) -> str:
    """``hidden``, ``fixed`` or "" of a column; one that follows a reference is ruled where it belongs."""
    plain = name.partition(":")[0]
    first, _sep, rest = plain.partition(".")
    rules = access.fields(ctx, resource.kind)
    if not rest or first in rules:
        return rules.get(first, "")
    field = next((f for f in resource.of._meta.concrete_fields if f.name == first and f.is_relation), None)
    if field is None:  # a column of its lines
        return rules.get(rest, "")
    return access.fields(ctx, field.related_model._meta.label_lower).get(rest, "")


def _names(query: str) -> set[str]:
    """The columns that a view filters by."""
    told = (part.partition("=") for part in query.split("&"))
    return {v.partition(":")[0] for k, _sep, v in told if k == "f" and not v.startswith("is:")}
