"""The roles every company begins with, and what one person must not do twice: one table each, read as it stands.

A company may change a role or add its own (``platform_role``); what is not changed there is what stands here, so a new
version brings the rights of new screens with it. ``-field`` hides a field, ``=field`` lets it be read only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from backstay.base.rights import NOTHING, SYSTEM, Right, Rights, right_of

n = gettext_noop
NAMES = {
    "owner": n("Owner"), "accountant": n("Accountant"), "sales": n("Sales"), "buyer": n("Buyer"), "warehouse": n("Warehouse"), "hr": n("HR"),
    "service": n("Service"), "auditor": n("Auditor"), "external": n("External"),
}  # fmt: skip
TIMED = ("external",)  # given until a day, never for good

# role | resources | acts | scope | fields
TABLE = """
owner      | *                        | *                                  | company |
accountant | accounting.company       | read                               | company |
accountant | accounting.journalentry  | *                                  | company |
accountant | accounting.account       | read create                        | company |
accountant | accounting.period        | read open close                    | company |
accountant | accounting.year          | close                              | company |
accountant | tax.*                    | *                                  | company |
accountant | invoicing.*              | *                                  | company |
accountant | banking.payment          | read create post order settle unsettle reverse | company |
accountant | banking.paymentrun       | read create reverse                | company |
accountant | banking.statement*       | *                                  | company |
accountant | banking.bankaccount      | read create change                 | company |
accountant | banking.partyaccount     | read                               | company |
accountant | parties.party            | read change archive                | company |
accountant | catalog.item             | read                               | company |
accountant | catalog.price*           | read                               | company |
accountant | sales.order              | read invoice accrue                | company |
accountant | purchasing.order         | read bill accept_unbilled          | company |
accountant | inventory.*              | read                               | company |
accountant | inventory.write_down     | post                               | company |
accountant | projects.*               | read                               | company |
accountant | projects.project         | invoice                            | company |
accountant | report*                  | read                               | company |
accountant | access.duty              | read                               | company |
accountant | *                        | comment                            | company |
sales      | parties.party            | read create change archive         | company |
sales      | parties.consent          | record                             | company |
sales      | catalog.item             | read                               | company |
sales      | catalog.price*           | *                                  | company |
sales      | sales.order              | *                                  | company |
sales      | invoicing.invoice        | read create post credit send       | company |
sales      | inventory.shipment       | read post track untrack            | company |
sales      | inventory.carrier        | read                               | company |
sales      | inventory.receipt        | read post                          | company |
sales      | projects.project         | read                               | company |
sales      | report                   | read                               | company |
sales      | report.sales             | read                               | company |
sales      | report.receivables       | read                               | company |
sales      | *                        | comment                            | company |
buyer      | parties.party            | read create change archive         | company |
buyer      | banking.partyaccount     | read create set                    | company |
buyer      | catalog.item             | *                                  | company |
buyer      | catalog.category         | *                                  | company |
buyer      | catalog.price*           | read                               | company |
buyer      | purchasing.order         | read create change confirm receive return close cancel | company |
buyer      | invoicing.bill           | read                               | company |
buyer      | inventory.receipt        | read post                          | company |
buyer      | inventory.shipment       | read post track untrack            | company |
buyer      | inventory.carrier        | read                               | company |
buyer      | report                   | read                               | company |
buyer      | report.purchases         | read                               | company |
buyer      | report.stock*            | read                               | company |
buyer      | *                        | comment                            | company |
warehouse  | parties.party            | read                               | company | -credit_limit -tax_id
warehouse  | catalog.item             | read                               | company | -sales_price -purchase_price
warehouse  | sales.order              | read ship return                   | company | -net -tax -gross -unit_price -discount
warehouse  | purchasing.order         | read receive return                | company | -net -tax -gross -unit_price
warehouse  | inventory.*              | *                                  | company |
warehouse  | *                        | comment                            | company |
hr         | parties.party            | read                               | company | -credit_limit
hr         | projects.*               | read                               | company |
hr         | projects.timesheet       | *                                  | company |
hr         | access.membership        | read                               | company |
hr         | *                        | comment                            | company |
service    | parties.party            | read                               | company | -credit_limit =name
service    | catalog.item             | read                               | company | -purchase_price
service    | catalog.price*           | read                               | company |
service    | sales.order              | read                               | company |
service    | inventory.shipment       | read                               | company |
service    | projects.project         | read                               | company |
service    | projects.task            | *                                  | company |
service    | projects.timesheet       | read                               | team    |
service    | projects.timesheet       | create change post                 | own     |
service    | *                        | comment                            | company |
auditor    | *                        | read                               | company |
external   | accounting.*             | read                               | company |
external   | invoicing.*              | read                               | company |
external   | banking.payment*         | read                               | company |
external   | banking.statement*       | read                               | company |
external   | parties.party            | read                               | company |
external   | catalog.item             | read                               | company |
external   | report*                  | read                               | company |
"""


@dataclass(frozen=True, slots=True)
class Duty:
    """Two acts that one person does not both do to the same object: ``second`` is refused to who did ``first``.

    ``event``: what the audit calls the first one, of its kind; "" where it is called as the act is. ``own``: the company
    added it.
    """

    code: str
    first: str
    event: str
    second: str
    why: str
    own: bool = False

    @property
    def kind(self) -> str:
        """The kind of object both are about."""
        return self.first.rpartition(".")[0]


DUTIES = (
    Duty("supplier_pay", "parties.party.create", "create", "banking.payment.order", n("Who makes a supplier does not pay it.")),
    Duty("account_pay", "banking.partyaccount.set", "set", "banking.payment.order", n("Who says where a supplier is paid does not pay it.")),
    Duty("payment_release", "banking.paymentrun.create", "order", "banking.paymentrun.file", n("Who enters payments does not release them to the bank.")),
    Duty("bill_approve", "invoicing.bill.post", "post", "purchasing.order.allow_payment", n("Who enters a bill does not let it be paid before the goods.")),
)  # fmt: skip


def duties_of(settings: Mapping[str, Any]) -> tuple[Duty, ...]:
    """What one person does not both do in a company: what stands here, and the pairs it added to its settings."""
    added = settings.get("duties") or ()
    return (*DUTIES, *(Duty(d["code"], d["first"], "", d["second"], d["why"], True) for d in added))


@cache
def defaults() -> dict[str, tuple[Right, ...]]:
    """The default roles: code → rights."""
    made: dict[str, list[Right]] = {name: [] for name in NAMES}
    for line in TABLE.strip().splitlines():
        role, resources, acts, scope, fields = (part.strip() for part in line.split("|"))
        told = fields.split()
        hidden, fixed = (tuple(f[1:] for f in told if f[0] == sign) for sign in "-=")
        made[role].append(Right(resources, tuple(acts.split()), scope, hidden, fixed))
    return {name: tuple(rights) for name, rights in made.items()}


@lru_cache(maxsize=2048)
def rights_of(told: str | None) -> Rights:
    """The rights behind what the database tells of an actor (``rights_of`` there): his roles, as this company has them,
    and his team. The same text is worked out once."""
    if not told:
        return NOTHING
    found = json.loads(told)
    if found == "system":
        return SYSTEM
    held: list[Right] = []
    for code, rights in found["roles"]:
        held += defaults().get(code, ()) if rights is None else map(right_of, rights)
    return Rights(held, [code for code, _ in found["roles"]], found["team"])
