"""`cloister review attest`: a person's word for what no experiment shows, until a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from cloister.cli.review import kept
from cloister.review import record as records
from cloister.review.questions import QUESTIONS
from cloister.review.signed import Act, Word
from cloister.review.verdict import Verdict

LONGEST = timedelta(days=366)
SETTLED = {Verdict.VERIFIED, Verdict.REFUTED, Verdict.STALE}


@click.command("attest", short_help="Give your word for a claim or a question, until a day.")
@kept.FOLDER
@click.argument("about", metavar="CLAIM|QUESTION")
@kept.BY
@click.option("--says", metavar="WORDS", required=True, help="What you vouch for, and how you know.")
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day that it holds; at most a year."
)
@kept.KEY
def command(folder: str, about: str, by: str, says: str, expires: datetime, key: str) -> int:
    """Add a signed word to FOLDER/signed.jsonl, which only grows, and write the record anew.

    The claim or question is ATTESTED from then on, which is never counted as verified. What was verified or
    refuted by experiment stays so: nobody's word changes that.
    """
    today, signs = records.today(), kept.signing(key)
    until = kept.day(expires, today)
    if not today <= until <= today + LONGEST:
        raise click.UsageError("--expires is a day from today on, at most a year ahead.")
    record = kept.opened(folder).record(today)
    verdicts = {answer.question.id: answer.verdict for answer in record.answers}
    verdicts |= {row.finding.claim: row.finding.verdict for row in record.rows}
    if about not in verdicts:
        raise click.UsageError(f"no claim and no question has this id. Questions: {', '.join(QUESTIONS)}.")
    if verdicts[about] in SETTLED:
        raise click.UsageError(f"{about} is {verdicts[about].value} by experiment; nobody's word changes that.")
    word = Word(Act.ATTEST, about, kept.words(by), kept.words(says), today, until)
    records.again(folder, signs, word)
    click.echo(f"{about} is attested until {until.isoformat()}.")
    return 0
