"""The desk in German and in English: every text, figures, days, and who chooses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.test import Client
from django.utils.translation import override

from backstay.base.errors import Refusal
from backstay.domains.sales import processes as sales
from backstay.interfaces.web.words import said
from backstay.platform.models import User
from tests.conftest import ROOT
from tests.scenario.test_web import PASSWORD, client, user
from tests.trade import D, World
from tools import words

__all__ = ["client", "user"]
_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """The client leaves the language of its last request."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def catalogue() -> Any:
    return words.read("de")


def translated(catalogue: Any) -> Iterator[tuple[Message, str, str]]:
    for message in catalogue:
        if message.id:
            texts = message.id if message.pluralizable else (message.id,)
            strings = message.string if message.pluralizable else (message.string,)
            for n, string in enumerate(strings):
                yield message, texts[min(n, len(texts) - 1)], string


def test_german_has_every_text_of_the_source(catalogue: Any) -> None:
    source = words.template()
    wanted = {(m.context, m.id) for m in source if m.id}
    there = {(m.context, m.id) for m in catalogue if m.id}
    assert wanted - there == set(), "run ./dev words and translate them"
    assert there - wanted == set(), "run ./dev words"
    assert len(wanted) > 1000


def test_nothing_is_empty_unsure_or_loses_a_place(catalogue: Any) -> None:
    for message, text, string in translated(catalogue):
        assert string.strip(), text
        assert not message.fuzzy, text
        assert set(_PLACES.findall(text)) == set(_PLACES.findall(string)), text
        assert text.startswith(" ") == string.startswith(" "), text


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    for language in words.LANGUAGES:
        source, compiled = words._paths(language)
        same = compiled.read_bytes() == words.mo(words.read(language))
        assert same, "run ./dev words"
        there, wanted = (
            t.decode().splitlines() for t in (source.read_bytes(), words.po(words.updated(language)))
        )
        assert list(islice(unified_diff(there, wanted, lineterm=""), 20)) == [], "run ./dev words"


def test_every_way_of_marking_a_text_is_gathered() -> None:
    """A module that marks texts under a name of its own says so to the gatherer, or its texts stay English."""
    named = re.compile(
        r"\bn?p?gettext(?:_noop|_lazy)? as (\w+)|^(\w+) = n?p?gettext(?:_noop|_lazy)?$", re.MULTILINE
    )
    used = {
        a or b
        for p in (ROOT / "backstay").rglob("*.py")
        for a, b in named.findall(p.read_text(encoding="utf-8"))
    }
    assert {"_", "n"} <= used <= set(words.KEYWORDS)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_language_is_the_users_else_the_browsers(client: Client, user: User, language: str) -> None:
    other = {"en": "de", "de": "en"}[language]
    asked = {"HTTP_ACCEPT_LANGUAGE": f"{other}-AT,{other};q=0.9"}
    assert f'<html lang="{other}"' in client.get("/account", **asked).content.decode()
    answer = client.post("/language", {"language": language, "next": "/account"})
    assert answer["Location"] == "/account"
    fresh = Client()
    fresh.post("/sign-in", {"login": user.email, "password": PASSWORD})
    html = fresh.get("/account", **asked).content.decode()
    assert f'<html lang="{language}"' in html
    assert {"en": "Your account", "de": "Ihr Konto"}[language] in html
    assert {"en": "1,234.50", "de": "1.234,50"}[language] in html
    assert client.post("/language", {"language": "xx"}).status_code == 409
    assert client.post("/language", {"language": "", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_a_stranger_chooses_before_signing_in() -> None:
    stranger = Client()
    assert 'lang="en"' in stranger.get("/sign-in").content.decode()
    stranger.post("/language", {"language": "de", "next": "/sign-in"})
    html = stranger.get("/sign-in").content.decode()
    assert '<html lang="de"' in html and "Anmelden" in html


@pytest.mark.parametrize(
    ("language", "typed", "shown"), [("en", "1,234.50", "2,469.00"), ("de", "1.234,50", "2.469,00")]
)
def test_an_order_typed_in_either_language(
    world: World, client: Client, language: str, typed: str, shown: str
) -> None:
    client.post("/language", {"language": language})
    form = {
        "h.party": "C1", "h.ordered_on": D.isoformat(), "h.place": "W1", "keys": "n1", "l.n1.item": "A", "l.n1.quantity": "2",
        "l.n1.unit_price": typed, "once": "", "do": "save",
    }  # fmt: skip
    draft = client.post("/sales/orders/new", form)["Location"]
    page = client.get(draft).content.decode()
    assert {"en": 'value="1234.50"', "de": 'value="1234,50"'}[language] in page
    assert shown in page
    other = Client()
    other.force_login(User.objects.get(pk=client.session["_auth_user_id"]))
    client.post("/language", {"language": {"en": "de", "de": "en"}[language]})
    assert {"de": 'value="1234.50"', "en": 'value="1234,50"'}[language] in client.get(draft).content.decode()


def test_refusals_speak_the_readers_language(world: World) -> None:
    with world.work() as ctx:
        world.receive(ctx, "A", 10, 6000)
        order = world.order(ctx, {"A": 2})
        sales.confirm_orders(ctx, [order])
        with pytest.raises(Refusal) as told:
            sales.confirm_orders(ctx, [order])
    english = told.value.message
    assert said(english) == english
    with override("de"):
        assert said(english) != english
        assert re.search(r"SO-?\w+", english).group() in said(english)  # type: ignore[union-attr]
        assert said("no pattern says this") == "no pattern says this"


def test_every_pattern_reads_what_it_says() -> None:
    """Each pattern, filled, is found again and translated by itself: no pattern hides another."""
    for message in words.template():
        if message.context != "refusal" or not message.id:
            continue
        filled = re.sub(r"\{(\w+)\}", lambda m: f"7{m.group(1)}7", str(message.id))
        with override("de"):
            german = said(filled)
        assert german != filled or not re.search(r"[a-z]{3} [a-z]{3}", filled), message.id
        assert all(f"7{place}7" in german for place in re.findall(r"\{(\w+)\}", str(message.id))), message.id
