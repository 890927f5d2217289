"""The one way out: what may be called, and what a server can do to who calls it. Servers are real, on this machine."""

from __future__ import annotations

import ast
import json
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backstay.base import reach
from backstay.base.errors import Refusal
from backstay.interfaces.cli.main import cli
from backstay.platform import outbound
from tests.conftest import ROOT
from tests.webservers import certificate, raw, serving

NOTHING = "0.0.0" + ".0"
USUAL = reach.place("https://hooks.example.com/in")


def hello(_: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"X-Said": "yes"}, b"hello"


@pytest.fixture
def allow(monkeypatch: pytest.MonkeyPatch) -> Any:
    def names(*told: str) -> None:
        monkeypatch.setenv(outbound.ENVIRONMENT, ",".join(told))

    names()
    return names


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A resolver that answers each question with the next of what it is told, and remembers the questions."""
    asked: list[str] = []

    def says(*answers: list[str]) -> list[str]:
        left = list(answers)

        def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            told = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port, 0, 0) if ":" in a else (a, port)) for a in told]  # fmt: skip

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return says


# ---- which addresses ----


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", NOTHING, "0.1.2.3",
    "169.254.1.1", "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1",
    "2002:a9fe:a9fe::1", "2002:c0a8:101::", "2001:0:4136:e378::1", "2001:db8::1", "3fff::1", "4000::1", "fe80::1%eth0",
])  # fmt: skip
def test_what_is_not_public_is_refused(address: str) -> None:
    assert reach.refused(USUAL, address, [])


@pytest.mark.parametrize("address", [
    "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.0", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
    "64:ff9b::8.8.8.8", "2002:808:808::1",
])  # fmt: skip
def test_public_addresses_are_called_by_https_alone(address: str) -> None:
    assert not reach.refused(USUAL, address, [])
    for other in (
        "http://hooks.example.com/",
        "https://hooks.example.com:8443/",
        "http://hooks.example.com:443/",
    ):
        assert reach.refused(reach.place(other), address, []), other


def test_an_exception_opens_what_it_names_and_nothing_else() -> None:
    network, name = reach.exempt("10.1.0.0/16"), reach.exempt("http://intra.example:8080")
    assert not reach.refused(USUAL, "10.1.2.3", [network])
    assert reach.refused(USUAL, "10.2.2.3", [network])
    assert reach.refused(reach.place("https://hooks.example.com:8443/"), "10.1.2.3", [network])
    inside = reach.place("http://intra.example:8080/x")
    assert not reach.refused(inside, "192.168.0.9", [name])
    assert reach.refused(reach.place("http://other.example:8080/x"), "192.168.0.9", [name])
    assert reach.refused(reach.place("http://intra.example:8081/x"), "192.168.0.9", [name])
    assert [str(reach.exempt(t)) for t in ("10.1.0.0/16", "http://[fd00::/8]:81", "Intra.Example:8443")] == [
        "https://10.1.0.0/16:443", "http://[fd00::/8]:81", "https://intra.example:8443",
    ]  # fmt: skip
    for wrong in (
        "",
        "10.1.2.3/33",
        "ftp://a.example",
        "a.example:0",
        "a.example:70000",
        "a b",
        "a.example/x",
        "x@y",
        "127.1",
    ):
        with pytest.raises(Refusal) as refused:
            reach.exempt(wrong)
        assert refused.value.code == "outbound.exception", wrong


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "168.63.129.16", NOTHING, "224.0.0.1", "fe80::1"])  # fmt: skip
def test_no_exception_opens_what_tells_a_machines_keys(address: str) -> None:
    every = [reach.exempt(t) for t in ("0.0.0.0/0", "[::/0]", "hooks.example.com")]
    assert reach.refused(USUAL, address, every)


@pytest.mark.parametrize("url", [
    "", "ftp://example.com/", "file:///etc/passwd", "//example.com/", "https://", "https:///x", "gopher://example.com", "https://user@example.com/",
    "https://user:pass@example.com/", "https://example.com\\@evil.example/", "https://example.com/ x", "https://example.com/\r\nHost: x", "https://exa\tmple.com/",
    "https://example.com/#part", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.01/", "https://[fe80::1%25eth0]/",
    "https://example.com:99999/", "https://example.com:x/", "https://exa mple.com", "https://-x.example/", f"https://example.com/{'x' * 2000}",
])  # fmt: skip
def test_addresses_that_are_no_plain_ones_are_refused(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        reach.place(url)
    assert refused.value.code == "outbound.address" and refused.value.remedy


def test_an_address_is_taken_apart_as_it_is_called() -> None:
    assert reach.place("HTTPS://Hooks.Example.COM.:8443/a%20b?c=ü&d") == (
        "https",
        "hooks.example.com",
        8443,
        "/a%20b?c=%C3%BC&d",
    )
    assert reach.place("https://bücher.example") == ("https", "xn--bcher-kva.example", 443, "/")
    assert reach.place("https://[2606:4700::1111]:443/").header == "[2606:4700::1111]"
    assert reach.place("http://127.0.0.1:81").header == "127.0.0.1:81"
    assert (
        str(reach.place("https://hooks.example.com/services/T0/secret?token=x"))
        == "https://hooks.example.com:443"
    )


# ---- calling ----


def test_a_server_is_asked_and_answers(allow: Any) -> None:
    with serving(hello) as (port, came):
        allow(f"http://127.0.0.1:{port}")
        answer = outbound.call(
            "POST", f"http://127.0.0.1:{port}/in?a=b", body=b"told", headers={"X-Mine": "1"}, purpose="test"
        )
    assert (answer.status, answer.content, answer.headers["x-said"], answer.address) == (
        200,
        b"hello",
        "yes",
        "127.0.0.1",
    )
    assert (came[0].method, came[0].path, came[0].body) == ("POST", "/in?a=b", b"told")
    assert came[0].headers["host"] == f"127.0.0.1:{port}" and came[0].headers["x-mine"] == "1"


def test_loopback_is_refused_without_an_exception(allow: Any, resolved: Any) -> None:
    with serving(hello) as (port, came):
        allow(f"http://127.0.0.2:{port}", "http://other.example")
        resolved(["127.0.0.1"])
        for host in ("127.0.0.1", "localhost", "innocent.example", "[::ffff:127.0.0.1]"):
            with pytest.raises(Refusal) as refused:
                outbound.call("GET", f"http://{host}:{port}/", purpose="test")
            assert refused.value.code == "outbound.address"
        assert came == []


def test_a_name_that_changes_its_address_is_asked_at_the_first_one(allow: Any, resolved: Any) -> None:
    """DNS rebinding: the address that was judged is the one that is called, and nobody looks a second time."""
    with (
        serving(lambda _: (200, {}, b"good"), "127.0.0.2") as (port, good),
        serving(lambda _: (200, {}, b"secret"), "127.0.0.3", port) as (_, bad),
    ):
        allow(f"http://127.0.0.2:{port}")
        asked = resolved(["127.0.0.2"], ["127.0.0.3"])
        assert outbound.call("GET", f"http://rebind.example:{port}/", purpose="test").content == b"good"
        assert asked == ["rebind.example"] and len(good) == 1
        assert good[0].headers["host"] == f"rebind.example:{port}"
        with pytest.raises(Refusal) as refused:  # now it says 127.0.0.3
            outbound.call("GET", f"http://rebind.example:{port}/", purpose="test")
        assert refused.value.code == "outbound.address" and bad == []
        resolved(["127.0.0.3", "127.0.0.2"])  # of several only the one that may be called is
        assert outbound.call("GET", f"http://both.example:{port}/", purpose="test").content == b"good"
        assert bad == []


def test_no_redirect_is_followed(allow: Any) -> None:
    with (
        serving(hello) as (inside, came),
        serving(lambda _: (307, {"Location": f"http://127.0.0.1:{inside}/"}, b"")) as (port, _),
    ):
        allow(f"http://127.0.0.1:{port}")
        assert outbound.call("POST", f"http://127.0.0.1:{port}/", body=b"x", purpose="test").status == 307
        assert came == []


def test_nothing_of_the_environment_is_used(
    allow: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving(hello) as (port, came), serving(hello) as (proxy, through):
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ann password secret\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        allow(f"http://127.0.0.1:{port}")
        outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test")
    assert through == [] and "authorization" not in came[0].headers


@pytest.fixture
def patient() -> Iterator[threading.Event]:
    """Set at the end, so that servers that wait let go."""
    over = threading.Event()
    yield over
    over.set()


@pytest.mark.parametrize(
    "begins", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"]
)
def test_a_server_that_keeps_silent_is_left(allow: Any, patient: threading.Event, begins: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(begins)
        patient.wait(20)

    with raw(talk) as port:
        allow(f"http://127.0.0.1:{port}")
        with pytest.raises(outbound.Unreached, match="too long"):
            outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test", whole=0.3)


@pytest.mark.parametrize("begins", [b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])  # fmt: skip
def test_a_server_that_drips_is_left_at_the_deadline(
    allow: Any, patient: threading.Event, begins: bytes
) -> None:
    """Each byte comes in good time; all of it never would."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(begins)
        while not patient.wait(0.02):
            connection.sendall(b"1")

    with raw(talk) as port:
        allow(f"http://127.0.0.1:{port}")
        with pytest.raises(outbound.Unreached, match="too long"):
            outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test", whole=0.3)


