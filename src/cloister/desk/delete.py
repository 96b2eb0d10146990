"""Delete: a document's keys are destroyed at once, before anything else of it is touched."""

from __future__ import annotations

from cloister.access import Action
from cloister.desk.opened import Desk
from cloister.desk.shredding import shred
from cloister.events import Act, Cause, Id
from cloister.journey import shred as step
from cloister.store.rows import DocumentRow, State


def delete(desk: Desk, document: str, *, sweeping: bool = True) -> DocumentRow:
    """Shred all of a document now; what is left is the line in the history. A second time does nothing."""
    with desk.turn(sweeping=sweeping) as turn:
        row = desk.records.document(document)
        with turn.telling(Act.DELETED, Id.read(row.id)):
            rule = turn.policy.rule(row.kind, row.level)
            step.require_deletable(rule, desk.who.roles(Action.DELETE, row, rule, turn.now))
            if row.state is not State.GONE:
                due = [(each, Cause.DELETED) for each in desk.records.artefacts(document)]
                shred(turn, due, by=desk.who.id, asked=[(Act.DELETED, row)])
        return desk.records.document(document)
