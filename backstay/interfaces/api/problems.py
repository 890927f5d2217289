"""What an answer looks like that is no success: problem+json (RFC 9457), with the rule's code, field and remedy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DataError
from django.db import Error as DatabaseError
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError

from backstay.base.errors import Busy, Conflict, Denied, NotFound, Refusal, refusal_from

MEDIA = "application/problem+json"
# Rules about how something was asked, not about what would be done.
ASKED = ("platform.value", "web.filter", "web.sort", "web.page", "web.answer", "web.lines", "report.day", "report.compare", "report.party", "report.span")  # fmt: skip


class Problem(Exception):
    """An answer that is no success. ``errors``: (JSON pointer or parameter, what is wrong) pairs."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        remedy: str = "",
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.status, self.code, self.detail, self.remedy = status, code, detail, remedy
        self.errors, self.headers = tuple(errors), dict(headers or {})


def problem_of(exc: BaseException) -> Problem | None:
    """The problem behind an exception; None where it is a failure of ours."""
    if isinstance(exc, Problem):
        return exc
    told: Any = refusal_from(exc) if isinstance(exc, DatabaseError) else exc
    if isinstance(told, Busy):
        return Problem(409, told.code, told.message, told.remedy, headers={"Retry-After": "1"})
    if isinstance(told, Refusal):
        errors = [(told.where, told.message)] if told.where else []
        return Problem(_status(told), told.code, told.message, told.remedy, errors)
    if isinstance(exc, DataError):  # PostgreSQL's class 22: no text or figure that it could take
        return Problem(422, "api.value", "a text or a figure cannot be kept", "Send another one.")
    if isinstance(exc, MultiPartParserError | BadRequest | SuspiciousOperation):
        return Problem(400, "api.form", "the body cannot be read", "Send it as multipart/form-data.")
    return None


def _status(refusal: Refusal) -> int:
    if isinstance(refusal, NotFound):
        return 404
    if isinstance(refusal, Denied):
        return 403
    if isinstance(refusal, Conflict):
        return 409
    return 413 if refusal.code == "files.size" else 422 if refusal.code in ASKED else 409


def answer(problem: Problem, request: str = "") -> HttpResponse:
    """The response. ``request``: the id under which the log knows it."""
    told: dict[str, Any] = {
        "type": f"urn:backstay:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    if problem.remedy:
        told["remedy"] = problem.remedy
    if problem.errors:
        told["errors"] = [{"pointer": where, "detail": text} for where, text in problem.errors]
    if request:
        told["instance"] = f"urn:backstay:request:{request}"
    return HttpResponse(json.dumps(told), status=problem.status, content_type=MEDIA, headers=problem.headers)
