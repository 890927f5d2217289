"""What programs of people come with: tokens, addresses of calendar feeds; and answers that are given again to the same request."""

from __future__ import annotations

from django.db import models

from backstay.platform.records import Tenant


class Pass(Tenant):
    """What lets a program in for a person in a company, until a day; only the hash of it is kept. ``begins``: its first
    characters, by which people know it again."""

    user = models.ForeignKey("platform.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    begins = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        abstract = True


class Token(Pass):
    """A program acts for a person, within scopes: rights as a role has them (``[resources, acts]``), at most what he may."""

    scopes = models.JSONField()

    class Meta:
        app_label = "platform"


class Feed(Pass):
    """A calendar program reads what a person sees in a calendar: of the list at ``path``, filtered by ``query``; "" for his work."""

    path = models.CharField(max_length=80, default="", db_default="")
    query = models.CharField(max_length=2000, default="", db_default="")

    class Meta:
        app_label = "platform"


class Answer(Tenant):
    """What a request of a program came to: the same one again gets it again, and does nothing.

    ``digest``: of the request; another request under the same key is refused.
    """

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="", db_default="")
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        app_label = "platform"
        constraints = (models.UniqueConstraint(fields=["company_id", "actor", "key"], name="api.key_once"),)
        indexes = (models.Index(fields=["at"], name="answer_at"),)
