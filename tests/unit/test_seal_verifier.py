"""The verifier itself: every planted corruption is told by its code, and every part of the verifier is needed for that.

Nothing here needs a database: a chain is built by hand, as docs/promise.md says, with keys of its own.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import itertools
import json
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backstay.base import seal

Lines = list[dict[str, Any]]
COMPANY = 3
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 4)]
PUBLIC = [k.public_key().public_bytes_raw().hex() for k in KEYS]
FOREIGN = 2  # a key the chain never names


def entry(number: int, journal: str = "sales", **more: Any) -> dict[str, Any]:
    return {
        "type": "entry",
        "id": 100 + number,
        "company": COMPANY,
        "journal": journal,
        "year": 2026,
        "number": number,
        "text": "ü",
        **more,
    }


def event(ident: int, changes: Any = None, data: Any = None, **more: Any) -> dict[str, Any]:
    told = {name: None if v is None else json.dumps(v) for name, v in (("changes", changes), ("data", data))}
    return {"type": "event", "id": ident, "company": COMPANY, **told, **more}


def opening(field: str, side: int, salt: str | None, value: str | None) -> dict[str, Any]:
    return {"field": field, "side": side, "salt": salt, "value": value}


def hidden(salt: str, value: str) -> dict[str, str]:
    return {"#": hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()}


def leaf(told: dict[str, Any], opened: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    line = {"leaf": told, "hash": seal.leaf_hash(seal.canonical(told))}
    return line if opened is None else line | {"opened": opened}


PERSON = event(
    2, {"name": [hidden("a", "Ann"), hidden("b", "Anna")], "phone": [None, hidden("c", "5")], "days": [1, 2]}
)
MAIL = event(3, None, {"to": hidden("d", "ann@x.example"), "reason": "asked"})
BLOCKS: list[tuple[list[dict[str, Any]], int, int | None]] = [  # leaves, signed by, next key
    ([leaf(entry(1)), leaf(entry(1, "bank", id=200)), leaf(event(1, {"state": ["a", "b"]}), [])], 0, None),
    ([leaf(entry(2)), leaf(PERSON, [opening("name", 0, "a", "Ann"), opening("name", 1, "b", "Anna"), opening("phone", 1, None, None)])], 0, 1),
    ([], 1, None),
    ([leaf(entry(3)), leaf(entry(4)), leaf(MAIL, [opening("to", 1, "d", "ann@x.example")]), leaf(event(4)), leaf(entry(5))], 1, None),
]  # fmt: skip


def chain_of(blocks: Any = None, **forged: Any) -> Lines:
    """Lines of an export; ``forged``: header fields of the last block, sealed as if they were right."""
    lines: Lines = []
    previous = seal.FIRST
    made = BLOCKS if blocks is None else blocks
    for number, (leaves, signer, following) in enumerate(made, 1):
        header = {
            "at": number * 1_000_000, "company": COMPANY, "key": PUBLIC[signer], "next_key": None if following is None else PUBLIC[following],
            "number": number, "previous": previous, "root": seal.root_of(line["hash"] for line in leaves), "size": len(leaves),
        }  # fmt: skip
        if number == len(made):
            header |= forged
        lines += [{"block": sealed(header, signer)}, *copy.deepcopy(leaves)]
        previous = lines[-1 - len(leaves)]["block"]["hash"]
    return lines


def sealed(header: dict[str, Any], signer: int) -> dict[str, Any]:
    digest = seal.block_hash(header)
    return header | {"hash": digest, "signature": KEYS[signer].sign(bytes.fromhex(digest)).hex()}


def blocks_of(lines: Lines) -> list[int]:
    return [n for n, line in enumerate(lines) if "block" in line]


def without(place: int) -> Callable[[Lines], Lines]:
    return lambda lines: lines[:place] + lines[place + 1 :]


def swapped(a: int, b: int) -> Callable[[Lines], Lines]:
    def swap(lines: Lines) -> Lines:
        lines[a], lines[b] = lines[b], lines[a]
        return lines

    return swap


def put(place: int, **changes: Any) -> Callable[[Lines], Lines]:
    """Fields of a leaf or a header say something else."""

    def change(lines: Lines) -> Lines:
        lines[place].get("block", lines[place].get("leaf")).update(changes)
        return lines

    return change


def rehashed(place: int, **changes: Any) -> Callable[[Lines], Lines]:
    """The same, and the hash beside it is made to fit."""

    def change(lines: Lines) -> Lines:
        put(place, **changes)(lines)
        line = lines[place]
        if "block" in line:
            line["block"]["hash"] = seal.block_hash(line["block"])
        else:
            line["hash"] = seal.leaf_hash(seal.canonical(line["leaf"]))
        return lines

    return change


def opened(place: int, openings: list[dict[str, Any]]) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        lines[place]["opened"] = openings
        return lines

    return change


def block_gone(number: int) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        starts = [*blocks_of(lines), len(lines)]
        return lines[: starts[number - 1]] + lines[starts[number] :]

    return change


def blocks_swapped(lines: Lines) -> Lines:
    starts = [*blocks_of(lines), len(lines)]
    return (
        lines[: starts[1]] + lines[starts[2] : starts[3]] + lines[starts[1] : starts[2]] + lines[starts[3] :]
    )


def last(leaves: list[dict[str, Any]], signer: int = 1, **forged: Any) -> Callable[[Lines], Lines]:
    """Another last block, signed by whoever holds a key."""
    return lambda _lines: chain_of([*BLOCKS[:3], (leaves, signer, None)], **forged)


CHAIN = chain_of()
B1, B2, B3, B4 = blocks_of(CHAIN)
HEAD = seal.Head(COMPANY, 4, CHAIN[B4]["block"]["hash"])
Corruption = tuple[Callable[[Lines], Lines], set[str]]
CORRUPTIONS: dict[str, Corruption] = {
    "an entry changed": (put(B1 + 1, text="x"), {"seal.changed", "seal.number"}),
    "an event changed": (put(B4 + 3, data="{}"), {"seal.changed"}),
    "an entry changed, its hash too": (rehashed(B1 + 1, text="x"), {"seal.leaves"}),
    "the last leaf of a block changed, its hash too": (rehashed(B4 + 5, text="x"), {"seal.leaves"}),
    "a leaf gone": (without(B1 + 1), {"seal.size", "seal.leaves", "seal.number"}),
    "the last leaf gone": (without(B4 + 5), {"seal.size", "seal.leaves"}),
    "two leaves swapped": (swapped(B4 + 3, B4 + 4), {"seal.leaves"}),
    "a leaf twice": (lambda c: [*c, c[-2]], {"seal.size", "seal.leaves"}),
    "a block gone": (block_gone(2), {"seal.block_missing", "seal.previous", "seal.key", "seal.number"}),
    "an empty block gone": (block_gone(3), {"seal.block_missing", "seal.previous"}),
    "the first block gone": (block_gone(1), {"seal.block_missing", "seal.previous", "seal.number"}),
    "the last block gone": (block_gone(4), {"seal.head"}),
    "blocks swapped": (blocks_swapped, {"seal.block_missing", "seal.previous", "seal.key"}),
    "a header changed": (put(B2, at=5), {"seal.block_changed", "seal.signature", "seal.previous"}),
    "the last header changed": (put(B4, at=5), {"seal.block_changed", "seal.signature", "seal.head"}),
    "a header changed, its hash too": (rehashed(B4, at=5), {"seal.signature", "seal.head"}),
    "a hash changed": (put(B4, hash="00" * 32), {"seal.block_changed"}),
    "a signature changed": (put(B4, signature="00" * 64), {"seal.signature"}),
    "a signature of nothing": (put(B4, signature="xyz"), {"seal.signature"}),
    "a key of nothing": (put(B4, key="xyz"), {"seal.block_changed", "seal.signature", "seal.head", "seal.key"}),
    "a key changed": (put(B1, key=PUBLIC[1]), {"seal.block_changed", "seal.signature", "seal.previous", "seal.key"}),
    "another key signs": (last(BLOCKS[3][0], FOREIGN), {"seal.key", "seal.head"}),
    "the old key signs on": (last(BLOCKS[3][0], 0), {"seal.key", "seal.head"}),
    "another history, signed": (last([leaf(entry(3, text="another"))]), {"seal.head"}),
    "another history, its head kept": (last(BLOCKS[3][0][:4]), {"seal.head"}),
    "a number left out, signed": (last([leaf(entry(4))]), {"seal.number", "seal.head"}),
    "a number twice, signed": (last([leaf(entry(2))]), {"seal.number", "seal.head"}),
    "a company's leaf in another, signed": (last([leaf(entry(3, company=4))]), {"seal.company", "seal.head"}),
    "a block of another company, signed": (last(BLOCKS[3][0], company=4), {"seal.company", "seal.head"}),
    "a size that is not so, signed": (last(BLOCKS[3][0], size=4), {"seal.size", "seal.head"}),
    "a root that is not so, signed": (last(BLOCKS[3][0], root="00" * 32), {"seal.leaves", "seal.head"}),
    "the number of a block, signed": (last(BLOCKS[3][0], number=5), {"seal.block_missing", "seal.head"}),
    "a personal value changed": (opened(B4 + 3, [opening("to", 1, "d", "eve@x.example")]), {"seal.personal"}),
    "a personal value on the other side": (opened(B4 + 3, [opening("to", 0, "d", "ann@x.example")]), {"seal.personal"}),
    "a personal value gone": (opened(B4 + 3, []), {"seal.personal"}),
    "a personal value too many": (opened(B1 + 3, [opening("to", 1, "d", "x")]), {"seal.personal"}),
    "a personal value too many, erased": (opened(B1 + 3, [opening("to", 1, None, None)]), {"seal.personal"}),
    "sides of a personal value swapped": (opened(B2 + 2, [opening("name", 0, "b", "Anna"), opening("name", 1, "a", "Ann"), opening("phone", 1, "c", "5")]), {"seal.personal"}),
    "nothing but another company": (lambda _c: [{"block": sealed(CHAIN[B1]["block"] | {"company": 4, "size": 0, "root": seal.root_of([])}, 0)}], {"seal.key"}),
}  # fmt: skip
WHOLE: dict[str, Callable[[Lines], Lines]] = {
    "as it is": lambda c: c,
    "personal values left out": lambda c: [{k: v for k, v in line.items() if k != "opened"} for line in c],
    "personal values erased": opened(B4 + 3, [opening("to", 1, None, None)]),
    "an erased one opened": opened(B2 + 2, [opening("name", 0, "a", "Ann"), opening("name", 1, "b", "Anna"), opening("phone", 1, "c", "5")]),
}  # fmt: skip
DAMAGED: list[Lines] = [
    [{}],
    [{"leaf": {}}],
    [{"block": {}}],
    [*CHAIN[: B1 + 1], {"leaf": {"type": "entry"}, "hash": "1"}],
    [{"block": None}],
]


def codes(module: Any, lines: Lines, key: str = PUBLIC[1], heads: Any = (HEAD,)) -> set[str]:
    return {f.code for f in module.verify(lines, key, [module.Head(*h) for h in heads]).found}


def judged(module: Any, *, first: bool = False) -> list[str]:
    """Where a verifier does not say what it should; the ``first`` such place is enough."""
    if first:
        for name, (corrupt, expected) in CORRUPTIONS.items():
            if codes(module, corrupt(copy.deepcopy(CHAIN))) != expected:
                return [name]
    wrong = [
        name
        for name, (corrupt, expected) in CORRUPTIONS.items()
        if codes(module, corrupt(copy.deepcopy(CHAIN))) != expected
    ]
    wrong += [name for name, change in WHOLE.items() if codes(module, change(copy.deepcopy(CHAIN))) != set()]
    for key, heads, expected in (
        (PUBLIC[0], [HEAD], set()), (PUBLIC[FOREIGN], [HEAD], {"seal.key"}), ("", [], set()), (PUBLIC[1], [HEAD._replace(company=4, block=9)], set()),
        (PUBLIC[1], [HEAD._replace(block=5)], {"seal.head"}), (PUBLIC[1], [HEAD._replace(hash="0")], {"seal.head"}),
    ):  # fmt: skip
        if codes(module, copy.deepcopy(CHAIN), key, heads) != expected:
            wrong.append(f"key {key[:4]} heads {heads}")
    if codes(module, [], PUBLIC[1]) != {"seal.key", "seal.head"}:
        wrong.append("nothing at all")
    told = module.verify(copy.deepcopy(CHAIN), PUBLIC[1])
    if (told.number, told.hash, told.leaves) != (4, HEAD.hash, 10):
        wrong.append("the head")
    if module.heads_of(f"x\n{module.Head(*HEAD)}\ny") != [HEAD]:
        wrong.append("a head in a text")
    gone = module.Verifier(COMPANY)  # as the database gives it: a leaf whose entry is not there
    gone.block(CHAIN[B1]["block"], [module.Leaf("leaf", line["hash"], None) for line in CHAIN[B1 + 1 : B2]])
    if [f.code for f in gone.end()] != ["seal.missing"] * 3:
        wrong.append("leaves that are gone")
    for lines in DAMAGED:
        try:
            module.verify(copy.deepcopy(lines), PUBLIC[1])
            wrong.append(f"damaged {lines}")
        except ValueError:
            pass
    return wrong


def test_every_corruption_is_told_by_its_code() -> None:
    """Flipped, deleted, swapped, inserted, cut, forged; and what is whole is whole."""
    assert judged(seal) == []


class Mutant(ast.NodeTransformer):
    """The source with one thing changed: the ``wanted``-th comparison negated, check dropped or ``and``/``or`` exchanged."""

    OPPOSITE: ClassVar[dict[type[ast.cmpop], type[ast.cmpop]]] = {
        ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
        ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    }  # fmt: skip

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen, self.what = wanted, 0, ""

    def _mine(self, node: ast.AST, what: str) -> bool:
        self.seen += 1
        if self.seen - 1 != self.wanted:
            return False
        self.what = f"line {getattr(node, 'lineno', 0)}: {what}"
        return True

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if self._mine(node, "comparison negated"):
            node.ops[0] = self.OPPOSITE[type(node.ops[0])]()
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, ast.parse("tick()").body[0])  # a mutant may go round for ever
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if self._mine(node, "check dropped"):
            node.test = ast.Constant(False)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if self._mine(node, "and for or"):
            node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._mine(node, "not dropped"):
            return node.operand
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return node.orelse if self._mine(node, "the other branch") else node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and self._mine(node, "call dropped"):
            return ast.Pass()
        return node


SOURCE = (
    Path(seal.__file__).read_text(encoding="utf-8").partition("def main(")[0]
)  # what follows is the command line


def mutants() -> Iterator[tuple[str, str]]:
    for wanted in range(1000):
        mutant = Mutant(wanted)
        tree = mutant.visit(ast.parse(SOURCE))
        if not mutant.what:
            return
        yield mutant.what, ast.unparse(ast.fix_missing_locations(tree))


def test_every_part_of_the_verifier_is_needed() -> None:
    """Mutation test: with any check dropped or any comparison negated, some planted corruption is told wrongly."""
    survived, count = [], 0
    for what, source in mutants():
        count += 1
        module = types.ModuleType("mutant")
        module.__dict__["tick"] = itertools.repeat(None, 20_000).__next__
        try:
            exec(compile(source, "mutant", "exec"), module.__dict__)  # noqa: S102
            if not judged(module, first=True):
                survived.append(what)
        except Exception:  # noqa: S112  it does not even run: found
            continue
    assert survived == []
    assert count >= 30


def test_the_command_line_checks_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 whole, 3 something found, 2 not readable; the key as text or as a file, heads from a saved mail."""
    path, key, head = tmp_path / "x.zip", tmp_path / "key.txt", tmp_path / "mail.txt"

    def write(lines: Lines) -> str:
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("chain.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        return str(path)

    key.write_text(f"our key\n{PUBLIC[1]}\n")
    head.write_text(f"From: x\n\n{HEAD}\n")
    assert seal.main([write(CHAIN), "--key", str(key), "--head", str(head)]) == 0
    assert "4 blocks, 10 leaves" in capsys.readouterr().out
    assert seal.main([write(chain_of(BLOCKS[:3])), "--key", PUBLIC[1], "--head", str(head)]) == 3
    assert "seal.head" in capsys.readouterr().out
    path.write_bytes(path.read_bytes()[:-30])
    assert seal.main([str(path), "--key", PUBLIC[1]]) == 2
    key.write_text("no key at all")
    assert seal.main([write(CHAIN), "--key", str(key)]) == 2
    assert seal.main([str(tmp_path / "nothing.zip"), "--key", PUBLIC[1]]) == 2
    head.write_text("no head at all")
    assert seal.main([write(CHAIN), "--key", PUBLIC[1], "--head", str(head)]) == 2


def test_the_verifier_stands_alone() -> None:
    """It imports neither Django nor a database nor anything of Backstay, and is short enough to be read."""
    names = {
        n.name for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import) for n in node.names
    }
    names |= {str(node.module) for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.ImportFrom)}
    assert {n.partition(".")[0] for n in names} <= {
        "__future__", "argparse", "collections", "contextlib", "cryptography", "hashlib", "json", "pathlib", "re", "sys", "typing", "zipfile",
    }  # fmt: skip
    assert Path(seal.__file__).read_text(encoding="utf-8").count("\n") < 250
