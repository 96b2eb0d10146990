"""What the commands on a kept review share: open its folder, name it in a refusal, print an export."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloister.cli.group import complain
from cloister.errors import BadKey, CloisterError, DoesNotVerify, FileAccess
from cloister.errors.met import while_writing
from cloister.formats import terminal
from cloister.formats.save import save
from cloister.review import record as records

if TYPE_CHECKING:
    from datetime import date

    from cloister.review.record import Kept
    from cloister.sign import Key

FOLDER = click.argument("folder", metavar="FOLDER")
KEY = click.option("--key", metavar="FILE", required=True, help="Sign with this key; `cloister review key` makes one.")
BY = click.option("--by", "by", metavar="NAME", required=True, help="Who says so.")
LONGEST = 500


def opened(folder: str, key: bytes | None = None) -> Kept:
    """The review in a folder, verified; a refusal is told with the folder's name."""
    try:
        return records.read(folder, key)
    except (DoesNotVerify, FileAccess) as problem:
        raise told(problem, folder) from None


def told(problem: CloisterError, name: str) -> click.exceptions.Exit:
    """Tell a refusal with the name of what it is about; gives what ends the command."""
    complain(problem, name)
    return click.exceptions.Exit(problem.exit)


def signing(file: str) -> Key:
    """The key in a file."""
    from cloister.review import keyfile  # noqa: PLC0415 - only who signs needs it

    try:
        return keyfile.load(file)
    except (BadKey, FileAccess) as problem:
        raise told(problem, file) from None


def bytes_of(file: str) -> bytes:
    """A small file."""
    try:
        return Path(file).read_bytes()
    except (OSError, ValueError) as problem:
        raise told(while_writing(getattr(problem, "errno", None)), file) from None


def words(text: str) -> str:
    """What a person writes of themselves or of a claim: one line, not too long."""
    line = " ".join(terminal.safe(text).split())
    if not line or len(line) > LONGEST:
        raise click.UsageError(f"write a name or words of 1 to {LONGEST} characters.")
    return line


def day(moment: datetime | None, default: date) -> date:
    """A day that was given, or the default."""
    return moment.replace(tzinfo=UTC).date() if moment else default


def give(text: str, output: str | None) -> None:
    """An export, into a file of mode 600 or on standard output."""
    if output is None:
        click.echo(terminal.shown(text, sys.stdout), nl=False)
        return
    try:
        save([text.encode("utf-8", "replace")], output)
    except FileAccess as problem:
        raise told(problem, output) from None
