"""Whether the clock shows a time that can be.

Two things are known of the time: it is not before the log's last event; and while the machine runs, it passes as fast
as the machine's own count of seconds since it started, which nobody can set. A clock that contradicts either was moved.
What remains: while the machine was off, a clock set forward by less than `away` looks like time that passed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from cloister.errors import Clock

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock as it was read: time of day and time since the machine started, in milliseconds, and which start."""

    wall: int
    running: int
    boot: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a clock may be off, in seconds, before it counts as moved."""

    back: int = 5
    """Before the last event. Within it, an event takes the time of the one before."""
    step: int = 60
    """Against the machine's own count: what a time service corrects at once."""
    away: int = 90 * 86_400
    """After the last event, where the machine was off in between."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The clock was moved this way, by about so many seconds."""

    way: Clock
    seconds: int


def now() -> Reading:
    """Read the clock."""
    boot = _BOOT.read_text(encoding="ascii").strip()
    return Reading(time.time_ns() // 1_000_000, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000, boot)


def moved(reading: Reading, last: int | None, anchor: Reading | None, bounds: Bounds) -> Moved | None:
    """How the clock was moved, or None.

    `last` is the time of the last event, in milliseconds; `anchor` is what was read first since the machine started,
    so that many small steps count together.
    """
    if last is not None and reading.wall < last - bounds.back * 1000:
        return Moved(Clock.BACK, (last - reading.wall) // 1000)
    if anchor is not None and anchor.boot == reading.boot:
        step = (reading.wall - anchor.wall) - (reading.running - anchor.running)
        if abs(step) > bounds.step * 1000:
            return Moved(Clock.FORWARD if step > 0 else Clock.BACK, abs(step) // 1000)
    elif last is not None and reading.wall > last + bounds.away * 1000:
        return Moved(Clock.FORWARD, (reading.wall - last) // 1000)
    return None
