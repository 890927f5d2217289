"""From what the ledger calls a document (``invoicing.invoice:42``) to its number and its page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.interfaces.web.fields import word_of
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


# What else a subaccount's item may be of, and what people call it.
_ORDERED = "purchasing_orderline l JOIN purchasing_order x ON x.id = l.order_id"
_NAMED = {
    "invoice": "id, number FROM invoicing_invoice", "bill": "id, number FROM invoicing_bill", "payment": "id, number FROM banking_payment",
    "shipment": "id, number FROM inventory_shipment", "receipt": "id, number FROM inventory_receipt", "tax": "id, name FROM tax_taxcode",
    "bank": "id, name FROM banking_bankaccount", "item": "id, sku FROM catalog_item", "project": "id, name FROM projects_project",
    "purchase_line": f"l.id, number FROM {_ORDERED}", "purchase_return": f"l.id, number FROM {_ORDERED}",
}  # fmt: skip


def names_of_items(items: Iterable[str | None]) -> dict[str | None, str]:
    """What people call the item of each subaccount, in one statement: an invoice's number, a tax's or a bank account's name; the
    kind and the number it is kept under where there is no name."""
    wanted = {item: _parts(item) for item in set(items)}
    by_kind: dict[str, set[int]] = {}
    for kind, ident in wanted.values():
        if kind in _NAMED and ident.isdigit() and len(ident) < 19:
            by_kind.setdefault(kind, set()).add(int(ident))
    parts = [
        f"SELECT '{kind}', t.id::text, t.name FROM (SELECT {told}) t(id, name) WHERE t.id = ANY(%s::bigint[])"
        for kind, told in _NAMED.items()
        if kind in by_kind
    ]
    params = [sorted(by_kind[kind]) for kind in _NAMED if kind in by_kind]
    found = {(k, i): name for k, i, name in rows.execute(" UNION ALL ".join(parts), params)} if parts else {}
    return {
        item: found.get(of) or (f"{word_of(of[0])} {of[1]}" if of[1] else "") for item, of in wanted.items()
    }


def _parts(item: str | None) -> tuple[str, str]:
    """(kind, id) of an item, ``tax:3/out`` and ``bank:1/run:5`` without what they are further told apart by."""
    kind, _sep, ident = (item or "").partition("/")[0].partition(":")
    return kind, ident
