"""Who may do what: the one question that screens, commands, jobs and the API ask.

Denied unless allowed. An actor is ``user:<id>``, who has a role while he is a member of the company, or
``system:<part>``, a part of Backstay itself that works on its schedule or at the console of the machine's owner.
"""

from __future__ import annotations

from collections.abc import Iterable

from backstay.base.context import Ctx
from backstay.base.errors import Denied


def may(ctx: Ctx, action: str, objects: Iterable[int] = ()) -> bool:
    """Whether ``ctx.actor`` may do ``action`` (e.g. ``sales.order.confirm``) to these objects of the company."""
    return ctx.role in ("system", "owner")


def require(ctx: Ctx, action: str, objects: Iterable[int] = ()) -> None:
    """Raise Denied (``access.denied``) unless the actor may."""
    if not may(ctx, action, objects):
        raise Denied(
            "access.denied",
            f"{ctx.actor} may not {action}",
            remedy="Ask an owner of the company for a membership that allows it.",
        )
