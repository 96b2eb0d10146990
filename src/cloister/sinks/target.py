"""An address that something is sent to, and the one machine that it means: never one of ours unless that was said.

Whoever registers a webhook chooses its address, and so could have this service send requests into the network that it
stands in. An address is taken apart strictly, its name is resolved once, every machine that it means has to be a
public one or in a network that was named for it, and the connection goes to that number and to no other.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cloister.errors import TargetFlaw, TargetRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
Resolve = Callable[[str], Sequence[str]]

LONGEST = 2000
"""Characters of an address at most."""
_TLS = 443
_URL = re.compile(
    r"https://(?:\[(?P<six>[0-9a-f:]{2,45})\]|(?P<host>[0-9A-Za-z.-]{1,253}))(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>/[!$&'()*+,;=:@%0-9A-Za-z._~/-]*)?(?P<query>\?[!$&'()*+,;=:@%0-9A-Za-z._~/?-]*)?",
    re.ASCII,
)
_LABEL = re.compile(r"[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?", re.ASCII)
_LAST = re.compile(r"[a-z][0-9a-z-]*[0-9a-z]", re.ASCII)
"""No last part of a name begins with a digit: what does is a number, as some resolvers read it."""
_MOST_PORTS = 65_535
_FEW_NAMES = frozenset(
    {"localhost", "local", "internal", "home", "lan", "corp", "intranet", "private", "arpa", "onion"}
)
"""Names that end so mean machines nearby, or none."""
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")


class Target(NamedTuple):
    """Where to connect to, and what to ask for there."""

    address: Address
    port: int
    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Url:
    """An address that was taken apart; nothing was resolved yet."""

    host: str
    port: int
    path: str
    number: Address | None
    """The host, where it is one."""


def parsed(url: str) -> Url:
    """The parts of an address; `TargetRefused` for any that is not plainly https:// with a name or number."""
    found = _URL.fullmatch(url) if len(url) <= LONGEST else None
    if found is None or int(found["port"] or _TLS) > _MOST_PORTS:
        raise TargetRefused(why=TargetFlaw.FORM)
    host = (found["six"] or found["host"]).lower()
    path = (found["path"] or "/") + (found["query"] or "")
    port = int(found["port"] or _TLS)
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        number = None
    if number is None and (found["six"] or not _is_name(host)):
        raise TargetRefused(why=TargetFlaw.FORM)
    return Url(host, port, path, number)


def resolved(url: str, within: Networks = (), resolve: Resolve | None = None) -> Target:
    """The one machine that an address means; `TargetRefused` if any that it means is neither public nor `within`."""
    parts = parsed(url)
    numbers = [parts.number] if parts.number else _numbers(parts.host, resolve or system)
    if not all(_is_fine(number, within) for number in numbers):
        raise TargetRefused(why=TargetFlaw.NEARBY)
    return Target(numbers[0], parts.port, parts.host, parts.path)


def system(host: str) -> Sequence[str]:
    """What this machine's resolver says."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def is_public(number: Address) -> bool:
    """Whether a number is of the public internet, looked at through every way to write an IPv4 address in IPv6."""
    if isinstance(number, ipaddress.IPv4Address):
        return number.is_global and not number.is_multicast and number not in _RELAYS
    inner = number.ipv4_mapped or number.sixtofour or (number.teredo or (None, None))[1]
    if inner is None and any(number in network for network in (*_TRANSLATED, _COMPATIBLE)):
        inner = ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF)
    if inner is not None:
        return False  # it is reached by its own number, if at all
    return number.is_global and not number.is_multicast and not number.is_site_local and number.scope_id is None


def _is_fine(number: Address, within: Networks) -> bool:
    return is_public(number) or any(number.version == network.version and number in network for network in within)


def _numbers(host: str, resolve: Resolve) -> list[Address]:
    try:
        numbers = [ipaddress.ip_address(found) for found in resolve(host)]
    except (OSError, ValueError, UnicodeError):
        raise TargetRefused(why=TargetFlaw.UNKNOWN) from None
    if not numbers:
        raise TargetRefused(why=TargetFlaw.UNKNOWN)
    return numbers


def _is_name(host: str) -> bool:
    labels = host.split(".")
    return (
        len(labels) > 1
        and all(map(_LABEL.fullmatch, labels))
        and _LAST.fullmatch(labels[-1]) is not None
        and labels[-1] not in _FEW_NAMES
    )
