"""What the views of resources share."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backstay.base.errors import NotFound
from backstay.platform.context import Ctx
from backstay.platform.resources import RESOURCES, Resource
from backstay.platform.seeing import seen

PAPERS = {"invoicing.invoice": "invoices", "banking.payment": "payments"}
BANKING = ("Books", gettext_noop("Banking"), "cash")
FILES = {"banking.paymentrun": "/banking/runs/{}/file"}  # what is handed to another house

Answer = (
    HttpResponse | FileResponse | tuple[str, dict[str, Any]]
)  # what a page answers: a response, or template and context


def found(ctx: Ctx, path: str) -> Resource:
    """The resource of an address, as the actor sees it. NotFound for another word."""
    if path not in RESOURCES:
        raise NotFound("web.not_found", f"there is no {path}", "Choose one at the left.")
    return seen(ctx, RESOURCES[path])


def ctx_of(request: HttpRequest) -> Ctx:
    """The context the middleware opened."""
    made: Ctx = request.ctx  # type: ignore[attr-defined]
    return made


def names(resource: Resource) -> dict[str, object]:
    """What a page calls the resource."""
    return {
        "resource": resource,
        "one": _(resource.names[0]),
        "name": _(resource.names[1]),
        "menu": [_(m) for m in resource.menu[:2]],
    }


def whole(text: str | None) -> int | None:
    """A whole number from an address or form; None for anything else."""
    return int(text) if text and text.isdigit() and len(text) < 19 else None
