"""The shapes that a setting may have, each read from a variable's text and from a value of the settings file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from cloister.errors import Expected
from cloister.hosts import is_this_machine
from cloister.model import Role
from cloister.settings.values import Listen, Networks, Per, Rate

_HOST = r"(?:\[(?P<six>[0-9A-Fa-f:.]{2,45})\]|(?P<host>[0-9A-Za-z](?:[0-9A-Za-z.-]{0,251}[0-9A-Za-z])?))"
_PORT = r"(?::(?P<port>[0-9]{1,5}))?"
_LISTEN = re.compile(rf"{_HOST}:(?P<port>[0-9]{{1,5}})", re.ASCII)
_URL = re.compile(rf"(?P<scheme>https?)://{_HOST}{_PORT}(?P<path>/[0-9A-Za-z._~/-]{{0,500}})?", re.ASCII)
ASKED = ("host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")
"""What a database's address may say after its question mark; `store.postgres` takes no more."""
_ITEM = rf"(?:{'|'.join(ASKED)})=[0-9A-Za-z._/,:~+-]*"
_DATABASE = re.compile(
    r"postgresql://(?:[0-9A-Za-z._~+-]{1,63}@)?(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.,_-]{0,253})(?::[0-9]{1,5})?"
    rf"/[0-9A-Za-z._~+-]{{1,63}}(?:\?{_ITEM}(?:&{_ITEM})*)?",
    re.ASCII,
)
_BUCKET = re.compile(r"s3://([0-9a-z][0-9a-z.-]{1,61}[0-9a-z])", re.ASCII)
_REGION = re.compile(r"[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?", re.ASCII)
_RATE = re.compile(r"([1-9][0-9]{0,6})/(second|minute|hour)", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,18}", re.ASCII)
_NAME = re.compile(r"[!-~]{1,255}")
_GROUP = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,255}")
_PATH = re.compile(r"[^\x00-\x1f\x7f]{1,4096}")
_TELLS = re.compile(r"://[^@:]*:[^@]*@|(?:pass|pwd|secret|token)[^=@/?&]{0,40}=", re.IGNORECASE)
"""A user with a password, or a parameter that is called like one."""
_USER = re.compile(r"://[^/?#]*@")
_MOST_PORT = 65_535
_MOST_RATE = 1_000_000
_MOST_RANGES = 64
_MOST_GROUPS = 500
_WIDEST = {4: 8, 6: 32}
_MAPPED = IPv6Network("::ffff:0:0/96")
_LONGEST = 2000


class Mistaken(Exception):
    """A value that its setting cannot have."""


class Tells(Exception):
    """What looks like a password. It goes nowhere."""


