"""Tables of the platform."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from backstay.platform.invitations import Invitation as Invitation
from backstay.platform.leaving import Outbox as Outbox
from backstay.platform.leaving import SealStamp as SealStamp
from backstay.platform.leaving import Webhook as Webhook
from backstay.platform.records import Record, Tenant
from backstay.platform.tokens import Answer as Answer
from backstay.platform.tokens import Feed as Feed
from backstay.platform.tokens import Token as Token


class UserManager(BaseUserManager["User"]):
    """Finds users by their mail address, the sign-in name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in. What he may do is said by memberships, never here."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=12, blank=True, default="")  # "" = the browser's
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=models.functions.Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(Tenant):
    """A user has a role in a company, from a day to a day; several roles are several rows."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40, default="owner")
    since_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "user", "role", "since_on"], name="access.membership_once"
            )
        ]


class Role(Record):
    """A role of this company: one of its own, or a default one as this company changed it (``platform/roles.py``)."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    rights = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code"], name="access.role_once")
        ]


class TeamMember(Tenant):
    """A user belongs to a team, from a day to a day: a scope of “team” reaches the rows of all in it."""

    team = models.CharField(max_length=60)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company_id", "team", "user", "since_on"], name="access.team_once"
            )
        ]


class Exemption(Tenant):
    """A person may do both acts of a duty, for a reason, until a day. Only added: the latest counts, and ends by its day;
    one that ended before it was added ends those before it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=40)
    reason = models.TextField()
    until_on = models.DateField()
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=models.functions.Now())


class AuditEvent(Tenant):
    """Who did what, when, from where, to which object. Appended only.

    ``changes``: {field: [before, after]}, written by triggers; a process tells one event per document without them.
    ``data``: what the event itself cannot say. ``login``: the database user, who wrote it.
    """

    at = models.DateTimeField(db_default=models.functions.Now())
    actor = models.CharField(max_length=80)
    request = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    event = models.CharField(max_length=40)
    data = models.JSONField(null=True)
    changes = models.JSONField(null=True)
    origin = models.CharField(
        max_length=200, db_default=models.Func(function="audit_origin", output_field=models.CharField())
    )
    login = models.CharField(
        max_length=63, db_default=models.Func(template="SESSION_USER", output_field=models.CharField())
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company_id", "kind", "object_id"], name="audit_object"),
            models.Index(fields=["company_id", "at", "id"], name="audit_at"),
            models.Index(fields=["company_id", "actor", "at", "id"], name="audit_actor"),
            models.Index(fields=["company_id", "kind", "at", "id"], name="audit_kind"),
            models.Index(fields=["company_id", "event", "at", "id"], name="audit_event"),
        ]


class AuditValue(Tenant):
    """A personal value of an event, beside the trail, which holds its salted hash: blanked, the trail stays whole."""

    event_id = models.BigIntegerField()
    field = models.CharField(max_length=60)
    side = models.SmallIntegerField()  # 0 before, 1 after
    salt = models.CharField(max_length=36, null=True)
    value = models.TextField(null=True)
    blanked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event_id", "field", "side"], name="audit.value_once")
        ]


class Series(Tenant):
    """A number series: gapless, one row per series and year, drawn under its row lock at the very end."""

    code = models.CharField(max_length=60)
    year = models.IntegerField(default=0)
    prefix = models.CharField(max_length=20)
    width = models.SmallIntegerField(default=5)
    next = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code", "year"], name="numbering.series_once"),
            models.CheckConstraint(condition=models.Q(next__gte=1), name="numbering.next"),
        ]


class File(Tenant):
    """A stored file; its content lies in the data folder under its SHA-256, once."""

    name = models.CharField(max_length=255)
    mime = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    created_by = models.CharField(max_length=80)


class Attachment(Tenant):
    """A file belongs to an object, e.g. ("invoicing.invoice", 42)."""

    file = models.ForeignKey(File, db_constraint=False, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    purpose = models.CharField(max_length=40, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company_id", "kind", "object_id"], name="attachment_object")
        ]


class ImportedRow(Tenant):
    """A record that an import made: its key, a hash of what it said, and what it became."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    object_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "kind", "key"], name="import.key_once")
        ]
        indexes: ClassVar = [models.Index(fields=["key"], name="imported_key")]


