"""`cloister review approve`: take the decision that the record is about."""

from __future__ import annotations

import click

from cloister.cli.review import kept
from cloister.review import record as records
from cloister.review.signed import Act, Word
from cloister.review.verdict import Verdict


@click.command("approve", short_help="Approve what the record says, and sign it.")
@kept.FOLDER
@kept.BY
@click.option("--says", metavar="WORDS", default="approved", show_default=True, help="What you want on record.")
@kept.KEY
def command(folder: str, by: str, says: str, key: str) -> int:
    """Add a signed approval to FOLDER/signed.jsonl, which only grows, and write the record anew.

    It holds as long as the review does. A review with a refuted claim cannot be approved.
    """
    today, signs = records.today(), kept.signing(key)
    record = kept.opened(folder).record(today)
    if record.verdict is Verdict.REFUTED:
        raise click.UsageError("a claim is refuted; mend the tool or change the policy, and review again.")
    if record.overdue:
        raise click.UsageError("the review or the policy is overdue; review again, and date the policy.")
    word = Word(Act.APPROVE, "", kept.words(by), kept.words(says), today, record.until)
    records.again(folder, signs, word)
    click.echo(f"Approved until {record.until.isoformat()}.")
    return 0
