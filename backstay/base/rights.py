"""What somebody may do, as data: rights, and the one answer that several of them give together. No Django.

A right is (resources, acts) with a row scope and rules for fields. Resources are a name, or its beginning and ``*``
(``sales.*``); an act is the last word of an action: ``sales.order.confirm`` is ``confirm`` of ``sales.order``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backstay.base.errors import Refusal

SCOPES = ("own", "team", "company")  # each holds the ones before
HIDDEN, FIXED = "hidden", "fixed"


@dataclass(frozen=True, slots=True)
class Right:
    """May do ``acts`` to ``resources`` in ``scope``; never sees ``hidden`` fields, never changes ``fixed`` ones."""

    resources: str
    acts: tuple[str, ...]
    scope: str = "company"
    hidden: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        name = self.resources.removesuffix("*")
        told = name.replace(".", "").replace("_", "")
        acts = all(a == "*" or a.replace("_", "").isalpha() for a in self.acts)
        if (
            self.scope not in SCOPES
            or not self.acts
            or not acts
            or "*" in name
            or (told and not told.isalnum())
        ):
            raise Refusal(
                "access.right",
                f"“{self}” is no right",
                "Write resources, acts and a scope: sales.* · read change · own.",
            )

    def __str__(self) -> str:
        return f"{self.resources} · {' '.join(self.acts)} · {self.scope}"

    def gives(self, kind: str, act: str) -> bool:
        """Whether it is about this act of this kind."""
        return within(kind, self.resources) and (act in self.acts or "*" in self.acts)

    def json(self) -> list[object]:
        """As the database keeps it."""
        return [self.resources, list(self.acts), self.scope, list(self.hidden), list(self.fixed)]


def within(resources: str, held: str) -> bool:
    """Whether a name, or all that a pattern means, lies in another pattern."""
    return resources == held or (held.endswith("*") and resources.startswith(held[:-1]))


def right_of(told: Sequence[object]) -> Right:
    """A right as the database keeps it."""
    resources, acts, scope, hidden, fixed = told
    texts = [tuple(str(t) for t in each) for each in (acts, hidden, fixed)]  # type: ignore[attr-defined]
    return Right(str(resources), texts[0], str(scope), texts[1], texts[2])


class Rights:
    """All rights that somebody has now. ``team``: the actors whose rows are his team's, himself among them."""

    __slots__ = ("_fields", "_scopes", "held", "roles", "ruled", "team")

    def __init__(
        self, held: Iterable[Right] = (), roles: Sequence[str] = (), team: Sequence[str] = ()
    ) -> None:
        self.held, self.roles, self.team = tuple(held), tuple(roles), tuple(team)
        self.ruled = any(r.hidden or r.fixed for r in self.held)  # whether any field is
        self._scopes: dict[str, str] = {}
        self._fields: dict[str, Mapping[str, str]] = {}

    def scope(self, action: str) -> str:
        """How far an action reaches: "" (not at all), own, team or company. The widest right decides."""
        found = self._scopes.get(action)
        if found is None:
            found = self._scopes[action] = max(
                (r.scope for r in self._giving(action)), key=_reach, default=""
            )
        return found

    def fields(self, kind: str) -> Mapping[str, str]:
        """field → ``hidden`` or ``fixed``. What the widest right hides stays hidden: a narrower one, which reaches some
        of the rows, does not show it in all."""
        found = self._fields.get(kind)
        if found is None:
            fixed = self._common(f"{kind}.change", FIXED) | self._common(f"{kind}.create", FIXED)
            made = dict.fromkeys(fixed, FIXED) | dict.fromkeys(self._common(f"{kind}.read", HIDDEN), HIDDEN)
            found = self._fields[kind] = made
        return found

    def covers(self, right: Right) -> bool:
        """Whether all that a right gives is held, at that scope or wider and with no more fields."""
        return all(any(_holds(held, right, act) for held in self.held) for act in right.acts)

    def _giving(self, action: str) -> Iterator[Right]:
        kind, _sep, act = action.rpartition(".")
        return (r for r in self.held if r.gives(kind, act))

    def _common(self, action: str, rule: str) -> set[str]:
        widest = self.scope(action)
        ruled = [set(getattr(r, rule)) for r in self._giving(action) if r.scope == widest]
        return set.intersection(*ruled) if ruled else set()


def _reach(scope: str) -> int:
    return SCOPES.index(scope)


def _holds(held: Right, given: Right, act: str) -> bool:
    return (
        within(given.resources, held.resources)
        and (act in held.acts or "*" in held.acts)
        and _reach(held.scope) >= _reach(given.scope)
        and set(held.hidden) <= set(given.hidden)
        and set(held.fixed) <= set(given.fixed)
    )


EVERYTHING = Right("*", ("*",))
SYSTEM = Rights((EVERYTHING,), ("system",))
NOTHING = Rights()
