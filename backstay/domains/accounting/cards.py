"""Account cards, the journal, entries and what moves cash: read along the ledger's own indexes, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from backstay import ledger
from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.domains.accounting.queries import sums_of
from backstay.platform import rows


class Move(NamedTuple):
    """A posting on an account card. ``steps``: value, or the amount where the account carries no value."""

    on: date
    entry: int
    line: int
    account: int
    source: str
    event: str
    text: str
    party_id: int | None
    party: str
    item: str
    debit: int
    credit: int
    steps: int


Cursor = tuple[date, int, int]
START: Cursor = (date.min, 0, 0)
_MEASURE = "CASE WHEN a.type = 'memo' THEN p.amount ELSE p.value END"
_CARD_ROW = f"""
SELECT p.posted_on, p.entry_id, p.line, a.id, e.source, e.event, e.text, z.id, coalesce(z.name, ''), s.item,
       debit_of({_MEASURE}, e.storno), credit_of({_MEASURE}, e.storno), {_MEASURE}
"""
_WHO = """
-- whose posting it is, or, where it is nobody's, whose entry
LEFT JOIN LATERAL (
    SELECT y.id, y.name FROM parties_party y WHERE y.id = coalesce(nullif(s.party_id, 0), (
        SELECT max(r.party_id) FROM posting q JOIN subaccount r ON r.id = q.subaccount_id WHERE q.entry_id = e.id))) z ON true
"""
# Few subaccounts: each by its own index, merged. Many: along the days, until the page is full.
_CARD_FEW = f"""
WITH subs AS MATERIALIZED (SELECT s.id, s.account_id, s.party_id, s.item FROM subaccount s WHERE {{scope}}),
found AS MATERIALIZED (
    SELECT p.*, s.id AS sub FROM subs s CROSS JOIN LATERAL (
        SELECT x.posted_on, x.entry_id, x.line, x.amount, x.value FROM posting x WHERE x.subaccount_id = s.id
          AND x.posted_on >= %(since)s {{each}}) p),
page AS MATERIALIZED (
    SELECT * FROM found p WHERE p.posted_on <= %(until)s {{after}} ORDER BY p.posted_on, p.entry_id, p.line {{most}})
{_CARD_ROW}{{more}} FROM {{held}}page p JOIN subs s ON s.id = p.sub JOIN account a ON a.id = s.account_id JOIN entry e ON e.id = p.entry_id
{_WHO} ORDER BY p.posted_on, p.entry_id, p.line
"""
_AFTER = (
    "AND {0}posted_on >= %(day)s AND ({0}posted_on, {0}entry_id, {0}line) > (%(day)s, %(entry)s, %(line)s)"
)
# What a card of open items holds with everything that was posted. An item that is settled holds no value either
# (``ledger.zero_together``): only those that are open are looked at.
_HELD = """(
    SELECT coalesce(sum(l.value), 0)::bigint FROM (
        SELECT s.subaccount_id FROM open_item s WHERE {scope} UNION ALL SELECT s.id FROM subaccount s WHERE {scope} AND s.item = '') o
    JOIN live l ON l.subaccount_id = o.subaccount_id) k(held) CROSS JOIN
