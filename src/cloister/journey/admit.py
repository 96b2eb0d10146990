"""Admit: whether a document may come in at all. Nothing here looks inside: a jail said what the file is.

`require_origin` and `require_size` come before anything is opened, `require_contents` once a jail has opened it;
`admit` is all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network

from cloister.errors import AboveLimit, NotAllowed, OriginNotAllowed, PagesAboveLimit, TypeNotAllowed
from cloister.model import Admitted, Role, SourceKind
from cloister.policy import Policy, Rule
from cloister.policy.values import Channel, Origin


@dataclass(frozen=True, slots=True)
class Came:
    """The way a file comes: how, and from which address; None for this machine itself."""

    channel: Channel
    address: IPv4Address | IPv6Address | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody hands in: its bytes, its type and pages as a jail found them, the way it came, and who."""

    size: int
    type: SourceKind
    pages: int
    came: Came
    roles: frozenset[Role]


def require_size(rule: Rule, size: int) -> None:
    """Raise `AboveLimit` if it has more bytes than one of its kind may have."""
    if size > rule.limits.bytes:
        raise AboveLimit(size=size, limit=rule.limits.bytes)


def require_origin(policy: Policy, rule: Rule, came: Came, roles: frozenset[Role]) -> None:
    """Raise `NotAllowed` unless one of these roles may hand it in, `OriginNotAllowed` unless it may come this way."""
    if roles.isdisjoint(rule.level.submit):
        raise NotAllowed(level=rule.sensitivity)
    if not _may_come(policy, rule, came):
        raise OriginNotAllowed


def require_contents(rule: Rule, type: SourceKind, pages: int) -> None:  # noqa: A002 - it is the type
    """Raise `TypeNotAllowed` or `PagesAboveLimit` unless it may hold what a jail has found in it."""
    if type not in rule.types:
        raise TypeNotAllowed(type=type)
    if pages > rule.limits.pages:
        raise PagesAboveLimit(number=pages, limit=rule.limits.pages)


def admit(policy: Policy, rule: Rule, upload: Upload) -> Admitted:
    """The document, or `NotAllowed`, `OriginNotAllowed`, `AboveLimit`, `TypeNotAllowed` or `PagesAboveLimit`."""
    require_origin(policy, rule, upload.came, upload.roles)
    require_size(rule, upload.size)
    require_contents(rule, upload.type, upload.pages)
    return Admitted(rule.kind, upload.type, upload.size, upload.pages)


def _may_come(policy: Policy, rule: Rule, came: Came) -> bool:
    """What names no origin comes from nowhere but this machine, by the command."""
    if not rule.origins:
        return came == Came(Channel.COMMAND)
    named = (policy.origins[name] for name in rule.origins)
    return any(each.by is came.channel and _is_from(policy, each, came) for each in named)


def _is_from(policy: Policy, origin: Origin, came: Came) -> bool:
    """An origin that names no network is this machine. An address of the one version never stands for the other's."""
    if came.address is None or (not origin.networks and came.address.is_loopback):
        return True
    ranges = (given for name in origin.networks for given in policy.networks[name].ranges)
    return any(came.address in ip_network(given) for given in ranges)
