"""Money comes and goes. Amounts in the smallest step of the bank account's currency."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from backstay.platform.kept import added, late, record
from backstay.platform.records import Document, Tenant


class Payment(Document):
    """Money received (in) or paid (out). ``unallocated``: what no line settles; it is an item of the party."""

    way = models.CharField(max_length=3)
    party = models.ForeignKey(
        "parties.Party", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    bank_account = models.ForeignKey(
        "banking.BankAccount", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    paid_on = models.DateField()
    method = models.CharField(max_length=12, default="transfer")
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    unallocated = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=140, default="", db_default="")
    run = models.ForeignKey(
        "banking.PaymentRun",
        db_constraint=False,
        null=True,
        on_delete=models.PROTECT,
        related_name="payments",
    )
    settled_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="banking.number_once"),
            models.CheckConstraint(condition=models.Q(way__in=["in", "out"]), name="banking.way"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, fee__gte=0, unallocated__gte=0), name="banking.amount"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "ordered", "posted", "reversed"]), name="banking.state"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company_id", "-paid_on", "-id"], name="payment_day")]


class PaymentLine(Tenant):
    """What a payment settles: ``amount`` of an open item, of which ``difference`` was written off."""

    payment = models.ForeignKey(Payment, db_constraint=False, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    difference = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="banking.line_amount")
        ]


class PaymentRun(Document):
    """Payments that go to the bank in one file. ``total`` in steps."""

    bank_account = models.ForeignKey(
        "banking.BankAccount", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    executed_on = models.DateField()
    count = models.IntegerField()
    total = models.BigIntegerField()

    class Meta:
        verbose_name = "payment run"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "number"], name="banking.run_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "ordered", "reversed"]), name="banking.run_state"
            ),
        ]


class Statement(Tenant):
    """A statement the bank sent. Balances in steps, None where the file has none; ``gap``: by how much they do not run
    through, which somebody accepted."""

    trail: ClassVar = (late("banking_statement", "banking.statement"),)
    bank_account = models.ForeignKey(
        "banking.BankAccount", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField(max_length=40, default="")
    since = models.DateField(null=True)
    until = models.DateField()
    opening = models.BigIntegerField(null=True)
    closing = models.BigIntegerField(null=True)
    gap = models.BigIntegerField(default=0)
    file_name = models.CharField(max_length=200, default="")
    imported_at = models.DateTimeField(db_default=models.functions.Now())
    imported_by = models.CharField(max_length=80, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company_id", "bank_account", "-until"], name="statement_until")
        ]


class StatementLine(Tenant):
    """What the bank booked. ``key`` tells it from every other line of the account, in whatever file it comes."""

    trail: ClassVar = (
        *added("banking_statementline", "banking_statement", "statement_id", "imported_at"),
        late("banking_statementline", "banking.statementline", verbs="UPDATE"),
    )
    statement = models.ForeignKey(
        Statement, db_constraint=False, on_delete=models.PROTECT, related_name="lines"
    )
    bank_account = models.ForeignKey(
        "banking.BankAccount", db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=40)
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    amount = models.BigIntegerField()
    text = models.TextField(default="")
    name = models.CharField(max_length=140, default="")
    iban = models.CharField(max_length=40, default="")
    reference = models.CharField(max_length=140, default="")
    bank_reference = models.CharField(max_length=140, default="")
    state = models.CharField(max_length=8, default="open")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "bank_account", "key"], name="banking.line_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "matched", "ignored"]), name="banking.line_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company_id", "bank_account", "booked_on", "id"], name="statementline_day"),
            models.Index(
                fields=["company_id", "bank_account", "id"],
                name="statementline_open",
                condition=models.Q(state="open"),
            ),
        ]


class Match(Tenant):
    """What a line of a statement stands for: ``amount`` of it is this payment's or entry's (``source``)."""

    trail: ClassVar = (late("banking_match", "banking.statementline", "line_id", "INSERT OR DELETE"),)
    line = models.ForeignKey(
        StatementLine, db_constraint=False, on_delete=models.PROTECT, related_name="matches"
    )
    source = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    effect = models.CharField(
        max_length=7, default="made"
    )  # what matching did to the source, and undoing takes back
    how = models.CharField(max_length=9, default="hand")
    matched_at = models.DateTimeField(db_default=models.functions.Now())
    matched_by = models.CharField(max_length=80, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "source"], name="banking.source_once"),
            models.CheckConstraint(
                condition=models.Q(effect__in=["made", "settled", "found"]), name="banking.match_effect"
            ),
        ]


class MatchRule(Tenant):
    """What was decided about lines with this IBAN, name or text: the party they are of, or the account they belong on."""

    trail: ClassVar = tuple(record("banking_matchrule", "banking.matchrule", ("pattern",), ("hits",)))
    kind = models.CharField(max_length=4)
    pattern = models.CharField(max_length=140)
    party = models.ForeignKey(
        "parties.Party", db_constraint=False, null=True, on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        "ledger.Account", db_constraint=False, null=True, on_delete=models.PROTECT, related_name="+"
    )
    automatic = models.BooleanField(default=False)
    hits = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "kind", "pattern", "party", "account"],
                nulls_distinct=False,
                name="banking.rule_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["iban", "name", "text"])
                & (models.Q(party=None) ^ models.Q(account=None)),
                name="banking.rule",
            ),
        ]
