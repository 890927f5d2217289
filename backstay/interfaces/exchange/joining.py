"""A company joins: what ``going`` wrote, into an installation without a company, whole or not at all.

Numbers (ids) stay as they were, since the sealed chain tells them. So nothing may be here yet; all of it is one transaction of the
owner: rows by COPY without triggers, then every reference, constraint, sum and the chain checked, before anything is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
from django.db import connections, transaction
from psycopg import sql

from backstay.base import seal as chain
from backstay.base.errors import Refusal
from backstay.interfaces import checks  # noqa: F401  registers the domains' checks
from backstay.interfaces.exchange.going import CHAIN, COPY, FORMAT, KIND, PACKAGE, SIGNATURE, Progress
from backstay.ledger.verify import verify
from backstay.platform import archive, audit, carried, rows, sealing
from backstay.platform.carried import Table
from backstay.platform.context import work
from backstay.platform.home import home

ACTOR = "system:import"
TEXTS = ("verify.py", "README.txt")  # for people; nothing here reads them
MOST = 64 * 1024 * 1024  # bytes of a manifest
_FILE = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_REFERENCES = """
SELECT k.conrelid::regclass::text, k.conname::text, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace AND t.relname = ANY (%s)
"""
_SEQUENCES = """
SELECT a.attname::text, pg_get_serial_sequence(quote_ident(%s), a.attname) FROM pg_attribute a
WHERE a.attrelid = to_regclass(quote_ident(%s)) AND a.attnum > 0 AND NOT a.attisdropped AND pg_get_serial_sequence(quote_ident(%s), a.attname) IS NOT NULL
"""


class Told(dict[str, Any]):
    """What a file says of itself (``datapackage.json``), read and found to be what was written."""

    @property
    def ours(self) -> dict[str, Any]:
        return dict(self["backstay"])

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        return {r["name"]: r for r in self["resources"] if r["path"].startswith("tables/")}


def join(path: Path, *, key: str = "", heads: str = "", unsigned: bool = False, progress: Progress | None = None) -> Told:  # fmt: skip
    """Take a company in from ``path``; what the file said. All sending is paused until it is released.

    ``key``: the public key it must be signed by; ``heads``: a text with heads that were kept outside. Raises Refusal
    (``exchange.damaged``, ``exchange.altered``, ``exchange.newer``, ``exchange.not_empty``), which says where; then nothing
    has changed, in the database or on the disk.
    """
    told = check(path, key=key, unsigned=unsigned)
    report = progress or (lambda done, total: None)
    with zipfile.ZipFile(path) as packed, _files(packed), transaction.atomic(using="owner"), _as_owner():
        _load(packed, told, report)
        _found_right(told, heads)
    return told


# ---- the file by itself ----


def check(path: Path, *, key: str = "", unsigned: bool = False) -> Told:
    """Read a file whole and compare every part with what it says of itself. Raises Refusal as ``join`` does."""
    try:
        with zipfile.ZipFile(path) as packed:
            told = _manifest(packed, path.name, key, unsigned)
            _parts(packed, path.name, told)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as exc:
        raise _damaged(path.name, "it", f"is no such file, or a damaged one: {exc}") from None
    return told


def _damaged(name: str, where: str, what: str) -> Refusal:
    return Refusal("exchange.damaged", f"{name}: {where} {what}", "Nothing was changed. Have it written again.", where)  # fmt: skip


def _read(packed: zipfile.ZipFile, name: str, member: str) -> bytes:
    try:
        if packed.getinfo(member).file_size > MOST:
            raise _damaged(name, member, "is far too large")
        return packed.read(member)
    except (KeyError, zipfile.BadZipFile, EOFError, ValueError) as exc:
        raise _damaged(name, member, f"cannot be read: {exc}") from None
    except Exception as exc:  # zlib's own error has no common class with the others
        if type(exc).__name__ != "error":
            raise
        raise _damaged(name, member, f"cannot be read: {exc}") from None


def _manifest(packed: zipfile.ZipFile, name: str, key: str, unsigned: bool) -> Told:
    """The manifest: of a format that is known, and signed by the key that seals."""
    text, signed = _read(packed, name, PACKAGE), _read(packed, name, SIGNATURE)
    try:
        told, seal = Told(json.loads(text)), json.loads(signed)
        version, resources = int(told.ours["format"]), [(str(r["path"]), int(r["bytes"]), str(r["hash"])) for r in told["resources"]]  # fmt: skip
    except (ValueError, KeyError, TypeError) as exc:
        raise _damaged(name, PACKAGE, f"is not what a company is told by ({exc!r})") from None
    if version > FORMAT:
        raise Refusal(
            "exchange.newer", f"{name} has format {version}, this version reads up to {FORMAT}", "Update Backstay first.", PACKAGE
        )  # fmt: skip
    digest = hashlib.sha256(text).hexdigest()
    if seal.get("sha256") != digest or len({p for p, _, _ in resources}) != len(resources):
        raise _damaged(name, PACKAGE, "is not what was written")
    if seal.get("signature"):
        if not chain.signed(str(seal.get("key")), digest, str(seal["signature"])):
            raise _altered(name, SIGNATURE, "the signature does not fit")
    elif not unsigned:
        raise Refusal(
            "exchange.unsigned", f"{name} is not signed", "If it was written without the key that seals, say --unsigned.", SIGNATURE
        )  # fmt: skip
    if key and key != seal.get("key"):
        raise _altered(name, SIGNATURE, f"it is signed by {str(seal.get('key'))[:16] or 'nobody'}, not by the key that was given")  # fmt: skip
    told["signed_by"] = seal.get("key") or ""
    return told


def _altered(name: str, where: str, what: str) -> Refusal:
    return Refusal("exchange.altered", f"{name}: {where}: {what}", "Nothing was changed. Ask whoever wrote it for another.", where)  # fmt: skip


def _parts(packed: zipfile.ZipFile, name: str, told: Told) -> None:
    """Each member is the one that was written, and there are no others."""
    wanted = {r["path"]: (r["bytes"], r["hash"]) for r in told["resources"]}
    there = {i.filename for i in packed.infolist()} - {PACKAGE, SIGNATURE, *TEXTS}
    if len(packed.infolist()) != len(set(packed.namelist())):
        raise _damaged(name, "it", "holds two parts of one name")
    for member in sorted(wanted.keys() - there):
        raise _damaged(name, member, "is missing")
    for member in sorted(there):
        as_file = _FILE.fullmatch(member)
        if member not in wanted and not as_file:
            raise _altered(name, member, "nobody wrote it")
        limit, expected = wanted.get(member) or (packed.getinfo(member).file_size, f"sha256:{as_file and as_file[2]}")  # fmt: skip
        if _digest(packed, name, member, limit) != expected:
            raise _damaged(name, member, "is not what was written")


def _digest(packed: zipfile.ZipFile, name: str, member: str, limit: int) -> str:
    digest, count = hashlib.sha256(), 0
    try:
        with packed.open(member) as source:
            while part := source.read(archive.PART):
                digest.update(part)
                count += len(part)
                if count > limit:
                    raise _damaged(name, member, "is longer than what was written")
    except Refusal:
        raise
    except Exception as exc:  # zipfile and zlib raise half a dozen kinds for a damaged byte
        raise _damaged(name, member, f"cannot be read: {exc}") from None
    return f"sha256:{digest.hexdigest()}"


# ---- into the database ----


@contextmanager
def _as_owner() -> Iterator[None]:
    """For this thread, all statements go by the owner's connection: what is not committed yet is checked by the same code as ever."""
    before = connections["default"]
    connections["default"] = connections["owner"]
    try:
        yield
    finally:
        connections["default"] = before


