"""Where our money is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.records import Record


class BankAccount(Record):
    """A bank account or a cash box. Its ledger subaccount is ``bank:<id>`` of ``account``."""

    kind = models.CharField(max_length=5, default="bank")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    iban = models.CharField(max_length=34, blank=True, default="")
    bic = models.CharField(max_length=11, blank=True, default="")
    currency = models.ForeignKey("ledger.Unit", on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(
        "ledger.Account", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    table_map = models.JSONField(default=dict, blank=True)  # how this bank writes its CSV or XLSX
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code"], name="banking.code_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["bank", "cash"]), name="banking.kind"),
        ]

    def __str__(self) -> str:
        return self.name


class PartyAccount(Record):
    """Where a party is paid: an account of its own at a bank."""

    personal: ClassVar = ("iban", "bic", "holder")
    of_books: ClassVar = personal
    party = models.ForeignKey(
        "parties.Party", db_constraint=False, on_delete=models.PROTECT, related_name="bank_accounts"
    )
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True, default="", db_default="")
    holder = models.CharField(max_length=70, blank=True, default="", db_default="")
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "party", "iban"], name="banking.party_account_once")
        ]
        indexes: ClassVar = [models.Index(fields=["company_id", "iban"], name="party_iban")]

    def __str__(self) -> str:
        return self.iban