"""
# Counted back from there in the same look: what is posted meanwhile is in both or in neither.
_SUMS = """, k.held - (SELECT coalesce(sum(f.value), 0)::bigint FROM found f),
k.held - (SELECT coalesce(sum(f.value), 0)::bigint FROM found f WHERE f.posted_on > %(until)s)
"""
_CARD_MANY = f"""
WITH page AS MATERIALIZED (
    SELECT e.posted_on, e.id AS entry_id, p.line, p.amount, p.value, s.id AS sub
    FROM entry e CROSS JOIN LATERAL (SELECT * FROM posting x WHERE x.entry_id = e.id OFFSET 0) p
    CROSS JOIN LATERAL (SELECT * FROM subaccount x WHERE x.id = p.subaccount_id OFFSET 0) s
    WHERE e.company_id = %(company)s AND e.posted_on BETWEEN %(since)s AND %(until)s AND e.posted_on >= %(day)s
      AND (p.posted_on, p.entry_id, p.line) > (%(day)s, %(entry)s, %(line)s) AND {{scope}}
    ORDER BY e.posted_on, e.id, p.line {{most}})
{_CARD_ROW} FROM page p JOIN subaccount s ON s.id = p.sub JOIN account a ON a.id = s.account_id JOIN entry e ON e.id = p.entry_id
{_WHO} ORDER BY p.posted_on, p.entry_id, p.line
"""
FEW, FEW_OF_PARTY = 400, 5000  # subaccounts that are read one by one: a party's postings are rare among all


@dataclass(frozen=True, slots=True)
class Card:
    """Whose postings a card shows: accounts (ids), and perhaps one party or one open item of them."""

    accounts: tuple[int, ...]
    party: int | None = None
    item: str | None = None

    def scope(self, ctx: Ctx) -> dict[str, Any]:
        """The parameters that stand for it."""
        return {
            "company": ctx.company,
            "accounts": list(self.accounts),
            "party": self.party,
            "item": self.item,
        }

    @property
    def sql(self) -> str:
        """Which subaccounts ``s`` are its own. Only what is asked for is said: a plan kept for later would else allow for all."""
        said = "s.company_id = %(company)s AND s.account_id = ANY(%(accounts)s::bigint[])"
        said += " AND s.party_id = %(party)s" if self.party is not None else ""
        return said + (" AND s.item = %(item)s" if self.item is not None else "")


def moves(
    ctx: Ctx, card: Card, since: date, until: date, after: Cursor = START, limit: int | None = None
) -> list[Move]:
    """Postings of a card in the days, by day, entry and line, those after ``after`` only."""
    params, most = _params(ctx, card, since, until, after), _most(limit)
    if limit is None or _few(ctx, card):
        each = f"AND x.posted_on <= %(until)s {_AFTER.format('x.')} ORDER BY x.posted_on, x.entry_id, x.line {most}"
        sql = _CARD_FEW.format(scope=card.sql, each=each, after="", most=most, more="", held="")
    else:
        sql = _CARD_MANY.format(scope=card.sql, most=most)
    return [Move._make(row) for row in rows.execute(sql, params)]


def moves_of_party(
    ctx: Ctx, card: Card, since: date, until: date, after: Cursor = START, limit: int | None = None
) -> tuple[list[Move], tuple[int, int] | None]:
    """The same of a party's open items, and what they came to before the days and at their end: a party's postings are few, and
    read for all of it at once. None for the sums where nothing was found, or where its items are too many for it."""
    params, most = _params(ctx, card, since, until, after), _most(limit)
    if limit is not None and not _few(ctx, card):
        sql = _CARD_MANY.format(scope=card.sql, most=most)
        return [Move._make(row) for row in rows.execute(sql, params)], None
    held = _HELD.format(scope=card.sql)
    sql = _CARD_FEW.format(
        scope=card.sql, each="OFFSET 0", after=_AFTER.format("p."), most=most, more=_SUMS, held=held
    )
    found = rows.execute(sql, params)
    return [Move._make(row[:-2]) for row in found], (found[0][-2], found[0][-1]) if found else None


def _most(limit: int | None) -> str:
    """The length of a page stands in the statement: a plan kept for any length would read all entries there are."""
    return "" if limit is None else f"LIMIT {int(limit)}"


def _params(ctx: Ctx, card: Card, since: date, until: date, after: Cursor) -> dict[str, Any]:
    day, entry, line = after
    return card.scope(ctx) | {"since": since, "until": until, "day": day, "entry": entry, "line": line}


def _few(ctx: Ctx, card: Card) -> bool:
    """Whether its subaccounts are few enough to be read one by one."""
    most = FEW if card.party is None else FEW_OF_PARTY
    sql = f"SELECT count(*) FROM (SELECT FROM subaccount s WHERE {card.sql} LIMIT {most + 1}) x"
    return bool(rows.execute(sql, card.scope(ctx))[0][0] <= most)


# Memo accounts count goods: only these need the summary by unit.
_OPENING = """
WITH a AS (SELECT id, type FROM account WHERE id = ANY(%(ids)s::bigint[]))
SELECT coalesce((SELECT sum(x.debit - x.credit) FROM account_values(%(since)s, %(until)s, %(kinds)s::text[]) x JOIN a ON a.id = x.account_id), 0)::bigint
     + CASE WHEN EXISTS (SELECT FROM a WHERE type = 'memo') THEN coalesce((
           SELECT sum(x.amount) FROM account_sums(%(since)s, %(until)s, %(kinds)s::text[]) x JOIN a ON a.id = x.account_id WHERE a.type = 'memo'), 0)::bigint
       ELSE 0 END
