"""What people see of payments."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "paid_on": (_("Date"), ""),
        "way": (_("Way"), ""),
        "bank_account": (_("Bank account"), ""),
        "method": (_("Method"), ""),
        "amount": (_("Amount"), ""),
        "fee": (_("Fee"), _("What the bank kept of it.")),
        "unallocated": (_("Not allocated"), ""),
        "banking.PaymentLine.item": (_("Settles"), ""),
    }
)

PAYMENTS = Resource(
    path="banking/payments",
    model="banking.Payment",
    names=(_("Payment"), _("Payments")),
    menu=("Books", _("Banking"), "cash"),
    columns=("number", "party", "paid_on", "way", "state", "amount:money", "unallocated:money", "bank_account", "reference"),
    views={_("Received"): "f=way:is:in", _("Paid"): "f=way:is:out", _("On their way"): "f=state:is:ordered", _("This month"): "f=paid_on:within:month",
           _("Not allocated"): "f=unallocated:min:0.01"},
    form=("party", "way", "on:date", "bank_account", "amount:money", "fee:money", "reference"),
    lines=Lines("banking.PaymentLine", (), ("item", "amount:money", "difference:money", "reason")),
    acts={"create": "record_payments", "settle": "settle_payments", "reverse": "reverse_payments"},
    search=("party",),
)  # fmt: skip
