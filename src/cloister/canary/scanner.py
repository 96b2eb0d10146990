"""Has things searched for tokens, in jails: the parent's side, which looks into nothing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from cloister.canary import frames
from cloister.canary.frames import Found, Needle, Packing, Reason
from cloister.errors import JailFailed, JailLied, JailNotStarted, TimedOut, Why
from cloister.jail.spawn import Zygote
from cloister.model import Plain

_BOTH = 2
"""The words of a token."""
SECONDS, MOST_SECONDS = 60.0, 600.0
"""How long one item may take to be searched; a large one gets more."""
_BYTES_A_SECOND = 1 << 18
_OVERLAP = 1 << 12
"""Bytes by which pieces of a large item overlap."""
_BATCH, _FEW = 256 << 10, 64
"""Small items share a child, up to so many bytes and items."""


def by_chance(form: str, words: int) -> bool:
    """Whether chance may have made a hit: among many bytes and many keys, some turn bytes into one of the words."""
    return words < _BOTH and "xor" in form


@dataclass(frozen=True, slots=True)
class Hit:
    """A token that was found. `item` is a name as the target gave it: hostile text.

    `form` tells how it was encoded, outermost first; `words` is how many of its words were found in this form.
    """

    label: str
    item: str
    form: str
    words: int

    @property
    def perhaps(self) -> bool:
        """Whether chance may have made it."""
        return by_chance(self.form, self.words)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a search came to. `unexplained` names items with bytes that were neither read nor decoded, and why."""

    hits: tuple[Hit, ...] = ()
    decoy_hits: tuple[Hit, ...] = ()
    scanned: int = 0
    """Bytes of all items, as they were given."""
    unexplained: tuple[tuple[str, str], ...] = ()
    searched: tuple[tuple[str, bool], ...] = ()
    """Each item, and whether every byte of it is explained."""


@dataclass(slots=True)
class _Seen:
    """What was seen of one item."""

    name: str
    size: int = 0
    found: list[Found] | None = None
    reasons: list[Reason] | None = None


class _Scanning(Zygote):
    """A scan jail's zygote, which gets its needles through a descriptor: arguments are seen by everyone."""

    def __init__(self, needles: bytes, layers: str = "all") -> None:
        self._needles = os.memfd_create("needles", os.MFD_CLOEXEC)
        os.write(self._needles, needles)
        super().__init__("cloister.canary.child", str(self._needles), layers=layers)

    def _start(self, stderr: int | None = None, passed: Sequence[int] = ()) -> None:
        os.lseek(self._needles, 0, os.SEEK_SET)
        super()._start(stderr, (*passed, self._needles))

    def close(self) -> None:
        """End it for good."""
        self.kill()
        if self._needles >= 0:
            os.close(self._needles)
            self._needles = -1


