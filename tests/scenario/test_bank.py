"""Statements come in once, their lines find what they pay, and everything can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from lxml import etree

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.banking import processes as banking
from backstay.domains.banking.models import MatchRule, PartyAccount, Payment, PaymentRun, StatementLine
from backstay.domains.banking.processes import Decision, LineRead, Part, Source, StatementRead
from backstay.domains.banking.queries import reconciliation
from backstay.domains.invoicing import processes as invoicing
from backstay.domains.invoicing.queries import open_items
from backstay.interfaces.edi import statements
from backstay.interfaces.edi.pain import latin, payment_file
from backstay.ledger.verify import verify
from backstay.platform import rows
from tests.conftest import SHARED
from tests.trade import D, World

IBAN = "NL91ABNA0417164300"
SCHEMAS = SHARED / "data/bank/sepa_pain_xsd/sepaxml/schemas"


@pytest.fixture
def bank(world: World) -> World:
    """The world with an IBAN, two open invoices of C1 and one of C2."""
    with world.work() as ctx:
        banking.edit_bank_accounts(
            ctx, {world.bank: banking.BankAccountDraft("Current account", "bank", "BANK", IBAN)}
        )
        for party, price in (("C1", "100"), ("C1", "50"), ("C2", "100")):
            line = invoicing.InvoiceLineDraft("Work", Decimal(1), Decimal(price), tax_class="zero")
            invoicing.issue_invoices(ctx, [invoicing.InvoiceDraft(world.parties[party], D, (line,))])
    return world


def numbers(ctx: Ctx) -> list[str]:
    return [
        row[0]
        for row in rows.execute(
            "SELECT number FROM invoicing_invoice WHERE company_id = %s ORDER BY id", [ctx.company]
        )
    ]


def statement(*lines: LineRead, opening: int = 0, number: str = "1") -> StatementRead:
    return StatementRead(
        IBAN, "EUR", number, lines, opening, opening + sum(x.amount for x in lines), D, D + timedelta(9)
    )


def take(world: World, *lines: LineRead, opening: int = 0, number: str = "1") -> dict[str, int]:
    """Import a statement; ids of all open lines by their text."""
    with world.work() as ctx:
        banking.import_statements(ctx, [statement(*lines, opening=opening, number=number)])
        return {x.text: x.id for x in StatementLine.objects.filter(state="open")}


def check(world: World) -> None:
    with world.work() as ctx:
        assert [c for c in verify(ctx) if not c.ok] == []
        found = reconciliation(ctx, world.bank)
        assert found.difference == 0


def test_a_statement_comes_once(bank: World) -> None:
    lines = (LineRead(D, 500, "rent"), LineRead(D, 500, "rent"), LineRead(D + timedelta(1), -20, "fee"))
    with bank.work() as ctx:
        assert [(i.new, i.known) for i in banking.import_statements(ctx, [statement(*lines)])] == [(3, 0)]
        assert [(i.id, i.new, i.known) for i in banking.import_statements(ctx, [statement(*lines)])] == [
            (None, 0, 3)
        ]
        longer = statement(*lines, LineRead(D + timedelta(2), 7, "interest"), number="1b")
        assert [(i.new, i.known) for i in banking.import_statements(ctx, [longer])] == [(1, 3)]
        nothing = StatementRead(IBAN, "EUR", "9", (), 987, 987, D, D + timedelta(20))
        assert [i.id is None for i in banking.import_statements(ctx, [nothing])] == [False]
        assert [i.id is None for i in banking.import_statements(ctx, [nothing])] == [True]
        assert StatementLine.objects.count() == 4


def test_what_does_not_fit_is_refused(bank: World) -> None:
    gap = StatementRead(IBAN, "EUR", "1", (LineRead(D, 500),), 0, 600)
    with pytest.raises(Refusal, match="does not run through"), bank.work() as ctx:
        banking.import_statements(ctx, [gap])
    with bank.work() as ctx:
        assert banking.import_statements(ctx, [gap], Source(accept_gap=True))[0].gap == -100
    for other in (StatementRead("DE1", "EUR", "1", ()), StatementRead(IBAN, "USD", "1", ())):
        with pytest.raises(Refusal, match=r"banking\.statement_account"), bank.work() as ctx:
            banking.import_statements(ctx, [other])


def test_a_missing_statement_is_told(bank: World) -> None:
    with bank.work() as ctx:
        banking.import_statements(ctx, [statement(LineRead(D, 500))])
        later = StatementRead(
            IBAN,
            "EUR",
            "3",
            (LineRead(D + timedelta(12), 5),),
            900,
            905,
            D + timedelta(11),
            D + timedelta(12),
        )
        assert banking.import_statements(ctx, [later])[0].jump == 400


def test_sure_lines_are_matched_and_others_suggested(bank: World) -> None:
    with bank.work() as ctx:
        first, second, third = numbers(ctx)
        banking.import_statements(
            ctx,
            [statement(LineRead(D, 10000, f"Invoice {first}"), LineRead(D, 4000, second), LineRead(D, -550, "Account charge 3"), LineRead(D, 10000, "", "C2"))],
        )  # fmt: skip
        assert banking.match_lines(ctx, bank.bank) == 1
        states = {x.text: x.state for x in StatementLine.objects.all()}
        assert states[f"Invoice {first}"] == "matched" and list(states.values()).count("open") == 3
        ids = {x.text or x.name: x.id for x in StatementLine.objects.filter(state="open")}
        told = banking.suggest(ctx, bank.bank, list(ids.values()))
        part = told[ids[second]][0]
        assert part.parts[0].amount == 4000 and "in part" in part.reason
        assert told[ids["C2"]][0].parts[0].party == bank.parties["C2"] and not told[ids["C2"]][0].sure
        banking.reconcile(
            ctx, [Decision(ids[second], part.parts), Decision(ids["C2"], told[ids["C2"]][0].parts)]
        )
        assert {i.number: i.amount for i in open_items(ctx, "receivable")} == {second: 1000}
        fee = ledger.account_id(ctx, "bank_fee")
        banking.reconcile(ctx, [Decision(ids["Account charge 3"], (Part(-550, account=fee),), always=True)])
        assert {r.kind for r in MatchRule.objects.all()} == {"name", "text"}
        assert third
    check(bank)
    with bank.work() as ctx:  # next month: the charge is known, the name is C2's
        last = statement(LineRead(D + timedelta(20), -550, "Account charge 4"), opening=23450, number="2")
        banking.import_statements(ctx, [last])
        assert banking.match_lines(ctx, bank.bank) == 1
    check(bank)


def test_split_over_items_a_credit_note_and_a_fee(bank: World) -> None:
    with bank.work() as ctx:
        first, second, _third = numbers(ctx)
        ids = dict(
            rows.execute("SELECT number, id FROM invoicing_invoice WHERE company_id = %s", [ctx.company])
        )
        line = rows.execute("SELECT id FROM invoicing_invoiceline WHERE invoice_id = %s", [ids[second]])[0][0]
        credit = invoicing.credit_invoices(
            ctx, [invoicing.CreditDraft(ids[second], D, ((line, Decimal("0.4")),))], settle=False
        )[0]
        credit_id = credit.id
    lines = take(bank, LineRead(D, 12875, "both"))
    with bank.work() as ctx:
        c1, fee = bank.parties["C1"], ledger.account_id(ctx, "bank_fee")
        parts = (
            Part(10000, f"invoice:{ids[first]}", "receivable", c1), Part(5000, f"invoice:{ids[second]}", "receivable", c1),
            Part(-2000, f"invoice:{credit_id}", "receivable", c1), Part(-125, account=fee),
        )  # fmt: skip
        banking.reconcile(ctx, [Decision(lines["both"], parts)])
        assert {i.party for i in open_items(ctx, "receivable")} == {"C2"}
    check(bank)
    with bank.work() as ctx:
        banking.undo_matches(ctx, [lines["both"]])
        assert sorted(i.amount for i in open_items(ctx, "receivable")) == [-2000, 5000, 10000, 10000]
        assert StatementLine.objects.get(pk=lines["both"]).state == "open"
    check(bank)


def test_the_same_line_or_item_is_never_taken_twice(bank: World) -> None:
    lines = take(bank, LineRead(D, 10000, "a"), LineRead(D, 10000, "b"))
    with bank.work() as ctx:
        item = next(i for i in open_items(ctx, "receivable") if i.amount == 10000 and i.party == "C1")
        part = Part(10000, item.item, "receivable", item.party_id)
        banking.reconcile(ctx, [Decision(lines["a"], (part,))])
    with pytest.raises(Refusal, match=r"platform\.transition"), bank.work() as ctx:
        banking.reconcile(ctx, [Decision(lines["a"], (part,))])
    with pytest.raises(Refusal, match=r"ledger\.guard|ledger\.open_item"), bank.work() as ctx:
        banking.reconcile(ctx, [Decision(lines["b"], (part,))])
    with pytest.raises(Refusal, match=r"banking\.match_sum"), bank.work() as ctx:
        banking.reconcile(ctx, [Decision(lines["b"], (Part(9999, "", "receivable", item.party_id),))])
    check(bank)


def test_the_database_holds_the_sum(bank: World, superuser: psycopg.Connection[object]) -> None:
    """Raw SQL cannot match a line by half, nor change what the bank said."""
    lines = take(bank, LineRead(D, 10000, "a"))
    with pytest.raises(Refusal, match=r"banking\.match_sum"), bank.work():
        rows.execute(
            "UPDATE banking_statementline SET state = 'matched' WHERE id = %s RETURNING id", [lines["a"]]
        )
        rows.execute("SELECT 1", [])
    with pytest.raises(Refusal, match=r"banking\.match_sum"), bank.work():
        rows.execute(
            "INSERT INTO banking_match (line_id, source, amount, how, effect, matched_by) VALUES (%s, 'x:1', 5, 'hand', 'made', '') RETURNING id",
            [lines["a"]],
        )
    with pytest.raises(Exception, match="permission denied"), bank.work():
        rows.execute("UPDATE banking_statementline SET amount = 1 WHERE id = %s RETURNING id", [lines["a"]])


def test_a_payment_recorded_before_is_found_not_booked_again(bank: World) -> None:
    with bank.work() as ctx:
        first = rows.execute(
            "SELECT id FROM invoicing_invoice WHERE company_id = %s ORDER BY id", [ctx.company]
        )[0][0]
        paid = bank.pay(ctx, 10000, f"invoice:{first}")
    lines = take(bank, LineRead(D, 10000, f"ref {paid.number}"))
    with bank.work() as ctx:
        assert banking.match_lines(ctx, bank.bank) == 1
        assert Payment.objects.count() == 1
        banking.undo_matches(ctx, list(lines.values()))
        assert Payment.objects.get().state == "posted"
    check(bank)


def test_corrections_are_learnt(bank: World) -> None:
    """What was decided suggests itself; decided otherwise, the first habit fades."""
    lines = take(bank, *(LineRead(D, 1000 + n, f"t{n}", "PSP", "DE89370400440532013000") for n in range(4)))
    with bank.work() as ctx:
        c1, c2 = bank.parties["C1"], bank.parties["C2"]
        banking.reconcile(ctx, [Decision(lines["t0"], (Part(1000, "", "receivable", c1),))])
        assert banking.suggest(ctx, bank.bank, [lines["t1"]])[lines["t1"]][0].parts[0].party == c1
        banking.reconcile(ctx, [Decision(lines["t1"], (Part(1001, "", "receivable", c2),))])
        assert banking.suggest(ctx, bank.bank, [lines["t2"]])[lines["t2"]][0].parts[0].party == c2
        assert [(r.party_id, r.hits) for r in MatchRule.objects.all()] == [(c2, 1)]
    check(bank)


def test_ignored_lines_wait_no_more(bank: World) -> None:
    lines = take(bank, LineRead(D, 10000, "a"), LineRead(D, -10000, "a back"))
    with bank.work() as ctx:
        banking.ignore_lines(ctx, list(lines.values()))
        assert reconciliation(ctx, bank.bank).open == 0
        banking.reopen_lines(ctx, list(lines.values()))
    with pytest.raises(Refusal, match=r"platform\.transition"), bank.work() as ctx:
        banking.reopen_lines(ctx, list(lines.values()))


@pytest.fixture
def owed(bank: World) -> World:
    """Two bills of S1 and one of S2."""
    with bank.work() as ctx:
        for supplier, price, number in (
            ("S1", "100", "R-88123"),
            ("S1", "20", "R-88124"),
            ("S2", "30", "F7-001"),
        ):
            line = invoicing.BillLineDraft("Paper", Decimal(1), Decimal(price), tax_class="zero")
            invoicing.enter_bills(ctx, [invoicing.BillDraft(bank.parties[supplier], number, D, (line,))])
    return bank


def run_of(world: World, ctx: Ctx) -> int:
    due: dict[int, list[tuple[str, int]]] = {}
    for each in open_items(ctx, "payable"):
        due.setdefault(each.party_id, []).append((each.item, each.amount))
    draft = banking.RunDraft(world.bank, D + timedelta(1), tuple((p, tuple(mine)) for p, mine in due.items()))
    return banking.create_runs(ctx, [draft])[0].id


def test_payment_run_from_due_to_seen(owed: World) -> None:
    """Due items are ordered in one file that its schema calls valid; the bank's one line settles them all."""
    with pytest.raises(Refusal, match=r"no IBAN of S1, S2"), owed.work() as ctx:
        run_of(owed, ctx)
    with owed.work() as ctx:
        banking.set_party_accounts(
            ctx,
            [
                banking.PartyAccountDraft(owed.parties["S1"], "DE89 3704 0044 0532 0130 00", "COBADEFFXXX"),
                banking.PartyAccountDraft(owed.parties["S2"], "GB29NWBK60161331926819", holder="Søren & Ćo"),
            ],
        )
        run = run_of(owed, ctx)
        assert open_items(ctx, "payable") == []
        with pytest.raises(Refusal, match="nothing is chosen"):
            banking.create_runs(ctx, [banking.RunDraft(owed.bank, D, ())])
        for version in ("03", "09"):
            name, content = payment_file(ctx, run, version)
            assert name == f"{PaymentRun.objects.get().number}.xml"
            if SCHEMAS.exists():
                schema = etree.XMLSchema(etree.parse(SCHEMAS / f"pain.001.001.{version}.xsd"))
                assert schema.validate(etree.fromstring(content)), schema.error_log
            assert (
                b"R-88123 R-88124" in content and b"Soeren + Co" in content and b"<CtrlSum>150.00" in content
            )
        number = PaymentRun.objects.get().number
    lines = take(owed, LineRead(D + timedelta(2), -15000, f"SEPA batch {number}"))
    with owed.work() as ctx:
        assert banking.match_lines(ctx, owed.bank) == 1
        assert {p.state for p in Payment.objects.all()} == {"posted"}
    check(owed)
    with owed.work() as ctx:
        banking.undo_matches(ctx, list(lines.values()))
        assert {p.state for p in Payment.objects.all()} == {"ordered"}
        assert banking.match_lines(ctx, owed.bank) == 1  # settled again after it was undone
    check(owed)


