"""`cloister review due`: the day of the next review."""

from __future__ import annotations

import click

from cloister.cli.policy import checked
from cloister.cli.review import kept
from cloister.errors import Overdue
from cloister.formats import terminal
from cloister.review import record as records
from cloister.review import standing


@click.command("due", short_help="When is the next review? Exit 24 if it is overdue.")
@click.argument("folder", required=False, metavar="[FOLDER]")
@click.option("--policy", "policy_file", metavar="FILE", help="The policy, where no FOLDER is given.")
def command(folder: str | None, policy_file: str | None) -> int:
    """Tell the day until which the review in FOLDER holds, or that on which the policy is due.

    Past that day, or if nobody ever signed the policy off, what was verified is stale: exit 24.
    """
    today = records.today()
    if folder is None:
        name, policy = checked(policy_file)
        due = policy.review.due()
        end, over = due, due is None or today > due
    else:
        review = kept.opened(folder)
        name, policy = folder, review.policy
        end, over = standing.until(review.review, policy), standing.overdue(review.review, policy, today)
    if policy.review.due() is None:
        click.echo(terminal.name(f"{name}: due now; nobody has signed the policy off"))
    elif end is not None:
        days = (end - today).days
        said = f"overdue since {end.isoformat()}" if over else f"due by {end.isoformat()}, in {days} days"
        click.echo(terminal.name(f"{name}: {said}"))
    if over:
        raise Overdue
    return 0
