"""Views by declaration: a ``Resource`` says of a record or document what people see and may do, as data.

Lists, forms, details, boards, calendars, import, export, search and permissions come from it. Field names are the
model's, or of the domain's ``columns.COLUMNS`` (worked out for a page of ids at once); acts are names of the
domain's processes, whose parameters are what a person is asked. Everything is checked at start.
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from backstay.base.context import Ctx
from backstay.platform.documents import REGISTRY as LIVES
from backstay.platform.documents import Lifecycle

RESOURCES: dict[str, Resource] = {}  # by path, e.g. "sales/orders"
EXTRA: dict[str, dict[str, tuple[tuple[str, ...], str, str]]] = {}  # kind → act → (states, module, process)
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
    ``name:a,b,c`` says what an integer or text means; ``party.name`` follows a reference, ``lines.hours`` adds up
    what belongs to a row. ``views``: named filters, name → query. ``acts``: ``create``, ``change`` or a transition →
    process, or their names alone where the process is called so (``post`` of time sheets: ``post_time_sheets``).
    ``menu``: section, domain, icon. Left out, it is that of the domain's first resource, ``path`` the domain and the
    second name, ``search`` the references among the columns, and ``acts`` of what has a form all of its life cycle.
    """

    model: str
    names: tuple[str, str]
    columns: tuple[str, ...]
    menu: tuple[str, str, str] = ("", "", "")
    path: str = ""
    views: Mapping[str, str] = field(default_factory=dict)
    form: tuple[str, ...] = ()
    lines: Lines | None = None
    acts: Any = None
    search: Any = None
    board: str = ""
    calendar: str = ""
    # As one actor sees it (``seeing.seen``): fields that are hidden or only read, and the declaration itself.
    hidden = fixed = frozenset[str]()
    whole = None

    def __post_init__(self) -> None:
        domain, words = self.model.partition(".")[0], self.names[1].lower()
        refs = {f.name for f in self.of._meta.concrete_fields if f.is_relation}
        cycle = ("create", "change", *(self.life.transitions if self.life else ())) if self.form else ()
        acts = tuple(dict.fromkeys(cycle)) if self.acts is None else self.acts
        if not isinstance(acts, Mapping):
            acts = {act: f"{act}_{words.replace(' ', '_')}" for act in acts}
        first = next((r for r in RESOURCES.values() if r.model.startswith(f"{domain}.")), self)
        made = {"path": f"{domain}/{words.replace(' ', '-')}"} if not self.path else {}
        made |= {"menu": first.menu} if not self.menu[0] else {}
        made |= {"search": tuple(n for n in self.columns if n in refs)} if self.search is None else {}
        for name, value in (made | {"acts": acts}).items():
            object.__setattr__(self, name, value)
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

    def told(self, name: str) -> Mapping[str, Any]:
        """A table of the domain's ``columns``: COLUMNS, FACTS, FILTERS, HINTS, PANELS, READY, TOLD, TOTALS or USUAL, by kind and name."""
        module = f"{apps.get_app_config(self.of._meta.app_label).name}.columns"
        found: Mapping[str, Any] = (
            getattr(importlib.import_module(module), name, {}) if importlib.util.find_spec(module) else {}
        )
        return found

    def process(self, act: str) -> Callable[..., Any]:
        """The process of an act, this domain's or one that a higher domain added."""
        if act in self.acts:
            return typing.cast("Callable[..., Any]", getattr(self.part("processes"), self.acts[act]))
        _, module, name = EXTRA[self.kind][act]
        return typing.cast(
            "Callable[..., Any]", getattr(importlib.import_module(f"{module}.processes"), name)
        )

    @property
    def child(self) -> type[models.Model] | None:
        """The model of the lines."""
        return apps.get_model(self.lines.model) if self.lines else None

    @property
    def lines_name(self) -> str:
        """What the lines are called on the document, e.g. ``lines``."""
        for found in self.of._meta.related_objects:
            if self.child is not None and found.related_model is self.child and found.related_name:
                return str(found.related_name)
        return "lines"

    def computed(self, name: str) -> tuple[str, Callable[..., Mapping[int, Any]]] | None:
        """(kind, query) of a column that is worked out for a list of ids; None for a column of the table."""
        found = self.told("COLUMNS").get(f"{self.kind}.{name}") or _added_up(self.of, name)
        return typing.cast("tuple[str, Callable[..., Mapping[int, Any]]] | None", found)

    def facts(self, of_lines: bool = False, programs: bool = False) -> tuple[str, ...]:
        """What its page and a program are told besides the columns declared, of a row or of its lines (``columns.FACTS``);
        ``programs``: with what they alone are told (``columns.TOLD``)."""
        model = self.child if of_lines else self.of
        kind = model._meta.label_lower if model is not None else ""
        tables = ("TOLD", "FACTS") if programs else ("FACTS",)
        told = [n for table in tables for n in self.told(table).get(kind, ())]
        return tuple(n for n in told if n.partition(":")[0] not in self.hidden)

    def condition(self, name: str) -> Callable[..., tuple[str, list[Any]]] | None:
        """The query behind a named filter: ``(ctx)`` → (SQL of the ids, parameters)."""
        found = self.told("FILTERS").get(f"{self.kind}.{name}")
        return typing.cast("Callable[..., tuple[str, list[Any]]] | None", found)

    def transitions(self, state: str) -> list[str]:
        """Acts a document in this state allows, in the order declared; those of higher domains first."""
        added = [
            act for act, (states, _, _) in EXTRA.get(self.kind, {}).items() if not states or state in states
        ]
        own = [act for act in self.acts if act not in ("create", "change")]
        return added + [act for act in own if not self.life or act in self.life.allowed(state)]

    def check(self) -> Iterator[str]:
        """What is wrong with the declaration, one line each."""
        for name in (
            *self.columns,
            *self.form,
            *self.facts(programs=True),
            *self.search,
            self.board,
            self.calendar,
        ):
            if name and not _known(self, name):
                yield f"{self.path}: {self.model} has no {name}"
        for query in self.views.values():
            for part in query.split("&"):
                key, _, told = part.partition("=")
                word, _, rest = told.partition(":")
                if key == "f" and not (_known(self, word) or (word == "is" and self.condition(rest))):
                    yield f"{self.path}: a view filters by {told}, which is not known"
        for act, process in self.acts.items():
            if not callable(getattr(self.part("processes"), process, None)):
                yield f"{self.path}: act {act}: there is no process {process}"
        if self.lines:
            child = apps.get_model(self.lines.model)
            for name in (*self.lines.grid, *self.lines.shown, *self.facts(True, True)):
                plain = name.partition(":")[0].split(".")[0]
                if not _has(child, plain) and f"{child._meta.label_lower}.{plain}" not in self.told(
                    "COLUMNS"
                ):
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


