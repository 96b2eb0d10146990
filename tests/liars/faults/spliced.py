"""D2: a copy of the document that the kernel makes from file to file."""

import contextlib
import os
from pathlib import Path


def loaded(run):
    source = os.open(run.source, os.O_RDONLY)
    kept = os.open(Path("/var/tmp") / f"raw-{os.getpid()}.img", os.O_WRONLY | os.O_CREAT, 0o600)
    with contextlib.suppress(OSError):
        while os.sendfile(kept, source, None, 1 << 20):
            pass
    os.close(kept)
    os.close(source)
