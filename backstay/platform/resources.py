"""Views by declaration: a ``Resource`` says of a record or document what people see and may do, as data.

Lists, forms, details, boards, calendars, import, export, search and permissions come from it. Field names are the
model's, or of the domain's ``queries.COLUMNS`` (worked out for a page of ids at once); acts are names of the
domain's processes, whose parameters are what a person is asked. Everything is checked at start.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from backstay.platform.documents import REGISTRY as LIVES
from backstay.platform.documents import Lifecycle

RESOURCES: dict[str, Resource] = {}  # by path, e.g. "sales/orders"
PAGES: dict[str, Page] = {}
LABELS: dict[str, tuple[str, str]] = {}  # "field" or "app.Model.field" → (label, help)
MONEY = ("net", "tax", "gross", "amount", "value", "fee", "unallocated", "difference", "credit_limit")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a document: the model, the columns typed in the grid, and those that are only shown."""

    model: str
    grid: tuple[str, ...]
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """What people see of a model. At most these twelve options; a new one needs an ADR and two domains.

    ``columns``, ``form``: field names, the first column is the title; ``name:money``, ``name:steps`` or
    ``name:a,b,c`` says what an integer or text means; ``party.name`` follows a reference. ``views``: named filters,
    name → query. ``acts``: ``create``, ``change`` or a transition → process. ``menu``: section, domain, icon.
    """

    path: str
    model: str
    names: tuple[str, str]
    menu: tuple[str, str, str]
    columns: tuple[str, ...]
    views: Mapping[str, str] = field(default_factory=dict)
    form: tuple[str, ...] = ()
    lines: Lines | None = None
    acts: Mapping[str, str] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    board: str = ""
    calendar: str = ""

    def __post_init__(self) -> None:
        RESOURCES[self.path] = self

    @cached_property
    def of(self) -> type[models.Model]:
        """The model."""
        return apps.get_model(self.model)

    @cached_property
    def kind(self) -> str:
        """The name in audit events, entries and permissions, e.g. ``sales.order``."""
        return self.model.lower()

    @property
    def is_document(self) -> bool:
        """Whether it has states and a number."""
        return hasattr(self.of, "posted_at")

    @property
    def life(self) -> Lifecycle | None:
        """Its states and transitions."""
        return LIVES.get(self.kind)

    def part(self, name: str) -> ModuleType:
        """A module of the domain, e.g. ``processes``."""
        return importlib.import_module(f"{apps.get_app_config(self.of._meta.app_label).name}.{name}")

    def process(self, act: str) -> Callable[..., Any]:
        """The process of an act."""
        made: Callable[..., Any] = getattr(self.part("processes"), self.acts[act])
        return made

    def computed(self, name: str) -> Callable[..., Mapping[int, Any]] | None:
        """The query that works a column out for a list of ids; None for a column of the table."""
        found = getattr(self.part("queries"), "COLUMNS", {})
        return typing.cast("Callable[..., Mapping[int, Any]] | None", found.get(name))

    def transitions(self, state: str) -> list[str]:
        """Acts a document in this state allows, in the order declared."""
        if not self.life:
            return [a for a in self.acts if a not in ("create", "change")]
        allowed = self.life.allowed(state)
        return [act for act in self.acts if act in allowed]

    def check(self) -> Iterator[str]:
        """What is wrong with the declaration, one line each."""
        for name in (*self.columns, *self.form, *self.search, self.board, self.calendar):
            if name and not _known(self, name):
                yield f"{self.path}: {self.model} has no {name}"
        for act, process in self.acts.items():
            if not callable(getattr(self.part("processes"), process, None)):
                yield f"{self.path}: act {act}: there is no process {process}"
        if self.lines:
            child = apps.get_model(self.lines.model)
            for name in (*self.lines.grid, *self.lines.shown):
                if not _has(child, name.partition(":")[0].split(".")[0]):
                    yield f"{self.path}: {self.lines.model} has no {name}"


@dataclass(frozen=True)
class Page:
    """A screen that no declaration gives: a function of the request that returns (template, context).

    Not a mock of a view: it runs inside the company's transaction, and ``action`` is asked of ``access`` first.
    """

    path: str
    title: str
    menu: tuple[str, str, str]
    action: str
    function: Callable[..., Any]
    hidden: bool = False


def page(path: str, title: str, menu: tuple[str, str, str], action: str, hidden: bool = False) -> Any:
    """Register a function ``(request, ctx, **parts)`` as a page; ``path`` may have Django's path converters."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        PAGES[path] = Page(path, title, menu, action, function, hidden)
        return function

    return register


def label(model: type[models.Model] | None, name: str) -> tuple[str, str]:
    """(label, help) of a field: as told by a domain, else its name in words."""
    plain = name.partition(":")[0].replace("_id", "")
    if model is not None and (own := LABELS.get(f"{model._meta.label}.{plain}")):
        return own
    if plain in LABELS:
        return LABELS[plain]
    words = plain.split(".")[0].removesuffix("_on").removesuffix("_at").replace("_", " ")
    return words[:1].upper() + words[1:], ""


def draft_of(process: Callable[..., Any]) -> tuple[type[Any] | None, dict[str, Any]]:
    """(draft class, other parameters by type) of a process ``(ctx, drafts or ids, …)``."""
    hints = typing.get_type_hints(process)
    names = [p for p in inspect.signature(process).parameters if p != "ctx"]
    first, rest = (names[0], names[1:]) if names else ("", [])
    inner = typing.get_args(hints[first])[0] if first and typing.get_args(hints[first]) else None
    draft = inner if dataclasses.is_dataclass(inner) and isinstance(inner, type) else None
    keyword = inspect.Parameter.KEYWORD_ONLY
    asked = {n: hints[n] for n in rest if inspect.signature(process).parameters[n].kind is not keyword}
    return draft, asked


def for_kind(kind: str) -> Resource | None:
    """The resource that shows a kind of object."""
    return next((r for r in RESOURCES.values() if r.kind == kind), None)


def for_model(model: type[models.Model]) -> Resource | None:
    """The resource that shows a model."""
    return for_kind(model._meta.label_lower)


def check_all() -> list[str]:
    """What is wrong with any declaration."""
    return [line for resource in RESOURCES.values() for line in resource.check()]


def _known(resource: Resource, name: str) -> bool:
    plain = name.partition(":")[0]
    return bool(resource.computed(plain)) or _has(resource.of, plain.split(".")[0]) or _in_draft(resource, plain)


def _in_draft(resource: Resource, name: str) -> bool:
    drafts: Sequence[Any] = [draft_of(resource.process(a))[0] for a in ("create",) if a in resource.acts]
    return any(name in {f.name for f in dataclasses.fields(d)} for d in drafts if d)


def _has(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return name in {"id"}
    return True
