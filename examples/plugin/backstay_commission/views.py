"""What people see of commission."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import Resource

COMMISSIONS = Resource(
    model="commission.Commission",
    names=(_("Commission"), _("Commissions")),
    menu=("Trade", _("Commission"), "users"),
    columns=("number", "agent", "invoice", "earned_on", "state", "net", "percent", "amount"),
    views={_("This month"): "f=earned_on:within:month"},
    acts=("reverse",),
)
AGREEMENTS = Resource(
    model="commission.Agreement",
    names=(_("Agreement"), _("Agreements")),
    columns=("customer", "agent", "percent"),
    form=("customer", "agent", "percent"),
)
