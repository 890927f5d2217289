"""Drafts and decisions about parties; no database."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("customer", "supplier", "employee", "carrier", "other")


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """A postal address; ``country`` by ISO 3166-1 alpha-2."""

    street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    region: str = ""
    street2: str = ""
    kind: str = "main"
    name: str = ""


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A party to be. ``credit_limit`` in steps of the company's currency."""

    name: str
    roles: tuple[str, ...] = ("customer",)
    kind: str = "organisation"
    code: str | None = None
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    payment_days: int = 30
    credit_limit: int | None = None
    tax_treatment: str = "domestic"
    addresses: tuple[AddressDraft, ...] = ()