@contextmanager
def _files(packed: zipfile.ZipFile) -> Iterator[None]:
    """The files in their places; those that came are taken away again when the rest fails."""
    made: list[Path] = []
    try:
        for info in packed.infolist():
            if (found := _FILE.fullmatch(info.filename)) is None:
                continue
            target = home() / "files" / found[1] / found[2]
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made.append(target)
            part = target.with_name(f".{found[2]}.part")
            with packed.open(info) as source, part.open("wb") as out:
                while piece := source.read(archive.PART):
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            part.rename(target)
        yield
    except BaseException:
        for each in made:
            each.unlink(missing_ok=True)
            each.with_name(f".{each.name}.part").unlink(missing_ok=True)
        raise


def _load(packed: zipfile.ZipFile, told: Told, progress: Progress) -> None:
    raw = cast("psycopg.Connection[Any]", connections["owner"].connection)
    known = {t.name: t for t in carried.tables()}
    _fits(told, known)
    _empty(raw, known, told)
    names = list(known)
    references = raw.execute(_REFERENCES, [names]).fetchall()
    for table, name, _definition in references:
        raw.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))  # fmt: skip
    for table in names:
        raw.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    total = len(told.tables) + 2
    for done, resource in enumerate(told.tables.values()):
        progress(done, total)
        _copy(raw, packed, resource, known[resource["name"]], told.ours["company"])
    for table in names:
        raw.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    _bind(raw, references, names)
    raw.execute("SELECT resum_turnover()")
    raw.execute("ANALYZE")
    progress(total - 1, total)


