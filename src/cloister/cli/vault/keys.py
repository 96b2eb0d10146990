"""`cloister keys`: the keys of a vault, in the hands of its custodian."""

from __future__ import annotations

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, Ask, opened, with_passphrase
from cloister.cli.vault.words import said, when


@click.group("keys", short_help="The keys of a vault: their state, a new version, their end.")
def command() -> None:
    """The keys that seal what is in a vault. Every act on them is in the log."""


@command.command("status", short_help="How it stands with the keys.")
@VAULT
@AS_JSON
def status_(*, vault: str | None, as_json: bool) -> int:
    """Tell how many keys there are, and when the tenant's key is to be rotated. Needs no passphrase."""
    from cloister.desk.custody import status  # noqa: PLC0415 - `--help` needs none of it

    with opened(vault) as desk:
        found = status(desk)
    if as_json:
        times = {"since": when(found.since), "rotate": when(found.due)}
        counts = {"documents": found.documents, "buckets": found.buckets, "generation": found.generation}
        said({"schema": "cloister-keys/1", "tenant": found.tenant, "provider": "local", **counts, **times})
        return 0
    click.echo(f"tenant {found.tenant}, provider local, key since {when(found.since)}, to be rotated {when(found.due)}")
    click.echo(f"{found.documents} keys of artefacts, {found.buckets} of buckets, change {found.generation}")
    return 0


@command.command("rotate", short_help="A new version of the tenant's key.")
@VAULT
@with_passphrase
def rotate_(*, vault: str | None, ask: Ask) -> int:
    """Make a new version of the tenant's key, and wrap every other key with it anew. No content is touched."""
    from cloister.desk.custody import rotate  # noqa: PLC0415

    with opened(vault) as desk:
        with ask() as given:
            desk.unlock(given)
        count = rotate(desk)
    click.echo(f"A new version wraps from now on; {count} keys were wrapped anew.")
    return 0


@command.command("destroy", short_help="The end of the tenant's key, and of all that it opens.")
@click.option("--confirm", "word", metavar="WORD", help="The word that this command gave, at most 10 minutes ago.")
@VAULT
@with_passphrase
def destroy_(*, word: str | None, vault: str | None, ask: Ask) -> int:
    """Destroy the tenant's key, and with it everything in the vault, for good. Takes two steps.

    Without --confirm nothing is destroyed: it says what would be lost, and gives the word for the second step.
    """
    from cloister.desk.custody import PATIENCE, ask_to_destroy, destroy  # noqa: PLC0415

    with opened(vault) as desk:
        with ask() as given:
            desk.unlock(given)
        if word is None:
            asked, count = ask_to_destroy(desk)
            click.echo(f"This would end {count} documents, and the vault would keep no other. It cannot be undone.")
            click.echo(f"To do it, within {PATIENCE // 60} minutes: cloister keys destroy --confirm {asked}")
            return 0
        end = destroy(desk, word)
    click.echo(f"The tenant's key is {end.ending.value}, {end.by.value}. Nothing in this vault can be opened any more.")
    return 0
