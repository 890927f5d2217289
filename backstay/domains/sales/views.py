"""What people see of sales."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "ordered_on": (_("Order date"), _("The day the customer ordered.")),
        "required_on": (_("Deliver on"), _("What you promised; late orders are shown on the first page.")),
        "valid_until": (_("Valid until"), _("A quotation that has lapsed is not confirmed.")),
        "sales.Order.party": (_("Customer"), _("Type a few letters of name or number.")),
        "sales.Order.reference": (
            _("Their reference"),
            _("Order number of the customer; it stands on the invoice."),
        ),
        "sales.Order.place": (_("Ship from"), _("The warehouse whose stock is held for it.")),
        "delivery": (_("Shipped"), ""),
        "sales.Order.credit": (_("Credit note"), _("Makes the credit note for what was invoiced, too.")),
        "billing": (_("Invoiced"), ""),
        "sales.Order.minutes": (
            _("Minutes"),
            _("So long nobody else gets the goods; empty: as the settings say."),
        ),
        "free": (_("Free"), ""),
        "reserved_until": (_("Reserved until"), _("So long nobody else gets the goods of this quotation.")),
        "ordered": (_("Ordered"), _("In the item's own unit, as what follows.")),
        "shipped": (_("Shipped"), ""),
        "invoiced": (_("Invoiced"), ""),
        "returned": (_("Returned"), ""),
    }
)

ORDERS = Resource(
    path="sales/orders",
    model="sales.Order",
    names=(_("Sales order"), _("Sales orders")),
    menu=("Trade", _("Sales"), "clipboard-list"),
    columns=("number", "party", "ordered_on", "required_on", "state", "gross:money", "delivery", "billing", "reference"),
    views={_("Open"): "f=is:unfinished", _("Quotations"): "f=state:is:quotation", _("To ship"): "f=is:to_ship",
           _("To invoice"): "f=is:to_invoice", _("Late"): "f=is:late"},
    form=("party", "reference", "ordered_on", "required_on", "valid_until", "place", "note"),
    lines=Lines("sales.OrderLine", ("item", "quantity", "unit_price", "discount:percent"), ("uom", "free", "percent", "net:money")),
    acts={"create": "create_quotations", "change": "change_quotations", "confirm": "confirm_orders", "reserve": "reserve_quotations", "ship": "ship_orders",
          "invoice": "invoice_orders", "return": "return_goods", "close": "close_orders", "cancel": "cancel_orders"},
    search=("party", "reference"),
    calendar="required_on",
)  # fmt: skip
