"""`cloister sweep`: what is due is shredded now."""

from __future__ import annotations

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, opened
from cloister.cli.vault.words import said


@click.command("sweep", short_help="Shred what is due now.")
@click.option("--confirm-clock", is_flag=True, help="The clock was found moved, and is right as it is now.")
@click.option("--confirm-lost", is_flag=True, help="What the log tells of and the records lack is lost for good.")
@VAULT
@AS_JSON
def command(*, confirm_clock: bool, confirm_lost: bool, vault: str | None, as_json: bool) -> int:
    """Shred all whose time is over, and remove what crashes left. Needs no passphrase.

    Every command on a vault does this first, and what is over is refused in any case. Have it run by a timer, so
    that keys end on time where nobody uses the vault. --confirm-clock says that a clock which was found moved is
    right: a clock that is ahead makes everything due. --confirm-lost gives up documents that an old copy of the
    records does not know.
    """
    with opened(vault) as desk, desk.turn(confirm_clock=confirm_clock, confirm_lost=confirm_lost) as turn:
        swept = turn.swept
    if as_json:
        counts = {"artefacts": swept.artefacts, "buckets": swept.buckets, "orphans": swept.orphans}
        said({"schema": "cloister-sweep/1", **counts})
    else:
        click.echo(
            f"{swept.artefacts} artefacts shredded, {swept.buckets} buckets ended, {swept.orphans} orphans removed."
        )
    return 0
