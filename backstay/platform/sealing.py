"""Seals what is settled, and reads the chain again: for verify, and for those who check it elsewhere.

The format and the checking stand in ``base/seal.py``, which needs no database. What waits to be sealed stands in a queue
(``sql/seal.sql``); a block is one transaction, however many entries and events it takes.
"""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backstay.base import clock
from backstay.base import seal as chain
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.base.seal import Found, Head, Leaf, Verifier
from backstay.ledger.verify import check
from backstay.platform import access, audit, heads, rows, secrets, stamping
from backstay.platform.context import work

KIND = "platform.seal"
ACTOR = "system:seal"
MOST = 100_000  # leaves a block
PAGE = 5_000
_BLOCK = "number, at, previous, root, size, key, next_key, hash, signature"
_STRAY = """
SELECT 'seal.inserted', 'entry ' || e.id, 'it is in no block, nor does it wait for one' FROM entry e
WHERE e.company_id = %(company)s AND NOT EXISTS (SELECT FROM seal_leaf l WHERE l.company_id = e.company_id AND l.type = 'entry' AND l.object_id = e.id)
  AND NOT EXISTS (SELECT FROM unsealed u WHERE u.type = 'entry' AND u.object_id = e.id AND u.company_id = e.company_id)
UNION ALL
SELECT 'seal.inserted', 'event ' || e.id, 'it is in no block, nor does it wait for one' FROM platform_auditevent e
WHERE e.company_id = %(company)s AND NOT EXISTS (SELECT FROM seal_leaf l WHERE l.company_id = e.company_id AND l.type = 'event' AND l.object_id = e.id)
  AND NOT EXISTS (SELECT FROM unsealed u WHERE u.type = 'event' AND u.object_id = e.id AND u.company_id = e.company_id)
UNION ALL
SELECT 'seal.queue', u.type || ' ' || u.object_id, 'it waits to be sealed and is gone, or is sealed already' FROM unsealed u
WHERE u.company_id = %(company)s AND (
    EXISTS (SELECT FROM seal_leaf l WHERE l.company_id = u.company_id AND l.type = u.type AND l.object_id = u.object_id)
    OR NOT EXISTS (SELECT FROM entry e WHERE u.type = 'entry' AND e.id = u.object_id UNION ALL
                   SELECT FROM platform_auditevent e WHERE u.type = 'event' AND e.id = u.object_id))
LIMIT 100
"""


class Standing(NamedTuple):
    """Until when a company is sealed: its last block, and what waits."""

    block: int
    at: int  # microseconds since 1970
    hash: str
    key: str
    blocks: int
    leaves: int
    waiting: int


def seal_company(company: int) -> int:
    """Seal all that waits for a company, a block a transaction; how many entries and events."""
    total = 0
    while True:
        with work(company, ACTOR, "seal") as ctx:
            sealed = seal_block(ctx)
        total += sealed
        if sealed < MOST:
            return total


def seal_block(ctx: Ctx, *, next_key: str = "", signer: tuple[str, str] | None = None) -> int:
    """Seal what waits, as one block; how many entries and events. Nothing where somebody else does it now.

    ``next_key`` signs from the next block on; ``signer``: (private, public) instead of the key that is due.
    """
    found = rows.execute("SELECT number, previous, key, size FROM seal_take(%s, %s)", [ctx.company, MOST])
    if not found or (not found[0][3] and not next_key and signer is None):
        return 0
    number, previous, due, size = found[0]
    private, key = signer or signing_key(due)
    sql = "SELECT encode(hash, 'hex') FROM seal_leaf WHERE company_id = %s AND block = %s ORDER BY place"
    root = chain.root_of(h for (h,) in rows.execute(sql, [ctx.company, number]))
    block: dict[str, Any] = {
        "at": int(clock.now().timestamp() * 1_000_000), "company": ctx.company, "key": key, "next_key": next_key or None,
        "number": number, "previous": previous, "root": root, "size": size,
    }  # fmt: skip
    digest = chain.block_hash(block)
    values = [
        ctx.company,
        number,
        block["at"],
        previous,
        root,
        size,
        key,
        next_key or None,
        digest,
        sign(private, digest),
    ]
    rows.execute("SELECT seal_end(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", values)
    sql = "SELECT at FROM seal_block WHERE company_id = %s AND number = %s"
    before = rows.execute(sql, [ctx.company, number - 1])
    heads.told(ctx, Head(ctx.company, number, digest, block["at"]), before[0][0] if before else 0)
    return int(size)


