"""A company leaves: all of it as one file that others can read, and another installation can go on with (docs/handbook/exchange.md).

A ZIP: ``tables/*.csv`` (UTF-8, values as PostgreSQL writes them, nothing is ``\\\\N``), ``files/`` under their SHA-256, ``chain.jsonl`` and
``verify.py`` (the sealed chain, checked without Backstay), and ``datapackage.json`` (Frictionless Data Package: columns, types,
references, hashes), whose hash is signed by the key that seals. Passwords, tokens and keys are in none of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import psycopg
from django.db import connections, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from backstay import __version__
from backstay.base import clock
from backstay.base import seal as chain
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.platform import access, archive, audit, carried, rows, sealing, shelf
from backstay.platform import work as works
from backstay.platform.carried import Table
from backstay.platform.context import enter, work
from backstay.platform.home import home

FORMAT = 1
KIND = "accounting.company"
TASK = "company.leave"
PACKAGE, SIGNATURE, CHAIN = "datapackage.json", "datapackage.sig", "chain.jsonl"
NOTHING = "\\N"  # a value that is not there
COPY = "(FORMAT csv, HEADER, NULL '\\N', ENCODING 'UTF8')"
Progress = Callable[[int, int], None]


def leave(company: int, actor: str, path: Path, *, successor: str = "", progress: Progress | None = None) -> dict[str, Any]:  # fmt: skip
    """Write all of a company into ``path``, of one moment, while others work; what the file says of itself.

    ``successor``: the public key of the installation that goes on; then this one seals no more. Needs ``accounting.company.export``.
    Memory does not grow with the books. Raises Refusal (``exchange.unknown_table``, ``exchange.file``); then no file is left.
    """
    _prepare(company, actor, successor)
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as out:
            with transaction.atomic():
                rows.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                told = _write(enter(company, actor, "export"), out, progress or (lambda done, total: None))
            out.flush()
            os.fsync(out.fileno())
        part.rename(path)
        return told
    finally:
        part.unlink(missing_ok=True)


def begin(ctx: Ctx, successor: str = "") -> int:
    """Have it written in the background, for somebody to fetch within a week; the id of the work."""
    access.require(ctx, f"{KIND}.export", [ctx.company])
    if successor and not chain.KEY.fullmatch(successor):
        raise Refusal("seal.key", "that is no public key", "`backstay seal new-key` of the other installation prints it.", "successor")  # fmt: skip
    return works.start(ctx, TASK, _("All data of %(name)s") % {"name": ctx.settings["name"]}, {"successor": successor})  # fmt: skip


@works.long(TASK, keeps=True)
def in_background(job: works.Job) -> dict[str, Any]:
    """The file on the shelf. Taken up again after a crash it is written anew, unless it is there."""
    told = {"href": "/settings/data#leave", "text": _("All data is ready to be fetched.")}
    path = shelf.place(job.company, job.id)

    def seen(done: int, total: int) -> None:
        job.done, job.total = done, total
        job.check()

    if not path.exists():
        with work(job.company, job.actor, f"work:{job.id}") as ctx:
            handed = sealing.standing(ctx).key == job.args["successor"]
        leave(
            job.company,
            job.actor,
            path,
            successor="" if handed else str(job.args["successor"]),
            progress=seen,
        )
    return told


def _prepare(company: int, actor: str, successor: str) -> None:
    """Ask whether he may, note it, and seal all there is, as far as the key is here."""
    with work(company, actor, "export") as ctx:
        access.require(ctx, f"{KIND}.export", [company])
        audit.record(ctx, KIND, [company], "export", [{"successor": successor}])
        able = sealing.may_sign(ctx)
    if able:
        sealing.seal_company(company)
    if successor:
        with work(company, actor, "export") as ctx:
            sealing.hand_over(ctx, successor)


def _write(ctx: Ctx, out: Any, progress: Progress) -> dict[str, Any]:
    tables = carried.tables()
    raw = cast("psycopg.Connection[Any]", connections["default"].connection)
    raw.execute("SELECT set_config('DateStyle', 'ISO', true), set_config('TimeZone', 'UTC', true)")
    raw.execute("SELECT set_config('IntervalStyle', 'postgres', true), set_config('bytea_output', 'hex', true)")  # fmt: skip
    stored = rows.execute(
        "SELECT sha256, min(name) FROM platform_file WHERE company_id = %s GROUP BY 1 ORDER BY 1",
        [ctx.company],
    )
    total = len(tables) + len(stored) + 1
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        resources = []
        for done, table in enumerate(tables):
            progress(done, total)
            resources.append(_table(raw, packed, table))
        for done, (digest, name) in enumerate(stored, len(tables)):
            progress(done, total)
            _file(packed, digest, name)
        progress(total - 1, total)
        resources.append(_member(packed, CHAIN, (line for _leaf, line in sealing.chain_lines(ctx))))
        about = _about(ctx, raw, resources)
        _close(ctx, packed, about)
        progress(total, total)
    return about


def _member(packed: zipfile.ZipFile, name: str, parts: Iterable[bytes | memoryview]) -> dict[str, Any]:
    """Write a member as it comes; its resource."""
    digest, size = hashlib.sha256(), 0
    with packed.open(name, "w", force_zip64=True) as member:
        for part in parts:
            digest.update(part)
            size += len(part)
            member.write(part)
    known = name.rpartition("/")[2].rpartition(".")[0].lower()
    return {"name": known, "path": name, "encoding": "utf-8", "bytes": size, "hash": f"sha256:{digest.hexdigest()}"}  # fmt: skip


def _table(raw: psycopg.Connection[Any], packed: zipfile.ZipFile, table: Table) -> dict[str, Any]:
    names = sql.SQL(", ").join(sql.Identifier(c.name) for c in table.columns)
    order = sql.SQL(", ").join(sql.Identifier(c) for c in table.primary or [table.columns[0].name])
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} ORDER BY {}) TO STDOUT {}").format(
        names, sql.Identifier(table.name), sql.SQL(cast("Any", table.where)), order, sql.SQL(cast("Any", COPY))
    )  # fmt: skip
    with psycopg.Cursor(raw) as cursor:
        with cursor.copy(query) as parts:
            told = _member(packed, f"tables/{table.name}.csv", cast("Any", parts))
        count = cursor.rowcount
    return told | {"format": "csv", "mediatype": "text/csv", "rows": count, "schema": schema(table)}


def schema(table: Table) -> dict[str, Any]:
    """A table's columns, key and references, as a Frictionless Table Schema."""
    told: dict[str, Any] = {
        "fields": [_field(c.name, c.type, c.null) for c in table.columns],
        "missingValues": [NOTHING],
    }
    if table.primary:
        told["primaryKey"] = table.primary
    if table.keys:
        told["foreignKeys"] = [
            {"fields": k.columns, "reference": {"resource": k.table, "fields": k.there}} for k in table.keys
        ]
    return told


