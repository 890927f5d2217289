"""Long work and notices as people see them: how far it is, stopping it, what it could not do, what was said to one."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backstay.base import clock
from backstay.base.errors import NotFound
from backstay.interfaces.cells import defuse
from backstay.interfaces.web.fields import day_text, word_of
from backstay.interfaces.web.frame import frame, share, status
from backstay.interfaces.web.resource import whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access, work
from backstay.platform.context import Ctx
from backstay.platform.models import Notice, User, Work, WorkFault

GOING = ("waiting", "running")
SHOWN = 100  # pieces that could not be done, on the page; the file has all
ICONS = {
    "done": "circle-check",
    "failed": "alert-circle",
    "cancelled": "ban",
    "waiting": "clock",
    "running": "refresh",
}


@signed_in
@require_GET
def pulse(request: HttpRequest) -> HttpResponse:
    """The bell and the work of one's own, asked for again and again; with it, as toasts, what came since ``after``."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    after = whole(request.GET.get("after"))
    told = status(ctx)
    fresh: list[Notice] = []
    if after is not None and told["last_notice"] > after:
        fresh = list(Notice.objects.filter(actor=ctx.actor, read_at=None, id__gt=after).order_by("id")[:5])
    told["last_notice"] = max(told["last_notice"], after or 0)
    return render(request, "backstay/_pulse.html", {"status": told, "fresh": fresh, "polled": True})


@signed_in
@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """What was said to one, and long work. POST marks all of it read, or one."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    mine = Notice.objects.filter(actor=ctx.actor)
    if request.method == "POST":
        one = whole(request.POST.get("notice"))
        unread = mine.filter(read_at=None)
        (unread.filter(pk=one) if one else unread).update(read_at=clock.now())
        return redirect("/notices")
    page = list(mine.order_by("-id")[:100])
    told = [
        {"id": n.pk, "text": n.text, "when": day_text(n.at, ctx.today.year), "new": n.read_at is None}
        for n in page
    ]
    own = list(Work.objects.filter(actor=ctx.actor).order_by("-id")[:10])
    others = list(Work.objects.filter(state__in=GOING).exclude(actor=ctx.actor).order_by("-id")[:10])
    if not access.may(ctx, "platform.work.read"):
        others = []
    told_works = [_row(w) for w in own + others]
    return render(request, "backstay/notices.html", frame(request, "notices", notices=told, works=told_works))


def _row(w: Work) -> dict[str, Any]:
    going = w.state in GOING
    count = f"{w.done:,} / {w.total:,}" if going and w.total else ""
    return {"id": w.pk, "title": w.title, "state": w.state, "icon": ICONS[w.state], "count": count, "share": share(w.done, w.total), "going": going}  # fmt: skip


@signed_in
@require_http_methods(["GET", "POST"])
def opened(request: HttpRequest, ident: int) -> HttpResponse:
    """A notice that is opened is read; it leads where it belongs."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = Notice.objects.filter(pk=ident, actor=ctx.actor).first()
    if found is None:
        raise NotFound("web.notice", f"there is no notice {ident} of yours", "Look in your inbox.")
    if found.read_at is None:
        found.read_at = clock.now()
        found.save(update_fields=["read_at"])
    return redirect(
        found.href if found.href.startswith("/") and not found.href.startswith("//") else "/notices"
    )


def work_of(ctx: Ctx, ident: int) -> Work:
    """A work the actor may look at. NotFound."""
    found = Work.objects.filter(pk=ident).first()
    if found is None or (found.actor != ctx.actor and not access.may(ctx, "platform.work.read")):
        raise NotFound("web.work", f"there is no work {ident} of yours", "Look in your inbox.")
    return found


@signed_in
@require_http_methods(["GET", "POST"])
def progress(request: HttpRequest, ident: int) -> HttpResponse:
    """How far long work is; POST asks it to stop."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = work_of(ctx, ident)
    if request.method == "POST":
        if found.actor != ctx.actor:
            access.require(ctx, "platform.work.stop", [ident])
        work.stop(ctx, ident)
        return redirect(f"/progress/{ident}")
    if request.headers.get("HX-Request"):
        return render(request, "backstay/_work.html", seen(ctx, found))
    return render(request, "backstay/work.html", frame(request, "notices", **seen(ctx, found)))


def seen(ctx: Ctx, found: Work) -> dict[str, Any]:
    """A work as its page shows it."""
    task = work.TASKS.get(found.task)
    failed = list(WorkFault.objects.filter(work_id=found.pk).order_by("id")[: SHOWN + 1])
    count = WorkFault.objects.filter(work_id=found.pk).count() if len(failed) > SHOWN else len(failed)
    result = found.result or {}
    kind, _sep, who = found.actor.partition(":")
    name = "" if found.actor == ctx.actor or kind != "user" else str(User.objects.filter(pk=int(who)).values_list("name", flat=True).first() or "")  # fmt: skip
    return {
        "work": found, "share": share(found.done, found.total), "going": found.state in GOING, "icon": ICONS[found.state],
        "state": word_of(found.state), "keeps": task.keeps if task else True, "failed": failed[:SHOWN], "failed_count": count,
        "left_out": count - SHOWN if count > SHOWN else 0, "facts": result.get("facts", []), "by": name, "href": result.get("href", ""),
        "took": _took(found), "titled": any(f.field or f.value for f in failed),
    }  # fmt: skip


def _took(found: Work) -> str:
    if found.ended_at is None:
        return ""
    seconds = int((found.ended_at - found.created_at).total_seconds())
    return _("%(m)s min %(s)s s") % {"m": seconds // 60, "s": seconds % 60} if seconds >= 60 else _("%(s)s s") % {"s": max(seconds, 1)}  # fmt: skip


@signed_in
@require_GET
def faults(request: HttpRequest, ident: int) -> HttpResponse:
    """All that could not be done, with its reason, as a table."""
    found = work_of(request.ctx, ident)  # type: ignore[attr-defined]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Row"), _("What"), _("Column"), _("Value"), _("Reason"), _("Remedy"), _("Code")])
    for f in WorkFault.objects.filter(work_id=found.pk).order_by("id").iterator(chunk_size=5_000):
        writer.writerow([f.place or "", *map(defuse, (f.name, f.field, f.value, f.reason, f.remedy, f.code))])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="work-{found.pk}-reasons.csv"'
    return response
