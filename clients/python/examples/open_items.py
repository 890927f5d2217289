"""Who owes what: python open_items.py ADDRESS TOKEN."""

from __future__ import annotations

import sys
from decimal import Decimal

from backstay_client import Client


def main(address: str, token: str) -> Decimal:
    """The sum of what is open."""
    books, total = Client(address, token), Decimal(0)
    for invoice in books.invoicing_invoices.every(
        only="open", sort="due_on", fields="number,party,due_on,open"
    ):
        amount, party = invoice.get("open"), invoice.get("party")
        if amount and party:  # a field that the person does not see is left out
            print(invoice.get("number"), invoice.get("due_on"), amount["amount"], party["title"])
            total += Decimal(amount["amount"])
    print("open:", total, books.me()["currency"])
    return total


if __name__ == "__main__":
    main(*sys.argv[1:])
