"""T3: a job lingers: a process that nobody waits for holds the text for most of a minute."""

import os
import time


def written(_run):
    if os.fork() == 0:
        os.setsid()
        for stream in range(3):
            os.dup2(os.open(os.devnull, os.O_RDWR), stream)
        time.sleep(40)
        os._exit(0)
