"""Who may do what: the one question that screens, commands, jobs and the API ask.

Denied unless allowed. An actor is ``user:<id>``, a member of the company today, or ``system:<part>``, a part
of Backstay itself that acts on its own schedule or at the console of the machine's owner.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from backstay.base.context import Ctx
from backstay.base.errors import Denied
from backstay.platform.models import Membership

SYSTEM_PARTS = frozenset(
    {"system:cli", "system:demo", "system:import", "system:job", "system:test", "system:bench"}
)


def may(ctx: Ctx, action: str, objects: Iterable[int] = ()) -> bool:
    """Whether ``ctx.actor`` may do ``action`` (e.g. ``sales.order.confirm``) to these objects of the company."""
    kind, _, name = ctx.actor.partition(":")
    if kind == "user":
        if not name.isdigit():
            return False
        valid = Q(until_on=None) | Q(until_on__gte=ctx.today)
        return Membership.objects.filter(
            valid, user_id=int(name), user__is_active=True, since_on__lte=ctx.today
        ).exists()
    return ctx.actor in SYSTEM_PARTS


def require(ctx: Ctx, action: str, objects: Iterable[int] = ()) -> None:
    """Raise Denied (``access.denied``) unless the actor may."""
    if not may(ctx, action, objects):
        raise Denied(
            "access.denied",
            f"{ctx.actor} may not {action}",
            remedy="Ask an owner of the company for a membership that allows it.",
        )
