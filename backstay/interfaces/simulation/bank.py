"""The bank's side of the demo: a statement of the last weeks, with payments that nobody has entered yet."""

from __future__ import annotations

import random
from datetime import date, timedelta

from backstay.base.context import Ctx
from backstay.domains.banking import processes as banking
from backstay.domains.banking.processes import LineRead, StatementRead
from backstay.domains.banking.queries import bank_account
from backstay.domains.invoicing.queries import OpenItem, open_items
from backstay.platform import rows
from backstay.platform.context import work

OURS = "NL91ABNA0417164300"
DAYS = 21


def bring_statement(company: int, actor: str, last: date, seed: int = 1) -> int:
    """Import a statement of the last three weeks and match what is sure; how many lines are left to a person."""
    rnd = random.Random(seed)  # noqa: S311 - no secret is drawn
    with work(company, actor) as ctx:
        account = bank_account(ctx)
        banking.edit_bank_accounts(
            ctx, {account: banking.BankAccountDraft("Current account", "bank", "BANK", OURS, "ABNANL2A")}
        )
        _suppliers(ctx, rnd)
        since = last - timedelta(days=DAYS)
        sql = (
            "SELECT coalesce(sum(p.value) FILTER (WHERE p.posted_on < %s), 0)::bigint FROM posting p JOIN subaccount s ON s.id = p.subaccount_id"
            " WHERE s.company_id = %s AND s.item = %s"
        )
        opening = int(rows.execute(sql, [since, company, f"bank:{account}"])[0][0])
        lines = sorted(
            [*_entered(ctx, account, since), *_new(ctx, rnd, last)], key=lambda line: line.booked_on
        )
        closing = opening + sum(line.amount for line in lines)
        told = StatementRead(
            OURS, ctx.currency_code, f"{last.year}/11", tuple(lines), opening, closing, since, last
        )
        banking.import_statements(ctx, [told], banking.Source("statement.xml"))
        banking.match_lines(ctx, account)
        return int(
            rows.execute(
                "SELECT count(*) FROM banking_statementline WHERE company_id = %s AND state = 'open'",
                [company],
            )[0][0]
        )


def _suppliers(ctx: Ctx, rnd: random.Random) -> None:
    """Every supplier with a bill has an account: German IBANs with right check digits."""
    parties = sorted({each.party_id for each in open_items(ctx, "payable")})
    drafts = []
    for party in parties[: max(len(parties) - 1, 1)]:  # one is missing, as it is in life
        plain = f"{rnd.randrange(10**8):08d}{party:010d}"
        drafts.append(banking.PartyAccountDraft(party, f"DE{98 - int(plain + '131400') % 97:02d}{plain}"))
    banking.set_party_accounts(ctx, drafts)


def _entered(ctx: Ctx, account: int, since: date) -> list[LineRead]:
    """Payments that are in the books already, as the bank shows them."""
    sql = (
        "SELECT p.number, p.way, p.amount, p.paid_on, y.name FROM banking_payment p JOIN parties_party y ON y.id = p.party_id"
        " WHERE p.company_id = %s AND p.bank_account_id = %s AND p.paid_on >= %s AND p.state = 'posted' ORDER BY p.id"
    )
    return [
        LineRead(on, amount if way == "in" else -amount, f"{number} {name}", name, reference=number)
        for number, way, amount, on, name in rows.execute(sql, [ctx.company, account, since])
    ]


def _new(ctx: Ctx, rnd: random.Random, last: date) -> list[LineRead]:
    """Customers pay, each in his way; the bank charges; somebody is unknown."""
    items = [i for i in open_items(ctx, "receivable") if i.amount > 0 and i.item.startswith("invoice:")]
    items.sort(key=lambda item: item.number)  # the same seed gives the same payments, whatever the ids
    rnd.shuffle(items)

    def line(item: OpenItem, text: str, amount: int | None = None, name: str | None = None) -> LineRead:
        return LineRead(
            last - timedelta(days=rnd.randint(0, 5)),
            amount or item.amount,
            text,
            item.party if name is None else name,
        )

    ways = (
        lambda i: line(i, f"Invoice {i.number}"),
        lambda i: line(i, f"{i.number.replace('-', ' ')} with thanks"),
        lambda i: line(i, "payment as agreed"),
        lambda i: line(i, f"{i.number} first half", i.amount // 2 or i.amount),
        lambda i: line(i, f"{i.number}", max(i.amount - 35, 1)),
        lambda i: line(i, f"Invoice {i.number}", None, "Harbour Holding"),
        lambda i: line(i, "", None, ""),
    )
    made = [ways[n % len(ways)](item) for n, item in enumerate(items[:14])]
    fees = [
        LineRead(last, -1250, "Account charge 11", ""),
        LineRead(last, -8900, "Insurance premium 4471-22", "Lighthouse Mutual"),
    ]
    return [*made, *fees]
