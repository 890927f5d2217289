"""The Northwind history through the real processes, with its control totals; skips where the data is not at hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, shared

MISSING = ["--ship-missing-on", "1998-06-01"]


def load(folder: Path, *arguments: str) -> str:
    """Run the example as a user does; its output."""
    command = [sys.executable, str(ROOT / "examples/northwind/load.py"), str(folder), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def report(name: str, company: str) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "backstay",
        "report",
        name,
        "--company",
        company,
        "--as-of",
        "1999-12-31",
        "--format",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def figures(company: str) -> dict[str, str]:
    return {r["account"]: r["credit"] for r in report("trial-balance", company)["rows"]}


@pytest.fixture(scope="module")
def folder(database: str) -> Path:
    return shared("data/trading/northwind")


def test_northwind(folder: Path) -> None:
    """Must show of the ground: control total, revenue, open orders, receivables, a second run."""
    name = ["--name", "Northwind per total"]
    dry = load(folder, *name, "--dry-run")
    assert "net: 1265793.0395\n" in dry
    assert report("trial-balance", name[1])["credit"] == report("trial-balance", name[1])["debit"]
    assert "4010" not in figures(name[1])
    first = load(folder, *name, "--through", "invoice")
    assert "orders.invoice: 809 made" in first
    assert figures(name[1])["4010"] == "1239855.78"
    rest = load(folder, *name, "--through", "paid", *MISSING)
    assert re.search(
        r"orders.shipment: 21 made\s+orders.invoice: 21 made\s+orders.paid: 830 made", rest
    ) or all(
        f"{step} made" in rest for step in ("orders.shipment: 21", "orders.invoice: 21", "orders.paid: 830")
    )
    assert figures(name[1])["4010"] == "1265793.22"
    assert figures(name[1])["4030"] == "64942.69"
    assert report("receivables", name[1])["amount"] == "0.00"
    stock = report("stock", name[1])
    assert stock["value"] == stock["ledger_value"]
    before = report("trial-balance", name[1])
    again = load(folder, *name, "--through", "paid", *MISSING)
    assert re.findall(r": (\d+) made$", again, re.M) == ["0"] * len(re.findall(r" made$", again, re.M))
    assert report("trial-balance", name[1]) == before
    checked = subprocess.run(
        [sys.executable, "-m", "backstay", "verify", "--company", name[1], "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert json.loads(checked.stdout)["ok"], checked.stdout


@pytest.mark.long
def test_rounded_per_line(folder: Path) -> None:
    name = ["--name", "Northwind per line"]
    load(folder, *name, "--rounding", "line", "--through", "invoice", *MISSING)
    assert figures(name[1])["4010"] == "1265793.29"
