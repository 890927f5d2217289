"""``python -m shop.differences``: where the shop's own record of orders and the books differ. Ends with 1 when they do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal

from backstay_client import Client, Refused

from shop.__main__ import books_of_environment, store_of_environment
from shop.books import Books, belongs
from shop.store import Placed, Store

DONE = (
    "confirmed",
    "closed",
)  # closed is what Backstay makes of an order by itself; the shop calls both ordered


def differences(store: Store, books: Books) -> Iterator[str]:
    """One line each: missing there, missing here, another customer, amount or state."""
    placed = {each.id: each for each in store.all_placed()}
    parties = {customer.id: customer.party for customer in store.customers()}
    for each in placed.values():
        yield from _of(each, parties[each.customer], books.client)
    for found in books.client.sales_orders.every(reference_has="WEB-", limit=200):
        if found["id"] not in placed:
            yield f"{found.get('number') or found['id']}: in the books as {found.get('reference')}, unknown to the shop"


def _of(placed: Placed, party: int, client: Client) -> Iterator[str]:
    name = placed.number or str(placed.id)
    try:
        found = client.sales_orders.get(placed.id)
    except Refused as refused:
        if refused.status != 404:
            raise
        yield f"{name}: in the shop, not in the books"
        return
    gross = found.get("gross") or {"amount": "0", "currency": ""}
    if not belongs(found, party):
        yield f"{name}: of another customer in the books"
    if Decimal(gross["amount"]) != Decimal(placed.amount) or gross["currency"] != placed.currency:
        yield f"{name}: {placed.amount} {placed.currency} in the shop, {gross['amount']} {gross['currency']} in the books"
    state = str(found.get("state"))
    if state != placed.state and not (state in DONE and placed.state in DONE):
        yield f"{name}: {placed.state} in the shop, {state} in the books"


def main() -> None:
    """Print what differs."""
    found = list(differences(store_of_environment(), books_of_environment()))
    sys.stdout.write("".join(f"{line}\n" for line in found or ["no difference"]))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
