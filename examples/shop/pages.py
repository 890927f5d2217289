"""The pages, as functions that return HTML. Whatever comes from outside goes through ``e``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape
from urllib.parse import urlencode

from backstay_client.types import Money, SalesOrder, SalesOrderDetail

from shop.books import Good, Parcel, item_of
from shop.store import Customer, Placed, Session

CSS = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 0 1rem 4rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: 1rem 0; border-bottom: 1px solid #8888; }
header b { margin-right: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem; border-bottom: 1px solid #8888; vertical-align: middle; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
input, select, button { font: inherit; padding: .4rem .6rem; min-height: 1.75rem; }
input[type=number] { width: 5.5rem; }
form { display: inline; }
.said { padding: .75rem 1rem; border: 1px solid #8888; border-left-width: .4rem; }
a { color: LinkText; }
"""
DELIVERY = {"none": "not sent yet", "part": "sent in part", "all": "sent"}
STATES = {
    "quotation": "reserved for you", "confirmed": "ordered", "closed": "finished", "cancelled": "cancelled"
}  # fmt: skip


def e(value: object) -> str:
    """Text as HTML."""
    return escape(str(value if value is not None else ""), quote=True)


def number(value: Decimal | str | None) -> str:
    """A quantity without needless zeros."""
    return f"{Decimal(value or 0).normalize():f}"


def amount(value: Decimal | str, currency: str) -> str:
    """Money, as precise as it is, with two decimals at least: prices may have more."""
    exact = Decimal(value).normalize()
    digits = max(2, -int(exact.as_tuple().exponent))
    return f"{exact:.{digits}f} {e(currency)}"


def money(value: Money | None) -> str:
    """The same, as the API tells it."""
    return amount(value["amount"], value["currency"]) if value else ""


def clock_time(until: str | None) -> str:
    """When a reservation ends, as the wall clock of the shop says."""
    return datetime.fromisoformat(until).astimezone().strftime("%H:%M") if until else ""


def page(title: str, body: str, session: Session, said: str = "") -> str:
    """The frame of every page."""
    who = session.customer
    links = '<a href="/">Catalogue</a>'
    if who:
        out = form(session, "/sign-out", "<button>Sign out</button>")
        links += f'<a href="/basket">Basket</a><a href="/orders">My orders</a><span>{e(who.name)}</span>{out}'
    else:
        links += '<a href="/sign-in">Sign in</a>'
    told = f'<p class="said" role="status">{e(said)}</p>' if said else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{e(title)} · Example Shop</title><link rel="stylesheet" href="/shop.css"></head><body>'
        f"<header><b>Example Shop</b>{links}</header><main><h1>{e(title)}</h1>{told}{body}</main></body></html>"
    )


def form(session: Session, action: str, inner: str) -> str:
    """A form that only this session can send."""
    return f'<form method="post" action="{e(action)}"><input type="hidden" name="csrf" value="{e(session.csrf)}">{inner}</form>'


def table(heads: Sequence[str], lines: Sequence[str]) -> str:
    """``heads`` that begin with > stand right."""
    told = "".join(
        f'<th scope="col"{" class=n" if h.startswith(">") else ""}>{e(h.lstrip(">"))}</th>' for h in heads
    )
    return f'<div class="scroll" tabindex="0" role="group" aria-label="Table"><table><thead><tr>{told}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def free_text(good: Good) -> str:
    """What is free, in words."""
    if good.free is None:
        return "always"
    return f"{number(good.free)} in stock" if good.free > 0 else "sold out"


def sign_in(session: Session, customers: Sequence[Customer]) -> str:
    """Choose who one is: a demonstration, and it says so."""
    options = "".join(f'<option value="{c.id}">{e(c.name)}</option>' for c in customers)
    body = (
        "<p>This shop is a demonstration: choose a fictional customer. There is no password, so put it on no network.</p>"
        + form(
            session,
            "/sign-in",
            f'<label>Customer <select name="customer">{options}</select></label> <button>Sign in</button>',
        )
    )
    return page("Sign in", body, session)


ASK = "price on request"


