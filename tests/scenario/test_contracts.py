"""What every declared resource must keep, asked of each: a new domain inherits these tests by its declaration.

Rendering for an owner; refusal for who may not, and for another company; permission and once for every act; exports that
open again; statements that do not grow with rows; only declared fields change; every address for every kind of person.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import typing
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import URLPattern

from backstay.base.errors import Denied
from backstay.interfaces.web import acts, listing, quick
from backstay.interfaces.web.urls import urlpatterns
from backstay.platform import access, rows
from backstay.platform.resources import EXTRA, PAGES, RESOURCES, Resource, check_all, draft_of
from tests.full import Full, make_full

JSON = {"HTTP_ACCEPT": "application/json"}
PATHS = sorted(RESOURCES)
ACTS = sorted((r.path, act) for r in RESOURCES.values() for act in (*r.acts, *EXTRA.get(r.kind, {})))


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    return make_full()


@pytest.fixture(scope="module")
def acting(database: str) -> Full:
    """Another such company, in which every act is done."""
    return make_full(24)


def views_of(resource: Resource, ident: int) -> list[str]:
    """Every address of a resource that shows something."""
    path = f"/{resource.path}"
    made = [f"{path}?all=1", f"{path}?all=1&q=a", f"{path}/export.csv?all=1", f"{path}/export.xlsx?all=1"]
    made += [f"{path}/{ident}"] if ident else []
    made += [f"{path}/new"] if "create" in resource.acts else []
    made += [f"{path}/{ident}/edit"] if "change" in resource.acts and ident else []
    made += [f"{path}/board"] if resource.board else []
    made += [f"{path}/calendar", f"{path}/calendar?week=2026-02-02"] if resource.calendar else []
    made += [f"{path}?{query}" for query in resource.views.values()]
    made += [f"{path}?group={f.name}" for f in listing.groupable(resource)]
    return made


def test_every_declaration_checks() -> None:
    assert check_all() == []
    assert len(PATHS) >= 19
    assert {"projects/projects", "projects/tasks", "projects/time-sheets"} <= set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_an_owner_sees_it(full: Full, path: str) -> None:
    resource, client = RESOURCES[path], full.client("owner")
    ident = full.first(resource)
    assert ident, "the full company has one of each"
    for address in views_of(resource, ident):
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer["Content-Type"].startswith("text/html"):
            text = answer.content.decode()
            assert re.search(r"<h1[ >]", text), address
            assert not re.search(r"<[^>]+ (style|onclick)=", text), address


@pytest.mark.parametrize("path", PATHS)
def test_who_may_not_is_refused(full: Full, path: str) -> None:
    """403 for a member without rights, 404 for another company's owner, the sign-in for a stranger; nothing changes."""
    resource = RESOURCES[path]
    ident, before = full.first(resource), full.counts()
    guest, other, stranger, lonely = (full.client(k) for k in ("guest", "other", "stranger", "lonely"))
    posts = [f"/{path}/act/{act}" for act in resource.acts if act not in ("create", "change")]
    posts += [f"/{path}/new"] if "create" in resource.acts else []
    posts += [f"/{path}/{ident}/edit", f"/{path}/{ident}/quick"] if "change" in resource.acts else []
    posts += [f"/{path}/move"] if resource.board else []
    posts += [f"/{path}/{ident}/comment", f"/{path}/views"]
    data = {
        "ids": str(ident),
        "id": str(ident),
        "name": "name",
        "value": "x",
        "text": "x",
        "do": "make",
        "to": "done",
        "on": "2026-02-28",
    }
    for address in views_of(resource, ident):
        assert guest.get(address).status_code == 403, address
        assert lonely.get(address).status_code == 403, address
        assert stranger.get(address)["Location"].startswith("/sign-in"), address
    for address in posts:
        assert guest.post(address, data | {"once": address}).status_code == 403, address
        assert stranger.post(address, data).status_code == 302, address
        answer = other.post(address, data | {"once": address})
        assert answer.status_code in (302, 404, 409) or (
            answer.status_code == 200 and address.endswith("/new")
        ), address
    for address in (f"/{path}/{ident}", *([f"/{path}/{ident}/edit"] if "change" in resource.acts else [])):
        assert other.get(address).status_code == 404, address
    listed = other.get(f"/{path}?all=1").content.decode()
    assert f'href="/{path}/{ident}"' not in listed
    assert full.counts() == before


@pytest.mark.parametrize("path", PATHS)
def test_an_export_opens_again(full: Full, path: str) -> None:
    """The rows of the list, all of them, with the heads of its columns."""
    from python_calamine import CalamineWorkbook

    client, resource = full.client("owner"), RESOURCES[path]
    with full.work():
        count = resource.of._default_manager.filter(company_id=full.company).count()
    text = client.get(f"/{path}/export.csv?all=1").content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert len(table) == count + 1
    assert {len(row) for row in table} == {len(resource.columns)}
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/{path}/export.xlsx?all=1").content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert len(sheet) == count + 1
    assert sheet[0] == table[0]


