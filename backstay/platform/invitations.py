"""The table of invitations."""

from __future__ import annotations

from django.db import models

from backstay.platform.records import Tenant


class Invitation(Tenant):
    """Somebody is asked to work for the company: by a link that is good once, of which only the hash is kept."""

    email = models.EmailField()
    roles = models.JSONField()
    until_on = models.DateField(null=True)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "platform"
