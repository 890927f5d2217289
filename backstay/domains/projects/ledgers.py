"""Hours as the ledger counts them, in hundredths, without value: revenue comes with the invoice (POSTINGS 29)."""

from collections.abc import Sequence
from typing import Any

from backstay.base.money import to_steps
from backstay.ledger.posting import Entry, Line, Sub


def worked(sheet: Any, lines: Sequence[Any]) -> list[Entry]:
    """An entry a day: each line an item to be invoiced, or spent on its project."""
    days: dict[Any, list[Line]] = {}
    for line in lines:
        steps, spent = to_steps(line.hours, 2), Sub("hours_spent", "h", item=f"project:{line.project_id}")
        to = Sub("hours_to_invoice", "h", item=f"time:{line.id}") if line.billable else spent
        pair = (Line(to, steps, 0), Line(Sub("hours_worked", "h", party=sheet.person_id), -steps, 0))
        days.setdefault(line.worked_on, []).extend(pair)
    source = f"projects.timesheet:{sheet.id}"
    return [Entry("general", on, source, f"post.{on}", tuple(days[on])) for on in sorted(days)]


def invoiced(customer: int, lines: Sequence[Any]) -> tuple[Line, ...]:
    """An invoice claims hours; the bound of each line's item lets that happen once."""
    taken = [Line(Sub("hours_to_invoice", "h", item=f"time:{x.id}"), -to_steps(x.hours, 2), 0) for x in lines]
    return (*taken, Line(Sub("hours_invoiced", "h", party=customer), -sum(t.amount for t in taken), 0))
