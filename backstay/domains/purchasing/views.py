"""What people see of purchases."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "purchasing.Order.debit": (
            _("Debit note"),
            _("Number of the supplier's credit note; empty when it is still to come."),
        ),
        "document_on": (_("Delivery note of"), _("The day on the supplier's paper, when it differs.")),
        "purchasing.Order.ordered_on": (_("Order date"), _("Prices count from this day.")),
        "expected_on": (
            _("Expected on"),
            _("When the supplier promised it; late orders are shown on the first page."),
        ),
        "purchasing.Order.party": (_("Supplier"), _("Type a few letters of name or number.")),
        "purchasing.Order.reference": (_("Their reference"), _("The supplier's offer or confirmation.")),
        "purchasing.Order.place": (_("Deliver to"), _("The warehouse that takes it in.")),
        "arrival": (_("Received"), ""),
        "billed_state": (_("Billed"), ""),
        "accept": (_("Why it is taken"), _("Where price or quantity differ from the order.")),
    }
)

ORDERS = Resource(
    path="purchasing/orders",
    model="purchasing.Order",
    names=(_("Purchase order"), _("Purchase orders")),
    menu=("Trade", _("Purchasing"), "shopping-cart"),
    columns=("number", "party", "ordered_on", "expected_on", "state", "net:money", "arrival", "billed_state", "reference"),
    views={_("Open"): "f=is:unfinished", _("Drafts"): "f=state:is:draft", _("To receive"): "f=is:to_receive",
           _("To bill"): "f=is:to_bill", _("Late"): "f=is:late"},
    form=("party", "reference", "ordered_on", "expected_on", "place", "note"),
    lines=Lines("purchasing.OrderLine", ("item", "quantity", "unit_price", "discount:percent"), ("uom", "net:money")),
    acts={"create": "create_orders", "change": "change_orders", "confirm": "confirm_orders", "receive": "receive_orders",
          "bill": "bill_orders", "return": "return_goods", "close": "close_orders", "cancel": "cancel_orders"},
    search=("party", "reference"),
    calendar="expected_on",
)  # fmt: skip
