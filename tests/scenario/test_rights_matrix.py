"""The matrix: every route and act x every default role x own, a team's, a colleague's and another company's object.

What is expected is worked out here from the table of roles, read anew by a few lines of this file and not by the code
that decides: denied is 403 (or 404 for what one may not know of), and nothing has changed then, asked of all tables.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.test import Client

from backstay.interfaces.imports import declared
from backstay.interfaces.reports import REPORTS
from backstay.interfaces.web.resource import PAPERS
from backstay.interfaces.web.urls import PUBLIC, urlpatterns
from backstay.platform import context, rows
from backstay.platform.models import Membership, Role, TeamMember, User, Webhook
from backstay.platform.resources import EXTRA, PAGES, RESOURCES, Resource
from backstay.platform.roles import NAMES, TABLE, TIMED
from tests.full import PASSWORD, Full, make_full

WIDTH = {"": 0, "own": 1, "team": 2, "company": 3}
# Roles of the matrix: the default ones, and two whose rows are limited in everything.
LIMITED = {"own_only": "own", "team_only": "team"}
ROLES = (*NAMES, *LIMITED, "nobody")


# ---- the oracle: the table of roles, read a second way ----


def table(role: str) -> list[tuple[str, set[str], str, set[str]]]:
    """(resources, acts, scope, hidden) of a role."""
    if role in LIMITED:
        return [("*", {"*"}, LIMITED[role], set())]
    made = []
    for line in TABLE.splitlines():
        cells = [c.strip() for c in line.split("|")]
        if len(cells) == 5 and cells[0] == role:
            hidden = {f[1:] for f in cells[4].split() if f.startswith("-")}
            made.append((cells[1], set(cells[2].split()), cells[3], hidden))
    return made


def reach(role: str, action: str) -> str:
    """ "" or how far a role reaches with an action."""
    kind, _dot, act = action.rpartition(".")
    found = [
        scope
        for resources, acts, scope, _ in table(role)
        if fnmatchcase(kind, resources) and {act, "*"} & acts
    ]
    return max(found, key=WIDTH.__getitem__, default="")


def hides(role: str, kind: str) -> bool:
    """Whether something of a kind is hidden."""
    return any(
        hidden
        for resources, acts, _, hidden in table(role)
        if hidden and fnmatchcase(kind, resources) and {"read", "*"} & acts
    )


def owned(kind: str) -> bool:
    """Whether rows of a kind are somebody's own."""
    model = next((r.of for r in RESOURCES.values() if r.kind == kind), None)
    return model is not None and any(f.name == "created_by" for f in model._meta.concrete_fields)


def allowed(role: str, action: str, whose: str = "") -> bool:
    """Whether a role may do an action; ``whose``: me, mate, colleague (of this company); "" without an object."""
    scope = reach(role, action)
    if scope in ("", "company"):
        return bool(scope)
    if not owned(action.rpartition(".")[0]):
        return False
    return whose in {"own": ("", "me"), "team": ("", "me", "mate")}[scope]


def whole(role: str, action: str) -> bool:
    """Whether it reaches all of the company with nothing hidden."""
    return reach(role, action) == "company" and not hides(role, action.rpartition(".")[0])


# ---- the world ----


@dataclass
class Cast:
    """The full company and a person of each role; ``objects``: kind → whose → id."""

    full: Full
    clients: dict[str, Client]
    users: dict[str, User]
    objects: dict[str, dict[str, int]]


def _join(company: int, name: str, role: str) -> User:
    made = User.objects.create_user(f"{name}.{company}@matrix.example", PASSWORD, name=name.title())
    with context.work(company, "system:test") as ctx:
        until = ctx.today.replace(year=ctx.today.year + 1) if role in TIMED else None
        rows.insert(
            Membership, {"user_id": [made.pk], "role": [role], "since_on": [ctx.today], "until_on": [until]}
        )
    return made


