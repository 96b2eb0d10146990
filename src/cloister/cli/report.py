"""What a person sees while documents are read: a bar on a terminal, problems, and a summary. All on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from cloister.cli.asked import Asked
from cloister.cli.group import called, complain
from cloister.cli.outcome import Outcome, summary
from cloister.document import Page
from cloister.formats import terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_TABLE_FROM = 2
"""A table of what was read is worth its lines from this many inputs on."""


class Report:
    """Tells how a batch goes. On anything but a terminal it tells problems only."""

    def __init__(self, asked: Asked) -> None:
        """Draw nothing yet."""
        self._asked = asked
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._expected = 0
        self.inputs = 1
        """How many there are."""
        self._begun = time.monotonic()
        self._fancy = sys.stderr.isatty() and not asked.quiet
        # A bar and the text itself would write over each other on one terminal.
        self._drawn = self._fancy and not (asked.to_stdout and sys.stdout.isatty())

    def expect(self, pages: int) -> None:
        """A document with this many pages is open."""
        self._expected += pages
        if self._drawn and self._bar is None:
            from rich import console, progress  # noqa: PLC0415 - costs 0.1 s, and only terminals need it

            self._bar = progress.Progress(
                progress.TextColumn("reading"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TextColumn("pages, {task.fields[rate]:.1f}/s,"),
                progress.TimeRemainingColumn(),
                console=console.Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("reading", total=self._expected, rate=0.0)
            self._bar.start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, total=self._expected)

    def watch(self, pages: Iterable[Page], outcome: Outcome) -> Iterator[Page]:
        """Give the pages on, and count them."""
        for page in pages:
            outcome.languages[page.language] = outcome.languages.get(page.language, 0) + 1
            outcome.notes += [f"page {page.number}: {step.detail}" for step in page.steps if step.name == "script"]
            if self._bar is not None and self._task is not None:
                done = self._bar.tasks[0].completed + 1
                self._bar.update(self._task, advance=1, rate=done / max(1e-3, time.monotonic() - self._begun))
            if self._asked.verbose:
                self._say(outcome, _page_line(page))
            yield page

    def finished(self, outcome: Outcome) -> None:
        """One input is done, well or not."""
        for note in outcome.notes:
            if not self._asked.quiet:
                self._say(outcome, note)
        if outcome.problem is not None and not outcome.skipped:
            complain(outcome.problem, called(outcome.path, outcome.number, self.inputs))

    def end(self, outcomes: list[Outcome]) -> None:
        """The batch is done."""
        if self._bar is not None:
            self._bar.stop()
        seconds = time.monotonic() - self._begun
        if self._asked.json:
            text = json.dumps(summary(outcomes, seconds), ensure_ascii=False, indent=2)
            stream = sys.stderr if self._asked.to_stdout else sys.stdout
            click.echo(terminal.shown(text, stream), file=stream)
        elif self._fancy and not self._asked.to_stdout:
            self._summary(outcomes, seconds)

    def _summary(self, outcomes: list[Outcome], seconds: float) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        console = Console(stderr=True)
        if len(outcomes) >= _TABLE_FROM:
            table = Table("input", "output", "pages", "grade", box=None)
            colours = {"POOR": "red", "FAIR": "yellow", "GOOD": "green", "EXCELLENT": "green"}
            for outcome in outcomes:
                facts, problem = outcome.facts, outcome.problem
                grade = facts.grade.name if facts else "skipped" if outcome.skipped else problem.code if problem else ""
                style = colours.get(grade, "red" if problem and not outcome.skipped else "dim")
                cells = outcome.path, outcome.output or "", str(facts.pages) if facts else ""
                table.add_row(*(Text(terminal.name(cell)) for cell in cells), Text(grade, style=style))
            console.print(table)
        pages = sum(outcome.facts.pages for outcome in outcomes if outcome.facts)
        failed = sum(1 for outcome in outcomes if outcome.problem and not outcome.skipped)
        tail = f", {failed} failed" if failed else ""
        console.print(f"{pages} pages of {len(outcomes) - failed} files in {seconds:.1f} s{tail}", highlight=False)

    def _say(self, outcome: Outcome, text: str) -> None:
        about = called(outcome.path, outcome.number, self.inputs)
        click.echo(f"{terminal.name(about)}: {terminal.name(text)}" if about else terminal.name(text), err=True)


def _page_line(page: Page) -> str:
    steps = ", ".join(f"{step.name} {step.detail}".strip() for step in page.steps)
    turned = f"turned {page.rotation}°, skewed {page.skew:.1f}°"
    return f"page {page.number}: {page.grade.name}, {page.language}, {turned}; {steps}"
