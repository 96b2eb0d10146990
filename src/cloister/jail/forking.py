"""The process behind a nursery, and the workers that it has forked, as the parent sees them."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from cloister.errors import JailDied, JailFailed, JailNotStarted, TimedOut, Why
from cloister.jail.lock import Layer
from cloister.jail.serve import NOTHING, ORDER, READY_STATUS, Order, layers_of
from cloister.jail.spawn import FOREVER, GRACE, Executed, before_ready, why_of, widen
from cloister.jail.start import Layers

ANSWER_SECONDS = 10.0
"""How long a nursery, which does nothing else meanwhile, may take to fork or to tell of an end."""
_ANSWER = struct.Struct("<I")
_MOMENT = 0.002
_FIRST = 3
"""The first descriptor that is no standard stream."""


@dataclass(slots=True)
class Forked:
    """A worker's process and its pipes. `handle` means this process even when its number is used again."""

    nursery: Forking
    pid: int
    handle: int
    input: int
    output: int
    layers: tuple[Layer, ...]
    why: Why | None = None
    """How it ended, once that is known."""

    def kill(self) -> None:
        """End it. Where the kernel has no handles, by its number, which is its own until the nursery reaps it."""
        with suppress(ProcessLookupError):
            if self.handle >= 0:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            elif self.why is None and self.nursery.lives:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of it."""
        for descriptor in (self.input, self.output, self.handle):
            if descriptor >= 0:
                os.close(descriptor)


class Pipes:
    """The pipes of a worker that is to come: two ends for it, two for the parent."""

    def __init__(self) -> None:
        given, self.input = os.pipe()
        self.output, taken = os.pipe()
        self.theirs = _no_stream(given), _no_stream(taken)
        """The numbers of its ends, which are closed here as soon as the nursery has them."""


def _no_stream(descriptor: int) -> int:
    """The same, but not in a standard stream's place, which is free in a program started without one."""
    if descriptor >= _FIRST:
        return descriptor
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST)
    os.close(descriptor)
    return moved


class Forking(Executed):
    """A nursery's process, with pipes for all the workers that it may ever fork."""

    def __init__(self, module: str, *arguments: str, layers: Layers, command: Sequence[str] | None, room: int) -> None:
        super().__init__(module, *arguments, layers=layers, command=command)
        self.room = room
        self.workers = 0
        self._pipes: list[Pipes] = []
        self._is_warm = False
        self._hurry = -1
        self._turn = threading.RLock()

    def start(self) -> None:
        """Start it, without waiting for it to be warm. Descriptors can be handed to it only now."""
        theirs: list[int] = []
        try:
            self._hurry, hurry = os.pipe()
            theirs.append(hurry)
            for _ in range(self.room):
                self._pipes.append(pipes := Pipes())
                theirs += pipes.theirs
            self._start(hurry, theirs[1:])
        except OSError:
            self.kill()
            raise JailNotStarted(why=Why.NOT_STARTED) from None
        except JailFailed:
            self.kill()
            raise
        finally:
            for end in theirs:
                os.close(end)

    def is_warm(self) -> bool:
        """Whether a worker would be there at once."""
        if not self.lives or not self._turn.acquire(blocking=False):
            return False
        try:
            if not self._is_warm:
                poll = select.poll()
                poll.register(self._output, select.POLLIN)
                if not poll.poll(0):
                    return False
                self._wait_warm(time.monotonic() + ANSWER_SECONDS)
            return self.lives
        except JailFailed:
            return False
        finally:
            self._turn.release()

    def ease(self, seconds: float) -> None:
        """Wait, but no longer than this, while it warms up and needs every core that it may use."""
        if not self._turn.acquire(blocking=False):
            return  # a worker is waited for, or it ends
        try:
            hurry = os.dup(self._hurry) if self._hurry >= 0 else -1
        finally:
            self._turn.release()
        if hurry < 0:
            return
        try:
            told = select.poll()
            told.register(hurry, 0)  # only that it was closed; nothing is read from it
            told.poll(seconds * 1000)
        finally:
            os.close(hurry)

    def fork(self, core: int, deadline: float) -> Forked | None:
        """Have a worker forked as soon as everything is warm; None where there is no room for one more."""
        if not self._turn.acquire(timeout=-1 if deadline == FOREVER else max(0.0, deadline - time.monotonic())):
            raise TimedOut(seconds=0)
        try:
            self._wait_warm(deadline)
            if not self.room:
                return None
            pipes = self._pipes.pop()
            self.room = len(self._pipes)
            try:
                pid = self._told(Order.FORK, *pipes.theirs, core)
                if pid == NOTHING:
                    raise JailNotStarted(why=Why.NOT_STARTED)
                handle = self._handle(pid)
            except JailFailed:
                os.close(pipes.input)
                os.close(pipes.output)
                raise
            for end in (pipes.input, pipes.output):
                os.set_blocking(end, False)
            widen(pipes.input, pipes.output)
            self.workers += 1
            return Forked(self, pid, handle, pipes.input, pipes.output, self.layers)
        finally:
            self._turn.release()

    def reap(self, worker: Forked) -> Why:
        """Wait until a worker has ended, but not for long, and have the kernel forget it."""
        with self._turn:
            if worker.why is None:
                self.workers -= 1
                worker.why = self._end_of(worker.pid)
            return worker.why

    def kill(self) -> None:
        """End it and all its workers at once."""
        self._signal()  # whoever waits for an answer has one now, and gives way
        with self._turn:
            super().kill()
            self._is_warm, self.room = False, 0
            for pipes in self._pipes:
                os.close(pipes.input)
                os.close(pipes.output)
            self._pipes = []
            if self._hurry >= 0:
                os.close(self._hurry)
                self._hurry = -1

    def _wait_warm(self, deadline: float) -> None:
        if self._is_warm:
            return
        self.deadline = deadline
        try:
            (said,) = _ANSWER.unpack(self.exactly(_ANSWER.size))
        except JailDied as died:
            raise before_ready(died) from None
        if said & 0xFFFF_FF00 != READY_STATUS:
            self.kill()
            raise JailNotStarted(why=Why.NOT_STARTED)
        self.layers = layers_of(said & 0xFF)
        self._is_warm = True

    def _told(self, order: Order, *numbers: int) -> int:
        self.deadline = time.monotonic() + ANSWER_SECONDS
        self.all_of(ORDER.pack(order, *numbers))
        answer: int = _ANSWER.unpack(self.exactly(_ANSWER.size))[0]
        return answer

    def _handle(self, pid: int) -> int:
        """A handle for a worker. Its number is its own as long as the nursery lives, which has not reaped it yet."""
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            handle = -1
        if not self.lives:
            if handle >= 0:
                os.close(handle)
            raise JailNotStarted(why=Why.NOT_STARTED)
        return handle

    def _end_of(self, pid: int) -> Why:
        until = time.monotonic() + GRACE
        try:
            while (how := self._told(Order.END, pid, 0, 0)) == NOTHING:
                if time.monotonic() > until:
                    return Why.ENDED_EARLY  # it closed its pipe and lives on
                time.sleep(_MOMENT)
        except JailFailed:
            return Why.SIGNAL  # the nursery is gone, and with it all its workers
        return why_of(os.waitstatus_to_exitcode(how))
