"""`cloister service-keys`: how programs show the service who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cloister.cli.vault.asked import AS_JSON, VAULT, naming, opened
from cloister.cli.vault.words import said, told
from cloister.errors import BadArguments
from cloister.times import when

if TYPE_CHECKING:
    from cloister.store.passes import ServiceKeyRow

EXAMPLES = """\b
Examples:
  cloister service-keys make --team accounts --for 30d -o scanner.key
  cloister service-keys list
  cloister service-keys revoke svc-0123…
"""


@click.group("service-keys", epilog=EXAMPLES, short_help="Keys with which programs show the service who they are.")
def command() -> None:
    """Keys for programs: made for teams of the policy, shown once, revoked at any time. Every act is in the log."""


@command.command("make", short_help="Make a key, and show it once.")
@click.option("--team", "teams", metavar="TEAM", multiple=True, required=True, help="A team of the policy; more often.")
@click.option("--for", "lives", metavar="TIME", required=True, help='How long it lives: "12h", "30d".')
@click.option(
    "--role",
    "roles",
    type=click.Choice(["submitter", "reader"]),
    multiple=True,
    default=["submitter"],
    show_default=True,
    help="What the program is; both, if given twice.",
)
@click.option("--scope", "scopes", metavar="ACTION", multiple=True, help="Good for this only, such as submit; or more.")
@click.option("-o", "--output", metavar="FILE", help="Write it into FILE, with mode 600. Default: standard output.")
@VAULT
@AS_JSON
def make_(
    *,
    teams: tuple[str, ...],
    lives: str,
    roles: tuple[str, ...],
    scopes: tuple[str, ...],
    output: str | None,
    vault: str | None,
    as_json: bool,
) -> int:
    """Make a key for a program of TEAM. It is shown this once and kept nowhere; whoever has it is the program.

    The policy says how long a team's keys may live (service_keys), and what a submitter or reader may do. A reader's
    program reads what is handed in by its teams. Needs no passphrase.
    """
    from cloister.access import Action  # noqa: PLC0415 - `--help` needs none of it
    from cloister.desk import passes  # noqa: PLC0415
    from cloister.formats.save import save  # noqa: PLC0415
    from cloister.model import Role  # noqa: PLC0415
    from cloister.policy import times  # noqa: PLC0415

    seconds = times.seconds(lives)
    known = {action.value: action for action in Action}
    if not seconds or not known.keys() >= set(scopes):
        raise BadArguments
    with opened(vault) as desk:
        chosen = [known[scope] for scope in scopes] or list(Action)
        made = passes.make(desk, teams, seconds, list(map(Role, roles)), chosen)
        try:
            if output is not None:
                with naming(output):
                    save([made.token.open() + b"\n"], output, overwrite=False)
        except BaseException:
            passes.revoke(desk, made.row.id)  # nobody has it
            raise
    if as_json:
        shown = {} if output else {"token": made.token.open().decode("ascii")}
        said({"schema": "cloister-service-key/1", **_plain(made.row), **shown})
    elif output is None:
        click.echo(made.token.open().decode("ascii"))
    told(f"Made {made.row.id}, good until {when(made.row.until)}. It is kept nowhere else: this was the only time.")
    return 0


@command.command("list", short_help="Which keys there are.")
@VAULT
@AS_JSON
def list_(*, vault: str | None, as_json: bool) -> int:
    """List the keys: id, roles, teams, until when. Those that are over are listed until they are revoked."""
    from cloister.desk import passes  # noqa: PLC0415

    with opened(vault) as desk:
        found = passes.every(desk)
    if as_json:
        said({"schema": "cloister-service-keys/1", "keys": [_plain(each) for each in found]})
        return 0
    for each in found:
        click.echo(f"{each.id}  until {when(each.until)}  {each.roles}  of {each.teams}")
    return 0


@command.command("revoke", short_help="End a key now.")
@click.argument("key", metavar="ID")
@VAULT
def revoke_(*, key: str, vault: str | None) -> int:
    """End the key of this ID: from now on it is good for nothing."""
    from cloister.desk import passes  # noqa: PLC0415

    with opened(vault) as desk:
        row = passes.revoke(desk, key)
    told(f"{row.id} is good for nothing any more.")
    return 0


def _plain(row: ServiceKeyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "roles": row.roles.split(),
        "teams": row.teams.split(),
        "scopes": row.scopes.split(),
        "made": when(row.made),
        "until": when(row.until),
    }
