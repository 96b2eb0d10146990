"""`cloister receipt`: the proof of what happened to a document."""

from __future__ import annotations

import click

from cloister.cli.audit.opened import give
from cloister.cli.vault.asked import VAULT, opened
from cloister.cli.vault.words import readable_by


@click.command("receipt", short_help="The proof of what happened to a document.")
@click.argument("document", metavar="ID")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write it into FILE, with mode 600.")
@VAULT
def command(*, document: str, form: str, output: str | None, vault: str | None) -> int:
    """Give the events of a document, at most the last 256, with the proof that the log holds them.

    The text also says who could still read the document, and until when. The JSON is checked by `cloister audit
    verify`, or by verify_log.py without Cloister. Needs no passphrase.
    """
    from cloister.desk.looking import proof  # noqa: PLC0415 - `--help` needs none of it
    from cloister.keys.places import place_of  # noqa: PLC0415
    from cloister.policy.values import KeyProvider  # noqa: PLC0415

    with opened(vault) as desk:
        found, made = proof(desk, document)
        is_local = place_of(desk.vault.keys, found.document.tenant).provider is KeyProvider.LOCAL
    if form == "json":
        give(made.to_json() + b"\n", output)
    else:
        give(f"{made.to_text()}\n{readable_by(found, is_local=is_local)}\n".encode(), output)
    return 0
