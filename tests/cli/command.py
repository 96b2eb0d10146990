"""Runs `cloister` as a user does: a fresh process, real files, its own home."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode()


def cloister(
    *words: str | Path,
    stdin: bytes | None = None,
    cwd: Path | None = None,
    room: int | None = None,
    seconds: float = 0,
) -> Ran:
    """Run `cloister` with these words; `room` is the most bytes that a file of its may have, as on a full disk."""
    limit = [] if room is None else ["prlimit", f"--fsize={room}"]
    done = subprocess.run(
        [*limit, sys.executable, "-m", "cloister.cli.main", *map(str, words)],
        input=b"" if stdin is None else stdin,
        capture_output=True,
        timeout=seconds or SECONDS,
        check=False,
        cwd=cwd,
    )
    return Ran(done.returncode, done.stdout, done.stderr.decode(errors="replace"))


def on_terminal(*words: str | Path, typed: bytes = b"") -> Ran:
    """Run `cloister` on a pseudo-terminal; all that it prints comes as `out`."""
    child, master = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "cloister.cli.main", *map(str, words)])
    shown, until = b"", time.monotonic() + SECONDS
    while time.monotonic() < until:
        if select.select([master], [], [], 1)[0]:
            try:
                part = os.read(master, 1 << 16)
            except OSError:
                break
            if not part:
                break
            shown += part
            if typed and any(word in shown for word in (b"assword", b"assphrase", b"PIN: ")):
                os.write(master, typed)
                typed = b""
    _, status = os.waitpid(child, 0)
    os.close(master)
    return Ran(os.waitstatus_to_exitcode(status), shown, "")
