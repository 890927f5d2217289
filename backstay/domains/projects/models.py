"""Projects, their tasks, and the hours worked on them."""

from django.db.models import BooleanField, CharField, DateField, DecimalField
from django.utils.translation import gettext_noop as _

from backstay.platform.records import Document, DocumentLine, Record, States, positive, refers


class Project(Record):
    """Work for a customer, paid by the hour."""

    name = CharField(_("Project"), max_length=80)
    party = refers("parties.Party", verbose_name=_("Customer"))
    hour_price = DecimalField(_("Price per hour"), max_digits=18, decimal_places=6)
    budget = DecimalField(_("Budget in hours"), max_digits=9, decimal_places=2, null=True, blank=True)
    state = States(invoice="active closed", close="active > closed", reopen="closed > active")


class Task(Record):
    """A part of a project that somebody does by a day."""

    name = CharField(_("Task"), max_length=200)
    project = refers("projects.Project", verbose_name=_("Project"))
    assignee = refers("parties.Party", null=True, blank=True, verbose_name=_("Done by"))
    due_on = DateField(null=True, blank=True)
    state = States(
        start="todo review done > doing",
        submit="doing > review",
        finish="doing review > done",
        put_back="doing review done > todo",
    )


class TimeSheet(Document):
    """The hours of a person, as a rule of a week."""

    person = refers("parties.Party", verbose_name=_("Person"))
    week_on = DateField(_("Week of"))
    state = States(change="draft", post="draft > posted", reverse="posted > reversed")


class TimeLine(DocumentLine):
    """Hours of a day; ``invoice_line``: what claimed them."""

    sheet = refers("projects.TimeSheet", related_name="lines")
    worked_on = DateField(_("Day"))
    project = refers("projects.Project", related_name="times", verbose_name=_("Project"))
    task = refers("projects.Task", null=True, blank=True, verbose_name=_("Task"))
    hours = positive(_("Hours"), 6, 2)
    text = CharField(max_length=200, blank=True, default="")
    billable = BooleanField(_("To invoice"), default=True)
    invoice_line = refers("invoicing.InvoiceLine", null=True, editable=False)
