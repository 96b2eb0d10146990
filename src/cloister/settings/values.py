"""What is in force, as values. None is a secret, and none can do I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from cloister.hosts import is_this_machine
from cloister.model import Role
from cloister.settings.names import Setting, Source

Networks = tuple[IPv4Network | IPv6Network, ...]
Json = None | bool | int | str | list[str] | dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Listen:
    """Where requests are taken: an IP address, and a port, of which 0 is any that is free."""

    host: str
    port: int

    @property
    def is_here(self) -> bool:
        """Whether nobody but this machine can reach it."""
        return is_this_machine(self.host)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Per(Enum):
    """The time that a rate is counted in."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"

    @property
    def seconds(self) -> int:
        """How long it is."""
        return {Per.SECOND: 1, Per.MINUTE: 60, Per.HOUR: 3600}[self]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many, in a time."""

    count: int
    per: Per

    def __str__(self) -> str:
        return f"{self.count}/{self.per.value}"


@dataclass(frozen=True, slots=True)
class Tls:
    """The certificate and its key, in PEM."""

    certificate_file: Path
    key_file: Path


@dataclass(frozen=True, slots=True)
class Bucket:
    """What `store.objects.opened` takes."""

    name: str
    region: str
    endpoint: str | None


@dataclass(frozen=True, slots=True)
class Quota:
    """The most that one principal hands in within a day."""

    documents: int
    pages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class SignIn:
    """The OpenID provider, and which roles its groups have here. `hours`: how long a session lives."""

    issuer: str
    client_id: str
    client_secret_file: Path
    groups_claim: str
    roles: Mapping[str, tuple[Role, ...]]
    hours: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Who may read them."""

    readers: Networks


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: what is in force, and where that came from. `value` is None where nothing is."""

    setting: Setting
    value: object
    source: Source

    def words(self) -> str:
        """The value for people; empty where there is none."""
        return words(self.value)

    def plain(self) -> Json:
        """The value for programs."""
        if self.value is None or isinstance(self.value, bool | int):
            return self.value
        if isinstance(self.value, Mapping):
            return {group: [role.value for role in roles] for group, roles in self.value.items()}
        if isinstance(self.value, tuple):
            return [_network(each) for each in self.value]
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it. A part that is None was not set up; `docs/settings.md` tells what each does."""

    config: Path | None
    vault: Path | None
    passphrase_file: Path | None
    listen: Listen
    public_url: str | None
    """Without a slash at its end."""
    trusted_proxies: Networks
    tls: Tls | None
    database: str | None
    bucket: Bucket | None
    workers: int
    """Processes that read, each one document at a time."""
    page_pool: int
    """Jails that read pages, over all workers; not fewer than those."""
    uploads: int
    queue: int
    rate: Rate
    quota: Quota
    sign_in: SignIn | None
    metrics: Metrics | None
    rows: tuple[Row, ...]
    """Every setting, in the order of `Setting`."""


def words(value: object) -> str:
    """A value as it may be written in the environment, or for a table, as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "; ".join(f"{group}: {', '.join(role.value for role in roles)}" for group, roles in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(_network, value))
    return str(value)


def _network(network: IPv4Network | IPv6Network) -> str:
    """A range, or the one address that it is."""
    one = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if one else str(network)
