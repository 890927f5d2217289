"""A company leaves and joins elsewhere: the same rows, figures, files and chain; altered, damaged or newer files are refused whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from backstay.base import seal
from backstay.base.errors import Denied, Refusal
from backstay.interfaces import checks, reports  # noqa: F401  checks are registered
from backstay.interfaces.exchange import going, joining
from backstay.interfaces.reports.shape import REPORTS, Asked
from backstay.ledger.verify import verify
from backstay.platform import carried, context, files, mail, rows, sealing, secrets
from backstay.platform.models import Membership, User
from tests.elsewhere import Elsewhere, elsewhere
from tests.scenario.test_web import PASSWORD

STATEMENTS = ("trial-balance", "balance-sheet", "income-statement", "cash-flow", "tax", "stock", "receivables", "payables", "sales", "purchases")  # fmt: skip


@dataclass
class Left:
    """A company that traded, and the file it left by."""

    company: int
    user: int
    file: Path
    told: dict[str, Any]
    key: str


def _trade(orders: int, folder: Path, name: str) -> Left:
    from backstay.interfaces.simulation.run import simulate

    user = User.objects.create_user(f"{name.lower()}@example.com", PASSWORD, name=name, language="de")
    made = simulate(orders=orders, seed=7, days=40, items=20, customers=10, suppliers=4, name=name, user=user.pk, settle=False)  # fmt: skip
    with context.work(made.company, f"user:{user.pk}") as ctx:
        stored = files.store(ctx, "paper.txt", b"what was agreed", "text/plain")
        files.attach(ctx, "accounting.company", [made.company], [stored])
        mail.send(ctx, [{"to": ["c@example.com"], "subject": "=1", "body": "https://example.com/secret-link"}], ["one"])  # fmt: skip
        rows.execute(
            "INSERT INTO platform_comment (kind, object_id, text, actor) VALUES ('accounting.company', %s, %s, 'user:1')",
            [ctx.company, 'odd: \\N, "quoted", ä\r\n\tline\\two'],
        )
    path = folder / "company.zip"
    told = going.leave(made.company, f"user:{user.pk}", path)
    return Left(made.company, user.pk, path, told, told["backstay"]["key"])


_LEFT: list[Left] = []


@pytest.fixture
def left(database: str, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """One company and file for all tests that only read it."""
    if not _LEFT:
        _LEFT.append(_trade(40, tmp_path_factory.mktemp("left"), "Leaver"))
    return _LEFT[0]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Elsewhere]:
    with elsewhere(tmp_path) as made:
        yield made


def hashes(connection: psycopg.Connection[Any], company: int) -> dict[str, str]:
    """The rows of every table that goes along, by the hash of their text."""
    found = {}
    for table in carried.CARRIED:
        if table in ("platform_user", "unit"):
            continue
        column = "id" if table == "company" else "company_id"
        query = sql.SQL("SELECT t::text FROM {} t WHERE {} = %s ORDER BY 1").format(sql.Identifier(table), sql.Identifier(column))  # fmt: skip
        digest = hashlib.sha256()
        for (text,) in connection.execute(query, [company]):
            digest.update(text.encode())
        found[table] = digest.hexdigest()
    return found


def figures(company: int) -> dict[str, str]:
    """Every statement of two years as text."""
    made = {}
    with context.work(company, "system:test") as ctx:
        for name in STATEMENTS:
            asked = Asked(date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31), by="party" if name in ("receivables", "payables", "sales", "purchases") else "")  # fmt: skip
            made[name] = str(reports.make(ctx, name, asked).lines)
    return made


def shape(connection: psycopg.Connection[Any]) -> list[Any]:
    """Every constraint, and every trigger as it is switched."""
    found = connection.execute(
        "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
        " WHERE connamespace = current_schema()::regnamespace UNION ALL"
        " SELECT tgrelid::regclass::text, tgname::text, pg_get_triggerdef(t.oid), tgenabled = 'O' FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND NOT tgisinternal ORDER BY 1, 2, 3"
    )
    return found.fetchall()


def repack(source: Path, target: Path, change: Callable[[dict[str, bytes]], None], *, key: str = "", about: bool = True) -> Path:  # fmt: skip
    """A file whose parts were changed by somebody who makes hashes and signature fit (with ``key``), or does not."""
    with zipfile.ZipFile(source) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    change(parts)
    if about:
        told = json.loads(parts["datapackage.json"])
        for each in told["resources"]:
            if each["path"] in parts:
                content = parts[each["path"]]
                each |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        parts["datapackage.json"] = json.dumps(told).encode()
        digest = hashlib.sha256(parts["datapackage.json"]).hexdigest()
        signed = (
            {"key": key, "signature": sealing.sign(secrets.known(sealing._name(key)), digest)} if key else {}
        )
        parts["datapackage.sig"] = json.dumps(
            {"sha256": digest, "key": "", "signature": ""} | signed
        ).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return target


# ---- what goes along ----


def test_every_table_goes_along_or_says_why_not(owner: psycopg.Connection[Any]) -> None:
    """exchange.unknown_table: a new table is refused until somebody decides; nothing is decided twice."""
    there = {
        t for (t,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    }
    assert there == {*carried.CARRIED, *carried.LEFT}
    assert not {*carried.CARRIED} & {*carried.LEFT}
    assert all(why for why in carried.LEFT.values())
    with pytest.raises(Refusal) as refused:
        carried._wanted({"somebody_secret": 1})
    assert refused.value.code == "exchange.unknown_table"
    assert "somebody_secret" in refused.value.message


def test_what_lets_people_in_stays_behind(left: Left) -> None:
    """No column that could hold a secret, no mail, no password's hash, no key: neither by name nor by content."""
    with zipfile.ZipFile(left.file) as packed:
        everything = {name: packed.read(name) for name in packed.namelist()}
    columns = {(r["name"], f["name"]) for r in left.told["resources"] for f in r.get("schema", {}).get("fields", [])}  # fmt: skip
    risky = ("password", "secret", "token", "digest", "private", "salt")
    assert {c for c in columns if any(word in c[1] for word in risky)} == {
        ("platform_importedrow", "digest"), ("platform_auditvalue", "salt"),
    }  # fmt: skip
    user = User.objects.get(pk=left.user)
    secret = secrets.known(sealing._name(left.key))
    assert secret
    for text in (user.password, user.password.rpartition("$")[2], secret, "secret-link"):
        for name, content in everything.items():
            assert text.encode() not in content, name
    people = list(csv.DictReader(io.StringIO(everything["tables/platform_user.csv"].decode())))
    assert "leaver@example.com" in {p["email"] for p in people}
    assert all(p["email"].endswith(("leaver@example.com", "leaver.example")) for p in people), "members alone"


