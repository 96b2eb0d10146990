"""Every file that was written, by whatever way: a walk over the upper sides of the overlays, before and after."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import itemgetter

from cloister.review.watch.surroundings import QUEUES, Layer

MOST_ENTRIES, DEEPEST = 100_000, 100
MOST_OF_ONE, MOST_OF_ALL = 64 << 20, 1 << 30
_MOST_SPANS = 10_000
_OURS = "user.overlay."
_TICK = 1_000_000_000
"""Nanoseconds by which a time that the kernel sets may seem to lie before or after what happened."""
_WHAT = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "link",
    stat.S_IFSOCK: "socket",
    stat.S_IFIFO: "pipe",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing below a layer, or its root. `mark` changes whenever the thing does: the kernel sets the time in it.

    `times` are when it was read and when it was changed last, in nanoseconds. `beside` are a folder's extended
    attributes; those of a file are read with its contents. `timed` says that its times were set by somebody: they are
    neither what they were nor those of what was done meanwhile.
    """

    layer: Layer
    below: str
    what: str
    mode: int
    size: int
    mark: tuple[int, ...]
    beside: tuple[tuple[str, bytes | None], ...] = ()
    times: tuple[int, int] = (0, 0)
    timed: bool = False

    @property
    def path(self) -> str:
        """As the tool sees it."""
        return f"{self.layer.path}/{self.below}".rstrip("/")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that stands in the layers, by path. `whole` is false where there was more than can be kept."""

    entries: dict[str, Entry]
    whole: bool = True
    at: int = 0
    """When it was taken, in nanoseconds since 1970."""


def walk(layers: list[Layer]) -> Snapshot:
    """Look at everything."""
    walker, at = _Walker(), time.time_ns()
    for layer in layers:
        walker.root(layer)
    return Snapshot(walker.found, walker.whole, at)


def differences(before: Snapshot, after: Snapshot) -> Iterator[tuple[Entry, bool]]:
    """What is new or changed, and whether it had been there. What is gone is told as it was, with the mark `()`.

    A folder is changed if its permissions are, or its attributes (only new ones are told), or if its times were set.
    """
    window = range(before.at - _TICK, after.at + _TICK)
    for path, entry in after.entries.items():
        old = before.entries.get(path)
        is_folder = entry.what == "folder"
        if old is not None and old.mark == entry.mark and not (is_folder and _beside(old) != _beside(entry)):
            continue
        known = old or _lower(entry)
        new = replace(
            entry,
            beside=tuple(each for each in entry.beside if known is None or each not in known.beside),
            timed=_timed(entry, old, known, window),
        )
        was = (known.what, known.mode) if known else None
        if is_folder and was == (new.what, new.mode) and not (new.beside or new.timed):
            continue  # the overlay made it anew, on its way to what is in it
        yield new, known is not None
    for path, entry in before.entries.items():
        if path not in after.entries and entry.what != "whiteout":
            yield replace(entry, what="gone", size=0, mark=(), beside=()), True


def _beside(entry: Entry) -> object:
    return entry.times, entry.beside


def _timed(new: Entry, old: Entry | None, known: Entry | None, window: range) -> bool:
    """Whether a thing's times were set. The overlay gives what it makes anew the times of what stands below."""
    if old is None and known is not None:
        return new.what != "folder" and new.times[1] not in window and new.times[1] != known.times[1]
    before = old.times if old else (0, 0)
    return any(now not in window and now != was for now, was in zip(new.times, before, strict=True))


def opened(entry: Entry) -> int | None:
    """A descriptor of its contents, where it has any that can be read."""
    if entry.what != "file" or not entry.mark:
        return None
    with contextlib.suppress(OSError):
        folder = _folder(entry)
        try:
            name = os.path.basename(entry.below)
            return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=folder)
        finally:
            os.close(folder)
    return None


def spans(descriptor: int, size: int) -> list[tuple[int, int]]:
    """Where a file's data are, as start and end; of one above the limit without the holes, which hold nothing.

    Empty where there is more than can be kept.
    """
    if size <= MOST_OF_ONE:
        return [(0, size)]
    found: list[tuple[int, int]] = []
    total = at = 0
    while len(found) < _MOST_SPANS and total <= MOST_OF_ONE:
        try:
            start = os.lseek(descriptor, at, os.SEEK_DATA)
            at = min(size, os.lseek(descriptor, start, os.SEEK_HOLE))
        except OSError as refused:  # ENXIO: there are no more data; anything else, and nobody knows
            return found or [(0, 0)] if refused.errno == errno.ENXIO else []
        total += at - start
        found.append((start, at))
    return []


