"""What is held on one person: all of it as a file, and taken away as far as the law lets us (GDPR art. 15, 17, 20).

Which columns are personal, and which of them books must keep, the models say (``personal``, ``of_books``); what belongs
to a party is found by its references, so a new domain is covered without a word here.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model, Q

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.domains.parties.models import LegalHold, Party
from backstay.interfaces import trail
from backstay.platform import access, audit, files, rows
from backstay.platform.models import Attachment, AuditEvent, Comment, Draft
from backstay.platform.records import Document, Record, Tenant
from backstay.platform.resources import for_kind

PARTY = "parties.party"
YEARS = 10  # that books are kept, unless the company's setting "retention_years" says otherwise
_POSTINGS = """
SELECT e.id AS entry, e.posted_on AS day, e.source AS document, a.code AS account, a.name, s.item, p.amount, p.value
FROM subaccount s JOIN posting p ON p.subaccount_id = s.id JOIN entry e ON e.id = p.entry_id JOIN account a ON a.id = s.account_id
WHERE s.party_id = %s ORDER BY e.posted_on, e.id, p.line
"""
_LAST = """
SELECT max(e.posted_on) FROM subaccount s JOIN posting p ON p.subaccount_id = s.id JOIN entry e ON e.id = p.entry_id
WHERE s.party_id = %s
"""
_MAILS = """
UPDATE platform_outbox SET payload = '{"erased": true}' WHERE topic = 'mail' AND delivered_at IS NOT NULL AND payload -> 'to' ? %s RETURNING id
"""
# What programs were answered is kept for some days, so that a repeat gets it again: that it was done stays, what it said goes.
_ANSWERS = """
UPDATE platform_answer SET body = '{"erased": true}' WHERE company_id = %s AND (headers ->> 'Location' = %s
    OR EXISTS (SELECT FROM unnest(%s::text[]) v WHERE position(v IN body) > 0)) RETURNING id
"""
_TRAIL = """
SELECT DISTINCT v.value FROM platform_auditvalue v JOIN platform_auditevent e ON e.id = v.event_id
WHERE e.company_id = %s AND e.kind = %s AND e.object_id = ANY(%s::bigint[]) AND v.field = ANY(%s) AND v.value IS NOT NULL
"""
SHARED = ("city", "postal_code", "region", "country", "bic")  # of many: they tell of nobody
_CHECKS = """
UPDATE platform_work SET result = result - 'changes' WHERE company_id = %s AND task = 'import.check' AND args ->> 'path' = ANY(%s)
   AND result ? 'changes' RETURNING id
