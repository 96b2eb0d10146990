"""The parent's side: starts jails, speaks to them with a deadline, and kills them. `nursery` adds workers.

Every jail is exec'd as `python -I -B -m module …` with a bare environment, in `/`, in a session of its
own, with three pipes and nothing else. Whatever goes wrong is a `JailFailed`; afterwards the process
is gone.
"""

from __future__ import annotations

import fcntl
import io
import os
import select
import signal
import struct
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import NoReturn, Self

from cloister.errors import JailDied, JailFailed, JailLied, JailNotStarted, TimedOut, Why
from cloister.jail import wire
from cloister.jail.lock import Layer
from cloister.jail.serve import FORK, READY_STATUS, End, layers_of
from cloister.jail.start import Layers, Starter
from cloister.jail.start import command as command_of

__all__ = ["FOREVER", "START_SECONDS", "Executed", "Jail", "Layers", "Zygote"]

FOREVER = float("inf")
START_SECONDS = 60.0
"""How long a jail may take to load everything and be ready, on a busy machine too."""
_PIPE_SIZE = 1 << 20
_SMALL = 1 << 16
_MOST_DOCUMENTS = 500
"""How many children a zygote forks before it is replaced: they share its addresses and its stack canary."""
_STATUS = struct.Struct("<I")
GRACE = 1.0
"""Seconds that a jail whose pipes are closed may take to end, before it is killed."""

_STARTER = Starter()


