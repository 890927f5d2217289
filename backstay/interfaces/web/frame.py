"""What every page shows around its content: navigation, company, account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.resources import PAGES, RESOURCES

SECTIONS = ("Trade", "Books", "Work", "People", "System")


def frame(request: HttpRequest, current: str, **more: Any) -> dict[str, Any]:
    """The context of a page; ``current``: the path in the menu. ``more``: what the page itself needs."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    user = request.user
    name = str(getattr(user, "name", "") or user.get_username())
    return (
        {
            "nav": navigation(ctx, current),
            "current": current,
            "company": ctx.settings["name"],
            "companies": request.memberships,  # type: ignore[attr-defined]
            "practice": ctx.settings.get("practice", False),
            "owns": access.may(ctx, "accounting.company.change"),
            "logo_mark": ctx.settings.get("logo"),
            "ctx": ctx,
            "me": name,
            "status": status(ctx),
            "initials": "".join(word[0] for word in name.split()[:2]).upper(),
        }
        | more
    )


_STATUS = """
SELECT n.unread, n.last, w.id, w.title, w.done, w.total, w.n FROM
    (SELECT count(*) AS unread, coalesce(max(id), 0) AS last FROM (SELECT id FROM platform_notice
     WHERE company_id = %(company)s AND actor = %(me)s AND read_at IS NULL ORDER BY id DESC LIMIT 100) x) n
LEFT JOIN LATERAL (
    SELECT id, title, done, total, count(*) OVER () AS n FROM platform_work
    WHERE company_id = %(company)s AND actor = %(me)s AND state IN ('waiting', 'running') ORDER BY id DESC LIMIT 1) w ON true
"""


def status(ctx: Ctx) -> dict[str, Any]:
    """What the top of every page tells: notices not read, own work that runs. One statement."""
    unread, last, ident, title, done, total, count = rows.execute(
        _STATUS, {"me": ctx.actor, "company": ctx.company}
    )[0]
    going = {"id": ident, "title": title, "share": share(done, total), "count": count} if ident else None
    return {"unread": unread, "last_notice": last, "going": going}


def share(done: int, total: int) -> int:
    """Per cent, 100 only when all of it is done."""
    return min(done * 100 // total, 100) if total else 0


def navigation(ctx: Ctx, current: str) -> list[dict[str, Any]]:
    """Sections → domains → entries, of what the actor may read; only the current domain is unfolded."""
    found: dict[str, dict[str, dict[str, Any]]] = {section: {} for section in SECTIONS}
    entries = [(r.menu, r.path, r.names[1], f"{r.kind}.read") for r in RESOURCES.values()]
    entries += [(p.menu, p.path, p.title, p.action) for p in PAGES.values() if not p.hidden]
    rank = {name: n for n, name in enumerate(settings.DOMAINS)}
    entries.sort(
        key=lambda e: -rank.get(e[3].partition(".")[0], -1)
    )  # the higher domain first: orders before invoices
    for (section, domain, icon), path, title, action in entries:
        if not access.may(ctx, action):
            continue
        group = found.setdefault(section, {}).setdefault(
            domain, {"title": _(domain), "icon": icon, "entries": [], "open": False, "href": f"/{path}"}
        )
        here = path == current.partition("/<")[0]  # a page of one thing belongs to the page of all
        group["open"] = group["open"] or here
        group["entries"].append({"href": f"/{path}", "title": _(title), "here": here})
    return [
        {"title": _(section), "domains": list(domains.values())}
        for section, domains in found.items()
        if domains
    ]
