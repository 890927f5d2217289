"""Plain-text accounting comes in: real files of beancount and ledger-cli become entries; what is not taken is named; once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backstay.base.errors import Denied, Refusal
from backstay.domains.accounting.processes import create_company
from backstay.domains.accounting.queries import trial_balance
from backstay.interfaces import checks  # noqa: F401  checks are registered
from backstay.interfaces.exchange import bringing
from backstay.ledger.verify import verify
from backstay.platform import context, rows
from backstay.platform.models import Membership, User
from tests.conftest import shared
from tests.scenario.test_web import PASSWORD

BOOKS = """option "operating_currency" "USD"
2026-01-01 open Assets:Cash
2026-01-02 * "Ann" "capital"
  Assets:Cash   1,000.00 USD
  Equity:Open
2026-01-05 * "Market"
  Expenses:Food   12.34 USD
  Assets:Cash
2026-01-05 * "Market"
  Expenses:Food   12.34 USD
  Assets:Cash
2026-02-01 balance Assets:Cash 975.32 USD
2026-02-02 * "Abroad"
  Expenses:Trip  10.00 EUR
  Assets:Euros
"""


def founded(name: str, first: int, years: int) -> Callable[[], Any]:
    company = create_company(name, "USD", actor="system:test", first_year=first, years=years)
    return lambda: context.work(company, "system:test")


@pytest.fixture
def work() -> Callable[[], Any]:
    return founded("Plain", 2026, 1)


def sums(ctx: Any) -> dict[str, int]:
    """Balance by account code, from the postings."""
    return dict(rows.execute("SELECT a.code, sum(p.value)::bigint FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id WHERE p.company_id = %s GROUP BY 1", [ctx.company]))  # fmt: skip


@pytest.mark.parametrize(
    ("path", "years", "entries", "not_taken", "claims"),
    [
        ("data/ledgers/fava_beancount/example.beancount", (2015, 3), 1037, 78, 82),
        ("data/ledgers/ledger_cli_bsd/test/input/demo.ledger", (2010, 2), 13, 0, 0),
        ("data/ledgers/ledger_cli_bsd/test/input/drewr.dat", (2003, 2), 11, 2, 0),
    ],
)
def test_real_books_come_in(
    path: str, years: tuple[int, int], entries: int, not_taken: int, claims: int
) -> None:
    """All transactions of the books' currency, every balance that the file claims, the same file again: nothing new; the books verify."""
    file = shared(path)
    work = founded(f"Plain {file.name}", *years)
    with work() as ctx:
        made = bringing.bring(ctx, file.name, file.read_bytes())
        assert (made.entries, len(made.left), made.claims) == (entries, not_taken, claims)
        assert not [x for x in made.left if x.what.startswith("balance on")], "each claim of the file holds"
        assert sums(ctx) == made.sums
        assert sum(made.sums.values()) == 0
        told = trial_balance(ctx, date(years[0] + years[1] - 1, 12, 31))
        assert told.debit == told.credit
    with work() as ctx:
        again = bringing.bring(ctx, file.name, file.read_bytes())
        assert (again.entries, again.unchanged, again.accounts) == (0, entries, [])
        assert [c.code for c in verify(ctx) if not c.ok] == []


def test_what_is_not_taken_is_named_and_twins_are_two(work: Callable[[], Any]) -> None:
    with work() as ctx:
        made = bringing.bring(ctx, "books.beancount", BOOKS.encode())
        assert made.entries == 3
        assert made.sums == {"Assets:Cash": 97532, "Equity:Open": -100000, "Expenses:Food": 2468}
        assert [(x.line, "EUR" in x.why) for x in made.left] == [(13, True)]


def test_a_moved_transaction_is_known_and_a_changed_one_is_told(work: Callable[[], Any]) -> None:
    """The same file with a line before: nothing new. A figure changed in place: named, and not posted beside the old one."""
    with work() as ctx:
        bringing.bring(ctx, "b", BOOKS.encode())
    with work() as ctx:
        assert bringing.bring(ctx, "b", ("; a line\n" + BOOKS).encode()).entries == 0
        changed = bringing.bring(ctx, "b", BOOKS.replace("1,000.00", "1,000.01").encode())
        assert (changed.entries, changed.unchanged) == (0, 2)
        assert [x.line for x in changed.left if "something else" in x.why] == [3]
        assert [x.line for x in changed.left if "holds" in x.why] == [12], (
            "and the claim does not hold any more"
        )


