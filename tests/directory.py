"""A directory that speaks OpenID Connect over HTTP: discovery, authorization code with PKCE, signed ID tokens, keys."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Directory:
    """``person``: the claims of who is signed in there; ``changes``: what a token says instead; ``key``: what signs."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.address = f"http://127.0.0.1:{server.server_address[1]}"
        self.issuer = self.address
        self.client, self.secret = "backstay", "a secret: of +ours"
        self.key = self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.algorithm = "RS256"
        self.person: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    def authorize(self, query: dict[str, str]) -> str:
        assert (
            query["response_type"] == "code"
            and query["client_id"] == self.client
            and "openid" in query["scope"].split()
        )
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(12)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        query = self.codes.pop(form["code"], None)
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        if query is None or given != f"{self.client}:{self.secret}" or challenge != query["code_challenge"]:
            return None
        if form["redirect_uri"] != query["redirect_uri"] or form["grant_type"] != "authorization_code":
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.client,
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
        }
        claims = {k: v for k, v in (claims | self.person | self.changes).items() if v is not None}
        key = "" if self.algorithm == "none" else "x" * 64 if self.algorithm == "HS256" else self.key
        return {"access_token": "at", "token_type": "Bearer", "id_token": jwt.encode(claims, key, self.algorithm, headers={"kid": "one"})}  # fmt: skip

    def answer(
        self, method: str, path: str, body: str, authorization: str
    ) -> tuple[int, dict[str, str], Any]:
        parts = urlsplit(path)
        self.asked.append(parts.path)
        query = {k: v[0] for k, v in parse_qs(parts.query or body).items()}
        if parts.path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return (
                200,
                {},
                {"issuer": self.issuer} | {name: f"{self.address}/{there}" for name, there in names.items()},
            )
        if parts.path == "/keys":
            told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key()))
            return 200, {}, {"keys": [told | {"kid": "one", "use": "sig", "alg": "RS256"}]}
        if parts.path == "/authorize":
            return 302, {"Location": self.authorize(query)}, {}
        if parts.path == "/token" and method == "POST" and (told := self.token(query, authorization)):
            return 200, {}, told
        return 400, {}, {"error": "invalid_grant"}


@contextmanager
def directory() -> Iterator[Directory]:
    """One that answers on this machine while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            status, headers, told = running.answer(
                self.command, self.path, body, self.headers.get("Authorization", "")
            )
            content = json.dumps(told).encode()
            self.send_response(status)
            for name, value in (
                headers | {"Content-Type": "application/json", "Content-Length": str(len(content))}
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _do

        def log_message(self, *args: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = Directory(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
