"""`cloister audit show`: what happened."""

from __future__ import annotations

import sys

import click

from cloister.cli.audit.opened import AS_JSON, LOG, opened
from cloister.events import Act, Id
from cloister.formats import terminal

LAST = 50


@click.command("show", short_help="What happened.")
@LOG
@click.option("--last", type=click.IntRange(0), default=LAST, show_default=True, help="So many events; 0 for all.")
@click.option("--about", metavar="ID", help="Only events about this, or by it: the id of a document, a person, a key.")
@click.option("--act", type=click.Choice([act.value for act in Act]), metavar="ACT", help="Only events of this act.")
@AS_JSON
def command(log: str, last: int, about: str | None, act: str | None, *, as_json: bool) -> int:
    """Print the last events of LOG, the folder of a log, once all of it has been checked.

    An event says when, what, of what, by whom, and its facts: ids, numbers, times and words of a fixed list. No event
    can hold a name or anything of a document. With --json each line is an event exactly as it was hashed.
    """
    from cloister.audit.receipt import told  # noqa: PLC0415 - `--help` needs no crypto library

    try:
        wanted = Id.read(about) if about else None
    except ValueError:
        raise click.UsageError("--about is an id, such as doc- and 32 hexadecimal digits.") from None
    held = opened(log)
    chosen = [
        event
        for event in held.events()
        if (wanted is None or wanted in {event.subject, event.actor}) and act in {None, event.act.value}
    ]
    for event in chosen[-last:]:
        line = event.leaf().decode() if as_json else told(event)
        click.echo(terminal.shown(line, sys.stdout))
    return 0
