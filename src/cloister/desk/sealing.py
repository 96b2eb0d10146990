"""Between keys and records: an artefact sealed into a blob and a row, and opened again from them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cloister.desk.opened import Desk, Turn
from cloister.errors import (
    CloisterError,
    DoesNotVerify,
    Expired,
    Harm,
    KeyGone,
    LevelLowered,
    NoKeys,
    NotFound,
    SealedDataDamaged,
)
from cloister.events import Act, Id, Thing
from cloister.keys import stream
from cloister.keys.buckets import Bucket
from cloister.keys.context import Context
from cloister.keys.envelope import WrappedKey
from cloister.keys.secret import Secret
from cloister.keys.store import Name
from cloister.model import Artefact, Plain
from cloister.store.rows import ArtefactRow, DocumentRow

MOST = 8 << 30
"""Bytes of an artefact that is opened."""
ARTEFACTS = (Artefact.SOURCE, Artefact.TEXT)
"""What is kept of a document: each has a key from the beginning, as none can be made later."""


def seal(desk: Desk, content: Plain, context: Context, now: int) -> ArtefactRow:
    """Seal an artefact whose key has begun. It is on the medium, and an orphan until its row is in the records."""
    with stream.new_dek() as dek, desk.blobs.incoming() as incoming:
        sealed = stream.seal(io.BytesIO(content.open()), incoming.file, dek, context)
        return row_of(desk, incoming.keep(), sealed.length, dek, context, now)


def row_of(desk: Desk, blob: str, length: int, dek: Secret, context: Context, now: int) -> ArtefactRow:
    """The record of an artefact that is sealed in this blob, with its key, wrapped."""
    record = desk.envelope(context.tenant).wrap(dek, context, now)
    return ArtefactRow(
        context.document,
        context.artefact,
        blob,
        length,
        now,
        context.level,
        context.policy,
        context.bucket.ends,
        context.bucket.width,
        context.level,
        context.policy,
        context.bucket.ends,
        context.bucket.width,
        record.wrapped,
    )


def opened(turn: Turn, document: DocumentRow, row: ArtefactRow) -> Plain:
    """What is sealed; anything that does not fit is refused, and logged as tampering."""
    with noticing(turn, document):
        record = wrapped(turn.desk, document, row)
        with turn.desk.envelope(document.tenant).unwrap(record, turn.now) as dek:
            try:
                with turn.desk.blobs.open(row.blob) as file:
                    return stream.opened(file, dek, record.born, MOST)
            except NotFound:
                raise SealedDataDamaged(why=Harm.MISSING) from None


def prove(turn: Turn, document: DocumentRow, row: ArtefactRow) -> None:
    """Raise, and log it, unless the records say of an artefact what its key is bound to: whose it is, and its level."""
    with noticing(turn, document):
        turn.desk.envelope(document.tenant).unwrap(wrapped(turn.desk, document, row), turn.now).wipe()


def rewrapped(turn: Turn, document: DocumentRow, row: ArtefactRow, context: Context) -> ArtefactRow:
    """The same artefact under another level, bucket, policy, or version of the tenant's key."""
    with noticing(turn, document):
        record = wrapped(turn.desk, document, row)
        made = turn.desk.envelope(document.tenant).rewrap(record, context, turn.now)
    bucket = context.bucket
    return replace(
        row, level=context.level, policy=context.policy, ends=bucket.ends, width=bucket.width, wrapped=made.wrapped
    )


def find(turn: Turn, document: DocumentRow, artefact: Artefact) -> ArtefactRow | None:
    """The record of one artefact of a document; None if it is not kept."""
    rows = turn.desk.records.artefacts(document.id)
    return next((row for row in rows if row.artefact is artefact), None)


def wrapped(desk: Desk, document: DocumentRow, row: ArtefactRow) -> WrappedKey:
    """The wrapped key as the records have it. What they say is bound into it, so a false word opens nothing."""
    bound = Context(
        str(desk.vault.id),
        document.environment,
        document.tenant,
        document.project,
        document.kind or "",
        document.id,
        row.artefact,
        row.level,
        row.policy,
        Bucket(row.ends, row.width),
    )
    born = replace(bound, level=row.born_level, policy=row.born_policy, bucket=Bucket(row.born_ends, row.born_width))
    return WrappedKey(born, bound, row.wrapped)


def names(document: DocumentRow) -> tuple[Name, ...]:
    """The names of all keys of a document."""
    return tuple(name(document, artefact) for artefact in ARTEFACTS)


def name(document: DocumentRow, artefact: Artefact) -> Name:
    """The name of the key of one artefact."""
    return Name.document(document.environment, document.tenant, document.id, artefact)


def about(document: DocumentRow, otherwise: Id) -> Id:
    """The id of a document for the log, or another one if its record holds none."""
    try:
        found = Id.read(document.id)
    except ValueError:
        return otherwise
    return found if found.thing is Thing.DOCUMENT else otherwise


@contextmanager
def noticing(turn: Turn, document: DocumentRow) -> Iterator[None]:
    """Have it logged where something of a document does not fit: it was kept, so all of it has to be there."""
    try:
        yield
    except Expired:
        raise
    except (DoesNotVerify, KeyGone, LevelLowered, NoKeys) as problem:
        _notice(turn, document, problem)
        raise


def _notice(turn: Turn, document: DocumentRow, problem: CloisterError) -> None:
    subject = about(document, turn.desk.vault.id)
    turn.say([turn.draft(Act.TAMPERING_FOUND, subject, {"code": problem.code}, by=turn.desk.vault.system)])