@pytest.mark.parametrize(
    "head", ["Content-Length: 999999999", "Connection: close", "Transfer-Encoding: chunked"]
)
def test_a_huge_answer_is_not_read(allow: Any, head: str) -> None:
    piece = b"x" * 65536
    if "chunked" in head:
        piece = b"10000\r\n" + piece + b"\r\n"
    sent: list[int] = []

    def talk(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        for _ in range(2_000):
            connection.sendall(piece)
            sent.append(1)

    with raw(talk) as port:
        allow(f"http://127.0.0.1:{port}")
        with pytest.raises(outbound.Unreached, match="too large"):
            outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test", largest=100_000)
    assert len(sent) < 2_000


def test_an_answer_at_the_limit_is_read(allow: Any) -> None:
    with serving(lambda _: (200, {}, b"x" * 1000)) as (port, _):
        allow(f"http://127.0.0.1:{port}")
        assert (
            len(outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test", largest=1000).content)
            == 1000
        )
        with pytest.raises(outbound.Unreached):
            outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test", largest=999)


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000])  # fmt: skip
def test_what_is_no_answer_is_told_as_such(allow: Any, said: bytes) -> None:
    with raw(lambda connection: connection.sendall(said)) as port:
        allow(f"http://127.0.0.1:{port}")
        with pytest.raises(outbound.Unreached) as told:
            outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test")
        assert told.value.code == "outbound.unreached"


