"""The wire between the parent and a write jail: an original and its pages in, a PDF out.

The parent sends OPEN (size u64, flags u8, password text). The jail asks for what it needs, when it needs
it: NEED for a range of the original (answered by GIVEN), NEXT for the next page (answered by PAGE, a
packed page, or LAST). It sends the PDF as OUT frames, and ends with DONE (notes u8) or FAILED (refusal
u8). As each side only answers or waits, neither can wait for the other for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntFlag

from cloister.errors import (
    BadInput,
    BadOutput,
    CloisterError,
    Damaged,
    Encrypted,
    NoPages,
    NotADocument,
    SignedDocument,
    WrongPassword,
)
from cloister.jail.wire import Pack, Sink, Source, Unpack, receive, send
from cloister.model import Plain

OPEN, NEED, GIVEN, NEXT, PAGE, LAST, OUT, DONE, FAILED = range(1, 10)
MAX_PASSWORD = 4096
MAX_FILE = 8 << 30
CHUNK = 1 << 18
"""Bytes of an OUT frame, at most."""
_HAS_PASSWORD = 1 << 7

REFUSALS: tuple[type[CloisterError], ...] = (
    BadInput,
    NotADocument,
    Damaged,
    NoPages,
    Encrypted,
    WrongPassword,
    SignedDocument,
    BadOutput,
)
"""What a jail may report, by its number on the wire. None of these takes facts."""


class Flag(IntFlag):
    """What is asked of the writer."""

    DECRYPT = 1
    INVALIDATE_SIGNATURES = 2


class Note(Enum):
    """What happened to the original on the way, in words for whoever asked."""

    REPAIRED = "the PDF was damaged and was repaired"
    REPLACED_HIDDEN_TEXT = "invisible text of the original was replaced"
    ENCRYPTED = "the output is encrypted as the original was"
    DECRYPTED = "the output is not encrypted, though the original was"
    SIGNATURES_INVALIDATED = "digital signatures of the original are no longer valid"


NOTES = tuple(Note)


@dataclass(frozen=True, slots=True)
class Asked:
    """One document as the jail is asked to write it."""

    size: int
    flags: Flag
    password: Plain | None


def ask(sink: Sink, asked: Asked) -> None:
    """Send the task (the parent's side)."""
    given = asked.password is not None
    head = Pack().u64(asked.size).u8(asked.flags | _HAS_PASSWORD * given)
    send(sink, OPEN, head.blob(asked.password.open() if asked.password else b"").done())


def asked(source: Source) -> Asked:
    """Take the task (the jail's side)."""
    unpack = Unpack(receive(source, {OPEN: 8 + 1 + 4 + MAX_PASSWORD})[1])
    size, bits, password = unpack.u64(MAX_FILE), unpack.u8(), unpack.blob(MAX_PASSWORD)
    unpack.end()
    return Asked(size, Flag(bits & ~_HAS_PASSWORD), Plain(password) if bits & _HAS_PASSWORD else None)


def refusal_code(refusal: CloisterError) -> bytes:
    """How a refusal is told; one that has no number of its own is told as that of its parent."""
    for number, kind in reversed(list(enumerate(REFUSALS))):
        if isinstance(refusal, kind):
            return Pack().u8(number).done()
    return Pack().u8(REFUSALS.index(BadOutput)).done()


def refused(payload: bytes) -> CloisterError:
    """The refusal that was told."""
    unpack = Unpack(payload)
    kind = REFUSALS[unpack.u8(len(REFUSALS) - 1)]
    unpack.end()
    return kind()


def pack_notes(notes: set[Note]) -> bytes:
    """How notes are told."""
    return Pack().u8(sum(1 << NOTES.index(note) for note in notes)).done()


def unpack_notes(payload: bytes) -> tuple[Note, ...]:
    """The notes that were told."""
    unpack = Unpack(payload)
    bits = unpack.u8((1 << len(NOTES)) - 1)
    unpack.end()
    return tuple(note for index, note in enumerate(NOTES) if bits >> index & 1)
