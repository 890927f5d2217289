"""FAILURES 64 where something new is made: of all that is sent, only what a declaration lists arrives.

Asked of every resource that can be made on the screen, by its form, by its draft and by its import. Every column of the
table, of its lines and of the drafts that processes take is sent along, under each name a form could have for it; what is
made is then compared, column by column, with a twin made of the listed fields alone.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import resolve

from backstay.domains.banking.records import BankAccount
from backstay.domains.catalog.records import Item
from backstay.domains.inventory.records import Place
from backstay.domains.parties.records import Party
from backstay.interfaces.imports import declared
from backstay.interfaces.web import drafts, forms
from backstay.ledger.models import Account
from backstay.platform import work
from backstay.platform.models import Draft, Import, WorkFault
from backstay.platform.resources import RESOURCES, Resource, draft_of
from tests.full import Full, make_full

MADE = sorted(r.path for r in RESOURCES.values() if declared.importable(r))
TYPED = [p for p in MADE if resolve(f"/{p}/new").func is forms.form]  # a count has screens of its own
ONE = "Unlike any other"
OWN = ("id", "number", "created_at", "updated_at", "posted_at")  # two that are made alike differ in these
SINGLE = (
    "code",
    "sku",
    "supplier_number",
    "iban",
    "week_on",
    "worked_on",
    "since_on",
    "until_on",
)  # each has its own
WORKED_OUT = {
    "catalog/items": ("unit",),
    "inventory/counts": ("quantity", "value"),
    "inventory/carriers": ("name",),  # each has its own
}  # the second count differs from less
LATER = "2031-05-05"
NEW = itertools.count(1)


@pytest.fixture(scope="module")
def full(database: str) -> Full:
    """Trade, and one project whose name is nobody else's, so that a table can name it."""
    made = make_full(24)
    with made.work() as ctx:
        draft, _more = draft_of(RESOURCES["projects/projects"].process("create"))
        party = Party.objects.filter(company_id=made.company).order_by("id")[0].pk
        assert draft is not None
        RESOURCES["projects/projects"].process("create")(ctx, [draft(ONE, party, Decimal(80))])
    return made


