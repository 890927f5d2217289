"""One audit event per document and process; the row trigger of records writes into the same table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backstay.base.context import Ctx
from backstay.platform import rows
from backstay.platform.models import AuditEvent


def record(
    ctx: Ctx, kind: str, ids: Sequence[int], event: str, data: Sequence[Mapping[str, Any]] | None = None
) -> None:
    """Append one event per id; ``data`` (one mapping per id) says what the event itself cannot."""
    count = len(ids)
    columns: dict[str, Sequence[Any]] = {
        "actor": [ctx.actor] * count,
        "request": [ctx.request] * count,
        "kind": [kind] * count,
        "object_id": ids,
        "event": [event] * count,
    }
    if data is not None:
        columns["data"] = data
    rows.insert(AuditEvent, columns)
