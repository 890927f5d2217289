"""Parties are made, changed and archived; never deleted, since documents name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import Refusal, register
from backstay.domains.parties.models import Address, Consent, Party, PartyRole
from backstay.domains.parties.rules import ROLES, AddressDraft, PartyDraft
from backstay.platform import access, audit, rows

__all__ = [
    "AddressDraft",
    "PartyDraft",
    "archive_parties",
    "change_parties",
    "create_parties",
    "record_consents",
]
register(
    {
        "parties.code_once": ("another party has this code", "Choose another code, or change that party."),
        "parties.country": ("a country is not a code of two letters", "Use ISO 3166-1, e.g. DE."),
    }
)


def create_parties(ctx: Ctx, drafts: Sequence[PartyDraft]) -> list[int]:
    """Make parties with their roles and addresses; ids in order. Raises Refusal (``parties.role``, ``parties.name``)."""
    access.require(ctx, "parties.party.create")
    for draft in drafts:
        if not draft.name.strip():
            raise Refusal("parties.name", "a party needs a name", where=draft.code or "")
        if unknown := [r for r in draft.roles if r not in ROLES]:
            raise Refusal(
                "parties.role", f"{draft.name}: there is no role {unknown[0]}", f"One of {', '.join(ROLES)}."
            )
    ids = rows.insert(
        Party,
        {
            "kind": [d.kind for d in drafts],
            "code": [d.code for d in drafts],
            "name": [d.name.strip() for d in drafts],
            "legal_name": [""] * len(drafts),
            "tax_id": [d.tax_id for d in drafts],
            "registration_id": [""] * len(drafts),
            "language": [d.language for d in drafts],
            "email": [d.email for d in drafts],
            "phone": [d.phone for d in drafts],
            "website": [""] * len(drafts),
            "payment_days": [d.payment_days for d in drafts],
            "credit_limit": [d.credit_limit for d in drafts],
            "tax_treatment": [d.tax_treatment for d in drafts],
        },
    )
    roles = [(i, role) for i, d in zip(ids, drafts, strict=True) for role in d.roles]
    rows.insert(
        PartyRole,
        {
            "party_id": [i for i, _ in roles],
            "role": [r for _, r in roles],
            "since_on": [ctx.today] * len(roles),
        },
    )
    places = [(i, a) for i, d in zip(ids, drafts, strict=True) for a in d.addresses]
    names = ("kind", "name", "street", "street2", "city", "postal_code", "region", "country")
    rows.insert(
        Address,
        {"party_id": [i for i, _ in places]} | {n: [getattr(a, n) for _, a in places] for n in names},
    )
    audit.record(ctx, "parties.party", ids, "create")
    return ids


def change_parties(ctx: Ctx, ids: Sequence[int], columns: dict[str, Sequence[Any]]) -> None:
    """Change columns of parties; the old values are kept by the database."""
    access.require(ctx, "parties.party.change", ids)
    rows.lock(Party, ids)
    rows.update(Party, ids, columns)


def archive_parties(ctx: Ctx, ids: Sequence[int]) -> None:
    """Take parties out of use from today on."""
    change_parties(ctx, ids, {"archived_on": [ctx.today] * len(ids)})


def record_consents(ctx: Ctx, consents: Sequence[tuple[int, str, str, str, str]]) -> list[int]:
    """Record (party, channel, purpose, granted|withdrawn, source): the newest counts (GDPR art. 7)."""
    access.require(ctx, "parties.consent.record")
    names = ("party_id", "channel", "purpose", "state", "source")
    columns: dict[str, Sequence[Any]] = {n: [c[k] for c in consents] for k, n in enumerate(names)}
    return rows.insert(Consent, columns | {"at": [clock.now()] * len(consents)})
