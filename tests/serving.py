"""A server on the tests' database, as ``up`` starts it, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


def answers(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[str]:
    """Its address. Afterwards its log, kept in ``folder``, must show no failure."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    log = folder / "log"
    command = [
        sys.executable, "-m", "gunicorn", "backstay.interfaces.web.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--threads", "4", "--log-level", "warning", "--limit-request-line", "8190",
    ]  # fmt: skip
    env = os.environ | environment
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env=env) as process,
    ):
        waiting = threading.Event()
        for _ in range(300):
            if answers(port) or process.poll() is not None:
                break
            waiting.wait(0.1)
        try:
            assert answers(port), log.read_text(errors="replace")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)
    assert "Traceback" not in log.read_text(errors="replace"), log.read_text(errors="replace")[-20_000:]
