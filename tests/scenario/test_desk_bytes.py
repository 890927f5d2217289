"""What a browser fetches: few bytes, compressed, kept for good."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from backstay.interfaces import deskbench
from backstay.interfaces.deskdata import Made
from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.trade import World


@pytest.fixture
def made(world: World) -> Made:
    user = User.objects.create_user(f"bytes{world.company}@example.com", None, name="Bo Bytes")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [user.pk], "role": ["owner"], "since_on": [ctx.today]})
    return Made(world.company, user.pk)


def test_first_load_is_small(made: Made) -> None:
    """Page, styles, scripts, icons and the font for every letter there is, of the first list together, as sent."""
    fetched = deskbench.first_load(made)
    assert len(fetched) >= 10
    assert sum(address.endswith(".woff2") for address in fetched) == 3
    assert sum(fetched.values()) <= deskbench.LIMIT_FIRST, fetched


def test_texts_are_compressed_and_files_kept(made: Made) -> None:
    """Pages and styles leave compressed; what has a fingerprint in its address is never asked for again."""
    browser = deskbench.Browser(made)
    page = browser.get("/sales/orders")
    assert page.headers["content-encoding"] == "gzip"
    assert page.headers["cache-control"] == "no-store"
    (style,) = re.findall(r'href="(/static/[0-9a-f]{12}/backstay/backstay.css)"', page.body.decode())
    answer = browser.get(style)
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert "Accept-Encoding" in answer.headers["vary"]
    font = browser.get(style.replace("backstay.css", "fonts/inter-latin-opsz-normal.woff2"))
    assert "content-encoding" not in font.headers
    plain = Client().get(style)
    assert "Content-Encoding" not in plain.headers, "who does not take gzip gets it plain"
    plain.close()
