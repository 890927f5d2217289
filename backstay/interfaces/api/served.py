"""The API as Django serves it: built once, when the first program asks; every address below ``/api/`` is answered here."""

from __future__ import annotations

import importlib
import threading
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils import translation
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError

from backstay import __version__
from backstay.interfaces.api import doing, door, filing, reading, register, writing
from backstay.interfaces.api.bodies import Strict
from backstay.interfaces.api.problems import Problem, answer
from backstay.platform.resources import RESOURCES

GENERATED = (reading, writing, doing, filing)
_LOCK = threading.Lock()


def serve(request: HttpRequest, rest: str) -> HttpResponse:
    """Any request to ``/api/v1/…``."""
    with _LOCK:
        resolver, operations = built()
    ident = str(getattr(request, "id", ""))
    try:
        match = resolver.resolve(rest)
    except (Resolver404, Http404):
        return answer(Problem(404, "api.address", "there is nothing at this address", "See /api."), ident)
    here = operations[match.route]
    method = str(request.method)
    return door.enter(
        request, here.get(method), sorted(here), lambda: match.func(request, *match.args, **match.kwargs)
    )


def elsewhere(request: HttpRequest) -> HttpResponse:
    """Below /api/, and of no version there is."""
    return answer(Problem(404, "api.version", "there is no such version of the API", "Ask below /api/v1/."), str(getattr(request, "id", "")))  # fmt: skip


@cache
def built() -> tuple[URLResolver, dict[str, dict[str, door.Operation]]]:
    """(what finds an address, route → method → operation)."""
    with translation.override("en"):
        api = ninja()
        patterns, _name, _space = api.urls
    operations: dict[str, dict[str, door.Operation]] = {}
    for (method, path), (told, _view, _more) in register.REGISTERED.items():
        operations.setdefault(path.lstrip("/").replace("{", "<").replace("}", ">"), {})[method] = told
    return URLResolver(RegexPattern(""), patterns), operations


@cache
def ninja() -> NinjaAPI:
    """All operations as ninja knows them."""
    for resource in RESOURCES.values():
        for module in GENERATED:
            module.register(resource)
    for name in register.BY_HAND:
        importlib.import_module(name)
    api = NinjaAPI(
        title="Backstay",
        version=__version__,
        docs_url=None,
        openapi_url=None,
        parser=Strict(),
        urls_namespace="api-v1",
    )
    router = Router()
    for (method, path), (_told, view, more) in register.REGISTERED.items():
        router.add_api_operation(path, [method], view, **more)
    api.add_router("", router)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Exception, _other)
    return api


def _invalid(request: HttpRequest, exc: Any) -> HttpResponse:
    """What a type refused, by JSON pointer or parameter."""
    errors = []
    for each in exc.errors[:50]:
        place, *rest = each["loc"]
        rest = [str(p) for p in rest if p not in ("body", "query") or place not in ("body", "query")]
        pointer = "/" + "/".join(rest) if place == "body" else ".".join(rest)
        errors.append((pointer, str(each["msg"])))
    detail = "; ".join(f"{p}: {m}" for p, m in errors[:3])
    return answer(
        Problem(422, "api.invalid", detail, "See the schema.", errors), str(getattr(request, "id", ""))
    )


def _http(request: HttpRequest, exc: Any) -> HttpResponse:
    """Ninja's own errors; what our parser said stands behind the one that it makes of it."""
    told = exc.__cause__ or exc.__context__
    problem = (
        told
        if isinstance(told, Problem)
        else Problem(exc.status_code, "api.form", str(exc), "See the schema.")
    )
    return answer(problem, str(getattr(request, "id", "")))


def _other(request: HttpRequest, exc: Any) -> HttpResponse:
    return door.refused(exc, str(getattr(request, "id", "")))
