"""One document on its way from the jails to whoever asked for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from queue import SimpleQueue
from typing import Self

from cloister import mrz
from cloister.document import Facts, Grade, Page, Step
from cloister.errors import CloisterError, JailDied, NoPages, Why
from cloister.model import SourceKind
from cloister.ocr import installed
from cloister.ocr.frames import Shown
from cloister.ocr.sources import Opened

_MOST_ZONES = 8
"""Of a page so many zones are told; nothing honest has more than two."""

_Given = tuple[Future[Page], tuple[Step, ...], tuple[Shown, ...]]


class Stream:
    """One document being read. Iterate over it once; a failure is raised where it happened.

    The taking side iterates, asks for `facts` at the end and closes. The giving side, another
    thread, opens, gives and ends. `tokens` bounds what is given and not yet taken.
    """

    def __init__(self, index: int, tokens: threading.Semaphore) -> None:
        self.index = index
        self.kind: SourceKind | None = None
        self.page_count = 0
        self.source: Opened | None = None
        self.notes: tuple[str, ...] = ()
        self.cancelled = False
        self._tokens = tokens
        self.shown: tuple[Shown, ...] = ()
        """Words that the page taken last shows as text of its own."""
        self._given: SimpleQueue[_Given | CloisterError | None] = SimpleQueue()
        self._known = threading.Event()
        self._grade = Grade.EXCELLENT
        self._taken = 0
        self._ended = False

    def opened(self, kind: SourceKind, page_count: int) -> None:
        """Say what the document is (the giving side)."""
        self.kind, self.page_count = kind, page_count
        self._known.set()

    def give(self, reading: Future[Page], before: tuple[Step, ...] = (), shown: tuple[Shown, ...] = ()) -> None:
        """Add the next page, the steps before its reading, and the words that it shows as text (the giving side)."""
        self._given.put((reading, before, shown))

    def end(self, refusal: CloisterError | None = None) -> None:
        """Say that no page follows, and why if it failed (the giving side)."""
        self._given.put(refusal)
        self._known.set()

    def wait_opened(self) -> Self:
        """Wait until `kind` and `page_count` hold, or the document has failed."""
        self._known.wait()
        return self

    def __iter__(self) -> Iterator[Page]:
        """Give the pages in order."""
        while (page := self._next()) is not None:
            self._taken += 1
            self._grade = min(self._grade, page.grade)
            yield page

    def _next(self) -> Page | None:
        if self._ended:
            return None
        item = self._given.get()
        if isinstance(item, tuple):
            self._tokens.release()
            reading, before, self.shown = item
            try:
                page, zones = mrz.repair_page(reading.result())
            except CancelledError:
                raise JailDied(why=Why.ENDED_EARLY) from None
            return replace(page, steps=(*before, *page.steps, *map(_step_of, zones[:_MOST_ZONES])))
        self._ended = True
        if item is not None:
            raise item
        if self._taken == 0:
            raise NoPages
        return None

    def facts(self) -> Facts:
        """What is true of the whole; ask when all pages are taken."""
        kind = self.kind.value if self.kind else ""
        grade = self._grade if self._taken else Grade.POOR
        layers, models, versions = installed.layers(), installed.models(), installed.versions()
        return Facts(kind, self._taken, grade, models, versions, layers, self.notes)

    def close(self) -> None:
        """Give up what is left of it: pages that are still coming are thrown away."""
        self.cancelled = True
        while not self._ended:
            item = self._given.get()
            if isinstance(item, tuple):
                self._tokens.release()
                item[0].cancel()
            else:
                self._ended = True
        if self.source is not None:
            self.source.close()


def _step_of(zone: mrz.Mrz) -> Step:
    """That a machine-readable zone was found and put right; nothing of what stands in it."""
    count, checks = len(zone.corrections), len(zone.checks)
    holding = sum(check.holds for check in zone.checks)
    corrected = f"{count} {'character' if count == 1 else 'characters'} corrected"
    return Step("mrz", f"{zone.format.value}, {corrected}, {holding} of {checks} check digits hold")
