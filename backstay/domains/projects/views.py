"""What people see of projects."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import Lines, Resource

PROJECTS = Resource(
    model="projects.Project",
    names=(_("Project"), _("Projects")),
    menu=("Work", _("Projects"), "briefcase"),
    columns=("name", "party", "state", "budget", "times.hours", "hour_price"),
    views={_("Active"): "f=state:is:active"},
    form=("name", "party", "hour_price", "budget"),
)
TASKS = Resource(
    model="projects.Task",
    names=(_("Task"), _("Tasks")),
    columns=("name", "project", "state", "assignee", "due_on"),
    views={_("Open"): "f=state:not:done", _("Due this week"): "f=due_on:within:week"},
    form=("name", "project", "assignee", "due_on"),
    board="state",
    calendar="due_on",
)
SHEETS = Resource(
    model="projects.TimeSheet",
    names=(_("Time sheet"), _("Time sheets")),
    columns=("number", "person", "week_on", "state", "lines.hours"),
    views={_("Drafts"): "f=state:is:draft"},
    form=("person", "week_on", "note"),
    lines=Lines("projects.TimeLine", ("worked_on", "project", "task", "hours", "text", "billable")),
)