class Scanner:
    """Searches items for tokens and pictures, on up to two jails, which it keeps warm. Use it as a context manager.

    `tokens` maps a label to its token; `decoys` must never be found. `pictures` maps labels to pages (PNG) of which
    smaller or re-encoded copies are recognised.
    """

    def __init__(
        self,
        tokens: Mapping[str, str],
        *,
        decoys: Sequence[str] = (),
        pictures: Mapping[str, bytes] | None = None,
        layers: str = "all",
    ) -> None:
        """Start nothing yet. `layers` exists for tests and measurements of the sandbox only."""
        self._labels = [*tokens, *(f"decoy-{number}" for number in range(len(decoys)))]
        self._decoys_from = len(tokens)
        needles = tuple(Needle(tuple(token.split())) for token in (*tokens.values(), *decoys))
        self._pictures = dict(pictures or {})
        self._prints: bytes | None = None
        self._told = frames.pack_needles(needles)
        self._count = len(needles) + len(self._pictures)
        jobs = max(1, min(2, len(os.sched_getaffinity(0))))
        self._jails = [_Scanning(self._told, layers) for _ in range(jobs)]

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        for jail in self._jails:
            jail.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the jails."""
        self.close()

    def close(self) -> None:
        """End the jails."""
        for jail in self._jails:
            jail.close()

    def scan(self, items: Iterable[tuple[str, Plain]]) -> Scanned:
        """Search all items. Never raises for what an item does: an item that breaks its jail is unexplained.

        Raises `JailNotStarted` where no jail can be had at all.
        """
        prints = self._fingerprints()
        work = _Work(iter(items))
        problems: list[BaseException] = []

        def run(jail: _Scanning) -> None:
            try:
                while batch := work.next():
                    _search(jail, prints, batch, self._count)
            except BaseException as problem:  # noqa: BLE001 - it is raised again by the thread that asked
                problems.append(problem)
                work.stop()

        threads = [threading.Thread(target=run, args=(jail,), daemon=True) for jail in self._jails[1:]]
        for thread in threads:
            thread.start()
        run(self._jails[0])
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]
        return self._told_of(work.seen)

    def pack(self, packing: Packing, data: bytes) -> bytes:
        """Have our own bytes compressed by a library that is loaded in jails only; for seeded leaks."""
        jail = self._jails[0]
        jail.begin(time.monotonic() + SECONDS)
        jail.send(frames.PACK, bytes([packing.value]), data)
        _, packed = jail.receive({frames.PACKED: frames.MAX_PACK})
        jail.send(frames.LAST)
        jail.end()
        return packed

    def _fingerprints(self) -> bytes:
        """What the given pictures look like, small; taken once, in a jail like all else."""
        if self._prints is None:
            jail, taken = self._jails[0], []
            for picture in self._pictures.values():
                jail.begin(time.monotonic() + SECONDS)
                jail.send(frames.PRINT, picture)
                _, taken_print = jail.receive({frames.PRINTED: frames.PRINT_SIZE})
                if len(taken_print) != frames.PRINT_SIZE:
                    jail.kill()
                    raise JailLied(why=Why.BAD_NUMBER)
                jail.send(frames.LAST)
                jail.end()
                taken.append(taken_print)
            self._prints = frames.pack_prints(tuple(taken))
        return self._prints

    def _told_of(self, seen: list[_Seen]) -> Scanned:
        hits: dict[Hit, None] = {}
        decoys: dict[Hit, None] = {}
        unexplained: dict[tuple[str, str], None] = {}
        explained: dict[str, bool] = {}
        labels = [*self._labels, *self._pictures]
        for one in seen:
            for found in one.found or ():
                form = " > ".join(form.value for form in found.path)
                hit = Hit(labels[found.token], one.name, form, found.words.bit_count())
                is_decoy = self._decoys_from <= found.token < len(self._labels)
                (decoys if is_decoy else hits)[hit] = None
            for reason in one.reasons or ():
                unexplained[one.name, reason.value] = None
            explained[one.name] = explained.get(one.name, True) and not one.reasons
        return Scanned(
            tuple(hits), tuple(decoys), sum(one.size for one in seen), tuple(unexplained), tuple(explained.items())
        )


_Piece = tuple[_Seen, memoryview, bool]
"""What is to be searched, where what was seen goes, and whether it is a part of something larger."""


class _Work:
    """Gives batches of what is to be searched, to several threads, and keeps what was seen, in order."""

    def __init__(self, items: Iterator[tuple[str, Plain]]) -> None:
        self.seen: list[_Seen] = []
        self._pieces = self._cut(items)
        self._kept: _Piece | None = None
        self._turn = threading.Lock()
        self._over = False

    def next(self) -> list[_Piece]:
        """The next pieces for one child; none at the end."""
        with self._turn:
            batch: list[_Piece] = []
            size = 0
            while not self._over:
                piece = self._kept or next(self._pieces, None)
                self._kept = None
                if piece is None:
                    break
                if batch and (size + len(piece[1]) > _BATCH or len(batch) >= _FEW):
                    self._kept = piece
                    break
                batch.append(piece)
                size += len(piece[1])
            return batch

    def stop(self) -> None:
        """Give no more."""
        self._over = True

    def _cut(self, items: Iterator[tuple[str, Plain]]) -> Iterator[_Piece]:
        for name, plain in items:
            view = memoryview(plain.open())
            step = frames.MAX_ITEM - _OVERLAP
            for at in range(0, max(1, len(view)), step):
                part = view[at : at + frames.MAX_ITEM]
                seen = _Seen(name, min(step, len(view) - at))
                self.seen.append(seen)
                yield seen, part, len(view) > frames.MAX_ITEM
                if at + frames.MAX_ITEM >= len(view):
                    seen.size = len(view) - at
                    break


def _search(jail: _Scanning, prints: bytes, batch: list[_Piece], tokens: int) -> None:
    """Have a batch searched. A child that fails takes only the item with it that it failed on."""
    while batch:
        done = 0
        try:
            jail.begin(time.monotonic() + SECONDS)
            jail.send(frames.PRINTS, prints)
            for seen, data, is_part in batch:
                jail.deadline = time.monotonic() + min(MOST_SECONDS, SECONDS + len(data) / _BYTES_A_SECOND)
                _one(jail, seen, data, tokens, is_part=is_part)
                done += 1
            jail.send(frames.LAST)
            jail.end()
            return
        except JailNotStarted:
            jail.kill()
            raise
        except JailFailed as failed:
            jail.kill()
            if done < len(batch):
                reason = Reason.TOO_LONG if isinstance(failed, TimedOut) else Reason.JAIL
                seen = batch[done][0]
                seen.reasons = [*(seen.reasons or ()), reason]
            batch = batch[done + 1 :]


def _one(jail: _Scanning, seen: _Seen, data: memoryview, tokens: int, *, is_part: bool) -> None:
    """Have one item searched, and note what is said of it as it is said: a jail that dies later has still found it."""
    jail.send(frames.PART if is_part else frames.ITEM, data)
    for _ in range(frames.MAX_HITS):
        kind, payload = jail.receive({frames.HIT: 64, frames.WHY: 1, frames.DONE: 0})
        if kind == frames.DONE:
            return
        if kind == frames.HIT:
            seen.found = [*(seen.found or ()), frames.read_found(payload, tokens)]
        else:
            seen.reasons = [*(seen.reasons or ()), frames.read_reason(payload)]
    jail.kill()
    raise JailLied(why=Why.TOO_MUCH)
