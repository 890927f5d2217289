"""What people see of parties."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "parties.Party.phone": (_("Phone"), _("For a quick question; it stands on no paper.")),
        "parties.Party.kind": (_("Kind"), _("A person, or a company or authority.")),
        "parties.Party.name": (_("Name"), _("As it stands on papers.")),
        "party": (_("Party"), ""),
        "parties.Party.code": (_("Number"), _("Your number for it; it may stay empty.")),
        "parties.Party.roles": (
            _("It is"),
            _("Customers can be sold to, suppliers bought from; one party can be both."),
        ),
        "parties.Party.tax_id": (_("Tax number"), _("VAT number with its country, e.g. DE812446903.")),
        "parties.Party.payment_days": (_("Payment days"), _("Days after the invoice until it is due.")),
        "parties.Party.tax_treatment": (
            _("Tax treatment"),
            _("Domestic as a rule; EU and export for business customers abroad."),
        ),
        "parties.Party.email": (_("Mail"), _("Invoices go here.")),
        "parties.Party.language": (
            _("Language of papers"),
            _("Invoices are written in it; left out, in your company's."),
        ),
        "credit_limit": (_("Credit limit"), _("What it may owe at most, confirmed orders included.")),
    }
)
FORM = (
    "name",
    "kind",
    "roles:customer,supplier,employee,carrier,other",
    "code",
    "tax_id",
    "email",
    "phone",
    "language:en,de",
    "payment_days",
    "tax_treatment",
)

PARTIES = Resource(
    path="parties/parties",
    model="parties.Party",
    names=(_("Party"), _("Parties")),
    menu=("Trade", _("Parties"), "building-store"),
    columns=("name", "code", "city", "email", "phone", "payment_days", "credit_limit:money"),
    views={
        _("Customers"): "f=is:customers",
        _("Suppliers"): "f=is:suppliers",
        _("Archived"): "f=is:archived",
    },
    form=FORM,
    lines=Lines("parties.Address", ("kind", "street", "postal_code", "city", "country")),
    acts={"create": "create_parties", "change": "edit_parties", "archive": "archive_parties"},
    search=("name",),
)
