"""`cloister classify`: how sensitive documents are, and why, without repeating a word of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cloister.cli.group import called, complain
from cloister.errors import AboveLevel, CloisterError, NotADocument, UnreadableScript
from cloister.formats import terminal
from cloister.model import Classified, Sensitivity

if TYPE_CHECKING:
    from cloister.cli.inputs import Input
    from cloister.ocr.options import Options
    from cloister.ocr.stream import Stream
    from cloister.policy import Policy

SCHEMA = "cloister-classify/1"
EXAMPLES = """\b
Examples:
  cloister classify scan.png                                 level and reasons
  cloister classify letter.pdf --kind invoice                the kind that it was handed in as
  cloister classify inbox/ --recursive --kind invoice --fail-above moderate
"""


@dataclass(slots=True)
class _Told:
    """What came of one file."""

    path: str
    called: str = ""
    """How standard error speaks of it."""
    classified: Classified | None = None
    problem: CloisterError | None = None
    skipped: bool = False


@click.command("classify", epilog=EXAMPLES, short_help="Tell how sensitive documents are, and why.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--kind", metavar="KIND", help="The kind that they are declared as; one not listed counts as the strictest."
)
@click.option(
    "--policy", "policy_file", metavar="FILE", help="Default: policy.toml in this folder, or the shipped one."
)
@click.option(
    "--fail-above",
    type=click.Choice([level.value for level in Sensitivity]),
    help="Exit 26 where a document is more sensitive than this.",
)
@click.option("--recursive", is_flag=True, help="Classify the files in folders, and in theirs.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Pages read at once. Default: one a core.")
@click.option("--password-file", metavar="FILE", help="The first line of FILE opens encrypted PDFs.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(
    *,
    files: tuple[str, ...],
    kind: str | None,
    policy_file: str | None,
    fail_above: str | None,
    recursive: bool,
    jobs: int | None,
    password_file: str | None,
    as_json: bool,
) -> int:
    """Read each FILE on this machine, in jails as `cloister read` does, and tell its level: low, moderate or high.

    The declared kind gives the least level, by the policy. Evidence in the text can only raise it: machine-readable
    zones, bank accounts, cards, national ids and tax numbers, and the words of payrolls, medicine and contracts.
    What was not read well counts as the strictest. Reasons name detectors, counts and pages, never what stood there.
    """
    from cloister.cli.asked import password_from  # noqa: PLC0415 - `--help` needs none of it
    from cloister.cli.policy import checked  # noqa: PLC0415
    from cloister.ocr.options import Options  # noqa: PLC0415

    _, policy = checked(policy_file)
    options = Options(password=password_from(password_file))
    most = None if fail_above is None else Sensitivity(fail_above)
    told = []
    for one in _each(files, options, policy, kind, recursive=recursive, jobs=jobs):
        told.append(one)
        level = one.classified.sensitivity if one.classified else None
        if most is not None and level is not None and level > most:
            one.problem = AboveLevel(level=level, most=most)
        if not as_json and one.classified and not sys.stdout.isatty():
            _print(one)
        if one.problem is not None:
            complain(one.problem, one.called)
    if as_json:
        _json(told, kind)
    elif sys.stdout.isatty():
        _table(told)
    codes = {one.problem.exit for one in told if one.problem is not None}
    return 0 if not codes else codes.pop() if len(codes) == 1 else CloisterError.exit


def _each(
    files: tuple[str, ...], options: Options, policy: Policy, kind: str | None, *, recursive: bool, jobs: int | None
) -> Iterator[_Told]:
    from cloister.cli import inputs  # noqa: PLC0415
    from cloister.ocr.reader import Reader  # noqa: PLC0415

    found = list(inputs.expand(files, recursive=recursive))
    givens = [one.path for one in found if one.problem is None]
    with Reader(jobs=jobs) as reader:
        if givens:
            reader.warm(min(len(givens), reader.jobs), pages=len(givens))
        with closing(reader.stream(givens, options)) as streams:
            for number, one in enumerate(found, 1):
                told = _Told(one.path, called(one.path, number, len(found)), problem=one.problem)
                if one.problem is None:
                    _classify(told, next(streams), one, policy, kind)
                if not told.skipped:
                    yield told


def _classify(told: _Told, stream: Stream, one: Input, policy: Policy, kind: str | None) -> None:
    from cloister import evidence  # noqa: PLC0415
    from cloister.document import Document, Page  # noqa: PLC0415
    from cloister.journey import classify  # noqa: PLC0415

    pages: list[Page] = []
    whole = True
    try:
        for page in stream:
            pages.append(page)  # noqa: PERF402 - a page that cannot be read leaves those before it
    except UnreadableScript:
        whole = False
    except CloisterError as problem:
        told.problem = problem
        told.skipped = not one.surely and isinstance(problem, NotADocument)
        return
    document = Document(tuple(pages), stream.facts())
    before = classify.declared(policy, kind)
    told.classified = classify.read(before, policy, document, evidence.search(document), whole=whole)


def _print(one: _Told) -> None:
    assert one.classified
    click.echo(terminal.name(f"{one.path}: {one.classified.sensitivity.value}"))
    for reason in one.classified.reasons:
        click.echo(f"  {reason.sensitivity.value:8}  {reason.words}")


def _json(told: list[_Told], kind: str | None) -> None:
    entries: list[dict[str, Any]] = []
    for one in told:
        entry: dict[str, Any] = {"file": one.path}
        if one.classified:
            entry["level"] = one.classified.sensitivity.value
            entry["kind"] = one.classified.kind
            entry["reasons"] = [
                {
                    "level": reason.sensitivity.value,
                    "because": reason.because.name.lower().replace("_", "-"),
                    "page": reason.page,
                    **(
                        {"evidence": reason.found.evidence.value, "detector": reason.found.detector}
                        | {"count": reason.found.count, "proven": reason.found.proven}
                        if reason.found
                        else {}
                    ),
                }
                for reason in one.classified.reasons
            ]
        if one.problem is not None:
            problem = one.problem
            entry["error"] = {"code": problem.code, "exit": problem.exit, "message": problem.args[0]}
        entries.append(entry)
    body = {"schema": SCHEMA, "declared": kind, "files": entries}
    click.echo(terminal.shown(json.dumps(body, ensure_ascii=False, indent=2), sys.stdout))


def _table(told: list[_Told]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only terminals need it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table("file", "level", "because", box=None)
    shades = {Sensitivity.LOW: "green", Sensitivity.MODERATE: "yellow", Sensitivity.HIGH: "red"}
    for one in told:
        if one.classified:
            level = one.classified.sensitivity
            because = "\n".join(f"{reason.words} ({reason.sensitivity.value})" for reason in one.classified.reasons)
            table.add_row(Text(terminal.name(one.path)), Text(level.value, style=shades[level]), Text(because))
    if table.row_count:
        Console().print(table)
