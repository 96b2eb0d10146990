"""`cloister delete`: a document's keys are destroyed now."""

from __future__ import annotations

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, opened
from cloister.cli.vault.words import GONE, said
from cloister.times import when


@click.command("delete", short_help="Shred a document now.")
@click.argument("document", metavar="ID")
@VAULT
@AS_JSON
def command(*, document: str, vault: str | None, as_json: bool) -> int:
    """Destroy a document's keys, then all else of it. Needs no passphrase, and cannot be undone.

    What remains is a line of history, and events in the log: ids, times and states. `cloister receipt` gives the
    proof. Whoever copied the vault with its keys before can still read that copy.
    """
    from cloister.desk.delete import delete  # noqa: PLC0415 - `--help` needs none of it
    from cloister.desk.looking import standing  # noqa: PLC0415

    with opened(vault) as desk:
        row = delete(desk, document)
        found = standing(desk, document)
    if as_json:
        said({"schema": "cloister-delete/1", **found.plain()})
        return 0
    cause = row.cause.value if row.cause else "deleted"
    click.echo(f"{row.id}: {cause} {when(row.ended)}, its keys destroyed. {GONE}")
    return 0
