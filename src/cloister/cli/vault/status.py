"""`cloister status`: how it stands with one document."""

from __future__ import annotations

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, opened
from cloister.cli.vault.words import line, said


@click.command("status", short_help="How it stands with a document.")
@click.argument("document", metavar="ID")
@VAULT
@AS_JSON
def command(*, document: str, vault: str | None, as_json: bool) -> int:
    """Tell a document's state, level and kind, and until when each artefact of it is kept. Needs no passphrase."""
    from cloister.desk.looking import standing  # noqa: PLC0415 - `--help` needs none of it

    with opened(vault) as desk:
        found = standing(desk, document)
    if as_json:
        said({"schema": "cloister-status/1", **found.plain()})
    else:
        click.echo(line(found))
    return 0
