"""What goes through the server does not stay in it."""

from __future__ import annotations

import os
import socket
import threading

import pytest

PIECE = os.urandom(1 << 20)


def peak(server, act):
    """How far the memory of the server rose, in MiB, at its highest."""
    server.http.get("/ended")
    before = highest = server.memory()
    over = threading.Event()

    def watch():
        nonlocal highest
        while not over.wait(0.02):
            highest = max(highest, server.memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        act()
    finally:
        over.set()
        thread.join()
    return highest - before


def stream(server, path, size, before=b"", after=b""):
    length = len(before) + size * len(PIECE) + len(after)
    kind = "multipart/form-data; boundary=b" if before else "application/pdf"

    def body():
        yield before
        for _ in range(size):
            yield PIECE
        yield after

    headers = {"content-length": str(length), "content-type": kind}
    return server.http.post(path, content=body(), headers=headers, timeout=300)


HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    "size", [200, pytest.param(1024, marks=pytest.mark.proof), pytest.param(2048, marks=pytest.mark.proof)]
)
def test_memory_stays_flat_while_a_large_upload_goes_through(server, size):
    def both():
        assert stream(server, "/raw", size).json()["size"] == size << 20
        assert stream(server, "/form", size, HEAD, TAIL).json()["size"] == size << 20

    assert peak(server, both) < 30


def test_forty_uploads_into_slow_sinks_hold_little(server):
    lines = []

    def fill():
        for _ in range(40):
            line = socket.create_connection(("127.0.0.1", server.port))
            line.sendall(b"POST /slow-sink HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000000\r\n\r\n")
            line.settimeout(0.1)
            lines.append(line)
            try:
                for _ in range(20):
                    line.sendall(PIECE)
            except TimeoutError:
                continue

    try:
        assert peak(server, fill) < 60
    finally:
        for line in lines:
            line.close()


def test_the_same_watch_sees_an_upload_that_is_held_in_memory(server):
    assert peak(server, lambda: stream(server, "/held", 100)) > 90
