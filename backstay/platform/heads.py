"""Heads of the chain go out: to a mail address and to an authority that stamps them, after each block or once a day, and to webhooks
that ask for ``platform.seal_head``, after each block; by the outbox like everything else.

Whoever can change the database, and holds the key, can make another history; the head that somebody else keeps tells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.base.seal import Head
from backstay.platform import access, events, mail, rows, stamping, webhooks

EVERY = ("block", "day")
SETTING = "seal_heads"
EVENT = "platform.seal_head"


class Plan(NamedTuple):
    """Where heads go; "" nowhere."""

    to: str = ""
    every: str = "day"


def plan(ctx: Ctx) -> Plan:
    """Where the heads of this company go."""
    told: Mapping[str, Any] = ctx.settings.get(SETTING) or {}
    return Plan(str(told.get("to", "")), str(told.get("every", "day")))


def keep(ctx: Ctx, to: str, every: str = "day") -> None:
    """Send heads there from now on; nowhere when ``to`` is empty. The trail tells the change."""
    access.require(ctx, "platform.seal.change")
    address = to.strip()
    if every not in EVERY:
        raise Refusal(
            "seal.every", f"heads go out each block or each day, not {every}", "Choose one of them."
        )
    if address and not re.fullmatch(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+", address):
        raise Refusal("seal.address", f"{address} is no mail address", "Write it as name@example.com.")
    rows.execute(
        "UPDATE company SET settings = settings || jsonb_build_object(%s::text, %s::jsonb) WHERE id = %s RETURNING id",
        [SETTING, json.dumps({"to": address, "every": every}), ctx.company],
    )


events.declare("platform.seal", "head")


def told(ctx: Ctx, head: Head, before: int) -> None:
    """Send the head of a block that was just sealed, in the same transaction; ``before``: when the last one was sealed.

    Once a day means: with the first block of a day, by UTC.
    """
    first = not before or _day(before) != _day(head.at)
    to, every = plan(ctx)
    if to and (first or every == "block"):
        _mail(ctx, head, to)
    who = stamping.authority(ctx)
    if who.url and (first or who.every == "block"):
        stamping.later(ctx, head)
    if webhooks.asked_for(ctx, EVENT):
        webhooks.tell(ctx, EVENT, [{"kind": "platform.seal", "id": head.block, "head": str(head)}])


def _mail(ctx: Ctx, head: Head, to: str) -> None:
    body = (
        f"The books and the trail of {ctx.settings.get('name', '')} are sealed until {_at(head.at):%Y-%m-%d %H:%M:%S} UTC.\n\n"
        f"{head}\n\nKeep this mail where nobody can change it who can change the database.\n"
        "Later, `backstay verify --head FILE` compares what is there then with the line above."
    )
    letter = {"to": [to], "subject": f"Seal, block {head.block} of company {head.company}", "body": body}
    mail.send(ctx, [letter], [f"seal:{head.company}:{head.block}"])


def _at(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def _day(micros: int) -> str:
    return f"{_at(micros):%Y-%m-%d}"
