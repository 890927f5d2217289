"""Duties that a company keeps apart besides those Backstay brings: pairs of acts, kept among its settings.

The second act is refused to who did the first to the same object, and both are not given to one person, as with the
others; the trail of the company tells who added a pair and who took it away.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.interfaces.acting import universe
from backstay.platform import access, rows
from backstay.platform.roles import DUTIES, Duty, duties_of

MOST = 50
PLAIN = ("read", "comment")  # nobody needs to be kept from looking
# Acts that say which objects of another kind they are about, besides those of their own.
ABOUT = {
    "banking.payment.order": ("parties.party", "banking.partyaccount"),
    "purchasing.order.allow_payment": ("invoicing.bill",),
}


def known(ctx: Ctx) -> tuple[Duty, ...]:
    """All that is kept apart here, what the company added last."""
    access.require(ctx, "access.duty.read")
    return duties_of(ctx.settings)


def firsts() -> list[str]:
    """Acts that can come first."""
    return [f"{kind}.{act}" for kind, acts in universe().items() for act in acts if act not in PLAIN]


def seconds() -> list[str]:
    """Acts that can be refused to who did another: those done to what is there."""
    return [action for action in firsts() if not action.endswith(".create")]


def keep_apart(ctx: Ctx, first: str, second: str, why: str) -> str:
    """Add a pair: who did ``first`` to an object does not do ``second`` to it. Its code.

    Raises Refusal (``access.duty``, ``access.reason``), NotFound for an act there is not.
    """
    access.require(ctx, "access.duty.change")
    for action, there in ((first, firsts()), (second, seconds())):
        if action not in there:
            raise NotFound(
                "access.action",
                f"there is no act {action[:60]} that could be kept apart",
                "Choose one of the list.",
            )
    kind = first.rpartition(".")[0]
    if first == second or kind not in (second.rpartition(".")[0], *ABOUT.get(second, ())):
        raise Refusal(
            "access.duty",
            f"{first} and {second} are not two acts on the same object",
            "Choose two acts of one kind.",
            "second",
        )
    reason = " ".join(why.replace("\0", "").split())[:200]
    if not reason:
        raise Refusal(
            "access.reason", "a pair needs a sentence that says why", "Who is refused will read it.", "why"
        )
    if any((d.first, d.second) == (first, second) for d in duties_of(ctx.settings)):
        raise Refusal(
            "access.duty",
            f"{first} and {second} are kept apart already",
            "Nothing needs to be done.",
            "second",
        )
    code = "own_" + hashlib.sha256(f"{first} {second}".encode()).hexdigest()[:12]
    kept = _added(ctx)
    if len(kept) >= MOST:
        raise Refusal("access.duty", f"a company adds at most {MOST} pairs", "Take one away first.")
    _keep(ctx, [*kept, {"code": code, "first": first, "second": second, "why": reason}])
    return code


def take_away(ctx: Ctx, code: str) -> None:
    """Keep a pair apart no more. Refusal for one that Backstay brings, NotFound for one there is not."""
    access.require(ctx, "access.duty.change")
    if code in {d.code for d in DUTIES}:
        raise Refusal(
            "access.duty", f"{code} comes with Backstay and stays", "Record an exception for a person."
        )
    kept = _added(ctx)
    if code not in {d["code"] for d in kept}:
        raise NotFound("access.duty", f"there is no duty {code[:40]}", "Look at the list again.")
    _keep(ctx, [d for d in kept if d["code"] != code])


def _added(ctx: Ctx) -> list[dict[str, Any]]:
    """The company's own pairs as they are now, nobody else changing them meanwhile."""
    found = rows.execute(
        "SELECT coalesce(settings -> 'duties', '[]')::text FROM company WHERE id = %s FOR NO KEY UPDATE",
        [ctx.company],
    )
    made: list[dict[str, Any]] = json.loads(found[0][0])
    return made


def _keep(ctx: Ctx, pairs: list[dict[str, Any]]) -> None:
    rows.execute(
        "UPDATE company SET settings = settings || jsonb_build_object('duties', %s::jsonb) WHERE id = %s RETURNING id",
        [json.dumps(pairs), ctx.company],
    )