def test_the_schema_says_what_the_tables_hold(left: Left) -> None:
    """Columns, types, keys, references, rows and hashes of datapackage.json agree with what the CSVs hold; the figures are exact."""
    resources = {r["name"]: r for r in left.told["resources"]}
    with zipfile.ZipFile(left.file) as packed:
        for name, each in resources.items():
            content = packed.read(each["path"])
            assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
            if each["path"].endswith(".csv"):
                head, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
                assert (head, len(lines)) == ([f["name"] for f in each["schema"]["fields"]], each["rows"]), (
                    name
                )
                for key in each["schema"].get("foreignKeys", []):
                    assert {*key["fields"]} <= {*head}
                    assert {*key["reference"]["fields"]} <= {f["name"] for f in resources[key["reference"]["resource"]]["schema"]["fields"]}  # fmt: skip
        postings = csv.DictReader(io.TextIOWrapper(packed.open("tables/posting.csv"), "utf-8"))
        assert sum(int(p["value"]) for p in postings) == 0
        texts = list(
            csv.DictReader(io.StringIO(packed.read("tables/platform_comment.csv").decode(), newline=""))
        )
    assert texts[0]["text"] == 'odd: \\N, "quoted", ä\r\n\tline\\two'
    price = next(f for f in resources["sales_orderline"]["schema"]["fields"] if f["name"] == "unit_price")
    assert price["type"] == "number"


