"""Payment runs for programs: what could be paid, a run of chosen items, its file for the bank.

What the screens guard by asking anew who sits there is here an ``explicit`` operation: a token whose scopes name it by a
wildcard does not reach it. Rights, and what one person does not both do, are those of the screens.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field as Told
from pydantic import StringConstraints

from backstay.base.money import from_steps
from backstay.domains.banking import processes as banking
from backstay.domains.banking.queries import bank_accounts
from backstay.interfaces.api.problems import Problem
from backstay.interfaces.api.reading import shown
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import Closed, Day, Ident, Money, Reference, detail_type
from backstay.interfaces.api.values import money
from backstay.interfaces.edi.pain import VERSIONS, payment_file
from backstay.interfaces.web.resource import found
from backstay.platform import access
from backstay.platform.context import Ctx

PATH = "banking/runs"
CREATE, FILE = "banking.paymentrun.create", "banking.paymentrun.file"
MOST = 5_000  # items of a run
Item = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Until(Schema):
    """What is due by when."""

    until: Day | None = Told(default=None, description="Due by this day; a week from today without it.")


class Payable(Schema):
    """Something that could be paid. ``amount``: what we owe; below zero for a credit note, which is set off. ``iban``: null where
    nobody said where the supplier is paid: such an item cannot be in a run."""

    item: str
    number: str
    party: Reference
    due_on: date | None
    amount: Money
    iban: str | None


class Payables(Schema):
    """By supplier and day."""

    data: list[Payable]


class RunNew(Closed):
    """A run. ``items``: those of ``GET /banking/payable``, each wholly; ``on``: the day the bank pays, today without it."""

    bank_account: Ident
    items: Annotated[list[Item], Told(min_length=1, max_length=MOST)]
    on: Day | None = None


class Version(Schema):
    """Which pain.001 the bank takes."""

    version: Literal[tuple(VERSIONS)] = Told(default="09", description="001.001.09 or 001.001.03.")  # type: ignore[valid-type]


def payable(ctx: Ctx, request: HttpRequest, query: Until) -> HttpResponse:
    """Open items of suppliers that are due, credit notes among them."""
    access.require_whole(ctx, CREATE)
    due = banking.due_items(ctx, query.until or ctx.today + timedelta(days=7))
    return respond({"data": [_told(ctx, each) for each in due]})


def _told(ctx: Ctx, each: dict[str, Any]) -> dict[str, Any]:
    return {
        "item": each["item"], "number": each["number"], "party": {"id": each["party_id"], "title": each["party"], "resource": "parties/parties"},
        "due_on": each["due_on"].isoformat() if each["due_on"] else None, "amount": money(ctx, from_steps(each["amount"], ctx.scale)),
        "iban": each["iban"] or None,
    }  # fmt: skip


def create(ctx: Ctx, request: HttpRequest, body: RunNew) -> HttpResponse:
    """Order payments of the items, one per supplier."""
    resource = found(ctx, PATH)
    access.require_whole(ctx, CREATE)
    if body.bank_account not in {account.pk for account in bank_accounts(ctx)}:
        raise Problem(422, "api.invalid", "there is no such bank account", "Name the id of one.", [("/bank_account", "There is no such one.")])  # fmt: skip
    chosen = banking.chosen_items(ctx, body.items)
    known = {item for items in chosen.values() for item, _amount in items}
    if wrong := [
        (f"/items/{n}", "Nothing is owed on it.") for n, item in enumerate(body.items) if item not in known
    ]:
        raise Problem(422, "api.invalid", f"nothing is owed on {len(wrong)} of the items", "Ask GET /banking/payable again.", wrong[:100])  # fmt: skip
    draft = banking.RunDraft(body.bank_account, body.on or ctx.today, tuple(chosen.items()))
    (made,) = banking.create_runs(ctx, [draft])
    return shown(ctx, resource, made.id, None, 201, Location=f"/api/v1/{PATH}/{made.id}")


def file(ctx: Ctx, request: HttpRequest, id: int, query: Version) -> HttpResponse:
    """The run as pain.001: who entered it does not get it, where somebody else could."""
    name, content = payment_file(ctx, id, query.version)
    mark = "PRACTICE-DO-NOT-SEND-" if ctx.settings.get("practice") else ""
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{mark}{name}"'
    return response


TAG = "Banking"
EXPLICIT = "The token's scopes name this act by its name: a wildcard does not reach it."
operation(
    "GET", "/banking/payable", payable, "listPayable", CREATE, answers={200: Payables}, query=Until, summary="What could be paid", tag=TAG,
    says=EXPLICIT, explicit=True,
)  # fmt: skip
operation(
    "POST", f"/{PATH}", create, "createBankingPaymentRun", CREATE, answers={201: detail_type(PATH)}, body=RunNew, summary="Make a payment run",
    tag=TAG, says=f"Each item wholly, one payment per supplier, credit notes set off. {EXPLICIT}", explicit=True,
)  # fmt: skip
operation(
    "GET", f"/{PATH}/{{int:id}}/file", file, "getBankingPaymentRunFile", FILE, answers={200: None}, query=Version, media=("application/xml",),
    summary="The file for the bank", tag=TAG, says=f"As pain.001. {EXPLICIT}", explicit=True,
)  # fmt: skip
