"""The desk at size: every kind of page through the whole request path, as the run-time role."""

from __future__ import annotations

import gzip
import io
import math
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections

from backstay.interfaces import tokens
from backstay.interfaces.bench import counted
from backstay.interfaces.deskdata import Made
from backstay.interfaces.signing import sessions
from backstay.interfaces.web import listing
from backstay.platform import context, rows
from backstay.platform.resources import RESOURCES, Resource

LIMIT_STEP, LIMIT_FIRST = 40_000, 250_000
LIMIT_MS = {"list": 100, "detail": 100, "report": 100, "shop": 50}  # of the 95th percentile, by kind
STATEMENTS = (
    45  # of any page; what matters is that they don't grow, see tests/scenario/test_desk_statements.py
)
BIG = (
    "sales/orders",
    "invoicing/invoices",
    "inventory/shipments",
    "banking/payments",
    "parties/parties",
    "catalog/items",
)
DEEP = 1000  # the page of the list that is far down
NUMBERS = ("9", "12", "41")  # last digits of numbers, as people type them


@dataclass(slots=True)
class Visit:
    """A page: its kind, and an address at each call."""

    name: str
    kind: str
    address: Callable[[random.Random], str]
    headers: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    again: list[float] = field(default_factory=list)  # seconds of the last of many visits in a row


@dataclass(slots=True)
class Answered:
    """What came back. ``seconds``: of work, ours and the database session's; ``wall``: from the call to the last byte."""

    status: str
    body: bytes
    sent: int  # bytes as a browser that takes gzip gets them
    seconds: float
    wall: float
    headers: dict[str, str]


def _worked() -> int:
    """Nanoseconds that this thread and its database session held a processor: what others do meanwhile is not in it, as it is
    in wall time; nor is waiting for a disk."""
    files = [Path("/proc/thread-self/schedstat")]
    if (raw := connection.connection) is not None and raw.info.host.startswith("/"):
        files.append(Path(f"/proc/{raw.info.backend_pid}/schedstat"))
    return sum(int(f.read_text(encoding="ascii").split()[0]) for f in files if f.exists())


class Browser:
    """Asks the WSGI application itself, signed in; nothing of the request path is left out but the socket."""

    def __init__(self, made: Made) -> None:
        from backstay.interfaces.web.wsgi import application
        from backstay.platform.models import User

        user = User.objects.get(pk=made.user)
        session = SessionStore()
        session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0], **sessions.stamps(),
                        HASH_SESSION_KEY: user.get_session_auth_hash(), "company": made.company})  # fmt: skip
        session.save()
        self.application, self.cookie = application, f"backstay_session={session.session_key}"

    def get(self, address: str, headers: dict[str, str] | None = None) -> Answered:
        """One request, its answer read to the end."""
        path, _sep, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": self.cookie, "HTTP_ACCEPT_ENCODING": "gzip", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "wsgi.version": (1, 0),
            "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False, **(headers or {}),
        }  # fmt: skip
        told: dict[str, Any] = {}

        def start(status: str, pairs: list[tuple[str, str]], _exc: Any = None) -> Callable[[bytes], object]:
            told.update(status=status, headers={k.lower(): v for k, v in pairs})
            return lambda _data: None

        worked, began = _worked(), time.perf_counter()
        answer = self.application(environ, start)
        body = b"".join(answer)
        wall = time.perf_counter() - began
        seconds = (_worked() - worked) / 1e9 or wall
        getattr(answer, "close", lambda: None)()
        packed = told["headers"].get("content-encoding") == "gzip"
        return Answered(
            told["status"],
            gzip.decompress(body) if packed else body,
            len(body),
            seconds,
            wall,
            told["headers"],
        )


def visits(made: Made, browser: Browser) -> list[Visit]:
    """Every kind of page that is limited, and the others that people wait for."""
    found: list[Visit] = []
    for path in BIG:
        found += _lists(made, browser, RESOURCES[path])
    found += [v for r in RESOURCES.values() if (v := _detail(made, r))]
    found += _reports(made, browser)
    found += _others(made)
    found.append(_shop(made))
    return found


def _lists(made: Made, browser: Browser, resource: Resource) -> Iterator[Visit]:
    def add(name: str, query: str | Callable[[random.Random], str]) -> Visit:
        ask = query if callable(query) else lambda _rnd: query
        return Visit(f"{resource.path} {name}", "list", lambda rnd: f"/{resource.path}{ask(rnd)}")

    yield add("as it opens", "")
    yield add("all", "?all=1")
    for each in listing.sortable(resource):
        yield add(f"by {each.name}", f"?sort={each.name}")
        yield add(f"by {each.name}, down", f"?sort=-{each.name}")
    names = [
        key.rpartition(".")[2] for key in resource.told("FILTERS") if key.startswith(f"{resource.kind}.")
    ]
    for name in names:
        yield add(f"filter {name}", f"?f=is:{name}")
    texts = _texts(made, resource)
    if texts:
        yield add("search", lambda rnd: f"?q={rnd.choice(texts)}")
    if resource.is_document:
        yield add("search of a number", lambda rnd: f"?q={rnd.choice(NUMBERS)}")
    if after := _deep(made, resource):
        yield add(f"page {DEEP:,}", f"?after={after}")
    for each in listing.groupable(resource):
        yield Visit(
            f"{resource.path} grouped by {each.name}",
            "group",
            lambda _rnd, n=each.name: f"/{resource.path}?group={n}",
        )