class Jail(ABC):
    """One jailed process, spoken to through two pipes.

    `deadline` (of `time.monotonic`) holds for every call; it is yours to set.
    """

    def __init__(self) -> None:
        self.deadline = FOREVER
        self.layers: tuple[Layer, ...] = ()
        self._input = self._output = -1

    @property
    @abstractmethod
    def pid(self) -> int | None:
        """The process's number, while there is one."""

    @abstractmethod
    def kill(self) -> None:
        """End the process and all it started, at once."""

    @abstractmethod
    def _why(self) -> Why:
        """How the process ended, which has just closed its pipe."""

    def send(self, kind: int, *parts: bytes | memoryview) -> None:
        """Send one frame."""
        wire.send(self, kind, *parts)

    def receive(self, ceilings: Mapping[int, int]) -> tuple[int, bytes]:
        """Receive one frame of the kinds in `ceilings`, each with its most bytes."""
        try:
            return wire.receive(self, ceilings)
        except JailLied:
            self.kill()
            raise

    def exactly(self, size: int) -> bytes:
        """Read `size` bytes before the deadline."""
        if size <= _SMALL:
            return self._small(size)
        held = io.BytesIO()
        held.seek(size - 1)
        held.write(b"\0")
        at = 0
        with held.getbuffer() as view:
            while at < size:
                self._wait(self._output, select.POLLIN)
                if not (count := os.readv(self._output, [view[at:]])):
                    self._died()
                at += count
        return held.getvalue()

    def _small(self, size: int) -> bytes:
        held = b""
        while len(held) < size:
            self._wait(self._output, select.POLLIN)
            if not (part := os.read(self._output, size - len(held))):
                self._died()
            held += part
        return held

    def all_of(self, data: bytes | memoryview) -> None:
        """Write all of it before the deadline."""
        view = memoryview(data)
        while view:
            self._wait(self._input, select.POLLOUT)
            try:
                view = view[os.write(self._input, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                self._died()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it."""
        self.kill()

    def _wait(self, descriptor: int, event: int) -> None:
        """Wait until the pipe is ready; raises `TimedOut` at the deadline."""
        if descriptor < 0:
            raise JailNotStarted(why=Why.NOT_STARTED)
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(self._remaining()):
            self._timed_out()

    def _remaining(self) -> float | None:
        """Milliseconds until the deadline, None for ever."""
        return None if self.deadline == FOREVER else max(0.0, (self.deadline - time.monotonic()) * 1000)

    def _timed_out(self) -> NoReturn:
        self.kill()
        raise TimedOut(seconds=0)

    def _died(self) -> NoReturn:
        """The pipe is closed: find out how the process ended."""
        why = self._why()
        self.kill()
        raise JailDied(why=why)


class Executed(Jail):
    """A jailed process that is started from the parent."""

    def __init__(
        self, module: str, *arguments: str, layers: Layers = "all", command: Sequence[str] | None = None
    ) -> None:
        """Start nothing yet. `layers` and `command` (in place of the module) exist for tests only."""
        super().__init__()
        self._command = list(command) if command else command_of(module, arguments, layers)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        return self._process.pid if self._process else None

    @property
    def lives(self) -> bool:
        """Whether there is a process."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End the process and all it started, at once."""
        self._signal()
        process, self._process = self._process, None
        if process is None:
            return
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        self._input = self._output = -1

    def _signal(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:  # else its number may be another's by now
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _start(self, stderr: int | None = None, passed: Sequence[int] = ()) -> None:
        self._process = process = _STARTER.start(self._command, stderr, passed)
        if process.stdin is None or process.stdout is None:
            raise JailNotStarted(why=Why.NOT_STARTED)
        self._input, self._output = process.stdin.fileno(), process.stdout.fileno()
        for descriptor in (self._input, self._output):
            os.set_blocking(descriptor, False)

    def _why(self) -> Why:
        if self._process is None:
            return Why.NOT_STARTED
        try:
            return why_of(self._process.wait(GRACE))
        except subprocess.TimeoutExpired:
            return Why.ENDED_EARLY  # it closed its pipe and lives on


class Zygote(Executed):
    """A process that forks a locked child for each document: `begin`, speak to the child, `end`.

    The zygote tells on a pipe of its own how a child ended, so a child cannot pose as the zygote; and
    whatever a child leaves unread or unsaid, the next document starts with clean pipes or with a new
    zygote.
    """

    def __init__(
        self, module: str, *arguments: str, layers: Layers = "all", command: Sequence[str] | None = None
    ) -> None:
        """Start nothing yet; `start` or the first `begin` does."""
        super().__init__(module, *arguments, layers=layers, command=command)
        self._status = -1
        self._is_ready = False
        self._documents = 0

    def start(self) -> None:
        """Start the process, if there is none that lives, without waiting for it to be warm."""
        if self.lives:
            return
        self.kill()
        self._status, theirs = os.pipe()
        try:
            self._start(theirs)
        except JailFailed:
            os.close(self._status)
            self._status = -1
            raise
        finally:
            os.close(theirs)
        widen(self._input, self._output)
        os.set_blocking(self._status, False)
        self._is_ready = False

    def begin(self, deadline: float) -> None:
        """Have a child forked; everything that is sent from now on is for it.

        What the zygote itself takes to be ready is no fault of the document's: so much later is the deadline.
        """
        begun = time.monotonic()
        if self._documents >= _MOST_DOCUMENTS:
            self.kill()
        self.start()
        if not self._is_ready:
            self._wait_ready(begun + START_SECONDS)
            deadline += time.monotonic() - begun
        self.deadline = deadline
        self._documents += 1
        self.all_of(FORK)

    def _wait_ready(self, deadline: float) -> None:
        self.deadline = deadline
        try:
            said = self._read_status()
        except JailDied as died:
            raise before_ready(died) from None
        except TimedOut:
            raise JailNotStarted(why=Why.NOT_IN_TIME) from None
        if said & 0xFFFF_FF00 != READY_STATUS:
            self.kill()
            raise JailNotStarted(why=Why.NOT_STARTED)
        self.layers = layers_of(said & 0xFF)
        self._is_ready = True

    def end(self) -> None:
        """The child must have ended well, and have said nothing more than was read."""
        self._judge(self._read_status())
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        if poll.poll(0):
            self.kill()
            raise JailLied(why=Why.OUT_OF_TURN)

    def kill(self) -> None:
        """End the zygote and its child at once; the next `begin` starts anew."""
        super().kill()
        if self._status >= 0:
            os.close(self._status)
        self._status, self._is_ready, self._documents = -1, False, 0

    def _wait(self, descriptor: int, event: int) -> None:
        if descriptor < 0:
            raise JailNotStarted(why=Why.NOT_STARTED)
        poll = select.poll()
        poll.register(descriptor, event)
        poll.register(self._status, select.POLLIN)
        events = dict(poll.poll(self._remaining()))
        if not events:
            self._timed_out()
        if descriptor not in events and descriptor != self._status:
            # What a child wrote before it ended would be there by now: it ended out of turn.
            self._judge(self._read_status())
            self.kill()
            raise JailDied(why=Why.ENDED_EARLY)

    def _read_status(self) -> int:
        held = b""
        while len(held) < _STATUS.size:
            self._wait(self._status, select.POLLIN)
            if not (part := os.read(self._status, _STATUS.size - len(held))):
                self._died()
            held += part
        status: int = _STATUS.unpack(held)[0]
        return status

    def _judge(self, status: int) -> None:
        if status:
            self.kill()
            raise JailDied(why=why_of(os.waitstatus_to_exitcode(status)))


_WHY: dict[int, Why] = {
    End.DONE: Why.ENDED_EARLY,
    End.NOT_LOCKED: Why.NOT_LOCKED,
    End.MEMORY: Why.MEMORY,
}


def why_of(code: int) -> Why:
    """The reason for an end, from an exit code (negative for a signal)."""
    return Why.SIGNAL if code < 0 else _WHY.get(code, Why.STATUS)


def before_ready(died: JailDied) -> JailNotStarted:
    """The error for a jail that ended before it was ready."""
    why = died.facts["why"]
    return JailNotStarted(why=why if why in {Why.NOT_LOCKED, Why.MEMORY} else Why.NOT_STARTED)


def widen(*pipes: int) -> None:
    """Have pipes hold a good part of a page at once."""
    for descriptor in pipes:
        with suppress(OSError):  # a user near the limit for pipes gets the default size
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
