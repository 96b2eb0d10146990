"""`cloister submit`: a document comes into the vault, and is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from cloister.cli.group import complain
from cloister.cli.vault.asked import AS_JSON, VAULT, Ask, naming, place_of, unlock, with_passphrase
from cloister.cli.vault.words import said, told
from cloister.errors import CloisterError
from cloister.model import Artefact, Placement, Sensitivity
from cloister.times import when

if TYPE_CHECKING:
    from cloister.desk.looking import Standing

_WAY = 5.0
"""Seconds for which jails that start have every core."""
EXAMPLES = """\b
Examples:
  cloister submit letter.pdf --kind contract
  id=$(cloister submit scan.png --kind invoice) && cloister fetch "$id" -o scan.md
"""


@click.command("submit", epilog=EXAMPLES, short_help="Keep a document, sealed, and read it.")
@click.argument("file", metavar="FILE")
@click.option("--kind", metavar="KIND", required=True, help="What it is, by the policy; else the strictest.")
@click.option(
    "--placement",
    type=click.Choice([each.value for each in Placement]),
    help="Ask for more confinement than the policy does; never less.",
)
@click.option("-l", "--language", metavar="LANGS", help="Languages, such as eng+deu. Default: found out.")
@click.option("--password-file", metavar="FILE", help="The first line of FILE opens an encrypted PDF.")
@VAULT
@with_passphrase
@AS_JSON
def command(
    *,
    file: str,
    kind: str,
    placement: str | None,
    language: str | None,
    password_file: str | None,
    vault: str | None,
    ask: Ask,
    as_json: bool,
) -> int:
    """Keep FILE (or - for standard input) sealed, print its id, and read it on this machine, in jails.

    The id is printed once the document is kept, exactly once: the same file again, while it is kept, has the same
    id. After reading it is classified again, which can only raise its level, and shorten its time. The source is
    shredded when it was read, unless the policy keeps it; the text waits, sealed, to be fetched.
    """
    from cloister import languages  # noqa: PLC0415 - `--help` needs none of it
    from cloister.cli.asked import password_from  # noqa: PLC0415
    from cloister.ocr.options import Options  # noqa: PLC0415
    from cloister.ocr.reader import Reader  # noqa: PLC0415

    options = Options(password=password_from(password_file), languages=languages.parse(language) if language else ())
    asked = Placement(placement) if placement else None
    place = place_of(vault)
    problem = None
    with Reader() as reader:
        reader.warm(pages=1, languages=options.languages)  # jails start before any key is in memory
        if file == "-" or os.access(file, os.R_OK):
            reader.give_way(_WAY)
        from cloister.desk.looking import standing  # noqa: PLC0415 - a fifth of a second
        from cloister.desk.opened import Desk  # noqa: PLC0415
        from cloister.desk.reading import Opened, read_kept  # noqa: PLC0415
        from cloister.desk.submit import content_of, submit  # noqa: PLC0415
        from cloister.store.rows import State  # noqa: PLC0415

        with Desk(place) as desk:
            with naming(file):
                content = content_of(desk, file, kind)
            unlock(desk, ask)
            taken = submit(desk, content, kind, lambda held: Opened(reader, held, options), asked)
            if not as_json:
                click.echo(taken.document.id)
            if taken.document.state is State.QUEUED:
                try:
                    read_kept(desk, taken.document.id, taken.looked)
                except CloisterError as refusal:
                    problem = refusal
            found = standing(desk, taken.document.id)
    if as_json:
        error = {"error": {"code": problem.code, "exit": problem.exit, "message": f"{problem}"}} if problem else {}
        said({"schema": "cloister-submit/1", "again": taken.again, **found.plain(), **error})
    if problem is not None:
        complain(problem)
        last = when(max(found.until.values(), default=0))
        told(f"It is kept sealed, unread, until {last}; `cloister fetch` reads it.")
        return problem.exit
    if not as_json:
        _tell(found, taken.document.level, again=taken.again)
    return 0


def _tell(found: Standing, before: Sensitivity, *, again: bool) -> None:
    """What was done and what remains."""
    row = found.document
    raised = "" if row.level is before else ", raised by what stands in it"
    was = "It was kept already, and is" if again else "Kept and read"
    told(f"{was}: {row.pages} {'page' if row.pages == 1 else 'pages'}, level {row.level.value}{raised}.")
    if Artefact.SOURCE not in found.until:
        told("The source was shredded.")
    for artefact, ends in found.until.items():
        told(f"The {artefact.value} is sealed until {when(ends)}, or until it is fetched or deleted.")
