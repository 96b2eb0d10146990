"""Shredding: what ends loses its key first, then its blob, then its record, and each step is in the log.

A crash between leaves something that the next sweep finishes: a record whose key is gone, a blob or key without a
record. A sweep runs at the beginning of every turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cloister.desk.opened import Turn
from cloister.desk.outdated import require_current
from cloister.desk.sealing import about, name, names
from cloister.events import Act, Cause, Draft, Id, Outcome, Thing, Value
from cloister.journey import shred as step
from cloister.keys.store import Name
from cloister.store.rows import ArtefactRow, DocumentRow, State

Due = Sequence[tuple[ArtefactRow, Cause]]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to: artefacts shredded, buckets whose key was destroyed, orphans removed."""

    artefacts: int
    buckets: int
    orphans: int


NOTHING = Swept(0, 0, 0)
"""What no sweep comes to."""


def shred(turn: Turn, due: Due, *, by: Id, asked: Sequence[tuple[Act, DocumentRow]] = ()) -> None:
    """Shred artefacts, and log it before and after. `asked` are acts of a person that this is, logged with it."""
    if not due and not asked:
        return
    desk = turn.desk
    documents = {row.id: row for row in desk.records.documents({row.document for row, _ in due})}
    turn.say(_drafts(turn, due, asked, documents, Outcome.INTENDED, by))
    ended = _ended(turn, due, documents)
    keys = [name(documents[row.document], row.artefact) for row, _ in due]
    keys += [each for document in ended for each in names(document)]
    desk.keys.destroy_any(keys)
    desk.blobs.delete(*(desk.blobs.kept() & {row.blob for row, _ in due}))
    turn.say(_drafts(turn, due, asked, documents, Outcome.DONE, by))
    desk.records.remove([row for row, _ in due], ended)


def sweep(turn: Turn) -> Swept:
    """Shred what is due, destroy the keys of buckets that have ended, and remove what crashes left."""
    desk = turn.desk
    buckets = _sweep_buckets(turn)
    held = desk.keys.tags()
    documents = {row.id: row for row in desk.records.documents()}
    rows = [row for row in desk.records.artefacts() if row.document in documents]
    if desk.blobs.kept() - {row.blob for row in rows} or desk.keys.others(_kept(documents.values())):
        require_current(turn)  # before it is taken for what a crash left
    due = dict(step.due(rows, turn.now))
    cut_short = {row.document for row in rows if row not in due and _lacks_a_key(documents[row.document], row, held)}
    due |= {row: Cause.DELETED for row in rows if row.document in cut_short and row not in due}
    shred(turn, list(due.items()), by=desk.vault.system)
    orphans = _sweep_orphans(turn)
    if due or orphans:
        facts = {"documents": len({row.document for row in due}), "orphans": orphans}
        turn.say([turn.draft(Act.SWEPT, desk.vault.id, facts, by=desk.vault.system)])
    return Swept(len(due), buckets, orphans)


def _lacks_a_key(document: DocumentRow, row: ArtefactRow, held: frozenset[bytes]) -> bool:
    """Whether a deletion was cut short after its first step, which destroys all keys of a document, one by one."""
    wanted = names(document) if document.state is State.QUEUED else (name(document, row.artefact),)
    return any(each.tag not in held for each in wanted)


def _sweep_buckets(turn: Turn) -> int:
    desk = turn.desk
    due = desk.keys.due(turn.now)
    if due:
        for outcome in (Outcome.INTENDED, Outcome.DONE):
            if outcome is Outcome.DONE:
                desk.keys.sweep(turn.now)
            turn.say([_bucket(turn, tag, ends, outcome) for tag, ends in due])
    return len(due)


def _bucket(turn: Turn, tag: bytes, ends: int, outcome: Outcome) -> Draft:
    subject = turn.desk.vault.hashed(Thing.BUCKET, tag.hex())
    return turn.draft(Act.BUCKET_DESTROYED, subject, {"ended": ends * 1000}, outcome, by=turn.desk.vault.system)


def _sweep_orphans(turn: Turn) -> int:
    """Records of one table without the other, then blobs and keys without a record; how many there were."""
    desk = turn.desk
    documents = {row.id: row for row in desk.records.documents() if row.state is not State.GONE}
    rows = desk.records.artefacts()
    strays = [row for row in rows if row.document not in documents]
    empty = documents.keys() - {row.document for row in rows}
    gone = [_gone(documents[each], turn.now, Cause.ABANDONED) for each in empty]
    if strays or gone:
        desk.records.remove(strays, gone)
    kept = _kept(row for each, row in documents.items() if each not in empty)
    blobs = desk.blobs.delete_but(frozenset(row.blob for row in rows if row.document in documents))
    keys = desk.keys.destroy_but(kept)
    return len(strays) + len(gone) + blobs + len(keys.tags)


def _kept(documents: Iterable[DocumentRow]) -> list[Name]:
    return [each for row in documents if row.state is not State.GONE for each in names(row)]


def forget(turn: Turn, lasts: int) -> None:
    """Take away the last lines of documents that ended more than so many seconds ago."""
    records = turn.desk.records
    gone = [row for row in records.documents() if row.state is State.GONE and row.ended <= turn.now - lasts]
    if gone:
        records.forget(gone)


def _ended(turn: Turn, due: Due, documents: dict[str, DocumentRow]) -> list[DocumentRow]:
    """The documents of which nothing is left then, as they are then."""
    going = {(row.document, row.artefact): cause for row, cause in due}
    rows = [row for document in documents for row in turn.desk.records.artefacts(document)]
    left = {row.document for row in rows if (row.document, row.artefact) not in going}
    last = {row.document: cause for row, cause in due}
    return [_gone(documents[document], turn.now, cause) for document, cause in last.items() if document not in left]


def _gone(document: DocumentRow, now: int, cause: Cause) -> DocumentRow:
    return replace(document, state=State.GONE, ended=now, cause=cause, lookup=b"")


def _drafts(
    turn: Turn,
    due: Due,
    asked: Sequence[tuple[Act, DocumentRow]],
    documents: dict[str, DocumentRow],
    outcome: Outcome,
    by: Id,
) -> list[Draft]:
    when, vault = turn.now * 1000, turn.desk.vault
    drafts = [
        turn.draft(act, about(document, vault.id), {"irrecoverable_at": when}, outcome) for act, document in asked
    ]
    for row, cause in due:
        facts: dict[str, Value] = {"artefact": row.artefact, "cause": cause, "irrecoverable_at": when}
        drafts.append(turn.draft(Act.SHREDDED, about(documents[row.document], vault.id), facts, outcome, by=by))
    return drafts
