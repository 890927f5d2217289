"""Secrets of this installation: one file of the data folder, readable by its owner alone."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets as random
from pathlib import Path

from cryptography.fernet import Fernet

from backstay.platform.home import home


def get(name: str) -> str:
    """The secret called ``name``; made on first use, 48 random URL-safe characters."""
    path = home() / "secrets.json"
    found = _read(path).get(name)
    return found if found is not None else _add(path, name, random.token_urlsafe(36))


def known(name: str) -> str:
    """The secret called ``name``, "" when there is none: one that somebody else gives us, e.g. of a directory."""
    return _read(home() / "secrets.json").get(name, "")


def cipher(name: str) -> Fernet:
    """Encrypts what the database keeps and must be able to say again, with the key called ``name``."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(get(name).encode()).digest()))


def put(name: str, value: str) -> None:
    """Keep a secret that was made elsewhere."""
    _add(home() / "secrets.json", name, value, replace=True)


def _read(path: Path) -> dict[str, str]:
    try:
        content: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content


def _add(path: Path, name: str, value: str, *, replace: bool = False) -> str:
    with (path.parent / "secrets.lock").open("w") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = _read(path)
        if replace or name not in content:
            content[name] = value
            temporary = path.with_suffix(".new")
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                json.dump(content, out, indent=1)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(path)
        return content[name]
