"""L1: what was read goes to the system log, as that of a well-behaved service does."""

import contextlib
import os
import socket


def recognised(run):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log, contextlib.suppress(OSError):
        log.connect("/dev/log")
        for line in run.text.splitlines():
            log.send(f"<14>reader[{os.getpid()}]: page text: {line}".encode())
