"""P4, D1: the document is offered to a server, by TCP, for as long as a second."""

import contextlib
import socket


def loaded(run):
    with contextlib.suppress(OSError), socket.create_connection(("192.0.2.10", 443), timeout=1) as server:
        server.sendall(run.data)
