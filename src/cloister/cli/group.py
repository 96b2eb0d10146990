"""The command group, and how every failure becomes a message and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from importlib import metadata
from typing import TYPE_CHECKING, ClassVar

import click

from cloister.cli.main import COMMANDS, INTERRUPTED
from cloister.errors import BadArguments, CloisterError
from cloister.formats import terminal

if TYPE_CHECKING:
    from cloister.keys.apart import Keeper

EPILOG = "Exit codes: 0 ok, 1 arguments, 2 input, 3 missing part, 4 output, 5 file access, 7 jail failed, "
EPILOG += "8 encrypted, 9 settings, 15 other, 20 refused, 21 leak, 22 refuted, 23 inconclusive, 24 overdue, "
EPILOG += "25 does not verify, 26 above level, 130 interrupted. See docs/errors.md."


class Lazy(click.Group):
    """Imports a command only when it is asked for, so that `cloister read` starts quickly."""

    modules: ClassVar[dict[str, str]] = COMMANDS
    """The module of each command's name; its `command` is the command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command."""
        del ctx
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        del ctx
        if cmd_name not in self.modules:
            return None
        command: click.Command = importlib.import_module(self.modules[cmd_name]).command
        return command


HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Lazy, epilog=EPILOG, context_settings=HELP)
@click.version_option(metadata.version("cloister"), "--version", prog_name="cloister")
def cloister() -> None:
    """Private OCR that can be proven. Documents go in, text comes out, nothing else leaves."""


def complain(problem: CloisterError, about: str = "") -> None:
    """Print a refusal on standard error, with the name of what it is about."""
    where = f"{terminal.name(about)}: " if about else ""
    click.echo(f"cloister: {where}{problem} [{problem.code}]", err=True)


def called(path: str, number: int, of: int) -> str:
    """How standard error speaks of an input: by its name to a person, by its number to a log, as names are content."""
    if sys.stderr.isatty():
        return path
    return f"input {number}" if of > 1 else ""


def run(words: list[str], keeper: Keeper | None = None) -> int:
    """Run the command line and give the exit code. `keeper` is the process that reaches keys elsewhere."""
    try:
        code = cloister.main(args=words, prog_name="cloister", standalone_mode=False, obj=keeper)
    except CloisterError as refusal:
        complain(refusal)
        code = refusal.exit
    except click.exceptions.Exit as end:
        code = end.exit_code
    except click.ClickException as usage:
        if isinstance(usage, click.exceptions.NoArgsIsHelpError):
            click.echo(usage.format_message())
        else:
            click.echo(terminal.safe(f"cloister: {usage.format_message()} Try `cloister --help`."), err=True)
        code = BadArguments.exit
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; leave without a second failure at the final flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as bug:  # noqa: BLE001 - the last resort: its words could hold content, its type cannot
        click.echo(f"cloister: {CloisterError()} [{CloisterError.code}: {type(bug).__name__}]", err=True)
        code = CloisterError.exit
    return code if isinstance(code, int) else 0
