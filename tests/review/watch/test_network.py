"""Every attempt to reach somebody is told, with what was said; talk of a tool with itself is none."""

from __future__ import annotations

import pytest

from cloister.review.seen import Observer
from tests.review.watch.tools import order


def sent(ran, by: Observer) -> dict[tuple[str, str], bytes]:
    return {
        (each.protocol, each.to): each.payload.open() if each.payload else b"" for each in ran.sent if each.by is by
    }


def test_packets_to_addresses_are_told_by_the_capture_and_by_the_trace(world):
    code = """
for family, address in ((socket.AF_INET, '203.0.113.7'), (socket.AF_INET6, '2001:db8::9')):
    try:
        socket.socket(family).connect((address, 4444))
    except OSError:
        pass
    socket.socket(family, socket.SOCK_DGRAM).sendto(b'page one', (address, 999))
connected = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
connected.connect(('203.0.113.8', 9))
connected.send(b'page two')
"""
    ran = world.run(order(code))
    expected = {
        ("tcp", "203.0.113.7:4444"): b"",
        ("tcp", "[2001:db8::9]:4444"): b"",
        ("udp", "203.0.113.7:999"): b"page one",
        ("udp", "[2001:db8::9]:999"): b"page one",
        ("udp", "203.0.113.8:9"): b"page two",
    }
    assert sent(ran, Observer.NETWORK) == expected
    assert sent(ran, Observer.TRACE) == expected


def test_a_name_that_is_asked_for_is_told_and_so_is_what_is_sent_to_it(world):
    code = """
to = socket.create_connection(('page-one.example.com', 80), timeout=5)
to.sendall(b'GET /page-two')
to.recv(1)
"""
    ran = world.run(order(code))
    told = sent(ran, Observer.NETWORK)
    assert ran.stderr.open() == b""
    assert ("dns", "page-one.example.com") in told
    assert told["tcp", "198.51.100.80:80"] == b"GET /page-two"
    assert ("udp", "192.0.2.53:53") in sent(ran, Observer.TRACE)


def test_processes_of_a_tool_may_talk_to_each_other_and_look_up_their_own_machine(world):
    code = """
server = socket.create_server(('127.0.0.1', 8080))
socket.create_connection(server.getsockname()).send(b'x')
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other.bind(('127.0.0.1', 0))
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', other.getsockname())
named = socket.socket(socket.AF_UNIX)
named.bind('/tmp/own')
named.listen()
socket.socket(socket.AF_UNIX).connect('/tmp/own')
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('203.0.113.8', 9))
for name in (socket.gethostname(), socket.getfqdn(), 'localhost'):
    socket.getaddrinfo(name, 80)
"""
    ran = world.run(order(code))
    assert ran.stderr.open() == b""
    assert ran.sent == ()


def test_a_service_on_the_loopback_that_is_not_its_own_is_somebody(world):
    code = """
for port in (443, 11434):
    try:
        socket.create_connection(('127.0.0.1', port)).send(b'page one')
    except ConnectionRefusedError:
        pass
"""
    told = sent(world.run(order(code)), Observer.NETWORK)
    assert told == {("tcp", "127.0.0.1:443"): b"page one", ("tcp", "127.0.0.1:11434"): b""}


@pytest.mark.asroot
def test_the_virtual_machines_host_cannot_be_reached(world):
    code = """
try:
    socket.socket(40, socket.SOCK_STREAM)
except OSError as refused:
    print(refused.errno)
"""
    assert world.run(order(code)).stdout.open() == b"97\n"
