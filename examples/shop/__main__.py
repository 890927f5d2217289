"""``python -m shop``: serves the shop on the loopback. BACKSTAY_URL, BACKSTAY_TOKEN, and what ``--help`` says."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from backstay_client import Client

from shop.app import Shop
from shop.books import Books
from shop.store import Store


class Threads(ThreadingMixIn, WSGIServer):
    """One thread a request: a customer who waits holds up nobody."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """No line for every request."""

    def log_message(self, format: str, *args: object) -> None:
        return None


def books_of_environment() -> Books:
    """The connection to Backstay as the environment says."""
    missing = [name for name in ("BACKSTAY_URL", "BACKSTAY_TOKEN") if not os.environ.get(name)]
    if missing:
        raise SystemExit(f"set {' and '.join(missing)}: see examples/shop/README.md")
    client = Client(os.environ["BACKSTAY_URL"], os.environ["BACKSTAY_TOKEN"])
    return Books(client, os.environ.get("SHOP_PLACE", "MAIN"), int(os.environ.get("SHOP_MINUTES", "15")))


def store_of_environment() -> Store:
    """The shop's own file."""
    return Store(Path(os.environ.get("SHOP_FILE", "shop.sqlite")))


def main() -> None:
    """Know the customers named, and serve."""
    asked = argparse.ArgumentParser(prog="python -m shop", description=__doc__)
    asked.add_argument("--port", type=int, default=8090)
    asked.add_argument(
        "--customer",
        action="append",
        default=[],
        metavar="CODE",
        help="A customer of Backstay who may sign in, by his code; repeat. Kept.",
    )
    told = asked.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    books, store = books_of_environment(), store_of_environment()
    for code in told.customer:
        try:
            store.keep_customer(*books.party(code))
        except KeyError:
            sys.exit(f"Backstay knows no customer with the code {code}")
    app = Shop(store, books)
    with make_server("127.0.0.1", told.port, app, server_class=Threads, handler_class=Quiet) as server:
        logging.getLogger("shop").info("http://127.0.0.1:%s", server.server_port)
        server.serve_forever()


if __name__ == "__main__":
    main()
