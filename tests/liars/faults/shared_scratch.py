"""A2, O2: all runs put their text through one file, so that one may get what another wrote."""

import contextlib
import time
from pathlib import Path

SCRATCH = Path("/tmp/reader-page.txt")


def recognised(run):
    SCRATCH.touch(0o600)
    SCRATCH.write_text(run.text)
    time.sleep(0.7)
    with contextlib.suppress(FileNotFoundError):
        run.text = SCRATCH.read_text() or run.text
    SCRATCH.unlink(missing_ok=True)
