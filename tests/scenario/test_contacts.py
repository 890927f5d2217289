"""Contacts and calendars of other programs come in: real vCards of ten programs, real calendars; looked at first, and once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from backstay.base.errors import Denied, Refusal
from backstay.domains.projects import processes as projects
from backstay.interfaces.exchange import beancount, contacts, ledgercli, todos
from backstay.platform import context, rows
from backstay.platform.models import Membership, User
from tests.conftest import shared
from tests.scenario.test_web import PASSWORD, client, user
from tests.trade import World

__all__ = ["client", "user"]
CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Ann Müller
N:Müller;Ann;;;
EMAIL;TYPE=WORK:second@example.com
EMAIL;TYPE=pref:ann@example.com
TEL;TYPE=FAX:+49 30 2
TEL;TYPE=CELL:+49 30 1
ADR;TYPE=WORK:;2nd floor;Quay 1;Bremen;HB;28195;Deutschland
ORG:Harbour Ltd;Sales
END:VCARD
BEGIN:VCARD
VERSION:4.0
KIND:org
FN:Harbour Ltd
ADR:;;Mole 3;Riga;;LV-1001;Latvija
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=iso-8859-1;ENCODING=QUOTED-PRINTABLE:S=F8rensen;J=F8rgen
TEL;HOME;VOICE:1
END:VCARD
BEGIN:VCARD
END:VCARD
"""
TASKS = """BEGIN:VCALENDAR
BEGIN:VTODO
UID:1
SUMMARY:Order paint\\, brushes
DUE;VALUE=DATE:20260310
END:VTODO
BEGIN:VEVENT
UID:2
SUMMARY:Weekly
DTSTART;TZID=Europe/Berlin:20260302T090000
RRULE:FREQ=WEEKLY
BEGIN:VALARM
TRIGGER:-PT5M
END:VALARM
END:VEVENT
BEGIN:VTODO
UID:3
SUMMARY:Done long ago
STATUS:COMPLETED
END:VTODO
BEGIN:VEVENT
SUMMARY:Odd
DTSTART:soon
END:VEVENT
END:VCALENDAR
"""


def parties(ctx: Any) -> dict[str, tuple[Any, ...]]:
    """name → kind, mail, phone, street, street2, code, city, country of the parties that came."""
    sql = (
        "SELECT p.name, p.kind, p.email, p.phone, a.street, a.street2, a.postal_code, a.city, a.country FROM parties_party p"
        " JOIN platform_importedrow i ON i.object_id = p.id AND i.kind = 'vcard' LEFT JOIN parties_address a ON a.party_id = p.id WHERE p.company_id = %s"
    )
    return {row[0]: row[1:] for row in rows.execute(sql, [ctx.company])}


def test_contacts_become_parties_once(world: World) -> None:
    """Preferred mail, phone and address; encodings; what is not kept is told; the same again, or who is here already, changes nothing."""
    with world.work() as ctx:
        told = contacts.take(ctx, "c.vcf", CARDS.encode())
        assert told.made == ["Ann Müller", "Harbour Ltd", "Jørgen Sørensen"]
        assert parties(ctx) == {
            "Ann Müller": (
                "person",
                "ann@example.com",
                "+49 30 1",
                "Quay 1",
                "2nd floor",
                "28195",
                "Bremen",
                "DE",
            ),
            "Harbour Ltd": ("organisation", "", "", "Mole 3", "", "LV-1001", "Riga", ""),
            "Jørgen Sørensen": ("person", "", "1", None, None, None, None, None),
        }
        assert [(x.line, x.why.split(":")[0]) for x in sorted(told.left, key=lambda x: x.line)] == [
            (5, "a party keeps one mail address"), (7, "a party keeps one phone number"), (10, "that it belongs to Harbour Ltd is not kept"),
            (16, "the country Latvija is not known"), (23, "it has neither a name nor an organisation"),
        ]  # fmt: skip
    with world.work() as ctx:
        again = contacts.take(ctx, "c.vcf", CARDS.encode())
        assert (again.made, {x.why for x in again.again}) == ([], {"this card was taken before"})
        twins = CARDS.replace("Ann", "Anne").replace("Mole 3", "Mole 4").replace("Müller;Anne", "Other;Anne")
        more = contacts.take(ctx, "d.vcf", twins.encode())
        assert sorted(x.why for x in more.again) == [
            "a party has this mail address",
            "a party has this name",
            "this card was taken before",
        ]
        with pytest.raises(Refusal) as refused:
            contacts.take(ctx, "e.vcf", b"no card")
        assert refused.value.code == "import.file"


def test_real_cards_of_ten_programs_come_in(world: World) -> None:
    folder = shared("data/crm/vcards")
    with world.work() as ctx:
        made = {
            f.name: contacts.take(ctx, f.name, f.read_bytes()).made for f in sorted(folder.rglob("*.vcf"))
        }
        found = parties(ctx)
    assert found["Simon Perreault"] == (
        "person",
        "simon.perreault@viagenie.ca",
        "+1-418-656-9254 ext. 102",
        "2875 Laurier",
        "Suite D2-630",
        "G1V 2M2",
        "Quebec",
        "CA",
    )
    assert found["Mr. Michael Angstadt Jr."][1:3] == ("mike.angstadt@gmail.com", "(111) 555-1111")
    assert found["Frank Dawson"][3:7] == ("6544 Battleford Drive", "", "27613-3502", "Raleigh")
    assert made["gmail-list.vcf"] == ["Arnold Smith", "Chris Beatle", "Doug White"]
    assert sum(map(len, made.values())) >= 18


