"""Bank files of real banks are read, or refused with what is wrong and where."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from backstay.base.errors import Refusal
from backstay.domains.banking.rules import LineRead, StatementRead, line_keys, same_account
from backstay.interfaces.edi import camt, ofx, statements, table
from tests.conftest import SHARED

BANK = SHARED / "data" / "bank"
CAMT, MT940, OFX, CSV = (
    BANK / "camt_genkgo",
    BANK / "mt940_a/mt940_tests",
    BANK / "ofx_ofxparse/tests/fixtures",
    BANK / "statement_csv_xlsx",
)
shared = pytest.mark.skipif(not BANK.exists(), reason="../shared/data/bank is absent: no bank files to read")


def files(folder: Path, pattern: str) -> list[Any]:
    return [pytest.param(p, id=p.name) for p in sorted(folder.rglob(pattern))] or [None]


def refused(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        statements.read(path)
    return caught.value


@shared
@pytest.mark.parametrize("path", files(CAMT, "*.xml"))
def test_every_camt_file_is_read_or_refused(path: Path) -> None:
    """What its schema calls valid is read, unless it is no statement or mixes currencies; sums are the file's own."""
    root = etree.parse(path).getroot()
    kind = root.tag.partition("}")[0].rpartition(":")[2]
    schema = CAMT / "assets" / f"{kind}.xsd"
    valid = schema.exists() and etree.XMLSchema(etree.parse(schema)).validate(root)
    if not kind.startswith("camt.053"):
        assert "camt.053" in refused(path).remedy
        return
    mixed = path.name == "camt053.v2.with-account-name.xml"  # an account in JPY with an entry in EUR
    if path.name == "camt053.v2.wrong.xml" or mixed:
        assert refused(path).code == "banking.statement_file"
        assert mixed or not valid
        return
    found = statements.read(path)
    told = [
        e
        for e in root.iter("{*}Ntry")
        if e.findtext("{*}Sts") in (None, "BOOK") or e.find("{*}Sts/{*}Cd") is not None
    ]
    booked = sum(
        (1 if e.findtext("{*}CdtDbtInd") == "CRDT" else -1)
        * round(Decimal(e.findtext("{*}Amt") or "0") * 100)
        for e in told
    )
    assert found and all(s.account and s.currency for s in found)
    assert sum(line.amount for s in found for line in s.lines) == booked


@shared
@pytest.mark.parametrize("path", files(MT940, "*.expected.json"))
def test_every_mt940_file_against_its_expected_figures(path: Path) -> None:
    source = path.with_name(path.name.replace(".expected.json", ".sta"))
    if not source.exists():
        pytest.skip(f"{source.name} is not among the files")
    expected = json.loads(path.read_text())
    if not expected.get("transactions") or "mt942" in path.name or ":20:" not in source.read_text("latin-1"):
        try:
            assert not [line for s in statements.read(source) for line in s.lines]
        except Refusal as exc:
            assert exc.message
        return
    found = statements.read(source)
    wanted = [t["data"] for t in expected["transactions"] if t["data"].get("amount")]
    lines = [line for s in found for line in s.lines]
    assert [line.amount for line in lines] == [int(Decimal(t["amount"]["amount"]) * 100) for t in wanted]
    assert [line.booked_on.isoformat() for line in lines] == [
        t.get("entry_date") or t["date"] for t in wanted
    ]


@shared
@pytest.mark.parametrize("path", files(OFX, "*.ofx"))
def test_every_ofx_file_is_read_or_refused(path: Path) -> None:
    """Every transaction of a bank or card account, and the balance; other files are refused by what they are."""
    text = path.read_text("latin-1").upper()
    broken = path.parent.name == "fail_nice" and path.name != "empty_balance.ofx"
    if (
        broken
        or ("<STMTRS>" not in text and "<CCSTMTRS>" not in text)
        or path.name == "ofx-v102-empty-tags.ofx"
    ):
        assert refused(path).code == "banking.statement_file"
        return
    found = statements.read(path)
    assert sum(len(s.lines) for s in found) == text.count("<STMTTRN>")
    assert all(s.gap == 0 for s in found)


USD = {"columns": {"date": "Date", "text": "Label", "amount": "Amount", "name": "Partner Name", "iban": "Bank Account"},
       "read": {"date": "%m/%d/%Y"}, "currency": "EUR"}  # fmt: skip
LAYOUTS: dict[str, dict[str, Any]] = {
    "balance.csv": USD | {"columns": USD["columns"] | {"balance": "Balance"}},
    "debit_credit.csv": USD | {"columns": USD["columns"] | {"balance": "Balance", "direction": "D/C"}},
    "debit_credit_amount.csv": USD | {"columns": {"date": "Date", "text": "Label", "debit": "Debit", "credit": "Credit"}},
    "meta_data_separated_credit_debit.csv": {
        "header": 5, "footer": 1, "currency": "EUR", "columns": {"date": "Date", "text": "Label", "debit": "Debit", "credit": "Credit"},
        "read": {"date": "%d/%m/%y", "decimal": ",", "group": ""},
    },
    "multi_currency.csv": USD | {"columns": USD["columns"] | {"currency": "Currency"}},
    "original_currency.csv": USD | {"columns": USD["columns"] | {"currency": "Currency"}},
    "original_currency_empty.csv": USD,
    "original_currency_no_header.csv": USD | {"header": 0, "columns": {"date": "1", "text": "2", "currency": "3", "amount": "4", "reference": "8"}},
    "sample_statement_credit_card_inverse_sign_en.csv": USD | {"columns": USD["columns"] | {"currency": "Currency"}, "read": {"date": "%m/%d/%Y", "inverse": True}},
    "sample_statement_en.csv": USD | {"columns": USD["columns"] | {"currency": "Currency"}},
}  # fmt: skip
SUMS = {
    "balance.csv": 150000, "debit_credit.csv": 150000, "debit_credit_amount.csv": 3350 - 153350, "original_currency.csv": 152500,
    "original_currency_empty.csv": 152500, "original_currency_no_header.csv": 152500, "meta_data_separated_credit_debit.csv": 106932,
    "multi_currency.csv": 149150, "sample_statement_credit_card_inverse_sign_en.csv": 149150, "sample_statement_en.csv": 149150,
}  # fmt: skip


