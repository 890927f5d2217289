"""The screens of ``./dev pictures``: name, address, what is done before the picture."""

from __future__ import annotations

from dataclasses import dataclass

Step = tuple[
    str, ...
]  # open N | press KEYS | type TEXT | click SELECTOR | fill SELECTOR TEXT | wait SELECTOR | rows N
OPEN: tuple[Step, ...] = (("open", "0"),)
LINE = ":nth-match([data-line] input[name$='{}'], {})"


@dataclass(frozen=True, slots=True)
class Screen:
    """``signed``: whether somebody is signed in; ``language``: of the browser; ``quiet``: without a connection."""

    name: str
    path: str
    steps: tuple[Step, ...] = ()
    signed: bool = True
    language: str = "en"


def typed(*lines: tuple[str, str]) -> tuple[Step, ...]:
    """Lines typed into a grid: what is looked for, and how many."""
    steps: list[Step] = []
    for n, (text, quantity) in enumerate(lines, 1):
        item, count = LINE.format(".item", n), LINE.format(".quantity", n)
        steps += [
            ("fill", item, text),
            ("wait", "[role=option]"),
            ("press", "Enter"),
            ("fill", count, quantity),
        ]
    return tuple(steps)


PARTY: tuple[Step, ...] = (("fill", "[name='h.party']", "a"), ("wait", "[role=option]"), ("press", "Enter"))
SAVED: tuple[Step, ...] = (("wait", "#totals dd"),)

SCREENS = (
    Screen("sign-in", "/sign-in", signed=False),
    Screen("home", "/"),
    Screen("orders", "/sales/orders"),
    Screen("orders-selected", "/sales/orders?all=1", (("rows", "3"),)),
    Screen("orders-grouped", "/sales/orders?group=state&all=1"),
    Screen("orders-filter", "/sales/orders", (("press", "f"),)),
    Screen("order", "/sales/orders?f=is:to_ship", (*OPEN, ("wait", ".entry"))),
    Screen("order-new", "/sales/orders/new", (*PARTY, *typed(("a", "12"), ("b", "4"), ("c", "2")), *SAVED)),
    Screen("order-short", "/sales/orders/new", (*PARTY, *typed(("a", "900000")), ("wait", "#notices .notice"))),
    Screen("orders-calendar", "/sales/orders/calendar"),
    Screen("palette", "/", (("press", "Control+k"), ("wait", "#pal"), ("type", "in"), ("wait", ".pal-opt"))),
    Screen("keys", "/", (("press", "?"), ("wait", ".keymap"))),
    Screen("invoices", "/invoicing/invoices"),
    Screen("invoice", "/invoicing/invoices?all=1", OPEN),
    Screen("invoice-send", "/invoicing/invoices?all=1", (*OPEN, ("click", ".doc-acts a[href$='/mail'], .doc-bar a[href$='/mail']"))),
    Screen("bills", "/invoicing/bills?all=1"),
    Screen("bill", "/invoicing/bills?all=1", OPEN),
    Screen("purchase-order", "/purchasing/orders?all=1", OPEN),
    Screen("parties", "/parties/parties"),
    Screen("party-new", "/parties/parties/new"),
    Screen("items", "/catalog/items"),
    Screen("item", "/catalog/items", OPEN),
    Screen("price-list-new", "/catalog/price-lists/new"),
    Screen("shipments", "/inventory/shipments"),
    Screen("reconcile", "/banking/reconcile"),
    Screen("payment-run", "/banking/runs/new"),
    Screen("journal", "/accounting/journal"),
    Screen("trial-balance", "/reports/trial-balance"),
    Screen("income-statement", "/reports/income-statement"),
    Screen("receivables", "/reports/receivables"),
    Screen("balance-sheet", "/reports/balance-sheet"),
    Screen("reports", "/reports"),
    Screen("periods", "/accounting/periods"),
    Screen("ship-order", "/sales/orders?f=is:to_ship", (*OPEN, ("click", ".doc-acts a[href$='/ship']"))),
    Screen("receive-order", "/purchasing/orders?f=is:to_receive", (*OPEN, ("click", ".doc-acts a[href$='/receive']"))),
    Screen("stock-count", "/inventory/count"),
    Screen("pick-list", "/sales/pick"),
    Screen("import", "/parties/parties/import"),
    Screen("tasks-board", "/projects/tasks/board"),
    Screen("settings", "/settings"),
    Screen("inbox", "/notices"),
    Screen("account", "/account"),
    Screen("your-data", "/settings/data"),
    Screen("plain-text-accounting", "/accounting/plaintext"),
    Screen("contacts-from-vcard", "/parties/cards"),
    Screen("tasks-from-a-calendar", "/projects/calendar-file"),
    Screen("audit-trail", "/settings/audit"),
    Screen("people", "/access/people"),
    Screen("person", "/access/people", OPEN),
    Screen("roles", "/access/roles"),
    Screen("role", "/access/roles/warehouse"),
    Screen("invitations", "/access/invitations"),
    Screen("duties", "/access/duties"),
    Screen("tokens", "/tokens"),
    Screen("feeds", "/feeds?path=projects/tasks&f=state:not:done"),
    Screen("api-reference", "/api?part=Sales"),
    Screen("who-can", "/reports/who-can"),
    Screen("who-did-both", "/reports/who-did-both"),
    Screen("security", "/account/security"),
    Screen("authenticator", "/account/app"),
    Screen("forgotten", "/sign-in/forgotten", signed=False),
    Screen("join", "/sign-in/join?token=none", signed=False),
    Screen("webhooks", "/settings/webhooks"),
    Screen("webhook-new", "/settings/webhooks/new"),
    Screen("personal-data", "/parties/parties/1/personal"),
    Screen("nothing-there", "/sales/orders?q=zzzz"),
    Screen("home-german", "/", language="de"),
    Screen("orders-german", "/sales/orders", language="de"),
    Screen("order-new-german", "/sales/orders/new", (*PARTY, *typed(("a", "1200"), ("b", "4")), *SAVED), language="de"),
)  # fmt: skip
