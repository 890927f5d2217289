"""What every request of a program passes: who it is, how often, what it may name, one transaction, one effect per key.

In this order, the first that refuses answers: 404 and 405 for the address, 401 for the token, 429 for how often, 403 for its
scopes, 406, 415, 413 and 400 for how it is asked. The operation then runs as the person, inside ``work()``, as a screen does.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from backstay.base.errors import Busy, Refusal
from backstay.interfaces import tokens
from backstay.interfaces.api import keys
from backstay.interfaces.api.problems import MEDIA, Problem, answer, problem_of
from backstay.interfaces.signing.guard import network
from backstay.platform import access, files, throttle
from backstay.platform.context import ORIGIN, Ctx, work
from backstay.platform.throttle import Bucket

RATE = int(os.environ.get("BACKSTAY_API_RATE", "600"))  # requests of a token per minute
STRANGERS = 60  # requests with a wrong token, of a network per minute
BODY = 10 * 2**20  # bytes of JSON
FORM = 64 * 2**10  # and of what lies around an uploaded file
JSON = "application/json"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Operation:
    """What the door must know of an operation. ``action``: what the token's scopes must name, "" for what every token may;
    ``query``: its parameters; ``media``: what it answers with; ``upload``: whether it takes files; ``sunset``: the day it ends
    (RFC 8594), ``deprecated``: since when it is not to be used in new programs (RFC 9745); ``explicit``: whether the scopes must
    name the action in full, as a screen asks anew who sits there."""

    name: str
    action: str
    writes: bool = False
    query: frozenset[str] = frozenset()
    media: tuple[str, ...] = (JSON,)
    upload: bool = False
    deprecated: str = ""
    sunset: str = ""
    explicit: bool = False
    more: dict[str, Any] = field(default_factory=dict, compare=False)


def enter(
    request: HttpRequest, operation: Operation | None, allowed: list[str], view: Callable[[], HttpResponse]
) -> HttpResponse:
    """Let a request through, or say why not. ``operation``: None where the address has none for the method (405)."""
    ident = str(getattr(request, "id", ""))
    request.left = None  # type: ignore[attr-defined]
    with translation.override("en"):
        try:
            made = _through(request, operation, allowed, view)
        except (Problem, Refusal, Busy, DatabaseError, RequestDataTooBig) as exc:
            made = refused(exc, ident)
        except Exception as exc:
            made = refused(exc, ident)
    if request.left is not None:  # type: ignore[attr-defined]
        made["RateLimit-Policy"] = f'"token";q={RATE};w=60'
        made["RateLimit"] = f'"token";r={max(request.left, 0)};t={60 // RATE + 1}'  # type: ignore[attr-defined]
    if operation is not None and operation.deprecated:
        made["Deprecation"] = operation.deprecated
        if operation.sunset:
            made["Sunset"] = operation.sunset
    return made


def refused(exc: BaseException, ident: str) -> HttpResponse:
    """The answer to an exception; one that is no refusal is logged, and told by its id alone."""
    if isinstance(exc, RequestDataTooBig):
        exc = _large()
    problem = problem_of(exc)
    if problem is None:
        log.exception("api.failed", request=ident, exc_info=exc)
        problem = Problem(
            500, "api.failed", "Backstay failed; nothing was stored", "Tell its operator the instance."
        )
    return answer(problem, ident)


def _through(
    request: HttpRequest, operation: Operation | None, allowed: list[str], view: Callable[[], HttpResponse]
) -> HttpResponse:
    if operation is None:
        raise Problem(405, "api.method", f"{request.method} is not allowed here", f"Use {', '.join(allowed)}.", headers={"Allow": ", ".join(allowed)})  # fmt: skip
    holder = _who(request)
    request.holder = holder  # type: ignore[attr-defined]
    _how_often(request, holder)
    if operation.action and not holder.reaches(operation.action):
        raise Problem(403, "token.scope", f"the token's scopes do not name {operation.action}", "Make a token that has it.")  # fmt: skip
    if operation.explicit and not holder.names(operation.action):
        raise Problem(403, "token.explicit", f"the token's scopes name {operation.action} by a wildcard alone", "Make a token that names kind and act in full.")  # fmt: skip
    _how(request, operation)
    key = keys.key_of(request) if operation.writes else ""
    origin = ORIGIN.set(f"api {request.META.get('REMOTE_ADDR', '')} token {holder.token}")
    try:
        with work(holder.company, holder.actor, str(getattr(request, "id", ""))) as ctx:
            return _inside(request, ctx, operation, key, view)
    finally:
        ORIGIN.reset(origin)


def _inside(
    request: HttpRequest, ctx: Ctx, operation: Operation, key: str, view: Callable[[], HttpResponse]
) -> HttpResponse:
    """The operation, and what it came to under its key, in one transaction."""
    if not ctx.rights.held:
        raise _stranger()
    if operation.action:
        access.require(ctx, operation.action)  # before anything that was sent is looked at
    request.ctx = ctx  # type: ignore[attr-defined]
    if key and (before := keys.claim(ctx, key, request)):
        return before
    made = view()
    if made.status_code >= 400:
        transaction.set_rollback(True)
    elif key:
        keys.keep(ctx, key, made)
    return made


def _who(request: HttpRequest) -> tokens.Holder:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    found = tokens.holder(token.strip()) if kind.lower() == "bearer" else None
    if found is None:
        where = network(request.META.get("REMOTE_ADDR", ""))
        if token and (minutes := throttle.take([Bucket(("api", where), STRANGERS, 1)])):
            raise Problem(429, "api.rate", "too many requests with a wrong token", "Wait.", headers={"Retry-After": str(minutes * 60)})  # fmt: skip
        raise _stranger()
    return found


def _stranger() -> Problem:
    return Problem(
        401,
        "token.wrong",
        "no token, or one that is unknown, too old or ended",
        "Send Authorization: Bearer and a token of yours.",
        headers={"WWW-Authenticate": 'Bearer realm="Backstay"'},
    )


def _how_often(request: HttpRequest, holder: tokens.Holder) -> None:
    left, seconds = throttle.taken(Bucket(("token", str(holder.token)), RATE, 1))
    request.left = left  # type: ignore[attr-defined]
    if left < 0:
        raise Problem(429, "api.rate", f"more than {RATE} requests a minute", "Wait, or ask for more in one request.", headers={"Retry-After": str(seconds)})  # fmt: skip


def _how(request: HttpRequest, operation: Operation) -> None:
    """Whether it can be answered as it wants, was sent as it must, and asks nothing that is not known."""
    if not any(request.accepts(media) for media in operation.media) and not request.accepts(MEDIA):
        raise Problem(
            406, "api.accept", f"this is answered as {' or '.join(operation.media)}", "Accept one of them."
        )
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isascii() and length.isdigit() else 0
    if size > (files.LIMIT + FORM if operation.upload else BODY):
        raise _large()
    wanted = "multipart/form-data" if operation.upload else JSON
    if operation.writes and size and request.content_type != wanted:
        raise Problem(
            415, "api.media", f"the body is {request.content_type or 'of no type'}", f"Send {wanted}."
        )
    if operation.writes and not size and not operation.upload:
        request._body = b"{}"  # type: ignore[attr-defined]  # an act that needs no answers needs no body
    unknown = sorted(set(request.GET) - operation.query)
    if unknown:
        told = [(name[:80], "it is not known here") for name in unknown[:10]]
        raise Problem(422, "api.parameter", f"there is no parameter {unknown[0][:80]}", "Leave it out.", told)
    for name, value in request.GET.items():
        if "\0" in str(value):
            raise Problem(
                422, "api.text", "a text has a character that none may have", "Leave it out.", [(name, "NUL")]
            )


def _large() -> Problem:
    return Problem(413, "api.size", f"more than {BODY // 2**20} MiB", "Send less at once.")
