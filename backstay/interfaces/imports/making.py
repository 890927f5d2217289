"""How records of each kind are made, stage by stage, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.base.money import plain, to_steps
from backstay.domains.banking.processes import PaymentDraft, PaymentLineDraft, record_payments
from backstay.domains.banking.queries import bank_account
from backstay.domains.catalog.processes import ItemDraft, create_categories, create_items
from backstay.domains.catalog.queries import by_skus, trade_facts
from backstay.domains.inventory.processes import CountDraft, count_stock
from backstay.domains.inventory.queries import place_id
from backstay.domains.parties.processes import AddressDraft, PartyDraft, create_parties
from backstay.domains.parties.queries import by_codes
from backstay.domains.sales import processes as sales
from backstay.interfaces.imports.mapping import Map
from backstay.interfaces.imports.records import Record
from backstay.platform import rows

THROUGH = ("order", "shipment", "invoice", "paid")
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Job:
    """What one import is asked to do."""

    mapped: Map
    through: str = "order"
    ship_missing_on: date | None = None
    refused: set[str] = field(default_factory=set)
    empties: bool = False  # an empty cell empties the field of what is here
    seen: Sequence[int] | None = (
        None  # revisions of what was here when it was checked, by row; 0: it was not here
    )

    def ships_on(self, record: Record) -> date | None:
        """The day an order ships; open orders only where the caller says when."""
        found: date | None = record.fields.get("shipped_on") or self.ship_missing_on
        return max(found, record.fields["ordered_on"]) if found else None


@dataclass(frozen=True, slots=True)
class Stage:
    """A step for many records: ``name`` is remembered with each key, so a later run goes on where this one ended."""

    kind: str
    name: str
    make: Callable[[Ctx, Job, list[Record]], list[int]]
    records: list[Record]
    total: int


def totals(kind: str, records: Sequence[Record]) -> dict[str, Decimal]:
    """Control totals: exact sums of what the files say, before anything is rounded by a document."""
    found = {"records": Decimal(len(records)), "lines": Decimal(sum(len(r.lines) for r in records))}
    if kind == "orders":
        net = Fraction(0)
        for line in (line for r in records for line in r.lines):
            net += (
                Fraction(line["quantity"])
                * Fraction(line.get("unit_price") or 0)
                * (1 - Fraction(line.get("discount") or 0))
            )
        found["net"] = Decimal(net.numerator) / Decimal(net.denominator)
        found["freight"] = sum((r.fields.get("freight") or Decimal(0) for r in records), Decimal(0))
    if kind == "counts":
        found["quantity"] = sum((line["quantity"] for r in records for line in r.lines), Decimal(0))
    return found


def sums_since(ctx: Ctx, first: int) -> dict[str, str]:
    """What the entries from ``first`` on add up to, by account."""
    sql = (
        "SELECT a.code || ' ' || a.name, sum(p.value)::bigint FROM entry e JOIN posting p ON p.entry_id = e.id"
        " JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id"
        " WHERE e.company_id = %s AND e.id >= %s AND a.type <> 'memo' GROUP BY 1 ORDER BY 1"
    )
    return {account: plain(value, ctx.scale) for account, value in rows.execute(sql, [ctx.company, first])}


def stages(job: Job, records: list[Record]) -> list[Stage]:
    """The stages of a job, in an order in which each finds what it needs: by month, then by step."""
    kind = job.mapped.kind
    if job.mapped.spec.make is not None:
        return [Stage(kind, kind, job.mapped.spec.make, records, len(records))]
    if kind != "orders":
        return [
            Stage(
                kind,
                kind,
                {"parties": _parties, "items": _items, "counts": _counts}[kind],
                records,
                len(records),
            )
        ]
    depth = THROUGH.index(job.through)
    steps: list[
        tuple[str, Callable[[Ctx, Job, list[Record]], list[int]], Callable[[Record], date | None]]
    ] = [
        ("orders", _orders, lambda r: r.fields["ordered_on"]),
        ("orders.shipment", _shipments, job.ships_on),
        ("orders.invoice", _invoices, lambda r: _invoiced_on(job, r)),
        ("orders.paid", _payments, lambda r: _paid_on(job, r)),
    ]
    months: dict[tuple[int, int, int], list[Record]] = {}
    for n, (_, _, when) in enumerate(steps[: depth + 1]):
        for record in records:
            day = when(record)
            if day is not None:
                months.setdefault((day.year, day.month, n), []).append(record)
    total = sum(map(len, months.values()))
    found = []
    for (_, _, n), mine in sorted(months.items()):
        name, make, when = steps[n]
        ordered = sorted(mine, key=lambda r: (when(r) or date.max, r.row))
        found.append(Stage(kind, name, make, ordered, total))
    return found


def _invoiced_on(job: Job, record: Record) -> date | None:
    shipped = job.ships_on(record)
    return None if shipped is None else max(record.fields.get("invoiced_on") or shipped, shipped)


def _paid_on(job: Job, record: Record) -> date | None:
    invoiced = _invoiced_on(job, record)
    if invoiced is None:
        return None
    return max(record.fields.get("paid_on") or invoiced + timedelta(days=30), invoiced)


def _parties(ctx: Ctx, job: Job, records: list[Record]) -> list[int]:
    drafts = []
    for r in records:
        f = r.fields
        address = AddressDraft(
            f.get("street") or "", f.get("city") or "", f.get("postal_code") or "", (f.get("country") or "").upper(), f.get("region") or "",
            name=f.get("contact") or "",
        )  # fmt: skip
        days = f.get("payment_days")
        drafts.append(
            PartyDraft(
                f["name"], ((f.get("role") or "customer"),), f.get("kind") or "organisation", f["code"], f.get("tax_id") or "",
                f.get("email") or "", f.get("phone") or "", payment_days=30 if days is None else int(days), addresses=(address,),
            )
        )  # fmt: skip
    return create_parties(ctx, drafts)


def _items(ctx: Ctx, job: Job, records: list[Record]) -> list[int]:
    wanted = sorted({r.fields["category"] for r in records if r.fields.get("category")})
    known = dict(rows.execute("SELECT name, id FROM catalog_category WHERE name = ANY(%s::text[])", [wanted]))
    new = [name for name in wanted if name not in known]
    freight = {"sales_account": ctx.accounts["freight_income"]} if "freight_income" in ctx.accounts else {}
    known |= (
        zip(
            new,
            create_categories(ctx, new, [freight if n.lower() == "freight" else {} for n in new]),
            strict=True,
        )
        if new
        else ()
    )
    return create_items(
        ctx,
        [
            ItemDraft(
                f["sku"], f["name"], f.get("kind") or "goods", known.get(f.get("category") or ""), f.get("uom") or "C62",
                int(f.get("decimals") or 0), f.get("sales_price") or Decimal(0), f.get("purchase_price") or Decimal(0),
                f.get("tax_class") or "standard", f.get("barcode"),
            )
            for f in (r.fields for r in records)
        ],
    )  # fmt: skip


def _found(names: Sequence[str], known: dict[str, int], what: str) -> None:
    if missing := [n for n in names if n not in known]:
        raise NotFound(
            "import.reference",
            f"there is no {what} {missing[0]}",
            f"Import the {what} first, or correct the row.",
        )


def _skus(ctx: Ctx, records: list[Record], *more: str) -> dict[str, int]:
    wanted = [line["item"] for r in records for line in r.lines] + list(more)
    known = by_skus(ctx, wanted)
    _found(wanted, known, "item")
    return known


def _counts(ctx: Ctx, job: Job, records: list[Record]) -> list[int]:
    known = _skus(ctx, records)
    facts = trade_facts(ctx, known.values())
    drafts = []
    for r in records:
        lines = tuple(
            (known[x["item"]], to_steps(x["quantity"], facts[known[x["item"]]].scale)) for x in r.lines
        )
        drafts.append(
            CountDraft(r.fields["on"], place_id(ctx, r.fields.get("place") or "MAIN"), lines, r.key)
        )
    return [m.id for m in count_stock(ctx, drafts)]


def _orders(ctx: Ctx, job: Job, records: list[Record]) -> list[int]:
    wanted = [r.fields["customer"] for r in records]
    customers = by_codes(ctx, wanted)
    _found(wanted, customers, "customer")
    freight_item = str(job.mapped.options.get("freight_item", "FREIGHT"))
    with_freight = any(r.fields.get("freight") for r in records)
    known = _skus(ctx, records, *([freight_item] if with_freight else []))
    uoms = dict(rows.execute("SELECT code, id FROM catalog_uom WHERE company_id = %s", [ctx.company]))
    drafts = []
    for r in records:
        lines = [
            sales.OrderLineDraft(
                known[x["item"]], x["quantity"], x.get("unit_price"), x.get("discount") or Decimal(0), uoms.get(x.get("uom") or ""),
            )
            for x in r.lines
        ]  # fmt: skip
        if r.fields.get("freight"):
            lines.append(sales.OrderLineDraft(known[freight_item], Decimal(1), r.fields["freight"]))
        place = place_id(ctx, r.fields["place"]) if r.fields.get("place") else None
        drafts.append(
            sales.QuotationDraft(
                customers[r.fields["customer"]], r.fields["ordered_on"], tuple(lines), place, required_on=r.fields.get("required_on"),
                reference=r.key, rounding=job.mapped.options.get("rounding"),
            )
        )  # fmt: skip
    ids = sales.create_quotations(ctx, drafts)
    sales.confirm_orders(ctx, ids, FOREVER)
    return ids


def _ids(ctx: Ctx, records: list[Record], name: str) -> list[int]:
    sql = "SELECT key, object_id FROM platform_importedrow WHERE company_id = %s AND kind = %s AND key = ANY(%s::text[])"
    found = dict(rows.execute(sql, [ctx.company, name, [r.key for r in records]]))
    _found([r.key for r in records], found, "imported order")
    return [found[r.key] for r in records]


def _shipments(ctx: Ctx, job: Job, records: list[Record]) -> list[int]:
    ids = _ids(ctx, records, "orders")
    drafts = [sales.ShipDraft(i, job.ships_on(r) or date.max) for i, r in zip(ids, records, strict=True)]
    return [m.id for m in sales.ship_orders(ctx, drafts)]


def _invoices(ctx: Ctx, job: Job, records: list[Record]) -> list[int]:
    ids = _ids(ctx, records, "orders")
    drafts = [
        sales.OrderInvoiceDraft(i, _invoiced_on(job, r) or date.max)
        for i, r in zip(ids, records, strict=True)
    ]
    return [m.id for m in sales.invoice_orders(ctx, drafts)]


def _payments(ctx: Ctx, job: Job, records: list[Record]) -> list[int]:
    invoices = _ids(ctx, records, "orders.invoice")
    sql = "SELECT id, party_id, gross, due_on FROM invoicing_invoice WHERE id = ANY(%s::bigint[])"
    facts = {i: (party, gross, due) for i, party, gross, due in rows.execute(sql, [invoices])}
    bank = bank_account(ctx)
    drafts = []
    for i, r in zip(invoices, records, strict=True):
        party, gross, due = facts[i]
        on = r.fields.get("paid_on") or due
        drafts.append(
            PaymentDraft(
                "in", party, bank, gross, on, (PaymentLineDraft(f"invoice:{i}", gross),), reference=r.key
            )
        )
    return [p.id for p in record_payments(ctx, drafts)]
