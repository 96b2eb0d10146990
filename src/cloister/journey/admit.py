"""Admit: whether a document may come in at all. Nothing here looks inside: a jail said what the file is.

`require_size` comes before anything is opened, `admit` once a jail has opened it.
"""

from __future__ import annotations

from dataclasses import dataclass

from cloister.errors import AboveLimit, NotAllowed, OriginNotAllowed, PagesAboveLimit, TypeNotAllowed
from cloister.model import Admitted, Role, SourceKind
from cloister.policy import Policy, Rule
from cloister.policy.values import Channel


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody hands in: its bytes, its type and pages as a jail found them, the way it came, and who."""

    size: int
    type: SourceKind
    pages: int
    channel: Channel
    roles: frozenset[Role]


def require_size(rule: Rule, size: int) -> None:
    """Raise `AboveLimit` if it has more bytes than one of its kind may have."""
    if size > rule.limits.bytes:
        raise AboveLimit(size=size, limit=rule.limits.bytes)


def admit(policy: Policy, rule: Rule, upload: Upload) -> Admitted:
    """The document, or `NotAllowed`, `OriginNotAllowed`, `AboveLimit`, `TypeNotAllowed` or `PagesAboveLimit`."""
    if upload.roles.isdisjoint(rule.level.submit):
        raise NotAllowed(level=rule.sensitivity)
    if not _may_come(policy, rule, upload.channel):
        raise OriginNotAllowed
    require_size(rule, upload.size)
    if upload.type not in rule.types:
        raise TypeNotAllowed(type=upload.type)
    if upload.pages > rule.limits.pages:
        raise PagesAboveLimit(number=upload.pages, limit=rule.limits.pages)
    return Admitted(rule.kind, upload.type, upload.size, upload.pages)


def _may_come(policy: Policy, rule: Rule, channel: Channel) -> bool:
    """What names no origin comes from nowhere but this machine, by the command."""
    named = {policy.origins[name].by for name in rule.origins} or {Channel.COMMAND}
    return channel in named
