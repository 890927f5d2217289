"""The command line as a user meets it: usage, exit codes, JSON shapes, refusals with their code on stderr."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backstay.interfaces.cli.main import COMMANDS
from tests.conftest import ROOT
from tests.trade import World


def backstay(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backstay", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, input=stdin, env=os.environ | environment
    )


def asked(*arguments: str) -> Any:
    done = backstay(*arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def demo(database: str) -> dict[str, Any]:
    """A small demo, made once."""
    return asked("demo", "--no-serve", "--orders", "40", "--seed", "3", "--json")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(database: str, command: str) -> None:
    done = backstay(command, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout
    assert f"backstay {command}" in done.stdout


def test_demo(demo: dict[str, Any]) -> None:
    """Deliver 6: demo --json is trial balance, stock and verification with orders, invoices, seconds."""
    assert demo["verify"]["ok"]
    assert demo["orders"] == 40
    assert demo["invoices"] > 30
    assert demo["stock"]["value"] == demo["stock"]["ledger_value"]
    balance = demo["trial_balance"]
    assert set(balance) == {"as_of", "currency", "rows", "debit", "credit"}
    assert {"account", "name", "debit", "credit"} <= set(balance["rows"][0])
    assert balance["debit"] == balance["credit"]
    assert {"item", "place", "quantity", "value"} <= set(demo["stock"]["rows"][0])
    assert set(demo["verify"]["checks"][0]) == {"code", "ok", "found"}
    assert all(isinstance(row["debit"], str) for row in balance["rows"])


def test_same_seed_same_books(demo: dict[str, Any]) -> None:
    again = asked("demo", "--no-serve", "--orders", "40", "--seed", "3", "--json")
    for part in ("trial_balance", "stock", "orders", "invoices"):
        assert again[part] == demo[part], part
    other = asked("demo", "--no-serve", "--orders", "40", "--seed", "4", "--json")
    assert other["trial_balance"]["rows"] != demo["trial_balance"]["rows"]
    ledgers = [
        backstay(
            "report",
            "general-ledger",
            "--company",
            str(d["company"]),
            "--from",
            "2026-01-01",
            "--to",
            "2027-12-31",
            "--format",
            "csv",
        ).stdout
        for d in (demo, again)
    ]
    columns = [
        [(r["on"], r["debit"], r["credit"], r["balance"]) for r in csv.DictReader(io.StringIO(text))]
        for text in ledgers
    ]
    assert len(columns[0]) > 300
    assert columns[0] == columns[1]


@pytest.mark.parametrize(
    "name",
    [
        "trial-balance",
        "balance-sheet",
        "income-statement",
        "general-ledger",
        "stock",
        "receivables",
        "payables",
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_reports(demo: dict[str, Any], name: str, form: str) -> None:
    arguments = (
        ["--as-of", "2026-12-31"]
        if name not in ("general-ledger", "income-statement")
        else ["--from", "2026-01-01", "--to", "2026-12-31"]
    )
    done = backstay("report", name, "--company", str(demo["company"]), *arguments, "--format", form)
    assert done.returncode == 0, done.stderr
    if form == "json":
        assert json.loads(done.stdout)
    if form == "csv":
        assert len(list(csv.reader(io.StringIO(done.stdout)))) >= 1


def test_a_past_day_is_a_past_day(demo: dict[str, Any]) -> None:
    """Stock and open items of a day agree with the books of that day."""
    company = str(demo["company"])
    day = ["--company", company, "--as-of", "2026-01-20", "--format", "json"]
    stock, balance = asked("report", "stock", *day), asked("report", "trial-balance", *day)
    assert (
        stock["value"]
        == stock["ledger_value"]
        == next(r["debit"] for r in balance["rows"] if r["account"] == "1210")
    )
    owed = asked("report", "receivables", *day)
    assert owed["amount"] == next(r["debit"] for r in balance["rows"] if r["account"] == "1110")


def test_a_stock_card(demo: dict[str, Any]) -> None:
    company = str(demo["company"])
    item = demo["stock"]["rows"][0]
    card = asked(
        "report",
        "stock-card",
        "--company",
        company,
        "--item",
        item["item"],
        "--from",
        "2026-01-01",
        "--to",
        "2027-12-31",
        "--format",
        "json",
    )
    assert card["rows"][-1]["quantity_after"] == item["quantity"]
    assert card["rows"][-1]["value_after"] == item["value"]


def test_export(demo: dict[str, Any], tmp_path: Any) -> None:
    company = str(demo["company"])
    done = backstay("export", "entries", "--company", company)
    sums: dict[str, int] = {}
    for row in csv.DictReader(io.StringIO(done.stdout)):
        sums[row["entry"]] = sums.get(row["entry"], 0) + int(row["value"])
    assert set(sums.values()) == {0}
    for name in ("parties.csv", "items.json", "sales-orders.xlsx", "invoices.csv", "payments.xlsx"):
        out = tmp_path / name
        told = ["export", out.stem, "--company", company, "--out", str(out)]
        assert backstay(*told).returncode == 0
        assert out.stat().st_size > 100
    assert (
        backstay("export", "parties", "--company", company, "--out", str(tmp_path / "x.pdf")).returncode == 2
    )


def test_exit_codes(demo: dict[str, Any]) -> None:
    """2 usage; 3 refused by a rule with its code on stderr; nothing like a traceback."""
    company = str(demo["company"])
    cases = [
        (["nonsense"], 2, "No such command"),
        (["report", "trial-balance", "--as-of", "soon"], 2, "is no date"),
        (["report", "dreams", "--company", company], 3, "report.unknown"),
        (["report", "stock-card", "--company", company, "--item", "NO"], 3, "catalog.not_found"),
        (["report", "trial-balance", "--company", "No Such"], 3, "access.company"),
        (["post", "invoices", "SO-1999-00001", "--company", company], 3, "post.unknown"),
        (["import", "parties", "/nowhere.csv", "--map", "/nowhere.toml", "--company", company], 3, "import.mapping"),
        (["up", "--host", "192.0.2.1"], 2, "this machine only"),
        (["init", "--email", "weak@example.com", "--password-stdin"], 3, "access.password"),
    ]  # fmt: skip
    for arguments, code, words in cases:
        done = backstay(*arguments, stdin="short\n")
        assert done.returncode == code, (arguments, done.stderr)
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_init_makes_a_company_and_its_owner(database: str) -> None:
    done = backstay(
        "init", "--company", "Quay Traders", "--country", "DE", "--email", "ann@example.com", "--password-stdin", stdin="correct horse battery\n"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert asked("report", "trial-balance", "--company", "Quay Traders", "--format", "json")["rows"] == []


def test_post_dry_run(demo: dict[str, Any]) -> None:
    """What would be posted is shown, and is not posted."""
    from backstay.domains.accounting.processes import create_company
    from backstay.platform import context
    from tests.trade import make_world

    company = create_company("Posting", actor="system:test", first_year=2026)
    world = make_world(company, lambda actor="system:test": context.work(company, actor))
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        order = world.order(ctx, {"A": 4})
    day = ["--on", "2026-03-02", "--company", str(company)]
    assert backstay("post", "sales-orders", str(order), *day).returncode == 0
    shown = backstay("post", "shipments", str(order), *day, "--dry-run")
    assert "Cost of goods sold" in shown.stdout
    assert "Would post SH-2026-00001" in shown.stdout
    assert "Posted SH-2026-00001" in backstay("post", "shipments", str(order), *day).stdout
    assert "Posted INV-2026-00001" in backstay("post", "invoices", str(order), *day).stdout


def test_doctor(database: str) -> None:
    findings = json.loads(backstay("doctor", "--json").stdout)
    named = {f["name"]: f for f in findings}
    assert {
        "version",
        "data folder",
        "secrets",
        "disk",
        "database",
        "run-time role",
        "schema",
        "clock",
        "outbox",
    } <= set(named)
    assert named["schema"]["ok"]
    assert named["run-time role"]["ok"]


def test_db(database: str) -> None:
    assert backstay("db", "status").returncode == 0
    assert "password" in backstay("db", "url").stdout


def test_statements_of_the_bank(world: World, tmp_path: Path) -> None:
    """In once, twice is once; an unknown account and a broken file are refused with what to do."""
    told = tmp_path / "bank.toml"
    told.write_text('[columns]\ndate = "Date"\namount = "Amount"\ntext = "Text"\n', encoding="utf-8")
    table = tmp_path / "march.csv"
    table.write_text("Date,Amount,Text\n2026-03-02,120.50,rent\n2026-03-03,-4.20,charge\n", encoding="utf-8")
    more = ("--company", str(world.company))
    command = ("bank", "import", str(table), "--map", str(told), "--account", "BANK", *more)
    first, again = backstay(*command), backstay(*command)
    assert "2 new lines, 0 of them matched; 0 were known" in first.stdout, first.stderr
    assert "0 new lines, 0 of them matched; 2 were known" in again.stdout, again.stderr
    wrong = backstay("bank", "import", str(table), "--map", str(told), "--account", "NONE", *more)
    assert wrong.returncode == 3
    assert "banking.account: there is no bank account NONE" in wrong.stderr
    table.write_text("nothing of the kind", encoding="utf-8")
    broken = backstay("bank", "import", str(table), *more)
    assert broken.returncode == 3
    assert "neither camt.053, MT940 nor OFX" in broken.stderr
    missing = backstay("bank", "file", "RUN-2026-99999", "--out", str(tmp_path / "p.xml"), *more)
    assert missing.returncode == 3
    assert not (tmp_path / "p.xml").exists()
