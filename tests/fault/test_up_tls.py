"""``up`` by TLS, and behind a proxy: what cookies and headers say, and who is believed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backstay.interfaces.cli.main import cli
from tests.conftest import ROOT


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def _ask(url: str, trust: Path | None = None, **headers: str) -> tuple[int, Any, str]:
    """(status, headers, text); redirects are not followed, cookies not kept."""
    context = ssl.create_default_context(cafile=str(trust)) if trust else None
    opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as exc:
        return exc.code, exc.headers, exc.read().decode()


@contextmanager
def _up(ready: str, *more: str, **environment: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "backstay", "up", "--port", str(port), "--workers", "1", *more]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"BACKSTAY_LOG_LEVEL": "ERROR"} | environment, stderr=subprocess.PIPE)  # fmt: skip
    waiting = threading.Event()
    try:
        for _ in range(900):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 or process.poll() is not None:
                    break
            waiting.wait(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0 and ready in err.decode(), err


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate signed by itself, made by openssl as an administrator makes one."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here: apt-get install openssl")
    place = tmp_path_factory.mktemp("tls")
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(place / "key.pem"), "-out", str(place / "cert.pem"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return place / "cert.pem", place / "key.pem"


def test_tls_of_its_own(database: str, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    with _up("https://127.0.0.1", "--tls-cert", str(cert), "--tls-key", str(key)) as port:
        status, headers, text = _ask(f"https://localhost:{port}/sign-in", cert)
        assert status == 200 and "Sign in" in text
        cookies = headers.get_all("Set-Cookie")
        assert [c.partition("=")[0] for c in cookies] == ["__Host-backstay_csrf"]
        assert all(
            "Secure" in c and "Path=/" in c and "SameSite=Lax" in c and "Domain" not in c for c in cookies
        )
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        assert (
            headers["Referrer-Policy"] == "same-origin"
            and "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        )
        _s, challenge, _t = _ask(f"https://localhost:{port}/sign-in/passkey", cert, Accept="application/json")
        session = challenge.get_all("Set-Cookie")
        assert re.match(r"__Host-backstay_session=.*HttpOnly.*SameSite=Lax; Secure", session[0]), session
        with pytest.raises(OSError):
            _ask(f"http://localhost:{port}/sign-in")  # nobody answers plain HTTP there
        old = ssl.create_default_context(cafile=str(cert))
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, OSError)), socket.create_connection(("127.0.0.1", port), 10) as raw:
            old.wrap_socket(raw, server_hostname="localhost")


def test_a_trusted_proxy_spoke_tls(database: str) -> None:
    with _up(
        "http://127.0.0.1", BACKSTAY_TRUST_PROXY="127.0.0.1", BACKSTAY_HOSTS="books.example.com"
    ) as port:
        told = {"Host": "books.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        status, headers, _text = _ask(f"http://127.0.0.1:{port}/sign-in", **told)
        assert status == 200 and headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "__Host-backstay_csrf" in headers["Set-Cookie"] and "Secure" in headers["Set-Cookie"]
        status, headers, _text = _ask(f"http://127.0.0.1:{port}/sign-in", Host="books.example.com")
        assert status == 301 and headers["Location"] == "https://books.example.com/sign-in"
        assert _ask(f"http://127.0.0.1:{port}/sign-in", **(told | {"Host": "evil.example"}))[0] == 400
        assert _ask(f"http://127.0.0.1:{port}/healthz")[0] == 200


def test_another_than_the_trusted_proxy_is_not_believed(database: str) -> None:
    with _up("http://127.0.0.1", "--trust-proxy", "10.255.255.1") as port:
        status, headers, _text = _ask(f"http://localhost:{port}/sign-in", **{"X-Forwarded-Proto": "https"})
        assert status == 301 and headers["Location"].startswith("https://")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "192.0.2.1"], "this machine only"),
        (["--tls-cert", __file__], "go together"),
        (["--trust-proxy", "nginx"], "no address of a proxy"),
        (["--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.pem"], "does not exist"),
    ],
)
def test_up_stays_on_this_machine_unless_told_how_people_come(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BACKSTAY_TLS_CERT", "BACKSTAY_TLS_KEY", "BACKSTAY_TRUST_PROXY"):
        monkeypatch.delenv(name, raising=False)
    answer = CliRunner().invoke(cli, ["up", *arguments])
    assert answer.exit_code == 2 and said in answer.output
