"""JSON as it comes in: read strictly, so that nothing that can be read in two ways is read at all."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from backstay.interfaces.api.problems import Problem

DEEP = 20  # levels of a body


class Strict(Parser):
    """The parser of all bodies. Problem 400 for what is no JSON, names a field twice, is deeper than 20 levels, or has
    figures or characters that nothing could keep."""

    def parse_body(self, request: HttpRequest) -> Any:
        if not request.body.strip():
            return {}
        try:
            text = request.body.decode("utf-8")
            told = json.loads(text, object_pairs_hook=_once, parse_constant=_no_figure, parse_int=_whole)
        except UnicodeDecodeError:
            raise _wrong("the body is no UTF-8") from None
        except RecursionError:
            raise _wrong(f"the body is deeper than {DEEP} levels") from None
        except ValueError as exc:
            raise _wrong(f"the body is no JSON: {exc}") from None
        _look(told, 0)
        if not isinstance(told, dict):
            raise _wrong("the body is no object")
        return told


def _wrong(detail: str) -> Problem:
    return Problem(400, "api.json", detail[:300], "Send one JSON object.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _wrong(f"the body names {twice[:80]} twice")
    return made


def _no_figure(name: str) -> Any:
    raise _wrong(f"{name} is no figure")


def _whole(text: str) -> int:
    if len(text) > 20:
        raise _wrong("a whole number has more than 20 digits")
    return int(text)


def _look(value: Any, depth: int) -> None:
    """No level too deep; no text with NUL or half a character, which no database text may hold."""
    if depth > DEEP:
        raise _wrong(f"the body is deeper than {DEEP} levels")
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise Problem(422, "api.text", "a text has a character that none may have", "Leave it out.")
    elif isinstance(value, dict):
        for name, each in value.items():
            _look(name, depth)
            _look(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _look(each, depth + 1)
