"""Contacts come in from vCard: parties with mail, phone and addresses; duplicates found, and what is not kept told by its line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.domains.parties.rules import AddressDraft
from backstay.interfaces.exchange.contentlines import Block, Line, blocks, decoded
from backstay.interfaces.exchange.plaintext import Left
from backstay.platform import access, rows
from backstay.platform.models import ImportedRow

KIND = "vcard"
MOST = 20 * 1024 * 1024  # bytes of a file
_MAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
COUNTRIES = {
    "usa": "US", "united states": "US", "united states of america": "US", "uk": "GB", "united kingdom": "GB", "great britain": "GB", "england": "GB",
    "germany": "DE", "deutschland": "DE", "austria": "AT", "österreich": "AT", "switzerland": "CH", "schweiz": "CH", "suisse": "CH", "france": "FR",
    "italy": "IT", "italia": "IT", "spain": "ES", "españa": "ES", "portugal": "PT", "netherlands": "NL", "nederland": "NL", "belgium": "BE",
    "denmark": "DK", "danmark": "DK", "sweden": "SE", "sverige": "SE", "norway": "NO", "norge": "NO", "finland": "FI", "poland": "PL", "polska": "PL",
    "czech republic": "CZ", "czechia": "CZ", "ireland": "IE", "canada": "CA", "australia": "AU", "japan": "JP", "china": "CN", "india": "IN", "brazil": "BR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """A card, read: the party it becomes; ``digest`` tells it again."""

    line: int
    draft: PartyDraft
    digest: str


@dataclass(slots=True)
class Taken:
    """What came of a file. ``again``: names that are here already, with the reason."""

    made: list[str] = field(default_factory=list)
    again: list[Left] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def read(content: bytes, roles: tuple[str, ...]) -> tuple[list[Contact], list[Left]]:
    """Cards of a file, any version. Pure."""
    found, lost = blocks(decoded(content), ("VCARD",))
    left = [Left(at, text, _("this is no line of a vCard")) for at, text in lost]
    made = []
    for card in found:
        name, kind = _name(card)
        if not name:
            left.append(Left(card.at, _("a card"), _("it has neither a name nor an organisation")))
            continue
        mail, phone, addresses = (
            _mail(card, name, left),
            _phone(card, name, left),
            tuple(_addresses(card, name, left)),
        )
        language = card.first("LANG")
        draft = PartyDraft(name[:200], roles, kind, email=mail, phone=phone[:60], language=language.text()[:12] if language else "", addresses=addresses)  # fmt: skip
        if (org := card.first("ORG")) and kind == "person" and any(org.parts()):
            left.append(
                Left(org.at, name, _("that it belongs to %(name)s is not kept") % {"name": org.parts()[0]})
            )
        made.append(Contact(card.at, draft, hashlib.sha256(repr(draft).encode()).hexdigest()))
    return made, left


def _name(card: Block) -> tuple[str, str]:
    """(name, person or organisation)."""
    full, parts, org = card.first("FN"), card.first("N"), card.first("ORG")
    company = org.parts()[0] if org else ""
    told = full.text() if full else ""
    if not told and parts:
        fields = [*parts.parts(), "", "", "", "", ""]
        told = " ".join(x for x in (fields[3], fields[1], fields[2], fields[0], fields[4]) if x)
    kind_line, shown = card.first("KIND"), card.first("X-ABSHOWAS")
    is_company = (kind_line is not None and kind_line.text().lower() == "org") or (shown is not None and shown.text() == "COMPANY")  # fmt: skip
    names = any(parts.parts()[:2]) if parts else False
    is_company = is_company or (bool(company) and not names and told in ("", company))
    return (told or company).replace("\n", " "), "organisation" if is_company else "person"


def _preferred(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda x: ("pref" not in x.types(), x.at))


def _mail(card: Block, name: str, left: list[Left]) -> str:
    kept = ""
    for line in _preferred(card.all("EMAIL")):
        address = line.text().removeprefix("mailto:").strip("<> ")
        if not _MAIL.fullmatch(address):
            left.append(Left(line.at, name, _("“%(text)s” is no mail address") % {"text": address[:60]}))
        elif kept:
            left.append(
                Left(
                    line.at,
                    name,
                    _("a party keeps one mail address: %(address)s is not kept") % {"address": address},
                )
            )
        else:
            kept = address[:254]
    return kept


def _phone(card: Block, name: str, left: list[Left]) -> str:
    kept = ""
    for line in sorted(_preferred(card.all("TEL")), key=lambda x: bool(x.types() & {"fax", "pager"})):
        number = line.text().removeprefix("tel:").replace(";ext=", " ext. ").replace("\n", " ")
        if kept or line.types() & {"fax", "pager"}:
            left.append(
                Left(
                    line.at,
                    name,
                    _("a party keeps one phone number: %(number)s is not kept") % {"number": number[:40]},
                )
            )
        else:
            kept = number
    return kept


def _addresses(card: Block, name: str, left: list[Left]) -> Iterator[AddressDraft]:
    kinds = iter(["main"])
    for line in _preferred(card.all("ADR")):
        box, more, street, city, region, code, country = [*line.parts(), *[""] * 7][:7]
        if not any((box, more, street, city, code)):
            continue
        known = country.upper() if re.fullmatch(r"[A-Za-z]{2}", country) else COUNTRIES.get(country.lower().replace(".", ""), "")  # fmt: skip
        known = COUNTRIES.get(known.lower(), known)
        if country and not known:
            left.append(
                Left(
                    line.at,
                    name,
                    _("the country %(country)s is not known: it is not kept") % {"country": country[:40]},
                )
            )
        first, *rest = [x for part in (street, more, box) for x in part.splitlines() if x.strip()] or [""]
        kind = next(kinds, "")
        if not kind:
            left.append(
                Left(line.at, name, _("a further address in %(place)s is not kept") % {"place": city or code})
            )
            continue
        yield AddressDraft(first[:200], city.replace("\n", " ")[:100], code[:20], known, region[:100], ", ".join(rest)[:200], kind)  # fmt: skip


def take(ctx: Ctx, name: str, content: bytes, role: str = "other") -> Taken:
    """Make parties of the cards that are not here yet; to look at it first, do it and take it back.

    Here already is: a card that was taken before, a party with that mail address, or one of that very name. Raises Refusal (``import.file``).
    """
    access.require(ctx, "parties.party.create")
    if len(content) > MOST:
        raise Refusal("import.file", f"{name} has {len(content):,} bytes", f"At most {MOST:,} are taken.")
    cards, left = read(content, (role,))
    if not cards:
        raise Refusal("import.file", f"{name} has no card", "A vCard begins with BEGIN:VCARD.")
    told = Taken(left=left)
    fresh = list(_fresh(ctx, cards, told))
    if fresh:
        ids = create_parties(ctx, [c.draft for c in fresh])
        rows.insert(ImportedRow, {"kind": [KIND] * len(ids), "key": [c.digest for c in fresh], "digest": [c.digest for c in fresh], "object_id": ids})  # fmt: skip
        told.made = [c.draft.name for c in fresh]
    return told


def _fresh(ctx: Ctx, cards: list[Contact], told: Taken) -> Iterator[Contact]:
    mails, names = (
        [c.draft.email.lower() for c in cards if c.draft.email],
        [c.draft.name.lower() for c in cards],
    )
    known = {("mail", x) for (x,) in rows.execute("SELECT lower(email) FROM parties_party WHERE company_id = %s AND lower(email) = ANY(%s::text[])", [ctx.company, mails])}  # fmt: skip
    known |= {("name", x) for (x,) in rows.execute("SELECT lower(name) FROM parties_party WHERE company_id = %s AND lower(name) = ANY(%s::text[])", [ctx.company, names])}  # fmt: skip
    known |= {("card", r.key) for r in rows.of(ImportedRow, "key", [c.digest for c in cards], "key", "kind") if r.kind == KIND}  # fmt: skip
    words = {
        "card": _("this card was taken before"),
        "mail": _("a party has this mail address"),
        "name": _("a party has this name"),
    }
    for each in cards:
        marks = [("card", each.digest), ("mail", each.draft.email.lower()), ("name", each.draft.name.lower())]
        if found := next((m for m in marks if m[1] and m in known), None):
            told.again.append(Left(each.line, each.draft.name, words[found[0]]))
        else:
            yield each
        known |= {m for m in marks if m[1]}
