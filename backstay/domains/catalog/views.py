"""What people see of items."""

from django.utils.translation import gettext_noop as _

from backstay.platform.resources import LABELS, Resource

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
