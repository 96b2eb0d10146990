"""A closed room for a tool: its own /tmp, /var/tmp, home, system log, processes, and a network that leads nowhere.

What runs in it is told step by step; what became of it is read from the room's folders afterwards. Every process of
the room ends with it.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.liars import workshop

INSIDE = Path("/mnt")
UNSHARE = ("setpriv", "--pdeathsig", "KILL", "unshare", "-r", "-n", "-m", "-i", "-p", "--fork", "--kill-child")


@dataclass(frozen=True, slots=True)
class Start:
    """One start of the tool on a file of the room's folder `in`; `kill` seconds after it began it gets `signal`."""

    source: str = "paper.png"
    target: str = "paper.txt"
    kill: float = 0.0
    signal: int = 9


@dataclass(frozen=True, slots=True)
class Ended:
    """How one start ended, and its output, None where there is none."""

    code: int
    stdout: bytes
    stderr: bytes
    output: bytes | None
    mode: int


@dataclass(slots=True)
class After:
    """What is known after a step: how its starts ended, which processes stayed, what the system log got."""

    ended: list[Ended]
    stayed: list[str]
    logged: list[bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    """Every file of the room but inputs and outputs, by the path that the tool saw."""
    names: set[str] = field(default_factory=set)
    """Every name of the room, folders and links with them."""

    def everything(self) -> bytes:
        """All bytes and names that are left, in one piece."""
        return b"\0".join([*self.files.values(), *(name.encode() for name in sorted(self.names))])


class Room:
    """A folder in which a tool with certain faults lives."""

    def __init__(self, folder: Path, faults: tuple[str, ...], papers: dict[str, bytes]) -> None:
        self.folder = folder
        for name in ("bin", "in", "out", "home", "tmp", "vartmp", "run"):
            (folder / name).mkdir(parents=True)
        workshop.build(folder / "bin", faults)
        for name, data in papers.items():
            (folder / "in" / name).write_bytes(data)

    def does(self, *steps: list[Start], wait: float = 0.0, trace: bool = False, limit: float = 300) -> list[After]:
        """Run each step's starts at the same time, one step after the other; `wait` seconds after each, look."""
        plan = {
            "steps": [[[start.source, start.target, start.kill, start.signal] for start in step] for step in steps],
            "wait": wait,
            "trace": trace,
        }
        inner = [sys.executable, "-IB", str(Path(__file__).with_name("inner.py")), str(self.folder), json.dumps(plan)]
        done = subprocess.run([*UNSHARE, *inner], capture_output=True, check=False, timeout=limit)
        assert done.returncode == 0, done.stderr.decode()
        return [self._after(step) for step in json.loads(done.stdout)]

    def trace(self) -> str:
        """The system calls of all starts that were traced."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("run/trace.*")))

    @staticmethod
    def _after(step: dict) -> After:
        ended = [
            Ended(code, *(base64.b64decode(held) for held in (out, err)), _bytes(output), mode)
            for code, out, err, output, mode in step["ended"]
        ]
        logged = [base64.b64decode(held) for held in step["logged"]]
        files = {name: base64.b64decode(held) for name, held in step["files"].items()}
        return After(ended, step["stayed"], logged, files, set(step["names"]))


def _bytes(held: str | None) -> bytes | None:
    return None if held is None else base64.b64decode(held)
