"""Long work that a program began, and what a token is: operations that no declaration gives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from backstay.interfaces import tokens
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.web.working import SHOWN, work_of
from backstay.platform.context import Ctx
from backstay.platform.models import Token, WorkFault


class Fault(Schema):
    """A piece that could not be done."""

    name: str
    code: str
    reason: str
    remedy: str


class WorkTold(Schema):
    """Long work. ``state``: waiting, running, done, failed or cancelled; ``faults``: the first 100."""

    id: int
    title: str
    state: str
    done: int
    total: int
    error: str
    faults: list[Fault]


class Self(Schema):
    """The token that asks, whom it stands for and where."""

    token: str
    actor: str
    company: str
    currency: str
    scopes: list[str]
    ends_at: str


def work(ctx: Ctx, request: HttpRequest, id: int) -> HttpResponse:
    """How far long work is."""
    found = work_of(ctx, id)
    faults = WorkFault.objects.filter(work_id=found.pk).order_by("id")[:SHOWN]
    return respond({
        "id": found.pk, "title": found.title, "state": found.state, "done": found.done, "total": found.total, "error": found.error,
        "faults": [{"name": f.name, "code": f.code, "reason": f.reason, "remedy": f.remedy} for f in faults],
    })  # fmt: skip


def me(ctx: Ctx, request: HttpRequest) -> HttpResponse:
    """Who the token is."""
    token = Token.objects.get(pk=request.holder.token)  # type: ignore[attr-defined]
    return respond({
        "token": token.name, "actor": ctx.actor, "company": str(ctx.settings.get("name", "")), "currency": ctx.currency_code,
        "scopes": tokens.scopes_of(token), "ends_at": token.ends_at.isoformat(),
    })  # fmt: skip


def described(ctx: Ctx, request: HttpRequest) -> HttpResponse:
    """What the API is, in OpenAPI."""
    from backstay.interfaces.api.schema import schema

    return respond(schema())


operation(
    "GET",
    "/work/{int:id}",
    work,
    "getWork",
    "",
    answers={200: WorkTold},
    summary="How far long work is",
    tag="Platform",
)
operation("GET", "/me", me, "getMe", "", answers={200: Self}, summary="Who this token is", tag="Platform")
operation(
    "GET",
    "/openapi.json",
    described,
    "getSchema",
    "",
    answers={200: dict},
    summary="This description (OpenAPI 3.1)",
    tag="Platform",
)
