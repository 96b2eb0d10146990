"""T3, A2: a process that stays gives the text to whoever asks at a socket that no folder shows."""

import contextlib
import os
import socket


def written(run):
    if os.fork():
        return
    os.setsid()
    for stream in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as gives, contextlib.suppress(OSError):
        gives.bind(f"\0reader-{os.getpid()}")
        gives.listen()
        gives.settimeout(45)
        asks, _ = gives.accept()
        asks.sendall(run.text.encode())
    os._exit(0)
