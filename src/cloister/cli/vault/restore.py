"""`cloister restore`: a vault from its backup, and the keys that survived."""

from __future__ import annotations

from pathlib import Path

import click

from cloister.cli.vault.asked import AS_JSON, folder, naming
from cloister.cli.vault.words import said
from cloister.formats import terminal
from cloister.times import when


@click.command("restore", short_help="Make a vault again, from a backup and the keys that survived.")
@click.argument("backup", metavar="BACKUP")
@click.argument("place", metavar="[DIR]", required=False)
@click.option("--keys", metavar="KEYS", help="The folder of the vault's keys. They stay in it.")
@click.option("--log-only", is_flag=True, help="The keys are lost: restore the log and the policies, to show them.")
@click.option("--confirm-clock", is_flag=True, help="The backup is older than 90 days, and the clock is right.")
@AS_JSON
def command(
    *, backup: str, place: str | None, keys: str | None, log_only: bool, confirm_clock: bool, as_json: bool
) -> int:
    """Restore BACKUP into DIR (or CLOISTER_VAULT), a folder that is new or empty. Needs no passphrase.

    From then on the keys answer to this copy of the vault, and to no older one. What was deleted or over since the
    backup stays so. What was submitted since is lost. Without the keys every document is lost: --log-only restores
    what can still be verified.
    """
    from cloister.desk.restore import restore, show  # noqa: PLC0415 - `--help` needs none of it

    if log_only == (keys is not None):
        raise click.UsageError("name the keys with --keys, or say --log-only if they are lost.")
    where = folder(place)
    with naming(backup):
        if keys is not None:
            done = restore(Path(backup), where, Path(keys), confirm_clock=confirm_clock)
        else:
            done = show(Path(backup), where)
    if as_json:
        counts = {"documents": done.documents, "readable": done.readable} if keys is not None else {}
        said({"schema": "cloister-restore/1", "vault": str(done.vault), "made": when(done.made), **counts})
        return 0
    what = "the vault" if keys is not None else "the log and the policies"
    click.echo(terminal.safe(f"Restored {what} as of {when(done.made)} into {terminal.name(str(where))}."))
    if keys is None:
        click.echo("No document can be opened any more. `cloister audit verify` checks the log.")
        return 0
    click.echo(f"Documents: {done.documents}, of which {done.readable} can still be opened; the others ended since.")
    click.echo(terminal.safe(f"The keys stay in {terminal.name(keys)}, and answer to no older copy of this vault."))
    click.echo("What was submitted after the backup is lost. A witness that saw more of the log will say so.")
    return 0
