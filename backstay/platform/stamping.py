"""Time-stamps (RFC 3161): an authority outside signs that the head of a chain was there at a time.

What is stamped is the head's own line of text, so anybody checks a token with the tools he has:
``openssl ts -verify -data head.txt -in head.tsr -CAfile ca.pem``. Nobody here can make one for another history or an earlier day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from backstay.base.context import Ctx
from backstay.base.errors import Refusal
from backstay.base.seal import Head
from backstay.ledger.verify import check
from backstay.platform import access, outbound, outbox, rows
from backstay.platform.models import SealStamp

SETTING = "seal_stamp"
EVERY = ("day", "block")
EARLY = timedelta(minutes=5)  # that clocks may differ


class Authority(NamedTuple):
    """Who stamps, and the certificates that his own must lead to; "" nobody."""

    url: str = ""
    roots: str = ""  # PEM
    every: str = "day"


def authority(ctx: Ctx) -> Authority:
    """Who stamps the heads of this company."""
    told: Mapping[str, Any] = ctx.settings.get(SETTING) or {}
    return Authority(str(told.get("url", "")), str(told.get("roots", "")), str(told.get("every", "day")))


def choose(ctx: Ctx, wanted: Authority) -> None:
    """Let an authority stamp heads from now on, nobody when its ``url`` is empty.

    Raises Refusal (``seal.roots``, ``seal.every``, ``outbound.address``). The trail tells the change.
    """
    access.require(ctx, "platform.seal.change")
    if wanted.every not in EVERY:
        raise Refusal("seal.every", f"heads are stamped each block or each day, not {wanted.every}", "Choose one of them.")  # fmt: skip
    if wanted.url:
        outbound.checked(wanted.url)
        _certificates(wanted.roots)
    rows.execute(
        "UPDATE company SET settings = settings || jsonb_build_object(%s::text, %s::jsonb) WHERE id = %s RETURNING id",
        [SETTING, json.dumps(wanted._asdict()), ctx.company],
    )


def later(ctx: Ctx, head: Head) -> None:
    """Have a head stamped: by the outbox, so in its time."""
    outbox.put(ctx, "stamp", [{"head": str(head), "block": head.block, "hash": head.hash, "at": head.at}], [f"stamp:{head.block}:{head.hash[:16]}"])  # fmt: skip


@outbox.deliver("stamp")
def _deliver(ctx: Ctx, key: str, payload: Mapping[str, Any]) -> None:
    if authority(ctx).url:  # nobody is asked any more: then it is done
        stamp(ctx, Head(ctx.company, int(payload["block"]), str(payload["hash"]), int(payload["at"])))


def stamp(ctx: Ctx, head: Head) -> datetime:
    """Ask the authority now, check what it says, and keep it; the time it names.

    Raises Refusal (``seal.authority``, ``seal.stamp``, ``outbound.address``), Unreached.
    """
    who = authority(ctx)
    if not who.url:
        raise Refusal("seal.authority", "no authority stamps heads", "Name one: backstay seal authority URL --ca FILE.")  # fmt: skip
    asked = TimestampRequestBuilder().data(str(head).encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    answer = outbound.call("POST", who.url, body=asked.as_bytes(), headers=headers, purpose="time-stamp", largest=100_000)  # fmt: skip
    if answer.status != 200:
        raise _bad(f"the authority answered {answer.status}")
    at = checked(answer.content, str(head), who.roots, asked.nonce)
    if at < datetime.fromtimestamp(head.at / 1_000_000, UTC) - EARLY:
        raise _bad("the time it names is before the block was there")
    SealStamp.objects.create(
        company_id=ctx.company, block=head.block, head=str(head), at=at, authority=who.url, roots=who.roots, answer=answer.content
    )  # fmt: skip
    return at


def checked(token: bytes, head: str, roots: str, nonce: int | None = None) -> datetime:
    """The time that a token says this head was there. Refusal (``seal.stamp``, ``seal.roots``) when it does not fit.

    Held: status, signature, the certificate's purpose and its chain to ``roots`` (PEM), the imprint, and the nonce where it is known.
    """
    good, between = _certificates(roots)
    try:
        response = decode_timestamp_response(token)
        VerifierBuilder(roots=good, intermediates=between, nonce=nonce).build().verify_message(response, head.encode())  # fmt: skip
        at: datetime = response.tst_info.gen_time
    except VerificationError as exc:
        raise _bad(str(exc)[:200]) from exc
    except ValueError as exc:  # of the parser
        raise _bad(f"it is no time-stamp ({exc})"[:200]) from exc
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _certificates(roots: str) -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """(roots, what stands between) of a PEM text."""
    try:
        found = x509.load_pem_x509_certificates(roots.encode())
    except ValueError:
        found = []
    good = [c for c in found if c.issuer == c.subject]
    if not good:
        raise Refusal("seal.roots", "there is no root certificate in that file", "Take the authority's certificate of its own, as PEM.")  # fmt: skip
    return good, [c for c in found if c not in good]


def stamps(ctx: Ctx) -> list[SealStamp]:
    """All stamps of the company, by block."""
    access.require(ctx, "platform.seal.read")
    return list(SealStamp.objects.filter(company_id=ctx.company).order_by("block", "id"))


def last(ctx: Ctx) -> SealStamp | None:
    """The latest one."""
    return SealStamp.objects.filter(company_id=ctx.company).order_by("-block", "-id").first()


@check("seal.stamps")
def whole_stamps(ctx: Ctx) -> Iterator[str]:
    """Every time-stamp is the authority's, and of a block that is still in the chain."""
    hashes = dict(rows.execute("SELECT number, hash FROM seal_block WHERE company_id = %s", [ctx.company]))
    for each in SealStamp.objects.filter(company_id=ctx.company).order_by("id").iterator():
        said = f" block={each.block} hash={hashes.get(each.block, '')} "
        if said not in each.head or f" company={ctx.company} " not in each.head:
            yield f"seal.stamp: block {each.block}: it was stamped as another one"
        try:
            if checked(bytes(each.answer), each.head, each.roots) != each.at:
                yield f"seal.stamp: block {each.block}: the time-stamp names another time"
        except Refusal as refusal:
            yield f"{refusal.code}: block {each.block}: {refusal.message}"


def _bad(why: str) -> Refusal:
    return Refusal("seal.stamp", f"the time-stamp is not good: {why}", "Try again; if it goes on, ask the authority.")  # fmt: skip
