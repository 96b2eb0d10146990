"""The recognise jails: one process a core, started when there is work for it, replaced when it dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Queue

from cloister.document import Page
from cloister.errors import CloisterError, JailDied, JailLied, JailNotStarted, TimedOut, UnreadableScript, Why
from cloister.jail.nursery import Nursery, Worker
from cloister.jail.spawn import START_SECONDS
from cloister.model import Raster
from cloister.ocr import pages
from cloister.ocr.nurseries import Nurseries
from cloister.ocr.options import Options

FEW = 32
"""Pages up to which workers that are ready soon are done sooner than those that read faster. Those take a second or two
longer to be ready, and save nothing on pages of full lines, a third of the time on receipts."""
_FULL_TAGS = frozenset({"zh", "ja"})
"""Languages that only the full head reads. Asked for any of them, no page goes to the Latin head."""


@dataclass(frozen=True, slots=True)
class Task:
    """One page to be read, and where its reading goes."""

    raster: Raster
    options: Options
    reading: Future[Page]


class Recogniser:
    """One recognise jail, forked on first use, and again after it failed.

    A `soon` one is ready in half the time and reads more slowly, until `hasten`.
    """

    def __init__(self, head: str, core: int | None, nurseries: Nurseries, *, soon: bool = False) -> None:
        self._head, self._core = head, core
        self._nurseries = nurseries
        self._soon = soon
        self._worker: Worker | None = None
        self._better: Nursery | None = None
        self.pages = 0

    def start(self) -> None:
        """Start what it will be forked from, without waiting for it to be warm."""
        self._nurseries.of(self._head, soon=self._soon).start()

    def hasten(self) -> None:
        """There is much to read: have a faster process take over once it can."""
        if self._soon and self._better is None:
            self._better = self._nurseries.of(self._head, soon=False)
            self._better.start()

    def _ready(self) -> Worker:
        """Give the process, once it is ready for a page."""
        if self._better is not None and self._better.is_warm():
            self.close()
            self._nurseries.of(self._head, soon=True).retire()
            self._soon, self._better = False, None
        if self._worker is None:
            self._worker = self._nurseries.of(self._head, soon=self._soon).worker(self._core)
        self._worker.deadline = time.monotonic() + START_SECONDS
        try:
            self._worker.ready()
        except TimedOut:
            raise JailNotStarted(why=Why.NOT_IN_TIME) from None
        return self._worker

    def read(self, raster: Raster, options: Options) -> Page | pages.NeedsFull:
        """Have one page read; a worker that failed in any way is gone afterwards."""
        self.pages += 1
        try:
            worker = self._ready()
            worker.deadline = time.monotonic() + options.seconds
            pages.ask(worker, raster, rotate=options.rotate, deskew=options.deskew)
            return pages.answered(worker, raster.page)
        except UnreadableScript:
            raise
        except TimedOut:
            self.close()
            raise TimedOut(seconds=round(options.seconds)) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()


class Pool:
    """Reads pages on as many recognise jails as there are jobs.

    A page that the pruned Latin head cannot read goes on to a jail with the full head. Such jails are
    started only then, and only as many as are wanted at one time: at most one a job.
    """

    def __init__(self, jobs: int, layers: str = "all") -> None:
        self._jobs, self._nurseries = jobs, Nurseries(jobs, layers)
        self._tasks: Queue[Task | None] = Queue(maxsize=jobs)
        self._threads: list[threading.Thread] = []
        self._latin: list[Recogniser] = []
        self._full: list[Recogniser] = []
        self._spare: list[Recogniser] = []
        self._soon = self._many = False
        self._idle = 0
        self._state = threading.Lock()
        self._closed = False

    def expect(self, pages: int) -> None:
        """So many pages are to be read: few are read sooner by workers that are ready soon.

        Where that is known only once some are at work, all begin so, and faster ones take over.
        """
        with self._state:
            self._many = pages > FEW
            if not self._threads:
                self._soon = not self._many
            for recogniser in self._latin if self._many else ():
                recogniser.hasten()

    def start(self, count: int, languages: tuple[str, ...] = ()) -> None:
        """Have `count` workers for these languages running (at most one a job), without waiting for them."""
        with self._state:
            while len(self._threads) < min(count, self._jobs) and not self._closed:
                core = len(self._threads) if self._jobs > 1 else None
                recogniser = Recogniser("latin", core, self._nurseries, soon=self._soon)
                if self._many:
                    recogniser.hasten()
                if _FULL_TAGS.isdisjoint(languages):
                    recogniser.start()
                else:
                    self._spare.append(self._new_full())
                    self._spare[-1].start()
                thread = threading.Thread(target=self._serve, args=(recogniser,), daemon=True)
                self._latin.append(recogniser)
                self._threads.append(thread)
                self._idle += 1
                thread.start()

    def ease(self, seconds: float) -> None:
        """Wait, but no longer than this, while workers that start need every core of this machine."""
        self._nurseries.ease(seconds)

    def submit(self, raster: Raster, options: Options) -> Future[Page]:
        """Hand a page in; waits while as many pages are waiting as there are jobs."""
        with self._state:
            short = self._tasks.qsize() >= self._idle
        if short:
            self.start(len(self._threads) + 1, options.languages)
        task = Task(raster, options, Future())
        self._tasks.put(task)
        return task.reading

    def _serve(self, recogniser: Recogniser) -> None:
        while (task := self._tasks.get()) is not None:
            with self._state:
                self._idle -= 1
            try:
                if task.reading.set_running_or_notify_cancel():
                    task.reading.set_result(self._read(recogniser, task))
            except CloisterError as refusal:
                task.reading.set_exception(refusal)
            except BaseException:  # noqa: BLE001 - a thread's end must never leave its caller waiting
                task.reading.set_exception(JailDied(why=Why.STATUS))
            with self._state:
                self._idle += 1

    def _read(self, recogniser: Recogniser, task: Task) -> Page:
        if _FULL_TAGS.isdisjoint(task.options.languages):
            read = recogniser.read(task.raster, task.options)
            if isinstance(read, Page):
                return read
        with self._one_full() as full:
            read = full.read(task.raster, task.options)
            if isinstance(read, Page):
                return read
            full.close()  # it asks for what it is
            raise JailLied(why=Why.OUT_OF_TURN)

    @contextmanager
    def _one_full(self) -> Iterator[Recogniser]:
        """A worker with the full head that nobody else uses meanwhile: the one that was last at work, or a new one."""
        with self._state:
            if self._closed:
                raise JailDied(why=Why.ENDED_EARLY)
            full = self._spare.pop() if self._spare else self._new_full()
        try:
            yield full
        finally:
            with self._state:
                if full.pages >= FEW:
                    full.hasten()
                self._spare.append(full)

    def _new_full(self) -> Recogniser:
        full = Recogniser("full", None, self._nurseries, soon=True)
        self._full.append(full)
        return full

    def close(self) -> None:
        """End every process; pages that are still waiting fail."""
        with self._state:
            self._closed = True
        while not self._tasks.empty():
            if (task := self._tasks.get()) is not None:
                task.reading.cancel()
        self._nurseries.close()
        for recogniser in (*self._latin, *self._full):
            recogniser.close()
        for _ in self._threads:
            self._tasks.put(None)
