"""`cloister review key`: the one command that makes a key."""

from __future__ import annotations

import click

from cloister.cli.review import kept
from cloister.errors import FileAccess


@click.command("key", short_help="Make a key to sign with, or show its public half.")
@click.argument("file", metavar="FILE")
@click.option("--public", is_flag=True, help="Make nothing; print the public half of the key in FILE, as PEM.")
def command(file: str, *, public: bool) -> int:
    """Make an Ed25519 key in a new FILE, with mode 600, and print its fingerprint. No file is replaced.

    Give others the public half: with it they see who signed.
    """
    from cloister.review import keyfile  # noqa: PLC0415 - `--help` needs no crypto library

    if public:
        click.echo(kept.signing(file).public.pem().decode(), nl=False)
        return 0
    try:
        made = keyfile.make(file)
    except FileAccess as problem:
        raise kept.told(problem, file) from None
    click.echo(f"fingerprint {made.fingerprint}")
    return 0
