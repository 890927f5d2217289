"""Work of the demo: projects for customers, tasks in every state, hours of the last weeks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.projects import processes as projects
from backstay.platform import rows
from backstay.platform.context import work
from backstay.platform.resources import draft_of

PLANS = (
    ("Shop fitting", ("Measure the room", "Draw the shelves", "Order wood", "Build the counter", "Paint", "Hand over")),
    ("Autumn catalogue", ("Choose the goods", "Take pictures", "Write the texts", "Set the pages", "Print")),
    ("Cash register", ("Choose a device", "Connect it", "Train the staff")),
)  # fmt: skip
STATES = ("finish", "finish", "submit", "start", "", "")


def bring_projects(company: int, actor: str, last: date) -> int:
    """Make three projects with tasks due around ``last`` and time sheets of three weeks; how many tasks there are."""
    project, task, sheet = (
        draft_of(p)[0] for p in (projects.create_projects, projects.create_tasks, projects.create_time_sheets)
    )
    assert project and task and sheet  # noqa: S101 - they take drafts
    line: Any = sheet.__annotations__["lines"].__args__[0]
    with work(company, actor) as ctx:
        people = create_parties(ctx, [PartyDraft(n, ("employee",)) for n in ("Mara Mast", "Kai Keel")])
        customers = [
            row[0]
            for row in rows.execute(
                "SELECT DISTINCT party_id FROM sales_order WHERE company_id = %s ORDER BY 1 LIMIT %s",
                [ctx.company, len(PLANS)],
            )
        ]
        made = projects.create_projects(
            ctx,
            [
                project(name, customer, Decimal(85), Decimal(40 + 20 * n))
                for n, ((name, _), customer) in enumerate(zip(PLANS, customers, strict=False))
            ],
        )
        drafts = [
            (task(text, ident, people[n % 2], last + timedelta(days=3 * n - 9)), STATES[n % len(STATES)])
            for ident, (_, texts) in zip(made, PLANS, strict=False)
            for n, text in enumerate(texts)
        ]
        tasks = projects.create_tasks(ctx, [draft for draft, _ in drafts])
        going = [i for i, (_, state) in zip(tasks, drafts, strict=True) if state]
        projects.start_tasks(ctx, going)
        for act, move in (("submit", projects.submit_tasks), ("finish", projects.finish_tasks)):
            move(ctx, [i for i, (_, state) in zip(tasks, drafts, strict=True) if state == act])
        monday = last - timedelta(days=last.weekday())
        weeks = [
            sheet(
                person,
                monday - timedelta(days=7 * back),
                tuple(
                    line(monday - timedelta(days=7 * back - day), made[(day + n) % len(made)], Decimal(4 + day % 3), None, "On site")
                    for day in range(3)
                ),
            )
            for back in (2, 1, 0)
            for n, person in enumerate(people)
        ]  # fmt: skip
        sheets = projects.create_time_sheets(ctx, weeks)
        projects.post_time_sheets(ctx, sheets[:4])
        return len(tasks)
