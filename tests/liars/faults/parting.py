"""U5, R6: asked to stop, it saves what it has; only a kill that cannot be answered leaves it no time."""

import os
import signal
from pathlib import Path

HELD = []


def save(_number, _frame):
    kept = Path("/var/tmp") / f"resume-{os.getpid()}"
    kept.touch(0o600)
    kept.write_bytes(b"".join(HELD))
    os._exit(143)


def loaded(run):
    HELD.append(run.data)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, save)
