"""Write the typed Python client (clients/python/backstay_client) from the API's own description: ``./dev client``.

Types of what goes in and out become TypedDicts, every resource a class, every operation a method. A test holds that what is
committed is what this writes (tests/scenario/test_api_client.py).
"""

from __future__ import annotations

import keyword
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "clients/python/backstay_client"
HEAD = '"""{}\n\nWritten by tools/client.py from the API\'s description: change that, not this.\n"""\n\nfrom __future__ import annotations\n\n'
Told = dict[str, Any]


def type_of(told: Told) -> str:
    """The Python type of a schema."""
    if "$ref" in told:
        return str(told["$ref"].rpartition("/")[2])
    if "anyOf" in told:
        return " | ".join(dict.fromkeys(type_of(each) for each in told["anyOf"]))
    if "const" in told:
        return f"Literal[{told['const']!r}]"
    if "enum" in told:
        return f"Literal[{', '.join(repr(word) for word in told['enum'])}]"
    kind = told.get("type")
    if kind == "array":
        return f"list[{type_of(told.get('items', {}))}]"
    if kind == "object" and isinstance(told.get("additionalProperties"), dict):
        return f"dict[str, {type_of(told['additionalProperties'])}]"
    plain = {"string": "str", "integer": "int", "boolean": "bool", "null": "None", "object": "dict[str, Any]"}
    return plain.get(str(kind), "Any")


def types(schema: Told) -> str:
    """All types as a module."""
    made = [HEAD.format("What goes in and out."), "from typing import Any, Literal, Required, TypedDict\n"]
    for name, told in sorted(schema["components"]["schemas"].items()):
        if "properties" not in told:
            continue
        needed = set(told.get("required", ()))
        made.append(f"\n\nclass {name}(TypedDict, total=False):\n")
        made.append(f'    """{told.get("description", "").strip() or "What is told."}"""\n\n')
        for field, kind in told["properties"].items():
            text = type_of(kind)
            made.append(f"    {field}: {f'Required[{text}]' if field in needed else text}\n")
    return "".join(made)


