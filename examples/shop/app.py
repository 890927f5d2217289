"""The shop as a WSGI application: which page an address is, who asks, what a form does."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, quote, unquote

from backstay_client import Refused
from backstay_client.types import SalesOrderDetail

from shop import pages
from shop.books import Books, Short, quantities, sendable, unit_prices
from shop.store import Customer, Placed, Session, Store

LONGEST = 64 * 1024  # bytes of a form
LOG = logging.getLogger("shop")
SAFE = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"), ("Cache-Control", "no-store"),
]  # fmt: skip


class Answer(Exception):
    """Ends a request: a page, or, with ``to``, another address and what is said there."""

    def __init__(self, html: str = "", status: int = 200, to: str = "", said: str = "") -> None:
        super().__init__(status)
        self.html, self.status, self.to, self.said = html, 303 if to else status, to, said


class Asked:
    """A request: its session, the fields of its query or form, and what the page before wants to be said."""

    def __init__(self, environ: dict[str, Any], store: Store) -> None:
        self.method, self.path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        token = cookies["shop"].value if "shop" in cookies else ""
        session = store.session(token) if token else None
        self.token = token if session else store.begin()
        self.new = session is None
        self.session: Session = session or store.session(self.token)  # type: ignore[assignment]
        self.said = unquote(cookies["said"].value) if "said" in cookies else ""
        if self.method == "POST":
            length = _whole(environ.get("CONTENT_LENGTH"))
            if length > LONGEST:
                raise Answer(pages.sorry(self.session, "Too much", "The form is too long."), 413)
            text = environ["wsgi.input"].read(length).decode(errors="replace")
        else:
            text = environ.get("QUERY_STRING", "")
        self.fields = {name: values[-1] for name, values in parse_qs(text, max_num_fields=500).items()}

    @property
    def customer(self) -> Customer:
        """Who is signed in; strangers are sent to the door."""
        if self.session.customer is None:
            raise Answer(to="/sign-in")
        return self.session.customer


class Shop:
    """The application."""

    def __init__(self, store: Store, books: Books) -> None:
        self._store, self._books = store, books
        self._ways: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
            (method, re.compile(path), act)
            for method, path, act in (
                ("GET", "/", self.catalogue), ("GET", "/sign-in", self.door), ("POST", "/sign-in", self.sign_in),
                ("POST", "/sign-out", self.sign_out), ("GET", "/basket", self.basket), ("POST", "/basket/add", self.add),
                ("POST", "/basket/change", self.change), ("POST", "/checkout", self.check_out),
                ("GET", r"/checkout/(\d{1,15})", self.checkout), ("POST", r"/checkout/(\d{1,15})/reserve", self.reserve),
                ("POST", r"/checkout/(\d{1,15})/confirm", self.confirm), ("POST", r"/checkout/(\d{1,15})/leave", self.leave),
                ("GET", "/orders", self.orders), ("GET", r"/orders/(\d{1,15})", self.order),
                ("POST", r"/orders/(\d{1,15})/again", self.again), ("POST", r"/orders/(\d{1,15})/return", self.send_back),
            )
        ]  # fmt: skip

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == "/shop.css":
            start(
                "200 OK", [("Content-Type", "text/css; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
            )
            return [pages.CSS.encode()]
        if environ.get("PATH_INFO") == "/favicon.ico":
            start("204 No Content", [])
            return []
        asked: Asked | None = None
        try:
            asked = Asked(environ, self._store)
            answer = self._answer(asked)
        except Answer as told:
            answer = told
        return _sent(answer, asked, start)

    def _answer(self, asked: Asked) -> Answer:
        session = asked.session
        if asked.method == "POST" and not hmac.compare_digest(
            asked.fields.get("csrf", "").encode(), session.csrf.encode()
        ):
            return Answer(
                pages.sorry(session, "Please try again", "This form is not from this visit of yours."), 403
            )
        for method, path, act in self._ways:
            found = path.fullmatch(asked.path)
            if found and method == asked.method:
                try:
                    return act(asked, *(int(part) for part in found.groups()))
                except Short as short:
                    return self._short(asked, short)
                except Refused as refused:
                    LOG.warning("refused: %s (%s)", refused, refused.instance)
                    return Answer(pages.sorry(session, "That did not work", "The shop cannot do this just now. Nothing was ordered by it."), 409)  # fmt: skip
                except (URLError, OSError) as exc:
                    LOG.warning("no answer: %s", exc)
                    return Answer(pages.sorry(session, "One moment", "We cannot reach our warehouse. Please try again in a few minutes."), 503)  # fmt: skip
        return Answer(pages.sorry(session, "Not found", "There is no such page."), 404)

    def _short(self, asked: Asked, short: Short) -> Answer:
        """Back to the basket, told kindly what is left; what was begun is given up, and nothing stays reserved by it."""
        for each in self._store.all_placed():
            mine = each.customer == asked.customer.id and each.basket == asked.customer.basket
            if mine and each.state == "quotation":
                self._give_up(each)
        self._store.renew(asked.customer)
        told = "; ".join(
            f"of {name} only {pages.number(free)} of {pages.number(wanted)} are left"
            for name, wanted, free in short.lines
        )
        said = f"We are sorry: {told}. Please take fewer, or come back later."
        if not told:  # goods are there: it is the customer's credit, or they came back this moment
            said = "We are sorry: we cannot take this order here just now. Please try again, or write to us."
        return Answer(to="/basket", said=said)

    # ---- who asks ----

    def door(self, asked: Asked) -> Answer:
        """Who is it?"""
        return Answer(pages.sign_in(asked.session, self._store.customers()))

    def sign_in(self, asked: Asked) -> Answer:
        """A new session for a customer; the old one is forgotten."""
        known = {str(c.id): c for c in self._store.customers()}
        if (chosen := known.get(asked.fields.get("customer", ""))) is None:
            return Answer(to="/sign-in")
        self._store.end(asked.session)
        asked.token, asked.new = self._store.begin(chosen.id), True
        return Answer(to="/", said=f"Welcome, {chosen.name}.")

    def sign_out(self, asked: Asked) -> Answer:
        """Forget the session."""
        self._store.end(asked.session)
        asked.token, asked.new = self._store.begin(), True
        return Answer(to="/")

    # ---- catalogue and basket ----

    def catalogue(self, asked: Asked) -> Answer:
        """The first page."""
        words = asked.fields.get("q", "")[:80]
        who = asked.session.customer
        goods, after = self._books.catalogue(who.party if who else None, words, asked.fields.get("after"))
        return Answer(pages.catalogue(asked.session, goods, words, after, asked.said))

    def basket(self, asked: Asked) -> Answer:
        """What is wanted."""
        wanted = self._store.basket(asked.customer)
        goods = self._books.goods(wanted, asked.customer.party)
        return Answer(pages.basket(asked.session, wanted, goods, asked.said))

    def add(self, asked: Asked) -> Answer:
        """So many more of an item that is sold here."""
        sku, quantity = asked.fields.get("sku", ""), _whole(asked.fields.get("quantity"))
        good = self._books.goods([sku], asked.customer.party).get(sku)
        if good is None or quantity < 1:
            return Answer(to="/", said="We do not sell that.")
        if good.price(quantity + self._store.basket(asked.customer).get(sku, 0)) is None:
            return Answer(to="/", said=f"We have no price for {quantity} × {good.name} here: please ask us for one.")  # fmt: skip
        self._store.put(asked.customer, {sku: quantity}, add=True)
        return Answer(to="/basket", said=f"{quantity} × {good.name} put into your basket.")

    def change(self, asked: Asked) -> Answer:
        """Other quantities; none takes it out."""
        known = self._store.basket(asked.customer)
        wanted = {sku: _whole(asked.fields.get(f"q.{sku}")) for sku in known}
        self._store.put(asked.customer, wanted)
        return Answer(to="/basket")

    # ---- checkout ----

    def check_out(self, asked: Asked) -> Answer:
        """What has a price becomes a quotation that is reserved; prices that are not those shown in the basket are told."""
        who = asked.customer
        wanted = self._store.basket(who)
        goods = self._books.goods(wanted, who.party)
        lines = {good: wanted[sku] for sku, good in goods.items() if good.price(wanted[sku]) is not None}
        if not lines:
            return Answer(to="/basket", said="There is nothing to order here: please ask us for a price.")
        made = self._books.quotation(who.party, who.basket, lines)
        for old in self._store.all_placed():  # the same basket, changed since
            if old.basket == who.basket and old.state == "quotation" and old.id != made["id"]:
                self._give_up(old)
        self._note(who, made, None)
        shown = {name[2:]: _figure(text) for name, text in asked.fields.items() if name.startswith("p.")}
        costs = unit_prices(made)
        same = shown == {good.sku: costs[good.id] for good in lines}
        return self._reserved(who, made, "" if same else "Prices are not those your basket showed: please look at them before you order.")  # fmt: skip

    def _reserved(self, who: Customer, order: SalesOrderDetail, said: str = "") -> Answer:
        self._note(who, order, self._books.reserve(order))
        return Answer(to=f"/checkout/{order['id']}", said=said)

    def _note(self, who: Customer, order: SalesOrderDetail, until: str | None, basket: str = "") -> None:
        gross = order.get("gross") or {"amount": "0", "currency": ""}
        self._store.note(Placed(
            order["id"], who.id, basket or who.basket, str(order.get("state")), order.get("number"), gross["amount"],
            gross["currency"], until,
        ))  # fmt: skip

    def _give_up(self, placed: Placed) -> None:
        self._books.cancel(placed.id)
        self._store.note(placed._replace(state="cancelled", until=None))

    def _begun(self, asked: Asked, ident: int) -> tuple[SalesOrderDetail, Placed]:
        """A checkout of this customer that is not ordered yet; what is ordered is shown as an order."""
        placed = self._store.placed(ident)
        order = self._books.order(ident, asked.customer.party)
        if placed is None or order is None or placed.customer != asked.customer.id:
            raise Answer(pages.sorry(asked.session, "Not found", "There is no such checkout."), 404)
        if order.get("state") == "cancelled":
            raise Answer(to="/basket", said="This checkout was given up.")
        if order.get("state") != "quotation":
            raise Answer(to=f"/orders/{ident}")
        return order, placed

    def checkout(self, asked: Asked, ident: int) -> Answer:
        """What is reserved, and until when."""
        order, placed = self._begun(asked, ident)
        return Answer(pages.checkout(asked.session, order, placed, asked.said))

    def reserve(self, asked: Asked, ident: int) -> Answer:
        """Once more."""
        order, _placed = self._begun(asked, ident)
        return self._reserved(asked.customer, order)

    def confirm(self, asked: Asked, ident: int) -> Answer:
        """The customer orders; when his time is over the goods are reserved anew first, and he is told."""
        order, placed = self._begun(asked, ident)
        if placed.late:
            return self._reserved(asked.customer, order, "Your time was over. We have reserved the goods anew: please order now.")  # fmt: skip
        done = self._books.confirm(order)
        self._note(asked.customer, done, None, placed.basket)
        ordered = self._books.by_id(quantities(order)).values()
        self._store.put(
            asked.customer, {good.sku: 0 for good in ordered}
        )  # what came into the basket since stays
        self._store.renew(asked.customer)
        return Answer(to=f"/orders/{ident}", said=f"Thank you. Your order is {done.get('number')}.")

    def leave(self, asked: Asked, ident: int) -> Answer:
        """Back to the basket: what was reserved is free again."""
        _order, placed = self._begun(asked, ident)
        self._give_up(placed)
        self._store.renew(asked.customer)
        return Answer(to="/basket", said="Nothing is reserved any more.")

    # ---- orders ----

    def orders(self, asked: Asked) -> Answer:
        """All of the customer."""
        return Answer(pages.orders(asked.session, self._books.mine(asked.customer.party), asked.said))

    def _order(self, asked: Asked, ident: int) -> SalesOrderDetail:
        order = self._books.order(ident, asked.customer.party)
        if order is None or order.get("state") == "quotation":
            raise Answer(pages.sorry(asked.session, "Not found", "You have no such order."), 404)
        return order

    def order(self, asked: Asked, ident: int) -> Answer:
        """Its state, its delivery, what was sent and what came back."""
        order = self._order(asked, ident)
        if placed := self._store.placed(ident):
            self._store.note(placed._replace(state=str(order.get("state")), number=order.get("number")))
        sent, came = self._books.parcels(order, asked.customer.party)
        back, once = sendable(order), secrets.token_hex(8)
        return Answer(pages.order(asked.session, order, (sent, came), back, self._books.may_return, once, asked.said))  # fmt: skip

    def again(self, asked: Asked, ident: int) -> Answer:
        """A new basket from an old order, without what is not sold any more."""
        wanted = quantities(self._order(asked, ident))
        goods = self._books.by_id(wanted)
        self._store.put(asked.customer, {good.sku: int(wanted[item]) for item, good in goods.items()}, add=True)  # fmt: skip
        gone = len(wanted) - len(goods)
        said = f"{gone} of these are not sold any more." if gone else "The same is in your basket again."
        return Answer(to="/basket", said=said)

    def send_back(self, asked: Asked, ident: int) -> Answer:
        """Goods of an order go back; more than was sent is told, not booked."""
        order = self._order(asked, ident)
        can = sendable(order)
        lines = {line: n for line in can if (n := _figure(asked.fields.get(f"r.{line}"))) > 0}
        if not lines or any(n > can[line] for line, n in lines.items()):
            return Answer(to=f"/orders/{ident}", said="Please say how many, at most what was sent.")
        once = re.sub(r"[^0-9a-f]", "", asked.fields.get("once", ""))[:16] or secrets.token_hex(8)
        self._books.send_back(order, lines, asked.fields.get("reason", "")[:200], once)
        said = (
            "Thank you, it is noted as sent back."
            if self._books.may_return
            else "Thank you. We will write to you about it."
        )
        return Answer(to=f"/orders/{ident}", said=said)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0


def _figure(text: str | None) -> Decimal:
    try:
        found = Decimal((text or "0")[:20])
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def _sent(answer: Answer, asked: Asked | None, start: Callable[..., Any]) -> list[bytes]:
    body = answer.html.encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))), *SAFE]
    if answer.to:
        headers.append(("Location", answer.to))
    if asked is not None and asked.new:
        headers.append(("Set-Cookie", f"shop={asked.token}; Path=/; HttpOnly; SameSite=Lax"))
    if answer.said:
        headers.append(("Set-Cookie", f"said={quote(answer.said, safe='')}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"))  # fmt: skip
    elif asked is not None and asked.said and not answer.to:
        headers.append(("Set-Cookie", "said=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"))
    start(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
    return [body]
