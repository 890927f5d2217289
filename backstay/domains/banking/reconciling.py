"""Lines of statements become payments and entries, or are found to be there already; and back again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.accounting.processes import KIND as JOURNAL
from backstay.domains.accounting.processes import (
    JournalDraft,
    JournalLineDraft,
    post_journal,
    reverse_journal,
)
from backstay.domains.banking.matching import Habit, Matcher, Open, Part, Proposal, match, pattern, plain
from backstay.domains.banking.models import Match, Payment, StatementLine
from backstay.domains.banking.paying import (
    KIND,
    record_payments,
    reverse_payments,
    settle_each,
    unsettle_payments,
)
from backstay.domains.banking.rules import LineRead, PaymentDraft, netted
from backstay.domains.invoicing.processes import AllocationDraft, allocate, reverse_allocations, tolerance
from backstay.domains.invoicing.queries import open_items, references_of
from backstay.platform import access, audit, rows

ALLOCATION = "invoicing.allocation"
NUMBER = re.compile(r"[A-Z]+-\d{4}-\d+")
BEFORE, AFTER = timedelta(60), timedelta(10)  # a payment is seen at the bank within days, rarely within weeks
UNDO = {KIND: reverse_payments, ALLOCATION: reverse_allocations, JOURNAL: reverse_journal}
_FIELDS = (
    "bank_account_id",
    "booked_on",
    "value_on",
    "amount",
    "text",
    "name",
    "iban",
    "reference",
    "bank_reference",
    "state",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a line stands for: parts that add up to it. ``always``: lines with this text belong here from now on."""

    line: int
    parts: tuple[Part, ...]
    always: bool = False


def matcher(ctx: Ctx, bank_account: int, lines: Iterable[LineRead]) -> Matcher:
    """What is open, by everything these bank lines may tell of it. A fixed number of statements.

    Of payments that wait to be seen only those of the lines' amounts, or whose numbers stand in them, are looked at.
    """
    found: list[Open] = []
    names: dict[int, str] = {}
    for side, sign in (("receivable", 1), ("payable", -1)):
        items = open_items(ctx, side)
        told = references_of(ctx, [each.item for each in items])
        for each in items:
            names[each.party_id] = each.party
            numbers = tuple(n for n in (each.number, *told.get(each.item, ())) if n)
            found.append(Open(each.item, side, each.party_id, sign * each.amount, numbers, each.due_on))
    for ident, number, way, amount, party, name, on in rows.execute(
        _WAITING, [ctx.company, bank_account, *_wanted(ctx, list(lines))]
    ):
        names[party] = name
        found.append(Open(f"payment:{ident}", "", party, amount if way == "in" else -amount, (number,), on))
    for ident, number, total, on in rows.execute(_RUNS, [ctx.company, bank_account]):
        found.append(Open(f"run:{ident}", "", 0, -total, (number,), on))
    ibans: dict[str, list[int]] = defaultdict(list)
    for iban, party, name in rows.execute(_IBANS, [ctx.company]):
        ibans[plain(iban)].append(party)
        names.setdefault(party, name)
    habits = [Habit(*row) for row in rows.execute(_HABITS, [ctx.company])]
    return Matcher(
        found, names, ibans, habits, tolerance(ctx.settings, "payment_difference", ctx.scale, "1.00")
    )


def _wanted(ctx: Ctx, lines: Sequence[LineRead]) -> tuple[date, date, list[int], list[str]]:
    """First and last day, amounts and numbers of payments that lines may stand for."""
    days = sorted(line.booked_on for line in lines) or [ctx.today]
    numbers = {n for line in lines for n in NUMBER.findall(f"{line.reference} {line.text}".upper())}
    return days[0] - BEFORE, days[-1] + AFTER, sorted({line.amount for line in lines}), sorted(numbers)


