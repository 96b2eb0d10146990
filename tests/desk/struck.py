"""Strikes an act from outside, at the kernel: strace ends its process, or answers EIO or ENOSPC, at one exact call.

The act's process is forked and waits until strace has attached, which costs far less than starting Python under it.
SQLite's own writes, syncs and unlinks are struck like ours.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.desk.judge import Begun
from tests.desk.worker import begun as begun_in
from tests.desk.worker import ended

CALLS = (
    *("write", "writev", "pwrite64", "pwritev", "pwritev2", "sendfile", "copy_file_range"),
    *("fsync", "fdatasync", "sync_file_range", "syncfs", "msync"),
    *("?rename", "renameat", "renameat2", "?link", "linkat", "?symlink", "symlinkat"),
    *("?unlink", "unlinkat", "?mkdir", "mkdirat", "?rmdir", "?open", "?creat", "openat", "openat2"),
    *("truncate", "ftruncate", "fallocate", "?chmod", "fchmod", "fchmodat", "fchown", "?utime", "utimensat"),
)
"""What can change a file or a folder, or have a change last. A question mark is for kernels without the call."""
KILL, EIO, ENOSPC = "signal=KILL", "error=EIO", "error=ENOSPC"
HOW = (KILL, EIO, ENOSPC)
ANY_TRACER = 0x59616D61
"""PR_SET_PTRACER (prctl(2)): where Yama lets parents alone trace, strace is none."""
_LINE = re.compile(r"(?:\[pid +)?\d+\]? +([a-z_0-9]+)\((.*)")
_RANDOM = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])|(?<=pipe:)\[\d+\]|(?<=#)\d+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMED = re.compile(r'(?<=")[^"\\]*\.(?:new|db-journal)(?=")')
_OPEN = re.compile(r"(?<=<)[^>]+(?=>)")
_MAKES = re.compile(r"O_CREAT|O_TMPFILE|O_TRUNC")
_SAYS = re.compile(r'\d+<pipe:[^>]*>, "(\w+)')


@dataclass(frozen=True)
class Call:
    """A system call of the act: its name, the how-manieth of that name it is, and what strace says of it."""

    name: str
    nth: int
    text: str

    def about(self, place: Path) -> bool:
        """Whether it can change what lies in a place."""
        opens = self.name in {"open", "openat", "openat2"}
        return str(place) in self.text and not (opens and not _MAKES.search(self.text))

    @property
    def says(self) -> str:
        """The first word that whoever waits for the act is told by it; empty if it is something else."""
        found = _SAYS.match(self.text) if self.name == "write" else None
        return found[1] if found else ""

    @property
    def injected(self) -> bool:
        """Whether strace answered in the kernel's place."""
        return self.text.endswith("(INJECTED)")

    def where(self, place: Path) -> str:
        """What it touches, without what differs from run to run, and without what came of it."""
        text = _RANDOM.sub("…", self.text.rpartition(") = ")[0])
        text = text.replace(f"{place}/", "").replace(str(place), ".")
        return " ".join([self.name, *_NAMED.findall(text), *_OPEN.findall(_QUOTED.sub("", text))])


@dataclass(frozen=True)
class Point:
    """A moment: which call, the how-manieth of its name, what is done to it, and what it touched when counted."""

    call: str
    nth: int
    how: str
    where: str


@dataclass(frozen=True)
class Struck:
    """What came of an act: whether it was killed, what it said, and its calls in order."""

    killed: bool
    said: list[str]
    calls: list[Call]

    def hit(self, place: Path, point: Point) -> bool:
        """Whether the strike took place, and at that very call."""
        if point.how == KILL:
            at = self.calls[-1] if self.killed and self.calls else None
        else:
            at = next((call for call in self.calls if call.injected), None)
        return at is not None and (at.name, at.nth, at.where(place)) == (point.call, point.nth, point.where)

    def failed(self) -> tuple[Call, Call | None]:
        """The call that failed, and the one before it that was not to open something."""
        at = next(at for at, call in enumerate(self.calls) if call.injected)
        before = (call for call in reversed(self.calls[:at]) if not call.name.startswith("open"))
        return self.calls[at], next(before, None)

    def said_after(self) -> list[str]:
        """The words that were said after the call that failed."""
        at = next((at for at, call in enumerate(self.calls) if call.injected), len(self.calls))
        return [call.says for call in self.calls[at:] if call.says]


def traced(begun: Begun, place: Path, what: str, identity: str, point: Point | None = None) -> Struck:
    """Do one act in a process of its own, with strace looking on, which strikes at that point if there is one."""
    ready, go = os.pipe()

    def wait() -> None:
        ctypes.CDLL(None).prctl(ANY_TRACER, ctypes.c_ulong(-1), 0, 0, 0)
        os.close(go)
        os.read(ready, 1)

    child, hears = begun_in(place, what, identity, begun.clock, first=wait)
    os.close(ready)
    words, trace = _strace(place, point)
    with subprocess.Popen([*words, "-p", str(child)], stderr=subprocess.PIPE, text=True) as strace:
        attached = strace.stderr.readline()
        os.write(go, b".")
        os.close(go)
        killed, said = ended(child, hears)
        rest = strace.stderr.read()
    assert "attached" in attached, f"strace could not attach: {attached}{rest}"
    return Struck(killed, said, _calls(trace))


def commanded(place: Path, words: list[str], point: Point | None = None) -> Struck:
    """The same for the command itself: it has said "done" if it ended well, and else what it wrote on stderr."""
    inject, trace = _strace(place, point)
    command = [*inject, sys.executable, "-m", "cloister.cli.main", *words]
    environment = {"PATH": os.environ["PATH"], "CLOISTER_VAULT": str(place / "vault"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = ["done"] if done.returncode == 0 else done.stderr.splitlines()
    return Struck(done.returncode == -signal.SIGKILL, said, _calls(trace))


def _strace(place: Path, point: Point | None) -> tuple[list[str], Path]:
    """The words that trace, and strike at that point if there is one; and the file in which they tell what they saw."""
    trace = place.with_name(f"{place.name}.trace")
    words = ["strace", "-f", "-y", "-s", "40", "-e", "signal=none", "-e", f"trace={','.join(CALLS)}", "-o", str(trace)]
    return [*words, *(["-e", f"inject={point.call}:{point.how}:when={point.nth}"] if point else [])], trace


def _calls(trace: Path) -> list[Call]:
    counts: Counter[str] = Counter()
    calls = []
    lines = trace.read_text(errors="replace").splitlines()
    trace.unlink()
    for line in lines:
        if found := _LINE.match(line):
            counts[found[1]] += 1
            calls.append(Call(found[1], counts[found[1]], found[2]))
    return calls


def points_of(place: Path, calls: list[Call]) -> list[Point]:
    """Every moment at which an act can be struck: its calls on its place in each way, and its words by a kill alone."""
    made = []
    for call in calls:
        ways = HOW if call.about(place) else (KILL,) if call.says else ()
        made += [Point(call.name, call.nth, how, call.where(place)) for how in ways]
    return made
