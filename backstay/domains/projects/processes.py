"""Projects and tasks are kept, time sheets post their hours, and hours become an invoice, once."""

from collections.abc import Sequence
from datetime import date

from backstay.base.context import Ctx
from backstay.base.errors import register
from backstay.domains.invoicing.processes import InvoiceDraft, InvoiceLineDraft, Issued, issue_invoices
from backstay.domains.projects import ledgers
from backstay.domains.projects.models import Project, Task, TimeLine, TimeSheet
from backstay.platform import rows
from backstay.platform.keeping import begin, freed_by, kept, moved, posting, reversing

register({"projects.task_of_project": ("the task is of another project", "Choose one of this project.")})
create_projects, change_projects = kept(Project)
close_projects, reopen_projects = moved(Project, "close", "reopen")
create_tasks, change_tasks = kept(Task)
start_tasks, submit_tasks, finish_tasks, put_back_tasks = moved(Task, "start", "submit", "finish", "put_back")
create_time_sheets, change_time_sheets = kept(TimeSheet, TimeLine)
post_time_sheets = posting(TimeSheet, TimeLine, "TS", ledgers.worked, "week_on")
reverse_time_sheets = reversing(TimeSheet)
freed_by("invoicing.invoice_reversed", TimeLine, "invoice_line__invoice")


def invoice_projects(ctx: Ctx, ids: Sequence[int], on: date) -> list[Issued]:
    """Invoice the hours worked on projects until a day that no invoice has claimed; an invoice each."""
    projects, _ = begin(ctx, Project, "invoice", ids, "name", "party_id", "hour_price")
    posted = TimeLine.objects.filter(sheet__state="posted", billable=True, invoice_line=None)
    found: dict[int, list[TimeLine]] = {i: [] for i in ids}
    for line in posted.filter(project__in=ids, worked_on__lte=on).order_by("worked_on", "id"):
        found[line.project_id].append(line)
    issued = issue_invoices(ctx, [_invoice(project, found[project.id], on) for project in projects])
    claimed = [line.id for project in projects for line in found[project.id]]
    rows.update(TimeLine, claimed, {"invoice_line_id": [i for each in issued for i in each.line_ids]})
    return issued


def _invoice(project: Project, lines: Sequence[TimeLine], on: date) -> InvoiceDraft:
    told = (InvoiceLineDraft(f"{x.worked_on} {x.text}", x.hours, project.hour_price) for x in lines)
    memo = ledgers.invoiced(project.party_id, lines)
    return InvoiceDraft(project.party_id, on, tuple(told), reference=project.name, memo=memo)
