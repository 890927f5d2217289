"""Looking into the trail: by person, days, kind, object, act and words; newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.interfaces import trail
from backstay.interfaces.web.searching import ids_by_words, words
from backstay.platform import access, audit, rows
from backstay.platform.models import AuditEvent
from backstay.platform.resources import RESOURCES

ACTION = "platform.audit.read"
PAGE = 50
MOST = 100_000  # rows of an export
FOUND = 50  # objects of a kind that words may stand for


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; ``after``: the last event of the page before, as ``<microseconds>.<id>``."""

    who: str = ""
    since: date | None = None
    until: date | None = None
    kind: str = ""
    object_id: int = 0
    event: str = ""
    text: str = ""
    after: str = ""


def page(ctx: Ctx, asked: Asked, size: int = PAGE) -> tuple[list[trail.Told], str]:
    """(events in words, where the next page begins). Read by index at any size."""
    access.require(ctx, ACTION)
    found = list(_chosen(ctx, asked).order_by("-at", "-pk")[: size + 1])
    more = len(found) > size
    last = found[size - 1] if more else None
    return trail.tell(ctx, found[:size]), f"{_micros(last.at)}.{last.pk}" if last else ""


def every(ctx: Ctx, asked: Asked) -> Iterator[trail.Told]:
    """All of it, up to 100,000 events; that it was taken out is told in the trail, too."""
    audit.record(ctx, "platform.audit", [ctx.company], "export")
    for _ in range(MOST // 1000):
        told, after = page(ctx, asked, 1000)
        yield from told
        if not after:
            return
        asked = replace(asked, after=after)


HEADS = ("At", "Who", "Did", "What", "Which", "Changes", "Origin", "Request", "Database user")


def cells(told: trail.Told) -> list[str]:
    """An event as a row of a table."""
    changes = "; ".join(f"{c.label}: {c.old} → {c.new}" for c in told.changes)
    at = timezone.localtime(told.at).isoformat(sep=" ", timespec="seconds")
    return [at, told.who, told.did, told.what, told.title, changes, told.origin, told.request, told.login]


def known(ctx: Ctx) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen: people, kinds of object, acts; each found by hopping along an index, not by reading all."""
    told = {name: _distinct(ctx, name) for name in ("actor", "kind", "event")}
    people = trail.actors(set(told["actor"]))
    return {
        "people": sorted(people.items(), key=lambda pair: pair[1].lower()),
        "kinds": sorted(((k, trail.what_of(k)) for k in told["kind"]), key=lambda pair: pair[1]),
        "events": sorted(((e, trail.did(e)) for e in told["event"]), key=lambda pair: pair[1]),
    }


def _distinct(ctx: Ctx, name: str) -> list[str]:
    sql = (
        f"WITH RECURSIVE t AS ((SELECT {name} AS x FROM platform_auditevent WHERE company_id = %s ORDER BY {name} LIMIT 1) UNION ALL"
        f" SELECT (SELECT {name} FROM platform_auditevent WHERE company_id = %s AND {name} > t.x ORDER BY {name} LIMIT 1) FROM t WHERE t.x IS NOT NULL)"
        " SELECT x FROM t WHERE x IS NOT NULL LIMIT 500"
    )
    return [x for (x,) in rows.execute(sql, [ctx.company, ctx.company])]


def _chosen(ctx: Ctx, asked: Asked) -> Any:
    found = AuditEvent.objects.filter(company_id=ctx.company)
    plain: Mapping[str, Any] = {
        "actor": asked.who,
        "kind": asked.kind,
        "event": asked.event,
        "object_id": asked.object_id,
    }
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if asked.since:
        found = found.filter(at__gte=_midnight(asked.since))
    if asked.until:
        found = found.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    if asked.text.strip():
        found = found.filter(_named(asked.text))
    if asked.after:
        at, _, ident = asked.after.partition(".")
        if not (at.isdigit() and ident.isdigit() and len(asked.after) < 40):
            raise Refusal("audit.page", "that page does not exist", "Begin with the first one.")
        moment = datetime.fromtimestamp(0, timezone.get_fixed_timezone(0)) + timedelta(microseconds=int(at))
        found = found.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=int(ident)), at__lte=moment)
    return found


def _named(text: str) -> Q:
    """Events of objects that are called so: by their number, or by the words they are found by."""
    told, condition = words(text), Q(pk__in=[])
    for resource in RESOURCES.values():
        ids = set(ids_by_words(resource.kind, told)[:FOUND]) if told else set()
        if resource.is_document:
            named = resource.of._default_manager.filter(number__iexact=text.strip())
            ids |= set(named.values_list("pk", flat=True)[:FOUND])
        if ids:
            condition |= Q(kind=resource.kind, object_id__in=ids)
    return condition


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _micros(at: datetime) -> int:
    return int((at - datetime.fromtimestamp(0, at.tzinfo)) / timedelta(microseconds=1))
