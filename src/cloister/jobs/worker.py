"""A worker: takes jobs, runs so many at once, and says that it lives. One a process, since DBOS is one a process.

What DBOS does: a job's row, which of them is next, that one worker claims it, and that only who claimed it ends it.
What is done here, since it does not: jobs of a worker that died are given back by any that lives; a run that was
cancelled or taken away hears of it within a quarter of a second; a job that is tried again waits without a thread.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import NoReturn, Self

from dbos import DBOS

from cloister.errors import CloisterError, RunsUsedUp, TakenOver
from cloister.jobs.jobs import NAME, VERSION, WORK, Jobs, job_of
from cloister.jobs.run import Outcome, Run, Work, may_pass, outcome
from cloister.jobs.serial import Ids, JobFailed
from cloister.store.queue import DBOS_SCHEMA, QUEUE

_NAME = re.compile(r"[0-9a-z][0-9a-z-]{0,40}", re.ASCII)
_POLL = 0.05
"""Seconds between two looks for a new job."""
_LOOK, _BEAT, _SWEEP = 0.2, 2.0, 5.0
"""Seconds between two looks at what is still ours, two signs of life, and two searches for what is not alive."""
_ONE = Lock()


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a job is run at most, and the seconds between two runs: the first wait, and the longest."""

    most: int = 3
    first: float = 5.0
    longest: float = 600.0

    def wait(self, number: int) -> float:
        """Seconds to wait after a run that failed."""
        return min(self.first * 2.0 ** (number - 1), self.longest)


class _LetGo(BaseException):
    """Ends a run without an outcome: the job's row is another's by now. No `Exception`, which DBOS would record."""