def test_the_chain_in_it_is_checked_without_backstay(left: Left, tmp_path: Path) -> None:
    """`verify.py` of the file, on the file, with the public key alone."""
    assert seal.main([str(left.file), "--key", left.key]) == 0
    changed = repack(left.file, tmp_path / "c.zip", lambda p: p.update({"chain.jsonl": p["chain.jsonl"].replace(b'"amount":1', b'"amount":2', 1)}))  # fmt: skip
    assert seal.main([str(changed), "--key", left.key]) == 3


def test_only_who_may_takes_all_of_it(left: Left, tmp_path: Path) -> None:
    """Owners; an accountant is refused and no file is there."""
    user = User.objects.create_user("books@leaver.example", PASSWORD, name="B")
    with context.work(left.company, "system:test") as ctx:
        Membership.objects.create(
            company_id=ctx.company, user=user, role="accountant", since_on=date(2026, 1, 1)
        )
    with pytest.raises(Denied):
        going.leave(left.company, f"user:{user.pk}", tmp_path / "no.zip")
    assert list(tmp_path.iterdir()) == []


# ---- there and back ----


def test_a_company_joins_elsewhere_as_it_was( other: Elsewhere, monkeypatch: pytest.MonkeyPatch, owner: psycopg.Connection[Any], tmp_path: Path) -> None:  # fmt: skip
    """From the command line: every row, every report, files and chain are the same; users have no password, nothing is sent;
    work goes on with new numbers, and the chain with a key that was handed over."""
    left = _trade(25, tmp_path, "Mover")  # its chain goes elsewhere
    key = other.run("seal", "new-key").stdout.strip()
    file = tmp_path / "handed.zip"
    told = going.leave(left.company, f"user:{left.user}", file, successor=key)
    before = hashes(owner, left.company)
    wanted = figures(left.company)
    with other.owner() as there:
        built = shape(there)
    done = other.run("import", "--all", str(file), "--key", left.key)
    assert done.returncode == 0, done.stderr
    assert "the books and the chain hold" in done.stdout
    (tmp_path / "head.txt").write_text(told["backstay"]["head"])
    checked = other.run("verify", "--all", "--head", str(tmp_path / "head.txt"))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with other.owner() as there:
        after = hashes(there, left.company)
        differ = {t for t in before if before[t] != after[t]}
        assert differ <= {"company", "platform_auditevent", "unsealed"}, (
            "sending is paused, which the trail tells"
        )
        assert shape(there) == built
        people = there.execute("SELECT id, email, language, password FROM platform_user").fetchall()
        assert (left.user, "mover@example.com", "de") in [p[:3] for p in people], people
        assert all(p[3].startswith("!") for p in people)
        settings = there.execute("SELECT settings -> 'paused' FROM company").fetchone()
        assert settings == (True,)
    with other.here(monkeypatch, secrets):
        monkeypatch.setattr(files.settings, "BACKSTAY_HOME", other.home)
        assert figures(left.company) == wanted
        with context.work(left.company, f"user:{left.user}") as ctx:
            stored = rows.execute("SELECT min(id) FROM platform_file WHERE company_id = %s", [ctx.company])[
                0
            ][0]
            assert files.read(ctx, stored)[1] == b"what was agreed"
            from backstay.domains.parties.processes import PartyDraft, create_parties

            assert create_parties(ctx, [PartyDraft("New here", ("customer",))])
    sealed = other.run("seal", "now")
    assert sealed.returncode == 0, sealed.stderr
    assert other.run("verify", "--head", str(tmp_path / "head.txt")).returncode == 0
    with pytest.raises(Refusal) as refused:  # there is one who goes on with the chain, and it is not this one
        with context.work(left.company, "system:test") as ctx:
            rows.execute(
                'UPDATE company SET settings = settings || \'{"phone": "1"}\' WHERE id = %s RETURNING id',
                [ctx.company],
            )
        sealing.seal_company(left.company)
    assert refused.value.code == "seal.key"
    again = other.run("import", "--all", str(file))
    assert (again.returncode, "exchange.not_empty" in again.stderr) == (3, True), again.stderr


