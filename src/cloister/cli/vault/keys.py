"""`cloister keys`: the keys of a vault, in the hands of its custodian."""

from __future__ import annotations

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, Ask, opened, unlock, with_passphrase
from cloister.cli.vault.words import said
from cloister.formats import terminal
from cloister.times import when


@click.group("keys", short_help="The keys of a vault: their state, a new version, their end.")
def command() -> None:
    """The keys that seal what is in a vault. Every act on them is in the log."""


@command.command("status", short_help="How it stands with the keys.")
@VAULT
@AS_JSON
def status_(*, vault: str | None, as_json: bool) -> int:
    """Tell how many keys there are, where the tenant's key is, and when it is to be rotated. Asks nobody for it."""
    from cloister.desk.custody import status  # noqa: PLC0415 - `--help` needs none of it

    with opened(vault) as desk:
        found = status(desk)
    _, *settings = found.place.plain().items()
    since, due = when(found.since), when(found.due)
    if as_json:
        key = {"provider": found.place.provider.value, "settings": dict(settings), "since": since, "rotate": due}
        counts = {"documents": found.documents, "buckets": found.buckets, "generation": found.generation}
        said({"schema": "cloister-keys/1", "tenant": found.tenant, **key, **counts})
        return 0
    click.echo(f"tenant {found.tenant}, provider {found.place.provider.value}, key since {since}, to be rotated {due}")
    click.echo(f"{found.documents} keys of artefacts, {found.buckets} of buckets, change {found.generation}")
    for name, value in settings:
        click.echo(terminal.safe(f"{name} {value}"))
    return 0


@command.command("rotate", short_help="A new version of the tenant's key.")
@VAULT
@with_passphrase
def rotate_(*, vault: str | None, ask: Ask) -> int:
    """Make a new version of the tenant's key, and wrap every other key with it anew. No content is touched."""
    from cloister.desk.custody import rotate  # noqa: PLC0415

    with opened(vault) as desk:
        unlock(desk, ask)
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
    from cloister.keys.providers import Ending  # noqa: PLC0415

    with opened(vault) as desk:
        unlock(desk, ask)
        if word is None:
            asked, count = ask_to_destroy(desk)
            click.echo(f"This would end {count} documents, and the vault would keep no other. It cannot be undone.")
            click.echo(f"To do it, within {PATIENCE // 60} minutes: cloister keys destroy --confirm {asked}")
            return 0
        end = destroy(desk, word)
    if end.ending is Ending.DESTROYED:
        click.echo(f"The tenant's key is destroyed, {end.by.value}. Nothing in this vault can be opened any more.")
        return 0
    until = when(end.irrecoverable_at or 0)
    click.echo(f"The tenant's key is disabled, {end.by.value}, and can be brought back until {until}.")
    click.echo("All that it sealed was shredded here, so nothing of that can be opened any more.")
    return 0
