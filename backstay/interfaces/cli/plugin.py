"""``backstay plugin``."""

from __future__ import annotations

import click

from backstay.interfaces.cli import session


@click.group()
def plugin() -> None:
    """Plugins bring domains of their own; they are installed as packages and switched on here alone.

    \b
    Examples:
      pip install ./examples/plugin
      backstay plugin list
      backstay plugin add commission
      backstay plugin remove commission
    """


@plugin.command("list")
def list_() -> None:
    """List the plugins that are installed or switched on.

    \b
    Example:
      backstay plugin list
    """
    from backstay.platform import plugins

    found = plugins.known()
    for p in found:
        fit = "fits" if plugins.fits(p.wants) else "does not fit"
        state = (
            "not installed" if not p.app else f"{p.package} {p.version}, contract {p.wants or 'none'}: {fit}"
        )
        click.echo(f"{'on ' if p.on else 'off'} {p.name:20} {state}")
    if not found:
        click.echo("No plugin is installed.")


@plugin.command()
@click.argument("name")
def add(name: str) -> None:
    """Switch a plugin on and make its tables. Web and workers take it up when they are started again.

    \b
    Example:
      backstay plugin add commission
    """
    from backstay.platform import plugins

    before = plugins.switched_on()
    if name in before:
        click.echo(f"{name} is on.")
        return
    told = plugins.checked(name)
    plugins.keep([*before, name])
    try:
        session.ready(migrate=True)
    except BaseException:
        plugins.keep(before)  # what does not start is not left on
        raise
    click.echo(f"{name} is on: {told.package} {told.version}. Start `backstay up` again.")


@plugin.command()
@click.argument("name")
def remove(name: str) -> None:
    """Switch a plugin off. Its tables and what it posted stay: books are never taken away.

    \b
    Example:
      backstay plugin remove commission
    """
    from backstay.base.errors import NotFound
    from backstay.platform import plugins

    before = plugins.switched_on()
    if name not in before:
        raise NotFound(
            "plugin.off", f"no plugin {name} is on", "`backstay plugin list` shows those that are."
        )
    plugins.keep([n for n in before if n != name])
    click.echo(f"{name} is off; its tables stay. Start `backstay up` again.")
