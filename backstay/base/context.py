"""Who works, for which company: what every process requires as its first argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backstay.base.rights import NOTHING, Rights


@dataclass(frozen=True, slots=True)
class Ctx:
    """A company, an actor and the facts of the company that every posting needs.

    Only ``platform.context.work`` makes one: holding it proves that a transaction is open in which the
    database knows company and actor.
    """

    company: int
    actor: str
    request: str
    today: date
    currency: int  # unit id of the company's currency
    currency_code: str
    scale: int  # decimal places of the company's currency
    accounts: Mapping[str, int]  # role → account id
    settings: Mapping[str, Any]
    rights: Rights = NOTHING  # of the actor in this company on this day; a stranger has none
