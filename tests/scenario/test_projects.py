"""Projects: hours are counted when a time sheet posts, become an invoice once, and come back when it is reversed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from backstay import ledger
from backstay.base.errors import Refusal
from backstay.domains.invoicing.processes import reverse_invoices
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.projects import ledgers
from backstay.domains.projects import processes as projects
from backstay.platform import rows
from backstay.platform.resources import RESOURCES
from tests.scenario.test_desk import _person
from tests.trade import D, World

PROJECT, TASK, SHEET = (
    p.draft for p in (projects.create_projects, projects.create_tasks, projects.create_time_sheets)
)
LINE: Any = projects.create_time_sheets.line
NEXT = date(2026, 3, 3)
GOLDEN = """
post.2026-03-02 ~hours_to_invoice h T1 +6.00 0 | ~hours_worked h E1 -6.00 0 | ~hours_spent h P1 +2.00 0 | ~hours_worked h E1 -2.00 0
post.2026-03-03 ~hours_to_invoice h T3 +7.50 0 | ~hours_worked h E1 -7.50 0
"""
INVOICE = """
post receivable EUR C1/INV1 +1633.50 +1633.50 | services EUR - -1350.00 -1350.00 | vat_out EUR T21 -283.50 -283.50 | ~tax_base EUR T21/out -1350.00 0 | ~hours_to_invoice h T1 -6.00 0 | ~hours_to_invoice h T3 -7.50 0 | ~hours_invoiced h C1 +13.50 0
"""


@pytest.fixture
def people(world: World) -> dict[str, int]:
    """An employee E1 and a project P1 of C1 at 100.00 an hour with a task."""
    with world.work() as ctx:
        person = create_parties(ctx, [PartyDraft("Eve Example", ("employee",), code="E1")])[0]
        project = projects.create_projects(
            ctx, [PROJECT("Website", world.parties["C1"], Decimal(100), Decimal(40))]
        )[0]
        task = projects.create_tasks(ctx, [TASK("Design", project, person, NEXT)])[0]
    return {"E1": person, "P1": project, "task": task}


def sheet(world: World, people: dict[str, int], *lines: Any) -> int:
    """A draft of E1's first week of March."""
    with world.work() as ctx:
        return projects.create_time_sheets(ctx, [SHEET(people["E1"], D, lines)])[0]


def week(world: World, people: dict[str, int]) -> int:
    """6 h and 2 h given away on Monday, 7.5 h on Tuesday."""
    p, t = people["P1"], people["task"]
    return sheet(
        world, people, LINE(D, p, Decimal(6), t, "Sketches"), LINE(D, p, Decimal(2), None, "Meeting", False),
        LINE(NEXT, p, Decimal("7.5"), t),
    )  # fmt: skip


def postings(ctx: Any, source: str, names: dict[str, str]) -> str:
    """Entries of a document in the golden table's notation."""
    found = rows.execute(
        "SELECT e.event, a.role, a.type, u.code, y.name, s.item, p.amount, p.value FROM entry e JOIN posting p ON p.entry_id = e.id"
        " JOIN subaccount s ON s.id = p.subaccount_id JOIN account a ON a.id = s.account_id JOIN unit u ON u.id = s.unit_id"
        " LEFT JOIN parties_party y ON y.id = s.party_id WHERE e.source = %s ORDER BY e.id, p.line",
        [source],
    )
    told: dict[str, list[str]] = {}
    for event, role, kind, unit, party, item, amount, value in found:
        part = "/".join(x for x in (names.get(party or "", party), names.get(item, item)) if x) or "-"
        figures = [f"{Decimal(f).scaleb(-2):+.2f}" if f else "0" for f in (amount, value)]
        told.setdefault(event, []).append(
            f"{'~' if kind == 'memo' else ''}{role} {unit} {part} {' '.join(figures)}"
        )
    return "\n" + "".join(f"{event} {' | '.join(lines)}\n" for event, lines in told.items())


def names_of(world: World, people: dict[str, int], made: int) -> dict[str, str]:
    with world.work() as ctx:
        lines = rows.execute(
            "SELECT 'time:' || id, 'T' || position FROM projects_timeline WHERE sheet_id = %s", [made]
        )
        codes = rows.execute(
            "SELECT 'tax:' || id || x, code || x FROM tax_taxcode, unnest(ARRAY['', '/out']) x WHERE company_id = %s",
            [ctx.company],
        )
    return dict(lines) | dict(codes) | {"Eve Example": "E1", f"project:{people['P1']}": "P1"}


