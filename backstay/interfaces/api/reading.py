"""Lists and single objects of declared resources, by the code that the screens read with."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import BaseModel, StringConstraints, create_model
from pydantic import Field as Told

from backstay.base.errors import NotFound
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import (
    a,
    camel,
    detail_type,
    facts,
    filters,
    line_facts,
    name_of,
    page_type,
)
from backstay.interfaces.api.values import out
from backstay.interfaces.web import binding, listing
from backstay.interfaces.web.fields import Field, joined
from backstay.interfaces.web.filtering import Filter, rows_of
from backstay.interfaces.web.resource import found
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES, Resource

SIZE, MOST = 50, 200  # objects of a page: when nothing is said, and at most


def register(resource: Resource) -> None:
    """The list and the single object."""
    path, tag = f"/{resource.path}", resource.menu[1]
    one, many = resource.names[0].lower(), resource.names[1].lower()
    plain = name_of(resource)
    operation(
        "GET", path, list_, f"list{plain}", f"{resource.kind}.read", answers={200: page_type(resource.path)}, query=query_type(resource.path),
        summary=f"List {many}", tag=tag, says=f"A page of {many}, by key: as fast at any depth.", path_=resource.path,
    )  # fmt: skip
    operation(
        "GET", f"{path}/{{int:id}}", detail, f"get{plain}", f"{resource.kind}.read", answers={200: detail_type(resource.path)},
        query=fields_type(resource.path), summary=f"Read {a(one)}", tag=tag, says="The ETag names its revision, for If-Match.", path_=resource.path,
    )  # fmt: skip


@cache
def query_type(path: str) -> type[BaseModel]:
    """What a list can be asked for."""
    resource = RESOURCES[path]
    sorts = [s for f in listing.sortable(resource) for s in (f.name, f"-{f.name}")]
    told: dict[str, Any] = {
        "after": (Annotated[str, StringConstraints(max_length=1000)] | None, Told(default=None, description="Where the page begins: `next` of the page before.")),
        "limit": (Annotated[int, Told(ge=1, le=MOST)], Told(default=SIZE, description="Objects of a page.")),
        "sort": (Literal[tuple(sorts)] | None, Told(default=None, description=f"Order; `-` turns it around. Usual: `{listing.default_sort(resource)}`.")),
        "q": (Annotated[str, StringConstraints(max_length=100)] | None, Told(default=None, description="Words to search for.")),
        "fields": _fields(resource, [*facts(resource)]),
    }  # fmt: skip
    if named := _named(resource):
        told["only"] = (
            Literal[tuple(named)] | None,
            Told(default=None, description="A named filter, as on screens."),
        )
    for name, (_field, _op, kind, says) in filters(resource).items():
        told[_python(name)] = (kind | None, Told(default=None, alias=name, description=says))
    return create_model(name_of(resource, "Query"), __base__=Schema, **told)


@cache
def fields_type(path: str) -> type[BaseModel]:
    """What a single object can be asked for."""
    resource = RESOURCES[path]
    names = [*facts(resource), *([resource.lines_name] if resource.lines else [])]
    return create_model(name_of(resource, "Fields"), __base__=Schema, fields=_fields(resource, names))  # type: ignore[call-overload]


def _fields(resource: Resource, names: Sequence[str]) -> Any:
    words = "|".join(names)
    kind = Annotated[str, StringConstraints(pattern=f"^({words})(,({words}))*$", max_length=2000)]
    return (
        kind | None,
        Told(
            default=None,
            description="The fields wanted, with commas between; left out: all.",
            examples=[names[0]],
        ),
    )


def _named(resource: Resource) -> list[str]:
    begins = f"{resource.kind}."
    return sorted(n.removeprefix(begins) for n in resource.told("FILTERS") if n.startswith(begins))


def _python(name: str) -> str:
    return f"f_{name.replace('.', '__')}"


# ---- a list ----


def list_(ctx: Ctx, request: HttpRequest, path_: str, query: Any) -> HttpResponse:
    """A page of a list: statements of a fixed number, and one more per worked-out column."""
    resource = found(ctx, path_)
    access.require(ctx, f"{resource.kind}.read")
    what = _asked(resource, query)
    chosen = _wanted(facts(resource), query.fields)
    rows = joined(rows_of(ctx, resource, what), _related(resource, chosen))
    rows = rows.prefetch_related(*(f.name for f in chosen.values() if f.kind == "choices"))
    page, after = listing.keyset(resource, rows, what, query.limit)
    told = {"data": as_json(ctx, page, chosen), "next": _cursor(what, after) if after else None}
    return respond(told)


def _asked(resource: Resource, query: Any) -> listing.Asked:
    sort = query.sort or listing.default_sort(resource)
    what = listing.Asked(search=listing.clean(query.q or ""), sort=sort)
    if sort.lstrip("-") not in {f.name for f in listing.sortable(resource)}:
        raise Problem(422, "web.sort", f"the list cannot be sorted by {sort}", "Leave it out.", [("sort", "it is not known here")])  # fmt: skip
    if named := getattr(query, "only", None):
        what.filters.append(Filter("is", "", named))
    for name, (field, op, _kind, _says) in filters(RESOURCES[resource.path]).items():
        value = getattr(query, _python(name))
        if value is not None:
            text = value.isoformat() if hasattr(value, "isoformat") else str(value)
            what.filters.append(Filter(field, op, {"true": "1", "false": "0"}.get(text, text)))
    what.after = _place(what, query.after) if query.after else ""
    return what


def _cursor(what: listing.Asked, after: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([what.sort, after]).encode()).decode().rstrip("=")


def _place(what: listing.Asked, cursor: str) -> str:
    """The place in the list that a cursor means. Problem 422 for one of another order, or a damaged one."""
    try:
        told = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        sort, after = told
        if sort == what.sort and isinstance(after, str) and len(after) <= listing.LONGEST:
            return after
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    raise Problem(
        422,
        "web.page",
        "this is no page of the list",
        "Start from the first one.",
        [("after", "it cannot be read")],
    )


def _wanted(known: Mapping[str, Field], told: str | None) -> dict[str, Field]:
    if not told:
        return dict(known)
    return {name: known[name] for name in dict.fromkeys(told.split(",")) if name in known}


def _related(resource: Resource, chosen: Mapping[str, Field]) -> list[str]:
    return sorted({f.db for f in chosen.values() if f.kind == "ref" and f.db})


def as_json(ctx: Ctx, page: Sequence[Any], chosen: Mapping[str, Field]) -> list[dict[str, Any]]:
    """Rows as JSON; a worked-out field costs one statement for all."""
    ids = [row.pk for row in page]
    worked = {name: f.compute(ctx, ids) for name, f in chosen.items() if f.compute and ids}
    made = []
    for row in page:
        told: dict[str, Any] = {"id": row.pk}
        if hasattr(row, "revision"):
            told["revision"] = row.revision
        for name, each in chosen.items():
            told[name] = out(ctx, each, worked[name].get(row.pk) if each.compute else _value(row, each))
        made.append(told)
    return made


def _value(row: Any, each: Field) -> Any:
    if each.kind == "choices":
        return [getattr(one, each.name.removesuffix("s")) for one in getattr(row, each.name).all()]
    return listing.value(row, each.db)


# ---- one object ----


def detail(ctx: Ctx, request: HttpRequest, path_: str, id: int, query: Any) -> HttpResponse:
    """One object with its lines."""
    resource = found(ctx, path_)
    return shown(ctx, resource, id, query.fields)


def shown(
    ctx: Ctx, resource: Resource, ident: int, fields: str | None = None, status: int = 200, **headers: str
) -> HttpResponse:
    """The response that shows an object as it is now. NotFound where the actor sees none."""
    access.require(ctx, f"{resource.kind}.read", [ident])
    told = read(ctx, resource, ident, fields)
    if "revision" in told:
        headers["ETag"] = etag(told["revision"])
    return respond(told, status, **headers)


def etag(revision: int) -> str:
    """The entity tag of a revision."""
    return f'"{revision}"'


def read(ctx: Ctx, resource: Resource, ident: int, fields: str | None = None) -> dict[str, Any]:
    """An object as JSON, its lines with it, at a fixed number of statements."""
    chosen = _wanted(facts(resource), fields)
    rows = resource.of._default_manager.filter(
        access.rows(ctx, resource.kind), pk=ident, company_id=ctx.company
    )
    row = joined(rows, _related(resource, chosen)).first()
    if row is None:
        raise NotFound(
            "web.not_found", f"there is no {resource.names[0].lower()} {ident}", "Look in the list."
        )
    told = as_json(ctx, [row], chosen)[0]
    if resource.lines and (not fields or resource.lines_name in fields.split(",")):
        told[resource.lines_name] = _lines(ctx, resource, row)
    return told


def _lines(ctx: Ctx, resource: Resource, row: Any) -> list[dict[str, Any]]:
    names = line_facts(resource)
    child: Any = resource.child
    order = ["position", "id"] if any(f.name == "position" for f in child._meta.concrete_fields) else ["id"]
    refs = sorted({f.db for f in names.values() if f.kind == "ref" and f.db})
    found_ = list(joined(getattr(row, resource.lines_name).order_by(*order), refs))
    steps = [n for n, f in names.items() if f.kind == "steps" and not f.compute]
    scales = binding.item_scales({line.item_id for line in found_ if line.item_id}) if steps else {}
    made = as_json(ctx, found_, names)
    for line, told in zip(found_, made, strict=True):
        told.pop("revision", None)
        for name in steps:
            if told[name] is not None:
                told[name] = format(Decimal(told[name]).scaleb(-scales.get(line.item_id, 6)).normalize(), "f")
    return made


__all__ = ["as_json", "camel", "etag", "read", "register", "shown"]
