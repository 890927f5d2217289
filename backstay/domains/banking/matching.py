"""What a bank line pays: by number, by account, by name, by amount; pure. Amounts in steps, + for money in.

A proposal is *sure*, and is done without asking, only if nothing speaks against it: the line names our numbers in full,
all of one party, they add up to the cent, neither account nor name are somebody else's, and it names no number of ours
that is not open; or it comes from an account
that belongs to one party alone, names no other number at all, and just one open item of that party has this amount. Two
lines that want the same item are not sure, either of them. Everything else is a suggestion with its reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import combinations

from backstay.domains.banking.rules import LineRead

LEGAL = frozenset(
    [
        "AB",
        "AG",
        "AND",
        "AS",
        "BV",
        "BVBA",
        "CO",
        "COMPANY",
        "CORP",
        "CV",
        "DE",
        "DER",
        "DES",
        "DI",
        "DR",
        "EG",
        "EK",
        "ET",
        "EV",
        "GBR",
        "GMBH",
        "INC",
        "KG",
        "KGAA",
        "LIMITED",
        "LLC",
        "LLP",
        "LTD",
        "MBH",
        "MR",
        "MRS",
        "MS",
        "NV",
        "OHG",
        "OY",
        "PLC",
        "PTY",
        "SA",
        "SARL",
        "SAS",
        "SE",
        "SL",
        "SPA",
        "SRL",
        "THE",
        "UG",
        "UND",
        "VAN",
        "VON",
        "VOF",
    ]
)
PLAIN = re.compile(r"[^A-Z0-9]+")
HEAD = re.compile(r"[A-Z]{2,}")
SHORTEST = 4  # letters and digits of a number that is worth looking for
FEW = 60  # items of a party whose pairs are tried


@dataclass(frozen=True, slots=True)
class Open:
    """Something a line may pay. ``role`` receivable or payable for an open item, "" for a payment that waits to be seen."""

    key: str
    role: str
    party: int
    amount: int
    numbers: tuple[str, ...]
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Habit:
    """What a person decided before: lines with this IBAN or name are this party's, or belong on this account."""

    kind: str
    pattern: str
    party: int | None = None
    account: int | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a line: of an open item (``role``), a payment (no role), on account of a party, or on an account."""

    amount: int
    key: str = ""
    role: str = ""
    party: int | None = None
    difference: int = 0
    account: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Parts that add up to the line, and why."""

    parts: tuple[Part, ...]
    reason: str
    sure: bool = False


