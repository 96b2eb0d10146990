"""`cloister serve`: the team's service, in one process tree."""

from __future__ import annotations

import os
from contextlib import ExitStack

import click

from cloister.cli.vault.asked import CONFIG, VAULT, Ask, place_of, unlock, with_passphrase
from cloister.cli.vault.words import told
from cloister.errors import RefusesRoot

EXAMPLES = """\b
Examples:
  cloister init --service vault && cloister serve --vault vault
  CLOISTER_CONFIG=/etc/cloister.toml cloister serve
"""


@click.command("serve", epilog=EXAMPLES, short_help="The team's service: an API over HTTP, and what reads.")
@CONFIG
@VAULT
@with_passphrase
def command(*, config: str | None, vault: str | None, ask: Ask) -> int:
    """Take documents in over HTTP, read them, and give out their text, until it is stopped (SIGTERM, or Ctrl-C).

    Listens on this machine only, unless the settings name a certificate, or a proxy that has one; `cloister config`
    tells what is in force. Programs show a key that `cloister service-keys make` gave them. Never runs as root.
    """
    from cloister import settings  # noqa: PLC0415 - `--help` needs none of it

    if not os.geteuid():
        raise RefusesRoot
    found = settings.load(config)
    place = place_of(vault or (str(found.vault) if found.vault else None))
    from cloister.ocr.reader import Reader  # noqa: PLC0415

    with ExitStack() as held:
        reader = held.enter_context(Reader(jobs=found.page_pool))
        reader.warm(found.page_pool)  # jails start before any key is in memory
        from cloister.desk.opened import Desk  # noqa: PLC0415
        from cloister.service.serving import serve  # noqa: PLC0415

        desk = held.enter_context(Desk(place))
        unlock(desk, ask)
        scheme = "https" if found.tls else "http"
        serve(desk, reader, found, lambda address: told(f"Listening on {scheme}://{address}"))
    return 0