class Shape(Protocol):
    """How one setting is read."""

    @property
    def expected(self) -> Expected:
        """What may be written."""

    def from_text(self, text: str) -> object:
        """What a variable's text means, or `Mistaken`, or `Tells`."""

    def from_toml(self, value: object) -> object:
        """What a value of the settings file means, or the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is text in both."""

    expected: Expected
    reads: Callable[[str], object]

    def from_text(self, text: str) -> object:
        """What it means."""
        return self.reads(text)

    def from_toml(self, value: object) -> object:
        """What it means."""
        if not isinstance(value, str):
            raise Mistaken
        return self.reads(value)


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder. In the settings file it begins with /: nobody has to guess what it would be relative to."""

    expected: Expected = Expected.PATH

    def from_text(self, text: str) -> Path:
        """Where it is; a relative one is where the process was started."""
        if not _PATH.fullmatch(text):
            raise Mistaken
        return Path(text)

    def from_toml(self, value: object) -> Path:
        """Where it is."""
        if not isinstance(value, str) or not value.startswith("/"):
            raise Mistaken
        return self.from_text(value)


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number within bounds."""

    least: int
    most: int
    expected: Expected = Expected.COUNT

    def from_text(self, text: str) -> int:
        """The number."""
        if not _COUNT.fullmatch(text):
            raise Mistaken
        return self.from_toml(int(text))

    def from_toml(self, value: object) -> int:
        """The number."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise Mistaken
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """On or off."""

    expected: Expected = Expected.FLAG

    def from_text(self, text: str) -> bool:
        """Which it is; nothing else than these two words is guessed at."""
        if text not in {"true", "false"}:
            raise Mistaken
        return text == "true"

    def from_toml(self, value: object) -> bool:
        """Which it is."""
        if not isinstance(value, bool):
            raise Mistaken
        return value


@dataclass(frozen=True, slots=True)
class Ranges:
    """Addresses and ranges of them."""

    expected: Expected = Expected.NETWORKS

    def from_text(self, text: str) -> Networks:
        """The ranges."""
        return self.from_toml([part.strip(" ") for part in text.split(",")])

    def from_toml(self, value: object) -> Networks:
        """The ranges, each once."""
        if not isinstance(value, list) or len(value) > _MOST_RANGES:
            raise Mistaken
        return tuple(dict.fromkeys(map(_range, value)))


@dataclass(frozen=True, slots=True)
class Groups:
    """Which roles each group has. A table, so that there is one place and one way to write it."""

    expected: Expected = Expected.ROLES

    def from_text(self, text: str) -> Mapping[str, tuple[Role, ...]]:
        """Nothing: no variable holds a table."""
        del text
        raise Mistaken

    def from_toml(self, value: object) -> Mapping[str, tuple[Role, ...]]:
        """The roles by the name of the group."""
        if not isinstance(value, dict) or len(value) > _MOST_GROUPS or not all(map(_GROUP.fullmatch, value)):
            raise Mistaken
        return MappingProxyType({group: _roles(value[group]) for group in sorted(value)})


def listen(text: str) -> Listen:
    """An address and a port. Names are refused, `localhost` too: what one means can change."""
    found = _LISTEN.fullmatch(text)
    if found is None or int(found["port"]) > _MOST_PORT:
        raise Mistaken
    try:
        number = ip_address(found["six"] or found["host"])
    except ValueError:
        raise Mistaken from None
    if (number.version == 6) != (found["six"] is not None):  # noqa: PLR2004 - brackets are for IPv6, and only for it
        raise Mistaken
    return Listen(str(number), int(found["port"]))


def url(text: str) -> str:
    """An address without a path."""
    found = _address(text)
    if found["path"] not in {None, "/"}:
        raise Mistaken
    return text.removesuffix("/")


def issuer(text: str) -> str:
    """An address, to the letter as it was given: what a provider calls itself is compared so (OpenID Connect)."""
    _address(text)
    return text


def _address(text: str) -> re.Match[str]:
    _require_open(text, user=False)
    found = _URL.fullmatch(text)
    if found is None or not 0 < int(found["port"] or 1) <= _MOST_PORT:
        raise Mistaken
    if found["six"] and not _is_six(found["six"]):
        raise Mistaken
    if found["scheme"] == "http" and not is_this_machine(found["six"] or found["host"]):
        raise Mistaken
    return found


def database(text: str) -> str:
    """A database's address; `store.postgres` looks at it again."""
    _require_open(text, user=True)
    if not _DATABASE.fullmatch(text):
        raise Mistaken
    return text


def bucket(text: str) -> str:
    """A bucket's address."""
    _require_open(text, user=False)
    if not _BUCKET.fullmatch(text):
        raise Mistaken
    return text


def region(text: str) -> str:
    """A region's name."""
    if not _REGION.fullmatch(text):
        raise Mistaken
    return text


def name(text: str) -> str:
    """A name that somebody else chose."""
    if not _NAME.fullmatch(text):
        raise Mistaken
    return text


def rate(text: str) -> Rate:
    """So many in a time."""
    found = _RATE.fullmatch(text)
    if found is None or int(found[1]) > _MOST_RATE:
        raise Mistaken
    return Rate(int(found[1]), Per(found[2]))


def _require_open(text: str, *, user: bool) -> None:
    """Raise unless an address holds no password, and no user's name either where it takes none: that can be a token."""
    if len(text) > _LONGEST:
        raise Mistaken
    if _TELLS.search(text) or (not user and _USER.search(text)):
        raise Tells


def _range(text: object) -> IPv4Network | IPv6Network:
    if not isinstance(text, str) or "%" in text:
        raise Mistaken
    try:
        network = ip_network(text)
    except ValueError:
        raise Mistaken from None
    # IPv4 written as IPv6 would get past the bound on how wide an IPv4 range is.
    if network.prefixlen < _WIDEST[network.version] or (isinstance(network, IPv6Network) and network.overlaps(_MAPPED)):
        raise Mistaken
    return network


def _roles(value: object) -> tuple[Role, ...]:
    known = {role.value: role for role in Role}
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each in known for each in value):
        raise Mistaken
    return tuple(role for role in Role if role.value in value)


def _is_six(text: str) -> bool:
    try:
        return isinstance(ip_address(text), IPv6Address)
    except ValueError:
        return False
