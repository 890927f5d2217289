"""What is bought and sold: goods and services, their units of measure, their categories, what they cost for whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_noop as _

from backstay.platform.records import Record, refers


class Uom(Record):
    """A unit of measure by its UN/ECE Recommendation 20 code. ``numerator/denominator`` of the kind's base unit."""

    code = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, default="count")
    numerator = models.BigIntegerField(default=1)
    denominator = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code"], name="catalog.uom_once"),
            models.CheckConstraint(
                condition=models.Q(numerator__gt=0, denominator__gt=0), name="catalog.uom_factor"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Category(Record):
    """A category of items; it may send sales, cost and stock to accounts of its own."""

    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, blank=True, db_constraint=False, on_delete=models.PROTECT)
    costing = models.CharField(max_length=10, default="average")
    tax_class = models.CharField(max_length=10, default="standard")
    sales_account = models.ForeignKey(
        "ledger.Account",
        null=True,
        blank=True,
        db_constraint=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    cogs_account = models.ForeignKey(
        "ledger.Account",
        null=True,
        blank=True,
        db_constraint=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    stock_account = models.ForeignKey(
        "ledger.Account",
        null=True,
        blank=True,
        db_constraint=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name_plural = "categories"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "name"], name="catalog.category_once"),
            models.CheckConstraint(condition=models.Q(costing="average"), name="catalog.costing"),
        ]

    def __str__(self) -> str:
        return self.name


class Item(Record):
    """Goods (counted in a ledger unit of their own) or a service. Prices per ``uom``, in the company's currency."""

    sku = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, default="goods")
    category = models.ForeignKey(
        Category, null=True, blank=True, db_constraint=False, on_delete=models.PROTECT
    )
    unit = models.ForeignKey(
        "ledger.Unit", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    uom = models.ForeignKey(Uom, db_constraint=False, on_delete=models.PROTECT)
    sales_price = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    purchase_price = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    tax_class = models.CharField(max_length=10, default="standard")
    barcode = models.CharField(max_length=14, null=True, blank=True)
    weight = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "sku"], name="catalog.sku_once"),
            models.UniqueConstraint(fields=["company_id", "barcode"], name="catalog.barcode_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["goods", "service"]), name="catalog.kind"),
            models.CheckConstraint(
                condition=models.Q(kind="service", unit=None) | models.Q(kind="goods", unit__isnull=False),
                name="catalog.goods_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(tax_class__in=["standard", "reduced", "zero", "exempt"]),
                name="catalog.tax_class",
            ),
            models.CheckConstraint(
                condition=models.Q(sales_price__gte=0, purchase_price__gte=0), name="catalog.price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class ItemUom(Record):
    """Another unit an item is traded in: one of it is ``numerator/denominator`` of the item's own unit."""

    item = models.ForeignKey(Item, db_constraint=False, on_delete=models.PROTECT, related_name="uoms")
    uom = models.ForeignKey(Uom, db_constraint=False, on_delete=models.PROTECT)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "item", "uom"], name="catalog.item_uom_once"),
            models.CheckConstraint(
                condition=models.Q(numerator__gt=0, denominator__gt=0), name="catalog.item_uom_factor"
            ),
        ]


class PriceList(Record):
    """Sales prices in a currency (ISO 4217). What it does not say, the list it builds on says, and in the end the item
    itself; ``discount`` (0.1 is 10 %) comes off what was said there. ``standard``: for everybody who has no list."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    parent = refers("catalog.PriceList", null=True, blank=True, verbose_name=_("Builds on"))
    discount = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    standard = models.BooleanField(default=False)
    archived_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company_id", "code"], name="catalog.price_list_once"),
            models.UniqueConstraint(
                fields=["company_id", "currency"],
                condition=models.Q(standard=True),
                name="catalog.standard_list_once",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="catalog.price_list_currency_code"
            ),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=1), name="catalog.price_list_discount"
            ),
            models.CheckConstraint(
                condition=models.Q(archived_on=None) | models.Q(standard=False),
                name="catalog.standard_list_in_use",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Price(Record):
    """What one of an item costs from a quantity on (both in its own unit), from a day to a day, both included."""

    price_list = refers("catalog.PriceList", related_name="prices")
    item = refers("catalog.Item")
    from_quantity = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(price__gte=0, from_quantity__gte=0), name="catalog.list_price"
            ),
            models.CheckConstraint(
                condition=models.Q(since_on=None)
                | models.Q(until_on=None)
                | models.Q(until_on__gte=models.F("since_on")),
                name="catalog.price_span",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["price_list", "item"], name="price_of_item")]


class PriceAgreement(Record):
    """A customer has a price list, from a day to a day."""

    party = refers("parties.Party", verbose_name=_("Customer"))
    price_list = refers("catalog.PriceList", verbose_name=_("Price list"))
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("since_on")),
                name="catalog.agreement_span",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.price_list}"
