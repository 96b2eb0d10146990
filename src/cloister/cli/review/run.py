"""`cloister review run`: try a tool out on documents of nobody, watch it, and judge it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cloister.cli.policy import checked
from cloister.errors import ClaimRefuted, Inconclusive, LeakFound
from cloister.formats import terminal
from cloister.review.seen import Observer
from cloister.review.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cloister.review.result import Review

EXAMPLES = """\b
Examples:
  cloister review run --target command --command "tesseract {input} stdout" -O review
  cloister review run --target command --command "ocrmypdf {input} {output}" --type pdf --output-type pdf -O review
  cloister review run --target command --command "cloister read {input} -o {output}" --recall 0.8 --pages 5 -O review
"""
_OBSERVERS = click.Choice([observer.value for observer in Observer])
_TYPES = ("png", "jpg", "tiff", "pdf")
_COLOURS = {Verdict.VERIFIED: "green", Verdict.REFUTED: "red"}


@click.command("run", epilog=EXAMPLES, short_help="Try a tool out, watch it, and judge it.")
@click.option("--target", type=click.Choice(["command"]), default="command", show_default=True, help="What it is.")
@click.option("--command", "text", required=True, metavar="WORDS", help="The tool with {input} and {output}; no shell.")
@click.option("--policy", "policy_file", metavar="FILE", help="The policy. [default: policy.toml, or the shipped one]")
@click.option("-O", "--output-dir", "folder", required=True, metavar="DIR", help="Gets the record and its evidence.")
@click.option("--type", "suffix", type=click.Choice(_TYPES), default="png", show_default=True, help="Its inputs.")
@click.option("--output-type", metavar="EXT", default="txt", show_default=True, help="The extension of {output}.")
@click.option("--pages", type=click.IntRange(0, 200), default=2, show_default=True, help="Pages of each kind to score.")
@click.option("--recall", type=click.FloatRange(0, 1), metavar="SHARE", help="Least share of words to be read.")
@click.option("--kills", type=click.IntRange(0, 500), default=8, show_default=True, help="Moments at which to kill it.")
@click.option("--timeout", type=click.FloatRange(1, 3600), default=120, show_default=True, help="Seconds for one run.")
@click.option("--seed", type=click.IntRange(0, 10**9), help="Draw the same documents again; canaries stay secret.")
@click.option("--without", multiple=True, type=_OBSERVERS, help="Leave an observer out; its claims are inconclusive.")
@click.option("--without-surface", multiple=True, metavar="NAME", help="Plant no canary there. May be repeated.")
@click.option("--key", metavar="FILE", help="Sign with this Ed25519 key. [default: one made for this run, and said so]")
@click.option("--json", "as_json", is_flag=True, help="Print the review for programs.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no table; the exit code tells.")
def command(  # noqa: PLR0913 - one argument for each option
    *,
    target: str,
    text: str,
    policy_file: str | None,
    folder: str,
    suffix: str,
    output_type: str,
    pages: int,
    recall: float | None,
    kills: int,
    timeout: float,
    seed: int | None,
    without: tuple[str, ...],
    without_surface: tuple[str, ...],
    key: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Run a command-line tool on generated documents and judge what it does against the policy.

    It reads sound documents, broken ones, several at once, and is killed at several moments, in a home and a
    network of its own that are thrown away. Exit 0: all verified; 21: something of a document leaked; 22: another
    claim is refuted; 23: something could not be told. DIR gets the record, its exports and the signed evidence.
    """
    from cloister.review import keyfile  # noqa: PLC0415 - `--help` needs none of it
    from cloister.review import run as review  # noqa: PLC0415
    from cloister.review.experiment import Plan  # noqa: PLC0415
    from cloister.review.record import keep, ready  # noqa: PLC0415
    from cloister.review.stimuli import SURFACES  # noqa: PLC0415
    from cloister.review.targets.command import parse  # noqa: PLC0415

    del target
    _, policy = checked(policy_file)
    if strange := [name for name in without_surface if name not in SURFACES[suffix]]:
        raise click.UsageError(f"a {suffix} file has no {strange[0]}. It has: {', '.join(SURFACES[suffix])}.")
    plan = Plan(
        suffix,
        output_type.lstrip("."),
        pages,
        kills,
        timeout,
        recall,
        frozenset(map(Observer, without)),
        frozenset(without_surface),
    )
    tool = parse(text)
    if key is not None:
        keyfile.load(key)
    ready(folder)  # what would refuse the result in the end refuses to begin
    with _progress(plan.runs, quiet=quiet) as tell:
        result = review.review(tool, policy, plan, seed=seed, tell=tell)
    keep(result, policy, folder, key=key)
    if as_json:
        click.echo(terminal.shown(result.to_json(), sys.stdout), nl=False)
    elif not quiet:
        show(result)
        click.echo(terminal.safe(f"The record is in {folder}: open record.html."))
    return code(result)


def code(review: Review) -> int:
    """The exit code that a review comes to."""
    if review.verdict is Verdict.VERIFIED:
        return 0
    if review.verdict is not Verdict.REFUTED:
        return Inconclusive.exit
    leaked = any(exhibit.surface for finding in review.findings for exhibit in finding.exhibits)
    return LeakFound.exit if leaked else ClaimRefuted.exit


def show(review: Review) -> None:
    """The findings: a table on a terminal, a line each elsewhere."""
    if not sys.stdout.isatty():
        for finding in review.findings:
            click.echo(terminal.safe(f"{finding.verdict.value:13} {finding.claim:27} {finding.reason}"))
            for exhibit in finding.exhibits[:3]:
                click.echo(terminal.safe(f"{'':13} {'':27} {_place(exhibit.where, exhibit.case)}"))
        click.echo(f"{review.verdict.value:13} in all, {review.runs} runs, {review.seconds_median:.2f} s a document")
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=f"{review.runs} runs, {review.seconds_median:.2f} s a document", title_justify="left")
    for column in ("verdict", "claim", "because"):
        table.add_column(column)
    for finding in review.findings:
        reason = Text(terminal.safe(finding.reason))
        for exhibit in finding.exhibits[:3]:
            reason.append(terminal.safe(f"\n  {_place(exhibit.where, exhibit.case)}"), style="dim")
        colour = _COLOURS.get(finding.verdict, "yellow")
        table.add_row(Text(finding.verdict.value, style=colour), finding.claim, reason)
    Console().print(table)
    click.echo(f"In all: {review.verdict.value}.")


def _place(where: str, case: str) -> str:
    return f"{where} (run {case})" if where else f"(run {case})"


@contextmanager
def _progress(runs: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A bar that names the run that is under way, where someone watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=runs)
        yield lambda case: progress.update(task, advance=1, description=case)
