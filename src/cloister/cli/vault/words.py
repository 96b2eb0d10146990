"""How the commands on a vault speak of times, of what there is, and of what remains."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from cloister.formats import terminal
from cloister.times import when

if TYPE_CHECKING:
    from cloister.desk.looking import Standing
    from cloister.store.rows import DocumentRow

GONE = "Nothing of it can be opened any more."


def told(words: str) -> None:
    """Say what was done and what remains: on standard error, as standard output is for what was asked for."""
    click.echo(words, err=True)


def said(value: object) -> None:
    """A result, for programs."""
    click.echo(terminal.shown(json.dumps(value, ensure_ascii=False, indent=1), sys.stdout))


def kind_of(row: DocumentRow) -> str:
    """Its kind, for people."""
    return row.kind or "not listed"


def line(found: Standing) -> str:
    """How it stands with a document, on one line."""
    row = found.document
    head = f"{row.id}  {row.state.value:6}  {row.level.value:8}  {kind_of(row)}"
    if row.cause is not None:
        return f"{head}  {row.cause.value} {when(row.ended)}"
    return "  ".join([head, *(f"{artefact.value} until {when(ends)}" for artefact, ends in found.until.items())])


def readable_by(found: Standing, *, is_local: bool) -> str:
    """Who could read the document, and until when: the same for every attacker that docs/keys.md has.

    Where the tenant's key is not local, a copy of the machine is not enough: it takes that key as well.
    """
    row, since = found.document, when(found.document.accepted)
    opens = "the passphrase" if is_local else "the use of the tenant's key"
    copied = "all three" if is_local else "vault and keys, and can use the tenant's key,"
    if row.cause is None:
        last = when(max(found.until.values(), default=row.accepted))
        return (
            f"It can be read by whoever has this vault, its keys and {opens}, until {last} at most.\n"
            f"Who copied {copied} since {since}: can read the copy after that too. Who has no keys: reads nothing."
        )
    ended = when(row.ended)
    before = (
        f"Who copied vault, keys and passphrase between {since} and {ended}: can read what was there then."
        if is_local
        else f"Who copied vault and keys between {since} and {ended}, and can use the tenant's key: can read the copy."
    )
    return (
        f"Its keys were destroyed at {ended}. Who has copies of the vault without the keys: reads nothing, ever.\n"
        f"Who copied the whole machine after that: reads nothing through keys.\n{before}"
    )