def _price(good: Good) -> str:
    """What one costs, and what one of more of them costs."""
    price = good.price()
    told = ASK if price is None else amount(price, good.currency)
    more = [
        f"<br><small>from {e(number(many))}: {amount(each, good.currency)}</small>"
        for many, each in good.prices
        if many > 1 and each > 0
    ]
    return told + "".join(more)


def catalogue(session: Session, goods: Sequence[Good], words: str, after: str | None, said: str) -> str:
    """What is sold, what is free of it, and what it costs."""
    lines = []
    for good in goods:
        put = ""
        if session.customer and good.priced and (good.free is None or good.free > 0):
            label = e(f"How many of {good.name}")
            field = f'<input type="number" name="quantity" value="1" min="1" max="9999" aria-label="{label}">'
            put = form(
                session,
                "/basket/add",
                f'<input type="hidden" name="sku" value="{e(good.sku)}">{field} <button aria-label="{e(f"Put {good.name} into the basket")}">Add</button>',
            )
        lines.append(
            f"<tr><td>{e(good.name)}<br><small>{e(good.sku)}</small></td><td>{e(free_text(good))}</td>"
            f'<td class="n">{_price(good)}</td><td>{put}</td></tr>'
        )
    search = f'<form action="/" role="search"><label>Search <input name="q" value="{e(words)}"></label> <button>Search</button></form>'
    more = f'<p><a href="/?{e(urlencode({"q": words, "after": after}))}">More</a></p>' if after else ""
    body = table(("Item", "Free now", ">Price, net", "Basket"), lines) if lines else "<p>Nothing found.</p>"
    return page("Catalogue", search + body + more, session, said)


def basket(session: Session, wanted: Mapping[str, int], goods: Mapping[str, Good], said: str) -> str:
    """What the customer wants; nothing is reserved yet."""
    if not wanted:
        return page("Basket", "<p>Nothing is in it yet.</p>", session, said)
    lines, total, currency, shown = [], Decimal(0), "", ""
    for sku, quantity in wanted.items():
        good = goods.get(sku)
        if good is None:
            lines.append(f'<tr><td>{e(sku)}</td><td>not sold any more</td><td></td><td class="n"></td></tr>')
            continue
        price = good.price(quantity)
        costs = f"{ASK}; not part of this order"
        if price is not None:
            total, currency = total + price * quantity, good.currency
            costs = f"{amount(price * quantity, good.currency)}<br><small>{amount(price, good.currency)} each</small>"
            shown += f'<input type="hidden" name="p.{e(sku)}" value="{price}">'
        enough = good.free is None or good.free >= quantity
        told = free_text(good) if enough else f"only {number(max(good.free or Decimal(0), Decimal(0)))} left"
        field = f'<input type="number" name="q.{e(sku)}" value="{quantity}" min="0" max="9999" aria-label="{e(f"How many of {good.name}")}">'
        lines.append(
            f'<tr><td>{e(good.name)}</td><td>{e(told)}</td><td>{field}</td><td class="n">{costs}</td></tr>'
        )
    rows = table(("Item", "Free now", "How many", ">Net"), lines)
    together = f"<p>Together {amount(total, currency)} net; taxes come at checkout.</p>" if shown else ""
    body = form(session, "/basket/change", f"{rows}{together}<button>Change</button>")
    if shown:
        body += " " + form(session, "/checkout", f"{shown}<button>Check out</button>")
    return page("Basket", body, session, said)


def _off(percent: str | None) -> str:
    """A discount, where there is one."""
    return f"<br><small>less {e(number(percent))} %</small>" if Decimal(percent or 0) else ""


def _lines(order: SalesOrderDetail) -> str:
    rows = [
        f'<tr><td>{e(item_of(line)[1])}</td><td class="n">{e(number(line.get("quantity")))}</td>'
        f'<td class="n">{money(line.get("unit_price"))}{_off(line.get("discount"))}</td><td class="n">{money(line.get("net"))}</td></tr>'
        for line in order.get("lines") or []
    ]
    sums = f"<p>Net {money(order.get('net'))}, tax {money(order.get('tax'))}, <b>to pay {money(order.get('gross'))}</b></p>"
    return table(("Item", ">How many", ">Price, net", ">Net"), rows) + sums


