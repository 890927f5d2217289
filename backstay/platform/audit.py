"""One audit event per document and process; what changed in rows is told by triggers (``kept.py``)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.platform import rows
from backstay.platform.models import AuditEvent, AuditValue


def record(
    ctx: Ctx,
    kind: str,
    ids: Sequence[int],
    event: str,
    data: Sequence[Mapping[str, Any]] | None = None,
    personal: Sequence[str] = (),
) -> None:
    """Append one event per id; ``data`` (one mapping per id) says what the event itself cannot.

    Values of ``data`` that are ``personal`` are kept beside the event, which holds their salted hashes.
    """
    count = len(ids)
    columns: dict[str, Sequence[Any]] = {
        "actor": [ctx.actor] * count,
        "request": [ctx.request] * count,
        "kind": [kind] * count,
        "object_id": ids,
        "event": [event] * count,
    }
    beside: list[tuple[int, str, str, str]] = []  # place, field, salt, value
    if data is not None:
        told = [dict(each) for each in data]
        for n, each in enumerate(told):
            for name in personal:
                if value := str(each.get(name) or ""):
                    salt = str(uuid.uuid4())
                    beside.append((n, name, salt, value))
                    each[name] = {"#": personal_hash(salt, value)}
        columns["data"] = told
    made = rows.insert(AuditEvent, columns)
    if beside:
        places, fields, salts, values = zip(*beside, strict=True)
        events = [made[n] for n in places]
        one = [1] * len(beside)
        rows.insert(
            AuditValue, {"event_id": events, "field": fields, "side": one, "salt": salts, "value": values}
        )


def personal_hash(salt: str, value: str) -> str:
    """What the trail holds instead of a personal value; the database's function of this name says the same."""
    return hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()


def blank(ctx: Ctx, objects: Mapping[str, Sequence[int]], but: Sequence[str] = ()) -> int:
    """Blank the personal values that the trail keeps of objects (kind → ids), all fields ``but`` some; return how many.

    The trail stays whole: it holds salted hashes, and the salts go with the values.
    """
    blanked = 0
    for kind, ids in objects.items():
        found = rows.execute(
            "UPDATE platform_auditvalue v SET value = NULL, salt = NULL, blanked_at = %s FROM platform_auditevent e"
            " WHERE e.company_id = %s AND e.kind = %s AND e.object_id = ANY(%s::bigint[]) AND v.event_id = e.id"
            " AND v.blanked_at IS NULL AND v.field <> ALL(%s::text[]) RETURNING e.object_id",
            [clock.now(), ctx.company, kind, list(ids), list(but)],
        )
        blanked += len(found)
        record(ctx, kind, sorted({ident for (ident,) in found}), "erase")
    return blanked
