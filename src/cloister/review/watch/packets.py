"""Reads captured packets: to whom, by which protocol, with which content (RFC 791, 8200, 768, 9293, 1035)."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from cloister.model import Plain
from cloister.review.seen import Observer, Sent

_ICMP, _TCP, _UDP, _ICMP6 = 1, 6, 17, 58
_NAMES = {_ICMP: "icmp", _TCP: "tcp", _UDP: "udp", _ICMP6: "icmp6"}
_SYN, _ACK = 0x02, 0x10
_DNS, _LONGEST_LABEL = 53, 63
_V4, _V4_HEAD, _V6, _V6_HEAD, _TCP_HEAD, _UDP_HEAD = 4, 20, 6, 40, 20, 8
_UNREACHABLE = {(_ICMP, 3), (_ICMP6, 1)}


@dataclass(frozen=True, slots=True)
class _Packet:
    protocol: int
    source: str
    target: str
    body: bytes

    @property
    def ports(self) -> tuple[int, int]:
        """From which and to which."""
        return int.from_bytes(self.body[:2], "big"), int.from_bytes(self.body[2:4], "big")

    @property
    def flags(self) -> int:
        """Of TCP."""
        return self.body[13] if len(self.body) >= _TCP_HEAD else 0

    @property
    def content(self) -> bytes:
        """What is behind the header of TCP or UDP."""
        if self.protocol == _UDP:
            return self.body[_UDP_HEAD:]
        return self.body[(self.body[12] >> 4) * 4 :] if len(self.body) >= _TCP_HEAD else b""


def read(packets: list[bytes], *, answering: tuple[int, ...]) -> list[Sent]:
    """Every attempt to reach somebody, once; what was sent to one address and port is put together.

    `answering` are the ports where we answer. Talk between processes of the tool itself over the loopback, where both
    ends are its own, is no attempt.
    """
    parsed = [packet for raw in packets if (packet := _parse(raw))]
    own = _own_servers(parsed, answering)
    refused = _refused(parsed)
    sent: dict[tuple[str, str], bytearray] = {}
    replies: set[tuple[str, int, str, int]] = set()
    for packet in parsed:
        name = _NAMES.get(packet.protocol, f"ip-{packet.protocol}")
        if packet.protocol not in {_TCP, _UDP}:
            if name in {"icmp", "icmp6"} and packet.body[:1] not in {b"\x08", b"\x80"}:
                continue  # the kernel's own: errors and answers
            sent.setdefault((name, packet.target), bytearray()).extend(packet.body)
            continue
        source, target = packet.ports
        if (packet.source, source, packet.target, target) in replies:
            continue
        replies.add((packet.target, target, packet.source, source))
        if is_loopback(packet.target) and packet.protocol == _TCP and (packet.target, target) in own:
            continue
        if is_loopback(packet.target) and packet.protocol == _UDP and target not in refused and target != _DNS:
            continue
        payload = packet.content
        if packet.protocol == _UDP and target == _DNS:
            name = "dns"
        where = f"[{packet.target}]:{target}" if ":" in packet.target else f"{packet.target}:{target}"
        if name == "dns" and (asked := _name(payload)):
            where = asked
        sent.setdefault((name, where), bytearray()).extend(payload)
    return [Sent(name, to, Observer.NETWORK, Plain(bytes(data))) for (name, to), data in sent.items()]


def _own_servers(parsed: list[_Packet], answering: tuple[int, ...]) -> set[tuple[str, int]]:
    """Addresses and ports where the tool itself took a connection."""
    found = set()
    for packet in parsed:
        if packet.protocol == _TCP and packet.flags & (_SYN | _ACK) == _SYN | _ACK:
            port = packet.ports[0]
            if port not in answering:
                found.add((packet.source, port))
    return found


def _refused(parsed: list[_Packet]) -> set[int]:
    """UDP ports that nobody listened on, as the kernel said in its answers."""
    found = set()
    for packet in parsed:
        if (packet.protocol, packet.body[0] if packet.body else -1) in _UNREACHABLE and (
            inner := _parse(packet.body[8:])
        ):
            found.add(inner.ports[1])
    return found


def _parse(raw: bytes) -> _Packet | None:
    if len(raw) >= _V4_HEAD and raw[0] >> 4 == _V4:
        head = (raw[0] & 15) * 4
        if int.from_bytes(raw[6:8], "big") & 0x1FFF:
            return _Packet(255, socket.inet_ntoa(raw[12:16]), socket.inet_ntoa(raw[16:20]), raw[head:])
        return _Packet(raw[9], socket.inet_ntoa(raw[12:16]), socket.inet_ntoa(raw[16:20]), raw[head:])
    if len(raw) >= _V6_HEAD and raw[0] >> 4 == _V6:
        source, target = (socket.inet_ntop(socket.AF_INET6, raw[at : at + 16]) for at in (8, 24))
        return _Packet(raw[6], source, target, raw[_V6_HEAD:])
    return None


def is_loopback(address: str) -> bool:
    """Whether an address, with or without a port, is this machine's by its number."""
    return address.startswith(("127.", "[::1]")) or address == "::1"


def _name(question: bytes) -> str:
    """The name that a DNS question asks for, "" where there is none."""
    labels, at = [], 12
    while at < len(question) and (length := question[at]):
        if length > _LONGEST_LABEL or at + 1 + length > len(question):
            return ""
        labels.append(question[at + 1 : at + 1 + length].decode("utf-8", "surrogateescape"))
        at += 1 + length
    return ".".join(labels)