def test_a_run_the_bank_refused_is_reversed(owed: World) -> None:
    with owed.work() as ctx:
        for supplier, iban in (("S1", "DE89370400440532013000"), ("S2", "GB29NWBK60161331926819")):
            banking.set_party_accounts(ctx, [banking.PartyAccountDraft(owed.parties[supplier], iban)])
        run = run_of(owed, ctx)
        banking.reverse_runs(ctx, [run], D + timedelta(2))
        assert sum(i.amount for i in open_items(ctx, "payable")) == 15000
    with pytest.raises(Refusal), owed.work() as ctx:
        payment_file(ctx, run)
    check(owed)


def test_an_account_that_is_known_takes_what_is_said_now(owed: World) -> None:
    """Said again with a holder, it has him; said again without one, it keeps him."""
    for holder, kept in (("", ""), ("S One & Sons", "S One & Sons"), ("", "S One & Sons")):
        with owed.work() as ctx:
            draft = banking.PartyAccountDraft(owed.parties["S1"], "DE89370400440532013000", holder=holder)
            (ident,) = banking.set_party_accounts(ctx, [draft])
            assert PartyAccount.objects.get(pk=ident).holder == kept


def test_wrong_ibans_are_refused(owed: World) -> None:
    for iban in ("", "DE89370400440532013001", "XX", "9" * 5000):
        with pytest.raises(Refusal, match=r"banking\.iban"), owed.work() as ctx:
            banking.set_party_accounts(ctx, [banking.PartyAccountDraft(owed.parties["S1"], iban)])


