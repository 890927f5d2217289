"""The command ``backstay``.

Exit codes: 0 done · 1 failure · 2 usage · 3 refused by a rule (its code and message on stderr).
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import Any

import click

from backstay import __version__

# command → (module, attribute, one line); modules load when their command runs, so --help is instant.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("backstay.interfaces.cli.company", "Make the data folder, the database and the first company."),
    "up": ("backstay.interfaces.cli.run", "Start database, web and worker; stop them cleanly."),
    "demo": ("backstay.interfaces.cli.demo", "Make a trading company, let it trade, verify, serve."),
    "user": ("backstay.interfaces.cli.user", "People who sign in: invite, list, help who is locked out."),
    "import": ("backstay.interfaces.cli.import_", "Bring data in from CSV or XLSX by a mapping file."),
    "access": ("backstay.interfaces.cli.access", "Roles: give and end them; who may do what."),
    "token": ("backstay.interfaces.cli.token", "Tokens of programs: make, list, end."),
    "feed": ("backstay.interfaces.cli.feed", "Calendar feeds of people: list, end."),
    "api": ("backstay.interfaces.cli.api", "The API for programs: its description."),
    "bank": ("backstay.interfaces.cli.bank", "Import statements of the bank; write payment files."),
    "export": ("backstay.interfaces.cli.export", "Write records, documents or entries as CSV, XLSX or JSON."),
    "post": ("backstay.interfaces.cli.post", "Post draft documents."),
    "report": ("backstay.interfaces.cli.report", "Print a report as text, JSON or CSV."),
    "backup": ("backstay.interfaces.cli.backup", "Write a backup, once or every day."),
    "restore": ("backstay.interfaces.cli.backup", "Bring a backup back, or try whether it would come back."),
    "release": ("backstay.interfaces.cli.backup", "After a restore: let mail and messages go out again."),
    "person": (
        "backstay.interfaces.cli.person",
        "What is held on a person: all of it as a file; erasure; legal holds.",
    ),
    "audit": ("backstay.interfaces.cli.audit", "Say who did what, when, from where: before and after."),
    "seal": (
        "backstay.interfaces.cli.seal",
        "Say until when the books are sealed; keys, heads, sealed export.",
    ),
    "verify": ("backstay.interfaces.cli.verify", "Check books, stock, open items and documents."),
    "security": ("backstay.interfaces.cli.security", "Print grants, policies and triggers of the database."),
    "simulate": ("backstay.interfaces.cli.simulate", "Let a company of our own making trade."),
    "bench": ("backstay.interfaces.cli.bench", "Measure the ledger and order to cash."),
    "db": ("backstay.interfaces.cli.db", "Start, stop and look into the database."),
    "plugin": ("backstay.interfaces.cli.plugin", "List plugins; switch them on and off."),
    "webhook": ("backstay.interfaces.cli.webhook", "Tell other programs what happens; send it again."),
    "outbound": ("backstay.interfaces.cli.outbound", "Say which servers may be called; try one."),
    "migrate": ("backstay.interfaces.cli.run", "Bring the database to this version."),
    "worker": ("backstay.interfaces.cli.run", "Run background jobs until stopped."),
    "doctor": ("backstay.interfaces.cli.run", "Say what is wrong with this installation and the remedy."),
}


class Commands(click.Group):
    """Loads the module of a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        name = "import_" if cmd_name == "import" else cmd_name
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="backstay")
@click.option("--traceback", "show_traceback", is_flag=True, help="Show the traceback of a failure.")
@click.pass_context
def cli(ctx: click.Context, show_traceback: bool) -> None:
    """Backstay: a back office in one program.

    The data folder is BACKSTAY_HOME; another PostgreSQL (15 or later) is used by DATABASE_URL.
    """
    ctx.obj = {"traceback": show_traceback}


def main(argv: list[str] | None = None) -> None:
    """Run the command line and exit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backstay.settings")
    arguments = sys.argv[1:] if argv is None else argv
    try:
        cli(arguments, prog_name="backstay", standalone_mode=False)
    except click.exceptions.Exit as exc:
        sys.exit(exc.exit_code)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as exc:
        sys.exit(explain(exc, "--traceback" in arguments))


def explain(exc: Exception, show_traceback: bool) -> int:
    """Say on stderr what went wrong; return the exit code: 3 for a refusal, 1 for a failure."""
    from backstay.base.errors import Refusal, refusal_from

    refusal: Any = exc if isinstance(exc, Refusal) else refusal_from(exc)
    if refusal is not None:
        click.echo(f"{refusal.code}: {refusal.message}", err=True)
        if refusal.where:
            click.echo(f"  at {refusal.where}", err=True)
        if refusal.remedy:
            click.echo(f"  {refusal.remedy}", err=True)
        return 3
    if show_traceback:
        traceback.print_exception(exc)
    else:
        first = (str(exc).strip().splitlines() or [""])[0]
        click.echo(f"{type(exc).__name__}: {first}", err=True)
        click.echo("  `backstay doctor` looks for the cause; --traceback shows where.", err=True)
    return 1


if __name__ == "__main__":
    main()