# ---- acts ----


def given(resource: Resource, act: str, ids: list[int]) -> tuple[list[Any], dict[str, Any]]:
    """Arguments for a process, whatever it asks; of the right kind, else arbitrary."""
    process = resource.process(act)
    hints = typing.get_type_hints(process)
    draft, more = draft_of(process)
    names = [n for n in hints if n not in ("ctx", "return")]
    first: Any = (
        {} if typing.get_origin(hints[names[0]]) is not None and "Mapping" in str(hints[names[0]]) else []
    )
    if draft is None and isinstance(first, list):
        first = ids
    values = {date: date(2026, 2, 28), str: "x", Decimal: Decimal(1), int: 1, bool: False}
    return [first], {
        n: next((v for t, v in values.items() if t in (h, *typing.get_args(h))), None)
        for n, h in more.items()
    }


@pytest.mark.parametrize(("path", "act"), ACTS)
def test_an_act_asks_for_permission(full: Full, monkeypatch: pytest.MonkeyPatch, path: str, act: str) -> None:
    """The process itself asks ``may`` with its context, and refuses a member without rights; nothing changes."""
    resource, asked = RESOURCES[path], []
    before = full.counts()
    real = access.may

    def may(ctx: Any, action: str, objects: Any = ()) -> bool:
        asked.append((ctx.actor, action))
        return real(ctx, action, objects)

    monkeypatch.setattr(access, "may", may)
    guest = f"user:{full.users['guest'].pk}"  # type: ignore[union-attr]
    args, more = given(resource, act, [full.first(resource)])
    with pytest.raises(Denied), full.work(guest) as ctx:
        resource.process(act)(ctx, *args, **more)
    assert asked, f"{path}: {act} never asks"
    assert asked[-1][0] == guest
    with pytest.raises(Denied), full.work(guest) as ctx:
        acts.run(ctx, resource, act, [full.first(resource)], {})
    assert (guest, f"{resource.kind}.{act}") in asked
    assert full.counts() == before


def candidates(full: Full, resource: Resource, act: str) -> Iterator[int]:
    """Rows whose state allows an act and for which it is not pointless."""
    ready = resource.told("READY").get(resource.kind)
    with full.work() as ctx:
        found = list(resource.of._default_manager.filter(company_id=full.company).order_by("-id")[:200])
        idle = ready(ctx, [row.pk for row in found]) if ready else {}
        for row in found:
            if act in resource.transitions(getattr(row, "state", "")) and act not in idle.get(row.pk, set()):
                yield row.pk


DONE: dict[tuple[str, str], int] = {}


@pytest.mark.parametrize(("path", "act"), [(p, a) for p, a in ACTS if a not in ("create", "change")])
def test_an_act_twice_does_one_thing(acting: Full, path: str, act: str) -> None:
    """The second click of the same button leads where the first one led, and changes nothing."""
    resource, client = RESOURCES[path], acting.client("owner")
    if f"{path}/<int:ident>/{act}" in PAGES:
        pytest.skip("it has a page of its own")
    for n, ident in enumerate(list(candidates(acting, resource, act))[:8]):
        data = {
            "ids": str(ident),
            "once": f"{path}.{act}.{n}",
            "on": "2026-02-28",
            "text": "x",
            "reason": "x",
            "supplier_number": f"N{n}",
            "tracking": f"T{n}",
        }
        first = client.post(f"/{path}/act/{act}", data)
        after = acting.counts()
        second = client.post(f"/{path}/act/{act}", data)
        assert first.status_code in (302, 409), (first.status_code, ident)
        assert second.status_code == first.status_code
        assert acting.counts() == after, "the second click changed something"
        if first.status_code == 302:
            assert second["Location"] == first["Location"]
            DONE[path, act] = ident
            return


def test_most_acts_were_done(record_property: Any) -> None:
    """The test before is no test where every act is refused."""
    wanted = [
        (p, a) for p, a in ACTS if a not in ("create", "change") and f"{p}/<int:ident>/{a}" not in PAGES
    ]
    missing = sorted(set(wanted) - set(DONE))
    record_property("figures", f"{len(DONE)} of {len(wanted)} acts done; refused: {missing}")
    assert len(DONE) >= len(wanted) * 2 // 3, missing


# ---- every address, every kind of person ----