def test_hours_post_and_become_an_invoice(world: World, people: dict[str, int]) -> None:
    """POSTINGS 29 with revenue at billing: golden entries of the sheet and of the invoice; verify agrees."""
    made = week(world, people)
    with world.work() as ctx:
        assert projects.post_time_sheets(ctx, [made]) == ["TS-2026-00001"]
    names = names_of(world, people, made)
    with world.work() as ctx:
        assert postings(ctx, f"projects.timesheet:{made}", names) == GOLDEN
        issued = projects.invoice_projects(ctx, [people["P1"]], NEXT)[0]
        names[f"invoice:{issued.id}"] = "INV1"
        assert postings(ctx, f"invoicing.invoice:{issued.id}", names) == INVOICE
        linked = rows.execute(
            "SELECT position, invoice_line_id FROM projects_timeline WHERE sheet_id = %s ORDER BY 1", [made]
        )
        assert linked == [(1, issued.line_ids[0]), (2, None), (3, issued.line_ids[1])]
    with world.work() as ctx:
        assert all(c.ok for c in ledger.verify(ctx))


def test_nothing_is_invoiced_twice(world: World, people: dict[str, int]) -> None:
    """By the links; and by the ledger, where somebody goes past them. A reversal gives the hours back."""
    made = week(world, people)
    with world.work() as ctx:
        projects.post_time_sheets(ctx, [made])
    with world.work() as ctx:
        first = projects.invoice_projects(ctx, [people["P1"]], D)[0]
        assert first.gross == 72600, "of Monday alone"
    with world.work() as ctx:
        assert projects.invoice_projects(ctx, [people["P1"]], NEXT)[0].gross == 90750
    with pytest.raises(Refusal, match=r"invoicing\.lines"), world.work() as ctx:
        projects.invoice_projects(ctx, [people["P1"]], NEXT)
    with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
        rows.execute(
            "UPDATE projects_timeline SET invoice_line_id = NULL WHERE sheet_id = %s RETURNING id", [made]
        )
        projects.invoice_projects(ctx, [people["P1"]], NEXT)
    with pytest.raises(Refusal, match=r"ledger\.guard"), world.work() as ctx:
        projects.reverse_time_sheets(ctx, [made], NEXT)
    with world.work() as ctx:
        reverse_invoices(ctx, [first.id], NEXT)
    with world.work() as ctx:
        again = projects.invoice_projects(ctx, [people["P1"]], NEXT)[0]
        assert again.gross == 72600
        assert all(c.ok for c in ledger.verify(ctx))


def test_a_sheet_is_taken_back_day_by_day(world: World, people: dict[str, int]) -> None:
    made = week(world, people)
    with world.work() as ctx:
        projects.post_time_sheets(ctx, [made])
    with world.work() as ctx:
        projects.reverse_time_sheets(ctx, [made], NEXT)
        left = rows.execute(
            "SELECT sum(p.amount) FROM posting p JOIN subaccount s ON s.id = p.subaccount_id JOIN unit u ON u.id = s.unit_id"
            " WHERE p.company_id = %s AND u.kind = 'time' GROUP BY s.id HAVING sum(p.amount) <> 0",
            [ctx.company],
        )
        assert left == []
        assert RESOURCES["projects/time-sheets"].of._default_manager.get(pk=made).state == "reversed"
    with pytest.raises(Refusal, match=r"invoicing\.lines"), world.work() as ctx:
        projects.invoice_projects(ctx, [people["P1"]], NEXT)


