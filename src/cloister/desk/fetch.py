"""Fetch: what was read goes out, once. It is logged before, and shredded when whoever asked says that it arrived."""

from __future__ import annotations

from dataclasses import dataclass

from cloister.access import Action
from cloister.desk.opened import Desk, Turn
from cloister.desk.sealing import find, opened
from cloister.desk.shredding import shred
from cloister.document import Document
from cloister.errors import Expired, KeyGone, NotRead
from cloister.events import Act, Cause, Id, Outcome, Value
from cloister.formats import whole
from cloister.journey import release
from cloister.model import Artefact, Sensitivity
from cloister.store.rows import ArtefactRow, DocumentRow, State


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was read, and its level, which is its label."""

    document: Document
    level: Sensitivity


def fetch(desk: Desk, document: str, *, sweeping: bool = True) -> Fetched:
    """What was read of a document; that it is about to go out is logged first.

    `Expired` or `KeyGone` if it is here no more, `NotAllowed` if it is not for this person, `SealedDataDamaged` if
    anything does not fit.
    """
    with desk.turn(sweeping=sweeping) as turn:
        row = desk.records.document(document)
        with turn.telling(Act.RELEASED, Id.read(row.id)):
            text = _text(turn, row)
            rule = turn.policy.rule(row.kind, text.level)
            released = release.release(rule, desk.who.roles(Action.READ, row, rule, turn.now))
            read = whole.unpack(opened(turn, row, text).open())
            _say(turn, row, released.level, Outcome.INTENDED)
    return Fetched(read, released.level)


def delivered(desk: Desk, document: str) -> DocumentRow:
    """Whoever asked has it: the text is shredded, as it was kept only until then. What is left is in the record."""
    with desk.turn() as turn:
        row = desk.records.document(document)
        text = find(turn, row, Artefact.TEXT)
        if text is not None:
            _say(turn, row, text.level, Outcome.DONE)
            shred(turn, [(text, Cause.FETCHED)], by=desk.vault.system)
        return desk.records.document(document)


def _text(turn: Turn, document: DocumentRow) -> ArtefactRow:
    text = find(turn, document, Artefact.TEXT)
    if text is not None:
        return text
    if document.state is State.QUEUED:
        raise NotRead
    raise Expired if document.state is State.GONE and document.cause is Cause.EXPIRED else KeyGone


def _say(turn: Turn, document: DocumentRow, level: Sensitivity, outcome: Outcome) -> None:
    facts: dict[str, Value] = {"artefact": Artefact.TEXT, "level": level}
    turn.say([turn.draft(Act.RELEASED, Id.read(document.id), facts, outcome)])
