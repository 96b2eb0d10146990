"""Looking: what there is, how long it lasts, and the proof of what happened. Nothing here opens content."""

from __future__ import annotations

from dataclasses import dataclass

from cloister.access import Action
from cloister.audit.receipt import ENTRIES, Receipt, receipt
from cloister.desk.opened import Desk, Turn
from cloister.errors import AccessDenied, NotAllowed
from cloister.events import Event, Id
from cloister.model import Artefact
from cloister.store.rows import DocumentRow


@dataclass(frozen=True, slots=True)
class Standing:
    """One document: its record, and for each artefact that is kept, when its time is over (seconds since 1970)."""

    document: DocumentRow
    until: dict[Artefact, int]


def standing(desk: Desk, document: str) -> Standing:
    """How it stands with a document; `NotAllowed` if its times and states are not for this person."""
    with desk.turn() as turn:
        return _standing(turn, desk.records.document(document))


def every(desk: Desk) -> list[Standing]:
    """How it stands with every document whose times and states are for this person."""
    with desk.turn() as turn:
        return [_standing(turn, row) for row in desk.records.documents() if _may_look(turn, row)]


def proof(desk: Desk, document: str) -> tuple[Standing, Receipt]:
    """How it stands with a document, and its last events, up to 256, with the proof that the log holds them."""
    with desk.turn() as turn:
        found = _standing(turn, desk.records.document(document))
        subject, held = Id.read(document), turn.log.held()
        wanted = f'"subject":"{subject}"'.encode()
        numbers = [Event.read(leaf).number for leaf in held.leaves if wanted in leaf]
        return found, receipt(held, numbers[-ENTRIES:])


def _standing(turn: Turn, row: DocumentRow) -> Standing:
    if not _may_look(turn, row):
        raise NotAllowed(level=row.level)
    return Standing(row, {each.artefact: each.ends for each in turn.desk.records.artefacts(row.id)})


def _may_look(turn: Turn, row: DocumentRow) -> bool:
    rule = turn.policy.rule(row.kind, row.level)
    try:
        roles = turn.desk.who.roles(Action.METADATA, row, rule, turn.now)
    except AccessDenied:
        return False
    return not roles.isdisjoint(rule.level.metadata)