def addresses(full: Full, paths: list[str]) -> list[str]:
    """One address for every route, and for every route of a resource one for each of ``paths``."""
    made: list[str] = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern).replace("<brought:path>", "<res:path>")
        if route.startswith(("api/", "feeds/")):
            continue  # for programs: tests/scenario/test_api*.py, test_rights_api.py and test_feeds.py ask each of them
        for path in paths if "<res:path>" in route else [""]:
            ident = str(full.first(RESOURCES[path])) if path else "1"
            told = route.replace("<res:path>", path).replace(
                "<slug:act>", next(iter(RESOURCES[path].acts), "post") if path else "post"
            )
            told = re.sub(r"<int:\w+>", ident, told.replace("<slug:form>", "csv"))
            told = told.replace("<slug:name>", "trial-balance").replace("<slug:kind>", "invoices")
            told = re.sub(r"<(slug|str):\w+>", "x", told)
            assert "<" not in told, told
            made.append("/" + told)
    return made


@pytest.mark.parametrize("kind", ["owner", "guest", "other", "lonely", "stranger"])
def test_every_address_answers_every_person(full: Full, kind: str) -> None:
    """No 500; who may not gets a refusal or the sign-in."""
    client = full.client(kind)
    wanted = {"owner": {200, 302, 403, 404, 405, 409}, "guest": {200, 302, 403, 404, 405, 409}, "other": {200, 302, 403, 404, 405, 409},
              "lonely": {200, 302, 403, 405}, "stranger": {200, 302, 401, 403, 405}}[kind]  # fmt: skip
    told = addresses(full, PATHS if kind in ("owner", "guest") else PATHS[::7])
    assert len(told) > (300 if kind in ("owner", "guest") else 80)
    for address in told:
        for answer in (
            client.get(address),
            client.post(address, {"once": f"{kind}{address}"})
            if "sign-out" not in address
            else client.get("/healthz"),
        ):
            assert answer.status_code in wanted, (kind, answer.status_code, address)
            if kind == "stranger" and answer.status_code == 302:
                assert answer["Location"].startswith(("/sign-in", "/?")) or answer["Location"] == "/", address
            if (
                kind == "guest"
                and any(address.startswith(f"/{p}") for p in PATHS)
                and answer.status_code == 200
            ):
                raise AssertionError(f"a member without rights sees {address}")


def shape(address: str) -> str:
    """Addresses that differ in a number or in a value are of one shape; of a list, with filters or without."""
    path, _, query = address.partition("?")
    return re.sub(r"\d+", "1", path) + ("?" if query else "")


@pytest.mark.parametrize("kind", ["owner", "guest"])
def test_no_link_is_dead(full: Full, kind: str, record_property: Any) -> None:
    """From the first page along every kind of link that a person is shown; the policy is strict on every answer."""
    client: Client = full.client(kind)
    seen: set[str] = set()
    todo, wrong = ["/"], []
    while todo:
        address = todo.pop()
        answer = client.get(address.replace("&amp;", "&"))
        if answer.status_code != 200 and not (
            answer.status_code == 302 and answer["Location"].startswith("/")
        ):
            wrong.append((answer.status_code, address))
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy, address
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        assert not re.search(r"<[^>]+ (style|onclick)=", text), address
        base = address.partition("?")[0]
        for link in re.findall(r'href="([^"#]*)"', text):
            full_link = f"{base}{link}" if link.startswith("?") else link
            if (
                full_link.startswith("/")
                and not full_link.startswith("/static/")
                and shape(full_link) not in seen
            ):
                seen.add(shape(full_link))
                todo.append(full_link)
    assert wrong == []
    record_property("figures", f"{kind}: {len(seen)} kinds of addresses")
    assert len(seen) > (120 if kind == "owner" else 3)
    assert kind != "owner" or {"/papers/invoices/1.pdf", "/papers/payments/1.pdf"} <= seen


# ---- costs ----