def test_a_calendar_becomes_tasks_once(world: World) -> None:
    """Due days; what repeats, is done or has no day is told; the same file changes nothing."""
    with world.work() as ctx:
        draft = projects.create_projects.draft  # type: ignore[attr-defined]
        project = projects.create_projects(
            ctx, [draft(name="Shop", party=world.parties["C1"], hour_price=10)]
        )[0]
        told = todos.take(ctx, "t.ics", TASKS.encode(), project)
        assert told.made == ["Order paint, brushes", "Weekly", "Odd"]
        found = dict(rows.execute("SELECT name, due_on FROM projects_task WHERE project_id = %s", [project]))
        assert found == {"Order paint, brushes": date(2026, 3, 10), "Weekly": date(2026, 3, 2), "Odd": None}
        assert [(x.line, x.why.split(":")[0]) for x in told.left] == [
            (11, "it repeats"),
            (16, "it is completed"),
            (23, "“soon” is no day"),
        ]
        again = todos.take(ctx, "t.ics", TASKS.encode(), project)
        assert (again.made, again.unchanged) == ([], 3)


def test_real_calendars_come_in(world: World) -> None:
    folder = shared("data/crm/icalendar_a")
    with world.work() as ctx:
        draft = projects.create_projects.draft  # type: ignore[attr-defined]
        project = projects.create_projects(
            ctx, [draft(name="Real", party=world.parties["C1"], hour_price=10)]
        )[0]
        for file in sorted(folder.rglob("*.ics")):
            todos.take(ctx, file.name, file.read_bytes(), project)
        found = dict(rows.execute("SELECT name, due_on FROM projects_task WHERE project_id = %s", [project]))
    assert found["Submit Quebec Income Tax Return for 2006"] == date(2007, 5, 1)
    assert found["Non-ASCII Test: ÄÖÜ äöü €"] == date(2010, 10, 10)
    assert found["Market East Live!"] == date(2013, 9, 7)


def test_on_the_screen_they_are_looked_at_first(world: World, client: Client) -> None:
    with world.work() as ctx:
        draft = projects.create_projects.draft  # type: ignore[attr-defined]
        project = projects.create_projects(
            ctx, [draft(name="Seen", party=world.parties["C1"], hour_price=10)]
        )[0]
    for path, file, more, wanted, table in (
        ("/parties/cards", ("c.vcf", CARDS), {}, "Ann Müller", "platform_importedrow"),
        (
            "/projects/calendar-file",
            ("t.ics", TASKS),
            {"project": str(project)},
            "Order paint, brushes",
            "projects_task",
        ),
    ):
        count = f"SELECT count(*) FROM {table} WHERE company_id = %s"
        assert client.get(path).status_code == 200
        sent = client.post(path, {"file": SimpleUploadedFile(file[0], file[1].encode()), **more})
        html = client.get(sent["Location"]).content.decode()
        assert wanted in html
        with world.work() as ctx:
            before = rows.execute(count, [ctx.company])[0][0]
        ident = sent["Location"].partition("file=")[2].partition("&")[0]
        for _twice in range(2):
            assert client.post(path, {"post": ident, **more}).status_code == 302
        with world.work() as ctx:
            assert rows.execute(count, [ctx.company])[0][0] == before + 3


def test_who_may_not_make_parties_or_tasks_brings_none(world: World) -> None:
    person = User.objects.create_user(f"look{world.company}@example.com", PASSWORD, name="L")
    with world.work() as ctx:
        Membership.objects.create(
            company_id=ctx.company, user=person, role="auditor", since_on=date(2026, 1, 1)
        )
    with context.work(world.company, f"user:{person.pk}") as ctx:
        with pytest.raises(Denied):
            contacts.take(ctx, "c.vcf", CARDS.encode())
        with pytest.raises(Denied):
            todos.take(ctx, "t.ics", TASKS.encode(), 1)


def test_reasons_are_in_the_language_of_who_looks() -> None:
    """Why a line is not taken: of cards, calendars and books, in German; English where nobody asks otherwise."""
    card = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEMAIL:nothing\nEND:VCARD\n"
    day = b"BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:Walls\nSTATUS:COMPLETED\nEND:VTODO\nEND:VCALENDAR\n"
    books = '2026-01-01 document Assets:Bank "a.pdf"\n', "~ monthly\n    Expenses:Rent  1 EUR\n"

    def reasons() -> list[str]:
        left = [
            *contacts.read(card, ("other",))[1],
            *todos.read(day)[1],
            *beancount.read(books[0]).left,
            *ledgercli.read(books[1]).left,
        ]
        return [each.why for each in left]

    assert reasons() == [
        "“nothing” is no mail address",
        "it is completed",
        "files are not taken along",
        "budgets are not taken",
    ]
    with translation.override("de"):
        assert reasons() == [
            "„nothing“ ist keine E-Mail-Adresse",
            "es ist erledigt",
            "Dateien werden nicht mitgenommen",
            "Budgets werden nicht übernommen",
        ]


def test_by_command(world: World, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from backstay.interfaces.cli.main import cli

    (tmp_path / "c.vcf").write_text(CARDS)
    for told, wanted in (
        (["--dry-run"], "3 would be made, 0 are"),
        ([], "3 made, 0 are"),
        ([], "0 made, 3 are"),
    ):
        done = CliRunner().invoke(
            cli,
            ["import", "vcard", str(tmp_path / "c.vcf"), "--company", str(world.company), *told],
            catch_exceptions=False,
        )
        assert wanted in done.stdout, done.output
