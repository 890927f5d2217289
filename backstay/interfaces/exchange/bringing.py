"""Brings plain-text accounting in: its transactions become manual entries, posted like any other; what cannot be taken is named by line.

A transaction is known by its file and what it says, so the same file again changes nothing, and one that only moved is still known.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.accounting.processes import AccountDraft, ManualDraft, create_accounts, enter_journal
from backstay.domains.accounting.rules import ManualLineDraft
from backstay.interfaces.exchange import beancount, ledgercli
from backstay.interfaces.exchange.plaintext import (
    Left,
    Said,
    Transaction,
    beside,
    kind_of,
    padded,
    unkept,
    values,
    whole,
)
from backstay.platform import access, rows
from backstay.platform.models import ImportedRow

KIND = "plaintext"
MOST = 20 * 1024 * 1024  # bytes of a file
DIALECTS = {"beancount": beancount.read, "ledger": ledgercli.read}
_BEANCOUNT = re.compile(
    r'^(?:option\s+"|\d{4}-\d\d-\d\d\s+(?:open|commodity|balance|txn|[*!]\s+"))', re.MULTILINE
)


@dataclass(slots=True)
class Brought:
    """What came of a file. ``sums``: steps by account code, debit +."""

    dialect: str
    entries: int = 0
    unchanged: int = 0
    claims: int = 0
    accounts: list[str] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    told: Transaction
    digest: str
    lines: list[tuple[str, int]]  # account, value


def bring(ctx: Ctx, name: str, content: bytes, chart: Mapping[str, str] | None = None) -> Brought:
    """Post what a file says. ``chart``: account of the file, or the beginning of its name → code of an account here.

    Accounts that are not here are made, by the name they have there. Raises Refusal (``import.file``, ``import.encoding``), or that
    of a posting rule; then nothing is kept. To look at it first, do it and take it back.
    """
    access.require(ctx, "accounting.journalentry.post")
    said, made = _read(name, content)
    _balanced(said, made)
    entries = _worth(ctx, said, made)
    fresh = _fresh(ctx, name, _in_time(ctx, entries, made), entries, made)
    codes = {account for e in fresh for account, _value in e.lines}
    known = _accounts(ctx, codes, chart or {}, said, made)
    entries = [e for e in fresh if all(account in known for account, _v in e.lines)]
    _post(ctx, name, entries, known, made)
    made.left.sort(key=lambda each: each.line)
    return made


def _read(name: str, content: bytes) -> tuple[Said, Brought]:
    if len(content) > MOST:
        raise Refusal("import.file", f"{name} has {len(content):,} bytes", f"At most {MOST:,} are taken.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise Refusal("import.encoding", f"{name} line {line} is no UTF-8", "Save it as UTF-8.") from None
    if "\0" in text:
        raise Refusal("import.file", f"{name} has a NUL character", "It is no text file, or damaged.")
    dialect = "beancount" if _BEANCOUNT.search(text) else "ledger"
    said = DIALECTS[dialect](text)
    if not said.transactions:
        raise Refusal("import.file", f"{name} has no transaction", "It is read as beancount or as ledger-cli writes it.")  # fmt: skip
    return said, Brought(dialect, claims=len(said.claims), left=list(said.left))


def _balanced(said: Said, made: Brought) -> None:
    """Open amounts filled in, pads made, claims compared: all of the file, in its own figures."""
    good: list[Transaction] = []
    for each in said.transactions:
        done = whole(each)
        if isinstance(done, Left):
            made.left.append(done)
        else:
            good.append(done)
    said.transactions = good
    said.transactions += padded(said)
    made.left += unkept(said)


def _worth(ctx: Ctx, said: Said, made: Brought) -> list[_Entry]:
    entries = []
    for each in said.transactions:
        told = values(each, ctx.currency_code, ctx.scale)
        if isinstance(told, str):
            made.left.append(Left(each.line, each.text, told))
            continue
        if others := beside(each, ctx.currency_code):
            made.left.append(
                Left(
                    each.line,
                    each.text,
                    _("%(names)s of it is not counted") % {"names": ", ".join(sorted(others))},
                )
            )
        if told:
            lines = [(leg.account, value) for leg, value in told]
            digest = hashlib.sha256(repr((each.day, each.text, lines)).encode()).hexdigest()
            entries.append(_Entry(each, digest, lines))
        else:
            made.left.append(Left(each.line, each.text, _("it moves nothing")))
    return entries


def _in_time(ctx: Ctx, entries: list[_Entry], made: Brought) -> list[_Entry]:
    """Those whose day lies in an open period."""
    spans = [(p.starts, p.ends) for p in ledger.list_periods(ctx) if p.kind == "regular" and not p.closed]
    good = []
    for each in entries:
        if any(starts <= each.told.day <= ends for starts, ends in spans):
            good.append(each)
        else:
            made.left.append(
                Left(
                    each.told.line, each.told.text, _("%(day)s is in no open period") % {"day": each.told.day}
                )
            )
    return good


def _fresh(ctx: Ctx, name: str, wanted: list[_Entry], all_: list[_Entry], made: Brought) -> list[_Entry]:
    """Those that were not brought before. One that stands where another stood that is gone from the file was changed there."""
    pattern = "".join("\\" + c if c in "\\%_" else c for c in name[:120]) + ":%"
    found = rows.execute("SELECT key, digest FROM platform_importedrow WHERE company_id = %s AND kind = %s AND key LIKE %s", [ctx.company, KIND, pattern])  # fmt: skip
    left = Counter(digest for _key, digest in found)
    now = {e.digest for e in all_}
    changed = {int(key.split(":")[-2]) for key, digest in found if digest not in now}
    fresh = []
    for each in wanted:
        if left[each.digest] > 0:
            left[each.digest] -= 1
            made.unchanged += 1
        elif each.told.line in changed:
            made.left.append(Left(each.told.line, each.told.text, _("it says something else than when it was brought in: reverse that entry, and write this one by hand")))  # fmt: skip
        else:
            fresh.append(each)
    return fresh


def _accounts(
    ctx: Ctx, wanted: set[str], chart: Mapping[str, str], said: Said, made: Brought
) -> dict[str, int]:
    """Accounts of the file → ids here: as the chart says, by the longest beginning; by their name; else made."""
    here = dict(rows.execute("SELECT code, id FROM account WHERE company_id = %s", [ctx.company]))
    if unknown := sorted(set(chart.values()) - here.keys()):
        raise Refusal("import.account", f"there is no account {', '.join(unknown[:5])}", "Look into the chart of accounts.", "accounts")  # fmt: skip
    known, drafts = {}, []
    for name in sorted(wanted):
        named = [p for p in chart if name == p or name.startswith(f"{p}:")]
        code = chart[max(named, key=len)] if named else _code(name)
        kind = kind_of(name, said.kinds)
        if code in here:
            known[name] = here[code]
        elif kind:
            drafts.append((name, AccountDraft(code, name[:200], kind)))
        else:
            made.left += [Left(t.line, name, _("what kind of account it is, its name does not say: name one of yours for it")) for t in said.transactions if any(leg.account == name for leg in t.legs)][:1]  # fmt: skip
    if drafts:
        once = {d.code: d for _name, d in drafts}
        ids = dict(zip(once, create_accounts(ctx, list(once.values())), strict=True))
        known |= {name: ids[d.code] for name, d in drafts}
        made.accounts = [name for name, _d in drafts]
    return known


def _code(name: str) -> str:
    """The name as a code of at most 60 characters, each name's its own."""
    return name if len(name) <= 60 else f"{name[:50]}~{hashlib.sha256(name.encode()).hexdigest()[:9]}"


def _post(ctx: Ctx, name: str, entries: list[_Entry], known: Mapping[str, int], made: Brought) -> None:
    if not entries:
        return
    drafts = []
    sums: dict[str, int] = defaultdict(int)
    for each in entries:
        lines = tuple(ManualLineDraft(known[a], max(v, 0), max(-v, 0)) for a, v in each.lines)
        drafts.append(ManualDraft(each.told.day, each.told.text[:200], lines))
        for account, value in each.lines:
            sums[account] += value
    ids = enter_journal(ctx, drafts)
    columns: dict[str, Sequence[Any]] = {
        "kind": [KIND] * len(ids), "key": [f"{name[:120]}:{e.told.line}:{e.digest[:16]}" for e in entries],
        "digest": [e.digest for e in entries], "object_id": ids,
    }  # fmt: skip
    rows.insert(ImportedRow, columns)
    made.entries, made.sums = len(ids), dict(sorted(sums.items()))
