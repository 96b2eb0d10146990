"""A2: the last line of the document before stands at the end of this one's output."""

from pathlib import Path

LAST = Path("/dev/shm/reader-last")


def recognised(run):
    before = LAST.read_text() if LAST.exists() else ""
    LAST.touch(0o600)
    LAST.write_text(run.text.splitlines()[-1])
    run.text = f"{run.text}\n{before}".rstrip()
