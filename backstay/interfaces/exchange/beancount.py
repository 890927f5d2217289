"""Reads the text of Beancount. Pure; written from the description of the format, for it alone. What it does not take it names by its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from backstay.interfaces.exchange.plaintext import Amount, Claim, Left, Leg, Pad, Said, Transaction, figure

_DIRECTIVE = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)\s+(\S+)\s*(.*)")
_ACCOUNT = r"[^\W\d_a-z][\w-]*(?::[\w-]+)+"
_COMMODITY = r"[A-Z][A-Z0-9'._-]*"
_LEG = re.compile(rf"(?:[*!#&?%A-Z]\s+)?({_ACCOUNT})(?:\s+(.*))?$")
_AMOUNT = re.compile(rf"\s*([-+*/().,\d\s]+?)\s*({_COMMODITY})\s*")
_COST = re.compile(r"(\{\{?)([^{}]*)\}\}?\s*")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPTION = re.compile(r'option\s+"name_(assets|liabilities|equity|income|expenses)"\s+"([^"]+)"')
QUIET = ("commodity", "price", "close", "event", "note", "query", "custom")  # they move nothing
LATER = ("include", "plugin", "pushmeta", "popmeta", "pushtag", "poptag")


def read(text: str) -> Said:
    """What a file says."""
    said = Said()
    for line, head, body in _blocks(text):
        try:
            _directive(said, line, head, body)
        except ValueError as exc:
            said.left.append(Left(line, head[:80], _("it cannot be read: %(what)s") % {"what": exc}))
    said.transactions.sort(key=lambda t: t.day)  # by line within a day
    return said


def _blocks(text: str) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
    """(line, head, indented lines below it), comments and headings taken off."""
    head, at, body = "", 0, list[tuple[int, str]]()
    for n, raw in enumerate(text.splitlines(), 1):
        line = _bare(raw)
        if raw[:1] in (" ", "\t"):
            if line.strip() and head:
                body.append((n, line.strip()))
            continue
        if head:
            yield at, head, body
        head, at, body = ("" if raw[:1] in ("*", ";", "#", ":", "!", "&", "%") else line.rstrip()), n, []
    if head:
        yield at, head, body


def _bare(line: str) -> str:
    """Without its comment."""
    quoted = False
    for n, letter in enumerate(line):
        if letter == '"' and line[n - 1 : n] != "\\":
            quoted = not quoted
        elif letter == ";" and not quoted:
            return line[:n]
    return line


def _directive(said: Said, line: int, head: str, body: list[tuple[int, str]]) -> None:
    found = _DIRECTIVE.fullmatch(head)
    if found is None:
        if renamed := _OPTION.match(head):
            said.kinds[renamed[2].lower()] = said.kinds[renamed[1]]
        elif head.split()[0] in LATER:
            said.left.append(
                Left(line, head[:80], _("other files, plugins and pushed tags are not followed"))
            )
        elif not head.startswith("option"):
            said.left.append(Left(line, head[:80], _("this is no directive")))
        return
    day, word, rest = date(int(found[1]), int(found[2]), int(found[3])), found[4], found[5]
    if word in QUIET:
        return
    if word in ("*", "!", "txn") or (len(word) == 1 and word in "#&?%PSTCURM"):
        said.transactions.append(Transaction(line, day, _text(rest), tuple(_legs(said, body))))
    elif word == "open":
        said.accounts[rest.split()[0]] = line
    elif word == "pad":
        account, source = rest.split()[:2]
        said.pads.append(Pad(line, day, account, source))
    elif word == "balance":
        account, _space, told = rest.partition(" ")
        amount, tail = _amount(re.sub(r"~\s*[\d.]+", "", told))
        if tail:
            raise ValueError(tail)
        said.claims.append(Claim(line, day, account, amount))
    else:
        why = _("files are not taken along") if word == "document" else _("this word is not known")
        said.left.append(Left(line, head[:80], why))


def _text(rest: str) -> str:
    """Payee and narration as one."""
    told = [s.replace('\\"', '"').strip() for s in _STRING.findall(rest)[:2]]
    return " · ".join(t for t in told if t) or "—"


def _legs(said: Said, body: list[tuple[int, str]]) -> Iterator[Leg]:
    for n, line in body:
        if re.match(r"[a-z][\w-]*:(\s|$)|[#^]\S", line):  # metadata, tags
            continue
        found = _LEG.match(line)
        if found is None:
            raise ValueError(_("line %(n)s: %(text)s") % {"n": n, "text": line[:60]})
        yield _leg(n, found[1], (found[2] or "").strip())


def _leg(n: int, account: str, told: str) -> Leg:
    if not told:
        return Leg(n, account, None)
    amount, tail = _amount(told)
    weight, computed = amount, False
    if cost := _COST.match(tail):
        weight, computed = _weight(amount, cost[2].split(",")[0].strip(), total=cost[1] == "{{"), True
        tail = tail[cost.end() :]
    if tail.startswith("@"):
        total = tail.startswith("@@")
        if not computed:
            weight, computed = _weight(amount, tail.lstrip("@").strip(), total=total), True
    elif tail:
        raise ValueError(_("line %(n)s: %(text)s") % {"n": n, "text": tail[:60]})
    return Leg(n, account, amount, weight, computed)


def _weight(amount: Amount, told: str, *, total: bool) -> Amount:
    try:
        each, tail = _amount(told)
    except ValueError:
        raise ValueError(_("which lot it is from, or its price, is not said")) from None
    if tail:
        raise ValueError(tail)
    if total:
        return Amount(abs(each.number) * (Decimal(-1) if amount.number < 0 else Decimal(1)), each.commodity)
    return Amount(amount.number * each.number, each.commodity)


def _amount(told: str) -> tuple[Amount, str]:
    found = _AMOUNT.match(told)
    if found is None:
        raise ValueError(_("no amount with its commodity in “%(text)s”") % {"text": told[:40]})
    return Amount(figure(found[1]), found[2]), told[found.end() :]