def _fits(told: Told, known: dict[str, Table]) -> None:
    """Whether this version knows all that is in the file; what an older one did not know yet takes its default."""
    applied = dict(rows.execute("SELECT app, max(name) FROM django_migrations GROUP BY 1"))
    newer = [f"{a} {n}" for a, n in told.ours["migrations"].items() if a in applied and n > applied[a]]
    if newer:
        raise Refusal("exchange.newer", f"it was written by a newer version ({', '.join(newer)})", "Update Backstay first.", PACKAGE)  # fmt: skip
    for name, resource in told.tables.items():
        if name not in known:
            raise Refusal("exchange.table", f"this installation has no {name}", "A plugin of the other one is missing here: install it first.", name)  # fmt: skip
        columns = {c.name for c in known[name].columns}
        if more := [f["name"] for f in resource["schema"]["fields"] if f["name"] not in columns]:
            raise Refusal("exchange.table", f"{name} has no {', '.join(more)} here", "Use the version that wrote it.", name)  # fmt: skip


def _empty(raw: psycopg.Connection[Any], known: dict[str, Table], told: Told) -> None:
    """Nobody else's numbers may be here: no company, and of users only those of the file."""
    raw.execute("LOCK TABLE company IN ACCESS EXCLUSIVE MODE")
    for name in known:
        if name not in ("unit", "platform_user"):
            found = raw.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))).fetchone()  # fmt: skip
            if found != (False,):
                raise Refusal(
                    "exchange.not_empty", f"there is a company here already ({name} has rows)",
                    "Take it in with a data folder and a database of its own: BACKSTAY_HOME=… backstay import --all.", name,
                )  # fmt: skip


_SHARED = {
    # shared by all companies: those that are here must be the same; (what differs, what is added)
    "unit": (
        "SELECT j.code FROM joining j JOIN unit u ON u.id = j.id OR (u.company_id IS NULL AND j.company_id IS NULL AND u.code = j.code)"
        " WHERE (u.id, u.code, u.kind, u.scale) IS DISTINCT FROM (j.id, j.code, j.kind, j.scale)",
        "INSERT INTO unit ({0}) SELECT {0} FROM joining ON CONFLICT (id) DO NOTHING",
    ),
    "platform_user": (
        "SELECT j.email FROM joining j JOIN platform_user u ON u.id = j.id OR u.email = j.email"
        " WHERE (u.id, u.email) IS DISTINCT FROM (j.id, j.email)",
        "INSERT INTO platform_user ({0}, password) SELECT {0}, '!' || replace(gen_random_uuid()::text, '-', '') FROM joining ON CONFLICT (id) DO NOTHING",
    ),
}


