"""Plain-text accounting comes in: a file is looked at, by doing it and taking it back; then it is posted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n

from backstay.base.errors import NotFound, Refusal
from backstay.interfaces.exchange import bringing
from backstay.interfaces.web.resource import Answer, whole
from backstay.platform import files, rows
from backstay.platform.context import Ctx
from backstay.platform.figures import money_text
from backstay.platform.models import File
from backstay.platform.resources import page

PATH = "accounting/plaintext"
MIME = "text/x-plain-text-accounting"
SHOWN = 200  # lines that are not taken, on the page


@page(
    PATH,
    n("Plain-text accounting"),
    ("Books", n("Accounting"), "book"),
    "accounting.journalentry.post",
    hidden=True,
)
def plaintext(request: HttpRequest, ctx: Ctx) -> Answer:
    """GET: where a file is brought, and what one says (``file``). POST: bring one; post what was looked at."""
    if request.method == "POST" and (sent := request.FILES.get("file")):
        if (sent.size or 0) > bringing.MOST:
            raise Refusal(
                "import.file", f"{sent.name} has {sent.size:,} bytes", f"At most {bringing.MOST:,} are taken."
            )
        stored = files.store(ctx, str(sent.name), sent.read(), MIME)
        return redirect(f"/{PATH}?file={stored}")
    ident = whole(request.POST.get("post") or request.GET.get("file"))
    if ident is None:
        return "backstay/plaintext.html", {"told": None}
    name, content = _file(ctx, ident)
    if request.method == "POST":
        made = bringing.bring(ctx, name, content)
        messages.success(request, _("%(n)s entries are posted.") % {"n": f"{made.entries:,}"})
        return redirect(f"/{PATH}?file={ident}")
    with transaction.atomic():
        made = bringing.bring(ctx, name, content)
        transaction.set_rollback(True)
    return "backstay/plaintext.html", {"told": _told(ctx, made), "name": name, "file": ident}


def _file(ctx: Ctx, ident: int) -> tuple[str, bytes]:
    """One that the actor brought himself for this."""
    found = rows.of(File, "id", [ident], "mime", "created_by")
    if not found or (found[0].mime, found[0].created_by) != (MIME, ctx.actor):
        raise NotFound("files.not_found", f"no file with id {ident}")
    stored, content = files.read(ctx, ident)
    return stored.name, content


def _told(ctx: Ctx, made: bringing.Brought) -> dict[str, Any]:
    return {
        "dialect": made.dialect, "entries": made.entries, "unchanged": made.unchanged, "claims": made.claims, "accounts": made.accounts,
        "sums": [(account, money_text(value, ctx.scale)) for account, value in made.sums.items()],
        "left": made.left[:SHOWN], "more": max(0, len(made.left) - SHOWN), "count": len(made.left),
    }  # fmt: skip
