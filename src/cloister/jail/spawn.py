"""The parent's side: starts jails, speaks to them with a deadline, and kills them.

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
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import NoReturn, Self

from cloister.errors import JailDied, JailFailed, JailLied, JailNotStarted, TimedOut, Why
from cloister.jail import wire
from cloister.jail.lock import Layer
from cloister.jail.serve import FORK, READY, READY_STATUS, End, layers_of
from cloister.jail.start import Layers, Starter
from cloister.jail.start import command as command_of

__all__ = ["FOREVER", "Jail", "Layers", "Worker", "Zygote"]

FOREVER = float("inf")
_PIPE_SIZE = 1 << 20
_SMALL = 1 << 16
_MOST_DOCUMENTS = 500
"""How many children a zygote forks before it is replaced: they share its addresses and its stack canary."""
_STATUS = struct.Struct("<I")
_GRACE = 1.0
"""Seconds that a jail whose pipes are closed may take to end, before it is killed."""

_STARTER = Starter()


class Jail:
    """One jailed process. `deadline` (of `time.monotonic`) holds for every call; it is yours to set."""

    def __init__(
        self, module: str, *arguments: str, layers: Layers = "all", command: Sequence[str] | None = None
    ) -> None:
        """Start nothing yet. `layers` and `command` (in place of the module) exist for tests only."""
        self.deadline = FOREVER
        self.layers: tuple[Layer, ...] = ()
        self._command = list(command) if command else command_of(module, arguments, layers)
        self._process: subprocess.Popen[bytes] | None = None
        self._input = self._output = -1

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        return self._process.pid if self._process else None

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

    def kill(self) -> None:
        """End the process and all it started, at once."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        self._input = self._output = -1

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill it."""
        self.kill()

    def _start(self, stderr: int | None = None) -> None:
        self._process = process = _STARTER.start(self._command, stderr)
        if process.stdin is None or process.stdout is None:
            raise JailNotStarted(why=Why.NOT_STARTED)
        self._input, self._output = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)
        for descriptor in (self._input, self._output):
            with suppress(OSError):  # a user near the limit for pipes gets the default size
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)

    def _wait(self, descriptor: int, event: int) -> None:
        """Wait until the pipe is ready; raises `TimedOut` at the deadline."""
        if self._process is None:
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
        process, why = self._process, Why.NOT_STARTED
        if process is not None:
            try:
                why = _why_of(process.wait(_GRACE))
            except subprocess.TimeoutExpired:
                why = Why.ENDED_EARLY  # it closed its pipe and lives on
        self.kill()
        raise JailDied(why=why)


class Worker(Jail):
    """A jailed process that serves one request after another. It is started by its making."""

    def __init__(
        self, module: str, *arguments: str, layers: Layers = "all", command: Sequence[str] | None = None
    ) -> None:
        """Start the process; it warms up while you do something else."""
        super().__init__(module, *arguments, layers=layers, command=command)
        self._is_ready = False
        self._start()

    def ready(self) -> None:
        """Wait until it is warm and locked."""
        if self._is_ready:
            return
        try:
            _, bits = wire.receive(self, {READY: 1})
        except JailDied as died:
            raise _before_ready(died) from None
        except JailLied:
            self.kill()
            raise
        self.layers = layers_of(bits[0] if bits else 0)
        self._is_ready = True

    def send(self, kind: int, *parts: bytes | memoryview) -> None:
        """Send one frame, once the process is ready."""
        self.ready()
        super().send(kind, *parts)


class Zygote(Jail):
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
        if self._process is not None:
            if self._process.poll() is None:
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
        os.set_blocking(self._status, False)
        self._is_ready = False

    def begin(self, deadline: float) -> None:
        """Have a child forked; everything that is sent from now on is for it."""
        self.deadline = deadline
        if self._documents >= _MOST_DOCUMENTS:
            self.kill()
        self.start()
        if not self._is_ready:
            try:
                said = self._read_status()
            except JailDied as died:
                raise _before_ready(died) from None
            if said & 0xFFFF_FF00 != READY_STATUS:
                self.kill()
                raise JailNotStarted(why=Why.NOT_STARTED)
            self.layers = layers_of(said & 0xFF)
            self._is_ready = True
        self._documents += 1
        self.all_of(FORK)

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
        if self._process is None:
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
            raise JailDied(why=Why.SIGNAL if os.WIFSIGNALED(status) else _why_of(os.WEXITSTATUS(status)))


_WHY: dict[int, Why] = {
    End.DONE: Why.ENDED_EARLY,
    End.NOT_LOCKED: Why.NOT_LOCKED,
    End.MEMORY: Why.MEMORY,
}


def _why_of(code: int) -> Why:
    """The reason for an end, from an exit code (negative for a signal)."""
    return Why.SIGNAL if code < 0 else _WHY.get(code, Why.STATUS)


def _before_ready(died: JailDied) -> JailNotStarted:
    """The error for a jail that ended before it was ready."""
    why = died.facts["why"]
    return JailNotStarted(why=why if why in {Why.NOT_LOCKED, Why.MEMORY} else Why.NOT_STARTED)
