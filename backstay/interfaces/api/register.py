"""Operations are registered here, those made from declarations and those written by hand alike.

An operation is a function ``(ctx, request, **parts)`` that returns a response (``respond``). Its ``action`` is what a token's
scopes must name; what the person may is asked by the function, as a screen asks. What is written by hand stands in a module of
``BY_HAND`` and registers itself by ``operation()``, beside the generated ones.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, File, Path, Query
from ninja.files import UploadedFile
from pydantic import BaseModel

from backstay.interfaces.api.door import JSON, Operation
from backstay.interfaces.api.shapes import PathIdent

BY_HAND = (
    "backstay.interfaces.api.reporting",
    "backstay.interfaces.api.filing",
    "backstay.interfaces.api.working",
    "backstay.interfaces.api.shop",
    "backstay.interfaces.api.pricing",
    "backstay.interfaces.api.payruns",
)
REGISTERED: dict[tuple[str, str], tuple[Operation, Callable[..., Any], dict[str, Any]]] = {}  # (method, path)
Function = Callable[..., HttpResponse]


def operation(
    method: str,
    path: str,
    function: Function,
    name: str,
    action: str,
    *,
    answers: Mapping[int, Any],
    summary: str,
    tag: str,
    says: str = "",
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    media: tuple[str, ...] = (JSON,),
    upload: bool = False,
    if_match: str = "",
    deprecated: str = "",
    sunset: str = "",
    explicit: bool = False,
    **fixed: Any,
) -> None:
    """Register an operation of ``/api/v1``. ``path``: as ``/sales/orders/{int:id}``; ``answers``: status → type of the body;
    ``if_match``: "needed" or "heeded" where it changes an object; ``explicit``: the scopes name the action in full; ``fixed``: what the function is given beside its parts."""
    writes = method in ("POST", "PATCH", "PUT", "DELETE")
    known = frozenset(f.alias or n for n, f in query.model_fields.items()) if query else frozenset()
    more = {"if_match": if_match, "summary": summary, "says": says, "answers": answers}
    more["body_needed"] = body is not None and any(f.is_required() for f in body.model_fields.values())
    told = Operation(name, action, writes, known, media, upload, deprecated, sunset, explicit, more)
    if (method, path) in REGISTERED:
        raise ValueError(f"{method} {path} is registered twice")
    ninja = {
        "response": dict(answers),
        "operation_id": name,
        "summary": summary,
        "description": says,
        "tags": [tag],
    }
    REGISTERED[method, path] = (told, _view(function, path, body, query, upload, fixed), ninja)


def _view(
    function: Function, path: str, body: Any, query: Any, upload: bool, fixed: dict[str, Any]
) -> Callable[..., Any]:
    """What ninja calls: its signature says what is read from where."""

    def view(request: HttpRequest, **parts: Any) -> HttpResponse:
        return function(request.ctx, request, **fixed, **parts)  # type: ignore[attr-defined]

    given = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)]

    def add(name: str, annotation: Any, default: Any) -> None:
        given.append(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        )

    if "{int:id}" in path:
        add("id", PathIdent, Path(...))
    if query is not None:
        add("query", query, Query(...))
    if body is not None:
        add("body", body, Body(...))
    if upload:
        add("file", UploadedFile, File(..., description="The file, at most 50 MiB."))
    view.__signature__ = inspect.Signature(given)  # type: ignore[attr-defined]
    view.__name__ = function.__name__
    view.__doc__ = ""
    return view


def respond(told: Any, status: int = 200, **headers: str) -> HttpResponse:
    """A JSON response; ``ETag`` and ``Location`` by name."""
    return HttpResponse(
        json.dumps(told, ensure_ascii=False), status=status, content_type=JSON, headers=headers
    )
