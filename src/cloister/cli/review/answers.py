"""`cloister review answers`: the five questions of every revisit, and all that a reviewer asks."""

from __future__ import annotations

import sys

import click

from cloister.cli.review import kept
from cloister.formats import terminal
from cloister.review import compare
from cloister.review import record as records
from cloister.review.questions import SECTIONS
from cloister.review.record import json_
from cloister.review.record.model import WORDS, Record
from cloister.review.record.text import clean


@click.command("answers", short_help="The five questions, and every question with its answer.")
@kept.FOLDER
@click.option("--since", metavar="OLD", help="Say what changed since this older record.")
@click.option("--all", "every", is_flag=True, help="And each of the reviewer's questions with its verdict.")
@click.option("--json", "as_json", is_flag=True, help="For programs; holds all questions.")
def command(folder: str, since: str | None, *, every: bool, as_json: bool) -> int:
    """Answer from the policy and the review what we process, where it lives, who can access it, how long it is kept,
    and what changed.
    """  # noqa: D205 - click makes one paragraph of it
    today = records.today()
    review = kept.opened(folder)
    changed = None
    if since is not None:
        found = compare.changes(kept.opened(since).record(today), review.record(today))
        changed = tuple(f"{change.way.value}: {change.what}" for change in found)
    record = review.record(today, changed)
    if as_json:
        click.echo(terminal.shown(json_.write(record), sys.stdout), nl=False)
        return 0
    for told in record.five:
        click.echo(told.asks)
        for label, words in told.rows:
            click.echo(f"  {clean(label)}: {clean(words)}")
    if every:
        _every(record)
    return 0


def _every(record: Record) -> None:
    by_id = {answer.question.id: answer for answer in record.answers}
    for section, questions in SECTIONS.items():
        click.echo(section)
        for question in questions:
            answer = by_id[question.id]
            click.echo(f"  {question.id} {WORDS[answer.verdict]:12} {question.asks}")
            click.echo(f"     {'':12} {clean(answer.because)}")
