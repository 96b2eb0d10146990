"""What the commands on a log share: open its folder, read a small file, and name it in a refusal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloister.cli.group import complain
from cloister.errors import BadArguments, CloisterError, NotFound
from cloister.errors.met import while_writing
from cloister.formats import terminal
from cloister.formats.save import save

if TYPE_CHECKING:
    from cloister.audit.held import Held
    from cloister.sign import Verifier

LOG = click.argument("log", metavar="LOG")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
LONGEST = 1 << 20
"""Bytes of a receipt, a checkpoint or a key at most."""


@contextmanager
def telling(name: str) -> Iterator[None]:
    """Tell a refusal with the name of what it is about, and end the command."""
    try:
        yield
    except CloisterError as problem:
        complain(problem, name)
        raise click.exceptions.Exit(problem.exit) from None


def opened(log: str) -> Held:
    """The log in a folder, all of it checked."""
    from cloister.audit import held  # noqa: PLC0415 - `--help` needs no crypto library

    with telling(log):
        return held.read(log)


def key_of(vkey: str) -> Verifier:
    """A public key as it was typed."""
    from cloister.sign import Verifier  # noqa: PLC0415

    try:
        return Verifier.from_vkey(vkey.strip())
    except CloisterError:
        raise BadArguments from None


def small(file: str) -> bytes:
    """A small file."""
    with telling(file):
        try:
            path = Path(file)
            if not path.is_file():
                raise NotFound
            with path.open("rb") as stream:
                return stream.read(LONGEST)
        except (OSError, ValueError) as problem:
            raise while_writing(getattr(problem, "errno", None)) from None


def say(value: object) -> None:
    """A result, for programs."""
    click.echo(terminal.shown(json.dumps(value, ensure_ascii=False, indent=1), sys.stdout))


def give(data: bytes, output: str | None) -> None:
    """A text, into a file of mode 600 or on standard output."""
    if output is None:
        click.echo(terminal.shown(data.decode(), sys.stdout), nl=False)
        return
    with telling(output):
        save([data], output)
