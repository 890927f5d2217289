"""Who gets how much of which customer's invoices, and what was earned so."""

from typing import ClassVar

from django.db.models import BigIntegerField, DateField, DecimalField, UniqueConstraint
from django.utils.translation import gettext_noop as _

from backstay.platform.records import Document, Record, States, positive, refers


class Agreement(Record):
    """An agent gets a share of the net of a customer's invoices."""

    customer = refers("parties.Party", verbose_name=_("Customer"))
    agent = refers("parties.Party", verbose_name=_("Agent"))
    percent = positive(_("Percent"), 5, 2)

    class Meta:
        constraints: ClassVar = [
            UniqueConstraint(fields=["company_id", "customer", "agent"], name="commission.agreement_once")
        ]


class Commission(Document):
    """What an agent earned by one invoice; of a credit note it is below nothing."""

    agent = refers("parties.Party", verbose_name=_("Agent"))
    invoice = refers("invoicing.Invoice", verbose_name=_("Invoice"))
    earned_on = DateField(_("Earned"))
    percent = DecimalField(_("Percent"), max_digits=5, decimal_places=2)
    net = BigIntegerField()
    amount = BigIntegerField()
    state = States(post="draft > posted", reverse="posted > reversed")
