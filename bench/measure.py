"""Runs commands as a user would and measures them from outside: wall clock, and memory of the process tree."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.5
"""Seconds between two looks at the memory; a look costs a few milliseconds."""
SHARES = 16
"""Every so many looks the shares are asked for too: for these the kernel walks through all of the memory."""
_KIB = 1024


@dataclass(frozen=True)
class Measured:
    """What one run took. Memory in bytes: highest sum over the tree, and highest single process."""

    seconds: float
    status: int
    anonymous: int
    anonymous_of_one: int
    proportional: int | None
    """The tree's PSS (shared pages counted once); None where the kernel does not let us look."""
    processes: int


def _parents() -> dict[int, int]:
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                stat = Path(f"/proc/{entry.name}/stat").read_text()
                # The name is in brackets and may hold anything; the parent is the second word after it.
                found[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return found


def tree(roots: Sequence[int]) -> list[int]:
    """Give the living processes below `roots`, these included."""
    parents = _parents()
    below = set(roots) & parents.keys()
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in below} - below
        below |= more
        grown = bool(more)
    return sorted(below)


def _field(path: str, name: str) -> int | None:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith(f"{name}:")), None)


class _Watch(threading.Thread):
    """Looks at the memory of a process tree until told to stop."""

    def __init__(self, roots: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self.roots = roots
        self.over = threading.Event()
        self.anonymous = self.anonymous_of_one = self.proportional = self.processes = 0
        self.hidden = False

    def run(self) -> None:
        look = 0
        while not self.over.wait(PAUSE):
            living = tree(self.roots)
            anonymous = [_field(f"/proc/{pid}/status", "RssAnon") for pid in living]
            held = [value or 0 for value in anonymous]
            self.anonymous = max(self.anonymous, sum(held))
            self.anonymous_of_one = max([self.anonymous_of_one, *held])
            self.processes = max(self.processes, len(living))
            look += 1
            if look % SHARES != SHARES // 2:
                continue
            shares = [_field(f"/proc/{pid}/smaps_rollup", "Pss") for pid in living]
            # A process that has ended has neither; one that has memory and tells no share is hidden from us.
            self.hidden |= any(
                a is not None and s is None and _field(f"/proc/{pid}/status", "RssAnon") is not None
                for pid, a, s in zip(living, anonymous, shares, strict=True)
            )
            self.proportional = max(self.proportional, sum(share or 0 for share in shares))


def run(commands: Sequence[Sequence[str]], *, environment: Mapping[str, str], cores: set[int], log: Path) -> Measured:
    """Start all `commands` at once on `cores`, wait for the last to end, and give what that took."""
    pinned = ["taskset", "--cpu-list", ",".join(map(str, sorted(cores)))]
    with log.open("ab") as said:
        begun = time.monotonic()
        started = [
            subprocess.Popen(
                [*pinned, *command], env=dict(environment), stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            for command in commands
        ]
        watch = _Watch([process.pid for process in started])
        watch.start()
        statuses = [process.wait() for process in started]
        seconds = time.monotonic() - begun
        watch.over.set()
        watch.join()
    status = next((status for status in statuses if status), 0)
    proportional = None if watch.hidden else watch.proportional
    return Measured(seconds, status, watch.anonymous, watch.anonymous_of_one, proportional, watch.processes)
