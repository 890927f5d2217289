"""What a phone needs to install the desk: a manifest with icons, a worker at the root, a page for no connection."""

from __future__ import annotations

import json
import re
import struct

from django.test import Client

from tests.conftest import ROOT

STATIC = ROOT / "backstay/interfaces/web/static/backstay"


def test_the_manifest_names_icons_of_their_sizes() -> None:
    told = json.loads((STATIC / "app.webmanifest").read_text())
    sizes = set()
    for icon in told["icons"]:
        path = STATIC / icon["src"]
        assert path.exists()
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", path.read_bytes()[16:24])
            assert icon["sizes"] == f"{width}x{height}"
            sizes.add((icon["sizes"], icon["purpose"]))
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    assert told["start_url"] == told["scope"] == "/" and told["display"] == "standalone"


def test_the_worker_answers_at_the_root_and_keeps_only_what_is_there() -> None:
    answer = Client().get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    first = re.search(r"FIRST = \[(.*?)\]", answer.content.decode(), re.S)
    assert first is not None
    for name in re.findall(r'"([^"]+)"', first.group(1)):
        assert (STATIC / name).exists(), name


def test_the_page_for_no_connection_needs_nobody_signed_in() -> None:
    page = Client().get("/offline").content.decode()
    assert "No connection" in page
    assert not re.search(r"(src|href)=\"(?!/static/|#)", page)
