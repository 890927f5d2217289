"""A time-stamping authority on this machine: ``openssl ts`` behind a little web server, with certificates made anew."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.webservers import Asked, serving

_CONFIG = """
[ tsa ]
default_tsa = one
[ one ]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/{name}.pem
certs = {folder}/ca.pem
signer_key = {folder}/{name}.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


OPENSSL = shutil.which("openssl") or "openssl (apt-get install openssl)"


class Authority:
    """``name``: which of its certificates signs: ``tsa``, or ``web``, which is for servers; ``reply`` changes what is said."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name, self.url, self.status = folder, "tsa", "", 200
        self.instead: bytes | None = None  # said instead of an answer
        self.asked: list[Asked] = []
        self._run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Root of time",
                  "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
        for name, purpose in (("tsa", "critical,timeStamping"), ("web", "serverAuth")):
            (folder / f"{name}.ext").write_text(
                f"extendedKeyUsage={purpose}\nkeyUsage=critical,digitalSignature\n"
            )
            self._run(
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                f"{name}.key",
                "-out",
                f"{name}.csr",
                "-subj",
                f"/CN={name}",
            )
            self._run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", "1", "-extfile", f"{name}.ext")  # fmt: skip
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(_CONFIG.format(folder=folder, name="tsa"))

    @property
    def root(self) -> str:
        return (self.folder / "ca.pem").read_text()

    def _run(self, *words: str) -> None:
        subprocess.run([OPENSSL, *words], cwd=self.folder, check=True, capture_output=True)

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(asked)
        if self.instead is not None:
            return self.status, {}, self.instead
        (self.folder / "query").write_bytes(asked.body)
        self._run("ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "answer")
        return (
            self.status,
            {"Content-Type": "application/timestamp-reply"},
            (self.folder / "answer").read_bytes(),
        )


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """One that answers while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Authority(folder)
    with serving(made.answer) as (port, _):
        made.url = f"http://127.0.0.1:{port}/tsr"
        yield made
