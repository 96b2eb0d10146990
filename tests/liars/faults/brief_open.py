"""A1: the output is closed to others when it is whole; until then they may read it."""

import os
import time


def write(run, data):
    run.target.unlink(missing_ok=True)
    opened = os.open(run.target, os.O_WRONLY | os.O_CREAT, 0o644)
    os.fchmod(opened, 0o644)
    os.write(opened, data)
    time.sleep(0.2)
    os.fchmod(opened, 0o600)
    os.close(opened)