def said(full: Full, resource: Resource) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What somebody types to make one more: the texts of one there is; what must be its own is made anew, and what a row
    does not say as it was typed is said here."""
    with full.work() as ctx:
        found = resource.of._default_manager.filter(company_id=full.company).order_by("id")
        if any(f.name == "reversal_of" for f in resource.of._meta.concrete_fields):
            found = found.filter(reversal_of=None)
        what = drafts.of_object(ctx, resource, found[0])
        accounts = [
            a.code for a in Account.objects.filter(company_id=full.company, role__in=("expense", "accrued"))
        ]
        places = [
            p.name for p in Place.objects.filter(company_id=full.company, kind="warehouse").order_by("id")
        ]
        item = str(Item.objects.filter(company_id=full.company, kind="goods").order_by("id")[0])
        bank = BankAccount.objects.filter(company_id=full.company).order_by("id")[0]
        party = Party.objects.get(pk=what.head["party.id"]) if "party.id" in what.head else None
    lines = [_line(line) for line in what.lines[:3]]
    goods = [{"item": item, "quantity": "2"}]
    told: dict[str, tuple[dict[str, str], list[dict[str, str]]]] = {
        "accounting/journal": (
            {},
            [{"account": accounts[0], "debit": "12.50"}, {"account": accounts[1], "credit": "12.50"}],
        ),
        "banking/payments": (
            {
                "bank_account": bank.code or bank.name,
                "way": "in",
                "on": "2026-02-02",
                "amount": "5",
                "fee": "1",
                "reference": "R",
            },
            [],
        ),
        "inventory/carriers": ({"name": f"Carrier {next(NEW)}"}, []),
        "inventory/counts": ({"on": "2026-03-30", "place": places[0]}, [{"item": item, "counted": "40"}]),
        "inventory/transfers": (
            {"on": "2026-03-30", "place": places[0], "target": places[1], "in_transit": "1"},
            goods,
        ),
        "inventory/write-offs": ({"on": "2026-03-30", "place": places[0]}, goods),
        "invoicing/bills": (
            {"total": ""},
            [{"text": "Rent", "quantity": "1", "unit_price": "900", "account": accounts[0]}],
        ),
    }
    more, instead = told.get(resource.path, ({}, lines))
    head = {name: _own(name, text, next(NEW)) for name, text in _line(what.head | more).items()}
    if party is not None:
        head["party"] = party.code or party.name
    for line in instead if resource.path == "projects/time-sheets" else ():  # its days lie in its week
        moved = date.fromisoformat(head["week_on"]) - date.fromisoformat(what.head["week_on"])
        line["worked_on"] = (date.fromisoformat(line["worked_on"]) + moved).isoformat()
    return head, instead


def _line(line: Mapping[str, str]) -> dict[str, str]:
    """Texts as typed: references by what they are called, not by the id a list would choose."""
    told = {n: text for n, text in line.items() if n != "key" and not n.endswith(".id") and n != "task"}
    return told | ({"project": ONE} if "project" in told else {})


def _own(name: str, text: str, n: int) -> str:
    if name in ("code", "sku", "supplier_number"):
        return f"M{n}"
    if name == "iban":
        account = f"37040044{n:010d}"
        return f"DE{98 - int(account + '131400') % 97:02d}{account}"
    if name == "week_on":
        return (date.fromisoformat(text) + timedelta(weeks=50 + n)).isoformat()
    if name in ("since_on", "until_on"):
        return (date.fromisoformat(text) + timedelta(days=n)).isoformat()
    return text


# ---- what is sent besides ----


def columns_of(
    resource: Resource, model: type[models.Model] | None, draft: Any
) -> dict[str, models.Field[Any, Any] | None]:
    """Every name there is: columns of the table and what the draft of the process takes."""
    found: dict[str, models.Field[Any, Any] | None] = {}
    if dataclasses.is_dataclass(draft):
        found |= {f.name: None for f in dataclasses.fields(draft) if f.name != resource.lines_name}
    if model is not None:
        found |= {f.name: f for f in model._meta.concrete_fields}
    return found


def junk(full: Full, field: models.Field[Any, Any] | None, now: Any) -> str:
    """A value the column could take that is not what it has."""
    if field is None:
        return "7"
    if field.is_relation:
        with full.work():
            others = field.related_model._default_manager.exclude(pk=now)  # type: ignore[union-attr]
            return str(others.order_by("-pk").values_list("pk", flat=True).first() or 7)
    kind = field.get_internal_type()
    if kind in ("DateField", "DateTimeField"):
        return LATER
    if kind == "BooleanField":
        return "0" if now else "1"
    if kind in ("CharField", "TextField"):
        return "reversed" if field.name == "state" else "user:1" if field.name.endswith("_by") else "z7"
    return str((now or 0) + 7) if isinstance(now, int) else "7"


def under_every_name(prefix: str, name: str, field: Any, value: str) -> dict[str, str]:
    """As a form, a draft or a careless binder might call it."""
    names = {name, f"{name}.id", f"{name}_id"} | ({field.attname} if field is not None else set())
    return {f"{p}{n}": value for n in names for p in (prefix, "", f"{prefix}data.", f"{prefix}head.")}


def evil(
    full: Full,
    resource: Resource,
    twin: Mapping[str, Any],
    but: set[str],
    line_but: set[str],
    keys: list[str],
) -> dict[str, str]:
    """All that is not listed, of the head and of each line; and the columns of the draft itself."""
    told: dict[str, str] = {}
    draft, _more = draft_of(resource.process("create"))
    line_draft = declared.plan_of(resource).line
    for name, field in columns_of(resource, resource.of, draft).items():
        if name not in but:
            told |= under_every_name("h.", name, field, junk(full, field, twin["head"].get(name)))
    for name, field in columns_of(resource, resource.child, line_draft.cls if line_draft else None).items():
        for n, key in enumerate(keys):
            if name not in line_but:
                now = twin["lines"][n].get(name) if n < len(twin["lines"]) else None
                told |= under_every_name(f"l.{key}.", name, field, junk(full, field, now))
    for field in Draft._meta.concrete_fields:
        told |= {field.name: junk(full, field, None), field.attname: junk(full, field, None)}
    return told


# ---- what was made ----


def made_of(full: Full, resource: Resource, ident: int) -> dict[str, Any]:
    """A row and its lines, column by column."""
    with full.work():
        row = resource.of._default_manager.get(pk=ident)
        lines = []
        if resource.child is not None:
            link = next(f for f in resource.child._meta.concrete_fields if f.related_model is resource.of)
            found = resource.child._default_manager.filter(**{link.attname: ident}).order_by("pk")
            lines = [
                {f.name: getattr(r, f.attname) for f in resource.child._meta.concrete_fields if f is not link}
                for r in found
            ]
        return {
            "head": {f.name: getattr(row, f.attname) for f in resource.of._meta.concrete_fields},
            "lines": lines,
        }


def differences(twin: Mapping[str, Any], made: Mapping[str, Any], but: set[str]) -> list[str]:
    """Columns that differ between two that should be alike."""
    found = [
        f"{n}: {v!r}, not {twin['head'][n]!r}"
        for n, v in made["head"].items()
        if n not in but and v != twin["head"][n]
    ]
    found += [
        f"{n}: {v!r}"
        for n, v in made["head"].items()
        if n in OWN and not isinstance(v, int) and str(v).startswith(LATER[:4])
    ]
    if len(twin["lines"]) != len(made["lines"]):
        return [*found, f"{len(made['lines'])} lines, not {len(twin['lines'])}"]
    for n, (one, other) in enumerate(zip(twin["lines"], made["lines"], strict=True), 1):
        found += [
            f"line {n} {k}: {v!r}, not {one[k]!r}" for k, v in other.items() if k not in but and v != one[k]
        ]
    return found


def form_of(head: Mapping[str, str], lines: list[dict[str, str]]) -> dict[str, str]:
    """The form as a browser sends it."""
    told = {f"h.{n}": text for n, text in head.items()}
    for n, line in enumerate(lines, 1):
        told |= {f"l.e{n}.{name}": text for name, text in line.items()}
    return told | {
        "keys": ",".join(f"e{n}" for n in range(1, len(lines) + 1)),
        "revision": "0",
        "once": f"mass.{next(NEW)}",
        "do": "make",
    }


def post(full: Full, resource: Resource, told: Mapping[str, str], address: str = "new") -> int:
    answer = full.client("owner").post(f"/{resource.path}/{address}", told)
    wrong = re.findall(
        r'class="(?:field-error|field-note bad|notice[^"]*)"[^>]*>(.*?)</(?:div|p|section)>',
        answer.content.decode(),
        re.S,
    )
    assert answer.status_code == 302, (
        resource.path,
        [" ".join(re.sub(r"<[^>]*>", " ", w).split()) for w in wrong],
    )
    return int(re.findall(r"/(\d+)$", answer["Location"])[0])


def listed(resource: Resource) -> tuple[set[str], set[str]]:
    """The names of the form and of the grid."""
    grid = resource.lines.grid if resource.lines else ()
    return {n.partition(":")[0] for n in resource.form}, {n.partition(":")[0] for n in grid}


def twin_of(full: Full, resource: Resource) -> dict[str, Any]:
    return made_of(full, resource, post(full, resource, form_of(*said(full, resource))))


def own(resource: Resource) -> set[str]:
    """What two that are made alike differ in."""
    return {*OWN, *SINGLE, *WORKED_OUT.get(resource.path, ())}


@pytest.mark.parametrize("path", TYPED)
def test_a_form_makes_only_what_is_listed(full: Full, path: str) -> None:
    resource = RESOURCES[path]
    twin, (head, lines) = twin_of(full, resource), said(full, resource)
    keys = [f"e{n}" for n in range(1, len(lines) + 1)]
    sent = evil(full, resource, twin, *listed(resource), keys)
    made = made_of(full, resource, post(full, resource, sent | form_of(head, lines)))
    assert differences(twin, made, own(resource)) == []


@pytest.mark.parametrize("path", TYPED)
def test_a_draft_keeps_only_what_is_listed(full: Full, path: str) -> None:
    """Saved while typing, then finished: the draft holds no other name, is nobody else's, and makes no more."""
    resource = RESOURCES[path]
    twin, (head, lines) = twin_of(full, resource), said(full, resource)
    heads, grid = listed(resource)
    keys = [f"e{n}" for n in range(1, len(lines) + 1)]
    sent = evil(full, resource, twin, heads, grid, keys)
    ident = post(full, resource, sent | form_of(head, lines) | {"do": "save"})
    with full.work():
        kept = Draft.objects.get(pk=ident)
        owner = f"user:{full.users['owner'].pk}"  # type: ignore[union-attr]
        assert (kept.path, kept.object_id, kept.made_id, kept.company_id) == (
            resource.path,
            None,
            None,
            full.company,
        )
        assert (kept.created_by, kept.updated_by, kept.revision) == (owner, owner, 1)
    assert {n.removesuffix(".id") for n in kept.data["head"]} <= heads
    assert {n.removesuffix(".id") for line in kept.data["lines"] for n in line} <= grid | {"key"}
    address = f"drafts/{ident}"
    made = made_of(
        full, resource, post(full, resource, sent | form_of(head, lines) | {"revision": "1"}, address)
    )
    assert differences(twin, made, own(resource)) == []


