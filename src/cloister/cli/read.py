"""`cloister read`: a document in, its text out, privately, on this machine."""

from __future__ import annotations

import sys

import click

from cloister.errors import NoSandbox, NotForATerminal

EXAMPLES = """\b
Examples:
  cloister read scan.png                         text on the terminal
  cloister read contract.pdf -o contract.txt     text into a file of mode 600
  cloister read scan.pdf -o searchable.pdf       the same PDF with a text layer
  cloister read inbox/ --recursive -O out -f json
  cat page.jpg | cloister read - -f hocr > page.hocr
"""


@click.command("read", epilog=EXAMPLES, short_help="Read documents on this machine; nothing leaves it.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE; its extension gives the format.")
@click.option("-O", "--output-dir", metavar="DIR", help="Write each input's output into DIR.")
@click.option("-f", "--format", metavar="FORMAT", help="txt (default), md, json, hocr, alto or pdf.")
@click.option("-l", "--language", metavar="LANGS", help="Languages, such as eng+deu or en+ja. Default: found out.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Pages read at once. Default: one a core.")
@click.option("--pages", metavar="PAGES", help="Only these pages, such as 1,3-5.")
@click.option(
    "-m",
    "--mode",
    type=click.Choice(["skip", "force", "redo"]),
    default="skip",
    show_default=True,
    help="Text that a PDF brings along: skip reading such pages if it can be trusted; force and redo read every page"
    " from its pixels. In a PDF output what was read replaces old invisible text, and words that are visible text"
    " already are left out, unless it is force.",
)
@click.option(
    "-r",
    "--rotate-pages/--no-rotate-pages",
    default=True,
    help="Find out which way up a page is. Read only: no page of a PDF output is turned.",
)
@click.option(
    "-d",
    "--deskew/--no-deskew",
    default=True,
    help="Straighten crooked pages to read them; those of a PDF output stay as they are.",
)
@click.option("--recursive", is_flag=True, help="Read the files in folders, and in theirs.")
@click.option("-n", "--no-overwrite", is_flag=True, help="Refuse to replace an output that exists.")
@click.option("--password-file", metavar="FILE", help="The first line of FILE opens encrypted PDFs.")
@click.option("--decrypt", is_flag=True, help="Write a PDF output without the encryption of its input.")
@click.option("--invalidate-signatures", is_flag=True, help="Write a PDF output though it breaks signatures.")
@click.option("--require-sandbox", is_flag=True, help="Refuse (exit 20) where this host lacks a layer.")
@click.option(
    "--timeout",
    type=click.FloatRange(1, 3600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Most time to open a document or read one page.",
)
@click.option("--json", is_flag=True, help="A summary for programs; on stderr where the output is on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary; problems are still told.")
@click.option("-v", "--verbose", is_flag=True, help="Tell the steps, languages and grades of every page.")
def command(*, require_sandbox: bool, **given: object) -> int:
    """Read each INPUT (PDF, PNG, JPEG, TIFF, WebP, BMP, HEIC, a folder, or - for standard input).

    Files are parsed in jails that have no network, no files and no keys; the whole command gives up
    sockets before it begins. Outputs have mode 600 and are there whole or not at all.
    """
    from cloister.cli import batch  # noqa: PLC0415 - `--help` needs none of it
    from cloister.cli.asked import understand  # noqa: PLC0415
    from cloister.jail import host  # noqa: PLC0415

    if require_sandbox and not host.full_sandbox():
        raise NoSandbox
    asked = understand(given)
    if asked.format.name == "pdf" and asked.to_stdout and sys.stdout.isatty():
        raise NotForATerminal
    return batch.run(asked)