class Worker:
    """A worker of this name, which no other that lives has. Used as a context: it works until the block ends.

    `silent` is for how many seconds a worker may say nothing before its jobs are given to others; `grace` is how long
    running jobs may go on at the end before they are told to stop and given back; `keep` for how many seconds a job
    that ended can be asked for.
    """

    def __init__(
        self,
        jobs: Jobs,
        name: str,
        work: Work,
        *,
        at_once: int,
        retries: Retries | None = None,
        silent: float = 20.0,
        grace: float = 30.0,
        keep: float = 7 * 86_400.0,
    ) -> None:
        if not _NAME.fullmatch(name) or at_once < 1 or silent <= 2 * _BEAT:
            raise ValueError("a worker has a name in small letters, one job at once, and more patience than two beats")
        self._jobs, self._work, self._at_once = jobs, work, at_once
        self._retries, self._silent, self._grace, self._keep = retries or Retries(), silent, grace, keep
        self._name = name
        self._id = f"{name}-{secrets.token_hex(8)}"
        self._slots = BoundedSemaphore(at_once)
        self._lock = Lock()
        self._claimed: list[str] = []
        self._stray: frozenset[str] = frozenset()
        self._running: dict[str, Run] = {}
        self._ending, self._ended = Event(), Event()
        self._watch = Thread(target=self._look_after, name="jobs-watch", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        if not _ONE.acquire(blocking=False):
            raise RuntimeError("a process has one worker")
        try:
            self._jobs.queue.succeed(self._name)
            self._jobs.queue.beat(self._id, self._name)
            self._jobs.queue.recover(self._silent)
            self._launch()
        except BaseException:
            DBOS.destroy(destroy_registry=True)
            _ONE.release()
            raise
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End: take nothing more, let what runs come to its end for a while, and give back the rest."""
        self._ending.set()
        patient = Thread(target=self._end_late, name="jobs-grace", daemon=True)
        patient.start()
        try:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=int(self._grace) + 2)
        finally:
            self._ended.set()
            self._end_all()
            self._watch.join()
            patient.join()
            with suppress(CloisterError):  # what is not given back now is once we have been silent for long enough
                self._jobs.queue.leave(self._id)
            _ONE.release()

    def _launch(self) -> None:
        library = DBOS(
            config={
                "name": NAME,
                "application_version": VERSION,
                "executor_id": self._id,
                "system_database_engine": self._jobs.queue.engine,
                "dbos_system_schema": DBOS_SCHEMA,
                "serializer": Ids(),
                "enable_otlp": False,
                "run_migrations": False,
                "use_listen_notify": False,
                "max_executor_threads": self._at_once + 4,
            }
        )
        DBOS.workflow(name=WORK)(self._workflow())
        # A queue that is registered in the database has one limit for all workers, that of the last that came.
        library._registry._register_internal_queue(  # noqa: SLF001
            QUEUE, worker_concurrency=self._at_once, polling_interval_sec=_POLL
        )
        DBOS.launch()

    def _workflow(self) -> Callable[[str], str]:
        def read(document: str) -> str:
            if DBOS.workflow_id != job_of(document):
                raise JobFailed("ValueError")  # a row that was not written by us
            with self._lock:
                self._claimed.append(document)
            try:
                with self._slots:
                    return self._perform(document)
            except CloisterError:
                self._let_go()  # a database is away; the row is still ours, and given back as a stray
            finally:
                with self._lock:
                    self._claimed.remove(document)

        return read

    def _perform(self, document: str) -> str:
        """Run a job that was claimed. Ends with a word, with `JobFailed`, or with `_LetGo`."""
        if self._ending.is_set():
            self._let_go()
        try:
            fence = self._jobs.fences.take(document)
        except CloisterError:
            self._later(document, self._retries.first)
        if fence is None:
            return Outcome.DONE.name.lower()  # its result counted, and whoever ran it died before it could say so
        if fence.runs > self._retries.most:
            raise JobFailed(RunsUsedUp.__name__, RunsUsedUp.code)
        run = Run(document, fence.token, fence.runs)
        self._begin(run)
        try:
            # From here on it is cancelled in time: who cancels marks the row first, and then revokes the fence.
            if not self._jobs.queue.serve(job_of(document), self._id):
                self._let_go()
            came = outcome(self._work, run)
            self._require(run)
        finally:
            self._end(run)
        if came is Outcome.TRY_LATER or (isinstance(came, JobFailed) and may_pass(came)):
            if run.number < self._retries.most:
                self._later(document, self._retries.wait(run.number))
            raise came if isinstance(came, JobFailed) else JobFailed(RunsUsedUp.__name__, RunsUsedUp.code)
        if isinstance(came, JobFailed):
            if came.code == TakenOver.code:
                self._let_go()
            raise came
        return came.name.lower()

    def _require(self, run: Run) -> None:
        """Let a run go that is not ours any more."""
        if run.is_over or job_of(run.document) not in self._jobs.queue.held(self._id):
            if self._ending.is_set():
                with suppress(CloisterError):
                    self._jobs.fences.give_back(run.document, run.fence)
            self._let_go()

    def _later(self, document: str, seconds: float) -> NoReturn:
        self._jobs.queue.give_back(job_of(document), self._id, seconds)
        self._let_go()

    def _let_go(self) -> NoReturn:
        raise _LetGo

    def _begin(self, run: Run) -> None:
        with self._lock:
            before, self._running[run.document] = self._running.get(run.document), run
        if before is not None:
            before.end()

    def _end(self, run: Run) -> None:
        with self._lock:
            if self._running.get(run.document) is run:
                del self._running[run.document]

    def _end_all(self) -> None:
        with self._lock:
            runs = list(self._running.values())
        for run in runs:
            run.end()

    def _end_late(self) -> None:
        if not self._ended.wait(self._grace):
            self._end_all()

    def _look_after(self) -> None:
        beat = sweep = 0.0
        while not self._ended.wait(_LOOK):
            now = time.monotonic()
            with suppress(
                Exception
            ):  # a database that is away comes back; who says nothing meanwhile is taken for dead
                if now >= beat:
                    beat = now + _BEAT
                    self._jobs.queue.beat(self._id, self._name)
                self._end_taken()
                if now >= sweep:
                    sweep = now + _SWEEP
                    self._jobs.queue.recover(self._silent)
                    self._give_strays_back()
                    self._jobs.collect(self._keep)

    def _end_taken(self) -> None:
        """End what runs here and is not ours any more."""
        with self._lock:
            runs = list(self._running.values())
        if runs:
            held = self._jobs.queue.held(self._id)
            for run in runs:
                if job_of(run.document) not in held:
                    run.end()

    def _give_strays_back(self) -> None:
        """Give back what is ours and does not run: a run that a database left alone, a claim that came to nothing."""
        with self._lock:
            claimed = {job_of(document) for document in self._claimed}
        idle = self._jobs.queue.held(self._id) - claimed
        for job in idle & self._stray:  # twice in a row: a claim takes a moment to begin
            self._jobs.queue.give_back(job, self._id)
        self._stray = idle
