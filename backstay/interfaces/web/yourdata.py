"""Your data: where it is kept, which copies there are, who gets at it, what goes out and to whom, how to leave."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings as installed
from django.db import connection
from django.http import FileResponse, HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n
from django.utils.translation import ngettext

from backstay.base import clock
from backstay.base.errors import NotFound
from backstay.interfaces.exchange import going
from backstay.interfaces.signing import breaches, oidc
from backstay.interfaces.web import webhooks as hooking
from backstay.interfaces.web.company import KIND, SYSTEM, members
from backstay.interfaces.web.fields import number_text
from backstay.interfaces.web.resource import Answer
from backstay.platform import access, audit, backup, database, rows, shelf, webhooks
from backstay.platform.context import Ctx
from backstay.platform.home import home
from backstay.platform.models import Feed, Webhook
from backstay.platform.resources import page

LATEST = 10_000  # messages that are looked through; an index finds them
_OUT = """
SELECT topic, count(*) FILTER (WHERE dead_at IS NULL), count(*) FILTER (WHERE delivered_at IS NULL AND dead_at IS NULL), max(delivered_at)
FROM (SELECT topic, delivered_at, dead_at FROM platform_outbox WHERE company_id = %s ORDER BY id DESC LIMIT %s) o GROUP BY 1 ORDER BY 1
"""
_TO = """
SELECT lower(split_part(address, '@', 2)), count(*)
FROM (SELECT payload FROM platform_outbox WHERE company_id = %s AND topic = 'mail' ORDER BY id DESC LIMIT %s) o,
     jsonb_array_elements_text(payload -> 'to') address
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
"""


@page("settings/data", n("Your data"), SYSTEM, f"{KIND}.read")
def your_data(request: HttpRequest, ctx: Ctx) -> Answer:
    """All of it on one page that can be printed."""
    return "backstay/your_data.html", {
        "places": places(ctx), "plan": backup.plan(), "copies": copies(), "late": late(), "members": members(ctx),
        "sends": sends(ctx), "domains": rows.execute(_TO, [ctx.company, LATEST]), "latest": LATEST,
        "may_export": access.may(ctx, f"{KIND}.export"), "ready": waiting(ctx) if access.may(ctx, f"{KIND}.export") else [],
    }  # fmt: skip


def waiting(ctx: Ctx) -> list[dict[str, Any]]:
    """Files with all data that can be fetched."""
    found = shelf.ready(ctx.company)
    return [
        {"number": r.work, "size": amount(r.size), "days": max(0, shelf.DAYS - int(r.hours // 24))}
        for r in found
    ]


@page("settings/data/all", n("All data"), SYSTEM, f"{KIND}.export", hidden=True)
def write_all(request: HttpRequest, ctx: Ctx) -> Answer:
    """POST: have all of the company written into a file, in the background; ``drop``: take one away."""
    if request.method != "POST":
        return redirect("/settings/data#leave")
    drop = request.POST.get("drop", "")
    if drop.isdigit():
        for each in shelf.ready(ctx.company):
            if each.work == int(drop):
                each.path.unlink(missing_ok=True)
        return redirect("/settings/data#leave")
    return redirect(f"/progress/{going.begin(ctx, request.POST.get('successor', '').strip())}")


@page("settings/data/all/<int:number>", n("All data"), SYSTEM, f"{KIND}.export", hidden=True)
def fetch_all(request: HttpRequest, ctx: Ctx, number: int) -> Answer:
    """A file that was written, piece by piece."""
    for each in shelf.ready(ctx.company):
        if each.work == number:
            audit.record(ctx, KIND, [ctx.company], "fetch", [{"work": number}])
            made = FileResponse(
                each.path.open("rb"), as_attachment=True, filename=f"company-{ctx.company}.zip"
            )
            made["X-Content-Type-Options"] = "nosniff"
            return made
    raise NotFound("exchange.gone", "this file is not here any more", "Have it written again.")


def places(ctx: Ctx) -> list[tuple[str, str]]:
    """What is kept where, and how much of it there is."""
    told = connection.settings_dict
    where = str(told["HOST"] or _("this machine")) + (f":{told['PORT']}" if told["PORT"] else "")
    own = _("PostgreSQL that comes with Backstay, on the machine it runs on")
    size, version = rows.execute(
        "SELECT pg_database_size(current_database()), current_setting('server_version')"
    )[0]
    files, stored = rows.execute(
        "SELECT count(DISTINCT sha256), coalesce(sum(size), 0) FROM platform_file WHERE company_id = %s",
        [ctx.company],
    )[0]
    return [
        (_("Database"), f"{_('PostgreSQL at %(where)s') % {'where': where} if database.external() else own} ({version}), {amount(size)}"),
        (_("Files"), _("%(count)s files of this company, %(size)s") % {"count": f"{files:,}", "size": amount(stored)}),
        (_("Data folder"), str(home())),
        (_("Shared with"), _("other companies of this installation, each kept apart by the database")),
    ]  # fmt: skip


def amount(size: int) -> str:
    """Bytes as people say them."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{number_text(round(Decimal(size) / step, 1), 1)} {unit}"
    return _("%(n)s bytes") % {"n": size}


