"""Parties are made, changed and archived; never deleted, since documents name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.parties.models import Address, Consent, LegalHold, Party, PartyRole
from backstay.domains.parties.rules import ROLES, AddressDraft, PartyDraft
from backstay.platform import access, events, rows

__all__ = [
    "AddressDraft",
    "PartyDraft",
    "archive_parties",
    "change_parties",
    "create_parties",
    "edit_parties",
    "end_legal_holds",
    "hold_parties",
    "record_consents",
]
PLACE = ("kind", "street", "postal_code", "city", "country")
BESIDE = ("name", "street2", "region")  # of an address, on no form
events.declare("parties.party", "created", "changed")
register(
    {
        "parties.code_once": ("another party has this code", "Choose another code, or change that party."),
        "parties.country": ("a country is not a code of two letters", "Use ISO 3166-1, e.g. DE."),
    }
)


def create_parties(ctx: Ctx, drafts: Sequence[PartyDraft]) -> list[int]:
    """Make parties with their roles and addresses; ids in order. Raises Refusal (``parties.role``, ``parties.name``)."""
    access.require(ctx, "parties.party.create")
    _check(drafts)
    rest: dict[str, Sequence[Any]] = {"credit_limit": [d.credit_limit for d in drafts]}
    rest |= {
        "legal_name": [""] * len(drafts),
        "registration_id": [""] * len(drafts),
        "website": [""] * len(drafts),
    }
    ids = rows.insert(Party, _columns(drafts) | rest)
    _add(ctx, [(i, role) for i, d in zip(ids, drafts, strict=True) for role in d.roles], ids, drafts)
    events.emit(ctx, "parties.party_created", ids)
    return ids


def edit_parties(ctx: Ctx, changes: Mapping[int, PartyDraft]) -> None:
    """Make parties what the drafts say: columns, roles, addresses; the old values are kept by the database."""
    ids, drafts = sorted(changes), [changes[i] for i in sorted(changes)]
    access.require(ctx, "parties.party.change", ids)
    _check(drafts)
    rows.lock(Party, ids)
    rows.update(Party, ids, _columns(drafts))
    had = {(r.party_id, r.role): r.id for r in rows.of(PartyRole, "party_id", ids, "party_id", "role")}
    wanted = {(i, role) for i, d in changes.items() for role in d.roles}
    rows.delete(PartyRole, "id", sorted(had[key] for key in had.keys() - wanted))
    _add_roles(ctx, sorted(wanted - had.keys()))
    _rewrite(ids, drafts)
    events.emit(ctx, "parties.party_changed", ids)


def _check(drafts: Sequence[PartyDraft]) -> None:
    for draft in drafts:
        if not draft.name.strip():
            raise Refusal("parties.name", "a party needs a name", where=draft.code or "")
        if unknown := [r for r in draft.roles if r not in ROLES]:
            raise Refusal(
                "parties.role", f"{draft.name}: there is no role {unknown[0]}", f"One of {', '.join(ROLES)}."
            )


def _columns(drafts: Sequence[PartyDraft]) -> dict[str, Any]:
    names = ("kind", "tax_id", "language", "email", "phone", "payment_days", "tax_treatment")
    return {n: [getattr(d, n) for d in drafts] for n in names} | {
        "name": [d.name.strip() for d in drafts],
        "code": [d.code or None for d in drafts],
    }


def _add(
    ctx: Ctx, roles: Sequence[tuple[int, str]], ids: Sequence[int], drafts: Sequence[PartyDraft]
) -> None:
    _add_roles(ctx, roles)
    _add_places([(i, a) for i, d in zip(ids, drafts, strict=True) for a in d.addresses])


def _add_roles(ctx: Ctx, roles: Sequence[tuple[int, str]]) -> None:
    since = [ctx.today] * len(roles)
    rows.insert(
        PartyRole, {"party_id": [i for i, _ in roles], "role": [r for _, r in roles], "since_on": since}
    )


def _add_places(places: Sequence[tuple[int, AddressDraft]]) -> None:
    rows.insert(
        Address,
        {"party_id": [i for i, _ in places]}
        | {n: [getattr(a, n) for _, a in places] for n in PLACE + BESIDE},
    )


def _rewrite(ids: Sequence[int], drafts: Sequence[PartyDraft]) -> None:
    """Addresses as the drafts say, in their order: those that say the same stay untouched, with what a form does not show
    of them; others are written over, come or go."""
    had: dict[int, list[Any]] = {i: [] for i in ids}
    for row in rows.of(Address, "party_id", ids, "party_id", *PLACE, *BESIDE):
        had[row.party_id].append(row)
    over: list[tuple[Any, AddressDraft]] = []
    new: list[tuple[int, AddressDraft]] = []
    gone: list[int] = []
    for ident, draft in zip(ids, drafts, strict=True):
        rest, wanted = had[ident], []
        for place in draft.addresses:
            same = next((row for row in rest if _is(row, place)), None)
            if same is None:
                wanted.append(place)
            else:
                rest.remove(same)
        over += zip(rest, wanted, strict=False)
        new += [(ident, place) for place in wanted[len(rest) :]]
        gone += [row.id for row in rest[len(wanted) :]]
    names = PLACE + BESIDE
    rows.update(Address, [row.id for row, _ in over], {n: [getattr(a, n) for _, a in over] for n in names})
    rows.delete(Address, "id", gone)
    _add_places(new)


def _is(row: Any, place: AddressDraft) -> bool:
    """Whether an address says what is there, or as much of it as a form shows."""
    beside = [getattr(place, n) for n in BESIDE]
    told = not any(beside) or beside == [getattr(row, n) for n in BESIDE]
    return told and all(getattr(row, n) == getattr(place, n) for n in PLACE)


def change_parties(ctx: Ctx, ids: Sequence[int], columns: dict[str, Sequence[Any]]) -> None:
    """Change columns of parties; the old values are kept by the database."""
    access.require(ctx, "parties.party.change", ids)
    rows.lock(Party, ids)
    rows.update(Party, ids, columns)
    events.emit(ctx, "parties.party_changed", ids)


def archive_parties(ctx: Ctx, ids: Sequence[int]) -> None:
    """Take parties out of use from today on."""
    change_parties(ctx, ids, {"archived_on": [ctx.today] * len(ids)})


def hold_parties(ctx: Ctx, ids: Sequence[int], reason: str, until: date | None = None) -> list[int]:
    """Keep what is held on parties from being erased, for a reason and until a day, or until it is ended."""
    access.require(ctx, "parties.legalhold.create", ids)
    if not reason.strip() or (until is not None and until < ctx.today):
        raise Refusal(
            "parties.hold_reason", "a legal hold needs a reason, and no end in the past", "Say why.", "reason"
        )
    rows.lock(Party, ids)
    columns: dict[str, Sequence[Any]] = {"party_id": ids, "since_on": [ctx.today] * len(ids)}
    return rows.insert(
        LegalHold, columns | {"reason": [reason.strip()[:200]] * len(ids), "until_on": [until] * len(ids)}
    )


def end_legal_holds(ctx: Ctx, ids: Sequence[int]) -> None:
    """End legal holds: what they held may be erased."""
    access.require(ctx, "parties.legalhold.end", ids)
    rows.lock(LegalHold, ids)
    rows.update(LegalHold, ids, {"ended_on": [ctx.today] * len(ids)})


def record_consents(ctx: Ctx, consents: Sequence[tuple[int, str, str, str, str]]) -> list[int]:
    """Record (party, channel, purpose, granted|withdrawn, source): the newest counts (GDPR art. 7)."""
    access.require(ctx, "parties.consent.record")
    names = ("party_id", "channel", "purpose", "state", "source")
    columns: dict[str, Sequence[Any]] = {n: [c[k] for c in consents] for k, n in enumerate(names)}
    return rows.insert(Consent, columns | {"at": [clock.now()] * len(consents)})