@pytest.fixture(scope="module")
def cast(database: str) -> Cast:
    full = make_full(16)
    users = {role: _join(full.company, f"m.{role}", role) for role in ROLES}
    mate = _join(full.company, "m.mate", "nobody")
    with full.work() as ctx:
        for code, scope in LIMITED.items():
            Role.objects.create(
                company_id=full.company, code=code, name=code, rights=[["*", ["*"], scope, [], []]]
            )
        team = [(f"t{n}", users[role].pk) for n, role in enumerate(ROLES)]
        rows.insert(TeamMember, {"team": [t for t, _ in team] * 2, "user_id": [u for _, u in team] + [mate.pk] * len(team),
                                 "since_on": [ctx.today] * 2 * len(team)})  # fmt: skip
    clients = {}
    for role, user in users.items():
        clients[role] = Client()
        clients[role].force_login(user)
    return Cast(full, clients, users | {"mate": mate}, _objects(full))


def _objects(full: Full) -> dict[str, dict[str, int]]:
    """Three rows of each kind (given to whom a request is made, before it), and one of another company."""
    made: dict[str, dict[str, int]] = {}
    with full.work():
        for resource in RESOURCES.values():
            ids = list(
                resource.of._default_manager.filter(company_id=full.company)
                .order_by("id")
                .values_list("pk", flat=True)[:3]
            )
            made[resource.kind] = dict(zip(("me", "mate", "colleague"), ids, strict=False))
        hooks = list(
            Webhook.objects.filter(company_id=full.company).order_by("id").values_list("pk", flat=True)
        )
        made["platform.webhook"] = dict(zip(("me", "mate", "colleague"), hooks, strict=True))
    return made


def give(cast: Cast, role: str, owner: Any) -> None:
    """Make the three rows of each kind the person's own, a mate's and a stranger's: past every rule, as the owner of the
    tables, since a posted document never changes its author."""
    owner.execute("SET session_replication_role = replica")
    for resource in RESOURCES.values():
        if not owned(resource.kind):
            continue
        told = cast.objects[resource.kind]
        for whose, ident in told.items():
            who = {"me": cast.users[role].pk, "mate": cast.users["mate"].pk}.get(whose)
            actor = f"user:{who}" if who else "system:test"
            owner.execute(
                f"UPDATE {resource.of._meta.db_table} SET created_by = %s WHERE id = %s", [actor, ident]
            )
    owner.execute("SET session_replication_role = DEFAULT")


# ---- what is asked ----


def objects_of(cast: Cast, role: str, kind: str) -> list[tuple[str, int]]:
    """(whose, id) to ask for: a role without narrow scopes meets a colleague's alone, where all are the same to it."""
    narrow = any(scope != "company" for _, _, scope, _ in table(role))
    return [
        (whose, i)
        for whose, i in cast.objects[kind].items()
        if narrow or whose == "colleague" or len(cast.objects[kind]) < 3
    ]


def views(resource: Resource) -> Iterator[tuple[str, str]]:
    """(address, action) of what shows a kind without an object."""
    path, read, make = resource.path, f"{resource.kind}.read", f"{resource.kind}.create"
    yield f"/{path}?all=1", read
    yield f"/{path}/export.csv?all=1", read
    yield f"/find/ref?kind={resource.kind}&q=a", read
    if resource.board:
        yield f"/{path}/board", read
    if resource.calendar:
        yield f"/{path}/calendar", read
    if "create" in resource.acts:
        if f"{path}/new" not in PAGES:
            yield f"/{path}/new", make
        if resource.form:
            yield f"/{path}/import", make
            yield f"/{path}/import/template.csv", make


def of_object(resource: Resource, ident: int) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """(method, address, action, what is sent) of everything done to one object; what is sent changes nothing that is
    right, so that an allowed one is refused by a rule, or leads on."""
    path, kind = resource.path, resource.kind
    yield "get", f"/{path}/{ident}", f"{kind}.read", {}
    yield "post", f"/{path}/{ident}/comment", f"{kind}.comment", {"text": ""}
    yield "post", f"/{path}/{ident}/files", f"{kind}.comment", {}
    if kind in PAPERS:
        yield "get", f"/papers/{PAPERS[kind]}/{ident}.pdf", f"{kind}.read", {}
        yield "post", f"/{path}/{ident}/mail", f"{kind}.send", {"to": "nobody@example.com"}
    if "change" in resource.acts:
        yield "get", f"/{path}/{ident}/edit", f"{kind}.change", {}
        yield "post", f"/{path}/{ident}/quick", f"{kind}.change", {"name": "nothing"}
    for act in (*resource.acts, *EXTRA.get(kind, {})):
        if act not in ("create", "change"):
            yield "post", f"/{path}/act/{act}", f"{kind}.{act}", {"ids": str(ident), "once": ""}


