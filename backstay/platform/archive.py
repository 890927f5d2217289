"""The archive of a backup: how it is packed, what stands in it, how it is read and compared.

A tar: ``manifest.json`` (what it holds, each member's SHA-256, and figures of the very snapshot that was dumped),
``manifest.sha256``, ``database.dump`` (pg_dump's custom format), ``files/…``, ``secrets.json``. Encrypted it is an
`age <https://age-encryption.org/v1>`_ file, so it opens without Backstay too.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg import sql

from backstay import __version__
from backstay.base import clock
from backstay.base.errors import Refusal
from backstay.platform import database, postgres
from backstay.platform.home import home

FORMAT = 1
DUMP, MANIFEST, DIGEST, SECRETS = "database.dump", "manifest.json", "manifest.sha256", "secrets.json"
PART = 1024 * 1024

_COMPANIES = """
SELECT c.id, c.name, (SELECT count(*) FROM entry e WHERE e.company_id = c.id), coalesce(sum(p.many), 0)::bigint, coalesce(sum(p.debit), 0)::bigint,
       encode(sha256(coalesce(string_agg(p.told, ',' ORDER BY p.subaccount_id), '')::bytea), 'hex'),
       (SELECT b.number || ' ' || b.hash FROM seal_block b WHERE b.company_id = c.id ORDER BY b.number DESC LIMIT 1)
FROM company c LEFT JOIN (
    SELECT company_id, subaccount_id, count(*) AS many, sum(greatest(value, 0)) AS debit, format('%s:%s:%s:%s', subaccount_id, count(*), sum(amount), sum(value)) AS told
    FROM posting GROUP BY 1, 2) p ON p.company_id = c.id
GROUP BY c.id, c.name ORDER BY c.id
"""


def figures(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """What a copy must agree with: rows of every table; entries, postings, turnover, balances and the end of the sealed chain of each company."""
    schema = database.schema()
    connection.execute(sql.SQL("SET search_path = {}, pg_temp").format(sql.Identifier(schema)))
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema]
    ).fetchall()
    tables = {}
    for (name,) in names:
        counted = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
        ).fetchone()
        tables[name] = counted[0] if counted else 0
    return {"tables": tables, "companies": companies(connection)}


def companies(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    """Of each company that is seen: entries, postings, turnover, a hash of its balances, the end of its chain."""
    return [
        {"id": i, "name": n, "entries": e, "postings": p, "turnover": t, "balances": b, "head": h}
        for i, n, e, p, t, b, h in connection.execute(_COMPANIES).fetchall()
    ]


def pack(path: Path, parts: Sequence[tuple[str, Path]], figures: dict[str, Any]) -> None:
    members = {name: {"sha256": _sha(file), "size": file.stat().st_size} for name, file in parts}
    told = {"format": FORMAT, "backstay": __version__, "made_at": clock.now().isoformat(), "members": members}
    manifest = json.dumps(told | figures, indent=1, sort_keys=True).encode()
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in ((MANIFEST, manifest), (DIGEST, hashlib.sha256(manifest).hexdigest().encode())):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o600
            tar.addfile(info, io.BytesIO(content))
        for name, file in parts:
            info = tarfile.TarInfo(name)
            info.size, info.mode = file.stat().st_size, 0o600
            with file.open("rb") as source:
                tar.addfile(info, source)


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened(path: Path, identity: Path | None) -> Iterator[BinaryIO]:
    """The plain archive of a backup. Raises Refusal (``backup.key``, ``backup.damaged``)."""
    if path.suffix != ".age":
        with path.open("rb") as plain:
            yield plain
        return
    import pyrage

    if identity is None:
        raise Refusal("backup.key", f"{path.name} is encrypted", "Name the file with its key: --key FILE.")
    lines = [x for x in identity.read_text().split() if x.startswith("AGE-SECRET-KEY-")]
    try:
        keys = [pyrage.x25519.Identity.from_str(x) for x in lines]
    except pyrage.IdentityError:
        keys = []
    if not keys:
        raise Refusal(
            "backup.key", f"{identity.name} holds no key", "Use the one `backstay backup key` wrote."
        )
    with tempfile.TemporaryFile(dir=home()) as plain:
        try:
            with path.open("rb") as source:
                pyrage.decrypt_io(source, plain, keys)
        except (pyrage.DecryptError, OSError) as exc:
            raise Refusal(
                "backup.damaged",
                f"{path.name} cannot be decrypted: {exc}",
                "It is damaged, or the key is another's; take the copy before it.",
            ) from None
        plain.seek(0)
        yield plain


def check(path: Path, identity: Path | None = None) -> dict[str, Any]:
    """Read a backup whole and compare every member with the manifest, which is returned.

    Raises Refusal (``backup.damaged``) that names the member.
    """
    with opened(path, identity) as plain:
        return checked(plain, path.name)


def _damaged(name: str, where: str, what: str) -> Refusal:
    return Refusal(
        "backup.damaged", f"{name}: {where} {what}", "Nothing was restored. Take the copy before it.", where
    )


def checked(plain: BinaryIO, name: str) -> dict[str, Any]:
    seen: dict[str, str] = {}
    texts: dict[str, bytes] = {}
    last = "its beginning"
    try:
        with tarfile.open(fileobj=plain, mode="r:") as tar:
            for member in tar:
                last = member.name
                source = tar.extractfile(member) if member.isreg() else None
                if source is None:
                    raise _damaged(name, member.name[:80], "is no plain file")
                digest, count = hashlib.sha256(), 0
                kept = bytearray()
                while part := source.read(PART):
                    digest.update(part)
                    count += len(part)
                    if member.name in (MANIFEST, DIGEST):
                        kept += part
                if count != member.size:
                    raise _damaged(name, member.name, "ends early")
                seen[member.name], texts[member.name] = digest.hexdigest(), bytes(kept)
    except (tarfile.TarError, EOFError, ValueError, OSError) as exc:
        raise _damaged(name, last, f"cannot be read: {exc}") from None
    if MANIFEST not in seen or seen[MANIFEST].encode() != texts.get(DIGEST):
        raise _damaged(name, MANIFEST, "is missing or is not what was saved")
    told: dict[str, Any] = json.loads(texts[MANIFEST])
    if told["format"] != FORMAT:
        raise Refusal(
            "backup.format",
            f"{name} has format {told['format']}",
            "Restore it with the version that wrote it.",
        )
    members = {m: x["sha256"] for m, x in told["members"].items()}
    for member in sorted(members.keys() | (seen.keys() - {MANIFEST, DIGEST})):
        if seen.get(member) != members.get(member):
            what = "is missing" if member not in seen else "is not what was saved"
            raise _damaged(name, member, what)
    return told


def tool(name: str, arguments: Sequence[str], url: dict[str, Any]) -> str:
    """Run a program of PostgreSQL; the password goes by the environment, where no list of processes shows it."""
    known = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    environment |= {known[k]: str(v) for k, v in url.items() if k in known}
    command = [str(postgres.binaries() / name), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Refusal(
            "backup.dump",
            f"{name}: {done.stderr.strip()[:500]}",
            "Nothing was changed. `backstay doctor` looks further.",
        )
    return done.stdout
