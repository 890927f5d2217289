"""Plugins: packages that bring domains of their own. They are switched on from the command line alone, never from the desk.

A plugin is a Django app that an installed package names under the entry point ``backstay.plugins``; the app's package
says ``BACKSTAY = "1.0"``, the version of the contract (docs/handbook/plugins.md) it was written for. Which are on stands
in ``plugins.json`` of the data folder, or in ``BACKSTAY_PLUGINS`` (names with commas), which wins.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from backstay.base.errors import Refusal
from backstay.platform.home import home

GROUP = "backstay.plugins"
CONTRACT = (
    1,
    0,
)  # the first figure changes when a plugin must be changed, the second when there is more to use


class Plugin(NamedTuple):
    """A plugin: ``app`` is the package of its Django app, ``wants`` the contract it was written for, as told."""

    name: str
    app: str
    package: str
    version: str
    wants: str
    on: bool


def switched_on() -> list[str]:
    """Names of the plugins that are on, in their order."""
    told = os.environ.get("BACKSTAY_PLUGINS")
    if told is not None:
        return [name.strip() for name in told.split(",") if name.strip()]
    try:
        found: list[str] = json.loads((home() / "plugins.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return found


def keep(names: Sequence[str]) -> None:
    """Write which plugins are on. Refusal (``plugin.environment``) where the environment decides."""
    if "BACKSTAY_PLUGINS" in os.environ:
        raise Refusal("plugin.environment", "BACKSTAY_PLUGINS says which plugins are on", "Change it there.")
    path = home() / "plugins.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(list(names)) + "\n", encoding="utf-8")
    fresh.replace(path)


def known() -> list[Plugin]:
    """Every plugin that is installed, and those that are on and are not."""
    on = switched_on()
    found = {e.name: _plugin(e, e.name in on) for e in entry_points(group=GROUP)}
    lost = [Plugin(name, "", "", "", "", True) for name in on if name not in found]
    return [*(found[name] for name in sorted(found)), *lost]


def _plugin(entry: EntryPoint, on: bool) -> Plugin:
    told = entry.dist.metadata if entry.dist else {}
    wants = str(getattr(importlib.import_module(entry.module), "BACKSTAY", ""))
    return Plugin(entry.name, entry.module, str(told["Name"]), str(told["Version"]), wants, on)


def fits(wants: str) -> bool:
    """Whether a plugin written for this contract runs here: the same first figure, and no more than there is."""
    major, _, minor = wants.partition(".")
    if not (major.isdigit() and minor.isdigit()):
        return False
    return int(major) == CONTRACT[0] and int(minor) <= CONTRACT[1]


def checked(name: str) -> Plugin:
    """The plugin of this name. Refusal (``plugin.unknown``, ``plugin.version``) when it cannot run here."""
    found = next((p for p in known() if p.name == name and p.app), None)
    if found is None:
        raise Refusal(
            "plugin.unknown",
            f"no plugin {name} is installed",
            f"Install its package beside Backstay, or switch it off: backstay plugin remove {name}.",
        )
    if not fits(found.wants):
        ours = ".".join(map(str, CONTRACT))
        raise Refusal(
            "plugin.version",
            f"plugin {name} {found.version} was written for contract {found.wants or 'none'}, this is {ours}",
            f"Install a version of {found.package} that fits, or switch it off: backstay plugin remove {name}.",
        )
    return found


def apps() -> list[str]:
    """The apps of the plugins that are on. What cannot run is refused: books without its reactions would be wrong."""
    return [checked(name).app for name in switched_on()]