def multiply(owner: psycopg.Connection[Any], full: Full, resource: Resource, wanted: int) -> None:
    """Copies of a row until there are ``wanted``, its unique texts made different, its span of days moved on."""
    table = resource.of._meta.db_table
    sql = f"SELECT count(*), max(id) FROM {table} WHERE company_id = %s"
    count, last = owner.execute(sql, [full.company]).fetchone() or (0, 0)
    texts = [
        f.column
        for f in resource.of._meta.concrete_fields
        if f.get_internal_type() == "CharField" and f.name in ("number", "code", "name", "iban", "sku")
    ]
    changed = ", ".join(f"'{c}', left(coalesce(to_jsonb(t) ->> '{c}', ''), 24) || n" for c in texts)
    names = {f.column for f in resource.of._meta.concrete_fields}
    if {"since_on", "until_on"} <= names:
        changed += ", 'since_on', t.since_on + n, 'until_on', t.until_on + n"
    changed = f"jsonb_build_object('id', nextval(pg_get_serial_sequence('{table}', 'id')){', ' + changed.lstrip(', ') if changed else ''})"
    owner.execute(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(null::{table}, to_jsonb(t) || {changed})).* FROM {table} t, generate_series(1, %s) n WHERE t.id = %s",
        [max(wanted - count, 0), last],
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_page_costs_the_same_however_many_rows(
    full: Full,
    owner: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    count_statements: Callable[[], Any],
    path: str,
) -> None:
    """Lists, boards and calendars: as many statements with 50 rows on the page as with 5."""
    resource, client = RESOURCES[path], full.client("owner")
    multiply(owner, full, resource, 50)
    addresses = (
        [f"/{path}?all=1"]
        + ([f"/{path}/board"] if resource.board else [])
        + ([f"/{path}/calendar?month=2026-02"] if resource.calendar else [])
    )

    def cost(size: int) -> list[int]:
        made = []
        monkeypatch.setattr(listing, "PAGE", size)
        for address in addresses:
            with count_statements() as n:
                answer = client.get(address)
            assert answer.status_code == 200
            made.append(len(n))
            if address.endswith("all=1"):
                shown = len(re.findall(r"<tr data-row=", answer.content.decode()))
                assert shown == size
        return made

    cost(5)
    assert cost(5) == cost(50)


# ---- only declared fields change ----


def junk(field: Any) -> str:
    """A value that fits a column and is not what it has."""
    kind = field.get_internal_type()
    return (
        "2031-05-05"
        if kind in ("DateField", "DateTimeField")
        else "reversed"
        if field.name == "state"
        else "7"
    )


@pytest.mark.parametrize("path", [p for p in PATHS if "change" in RESOURCES[p].acts])
def test_only_declared_fields_change(full: Full, path: str) -> None:
    """FAILURES 64: every column of the table posted to the form and to the cell; what is not declared stays."""
    resource, client, table = RESOURCES[path], full.client("owner"), RESOURCES[path].of._meta.concrete_fields
    declared = {n.partition(":")[0] for n in resource.form}
    with full.work() as ctx:
        found = resource.of._default_manager.filter(company_id=full.company).order_by("id")
        row = next(r for r in found if quick.open_to_change(resource, r))
        names = quick.editable(ctx, resource)
    before = {f.name: getattr(row, f.attname) for f in table}
    page = client.get(f"/{path}/{row.pk}/edit").content.decode()
    typed = dict(re.findall(r'name="([hl]\.[\w.]+)"[^>]*? value="([^"]*)"', page))
    typed |= {
        n: v
        for n, body in re.findall(r'<select[^>]* name="([hl]\.[\w.]+)"[^>]*>(.*?)</select>', page, re.S)
        for v in re.findall(r'value="([^"]*)" selected', body)
    }
    keys = re.search(r'name="keys" value="([^"]*)"', page)
    typed |= {"keys": keys[1] if keys else "", "do": "make", "once": f"mass.{path}", "revision": "0"}
    evil = {f"{p}{f.name}": junk(f) for f in table if f.name not in declared for p in ("h.", "", "h.data.")}
    evil |= {f"h.{f.attname}": junk(f) for f in table if f.is_relation and f.name not in declared}
    evil.pop("revision", None)
    answer = client.post(f"/{path}/{row.pk}/edit", evil | typed)
    assert answer.status_code == 302, re.findall(
        r'class="field-note bad[^>]*>(.*?)</div>|notice-bad.*?</p>', answer.content.decode(), re.S
    )[:5]
    for field in table:
        answer = client.post(
            f"/{path}/{row.pk}/quick",
            {"name": field.name, "value": junk(field), "was": "", "revision": "0"},
            **JSON,
        )
        assert field.name in names or answer.status_code == 409, field.name
        if field.name in names:
            assert answer.status_code in (200, 409), (field.name, answer.content[:200])
    with full.work():
        row.refresh_from_db()
    after = {f.name: getattr(row, f.attname) for f in table}
    changed = {n for n in before if before[n] != after[n]}
    worked_out = {"net", "tax", "gross", "updated_at"}  # by the declared ones
    assert changed - declared - {"revision"} - worked_out == set()


def test_drafts_are_declared_by_dataclasses() -> None:
    """What a form fills is typed: a create process without a draft could not be asked in a form."""
    for resource in RESOURCES.values():
        if "create" in resource.acts:
            draft, _more = draft_of(resource.process("create"))
            assert draft is not None
            assert dataclasses.is_dataclass(draft), resource.path


def test_members_without_rights_see_an_empty_desk(full: Full) -> None:
    page = full.client("guest").get("/").content.decode()
    assert not any(f'href="/{path}"' in page for path in PATHS)
    with full.work(f"user:{full.users['guest'].pk}") as ctx:  # type: ignore[union-attr]
        assert ctx.rights.roles == ("guest",)
        assert rows.execute("SELECT 1")[0][0] == 1