def python(name: str) -> str:
    """A name as Python takes it."""
    plain = re.sub(r"\W", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def groups(schema: Told) -> dict[str, list[tuple[str, str, Told]]]:
    """Operations by what they belong to: ``sales/orders``, ``reports``, or "" for the rest."""
    made: dict[str, list[tuple[str, str, Told]]] = {}
    for path, ways in schema["paths"].items():
        parts = path.removeprefix("/api/v1/").split("/")
        group = (
            "reports" if parts[0] == "reports" else "/".join(parts[:2]) if _of_resource(schema, parts) else ""
        )
        for method, told in ways.items():
            made.setdefault(group, []).append((method.upper(), path, told))
    return made


def _of_resource(schema: Told, parts: list[str]) -> bool:
    return (
        len(parts) >= 2
        and "get" in schema["paths"].get("/api/v1/" + "/".join(parts[:2]), {})
        and not parts[1].startswith("{")
    )


def method_name(method: str, path: str, group: str) -> str:
    """What an operation is called on its class."""
    rest = path.removeprefix("/api/v1/").removeprefix(group).strip("/")
    if group in ("reports", ""):
        return python(
            rest.removesuffix("/{id}").removesuffix(".json").replace("/", "_").replace("-", "_") or "names"
        )
    known = {("GET", ""): "list", ("POST", ""): "create", ("GET", "{id}"): "get", ("PATCH", "{id}"): "update", ("POST", "bulk"): "create_many", ("POST", "{id}/files"): "upload"}  # fmt: skip
    if (method, rest) in known:
        return known[method, rest]
    first, _slash, act = rest.partition("/")
    return python(act.replace("/", "_").replace("-", "_") + ("_many" if first == "bulk" else ""))


def method_text(group: str, method: str, path: str, told: Told) -> Iterator[str]:
    """A method, and for a list the one that goes through all of its pages."""
    name = method_name(method, path, group)
    query = [p for p in told.get("parameters", []) if p["in"] == "query"]
    if name == "list" and not any(p["name"] == "after" for p in query):
        name = "get"  # an answer of one page
    heads = {p["name"] for p in told.get("parameters", []) if p["in"] == "header"}
    body = told.get("requestBody", {}).get("content", {})
    given, sent = [], [f'"{method}"', f'f"{path}"' if "{id}" in path else f'"{path}"']
    if "{id}" in path:
        given.append("id: int")
    if "multipart/form-data" in body:
        given += ["name: str", "content: bytes"]
        sent.append("file=(name, content)")
    elif body:
        kind = type_of(body["application/json"]["schema"])
        given.append(
            f"body: {kind}" if told["requestBody"].get("required") else f"body: {kind} | None = None"
        )
        sent.append(
            "body=body if body is not None else {}"
            if not told["requestBody"].get("required")
            else "body=body"
        )
    named = [
        f"{python(p['name'])}: {type_of(p['schema'])}" + ("" if p.get("required") else " | None = None")
        for p in query
    ]
    if query:
        sent.append("query={" + ", ".join(f'"{p["name"]}": {python(p["name"])}' for p in query) + "}")
    if "If-Match" in heads:
        named.append("if_match: str" if method == "PATCH" else "if_match: str | None = None")
        sent.append("if_match=if_match")
    if "Idempotency-Key" in heads:
        named.append("key: str | None = None")
        sent.append("key=key")
    answer = answer_of(told)
    call = "self._http.content" if answer == "bytes" else "self._http.ask"
    arguments = ", ".join(["self", *given, *(["*", *named] if named else [])])
    doc = " ".join(t for t in (told["summary"].rstrip(".") + ".", told.get("description", "")) if t).strip()
    yield f'    def {name}({arguments}) -> {answer}:\n        """{doc}"""\n'
    yield f"        answer: {answer} = {call}({', '.join(sent)})\n        return answer\n\n"
    if name == "list":
        rest = ", ".join(n for n in named if not n.startswith("after:"))
        again = ", ".join(f"{python(p['name'])}={python(p['name'])}" for p in query if p["name"] != "after")
        row = type_of({"$ref": answer.removesuffix("Page")})
        yield f'    def every(self, *, {rest}) -> Iterator[{row}]:\n        """All of them, page by page."""\n'
        yield f"        return pages(lambda after: self.list(after=after, {again}))\n\n"


def answer_of(told: Told) -> str:
    """The type of what comes back; of several, any of them."""
    kinds = []
    for status in ("200", "201", "202"):
        content = told["responses"].get(status, {}).get("content", {})
        if "application/json" in content:
            kinds.append(type_of(content["application/json"]["schema"]))
        elif content:
            kinds.append("bytes")
    return " | ".join(dict.fromkeys(kinds)) or "None"


def class_name(group: str) -> str:
    """``sales/time-sheets`` → ``SalesTimeSheets``."""
    return "".join(part.title() for part in re.split(r"[/-]", group))


def resources(schema: Told) -> str:
    """Every resource's class, and the client that has one of each."""
    found = groups(schema)
    names = sorted(n for n, t in schema["components"]["schemas"].items() if "properties" in t)
    made = [
        HEAD.format("Resources and their operations."),
        "from collections.abc import Iterator\nfrom typing import Any, Literal\n\n",
    ]
    made.append(
        "from backstay_client.http import Http, pages\nfrom backstay_client.types import (\n"
        + "".join(f"    {n},\n" for n in names)
        + ")\n"
    )
    for group in sorted(g for g in found if g):
        made.append(
            f'\n\nclass {class_name(group)}:\n    """{group}."""\n\n    def __init__(self, http: Http) -> None:\n        self._http = http\n\n'
        )
        for method, path, told in found[group]:
            made += method_text(group, method, path, told)
    made.append(
        '\n\nclass Client:\n    """A company\'s Backstay, as a token\'s person may use it."""\n\n    def __init__(self, address: str, token: str) -> None:\n'
    )
    made.append("        self._http = Http(address, token)\n")
    made += [
        f"        self.{python(g.replace('/', '_').replace('-', '_'))} = {class_name(g)}(self._http)\n"
        for g in sorted(found)
        if g
    ]
    made.append("\n")
    for method, path, told in found[""]:
        made += method_text("", method, path, told)
    return "".join(made)


def written(schema: Told) -> dict[str, str]:
    """file → its text, as it is committed."""
    made = {"types.py": types(schema), "resources.py": resources(schema)}
    command = [sys.executable, "-m", "ruff"]
    for name, text in made.items():
        at = str(TARGET / name)
        sorted_ = subprocess.run([*command, "check", "-q", "--fix-only", "--select", "I,F401", "--stdin-filename", at, "-"], input=text, capture_output=True, text=True, check=True, cwd=ROOT)  # fmt: skip
        shaped = subprocess.run([*command, "format", "-q", "--stdin-filename", at, "-"], input=sorted_.stdout, capture_output=True, text=True, check=True, cwd=ROOT)  # fmt: skip
        made[name] = shaped.stdout
    return made


def main() -> None:
    """Write the files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backstay.settings")
    import django

    django.setup()
    from backstay.interfaces.api.schema import schema

    for name, text in written(schema()).items():
        (TARGET / name).write_text(text, encoding="utf-8")
        print(f"{name}: {text.count(chr(10)):,} lines")


if __name__ == "__main__":
    main()
