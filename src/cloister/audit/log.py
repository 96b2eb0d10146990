"""The log, open for writing: one process at a time, and each event on the medium before `append` returns.

An append writes its events and syncs them, then puts a checkpoint over them, signed, in the place of the one before.
Only that acknowledges them. So after a crash, what lies beyond the checkpoint was never acknowledged: it is one append
at most, and opening the log cuts it off and says so. Anything else that does not fit is a log that was changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import BinaryIO, Self

from cloister.audit.checkpoint import Checkpoint
from cloister.audit.clock import Bounds, Moved, Reading, moved, now
from cloister.audit.files import Folder, lock, typed, write_all
from cloister.audit.held import (
    BATCH,
    CHECKPOINT,
    CLOCK,
    EVENTS,
    MARK,
    MOST,
    TAIL,
    VKEY,
    WITNESSED,
    Held,
    framed,
    head_of,
    key_of,
    read,
    walk,
    walk_on,
)
from cloister.audit.merkle import EMPTY, Frontier, leaf_hash
from cloister.disk import sync_folder
from cloister.errors import ClockMoved, CloisterError, Flaw, LogDoesNotVerify, LogStopped
from cloister.events import Act, Draft, Event, Id, Outcome, Value
from cloister.sign import Key, Verifier
from cloister.sign.note import is_name

WAIT = 10.0
"""Seconds to wait for another writer."""
_SMALL = 4096


def create(path: str | os.PathLike[str], key: Key, origin: str) -> None:
    """Make an empty log in a new folder, or in one that is empty; it is there whole or not at all.

    `origin` names the log in every checkpoint, without spaces; two logs never share one. `OutputExists` if there is
    something in the folder.
    """
    if not is_name(origin):
        raise ValueError("a log's name has no spaces and no plus sign")
    whole = os.path.abspath(path)  # noqa: PTH100 - what follows works on names
    fresh = os.path.join(os.path.dirname(whole), f".{os.path.basename(whole)}.new")  # noqa: PTH118, PTH119, PTH120
    _remove(fresh)  # what a kill while making one has left was never a log
    with typed():
        os.mkdir(fresh, 0o700)  # noqa: PTH102
    try:
        with Folder(fresh) as folder:
            folder.replace(EVENTS, MARK)
            folder.replace(VKEY, f"{Verifier(origin, key.public).vkey()}\n".encode())
            folder.make(WITNESSED)
            folder.replace(CHECKPOINT, Checkpoint(origin, 0, EMPTY).signed(key).written())
        with typed():
            os.rename(fresh, whole)  # noqa: PTH104 - over an empty folder, never over one that holds something
    except BaseException:
        _remove(fresh)
        raise
    with typed():
        sync_folder(os.path.dirname(whole))  # noqa: PTH120


@dataclass(frozen=True, slots=True)
class Known:
    """How far this process has walked a log: its next opening checks only what came after.

    What lies before was checked when it was walked. Whoever wants to know of the whole reads it (`held`).
    """

    file: tuple[int, int]
    """Device and inode of the events."""
    frontier: Frontier
    end: int
    """Where in the file the last of them ends."""
    last: Event | None
    noted: tuple[bytes, ...]
    """The leaves that begin with what was to be noted."""


class Log:
    """A log that this process writes. Close it, or use it in a `with` block; `cut` is what opening took off, in bytes.

    `clock` reads the clock; `bounds` say how far it may be off. `noted` are the leaves that begin with one of `noting`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        key: Key,
        *,
        wait: float = WAIT,
        clock: Callable[[], Reading] = now,
        bounds: Bounds | None = None,
        noting: tuple[bytes, ...] = (),
        known: Known | None = None,
    ) -> None:
        """Open it; `LogBusy` after `wait` seconds, `LogDoesNotVerify` if it is not what was signed with this key.

        `known` is what an earlier opening with the same `noting` has come to know.
        """
        self._path, self._key, self._read, self._bounds = path, key, clock, bounds or Bounds()
        self._noting, self.noted = noting, list[bytes]()
        self.cut = 0
        self._stopped = False
        self._folder = Folder(path)
        self._file = -1
        try:
            self._folder.require_owner()
            self._file = self._folder.open(EVENTS, os.O_RDWR)
            lock(self._file, wait)
            self._resume(known)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let it go."""
        self.close()

    def close(self) -> None:
        """Let it go; a second time does nothing."""
        descriptor, self._file = self._file, -1
        if descriptor >= 0:
            os.close(descriptor)
        self._folder.close()
        self._stopped = True

    @property
    def known(self) -> Known:
        """How far it is known by now, for the next opening."""
        return Known(self._identity, self._frontier.copy(), self._end, self._last, tuple(self.noted))

    @property
    def size(self) -> int:
        """How many events are acknowledged."""
        return self._frontier.size

    @property
    def last(self) -> Event | None:
        """The last of them."""
        return self._last

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        """Add events, all or none; they are on the medium and signed when this returns.

        Raises `ClockMoved`, after logging that, if the clock shows what cannot be; `LogStopped` if an earlier append
        failed; or what the file system refuses. After any failure to write the log has to be opened again.
        """
        if not 0 < len(drafts) <= BATCH or self.size + len(drafts) > MOST:
            raise ValueError("one append adds 1 to 256 events, and a log has an end")
        if self._stopped:
            raise LogStopped(errno=0)
        reading = self._read()
        if (off := self._moved(reading)) is not None:
            self._alarm(off, drafts[0])
            raise ClockMoved(way=off.way, seconds=off.seconds)
        return self._add(drafts, max(reading.wall, self._last.moment if self._last else 0))

    def check_clock(self) -> None:
        """Raise `ClockMoved` if the clock shows what cannot be. For whoever goes by the time and logs nothing."""
        if (off := self._moved(self._read())) is not None:
            raise ClockMoved(way=off.way, seconds=off.seconds)

    def confirm_clock(self, actor: Id, policy: str) -> Event | None:
        """Say that the clock is right as it is now, which is logged; None if nothing speaks against it."""
        reading = self._read()
        off = self._moved(reading)
        if off is None:
            return None
        if self._stopped:
            raise LogStopped(errno=0)
        facts: dict[str, Value] = {"way": off.way, "seconds": off.seconds}
        (event,) = self._add((Draft(actor, Act.CLOCK_CONFIRMED, None, policy, facts=facts),), reading.wall)
        self._keep_anchor(reading)
        return event

    def held(self) -> Held:
        """The log as readers see it, for proofs and receipts."""
        return read(self._path, events=False)

    def _resume(self, known: Known | None) -> None:
        """Find where the log ends, and that it is what was signed."""
        verifier = key_of(self._folder)
        if verifier.key.raw() != self._key.public.raw():
            raise LogDoesNotVerify(why=Flaw.SIGNER)
        checkpoint, _ = head_of(self._folder, verifier)
        self._origin, self._frontier, self._last, leaf = checkpoint.origin, Frontier(), None, b""
        with os.fdopen(os.dup(self._file), "rb") as file, typed():
            about = os.fstat(file.fileno())
            self._identity = about.st_dev, about.st_ino
            if known is not None and known.file == self._identity:
                leaves = self._leaves_after(known, checkpoint, file)
            else:
                leaves = walk(file, checkpoint.size)
            for leaf in leaves:
                self._frontier.add(leaf_hash(leaf))
                self._note(leaf)
            self._end = file.tell()
        if self._frontier.root() != checkpoint.root:
            raise LogDoesNotVerify(why=Flaw.ROOT)
        self._last = Event.read(leaf) if leaf else self._last
        self._anchor = self._kept_anchor()
        with typed():
            self.cut = os.fstat(self._file).st_size - self._end
            if self.cut > TAIL:
                raise LogDoesNotVerify(why=Flaw.LONG)
            if self.cut:
                os.ftruncate(self._file, self._end)
                os.fsync(self._file)

    def _leaves_after(self, known: Known, checkpoint: Checkpoint, file: BinaryIO) -> Iterator[bytes]:
        """What came after what is known. A checkpoint over less is of a log that was cut."""
        if checkpoint.size < known.frontier.size:
            raise LogDoesNotVerify(why=Flaw.CUT)
        self._frontier, self._last = known.frontier.copy(), known.last
        self.noted += known.noted
        file.seek(known.end)
        return walk_on(file, checkpoint.size - known.frontier.size)

    def _note(self, leaf: bytes) -> None:
        if self._noting and leaf.startswith(self._noting):
            self.noted.append(leaf)

    def _add(self, drafts: Sequence[Draft], moment: int) -> tuple[Event, ...]:
        events = tuple(draft.at(self.size + at, moment) for at, draft in enumerate(drafts))
        leaves = [event.leaf() for event in events]
        frontier = self._frontier.copy()
        for leaf in leaves:
            frontier.add(leaf_hash(leaf))
        data = b"".join(map(framed, leaves))
        head = Checkpoint(self._origin, frontier.size, frontier.root()).signed(self._key)
        # From here on until the end, whatever comes between leaves the rest to the next opening. After a sync that
        # failed, nobody knows what the kernel kept, so trying again would prove nothing.
        self._stopped = True
        with typed():
            os.lseek(self._file, self._end, os.SEEK_SET)
            write_all(self._file, data)
            os.fdatasync(self._file)
        self._folder.replace(CHECKPOINT, head.written())
        self._frontier, self._end, self._last = frontier, self._end + len(data), events[-1]
        for leaf in leaves:
            self._note(leaf)
        self._stopped = False
        return events

    def _moved(self, reading: Reading) -> Moved | None:
        off = moved(reading, self._last.moment if self._last else None, self._anchor, self._bounds)
        if off is None and (self._anchor is None or self._anchor.boot != reading.boot):
            self._keep_anchor(reading)
        return off

    def _alarm(self, off: Moved, said: Draft) -> None:
        """Log that the clock was found moved, once in a row, at the last time that is known to be right."""
        last = self._last
        if last is not None and last.act is Act.CLOCK_MOVED:
            return
        facts: dict[str, Value] = {"code": ClockMoved.code, "way": off.way, "seconds": off.seconds}
        draft = Draft(said.actor, Act.CLOCK_MOVED, None, said.policy, Outcome.REFUSED, facts)
        self._add((draft,), last.moment if last else 0)

    def _kept_anchor(self) -> Reading | None:
        """What the clock was when it was first read since the machine started; None if that is not known."""
        try:
            return Reading(**json.loads(self._folder.read(CLOCK, _SMALL)))
        except (CloisterError, ValueError, TypeError):
            return None  # less is known of the clock then, and the last event's time still holds

    def _keep_anchor(self, reading: Reading) -> None:
        self._anchor = reading
        self._folder.replace(CLOCK, json.dumps(asdict(reading)).encode())


def _remove(folder: str) -> None:
    """Take a half made log away."""
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208
            path = os.path.join(folder, name)  # noqa: PTH118
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)  # noqa: PTH112
        os.rmdir(folder)  # noqa: PTH106
