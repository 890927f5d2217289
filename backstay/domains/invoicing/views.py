"""What people see of invoices and bills."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "invoicing.Bill.reference": (_("Reference"), _("Your order or project, to find it again.")),
        "invoicing.Invoice.reference": (
            _("Their reference"),
            _("Order number of the customer; it stands on the invoice."),
        ),
        "invoicing.Bill.party": (_("Supplier"), _("Type a few letters of name or number.")),
        "invoicing.Invoice.party": (_("Customer"), _("Type a few letters of name or number.")),
        "issued_on": (_("Date"), _("The day on the paper; tax is due by it.")),
        "due_on": (_("Due"), _("Empty: by the payment days of the party.")),
        "standing": (_("State"), ""),
        "open": (_("Open"), ""),
        "supplier_number": (_("Their number"), _("As printed on the bill.")),
        "total": (_("Total on the paper"), _("Compared with what the lines come to.")),
        "invoicing.InvoiceLine.text": (_("Text"), ""),
        "tax_class": (_("Tax class"), ""),
    }
)
GRID = ("item", "text", "quantity", "unit_price", "discount:percent")

INVOICES = Resource(
    path="invoicing/invoices",
    model="invoicing.Invoice",
    names=(_("Invoice"), _("Invoices")),
    menu=("Trade", _("Sales"), "receipt"),
    columns=("number", "party", "issued_on", "due_on", "standing", "gross:money", "open:money", "reference"),
    views={_("Open"): "f=is:open", _("Overdue"): "f=is:overdue", _("This month"): "f=issued_on:within:month",
           _("Credit notes"): "f=kind:is:credit_note", _("Reversed"): "f=state:is:reversed"},
    form=("party", "issued_on", "due_on", "reference", "note"),
    lines=Lines("invoicing.InvoiceLine", GRID, ("percent", "net:money")),
    acts={"create": "issue_invoices", "credit": "credit_invoices", "reverse": "reverse_invoices"},
    search=("party", "reference"),
    calendar="due_on",
)  # fmt: skip
BILLS = Resource(
    path="invoicing/bills",
    model="invoicing.Bill",
    names=(_("Bill"), _("Bills")),
    menu=("Trade", _("Purchasing"), "file-invoice"),
    columns=("number", "party", "supplier_number", "issued_on", "due_on", "standing", "gross:money", "open:money"),
    views={_("Open"): "f=is:open", _("Overdue"): "f=is:overdue", _("This month"): "f=issued_on:within:month",
           _("Debit notes"): "f=kind:is:debit_note", _("Reversed"): "f=state:is:reversed"},
    form=("party", "supplier_number", "issued_on", "due_on", "total:money", "reference", "note"),
    lines=Lines("invoicing.BillLine", (*GRID, "account"), ("percent", "net:money")),
    acts={"create": "enter_bills", "reverse": "reverse_bills"},
    search=("party", "supplier_number"),
    calendar="due_on",
)  # fmt: skip
