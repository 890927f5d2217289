"""What agents earned in a span of days."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.money import from_steps
from backstay.interfaces.reports.shape import TRADE, Asked, Column, Line, Report, report
from backstay.platform import rows

_FOUND = """
SELECT p.id, p.name, count(*), sum(c.net)::bigint, sum(c.amount)::bigint
FROM commission_commission c JOIN parties_party p ON p.id = c.agent_id
WHERE c.state = 'posted' AND c.earned_on BETWEEN %s AND %s GROUP BY p.id, p.name ORDER BY 5 DESC, 2, 1
"""


@report(
    "commission",
    gettext_noop("Commission"),
    gettext_noop("What agents earned by invoices of their customers."),
    TRADE,
)
def commission(ctx: Ctx, asked: Asked) -> Report:
    """By agent: invoices, their net, and the commission; what is reversed does not count."""
    columns = (
        Column("agent", _("Agent"), lead=True),
        Column("invoices", _("Invoices"), "figure", 0),
        Column("net", _("Net"), "figure", ctx.scale),
        Column("amount", _("Commission"), "figure", ctx.scale),
    )
    found = rows.execute(_FOUND, list(asked.span))
    lines = [
        Line(
            {"agent": name, "invoices": count, "net": from_steps(net, ctx.scale), "amount": from_steps(amount, ctx.scale)},
            href={"agent": f"/commission/commissions?f=agent:is:{party}"},
        )
        for party, name, count, net, amount in found
    ]  # fmt: skip
    sums = {"agent": _("Total"), "amount": from_steps(sum(row[4] for row in found), ctx.scale)}
    return Report("commission", _("Commission"), "", columns, lines, sums)
