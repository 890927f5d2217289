"""Words in the reader's language: what refusals say, and which words declarations imply.

Domains and the database refuse in English; a catalogue holds a pattern for each way they do (``order {number} has
nothing left``), found in the source by ``./dev words``. What was said is read by its pattern and said in the
reader's language; what fits none stays as it is.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from backstay.base.rights import SCOPES
from backstay.platform.figures import KEPT, day_text, local
from backstay.platform.resources import PAGES, RESOURCES, Resource, for_kind, label

LOCALE = Path(__file__).resolve().parents[2] / "locale"
_PLACE = re.compile(r"\{(\w+)\}")
PAST = {  # what happened to an object, as its timeline tells it
    "create": "created", "change": "changed", "update": "changed", "confirm": "confirmed", "reserve": "reserved the goods", "cancel": "cancelled", "post": "posted",
    "close": "closed", "reopen": "re-opened", "reverse": "reversed", "ship": "shipped", "receive": "received", "invoice": "invoiced",
    "bill": "billed", "pay": "paid", "settle": "settled", "unsettle": "took the settlement back", "archive": "archived", "return": "returned",
    "import": "imported", "file": "added a file", "send": "sent by mail", "match": "matched", "undo": "undid the match", "ignore": "left out",
    "arrive": "let it arrive", "allow_payment": "allowed the payment", "accept_unbilled": "accepted without a bill", "set": "set",
    "to": "moved", "submit": "handed in", "approve": "approved", "start": "started", "finish": "finished", "reject": "rejected", "count": "counted",
    "track": "added tracking numbers", "untrack": "took tracking numbers away",
}  # fmt: skip
EVENTS = (
    "create", "change", "post", "confirm", "cancel", "close", "reopen", "reverse", "comment", "attach", "mail", "import", "archive",
    "shipment", "receipt", "invoice", "payment", "credit", "bill", "journal", "opening", "closing", "transfer", "count", "adjustment",
    "fulfil", "settle", "match", "undo", "ignore", "rates", "write_off", "write_down", "item", "place", "party",
    "owner", "bookkeeper", "clerk", "auditor", "today", "month", "last_month", "quarter", "year", "last_year",
    "unfinished", "posted", "overdue", "open", "late",
)  # fmt: skip


def said(text: str) -> str:
    """What a refusal says, in the reader's language."""
    language = (get_language() or "en").partition("-")[0]
    if not text or language == "en":
        return text
    plain, patterns = _patterns(language)
    if text in plain:
        return plain[text]
    for pattern, told in patterns:
        if found := pattern.fullmatch(text):
            return told.format(**{name: _value(name, value) for name, value in found.groupdict().items()})
    return text


def did(event: str) -> str:
    """What somebody did, after his name: “Ann confirmed”."""
    return pgettext("event", PAST[event]) if event in PAST else pgettext("word", _word(event)).lower()


def _value(name: str, value: str) -> str:
    """A state, an act or a kind of document within a sentence is a word, too."""
    if value.startswith(" "):
        return said(value)  # a part of the sentence that stands only sometimes
    if KEPT.match(value):
        return local("number", value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return day_text(date.fromisoformat(value), 0)
    name = name.rstrip("0123456789")
    if name == "kind" and (resource := for_kind(value)):
        return _(resource.names[0])
    if not value or name not in ("state", "before", "kind", "what", "transition"):
        return value
    word = pgettext("word", _word(value))
    return word[:1].lower() + word[1:] if name in ("state", "before") else word


@cache
def _patterns(language: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Fixed texts, and patterns, those with the most fixed letters first."""
    catalogue = gettext.translation("django", LOCALE, [language], fallback=True)
    found = {
        key.partition("\x04")[2]: text
        for key, text in getattr(catalogue, "_catalog", {}).items()
        if isinstance(key, str) and key.startswith("refusal\x04") and text
    }
    open_ = [key for key in found if _PLACE.search(key)]
    open_.sort(key=lambda key: -len(_PLACE.sub("", key)))
    made = []
    for key in open_:
        parts = _PLACE.split(key)
        made.append(
            ("".join(f"(?P<{p}>.*?)" if n % 2 else re.escape(p) for n, p in enumerate(parts)), found[key])
        )
    return {key: text for key, text in found.items() if key not in set(open_)}, [
        (re.compile(pattern, re.S), text) for pattern, text in made
    ]


def declared() -> Iterator[tuple[str, str | None, str]]:
    """(where, context, text) of what declarations imply: labels, and words of states, choices and acts."""
    from backstay.interfaces.web import urls  # noqa: F401  # pages declare themselves where their modules are read

    for resource in RESOURCES.values():
        where = resource.of.__module__.replace(".", "/").removeprefix("backstay/") + ".py"
        yield from ((where, None, text) for text in _labels(resource) if text)
        yield from ((where, "word", _word(word)) for word in _words(resource))
    for page in PAGES.values():
        yield "interfaces/web/urls.py", None, page.title
        yield from (("interfaces/web/urls.py", None, text) for text in page.menu[:2])
    from backstay.interfaces.acting import OTHER, universe
    from backstay.interfaces.web.fields import STATES

    yield from (("interfaces/web/words.py", "word", _word(word)) for word in (*EVENTS, *STATES))
    told = [*OTHER.values(), *SCOPES, *(act for acts in universe().values() for act in acts)]
    told += dict.fromkeys(kind.partition(".")[0] for kind in universe())
    yield from (("interfaces/acting.py", "word", _word(word)) for word in told)
    yield from (("interfaces/web/words.py", "event", word) for word in PAST.values())


def _word(word: str) -> str:
    from backstay.interfaces.web.fields import WRITTEN

    plain = WRITTEN.get(word, word.replace("_", " "))
    return plain[:1].upper() + plain[1:]


def _labels(resource: Resource) -> Iterator[str]:
    from backstay.interfaces.web import acts

    yield from (*resource.names, *resource.menu[:2], *resource.views)
    for name in (*resource.columns, *resource.form, *resource.facts(programs=True)):
        yield from label(resource.of, name)
    if resource.lines:
        for name in (*resource.lines.grid, *resource.lines.shown, *resource.facts(True, True)):
            yield from label(resource.child, name)
    for field in resource.of._meta.concrete_fields:
        yield from label(resource.of, field.name)
    for act in _acts(resource):
        if act in ("create", "change"):  # they have a form, told above
            continue
        try:
            for each in acts.asks(resource, act):
                yield from label(resource.of, each.name)
        except (TypeError, KeyError):
            continue


def _words(resource: Resource) -> Iterator[str]:
    from backstay.interfaces.web.fields import column

    for name in (*resource.columns, *resource.form):
        yield from (word for word, _text in column(resource.of, name).choices)
    if resource.lines and resource.child is not None:
        for name in (*resource.lines.grid, *resource.lines.shown):
            yield from (word for word, _text in column(resource.child, name).choices)
    yield from _acts(resource)
    for query in resource.views.values():
        yield from re.findall(r"f=is:(\w+)", query)
    prefix = f"{resource.kind}."
    yield from (name.removeprefix(prefix) for name in resource.told("FILTERS") if name.startswith(prefix))
    life: Any = resource.life
    for states, after in life.transitions.values() if life else ():
        yield from (*states, after)


def _acts(resource: Resource) -> Iterator[str]:
    from backstay.platform.resources import EXTRA

    yield from dict.fromkeys((*resource.acts, *EXTRA.get(resource.kind, {})))
