"""The one way out by HTTP: every call to another machine's web server goes through ``call``.

Who can make a server fetch an address of his choice reaches what only that server reaches. So a name is resolved once, its
address judged (``base/reach.py``), and the connection made to that very address, while TLS checks the certificate by the name:
a name that changes its address meanwhile changes nothing. No redirect is followed, no proxy or password file of the
environment is read, an answer has a largest size, and the whole exchange one deadline, however slowly bytes drip.

Exceptions are of the installation: ``backstay outbound allow`` keeps them in ``outbound.json`` of the data folder;
``BACKSTAY_OUTBOUND_ALLOW`` (with commas) wins. No screen of a company changes them.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from time import monotonic
from typing import Any, NamedTuple

import certifi
import structlog

from backstay import __version__
from backstay.base import reach
from backstay.base.errors import Refusal
from backstay.base.reach import Exempt, Place
from backstay.platform.home import home

CONNECT, WHOLE = 5.0, 15.0  # seconds to find and reach, for all of it
LARGEST = 1_000_000  # bytes of an answer
FILE = "outbound.json"
ENVIRONMENT = "BACKSTAY_OUTBOUND_ALLOW"
log = structlog.get_logger(__name__)
# What went wrong with a server: the ends of sentences.
TEXTS: dict[str, tuple[str, ...]] = {
    "resolver": (" its name was not resolved in time",),
    "name": (" its name is not known",),
    "connect": (" the connection failed",),
    "connect time": (" it was not reached in time",),
    "time": (" it took too long",),
    "size": (" its answer is too large",),
    "short": (" its answer broke off",),
    "answer": (" what it said is no answer",),
    "tls": (" its certificate was not accepted",),
}


class Answer(NamedTuple):
    """What a server said. ``headers`` have names in lower case, the last of several; a redirect is an answer like others."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    address: str


class Unreached(Refusal):
    """The server could not be asked, or did not answer as it must: it may do so later."""


def call(
    method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None, purpose: str, trusted: Sequence[str] = (),
    connect: float = CONNECT, whole: float = WHOLE, largest: int = LARGEST,
) -> Answer:  # fmt: skip
    """Ask a server once. ``purpose`` is what the log says; ``trusted``: exceptions that other settings of the installation make.

    Raises Refusal (``outbound.address``) for what must not be called, Unreached (``outbound.unreached``) otherwise.
    """
    where, began = reach.place(url), monotonic()
    told: dict[str, Any] = {"purpose": purpose, "method": method, "place": str(where)}
    try:
        exempt = (*exceptions(), *map(reach.exempt, trusted))
        found = _allowed(where, exempt, min(connect, whole))
        given = {"Host": where.header, "User-Agent": f"Backstay/{__version__}", "Accept-Encoding": "identity", "Connection": "close"}  # fmt: skip
        answer = _exchange(where, found, method, given | dict(headers or {}), body, (began + min(connect, whole), began + whole), largest)  # fmt: skip
    except Refusal as refusal:
        log.warning("outbound.refused", code=refusal.code, error=refusal.message, ms=_ms(began), **told)
        raise
    log.info("outbound.called", status=answer.status, address=answer.address, bytes=len(answer.content), ms=_ms(began), **told)  # fmt: skip
    return answer


def checked(url: str) -> Place:
    """An address that may be called as far as can be seen without asking anybody. Raises Refusal (``outbound.address``)."""
    where = reach.place(url)
    exempt = exceptions()
    if reach.is_ip(where.host):
        why = reach.refused(where, where.host, exempt)
    else:
        known = any(
            (e.scheme, e.port) == (where.scheme, where.port) and e.host in ("", where.host) for e in exempt
        )
        usual = (where.scheme, where.port) == ("https", 443)
        why = "" if usual or known else reach.TEXTS["port"][0]
    if why:
        raise _forbidden(where, why)
    return where


def exceptions() -> list[Exempt]:
    """What this installation lets be called besides public addresses."""
    given = os.environ.get(ENVIRONMENT)
    if given is not None:
        return [reach.exempt(each) for each in given.split(",") if each.strip()]
    try:
        kept: list[str] = json.loads((home() / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [reach.exempt(each) for each in kept]


def keep(wanted: Sequence[Exempt]) -> None:
    """Keep exceptions. Raises Refusal (``outbound.environment``) where the environment decides."""
    if ENVIRONMENT in os.environ:
        raise Refusal("outbound.environment", f"{ENVIRONMENT} says what may be called", "Change it there.")
    path = home() / FILE
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([str(each) for each in wanted]) + "\n", encoding="utf-8")
    fresh.replace(path)


# ---- finding the address ----


def _allowed(where: Place, exempt: Sequence[Exempt], seconds: float) -> list[tuple[Any, ...]]:
    """What of the addresses of a host may be called: (family, address for connect)."""
    found = _looked_up(where, seconds)
    good, why = [], ""
    for family, _kind, _proto, _name, at in found:
        why_not = reach.refused(where, str(at[0]), exempt)
        why = why or why_not
        if not why_not:
            good.append((family, at))
    if not good:
        raise _forbidden(where, why)
    return good


def _looked_up(where: Place, seconds: float) -> list[Any]:
    """What the resolver says, once. It has no time-out of its own, so it is asked in a thread."""
    if reach.is_ip(where.host):
        six = ip_address(where.host).version == 6
        at = (where.host, where.port, 0, 0) if six else (where.host, where.port)
        return [(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM, 0, "", at)]
    said: list[Any] = []

    def ask() -> None:
        try:
            said.append(socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM))
        except OSError as exc:
            said.append(exc)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if not said:
        raise _unreached(where, "resolver")
    if isinstance(said[0], OSError) or not said[0]:
        raise _unreached(where, "name")
    return list(said[0])


