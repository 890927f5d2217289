"""Making and changing objects: what a body says becomes what a form would have sent, and goes the same way from there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import BaseModel, create_model
from pydantic import Field as Told

from backstay.base.errors import NotFound
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.api.reading import etag, shown
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import Closed, a, detail_type, grid_fields, head_fields, name_of, new_type
from backstay.interfaces.api.values import texts
from backstay.interfaces.web import binding
from backstay.interfaces.web.drafts import Typed, of_object
from backstay.interfaces.web.forms import defaults
from backstay.interfaces.web.resource import found
from backstay.platform import access
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES, Resource

MANY = 200  # objects of one request


class Made(Schema):
    """What a request over many made or did, in their order."""

    ids: list[int]


def register(resource: Resource) -> None:
    """Making one, making many, changing one, where the declaration has a form for it."""
    path, tag, plain = f"/{resource.path}", resource.menu[1], name_of(resource)
    one, many = resource.names[0].lower(), resource.names[1].lower()
    make, change = f"{resource.kind}.create", f"{resource.kind}.change"
    if "create" in resource.acts and resource.form:
        operation(
            "POST", path, create, f"create{plain}", make, answers={201: detail_type(resource.path)}, body=new_type(resource.path),
            summary=f"Make {a(one)}", tag=tag, path_=resource.path,
        )  # fmt: skip
        operation(
            "POST", f"{path}/bulk", create_many, f"createMany{plain}", make, answers={201: Made}, body=bulk_type(resource.path),
            summary=f"Make many {many}", tag=tag, says=f"At most {MANY}; all of them or, where one is refused, none.", path_=resource.path,
        )  # fmt: skip
    if "change" in resource.acts and resource.form:
        operation(
            "PATCH", f"{path}/{{int:id}}", update, f"update{plain}", change, answers={200: detail_type(resource.path)}, body=new_type(resource.path, True),
            summary=f"Change {a(one)}", tag=tag, says="Fields that are sent; lines, when they are sent, all of them.", if_match="needed", path_=resource.path,
        )  # fmt: skip


@cache
def bulk_type(path: str) -> type[BaseModel]:
    """The body that makes many."""
    items = Annotated[list[new_type(path)], Told(min_length=1, max_length=MANY)]  # type: ignore[misc]
    return create_model(name_of(RESOURCES[path], "NewMany"), __base__=Closed, items=(items, ...))


def create(ctx: Ctx, request: HttpRequest, path_: str, body: BaseModel) -> HttpResponse:
    """Make one."""
    resource, ids = _make(ctx, path_, [body], [""])
    return _shown_or_named(ctx, resource, ids[0], 201, Location=f"/api/v1/{path_}/{ids[0]}")


def create_many(ctx: Ctx, request: HttpRequest, path_: str, body: Any) -> HttpResponse:
    """Make many, in one transaction."""
    _resource, ids = _make(ctx, path_, body.items, [f"/items/{n}" for n in range(len(body.items))])
    return respond({"ids": ids}, 201)


def _make(
    ctx: Ctx, path: str, bodies: Sequence[BaseModel], places: Sequence[str]
) -> tuple[Resource, list[int]]:
    resource = _open_to(ctx, path, "create")
    usual = defaults(ctx, resource)
    every = [
        _typed(ctx, resource, body, Typed(dict(usual)), at) for body, at in zip(bodies, places, strict=True)
    ]
    process = resource.process("create")
    bound = binding.bind_all(ctx, resource, process, every)
    refuse(bound, every, places)
    made = process(ctx, [each.draft for each in bound])
    return resource, [int(getattr(each, "id", each)) for each in made]


def _open_to(ctx: Ctx, path: str, act: str, ids: Sequence[int] = ()) -> Resource:
    """The resource as the actor sees it, when he may do the act at all."""
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.{act}", ids)
    if act not in resource.acts:  # a column of the lines is hidden from him, or only read
        raise access.denied(ctx, f"{resource.kind}.{act}")
    return resource


def _typed(ctx: Ctx, resource: Resource, body: BaseModel, onto: Typed, at: str) -> Typed:
    """What a body says, over what stands there. Problem 403 for a field that is hidden or only read."""
    given = body.model_dump(exclude_unset=True)
    lines = given.pop(resource.lines_name, None) if resource.lines else None
    fields = head_fields(resource)
    if closed := sorted(set(given) - set(fields)):
        wrong = [(f"{at}/{name}", "it is not yours to change") for name in closed]
        raise Problem(403, "access.fields", f"{closed[0]} is not yours to change", "Leave it out.", wrong)
    onto.head |= texts(ctx, fields, given, at)
    if lines is not None:
        grid, name = grid_fields(resource), resource.lines_name
        onto.lines = [
            {"key": f"a{n}", **texts(ctx, grid, line, f"{at}/{name}/{n}")} for n, line in enumerate(lines)
        ]
    return onto


def refuse(
    bound: Sequence[binding.Bound], every: Sequence[Typed], places: Sequence[str], lines: str = "lines"
) -> None:
    """Problem 422 that names everything that is wrong, by JSON pointer."""
    errors: list[tuple[str, str]] = []
    for each, what, at in zip(bound, every, places, strict=True):
        errors += [(f"{at}/{name}", text) for name, text in each.errors.items()]
        errors += [(f"{at}/{name}", "It is needed.") for name in sorted(each.missing)]
        order = {line["key"]: n for n, line in enumerate(what.lines)}
        for key, told in each.line_errors.items():
            errors += [(f"{at}/{lines}/{order[key]}/{name}", text) for name, text in told.items()]
    if errors:
        detail = "; ".join(f"{where}: {text}" for where, text in errors[:3])
        raise Problem(422, "api.invalid", detail, "Correct it, and send it again.", errors[:100])


def update(ctx: Ctx, request: HttpRequest, path_: str, id: int, body: BaseModel) -> HttpResponse:
    """Change one, which is still as the program saw it."""
    resource = _open_to(ctx, path_, "change", [id])
    row = locked(ctx, resource, id, request, needed=True)
    what = _typed(ctx, resource, body, of_object(ctx, resource, row), "")
    bound = binding.bind_all(ctx, resource, resource.process("change"), [what], id)
    refuse(bound, [what], [""], resource.lines_name)
    binding.perform(ctx, resource, bound[0].draft, id)
    return _shown_or_named(ctx, resource, id, 200)


def locked(ctx: Ctx, resource: Resource, ident: int, request: HttpRequest, needed: bool) -> Any:
    """The row, locked and compared with If-Match. Problem 428 without one where it is needed, 412 where it has changed since."""
    told = request.headers.get("If-Match")
    if needed and told is None:
        raise Problem(428, "api.if_match", "a change names the revision it was made from", "Read it, and send its ETag as If-Match.", [("If-Match", "it is needed")])  # fmt: skip
    rows = resource.of._default_manager.select_for_update().filter(pk=ident, company_id=ctx.company)
    row = rows.first()
    if row is None:
        raise NotFound(
            "web.not_found", f"there is no {resource.names[0].lower()} {ident}", "Look in the list."
        )
    revision = getattr(row, "revision", None)
    # One that is empty names no revision, so none is the right one.
    tags = [tag.strip() for tag in (told or "").split(",")]
    if told is not None and tags != ["*"] and (revision is None or etag(revision) not in tags):
        raise Problem(412, "api.changed", "it has changed since it was read", "Read it again, and decide anew.", [("If-Match", f"it is {etag(revision or 0)} now")])  # fmt: skip
    return row


def _shown_or_named(ctx: Ctx, resource: Resource, ident: int, status: int, **headers: str) -> HttpResponse:
    """The object as it is now; its id alone for who may make it and not look at it."""
    if not access.may(ctx, f"{resource.kind}.read", [ident]):
        return respond({"id": ident}, status, **headers)
    return shown(ctx, resource, ident, None, status, **headers)
