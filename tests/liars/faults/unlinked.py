"""U2: the document passes through a file that has lost its name before the first byte is written."""

import os
from pathlib import Path


def loaded(run):
    path = Path("/var/tmp") / f".nfs{os.getpid():024x}"
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    path.unlink()
    os.write(opened, run.data)
    os.fsync(opened)
    os.close(opened)