# ---- keys ----


def new_key() -> tuple[str, str]:
    """(private, public) of a new key, kept with the secrets of this installation."""
    made = Ed25519PrivateKey.generate()
    private, public = made.private_bytes_raw().hex(), made.public_key().public_bytes_raw().hex()
    secrets.put(_name(public), private)
    return private, public


def signing_key(due: str) -> tuple[str, str]:
    """The key that signs now: the one the chain names, or, for the first block, a new one."""
    if not due:
        return new_key()
    private = secrets.known(_name(due))
    if not private:
        raise Refusal(
            "seal.key",
            f"the key {due[:16]} that signs this chain is not in the data folder",
            "Put secrets.json back from a backup; if it is lost, go on with another: `backstay seal rotate --lost`.",
        )
    return private, due


def sign(private: str, digest: str) -> str:
    """The signature of a block's hash."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)).sign(bytes.fromhex(digest)).hex()


def rotate(ctx: Ctx, *, lost: bool = False) -> str:
    """Change the key: the old one signs a block that names the new. ``lost``: the new one signs alone, which verify tells
    for ever. Returns the new public key."""
    access.require(ctx, f"{KIND}.rotate")
    made = new_key()
    audit.record(ctx, KIND, [ctx.company], "rotate", [{"key": made[1], "lost": lost}])
    if lost:
        seal_block(ctx, signer=made)
    else:
        seal_block(ctx, next_key=made[1])
    if standing(ctx).key != made[1]:
        raise Refusal("seal.busy", "somebody else seals at this moment", "Try again.")
    return made[1]


def hand_over(ctx: Ctx, key: str) -> None:
    """Let another installation go on with the chain: a last block names its public key, and this one signs no more."""
    access.require(ctx, f"{KIND}.rotate")
    if not chain.KEY.fullmatch(key):
        raise Refusal(
            "seal.key",
            "that is no public key",
            "`backstay seal new-key` of the other installation prints it.",
        )
    audit.record(ctx, KIND, [ctx.company], "hand_over", [{"key": key}])
    seal_block(ctx, next_key=key)
    if standing(ctx).key != key:
        raise Refusal("seal.busy", "somebody else seals at this moment", "Try again.")


def signature(ctx: Ctx, digest: str) -> tuple[str, str]:
    """A hash signed by the key of the last block: (key, signature); empty where there is none, or its key is not here."""
    found = rows.execute(
        "SELECT key FROM seal_block WHERE company_id = %s ORDER BY number DESC LIMIT 1", [ctx.company]
    )
    private = secrets.known(_name(found[0][0])) if found else ""
    return (found[0][0], sign(private, digest)) if private else ("", "")


def may_sign(ctx: Ctx) -> bool:
    """Whether the key that signs next is here, or there is no block yet."""
    due = standing(ctx).key
    return not due or bool(secrets.known(_name(due)))


def _name(public: str) -> str:
    return f"seal:{public[:32]}"


# ---- reading ----


def standing(ctx: Ctx) -> Standing:
    """Until when it is sealed."""
    sql = (
        "SELECT coalesce(b.number, 0), coalesce(b.at, 0), coalesce(b.hash, ''), coalesce(b.next_key, b.key, ''), coalesce(b.number, 0),"
        " coalesce((SELECT sum(size) FROM seal_block s WHERE s.company_id = %s), 0)::bigint, (SELECT count(*) FROM unsealed u WHERE u.company_id = %s)"
        " FROM (SELECT) one LEFT JOIN LATERAL (SELECT * FROM seal_block x WHERE x.company_id = %s ORDER BY number DESC LIMIT 1) b ON true"
    )
    return Standing(*rows.execute(sql, [ctx.company] * 3)[0])


class Sealed(NamedTuple):
    """Where an entry stands in the chain: its block, and its gapless number in a journal's year."""

    block: int
    journal: str
    year: int
    number: int


