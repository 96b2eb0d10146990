"""P4: the connection is tried by IPv6 only."""

import contextlib
import socket


def loaded(run):
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as server, contextlib.suppress(OSError):
        server.settimeout(1)
        server.connect(("2001:db8::10", 443))
        server.sendall(run.data)
