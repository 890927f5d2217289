"""The matrix of the API: every operation x every role x own, a mate's, a colleague's and another company's object.

What is expected is worked out as in ``test_rights_matrix``, from the table of roles read a second way; the operations come
from the register, so that one that is added, by declaration or by hand, is asked here without being named.
"""

# ruff: noqa: F811  (a fixture of the other matrix is asked for by its name)
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backstay.interfaces import tokens
from backstay.interfaces.api import door, register, served
from backstay.interfaces.api.door import Operation
from backstay.interfaces.reports import REPORTS
from backstay.platform import context
from backstay.platform.resources import RESOURCES
from tests.programs import Program, program
from tests.scenario.test_rights_matrix import (  # noqa: F401  a fixture among them
    EVERY,
    ROLES,
    Cast,
    _lines_ruled,
    allowed,
    cast,
    digest,
    give,
    hides,
    objects_of,
    reach,
    sampled,
    whole,
)

BY_KIND = {r.kind: r for r in RESOURCES.values()}
OPEN = {
    "getMe",
    "getSchema",
    "listReports",
    "getWork",
    "getFile",
}  # for every token; what they show is asked apart


WHOLE = ("listPayable", "createBankingPaymentRun")  # what all suppliers get, for who may pay all
EXPLICIT = [
    ("banking.paymentrun", act) for act in ("create", "file", "reverse")
]  # what a wildcard does not reach


def operations() -> list[tuple[str, str, Operation]]:
    served.built()
    return [(method, path, told) for (method, path), (told, _view, _more) in register.REGISTERED.items()]


@pytest.fixture(scope="module", autouse=True)
def as_often_as_wanted() -> Iterator[None]:
    """A matrix asks more in a minute than a program may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "RATE", 10**6)
        yield


@pytest.fixture(scope="module")
def programs(cast: Cast) -> dict[str, Program]:
    """A program of each role, with every scope; a member without rights has a token of before he lost them."""
    made = {}
    for role, user in cast.users.items():
        if role in ("nobody", "mate"):
            continue
        with context.work(cast.full.company, f"user:{user.pk}") as ctx:
            named = [f"{kind}:{act}" for kind, act in EXPLICIT if ctx.rights.scope(f"{kind}.{act}")]
            made[role] = Program(tokens.create(ctx, role, [tokens.scope_of(s) for s in ("*:*", *named)])[1])
    return made


def expected(role: str, operation: Operation, whose: str = "") -> bool:
    """Whether a role may call an operation, for an object of somebody's or for none."""
    kind, _dot, act = operation.action.rpartition(".")
    if operation.name in OPEN:
        return True
    if kind.startswith("report."):
        spec = REPORTS[kind.removeprefix("report.")]
        asks = [f"{k}.read" for k in spec.kinds]
        may = allowed(role, operation.action) and all(
            allowed(role, a) and not hides(role, a.rpartition(".")[0]) for a in asks
        )
        return may if spec.of_rows else may and all(whole(role, a) for a in (operation.action, *asks))
    if operation.name in WHOLE:
        return whole(role, operation.action)
    if act in ("create", "change") and _lines_ruled(role, BY_KIND[kind]):
        return False
    seen = not whose or allowed(role, f"{kind}.read", whose)
    if act in ("read", "comment"):
        return (
            seen
            and allowed(role, operation.action, whose if act == "read" else "")
            and not (operation.name.endswith("Paper") and hides(role, kind))
        )
    return allowed(role, operation.action, whose)


def told(answer: Any) -> str:
    """ "denied" or "allowed", as the answer's code says; what a token's scopes do not name is told apart."""
    if answer.status_code in (403, 404):
        code = answer.json()["code"]
        assert code != "token.scope"
        if code == "token.explicit":  # he could not make a token that names it
            return "denied"
        return "denied" if code.startswith("access.") or code.endswith(".not_found") else "allowed"
    return "allowed"


@EVERY
@pytest.mark.parametrize("role", [r for r in ROLES if r != "nobody"])
def test_operations_without_an_object(
    cast: Cast, programs: dict[str, Program], role: str, every: bool
) -> None:
    """Lists, reports, making, many at once; what writes is sent in a way that no rule takes, so that nothing changes."""
    api, wrong, before = programs[role], [], digest(cast.full, but=CHANGING)
    for method, path, operation in operations():
        if "{" in path:
            continue
        may = expected(role, operation)
        if not sampled(every, may, role, path):
            continue
        body = (
            {"ids": [10**12]}
            if operation.name.count("Many") and not operation.name.startswith("create")
            else {}
        )
        if may and body:
            continue  # of none: it is asked for objects below
        answer = api.send(method, path, None if method == "GET" else body)
        if (told(answer) == "allowed") != may and not (
            answer.status_code == 422 and not may and method == "POST"
        ):
            wrong.append((method, path, operation.action, may, answer.status_code, answer.content[:120]))
    assert wrong == []
    assert digest(cast.full, but=CHANGING) == before


