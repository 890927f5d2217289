"""A plugin installed beside Backstay: switched on from the command line, trading, switched off again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, clone, drop

CLONE = f"backstay_plugin_{os.getpid()}"
TRADE = """
import django; django.setup()
from datetime import date
from decimal import Decimal
from django.test import Client
from backstay import ledger
from backstay.domains.accounting.processes import create_company
from backstay.domains.invoicing import processes as invoicing
from backstay.domains.parties import processes as parties
from backstay.interfaces import reports
from backstay.platform import context, rows
from backstay.platform.models import Membership, User
from backstay_commission import processes
from backstay_commission.models import Commission
D = date(2026, 3, 2)
company = create_company("Plugged", actor="system:test", first_year=2026, years=2)
work = lambda: context.work(company, "system:test")
with work() as ctx:
    customer, agent = parties.create_parties(ctx, [parties.PartyDraft("Customer", roles=("customer",)), parties.PartyDraft("Agent", roles=("supplier",))])
    processes.create_agreements(ctx, [processes.create_agreements.draft(customer=customer, agent=agent, percent=Decimal("7.5"))])
    line = invoicing.InvoiceLineDraft("Advice", Decimal(1), Decimal("33.35"))
    issued = invoicing.issue_invoices(ctx, [invoicing.InvoiceDraft(customer, D, (line,))] * 3)
    assert list(Commission.objects.values_list("amount", "state")) == [(250, "posted")] * 3, list(Commission.objects.values())
    asked = reports.Asked(D, D, D)
    assert reports.make(ctx, "commission", asked).rows == [{"agent": "Agent", "invoices": "3", "net": "100.05", "amount": "7.50"}]
with work() as ctx:
    invoicing.reverse_invoices(ctx, [issued[0].id], D)
    assert reports.make(ctx, "commission", asked).rows[0]["amount"] == "5.00"
    assert [c for c in ledger.verify(ctx) if not c.ok] == []
    user = User.objects.create_user("plug@example.com", "correct horse battery", name="Paula Plug")
    rows.insert(Membership, {"user_id": [user.pk], "role": ["owner"], "since_on": [ctx.today]})
client = Client()
client.post("/sign-in", {"login": user.email, "password": "correct horse battery"})
for path in ("/commission/commissions", "/commission/agreements/new", "/reports/commission", f"/commission/commissions/{Commission.objects.using('owner').first().pk}"):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
print("traded", company)
"""
AFTER = """
import django; django.setup()
from django.test import Client
from backstay.platform.models import User
client = Client()
client.force_login(User.objects.get(email="plug@example.com"))
for path in ("/reports/journal?from=2026-03-01&to=2026-03-31", "/reports/general-ledger?account=6030&from=2026-03-01&to=2026-03-31", "/"):
    assert client.get(path).status_code == 200, path
assert client.get("/commission/commissions").status_code == 404
assert "CO-2026" not in client.get("/").content.decode()
"""


@pytest.fixture
def run(database: str, tmp_path: Path) -> Iterator[Any]:
    """A data folder and a database of its own, and the plugin as an installation leaves it."""
    from backstay.platform import database as db

    clone(CLONE)
    site = tmp_path / "site"
    shutil.copytree(ROOT / "examples/plugin/backstay_commission", site / "backstay_commission")
    info = site / "backstay_commission-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: backstay-commission\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[backstay.plugins]\ncommission = backstay_commission\n")
    environment = os.environ | {
        "BACKSTAY_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(site),
        "DATABASE_URL": db.url_text(db.owner_url() | {"dbname": CLONE}),
        "DATABASE_RUNTIME_URL": db.url_text(db.runtime_url() | {"dbname": CLONE}),
    }

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    command.site = site  # type: ignore[attr-defined]
    yield command
    drop(CLONE)


def test_a_plugin_from_the_command_line(run: Any) -> None:
    """Off at first; added, its domain trades, its report counts, its reactions answer; removed, the books stay."""
    assert "off commission" in run("-m", "backstay", "plugin", "list").stdout
    added = run("-m", "backstay", "plugin", "add", "commission")
    assert added.returncode == 0, added.stderr
    traded = run("-c", TRADE)
    assert traded.returncode == 0, traded.stderr
    company = traded.stdout.split()[-1]
    assert run("-m", "backstay", "verify", "--company", company).returncode == 0
    assert run("-m", "backstay", "plugin", "remove", "commission").returncode == 0
    verified = run("-m", "backstay", "verify", "--company", company)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    after = run("-c", AFTER)
    assert after.returncode == 0, after.stderr


def test_what_does_not_fit_does_not_run(run: Any) -> None:
    """Another contract, a package that is gone: refused with a remedy, and off where it was off."""
    init = run.site / "backstay_commission/__init__.py"
    init.write_text('BACKSTAY = "2.0"\n')
    refused = run("-m", "backstay", "plugin", "add", "commission")
    assert (refused.returncode, "plugin.version" in refused.stderr) == (3, True), refused.stderr
    assert "off commission" in run("-m", "backstay", "plugin", "list").stdout
    unknown = run("-m", "backstay", "plugin", "add", "nothing")
    assert (unknown.returncode, "plugin.unknown" in unknown.stderr) == (3, True), unknown.stderr
    broken = run("-c", "import os; os.environ['BACKSTAY_PLUGINS'] = 'gone'; import django; django.setup()")
    assert "plugin.unknown" in broken.stderr or "no plugin gone is installed" in broken.stderr