@pytest.mark.parametrize("path", MADE)
def test_an_import_makes_only_what_is_listed(full: Full, path: str) -> None:
    """The file has a column of every name, and each says that it goes there."""
    resource = RESOURCES[path]
    heads, grid = listed(resource)
    with full.work() as ctx:
        spec = declared.kind_of(ctx, path)
    assert set(spec.fields) - {declared.KEY} <= heads
    assert set(spec.lines) <= grid
    twin = made_of(full, resource, _brought(full, resource, _table(*said(full, resource), {})))
    sent = evil(full, resource, twin, heads, grid, [""])
    more = {n.replace("l..", "l."): v for n, v in sent.items() if n != declared.KEY}
    made = made_of(full, resource, _brought(full, resource, _table(*said(full, resource), more)))
    assert differences(twin, made, own(resource)) == []


def _table(head: Mapping[str, str], lines: list[dict[str, str]], more: Mapping[str, str]) -> str:
    """A file: the document's fields in the first row, a row for each line, and ``more`` in all of them."""
    key = {declared.KEY: f"K{next(NEW)}"}
    rows = [key | {f"l.{n}": text for n, text in line.items()} for line in lines or [{}]]
    rows[0] |= head
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(n for row in (*rows, more) for n in row)))
    writer.writeheader()
    writer.writerows({**more, **row} for row in rows)
    return out.getvalue()


