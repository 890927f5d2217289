"""What the shop asks of Backstay, by the typed client; everything else of the shop goes through here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from backstay_client import Client, Refused
from backstay_client.types import (
    Break,
    CatalogItem,
    InventoryShipment,
    SalesOrder,
    SalesOrderDetail,
    SalesOrderLine,
    SalesOrderNew,
)

PAGE = 24  # items on a page of the catalogue; availability is asked for all of them in one call


class Good(NamedTuple):
    """Something that is sold. ``currency``: that of the books, in which orders are; ``free``: None for a service, of which
    there is always more; ``prices``: from which quantity on one costs what, net, for who asks."""

    id: int
    sku: str
    name: str
    currency: str
    free: Decimal | None
    prices: tuple[tuple[Decimal, Decimal], ...] = ()

    def price(self, quantity: Decimal | int = 1) -> Decimal | None:
        """What one costs of so many; None where no price is said, or none in the currency of orders."""
        told = [price for least, price in self.prices if least <= quantity]
        return told[-1] if told and told[-1] > 0 else None

    @property
    def priced(self) -> bool:
        """Whether it costs something, if only where it is bought by the dozen."""
        return any(price > 0 for _least, price in self.prices)


class Parcel(NamedTuple):
    """Goods that went out or came back: ``lines`` by item id; ``tracking``: (carrier and number, address or "") of each box."""

    number: str
    on: str
    lines: dict[int, Decimal]
    tracking: tuple[tuple[str, str], ...] = ()


class Short(Exception):
    """There is not enough: for each item its name, what is wanted, what is free."""

    def __init__(self, lines: list[tuple[str, Decimal, Decimal]]) -> None:
        super().__init__("; ".join(name for name, _wanted, _free in lines))
        self.lines = lines


def belongs(order: SalesOrderDetail | SalesOrder, party: int) -> bool:
    """Whether it is an order of this customer."""
    whose = order.get("party")
    return whose is not None and whose["id"] == party


def item_of(line: SalesOrderLine) -> tuple[int, str]:
    """Id and name of the item of an order's line."""
    item = line.get("item")
    return (item["id"], item["title"]) if item else (0, "")


def unit_prices(order: SalesOrderDetail) -> dict[int, Decimal]:
    """What one of each item costs in an order, by item id."""
    told = ((item_of(line)[0], line.get("unit_price")) for line in order.get("lines") or [])
    return {item: Decimal(price["amount"]) for item, price in told if price}


def quantities(order: SalesOrderDetail) -> dict[int, Decimal]:
    """What is ordered, by item id."""
    made: dict[int, Decimal] = {}
    for line in order.get("lines") or []:
        item, _name = item_of(line)
        made[item] = made.get(item, Decimal(0)) + Decimal(line.get("quantity") or 0)
    return made