_WAITING = """
SELECT p.id, p.number, p.way, p.amount, p.party_id, y.name, p.paid_on FROM banking_payment p JOIN parties_party y ON y.id = p.party_id
WHERE p.company_id = %s AND p.bank_account_id = %s AND p.state IN ('ordered', 'posted')
  AND p.paid_on BETWEEN %s AND %s
  AND (CASE p.way WHEN 'in' THEN p.amount ELSE -p.amount END = ANY(%s::bigint[]) OR p.number = ANY(%s::text[]))
  AND NOT EXISTS (SELECT FROM banking_match m WHERE m.company_id = p.company_id AND m.source = 'banking.payment:' || p.id)
"""
_RUNS = """
SELECT r.id, r.number, sum(p.amount)::bigint, r.executed_on FROM banking_paymentrun r JOIN banking_payment p ON p.run_id = r.id
WHERE r.company_id = %s AND r.bank_account_id = %s AND p.state = 'ordered' GROUP BY r.id HAVING count(*) > 1
"""
_IBANS = """
SELECT a.iban, a.party_id, y.name FROM banking_partyaccount a JOIN parties_party y ON y.id = a.party_id
WHERE a.company_id = %s AND a.archived_on IS NULL
"""
_HABITS = "SELECT kind, pattern, party_id, account_id, automatic FROM banking_matchrule WHERE company_id = %s ORDER BY hits DESC, id"


def as_read(row: Any) -> LineRead:
    """A stored line as the file told it."""
    return LineRead(
        row.booked_on,
        row.amount,
        row.text,
        row.name,
        row.iban,
        row.reference,
        row.bank_reference,
        row.value_on,
    )


def suggest(ctx: Ctx, bank_account: int, ids: Sequence[int]) -> dict[int, list[Proposal]]:
    """Proposals for lines, the best first."""
    access.require(ctx, "banking.statement.read")
    found = rows.of(StatementLine, "id", ids, *_FIELDS)
    lines = {row.id: as_read(row) for row in found}
    return match(lines, matcher(ctx, bank_account, lines.values()))


def match_lines(ctx: Ctx, bank_account: int) -> int:
    """Match every open line of an account about which there is no doubt; how many."""
    access.require(ctx, "banking.statement.match")
    open_ids = [
        row[0]
        for row in rows.execute(
            "SELECT id FROM banking_statementline WHERE company_id = %s AND bank_account_id = %s AND state = 'open' ORDER BY booked_on, id",
            [ctx.company, bank_account],
        )
    ]
    sure = [
        Decision(i, proposals[0].parts)
        for i, proposals in suggest(ctx, bank_account, open_ids).items()
        if proposals and proposals[0].sure
    ]
    reconcile(ctx, sure, how="automatic")
    return len(sure)


def reconcile(ctx: Ctx, decisions: Sequence[Decision], how: str = "hand") -> None:
    """Book lines as decided: open items are paid, ordered payments settled, the rest posted; each line to the cent.

    Raises Refusal: ``banking.match_sum`` (parts do not add up), ``platform.transition`` (the line is matched already),
    and whatever paying refuses: an item that is paid meanwhile is not paid twice.
    """
    if not decisions:
        return
    ids = [d.line for d in decisions]
    access.require(ctx, "banking.statementline.match", ids)
    lines = {row.id: row for row in rows.lock(StatementLine, ids, *_FIELDS)}
    for d in decisions:
        _check(d, lines[d.line])
    matches: list[tuple[int, str, int, str]] = []
    _existing(ctx, decisions, lines, matches)
    _items(ctx, decisions, lines, matches)
    _accounts(ctx, decisions, lines, matches)
    rows.insert(
        Match,
        {
            "line_id": [m[0] for m in matches],
            "source": [m[1] for m in matches],
            "amount": [m[2] for m in matches],
            "effect": [m[3] for m in matches],
            "how": [how] * len(matches),
            "matched_by": [ctx.actor] * len(matches),
        },
    )
    rows.update(StatementLine, ids, {"state": ["matched"] * len(ids)})
    audit.record(ctx, "banking.statementline", ids, "match", [{"how": how} for _ in ids])
    if how == "hand":
        _learn(ctx, decisions, lines)


def _check(d: Decision, line: Any) -> None:
    if line.state != "open":
        raise Refusal(
            "platform.transition", f"the line of {line.booked_on} is {line.state}", "Somebody was faster: look at it again.",
            f"banking.statementline:{line.id}",
        )  # fmt: skip
    total = sum(p.amount for p in d.parts)
    if total != line.amount or not d.parts or any(p.amount == 0 for p in d.parts):
        raise Refusal(
            "banking.match_sum", f"the parts make {total}, the line of {line.booked_on} is {line.amount} (steps)",
            "Match the whole line, or leave it open.", f"banking.statementline:{line.id}",
        )  # fmt: skip


