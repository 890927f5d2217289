"""People and organisations, where they are, what they are to us, what they agreed to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Record


class Party(Record):
    """A person or an organisation. Amounts in the smallest step of the company's currency."""

    personal: ClassVar = ("name", "legal_name", "tax_id", "email", "phone", "website")
    of_books: ClassVar = (
        "name",
        "legal_name",
        "tax_id",
    )  # papers and books name him as long as they are kept
    KINDS: ClassVar = [("organisation", "organisation"), ("person", "person")]
    TREATMENTS: ClassVar = [(t, t) for t in ("domestic", "exempt", "eu", "export")]

    kind = models.CharField(max_length=12, choices=KINDS, default="organisation")
    code = models.CharField(max_length=40, null=True, blank=True)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True, default="")
    tax_id = models.CharField(max_length=40, blank=True, default="")
    registration_id = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    website = models.CharField(max_length=200, blank=True, default="")
    payment_days = models.IntegerField(default=30)
    credit_limit = models.BigIntegerField(null=True, blank=True)
    tax_treatment = models.CharField(max_length=12, choices=TREATMENTS, default="domestic")
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code"], name="parties.code_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="parties.name"),
            models.CheckConstraint(condition=models.Q(payment_days__gte=0), name="parties.payment_days"),
            models.CheckConstraint(
                condition=models.Q(credit_limit=None) | models.Q(credit_limit__gte=0),
                name="parties.credit_limit",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company_id", "name"], name="party_name")]

    def __str__(self) -> str:
        return self.name


class PartyRole(Record):
    """What a party is to us, from a day to a day."""

    party = models.ForeignKey(Party, db_constraint=False, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=12)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "party", "role"], name="parties.role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["customer", "supplier", "employee", "carrier", "other"]),
                name="parties.role",
            ),
        ]


class Address(Record):
    """A postal address. ``country`` by ISO 3166-1 alpha-2."""

    personal: ClassVar = ("name", "street", "street2", "city", "postal_code", "region")
    of_books: ClassVar = personal
    party = models.ForeignKey(Party, db_constraint=False, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=10, default="main")
    name = models.CharField(max_length=200, blank=True, default="")
    street = models.CharField(max_length=200, blank=True, default="")
    street2 = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        verbose_name_plural = "addresses"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["main", "billing", "delivery"]), name="parties.address_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(country__regex="^([A-Z]{2})?$"), name="parties.country"
            ),
        ]

    def lines(self) -> list[str]:
        """As written on an envelope."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return [part for part in (self.name, self.street, self.street2, town, self.region) if part]


class Relation(Record):
    """A person works for, or belongs to, an organisation."""

    person = models.ForeignKey(
        Party, db_constraint=False, on_delete=models.PROTECT, related_name="organisations"
    )
    organisation = models.ForeignKey(
        Party, db_constraint=False, on_delete=models.PROTECT, related_name="people"
    )
    title = models.CharField(max_length=100, blank=True, default="")


class Consent(Record):
    """What a party agreed to, or withdrew: the latest row per channel and purpose counts (GDPR art. 7)."""

    party = models.ForeignKey(Party, db_constraint=False, on_delete=models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(channel__in=["email", "phone", "post", "sms"]),
                name="parties.consent_channel",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["granted", "withdrawn"]), name="parties.consent_state"
            ),
        ]


class LegalHold(Record):
    """What is held on a party may not be erased: a dispute, an audit; until it is ended."""

    party = models.ForeignKey(
        Party, db_constraint=False, on_delete=models.PROTECT, related_name="legal_holds"
    )
    reason = models.CharField(max_length=200)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="parties.hold_reason"),
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("since_on")),
                name="parties.hold_span",
            ),
        ]
