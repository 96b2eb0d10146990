"""The nurseries that recognise jails come from: one for each head, and one for each head in a hurry."""

from __future__ import annotations

import os
import threading

from cloister.jail.nursery import Nursery

_MOST_THREADS = 8
"""More of them are hardly done sooner, as one part of the work takes an eighth of the whole; and each takes memory."""


_ENOUGH = 4
"""With so many cores there is one for whatever else is to be done while jails start."""


class Nurseries:
    """Each nursery that is asked for, made once. A process is started with the first jail or by `start`."""

    def __init__(self, jobs: int, layers: str) -> None:
        self._jobs, self._layers = jobs, layers
        self._made: dict[tuple[str, bool], Nursery] = {}
        self._turn = threading.Lock()

    def of(self, head: str, *, soon: bool) -> Nursery:
        """The nursery whose jails hold this head; `soon` ones are warm in half the time and read more slowly."""
        with self._turn:
            if (head, soon) not in self._made:
                threads = min(self._jobs, len(os.sched_getaffinity(0)), _MOST_THREADS)
                asked = ("recognise", head, str(threads), *(("once",) if soon else ()))
                self._made[head, soon] = Nursery("cloister.ocr.child", *asked, layers=self._layers, most=self._jobs)
            return self._made[head, soon]

    def ease(self, seconds: float) -> None:
        """Wait, but no longer than this, while those that warm up need every core of this machine."""
        if len(os.sched_getaffinity(0)) >= _ENOUGH:
            return
        with self._turn:
            made = list(self._made.values())
        for nursery in made:
            nursery.ease(seconds)

    def close(self) -> None:
        """End every process."""
        with self._turn:
            for nursery in self._made.values():
                nursery.kill()
