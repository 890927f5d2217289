"""Open items of the day before the first fiscal year, from a table: they post as opening balances, each an item of its own
with its due date, so that reports age it and its payment is matched like any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.context import Ctx
from backstay.base.errors import NotFound
from backstay.base.money import to_steps
from backstay.domains.accounting.processes import OpeningDraft, post_opening
from backstay.domains.parties.models import Party
from backstay.interfaces.imports.kinds import FieldSpec, Kind
from backstay.interfaces.imports.mapping import Map
from backstay.interfaces.imports.reading import Fault
from backstay.interfaces.imports.records import Record
from backstay.interfaces.web.resolving import candidates
from backstay.platform import rows

SIDES = {
    "receivable": ("receivable", "customer", "debtor", "forderung", "kunde", "debitor", "d"),
    "payable": ("payable", "supplier", "creditor", "verbindlichkeit", "lieferant", "kreditor", "k"),
}
_KNOWN = """
SELECT a.role, l.party_id, l.text, e.number FROM accounting_journalline l JOIN account a ON a.id = l.account_id
JOIN accounting_journalentry e ON e.id = l.entry_id AND e.state = 'posted'
WHERE l.company_id = %s AND l.item LIKE 'opening:%%' AND l.text = ANY(%s::text[]) AND l.party_id IS NOT NULL
"""


class Brought(NamedTuple):
    """What comes in from a table though no list shows it, as import screens take it."""

    path: str = "accounting/opening-items"
    kind: str = "accounting.journalentry"
    names: tuple[str, str] = (gettext_noop("Opening item"), gettext_noop("Opening items"))
    menu: tuple[str, str, str] = ("Books", gettext_noop("Accounting"), "book")


ITEMS = Brought()


def kind_of(ctx: Ctx) -> Kind:
    """The columns such a table may have."""
    return Kind(
        "key",
        {
            "side": FieldSpec("choice", True, words={word: side for side, words in SIDES.items() for word in words}, label=_("Side"), help=_("What customers owe you, or you owe suppliers."), default="receivable"),
            "party": FieldSpec(required=True, label=_("Party"), help=_("Customer or supplier, by code or name.")),
            "number": FieldSpec(required=True, label=_("Number of the paper"), help=_("The invoice or bill; payments are matched by it.")),
            "due_on": FieldSpec("date", True, label=_("Due"), help=_("After this day it is late.")),
            "amount": FieldSpec("number", True, places=ctx.scale, label=_("Open"), help=_("What is still to be paid; a credit with a minus.")),
        },
        flat=True, make=_make, check=_check,
    )  # fmt: skip


def _parties(ctx: Ctx, records: Sequence[Record]) -> dict[str, list[int]]:
    _known, by_text = candidates(ctx, Party, {r.fields["party"] for r in records}, set())
    return by_text


def _check(ctx: Ctx, mapped: Map, records: Sequence[Record]) -> list[Fault]:
    """Parties that are none or several, nothing open, and items that are in the books already."""
    parties = _parties(ctx, records)
    known = {
        (role, party, text): entry
        for role, party, text, entry in rows.execute(
            _KNOWN, [ctx.company, [r.fields["number"] for r in records]]
        )
    }
    faults = []
    for r in records:
        found = set(parties.get(r.fields["party"].casefold(), ()))
        key = (r.fields["side"], next(iter(found), 0), r.fields["number"])
        if len(found) != 1:
            told = _("there are several of this name") if found else _("there is no such one")
            faults.append(_fault(mapped, r, "party", told))
        elif not r.fields["amount"]:
            faults.append(_fault(mapped, r, "amount", _("How much is open?")))
        elif key in known:
            told = _("it is in the books already, by %(entry)s") % {"entry": known[key]}
            faults.append(_fault(mapped, r, "number", told))
        known.setdefault(key, _("a row above"))
    return faults


def _fault(mapped: Map, record: Record, name: str, told: str) -> Fault:
    cell = mapped.header.cells.get(name)
    return Fault(
        record.file,
        record.row,
        ", ".join(cell.columns) if cell else name,
        str(record.fields[name]),
        f"{mapped.spec.fields[name].label}: {told}",
    )


def _make(ctx: Ctx, _job: Any, records: list[Record]) -> list[int]:
    """One opening entry for the batch."""
    parties = _parties(ctx, records)
    items = []
    for r in records:
        found = set(parties.get(r.fields["party"].casefold(), ()))
        if len(found) != 1:
            said = _("there are several of this name") if found else _("there is no such one")
            raise NotFound("import.reference", f"{said}: {r.fields['party']}", _("Import it first, or correct the row."))  # fmt: skip
        steps = to_steps(r.fields["amount"], ctx.scale)
        sign = 1 if r.fields["side"] == "receivable" else -1
        items.append((r.fields["side"], found.pop(), r.fields["number"], sign * steps, r.fields["due_on"]))
    made = post_opening(ctx, OpeningDraft(_("Opening items"), items=tuple(items)))
    return [made] * len(records)
