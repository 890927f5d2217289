"""The Python client: what the schema says, as it is committed; typed; its examples run against a real server."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from django.db import connections

from backstay.interfaces.api.schema import schema
from tests.conftest import ROOT
from tests.full import make_full
from tests.programs import program
from tests.serving import serving
from tools import client

CLIENT = ROOT / "clients/python"


def test_the_client_is_what_the_schema_says() -> None:
    for name, text in client.written(schema()).items():
        assert (CLIENT / "backstay_client" / name).read_text(encoding="utf-8") == text, "run ./dev client"


def test_every_operation_is_a_method() -> None:
    text = (CLIENT / "backstay_client/resources.py").read_text(encoding="utf-8")
    paths = schema()["paths"]
    assert text.count("self._http.ask(") + text.count("self._http.content(") == sum(
        len(ways) for ways in paths.values()
    )


def test_the_client_is_typed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-incremental", "backstay_client", "examples"],
        capture_output=True, text=True, cwd=CLIENT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_shop_is_typed() -> None:
    """examples/shop asks for nothing the client does not have."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-incremental", "-p", "shop"],
        capture_output=True, text=True, cwd=CLIENT, env=os.environ | {"MYPYPATH": f"{CLIENT}:{ROOT}/examples"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_examples_run(database: str, tmp_path: Path) -> None:
    """Each as a program of its own, knowing an address and a token alone."""
    full = make_full(16)
    api = program(full)
    goods = api.get("/catalog/items?kind=goods&limit=200&fields=sku,on_hand").json()["data"]
    sku = max(goods, key=lambda each: Decimal(each["on_hand"] or 0))["sku"]
    connections.close_all()
    with serving(tmp_path) as address:

        def run(name: str, *more: str) -> str:
            command = [sys.executable, f"examples/{name}", address, api.token, *more]
            done = subprocess.run(
                command, capture_output=True, text=True, cwd=CLIENT, env={"PYTHONPATH": str(CLIENT)}
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        told = run("order_to_cash.py", sku)
        assert "refused as it should be: api.changed" in told and "paid: " in told
        total = run("open_items.py").splitlines()[-1]
        # Five hundred numbers of thirteen digits, each comma as three characters, fit an address; more is the server's no.
        many = "%2C".join(f"4006381{n:06}" for n in range(500))
        for skus, status in ((many, 200), (many + many, 414)):
            line = http.client.HTTPConnection(address.removeprefix("http://"))
            bearer = {"Authorization": f"Bearer {api.token}"}
            line.request("GET", f"/api/v1/shop/availability?sku={skus}", headers=bearer)
            answer = line.getresponse()
            assert answer.status == status
            assert status != 200 or len(json.load(answer)["unknown"]) == 500
            line.close()
    books = api.get("/reports/receivables?limit=1000").json()
    assert total.startswith("open: ") and total.endswith(" EUR") and books["rows"]
