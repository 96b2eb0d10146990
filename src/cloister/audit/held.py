"""A log as it lies on a disk, read and checked. Nobody needs the log's private key for this, and nothing is changed.

The folder, mode 700, its files 600:

    events       "cloister-log/1", then each event: its length in four bytes, and its JSON
    checkpoint   the log at the size up to which events are acknowledged, signed by the log
    log.vkey     the public key that it is signed with
    witnessed/   for each witness, the last checkpoint that it signed
    clock        what the clock was when it was first read since the machine started
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from cloister.audit.checkpoint import Checkpoint, opened
from cloister.audit.files import Folder, typed
from cloister.audit.merkle import Tree, leaf_hash
from cloister.errors import Flaw, LogDoesNotVerify, NotFound
from cloister.events import LONGEST, Act, Event
from cloister.sign import Kind, Note, Verifier
from cloister.sign.note import LONGEST as NOTE

EVENTS, CHECKPOINT, VKEY, WITNESSED, CLOCK = "events", "checkpoint", "log.vkey", "witnessed", "clock"
MARK = b"cloister-log/1\n"
BATCH = 256
"""Events that are appended at once at most."""
TAIL = BATCH * (LONGEST + 4)
"""Bytes that one append can leave unacknowledged at most."""
MOST = 10_000_000
"""Events of a log at most."""
WITNESSES = 64
"""Witnesses of a log at most."""


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The last checkpoint that a witness signed, and when, in seconds since 1970."""

    witness: Verifier
    checkpoint: Checkpoint
    note: Note
    seconds: int

    def written(self) -> bytes:
        """As it is kept: the witness's public key on the first line, then the note."""
        return f"{self.witness.vkey()}\n".encode() + self.note.written()

    @classmethod
    def read(cls, data: bytes, log: Verifier) -> Witnessed:
        """From what `written` gives; `LogDoesNotVerify` unless log and witness signed it."""
        vkey, _, rest = data.partition(b"\n")
        try:
            witness = Verifier.from_vkey(vkey.decode())
        except UnicodeDecodeError:
            raise LogDoesNotVerify(why=Flaw.STRANGE) from None
        if witness.kind is not Kind.COSIGNATURE:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        checkpoint, note = opened(rest, log)
        return cls(witness, checkpoint, note, note.signed_by(witness))

    def name(self) -> str:
        """The name of its file, by the witness."""
        return hashlib.sha256(self.witness.vkey().encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Held:
    """A log that was read: its leaves up to the checkpoint, and what witnesses signed.

    `tail` counts the bytes after the last acknowledged event: an append that is under way, or was cut short.
    """

    verifier: Verifier
    checkpoint: Checkpoint
    note: Note
    leaves: tuple[bytes, ...]
    tail: int = 0
    witnessed: tuple[Witnessed, ...] = ()

    @cached_property
    def tree(self) -> Tree:
        """The tree over its leaves."""
        return Tree(map(leaf_hash, self.leaves))

    def events(self) -> Iterator[Event]:
        """Each event, in order."""
        return map(Event.read, self.leaves)


def files(held: Held) -> dict[str, bytes]:
    """The files of a folder that holds this log, by name, but for what it knows of this machine's clock."""
    return {
        EVENTS: MARK + b"".join(map(framed, held.leaves)),
        CHECKPOINT: held.note.written(),
        VKEY: f"{held.verifier.vkey()}\n".encode(),
        **{f"{WITNESSED}/{each.name()}": each.written() for each in held.witnessed},
    }


def framed(leaf: bytes) -> bytes:
    """A leaf as it stands in the file."""
    return struct.pack(">I", len(leaf)) + leaf


def walk(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The first `size` leaves of the file; `LogDoesNotVerify` where it has not so many, or is of another form."""
    if file.read(len(MARK)) != MARK:
        raise LogDoesNotVerify(why=Flaw.STRANGE)
    return walk_on(file, size)


def walk_on(file: BinaryIO, count: int) -> Iterator[bytes]:
    """The next `count` leaves from where the file stands."""
    for _ in range(count):
        head = file.read(4)
        if len(head) < 4:  # noqa: PLR2004 - the length's own length
            raise LogDoesNotVerify(why=Flaw.SHORT)
        (untrusted_length,) = struct.unpack(">I", head)
        if not 0 < untrusted_length <= LONGEST:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        leaf = file.read(untrusted_length)
        if len(leaf) < untrusted_length:
            raise LogDoesNotVerify(why=Flaw.SHORT)
        yield leaf


def key_of(folder: Folder) -> Verifier:
    """The public key that lies beside the log."""
    try:
        return Verifier.from_vkey(_small(folder, VKEY).decode().removesuffix("\n"))
    except UnicodeDecodeError:
        raise LogDoesNotVerify(why=Flaw.STRANGE) from None


def head_of(folder: Folder, verifier: Verifier) -> tuple[Checkpoint, Note]:
    """The checkpoint up to which events are acknowledged."""
    checkpoint, note = opened(_small(folder, CHECKPOINT), verifier)
    if checkpoint.size > MOST:
        raise LogDoesNotVerify(why=Flaw.STRANGE)
    return checkpoint, note


def read(path: str | os.PathLike[str], key: Verifier | None = None, *, events: bool = True) -> Held:
    """The log in a folder, all of it checked; `key` is the public key that must have signed it.

    Without `events`, that they are those that were signed is checked, but not what they say, which takes longest.

    Raises `LogDoesNotVerify`, `LogReadableByOthers`, or what the file system refuses. Can be called while another
    process appends: the checkpoint is read first, and events are only ever added.
    """
    with Folder(path) as folder:
        verifier = key_of(folder)
        if key is not None and key.vkey() != verifier.vkey():
            raise LogDoesNotVerify(why=Flaw.SIGNER)
        checkpoint, note = head_of(folder, verifier)
        with os.fdopen(_file(folder), "rb") as file, typed():
            leaves = tuple(walk(file, checkpoint.size))
            tail = os.fstat(file.fileno()).st_size - file.tell()
        held = Held(verifier, checkpoint, note, leaves, tail, tuple(_witnessed(folder, verifier)))
    if held.tree.root() != checkpoint.root:
        raise LogDoesNotVerify(why=Flaw.ROOT)
    if tail > TAIL:
        raise LogDoesNotVerify(why=Flaw.LONG)
    for each in held.witnessed:
        compare(held, each.checkpoint)
    if events:
        _check_events(held)
    return held


def _check_events(held: Held) -> None:
    """Raise unless the events are of the form that is written, in order."""
    last = 0
    for number, event in enumerate(held.events()):
        if event.number != number:
            raise LogDoesNotVerify(why=Flaw.NUMBER)
        if event.moment < last and event.act is not Act.CLOCK_CONFIRMED:
            raise LogDoesNotVerify(why=Flaw.TIME)
        last = event.moment


def compare(held: Held, seen: Checkpoint) -> None:
    """Raise unless the log goes on from a checkpoint that somebody else kept."""
    if seen.size > held.checkpoint.size:
        raise LogDoesNotVerify(why=Flaw.CUT)
    if seen.origin != held.checkpoint.origin or held.tree.root(seen.size) != seen.root:
        raise LogDoesNotVerify(why=Flaw.FORKED)


def _witnessed(folder: Folder, verifier: Verifier) -> Iterator[Witnessed]:
    """What each witness signed last."""
    try:
        below = Folder(WITNESSED, parent=folder)
    except NotFound:
        return
    with below:
        names = [name for name in below.names() if not name.startswith(".")]
        if len(names) > WITNESSES:
            raise LogDoesNotVerify(why=Flaw.STRANGE)
        for name in names:
            found = Witnessed.read(below.read(name, NOTE), verifier)
            if found.name() != name:
                raise LogDoesNotVerify(why=Flaw.STRANGE)
            yield found


def _small(folder: Folder, name: str) -> bytes:
    try:
        return folder.read(name, NOTE)
    except NotFound:
        raise LogDoesNotVerify(why=Flaw.MISSING) from None


def _file(folder: Folder) -> int:
    try:
        return folder.open(EVENTS)
    except NotFound:
        raise LogDoesNotVerify(why=Flaw.MISSING) from None