"""
_ONCE_HIS = """
SELECT DISTINCT object_id FROM platform_auditevent WHERE company_id = %s AND kind = %s AND changes -> 'party_id' @> to_jsonb(%s::bigint)
"""


class Erasure(NamedTuple):
    """What an erasure takes and what stays: labels of columns; ``until``: the day books are kept to; what to look at by hand."""

    gone: list[str]
    stays: list[str]
    until: date | None
    comments: int
    files: int


# ---- what there is ----


def party_of(party: int) -> Any:
    """The party. NotFound (``parties.not_found``)."""
    found = Party.objects.filter(pk=party).first()
    if found is None:
        raise NotFound("parties.not_found", f"no party with id {party}")
    return found


def belonging(party: int) -> Iterator[tuple[type[Model], list[Any]]]:
    """Each model that refers to parties, with its rows of this one."""
    for model in apps.get_models():
        fields = [f for f in model._meta.concrete_fields if f.related_model is Party]
        if fields and issubclass(model, Tenant):
            told = Q()
            for field in fields:
                told |= Q(**{field.attname: party})
            if found := list(model._default_manager.filter(told).order_by("pk")):
                yield model, found


def _plain(row: Any) -> dict[str, Any]:
    return {
        f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname != "company_id"
    }


def gather(ctx: Ctx, party: int) -> dict[str, Any]:
    """Everything held on a party: its rows, its documents with their lines, postings, comments, files, the trail of its rows."""
    access.require(ctx, f"{PARTY}.disclose", [party])
    himself = party_of(party)
    held: dict[str, list[dict[str, Any]]] = {PARTY: [_plain(himself)]}
    about = {PARTY: [party]}
    for model, found in belonging(party):
        kind = model._meta.label_lower
        held[kind] = [_plain(row) for row in found]
        about[kind] = [row.pk for row in found]
        resource = for_kind(kind)
        if resource is not None and resource.child is not None:
            link = next(f for f in resource.child._meta.concrete_fields if f.related_model is model)
            lines = resource.child._default_manager.filter(**{f"{link.attname}__in": about[kind]}).order_by(
                "pk"
            )
            held[resource.child._meta.label_lower] = [_plain(row) for row in lines]
    events = AuditEvent.objects.filter(_any(about)).order_by("id")
    comments = Comment.objects.filter(_any(about)).order_by("id")
    attached = Attachment.objects.filter(_any(about)).select_related("file").order_by("id")
    audit.record(ctx, PARTY, [party], "disclose")
    return {
        "name": himself.name,
        "held": held,
        "postings": [dict(zip(("entry", "day", "document", "account", "name", "item", "amount", "value"), row, strict=True)) for row in rows.execute(_POSTINGS, [party])],
        "comments": [{"on": f"{c.kind}:{c.object_id}", "at": c.at, "by": c.actor, "text": c.text} for c in comments],
        "files": [{"on": f"{a.kind}:{a.object_id}", "id": a.file_id, "name": a.file.name} for a in attached],
        "trail": [{"at": t.at, "who": t.who, "did": t.did, "what": t.title or t.what, "changes": [c._asdict() for c in t.changes]} for t in trail.tell(ctx, list(events))],
    }  # fmt: skip


def _any(about: dict[str, list[int]]) -> Q:
    told = Q()
    for kind, ids in about.items():
        told |= Q(kind=kind, object_id__in=ids)
    return told


def pack(ctx: Ctx, party: int) -> bytes:
    """The same as a ZIP: ``person.json`` and the files."""
    told = gather(ctx, party)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("person.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))
        for each in {f["id"]: f for f in told["files"]}.values():
            stored, content = files.read(ctx, each["id"])
            made.writestr(f"files/{stored.pk}-{stored.name}", content)
    return out.getvalue()


# ---- taking it away ----


def holds(ctx: Ctx, party: int) -> list[Any]:
    """Legal holds that stand."""
    standing = Q(until_on=None) | Q(until_on__gte=ctx.today)
    return list(LegalHold.objects.filter(standing, party=party, ended_on=None).order_by("id"))


def until(ctx: Ctx, party: int) -> date | None:
    """The last day books that name a party are kept; None when nothing was posted."""
    last = rows.execute(_LAST, [party])[0][0]
    years = int(ctx.settings.get("retention_years") or YEARS)
    return date(last.year + years, 12, 31) if last else None


def _columns(model: type[Model], kept: bool) -> list[str]:
    """The personal columns of a model that go: those of books stay while books are kept."""
    stays = getattr(model, "of_books", ()) if kept else ()
    return [name for name in getattr(model, "personal", ()) if name not in stays]


def _rows(party: int) -> Iterator[tuple[type[Model], list[Any]]]:
    yield Party, [party_of(party)]
    yield from (
        (m, found) for m, found in belonging(party) if issubclass(m, Record) and getattr(m, "personal", ())
    )


def foresee(ctx: Ctx, party: int) -> Erasure:
    """What an erasure would take today."""
    last = until(ctx, party)
    kept = last is not None and last >= ctx.today
    gone, stays = [], []
    for model, found in _rows(party):
        going = _columns(model, kept)
        for name in model.personal:  # type: ignore[attr-defined]
            if any(getattr(row, name) not in ("", f"erased {row.pk}") for row in found):
                (gone if name in going else stays).append(f"{model._meta.label_lower}.{name}")
    said = Comment.objects.filter(kind=PARTY, object_id=party).count()
    attached = Attachment.objects.filter(kind=PARTY, object_id=party).count()
    return Erasure(gone, stays, last if kept else None, said, attached)


def _said(ctx: Ctx, party: int) -> list[str]:
    """What of a person an answer to a program may hold, now or once, as JSON writes it."""
    told: set[str] = set()
    for model, found in _rows(party):
        names = [n for n in model.personal if n not in SHARED]  # type: ignore[attr-defined]
        told |= {str(getattr(row, n)) for row in found for n in names}
        past = [ctx.company, model._meta.label_lower, [row.pk for row in found], names]
        told |= {value for (value,) in rows.execute(_TRAIL, past)}
    return sorted(json.dumps(text, ensure_ascii=False)[1:-1] for text in told if len(text) > 2)


def erase(ctx: Ctx, party: int) -> Erasure:
    """Blank a party's personal columns and their values in the trail, sent mails and drafts; what books must keep stays.

    Comments and files that people added are looked at by hand. Raises Refusal (``parties.legal_hold``).
    """
    access.require(ctx, f"{PARTY}.erase", [party])
    rows.lock(Party, [party])
    if standing := holds(ctx, party):
        raise Refusal(
            "parties.legal_hold",
            f"{party_of(party).name} is under legal hold: {standing[0].reason}",
            "End the hold first.",
        )
    told = foresee(ctx, party)
    mail, said = party_of(party).email, _said(ctx, party)
    for model, found in _rows(party):
        going, ids = _columns(model, told.until is not None), [row.pk for row in found]
        if not going:
            continue
        blank = {f.name for f in model._meta.concrete_fields if f.blank}
        rows.update(model, ids, {n: ["" if n in blank else f"erased {i}" for i in ids] for n in going})
        kind = model._meta.label_lower
        once = (
            [i for (i,) in rows.execute(_ONCE_HIS, [ctx.company, kind, party])] if model is not Party else []
        )
        stays = [n for n in model.personal if n not in going]  # type: ignore[attr-defined]
        audit.blank(ctx, {kind: sorted({*ids, *once})}, stays)
    papers = {
        m._meta.label_lower: [r.pk for r in found] for m, found in belonging(party) if issubclass(m, Document)
    }
    audit.blank(ctx, papers)  # where they were mailed to
    rows.update(Party, [party], {"archived_on": [ctx.today]})
    if mail:
        rows.execute(_MAILS, [mail])
    rows.execute(_ANSWERS, [ctx.company, f"/api/v1/parties/parties/{party}", said])
    kinds = [for_kind(m._meta.label_lower) for m, _found in _rows(party)]
    rows.execute(
        _CHECKS, [ctx.company, [r.path for r in kinds if r]]
    )  # old and new, as a check of an import showed it
    Draft.objects.filter(Q(object_id=party) | Q(made_id=party), path="parties/parties").delete()
    return told
