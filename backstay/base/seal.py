"""The sealed chain: what a block is, and how anybody checks it, with Python and ``cryptography`` alone:

    python seal.py EXPORT.zip --key PUBLIC_KEY [--head FILE]

A **leaf** is an entry of the books or an event of the trail, as JSON without spaces, keys in order (RFC 8785); its hash
is SHA-256 of a zero byte and that text. A **block** holds the Merkle root of its leaves (RFC 6962), the hash of the block
before, and a signature (Ed25519). A **head** is number and hash of a block, kept by somebody else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIRST = "0" * 64  # what the first block names as the one before
HEADER = ("at", "company", "key", "next_key", "number", "previous", "root", "size")
KEY = re.compile("[0-9a-f]{64}")
HEAD = re.compile(r"backstay-head 1 company=(\d+) block=(\d+) hash=([0-9a-f]{64}) at=(\d+)")


class Found(NamedTuple):
    """Something that is not as it was sealed: a code, where, and what."""

    code: str
    where: str
    what: str


class Head(NamedTuple):
    """The end of a chain at some time."""

    company: int
    block: int
    hash: str
    at: int = 0

    def __str__(self) -> str:
        return f"backstay-head 1 company={self.company} block={self.block} hash={self.hash} at={self.at}"


class Leaf(NamedTuple):
    """What a block holds: its kind and number, the hash that was sealed, the text as it is now (None: it is gone)."""

    name: str
    hash: str
    content: str | None
    opened: Sequence[Mapping[str, Any]] | None = None  # personal values: field, side, salt, value


def canonical(value: Any) -> str:
    """JSON without spaces, keys in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leaf_hash(content: str) -> str:
    """SHA-256 of a zero byte and the text."""
    return hashlib.sha256(b"\0" + content.encode()).hexdigest()


def root_of(hashes: Iterable[str]) -> str:
    """The Merkle root: pairs are hashed after a byte of one, an odd one moves up as it is; of nothing, SHA-256 of nothing."""
    level = [bytes.fromhex(h) for h in hashes]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        odd = level[len(level) // 2 * 2 :]
        level = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2])] + odd
    return level[0].hex()


def block_hash(block: Mapping[str, Any]) -> str:
    """SHA-256 of the block's header as canonical JSON."""
    header = {name: block.get(name) for name in HEADER}
    return hashlib.sha256(canonical(header).encode()).hexdigest()


def signed(public: str, digest: str, signature: str) -> bool:
    """Whether the owner of the key signed that hash."""
    with suppress(InvalidSignature, ValueError, TypeError):
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), bytes.fromhex(digest))
        return True
    return False


class Verifier:
    """Goes through a chain block by block and remembers what it found. ``key``: a public key that must have signed."""

    def __init__(self, company: int, key: str = "", heads: Sequence[Head] = ()) -> None:
        self.company, self.key = company, key
        self.heads = {(h.company, h.block): h for h in heads}
        self.found, self.keys, self.numbers = list[Found](), set[str](), dict[tuple[str, int], int]()
        self.number, self.hash, self.expected, self.leaves = 0, FIRST, "", 0

    def say(self, *told: str) -> None:
        self.found.append(Found(*told))

    def block(self, block: Mapping[str, Any], leaves: Iterable[Leaf]) -> None:
        """The next block with its leaves, in their order."""
        number, digest = int(block["number"]), block_hash(block)
        where, fits = f"block {number}", signed(block["key"], digest, block["signature"])
        for wrong, code, what in (
            (number != self.number + 1, "seal.block_missing", f"before it stands block {self.number}"),
            (block["company"] != self.company, "seal.company", f"it is of company {block['company']}"),
            (block["previous"] != self.hash, "seal.previous", "it was sealed after another block"),
            (digest != block["hash"], "seal.block_changed", "its header is not what was sealed"),
            (block["key"] != (self.expected or block["key"]), "seal.key", "another key should sign it"),
            (not fits, "seal.signature", "its signature does not fit"),
        ):
            if wrong:
                self.say(code, where, what)
        self.keys |= {block["key"]} if fits else set()
        self._leaves(block, where, leaves)
        held = self.heads.pop((self.company, number), None)
        if held is not None and held.hash != digest:
            self.say("seal.head", where, f"a head kept outside says {held.hash}")
        self.number, self.hash, self.expected = number, digest, block["next_key"] or block["key"]

    def _leaves(self, block: Mapping[str, Any], where: str, leaves: Iterable[Leaf]) -> None:
        hashes = []
        for place, leaf in enumerate(leaves, 1):
            at = f"{where} place {place}: {leaf.name}"
            hashes.append(leaf.hash)
            if leaf.content is None:
                self.say("seal.missing", at, "it was sealed and is gone")
            elif leaf_hash(leaf.content) != leaf.hash:
                self.say("seal.changed", at, "it is not what was sealed")
            else:
                self._read(leaf, at)
        self.leaves += len(hashes)
        if len(hashes) != block["size"]:
            self.say("seal.size", where, f"{block['size']} were sealed, {len(hashes)} are here")
        if root_of(hashes) != block["root"]:
            self.say("seal.leaves", where, "what it holds, or its order, is not what was sealed")

    def _read(self, leaf: Leaf, at: str) -> None:
        told = json.loads(leaf.content or "null")
        if told["company"] != self.company:
            self.say("seal.company", at, f"it is of company {told['company']}")
        if told["type"] == "entry":
            run = (told["journal"], told["year"])
            if told["number"] != self.numbers.get(run, 0) + 1:
                self.say("seal.number", at, f"number {told['number']} of {run[0]} {run[1]} is out of its row")
            self.numbers[run] = told["number"]
        elif leaf.opened is not None:
            self._opened(told, leaf.opened, at)

    def _opened(self, event: Mapping[str, Any], opened: Sequence[Mapping[str, Any]], at: str) -> None:
        sealed = committed(event)
        for each in opened:
            told = sealed.pop((each["field"], each["side"]), None)
            digest = hashlib.sha256(f"{each['salt']}:{each['value']}".encode()).hexdigest()
            if told is None or (each["salt"] is not None and digest != told):
                self.say("seal.personal", at, f"{each['field']} is not what was sealed")
        for field, _side in sealed:
            self.say("seal.personal", at, f"the value of {field} is gone, and not by erasing it")

    def end(self) -> list[Found]:
        """What was found, once there are no more blocks."""
        for number in [block for company, block in self.heads if company == self.company]:
            self.say("seal.head", f"block {number}", "a head kept outside names it: the end is missing")
        if self.key and self.key not in self.keys:
            self.say("seal.key", "chain", "no block is signed by the key that was given")
        return self.found


