"""Effects upward: a lower domain emits, a higher one answers in its ``reactions.py``, same transaction.

What can be emitted is declared, by life cycles and beside what emits it: ``KINDS`` is all there is, and what listeners outside
the house are promised (``webhooks.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from backstay.base.context import Ctx

Reaction = Callable[[Ctx, Sequence[int]], None]
Facts = Sequence[Mapping[str, Any]]  # what is said beside each id
Listener = Callable[[Ctx, str, Sequence[int], Facts], None]
_REACTIONS: dict[str, list[Reaction]] = defaultdict(list)
_LISTENERS: list[Listener] = []
KINDS: dict[str, str] = {}  # event → the kind of object it is told of
PAST = {"post": "posted", "reverse": "reversed"}  # acts that are told whatever the document


def declare(kind: str, *happened: str) -> None:
    """Say what is told of a kind: ``declare("sales.order", "confirmed")`` lets ``sales.order_confirmed`` be emitted."""
    KINDS.update({f"{kind}_{each}": kind for each in happened})


def every(listener: Listener) -> Listener:
    """Register who hears every event, after the reactions."""
    _LISTENERS.append(listener)
    return listener


def on(event: str) -> Callable[[Reaction], Reaction]:
    """Register a reaction to ``event``; imported once, from the domain's ``apps.py``."""

    def register(reaction: Reaction) -> Reaction:
        if reaction not in _REACTIONS[event]:
            _REACTIONS[event].append(reaction)
        return reaction

    return register


def emit(ctx: Ctx, event: str, ids: Sequence[int], facts: Facts = ()) -> None:
    """Call every reaction to ``event`` with the ids of all documents it happened to. LookupError when it is not declared.

    ``facts``: what listeners outside are told beside each id, where nobody could ask for it afterwards.
    """
    if event not in KINDS:
        raise LookupError(f"no kind declares the event {event}")
    if ids:
        for reaction in _REACTIONS[event]:
            reaction(ctx, ids)
        for listener in _LISTENERS:
            listener(ctx, event, ids, facts)
