"""Calendar feeds: what a person sees in the calendars of the desk, at an address that calendar programs subscribe to.

The address is the secret: it is shown once, kept as a hash, and reads for its person in one company, with his rights as they are at
every request, until a day. It reads calendars and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import override

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.interfaces import leaving, tokens
from backstay.interfaces.exchange import icalendar
from backstay.interfaces.exchange.icalendar import Event
from backstay.interfaces.web import calendars, listing
from backstay.interfaces.web.fields import column, joined
from backstay.platform import access, rows, secrets
from backstay.platform.models import Feed, User
from backstay.platform.resources import RESOURCES, Resource
from backstay.platform.seeing import seen

DAYS = 366  # how long a feed is good when nothing is said, and at most
BACK, AHEAD = 31, 366  # days that are shown
GONE, COMING = 500, 1500  # events that are shown, of each kind: the nearest


@dataclass(frozen=True, slots=True)
class Holder:
    """What an address stands for. ``good``: it has not ended, and its person works there."""

    feed: int
    company: int
    user: int
    language: str
    name: str
    path: str
    query: str
    good: bool

    @property
    def actor(self) -> str:
        """Who reads."""
        return f"user:{self.user}"


def resources(ctx: Ctx) -> list[Resource]:
    """What has a calendar, as the actor sees it."""
    told = [seen(ctx, r) for r in RESOURCES.values() if r.calendar]
    return [r for r in told if r.calendar and access.may(ctx, f"{r.kind}.read")]


def create(ctx: Ctx, name: str, path: str, query: str = "", days: int = DAYS) -> tuple[int, str]:
    """Make a feed of the actor's own: (id, its secret, shown once). ``path``: a list with a calendar, filtered by ``query`` as the
    list is, or "" for his work.

    Raises Refusal (``token.name``, ``token.days``, ``token.many``, ``web.filter``), NotFound (``feed.none``).
    """
    kept = ""
    if path:
        resource = _resource(ctx, path)
        what = asked(resource, query)
        listing.rows_of(ctx, resource, what)  # a filter that is not known is refused now
        kept = what.query()
    person = int(ctx.actor.partition(":")[2])
    return tokens.issue(
        ctx, Feed, person, name, days, {"path": path, "query": kept}, {"path": path, "query": kept}
    )


def _resource(ctx: Ctx, path: str) -> Resource:
    found = next((r for r in resources(ctx) if r.path == path), None)
    if found is None:
        raise NotFound("feed.none", "there is no such calendar, or you may not read it", "Choose one of the list.", "shows")  # fmt: skip
    return found


def asked(resource: Resource, query: str) -> listing.Asked:
    """Filters and search of an address; nothing else of it means anything in a calendar."""
    told = listing.asked(resource, QueryDict(query[:2000]))
    return listing.Asked(filters=told.filters, search=told.search)


def holder(secret: str) -> Holder | None:
    """What an address stands for; None for one that never was."""
    if not tokens.shaped(secret):
        return None
    found = rows.execute(
        "SELECT id, company, user_id, language, name, path, query, good FROM feed_of(%s, %s, %s)",
        [tokens.hash_of(secret), clock.now(), clock.today()],
    )
    return Holder(*found[0]) if found else None


def calendar(ctx: Ctx, feed: Holder, address: str) -> bytes:
    """The calendar of a feed, in its person's language. ``address``: of this desk, without a slash at the end. Statements do not grow
    with what it shows. Raises NotFound (``feed.none``) or Refusal where he may not read it any more."""
    with override(feed.language or ctx.settings.get("language") or settings.LANGUAGE_CODE):
        events, cut = [], False
        for resource, chosen in _shown(ctx, feed):
            found, more = _near(ctx, resource, chosen)
            events += _events(ctx, resource, found, address)
            cut = cut or more
        about = _("Backstay: days from %(back)s days ago to %(ahead)s days ahead.") % {"back": BACK, "ahead": AHEAD}  # fmt: skip
        if cut:
            about += " " + _("There is more than this shows: these are the days nearest to today.")
        events.sort(key=lambda e: (e.day, e.uid))
        name = f"{_('Practice')}: {feed.name}" if ctx.settings.get("practice") else feed.name
        return icalendar.written(
            name, about, f"{address}/{feed.path + '/calendar' if feed.path else ''}", events
        )


def _shown(ctx: Ctx, feed: Holder) -> Iterator[tuple[Resource, QuerySet[Any]]]:
    """Resources and their rows: those of a list, or what is his work in every calendar."""
    if feed.path:
        resource = _resource(ctx, feed.path)
        yield resource, listing.rows_of(ctx, resource, asked(resource, feed.query))
        return
    mail = User.objects.values_list("email", flat=True).get(pk=feed.user)
    persons = leaving.persons_of(ctx, mail)
    for resource in resources(ctx):
        chosen = leaving.unfinished(ctx, resource, feed.actor, persons)
        if chosen is not None:
            yield resource, chosen


def _near(ctx: Ctx, resource: Resource, chosen: QuerySet[Any]) -> tuple[list[Any], bool]:
    """The rows nearest to today within the days that are shown, and whether there are more. Two statements."""
    key = column(resource.of, resource.calendar).db
    chosen = joined(chosen, calendars.related(resource))
    day, since, until = ctx.today, ctx.today - timedelta(days=BACK), ctx.today + timedelta(days=AHEAD)
    gone = list(
        chosen.filter(**{f"{key}__gte": since, f"{key}__lt": day}).order_by(f"-{key}", "-id")[: GONE + 1]
    )
    coming = list(
        chosen.filter(**{f"{key}__gte": day, f"{key}__lte": until}).order_by(key, "id")[: COMING + 1]
    )
    return gone[:GONE] + coming[:COMING], len(gone) > GONE or len(coming) > COMING


_CHANGED = "SELECT object_id, max(at) FROM platform_auditevent WHERE company_id = %s AND kind = %s AND object_id = ANY(%s) GROUP BY 1"


def _events(ctx: Ctx, resource: Resource, found: Sequence[Any], address: str) -> Iterator[Event]:
    """Rows as events; a statement for when they changed, one for each worked-out column."""
    ids = [row.pk for row in found]
    changed: dict[int, datetime] = (
        dict(rows.execute(_CHANGED, [ctx.company, resource.kind, ids])) if ids else {}
    )
    name = _(resource.names[1])
    for row, told in zip(found, calendars.told(ctx, resource, found), strict=True):
        yield Event(
            _uid(ctx, resource.kind, row.pk), told["day"], " ".join(t for t in (told["text"], told["sub"]) if t), (name, told["state"]),
            address + told["href"], row.created_at, max(changed.get(row.pk, row.created_at), row.created_at), max(told["revision"] - 1, 0), told["tone"] == "void",
        )  # fmt: skip


def _uid(ctx: Ctx, kind: str, ident: int) -> str:
    """The same for an object in every feed of this installation, and nobody else's."""
    digest = hmac.new(
        secrets.get("calendar_feeds").encode(), f"{ctx.company}:{kind}:{ident}".encode(), hashlib.sha256
    )
    return str(uuid.UUID(bytes=digest.digest()[:16], version=4))
