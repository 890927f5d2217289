"""An order from quotation to payment: python order_to_cash.py ADDRESS TOKEN SKU."""

from __future__ import annotations

import sys
from datetime import date

from backstay_client import Client, Refused


def main(address: str, token: str, sku: str) -> str:
    """The number of the invoice that was paid."""
    books, today = Client(address, token), date.today().isoformat()
    customer = books.parties_parties.create({"name": "Example Shop Customer", "roles": ["customer"]})
    order = books.sales_orders.create(
        {"party": customer["id"], "lines": [{"item": sku, "quantity": "2"}], "reference": "web 4711"}
    )
    try:
        books.sales_orders.update(order["id"], {"note": "seen twice"}, if_match='"999"')
    except Refused as refused:
        print(f"refused as it should be: {refused.code}: {refused.remedy}")
    confirmed = books.sales_orders.confirm(order["id"], key=f"confirm-{order['id']}")
    print("confirmed:", confirmed["made"][0]["number"])
    books.sales_orders.ship(order["id"], {"on": today})
    made = books.sales_orders.invoice(order["id"], {"on": today})["made"][0]
    invoice = books.invoicing_invoices.get(int(made["id"] or 0))
    books.invoicing_invoices.record_payment(invoice["id"], {"on": today, "amount": invoice["open"]})
    print("paid:", made["number"], invoice["gross"])
    return str(made["number"])


if __name__ == "__main__":
    main(*sys.argv[1:])
