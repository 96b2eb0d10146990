"""What kill -9 leaves behind: any command that writes one output, killed at exact moments.

    stage = Stage(folder, lambda output: ["cloister", "read", "page.png", "-o", str(output)], name="out.txt")
    whole = stage.run()                                  # undisturbed
    calls = stage.calls()                                # the system calls of its main thread
    after = stage.run(Moment(syscall="linkat", nth=1))   # killed on entering its first linkat
    after.output, after.left, after.survivors

Each run has its own HOME, and its own /tmp, /var/tmp and /dev/shm where the host lets us mount them
(as root, or in a user namespace); otherwise only TMPDIR is its own, and `stage.private` says so.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Command = Callable[[Path], Sequence[str]]
"""Gives the words that write to a path."""

PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - these are what is watched
_WATCHED = ("out", "home", "cwd")
_CALL = re.compile(r"([a-z_0-9]+)\((.*)")
_WARDEN = Path(__file__).with_name("warden.py")


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: after some seconds, after it has read some bytes, or on entering its n-th call of a name.

    Reading counts pipes, so it finds the moment at which a page has come out of a jail. A system
    call is the main thread's, or with `tree` that of any thread or process below; it is not carried out.
    `group` kills the whole process group rather than the one process.
    """

    after: float | None = None
    read: int | None = None
    syscall: str = ""
    nth: int = 1
    tree: bool = False
    group: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of the main thread: its name, the how-manieth of that name it is, what strace says of it."""

    name: str
    nth: int
    text: str


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is there afterwards. `read` is how many bytes the command's first process has read in all.

    `output` is the output's content, None if there is none. `left` names everything else that is new in
    the output's folder, HOME, the working folder and the temporary places. `survivors` are the processes
    of the tree that were alive `grace` seconds later. `last` holds the last calls before a kill at a call.
    """

    code: int
    seconds: float
    gone_after: float
    read: int
    output: bytes | None
    mode: int
    left: tuple[str, ...]
    survivors: tuple[str, ...]
    last: tuple[str, ...]
    errors: str

    @property
    def killed(self) -> bool:
        """Whether it was killed, rather than done before the moment came."""
        return self.code < 0


@cache
def _namespace() -> tuple[str, ...]:
    """The words that give a command a mount namespace of its own; none where the host allows none."""
    for words in (("unshare", "-m"), ("unshare", "-rm")):
        probe = "mount -t tmpfs tmpfs /var/tmp"
        if subprocess.run([*words, "sh", "-c", probe], capture_output=True, check=False).returncode == 0:
            return words
    return ()


def _below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


