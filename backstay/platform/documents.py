"""States of documents: which transition leads where, said once per document kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backstay.base.errors import Refusal
from backstay.platform import events

REGISTRY: dict[str, Lifecycle] = {}


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The states of one kind of document.

    ``transitions``: name → (states it may start from, state it leads to).
    """

    kind: str
    transitions: Mapping[str, tuple[tuple[str, ...], str]]

    def __post_init__(self) -> None:
        REGISTRY[self.kind] = self
        events.declare(self.kind, *(events.PAST[act] for act in self.transitions if act in events.PAST))

    @property
    def first(self) -> str:
        """The state it begins in."""
        return next(iter(self.transitions.values()))[0][0]

    def check(self, transition: str, rows: Iterable[Any]) -> str:
        """Return the state ``transition`` leads to.

        Raises Refusal (``platform.transition``) that names the document, its state and what is allowed.
        """
        sources, target = self.transitions[transition]
        for row in rows:
            if row.state not in sources:
                name = getattr(row, "number", None) or getattr(row, "name", None) or f"draft {row.id}"
                allowed = ", ".join(self.allowed(row.state)) or "nothing"
                raise Refusal(
                    "platform.transition",
                    f"{self.kind} {name} is {row.state}: it cannot {transition.replace('_', ' ')}",
                    remedy=f"Allowed now: {allowed}.",
                    where=f"{self.kind}:{row.id}",
                )
        return target

    def allowed(self, state: str) -> list[str]:
        """Names of the transitions that may start from ``state``."""
        return [name for name, (sources, _) in self.transitions.items() if state in sources]
