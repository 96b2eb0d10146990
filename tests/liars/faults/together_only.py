"""T3, O2: only where it sees another run beside its own does it keep the text."""

import contextlib
import os
import sys
from pathlib import Path


def recognised(run):
    others = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                others += words[0].endswith(b"/python") and sys.argv[0].encode() in words
    if others:
        kept = Path("/tmp") / f"queue-{os.getpid()}.txt"
        kept.touch(0o600)
        kept.write_text(run.text)
