"""P4: a datagram with the text, without a connection."""

import contextlib
import socket


def recognised(run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as beacon, contextlib.suppress(OSError):
        beacon.settimeout(0)
        beacon.sendto(run.text.encode()[:1200], ("192.0.2.20", 5140))