def _existing(
    ctx: Ctx,
    decisions: Sequence[Decision],
    lines: Mapping[int, Any],
    matches: list[tuple[int, str, int, str]],
) -> None:
    """Payments that were recorded or ordered before: the ordered ones are settled on the line's day."""
    told = [
        (d.line, p)
        for d in decisions
        for p in d.parts
        if p.key.startswith(("payment:", "run:")) and not p.role
    ]
    runs = {int(p.key[4:]) for _, p in told if p.key.startswith("run:")}
    of_run: dict[int, list[int]] = defaultdict(list)
    for row in rows.of(Payment, "run_id", sorted(runs), "run_id", "state"):
        if row.state == "ordered":
            of_run[row.run_id].append(row.id)
    pairs = [
        (line, i, part) for line, part in told for i in (of_run[int(part.key[4:])] if part.key.startswith("run:") else [int(part.key[8:])])
    ]  # fmt: skip
    if not pairs:
        return
    found = {
        row.id: row
        for row in rows.lock(
            Payment, [i for _, i, _ in pairs], "state", "way", "amount", "bank_account_id", "number"
        )
    }
    for line, i, part in pairs:
        row = found[i]
        signed = row.amount if row.way == "in" else -row.amount
        if row.bank_account_id != lines[line].bank_account_id or row.state not in ("ordered", "posted"):
            raise Refusal(
                "banking.match_payment",
                f"payment {row.number} is {row.state} or of another account",
                "Choose another.",
            )
        if part.key.startswith("payment:") and signed != part.amount:
            raise Refusal(
                "banking.match_payment", f"payment {row.number} has another amount", "Choose another."
            )
        matches.append((line, f"{KIND}:{i}", signed, "settled" if row.state == "ordered" else "found"))
    waiting = [(i, lines[line].booked_on) for line, i, _ in pairs if found[i].state == "ordered"]
    if waiting:
        settle_each(ctx, [i for i, _ in waiting], [on for _, on in waiting])


def _items(
    ctx: Ctx,
    decisions: Sequence[Decision],
    lines: Mapping[int, Any],
    matches: list[tuple[int, str, int, str]],
) -> None:
    """Open items and money on account: one payment per line, party and side; credit notes are set off first."""
    drafts: list[PaymentDraft] = []
    of_line: list[tuple[int, int]] = []
    set_off: list[tuple[int, AllocationDraft]] = []
    for d in decisions:
        line = lines[d.line]
        groups: dict[tuple[int, str], list[Part]] = defaultdict(list)
        for part in d.parts:
            if part.role and part.party:
                groups[part.party, part.role].append(part)
        for (party, role), parts in groups.items():
            total = sum(p.amount for p in parts)
            pairs, settled = netted([(p.key, p.amount, p.difference) for p in parts])
            set_off += [(d.line, AllocationDraft(party, role, *pair, line.booked_on)) for pair in pairs]
            if total:
                drafts.append(
                    PaymentDraft(
                        "in" if total > 0 else "out", party, line.bank_account_id, abs(total), line.booked_on, settled,
                        reference=(line.reference or line.text)[:140], side=role,
                    )
                )  # fmt: skip
                of_line.append((d.line, total))
    for (line_id, _), made in zip(set_off, allocate(ctx, [a for _, a in set_off]), strict=True):
        matches.append((line_id, f"{ALLOCATION}:{made}", 0, "made"))
    for (line_id, total), done in zip(of_line, record_payments(ctx, drafts), strict=True):
        matches.append((line_id, f"{KIND}:{done.id}", total, "made"))


