"""`cloister list`: every document of a vault."""

from __future__ import annotations

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, opened
from cloister.cli.vault.words import line, said


@click.command("list", short_help="Every document in the vault, and what is left of others.")
@VAULT
@AS_JSON
def command(*, vault: str | None, as_json: bool) -> int:
    """List every document: id, state, level, kind, and until when it is kept. Needs no passphrase.

    There are no names to show: a file's name is content, and is not kept. A line stays for a while after a document
    is gone; the policy says for how long (jobs.history).
    """
    from cloister.desk.looking import every  # noqa: PLC0415 - `--help` needs none of it

    with opened(vault) as desk:
        found = every(desk)
    if as_json:
        said({"schema": "cloister-list/1", "documents": [each.plain() for each in found]})
    for each in () if as_json else found:
        click.echo(line(each))
    return 0
