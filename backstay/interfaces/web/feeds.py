"""Calendar feeds: one's own, a new one whose address is shown once, ending one; and the calendar itself, at its address."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from backstay.base.errors import Busy, Denied, Refusal
from backstay.interfaces import feeds, tokens
from backstay.interfaces.signing.guard import network
from backstay.interfaces.web import acts, listing
from backstay.interfaces.web.company import sentence
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import ctx_of, whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access, throttle
from backstay.platform.context import ORIGIN, Ctx, work
from backstay.platform.models import Feed
from backstay.platform.resources import Resource
from backstay.platform.throttle import Bucket

RATE = 120  # requests of an address in an hour
STRANGERS = 60  # requests for no feed, of a network per minute


@signed_in
@require_http_methods(["GET", "POST"])
@sensitive_variables("secret", "address")
def mine(request: HttpRequest) -> HttpResponse:
    """One's feeds, and those of all for who may see who works here. POST makes one or ends one; ``?path=…`` and the filters of a
    list: what a new one is proposed to show."""
    ctx = ctx_of(request)
    secret, errors = "", {}
    if request.method == "POST":
        if "end" in request.POST:
            tokens.end(ctx, whole(request.POST["end"]) or 0, Feed)
            messages.success(request, _("The feed has ended."))
            return redirect("/feeds")
        if acts.once(ctx, request.POST.get("once", "")):
            return redirect("/feeds")
        path, _sep, query = request.POST.get("shows", "").partition("?")
        try:
            days = whole(request.POST.get("days")) or 0
            _id, secret = feeds.create(ctx, request.POST.get("name", ""), path, query, days)
        except Denied:
            raise
        except Refusal as refusal:
            errors[refusal.where or "shows"] = sentence(refusal)
    address = request.build_absolute_uri(f"/feeds/{secret}.ics") if secret else ""
    known = {r.path: r for r in feeds.resources(ctx)}
    every = access.may(ctx, "access.membership.read")
    context: dict[str, Any] = {
        "own": [_row(ctx, known, f) for f in tokens.listed(ctx, of=Feed)],
        "others": [_row(ctx, known, f) for f in tokens.listed(ctx, True, Feed) if f"user:{f.user_id}" != ctx.actor] if every else [],
        "secret": address, "opens": f"webcal{address[address.find(':') :]}", "errors": errors, "days": feeds.DAYS, "once": uuid.uuid4().hex,
        "may_end": access.may(ctx, "access.membership.end"), **_proposed(ctx, request, known, {} if secret else request.POST),
    }  # fmt: skip
    return render(request, "backstay/feeds.html", frame(request, "account", **context))


def _row(ctx: Ctx, known: dict[str, Resource], feed: Feed) -> dict[str, Any]:
    return {"id": feed.pk, "name": feed.name, "begins": feed.begins, "who": feed.user.name or feed.user.email, "shows": _shows(ctx, known, feed.path, feed.query),
            "ends": feed.ended_at or feed.ends_at, "state": "ended" if feed.ended_at else "open", "used": feed.used_at}  # fmt: skip


def _shows(ctx: Ctx, known: dict[str, Resource], path: str, query: str) -> str:
    """What a feed shows, in words; nothing of what the reader may not read."""
    if not path:
        return _("My work")
    resource = known.get(path)
    if resource is None:
        return "—"
    try:
        what = feeds.asked(resource, query)
        parts = [f"{t['key']} {t['value']}".strip() for t in listing.told(ctx, resource, what)]
    except Refusal:  # a filter that is not known any more, or is hidden now
        return _(resource.names[1])
    return ": ".join(x for x in (_(resource.names[1]), ", ".join([*parts, what.search] if what.search else parts)) if x)  # fmt: skip


def _proposed(ctx: Ctx, request: HttpRequest, known: dict[str, Resource], typed: Any) -> dict[str, Any]:
    """What a new feed can show, and what is chosen: what was typed, else the list one comes from with its filters."""
    asked = QueryDict(mutable=True)
    for key, values in request.GET.lists():
        if key in ("f", "q"):
            asked.setlist(key, values)
    path = request.GET.get("path", "")
    chosen = typed.get("shows", f"{path}?{asked.urlencode(safe=':,')}".rstrip("?") if path in known else "")
    there, _sep, query = chosen.partition("?")
    shows = [("", _("My work")), *((p, _(r.names[1])) for p, r in known.items())]
    if query and there in known:
        shows.insert(0, (chosen, _shows(ctx, known, there, query)))
    name = next((text for value, text in shows if value == chosen), shows[0][1])
    return {"shows": shows, "chosen": chosen, "name": typed.get("name", f"{name}, {ctx.settings['name']}"[:60]), "typed_days": typed.get("days", feeds.DAYS)}  # fmt: skip


@require_safe
@sensitive_variables("secret")
def serve(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar at a secret address, for whoever knows it. 404: it never was one; 410: it has ended, or its person may not read
    this any more; 429: asked too often."""
    found = feeds.holder(secret)
    if found is None:
        where = network(request.META.get("REMOTE_ADDR", ""))
        minutes = throttle.take([Bucket(("feeds", where), STRANGERS, 1)])
        return _wait(minutes) if minutes else _plain(404, _("There is no such feed."))
    if minutes := throttle.take([Bucket(("feed", str(found.feed)), RATE, 60)]):
        return _wait(minutes)
    gone = _plain(410, _("This feed has ended, or shows nothing that its person may read now. Make another in the desk."))  # fmt: skip
    if not found.good:
        return gone
    origin = ORIGIN.set(f"feed {request.META.get('REMOTE_ADDR', '')} {found.feed}")
    try:
        with work(found.company, found.actor, str(getattr(request, "id", ""))) as ctx:
            body = feeds.calendar(ctx, found, request.build_absolute_uri("/")[:-1])
    except Refusal:
        return gone
    except Busy:
        return _wait(1, 503)
    finally:
        ORIGIN.reset(origin)
    return _calendar(request, body)


def _calendar(request: HttpRequest, body: bytes) -> HttpResponse:
    made = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    made["Content-Disposition"] = 'inline; filename="backstay.ics"'
    made["Cache-Control"] = "private, no-cache"  # kept by whom it is for, and asked about each time
    made["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=made["ETag"], response=made)
    return answer or made


def _wait(minutes: int, status: int = 429) -> HttpResponse:
    made = _plain(status, _("Asked too often: wait."))
    made["Retry-After"] = str(minutes * 60)
    return made


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
