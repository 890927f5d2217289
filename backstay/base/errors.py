"""Errors that a person can act on: what is wrong, where, the remedy, and the code of the rule."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A rule refused. Nothing has been stored.

    ``code`` is the rule's name (``sales.credit_limit``), the same as its constraint's and its test's.
    """

    def __init__(self, code: str, message: str, remedy: str = "", where: str = "") -> None:
        super().__init__(code, message, remedy, where)
        self.code, self.message, self.remedy, self.where = code, message, remedy, where

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" ({self.where})" if self.where else "")

    def to_dict(self) -> dict[str, str]:
        """For machines: code, message, remedy, where."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy, "where": self.where}


class NotFound(Refusal):
    """What was named does not exist, or is another company's."""


class Denied(Refusal):
    """The actor may not."""


class Conflict(Refusal):
    """Somebody else was faster; look again."""


class Busy(Exception):
    """A lock could not be had or a deadlock was broken: nothing is wrong, the same call may go through now."""

    code = "platform.busy"
    message = "others are working on the same rows"
    remedy = "Try again."
    where = ""


# Codes of constraints and triggers → (message where the database's own is for machines, remedy).
TEXTS: dict[str, tuple[str, str]] = {
    "ledger.value_balance": ("", "Debit and credit of an entry must be equal."),
    "ledger.unit_conservation": ("", "Goods come from somewhere and go somewhere: post both places."),
    "ledger.company_currency": ("", "In the company's own currency amount and value are one figure."),
    "ledger.memo_value": ("", "Memo accounts count; they carry no value."),
    "ledger.zero_together": (
        "value would stay where nothing is left",
        "The last piece takes all value that is left.",
    ),
    "ledger.value_sign": (
        "value would have the opposite sign of its quantity",
        "Look at the cost of this item.",
    ),
    "ledger.guard": ("there is not enough left", "Take less, or free what others hold."),
    "ledger.frozen_before": ("", "Date it after the count."),
    "ledger.dated_floor": ("", "Choose a later date, or first enter what arrived before."),
    "ledger.reversal_once": ("", "An entry is reversed once, by its exact negation."),
    "ledger.hold_spent": ("", "Take no more than the hold has left."),
    "ledger.period_closed": ("", "Choose a day in an open period, or re-open this one."),
    "ledger.account_shape": ("", "Give the parts this account requires."),
    "ledger.cross_company": ("", "An entry never spans companies."),
    "ledger.append_only": ("", "Entries are reversed, never changed."),
    "ledger.idempotency": ("", "Use a new key for another effect."),
    "ledger.source_once": ("this document has posted this event already", "Nothing needs to be done again."),
    "ledger.whole_entry": ("", "Give header and lines 1..n in one statement."),
    "ledger.header": ("", "Header and postings must agree."),
    "ledger.unit_once": ("an item or a unit has this code, or had it", "Choose another one."),
    "ledger.empty_posting": ("a posting moves nothing", "Leave it out."),
    "ledger.size": ("a figure is too large", "No figure may pass 10^15 steps."),
    "platform.frozen": ("", "Reverse it and enter it anew."),
    "platform.append_only": ("", "Rows of this table are only added."),
    "access.company": ("", "Set company and actor by work()."),
    "access.above": ("", "Ask an owner."),
    "access.last_owner": ("", "Make somebody else an owner first."),
}
_RAW = (
    "new row for relation",
    "duplicate key value",
    "update or delete on table",
    "insert or update on table",
    "conflicting key value",
)
_TOO_MUCH = ("22001", "22003", "22008")  # SQLSTATE: a text, a figure, a day that its column does not take
_BUSY = {"40001", "40P01", "55P03"}


def register(texts: dict[str, tuple[str, str]]) -> None:
    """Add a domain's constraint codes with their message ("" = the database's own) and remedy."""
    TEXTS.update(texts)


def refusal_from(exc: BaseException) -> Refusal | Busy | None:
    """The Refusal (or Busy) behind a database error, or None where it is a failure and no refusal."""
    diag, state = _diag(exc)
    if state in _BUSY:
        return Busy()
    if state in _TOO_MUCH:
        return Refusal("platform.value", "a text is too long, or a figure too large", "Write less of it.")
    code = getattr(diag, "constraint_name", None) if diag is not None else None
    if not code or "." not in code:
        return None
    text, remedy = TEXTS.get(code, ("", ""))
    message = getattr(diag, "message_primary", None) or str(exc).splitlines()[0]
    if text and message.startswith(_RAW):  # the database's own words are for machines
        message = text
    remedy = getattr(diag, "message_hint", None) or remedy
    return Refusal(code, message, remedy, getattr(diag, "table_name", None) or "")


def _diag(exc: BaseException | None) -> tuple[Any, str | None]:
    seen = 0
    while exc is not None and seen < 5:
        diag = getattr(exc, "diag", None)
        if diag is not None:
            return diag, getattr(exc, "sqlstate", None)
        exc, seen = exc.__cause__, seen + 1
    return None, None
