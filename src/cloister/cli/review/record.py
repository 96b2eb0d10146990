"""`cloister review record`: print a record, write it anew, verify its evidence, compare two."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from cloister.cli.review import kept
from cloister.errors import DoesNotVerify, FileAccess
from cloister.formats import terminal
from cloister.review import compare
from cloister.review import record as records
from cloister.review.record.text import clean

EXPORTS = {
    "md": "record.md",
    "html": "record.html",
    "json": "record.json",
    "sarif": "review.sarif",
    "junit": "review.junit.xml",
}
MARKS = {compare.Way.WORSE: ("!", "red"), compare.Way.BETTER: ("+", "green"), compare.Way.CHANGED: ("~", "yellow")}


class _Record(click.Group):
    """A folder in place of a command is shown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant."""
        meant = args if args[0] in self.commands or not Path(args[0]).is_dir() else ["show", *args]
        return super().resolve_command(ctx, meant)


@click.group("record", cls=_Record, short_help="Print a record, write it anew, verify it, compare two.")
def command() -> None:
    """The decision record of a review: every claim with its verdict and evidence, and who approved.

    `cloister review record FOLDER` shows it. Each command first verifies the evidence in FOLDER (exit 25 if
    anything does not fit), and tells how the record stands today: what was verified is stale once its day is over.
    """


@command.command("show", short_help="Print it, as it stands today.")
@kept.FOLDER
@click.option(
    "-f", "--format", "form", type=click.Choice(list(EXPORTS)), default="md", show_default=True, help="The format."
)
@click.option("-o", "--output", metavar="FILE", help="Write it into FILE, with mode 600.")
@click.option("--since", metavar="OLD", help="Say what changed since this older record.")
def show(folder: str, form: str, output: str | None, since: str | None) -> int:
    """Print the record: Markdown (MADR), an HTML page, JSON, SARIF or JUnit."""
    today = records.today()
    review = kept.opened(folder)
    changed = None
    if since is not None:
        found = compare.changes(kept.opened(since).record(today), review.record(today))
        changed = tuple(f"{change.way.value}: {change.what}" for change in found)
    kept.give(records.exports(review.record(today, changed))[EXPORTS[form]], output)
    return 0


@command.command("write", short_help="Write it anew into its folder, as it stands today.")
@kept.FOLDER
@kept.KEY
def write(folder: str, key: str) -> int:
    """Write the record and its exports again, signed with KEY. The review's own evidence stays as it is.

    That evidence and what people signed must verify; a record that does not, or was left half written, is mended.
    """
    signs = kept.signing(key)
    try:
        review = records.again(folder, signs)
    except (DoesNotVerify, FileAccess) as problem:
        raise kept.told(problem, folder) from None
    words = "nobody has signed it" if not review.words else f"{len(review.words)} times signed by people"
    click.echo(f"Written as of {records.today().isoformat()}; {words}.")
    return 0


@command.command("verify", short_help="Verify all of its evidence.")
@kept.FOLDER
@click.option("--key", metavar="FILE", help="The public key, in PEM, that must have signed the review.")
def verify(folder: str, key: str | None) -> int:
    """Check every signature and hash, and that the record says what the evidence says (exit 25 if not).

    `python3 verify_evidence.py` in FOLDER does the same without Cloister.
    """
    review = kept.opened(folder, kept.bytes_of(key) if key else None)
    for name in review.strangers:
        click.echo(terminal.name(f"{name}: not part of the evidence; nobody signed it"), err=True)
    who = "a key made for this run (self-signed), " if review.self_signed else ""
    click.echo(f"It verifies: {len(review.review.findings)} findings, signed with {who}{review.signer}.")
    return 0


@command.command("diff", short_help="What changed from one record to another.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def diff(old: str, new: str, *, as_json: bool) -> int:
    """Compare two records as they stand today: ! worse, + better, ~ neither."""
    today = records.today()
    found = compare.changes(kept.opened(old).record(today), kept.opened(new).record(today))
    if as_json:
        changes = [{"way": change.way.value, "what": clean(change.what)} for change in found]
        click.echo(json.dumps({"schema": "cloister-record-diff/1", "changes": changes}, indent=2))
        return 0
    for change in found:
        mark, colour = MARKS[change.way]
        line = f"{mark} {change.way.value:8} {clean(change.what)}"
        click.echo(click.style(line, fg=colour) if sys.stdout.isatty() else line)
    counts = [f"{sum(change.way is way for change in found)} {way.value}" for way in compare.Way]
    click.echo(f"{', '.join(counts)}." if found else "No difference.")
    return 0