def pages() -> Iterator[tuple[str, str, bool]]:
    """(address, action, whether it shows the whole company) of pages made by hand that name no object."""
    for page in PAGES.values():
        if "<" not in page.path:
            yield f"/{page.path}", page.action, True


def digest(full: Full, but: tuple[str, ...] = ()) -> str:
    """What all tables of the company hold, in a few figures; ``but`` some tables."""
    with full.work():
        tables = [t for (t,) in rows.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
                  " AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'company_id') ORDER BY 1")]  # fmt: skip
        sql = " UNION ALL ".join(
            f"SELECT '{t}', count(*) || ':' || coalesce(max(xmin::text::bigint), 0) FROM {t} WHERE company_id = {full.company}"
            for t in tables
            if t not in but
        )
        return " | ".join(f"{t} {r}" for t, r in rows.execute(f"{sql} ORDER BY 1"))


def told(answer: Any) -> str:
    """What an answer says of permission: "denied", "allowed"."""
    return "denied" if answer.status_code in (403, 404) else "allowed"


# ---- the matrix ----


EVERY = pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)])


def sampled(every: bool, expected: bool, role: str, address: str) -> bool:
    """Whether to ask: always where it should be denied; what is allowed is drawn, which takes time, and a fifth of it is
    asked in a short run, another fifth by each role."""
    return every or not expected or zlib.crc32(f"{role}{address}".encode()) % 5 == 0


@EVERY
@pytest.mark.parametrize("role", ROLES)
def test_screens_without_an_object(cast: Cast, role: str, every: bool) -> None:
    """Lists, exports, search, boards, calendars, forms, imports, pages and reports; a denied one is a plain 403."""
    client, wrong = cast.clients[role], []
    before = digest(cast.full)
    for resource in RESOURCES.values():
        for address, action in views(resource):
            expected = allowed(role, action)
            if "/import" in address and declared.changeable(resource):  # who may change brings changes
                expected = expected or allowed(role, f"{resource.kind}.change")
            if address.endswith("/new") or "/import" in address:
                expected = expected and not _lines_ruled(role, resource)
            if not sampled(every, expected, role, address):
                continue
            answer = client.get(address)
            if (answer.status_code == 200) != expected or (
                not expected and answer.status_code not in (403, 404)
            ):
                wrong.append((address, action, expected, answer.status_code))
    for address, action, _ in pages():
        if not sampled(every, whole(role, action), role, address):
            continue
        answer = client.get(address)
        if (answer.status_code in (200, 302, 409)) != whole(role, action):
            wrong.append((address, action, whole(role, action), answer.status_code))
    for name, spec in REPORTS.items():
        asks = [f"{kind}.read" for kind in spec.kinds]
        expected = allowed(role, spec.action) and all(
            allowed(role, a) and not hides(role, a.rpartition(".")[0]) for a in asks
        )
        if not spec.of_rows:
            expected = expected and all(whole(role, a) for a in (spec.action, *asks))
        for address in (f"/reports/{name}", f"/reports/{name}.csv"):
            if not sampled(every, expected, role, address):
                continue
            answer = client.get(address)
            if (answer.status_code in (200, 404, 409)) != expected or (
                answer.status_code == 404 and not expected
            ):
                wrong.append((address, spec.action, expected, answer.status_code))
    assert wrong == []
    assert digest(cast.full) == before


def _lines_ruled(role: str, resource: Resource) -> bool:
    columns = {n.partition(":")[0] for n in resource.lines.grid} if resource.lines else set()
    return any(
        columns & hidden for resources, _, _, hidden in table(role) if fnmatchcase(resource.kind, resources)
    )


