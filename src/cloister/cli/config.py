"""`cloister config`: which settings are in force, and where each came from."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from cloister import settings
from cloister.cli.vault.asked import CONFIG
from cloister.formats import terminal
from cloister.settings.known import KNOWN
from cloister.settings.values import Json

EXAMPLES = """\b
Examples:
  cloister config                                    the settings in force
  cloister config --config cloister.toml             the same, with this settings file
  CLOISTER_LISTEN=127.0.0.1:9000 cloister config | grep listen
  cloister config --json                             for programs
"""
HIDDEN = "not shown, as there is no such file"


@dataclass(frozen=True, slots=True)
class Told:
    """One setting as it is told. `value` is None where there is none, or none that is shown."""

    row: settings.Row
    value: Json
    words: str

    def plain(self) -> dict[str, object]:
        """It, for programs."""
        setting, source = self.row.setting, self.row.source
        names = {"name": setting.value, "variable": settings.variable(setting)}
        return {**names, "value": self.value, "from": source.value, "shown": self.words != HIDDEN}


@click.command("config", epilog=EXAMPLES, short_help="Tell which settings are in force, and where each came from.")
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(config: str | None, *, as_json: bool) -> int:
    """Tell the settings of this deployment: environment (CLOISTER_*) over settings file over default.

    Settings that cannot be end this with exit 9, as they do a start. No secret is a setting: files that hold one are
    named, and not opened here.
    """
    told = [_told(row) for row in settings.load(config).rows]
    if as_json:
        # Escaped as JSON can: what is no UTF-8 in a path arrives whole.
        click.echo(json.dumps({"schema": "cloister-config/1", "settings": [each.plain() for each in told]}, indent=1))
    elif sys.stdout.isatty():
        _table(told)
    else:
        for each in told:
            click.echo(f"{each.row.setting.value:24}{each.row.source.value:15}{each.words}")
    return 0


def _told(row: settings.Row) -> Told:
    """One setting. Whoever wrote a secret where the name of its file belongs does not find it printed."""
    known = KNOWN[row.setting]
    if known.names_secret and row.value is not None and not os.path.isfile(row.words()):  # noqa: PTH113 - never raises
        return Told(row, None, HIDDEN)
    return Told(row, row.plain(), terminal.name(row.words()) or f"({known.otherwise})")


def _table(told: Sequence[Told]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only terminals need it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", no_wrap=True)
    for each in told:
        of_default = each.row.source is settings.Source.DEFAULT
        style = "dim" if of_default else ""
        table.add_row(each.row.setting.value, Text(each.words), each.row.source.value, style=style)
    Console().print(table)