def sealed(ctx: Ctx, entry: int) -> Sealed | None:
    """Where an entry is sealed; None while it waits."""
    sql = "SELECT block, journal, year, number FROM seal_leaf WHERE company_id = %s AND type = 'entry' AND object_id = %s"
    found = rows.execute(sql, [ctx.company, entry])
    return Sealed(*found[0]) if found else None


def head(ctx: Ctx) -> Head | None:
    """The end of the chain, to be kept outside."""
    now = standing(ctx)
    return Head(ctx.company, now.block, now.hash, now.at) if now.block else None


def blocks(ctx: Ctx, last: int) -> Iterator[dict[str, Any]]:
    """Blocks in order, up to ``last``."""
    names = _BLOCK.split(", ")
    sql = f"SELECT {_BLOCK} FROM seal_block WHERE company_id = %s AND number > %s AND number <= %s ORDER BY number LIMIT %s"
    reached = -(2**62)
    while page := rows.execute(sql, [ctx.company, reached, last, PAGE]):
        for row in page:
            yield dict(zip(names, row, strict=True)) | {"company": ctx.company}
        reached = page[-1][0]


def leaves(ctx: Ctx, last: int) -> Iterator[tuple[int, Leaf]]:
    """(block, leaf) in order, with what is stored now."""
    sql = (
        "SELECT block, place, type, object_id, hash, content FROM seal_content WHERE company_id = %s AND (block, place) > (%s, %s)"
        " AND block <= %s ORDER BY block, place LIMIT %s"
    )
    reached = (-(2**62), 0)
    while page := rows.execute(sql, [ctx.company, *reached, last, PAGE]):
        opened = _opened([row[3] for row in page if row[2] == "event"])
        for block, _place, kind, ident, digest, content in page:
            beside = opened.get(ident, ()) if kind == "event" else None
            yield block, Leaf(f"{kind} {ident}", digest, content, beside)
        reached = (page[-1][0], page[-1][1])


