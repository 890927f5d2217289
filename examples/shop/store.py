"""What the shop keeps itself, in a SQLite file: customers, sessions, baskets, and which orders it placed.

No prices, no stock, no state of an order that a page would believe: those are asked of Backstay. What is noted of an order
is for the report of differences (``shop.differences``).
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

TABLES = """
CREATE TABLE IF NOT EXISTS customer (id INTEGER PRIMARY KEY, party INTEGER NOT NULL UNIQUE, name TEXT NOT NULL, basket TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS session (digest TEXT PRIMARY KEY, csrf TEXT NOT NULL, customer INTEGER REFERENCES customer);
CREATE TABLE IF NOT EXISTS wanted (
    customer INTEGER NOT NULL REFERENCES customer, sku TEXT NOT NULL, quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (customer, sku)
);
CREATE TABLE IF NOT EXISTS placed (
    id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer, basket TEXT NOT NULL, state TEXT NOT NULL,
    number TEXT, amount TEXT NOT NULL, currency TEXT NOT NULL, until TEXT
);
"""
MOST = 9999  # of an item in a basket


class Customer(NamedTuple):
    """``party``: who that is in Backstay. ``basket``: names the basket; a new one after each order."""

    id: int
    party: int
    name: str
    basket: str


class Session(NamedTuple):
    """``csrf``: what its forms carry."""

    digest: str
    csrf: str
    customer: Customer | None


class Placed(NamedTuple):
    """An order the shop made, by its id in Backstay; ``until``: so long its goods are reserved."""

    id: int
    customer: int
    basket: str
    state: str
    number: str | None
    amount: str
    currency: str
    until: str | None

    @property
    def late(self) -> bool:
        """Whether the reservation has run out."""
        return self.until is None or datetime.fromisoformat(self.until) <= datetime.now(UTC)


def fresh_basket() -> str:
    """A name no other basket has."""
    return secrets.token_hex(6)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Store:
    """The file. Each call is a transaction of its own, so several threads may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as db:
            db.executescript(TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10)) as db, db:
            db.execute("PRAGMA foreign_keys = ON")
            yield db

    # ---- customers and sessions ----

    def keep_customer(self, party: int, name: str) -> None:
        """Know a customer; once more changes his name only."""
        with self._open() as db:
            db.execute(
                "INSERT INTO customer (party, name, basket) VALUES (?, ?, ?) ON CONFLICT (party) DO UPDATE SET name = excluded.name",
                (party, name, fresh_basket()),
            )

    def customers(self) -> list[Customer]:
        """All of them, by name."""
        with self._open() as db:
            return [
                Customer(*row)
                for row in db.execute("SELECT id, party, name, basket FROM customer ORDER BY name")
            ]

    def session(self, token: str) -> Session | None:
        """The session of a cookie; only the cookie's hash is kept."""
        with self._open() as db:
            found = db.execute(
                "SELECT s.digest, s.csrf, c.id, c.party, c.name, c.basket FROM session s LEFT JOIN customer c ON c.id = s.customer"
                " WHERE s.digest = ?",
                (_digest(token),),
            ).fetchone()
        if found is None:
            return None
        return Session(found[0], found[1], Customer(*found[2:]) if found[2] is not None else None)

    def begin(self, customer: int | None = None) -> str:
        """A new session; the token for its cookie."""
        token = secrets.token_urlsafe(32)
        with self._open() as db:
            db.execute(
                "INSERT INTO session VALUES (?, ?, ?)", (_digest(token), secrets.token_urlsafe(24), customer)
            )
        return token

    def end(self, session: Session) -> None:
        """Forget a session."""
        with self._open() as db:
            db.execute("DELETE FROM session WHERE digest = ?", (session.digest,))

    # ---- baskets ----

    def basket(self, customer: Customer) -> dict[str, int]:
        """How many of which SKU."""
        with self._open() as db:
            sql = "SELECT sku, quantity FROM wanted WHERE customer = ? ORDER BY rowid"
            return dict(db.execute(sql, (customer.id,)).fetchall())

    def put(self, customer: Customer, wanted: dict[str, int], *, add: bool = False) -> None:
        """So many of each SKU, or so many more; none takes it out."""
        with self._open() as db:
            for sku, quantity in wanted.items():
                if quantity <= 0 and not add:
                    db.execute("DELETE FROM wanted WHERE customer = ? AND sku = ?", (customer.id, sku))
                elif quantity > 0:
                    before = "wanted.quantity + " if add else ""
                    db.execute(
                        "INSERT INTO wanted VALUES (?, ?, ?) ON CONFLICT (customer, sku)"
                        f" DO UPDATE SET quantity = min({before}excluded.quantity, {MOST})",
                        (customer.id, sku, min(quantity, MOST)),
                    )

    def renew(self, customer: Customer) -> None:
        """The next checkout is another order, whatever is in the basket."""
        with self._open() as db:
            db.execute("UPDATE customer SET basket = ? WHERE id = ?", (fresh_basket(), customer.id))

    # ---- orders placed ----

    def note(self, placed: Placed) -> None:
        """What the shop knows of an order now."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO placed VALUES (?, ?, ?, ?, ?, ?, ?, ?)", placed)

    def placed(self, ident: int) -> Placed | None:
        """An order the shop made."""
        return next((p for p in self.all_placed() if p.id == ident), None)

    def all_placed(self) -> list[Placed]:
        """All of them, the oldest first."""
        with self._open() as db:
            sql = (
                "SELECT id, customer, basket, state, number, amount, currency, until FROM placed ORDER BY id"
            )
            return [Placed(*row) for row in db.execute(sql)]
