"""What people see of items."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Lines, Resource

LABELS.update(
    {
        "catalog.Item.tax_class": (
            _("Tax class"),
            _("Which rate applies: standard, reduced, zero or exempt."),
        ),
        "catalog.Item.category": (_("Category"), _("May send sales and stock to accounts of its own.")),
        "catalog.Item.kind": (_("Kind"), _("Goods have stock; services have none. It stays for ever.")),
        "catalog.Item.name": (_("Name"), _("As customers read it on orders and invoices.")),
        "sku": (_("SKU"), _("Your short number for it; no two items share one.")),
        "uom": (_("Unit"), ""),
        "catalog.Item.uom": (_("Unit"), _("What one of it is: prices and quantities are per this unit.")),
        "scale": (_("Decimals"), _("Decimal places of its quantity; it stays for ever.")),
        "sales_price": (_("Sales price"), _("Net, per unit.")),
        "purchase_price": (_("Purchase price"), _("Net, per unit.")),
        "barcode": (_("Barcode"), _("GTIN of 8, 12, 13 or 14 digits.")),
        "item": (_("Item"), ""),
        "quantity": (_("Quantity"), ""),
        "unit_price": (_("Price"), ""),
        "discount": (_("Disc."), ""),
        "percent": (_("Tax %"), ""),
        "position": (_("Line"), ""),
        "catalog.PriceList.code": (_("Code"), _("Your short name for it; no two lists share one.")),
        "catalog.PriceList.name": (_("Name"), _("As your clerks know it, e.g. Wholesale 2027.")),
        "catalog.PriceList.currency": (
            _("Currency"),
            _(
                "Three letters, e.g. EUR; empty: that of your books. Orders take prices from lists in it alone."
            ),
        ),
        "catalog.PriceList.parent": (
            _("Builds on"),
            _("Says what this list does not; without one, the item's sales price does."),
        ),
        "catalog.PriceList.discount": (
            _("Discount %"),
            _("Comes off every price that this list does not say itself."),
        ),
        "catalog.PriceList.standard": (
            _("For everybody"),
            _("For who has no list of his own; one list a currency."),
        ),
        "catalog.Price.from_quantity": (_("From quantity"), _("In the item's own unit; empty: any.")),
        "catalog.Price.price": (_("Price"), _("Net, per unit.")),
        "catalog.Price.since_on": (_("From day"), _("Empty: always.")),
        "catalog.Price.until_on": (_("Until day"), _("This day included; empty: until further notice.")),
        "catalog.PriceAgreement.party": (_("Customer"), _("Who buys at these prices.")),
        "catalog.PriceAgreement.since_on": (
            _("From day"),
            _("Orders of this day and later take its prices."),
        ),
        "catalog.PriceAgreement.price_list": (
            _("Price list"),
            _("What it lacks, the list it builds on says."),
        ),
        "catalog.PriceAgreement.until_on": (
            _("Until day"),
            _("This day included; empty: until further notice."),
        ),
    }
)

ITEMS = Resource(
    path="catalog/items",
    model="catalog.Item",
    names=(_("Item"), _("Items")),
    menu=("Trade", _("Items"), "tag"),
    columns=("name", "sku", "kind", "category", "uom", "on_hand", "sales_price", "purchase_price"),
    views={_("Goods"): "f=kind:is:goods", _("Services"): "f=kind:is:service", _("Archived"): "f=is:archived"},
    form=(
        "name",
        "sku",
        "kind",
        "category",
        "uom",
        "scale:whole",
        "sales_price",
        "purchase_price",
        "tax_class",
        "barcode",
    ),
    acts={"create": "create_items", "change": "edit_items", "archive": "archive_items"},
    search=("name",),
)

PRICE_LISTS = Resource(
    path="catalog/price-lists",
    model="catalog.PriceList",
    names=(_("Price list"), _("Price lists")),
    columns=("name", "code", "currency", "parent", "discount:percent", "standard"),
    views={_("In use"): "f=is:in_use", _("For everybody"): "f=standard:is:1", _("Archived"): "f=is:archived"},
    form=("code", "name", "currency", "parent", "discount:percent", "standard"),
    lines=Lines("catalog.Price", ("item", "from_quantity", "price", "since_on", "until_on")),
    acts={"create": "create_price_lists", "change": "edit_price_lists", "archive": "archive_price_lists"},
    search=("name",),
)
PRICE_AGREEMENTS = Resource(
    path="catalog/price-agreements",
    model="catalog.PriceAgreement",
    names=(_("Price agreement"), _("Price agreements")),
    columns=("party", "price_list", "since_on", "until_on"),
    views={_("Current"): "f=is:current", _("Ended"): "f=is:ended"},
    form=("party", "price_list", "since_on", "until_on"),
    acts={"create": "create_price_agreements", "change": "change_price_agreements"},
)
