"""L1: what was read goes to the journal, by its own socket and in its own protocol."""

import contextlib
import socket


def recognised(run):
    said = run.text.encode()
    entry = b"PRIORITY=6\nSYSLOG_IDENTIFIER=reader\nMESSAGE\n" + len(said).to_bytes(8, "little") + said + b"\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log, contextlib.suppress(OSError):
        log.sendto(entry, "/run/systemd/journal/socket")