def _forbidden(where: Place, why: str) -> Refusal:
    return Refusal(
        "outbound.address",
        f"{where} is not called:{why}",
        "Name a public server by https. Whoever runs this Backstay may make an exception: backstay outbound allow.",
        "address",
    )


def _unreached(where: Place, why: str) -> Unreached:
    (why,) = TEXTS[why]
    return Unreached("outbound.unreached", f"{where} did not answer:{why}", "Try again later; if it goes on, ask whoever runs it.", "address")  # fmt: skip


# ---- the exchange ----


def _exchange(
    where: Place, found: Sequence[tuple[Any, ...]], method: str, headers: Mapping[str, str], body: bytes | None, ends: tuple[float, float], largest: int,
) -> Answer:  # fmt: skip
    try:
        sock, address = _connected(where, found, *ends)
    except ssl.SSLError as exc:
        log.warning("outbound.tls", place=str(where), reason=getattr(exc, "verify_message", "") or exc.reason)
        raise _unreached(where, "tls") from exc
    except OSError as exc:
        raise _unreached(where, "connect time" if isinstance(exc, TimeoutError) else "connect") from exc
    try:
        asking = http.client.HTTPConnection(where.host, where.port)
        asking.sock = _Timed(sock, ends[1])
        asking.putrequest(method, where.target, skip_host=True, skip_accept_encoding=True)
        for name, value in (
            headers | ({"Content-Length": str(len(body))} if body is not None else {})
        ).items():
            asking.putheader(name, value)
        asking.endheaders(body)
        response = asking.getresponse()
        content = _content(where, response, largest)
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, content, address)
    except TimeoutError as exc:
        raise _unreached(where, "time") from exc
    except (OSError, http.client.HTTPException) as exc:
        raise _unreached(where, "answer") from exc
    finally:
        sock.close()


def _content(where: Place, response: http.client.HTTPResponse, largest: int) -> bytes:
    expected = response.length
    content = b"" if (expected or 0) > largest else response.read(largest + 1)
    if (expected or 0) > largest or len(content) > largest:
        raise _unreached(where, "size")
    if expected is not None and len(content) < expected:
        raise _unreached(where, "short")
    return content


def _connected(
    where: Place, found: Sequence[tuple[Any, ...]], until: float, end: float
) -> tuple[socket.socket, str]:
    """A connection to the first address that answers, with TLS where it must be. Raises OSError."""
    failed: OSError = TimeoutError()
    for family, at in found:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(_left(min(until, end)))
            sock.connect(at)
            if where.scheme == "https":
                sock.settimeout(_left(end))
                sock = _tls(_authorities()).wrap_socket(sock, server_hostname=where.host)
            return sock, str(at[0])
        except OSError as exc:
            sock.close()
            failed = exc
    raise failed


def _authorities() -> str:
    return os.environ.get("BACKSTAY_CA_FILE", "")


@lru_cache(maxsize=4)
def _tls(authorities: str) -> ssl.SSLContext:
    """Certificates are checked by the name, against the usual authorities and those of ``BACKSTAY_CA_FILE``."""
    made = ssl.create_default_context(cafile=certifi.where())
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities:
        made.load_verify_locations(cafile=authorities)
    return made


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _ms(began: float) -> int:
    return round((monotonic() - began) * 1000)


class _Timed:
    """A socket as ``http.client`` uses it, whose every read and write ends with the deadline of the whole."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self.sock, self.end = sock, end

    def sendall(self, given: Any) -> None:
        left = memoryview(given)
        while left:
            self.sock.settimeout(_left(self.end))
            left = left[self.sock.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._read))

    def _read(self, into: Any) -> int:
        self.sock.settimeout(_left(self.end))
        return self.sock.recv_into(into)

    def close(self) -> None:
        """The answer is read after http.client closes: ``_exchange`` closes the socket."""


class _Reader(io.RawIOBase):
    def __init__(self, read: Callable[[Any], int]) -> None:
        self._read = read

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._read(into)