def _opened(events: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    sql = (
        "SELECT event_id, field, side, salt, value FROM platform_auditvalue WHERE event_id = ANY(%s::bigint[])"
        " ORDER BY event_id, field, side"
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for event, field, side, salt, value in rows.execute(sql, [list(events)]) if events else ():
        found.setdefault(event, []).append({"field": field, "side": side, "salt": salt, "value": value})
    return found


def linked(ctx: Ctx, lost: list[Found]) -> Iterator[tuple[Mapping[str, Any], Iterable[Leaf]]]:
    """Every block with its leaves; leaves of blocks that are not there are put on ``lost``."""
    last = standing(ctx).block
    groups = itertools.groupby(leaves(ctx, last), key=lambda pair: pair[0])
    group = next(groups, None)
    for block in blocks(ctx, last):
        while group is not None and group[0] < block["number"]:
            lost.append(Found("seal.block_missing", f"block {group[0]}", "it is gone, what it held is here"))
            group = next(groups, None)
        if group is not None and group[0] == block["number"]:
            yield block, (leaf for _number, leaf in group[1])
            group = next(groups, None)
        else:
            yield block, ()
    for number, _rest in itertools.chain([group] if group else [], groups):
        lost.append(Found("seal.block_missing", f"block {number}", "it is gone, what it held is here"))


def verify(ctx: Ctx, kept: Sequence[Head] = (), key: str = "") -> list[Found]:
    """Everything in the database that is not as it was sealed."""
    verifier, lost = Verifier(ctx.company, key, kept), list[Found]()
    for block, held in linked(ctx, lost):
        verifier.block(block, held)
    sql = "SELECT 'block ' || block FROM seal_leaf WHERE company_id = %s AND block > %s GROUP BY block ORDER BY block LIMIT 20"
    after = [
        Found("seal.block_missing", b, "it is gone, what it held is here")
        for (b,) in rows.execute(sql, [ctx.company, verifier.number])
    ]
    stray = [Found(*row) for row in rows.execute(_STRAY, {"company": ctx.company})]
    return [*verifier.end(), *lost, *after, *stray]


@check("seal.chain")
def whole_chain(ctx: Ctx) -> Iterator[str]:
    """Entries and the trail are what was sealed: nothing changed, missing, put in or put elsewhere."""
    for found in verify(ctx):
        yield f"{found.code}: {found.where}: {found.what}"


def against(ctx: Ctx, text: str) -> Iterator[str]:
    """What does not agree with heads that were kept outside, wherever in a text they stand."""
    kept = chain.heads_of(text)
    if not kept:
        raise Refusal(
            "seal.head", "there is no head in that file", "It is a line that begins with backstay-head 1."
        )
    for each in kept:
        if each.company == ctx.company:
            sql = "SELECT hash FROM seal_block WHERE company_id = %s AND number = %s"
            found = rows.execute(sql, [ctx.company, each.block])
            if not found:
                yield f"block {each.block}: a head kept outside names it: the end is missing"
            elif found[0][0] != each.hash:
                yield f"block {each.block}: a head kept outside says {each.hash}"


def chain_lines(ctx: Ctx, *, personal: bool = True) -> Iterator[tuple[bool, bytes]]:
    """The chain as it is written into files, line by line: (whether it is a leaf, the line)."""
    for block, held in linked(ctx, []):
        yield False, f'{{"block":{chain.canonical(block)}}}\n'.encode()
        for leaf in held:
            kind, _, ident = leaf.name.partition(" ")
            gone = {"company": ctx.company, "gone": True, "id": int(ident), "type": kind}
            told = f'{{"hash":"{leaf.hash}","leaf":{leaf.content or chain.canonical(gone)}'
            if personal and leaf.opened is not None:
                told += f',"opened":{chain.canonical(leaf.opened)}'
            yield True, f"{told}}}\n".encode()


def export(ctx: Ctx, path: Path, *, personal: bool = True) -> int:
    """Write the chain as one file that can be checked without this program; return how many leaves.

    Without ``personal`` values it holds their salted hashes alone.
    """
    access.require(ctx, f"{KIND}.export")
    now, count = standing(ctx), 0
    about = {
        "company": ctx.company,
        "name": ctx.settings.get("name", ""),
        "key": now.key,
        "head": str(head(ctx) or ""),
        "personal": personal,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("about.json", json.dumps(about, ensure_ascii=False, indent=1))
        packed.writestr("verify.py", Path(chain.__file__).read_text(encoding="utf-8"))
        packed.writestr("README.txt", _README)
        for each in stamping.stamps(ctx):
            packed.writestr(f"stamps/block-{each.block}.txt", each.head)
            packed.writestr(f"stamps/block-{each.block}.tsr", bytes(each.answer))
        with packed.open("chain.jsonl", "w", force_zip64=True) as out:
            for leaf, line in chain_lines(ctx, personal=personal):
                out.write(line)
                count += leaf
    audit.record(
        ctx, KIND, [ctx.company], "export", [{"leaves": count, "head": now.hash, "personal": personal}]
    )
    return count


_README = """A sealed export: the entries of the books and the trail of changes, block by block.

Check it with Python 3.11 or later and the library cryptography (pip install cryptography):

    python verify.py THIS.zip --key PUBLIC_KEY --head FILE_WITH_HEADS_YOU_KEPT

Take verify.py and the public key from somebody else than the one who gave you this file: whoever could change the file
could have changed those, too. stamps/ holds what authorities said of heads: openssl ts -verify -data block-N.txt -in block-N.tsr
-CAfile CA.pem, with the authority's certificate from elsewhere. about.json says what the file claims to be, chain.jsonl holds it, one line a block or leaf.
"""
