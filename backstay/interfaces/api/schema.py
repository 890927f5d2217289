"""The API described in OpenAPI 3.1: what ninja writes of types and parameters, and what the door adds to every operation."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from django.utils import translation

from backstay.interfaces.api import served
from backstay.interfaces.api.door import JSON, Operation
from backstay.interfaces.api.problems import MEDIA
from backstay.interfaces.api.register import REGISTERED
from backstay.interfaces.api.shapes import ProblemDetails

ABOUT = (
    "Made from the declarations that the screens are made from: the same rules, rights and figures. Money and quantities are decimal "
    "figures as text, days are ISO 8601. Every refusal is a problem+json (RFC 9457) with the code of its rule and the remedy. "
    "See the handbook: docs/handbook/api.md."
)
PROBLEMS = {
    400: "The request cannot be read, or a write has no Idempotency-Key.", 401: "No token, or one that is not good any more.",
    403: "The token's scopes or the person's rights do not allow it.", 404: "There is no such object in reach.",
    406: "It is not answered in an accepted type.", 409: "A rule refuses; its code and its remedy are told.",
    412: "It has changed since it was read.", 413: "The body is too large.", 415: "The body is of another type.",
    422: "Something sent is not right; `errors` names each by its JSON pointer or parameter.", 428: "If-Match is needed.",
    429: "Too many requests; Retry-After says for how many seconds.",
}  # fmt: skip
LONG = {  # told before anything of ours is asked, so it is no problem+json
    "description": "The address has more than 8,190 bytes.",
    "content": {"text/html": {"schema": {"type": "string", "contentMediaType": "text/html"}}},
}
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^[!-~]{1,255}$", "maxLength": 255},
    "description": "New for each thing to be done, the same when it is sent again: then nothing is done and the first answer comes.",
}  # fmt: skip


@cache
def _built() -> dict[str, Any]:
    with translation.override("en"):
        served.built()
        told: dict[str, Any] = dict(served.ninja().get_openapi_schema(path_prefix="api/v1/"))
    told = _plain(copy.deepcopy(told))
    told["info"] = {
        "title": "Backstay",
        "version": "1",
        "description": ABOUT,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    told["servers"] = [{"url": "/"}]
    told["security"] = [{"token": []}]
    for (method, path), (operation, _view, _more) in REGISTERED.items():
        one = told["paths"][f"/api/v1{path.replace('{int:', '{')}"][method.lower()]
        one |= _completed(one, operation)
    parts = told["components"]
    parts["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of a person in a company: bkst_…",
        }
    }
    parts["schemas"]["ProblemDetails"] = _plain(
        ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    )
    parts["schemas"] |= parts["schemas"]["ProblemDetails"].pop("$defs", {})
    parts["responses"] = {
        f"P{status}": {
            "description": text,
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
        }
        for status, text in PROBLEMS.items()
    } | {"P414": LONG}
    used = _used(told["paths"], parts["schemas"], set(_used(parts["responses"], parts["schemas"], set())))
    parts["schemas"] = {name: each for name, each in parts["schemas"].items() if name in used}
    return told


def _used(told: Any, schemas: dict[str, Any], known: set[str]) -> set[str]:
    """The types that are referred to, one by another; ninja keeps those of parameters, too."""
    if isinstance(told, dict):
        name = str(told.get("$ref", "")).rpartition("/")[2]
        if name in schemas and name not in known:
            known.add(name)
            _used(schemas[name], schemas, known)
    for each in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        _used(each, schemas, known)
    return known


def schema() -> dict[str, Any]:
    """The whole description."""
    return copy.deepcopy(_built())


def _completed(told: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """What the door and the views add: keys and conditions, problems, types of answers that are no JSON."""
    needed = operation.more["if_match"]
    parameters = [p for p in told.get("parameters", []) if p]
    for each in parameters:
        each["schema"] = _never_null(each["schema"])
    if operation.writes:
        parameters.append(KEY)
    if needed:
        says = (
            "The ETag it was read with."
            if needed == "needed"
            else "The ETag it was read with; left out: however it is now."
        )
        parameters.append({"name": "If-Match", "in": "header", "required": False, "schema": {"type": "string", "pattern": '^("[0-9]{1,10}"|[*])$'}, "description": says})  # fmt: skip
    statuses = {401, 403, 404, 406, 409, 414, 422, 429} | ({400, 413, 415} if operation.writes else set())
    statuses |= {412} if needed else set()
    statuses |= {428} if needed == "needed" else set()
    responses = {str(s): r for s, r in told["responses"].items()}
    if "200" in responses:
        schema_of = responses["200"].get("content", {}).get(JSON)
        responses["200"]["content"] = {
            media: schema_of if media == JSON and schema_of else {"schema": {"type": "string", "contentMediaType": media}} for media in operation.media
        }  # fmt: skip
        responses["200"]["description"] = "Done." if operation.writes else "What was asked for."
    for status, text in (("201", "Made."), ("202", "Begun; it goes on in the background.")):
        if status in responses:
            responses[status]["description"] = text
    responses |= {str(s): {"$ref": f"#/components/responses/P{s}"} for s in sorted(statuses)}
    made = {"parameters": parameters, "responses": responses}
    body = told.get("requestBody")
    if body and not operation.upload:
        made["requestBody"] = body | {"required": operation.more["body_needed"]}
    if operation.deprecated:
        made["deprecated"] = True
    return made


def _never_null(schema_: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or it is not: it is never null."""
    found = [s for s in schema_.get("anyOf", []) if s.get("type") != "null"]
    if len(found) == 1 and len(schema_["anyOf"]) == 2:
        rest = {k: v for k, v in schema_.items() if k not in ("anyOf", "default")}
        return rest | found[0]
    return schema_


def _plain(told: Any) -> Any:
    """Without the titles that only repeat names; a field that is called title is no text, and stays."""
    if isinstance(told, dict):
        return {k: _plain(v) for k, v in told.items() if not (k == "title" and isinstance(v, str))}
    return [_plain(v) for v in told] if isinstance(told, list) else told
