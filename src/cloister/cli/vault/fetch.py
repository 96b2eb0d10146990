"""`cloister fetch`: what was read goes out, once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cloister.cli.vault.asked import VAULT, Ask, naming, opened, unlock, with_passphrase
from cloister.cli.vault.words import GONE, told
from cloister.errors import UnknownFormat
from cloister.times import when

if TYPE_CHECKING:
    from cloister.desk.fetch import Fetched
    from cloister.formats import Writer


@click.command("fetch", short_help="Give out what was read, once.")
@click.argument("document", metavar="ID")
@click.option("-f", "--format", "name", metavar="FORMAT", help="txt (default), md, json, hocr or alto.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE; its extension gives the format.")
@click.option("-n", "--no-overwrite", is_flag=True, help="Refuse to replace an output that exists.")
@VAULT
@with_passphrase
def command(
    *,
    document: str,
    name: str | None,
    output: str | None,
    no_overwrite: bool,
    vault: str | None,
    ask: Ask,
) -> int:
    """Give out what was read of a document, and shred it here once it has arrived.

    One that was not read yet, because somebody was stopped, is read first. What goes out is yours to guard: a file
    has mode 600, and no later act of the vault reaches it. What is over is refused, whether it was swept or not.
    """
    from cloister.desk.fetch import delivered, fetch  # noqa: PLC0415 - `--help` needs none of it
    from cloister.desk.looking import standing  # noqa: PLC0415
    from cloister.desk.reading import Opened, read_again  # noqa: PLC0415
    from cloister.ocr.options import Options  # noqa: PLC0415
    from cloister.ocr.reader import Reader  # noqa: PLC0415
    from cloister.store.rows import State  # noqa: PLC0415

    writer = _writer(name, output)
    with opened(vault) as desk:
        waits = standing(desk, document).document.state is State.QUEUED
    with Reader() as reader:
        if waits:
            reader.warm(pages=1)  # jails start before any key is in memory
        with opened(vault) as desk:
            unlock(desk, ask)
            if waits:
                read_again(desk, document, lambda held: Opened(reader, held, Options()))
            fetched = fetch(desk, document)
            _deliver(fetched, writer, output, overwrite=not no_overwrite)
            left = delivered(desk, document)
            until = standing(desk, document).until
    told(f"Released: {left.pages} {'page' if left.pages == 1 else 'pages'}, level {fetched.level.value}.")
    remains = [f"The {artefact.value} is sealed until {when(ends)}." for artefact, ends in until.items()]
    told(" ".join(["The text was shredded here.", *(remains or [GONE])]))
    return 0


def _writer(name: str | None, output: str | None) -> Writer:
    from cloister.formats import WRITERS, Writer, by_extension, by_name  # noqa: PLC0415

    found = by_name(name) if name else by_extension(output) if output and output != "-" else WRITERS["txt"]
    if not isinstance(found, Writer):
        raise UnknownFormat  # a PDF needs its source, which is shredded when it was read
    return found


def _deliver(fetched: Fetched, writer: Writer, output: str | None, *, overwrite: bool) -> None:
    from cloister.formats import terminal  # noqa: PLC0415
    from cloister.formats.save import save  # noqa: PLC0415

    chunks = writer.write(iter(fetched.document.pages), lambda: fetched.document.facts)
    if output is not None and output != "-":
        with naming(output):
            save(chunks, output, overwrite=overwrite)
        return
    out = sys.stdout
    for chunk in terminal.safe_chunks(chunks) if out.isatty() else chunks:
        out.buffer.write(chunk)
    out.buffer.flush()
