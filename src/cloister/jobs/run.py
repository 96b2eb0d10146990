"""One run of a job: what the function that does the work is handed, and what it can say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from threading import Event, Lock

from cloister.errors import CloisterError
from cloister.jobs.serial import JobFailed

_OURS = 500
"""A refusal of this HTTP status or above is our trouble and can pass; one below is about the document."""


class Outcome(Enum):
    """What came of a run. A refusal that is raised is one more: the job failed with its code, or is tried again."""

    DONE = auto()
    TRY_LATER = auto()
    GONE = auto()
    """There is no such document any more, and nothing to do."""


class Run:
    """A run of a document's job: `fence` is what a result has to show to count, `number` is 1 for the first run."""

    def __init__(self, document: str, fence: str, number: int) -> None:
        self.document, self.fence, self.number = document, fence, number
        self._over = Event()
        self._lock = Lock()
        self._calls: list[Callable[[], object]] = []

    @property
    def is_over(self) -> bool:
        """Whether to stop: it was cancelled, given to another worker, or this one ends. No result would count."""
        return self._over.is_set()

    def wait_over(self, seconds: float) -> bool:
        """Wait until it is over, so many seconds at most; whether it is."""
        return self._over.wait(seconds)

    def when_over(self, call: Callable[[], object]) -> None:
        """Have this called, from another thread, as soon as it is over: what ends a jail, for one."""
        with self._lock:
            if not self._over.is_set():
                self._calls.append(call)
                return
        call()

    def end(self) -> None:
        """Have it be over."""
        with self._lock:
            calls, self._calls = self._calls, []
            self._over.set()
        for call in calls:
            with suppress(Exception):  # whatever is to be stopped is stopped already, or is the fence's to refuse
                call()


Sync = Callable[[str, Run], Outcome]
Async = Callable[[str, Run], Awaitable[Outcome]]
Work = Sync | Async
"""What does the work. It is cancelled where it is async, and looks at `run.is_over` where it is not."""


def outcome(work: Work, run: Run) -> Outcome | JobFailed:
    """Do the work. Of what it raises nothing is left but a class and a code; `TRY_LATER` stands in what can pass."""
    try:
        said = work(run.document, run)
        found: object = said if isinstance(said, Outcome) else _awaited(said, run)
        return found if isinstance(found, Outcome) else JobFailed("TypeError")
    except CloisterError as problem:
        return _Passing.of(problem) if problem.status >= _OURS else JobFailed.of(problem)
    except Exception as problem:  # noqa: BLE001 - whatever it is, it says nothing
        return _Passing.of(problem)


class _Passing(JobFailed):
    """A failure that may not come again."""


def may_pass(failed: JobFailed) -> bool:
    """Whether to try again."""
    return isinstance(failed, _Passing)


def _awaited(said: Awaitable[Outcome], run: Run) -> Outcome:
    async def begin() -> Outcome:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        loop.set_exception_handler(lambda *_: None)  # it would be logged, with what it says
        assert task is not None, "it runs in one"
        run.when_over(lambda: loop.call_soon_threadsafe(task.cancel))
        return await said

    try:
        return asyncio.run(begin())
    except asyncio.CancelledError:
        return Outcome.TRY_LATER  # nobody looks: it is over