@EVERY
@pytest.mark.parametrize("role", ROLES)
def test_objects_own_a_mates_a_colleagues_and_foreign(
    cast: Cast, role: str, superuser: Any, every: bool
) -> None:
    """FAILURES 60, 61: every act on every object; what is another's is not found, and stays as it is."""
    give(cast, role, superuser)
    client, wrong = cast.clients[role], []
    before = digest(cast.full)
    for resource in RESOURCES.values():
        for whose, ident in objects_of(cast, role, resource.kind):
            seen = allowed(role, f"{resource.kind}.read", whose)
            for method, address, action, data in of_object(resource, ident):
                expected = (
                    seen and allowed(role, action, whose)
                    if address.split("/")[-2] != "act"
                    else allowed(role, action, whose)
                )
                if expected and method == "post":
                    continue  # what is allowed is done in test_contracts; here nothing may change
                if address.endswith("/edit") or address.endswith("/quick"):
                    expected = expected and not _lines_ruled(role, resource)
                if expected and address.startswith("/papers"):
                    expected = not hides(role, resource.kind)
                if not sampled(every, expected, role, address):
                    continue
                answer = getattr(client, method)(address, data)
                if (told(answer) == "allowed") != expected and not (
                    expected and answer.status_code == 404 and "papers" in address
                ):
                    wrong.append((method, address, action, whose, expected, answer.status_code))
                if (
                    not seen
                    and not expected
                    and reach(role, f"{resource.kind}.read")
                    and method == "get"
                    and answer.status_code != 404
                ):
                    wrong.append((method, address, action, whose, "should not be found", answer.status_code))
    for page in PAGES.values():
        if "<int:ident>" not in page.path or page.action.startswith("accounting."):
            continue
        kind = page.action.rpartition(".")[0]
        for whose, ident in objects_of(cast, role, kind):
            if not sampled(every, allowed(role, page.action, whose), role, page.path):
                continue
            answer = client.get(f"/{page.path.replace('<int:ident>', str(ident))}")
            if (told(answer) == "allowed") != allowed(role, page.action, whose):
                wrong.append(
                    (
                        "get",
                        page.path,
                        page.action,
                        whose,
                        allowed(role, page.action, whose),
                        answer.status_code,
                    )
                )
    assert wrong == []
    assert digest(cast.full) == before


def test_foreign_objects_are_not_found(cast: Cast) -> None:
    """FAILURES 60: an owner of another company meets every object of this one: 404, whatever he tries."""
    client, wrong = cast.full.client("other"), []
    before = digest(cast.full)
    for resource in RESOURCES.values():
        ident = cast.objects[resource.kind]["me"]
        for method, address, _action, data in of_object(resource, ident):
            answer = getattr(client, method)(address, data)
            if answer.status_code not in (404, 409):
                wrong.append((method, address, answer.status_code))
    assert wrong == []
    assert digest(cast.full) == before


# ---- strangers ----


def routes() -> Iterator[str]:
    """Every address there is, with something in the place of its parts."""
    parts = {"res": "sales/orders", "int": "1", "slug": "csv", "str": "x"}
    for route in urlpatterns:
        yield "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: parts.get(m[1] or "str", "x"), str(route.pattern))


def test_strangers_find_nothing_but_the_public_list(cast: Cast) -> None:
    """FAILURES 63: open to a stranger is what stands in PUBLIC, and nothing else; a script is told 401."""
    stranger, before = Client(), digest(cast.full)
    found = set()
    for address in routes():
        for answer in (
            stranger.get(address),
            stranger.post(address, {}),
            stranger.get(address, HTTP_ACCEPT="application/json"),
        ):
            sent_away = answer.status_code == 302 and answer["Location"].startswith("/sign-in")
            if not (sent_away or answer.status_code in (401, 404, 405)):
                found.add(address)
    assert {address for address in found if not address.startswith("/sign-in/")} == set(PUBLIC)
    assert digest(cast.full) == before
