"""What the commands on a vault ask for alike: where it is, and its passphrase."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from cloister.cli.group import complain
from cloister.errors import BadArguments, CloisterError, NoVault

if TYPE_CHECKING:
    from cloister.desk.opened import Desk
    from cloister.desk.vault import Vault
    from cloister.keys.secret import Secret

VAULT = click.option("--vault", metavar="DIR", help="The vault. Default: CLOISTER_VAULT.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")
WHERE, FILE = "CLOISTER_VAULT", "CLOISTER_PASSPHRASE_FILE"


class Ask(Protocol):
    """What gets the passphrase: a new one is asked for twice."""

    def __call__(self, *, new: bool = False) -> Secret:
        """The passphrase."""


def with_passphrase(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that say where the passphrase comes from, and `ask`, which gets it from there."""

    @click.option("--passphrase-file", metavar="FILE", help=f"FILE of mode 600 holds it. Default: {FILE}, or a prompt.")
    @click.option("--passphrase-fd", type=click.IntRange(0), metavar="N", help="It comes through this descriptor.")
    @wraps(command)
    def asking(*, passphrase_file: str | None, passphrase_fd: int | None, **rest: object) -> int:
        return command(ask=partial(_secret, passphrase_file, passphrase_fd), **rest)

    return asking


def _secret(file: str | None, descriptor: int | None, *, new: bool = False) -> Secret:
    """The passphrase: from a file, an inherited descriptor, or whoever is at the terminal. A new one is asked twice."""
    from cloister.keys import passphrase  # noqa: PLC0415 - `--help` needs no crypto library

    if descriptor is not None:
        if file is not None:
            raise BadArguments
        return passphrase.from_descriptor(descriptor)
    name = file or os.environ.get(FILE)
    if name is not None:
        with naming(name):
            return passphrase.from_file(Path(name))
    given = passphrase.from_prompt("New passphrase: " if new else "Passphrase: ")
    if new:
        passphrase.require_long(given)
        with passphrase.from_prompt("The same again: ") as again:
            if again.open() != given.open():
                raise click.UsageError("the two passphrases differ.")
    return given


def folder(vault: str | None) -> Path:
    """The folder that is meant; `NoVault` if none was named."""
    named = vault or os.environ.get(WHERE)
    if not named:
        raise NoVault
    return Path(named)


def place_of(vault: str | None) -> Vault:
    """The vault that is meant. No key of it was read yet."""
    from cloister.desk import vault as vaults  # noqa: PLC0415

    return vaults.find(folder(vault))


@contextmanager
def opened(vault: str | None) -> Iterator[Desk]:
    """The vault that is meant, open and locked."""
    from cloister.desk.opened import Desk  # noqa: PLC0415

    with Desk(place_of(vault)) as desk:
        yield desk


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Tell a refusal with the name of what it is about, and end the command."""
    try:
        yield
    except CloisterError as problem:
        complain(problem, name)
        raise click.exceptions.Exit(problem.exit) from None