"""


def opening_of(ctx: Ctx, card: Card, day: date) -> int:
    """What a card holds before ``day``, from the summaries."""
    if day <= date.min:
        return 0
    before = date.fromordinal(day.toordinal() - 1)
    if card.party is None and card.item is None:
        told = {
            "since": date.min,
            "until": before,
            "kinds": list(ledger.balances.ALL_KINDS),
            "ids": list(card.accounts),
        }
        return int(rows.execute(_OPENING, told)[0][0])
    sql = (
        "SELECT coalesce(sum(CASE WHEN a.type = 'memo' THEN b.amount ELSE b.value END), 0)::bigint"
        f" FROM balances_at(ARRAY(SELECT s.id FROM subaccount s WHERE {card.sql}), %(day)s) b"
        " JOIN subaccount s ON s.id = b.subaccount_id JOIN account a ON a.id = s.account_id"
    )
    return int(rows.execute(sql, card.scope(ctx) | {"day": before})[0][0])


def turnover_of(ctx: Ctx, card: Card, since: date, until: date) -> tuple[int, int] | None:
    """(debit, credit) of a whole account in the days; None for a part of one, whose summary keeps no sides."""
    if card.party is not None or card.item is not None:
        return None
    sums = sums_of(ctx, [(since, until)])[0]
    found = [sums.get(account, (0, 0)) for account in card.accounts]
    return sum(d for d, _ in found), sum(c for _, c in found)


class EntryRow(NamedTuple):
    """An entry in the journal; ``steps``: its debits."""

    id: int
    on: date
    journal: str
    source: str
    event: str
    text: str
    actor: str
    party: str
    steps: int


_JOURNAL = """
SELECT e.id, e.posted_on, e.journal, e.source, e.event, e.text, e.actor, coalesce(x.party, ''), coalesce(x.steps, 0)
FROM (SELECT * FROM entry e WHERE e.company_id = %(company)s AND e.posted_on BETWEEN %(since)s AND %(until)s
        AND (%(day)s::date IS NULL OR (e.posted_on <= %(day)s AND (e.posted_on, e.id) < (%(day)s, %(id)s)))
        AND (%(journal)s = '' OR e.journal = %(journal)s)
      ORDER BY e.posted_on DESC, e.id DESC LIMIT %(limit)s) e
CROSS JOIN LATERAL (SELECT max(y.name) AS party, sum(greatest(p.value, 0))::bigint AS steps FROM posting p
    JOIN subaccount s ON s.id = p.subaccount_id LEFT JOIN parties_party y ON y.id = s.party_id WHERE p.entry_id = e.id) x
ORDER BY e.posted_on DESC, e.id DESC
"""


def journal(
    ctx: Ctx,
    since: date,
    until: date,
    name: str = "",
    after: tuple[date, int] | None = None,
    limit: int | None = None,
) -> list[EntryRow]:
    """Entries of the days, the latest first; ``name``: of one journal only."""
    day, ident = after or (None, 0)
    params = {"company": ctx.company, "since": since, "until": until, "journal": name, "day": day, "id": ident, "limit": limit}  # fmt: skip
    return [EntryRow(*row) for row in rows.execute(_JOURNAL, params)]


_CASH_BY_ACCOUNT = """
SELECT w.n, c.account_id, c.value FROM unnest(%s::date[], %s::date[]) WITH ORDINALITY w(since, until, n), LATERAL cash_values(w.since, w.until) c
"""
# The entries of a page, from the summary and from what is not rolled up yet.
_CASH_ENTRIES = """
WITH kept AS (
    SELECT c.posted_on, c.entry_id, c.value FROM cash_entry c
    WHERE c.company_id = %(company)s AND c.account_id = %(account)s AND c.posted_on BETWEEN %(since)s AND %(until)s
      AND c.posted_on >= %(day)s AND (c.posted_on, c.entry_id) > (%(day)s, %(entry)s)
    ORDER BY c.posted_on, c.entry_id LIMIT %(limit)s),
