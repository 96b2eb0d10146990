"""Independent work on several threads, all of which are gone when it is done.

A jail locks itself, and is forked, only while it has a single thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

Job = Callable[[], object]


def _nothing() -> None:
    pass


def together(jobs: Iterable[Job], threads: int, eased: Callable[[], None] = _nothing) -> None:
    """Do all jobs, in the calling thread and in up to `threads` - 1 others. What the first failure raised is raised.

    `eased` is called once, as soon as not all of the threads have work.
    """
    waiting = list(jobs)
    todo = iter(waiting)
    turn = threading.Lock()
    problems: list[BaseException] = []
    ease = iter([eased])

    def work() -> None:
        while not problems:
            with turn:
                job = next(todo, None)
                if job is None:
                    next(ease, _nothing)()
                    return
            try:
                job()
            except BaseException as problem:  # noqa: BLE001 - raised again by the calling thread
                problems.append(problem)

    if len(waiting) < threads:
        next(ease)()
    others = [threading.Thread(target=work) for _ in range(min(threads, len(waiting)) - 1)]
    for other in others:
        other.start()
    work()
    for other in others:
        other.join()
    if problems:
        raise problems[0]
