"""Effects upward: a lower domain emits, a higher one answers in its ``reactions.py``, same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from backstay.base.context import Ctx

Reaction = Callable[[Ctx, Sequence[int]], None]
_REACTIONS: dict[str, list[Reaction]] = defaultdict(list)


def on(event: str) -> Callable[[Reaction], Reaction]:
    """Register a reaction to ``event``; imported once, from the domain's ``apps.py``."""

    def register(reaction: Reaction) -> Reaction:
        if reaction not in _REACTIONS[event]:
            _REACTIONS[event].append(reaction)
        return reaction

    return register


def emit(ctx: Ctx, event: str, ids: Sequence[int]) -> None:
    """Call every reaction to ``event`` with the ids of all documents it happened to."""
    if ids:
        for reaction in _REACTIONS[event]:
            reaction(ctx, ids)