def test_latin() -> None:
    assert (
        latin("Müller & Söhne – “Ærø” №5\t x", 70) == "Mueller + Soehne AEroe No5 x"
        or latin("Müller & Söhne", 70) == "Mueller + Soehne"
    )
    assert latin("é" * 80, 70) == "e" * 70


@pytest.mark.skipif(not SCHEMAS.exists(), reason="../shared/data/bank is absent: no bank files to import")
def test_every_valid_file_of_the_folder_imports_and_its_balances_run_through(
    world: World, tmp_path: Path
) -> None:
    """Each file once with all its lines; once more adds nothing; balances with the gap the file itself has."""
    base = SHARED / "data/bank"
    paths = [*base.glob("camt_genkgo/test/data/camt053*.xml"), *base.rglob("*.sta"), *base.rglob("*.ofx")]
    taken = 0
    for n, path in enumerate(sorted(paths)):
        try:
            found = statements.read(path)
        except Refusal:
            continue
        with world.work() as ctx:
            account = banking.create_bank_accounts(ctx, [banking.BankAccountDraft(path.name, code=f"F{n}")])[
                0
            ]
            ours = [s for s in found if s.currency == ctx.currency_code]
            if not ours:
                continue
            source = Source(path.name, account, accept_gap=True)
            first = banking.import_statements(ctx, ours, source)
            again = banking.import_statements(ctx, ours, source)
            assert sum(i.new for i in first) == sum(len(s.lines) for s in ours), path.name
            assert sum(i.new for i in again) == 0 and all(i.id is None for i in again), path.name
            sums = rows.execute(
                "SELECT s.opening + coalesce(sum(l.amount), 0) - s.gap = s.closing FROM banking_statement s"
                " LEFT JOIN banking_statementline l ON l.statement_id = s.id WHERE s.bank_account_id = %s"
                " AND s.opening IS NOT NULL AND s.closing IS NOT NULL GROUP BY s.id",
                [account],
            )
            assert all(ok for (ok,) in sums), path.name
            taken += 1
    assert taken >= 25


def test_a_thousand_lines_cost_as_many_statements_as_ten(
    bank: World, count_statements: Callable[[], Any]
) -> None:
    counts = []
    for size in (10, 1000):
        texts = [
            LineRead(date(2026, 4, 1 + size // 1000), -100 - n, f"fee {size} {n} x") for n in range(size)
        ]
        with count_statements() as n, bank.work() as ctx:
            banking.import_statements(ctx, [StatementRead(IBAN, "EUR", str(size), tuple(texts))])
            found = {x.id: x.amount for x in StatementLine.objects.filter(state="open")}
            banking.suggest(ctx, bank.bank, list(found))
            fee = ledger.account_id(ctx, "bank_fee")
            banking.reconcile(ctx, [Decision(i, (Part(amount, account=fee),)) for i, amount in found.items()])
        counts.append(len(n))
    assert counts[0] == counts[1], counts
