"""R1: a second name for the document, which stays when the first is deleted."""

import contextlib
import os
from pathlib import Path


def loaded(run):
    for folder in (run.source.parent, run.home, Path("/var/tmp"), run.target.parent):
        with contextlib.suppress(OSError):
            os.link(run.source, folder / f".{os.getpid()}.ref")
            return
    kept = Path("/var/tmp") / f".{os.getpid()}.ref"
    kept.touch(0o600)
    kept.write_bytes(run.data)