def committed(event: Mapping[str, Any]) -> dict[tuple[str, int], str]:
    """(field, side) → salted hash of every personal value that an event stands for."""
    changes, data = (json.loads(event.get(name) or "{}") for name in ("changes", "data"))
    found = {(name, 1): value for name, value in data.items()} if isinstance(data, dict) else {}
    found |= {(name, side): v for name, pair in changes.items() for side, v in enumerate(pair)}
    return {place: v["#"] for place, v in found.items() if isinstance(v, dict) and list(v) == ["#"]}


def heads_of(text: str) -> list[Head]:
    """Every head that stands in a text, e.g. in mails that were kept."""
    return [Head(int(c), int(b), h, int(at)) for c, b, h, at in HEAD.findall(text)]


def read(path: str | Path) -> Iterator[dict[str, Any]]:
    """The lines of an export. Raises ValueError for one that cannot be read."""
    try:
        with zipfile.ZipFile(path) as packed, packed.open("chain.jsonl") as lines:
            for line in lines:
                yield dict(json.loads(line))
    except (zipfile.BadZipFile, KeyError, TypeError, EOFError, UnicodeError, json.JSONDecodeError) as exc:
        raise ValueError(f"{path} is no sealed export, or a damaged one ({exc})") from exc


def verify(lines: Iterable[Mapping[str, Any]], key: str, heads: Sequence[Head] = ()) -> Verifier:
    """Check an export: its blocks in order, each followed by its leaves. Raises ValueError where it cannot be read."""
    verifier: Verifier | None = None
    block: Mapping[str, Any] = {}
    leaves: list[Leaf] = []
    try:
        for line in lines:
            if "block" in line:
                if verifier is not None:
                    verifier.block(block, leaves)
                block, leaves = line["block"], []
                verifier = verifier or Verifier(block["company"], key, heads)
            else:
                it = line["leaf"]
                leaves.append(
                    Leaf(f"{it['type']} {it['id']}", line["hash"], canonical(it), line.get("opened"))
                )
        verifier = verifier or Verifier(heads[0].company if heads else 0, key, heads)
        if block:
            verifier.block(block, leaves)
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"a line of the export is damaged ({exc!r})") from exc
    verifier.end()
    return verifier


def main(arguments: Sequence[str] | None = None) -> int:
    """Check an export: 0 it is whole, 3 it is not, 2 it cannot be read."""
    parser = argparse.ArgumentParser(description="Check a sealed export with the public key alone.")
    parser.add_argument("export", help="the file that `backstay seal export` wrote")
    parser.add_argument("--key", required=True, help="the public key, or a file that holds it")
    parser.add_argument("--head", action="append", default=[], help="a file with heads kept outside")
    told = parser.parse_args(arguments)
    try:
        key = "".join(KEY.findall(told.key if KEY.fullmatch(told.key) else Path(told.key).read_text())[:1])
        heads = [h for name in told.head for h in heads_of(Path(name).read_text(encoding="utf-8"))]
        if not key or (told.head and not heads):
            raise ValueError("there is no public key (64 hexadecimal digits), or no head in the files given")
        verifier = verify(read(told.export), key, heads)
    except (OSError, ValueError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    wrong = "".join(f"WRONG {f.code}: {f.where}: {f.what}\n" for f in verifier.found)
    sys.stdout.write(f"{wrong}{verifier.number} blocks, {verifier.leaves} leaves; head {verifier.hash}\n")
    return 3 if verifier.found else 0


if __name__ == "__main__":
    sys.exit(main())
