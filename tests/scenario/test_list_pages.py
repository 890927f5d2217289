"""From page to page of a list, and addresses of pages that somebody damaged."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

from backstay.domains.catalog import processes as catalog
from backstay.domains.parties.processes import PartyDraft, create_parties
from tests.scenario.test_jobs import _person
from tests.trade import World

DAMAGED = ("x", "~", "~x", "A~-1", "A~٣", "A~9999999999999999999", "A\x00B~1", "\x00~1", "a~1~", "~" * 500, "9" * 390 + "~1")  # fmt: skip
FIGURES = (
    "abc~1",
    "1E+999999~1",
    "NaN~1",
    "sNaN~1",
    "Infinity~1",
    "--1~1",
    "9" * 300 + "~1",
    "1\x00~1",
    "~1",
    "0x1~1",
)
DAYS = ("2026-02-30~1", "99999-01-01~1", "0~1", "2026-01-01T00:00~1", "-0001-01-01~1", "2026-01-01\x00~1")


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("catalog/items?sort=name", DAMAGED), ("catalog/items?sort=-sales_price", DAMAGED + FIGURES), ("invoicing/invoices?sort=due_on", DAMAGED + DAYS),
        ("sales/orders?sort=-gross", DAMAGED + FIGURES),
    ],
)  # fmt: skip
def test_damaged_pages(world: World, path: str, places: tuple[str, ...]) -> None:
    """A page that is none is refused in words, whatever stands in its address; nothing breaks."""
    client, _actor = _person(world, "pat")
    for place in places:
        answer = client.get(f"/{path}&after={quote(place)}")
        assert answer.status_code in (200, 400, 409, 422), (place, answer.status_code)
        if answer.status_code != 200:
            assert "this is no page of the list" in answer.content.decode().lower(), place


def _names(client: Client, href: str) -> list[str]:
    found: list[str] = []
    for _page in range(5):
        html = client.get(href).content.decode()
        found += re.findall(
            r"Name \d\d [^<\"]*", re.sub(r"(?s)<(?:title|header).*?</(?:title|header)>", "", html)
        )
        more = re.search(r'rel="next" href="([^"]+)"', html)
        if more is None:
            break
        href = "/" + href.partition("?")[0].lstrip("/") + unescape(more[1])
    return list(dict.fromkeys(unescape(n) for n in found))


def test_names_of_all_kinds_lead_on(world: World) -> None:
    """Names with &, +, #, % and ~, and names of two hundred letters: each stands on one page, none is lost between."""
    names = [
        f"Name {n:02} & Sons + {'#%~ä'[n % 4]} {'x' * (170 if n in (48, 49, 50) else 3)}" for n in range(99)
    ]
    with world.work() as ctx:
        create_parties(
            ctx, [PartyDraft(name[:200], ("customer",), code=f"P{n}") for n, name in enumerate(names)]
        )
        catalog.create_items(
            ctx, [catalog.ItemDraft(f"K{n}", f"Name {n:02}", kind="service") for n in range(3)]
        )
    client, _actor = _person(world, "pat2")
    for sort in ("name", "-name"):
        found = _names(client, f"/parties/parties?sort={sort}")
        assert sorted({n[:7] for n in found}) == sorted({n[:7] for n in names}), sort
