"""All that runs at the same time: listened to, ended in time, and whatever it leaves running found and ended too."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable

from cloister.review.watch.start import Job

MEMORY = 6 << 30
"""What all processes of a run may hold together, in bytes."""
_TICK = 0.02
_WEIGH_EVERY = 0.2
_TRACER_SECONDS = 20.0
_ROUNDS = 50
_PAGE = os.sysconf("SC_PAGESIZE")


class Crew:
    """The jobs of one group of runs.

    `alone` says that this is the first process of a process namespace, so that every process is theirs; else only
    descendants are. `ears` are called by descriptor when there is something to hear, `ticks` again and again.
    """

    def __init__(self, *, alone: bool, ears: dict[int, Callable[[], None]], ticks: list[Callable[[], None]]) -> None:
        self.alone = alone
        self.jobs: list[Job] = []
        self.stayed: list[tuple[int, str]] = []
        self.too_large = False
        self._poll = select.epoll()
        self._ears, self._ticks = dict(ears), ticks
        for descriptor in ears:
            self._poll.register(descriptor, select.EPOLLIN)
        self._open: dict[int, Callable[[], bool]] = {}
        self._weighed = 0.0

    def add(self, job: Job) -> None:
        """Listen to one more."""
        self.jobs.append(job)
        for spool in job.spools.values():
            self._open[spool.reads] = spool.take
        self._open[job.status] = lambda: _hear_start(job)
        self._open[job.handle] = lambda: False  # the loop wakes when it ends
        for descriptor in (*(spool.reads for spool in job.spools.values()), job.status, job.handle):
            self._poll.register(descriptor, select.EPOLLIN)

    def run(self, grace: float) -> None:
        """Until every job has ended; then see what stays for longer than `grace` seconds, and end it.

        EOFError where whoever asked for this is gone; everything is ended then as well.
        """
        try:
            self._run(grace)
        except BaseException:
            self._ears.clear()
            self._end_all()
            raise

    def _run(self, grace: float) -> None:
        while any(job.ended is None for job in self.jobs):
            now = time.monotonic()
            self._listen(min([_TICK, *(max(0.0, job.next_due - now) for job in self.jobs if job.ended is None)]))
            self._reap()
            self._end_in_time()
        until = time.monotonic() + grace
        while (left := self._others()) and time.monotonic() < until:
            self._listen(_TICK)
            self._reap()
        self.stayed = [(pid, _name(pid)) for pid in left]
        self._end_all()
        for descriptor in list(self._open):
            self._hear(descriptor)
        self._poll.close()

    def _listen(self, seconds: float) -> None:
        for descriptor, _ in self._poll.poll(seconds):
            self._hear(descriptor)
        for tick in self._ticks:
            tick()

    def _hear(self, descriptor: int) -> None:
        if ear := self._ears.get(descriptor):
            ear()
        elif (take := self._open.get(descriptor)) and not take():
            self._poll.unregister(descriptor)
            del self._open[descriptor]

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status, used = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    return
                for job in self.jobs:
                    if job.pid == pid:
                        job.wait_status, job.ended = status, time.monotonic()
                    if job.pid == pid or (len(self.jobs) == 1 and not job.traced):
                        job.memory = max(job.memory, used.ru_maxrss << 10)

    def _end_in_time(self) -> None:
        now = time.monotonic()
        if now >= self._weighed + _WEIGH_EVERY:
            self._weighed = now
            if sum(map(_resident, self._others())) > MEMORY:
                self.too_large = True
        for job in self.jobs:
            if job.ended is not None:
                continue
            if how := "memory" if self.too_large else job.due(now):
                job.ending = how
                _end(job.pid, job.signal(how, now))

    def _others(self) -> list[int]:
        """The processes that are neither ours nor a tracer."""
        tracers = {job.tracer for job in self.jobs}
        return [pid for pid in (_everybody() if self.alone else _descendants()) if pid not in tracers]

    def _end_all(self) -> None:
        for _ in range(_ROUNDS):
            if not (left := self._others()):
                break
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._listen(_TICK)
            self._reap()
        until = time.monotonic() + _TRACER_SECONDS  # a tracer ends when it has told all
        while (_everybody() if self.alone else _descendants()) and time.monotonic() < until:
            self._listen(_TICK)
            self._reap()
        if self.alone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        self._reap()


def _hear_start(job: Job) -> bool:
    with contextlib.suppress(BlockingIOError):
        part = os.read(job.status, 64)
        job.said += part
        if job.runs_since is None and part:
            job.go_on()
        return bool(part)
    return True


def _end(pid: int, number: int) -> None:
    """Send a signal to the process and its group, which the gate made its own; one that is answered only once."""
    for end in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if end is os.kill or os.getpgid(pid) == pid:
                end(pid, number)
                if number != signal.SIGKILL:
                    return


def _everybody() -> list[int]:
    ours = os.getpid()
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid != ours and _state(pid)[0] != "Z"]


def _descendants() -> list[int]:
    parents = {pid: _state(pid) for pid in map(int, filter(str.isdigit, os.listdir("/proc")))}
    found, ours = [], {os.getpid()}
    while ours:
        ours = {pid for pid, (_, parent) in parents.items() if parent in ours}
        found += [pid for pid in ours if parents[pid][0] != "Z"]
    return found


def _state(pid: int) -> tuple[str, int]:
    """A process's state and its parent's number; `Z` for one that is gone as well."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return "Z", 0
    return fields[0].decode(), int(fields[1])


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE
    except OSError:
        return 0


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", "rb") as file:
            return os.fsdecode(file.read().rstrip(b"\n"))
    except OSError:
        return ""
