"""`cloister policy`: is a policy sound, what does it mean, what changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloister import policy as policies
from cloister.cli.group import complain
from cloister.cli.vault.asked import VAULT, opened
from cloister.errors import BadPolicy, FileAccess, FolderNotFile, IsAFolder, NotToml, TooLarge
from cloister.formats import terminal
from cloister.ocr.sources import open_source
from cloister.policy import Policy, diff, explain, reach
from cloister.policy.reader import LONGEST

if TYPE_CHECKING:
    from cloister.policy.explain import Section

OWN = "policy.toml"
SHIPPED = "the policy that Cloister ships"
FILE = f"{OWN} in this folder, or else the policy that is shipped."
AS_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")


def shipped(name: str) -> str:
    """A file of the package, as text."""
    return (resources.files("cloister.policy") / name).read_text(encoding="utf-8")


def _text(file: str) -> str:
    source = open_source(file)
    try:
        if source.size > LONGEST:
            raise TooLarge(size=source.size, limit=LONGEST)
        held = source.read_at(0, source.size)
    finally:
        source.close()
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = held[: problem.start]
        line = before.count(b"\n") + 1
        raise NotToml(line=line, column=len(before) - before.rfind(b"\n")) from None


def _given(file: str | None) -> tuple[str, str]:
    """The name and the text of the policy that is meant."""
    if file is None and not Path(OWN).is_file():
        return SHIPPED, shipped("default.toml")
    name = file or OWN
    try:
        return name, _text(name)
    except (FileAccess, TooLarge, NotToml) as problem:
        told = FolderNotFile() if isinstance(problem, IsAFolder) else problem
        complain(told, name)
        raise click.exceptions.Exit(told.exit) from None


def _show(problem: BadPolicy, name: str, text: str) -> None:
    """A problem, and the line that it is in with a mark below."""
    line, column = int(str(problem.facts["line"])), int(str(problem.facts["column"]))
    complain(problem, name)
    lines = text.replace("\r\n", "\n").split("\n")
    if line <= len(lines) and lines[line - 1].strip():
        # Tabs become one space each, so that the mark stands where it should.
        click.echo(f"{line:5} | {terminal.name(lines[line - 1].replace(chr(9), ' '))}", err=True)
        click.echo(f"{'':5} | {'':{column - 1}}^", err=True)


def checked(file: str | None, *, as_json: bool = False) -> tuple[str, Policy]:
    """The name and the meaning of a policy; what is wrong with it is told, and ends the command with exit 9."""
    name, text = _given(file)
    checked = policies.check(text, datetime.now(UTC).date())
    if checked.policy is not None:
        return name, checked.policy
    if as_json:
        problems = [
            {"code": p.code, "line": p.facts["line"], "column": p.facts["column"], "message": f"{p}"}
            for p in checked.problems
        ]
        _json({"schema": "cloister-policy-check/1", "file": name, "sound": False, "problems": problems})
    else:
        for problem in checked.problems:
            _show(problem, name, text)
    raise click.exceptions.Exit(BadPolicy.exit)


def sound(file: str) -> str:
    """The text of a policy; what is wrong with it is told, and ends the command with exit 9."""
    checked(file)
    return _given(file)[1]


def _json(value: object) -> None:
    click.echo(terminal.shown(json.dumps(value, ensure_ascii=False, indent=2), sys.stdout))


@click.group("policy", short_help="Check a policy, explain it, or compare two.")
def command() -> None:
    """What is allowed is written in one file, policy.toml. These look at it; only approve changes anything."""


@command.command("check", short_help="Is it sound? And its hash.")
@click.argument("file", required=False, metavar="[FILE]")
@AS_JSON
def check(file: str | None, *, as_json: bool) -> int:
    """Read FILE and tell all that is wrong with it, with line, column and remedy (exit 9).

    A sound policy is tried in every combination of kind, evidence, placement and sink, and its hash
    is printed: that of what it means, which comments and order do not change. Without FILE: policy.toml
    in this folder, or else the policy that is shipped.
    """
    name, policy = checked(file, as_json=as_json)
    tried, wrong = reach.astray(policy)
    sha256, due = policies.sha256(policy), policy.review.due()
    if as_json:
        _json(
            {
                "schema": "cloister-policy-check/1",
                "file": name,
                "sound": not wrong,
                "sha256": sha256,
                "kinds": len(policy.kinds),
                "combinations": tried,
                "astray": [{"what": what.value, "kind": reached.kind} for what, reached in wrong],
                "review_due": due.isoformat() if due else None,
                "problems": [],
            }
        )
    else:
        click.echo(terminal.safe(f"{name} is sound: {len(policy.kinds)} kinds, {len(policy.sinks)} sinks."))
        verdict = f"{len(wrong)} go astray" if wrong else "no high document reaches a cloud or a low sink"
        click.echo(f"{tried:,} combinations of kind, evidence, placement and sink tried: {verdict}.")
        click.echo(f"Review: {_due(due)}.")
        click.echo(f"sha256 {sha256}")
    return BadPolicy.exit if wrong else 0


def _due(day: date | None) -> str:
    if day is None:
        return "due now, there was none"
    return f"{'overdue since' if day < datetime.now(UTC).date() else 'due'} {day.isoformat()}"


@command.command("explain", short_help="What it means, in plain words.")
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--kind", metavar="KIND", help="Only this kind; one that is not listed is told as such.")
@AS_JSON
def explain_(file: str | None, kind: str | None, *, as_json: bool) -> int:
    """Tell for each kind where it may be read, how long each artefact is kept, who sees it, where it goes, who
    owns it and when that is reviewed. Without FILE: policy.toml in this folder, or else the policy that is shipped.
    """  # noqa: D205 - click makes one paragraph of it
    _, policy = checked(file)
    if kind is None:
        sections = explain.every(policy)
    else:
        sections = (explain.of_kind(policy, kind if kind in policy.kinds else None),)
    if as_json:
        body = [{"name": s.name, "title": s.title, "says": {row.label: row.words for row in s.rows}} for s in sections]
        _json({"schema": "cloister-policy-explain/1", "sha256": policies.sha256(policy), "sections": body})
    elif sys.stdout.isatty():
        _tables(sections)
    else:
        for section in sections:
            click.echo(f"{section.name}: {section.title}")
            for row in section.rows:
                click.echo(f"  {row.label}: {row.words}")
    return 0


def _tables(sections: Sequence[Section]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only terminals need it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    for section in sections:
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column()
        for row in section.rows:
            table.add_row(row.label, Text(terminal.name(row.words)))
        console.print(Text(f"{terminal.name(section.title)} ({section.name})", style="bold"))
        console.print(table)
        console.print()


MARKS = {diff.Way.WIDENED: ("+", "red"), diff.Way.NARROWED: ("-", "green"), diff.Way.CHANGED: ("~", "yellow")}


@command.command("diff", short_help="What widened and what narrowed.")
@click.argument("before", metavar="OLD")
@click.argument("after", metavar="NEW")
@AS_JSON
def diff_(before: str, after: str, *, as_json: bool) -> int:
    """Compare what two policies mean: + allows more than before, - allows less, ~ neither.

    Comments, order and other ways to write the same make no difference.
    """
    (_, old), (_, new) = checked(before), checked(after)
    found = diff.changes(old, new)
    if as_json:
        body = [{"way": c.way.value, "clause": c.clause, "before": c.before, "after": c.after} for c in found]
        hashes = {"before": policies.sha256(old), "after": policies.sha256(new)}
        _json({"schema": "cloister-policy-diff/1", "sha256": hashes, "changes": body})
        return 0
    tell_changes(found)
    return 0


def tell_changes(found: Sequence[diff.Change]) -> None:
    """Print what changed, a line each, and how many of each way."""
    colour = sys.stdout.isatty()
    for change in found:
        mark, shade = MARKS[change.way]
        line = f"{mark} {change.way.value:8}  {change.clause}: {_told(change)}"
        line = terminal.name(line)
        click.echo(click.style(line, fg=shade) if colour else line)
    counts = [f"{sum(c.way is way for c in found)} {way.value}" for way in diff.Way]
    click.echo(f"{', '.join(counts)}." if found else "No difference in meaning.")


def _told(change: diff.Change) -> str:
    if change.before is None:
        return f"{change.after} added"
    return f"{change.before} removed" if change.after is None else f"{change.before} -> {change.after}"


@command.command("schema", short_help="The JSON Schema, for editors.")
@click.option("--default", "default", is_flag=True, help="Print the policy that is shipped instead, to start from.")
def schema(*, default: bool) -> int:
    """Print the JSON Schema (draft 2020-12) of policy.toml, with which editors check and complete it."""
    click.echo(shipped("default.toml" if default else "cloister-policy-1.schema.json"), nl=False)
    return 0


@command.command("approve", short_help="Say that a vault's changed policy may come into force.")
@click.option("--sha256", metavar="HASH", help="The policy that is approved, as this command printed it.")
@click.option("--withdraw", is_flag=True, help="Take an approval back.")
@VAULT
@AS_JSON
def approve_(*, sha256: str | None, withdraw: bool, vault: str | None, as_json: bool) -> int:
    """Approve the policy.toml of a vault, by its hash; it comes into force once enough people have. In the log.

    Without --sha256 nothing is approved: it says what would change, and prints the hash. What narrows takes one
    person, what widens anything takes two, each as another user.
    """
    from cloister.desk.approving import approve, looked  # noqa: PLC0415 - no other command of these needs a vault

    if withdraw and sha256 is None:
        raise click.UsageError("say with --sha256 which approval is taken back.")
    with opened(vault) as desk:
        step = looked(desk) if sha256 is None else approve(desk, sha256, withdraw=withdraw)
    if as_json:
        hashes = {"before": step.before, "after": step.after}
        people = {"people": step.people, "needed": step.needed, "in_force": step.is_in_force}
        _json({"schema": "cloister-policy-approve/1", "sha256": hashes, **people})
        return 0
    if sha256 is None:
        tell_changes(step.changes)
    if step.is_in_force:
        click.echo(f"In force: {step.after}")
        return 0
    click.echo(f"Approved by {step.people} of the {step.needed} people that it takes.")
    if sha256 is None:
        click.echo(f"To approve it: cloister policy approve --sha256 {step.after}")
    return 0