def checkout(session: Session, order: SalesOrderDetail, placed: Placed, said: str) -> str:
    """What is reserved, until when, and the button that orders."""
    if placed.late:
        told = "<p>The time of your reservation is over; others may buy these goods.</p>"
        act = form(session, f"/checkout/{order['id']}/reserve", "<button>Reserve once more</button>")
    else:
        told = f"<p>These goods are kept for you until <b>{e(clock_time(placed.until))}</b>.</p>"
        act = form(session, f"/checkout/{order['id']}/confirm", "<button>Order and pay by invoice</button>")
    leave = form(session, f"/checkout/{order['id']}/leave", "<button>Back to the basket</button>")
    return page("Checkout", told + _lines(order) + act + " " + leave, session, said)


def orders(session: Session, found: Sequence[SalesOrder], said: str) -> str:
    """The customer's orders, the latest first."""
    rows = [
        f'<tr><td><a href="/orders/{o["id"]}">{e(o.get("number"))}</a></td><td>{e(o.get("ordered_on"))}</td>'
        f"<td>{e(STATES.get(str(o.get('state')), o.get('state')))}</td><td>{e(DELIVERY.get(str(o.get('delivery')), ''))}</td>"
        f'<td class="n">{money(o.get("gross"))}</td></tr>'
        for o in found
    ]
    body = table(("Order", "Day", "State", "Delivery", ">Amount"), rows) if rows else "<p>None yet.</p>"
    return page("My orders", body, session, said)


def order(
    session: Session, found: SalesOrderDetail, parcels: tuple[Sequence[Parcel], Sequence[Parcel]], back: Mapping[int, Decimal],
    booked: bool, once: str, said: str,
) -> str:  # fmt: skip
    """An order with what was sent and what came back. ``back``: what could be sent back, by line; ``booked``: at once, or asked for."""
    names = {line["id"]: item_of(line)[1] for line in found.get("lines") or []}
    titles = dict(item_of(line) for line in found.get("lines") or [])
    delivery = DELIVERY.get(str(found.get("delivery")), "")
    body = f"<p>Ordered on {e(found.get('ordered_on'))}: {e(STATES.get(str(found.get('state')), found.get('state')))}, <b>{e(delivery)}</b>.</p>"
    body += _lines(found)
    for title, many in (("Sent", parcels[0]), ("Came back", parcels[1])):
        if many:
            body += f"<h2>{title}</h2><ul>" + "".join(_parcel(p, titles) for p in many) + "</ul>"
    body += "<h2>Order again</h2>" + form(
        session, f"/orders/{found['id']}/again", "<button>Put the same into the basket</button>"
    )
    if back:
        fields = "".join(
            f'<p><label>{e(names.get(line))} <input type="number" name="r.{line}" value="0" min="0" max="{e(number(n))}" step="any"></label> of {e(number(n))}</p>'
            for line, n in back.items()
        )
        word = "Send back" if booked else "Ask to send back"
        inner = f'<input type="hidden" name="once" value="{e(once)}">{fields}<p><label>Reason <input name="reason" maxlength="200"></label> <button>{word}</button></p>'
        body += f"<h2>{word}</h2>" + form(session, f"/orders/{found['id']}/return", inner)
    return page(f"Order {found.get('number') or ''}", body, session, said)


def _parcel(parcel: Parcel, titles: Mapping[int, str]) -> str:
    what = ", ".join(f"{number(n)} × {titles.get(item) or item}" for item, n in parcel.lines.items())
    boxes = ", ".join(_box(*box) for box in parcel.tracking)
    return f"<li>{e(parcel.number)} on {e(parcel.on)}: {e(what)}{f'<br>Follow it: {boxes}' if boxes else ''}</li>"


def _box(text: str, url: str) -> str:
    """A parcel's number, with the link to its carrier where there is one; the carrier is not told where it was followed."""
    return f'<a href="{e(url)}" rel="noreferrer">{e(text)}</a>' if url.startswith("https://") else e(text)


def sorry(session: Session, title: str, text: str) -> str:
    """What went wrong and what one may do."""
    return page(title, f'<p>{e(text)}</p><p><a href="/">To the catalogue</a></p>', session)
