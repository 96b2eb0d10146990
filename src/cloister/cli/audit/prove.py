"""`cloister audit prove`: that events stand in the log, or that the log goes on from what it was."""

from __future__ import annotations

import click

from cloister.cli.audit.opened import LOG, give, opened


@click.command("prove", short_help="That events are in it, or that it goes on.")
@LOG
@click.argument("numbers", metavar="[NUMBER]...", type=click.IntRange(0), nargs=-1)
@click.option(
    "--since", metavar="SIZE", type=click.IntRange(1), help="Prove that LOG goes on from its first SIZE events."
)
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="json", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write it into FILE, with mode 600.")
def command(log: str, numbers: tuple[int, ...], since: int | None, form: str, output: str | None) -> int:
    """Give a receipt for the events of these numbers, at most 256: the events, the proof that they stand in LOG, and
    the checkpoint that was signed. `cloister audit verify` and verify_log.py check it.

    With --since, give the proof that nothing of the first SIZE events was changed, in the form in which a witness is
    asked (c2sp.org/tlog-witness).
    """  # noqa: D205 - click makes one paragraph of it
    from cloister.audit.receipt import ENTRIES, receipt  # noqa: PLC0415 - `--help` needs no crypto library
    from cloister.audit.witness.request import Request  # noqa: PLC0415

    if bool(numbers) == (since is not None) or len(numbers) > ENTRIES:
        raise click.UsageError("give the numbers of 1 to 256 events, or --since.")
    held = opened(log)
    size = held.checkpoint.size
    if since is not None:
        if since > size:
            raise click.UsageError(f"the log has {size} events.")
        give(Request(since, held.tree.consistency(since), held.note).written(), output)
        return 0
    if max(numbers) >= size:
        raise click.UsageError(f"the log has events 0 to {size - 1}.")
    made = receipt(held, numbers)
    give(made.to_json() + b"\n" if form == "json" else made.to_text().encode(), output)
    return 0
