"""Submit: a document comes in, and is kept before it is read. Once `submit` has returned, it is kept exactly once."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from cloister.desk.opened import Desk, Turn
from cloister.desk.sealing import ARTEFACTS, seal
from cloister.errors import KeyGone
from cloister.events import Act, Draft, Event, Id, Outcome, Thing, Value
from cloister.journey import admit, classify, encrypt, place
from cloister.journey.admit import Upload
from cloister.journey.encrypt import Owner
from cloister.journey.read import Legible
from cloister.keys.buckets import Bucket
from cloister.keys.context import Context
from cloister.keys.lookups import lookup
from cloister.keys.store import Name
from cloister.model import Admitted, Classified, Placement, Plain, SourceKind
from cloister.ocr.sources import Given, open_source
from cloister.policy import Policy
from cloister.store.rows import ArtefactRow, DocumentRow, State

AVAILABLE = frozenset({Placement.OFFLINE})
"""Where a document can be read by now."""


class Looked(Legible, Protocol):
    """A document that a jail has opened: its type, its pages, and, once that is asked for, all of it."""

    @property
    def type(self) -> SourceKind:
        """What it is, as found in its bytes."""

    @property
    def pages(self) -> int:
        """How many it has."""


class Looks(Protocol):
    """What has a document opened in a jail."""

    def __call__(self, content: Plain) -> Looked:
        """The open document, or what was wrong with it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A document that is kept, in the hands of its reader; `again` if it was kept before."""

    document: DocumentRow
    looked: Looked
    again: bool


def content_of(desk: Desk, given: Given, kind: str | None) -> Plain:
    """The bytes of a file, in memory: all that comes after sees these. `AboveLimit` before one byte is read."""
    with closing(open_source(given)) as source:
        with desk.turn() as turn:
            admit.require_size(turn.policy.rule(kind, turn.policy.floor(kind)), source.size)
        return Plain(source.read_at(0, source.size))


def submit(desk: Desk, content: Plain, kind: str | None, look: Looks, asked: Placement | None = None) -> Taken:
    """Take a document in, and keep it, sealed, to be read. The same one again, while it is kept, is kept once."""
    looked = look(content)
    digest = hashlib.sha256(content.open()).digest()
    with desk.turn() as turn:
        new = Id.new(Thing.DOCUMENT)
        with turn.telling(Act.SUBMITTED, new):
            admitted = _admitted(turn, kind, content, looked)
            where = place.place(turn.policy.rule(kind, turn.policy.floor(kind)), AVAILABLE, asked)
            if (known := again(turn, admitted.kind, digest)) is not None:
                return Taken(known, looked, again=True)
            return Taken(_keep(turn, new, admitted, content, digest, where), looked, again=False)


def owner_of(desk: Desk, policy: Policy, sha256: str, document: str, kind: str | None) -> Owner:
    """Whose a document of this kind is, under this policy."""
    listed = policy.kinds.get(kind) if kind is not None else None
    identity = policy.policy
    project = listed.project if listed else ""
    return Owner(str(desk.vault.id), identity.environment, identity.tenant, project, kind or "", document, sha256)


def _admitted(turn: Turn, kind: str | None, content: Plain, looked: Looked) -> Admitted:
    rule = turn.policy.rule(kind, turn.policy.floor(kind))
    who = turn.desk.who
    roles = who.new(rule, turn.policy.policy.tenant, turn.now)
    return admit.admit(turn.policy, rule, Upload(len(content), looked.type, looked.pages, who.came, roles))


def _keep(turn: Turn, new: Id, admitted: Admitted, content: Plain, digest: bytes, where: Placement) -> DocumentRow:
    """Key first, then the sealed blob, then the one transaction that makes it kept; the log says so after that."""
    desk = turn.desk
    classified, context = context_of(turn, new, admitted.kind)
    begin(turn, new, context)
    source = seal(desk, content, context, turn.now)
    return accept(turn, source, classified, context, digest, where)


def context_of(turn: Turn, new: Id, kind: str | None) -> tuple[Classified, Context]:
    """How a new document is classified by its kind alone, and what its source is sealed for."""
    classified = classify.declared(turn.policy, kind)
    owner = owner_of(turn.desk, turn.policy, turn.sha256, str(new), kind)
    return classified, encrypt.source(owner, turn.policy, classified, turn.now)


def begin(turn: Turn, new: Id, context: Context) -> None:
    """Say that a document is about to be kept, and make its keys."""
    facts: dict[str, Value] = {"level": context.level, "until": context.bucket.ends * 1000}
    turn.say([turn.draft(Act.SUBMITTED, new, facts, Outcome.INTENDED)])
    for artefact in ARTEFACTS:
        turn.desk.envelope(context.tenant).begin(replace(context, artefact=artefact))


def accept(
    turn: Turn,
    source: ArtefactRow,
    classified: Classified,
    context: Context,
    digest: bytes,
    where: Placement,
    languages: tuple[str, ...] = (),
) -> DocumentRow:
    """Keep a document whose source is sealed, and say so."""
    found_by = _lookup(turn.desk, context, classified.kind, digest)
    document = replace(_document(turn, classified, context, found_by), languages=" ".join(languages))
    turn.desk.records.accept(document, source)
    turn.say(_came_about(turn, document, where, turn.desk.who.id))
    return document


def settle(turn: Turn, left: Event | None) -> None:
    """Say that a submission came about, if that could not be said before; `left` is what the log ended with."""
    if left is None or left.act is not Act.SUBMITTED or left.outcome is Outcome.DONE:
        return
    for kept in turn.desk.records.documents([str(left.subject)]):
        turn.say(_came_about(turn, kept, Placement.OFFLINE, left.actor))


def _came_about(turn: Turn, document: DocumentRow, where: Placement, by: Id) -> list[Draft]:
    facts: dict[str, Value] = {"level": document.level, "until": document.lookup_ends * 1000}
    subject = Id.read(document.id)
    return [
        turn.draft(Act.SUBMITTED, subject, facts, by=by),
        turn.draft(Act.PLACED, subject, {"placement": where}, by=by),
    ]


def _document(turn: Turn, classified: Classified, context: Context, found_by: bytes) -> DocumentRow:
    return DocumentRow(
        context.document,
        context.environment,
        context.tenant,
        context.project,
        classified.kind,
        str(turn.desk.who.id),
        context.level,
        turn.now,
        State.QUEUED,
        found_by,
        context.bucket.ends,
        context.bucket.width,
    )


def _scope(desk: Desk, kind: str | None) -> str:
    return f"submit {desk.who.id} {kind or ''}"


def _lookup(desk: Desk, context: Context, kind: str | None, digest: bytes) -> bytes:
    """What finds it again: a keyed hash that ends with its bucket, whose key is there since its key was wrapped."""
    name = Name.bucket(context.environment, context.tenant, context.bucket)
    with desk.keys.key(name, desk.key(context.tenant)) as key:
        return lookup(key, _scope(desk, kind), digest)


def again(turn: Turn, kind: str | None, digest: bytes) -> DocumentRow | None:
    """The same file of the same kind, handed in by the same person and still here."""
    desk = turn.desk
    scope = _scope(desk, kind)
    made: dict[tuple[str, str, Bucket], bytes] = {}
    for environment, tenant, ends, width in desk.records.buckets(turn.now):
        of = environment, tenant, Bucket(ends, width)
        found = _under(desk, *of, scope, digest)
        if found is not None:
            made[of] = found
    for row in desk.records.found_by(made.values(), turn.now) if made else ():
        # A lookup counts under the key that it was made with, whatever bucket a changed record names.
        wanted = made.get((row.environment, row.tenant, Bucket(row.lookup_ends, row.lookup_width)))
        if wanted is not None and hmac.compare_digest(wanted, row.lookup):
            return row
    return None


def _under(desk: Desk, environment: str, tenant: str, bucket: Bucket, scope: str, digest: bytes) -> bytes | None:
    try:
        with desk.keys.key(Name.bucket(environment, tenant, bucket), desk.key(tenant)) as key:
            return lookup(key, scope, digest)
    except KeyGone:
        return None
