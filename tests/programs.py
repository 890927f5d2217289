"""A program that speaks to the API, for tests: a token of a person, and requests as it sends them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from django.test import Client

from backstay.interfaces import tokens
from backstay.interfaces.web.middleware import memberships_of
from backstay.platform import context
from tests.full import Full

_KEYS = itertools.count(1)


class Program:
    """``token``: "" for a stranger."""

    def __init__(self, token: str = "") -> None:
        self.client, self.token = Client(raise_request_exception=False), token

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request below /api/v1; what writes gets a new key unless one is given."""
        told = {"Accept": "*/*"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        if method != "GET" and "Idempotency-Key" not in headers:
            told["Idempotency-Key"] = f"key-{next(_KEYS)}"
        told |= headers
        told = {k: v for k, v in told.items() if v != "-"}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = told.pop("Content-Type", "application/json")
        return self.client.generic(method, f"/api/v1{path}", data, content_type=kind, headers=told)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, {} if body is None else body, **headers)


EVERY = ("*:*", "banking.paymentrun:create,file,reverse")  # what a wildcard does not reach is named


def program(full: Full, kind: str = "owner", scopes: Sequence[str] = EVERY) -> Program:
    """A program with a token of a person of the full company."""
    user = full.users[kind]
    assert user is not None
    company = memberships_of(user.pk)[0][0]
    with context.work(company, f"user:{user.pk}") as ctx:
        _id, token = tokens.create(ctx, "test", [tokens.scope_of(s) for s in scopes])
    return Program(token)


def problem(answer: Any, status: int, code: str = "") -> dict[str, Any]:
    """The problem of an answer, checked for its shape."""
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert (
        told["status"] == status
        and told["type"] == f"urn:backstay:problem:{told['code']}"
        and told["title"]
        and told["detail"]
    )
    assert not code or told["code"] == code, told
    return told
