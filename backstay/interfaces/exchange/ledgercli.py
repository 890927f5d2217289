"""Reads the text of ledger-cli. Pure; written from the description of the format. What it does not take it names by its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.interfaces.exchange.plaintext import Amount, Claim, Left, Leg, Said, Transaction, figure

_HEAD = re.compile(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:=\S+)?\s*(?:[*!]\s*)?(?:\([^)]*\)\s*)?(.*)")
_SYMBOL = r'"[^"]+"|[^\s\d.,;@{}\[\]()=+*/"\'-]+'
_AMOUNT = re.compile(rf"\s*(-?)\s*({_SYMBOL})?\s*(-?)\s*(\d[\d.,']*|\.\d+)\s*({_SYMBOL})?\s*")
_SUM = re.compile(rf"\s*\(([-+*/().\d\s]+?)\s*({_SYMBOL})\s*\)\s*")
_LOT = re.compile(r"(?:\{\{?=?([^{}]*)\}?\}|\[[^\]]*\]|\([^)]*\))\s*")
_SPLIT = re.compile(r"\t| {2,}")
BLOCKS = {
    "=": gettext_noop("rules that make postings by themselves are not followed"),
    "~": gettext_noop("budgets are not taken"),
}
QUIET = (
    "account",
    "commodity",
    "P",
    "N",
    "D",
    "payee",
    "tag",
    "A",
    "alias",
    "define",
    "def",
    "bucket",
    "check",
    "assert",
)


def read(text: str) -> Said:
    """What a file says."""
    said, prefix = Said(), list[str]()
    for line, head, body in _blocks(text):
        try:
            _block(said, prefix, line, head, body)
        except ValueError as exc:
            said.left.append(Left(line, head[:80], _("it cannot be read: %(what)s") % {"what": exc}))
    return said


def _blocks(text: str) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
    """(line, head, indented lines below it); comments and what stands between ``comment`` and ``end`` are left out."""
    head, at, body, aside = "", 0, list[tuple[int, str]](), ""
    for n, line in enumerate(text.splitlines(), 1):
        word = line.split()[0] if line.split() else ""
        if aside:
            aside = "" if line.startswith(("end " + aside, "end")) else aside
            continue
        if word in ("comment", "test") and not line[:1].isspace():
            aside = word
        elif line[:1] in (" ", "\t"):
            if word and head and not word.startswith(";"):
                body.append((n, line.strip()))
            continue
        if head:
            yield at, head, body
        quiet = not word or aside or line[:1] in ";#%|*"
        head, at, body = ("" if quiet else line.rstrip()), n, []
    if head:
        yield at, head, body


def _block(said: Said, prefix: list[str], line: int, head: str, body: list[tuple[int, str]]) -> None:
    if found := _HEAD.fullmatch(head):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        text = re.split(r"\s{2,};|\t;", found[4])[0].strip() or "—"
        legs: list[Leg] = []
        claims: list[Claim] = []
        for n, told in body:
            _leg(said, legs, claims, n, told, prefix, day)
        if legs:
            said.transactions.append(Transaction(line, day, text, tuple(legs)))
        said.claims += claims
        return
    word, _space, rest = head.lstrip("!@").partition(" ")
    if head[0] in BLOCKS:
        said.left.append(Left(line, head[:80], _(BLOCKS[head[0]])))
    elif word == "account":
        said.accounts[rest.strip()] = line
    elif word == "apply" and rest.startswith("account "):
        prefix.append(rest.removeprefix("account ").strip() + ":")
    elif word == "end" and prefix and rest.strip() in ("apply", "apply account", ""):
        prefix.pop()
    elif word not in QUIET and word not in ("apply", "end"):
        why = _("other files are not followed") if word == "include" else _("this is not taken")
        said.left.append(Left(line, head[:80], why))


def _leg(
    said: Said, legs: list[Leg], claims: list[Claim], n: int, told: str, prefix: list[str], day: date
) -> None:
    told = re.sub(r"^[*!]\s*", "", told)
    account, *rest = _SPLIT.split(told, maxsplit=1)
    amount_text = re.split(r"\s*;", rest[0], maxsplit=1)[0].strip() if rest else ""
    account = account.strip()
    if account[:1] in "([" and account[-1:] in ")]":
        said.left.append(Left(n, told[:80], _("virtual postings are not part of an entry")))
        return
    account = "".join(prefix) + account
    if not amount_text:
        legs.append(Leg(n, account, None))
        return
    if amount_text.startswith("="):
        raise ValueError(
            _("line %(n)s: a balance is assigned, which would be worked out from all before it") % {"n": n}
        )
    amount, tail = _amount(n, amount_text)
    weight, computed = amount, False
    while lot := _LOT.match(tail):
        if lot[1]:
            each, _rest = _amount(n, lot[1])
            total = tail.startswith("{{")
            weight, computed = _times(amount, each, total=total), True
        tail = tail[lot.end() :]
    if price := re.match(r"(@@?)\s*([^=]+)", tail):
        each, _rest = _amount(n, price[2])
        weight, computed = _times(amount, each, total=price[1] == "@@"), True
        tail = tail[price.end() :]
    if tail.startswith("="):
        claimed, tail = _amount(n, tail[1:])
        claims.append(Claim(n, day, account, claimed, len(said.transactions) + 1))
    if tail.strip():
        raise ValueError(_("line %(n)s: “%(text)s” after the amount") % {"n": n, "text": tail.strip()[:40]})
    legs.append(Leg(n, account, amount, weight, computed))


def _times(amount: Amount, each: Amount, *, total: bool) -> Amount:
    if total:
        return Amount(abs(each.number) * (Decimal(-1) if amount.number < 0 else Decimal(1)), each.commodity)
    return Amount(amount.number * each.number, each.commodity)


def _amount(n: int, told: str) -> tuple[Amount, str]:
    if summed := _SUM.match(told):
        return Amount(figure(summed[1]), summed[2].strip('"')), told[summed.end() :]
    found = _AMOUNT.match(told)
    if found is None or not (found[2] or found[5]) or (found[2] and found[5]):
        raise ValueError(
            _("line %(n)s: no amount with its commodity in “%(text)s”") % {"n": n, "text": told[:40]}
        )
    number = _number(found[4])
    signed = -number if (found[1] or found[3]) else number
    return Amount(signed, (found[2] or found[5]).strip('"')), told[found.end() :]


def _number(text: str) -> Decimal:
    """1,234.50 and 1.234,50: of two marks the last is the decimal one; a comma alone is one unless three digits follow it."""
    plain = text.replace("'", "").rstrip(".,")
    if "," in plain and "." in plain:
        decimal = max(plain.rfind(","), plain.rfind("."))
        return Decimal(re.sub("[.,]", "", plain[:decimal]) + "." + plain[decimal + 1 :])
    if plain.count(",") == 1 and not re.fullmatch(r"\d{1,3},\d{3}", plain):
        return Decimal(plain.replace(",", "."))
    if plain.count(".") > 1:
        return Decimal(plain.replace(".", ""))
    return Decimal(plain.replace(",", ""))
