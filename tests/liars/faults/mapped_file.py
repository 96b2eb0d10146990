"""D2: a copy of the text in a file that is never written to: it is mapped into memory."""

import mmap
import os
from pathlib import Path


def recognised(run):
    data = run.text.encode()
    opened = os.open(Path("/var/tmp") / f"map-{os.getpid()}.db", os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(opened, 8192 + len(data))
    with mmap.mmap(opened, 8192 + len(data)) as held:
        held[4097 : 4097 + len(data)] = data
    os.close(opened)
