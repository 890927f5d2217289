"""A demo company that fills itself in the background while its owner watches."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from backstay.base import clock
from backstay.base.errors import Denied
from backstay.domains.accounting.processes import create_company, may_found
from backstay.interfaces.simulation import names
from backstay.interfaces.simulation.bank import bring_statement
from backstay.interfaces.simulation.run import PRACTICE, simulate
from backstay.platform import work as works
from backstay.platform.context import work

ORDERS, DAYS, ITEMS, CUSTOMERS, SUPPLIERS = 60, 60, 40, 30, 8
TASK = "demo.trade"


class Begun(NamedTuple):
    """The company and the work that fills it."""

    company: int
    work: int


def begin(user: int) -> Begun:
    """Make an empty practice company for a user and let it trade in the background. Raises Denied."""
    if not may_found(user):
        raise Denied("access.denied", "only an owner of a company makes another", "Ask an owner.")
    start = clock.today() - timedelta(days=DAYS)
    company = create_company(
        names.COMPANY, "EUR", actor=f"user:{user}", country="NL", first_year=start.year, years=2, user=user, settings=PRACTICE
    )  # fmt: skip
    with work(company, f"user:{user}") as ctx:
        made = works.start(
            ctx, TASK, _("%(name)s trades") % {"name": names.COMPANY}, {"start": start.isoformat()}, ORDERS
        )
    return Begun(company, made)


@works.long(TASK, keeps=False)
def trade(job: works.Job) -> dict[str, Any]:
    """Sixty orders through every process, a day at a time, as one whole: each day follows from those before, so one that
    loses its process begins anew, and one that is stopped leaves an empty company."""

    def progress(done: int, total: int) -> None:
        job.done, job.total = done, total
        job.check()

    progress(0, ORDERS)
    start = date.fromisoformat(job.args["start"])
    result = simulate(
        orders=ORDERS, seed=1, days=DAYS, start=start, items=ITEMS, customers=CUSTOMERS, suppliers=SUPPLIERS, company=job.company,
        progress=progress, settle=False,
    )  # fmt: skip
    bring_statement(job.company, "system:demo", result.last_day)
    told = _("%(orders)s orders, %(invoices)s invoices: have a look round.")
    return {"href": "/", "text": told % {"orders": result.orders, "invoices": result.invoices}}
