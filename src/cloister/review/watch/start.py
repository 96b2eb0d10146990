"""Starts one tool, below a tracer or not, with pipes for all that it says."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cloister.review.watch import gate

_TWO = 8
"""Bytes of the two numbers that the gate says where the program could not be started."""
PATIENCE = 5.0
"""Seconds that a tool has to answer a signal."""
MOST_STREAM, MOST_TRACE = 16 << 20, 256 << 20
CALLS = (
    *("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "link", "linkat"),
    *("symlink", "symlinkat", "rename", "renameat", "renameat2", "truncate", "memfd_create", "memfd_secret"),
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "umask", "chdir", "fchdir", "chroot", "pivot_root"),
    *("rt_sigaction", "rt_sigtimedwait", "signalfd", "signalfd4"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat", "utime", "utimes", "futimesat", "utimensat"),
    *("mount", "move_mount", "open_tree", "open_by_handle_at", "connect", "bind", "sendto", "sendmsg", "sendmmsg"),
    *(
        "add_key",
        "keyctl",
        "request_key",
        "io_uring_setup",
        "pidfd_getfd",
        "clone",
        "clone3",
        "fork",
        "vfork",
        "execve",
        "execveat",
    ),
)
"""Names that a machine does not have are left out by the tracer, through the question mark."""


class Spool:
    """What comes out of a pipe, up to a limit, kept outside this process's own memory."""

    def __init__(self, most: int) -> None:
        self.most, self.size, self.cut = most, 0, False
        self.file = os.memfd_create("spool", os.MFD_CLOEXEC)
        self.reads, self.writes = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.reads, False)

    def take(self) -> bool:
        """Take what is there; false at the end."""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self.reads, 1 << 16):
                kept = part[: self.most - self.size]
                self.cut = self.cut or len(kept) < len(part)
                os.pwrite(self.file, kept, self.size)
                self.size += len(kept)
            return False
        return True

    def close(self) -> None:
        """Let go of everything."""
        for descriptor in {self.reads, self.writes, self.file} - {-1}:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Plan:
    """One start: its words, the folder it starts in, its two files, and its environment."""

    words: tuple[str, ...]
    folder: str
    document: str
    output: str
    environment: dict[str, str]

    def prepare(self, data: bytes) -> None:
        """Put the document there."""
        os.mkdir(self.folder, 0o700)
        path = Path(self.document)
        path.write_bytes(data)
        path.chmod(0o600)


@dataclass(frozen=True, slots=True)
class Ends:
    """How a run is ended: the signal `kill_with` at `kill_after` seconds, and SIGKILL later; given up at `seconds`."""

    kill_after: float | None
    kill_with: int
    seconds: float


@dataclass(slots=True)
class Job:
    """One tool that was started."""

    plan: Plan
    ends: Ends
    traced: bool
    pid: int
    begun: float
    spools: dict[str, Spool]
    status: int
    handle: int
    """Of the process: it can be read when the process has ended."""
    said: bytes = b""
    runs_since: float | None = None
    asked: float | None = None
    """When the first signal was sent."""
    ended: float | None = None
    wait_status: int = 0
    memory: int = 0
    ending: str = "exit"
    tracer: int = 0

    @property
    def refused(self) -> int:
        """The error's number where the program could not be started, else 0."""
        return struct.unpack("<i", self.said[4:8])[0] if len(self.said) >= _TWO else 0

    def close(self) -> None:
        """Let go of the pipes and spools."""
        os.close(self.status)
        os.close(self.handle)
        for spool in self.spools.values():
            spool.close()

    def go_on(self) -> None:
        """The gate waits: learn who traces it, and let it become the tool."""
        with (
            contextlib.suppress(OSError, StopIteration),
            open(f"/proc/{self.pid}/status", encoding="utf-8", errors="replace") as file,
        ):
            self.tracer = int(next(line for line in file if line.startswith("TracerPid:")).split()[1])
        self.runs_since = time.monotonic()
        with contextlib.suppress(OSError):
            os.write(self.status, b".")

    @property
    def next_due(self) -> float:
        """When it has to be ended, of `time.monotonic`."""
        end = self.begun + self.ends.seconds
        if self.asked is not None:
            return min(end, self.asked + PATIENCE)
        if self.ends.kill_after is None or self.runs_since is None:
            return end
        return min(end, self.runs_since + self.ends.kill_after)

    def due(self, now: float) -> str:
        """How it has to be ended by now, "" for not yet."""
        if now < self.next_due:
            return ""
        return "timeout" if self.next_due == self.begun + self.ends.seconds else "killed"

    def signal(self, how: str, now: float) -> int:
        """The signal that ends it: what was asked for, and where that did not, the one that cannot be answered."""
        if how != "killed" or self.asked is not None:
            return signal.SIGKILL
        self.asked = now
        return self.ends.kill_with


def command(plan: Plan, *, traced: bool) -> list[str]:
    """What is started for a tool: the tracer, if there is one, and the gate that becomes the tool."""
    started = [sys.executable, "-I", "-S", "-B", gate.__file__, plan.folder, *plan.words]
    if not traced:
        return started
    asked = ",".join(f"?{name}" for name in CALLS)
    watch = ["-DDD", "-f", "--seccomp-bpf", "--quiet=attach,personality", "-yy", "-xx", "-s", "4096"]
    return ["/usr/bin/strace", *watch, "-e", "signal=!chld", "-e", f"trace={asked}", "-o", "/dev/fd/9", *started]


def start(plan: Plan, ends: Ends, *, traced: bool) -> Job:
    """Start one tool."""
    spools = {"stdout": Spool(MOST_STREAM), "stderr": Spool(MOST_STREAM), "tracer": Spool(1 << 16)}
    if traced:
        spools["trace"] = Spool(MOST_TRACE)
    status, writes = (end.detach() for end in socket.socketpair())
    os.set_blocking(status, False)
    where = {1: spools["stdout"].writes, 2: spools["tracer"].writes, gate.STDERR: spools["stderr"].writes}
    where[gate.STATUS] = writes
    where[gate.TRACE] = spools["trace"].writes if traced else spools["tracer"].writes
    # Sources stand above every number that is about to be given out.
    high = {number: fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, 20) for number, source in where.items()}
    actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)
    ]
    actions += [(os.POSIX_SPAWN_DUP2, descriptor, number) for number, descriptor in high.items()]
    arguments = command(plan, traced=traced)
    try:
        pid = os.posix_spawn(arguments[0], arguments, plan.environment, file_actions=actions)
    finally:
        for descriptor in {*high.values(), writes}:
            os.close(descriptor)
        for spool in spools.values():
            os.close(spool.writes)
            spool.writes = -1
    return Job(plan, ends, traced, pid, time.monotonic(), spools, status, os.pidfd_open(pid))
