"""Records that are older than the log, because somebody put an old copy of them back.

What such records do not know would pass for what a crash left, and its keys would be destroyed. The log says that a
document was submitted only when it is kept, so whatever it tells of and the records do not know was lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloister.errors import CloisterError, RecordsOutdated
from cloister.events import Act, Cause, Outcome, Value
from cloister.model import Artefact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.desk.opened import Turn
    from cloister.events import Id


def lost(turn: Turn) -> Sequence[Id]:
    """The documents that should be in the records: submitted, not known to them, and not long over.

    One whose source was shredded when it was read may still have its text, or may have ended then. What ended is in
    the records for as long as the policy says; while no policy is in force, it counts as missing.
    """
    known = {row.id for row in turn.desk.records.documents()}
    missing: dict[Id, int] = {}
    was_read: set[Id] = set()
    for event in turn.log.held().events():
        if event.subject is None or event.outcome is not Outcome.DONE or str(event.subject) in known:
            continue
        if event.act is Act.SUBMITTED:
            missing[event.subject] = event.moment // 1000
        elif event.act is Act.SHREDDED and event.facts["cause"] is Cause.READ:
            was_read.add(event.subject)
        elif event.act is Act.SHREDDED:
            missing.pop(event.subject, None)
    remembered = turn.now - _history(turn)
    return [each for each, submitted in missing.items() if each not in was_read or submitted > remembered]


def _history(turn: Turn) -> int:
    try:
        return turn.policy.jobs.history
    except CloisterError:
        return turn.now


def require_current(turn: Turn) -> None:
    """Raise `RecordsOutdated` if documents are missing from the records, and log it."""
    if found := lost(turn):
        problem = RecordsOutdated(number=len(found))
        vault = turn.desk.vault
        turn.say([turn.draft(Act.TAMPERING_FOUND, vault.id, {"code": problem.code}, by=vault.system)])
        raise problem


def give_up(turn: Turn) -> None:
    """Say of what is missing that it is given up: from now on it passes for what a crash left, and is swept."""
    facts: dict[str, Value] = {
        "artefact": Artefact.SOURCE,
        "cause": Cause.ABANDONED,
        "irrecoverable_at": turn.now * 1000,
    }
    turn.say([turn.draft(Act.SHREDDED, each, facts, Outcome.DONE) for each in lost(turn)])
