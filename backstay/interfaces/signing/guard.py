"""How fast one may guess, without anybody being able to lock another out.

A stranger's tries count for (account, network) and for his network. A browser that signed in to the account before
has a bucket of its own, which nobody else can fill. Passkeys are not counted: there is nothing to guess.
"""

from __future__ import annotations

import ipaddress

import structlog
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from backstay.interfaces.signing import devices
from backstay.platform import throttle
from backstay.platform.throttle import Bucket

log = structlog.get_logger(__name__)


def network(address: str) -> str:
    """The /24 (IPv4) or /64 (IPv6) an address is of."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))


def _where(request: HttpRequest) -> str:
    return network(request.META.get("REMOTE_ADDR", ""))


def password_buckets(request: HttpRequest, email: str) -> list[Bucket]:
    """What a guess of this account's password counts in."""
    account = email.strip().lower()
    device = devices.known(request, account)
    if device:
        return [Bucket(("device", device, account), 10, 30)]
    where = _where(request)
    return [Bucket(("account", account, where), 5, 15), Bucket(("network", where), 60, 15)]


def code_buckets(user: int) -> list[Bucket]:
    """What a guess of a second factor counts in: whoever gets so far knows the password."""
    return [Bucket(("code", str(user)), 6, 15)]


def mail_buckets(request: HttpRequest, email: str) -> list[Bucket]:
    """What a request for a mail with a link counts in."""
    where = _where(request)
    return [Bucket(("mail", email.strip().lower(), where), 3, 60), Bucket(("mails", where), 20, 60)]


def take(request: HttpRequest, buckets: list[Bucket]) -> None:
    """Count a try. Raises ValidationError that says how long to wait."""
    if minutes := throttle.take(buckets):
        log.warning("sign_in.throttled", what=buckets[0].about[0], network=_where(request))
        raise ValidationError(
            ngettext(
                "Too many tries. Wait %(n)d minute and try again.",
                "Too many tries. Wait %(n)d minutes and try again.",
                minutes,
            )
            % {"n": minutes},
            code="too_many",
        )


def spend_code(user: int, code: str) -> bool:
    """Whether a time-based code is used for the first time: each is good once, whichever process looks."""
    return throttle.take([Bucket(("spent", str(user), code), 1, 5)]) == 0
