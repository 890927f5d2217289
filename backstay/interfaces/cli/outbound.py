"""``backstay outbound``: what this installation may call besides public servers."""

from __future__ import annotations

import click


@click.group()
def outbound() -> None:
    """Which web servers are called: public ones by https at port 443, and exceptions that are made here alone.

    \b
    Examples:
      backstay outbound list
      backstay outbound allow intra.example:8443
      backstay outbound allow 10.1.0.0/16
      backstay outbound forbid 10.1.0.0/16
      backstay outbound try https://hooks.example.com/
    """


@outbound.command("list")
def list_() -> None:
    """List the exceptions.

    \b
    Example:
      backstay outbound list
    """
    from backstay.platform import outbound as way

    found = way.exceptions()
    for each in found:
        click.echo(str(each))
    if not found:
        click.echo("No exception: public addresses are called by https at port 443.")


@outbound.command()
@click.argument("place")
def allow(place: str) -> None:
    """Let a host or a network be called: [http://]HOST|NETWORK[:PORT]; https and port 443 where nothing else is said.

    A name is called wherever it leads, inside your network too. Link-local addresses and those that tell a cloud machine's keys
    are never called.

    \b
    Examples:
      backstay outbound allow hooks.example.com:8443
      backstay outbound allow http://127.0.0.1:9000
      backstay outbound allow [fd12:3456::/32]:8443
    """
    from backstay.base import reach
    from backstay.platform import outbound as way

    wanted = reach.exempt(place)
    way.keep(list(dict.fromkeys([*way.exceptions(), wanted])))
    click.echo(f"{wanted} may be called.")


@outbound.command()
@click.argument("place")
def forbid(place: str) -> None:
    """Take an exception back.

    \b
    Example:
      backstay outbound forbid 10.1.0.0/16
    """
    from backstay.base import reach
    from backstay.base.errors import NotFound
    from backstay.platform import outbound as way

    wanted, before = reach.exempt(place), way.exceptions()
    if wanted not in before:
        raise NotFound("outbound.exception", f"{wanted} is no exception", "`backstay outbound list` shows them.")  # fmt: skip
    way.keep([each for each in before if each != wanted])
    click.echo(f"{wanted} is no exception any more.")


@outbound.command("try")
@click.argument("url")
def try_(url: str) -> None:
    """Ask an address as the program would (HEAD) and say what came of it.

    \b
    Example:
      backstay outbound try https://hooks.example.com/
    """
    from backstay.platform import outbound as way

    answer = way.call("HEAD", url, purpose="try")
    click.echo(f"{answer.status} from {answer.address}")
