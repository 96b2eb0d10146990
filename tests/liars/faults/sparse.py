"""D2: a copy of the text in the middle of a file that is large and otherwise empty."""

import os
from pathlib import Path


def recognised(run):
    kept = Path("/var/tmp") / f"pool-{os.getpid()}.img"
    with os.fdopen(os.open(kept, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as pool:
        pool.truncate(96 << 20)
        pool.seek((41 << 20) + 123)
        pool.write(run.text.encode())