def _brought(full: Full, resource: Resource, content: str) -> int:
    """Take a file in, each column going to the field of its name; the id of what was made."""
    client = full.client("owner")
    href = client.post(
        f"/{resource.path}/import", {"file": SimpleUploadedFile("mass.csv", content.encode())}
    )["Location"]
    with full.work():
        kept = Import.objects.get(pk=int(href.rpartition("/")[2]))
        before = set(resource.of._default_manager.values_list("pk", flat=True))
    told = {f"to.{n}": c["name"] for n, c in enumerate(kept.profile["columns"])}
    for do in ("check", "whole"):
        answer = client.post(href, told | {"do": do, "once": f"{do}{kept.pk}"})
        assert answer.status_code == 302, answer.content.decode()[-800:]
        with full.work():
            kept.refresh_from_db()
        work.run(full.company, (kept.checked_id if do == "check" else kept.done_id) or 0)
        with full.work():
            kept.refresh_from_db()
            run = kept.checked if do == "check" else kept.done
            assert run is not None
            assert (run.state, (run.result or {}).get("bad", 0)) == ("done", 0), (
                run.error,
                list(WorkFault.objects.filter(work=run).values_list("field", "reason")),
            )
    with full.work():
        return int(*set(resource.of._default_manager.values_list("pk", flat=True)) - before)


def _listed_ones() -> Iterator[tuple[str, str, str]]:
    yield "parties/parties", "payment_days", "90"
    yield "invoicing/invoices", "note", "Something else"
    yield "catalog/items", "sales_price", "1234"


@pytest.mark.parametrize(("path", "name", "value"), _listed_ones())
def test_the_comparison_finds_a_field_that_gets_through(full: Full, path: str, name: str, value: str) -> None:
    """A listed field taken for one that is not: what these tests would say of a resource that lets one through."""
    resource = RESOURCES[path]
    twin, (head, lines) = twin_of(full, resource), said(full, resource)
    made = made_of(full, resource, post(full, resource, form_of(head | {name: value}, lines)))
    assert [d.partition(":")[0] for d in differences(twin, made, own(resource))] == [name]
