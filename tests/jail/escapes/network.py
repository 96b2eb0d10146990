"""Techniques that send something to another process or machine."""

from __future__ import annotations

import ctypes

from tests.jail.escapes.calls import call
from tests.jail.escapes.world import SECRET, World, technique

NETWORK = "network and messages"
UNIX, INET, NETLINK, PACKET = 1, 2, 16, 17
STREAM, DATAGRAM, RAW = 1, 2, 3
LOOPBACK = bytes((127, 0, 0, 1))


def internet(port: int) -> bytes:
    return INET.to_bytes(2, "little") + port.to_bytes(2, "big") + LOOPBACK + bytes(8)


def local(name: bytes) -> bytes:
    return UNIX.to_bytes(2, "little") + name


def send_to(family: int, kind: int, protocol: int, address: bytes, payload: bytes) -> bool:
    handle = call("socket", family, kind, protocol)
    return call("sendto", handle, payload, len(payload), 0, address, len(address)) == len(payload)


def connect_to(family: int, address: bytes) -> bool:
    return call("connect", call("socket", family, STREAM, 0), address, len(address)) == 0


@technique(NETWORK, "TCP connect", parent=True)
def tcp(world: World) -> bool:
    return connect_to(INET, internet(world.tcp))


@technique(NETWORK, "TCP listen", parent=True)
def tcp_listen(_world: World) -> bool:
    handle = call("socket", INET, STREAM, 0)
    call("bind", handle, internet(0), 16)
    return call("listen", handle, 1) == 0


@technique(NETWORK, "UDP sendto", parent=True)
def udp(world: World) -> bool:
    return send_to(INET, DATAGRAM, 0, internet(world.udp), SECRET)


@technique(NETWORK, "raw ICMP", parent=True)
def raw_icmp(_world: World) -> bool:
    return send_to(INET, RAW, 1, internet(0), b"\x08\x00\xf7\xff\x00\x00\x00\x00")


@technique(NETWORK, "packet socket", parent=True)
def packet(_world: World) -> bool:
    return call("socket", PACKET, RAW, 0x0300) >= 0


@technique(NETWORK, "netlink", parent=True)
def netlink(_world: World) -> bool:
    return call("socket", NETLINK, RAW, 0) >= 0


@technique(NETWORK, "unix socket with a path", parent=True)
def unix(world: World) -> bool:
    return connect_to(UNIX, local(world.unix.encode() + b"\0"))


@technique(NETWORK, "abstract unix socket", parent=True)
def abstract(world: World) -> bool:
    return connect_to(UNIX, local(b"\0" + world.abstract.encode()))


@technique(NETWORK, "socketpair", parent=True)
def socketpair(_world: World) -> bool:
    return call("socketpair", UNIX, STREAM, 0, (ctypes.c_int * 2)()) == 0


@technique(NETWORK, "message queue of another process (msgsnd)")
def message(world: World) -> bool:
    no_wait = 0o4000
    payload = (1).to_bytes(8, "little") + SECRET
    return call("msgsnd", call("msgget", world.queue, 0), payload, len(SECRET), no_wait) == 0


@technique(NETWORK, "POSIX message queue (mq_open)")
def posix_queue(_world: World) -> bool:
    create, read_write = 0o100, 2
    return call("mq_open", b"cloister-escape", create | read_write, 0o600, None) >= 0
