"""OpenID Connect: signing in by the company's own directory (authorization code with PKCE, a signed ID token).

Nobody becomes a user this way: the directory must name, as verified, the mail address of somebody who already is one.
After that his subject counts, so an address given to somebody else later lets nobody in. We ask the issuer's own host
alone (and hosts named beside it), by the one way out (``platform/outbound.py``); whoever set the directory up thereby lets it
be called, though it may stand in a network of his own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets as random
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from backstay.base.errors import Denied, Refusal
from backstay.interfaces.signing.sessions import now
from backstay.platform import outbound, secrets
from backstay.platform.models import User

SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
GOOD = 600  # seconds between leaving for the directory and coming back
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Provider:
    """A directory people may come by."""

    id: str
    name: str
    issuer: str
    client: str
    secret: str
    hosts: tuple[str, ...] = ()


def providers() -> dict[str, Provider]:
    """From BACKSTAY_OIDC_ISSUER, _CLIENT, _SECRET, _NAME and _HOSTS, and the list "oidc" of the secrets file."""
    told = json.loads(secrets.known("oidc") or "[]")
    if os.environ.get("BACKSTAY_OIDC_ISSUER"):
        names = ("issuer", "client", "secret", "name", "hosts")
        given = {name: os.environ.get(f"BACKSTAY_OIDC_{name.upper()}", "") for name in names}
        told.append({**given, "hosts": [h.strip() for h in given["hosts"].split(",") if h.strip()]})
    found = {}
    for each in told:
        issuer = str(each["issuer"]).rstrip("/")
        ident = str(each.get("id") or urlsplit(issuer).hostname)
        found[ident] = Provider(
            ident, str(each.get("name") or ident), issuer, str(each["client"]), str(each.get("secret", "")), tuple(each.get("hosts", ()))
        )  # fmt: skip
    return found


def _wrong(what: str) -> Denied:
    return Denied("access.directory", f"the sign-in was not accepted: {what}", "Try again; if it goes on, ask whoever runs this Backstay.")  # fmt: skip


def _ask(
    provider: Provider, url: str, data: dict[str, str] | None = None, auth: tuple[str, str] | None = None
) -> dict[str, Any]:
    """The JSON a directory answers. Raises Denied when the address is not its, or it does not answer as it must."""
    parts = urlsplit(url)
    if parts.hostname not in {urlsplit(provider.issuer).hostname, *provider.hosts}:
        raise _wrong(f"{parts.hostname} is not the directory's host")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise _wrong("the directory is not asked without TLS")
    headers = {"Accept": "application/json"}
    if data:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if auth:
        plain = ":".join(auth).encode()
        headers["Authorization"] = f"Basic {base64.b64encode(plain).decode()}"
    try:
        answer = outbound.call(
            "POST" if data else "GET", url, body=urlencode(data).encode() if data else None, headers=headers,
            purpose="directory", trusted=[f"{parts.scheme}://{parts.netloc}"],
        )  # fmt: skip
        told = json.loads(answer.content) if answer.status == 200 else None
    except (Refusal, ValueError) as exc:
        raise _wrong("the directory does not answer") from exc
    if not isinstance(told, dict):
        raise _wrong(f"the directory answered {answer.status}")
    return told


def described(provider: Provider) -> dict[str, Any]:
    """What the issuer says of itself; it must be the one we were told of."""
    told = _ask(provider, f"{provider.issuer}/.well-known/openid-configuration")
    if str(told.get("issuer", "")).rstrip("/") != provider.issuer:
        raise _wrong("another issuer answers there")
    return told


def leave(provider: Provider, session: Any, back: str, following: str) -> str:
    """The address at the directory to send a person to; what must come back is kept in his session."""
    told = described(provider)
    kept = {name: random.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    session["oidc"] = {**kept, "provider": provider.id, "next": following, "at": now(), "back": back}
    challenge = (
        base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    )
    asked = {
        "response_type": "code", "client_id": provider.client, "redirect_uri": back, "scope": "openid email profile",
        "state": kept["state"], "nonce": kept["nonce"], "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{told['authorization_endpoint']}?{urlencode(asked)}"


def come_back(provider: Provider, session: Any, given: Any) -> tuple[User, str]:
    """(who it is, where he wanted to go), from what the directory sent along. Raises Denied."""
    kept = session.pop("oidc", None) or {}
    if kept.get("provider") != provider.id or now() - kept.get("at", 0) > GOOD:
        raise _wrong("it was not begun here, or too long ago")
    if not hmac.compare_digest(str(given.get("state", "")), kept["state"]):
        raise _wrong("it is the answer to another request")
    if given.get("error") or not given.get("code"):
        raise _wrong("the directory refused, or you did")
    told = described(provider)
    asked = {"grant_type": "authorization_code", "code": given["code"], "redirect_uri": kept["back"], "code_verifier": kept["verifier"], "client_id": provider.client}  # fmt: skip
    basic = "client_secret_post" not in told.get(
        "token_endpoint_auth_methods_supported", ["client_secret_basic"]
    )
    if not basic:
        asked["client_secret"] = provider.secret
    tokens = _ask(
        provider, told["token_endpoint"], asked, (provider.client, provider.secret) if basic else None
    )
    claims = verified(
        provider, str(tokens.get("id_token", "")), _ask(provider, told["jwks_uri"]), kept["nonce"]
    )
    return person(provider, claims), str(kept["next"])


def verified(provider: Provider, token: str, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The claims of an ID token that the issuer signed for us, just now, for this very request. Raises Denied."""
    try:
        head = jwt.get_unverified_header(token)
        usable = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
        chosen = [key for key in usable if head.get("kid") in (None, key.key_id)]
        if head.get("alg") not in SIGNED or len(chosen) != 1:
            raise _wrong("it is not signed with a key of the directory")
        claims: dict[str, Any] = jwt.decode(
            token, chosen[0], algorithms=[head["alg"]], audience=provider.client, issuer=[provider.issuer, provider.issuer + "/"], leeway=60,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )  # fmt: skip
    except jwt.PyJWTError as exc:
        raise _wrong(f"{exc}".lower()) from exc
    if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
        raise _wrong("it is the answer to another request")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != provider.client:
        raise _wrong("it was made for somebody else")
    return claims


def person(provider: Provider, claims: dict[str, Any]) -> User:
    """The user a subject is, or becomes by his verified address. Raises Denied (``access.uninvited``)."""
    subject = str(claims["sub"])
    known = SocialAccount.objects.select_related("user").filter(provider=provider.id, uid=subject).first()
    user = known.user if known else None
    if user is None and claims.get("email") and claims.get("email_verified") is True:
        user = User.objects.filter(email=str(claims["email"]).strip().lower()).first()
        if user is not None and SocialAccount.objects.filter(provider=provider.id, user=user).exists():
            raise _wrong("the address belongs to somebody else there now")
    if user is None or not user.is_active:
        raise Denied("access.uninvited", "nobody with this address works here", "Ask an owner of the company to invite you.")  # fmt: skip
    if known is None:
        try:
            with transaction.atomic():
                SocialAccount.objects.create(provider=provider.id, uid=subject, user=user)
        except IntegrityError:
            raise Refusal("access.directory", "you are signing in twice at once", "Try again.") from None
    found: User = user
    return found
