"""The system log's sockets, as a tool finds them: what is written to them is kept, and goes nowhere."""

from __future__ import annotations

import array
import contextlib
import os
import socket
import struct

PATHS = ("/dev/log", "/run/systemd/journal/socket", "/run/systemd/journal/dev-log")
STREAM = "/run/systemd/journal/stdout"
MOST = 16 << 20
_CREDENTIALS = struct.Struct("iii")


class Syslog:
    """Keeps each message with the number of the process that sent it, 0 where that is not told."""

    def __init__(self) -> None:
        self.messages: list[tuple[int, bytes]] = []
        self.lost = 0
        self._held = 0
        self._sockets = [_bound(path, socket.SOCK_DGRAM) for path in PATHS]
        self._stream = _bound(STREAM, socket.SOCK_STREAM)
        self._stream.listen(16)
        self._open: list[socket.socket] = []

    def descriptors(self) -> tuple[int, ...]:
        """Where something is to be heard; `take` is to be called then."""
        return tuple(each.fileno() for each in (*self._sockets, self._stream))

    def take(self) -> None:
        """Take everything that is there."""
        with contextlib.suppress(BlockingIOError):
            while True:
                connected, _ = self._stream.accept()
                os.set_blocking(connected.fileno(), False)
                self._open.append(connected)
        for each in (*self._sockets, *self._open):
            with contextlib.suppress(BlockingIOError, ConnectionError):
                while self._take_one(each):
                    pass

    def hand_over(self) -> tuple[list[tuple[int, bytes]], int]:
        """What was logged since the last time, and how many messages were lost."""
        self.take()
        for connected in self._open:
            connected.close()
        self._open.clear()
        messages, lost = self.messages, self.lost
        self.messages, self.lost, self._held = [], 0, 0
        return messages, lost

    def _take_one(self, each: socket.socket) -> bool:
        room = socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(16 * 4)
        data, ancillary, _, _ = each.recvmsg(1 << 20, room)
        sender = 0
        for level, kind, held in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                sender = _CREDENTIALS.unpack(held[: _CREDENTIALS.size])[0]
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                data += _contents(held)  # journald's way for messages that are long
        if data and self._held + len(data) <= MOST:
            self._held += len(data)
            self.messages.append((sender, data))
        elif data:
            self.lost += 1
        return bool(data) or each.type == socket.SOCK_DGRAM


def _bound(path: str, kind: int) -> socket.socket:
    made = socket.socket(socket.AF_UNIX, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    made.bind(path)
    os.chmod(path, 0o666)  # noqa: S103 - as the real one
    os.set_blocking(made.fileno(), False)
    return made


def _contents(rights: bytes) -> bytes:
    descriptors = array.array("i")
    descriptors.frombytes(rights[: len(rights) - len(rights) % descriptors.itemsize])
    held = b""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            held += os.pread(descriptor, MOST, 0)
        os.close(descriptor)
    return held