@shared
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_table_by_its_mapping(name: str) -> None:
    found = statements.read(CSV / name, LAYOUTS[name])
    assert sum(line.amount for s in found for line in s.lines) == SUMS[name]
    if "balance" in LAYOUTS[name]["columns"]:
        assert [(s.opening, s.closing, s.gap) for s in found] == [(1000, 151000, 0)]


@shared
def test_an_empty_table_and_a_wrong_mapping(tmp_path: Path) -> None:
    assert statements.read(CSV / "empty_statement_en.csv", USD) == []
    with pytest.raises(Refusal, match="no column Betrag"):
        statements.read(CSV / "balance.csv", USD | {"columns": {"date": "Date", "amount": "Betrag"}})
    with pytest.raises(Refusal, match="no date like"):
        statements.read(CSV / "balance.csv", USD | {"read": {"date": "%d.%m.%Y"}})
    for text in ("x = ", "[columns]\ndate = 'a'", "[columns]\ndate = 'a'\namount = 'b'\nfoo = 'c'"):
        with pytest.raises(Refusal, match=r"banking\.statement_map"):
            table.mapping(text)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"hello", "neither"),
        (b"<a><b></a>", "well-formed"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;&x;&x;&x;&x;&x;">]><Document>&z;</Document>', "document type"),
        (b"<Document><BkToCstmrStmt/></Document>", "no statement"),
        (b"OFXHEADER:100\n<OFX><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>no</STATUS></OFX>", "error: no"),
        (b":20:A\n:25:123456789\n:60F:C240101EUR1,00\n:61:240101C1,5NTRFNONREF\n:62F:C240101EUR2,555\n", "decimal"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_a_reason(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    exc = refused(path)
    assert exc.code == "banking.statement_file"
    assert why in str(exc.message)


def test_an_entity_bomb_costs_nothing() -> None:
    """A billion laughs: refused before anything is expanded."""
    rows = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE d [<!ENTITY l0 "lol">{rows}]><Document>&l9;</Document>'
    with pytest.raises(Refusal, match=r"document type|amplification"):
        camt.read(bomb.encode(), lambda c: 2)


def test_lines_of_a_pending_entry_are_left_out() -> None:
    entry = '<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{}</Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt></Ntry>'
    text = f"<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>X</IBAN></Id><Ccy>EUR</Ccy></Acct>{entry.format('BOOK')}{entry.format('PDNG')}</Stmt></BkToCstmrStmt></Document>"
    assert [line.amount for line in camt.read(text.encode(), lambda c: 2)[0].lines] == [500]


def test_a_batch_is_split_into_its_transactions() -> None:
    """Two payments booked as one sum are two lines; where their sum is another, they stay one."""
    parts = "".join(
        f"<TxDtls><Refs><EndToEndId>{e}</EndToEndId></Refs><Amt Ccy='EUR'>{a}</Amt></TxDtls>"
        for e, a in (("A1", "2.00"), ("B2", "3.00"))
    )
    shape = "<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>X</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy='EUR'>{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt><NtryDtls>{}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"  # fmt: skip
    assert [
        (x.amount, x.reference) for x in camt.read(shape.format("5.00", parts).encode(), lambda c: 2)[0].lines
    ] == [(200, "A1"), (300, "B2")]
    assert [x.amount for x in camt.read(shape.format("5.01", parts).encode(), lambda c: 2)[0].lines] == [501]


def test_keys_tell_lines_apart_and_the_same_line_again() -> None:
    day = date(2026, 1, 2)
    a, b = LineRead(day, 500, "rent"), LineRead(day, 500, "rent")
    keys = line_keys([a, b, LineRead(day, 500, "other"), LineRead(day, 501, "rent")])
    assert len(set(keys)) == 4
    assert line_keys([a, b])[:2] == keys[:2]


def test_gap_and_account() -> None:
    line = LineRead(date(2026, 1, 2), 500)
    assert StatementRead("X", "EUR", "1", (line,), 100, 600).gap == 0
    assert StatementRead("X", "EUR", "1", (line,), 100, 650).gap == -50
    assert StatementRead("X", "EUR", "1", (line,)).gap == 0
    assert same_account("NL91ABNA0417164300", "nl91 abna 0417 1643 00")
    assert same_account("NL91ABNA0417164300", "417164300")
    assert not same_account("NL91ABNA0417164300", "4300")
    assert not same_account("", "")


def test_ofx_texts_without_end_tags() -> None:
    text = (
        b"OFXHEADER:100\nCHARSET:1252\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM>"
        b"<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260102<TRNAMT>-1.234,56<FITID>7<NAME>M\xfcller &amp; Co<MEMO>x</STMTTRN>"
        b"</BANKTRANLIST><LEDGERBAL><BALAMT>10.00<DTASOF>20260103</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )  # fmt: skip
    (found,) = ofx.read(text, lambda c: 2)
    assert [(x.amount, x.name, x.bank_reference) for x in found.lines] == [(-123456, "Müller & Co", "7")]
    assert (found.opening, found.closing) == (124456, 1000)
