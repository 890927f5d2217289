"""One effect per key: what a request came to is kept with its effect, and told again to the same request.

The row of a key is made first and waits for another request under the same key to end, so two at once do one thing. Only
what was done is kept: a request that was refused has done nothing, and may be corrected and sent again under its key.
"""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest, HttpResponse

from backstay.interfaces.api.problems import Problem
from backstay.platform import rows, tasks
from backstay.platform.context import Ctx
from backstay.platform.models import Answer

DAYS = tasks.ANSWERS  # how long an answer is kept
KEY = re.compile(r"[!-~]{1,255}")
KEPT = ("Content-Type", "ETag", "Location")


def key_of(request: HttpRequest) -> str:
    """The key of a request that writes. Problem 400 without one."""
    key = request.headers.get("Idempotency-Key", "").strip('" ')
    if not KEY.fullmatch(key):
        raise Problem(
            400,
            "api.key",
            "a request that writes carries an Idempotency-Key of 1 to 255 visible characters",
            "Send a new one for each thing to be done, e.g. a UUID, and the same one when you send it again.",
            [("Idempotency-Key", "it is needed")],
        )
    return key


def claim(ctx: Ctx, key: str, request: HttpRequest) -> HttpResponse | None:
    """None when the key is new, from now on or with the rollback not at all; else the answer of the first time."""
    digest = _digest(request)
    made = rows.execute(
        "INSERT INTO platform_answer (actor, key, digest, headers, body) VALUES (%s, %s, %s, '{}', '')"
        " ON CONFLICT (company_id, actor, key) DO NOTHING RETURNING id",
        [ctx.actor, key, digest],
    )
    if made:
        return None
    before = Answer.objects.get(company_id=ctx.company, actor=ctx.actor, key=key)
    if before.digest != digest:
        raise Problem(
            422,
            "api.key_reused",
            "this Idempotency-Key belongs to another request",
            "Use a new key for another request.",
            [("Idempotency-Key", "it was used for another request")],
        )
    again = HttpResponse(before.body, status=before.status)
    for name, value in before.headers.items():
        again[name] = value
    again["Idempotency-Replayed"] = "true"
    return again


def keep(ctx: Ctx, key: str, made: HttpResponse) -> None:
    """What the request came to, kept in the transaction of its effect."""
    headers = {name: made[name] for name in KEPT if name in made}
    found = Answer.objects.filter(company_id=ctx.company, actor=ctx.actor, key=key)
    found.update(status=made.status_code, headers=headers, body=made.content.decode())


def _digest(request: HttpRequest) -> str:
    """Of method, address, condition and body; of an upload the files themselves, since what lies between them differs each
    time it is sent."""
    told = hashlib.sha256()
    for part in (request.method or "", request.get_full_path(), request.headers.get("If-Match", "")):
        told.update(part.encode(errors="replace") + b"\0")
    if request.content_type == "multipart/form-data":
        for name in sorted(request.FILES):
            for each in request.FILES.getlist(name):
                content = hashlib.sha256()
                for chunk in each.chunks():
                    content.update(chunk)
                each.seek(0)
                told.update(f"{name}\0{each.name}\0{content.hexdigest()}\0".encode(errors="replace"))
    else:
        told.update(request.body)
    return told.hexdigest()
