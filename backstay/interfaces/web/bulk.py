"""Acts on many documents: a few at once in the request, more of them as long work, in steps that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from backstay.base.errors import Denied, Refusal
from backstay.interfaces.web import acts, listing
from backstay.interfaces.web.fields import title_of, word_of
from backstay.platform import access, work
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES, Resource

AT_ONCE = 200  # more than these become long work
STEP = 100  # documents of a step
MOST = 100_000


def chosen(ctx: Ctx, resource: Resource, query: str, act: str) -> list[int]:
    """The ids of all that a list asked for shows and the act may be done to, the oldest first. Refusal (``web.too_many``)."""
    what = listing.asked(resource, QueryDict(query))
    found = list(
        listing.rows_of(ctx, resource, what)
        .filter(access.rows(ctx, resource.kind, act))
        .order_by("pk")
        .values_list("pk", flat=True)[: MOST + 1]
    )
    if len(found) > MOST:
        raise Refusal("web.too_many", _("the list has more than %(n)s") % {"n": MOST}, _("Filter it."))
    return found


def begin(ctx: Ctx, resource: Resource, act: str, ids: Sequence[int], told: Mapping[str, Any]) -> int:
    """Have an act done to many as long work; the id of the work. What was answered is kept as text, days too, so that it
    means the same whenever it runs."""
    access.require(ctx, f"{resource.kind}.{act}", ids)
    texts = {name: _text(value) for name, value in told.items() if value is not None}
    title = _("%(act)s: %(n)s %(names)s") % {
        "act": word_of(act),
        "n": len(ids),
        "names": _(resource.names[1]),
    }
    args = {"path": resource.path, "act": act, "ids": list(ids), "told": texts}
    return work.start(ctx, "bulk.act", title, args, len(ids))


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return ("1" if value else "") if isinstance(value, bool) else str(value)


@work.long("bulk.act", keeps=True)
def run(job: work.Job) -> dict[str, Any]:
    """The act, in steps of many documents; a step that is refused is halved until those that refuse stand alone."""
    resource, act, ids = RESOURCES[job.args["path"]], job.args["act"], job.args["ids"]
    while job.done < len(ids):
        _range(job, resource, act, ids, job.done, min(job.done + STEP, len(ids)))
    refused = int(job.reached.get("refused", 0))
    made = len(ids) - refused
    facts = [[_("Done"), f"{made:,}"], [_("Refused"), f"{refused:,}"]]
    text = _("%(title)s: %(made)s done, %(refused)s refused.") % {
        "title": job.title,
        "made": made,
        "refused": refused,
    }
    return {"facts": facts, "text": text, "list": f"/{resource.path}"}


def _range(job: work.Job, resource: Resource, act: str, ids: Sequence[int], first: int, last: int) -> None:
    part = ids[first:last]

    def do(ctx: Ctx) -> None:
        acts.run(ctx, resource, act, part, acts.answers(ctx, resource, act, job.args["told"]))
        job.done = last

    def tell(ctx: Ctx, refusal: Refusal) -> None:
        row = resource.of._default_manager.filter(pk=part[0]).first()
        job.fault(title_of(row) if row else f"#{part[0]}", refusal, href=f"/{resource.path}/{part[0]}")
        job.reached["refused"] = int(job.reached.get("refused", 0)) + 1
        job.done = last

    try:
        job.do(do)
    except Denied:
        raise
    except Refusal as exc:
        refusal = exc
        if len(part) == 1:
            job.do(lambda ctx: tell(ctx, refusal))
            return
        middle = (first + last) // 2
        _range(job, resource, act, ids, first, middle)
        _range(job, resource, act, ids, middle, last)