def test_what_a_sheet_refuses(world: World, people: dict[str, int]) -> None:
    with world.work() as ctx:
        other = projects.create_projects(ctx, [PROJECT("Other", world.parties["C2"], Decimal(90))])[0]
    p = people["P1"]
    for line, code in (
        (LINE(D, p, Decimal("0.333")), "platform.value"),
        (LINE(D, p, Decimal(-1)), "platform.value"),
        (LINE(D, p, Decimal(1), text="x" * 201), "platform.value"),
        (LINE(D, other, Decimal(1), people["task"]), "projects.task_of_project"),
    ):
        with pytest.raises(Refusal, match=code):
            sheet(world, people, line)
    empty = sheet(world, people)
    with pytest.raises(Refusal, match=r"platform\.lines"), world.work() as ctx:
        projects.post_time_sheets(ctx, [empty])
    made = week(world, people)
    with world.work() as ctx:
        projects.change_time_sheets(
            ctx, {made: SHEET(people["E1"], D, (LINE(D, p, Decimal(1)),), "Only one")}
        )
        projects.post_time_sheets(ctx, [made])
    with pytest.raises(Refusal, match=r"platform\.transition"), world.work() as ctx:
        projects.change_time_sheets(ctx, {made: SHEET(people["E1"], D, ())})
    with pytest.raises(Exception, match="are frozen"), world.work() as ctx:
        rows.execute("UPDATE projects_timeline SET hours = 2 WHERE sheet_id = %s RETURNING id", [made])


def test_many_cost_the_same(world: World, people: dict[str, int], count_statements: Any) -> None:
    """Posting and invoicing 2 or 20 takes the same statements."""

    def cost(count: int) -> tuple[int, int]:
        with world.work() as ctx:
            made = projects.create_projects(
                ctx, [PROJECT(f"P{n}", world.parties["C1"], Decimal(80)) for n in range(count)]
            )
            sheets = projects.create_time_sheets(
                ctx, [SHEET(people["E1"], D, (LINE(D, p, Decimal(3)),)) for p in made]
            )
        with world.work() as ctx:
            with count_statements() as posted:
                projects.post_time_sheets(ctx, sheets)
            with count_statements() as invoiced:
                projects.invoice_projects(ctx, made, D)
        return len(posted), len(invoiced)

    cost(2)
    assert cost(2) == cost(20)


def test_a_preview_is_pure() -> None:
    """What a sheet will post is worked out without a database."""
    from types import SimpleNamespace as Row

    told = ledgers.worked(
        Row(id=1, person_id=2), [Row(id=3, worked_on=D, hours=Decimal("0.25"), project_id=4, billable=True)]
    )
    assert [(line.sub.account, line.amount, line.value) for e in told for line in e.lines] == [
        ("hours_to_invoice", 25, 0),
        ("hours_worked", -25, 0),
    ]


def test_by_the_screen_alone(world: World, people: dict[str, int]) -> None:
    """Typed, posted, invoiced, reversed: without JavaScript."""
    ann = _person(world, "ann")
    typed = {
        "h.person": "Eve Example", "h.week_on": "2026-03-02", "l.a.worked_on": "2.3.2026", "l.a.project": "Website", "l.a.hours": "2,5",
        "l.a.task": "Design", "l.a.billable": "1", "keys": "a", "do": "post", "once": "s",
    }  # fmt: skip
    free = {k.replace(".a.", ".b."): v for k, v in typed.items()} | {"l.b.billable": "0", "keys": "a,b"}
    made = ann.post("/projects/time-sheets/new", typed | free | {"l.a.billable": "", "once": "s"})
    assert made.status_code == 302, made.content.decode()[:3000]
    page = ann.get(made["Location"]).content.decode()
    assert "TS-2026-00001" in page
    assert "Hours to invoice" in page
    project = f"/projects/projects/{people['P1']}"
    answer = ann.post(
        "/projects/projects/act/invoice", {"ids": str(people["P1"]), "on": "2026-03-31", "once": "i"}
    )
    assert answer["Location"] == project
    listed = ann.get("/invoicing/invoices?all=1").content.decode()
    found = re.search(r'href="(/invoicing/invoices/\d+)">INV-2026-00001', listed)
    assert found
    assert "302.50" in listed
    assert "5.00" in ann.get("/projects/projects?all=1").content.decode()
    ann.post(
        "/invoicing/invoices/act/reverse", {"ids": found[1].split("/")[-1], "on": "2026-03-31", "once": "r"}
    )
    again = ann.post(
        "/projects/projects/act/invoice", {"ids": str(people["P1"]), "on": "2026-03-31", "once": "j"}
    )
    assert again.status_code == 302
    assert isinstance(ann, Client)
