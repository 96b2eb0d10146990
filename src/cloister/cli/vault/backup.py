"""`cloister backup`: everything of a vault but its keys, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, naming, opened
from cloister.cli.vault.words import said
from cloister.formats import terminal


@click.command("backup", short_help="Write a vault, without its keys, into one file.")
@click.argument("out", metavar="OUT")
@click.option("--overwrite", is_flag=True, help="Replace OUT if it is there.")
@VAULT
@AS_JSON
def command(*, out: str, overwrite: bool, vault: str | None, as_json: bool) -> int:
    """Write sealed documents, records, policies and log into OUT, a signed tar archive. Needs no passphrase.

    Never the keys: nobody who has OUT alone reads anything of a document, and what is deleted or over can be
    restored from no backup. Back the folder of the keys up, if at all, where a copy of it can be destroyed on time.
    """
    from cloister.desk.backup import backup  # noqa: PLC0415 - `--help` needs none of it

    with opened(vault) as desk, naming(out):
        done = backup(desk, Path(out), overwrite=overwrite)
    if as_json:
        counts = {"documents": done.documents, "events": done.events, "bytes": done.size}
        said({"schema": "cloister-backup/1", **counts})
        return 0
    count = f"{done.documents} document{'s' * (done.documents != 1)}"
    click.echo(terminal.safe(f"Backed up into {terminal.name(out)}: {count}, sealed, and {done.events} events."))
    click.echo("The keys are not in it. Without them, nothing in it can ever be opened.")
    return 0