def copies() -> list[dict[str, Any]]:
    """The backups that are there now, the newest first."""
    plan = backup.plan()
    found = backup.copies(plan.folder) if plan else []
    return [
        {"name": c.path.name, "hours": round(c.hours), "days": round(c.hours / 24), "size": amount(c.size), "encrypted": c.encrypted}
        for c in found[:30]
    ]  # fmt: skip


def late() -> bool:
    """Whether the newest copy is missing or too old."""
    plan = backup.plan()
    found = backup.copies(plan.folder)[:1] if plan else []
    return not found or found[0].hours > backup.LATE


def sends(ctx: Ctx) -> list[dict[str, str]]:
    """What goes out: everything leaves through the outbox, so this is all there is; and the ways it takes."""
    counted = {
        topic: (many, waiting) for topic, many, waiting, _last in rows.execute(_OUT, [ctx.company, LATEST])
    }
    mail = (
        _("by the mail server %(host)s") % {"host": installed.EMAIL_HOST}
        if installed.EMAIL_HOST
        else _("written into the data folder, not sent: no mail server is set")
    )
    made = [{"what": _("Mail"), "where": mail, "count": counted.pop("mail", (0, 0))}]
    hooks = {webhooks.topic(w.pk): w for w in Webhook.objects.filter(company_id=ctx.company)}
    for topic in sorted({*counted, *hooks}):
        hook = hooks.get(topic)
        what = _("Webhook %(name)s") % {"name": hook.name} if hook else _("Removed webhooks") if topic.startswith("webhook:") else topic  # fmt: skip
        made.append(
            {"what": what, "where": hooking.place(hook) if hook else "", "count": counted.get(topic, (0, 0))}
        )
    told = [m | {"sent": f"{m['count'][0] - m['count'][1]:,}", "waiting": f"{m['count'][1]:,}"} for m in made]
    if addresses := Feed.objects.filter(
        company_id=ctx.company, ended_at=None, ends_at__gt=clock.now()
    ).count():
        where = ngettext("read by calendar programs at %(n)s secret address", "read by calendar programs at %(n)s secret addresses", addresses)  # fmt: skip
        told.append({"what": _("Calendar feeds"), "where": where % {"n": addresses}, "sent": "", "waiting": ""})  # fmt: skip
    if breaches.service():
        told.append({"what": _("Passwords known from breaches"), "where": _("asked with five characters of a hash: %(host)s") % {"host": breaches.service()}, "sent": "", "waiting": ""})  # fmt: skip
    asks = _("asked who signs in: %(host)s")
    return told + [
        {"what": p.name, "where": asks % {"host": p.issuer}, "sent": "", "waiting": ""}
        for p in oidc.providers().values()
    ]
