"""What a worker does with a job: the document is unsealed, read in jails, and its text sealed. And the sweep."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Self

from cloister.desk.opened import Desk
from cloister.desk.reading import Held, read_sealed
from cloister.desk.room import Room
from cloister.desk.submit import Looked
from cloister.document import Facts, Page
from cloister.errors import CloisterError, Expired, KeyGone, UnknownDocument
from cloister.jobs import Outcome, Run
from cloister.model import Plain, SourceKind
from cloister.ocr.options import Options


class Progress:
    """How far each document is that is being read by this process."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[int, int]] = {}

    def of(self, document: str) -> tuple[int, int] | None:
        """Pages that are read, and pages in all; None while it is not being read."""
        return self._pages.get(document)

    def say(self, document: str, page: int, pages: int) -> None:
        """So many are read."""
        self._pages[document] = page, pages

    def end(self, document: str) -> None:
        """It is not being read any more."""
        self._pages.pop(document, None)


class _Counted:
    """A document whose pages are counted as they come; no more come once its run is over."""

    def __init__(self, held: Held, run: Run, progress: Progress) -> None:
        self._held, self._run, self._progress = held, run, progress

    @property
    def type(self) -> SourceKind:
        return self._held.type

    @property
    def pages(self) -> int:
        return self._held.pages

    def read(self, seconds: float) -> Generator[Page, None, None]:
        self._progress.say(self._run.document, 0, self.pages)
        for number, page in enumerate(self._held.read(seconds), start=1):
            if self._run.is_over:
                raise KeyGone
            self._progress.say(self._run.document, number, self.pages)
            yield page

    def facts(self) -> Facts:
        return self._held.facts()


class Reading:
    """What does the work of a job."""

    def __init__(self, desk: Desk, room: Room, progress: Progress) -> None:
        self._desk, self._room, self._progress = desk, room, progress

    def __call__(self, document: str, run: Run) -> Outcome:
        """Read a document once. A refusal that is raised is the job's, and is tried again if it is none of its own."""

        @contextmanager
        def hand(content: Plain, languages: tuple[str, ...]) -> Iterator[Looked]:
            with self._room.look(content, Options(languages=languages)) as held:
                yield _Counted(held, run, self._progress)

        try:
            read_sealed(self._desk, document, hand, fence=run.fence)
        except (Expired, KeyGone, UnknownDocument):
            return Outcome.GONE
        finally:
            self._progress.end(document)
        return Outcome.DONE


class Sweeper:
    """Sweeps, as often as the policy says, for as long as its block lasts: nobody else does in a service."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sweep, name="sweeper", daemon=True)

    def __enter__(self) -> Self:
        """Sweep once, which has to work, and go on."""
        self._every = self._once()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._over.set()
        self._thread.join()

    def _once(self) -> float:
        with self._desk.turn() as turn:
            return float(turn.policy.jobs.sweep)

    def _sweep(self) -> None:
        while not self._over.wait(self._every):
            with suppress(CloisterError):  # what stops one sweep is told to whoever asks for anything
                self._every = self._once()
