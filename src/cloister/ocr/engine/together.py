"""Independent work on several threads, all of which are gone when it is done.

A jail locks itself, and is forked, only while it has a single thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

Job = Callable[[], object]


def together(jobs: Iterable[Job], threads: int) -> None:
    """Do all jobs, in the calling thread and in up to `threads` - 1 others. What the first failure raised is raised."""
    waiting = list(jobs)
    todo = iter(waiting)
    turn = threading.Lock()
    problems: list[BaseException] = []

    def work() -> None:
        while not problems:
            with turn:
                job = next(todo, None)
            if job is None:
                return
            try:
                job()
            except BaseException as problem:  # noqa: BLE001 - raised again by the calling thread
                problems.append(problem)

    others = [threading.Thread(target=work) for _ in range(min(threads, len(waiting)) - 1)]
    for other in others:
        other.start()
    work()
    for other in others:
        other.join()
    if problems:
        raise problems[0]