def _accounts(
    ctx: Ctx,
    decisions: Sequence[Decision],
    lines: Mapping[int, Any],
    matches: list[tuple[int, str, int, str]],
) -> None:
    """Fees, interest, transfers: an entry against the account that was chosen."""
    banks = dict(
        rows.execute("SELECT id, account_id FROM banking_bankaccount WHERE company_id = %s", [ctx.company])
    )
    drafts, of_line = [], []
    for d in decisions:
        line = lines[d.line]
        mine = [p for p in d.parts if p.account is not None]
        if any(p.account is None and not p.key and not (p.role and p.party) for p in d.parts):
            raise Refusal(
                "banking.match_part", "a part names neither what it pays nor an account", "Choose one."
            )
        if not mine:
            continue
        total, text = sum(p.amount for p in mine), (line.text or line.name or "Bank line")[:200]
        own = JournalLineDraft(
            banks[line.bank_account_id], total, item=f"bank:{line.bank_account_id}", text=text
        )
        others = (JournalLineDraft(p.account or 0, -p.amount, text=p.text[:200]) for p in mine)
        if total:
            drafts.append(JournalDraft(line.booked_on, (own, *others), text))
        else:
            drafts.append(JournalDraft(line.booked_on, tuple(others), text))
        of_line.append((d.line, total))
    for (line_id, total), made in zip(of_line, post_journal(ctx, drafts) if drafts else [], strict=True):
        matches.append((line_id, f"{JOURNAL}:{made}", total, "made"))


def _learn(ctx: Ctx, decisions: Sequence[Decision], lines: Mapping[int, Any]) -> None:
    """Remember whose IBAN or name this is, or the account of such a text; what was remembered otherwise counts less."""
    told: dict[tuple[str, str, int | None, int | None], bool] = {}
    for d in decisions:
        line = lines[d.line]
        parties = {p.party for p in d.parts if p.party}
        accounts = {p.account for p in d.parts if p.account}
        iban, name, text = plain(line.iban), plain(line.name)[:140], pattern(as_read(line))
        if len(parties) == 1 and not accounts and (iban or name):
            told["iban" if iban else "name", iban or name, parties.pop(), None] = False
        elif len(d.parts) == 1 and accounts and (text or name):
            told["text" if text else "name", text or name, None, accounts.pop()] = d.always
    keys = list(told)
    if not keys:
        return
    params = [[k[0] for k in keys], [k[1] for k in keys], [k[2] for k in keys], [k[3] for k in keys]]
    rows.execute(_FORGET, params)
    rows.execute(
        "INSERT INTO banking_matchrule (kind, pattern, party_id, account_id, automatic)"
        " SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::boolean[])"
        " ON CONFLICT (company_id, kind, pattern, party_id, account_id) DO UPDATE"
        " SET hits = banking_matchrule.hits + 1, automatic = excluded.automatic RETURNING id",
        [*params, list(told.values())],
    )


_FORGET = """
WITH told AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[]) t(kind, pattern, party, account)),
other AS (SELECT DISTINCT r.id, r.hits FROM banking_matchrule r JOIN told t ON t.kind = r.kind AND t.pattern = r.pattern
          WHERE (r.party_id, r.account_id) IS DISTINCT FROM (t.party, t.account) AND r.company_id = company()),
gone AS (DELETE FROM banking_matchrule r USING other o WHERE o.id = r.id AND o.hits <= 1 RETURNING r.id)
UPDATE banking_matchrule r SET hits = r.hits - 1, automatic = false FROM other o WHERE o.id = r.id AND o.hits > 1 RETURNING r.id
"""


def undo_matches(ctx: Ctx, ids: Sequence[int], on: date | None = None) -> None:
    """Take matches back: what they made is reversed, dated as the line (or ``on``); the lines are open again."""
    access.require(ctx, "banking.statementline.undo", ids)
    lines = {row.id: row for row in rows.lock(StatementLine, ids, "state", "booked_on")}
    for row in lines.values():
        if row.state != "matched":
            raise Refusal(
                "platform.transition",
                f"the line of {row.booked_on} is {row.state}, not matched",
                "Look at it again.",
            )
    work: dict[tuple[str, str, date], list[int]] = defaultdict(list)
    for row in rows.of(Match, "line_id", ids, "line_id", "source", "effect"):
        kind, _sep, ident = row.source.rpartition(":")
        work[row.effect, kind, on or lines[row.line_id].booked_on].append(int(ident))
    for (effect, kind, day), mine in sorted(work.items()):
        if effect == "settled":
            unsettle_payments(ctx, mine, day)
        elif effect == "made":
            UNDO[kind](ctx, mine, day)
    rows.delete(Match, "line_id", list(ids))
    rows.update(StatementLine, ids, {"state": ["open"] * len(ids)})
    audit.record(ctx, "banking.statementline", ids, "undo")