class Books:
    """``place``: the code of the warehouse that sends; ``minutes``: so long a basket is kept at checkout."""

    def __init__(self, client: Client, place: str = "MAIN", minutes: int = 15) -> None:
        self.client, self._place, self.minutes = client, place, minutes
        self.scopes = client.me()["scopes"]

    # ---- the catalogue ----

    def party(self, code: str) -> tuple[int, str]:
        """Id and name of the customer with a code. KeyError without one."""
        for party in self.client.parties_parties.list(code=code, fields="name,roles")["data"]:
            if "customer" in (party.get("roles") or []):
                return party["id"], str(party.get("name"))
        raise KeyError(code)

    def catalogue(
        self, party: int | None, words: str = "", after: str | None = None
    ) -> tuple[list[Good], str | None]:
        """A page of what is sold, with what is free of it and what it costs this customer; and where the next begins."""
        page = self.client.catalog_items.list(q=words or None, after=after, limit=PAGE, sort="name")
        return self._priced(self._offered(page["data"]), party), page.get("next")

    def goods(self, skus: Iterable[str], party: int) -> dict[str, Good]:
        """Those of these SKUs that are sold here, by SKU, with what they cost this customer."""
        wanted = [sku for sku in skus if "," not in sku]
        if not wanted:
            return {}
        told = self.client.shop_availability.get(sku=",".join(wanted), place=self._place)
        free = {row["sku"]: row["free"] for row in told["data"]}
        items = [self.client.catalog_items.get(row["item"]) for row in told["data"]]
        return {good.sku: good for good in self._priced([_good(item, free) for item in items], party)}

    def by_id(self, items: Iterable[int]) -> dict[int, Good]:
        """Items of an order as they are sold now, without prices; without those that are not sold any more."""
        return {
            good.id: good for good in self._offered([self.client.catalog_items.get(item) for item in items])
        }

    def _offered(self, items: Iterable[CatalogItem]) -> list[Good]:
        known = [item for item in items if item.get("sku") and "," not in str(item.get("sku"))]
        if not known:
            return []
        told = self.client.shop_availability.get(
            sku=",".join(str(item.get("sku")) for item in known), place=self._place
        )
        free = {row["sku"]: row["free"] for row in told["data"]}
        return [_good(item, free) for item in known if item.get("sku") in free]

    def _priced(self, goods: list[Good], party: int | None) -> list[Good]:
        """The same with the prices of a customer, by his list; of anybody (None). One call: what more of each costs is told too."""
        if not goods:
            return []
        told = self.client.shop_prices.get(sku=",".join(good.sku for good in goods), party=party)
        breaks = {row["sku"]: row["breaks"] for row in told["data"]}
        return [good._replace(prices=_prices(breaks.get(good.sku, ()), good.currency)) for good in goods]

    # ---- checkout ----

    def quotation(self, party: int, basket: str, wanted: Mapping[Good, int]) -> SalesOrderDetail:
        """A basket as a quotation; Backstay says the prices, by the rule that told them. The key is made of the basket and
        its prices: pressed twice, or sent again, it is the same one."""
        body: SalesOrderNew = {
            "party": party,
            "reference": f"WEB-{basket}",
            "place": self._place,
            "lines": [{"item": good.id, "quantity": str(n)} for good, n in wanted.items()],
        }
        costs = [str(good.price(n)) for good, n in wanted.items()]
        digest = hashlib.sha256(json.dumps([body, costs], sort_keys=True).encode()).hexdigest()
        return self.client.sales_orders.create(body, key=f"basket-{digest}")

    def reserve(self, order: SalesOrderDetail) -> str | None:
        """Keep its goods from others, once more anew; until when, as Backstay says. Raises Short."""
        try:
            done = self.client.sales_orders.reserve(order["id"], {"minutes": self.minutes})
        except Refused as refused:
            raise self._short(order, refused) from refused
        reserved = done["object"]
        return reserved.get("reserved_until") if reserved else None

    def confirm(self, order: SalesOrderDetail) -> SalesOrderDetail:
        """The customer orders. Pressed twice it is done once. Raises Short."""
        try:
            done = self.client.sales_orders.confirm(order["id"], key=f"confirm-{order['id']}")
        except Refused as refused:
            raise self._short(order, refused) from refused
        return done["object"] or self.client.sales_orders.get(order["id"])

    def cancel(self, ident: int) -> None:
        """A quotation that nobody wants any more: what is reserved is free again."""
        self.client.sales_orders.cancel(ident, key=f"cancel-{ident}")

    def _short(self, order: SalesOrderDetail, refused: Refused) -> Exception:
        """Which goods are short, from availability: the refusal's own words name who holds the rest, and are not for customers."""
        if refused.code != "ledger.guard":
            return refused
        wanted = quantities(order)
        goods = self.by_id(wanted)
        short = [
            (good.name, wanted[item], max(good.free, Decimal(0)))
            for item, good in goods.items()
            if good.free is not None and good.free < wanted[item]
        ]
        return Short(short)

    # ---- orders, parcels, returns ----

    def mine(self, party: int) -> list[SalesOrder]:
        """The customer's latest orders, those not made in the shop too."""
        page = self.client.sales_orders.list(party=party, state_not="quotation", sort="-ordered_on", limit=50)
        return page["data"]

    def order(self, ident: int, party: int) -> SalesOrderDetail | None:
        """An order of this customer; nobody sees another's."""
        try:
            found = self.client.sales_orders.get(ident)
        except Refused as refused:
            if refused.status in (403, 404):
                return None
            raise
        return found if belongs(found, party) else None

    def parcels(self, order: SalesOrderDetail, party: int) -> tuple[list[Parcel], list[Parcel]]:
        """What went out for an order, and what came back of it: shipments and receipts carry the order's number."""
        number = order.get("number")
        if not number:
            return [], []
        out, back = self.client.inventory_shipments, self.client.inventory_receipts
        sent = [
            Parcel(
                str(each.get("number")),
                str(each.get("moved_on")),
                _moved(out.get(each["id"])),
                _followed(each),
            )
            for each in out.every(party=party, reference=number, kind="sale", state="posted")
        ]
        came = [
            Parcel(str(each.get("number")), str(each.get("moved_on")), _moved(back.get(each["id"])))
            for each in back.every(party=party, reference=number, kind="return", state="posted")
        ]
        return sent, came

    @property
    def may_return(self) -> bool:
        """Whether the token may book a return; without it the shop can ask for one only."""
        return self._reaches("return")

    def _reaches(self, act: str) -> bool:
        """Whether the token's scopes name an act on orders."""
        for scope in self.scopes:
            kind, _colon, acts = scope.partition(":")
            if kind in ("sales.order", "sales.*", "*") and {act, "*"} & set(acts.split(",")):
                return True
        return False

    def send_back(
        self, order: SalesOrderDetail, lines: Mapping[int, Decimal], reason: str, once: str
    ) -> None:
        """Book goods (by order line) as come back and credited; without the scope, leave the wish as a file of the order."""
        if self.may_return:
            self.client.sales_orders.return_(
                order["id"],
                {
                    "lines": [{"line": line, "quantity": f"{n:f}"} for line, n in lines.items()],
                    "credit": True,
                    "reason": reason or "web shop",
                },
                key=f"return-{order['id']}-{once}",
            )
            return
        names = {line["id"]: item_of(line)[1] for line in order.get("lines") or []}
        text = f"The customer wants to send back, reason: {reason or 'none given'}\n" + "".join(
            f"{n:f} x {names.get(line, line)}\n" for line, n in lines.items()
        )
        name = f"return-wish-{once[:8]}.txt"
        self.client.sales_orders.upload(order["id"], name, text.encode(), key=f"wish-{order['id']}-{once}")


