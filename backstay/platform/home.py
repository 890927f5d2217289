"""The data folder: everything that belongs to one installation."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def home() -> Path:
    """The data folder (``BACKSTAY_HOME``), made when missing: ours alone, but for the way to the database's."""
    named = os.environ.get("BACKSTAY_HOME")
    path = Path(named).expanduser().absolute() if named else _default()
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return path


def short_name() -> str:
    """Twelve characters that stand for the data folder where its path would be too long."""
    return hashlib.sha256(str(home()).encode()).hexdigest()[:12]


def _default() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/backstay/home")
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "backstay"
