"""``up``: web and worker come up, come back when killed, and stop cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from backstay.platform import mail, rows
from backstay.platform.context import work
from tests.conftest import ROOT


def _answer(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _delivered(company: int) -> bool:
    with work(company, "system:test"):
        return rows.execute("SELECT count(*) FROM platform_outbox WHERE delivered_at IS NOT NULL") == [(1,)]


def _until(condition: object, seconds: float) -> bool:
    """Ask until it holds; the clock of an event waits, nothing sleeps."""
    waiting = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if condition():  # type: ignore[operator]
            return True
        waiting.wait(0.1)
    return False


def _children(pid: int) -> dict[str, int]:
    """Command line → process id of the direct children."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                status = (process / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == pid and status[0] != "Z":
                    found[(process / "cmdline").read_bytes().replace(b"\0", b" ").decode()] = int(
                        process.name
                    )
            except OSError:
                continue
    return found


def test_up_comes_back_and_stops(company: int) -> None:
    """Both parts come up; the worker delivers what was committed; a killed web process comes back; a clean stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "backstay", "up", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"BACKSTAY_LOG_LEVEL": "ERROR"}, stderr=subprocess.PIPE
    )
    try:
        assert _until(lambda: _answer(port), 60), "the web process does not answer"
        children = _children(process.pid)
        assert sum("gunicorn" in c for c in children) == 1
        assert sum("worker" in c and "gunicorn" not in c for c in children) == 1
        with work(company, "system:test") as ctx:
            mail.send(ctx, [{"to": ["ann@example.com"], "subject": "s", "body": "b"}], ["up"])
        assert _until(lambda: _delivered(company), 60), "the worker delivers nothing"
        web = next(pid for c, pid in children.items() if "gunicorn" in c)
        os.kill(web, signal.SIGKILL)
        assert _until(
            lambda: any("gunicorn" in c and pid != web for c, pid in _children(process.pid).items()), 30
        )
        assert _until(lambda: _answer(port), 60), "the web process did not come back"
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert not _answer(port)
