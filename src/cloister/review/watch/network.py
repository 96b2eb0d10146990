"""A network of its own in which every address is this machine: what is sent anywhere arrives, and goes no further.

The loopback takes every address of IPv4 and IPv6 for local, so it needs no other device and no router. A packet
socket on it sees all. A few ports answer, so that a tool that wants to say something says it; names get an address.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import time

ADDRESS, ADDRESS_6 = "192.0.2.2", "2001:db8::2"
RESOLVER = "192.0.2.53"
ANSWER = "198.51.100.80"
"""Of every name that is asked for (RFC 5737: nobody's)."""
PORTS = (21, 22, 25, 80, 110, 143, 389, 443, 465, 587, 853, 993)
"""Where we answer for every address; an ordinary user's tool can have no server of its own there."""
HIGH_PORTS = (1883, 3000, 4317, 4318, 5000, 5432, 6379, 8000, 8080, 8086, 8443, 9000, 9200, 11434)
"""Where we answer for names only."""
MOST = 64 << 20
_PATIENCE = 0.4
"""How long a connection may be silent before we hang up, in seconds."""
_UP = struct.pack("16sh", b"lo", 1) + bytes(22)
_SET_FLAGS = 0x8914
_NEW_ADDRESS, _NEW_ROUTE = 20, 24
_REQUEST, _ACK, _CREATE = 1, 4, 0x400
_LOCAL_TABLE, _BOOT, _SCOPE_HOST, _TYPE_LOCAL = 255, 3, 254, 2
_TO_LOCAL, _ADDRESS, _OUT = 2, 1, 4
_LOOPBACK = 1
_EVERYTHING = 0x0003
_OUTGOING = 4
_PACKET_INFO, _PACKET, _STATISTICS = 8, 263, 6


class Network:
    """Captures what is sent. `packets` are as they are on the wire, from the IP header on."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.dropped = 0
        self._held = 0
        with socket.socket() as control:
            fcntl.ioctl(control, _SET_FLAGS, _UP)
        self._capture = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERYTHING))
        self._capture.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
        os.set_blocking(self._capture.fileno(), False)
        for family, address, prefix in ((socket.AF_INET, ADDRESS, 24), (socket.AF_INET6, ADDRESS_6, 64)):
            with contextlib.suppress(OSError):  # a kernel without IPv6 sends none
                _configure(family, address, prefix)
        listeners = [*(_listen("::", port) for port in PORTS), *(_listen(ANSWER, port) for port in HIGH_PORTS)]
        self._listeners = [listener for listener in listeners if listener is not None]
        self._names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._names.setsockopt(socket.IPPROTO_IP, _PACKET_INFO, 1)  # to answer from the address that was asked
        self._names.bind(("0.0.0.0", 53))  # noqa: S104 - in a namespace of its own
        os.set_blocking(self._names.fileno(), False)
        self._open: dict[socket.socket, float] = {}
        """Connections, each with the moment in which it last said something."""

    def descriptors(self) -> tuple[int, ...]:
        """Where something is to be heard; `take` is to be called then."""
        return (self._capture.fileno(), self._names.fileno(), *(each.fileno() for each in self._listeners))

    def take(self) -> None:
        """Take everything that is there."""
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                connected, _ = listener.accept()
                os.set_blocking(connected.fileno(), False)
                self._open[connected] = time.monotonic()
        for connected in list(self._open):
            self._drain(connected)
        with contextlib.suppress(OSError):
            while True:
                asked, told, _, who = self._names.recvmsg(4096, 256)
                if reply := _answer(asked):
                    self._names.sendmsg([reply], [_from(held) for _, _, held in told], 0, who)
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, origin = self._capture.recvfrom(1 << 17)
                if origin[2] != _OUTGOING:
                    continue
                if self._held + len(packet) > MOST:
                    self.dropped += 1
                    continue
                self._held += len(packet)
                self.packets.append(packet)

    def hand_over(self) -> tuple[list[bytes], int]:
        """What was captured since the last time, and how many packets were lost."""
        self.take()
        for connected in self._open:
            connected.close()
        self._open.clear()
        with contextlib.suppress(BlockingIOError):  # that we hang up is no news
            while True:
                self._capture.recv(1)
        lost = struct.unpack("II", self._capture.getsockopt(_PACKET, _STATISTICS, 8))[1] + self.dropped
        packets, self.packets, self._held, self.dropped = self.packets, [], 0, 0
        return packets, lost

    def _drain(self, connected: socket.socket) -> None:
        try:
            while connected.recv(1 << 16):
                self._open[connected] = time.monotonic()
        except BlockingIOError:
            if time.monotonic() < self._open[connected] + _PATIENCE:
                return
        except OSError:
            pass
        connected.close()
        del self._open[connected]

    def tick(self) -> None:
        """Hang up on those that have nothing more to say."""
        if self._open:
            self.take()


def _configure(family: int, address: str, prefix: int) -> None:
    """Give the loopback an address that looks like a machine's, and every other address too."""
    packed = socket.inet_pton(family, address)
    attributes = _attribute(_ADDRESS, packed) + _attribute(_TO_LOCAL, packed)
    no_duplicate_check = 0x02
    _ask(_NEW_ADDRESS, struct.pack("BBBBI", family, prefix, no_duplicate_check, 0, _LOOPBACK) + attributes)
    route = struct.pack("BBBBBBBBI", family, 0, 0, 0, _LOCAL_TABLE, _BOOT, _SCOPE_HOST, _TYPE_LOCAL, 0)
    _ask(_NEW_ROUTE, route + _attribute(_OUT, struct.pack("I", _LOOPBACK)))


def _ask(kind: int, body: bytes) -> None:
    """One request to the kernel's routing (rtnetlink(7)), and its answer."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as control:
        control.send(struct.pack("IHHII", 16 + len(body), kind, _REQUEST | _ACK | _CREATE, 1, 0) + body)
        answer = control.recv(4096)
        (code,) = struct.unpack_from("i", answer, 16)
        if code:
            raise OSError(-code, os.strerror(-code))


def _attribute(kind: int, value: bytes) -> bytes:
    padded = value + bytes(-len(value) % 4)
    return struct.pack("HH", 4 + len(value), kind) + padded


def _listen(address: str, port: int) -> socket.socket | None:
    """Answer at a port; "::" stands for every address of both kinds, where there are both."""
    try:
        if address == "::" and socket.has_ipv6:
            listener = socket.socket(socket.AF_INET6)
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        else:
            listener = socket.socket(socket.AF_INET)
        listener.bind((address, port))
    except OSError:
        return None if address != "::" else _listen("0.0.0.0", port)  # noqa: S104 - in a namespace of its own
    os.set_blocking(listener.fileno(), False)
    listener.listen(64)
    return listener


def _from(held: bytes) -> tuple[int, int, bytes]:
    """An in_pktinfo (ip(7)) that has the answer leave from where the question arrived."""
    return socket.IPPROTO_IP, _PACKET_INFO, bytes(4) + held[8:12] + bytes(4)


def _answer(asked: bytes) -> bytes:
    """An address for a name; nothing for every other question (RFC 1035)."""
    header, question = 12, asked[12:]
    if len(asked) <= header or asked[2] & 0x80 or (end := question.find(b"\0")) < 0 or len(question) < end + 5:
        return b""
    question = question[: end + 5]
    address = question[-4:] == b"\0\1\0\1"
    head = asked[:2] + b"\x81\x80" + struct.pack("!HHHH", 1, int(address), 0, 0)
    record = b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 60, 4) + socket.inet_aton(ANSWER)
    return head + question + (record if address else b"")
