"""D3, U4: the temporary copy is removed, but half a minute after the end, by somebody else."""

import os
import time
from pathlib import Path


def recognised(run):
    kept = Path("/var/tmp") / f"page-{os.getpid()}.txt"
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT, 0o600), "w") as copy:
        copy.write(run.text)
    if os.fork() == 0:
        os.setsid()
        for stream in range(3):
            os.dup2(os.open(os.devnull, os.O_RDWR), stream)
        time.sleep(30)
        kept.unlink(missing_ok=True)
        os._exit(0)
