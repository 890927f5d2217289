"""Where the program may call: an address taken apart, and whether a place on the network is one that strangers may name.

Pure: who resolves names and connects is ``platform/outbound.py``. Whatever is not a public address is refused, unless the
installation made an exception; what nobody ever means (the machine itself as "no address", groups, the services that hand out
a cloud machine's keys) no exception opens. Sources: the IANA registries of special-purpose addresses (RFC 6890), RFC 6052
(NAT64), RFC 3056 (6to4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urlsplit

from backstay.base.errors import Refusal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
PORTS = {"https": 443, "http": 80}
LONGEST = 2_000  # characters of an address
# Why an address is not called: the ends of sentences.
TEXTS: dict[str, tuple[str, ...]] = {
    "never": (" what it leads to is never called",),
    "private": (" it does not lead to a public address",),
    "port": (" only https at port 443 is called",),
    "characters": (" it is too long, or has a space, a backslash or a control character in it",),
    "scheme": (" it does not begin with https:// and a host",),
    "user": (" it names a user or a password",),
    "part": (" it has a part after #, which is never sent",),
    "host": (" its host is no name and no IP address",),
    "number": (" its port is no number up to 65535",),
}
_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")

_NEVER = [ip_network(told) for told in (
    "0.0.0.0/32", "255.255.255.255/32", "224.0.0.0/4", "::/128", "ff00::/8",  # no address, all, groups
    "169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",  # link and metadata
)]  # fmt: skip
_PRIVATE = [ip_network(told) for told in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
    "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
    "2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20",
)]  # fmt: skip
_GLOBAL6 = ip_network("2000::/3")  # nothing else of IPv6 is given out
# Networks whose addresses stand for one of IPv4, and how far to the right of it that stands.
_CARRIERS = ((ip_network("::ffff:0:0/96"), 0), (ip_network("64:ff9b::/96"), 0), (ip_network("2002::/16"), 80))


class Place(NamedTuple):
    """An address taken apart; ``host`` is a name in lower case or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    def __str__(self) -> str:
        """Scheme, host and port: all that is ever logged. What follows may be a secret."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"

    @property
    def header(self) -> str:
        """What the header Host says."""
        usual = self.port == PORTS[self.scheme]
        return _bracketed(self.host) if usual else f"{_bracketed(self.host)}:{self.port}"


class Exempt(NamedTuple):
    """An exception: this host (a name) or network may be called, by this scheme at this port."""

    scheme: str
    host: str
    network: Network | None
    port: int

    def __str__(self) -> str:
        where = self.host or str(self.network)
        return f"{self.scheme}://{f'[{where}]' if ':' in where else where}:{self.port}"


def place(url: str) -> Place:
    """Take an address apart. Raises Refusal (``outbound.address``) for one that is not plain http(s)."""
    try:
        parts = urlsplit(url)
        if len(url) > LONGEST or re.search(r"[\x00-\x20\x7f\\]", url):
            raise ValueError("characters")
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("scheme")
        if "@" in parts.netloc:
            raise ValueError("user")
        if parts.fragment:
            raise ValueError("part")
        host, port = _host(parts.hostname), _port(parts)
    except ValueError as exc:
        why = TEXTS.get(str(exc), TEXTS["host"])[0]  # urlsplit has words of its own for hosts
        raise Refusal("outbound.address", f"this address cannot be called:{why}", "Write it as https://example.com/path.", "address") from None  # fmt: skip
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    )
    return Place(parts.scheme, host, PORTS[parts.scheme] if port is None else port, target)


def exempt(text: str) -> Exempt:
    """An exception as it is written: ``10.1.0.0/16``, ``intra.example:8443``, ``http://127.0.0.1:9000``.

    Raises Refusal (``outbound.exception``).
    """
    scheme, sep, rest = text.strip().lower().rpartition("://")
    scheme = scheme if sep else "https"
    found = re.fullmatch(r"(\[[0-9a-f:.]+(?:/\d+)?\]|[^:\[\]]+)(?::(\d{1,5}))?", rest)
    port = int(found[2] or PORTS.get(scheme, 0)) if found else 0
    if found is None or scheme not in PORTS or not 0 < port < 65536:
        raise _unreadable(text)
    where = found[1].strip("[]")
    try:
        return Exempt(scheme, "", ip_network(where), port)
    except ValueError:
        pass
    try:
        return Exempt(scheme, _host(where), None, port)
    except ValueError:
        raise _unreadable(text) from None


def refused(where: Place, address: str, exceptions: Iterable[Exempt]) -> str:
    """Why this place, whose host has this address, is not called (of TEXTS); "" where it is."""
    at = ip_address(address.partition("%")[0])
    if _in(_meant(at), _NEVER) or _in(at, _NEVER):
        return TEXTS["never"][0]
    for each in exceptions:
        known = each.host == where.host if each.host else each.network is not None and at in each.network
        if known and (each.scheme, each.port) == (where.scheme, where.port):
            return ""
    if not public(at):
        return TEXTS["private"][0]
    if (where.scheme, where.port) != ("https", PORTS["https"]):
        return TEXTS["port"][0]
    return ""


def public(at: Address) -> bool:
    """Whether everybody on the internet means the same by this address."""
    if _in(at, _PRIVATE) or _in(at, _NEVER):
        return False
    meant = _meant(at)
    if meant is not at:
        return at not in _CARRIERS[0][0] and public(meant)  # nothing on a network has a mapped address
    return at.version == 4 or at in _GLOBAL6


def is_ip(host: str) -> bool:
    """Whether a host is written as an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _meant(at: Address) -> Address:
    """The IPv4 address that an address of IPv6 stands for, else itself."""
    for network, shift in _CARRIERS:
        if at in network:
            return IPv4Address(int(at) >> shift & 0xFFFFFFFF)
    return at


def _in(at: Address, networks: Iterable[Network]) -> bool:
    return any(at in network for network in networks)


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ValueError("number") from None


def _host(text: str) -> str:
    """A name in lower case as DNS knows it, or an IP address in its usual form. Raises ValueError."""
    if is_ip(text):
        if "%" in text:
            raise ValueError("host")
        return str(ip_address(text))
    try:
        name = text.encode("idna").decode().lower().rstrip(".")
    except UnicodeError:
        name = ""
    # 127.1, 0x7f.1 and 2130706433 are taken for addresses by some resolvers: they are no names.
    if not _NAME.fullmatch(name) or re.fullmatch(r"\d+|0x[0-9a-f]*", name.rpartition(".")[2]):
        raise ValueError("host")
    return name


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _unreadable(text: str) -> Refusal:
    return Refusal("outbound.exception", f"“{text[:80]}” is no host and no network", "Write it as intra.example:8443, 10.1.0.0/16 or http://127.0.0.1:9000.")  # fmt: skip