# Numbers and names of what is open are the same from one look to the next.
@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Capital letters and digits without accents."""
    if text.isascii():
        return PLAIN.sub("", text.upper())
    flat = unicodedata.normalize("NFKD", text).upper()
    return "".join(c for c in flat if c.isascii() and c.isalnum())


@lru_cache(maxsize=100_000)
def key(number: str) -> tuple[str, str]:
    """What a number is looked for by, and the letters that it begins with; nothing where it is too short to tell."""
    told = plain(number)
    if len(told) < SHORTEST or not any(c.isdigit() for c in told):
        return "", ""
    head = HEAD.match(told)
    return told, head[0] if head else ""


@lru_cache(maxsize=100_000)
def words(text: str) -> frozenset[str]:
    """The words of a name that tell it from others: no accents, no legal forms, nothing of one letter."""
    flat = unicodedata.normalize("NFKD", text.upper().replace("&", " ").replace("ß", "SS"))
    flat = "".join(c for c in flat if not unicodedata.combining(c)).replace(".", "").replace("'", "")
    return frozenset(w for w in re.split(r"[^A-Z0-9]+", flat) if len(w) > 1 and w not in LEGAL)


class Matcher:
    """An index of what is open; ``propose`` looks a line up in it."""

    def __init__(
        self, found: Sequence[Open], names: Mapping[int, str], ibans: Mapping[str, Iterable[int]],
        habits: Sequence[Habit] = (), tolerance: int = 0,
    ) -> None:  # fmt: skip
        self.open, self.names, self.tolerance = found, names, tolerance
        self.by_number: dict[str, set[int]] = defaultdict(set)
        self.heads: set[str] = set()
        self.by_amount: dict[int, list[int]] = defaultdict(list)
        self.by_party: dict[int, list[int]] = defaultdict(list)
        for n, each in enumerate(found):
            self.by_amount[each.amount].append(n)
            self.by_party[each.party].append(n)
            for number in each.numbers:
                told, head = key(number)
                if told:
                    self.by_number[told].add(n)
                    self.heads.add(head)
        for mine in self.by_party.values():
            mine.sort(key=lambda n: (found[n].due_on or date.max, n))
        self.lengths = sorted({len(k) for k in self.by_number}, reverse=True)
        self.heads.discard("")  # of numbers that begin with none
        self.ibans: dict[str, set[int]] = {k: set(v) for k, v in ibans.items()}
        self.habits: dict[tuple[str, str], list[Habit]] = defaultdict(list)
        for habit in habits:
            self.habits[habit.kind, habit.pattern].append(habit)
            if habit.kind == "iban" and habit.party:
                self.ibans.setdefault(habit.pattern, set()).add(habit.party)
        self.by_word: dict[str, set[int]] = defaultdict(set)
        self.words = {party: words(name) for party, name in names.items()}
        for party, mine_words in self.words.items():
            for word in mine_words:
                self.by_word[word].add(party)

    def propose(self, line: LineRead) -> list[Proposal]:
        """What the line may pay, the best first; at most five, only the first of them sure."""
        hits, foreign, rest = self.numbers(f"{line.reference} {line.text}")
        hits = [n for n in hits if self.open[n].amount]
        parties = {self.open[n].party for n in hits}
        by_iban = self.ibans.get(plain(line.iban), set()) if line.iban else set()
        by_name = self.habits.get(("name", plain(line.name)), []) if line.name else []
        owners = by_iban | {h.party for h in by_name if h.party}
        found = self.by_hits(line, hits, parties, owners, foreign)
        who = owners or (set() if parties else {p for p, _ in self.named(line)[:3]})
        why = "account" if owners else "name"
        for party in sorted(who):
            exact = [n for n in self.by_party.get(party, []) if self.open[n].amount == line.amount]
            sure = by_iban == owners == {party} and len(exact) == 1 and not (hits or foreign or rest)
            reason = f"{why} of {self.names.get(party, '')} and amount"
            found += [Proposal(self.full([n]), reason, sure) for n in exact[:3]]
            if not exact and not hits:
                found += self.several(party, line, why)
        for habit in (*by_name, *self.habits.get(("text", pattern(line)), ())):
            if habit.account is not None:
                part = Part(line.amount, account=habit.account, text=line.text[:140] or line.name[:140])
                found.append(Proposal((part,), "as decided before", habit.automatic and not hits))
        if not found or not who:
            same = self.by_amount.get(line.amount, [])[:3]
            found += [Proposal(self.full([n]), "amount alone") for n in same]
        for party in sorted(who)[:1] if not hits else ():
            part = Part(line.amount, role=role_of(line.amount), party=party)
            found.append(Proposal((part,), f"on account of {self.names.get(party, '')}"))
        unique: dict[tuple[Part, ...], Proposal] = {}
        for each in found:
            unique.setdefault(each.parts, each)
        ranked = sorted(unique.values(), key=lambda p: not p.sure)
        return [p if n == 0 else replace(p, sure=False) for n, p in enumerate(ranked[:5])]

    def by_hits(
        self, line: LineRead, hits: list[int], parties: set[int], owners: set[int], foreign: bool
    ) -> list[Proposal]:
        """What is named by number: paid in full, or nearly."""
        if not hits:
            return []
        numbers = ", ".join(self.open[n].numbers[0] for n in hits[:4])
        if sum(self.open[n].amount for n in hits) != line.amount or len(parties) > 1:
            return self.near(hits, line, numbers)
        sure = not foreign and self.agrees(line, parties, owners)
        return [Proposal(self.full(hits), f"number {numbers} and amount", sure)]

    def full(self, hits: Iterable[int]) -> tuple[Part, ...]:
        """The parts that pay these in full."""
        return tuple(Part(o.amount, o.key, o.role, o.party) for o in (self.open[n] for n in hits))

    def near(self, hits: list[int], line: LineRead, numbers: str) -> list[Proposal]:
        """Numbers that are named with another amount: a difference within tolerance, a part, or too much."""
        chosen = [
            self.open[n] for n in hits if (self.open[n].amount > 0) == (line.amount > 0) and self.open[n].role
        ]
        if not chosen or len({o.party for o in chosen}) > 1:
            return []
        total, sign = sum(o.amount for o in chosen), 1 if line.amount > 0 else -1
        short = sign * (total - line.amount)
        parts = [Part(o.amount, o.key, o.role, o.party) for o in chosen]
        if 0 < short <= self.tolerance:
            parts[-1] = replace(parts[-1], amount=parts[-1].amount - sign * short, difference=short)
            return [Proposal(tuple(parts), f"number {numbers}, a difference within tolerance")]
        if short > 0:
            left, made = abs(line.amount), []
            for o in chosen:
                paid = min(left, abs(o.amount))
                if paid:
                    made.append(Part(sign * paid, o.key, o.role, o.party))
                left -= paid
            return [Proposal(tuple(made), f"number {numbers}, paid in part")]
        parts.append(Part(-sign * short, role=chosen[0].role, party=chosen[0].party))
        return [Proposal(tuple(parts), f"number {numbers}, paid too much")]

    def several(self, party: int, line: LineRead, why: str) -> list[Proposal]:
        """Items of a party that add up to the line: all, the oldest ones, or two."""
        mine = [n for n in self.by_party.get(party, []) if self.open[n].role]
        reason = f"{why} of {self.names.get(party, '')}, items that add up"
        total = 0
        for count, n in enumerate(mine, 1):
            total += self.open[n].amount
            if total == line.amount and count > 1:
                return [Proposal(self.full(mine[:count]), reason)]
        for a, b in combinations(mine[:FEW], 2):
            if self.open[a].amount + self.open[b].amount == line.amount:
                return [Proposal(self.full([a, b]), reason)]
        return []

    def numbers(self, text: str) -> tuple[list[int], bool, bool]:
        """(what is named by number, whether a number of ours stands there that is not open, whether any other figure does).

        Banks break, glue and space numbers, so letters and digits alone count; but a number never starts or ends amid
        digits that stand together.
        """
        kept = [(c, k) for k, c in enumerate(_flat(text)) if c.isascii() and c.isalnum()]
        letters, places = "".join(c for c, _ in kept), [k for _, k in kept]
        taken = [False] * len(letters)
        found: list[int] = []
        doubtful = False
        for length in self.lengths:
            for start in range(len(letters) - length + 1):
                word = letters[start : start + length]
                if word not in self.by_number or any(taken[start : start + length]):
                    continue
                end = start + length
                before = (
                    start
                    and letters[start - 1].isdigit()
                    and letters[start].isdigit()
                    and places[start] - places[start - 1] == 1
                )
                after = (
                    end < len(letters)
                    and letters[end].isdigit()
                    and letters[end - 1].isdigit()
                    and places[end] - places[end - 1] == 1
                )
                if before or after:
                    continue
                taken[start:end] = [True] * length
                if len(self.by_number[word]) == 1:
                    found += [n for n in self.by_number[word] if n not in found]
                else:
                    doubtful = True
        left = "".join(" " if t else c for c, t in zip(letters, taken, strict=True))
        foreign = doubtful or any(re.search(rf"{head}\d{{3,}}", left) for head in self.heads)
        spaced = list(_flat(text))
        for k, t in zip(places, taken, strict=True):
            if t:
                spaced[k] = " "
        rest = any(not re.fullmatch(r"(19|20)\d\d", each) for each in re.findall(r"\d{3,}", "".join(spaced)))
        return found, foreign, rest

    def agrees(self, line: LineRead, parties: set[int], owners: set[int]) -> bool:
        """Whether nothing says that somebody else pays: a slip of the pen names another customer's invoice."""
        if owners:
            return parties <= owners or parties == {0}
        told = words(line.name)
        if not told or parties == {0}:
            return True
        fit = {
            p for w in told for p in self.by_word.get(w, ()) if self.words[p] <= told or told <= self.words[p]
        }
        exact = {p for p in fit if self.words[p] == told}
        return bool(fit) and parties <= (exact or fit)

    def named(self, line: LineRead) -> list[tuple[int, int]]:
        """Parties whose every word stands in the line's name (or text), those with more words first."""
        told = words(line.name) or words(line.text)
        counts: dict[int, int] = defaultdict(int)
        for word in told:
            mine = self.by_word.get(word, set())
            if len(mine) <= 50:
                for party in mine:
                    counts[party] += 1
        whole = [
            (party, n)
            for party, n in counts.items()
            if n == len(self.words[party]) or (n >= 2 and n == len(told))
        ]
        return sorted(whole, key=lambda pair: (-pair[1], pair[0]))


def _flat(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).upper() if not unicodedata.combining(c))


def pattern(line: LineRead) -> str:
    """The words of a line's text without figures: what “account charge 11/2026” has in common with the next month's."""
    return plain(re.sub(r"\S*\d\S*", " ", line.text))[:80]


def role_of(amount: int) -> str:
    """Whose money it is, where nothing says so: money in comes from customers, money out goes to suppliers."""
    return "receivable" if amount > 0 else "payable"


def match(lines: Mapping[int, LineRead], index: Matcher) -> dict[int, list[Proposal]]:
    """Proposals by line; of lines that would pay the same thing twice none is sure."""
    found = {i: index.propose(line) for i, line in lines.items()}
    wanted: dict[str, int] = defaultdict(int)
    for proposals in found.values():
        if proposals and proposals[0].sure:
            for part in proposals[0].parts:
                wanted[part.key] += bool(part.key)
    for i, proposals in found.items():
        if proposals and proposals[0].sure and any(wanted[p.key] > 1 for p in proposals[0].parts if p.key):
            found[i] = [replace(proposals[0], sure=False), *proposals[1:]]
    return found
