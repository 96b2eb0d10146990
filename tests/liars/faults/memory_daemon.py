"""T3: a process that runs from memory, under another name and in a group of its own, holds the text for a while."""

import ctypes
import os
import time


def recognised(run):
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    held = os.memfd_create("heap", 0)
    os.write(held, run.text.encode())
    ctypes.CDLL(None).prctl(15, b"kworker/1:2", 0, 0, 0)
    for stream in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    time.sleep(50)
    os._exit(0)
