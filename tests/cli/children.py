"""What the processes below one can be seen to have been told."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def of_children(parent: int) -> list[bytes]:
    """Arguments and environments of every process below this one; a locked jail shows no environment to its user.

    Between its fork and its exec a child still has the command line that the user typed above it: not told it.
    """
    found = []
    typed = (Path("/proc") / str(parent) / "cmdline").read_bytes()
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            above = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if above == parent:
                arguments = (path / "cmdline").read_bytes()
                found.append(b"" if arguments == typed else arguments)
                found += of_children(int(path.name))
                found.append((path / "environ").read_bytes())
    return found
