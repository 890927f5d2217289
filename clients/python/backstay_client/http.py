"""Requests: the token, keys that make a write happen once, answers that are refusals, waiting when it was too much."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TRIES = 4
LONGEST = 60.0  # seconds that are waited at most before the next try


class Refused(Exception):
    """The server refused: ``status``, the rule's ``code``, what is wrong, the ``remedy``, and ``errors`` by field."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {told.get('code', '')}: {told.get('detail', '')}")
        self.status, self.code, self.detail = status, str(told.get("code", "")), str(told.get("detail", ""))
        self.remedy, self.errors = str(told.get("remedy") or ""), list(told.get("errors") or [])
        self.instance = str(told.get("instance") or "")


class _Stay(HTTPRedirectHandler):
    """A token goes nowhere else."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


class Http:
    """One server and one token. A write that got no answer is sent again under its key, so it happens once."""

    def __init__(self, address: str, token: str, timeout: float = 60.0) -> None:
        if urlsplit(address).scheme not in ("http", "https"):
            raise ValueError("the address begins with https://")
        self._address, self._token, self._timeout = address.rstrip("/"), token, timeout
        self._opener = build_opener(_Stay)

    def ask(self, method: str, path: str, **parts: Any) -> Any:
        """The answer as JSON. Raises Refused."""
        return json.loads(self.content(method, path, **parts))

    def content(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None, key: str | None = None,
        if_match: str | None = None, file: tuple[str, bytes] | None = None,
    ) -> bytes:  # fmt: skip
        """The answer as it is. Raises Refused; URLError when there was none after several tries."""
        pairs = [
            (k, {True: "true", False: "false"}.get(v, v) if isinstance(v, bool) else v)
            for k, v in (query or {}).items()
            if v is not None
        ]
        url = self._address + path + (f"?{urlencode(pairs)}" if pairs else "")
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json, application/problem+json, */*;q=0.1",
        }
        data = None
        if method != "GET":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
            data = json.dumps(body if body is not None else {}).encode()
            headers["Content-Type"] = "application/json"
        if file is not None:
            headers["Content-Type"], data = _form(*file)
        if if_match is not None:
            headers["If-Match"] = if_match
        return self._sent(Request(url, data, headers, method=method))

    def _sent(self, request: Request) -> bytes:
        for number in range(1, TRIES + 1):
            try:
                with self._opener.open(request, timeout=self._timeout) as answer:
                    return bytes(answer.read())
            except HTTPError as exc:
                told = _problem(exc)
                again = exc.code == 429 or (exc.code in (409, 503) and "Retry-After" in exc.headers)
                if not again or number == TRIES:
                    raise Refused(exc.code, told) from None
                wait = _seconds(exc.headers.get("Retry-After"))
            except (URLError, http.client.HTTPException, TimeoutError, ConnectionError):
                if number == TRIES:
                    raise
                wait = 2.0 ** (number - 1)
            time.sleep(min(wait, LONGEST))
        raise AssertionError("unreachable")


def _seconds(told: str | None) -> float:
    """What Retry-After asks for: seconds, or, from a proxy, a moment (RFC 9110, 10.2.3); one where it cannot be read."""
    if told is None:
        return 1.0
    if told.strip().isdigit():
        return float(told)
    try:
        return max((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return 1.0


def _problem(exc: HTTPError) -> dict[str, Any]:
    try:
        told = json.loads(exc.read())
        return told if isinstance(told, dict) else {}
    except ValueError:
        return {"detail": exc.reason}


def _form(name: str, content: bytes) -> tuple[str, bytes]:
    mark = uuid.uuid4().hex
    safe = name.replace("\\", "/").rpartition("/")[2].replace('"', "'").replace("\r", " ").replace("\n", " ")
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return f"multipart/form-data; boundary={mark}", head.encode() + content + f"\r\n--{mark}--\r\n".encode()


def pages(page: Callable[[str | None], Any]) -> Iterator[Any]:
    """The rows of all pages."""
    after: str | None = None
    while True:
        told = page(after)
        yield from told["data"]
        after = told["next"]
        if not after:
            return
