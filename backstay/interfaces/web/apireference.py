"""The reference of the API for people: a page per part, made from its own description, without a script."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.sign import signed_in

FIRST = "Platform"


@signed_in
@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation of a part: what it is asked, what is sent, what comes back. In English, as the API speaks."""
    from backstay.interfaces.api.schema import schema

    told = schema()
    parts = sorted({tag for ways in told["paths"].values() for way in ways.values() for tag in way["tags"]})
    part = request.GET.get("part", FIRST)
    part = part if part in parts else FIRST
    operations = [
        _operation(told, method.upper(), path, way)
        for path, ways in told["paths"].items()
        for method, way in ways.items()
        if part in way["tags"]
    ]
    context = {
        "parts": parts,
        "part": part,
        "operations": operations,
        "address": request.build_absolute_uri("/api/v1/"),
    }
    return render(request, "backstay/api.html", frame(request, "account", **context))


def _operation(told: dict[str, Any], method: str, path: str, way: dict[str, Any]) -> dict[str, Any]:
    body = way.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    answers = [(status, _answer(told, each)) for status, each in way["responses"].items()]
    made = next((each for status, each in way["responses"].items() if status[0] == "2"), {})
    returned = made.get("content", {}).get("application/json", {}).get("schema", {})
    parameters = [
        {
            "name": p["name"],
            "type": _type(p["schema"]),
            "needed": p.get("required"),
            "says": p.get("description", ""),
        }
        for p in way.get("parameters", [])
    ]
    return {
        "method": method, "path": path, "summary": way["summary"], "says": way.get("description", ""), "id": way["operationId"], "parameters": parameters,
        "body": _fields(told, body), "returned": _fields(told, returned), "answers": answers,
    }  # fmt: skip


def _answer(told: dict[str, Any], each: dict[str, Any]) -> str:
    name = each.get("$ref", "").rpartition("/")[2]
    return str(told["components"]["responses"][name]["description"] if name else each.get("description", ""))


def _fields(told: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a type, those of its lines indented below."""
    name = schema.get("$ref", "").rpartition("/")[2]
    of = told["components"]["schemas"].get(name, {})
    needed = set(of.get("required", ()))
    return [
        {"name": field, "type": _type(kind), "needed": field in needed, "says": kind.get("description", "")}
        for field, kind in of.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    """A type in words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(
            dict.fromkeys(_type(each) for each in schema["anyOf"] if each.get("type") != "null")
        )
    if "enum" in schema:
        return " | ".join(str(word) for word in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))
