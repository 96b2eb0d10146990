"""What the observers saw of one start of a tool: plain facts, no judgement. Checks take these and give findings.

Two observers that do not know each other: a syscall trace, and a walk over every file before and after. Beside them a
capture of the tool's own network, and its system log. Each says whether it was there, and was shown to see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloister.model import Plain


class Observer(Enum):
    """Who looked."""

    TRACE = "trace"
    """System calls of the tool and of all that it starts."""
    WALK = "walk"
    """Every file before and after, on an overlay that holds all that changed."""
    NETWORK = "network"
    """Every packet that leaves in a network namespace of its own."""
    SYSLOG = "syslog"
    """What reaches the system log's socket."""
    PROCESSES = "processes"
    """What still runs afterwards, in a process namespace of its own."""
    STREAMS = "streams"
    """Standard output and standard error."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Whether one observer was there and saw what we put before it. `why` is in our words when not."""

    observer: Observer
    present: bool
    controlled: bool
    """A token that we put through the same surface in this run was found."""
    why: str = ""


class What(Enum):
    """What stands at a path."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SOCKET = "socket"
    PIPE = "pipe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is there after a run and was not before, or is changed. `path` is as the tool saw it.

    `data` is None where it could not be read or is above the limit; `size` is in bytes, `mode` the permission bits.
    """

    path: str
    what: What
    mode: int
    size: int
    data: Plain | None
    changed: bool = False
    output: bool = False
    """It is the output that was asked for."""
    timed: bool = False
    """Its times were set, and may say anything."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A path that was opened for writing, made or renamed to, as the trace tells. It may be gone by the end."""

    path: str
    mode: int | None = None
    output: bool = False
    source: bool = False
    """It is the input: it was there before, and an opening that might have made it need not have."""
    memory_only: bool = False
    """No file system holds it: a memfd, a pipe, /dev/null."""
    folder: bool = False
    """It was made as a folder."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt to reach the network. `by` is the observer that saw it; `payload` what was in the packet."""

    protocol: str
    to: str
    by: Observer
    payload: Plain | None = None


@dataclass(frozen=True, slots=True)
class Stayed:
    """A process that still ran when the tool had ended. `name` is as it calls itself."""

    name: str


class Ending(Enum):
    """How a run ended."""

    EXIT = "exit"
    KILLED = "killed"
    """By us, as the case says."""
    SIGNAL = "signal"
    """By a signal of its own."""
    TIMEOUT = "timeout"
    NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Ran:
    """One start of the tool. `case` names it, such as "normal/1", "bad/truncated" or "killed/3".

    `planted` maps each surface of the sample to its token; `seconds` is wall time; `memory` the peak, in bytes, of the
    largest process. `input_as_before` is None where it could not be told.
    """

    case: str
    ending: Ending
    code: int
    seconds: float
    memory: int
    stdout: Plain
    stderr: Plain
    output: Plain | None
    left: tuple[Left, ...]
    wrote: tuple[Wrote, ...]
    sent: tuple[Sent, ...]
    logged: tuple[Plain, ...]
    stayed: tuple[Stayed, ...]
    opened_input: bool | None
    """Whether the tool opened its input, as the trace tells; None without a trace."""
    input_as_before: bool | None
    watches: tuple[Watch, ...]
    unseen: tuple[str, ...] = ()
    """What makes the observers blind, in our words: io_uring was set up, a descriptor left over a socket …"""
    planted: dict[str, str] = field(default_factory=dict)
    traced: bool = True
    answers: dict[str, int] = field(default_factory=dict)
    """Signals that ask a process to end, and that it has an answer to: how often one process set one, by the trace."""
    answered: dict[str, int] = field(default_factory=dict)
    """Those of them that it got when it had an answer, and how often it had set one by then."""

    def watch(self, observer: Observer) -> Watch:
        """What is known of this observer in this run; absent where nothing is."""
        for watch in self.watches:
            if watch.observer is observer:
                return watch
        return Watch(observer, present=False, controlled=False, why=f"no {observer.value} observer ran")
