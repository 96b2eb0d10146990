"""Reading: what is kept sealed is read, classified again, and its text sealed at the level that this comes to.

The text first exists in the transaction that raises the level, so it is never there at a lower one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from functools import partial

from cloister.desk.opened import Desk, Turn
from cloister.desk.sealing import find, opened, prove, rewrapped, seal
from cloister.desk.shredding import shred
from cloister.desk.submit import Looked, Looks, owner_of
from cloister.document import Facts, Grade, Page
from cloister.errors import CloisterError, Expired, JailDied, KeyGone, RunsUsedUp, TimedOut, Why
from cloister.events import Act, Cause, Draft, Id, Outcome, Value
from cloister.formats import whole
from cloister.journey import admit, classify, encrypt, place, read
from cloister.journey.read import Reading
from cloister.keys.buckets import Bucket
from cloister.model import Artefact, Classified, Placement, Plain, SourceKind
from cloister.ocr.options import Options
from cloister.ocr.reader import Reader
from cloister.ocr.stream import Stream
from cloister.store.fences import deliver
from cloister.store.rows import ArtefactRow, DocumentRow, State

Hand = Callable[[Plain, tuple[str, ...]], AbstractContextManager[Looked]]
"""What has a document opened by a jail, and holds it there."""


class Held:
    """A document in the hands of the reader."""

    def __init__(self, stream: Stream) -> None:
        """Wait until a jail has opened it; raises what was wrong with it."""
        self._stream = stream.wait_opened()
        if stream.kind is None:
            tuple(stream)  # says why it did not open
            raise JailDied(why=Why.STATUS)
        self._type = stream.kind

    @property
    def type(self) -> SourceKind:
        """What it is, as a jail found it."""
        return self._type

    @property
    def pages(self) -> int:
        """How many it has."""
        return self._stream.page_count

    def read(self, seconds: float) -> Generator[Page, None, None]:
        """Its pages; `TimedOut` if that takes longer."""
        latest = time.monotonic() + seconds
        for page in self._stream:
            if time.monotonic() > latest:
                raise TimedOut(seconds=round(seconds))
            yield page

    def facts(self) -> Facts:
        """What is known of all of it."""
        return self._stream.facts()


class Opened(Held):
    """A document of which nobody else waits for the reader: a jail has opened it, and others read its pages."""

    def __init__(self, reader: Reader, content: Plain, options: Options) -> None:
        """Have it opened; raises what was wrong with it."""
        self._streams = reader.stream([content.open()], options)
        try:
            super().__init__(next(self._streams))
        except BaseException:
            self._streams.close()
            raise

    def read(self, seconds: float) -> Generator[Page, None, None]:
        """Its pages; `TimedOut` if that takes longer. A page has a time of its own, so none is waited for forever."""
        with closing(self._streams):
            yield from super().read(seconds)


def read_again(desk: Desk, document: str, look: Looks) -> DocumentRow:
    """Read what is kept sealed and was not read, because somebody was stopped before."""

    def hand(content: Plain, _: tuple[str, ...]) -> AbstractContextManager[Looked]:
        return nullcontext(look(content))

    return _read_sealed(desk, document, hand, None, sweeping=True)


def read_sealed(desk: Desk, document: str, hand: Hand, *, fence: str | None = None) -> DocumentRow:
    """Read what is kept sealed. `hand` is given the content and the languages that it is said to be in.

    `TakenOver` if a `fence` is given that is not the document's any more. Nothing is swept here.

    Counted before it is opened, so that one that kills us counts. `RunsUsedUp` if it was read as often as it may be;
    `TypeNotAllowed` or `PagesAboveLimit` if it is not of the sort that its kind may be. Whatever fails is logged, and
    in the records; the document stays sealed until its time is over.
    """
    return _read_sealed(desk, document, hand, fence, sweeping=False)


def _read_sealed(desk: Desk, document: str, hand: Hand, fence: str | None, *, sweeping: bool) -> DocumentRow:
    begun, seconds = _begin(desk, document, sweeping=sweeping)
    if begun.state is State.KEPT:
        return begun
    with _failing(desk, document, sweeping=sweeping):
        with desk.turn(sweeping=sweeping) as turn:
            row = _here(desk.records.document(document))
            content, rule = opened(turn, row, _source(turn, row)), turn.policy.rule(row.kind, row.level)
        with hand(content, tuple(row.languages.split())) as looked:
            admit.require_contents(rule, looked.type, looked.pages)
            reading = read.read(looked, seconds)
    return _kept(desk, document, reading, fence, sweeping=sweeping)


def read_kept(desk: Desk, document: str, looked: Looked) -> DocumentRow:
    """Read a document that is kept, and keep what was read. `RunsUsedUp` if it was read as often as it may be.

    Whatever fails is logged, and in the records; the document stays sealed until its time is over.
    """
    begun, seconds = _begin(desk, document, sweeping=True)
    if begun.state is State.KEPT:
        return begun
    with _failing(desk, document, sweeping=True):
        reading = read.read(looked, seconds)
    return _kept(desk, document, reading, None, sweeping=True)


@contextmanager
def _failing(desk: Desk, document: str, *, sweeping: bool) -> Iterator[None]:
    """Have a reading that failed logged, and its code in the records."""
    try:
        yield
    except CloisterError as problem:
        with desk.turn(sweeping=sweeping) as turn:
            facts = {"code": problem.code}
            turn.say([turn.draft(Act.READ, Id.read(document), facts, Outcome.FAILED, by=desk.vault.system)])
            found = desk.records.document(document)
            if found.state is State.QUEUED:
                desk.records.save([replace(found, problem=problem.code)])
        raise


def _kept(desk: Desk, document: str, reading: Reading, fence: str | None, *, sweeping: bool) -> DocumentRow:
    with desk.turn(sweeping=sweeping) as turn:
        row = _here(desk.records.document(document))
        if row.state is State.KEPT:  # another process was faster
            return row
        return _keep(turn, row, reading, fence)


def _source(turn: Turn, row: DocumentRow) -> ArtefactRow:
    """The record of its source, which is there until it was read."""
    source = find(turn, row, Artefact.SOURCE)
    if source is None:
        raise KeyGone
    return source


def _begin(desk: Desk, document: str, *, sweeping: bool) -> tuple[DocumentRow, float]:
    """Count a reading before it begins, so that one that kills us counts too; and how long it may take."""
    with desk.turn(sweeping=sweeping) as turn:
        row = _here(desk.records.document(document))
        seconds = turn.policy.jobs.timeout
        if row.state is State.KEPT:
            return row, seconds
        if row.runs >= turn.policy.rule(row.kind, row.level).limits.runs:
            raise RunsUsedUp(number=row.runs)
        begun = replace(row, runs=row.runs + 1)
        desk.records.save([begun])
        return begun, seconds


def _here(row: DocumentRow) -> DocumentRow:
    """The same document, unless it was deleted or its time is over."""
    if row.state is State.GONE:
        raise Expired if row.cause is Cause.EXPIRED else KeyGone
    return row


def _keep(turn: Turn, row: DocumentRow, reading: Reading, fence: str | None) -> DocumentRow:
    source = _source(turn, row)
    if fence is not None:
        turn.desk.fences.require(row.id, fence)  # before anything is said
    prove(turn, row, source)  # the level at which it came in counts, whatever the records say by now
    before = classify.declared(turn.policy, row.kind).raised((), max(row.level, source.level))
    after = classify.read(before, turn.policy, reading.document, reading.searched)
    with turn.telling(Act.READ, Id.read(row.id)):
        owner = owner_of(turn.desk, turn.policy, turn.sha256, row.id, row.kind)
        owner = replace(owner, environment=row.environment, tenant=row.tenant, project=row.project)
        begun = Bucket(source.ends, source.width)
        context = encrypt.settle(owner, turn.policy, after, row.accepted, begun)
        changed = [rewrapped(turn, row, source, context) if context else replace(source, cause=Cause.READ)]
        text = encrypt.text(owner, turn.policy, after, turn.now)
        if text is not None:
            changed.append(seal(turn.desk, Plain(whole.pack(reading.document)), text, turn.now))
        facts = reading.document.facts
        kept = replace(row, level=after.sensitivity, state=State.KEPT, pages=facts.pages, problem="")
        kept = replace(kept, grade=int(facts.grade))
        until = text.bucket.ends if text else turn.now
        turn.say(_drafts(turn, kept, before, after, until))
        counts = partial(deliver, document=row.id, token=fence) if fence is not None else None
        turn.desk.records.save([kept], changed, counts)
    read_out = [(each, Cause.READ) for each in changed if each.cause is Cause.READ]
    shred(turn, read_out, by=turn.desk.vault.system)
    return turn.desk.records.document(row.id)


def _drafts(turn: Turn, row: DocumentRow, before: Classified, after: Classified, until: int) -> Sequence[Draft]:
    """What is said of a reading: that it was one, that it raised the level, that it was done in the wrong place."""
    system, subject = turn.desk.vault.system, Id.read(row.id)
    facts: dict[str, Value] = {"pages": row.pages, "grade": Grade(row.grade), "run": row.runs}
    drafts = [turn.draft(Act.READ, subject, facts, by=system)]
    if after.sensitivity > before.sensitivity:
        raised: dict[str, Value] = {"before": before.sensitivity, "after": after.sensitivity, "until": until * 1000}
        why = [each.found.evidence for each in after.reasons if each.found and each.sensitivity == after.sensitivity]
        if why:
            raised["evidence"] = why[0]
        drafts.append(turn.draft(Act.RAISED, subject, raised, by=system))
    where = Placement.OFFLINE
    if place.is_misplaced(turn.policy.rule(row.kind, after.sensitivity), where):
        misplaced: dict[str, Value] = {"level": after.sensitivity, "placement": where}
        drafts.append(turn.draft(Act.MISPLACED, subject, misplaced, by=system))
    return drafts
