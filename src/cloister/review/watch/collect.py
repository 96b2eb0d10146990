"""Gathers what one group of runs left, for the frame that tells of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from cloister.review.watch import frames, walk
from cloister.review.watch.shared import segments
from cloister.review.watch.start import Job
from cloister.review.watch.surroundings import Layer
from cloister.review.watch.walk import Entry


class Collected:
    """What is to be told: a header, and blobs that it names by number.

    Made before the start, since it walks then; `look` walks again. `whole` says that the namespaces are its own.
    """

    def __init__(self, layers: list[Layer], *, whole: bool) -> None:
        self._layers, self._namespaces = layers, whole
        self._blobs: list[tuple[int, Callable[[], Iterable[bytes]]]] = []
        self._files = 0
        self._left: list[dict[str, Any]] = []
        self._jobs: list[dict[str, Any]] = []
        self._segments = segments() if whole else {}
        self._before = walk.walk(layers)
        self._whole = self._before.whole

    def look(self) -> None:
        """Walk again, and keep what is new or changed."""
        after = walk.walk(self._layers)
        self._whole = self._whole and after.whole
        for entry, changed in walk.differences(self._before, after):
            self._keep(entry, changed=changed)
        for name, segment in (segments() if self._namespaces else {}).items():
            if self._segments.get(name) != segment:
                blob = None if segment.data is None else self.held(segment.data)
                told = {"path": name, "what": "other", "mode": segment.mode, "size": segment.size, "blob": blob}
                self._left.append({**told, "changed": name in self._segments, "timed": False})

    def add_job(self, job: Job, data: bytes) -> None:
        """How one job went; `data` is what its input was."""
        told: dict[str, Any] = {
            "ending": job.ending,
            "status": job.wait_status,
            "refused": job.refused,
            "pid": job.pid,
            "seconds": (job.ended or job.begun) - (job.runs_since or job.begun),
            "memory": job.memory,
            "input_as_before": _same(job.plan.document, data),
            "cut": [name for name, spool in job.spools.items() if spool.cut],
            "began": job.runs_since is not None,
            "folder": job.plan.folder,
            "program": job.plan.words[0],
            "input": job.plan.document,
            "output": job.plan.output,
        }
        for name, spool in job.spools.items():
            told[name] = self._blob(spool.size, partial(frames.of_file, spool.file, spool.size))
        self._jobs.append(told)

    def held(self, data: bytes) -> int:
        """Add a blob; gives its number."""
        return self._blob(len(data), lambda: (data,))

    def send(self, descriptor: int, answer: dict[str, Any]) -> None:
        """Send everything."""
        sizes = [size for size, _ in self._blobs]
        header = {**answer, "jobs": self._jobs, "left": self._left, "whole": self._whole, "blobs": sizes}
        frames.send(descriptor, header, (parts() for _, parts in self._blobs))

    def clean(self) -> None:
        """Take away what is new, as if this group had not been."""
        for left in self._left:
            if not left["changed"] and left["what"] != "folder":
                with contextlib.suppress(OSError):
                    os.unlink(left["path"])

    def _blob(self, size: int, parts: Callable[[], Iterable[bytes]]) -> int:
        self._blobs.append((size, parts))
        return len(self._blobs) - 1

    def _keep(self, entry: Entry, *, changed: bool) -> None:
        blob = None
        for name, value in entry.beside:
            self._beside(entry, name, value, changed=changed)
        if (target := walk.target(entry)) is not None:
            blob = self.held(target)
        elif (descriptor := walk.opened(entry)) is not None:
            for name, value in walk.attributes(descriptor).items():
                self._beside(entry, name, value, changed=changed)
            spans = walk.spans(descriptor, entry.size)
            size = sum(end - start for start, end in spans)
            if spans and self._files + size <= walk.MOST_OF_ALL:
                self._files += size
                blob = self._blob(size, partial(_contents, entry, spans))
            os.close(descriptor)
        self._tell(entry, changed=changed, blob=blob)

    def _beside(self, entry: Entry, name: str, value: bytes | None, *, changed: bool) -> None:
        """Tell of an extended attribute."""
        beside = Entry(entry.layer, f"{entry.below} (attribute {name})", "other", entry.mode, len(value or b""), ())
        self._tell(beside, changed=changed, blob=None if value is None else self.held(value))

    def _tell(self, entry: Entry, *, changed: bool, blob: int | None) -> None:
        told = {"path": entry.path, "what": entry.what, "mode": entry.mode, "size": entry.size, "blob": blob}
        self._left.append({**told, "changed": changed, "timed": entry.timed})


def _contents(entry: Entry, spans: list[tuple[int, int]]) -> Iterable[bytes]:
    descriptor = walk.opened(entry)
    for start, end in spans:
        if descriptor is None:
            yield bytes(end - start)
        else:
            yield from frames.of_file(descriptor, end - start, start)
    if descriptor is not None:
        os.close(descriptor)


def _same(path: str, data: bytes) -> bool | None:
    """Whether this is still at a path; None where that cannot be told."""
    try:
        if os.path.islink(path):
            return False
        with open(path, "rb") as file:
            return file.read(len(data) + 1) == data
    except FileNotFoundError:
        return False
    except OSError:
        return None
