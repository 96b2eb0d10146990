"""Looking: what there is, how long it lasts, and the proof of what happened. Nothing here opens content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cloister.access import Action
from cloister.audit.receipt import ENTRIES, Receipt, receipt
from cloister.desk.opened import Desk
from cloister.errors import AccessDenied, NotAllowed
from cloister.events import Event, Id
from cloister.model import Artefact
from cloister.policy import Policy
from cloister.store.rows import DocumentRow
from cloister.times import when


@dataclass(frozen=True, slots=True)
class Standing:
    """One document: its record, and for each artefact that is kept, when its time is over (seconds since 1970)."""

    document: DocumentRow
    until: dict[Artefact, int]

    def plain(self) -> dict[str, Any]:
        """The same, for programs. Times are ISO 8601 in UTC."""
        row = self.document
        return {
            "id": row.id,
            "state": row.state.value,
            "kind": row.kind,
            "level": row.level.value,
            "accepted": when(row.accepted),
            "pages": row.pages,
            "runs": row.runs,
            "problem": row.problem or None,
            "kept": {artefact.value: when(ends) for artefact, ends in self.until.items()},
            "ended": when(row.ended) if row.cause else None,
            "cause": row.cause.value if row.cause else None,
        }


def standing(desk: Desk, document: str) -> Standing:
    """How it stands with a document; `NotAllowed` if its times and states are not for this person."""
    with desk.turn() as turn:
        return _standing(desk, turn.policy, turn.now, desk.records.document(document))


def glance(desk: Desk, document: str) -> Standing:
    """The same, as of the last turn, for which nobody waits."""
    policy, now = desk.glance()
    return _standing(desk, policy, now, desk.records.document(document))


def every(desk: Desk) -> list[Standing]:
    """How it stands with every document whose times and states are for this person."""
    with desk.turn() as turn:
        return _every(desk, turn.policy, turn.now)


def glances(desk: Desk) -> list[Standing]:
    """The same, as of the last turn."""
    return _every(desk, *desk.glance())


def proof(desk: Desk, document: str, *, sweeping: bool = True) -> tuple[Standing, Receipt]:
    """How it stands with a document, and its last events, up to 256, with the proof that the log holds them."""
    with desk.turn(sweeping=sweeping) as turn:
        found = _standing(desk, turn.policy, turn.now, desk.records.document(document))
        subject, held = Id.read(document), turn.log.held()
        wanted = f'"subject":"{subject}"'.encode()
        numbers = [Event.read(leaf).number for leaf in held.leaves if wanted in leaf]
        return found, receipt(held, numbers[-ENTRIES:])


def _every(desk: Desk, policy: Policy, now: int) -> list[Standing]:
    rows = [row for row in desk.records.documents() if _may_look(desk, policy, now, row)]
    return [_standing(desk, policy, now, row) for row in rows]


def _standing(desk: Desk, policy: Policy, now: int, row: DocumentRow) -> Standing:
    if not _may_look(desk, policy, now, row):
        raise NotAllowed(level=row.level)
    return Standing(row, {each.artefact: each.ends for each in desk.records.artefacts(row.id)})


def _may_look(desk: Desk, policy: Policy, now: int, row: DocumentRow) -> bool:
    rule = policy.rule(row.kind, row.level)
    try:
        roles = desk.who.roles(Action.METADATA, row, rule, now)
    except AccessDenied:
        return False
    return not roles.isdisjoint(rule.level.metadata)
