"""P4: the system's own resolver is asked for a name that holds a word of the document."""

import contextlib
import os
import signal
import socket


def recognised(run):
    words = [word.lower() for word in run.text.split() if word.isascii() and word.isalpha()]
    child = os.fork()
    if child == 0:
        signal.alarm(3)
        with contextlib.suppress(OSError):
            socket.getaddrinfo(max(words, key=len, default="none") + ".reader.invalid", 443)
        os._exit(0)
    os.waitpid(child, 0)