def _good(item: CatalogItem, free: Mapping[str, str | None]) -> Good:
    price, left = item.get("sales_price"), free.get(str(item.get("sku")))
    return Good(
        item["id"], str(item.get("sku")), str(item.get("name")), price["currency"] if price else "",
        None if left is None else Decimal(left),
    )  # fmt: skip


def _prices(breaks: Iterable[Break], currency: str) -> tuple[tuple[Decimal, Decimal], ...]:
    """Those in the currency of orders: a list in another one never prices an order."""
    return tuple(
        (Decimal(each["from_quantity"]), Decimal(each["price"]["amount"]))
        for each in breaks
        if each["price"]["currency"] == currency
    )


def _moved(document: object) -> dict[int, Decimal]:
    made: dict[int, Decimal] = {}
    for line in document.get("lines") or [] if isinstance(document, dict) else []:
        item = line["item"]["id"]
        made[item] = made.get(item, Decimal(0)) + Decimal(line["quantity"])
    return made


def _followed(shipment: InventoryShipment) -> tuple[tuple[str, str], ...]:
    """Numbers of a shipment's boxes, and where each is followed: an address by https, as Backstay promises."""
    return tuple(
        (" ".join(t for t in (box.get("carrier"), box["number"]) if t), box.get("url") or "")
        for box in shipment.get("tracking") or ()
    )


def sendable(order: SalesOrderDetail) -> dict[int, Decimal]:
    """By order line, how many are with the customer: what was shipped of it and did not come back."""
    left = {
        line["id"]: Decimal(line.get("shipped") or 0) - Decimal(line.get("returned") or 0)
        for line in order.get("lines") or []
    }
    return {line: n for line, n in left.items() if n > 0}