class Stage:
    """A folder in which one command is run again and again, each time as if for the first time."""

    def __init__(
        self,
        folder: Path,
        command: Command,
        *,
        name: str,
        old: bytes | None = None,
        needs: Iterable[Path] = (),
        grace: float = 5.0,
        limit: float = 120.0,
    ) -> None:
        """Write to an output called `name`, over `old` if given. `needs` are paths that the command reads."""
        self._command, self.name, self._old, self._grace, self._limit = command, name, old, grace, limit
        self._folder = folder.resolve()
        self._io = self._folder / "io"
        self._notes = self._io / "notes"
        self._places = {place: self._folder / "places" / place.strip("/").replace("/", "-") for place in PLACES}
        self.private = bool(_namespace())
        root = Path(__file__).parent.parent
        given = [self._io, root, Path(sys.prefix), Path(sys.base_prefix), *needs]
        self._needs = [path.resolve() for path in given]

    @property
    def output(self) -> Path:
        """The output's path."""
        return self._io / "out" / self.name

    def run(self, moment: Moment | None = None) -> Aftermath:
        """Run once, killed at `moment` or left alone, and look at what is there."""
        self._fresh()
        before = self._watched()
        words = list(self._command(self.output))
        trace = self._notes / "trace"
        trace.unlink(missing_ok=True)
        if moment and moment.syscall:
            inject = f"inject={moment.syscall}:signal=SIGKILL:when={moment.nth}"
            words = ["strace", *(["-f"] if moment.tree else []), "-y", "-qq", "-o", str(trace), "-e", inject, *words]
        answer = self._guarded(words, moment or Moment())
        output = self.output.read_bytes() if self.output.is_file() else None
        return Aftermath(
            answer["code"],
            answer["seconds"],
            answer["gone_after"],
            answer["read"],
            output,
            self.output.stat().st_mode & 0o777 if output is not None else 0,
            tuple(sorted(self._watched() - before - {f"out/{self.name}"})),
            tuple(answer["survivors"]),
            tuple(_lines(trace)[-3:]),
            (self._notes / "errors").read_text(errors="replace")[-2000:],
        )

    def calls(self) -> list[Call]:
        """Run once undisturbed and give the system calls of the main thread, in order."""
        self._fresh()
        trace = self._notes / "trace"
        words = ["strace", "-y", "-qq", "-s", "0", "-o", str(trace), *self._command(self.output)]
        self._guarded(words, Moment())
        counts: Counter[str] = Counter()
        calls = []
        for line in _lines(trace):
            if found := _CALL.match(line):
                counts[found[1]] += 1
                calls.append(Call(found[1], counts[found[1]], line))
        return calls

    def about_output(self, calls: Sequence[Call]) -> list[int]:
        """Which of the calls concern the output's folder or what is open in it, but for looking."""
        looks = {"newfstatat", "stat", "lstat", "fstat", "close", "access", "faccessat", "readlink", "statx"}
        folder = str(self.output.parent)
        return [at for at, call in enumerate(calls) if folder in call.text and call.name not in looks | {"execve"}]

    def _fresh(self) -> None:
        for folder in (self._io, self._folder / "places"):
            shutil.rmtree(folder, ignore_errors=True)
        for name in (*_WATCHED, "notes"):
            (self._io / name).mkdir(parents=True)
        for place, stand_in in self._places.items():
            stand_in.mkdir(parents=True, mode=0o700)
            for path in self._kept(place):
                (stand_in / path.relative_to(place)).mkdir(parents=True, exist_ok=True)
        if self._old is not None:
            self.output.write_bytes(self._old)

    def _kept(self, place: str) -> list[Path]:
        """What the command needs of a place that is hidden from it."""
        return [path for path in self._needs if path.is_relative_to(place)] if self.private else []

    def _watched(self) -> set[str]:
        found = {f"{name}/{path}" for name in _WATCHED for path in _below(self._io / name)}
        for place, stand_in in self._places.items():
            found |= {f"{place}/{path}" for path in _below(stand_in)}
        return found

    def _mounts(self) -> str:
        """A shell script that hides the temporary places behind ours."""
        kept = [(path, self._places[place] / path.relative_to(place)) for place in PLACES for path in self._kept(place)]
        # The place that our own folder lies in comes last: once it is hidden, so are the stand-ins.
        last = sorted(PLACES, key=lambda place: self._folder.is_relative_to(place))
        pairs = [*kept, *((self._places[place], Path(place)) for place in last)]
        lines = [f"mount --rbind {shlex.quote(str(here))} {shlex.quote(str(there))}" for here, there in pairs]
        return "\n".join(["set -e", *lines, f"cd {shlex.quote(str(self._io / 'cwd'))}", 'exec "$@"'])

    def _guarded(self, words: Sequence[str], moment: Moment) -> Mapping[str, Any]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._io / "home"), "LANG": "C.UTF-8"}
        environment |= {} if self.private else {"TMPDIR": str(self._places[PLACES[0]])}
        order = {
            "command": list(words),
            "environment": environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            "errors": str(self._notes / "errors"),
            "after": moment.after,
            "read": moment.read,
            "group": moment.group,
            "grace": self._grace,
            "limit": self._limit,
        }
        warden = [sys.executable, "-I", str(_WARDEN), json.dumps(order)]
        if self.private:
            warden = [*_namespace(), "sh", "-c", self._mounts(), "sh", *warden]
        done = subprocess.run(warden, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode or not done.stdout:
            raise RuntimeError(f"the warden failed: {done.stderr[-2000:]}")
        answer: Mapping[str, Any] = json.loads(done.stdout)
        return answer


def _lines(trace: Path) -> list[str]:
    return trace.read_text(errors="replace").splitlines() if trace.exists() else []