def _copy(raw: psycopg.Connection[Any], packed: zipfile.ZipFile, resource: dict[str, Any], table: Table, company: int) -> None:  # fmt: skip
    """The rows of one table. Users come without a password: each asks for a link."""
    name = table.name
    columns = sql.SQL(", ").join(sql.Identifier(f["name"]) for f in resource["schema"]["fields"])
    shared = _SHARED.get(name)
    into = sql.Identifier("joining" if shared else name)
    if shared:
        raw.execute("DROP TABLE IF EXISTS joining")
        raw.execute(sql.SQL("CREATE TEMPORARY TABLE joining ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(columns, sql.Identifier(name)))  # fmt: skip
    command = sql.SQL("COPY {} ({}) FROM STDIN {}").format(into, columns, sql.SQL(cast("Any", COPY)))
    try:
        with psycopg.Cursor(raw) as cursor:
            with packed.open(resource["path"]) as source, cursor.copy(command) as copy:
                while part := source.read(archive.PART):
                    copy.write(part)
            count = cursor.rowcount
    except (psycopg.DataError, psycopg.IntegrityError) as exc:
        raise _refused(resource["path"], exc) from None
    if count != resource["rows"]:
        raise _altered("it", resource["path"], f"{resource['rows']} rows were written, {count} are here")
    if shared:
        differs, adds = shared
        if found := raw.execute(cast("Any", differs)).fetchone():
            raise Refusal("exchange.not_empty", f"{found[0]} is here already under another number", "Use a data folder of its own.", resource["path"])  # fmt: skip
        raw.execute(sql.SQL(cast("Any", adds)).format(columns))
    elif name != "company":
        query = sql.SQL("SELECT count(*) FROM {} WHERE company_id <> %s").format(into)
        if raw.execute(query, [company]).fetchone() != (0,):
            raise _altered("it", resource["path"], "it has rows of another company")


def _refused(where: str, exc: psycopg.Error) -> Refusal:
    """What the database said, with the line it names."""
    diag = exc.diag
    what = ", ".join(x for x in (diag.message_primary, diag.message_detail, diag.context) if x)
    return Refusal("exchange.altered", f"{where}: {what[:500]}", "Nothing was changed. Ask whoever wrote it for another.", where)  # fmt: skip


def _bind(
    raw: psycopg.Connection[Any], references: Sequence[tuple[str, str, str]], names: Sequence[str]
) -> None:
    """Every reference again, which checks all rows; and the next numbers after the largest."""
    for table, name, definition in references:
        try:
            raw.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(sql.Identifier(table), sql.Identifier(name), sql.SQL(cast("Any", definition))))  # fmt: skip
        except psycopg.IntegrityError as exc:
            raise _refused(f"tables/{table}.csv", exc) from None
    for table in names:
        for column, sequence in raw.execute(_SEQUENCES, [table] * 3).fetchall():
            query = sql.SQL("SELECT setval(%s, greatest(max({}), 1), max({}) IS NOT NULL) FROM {}")
            raw.execute(query.format(*[sql.Identifier(column)] * 2, sql.Identifier(table)), [sequence])


def _found_right(told: Told, heads: str) -> None:
    """What came is what left: the same figures, everything the books promise, the chain, and who signed. Then sending is paused."""
    raw, company = connections["owner"].connection, int(told.ours["company"])
    found = archive.companies(raw)
    if found != [told.ours["figures"]]:
        raise _altered("it", PACKAGE, f"it tells {told.ours['figures']}, and holds {found}")
    with work(company, ACTOR, "import") as ctx:
        wrong = [f"{c.code}: {text}" for c in verify(ctx) if not c.ok for text in c.found]
        wrong += [f"seal.head: {text}" for text in (sealing.against(ctx, heads) if heads else ())]
        if wrong:
            raise _altered("it", "its books", "; ".join(wrong[:5]))
        keys = rows.execute("SELECT DISTINCT key FROM seal_block WHERE company_id = %s", [company])
        if told["signed_by"] and (told["signed_by"],) not in keys:
            raise _altered("it", SIGNATURE, "who signed it sealed none of its blocks")
        rows.execute("UPDATE company SET settings = settings - '{practice_company,practice_of}'::text[] || '{\"paused\": true}' WHERE id = %s RETURNING id", [company])  # fmt: skip
        audit.record(ctx, KIND, [company], "import", [{"written_at": told["created"], "head": told.ours["head"], "signed_by": told["signed_by"]}])  # fmt: skip


__all__ = ["CHAIN", "Told", "check", "join"]
