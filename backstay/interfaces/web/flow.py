"""The flow of a document: what led to it and what it led to, as columns of a graph. A statement per step of distance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backstay.interfaces.web.fields import STATES, money_text, word_of
from backstay.platform import access, rows
from backstay.platform.context import Ctx
from backstay.platform.resources import for_kind

LIMIT = 40  # documents shown; a payment run that settles hundreds is not drawn whole
_LINES = (
    "{table} f JOIN {orders} l ON l.id = f.order_line_id JOIN {lines} d ON d.id = f.{key} WHERE f.kind {kind}"
)
_IDS = "{} = ANY(%s::bigint[])"
_ITEMS = "item = ANY(%s::text[])"  # invoice:42
# Both kinds, the ids of both, FROM … WHERE …, and how each end is found by an index.
Edge = tuple[str, str, str, str, str, str, str]


def _fulfilled(domain: str, other: str, lines: str, key: str, kind: str) -> Edge:
    sql = _LINES.format(
        table=f"{domain}_fulfilment", orders=f"{domain}_orderline", lines=lines, key=key, kind=kind
    )
    made = f"d.{other.partition('.')[2]}_id"
    return f"{domain}.order", other, "l.order_id", made, sql, _IDS.format("l.order_id"), _IDS.format(made)


def _settled(document: str) -> Edge:
    item = f"substr(item, {len(document) + 2})::bigint"
    sql = f"banking_paymentline WHERE item LIKE '{document}:%%'"
    return (
        f"invoicing.{document}",
        "banking.payment",
        item,
        "payment_id",
        sql,
        _ITEMS,
        _IDS.format("payment_id"),
    )


EDGES: tuple[Edge, ...] = (
    _fulfilled("sales", "inventory.shipment", "inventory_shipmentline", "shipment_line_id", "= 'shipped'"),
    _fulfilled("sales", "invoicing.invoice", "invoicing_invoiceline", "invoice_line_id", "= 'invoiced'"),
    _fulfilled("sales", "inventory.receipt", "inventory_receiptline", "receipt_line_id", "= 'returned'"),
    ("invoicing.invoice", "invoicing.invoice", "credits_id", "id", "invoicing_invoice WHERE credits_id IS NOT NULL", _IDS.format("credits_id"), _IDS.format("id")),
    _settled("invoice"),
    _settled("bill"),
    _fulfilled("purchasing", "inventory.receipt", "inventory_receiptline", "receipt_line_id", "IN ('received', 'unbilled')"),
    _fulfilled("purchasing", "invoicing.bill", "invoicing_billline", "bill_line_id", "= 'billed'"),
)  # fmt: skip
RANK = {
    "sales.order": 0, "purchasing.order": 0, "inventory.shipment": 1, "inventory.receipt": 1, "invoicing.invoice": 2, "invoicing.bill": 2,
    "banking.payment": 3,
}  # fmt: skip
TABLES = {
    "sales.order": ("sales_order", "gross", "ordered_on"), "purchasing.order": ("purchasing_order", "net", "ordered_on"),
    "inventory.shipment": ("inventory_shipment", "NULL", "moved_on"), "inventory.receipt": ("inventory_receipt", "NULL", "moved_on"),
    "invoicing.invoice": ("invoicing_invoice", "gross", "issued_on"), "invoicing.bill": ("invoicing_bill", "gross", "issued_on"),
    "banking.payment": ("banking_payment", "amount", "paid_on"),
}  # fmt: skip
Key = tuple[str, int]


def of(ctx: Ctx, kind: str, ident: int) -> dict[str, Any]:
    """Columns of nodes and the lines between neighbouring columns; empty for a document that stands alone."""
    if kind not in RANK:
        return {}
    seen: set[Key] = {(kind, ident)}
    edges: set[tuple[Key, Key]] = set()
    frontier = set(seen)
    while frontier and len(seen) < LIMIT:
        found = _neighbours(frontier)
        edges |= found
        frontier = {key for edge in found for key in edge} - seen
        seen |= frontier
    if len(seen) == 1:
        return {}
    nodes = _nodes(ctx, seen, (kind, ident))
    ranks = sorted({RANK[k] for k, _ in nodes})
    columns = [[nodes[key] for key in sorted(nodes) if RANK[key[0]] == rank] for rank in ranks]
    return {"columns": _with_links(columns, _passing(columns, edges))}


def _passing(columns: list[list[dict[str, Any]]], edges: set[tuple[Key, Key]]) -> set[tuple[Key, Key]]:
    """Lead edges past the columns between their ends: a place that shows a line alone, one for each node they leave."""
    column = {node["key"]: n for n, nodes in enumerate(columns) for node in nodes}
    steps: set[tuple[Key, Key]] = set()
    for ends in sorted(edges):
        a, b = sorted(ends, key=lambda key: column.get(key, -1))
        if a not in column:
            continue
        for n in range(column[a] + 1, column[b]):
            by = (f"past {n} {a[0]}", a[1]) if not a[0].startswith("past ") else a
            if by not in column:
                column[by] = n
                columns[n].append({"key": by, "past": True})
            steps.add((a, by))
            a = by
        steps.add((a, b))
    return steps


def _neighbours(frontier: Iterable[Key]) -> set[tuple[Key, Key]]:
    ids: dict[str, list[int]] = {}
    for kind, ident in frontier:
        ids.setdefault(kind, []).append(ident)
    parts: list[str] = []
    params: list[list[Any]] = []
    for k0, k1, a, b, sql, by_a, by_b in EDGES:
        for kind, found_by in ((k0, by_a), (k1, by_b)):
            if kind in ids:
                parts.append(f"SELECT DISTINCT '{k0}', {a}, '{k1}', {b} FROM {sql} AND {found_by}")
                told = kind.partition(".")[2]
                params.append([f"{told}:{i}" for i in ids[kind]] if found_by is _ITEMS else ids[kind])
    if not parts:
        return set()
    found = rows.execute(" UNION ALL ".join(parts) + f" LIMIT {LIMIT * 4}", params)
    return {((k0, a), (k1, b)) for k0, a, k1, b in found}


def _nodes(ctx: Ctx, keys: set[Key], here: Key) -> dict[Key, dict[str, Any]]:
    parts, params = [], []
    for kind, (table, amount, day) in TABLES.items():
        ids = sorted(access.readable(ctx, kind, (i for k, i in keys if k == kind)))
        amount = "NULL" if amount in access.fields(ctx, kind) else amount
        if ids:
            parts.append(
                f"SELECT '{kind}', id, number, state, {amount}::bigint, {day} FROM {table} WHERE id = ANY(%s::bigint[])"
            )
            params.append(ids)
    made: dict[Key, dict[str, Any]] = {}
    found = rows.execute(" UNION ALL ".join(parts), params) if parts else []
    for kind, ident, number, state, amount, day in found:
        resource = for_kind(kind)
        made[kind, ident] = {
            "key": (kind, ident), "one": resource.names[0] if resource else kind, "icon": resource.menu[2] if resource else "file-text",
            "number": number or f"#{ident}", "state": word_of(state), "void": STATES.get(state, ("", ""))[1] == "void", "on": day,
            "amount": "" if amount is None else money_text(amount, ctx.scale), "here": (kind, ident) == here,
            "href": f"/{resource.path}/{ident}" if resource else "",
        }  # fmt: skip
    return made


def _with_links(columns: list[list[dict[str, Any]]], edges: set[tuple[Key, Key]]) -> list[dict[str, Any]]:
    """Each column with the path that joins it to the one before; nodes stand evenly, so heights are shares of 100."""
    made: list[dict[str, Any]] = []
    for n, nodes in enumerate(columns):
        paths = []
        if n:
            left, right = columns[n - 1], nodes
            linked = {(a, b) for edge in edges for a, b in (edge, edge[::-1])}
            for i, a in enumerate(left):
                for j, b in enumerate(right):
                    if (a["key"], b["key"]) in linked:
                        y0, y1 = (i * 2 + 1) * 50 / len(left), (j * 2 + 1) * 50 / len(right)
                        paths.append(f"M0 {y0:.1f}H8C18 {y0:.1f} 10 {y1:.1f} 20 {y1:.1f}H28")
        made.append({"nodes": nodes, "path": "".join(paths), "linked": bool(n)})
    return made