def test_nobody_there_and_no_such_name(allow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    allow(f"http://127.0.0.1:{port}", f"http://nowhere.example:{port}")
    with pytest.raises(outbound.Unreached, match="connection failed"):
        outbound.call("GET", f"http://127.0.0.1:{port}/", purpose="test")
    over = threading.Event()

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        over.wait(20)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(outbound.Unreached, match="not resolved in time"):
        outbound.call("GET", f"http://nowhere.example:{port}/", purpose="test", connect=0.1)
    over.set()
    with pytest.raises(outbound.Unreached, match="not known"):
        outbound.call("GET", f"http://nowhere.example:{port}/", purpose="test")


def test_tls_is_checked_by_the_name_though_an_address_is_called(
    allow: Any, resolved: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trusted, pair = certificate(tmp_path, "hooks.example")
    resolved(["127.0.0.1"])
    with serving(hello, tls=pair) as (port, came):
        allow(f"https://hooks.example:{port}", f"https://other.example:{port}")
        with pytest.raises(
            outbound.Unreached, match="certificate was not accepted"
        ):  # an authority nobody trusts
            outbound.call("GET", f"https://hooks.example:{port}/", purpose="test")
        monkeypatch.setenv("BACKSTAY_CA_FILE", str(trusted))
        answer = outbound.call("GET", f"https://hooks.example:{port}/", purpose="test")
        assert answer.content == b"hello" and answer.address == "127.0.0.1"
        with pytest.raises(outbound.Unreached, match="certificate was not accepted"):  # of another name
            outbound.call("GET", f"https://other.example:{port}/", purpose="test")
    assert len(came) == 1


# ---- what is told, and who decides ----


def test_the_log_tells_the_place_and_no_secret(allow: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "backstay")
    with serving(hello) as (port, _):
        allow(f"http://127.0.0.1:{port}")
        outbound.call("POST", f"http://127.0.0.1:{port}/hook/T0SECRET?token=T1SECRET", body=b"T2SECRET", headers={"Authorization": "T3SECRET"}, purpose="test")  # fmt: skip
        with pytest.raises(Refusal):
            outbound.call("POST", "https://127.0.0.1/T4SECRET", purpose="test")
    told = " ".join(str(record.msg) for record in caplog.records)
    assert f"http://127.0.0.1:{port}" in told and "outbound.called" in told and "outbound.refused" in told
    assert "SECRET" not in told


def test_an_address_is_judged_before_it_is_kept(allow: Any) -> None:
    assert outbound.checked("https://hooks.example.com/in").host == "hooks.example.com"
    for url in (
        "http://hooks.example.com/",
        "https://hooks.example.com:8443/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
    ):
        with pytest.raises(Refusal, match=r"outbound\.address"):
            outbound.checked(url)
    allow("http://hooks.example.com", "10.0.0.0/8")
    assert outbound.checked("http://hooks.example.com/") and outbound.checked("https://10.0.0.1/")


def test_exceptions_are_made_at_the_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BACKSTAY_HOME", str(tmp_path))
    monkeypatch.delenv(outbound.ENVIRONMENT, raising=False)

    def say(*words: str) -> str:
        return CliRunner().invoke(cli, ["outbound", *words], catch_exceptions=False).output

    assert "No exception" in say("list")
    with serving(hello) as (port, _):
        with pytest.raises(Refusal):
            say("try", f"http://127.0.0.1:{port}/")
        assert say("allow", f"http://127.0.0.1:{port}") == f"http://127.0.0.1/32:{port} may be called.\n"
        assert say("try", f"http://127.0.0.1:{port}/") == "200 from 127.0.0.1\n"
        say("allow", f"http://127.0.0.1:{port}")
        assert say("list") == f"http://127.0.0.1/32:{port}\n"
        say("forbid", f"http://127.0.0.1:{port}")
        with pytest.raises(Refusal):
            say("forbid", f"http://127.0.0.1:{port}")
    assert json.loads((tmp_path / outbound.FILE).read_text()) == []
    monkeypatch.setenv(outbound.ENVIRONMENT, "10.0.0.0/8")
    with pytest.raises(Refusal, match=r"outbound\.environment"):
        say("allow", "intra.example")


# What could call another machine by itself; what of it may be imported where.
OUTGOING = {"requests", "urllib3", "httpx", "aiohttp", "http.client", "urllib.request", "socket", "ssl", "smtplib", "ftplib", "telnetlib", "xmlrpc.client", "asyncio.streams"}  # fmt: skip
WAY_OUT = ROOT / "backstay/platform/outbound.py"


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_nothing_else_calls_other_machines() -> None:
    assert _imported(WAY_OUT) & OUTGOING
    wrong = {
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("backstay", "examples")
        for path in (ROOT / folder).rglob("*.py")
        if path != WAY_OUT
        for name in _imported(path)
        if name in OUTGOING or name.partition(".")[0] in OUTGOING
    }
    assert wrong == set()
