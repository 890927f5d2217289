"""From what the ledger calls a document (``invoicing.invoice:42``) to its number and its page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.platform import access, rows
from backstay.platform.resources import for_kind

ITEMS = {
    "invoice": "invoicing.invoice",
    "bill": "invoicing.bill",
    "payment": "banking.payment",
}  # open item → kind


class Source(NamedTuple):
    """A document: its number, its address ("" where there is no page of it)."""

    text: str
    href: str


def documents_of(ctx: Ctx, sources: Iterable[str]) -> dict[str, Source]:
    """Number and address of each source, in one statement for all kinds; a source without a page stands as it is."""
    by_kind: dict[str, set[int]] = {}
    found: dict[str, Source] = {}
    for source in set(sources):
        kind, _sep, ident = source.partition(":")
        found[source] = Source(source, "")
        if kind == "accounting.year":
            found[source] = Source(_("Year close"), "/accounting/periods")
        elif ident.isdigit() and len(ident) < 19 and for_kind(kind) is not None:
            by_kind.setdefault(kind, set()).add(int(ident))
    parts, params = [], []
    for kind, ids in sorted(by_kind.items()):
        resource = for_kind(kind)
        if resource is None or not access.may(ctx, f"{kind}.read"):
            continue
        column = "number" if resource.is_document else "id::text"
        parts.append(
            f"SELECT '{kind}', id, coalesce({column}, '') FROM {resource.of._meta.db_table} WHERE id = ANY(%s::bigint[])"
        )
        params.append(sorted(ids))
    if parts:
        for kind, ident, number in rows.execute(" UNION ALL ".join(parts), params):
            resource = for_kind(kind)
            href = f"/{resource.path}/{ident}" if resource else ""
            found[f"{kind}:{ident}"] = Source(number or f"{kind}:{ident}", href)
    return found


def source_of_item(item: str) -> str:
    """The document an open item belongs to (``invoice:42`` → ``invoicing.invoice:42``), "" for other items."""
    kind, _sep, ident = item.partition(":")
    return f"{ITEMS[kind]}:{ident}" if kind in ITEMS and ident.isdigit() else ""