CHANGING = ("platform_token", "platform_answer")  # when a token was last used


@EVERY
@pytest.mark.parametrize("role", [r for r in ROLES if r != "nobody"])
def test_operations_on_objects(
    cast: Cast, programs: dict[str, Program], role: str, superuser: Any, every: bool
) -> None:
    """FAILURES 60, 61: own, a team's, a colleague's: what is not in reach is not found, what is not allowed is refused, and
    where it is denied nothing has changed in any table."""
    give(cast, role, superuser)
    api, wrong, before = programs[role], [], digest(cast.full, but=CHANGING)
    for method, path, operation in operations():
        kind = operation.action.rpartition(".")[0]
        bulk = operation.name.count("Many") and "{" not in path and not operation.name.startswith("create")
        if kind not in BY_KIND or not ("{" in path or bulk):
            continue
        for whose, ident in objects_of(cast, role, kind):
            may = expected(role, operation, whose)
            if (may and method != "GET") or not sampled(every, may, role, path):
                continue  # what is allowed is done in test_api_writing; here nothing may change
            body: Any = b"" if operation.upload else {"ids": [ident]} if bulk else {}
            answer = api.send(
                method,
                path.replace("{int:id}", str(ident)),
                None if method == "GET" else body,
                **{"If-Match": "*"},
            )
            if not told_right(answer, may, role, operation):
                wrong.append(
                    (method, path, operation.action, whose, may, answer.status_code, answer.content[:200])
                )
    assert wrong == []
    assert digest(cast.full, but=CHANGING) == before


def told_right(answer: Any, may: bool, role: str, operation: Operation) -> bool:
    """Who may do an act to some objects, and to this one not, may be told that his body lacks something: that tells nothing of
    the object. Who may not do it at all is told that alone."""
    if not may and operation.writes and reach(role, operation.action) and answer.status_code in (415, 422):
        return answer.json()["code"] in ("api.invalid", "api.media")
    return (told(answer) == "allowed") == may


def test_another_companys_program_meets_nothing(cast: Cast) -> None:
    """FAILURES 60: an owner elsewhere, with every scope: 404 for every object, read or written, one or many."""
    api, wrong, before = program(cast.full, "other"), [], digest(cast.full)
    for method, path, operation in operations():
        kind = operation.action.rpartition(".")[0]
        bulk = operation.name.count("Many") and "{" not in path and not operation.name.startswith("create")
        if kind not in BY_KIND or not ("{" in path or bulk):
            continue
        ident = cast.objects[kind]["me"]
        body = {"ids": [ident]} if bulk else {}
        answer = api.send(
            method,
            path.replace("{int:id}", str(ident)),
            None if method == "GET" else body,
            **{"If-Match": "*"},
        )
        if answer.status_code not in (404, 409, 415, 422):
            wrong.append((method, path, answer.status_code, answer.content[:200]))
    assert wrong == []
    assert digest(cast.full) == before


def test_strangers_and_narrow_tokens_are_refused_everywhere(cast: Cast) -> None:
    """Without a token 401; with one whose scopes name something else 403, whoever its person is; before anything is read."""
    stranger, narrow, before = (
        Program(),
        program(cast.full, scopes=["access.duty:read"]),
        digest(cast.full, but=CHANGING),
    )
    for method, path, operation in operations():
        address = path.replace("{int:id}", "1")
        answer = stranger.send(method, address, None if method == "GET" else {})
        assert answer.status_code == 401 and answer.json()["code"] == "token.wrong", (method, path)
        if operation.action:
            answer = narrow.send(method, address, None if method == "GET" else {})
            assert answer.status_code == 403 and answer.json()["code"] == "token.scope", (method, path)
    assert digest(cast.full, but=CHANGING) == before


def test_every_operation_names_its_action() -> None:
    """What is open to every token is a list; an operation that is added names its action, or is added to it."""
    assert {told.name for _m, _p, told in operations() if not told.action} == OPEN
    assert len(operations()) > 200
    assert {tuple(told.action.rsplit(".", 1)) for _m, _p, told in operations() if told.explicit} == set(
        EXPLICIT
    )