class Draft(Tenant):
    """What somebody types and has not finished: texts as typed, so that nothing is lost and nothing is refused.

    ``data``: {"head": {field: text}, "lines": [{"key": …, field: text}]}; ``changed``: the revision in which a field
    or line last changed, so that two people on one draft never overwrite one another. ``made_id``: what it became.
    """

    path = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)
    revision = models.IntegerField(default=1)
    created_by = models.CharField(max_length=80)
    updated_by = models.CharField(max_length=80)
    updated_at = models.DateTimeField(db_default=models.functions.Now())
    made_id = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "path", "-updated_at"],
                name="draft_open",
                condition=models.Q(made_id=None),
            )
        ]


class Once(Tenant):
    """An act that was done: the same click again leads to what it led to, and does nothing twice."""

    key = models.CharField(max_length=64)
    href = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company_id", "key"], name="platform.once")]


class SavedView(Tenant):
    """A named query of a list: of one user, or shared with the company."""

    path = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.TextField()
    owner = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "path", "owner", "name"], name="platform.view_once")
        ]


class Comment(Tenant):
    """What people say about an object; never changed."""

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    text = models.TextField()
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company_id", "kind", "object_id"], name="comment_object")]


class Notice(Tenant):
    """Something a user should see: a mention, finished work."""

    actor = models.CharField(max_length=80)
    text = models.CharField(max_length=300)
    href = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=models.functions.Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "actor", "-id"], name="notice_unread", condition=models.Q(read_at=None)
            )
        ]


class Work(Tenant):
    """Long work in the background: how far it is, whether somebody wants it stopped, what came of it.

    ``runner`` is drawn anew by each process that takes it up: whoever no longer holds it can write nothing, so a work
    that is taken up again after a crash is done once. ``reached``: where to go on, written with what was done.
    """

    task = models.CharField(max_length=100)
    title = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    runner = models.CharField(max_length=32, default="", db_default="")
    reached = models.JSONField(default=dict)
    phase = models.CharField(max_length=80, default="", db_default="")
    attempts = models.SmallIntegerField(default=0, db_default=0)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="waiting", db_default="waiting")
    done = models.BigIntegerField(default=0, db_default=0)
    total = models.BigIntegerField(default=0, db_default=0)
    cancel = models.BooleanField(default=False, db_default=False)
    result = models.JSONField(null=True)
    error = models.TextField(default="", db_default="")
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "failed", "cancelled"]),
                name="platform.work_state",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["company_id", "actor"],
                name="work_going",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
            models.Index(fields=["company_id", "actor", "-id"], name="work_mine"),
        ]


class WorkFault(Tenant):
    """What long work could not do, piece by piece: a document that refused, a row that cannot be read."""

    work = models.ForeignKey(Work, db_constraint=False, on_delete=models.PROTECT, related_name="faults")
    place = models.BigIntegerField(default=0)
    name = models.CharField(max_length=200)
    href = models.CharField(max_length=200, default="")
    field = models.CharField(max_length=200, default="")
    value = models.CharField(max_length=200, default="")
    code = models.CharField(max_length=80, default="")
    reason = models.TextField()
    remedy = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company_id", "work", "id"], name="fault_work")]


class Import(Tenant):
    """A file that is to be imported: how it is read, which column is which field, and the work that did it."""

    path = models.CharField(max_length=60)
    file = models.ForeignKey(File, db_constraint=False, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    told = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    checked = models.ForeignKey(
        Work, null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+"
    )
    done = models.ForeignKey(Work, null=True, db_constraint=False, on_delete=models.PROTECT, related_name="+")
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["company_id", "path", "-id"], name="import_of")]


class Word(Tenant):
    """A word that an object is found by, in lower case without accents; triggers keep it (``Searchable``)."""

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    word = models.CharField(max_length=60, db_collation="C")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company_id", "kind", "word", "object_id"], name="word_prefix"),
            models.Index(fields=["company_id", "kind", "object_id"], name="word_object"),
        ]