def target(entry: Entry) -> bytes | None:
    """Where a link points."""
    if entry.what != "link" or not entry.mark:
        return None
    with contextlib.suppress(OSError):
        folder = _folder(entry)
        try:
            return os.fsencode(os.readlink(os.path.basename(entry.below), dir_fd=folder))
        finally:
            os.close(folder)
    return None


def attributes(descriptor: int) -> dict[str, bytes | None]:
    """What is written beside a file's contents, as extended attributes; None for what cannot be read."""
    found: dict[str, bytes | None] = {}
    try:
        names = os.listxattr(descriptor)
    except OSError as error:
        return {} if error.errno == errno.ENOTSUP else {"of any name": None}
    for name in names:
        if not name.startswith(_OURS):
            found[name] = None
            with contextlib.suppress(OSError):
                found[name] = os.getxattr(descriptor, name)
    return found


def _folder(entry: Entry) -> int:
    """The folder that holds it, reached step by step: no link is followed, and no name is too long."""
    at = os.dup(entry.layer.upper)
    for step in entry.below.split("/")[:-1]:
        below = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
        os.close(at)
        at = below
    return at


class _Walker:
    def __init__(self) -> None:
        self.found: dict[str, Entry] = {}
        self.whole = True

    def root(self, layer: Layer) -> None:
        """Keep a layer's own folder, and what is in it and below."""
        entry = _entry(layer, "", os.fstat(layer.upper), layer.upper)
        self.found[entry.path] = entry
        self.look(layer, "", layer.upper)

    def look(self, layer: Layer, prefix: str, folder: int) -> None:
        """Keep what is in a folder and below."""
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            if len(self.found) >= MOST_ENTRIES:
                self.whole = False
                return
            try:
                there = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except OSError:
                self.whole = False
                continue
            entry = _entry(layer, prefix + name, there)
            self.found[entry.path] = entry
            if entry.what == "folder":
                self._enter(layer, prefix + name, name, folder)

    def _enter(self, layer: Layer, path: str, name: str, folder: int) -> None:
        try:
            below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except OSError:
            self.whole = False
            return
        try:
            entry = _entry(layer, path, os.fstat(below), below)
            self.found[entry.path] = entry
            if path.count("/") < DEEPEST:
                self.look(layer, f"{path}/", below)
            else:
                self.whole = False
        finally:
            os.close(below)


def _entry(layer: Layer, below: str, there: os.stat_result, descriptor: int | None = None) -> Entry:
    """What is told of a thing; `descriptor` is that of a folder."""
    what = _WHAT.get(stat.S_IFMT(there.st_mode), "other")
    if stat.S_ISCHR(there.st_mode) and there.st_rdev == 0:
        what = "whiteout"
    if layer.path == QUEUES and what == "file":
        what = "other"  # what stands in a message queue is not what its file says
    mark = (there.st_ino, there.st_mode, there.st_size, there.st_ctime_ns, there.st_mtime_ns)
    mode, size = stat.S_IMODE(there.st_mode), there.st_size
    beside = () if descriptor is None else tuple(sorted(attributes(descriptor).items(), key=itemgetter(0)))
    return Entry(layer, below, what, mode, size, mark, beside, (there.st_atime_ns, there.st_mtime_ns))


def _lower(entry: Entry) -> Entry | None:
    """What stood at the same place below the overlay."""
    if entry.layer.lower < 0:
        return None
    with contextlib.suppress(OSError):
        there = os.stat(entry.below or ".", dir_fd=entry.layer.lower, follow_symlinks=False)
        if not stat.S_ISDIR(there.st_mode):
            return _entry(entry.layer, entry.below, there)
        folder = os.open(
            entry.below or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=entry.layer.lower
        )
        try:
            return _entry(entry.layer, entry.below, os.fstat(folder), folder)
        finally:
            os.close(folder)
    return None