def _texts(made: Made, resource: Resource) -> list[str]:
    """Beginnings of words that are there."""
    sql = "SELECT word FROM platform_word WHERE company_id = %s AND kind = %s ORDER BY word, object_id LIMIT 5000"
    kind = "parties.party" if resource.is_document else resource.kind
    words = sorted({row[0][:5] for row in rows.execute(sql, [made.company, kind], using="owner")})
    texts = words[:: max(1, len(words) // 12)][:12]
    return [*texts, "bookshop"] if resource.is_document else texts


def _deep(made: Made, resource: Resource) -> str:
    """The key of the last row before that page, or of the last page there is."""
    sort = listing.default_sort(resource)
    down = " DESC" if sort.startswith("-") else ""
    key = listing.column(resource.of, sort.lstrip("-")).db
    table = resource.of._meta.db_table
    sql = f"SELECT {key}, id FROM {table} WHERE company_id = %s AND {key} IS NOT NULL ORDER BY {key}{down}, id{down} OFFSET %s LIMIT 1"
    count = rows.execute(
        f"SELECT count(*) FROM {table} WHERE company_id = %s", [made.company], using="owner"
    )[0][0]
    found = rows.execute(
        sql, [made.company, min(DEEP * listing.PAGE, max(count - listing.PAGE, 0))], using="owner"
    )
    return f"{found[0][0]}~{found[0][1]}".replace(" ", "%20") if found else ""


def _detail(made: Made, resource: Resource) -> Visit | None:
    sql = f"SELECT id FROM {resource.of._meta.db_table} WHERE company_id = %s ORDER BY id DESC LIMIT 100000"
    ids = [row[0] for row in rows.execute(sql, [made.company], using="owner")]
    if not ids:
        return None
    return Visit(f"{resource.path} one", "detail", lambda rnd: f"/{resource.path}/{rnd.choice(ids)}")


def _reports(made: Made, browser: Browser) -> Iterator[Visit]:
    """Each report as it opens, over the year; those of one thing with a busy one; and some over odd days."""
    from backstay.interfaces.reports import REPORTS

    sql = "SELECT sku FROM catalog_item WHERE company_id = %s ORDER BY id LIMIT 1"
    sku = rows.execute(sql, [made.company], using="owner")[0][0]
    for name in REPORTS:
        tries = ("", "?account=1110", f"?item={sku}")
        query = next((q for q in tries if browser.get(f"/reports/{name}{q}").status.startswith("200")), None)
        if query is not None:
            yield Visit(f"reports/{name}", "report", lambda _rnd, a=f"/reports/{name}{query}": a)
    busy = rows.execute(
        "SELECT party_id FROM open_item WHERE company_id = %s GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
        [made.company],
        using="owner",
    )[0][0]
    for name, more in (("receivables", "one party"), ("party-statement", "one party")):
        yield Visit(f"reports/{name} {more}", "report", lambda _rnd, a=f"/reports/{name}?party={busy}&by=": a)
    for name in ("sales", "margin"):
        yield Visit(
            f"reports/{name} by the other",
            "report",
            lambda _rnd, a=f"/reports/{name}?by={'item' if name == 'sales' else 'party'}": a,
        )
    for name in ("trial-balance", "income-statement", "general-ledger"):
        odd = f"/reports/{name}?account=1110&since=2026-03-07&until=2026-10-11&from=2026-03-07&to=2026-10-11"
        yield Visit(f"reports/{name} odd days", "report", lambda _rnd, a=odd: a)


def _others(made: Made) -> Iterator[Visit]:
    texts, words = _texts(made, RESOURCES["sales/orders"]), _texts(made, RESOURCES["catalog/items"])
    hx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "found"}
    yield Visit("home", "page", lambda _rnd: "/")
    yield Visit("palette", "page", lambda rnd: f"/find?q={rnd.choice(texts)}", hx)
    yield Visit(
        "type-ahead of parties",
        "page",
        lambda rnd: f"/find/ref?kind=parties.party&for=sales/orders&q={rnd.choice(texts)}",
    )
    yield Visit(
        "type-ahead of items",
        "page",
        lambda rnd: f"/find/ref?kind=catalog.item&for=sales/orders&q={rnd.choice(words)}",
    )
    yield Visit("sales/orders new", "page", lambda _rnd: "/sales/orders/new")
    yield Visit("sales/orders calendar", "page", lambda _rnd: "/sales/orders/calendar")
    yield Visit("banking/reconcile", "page", lambda _rnd: "/banking/reconcile")
    yield Visit("notices", "page", lambda _rnd: "/notices")


def _shop(made: Made) -> Visit:
    """What a web shop asks: what is free of five hundred items."""
    sql = "SELECT sku FROM catalog_item WHERE company_id = %s AND archived_on IS NULL ORDER BY id LIMIT 5000"
    skus = [row[0] for row in rows.execute(sql, [made.company], using="owner")]
    with context.work(made.company, f"user:{made.user}") as ctx:
        _id, token = tokens.create(ctx, "Bench", [tokens.scope_of("catalog.item:read")], 1)

    def address(rnd: random.Random) -> str:
        return f"/api/v1/shop/availability?sku={','.join(rnd.sample(skus, min(500, len(skus))))}"

    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_ACCEPT": "application/json", "HTTP_COOKIE": ""}
    return Visit("availability of 500 items", "shop", address, headers)


def measure(
    made: Made,
    times: int,
    warm: int = 2,
    progress: Callable[[int, int], None] | None = None,
    only: Callable[[str], bool] = bool,
) -> list[Visit]:
    """Visit every page (``only`` those whose name it takes) ``times`` times in mixed order, after a warm-up."""
    browser, rnd = Browser(made), random.Random(1)  # noqa: S311 - no secret is drawn
    pages = [page for page in visits(made, browser) if only(page.name)]
    for _ in range(warm):
        for page in pages:
            _visit(browser, page, rnd, keep=False)
    order = [page for page in pages for _ in range(times)]
    rnd.shuffle(order)
    for n, page in enumerate(order):
        _visit(browser, page, rnd, keep=True)
        if progress:
            progress(n, len(order))
    connections.close_all()
    return pages


def again(made: Made, pages: Sequence[Visit]) -> None:
    """Visit each document and report fourteen times in a row: from about the tenth on PostgreSQL may keep a plan made without
    the values, which must not read more than the first ones did."""
    browser, rnd = Browser(made), random.Random(2)  # noqa: S311 - no secret is drawn
    for page in pages:
        if page.kind in ("detail", "report"):
            page.again = [browser.get(page.address(rnd), page.headers).seconds for _ in range(14)][-5:]
    connections.close_all()


def _visit(browser: Browser, page: Visit, rnd: random.Random, *, keep: bool) -> None:
    address = page.address(rnd)
    with counted() as seen:
        answer = browser.get(address, page.headers)
    if not answer.status.startswith("200"):
        raise AssertionError(f"{address}: {answer.status} {re.sub(rb'<[^>]+>', b' ', answer.body)[-400:]!r}")
    if keep:
        page.seconds.append(answer.seconds)
        page.wall.append(answer.wall)
        page.statements.append(len(seen))
        page.bytes.append(answer.sent)


def first_load(made: Made) -> dict[str, int]:
    """Bytes, as sent, of everything a browser may fetch for the first list it opens, by address: every part of the font, as if
    all letters stood in it."""
    browser = Browser(made)
    page = browser.get("/sales/orders")
    found = {"/sales/orders": page.sent}
    todo = re.findall(rb'(?:href|src)="(/static/[^"#]+)', page.body)
    while todo:
        address = todo.pop().decode()
        if address in found or address.endswith(".txt"):
            continue
        answer = browser.get(address)
        found[address] = answer.sent
        if address.endswith(".css"):
            base = address.rpartition("/")[0]
            for told in re.findall(rb"url\([\"']?([^\"')]+)", answer.body):
                todo.append(os.path.normpath(f"{base}/{told.decode()}").encode())
    return found


def percentile(values: list[float], share: float) -> float:
    """The least value that so many do not exceed: of twenty, the nineteenth is the 95th percentile."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]


def facts_of(page: Visit) -> dict[str, Any]:
    """A page's figures, and what is over its limit."""
    made: dict[str, Any] = {
        "page": page.name, "kind": page.kind, "n": len(page.seconds), "statements": [min(page.statements), max(page.statements)], "bytes": max(page.bytes),
        "p50_ms": round(percentile(page.seconds, 0.5) * 1000, 1), "p95_ms": round(percentile(page.seconds, 0.95) * 1000, 1),
        "max_ms": round(max(page.seconds) * 1000, 1), "wall_p95_ms": round(percentile(page.wall, 0.95) * 1000, 1),
        "again_ms": round(percentile(page.again, 0.5) * 1000, 1) if page.again else None,
    }  # fmt: skip
    over = []
    if made["p95_ms"] > LIMIT_MS.get(page.kind, math.inf):
        over.append("p95")
    if (made["again_ms"] or 0) > LIMIT_MS.get(page.kind, math.inf):
        over.append("again")
    if made["bytes"] > LIMIT_STEP:
        over.append("bytes")
    if made["statements"][1] > STATEMENTS:
        over.append("statements")
    return made | {"over": over}
