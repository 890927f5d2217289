"""The tables of what leaves the house: messages, and those who are told by webhooks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from backstay.platform.records import Tenant


class Outbox(Tenant):
    """What must leave the house. Written with its cause, delivered at least once, in order per topic and what it is about."""

    topic = models.CharField(max_length=60)
    about = models.CharField(max_length=120, default="", db_default="")
    key = models.CharField(max_length=200)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=models.functions.Now())
    due_at = models.DateTimeField(db_default=models.functions.Now())
    attempts = models.IntegerField(default=0, db_default=0)
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)  # given up; it may be sent again
    error = models.TextField(default="", db_default="")

    class Meta:
        app_label = "platform"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "topic", "key"], name="outbox.key_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="outbox_due", condition=models.Q(delivered_at=None)),
            models.Index(
                fields=["company_id", "topic", "about", "id"],
                name="outbox_waiting",
                condition=models.Q(delivered_at=None, dead_at=None),
            ),
            models.Index(fields=["company_id", "topic", "id"], name="outbox_topic"),
        ]


class Webhook(Tenant):
    """Somebody outside who is told of events. ``secret`` is encrypted; the old one signs, too, until it ends."""

    name = models.CharField(max_length=100)
    address = models.CharField(max_length=2000)
    events: Any = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=300, default="", db_default="")
    secret = models.TextField()
    old_secret = models.TextField(default="", db_default="")
    old_until = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=80)  # who is told when it fails; it is the company's, nobody's own
    created_at = models.DateTimeField(db_default=models.functions.Now())
    failures = models.IntegerField(default=0, db_default=0)
    failing_since = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)  # nothing is sent before
    leased_until = models.DateTimeField(null=True)  # somebody is sending
    answered_at = models.DateTimeField(null=True)  # well, the last time

    class Meta:
        app_label = "platform"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "name"], name="webhook.name_once")
        ]


class SealStamp(Tenant):
    """What an authority said of a head (RFC 3161): the whole answer, the time in it, and whom it was checked against. Only added."""

    block = models.BigIntegerField()
    head = models.CharField(max_length=200)
    at = models.DateTimeField()
    authority = models.CharField(max_length=2000)
    roots = models.TextField()
    answer = models.BinaryField()

    class Meta:
        app_label = "platform"
        indexes: ClassVar = [models.Index(fields=["company_id", "block"], name="sealstamp_block")]
