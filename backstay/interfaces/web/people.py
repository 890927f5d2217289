"""What people do around documents: comments with mentions, files, mail."""

from __future__ import annotations

import dataclasses
import mimetypes
import re
import uuid
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backstay.base.errors import NotFound, Refusal
from backstay.interfaces import papers
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import PAPERS
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access, audit, files, mail, outbox, rows
from backstay.platform.context import Ctx
from backstay.platform.models import Attachment, Comment, Notice
from backstay.platform.resources import RESOURCES, Resource

SAFE_INLINE = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"}


def _asked(request: HttpRequest, path: str, ident: int, *acts: str) -> tuple[Ctx, Resource]:
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    resource = RESOURCES[path]
    for act in acts:
        access.require(ctx, f"{resource.kind}.{act}", [ident] if act == "read" else ())
    if not resource.of._default_manager.filter(pk=ident).exists():
        raise NotFound(
            "web.not_found", f"there is no {resource.names[0].lower()} {ident}", "Look in the list."
        )
    return ctx, resource


@signed_in
@require_POST
def comment(request: HttpRequest, path: str, ident: int) -> HttpResponse:
    """Say something; “@Name” tells that colleague."""
    ctx, resource = _asked(request, path, ident, "read", "comment")
    text = request.POST.get("text", "").replace("\0", "").strip()[:10_000]
    if not text:
        raise Refusal("web.comment", _("there is nothing to say"), _("Type a comment."))
    Comment.objects.create(
        company_id=ctx.company, kind=resource.kind, object_id=ident, text=text, actor=ctx.actor
    )
    mentioned = set(re.findall(r"@(\w[\w.-]*)", text.lower()))
    told = rows.execute(
        "SELECT DISTINCT u.id, u.name FROM platform_user u JOIN platform_membership m ON m.user_id = u.id WHERE m.company_id = %s AND u.is_active",
        [ctx.company],
    )
    for user, name in told:
        if (
            f"user:{user}" != ctx.actor
            and mentioned
            & {
                name.lower().replace(" ", "."),
                name.lower().split(" ")[0],
            }
            and _reads(ctx, f"user:{user}", resource, ident)
        ):
            Notice.objects.create(
                company_id=ctx.company,
                actor=f"user:{user}",
                text=text[:300],
                href=f"/{path}/{ident}#timeline",
            )
    return redirect(f"/{path}/{ident}#timeline")


def _reads(ctx: Ctx, actor: str, resource: Resource, ident: int) -> bool:
    """Whether another person may see it: nobody is told of what he may not look at."""
    other = dataclasses.replace(ctx, actor=actor, rights=access.held_by(ctx, actor))
    return access.may(other, f"{resource.kind}.read", [ident])


@signed_in
@require_POST
def attach(request: HttpRequest, path: str, ident: int) -> HttpResponse:
    """Keep files with a document."""
    ctx, resource = _asked(request, path, ident, "read", "comment")
    given = request.FILES.getlist("files")
    if not given:
        raise Refusal("files.none", _("no file was chosen"), _("Choose one, or drop it on the page."))
    stored = []
    for each in given[:20]:
        name = str(each.name or "file")
        if (each.size or 0) > files.LIMIT:
            raise Refusal(
                "files.size", _("%(name)s is too large") % {"name": name}, _("At most 50 MiB are taken.")
            )
        stored.append(
            files.store(ctx, name, each.read(), mimetypes.guess_type(name)[0] or "application/octet-stream")
        )
    files.attach(ctx, resource.kind, [ident] * len(stored), stored)
    return redirect(f"/{path}/{ident}#files")


@signed_in
@require_GET
def file(request: HttpRequest, ident: int, name: str) -> HttpResponse:
    """A file that is kept with a document the reader may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    held = list(Attachment.objects.filter(file_id=ident).values_list("kind", "object_id")[:50])
    if not any(access.may(ctx, f"{kind}.read", [of]) for kind, of in held):
        raise NotFound("files.not_found", f"no file with id {ident}")
    return content(ctx, ident)


def content(ctx: Ctx, ident: int, inline: bool = True) -> HttpResponse:
    """A file as a response that runs nothing: shown where its type is harmless (and ``inline``), else to be saved."""
    stored, held = files.read(ctx, ident)
    inline = inline and stored.mime in SAFE_INLINE
    response = HttpResponse(held, content_type=stored.mime if inline else "application/octet-stream")
    response["Content-Disposition"] = (
        f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(stored.name)}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _sent(ctx: Ctx) -> str:
    if outbox.held(ctx):
        return _("Held: a practice company sends nothing. It would have gone to %(to)s.")
    return _("On its way to %(to)s.")


@signed_in
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, path: str, ident: int) -> HttpResponse:
    """Send a document by mail, its PDF with it."""
    ctx, resource = _asked(request, path, ident, "read")
    if resource.kind not in PAPERS:
        raise NotFound("papers.kind", f"{resource.names[1]} have no paper", "Send the file from its page.")
    row = resource.of._default_manager.select_related("party").get(pk=ident)
    party: Any = row.party  # type: ignore[attr-defined]
    name = f"{_(resource.names[0])} {row.number}"  # type: ignore[attr-defined]
    told = {
        "to": request.POST.get("to", party.email), "subject": request.POST.get("subject", f"{name} · {ctx.settings['name']}"),
        "body": request.POST.get("body", _("Please find attached %(name)s.\n\nKind regards\n%(company)s") % {"name": name, "company": ctx.settings["name"]}),
    }  # fmt: skip
    error = ""
    if request.method == "POST":
        to = [a.strip() for a in told["to"].split(",") if a.strip()]
        if not to or not all(re.fullmatch(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+", a) for a in to):
            error = _("This is no mail address: write it as name@example.com.")
        else:
            access.require(ctx, f"{resource.kind}.send", [ident])
            title, content = papers.make(ctx, PAPERS[resource.kind], ident)
            stored = files.store(ctx, title, content, "application/pdf")
            files.attach(ctx, resource.kind, [ident], [stored], "sent")
            key = request.POST.get("once", "")[:32] or uuid.uuid4().hex
            mail.send(
                ctx,
                [
                    {
                        "to": to,
                        "subject": told["subject"][:200],
                        "body": told["body"][:20_000],
                        "files": [stored],
                    }
                ],
                [f"{resource.kind}:{ident}:{key}"],
            )
            audit.record(ctx, resource.kind, [ident], "send", [{"to": ", ".join(to)}], personal=["to"])
            messages.success(request, _sent(ctx) % {"to": ", ".join(to)})
            return redirect(f"/{path}/{ident}")
    context = {
        "resource": resource,
        "row": row,
        "told": told,
        "error": error,
        "title": name,
        "once": uuid.uuid4().hex,
        "name": _(resource.names[1]),
    }
    return render(request, "backstay/mail.html", frame(request, path, **context))
