"""Every file that was written, by whatever way: a walk over the upper sides of the overlays, before and after."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.review.watch.surroundings import QUEUES, Layer

MOST_ENTRIES, DEEPEST = 100_000, 100
MOST_OF_ONE, MOST_OF_ALL = 64 << 20, 1 << 30
_OURS = "user.overlay."
_WHAT = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "link",
    stat.S_IFSOCK: "socket",
    stat.S_IFIFO: "pipe",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing below a layer. `mark` changes whenever the thing does: the kernel sets the time in it."""

    layer: Layer
    below: str
    what: str
    mode: int
    size: int
    mark: tuple[int, ...]

    @property
    def path(self) -> str:
        """As the tool sees it."""
        return f"{self.layer.path}/{self.below}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that stands in the layers, by path. `whole` is false where there was more than can be kept."""

    entries: dict[str, Entry]
    whole: bool = True


def walk(layers: list[Layer]) -> Snapshot:
    """Look at everything."""
    walker = _Walker()
    for layer in layers:
        walker.look(layer, "", layer.upper)
    return Snapshot(walker.found, walker.whole)


def differences(before: Snapshot, after: Snapshot) -> Iterator[tuple[Entry, bool]]:
    """What is new or changed, and whether it had been there. What is gone is told as it was, with the mark `()`."""
    for path, entry in after.entries.items():
        old = before.entries.get(path)
        if old is not None and (
            old.mark == entry.mark or (entry.what == old.what == "folder" and old.mode == entry.mode)
        ):
            continue
        lower = None if old else _lower(entry)
        if lower is not None and entry.what == "folder" and stat.S_IMODE(lower.st_mode) == entry.mode:
            continue  # a folder that the overlay made on its way to what is in it
        yield entry, old is not None or lower is not None
    for path, entry in before.entries.items():
        if path not in after.entries and entry.what != "whiteout":
            yield Entry(entry.layer, entry.below, "gone", entry.mode, 0, ()), True


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


def attributes(descriptor: int) -> dict[str, bytes]:
    """What is written beside a file's contents, as extended attributes."""
    found = {}
    with contextlib.suppress(OSError):
        for name in os.listxattr(descriptor):
            if not name.startswith(_OURS):
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
                self._enter(layer, f"{prefix}{name}/", name, folder)

    def _enter(self, layer: Layer, prefix: str, name: str, folder: int) -> None:
        if prefix.count("/") > DEEPEST:
            self.whole = False
            return
        try:
            below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except OSError:
            self.whole = False
            return
        try:
            self.look(layer, prefix, below)
        finally:
            os.close(below)


def _entry(layer: Layer, below: str, there: os.stat_result) -> Entry:
    what = _WHAT.get(stat.S_IFMT(there.st_mode), "other")
    if stat.S_ISCHR(there.st_mode) and there.st_rdev == 0:
        what = "whiteout"
    if layer.path == QUEUES and what == "file":
        what = "other"  # what stands in a message queue is not what its file says
    mark = (there.st_ino, there.st_mode, there.st_size, there.st_ctime_ns, there.st_mtime_ns)
    return Entry(layer, below, what, stat.S_IMODE(there.st_mode), there.st_size, mark)


def _lower(entry: Entry) -> os.stat_result | None:
    if entry.layer.lower < 0:
        return None
    with contextlib.suppress(OSError):
        return os.stat(entry.below, dir_fd=entry.layer.lower, follow_symlinks=False)
    return None
