"""Closing a year as long work: one whole, told at its end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backstay.domains.accounting import processes as accounting
from backstay.platform import access, work
from backstay.platform.context import Ctx
from backstay.platform.context import work as transaction

TASK = "accounting.close_year"


def begin(ctx: Ctx, end: date) -> int:
    """Have the year that ends on ``end`` closed: its periods, then profit and loss; the id of the work."""
    access.require(ctx, "accounting.year.close")
    return work.start(
        ctx, TASK, _("Close the year until %(end)s") % {"end": end.isoformat()}, {"end": end.isoformat()}, 2
    )


@work.long(TASK, keeps=False)
def close_year(job: work.Job) -> dict[str, Any]:
    """The regular periods and the entry that empties profit and loss, or neither."""
    end = date.fromisoformat(job.args["end"])
    with transaction(job.company, job.actor, f"work:{job.id}") as ctx:
        job.phase = _("Closing periods")
        closed = accounting.close_periods(ctx, end)
        job.done = 1
        job.check()
        job.phase = _("Emptying profit and loss")
        entry = accounting.close_fiscal_year(ctx, end)
        job.done = 2
    facts = [[_("Periods closed"), str(len(closed))], [_("Closing entry"), str(entry or "—")]]
    return {"facts": facts, "text": _("%(title)s: done.") % {"title": job.title}}