def test_accounts_by_a_chart_periods_and_unknown_kinds(work: Callable[[], Any]) -> None:
    with work() as ctx:
        code = rows.execute("SELECT code FROM account WHERE company_id = %s AND type = 'expense' AND requires = '{}' AND postable ORDER BY code LIMIT 1", [ctx.company])[0][0]  # fmt: skip
        made = bringing.bring(ctx, "b", BOOKS.encode(), {"Expenses": code})
        assert made.sums["Expenses:Food"] == 2468
        assert sums(ctx)[code] == 2468
        late = bringing.bring(ctx, "c", BOOKS.replace("2026-01", "1999-01").encode())
        assert (late.entries, sum("no open period" in x.why for x in late.left)) == (0, 3)
        odd = bringing.bring(ctx, "d.ledger", b"2026/01/05 x\n  Wallet  $5.00\n  Income:Y\n")
        assert (odd.entries, odd.left[0].line, "what kind" in odd.left[0].why) == (0, 1, True)
        with pytest.raises(Refusal) as refused:
            bringing.bring(ctx, "e", BOOKS.encode(), {"Expenses": "nothing here"})
        assert refused.value.code == "import.account"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"nothing\n", b"2026/01/01 x\0\n  A  $1\n  B\n"])
def test_what_is_no_such_file_is_refused(work: Callable[[], Any], content: bytes) -> None:
    with work() as ctx, pytest.raises(Refusal) as refused:
        bringing.bring(ctx, "x", content)
    assert refused.value.code.startswith("import.")


def test_who_may_not_post_brings_nothing(work: Callable[[], Any]) -> None:
    with work() as ctx:
        user = User.objects.create_user(f"aud{ctx.company}@example.com", PASSWORD, name="A")
        Membership.objects.create(
            company_id=ctx.company, user=user, role="auditor", since_on=date(2026, 1, 1)
        )
        company = ctx.company
    with context.work(company, f"user:{user.pk}") as ctx, pytest.raises(Denied):
        bringing.bring(ctx, "b", BOOKS.encode())


def test_on_the_screen_it_is_looked_at_before_it_is_posted(work: Callable[[], Any]) -> None:
    """The page posts what it showed, once; nobody else's file can be asked for."""
    with work() as ctx:
        users = []
        for n in "ab":
            users.append(User.objects.create_user(f"{n}{ctx.company}@example.com", PASSWORD, name=n))
            Membership.objects.create(
                company_id=ctx.company, user=users[-1], role="owner", since_on=date(2026, 1, 1)
            )
    client, other = Client(), Client()
    client.post("/sign-in", {"login": users[0].email, "password": PASSWORD})
    other.post("/sign-in", {"login": users[1].email, "password": PASSWORD})
    sent = client.post(
        "/accounting/plaintext", {"file": SimpleUploadedFile("books.beancount", BOOKS.encode())}
    )
    html = client.get(sent["Location"]).content.decode()
    assert "Assets:Cash" in html and "975.32" in html and "counts EUR" in html
    with work() as ctx:
        assert rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [ctx.company])[0][0] == 0
    ident = sent["Location"].rpartition("=")[2]
    assert other.get(sent["Location"]).status_code == 404
    for _twice in range(2):
        assert client.post("/accounting/plaintext", {"post": ident}).status_code == 302
    with work() as ctx:
        assert rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [ctx.company])[0][0] == 3
        assert sums(ctx)["Assets:Cash"] == 97532


def test_by_command_a_dry_run_changes_nothing(work: Callable[[], Any], tmp_path: Path) -> None:
    from click.testing import CliRunner

    from backstay.interfaces.cli.main import cli

    (tmp_path / "b.beancount").write_text(BOOKS)
    with work() as ctx:
        company = str(ctx.company)
    for told, wanted, there in (
        (["--dry-run"], "3 entries would be posted", 0),
        ([], "3 entries posted", 3),
        ([], "0 entries posted, 3 were", 3),
    ):
        done = CliRunner().invoke(
            cli,
            ["import", "ledger", str(tmp_path / "b.beancount"), "--company", company, *told],
            catch_exceptions=False,
        )
        assert wanted in done.stdout
        assert "line 13" in done.stderr
        with work() as ctx:
            assert (
                rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [ctx.company])[0][0] == there
            )
