"""`cloister init`: make a vault. Nothing else ever makes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloister.cli.vault.asked import AS_JSON, Ask, folder, hands, naming, with_passphrase
from cloister.cli.vault.provider import with_provider
from cloister.cli.vault.words import said
from cloister.errors import BadArguments, ProviderSetting
from cloister.formats import terminal
from cloister.policy.values import KeyProvider

if TYPE_CHECKING:
    from cloister.keys.places import Place


@click.command("init", short_help="Make a vault, in which documents are kept as the policy allows.")
@click.argument("place", metavar="[DIR]", required=False)
@click.option("--keys", metavar="DIR", help="Keep the keys in DIR, on another medium, so that no snapshot has both.")
@click.option("--policy", "policy_file", metavar="FILE", help="What is allowed. Default: the policy that is shipped.")
@click.option("--service", is_flag=True, help="The shipped policy, with an API for programs on this machine.")
@with_provider
@with_passphrase
@AS_JSON
def command(
    *,
    place: str | None,
    keys: str | None,
    policy_file: str | None,
    service: bool,
    where_key: Callable[[], Place],
    ask: Ask,
    as_json: bool,
) -> int:
    """Make a vault in DIR (or CLOISTER_VAULT), a folder that is new or empty: policy, keys, records, blobs and log.

    Asks for a new passphrase that seals its keys, or, with another provider than local, for the PIN or token that
    opens the tenant's key there. Whoever loses the keys, or what opens them, loses every document in it: there is no
    other way in.
    """
    from cloister import policy as policies  # noqa: PLC0415 - `--help` needs none of it
    from cloister.cli.policy import shipped, sound  # noqa: PLC0415
    from cloister.desk import vault as vaults  # noqa: PLC0415
    from cloister.keys import places  # noqa: PLC0415
    from cloister.policy.serving import serving  # noqa: PLC0415

    where = folder(place)
    if policy_file and service:
        raise BadArguments
    text = sound(policy_file) if policy_file else shipped("default.toml")
    if service:
        text = serving(text)
    key = where_key()
    with ask(key.opens, new=True) as given, naming(str(where)):
        vault = vaults.make(where, Path(keys) if keys else None, text, given, place=key, hands=hands())
    if service:
        from cloister import jobs  # noqa: PLC0415 - a second, for whoever has a service

        jobs.make(vault.folder / vaults.JOBS)
    rules = policies.load(text)
    sha256 = policies.sha256(rules)
    vkey = (vault.folder / vaults.LOG / "log.vkey").read_text().strip()
    if as_json:
        said({"schema": "cloister-init/1", "vault": str(vault.id), "policy": sha256, "log": vkey})
        return 0
    click.echo(terminal.safe(f"Made a vault in {terminal.name(str(where))}, with its keys in {_keys(keys, key)}."))
    click.echo(f"Policy: policy.toml in it, sha256 {sha256}. A change of it counts once it is approved.")
    click.echo(f"Log: {vkey}. Give this line to whoever is to verify the log.")
    if key.provider is KeyProvider.LOCAL:
        click.echo("Keep the passphrase and the keys: without both, nothing in it can be opened.")
        return 0
    name = places.place_of(vault.keys, rules.policy.tenant).settings[ProviderSetting.KEY_NAME]
    click.echo(terminal.safe(f"The tenant's key: {key.provider.value}, {name}."))
    click.echo("Keep that key and these keys: without both, nothing in it can be opened.")
    return 0


def _keys(keys: str | None, key: Place) -> str:
    if keys:
        return terminal.name(keys)
    local = key.provider is KeyProvider.LOCAL
    return "the same folder" + ", so that a snapshot of the disk has both" * local
