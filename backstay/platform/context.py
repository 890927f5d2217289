"""Who works, for which company: the one way into a transaction that may see or post anything.

``work()`` opens a transaction, sets company and actor inside it (never on the session) and yields the ``Ctx``
that every process requires. Having a Ctx is proof of being inside such a transaction.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType

from django.db import Error as DatabaseError
from django.db import transaction

from backstay.base import clock
from backstay.base.context import Ctx
from backstay.base.errors import refusal_from
from backstay.platform import rows
from backstay.platform.roles import rights_of

# Where what is done here comes from, for the trail: "web 192.0.2.7 4f2a91c0", "cli backstay post", "worker run_work".
ORIGIN: ContextVar[str] = ContextVar("origin", default=f"process {Path(sys.argv[0] or 'python').name}")
_BEGIN = (
    "SELECT currency_id, currency_code, scale, settings, accounts, rights_of(%s, %s), set_config('backstay.origin', %s, true)"
    " FROM begin_work(%s, %s, %s)"
)


@contextmanager
def work(company: int, actor: str, request: str = "") -> Iterator[Ctx]:
    """Open one transaction as ``actor`` for ``company``; commit at the end, roll back on any exception.

    Raises Refusal (``access.company``) when there is no such company; database errors that carry one of our
    rule codes leave as Refusal, a lost race for locks as Busy (safe to repeat).
    """
    try:
        with transaction.atomic():
            yield enter(company, actor, request)
    except DatabaseError as exc:
        refusal = refusal_from(exc)
        if refusal is None:
            raise
        raise refusal from exc


def enter(company: int, actor: str, request: str = "") -> Ctx:
    """Set company and actor in the transaction that is open now, and describe the company."""
    today = clock.today()
    found = rows.execute(_BEGIN, [actor, today, ORIGIN.get()[:200], company, actor, request])[0]
    currency, code, scale, settings, accounts, held, _ = found
    return Ctx(
        company=company,
        actor=actor,
        request=request,
        today=today,
        rights=rights_of(held),
        currency=currency,
        currency_code=code,
        scale=scale,
        accounts=MappingProxyType(json.loads(accounts or "{}")),
        settings=MappingProxyType(json.loads(settings or "{}")),
    )
