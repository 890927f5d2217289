"""Files of other programs come in: looked at by doing it and taking it back, then done. Books, contacts, calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n

from backstay.base.errors import NotFound, Refusal
from backstay.domains.projects.models import Project
from backstay.interfaces.exchange import bringing as books
from backstay.interfaces.exchange import contacts, todos
from backstay.interfaces.web.resource import Answer, whole
from backstay.platform import files, rows
from backstay.platform.context import Ctx
from backstay.platform.figures import money_text
from backstay.platform.models import File
from backstay.platform.resources import page

SHOWN = 200  # lines that are not taken, on the page
Told = dict[str, Any]
Bring = Callable[[str, bytes], tuple[Told, int]]  # what is shown, and how many are made


@page(
    "accounting/plaintext",
    n("Plain-text accounting"),
    ("Books", n("Accounting"), "book"),
    "accounting.journalentry.post",
    hidden=True,
)
def plaintext(request: HttpRequest, ctx: Ctx) -> Answer:
    """A file of beancount or ledger-cli becomes journal entries."""

    def bring(name: str, content: bytes) -> tuple[Told, int]:
        made = books.bring(ctx, name, content)
        facts = [
            (_("Entries to be posted"), made.entries), (_("Brought in before"), made.unchanged),
            (_("Accounts to be made"), len(made.accounts)), (_("Balances compared"), made.claims),
        ]  # fmt: skip
        sums = [(account, money_text(value, ctx.scale)) for account, value in made.sums.items()]
        return _told(facts, made.left) | {"dialect": made.dialect, "sums": sums}, made.entries

    says = {
        "back": ("/accounting/journal", _("Journal entries")), "accept": ".beancount,.bean,.ledger,.dat,.journal,.txt",
        "about": _("A file of beancount or ledger-cli becomes journal entries. Nothing is posted before you have seen what would be."),
        "file_label": _("A .beancount or .ledger file"), "do": _("Post them"), "done": _("%(n)s entries are posted."),
        "note": _("Accounts that are not here are made by their names; transactions of one currency, that of the books."),
    }  # fmt: skip
    return _page(request, ctx, "accounting/plaintext", bring, says)


@page(
    "parties/cards",
    n("Contacts from vCard"),
    ("Trade", n("Parties"), "building-store"),
    "parties.party.create",
    hidden=True,
)
def cards(request: HttpRequest, ctx: Ctx) -> Answer:
    """Contacts of a phone or mail program become parties."""

    def bring(name: str, content: bytes) -> tuple[Told, int]:
        made = contacts.take(ctx, name, content)
        facts = [(_("Parties to be made"), len(made.made)), (_("Here already"), len(made.again))]
        return _told(facts, [*made.again, *made.left]) | {"names": made.made[:SHOWN]}, len(made.made)

    says = {
        "back": ("/parties/parties", _("Parties")), "accept": ".vcf,.vcard", "about": _("Contacts of a phone or mail program become parties. Nothing is made before you have seen what would be."),
        "file_label": _("A .vcf file"), "do": _("Make them"), "done": _("%(n)s parties are made."), "note": _("Of each the preferred mail address, phone number and address; who is here already stays as he is."),
    }  # fmt: skip
    return _page(request, ctx, "parties/cards", bring, says)


@page(
    "projects/calendar-file",
    n("Tasks from a calendar"),
    ("Work", n("Projects"), "briefcase"),
    "projects.task.create",
    hidden=True,
)
def calendar_file(request: HttpRequest, ctx: Ctx) -> Answer:
    """To-dos and events become tasks of a project."""
    project = whole(request.POST.get("project") or request.GET.get("project"))

    def bring(name: str, content: bytes) -> tuple[Told, int]:
        if project is None:
            raise Refusal(
                "import.project", "no project was chosen", "Choose the one the tasks belong to.", "project"
            )
        made = todos.take(ctx, name, content, project)
        facts = [(_("Tasks to be made"), len(made.made)), (_("Here already"), made.unchanged)]
        return _told(facts, made.left) | {"names": made.made[:SHOWN]}, len(made.made)

    says = {
        "back": ("/projects/tasks", _("Tasks")), "accept": ".ics,.ical", "about": _("To-dos and events of a calendar become tasks of a project. Nothing is made before you have seen what would be."),
        "file_label": _("An .ics file"), "do": _("Make them"), "done": _("%(n)s tasks are made."), "note": _("By the day they are due or begin; of what repeats the first time."),
        "projects": list(Project.objects.filter(state="active").order_by("name").values_list("id", "name")[:500]), "project": project,
    }  # fmt: skip
    return _page(request, ctx, "projects/calendar-file", bring, says)


def _page(request: HttpRequest, ctx: Ctx, path: str, bring: Bring, says: Told) -> Answer:
    """GET: where a file is brought, and what one says (``file``). POST: bring one; do what was looked at."""
    more = f"&project={says['project']}" if says.get("project") else ""
    if request.method == "POST" and (sent := request.FILES.get("file")):
        if (sent.size or 0) > books.MOST:
            raise Refusal(
                "import.file", f"{sent.name} has {sent.size:,} bytes", f"At most {books.MOST:,} are taken."
            )
        stored = files.store(ctx, str(sent.name), sent.read(), _mime(path))
        return redirect(f"/{path}?file={stored}{more}")
    ident = whole(request.POST.get("post") or request.GET.get("file"))
    if ident is None:
        return "backstay/bring.html", {"told": None, **says}
    name, content = _file(ctx, ident, path)
    if request.method == "POST":
        _shown, count = bring(name, content)
        messages.success(request, says["done"] % {"n": f"{count:,}"})
        return redirect(f"/{path}?file={ident}{more}")
    with transaction.atomic():
        shown, count = bring(name, content)
        transaction.set_rollback(True)
    return "backstay/bring.html", {"told": shown, "count": count, "name": name, "file": ident, **says}


def _mime(path: str) -> str:
    return f"application/x-backstay-{path.replace('/', '-')}"


def _file(ctx: Ctx, ident: int, path: str) -> tuple[str, bytes]:
    """One that the actor brought himself for this."""
    found = rows.of(File, "id", [ident], "mime", "created_by")
    if not found or (found[0].mime, found[0].created_by) != (_mime(path), ctx.actor):
        raise NotFound("files.not_found", f"no file with id {ident}")
    stored, content = files.read(ctx, ident)
    return stored.name, content


def _told(facts: list[tuple[str, int]], left: list[Any]) -> Told:
    return {"facts": facts, "left": left[:SHOWN], "more": max(0, len(left) - SHOWN), "left_count": len(left)}