def _field(name: str, kind: str, null: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "type": "string", "postgresql": kind}
    if kind in ("bigint", "integer", "smallint"):
        told["type"] = "integer"
    elif kind.startswith("numeric"):
        told["type"] = "number"
    elif kind == "boolean":
        told |= {"type": "boolean", "trueValues": ["t"], "falseValues": ["f"]}
    elif kind == "date":
        told["type"] = "date"
    elif kind.startswith("timestamp"):
        told |= {"type": "datetime", "format": "any"}
    elif kind == "jsonb":
        told["type"] = "any"
    return told if null else told | {"constraints": {"required": True}}


def _file(packed: zipfile.ZipFile, digest: str, name: str) -> None:
    """A file's content under its hash, checked while it is copied."""
    path, seen = home() / "files" / digest[:2] / digest, hashlib.sha256()
    if path.exists():
        with (
            path.open("rb") as source,
            packed.open(f"files/{digest[:2]}/{digest}", "w", force_zip64=True) as out,
        ):
            while part := source.read(archive.PART):
                seen.update(part)
                out.write(part)
    if seen.hexdigest() != digest:
        raise Refusal(
            "exchange.file",
            f"the content of {name} is missing or damaged",
            "Restore it from a backup.",
            digest,
        )


def _about(ctx: Ctx, raw: psycopg.Connection[Any], resources: list[dict[str, Any]]) -> dict[str, Any]:
    applied = rows.execute("SELECT app, max(name) FROM django_migrations GROUP BY 1 ORDER BY 1")
    ours = {
        "format": FORMAT, "version": __version__, "company": ctx.company, "figures": archive.companies(raw)[0],
        "head": str(sealing.head(ctx) or ""), "key": sealing.standing(ctx).key, "migrations": dict(applied),
    }  # fmt: skip
    return {
        "name": f"company-{ctx.company}", "title": str(ctx.settings.get("name", "")), "created": clock.now().isoformat(),
        "profile": "data-package", "resources": resources, "backstay": ours,
    }  # fmt: skip


def _close(ctx: Ctx, packed: zipfile.ZipFile, about: dict[str, Any]) -> None:
    """The manifest, its signature, and what a reader without Backstay needs."""
    text = json.dumps(about, ensure_ascii=False, indent=1)
    packed.writestr(PACKAGE, text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    key, signature = sealing.signature(ctx, digest)
    packed.writestr(SIGNATURE, json.dumps({"sha256": digest, "key": key, "signature": signature}))
    packed.writestr("verify.py", Path(chain.__file__).read_text(encoding="utf-8"))
    packed.writestr("README.txt", _README)


_README = """All of a company: its books, records, documents, files and the trail of changes.

datapackage.json   what each table holds: columns, types, references, rows, SHA-256 (https://datapackage.org)
tables/            one CSV a table; a value that is not there is \\\\N; money and quantities in whole smallest steps of their unit.
                   For programs: a spreadsheet takes texts that begin with = for formulas, so import columns as text.
files/             attached files under the SHA-256 of their content; tables/platform_file.csv has their names
chain.jsonl        entries and trail as they were sealed: python verify.py THIS.zip --key PUBLIC_KEY --head FILE_WITH_HEADS
datapackage.sig    the hash of datapackage.json, signed by the key that seals

Another Backstay goes on with it: backstay import --all THIS.zip
There are no passwords, second factors, tokens or keys in it.
""".replace("\\\\N", NOTHING)
