"""What the commands on a vault ask for alike: where it is, and its passphrase."""

from __future__ import annotations

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
    from cloister.keys.hands import Hands
    from cloister.keys.places import Opens
    from cloister.keys.secret import Secret
    from cloister.settings import Settings

VAULT = click.option("--vault", metavar="DIR", help="The vault. Default: CLOISTER_VAULT.")
CONFIG = click.option("--config", "config", metavar="FILE", help="The settings file. Default: CLOISTER_CONFIG.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")


class Ask(Protocol):
    """What gets the passphrase, PIN or token that opens the keys: a new passphrase is asked for twice."""

    def __call__(self, opens: Opens, *, new: bool = False) -> Secret:
        """It; empty where nothing is needed."""


def with_passphrase(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that say where the passphrase comes from, and `ask`, which gets it from there."""

    @click.option(
        *("--passphrase-file", "--pin-file", "--token-file", "passphrase_file"),
        metavar="FILE",
        help="FILE of mode 600 holds the passphrase, PIN or token. Default: CLOISTER_PASSPHRASE_FILE, or a prompt.",
    )
    @click.option(
        *("--passphrase-fd", "--pin-fd", "--token-fd", "passphrase_fd"),
        type=click.IntRange(0),
        metavar="N",
        help="It comes through this descriptor.",
    )
    @wraps(command)
    def asking(*, passphrase_file: str | None, passphrase_fd: int | None, **rest: object) -> int:
        return command(ask=partial(_secret, passphrase_file, passphrase_fd), **rest)

    return asking


def _secret(file: str | None, descriptor: int | None, opens: Opens, *, new: bool = False) -> Secret:
    """What opens the keys: from a file, an inherited descriptor, or whoever is at the terminal.

    A passphrase that is new is asked for twice; a PIN or token is never new here.
    """
    from cloister.keys import passphrase  # noqa: PLC0415 - `--help` needs no crypto library
    from cloister.keys.places import Opens  # noqa: PLC0415
    from cloister.keys.secret import Secret  # noqa: PLC0415

    if opens is Opens.ITS_OWN:
        return Secret(bytearray())
    new = new and opens is Opens.PASSPHRASE

    if descriptor is not None:
        if file is not None:
            raise BadArguments
        return passphrase.from_descriptor(descriptor)
    name = Path(file) if file else _settings().passphrase_file
    if name is not None:
        with naming(str(name)):
            return passphrase.from_file(name)
    word = opens.value[0].upper() + opens.value[1:]
    given = passphrase.from_prompt("New passphrase: " if new else f"{word}: ")
    if new:
        passphrase.require_long(given)
        with passphrase.from_prompt("The same again: ") as again:
            if again.open() != given.open():
                raise click.UsageError("the two passphrases differ.")
    return given


def folder(vault: str | None) -> Path:
    """The folder that is meant; `NoVault` if none was named."""
    found = Path(vault) if vault else _settings().vault
    if found is None:
        raise NoVault
    return found


def _settings() -> Settings:
    """The settings in force, for what no option says."""
    from cloister import settings  # noqa: PLC0415 - `--help` needs none of it

    return settings.load()


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


def unlock(desk: Desk, ask: Ask) -> None:
    """Open the tenant's key, wherever it is."""
    with ask(desk.opens) as given:
        desk.unlock(given, hands())


def hands() -> Hands | None:
    """What reaches a key elsewhere: a process that was started while there was a network. None: there is none."""
    found: Hands | None = click.get_current_context().obj
    return found


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Tell a refusal with the name of what it is about, and end the command."""
    try:
        yield
    except CloisterError as problem:
        complain(problem, name)
        raise click.exceptions.Exit(problem.exit) from None
