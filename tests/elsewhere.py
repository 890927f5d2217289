"""Another installation for tests: an empty database beside the tests' own, and a data folder; reached from this process or a command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections

from tests.conftest import ROOT, clone, drop


@dataclass
class Elsewhere:
    """An installation with no company: the name of its database, its data folder."""

    name: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """For a command that is to run there."""
        from backstay.platform import database

        return os.environ | {
            "BACKSTAY_HOME": str(self.home),
            "DATABASE_URL": database.url_text(database.owner_url() | {"dbname": self.name}),
            "DATABASE_RUNTIME_URL": database.url_text(database.runtime_url() | {"dbname": self.name}),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """``backstay …`` there."""
        return subprocess.run(
            [sys.executable, "-m", "backstay", *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    @contextmanager
    def here(self, monkeypatch: Any, *modules: Any) -> Iterator[None]:
        """This process works there: both of Django's connections, and ``home()`` of the modules."""
        before = {alias: connections[alias] for alias in ("default", "owner")}
        with monkeypatch.context() as patch:
            for module in modules:
                patch.setattr(module, "home", lambda: self.home)
            for alias, old in before.items():
                new = old.copy(alias)
                new.settings_dict["NAME"] = self.name
                connections[alias] = new
            try:
                yield
            finally:
                for alias, old in before.items():
                    connections[alias].close()
                    connections[alias] = old

    def owner(self) -> psycopg.Connection[Any]:
        """The owner's connection to its database."""
        from backstay.platform import database

        connection = psycopg.connect(**database.owner_url() | {"dbname": self.name}, autocommit=True)
        connection.execute(f"SET search_path = {database.schema()}, pg_temp")
        return connection


@contextmanager
def elsewhere(folder: Path) -> Iterator[Elsewhere]:
    """An installation with no company, gone at the end."""
    made = Elsewhere(f"backstay_elsewhere_{os.getpid()}", folder / "home")
    made.home.mkdir()
    clone(made.name)
    try:
        yield made
    finally:
        drop(made.name)