queued AS (
    SELECT e.posted_on, e.id AS entry_id, c.value FROM unsummed q
    CROSS JOIN LATERAL (SELECT * FROM entry x WHERE x.id = q.entry_id OFFSET 0) e CROSS JOIN LATERAL cash_of(e.id) c
    WHERE c.account_id = %(account)s AND e.posted_on BETWEEN %(since)s AND %(until)s AND (e.posted_on, e.id) > (%(day)s, %(entry)s)),
page AS MATERIALIZED (SELECT * FROM kept UNION ALL SELECT * FROM queued ORDER BY posted_on, entry_id LIMIT %(limit)s)
SELECT x.posted_on, e.id, 0, %(account)s, e.source, e.event, e.text, s.party_id, coalesce(y.name, ''), s.item,
       greatest(x.value, 0), greatest(-x.value, 0), x.value
FROM page x JOIN entry e ON e.id = x.entry_id
CROSS JOIN LATERAL (SELECT max(s.party_id) AS party_id, max(s.item) AS item FROM posting p
    JOIN subaccount s ON s.id = p.subaccount_id AND s.account_id = %(account)s WHERE p.entry_id = e.id) s
LEFT JOIN parties_party y ON y.id = s.party_id ORDER BY x.posted_on, e.id
"""


def cash_moves(ctx: Ctx, spans: Sequence[tuple[date, date]]) -> list[dict[int, int]]:
    """Cash in (+) and out (−) by the other account of its entries, in each span."""
    found: list[dict[int, int]] = [{} for _ in spans]
    params = [[since for since, _ in spans], [until for _, until in spans]]
    for n, account, steps in rows.execute(_CASH_BY_ACCOUNT, params):
        found[n - 1][account] = steps
    return found


def cash_entries(
    ctx: Ctx, account: int, since: date, until: date, after: Cursor = START, limit: int | None = None
) -> list[Move]:
    """The entries of the days that move cash against ``account``; ``steps``: cash in, or out with a minus."""
    params = {
        "company": ctx.company, "since": since, "until": until, "account": account, "day": after[0], "entry": after[1], "limit": limit,
    }  # fmt: skip
    return [Move(*row) for row in rows.execute(_CASH_ENTRIES, params)]


class Header(NamedTuple):
    """An entry as its page shows it; ``closed``: of its period."""

    id: int
    journal: str
    on: date
    document_on: date
    source: str
    event: str
    text: str
    actor: str
    created_at: datetime
    storno: bool
    reverses: int | None
    reversed_by: int | None
    period: int
    starts: date
    ends: date
    kind: str
    closed: bool


class Posting(NamedTuple):
    """A line of an entry with the parts of its subaccount; amounts in steps of ``unit``, value in the company's currency."""

    code: str
    name: str
    type: str
    party_id: int
    party: str
    item: str
    place: str
    unit: str
    scale: int
    amount: int
    debit: int
    credit: int


_HEADER = """
SELECT e.id, e.journal, e.posted_on, e.document_on, e.source, e.event, e.text, e.actor, e.created_at, e.storno, e.reverses, r.id,
       p.id, p.starts, p.ends, p.kind, p.closed_at IS NOT NULL
FROM entry e JOIN period p ON p.id = e.period_id LEFT JOIN entry r ON r.reverses = e.id WHERE e.company_id = %s AND e.id = %s
"""
_POSTINGS = """
SELECT a.code, a.name, a.type, s.party_id, coalesce(y.name, ''), s.item, coalesce(l.code, ''), u.code, u.scale, p.amount,
       debit_of(p.value, e.storno), credit_of(p.value, e.storno)
FROM posting p JOIN entry e ON e.id = p.entry_id JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id
JOIN unit u ON u.id = s.unit_id LEFT JOIN parties_party y ON y.id = s.party_id LEFT JOIN inventory_place l ON l.id = s.place_id
WHERE p.company_id = %s AND p.entry_id = %s ORDER BY p.line
"""


def entry(ctx: Ctx, ident: int) -> tuple[Header, list[Posting]]:
    """An entry with its postings. NotFound where the company has none of this number."""
    found = rows.execute(_HEADER, [ctx.company, ident])
    if not found:
        raise NotFound("accounting.entry", f"there is no entry {ident}", "Look in the journal.")
    return Header(*found[0]), [Posting(*row) for row in rows.execute(_POSTINGS, [ctx.company, ident])]