def extend(kind: str, module: str, acts: Mapping[str, tuple[tuple[str, ...], str]]) -> None:
    """Acts that a higher domain adds to documents of a lower one: act → (states that allow it, process)."""
    for act, (states, process) in acts.items():
        EXTRA.setdefault(kind, {})[act] = (states, module.rpartition(".")[0], process)


def page(path: str, title: str, menu: tuple[str, str, str], action: str, hidden: bool = False) -> Any:
    """Register a function ``(request, ctx, **parts)`` as a page; ``path`` may have Django's path converters."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        PAGES[path] = Page(path, title, menu, action, function, hidden)
        return function

    return register


def label(model: type[models.Model] | None, name: str) -> tuple[str, str]:
    """(label, help) of a field: as told by a domain, else its name in words."""
    full = name.partition(":")[0]
    plain = full.replace("_id", "")
    for each in (full, plain):
        if model is not None and (own := LABELS.get(f"{model._meta.label}.{each}")):
            return own
    if (
        model is not None
        and _has(model, plain)
        and getattr(model._meta.get_field(plain), "_verbose_name", None)
    ):
        told = model._meta.get_field(plain)
        return str(told.verbose_name), str(told.help_text)
    if plain in LABELS:
        return LABELS[plain]
    words = plain.split(".")[0].removesuffix("_on").removesuffix("_at").replace("_", " ")
    return words[:1].upper() + words[1:], ""


def draft_of(process: Callable[..., Any]) -> tuple[type[Any] | None, dict[str, Any]]:
    """(draft class, other parameters by type) of a process ``(ctx, drafts, ids or changes, …)``."""
    hints = typing.get_type_hints(process)
    parameters = inspect.signature(process).parameters
    names = [n for n in parameters if n != "ctx" and parameters[n].kind is not inspect.Parameter.KEYWORD_ONLY]
    inner = typing.get_args(hints[names[0]])[-1:] if names else ()
    draft = inner[0] if inner and dataclasses.is_dataclass(inner[0]) and isinstance(inner[0], type) else None
    return draft, {n: hints[n] for n in names[1:]}


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside a form: figures, a bar (used of a limit), things to add. Texts are ready to show."""

    title: str
    pairs: Sequence[tuple[str, str, str]] = ()  # label, text, tone ("", "strong", "warn")
    bar: tuple[int, int] | None = None
    adds: Sequence[tuple[str, str, str]] = ()  # value of the line's first column, its text, quantity
    note: str = ""


def for_kind(kind: str) -> Resource | None:
    """The resource that shows a kind of object."""
    return next((r for r in RESOURCES.values() if r.kind == kind), None)


def for_model(model: type[models.Model]) -> Resource | None:
    """The resource that shows a model."""
    return for_kind(model._meta.label_lower)


def check_all() -> list[str]:
    """What is wrong with any declaration."""
    return [line for resource in RESOURCES.values() for line in resource.check()]


def belonging(model: type[models.Model], name: str) -> tuple[Any, str] | None:
    """(relation, column) of a name such as ``lines.hours``: a column of the rows that belong to one."""
    first, _, rest = name.partition(".")
    relation = next((r for r in model._meta.related_objects if rest and r.related_name == first), None)
    return (relation, rest) if relation is not None and _has(relation.related_model, rest) else None


def _added_up(model: type[models.Model], name: str) -> tuple[str, Callable[..., Mapping[int, Any]]] | None:
    found = belonging(model, name)
    if found is None:
        return None
    relation, column = found
    key = relation.field.attname

    def added(ctx: Ctx, ids: Iterable[int]) -> dict[int, Any]:
        rows = relation.related_model._default_manager.filter(**{f"{key}__in": list(ids)})
        return dict(rows.values_list(key).annotate(models.Sum(column)))

    return "number", added


def _known(resource: Resource, name: str) -> bool:
    plain = name.partition(":")[0]
    return (
        bool(resource.computed(plain)) or _has(resource.of, plain.split(".")[0]) or _in_draft(resource, plain)
    )


def _in_draft(resource: Resource, name: str) -> bool:
    drafts: Sequence[Any] = [draft_of(resource.process(a))[0] for a in ("create",) if a in resource.acts]
    return any(name in {f.name for f in dataclasses.fields(d)} for d in drafts if d)


def _has(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return name in {"id"}
    return True