def test_what_was_altered_or_damaged_is_refused_and_says_where(left: Left, other: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """exchange.damaged, exchange.altered, exchange.unsigned, exchange.newer: also where hashes and signature were made to fit.
    Afterwards nothing is left in the database or on the disk, and the right file still comes in."""

    def sub(part: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
        def change(parts: dict[str, bytes]) -> None:
            assert old in parts[part], (part, old)
            parts[part] = parts[part].replace(old, new, 1)

        return change

    def first_value(parts: dict[str, bytes]) -> None:
        """One posting more, the other less: balanced, and not what was sealed."""
        lines = parts["tables/posting.csv"].split(b"\n")
        for n in (1, 2):
            cells = lines[n].split(b",")
            cells[3], cells[4] = (str(int(v) + (1 if n == 1 else -1)).encode() for v in cells[3:5])
            lines[n] = b",".join(cells)
        parts["tables/posting.csv"] = b"\n".join(lines)

    def newer(parts: dict[str, bytes]) -> None:
        told = json.loads(parts["datapackage.json"])
        told["backstay"]["format"] = going.FORMAT + 1
        parts["datapackage.json"] = json.dumps(told).encode()

    def ahead(parts: dict[str, bytes]) -> None:
        told = json.loads(parts["datapackage.json"])
        told["backstay"]["migrations"]["sales"] = "9999_later"
        parts["datapackage.json"] = json.dumps(told).encode()

    def headless(parts: dict[str, bytes]) -> None:
        """Orders are gone, and the manifest says so; their lines refer to nothing."""
        parts["tables/sales_order.csv"] = parts["tables/sales_order.csv"].partition(b"\n")[0] + b"\n"
        told = json.loads(parts["datapackage.json"])
        next(r for r in told["resources"] if r["name"] == "sales_order")["rows"] = 0
        parts["datapackage.json"] = json.dumps(told).encode()

    def stolen(parts: dict[str, bytes]) -> None:
        parts["tables/parties_party.csv"] = parts["tables/parties_party.csv"].replace(f",{left.company},".encode(), b",99999,", 1)  # fmt: skip

    paper = f"files/{hashlib.sha256(b'what was agreed').hexdigest()[:2]}/{hashlib.sha256(b'what was agreed').hexdigest()}"
    name = b"Leaver"
    plain, unsigned, signed = {"about": False}, {}, {"key": left.key}
    cases: list[tuple[str, str, dict[str, Any], Callable[[dict[str, bytes]], None]]] = [
        ("exchange.damaged", "tables/company.csv", plain, sub("tables/company.csv", name, b"Robber")),
        ("exchange.damaged", paper, plain, sub(paper, b"what", b"WHAT")),
        ("exchange.damaged", paper, plain, lambda parts: parts.update({paper: b""})),
        ("exchange.damaged", "tables/entry.csv", plain, lambda parts: parts.pop("tables/entry.csv") and None),
        ("exchange.damaged", "datapackage.json", plain, sub("datapackage.json", b'"rows"', b'"Rows"')),
        ("exchange.altered", "evil.csv", plain, lambda parts: parts.update({"evil.csv": b"x"})),
        ("exchange.damaged", "datapackage.sig", plain, lambda parts: parts.pop("datapackage.sig") and None),
        ("exchange.newer", "datapackage.json", signed, newer),
        ("exchange.newer", "datapackage.json", signed, ahead),
        ("exchange.unsigned", "datapackage.sig", unsigned, sub("tables/company.csv", name, b"Robber")),
        ("exchange.altered", "tables/company.csv", signed, sub("tables/company.csv", b"\n", b"\n1,oops\n")),
        ("exchange.altered", "tables/parties_party.csv", signed, stolen),
        ("exchange.altered", "datapackage.json", signed, first_value),
        ("exchange.altered", "tables/sales_orderline.csv", signed, headless),
    ]
    with other.owner() as there:
        built = shape(there)
    for code, where, how, change in cases:
        path = repack(left.file, tmp_path / "changed.zip", change, **how)
        with other.here(monkeypatch, joining), pytest.raises(Refusal) as refused:
            joining.join(path)
        assert (refused.value.code, refused.value.where) == (code, where), refused.value
        with other.owner() as there:
            assert there.execute("SELECT (SELECT count(*) FROM company) + (SELECT count(*) FROM platform_user) + (SELECT count(*) FROM entry)").fetchone() == (0,)  # fmt: skip
            assert shape(there) == built
        assert not [p for p in other.home.rglob("*") if p.is_file()]
    content = left.file.read_bytes()
    for n in range(0, len(content), max(len(content) // 40, 1)):
        flipped = bytearray(content)
        flipped[n] ^= 0x41
        (tmp_path / "flipped.zip").write_bytes(flipped)
        try:
            told = joining.check(tmp_path / "flipped.zip")
        except Refusal:
            continue
        assert told["resources"] == left.told["resources"], (
            "what was flipped means nothing, e.g. a time of a member"
        )
    with other.here(monkeypatch, joining):
        joining.join(left.file, key=left.key)
        with context.work(left.company, "system:test") as ctx:
            assert [c.code for c in verify(ctx) if not c.ok] == []


def test_who_signs_anew_is_found_by_the_chain(left: Left, other: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """exchange.altered: figures changed together with the manifest's by somebody with a key of his own; by the books' key, the
    chain and a head kept outside tell; another key than the one that was given is refused."""
    private, public = sealing.new_key()
    assert private

    def renamed(parts: dict[str, bytes]) -> None:
        parts["tables/parties_address.csv"] = parts["tables/parties_address.csv"].replace(
            b"Street", b"street", 1
        )

    mine = repack(left.file, tmp_path / "mine.zip", renamed, key=public)
    for more, where in ((dict[str, str](), "datapackage.sig"), ({"key": left.key}, "datapackage.sig")):
        with other.here(monkeypatch, joining), pytest.raises(Refusal) as refused:
            joining.join(mine, **more)
        assert (refused.value.code, refused.value.where) == ("exchange.altered", where)
    forged = re.sub("hash=[0-9a-f]{64}", f"hash={'0' * 64}", left.told["backstay"]["head"])
    with other.here(monkeypatch, joining), pytest.raises(Refusal) as refused:
        joining.join(left.file, heads=forged)
    assert (refused.value.code, refused.value.where) == ("exchange.altered", "its books")
    assert "seal.head" in refused.value.message


def test_an_older_file_takes_defaults(left: Left, other: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A column and a table that an older version did not know: the default, and none."""

    def older(parts: dict[str, bytes]) -> None:
        told = json.loads(parts["datapackage.json"])
        told["resources"] = [r for r in told["resources"] if r["name"] != "platform_savedview"]
        users = next(r for r in told["resources"] if r["name"] == "parties_party")
        place = [f["name"] for f in users["schema"]["fields"]].index("note") if any(f["name"] == "note" for f in users["schema"]["fields"]) else None  # fmt: skip
        fields = users["schema"]["fields"]
        place = len(fields) - 1 if place is None else place
        table = list(csv.reader(io.StringIO(parts["tables/parties_party.csv"].decode(), newline="")))
        assert {r[place] for r in table[1:]} <= {"", "\\N", "1"}, fields[place]
        fields.pop(place)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).writerows([[c for n, c in enumerate(r) if n != place] for r in table])  # fmt: skip
        parts["tables/parties_party.csv"] = out.getvalue().encode()
        del parts["tables/platform_savedview.csv"]
        told["backstay"]["migrations"]["platform"] = "0001_initial"
        parts["datapackage.json"] = json.dumps(told).encode()

    path = repack(left.file, tmp_path / "older.zip", older, key=left.key)
    with other.here(monkeypatch, joining):
        joining.join(path)


def test_parquet_is_read_with_the_same_sums(
    left: Left, tmp_path: Path, owner: psycopg.Connection[Any]
) -> None:
    """Each table by a reader of Parquet: rows, types, decimals and days as in the database, of the one company alone."""
    from decimal import Decimal

    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from backstay.interfaces.exchange import parquet

    folder = tmp_path / "lake"
    told = parquet.leave(left.company, f"user:{left.user}", folder)
    assert {p.stem for p in folder.iterdir()} == {*told} == {*carried.CARRIED}
    counted = {r["name"]: r["rows"] for r in left.told["resources"] if "rows" in r}
    differ = {t for t in told if told[t] != counted[t]}
    assert differ <= {"platform_auditevent", "unsealed", "seal_leaf", "seal_block", "platform_membership", "platform_user", "platform_auditvalue"}  # fmt: skip
    postings = pq.read_table(folder / "posting.parquet")
    sums = owner.execute("SELECT count(*), sum(amount), sum(greatest(value, 0)), min(posted_on), max(posted_on) FROM posting WHERE company_id = %s", [left.company]).fetchone()  # fmt: skip
    debit = pc.sum(pc.max_element_wise(postings["value"], 0)).as_py()
    days = postings["posted_on"]
    assert (
        len(postings),
        pc.sum(postings["amount"]).as_py(),
        debit,
        pc.min(days).as_py(),
        pc.max(days).as_py(),
    ) == sums
    lines = pq.read_table(folder / "sales_orderline.parquet")
    exact = owner.execute("SELECT sum(unit_price * quantity) FROM sales_orderline WHERE company_id = %s", [left.company]).fetchone()  # fmt: skip
    worth = sum(
        (p * q for p, q in zip(lines["unit_price"].to_pylist(), lines["quantity"].to_pylist(), strict=True)),
        Decimal(0),
    )
    assert (worth,) == exact
    users = pq.read_table(folder / "platform_user.parquet")
    assert "password" not in users.column_names
    with pytest.raises(Refusal) as refused:
        parquet.leave(left.company, f"user:{left.user}", folder)
    assert refused.value.code == "exchange.there"


def test_parquet_without_its_library_says_what_to_install(left: Left, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """exchange.parquet; and no folder is left."""
    import sys

    from backstay.interfaces.exchange import parquet

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Refusal) as refused:
        parquet.leave(left.company, f"user:{left.user}", tmp_path / "lake")
    assert refused.value.code == "exchange.parquet"
    assert "backstay[parquet]" in refused.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_memory_stays_flat(left: Left, tmp_path: Path) -> None:
    """Writing takes no more memory than a few pieces, whatever the books hold."""
    tracemalloc.start()
    try:
        going.leave(left.company, f"user:{left.user}", tmp_path / "again.zip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


@pytest.mark.long
def test_ten_thousand_orders_leave_and_join(database: str, tmp_path: Path, other: Elsewhere, monkeypatch: pytest.MonkeyPatch, owner: psycopg.Connection[Any], record_property: Any) -> None:  # fmt: skip
    """10,000 orders: equal rows, equal reports, a chain that verifies; memory as for forty."""
    import time

    began = time.monotonic()
    left = _trade(10_000, tmp_path, "Large")
    tracemalloc.start()  # it would make the trade several times as slow
    going.leave(left.company, f"user:{left.user}", left.file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000, "as for forty orders (test_memory_stays_flat)"
    written = time.monotonic() - began
    before, wanted = hashes(owner, left.company), figures(left.company)
    done = other.run("import", "--all", str(left.file), "--key", left.key)
    assert done.returncode == 0, done.stderr
    with other.owner() as there:
        after = hashes(there, left.company)
    assert {t for t in before if before[t] != after[t]} <= {"company", "platform_auditevent", "unsealed"}
    with other.here(monkeypatch):
        assert figures(left.company) == wanted
    assert other.run("verify").returncode == 0
    record_property("figures", f"{sum(r.get('rows', 0) for r in left.told['resources']):,} rows, {left.file.stat().st_size:,} bytes, {written:.0f} s to trade and write, peak {peak:,} bytes")  # fmt: skip


assert REPORTS.keys() >= {*STATEMENTS}
