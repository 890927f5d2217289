"""One document or record: its page, what an act would post, doing it, its paper."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backstay.base.errors import Denied, NotFound, Refusal
from backstay.base.rights import HIDDEN
from backstay.interfaces import papers
from backstay.interfaces.web import acts, bulk, flow
from backstay.interfaces.web.detail import detail_of
from backstay.interfaces.web.fields import STATES, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import FILES, PAPERS, ctx_of, found, names, whole
from backstay.interfaces.web.sign import signed_in
from backstay.platform import access
from backstay.platform.resources import Resource

MOST = 10**6  # lines that may be skipped


@signed_in
@require_GET
def detail(request: HttpRequest, path: str, ident: int) -> HttpResponse:
    """A document or record: states, facts, lines, flow, entries, timeline, files."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read", [ident])
    doc = detail_of(ctx, resource, ident, min(whole(request.GET.get("lines")) or 0, MOST))
    forward, back = acts.offered(ctx, resource, ident, doc["state"])
    shown = request.GET.get("preview", "")
    preview = (
        acts.preview(ctx, resource, shown, [ident], acts.answers(ctx, resource, shown, {}))
        if shown and shown in {a["act"] for a in forward + back}
        else None
    )
    context: dict[str, Any] = {
        **names(resource), "doc": doc, "forward": forward, "back": back, "preview": preview, "once": uuid.uuid4().hex,
        "flow": flow.of(ctx, resource.kind, ident),
        "paper": f"/papers/{PAPERS[resource.kind]}/{ident}.pdf" if resource.kind in PAPERS and doc["number"] else "",
        "file": FILES[resource.kind].format(ident) if resource.kind in FILES and doc["number"] and doc["state"] == "ordered" else "",
        "can_change": "change" in resource.acts and access.may(ctx, f"{resource.kind}.change", [ident]) and not doc["posted"],
    }  # fmt: skip
    return render(request, "backstay/detail.html", frame(request, path, **context))


@signed_in
@require_GET
def preview(request: HttpRequest, path: str, ident: int, act: str) -> HttpResponse:
    """What an act will post, as a fragment."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read", [ident])
    _known(resource, act)
    told = acts.answers(ctx, resource, act, {k: str(v) for k, v in request.GET.items()})
    made = acts.preview(ctx, resource, act, [ident], told)
    return render(request, "backstay/_preview.html", {"preview": made, "ctx": ctx})


def _known(resource: Resource, act: str) -> None:
    known = {a for s in ("", *STATES) for a in resource.transitions(s)} - {"create", "change"}
    if act not in known or not acts.askable(resource, act):
        raise NotFound("web.act", f"there is no act {act[:40]}", "Choose one on the page.")


@signed_in
@require_POST
def act(request: HttpRequest, path: str, act: str) -> HttpResponse:
    """Do an act to the documents named, once: the same click again leads where the first one led."""
    ctx = ctx_of(request)
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.{act}")
    _known(resource, act)
    key = request.POST.get("once", "")
    if before := acts.once(ctx, key):
        return redirect(before)
    ids = [int(i) for i in request.POST.getlist("ids") if i.isdigit() and len(i) < 19][: bulk.MOST]
    if request.POST.get("every") == "1":
        ids = bulk.chosen(ctx, resource, request.POST.get("list", ""), act)
    if not ids:
        raise Refusal("web.nothing", _("nothing is selected"), _("Tick what it should be done to."))
    access.require(ctx, f"{resource.kind}.{act}", ids)
    told = acts.answers(ctx, resource, act, {k: str(v) for k, v in request.POST.items()})
    if len(ids) > bulk.AT_ONCE:
        href = f"/progress/{bulk.begin(ctx, resource, act, ids, told)}"
        acts.led_to(ctx, key, href)
        return redirect(href)
    made = acts.run(ctx, resource, act, ids, told)
    href = _made_href(resource, act, made) or (
        f"/{path}/{ids[0]}" if len(ids) == 1 else request.POST.get("back", f"/{path}")
    )
    if not href.startswith("/") or href.startswith("//"):
        href = f"/{path}"
    messages.success(request, _told(resource, act, ids, made))
    acts.led_to(ctx, key, href)
    return redirect(href)


def _made_href(resource: Resource, act: str, made: Any) -> str:
    """Where to go after an act: the document stays in view; what it made stands in its flow and in the message."""
    return ""


def _told(resource: Resource, act: str, ids: list[int], made: Any) -> str:
    numbers = [str(getattr(m, "number", m)) for m in made] if isinstance(made, list) else []
    numbers = [n for n in numbers if n and not n.isdigit()]
    if numbers:
        listed = ", ".join(numbers[:3]) + (f" +{len(numbers) - 3}" if len(numbers) > 3 else "")
        return _("%(act)s: %(numbers)s") % {"act": word_of(act), "numbers": listed}
    return _("%(act)s: done for %(n)s") % {"act": word_of(act), "n": len(ids)}


@signed_in
@require_GET
def paper(request: HttpRequest, kind: str, document: int) -> HttpResponse:
    """A document as PDF."""
    ctx = ctx_of(request)
    of = next((k for k, word in PAPERS.items() if word == kind), "")
    access.require(ctx, f"{of}.read", [document])
    if HIDDEN in access.fields(ctx, of).values():
        raise Denied("access.fields", _("the paper shows what is hidden from you"), _("Look at its page."))
    name, content = papers.make(ctx, kind, document)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
