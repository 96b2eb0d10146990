"""Who asks, and what for: the values that access is decided on. None holds a name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import ClassVar

from cloister.access.actions import FOR_PEOPLE, Action
from cloister.model import Role
from cloister.policy import Rule

EVERY = frozenset(Action)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `until` is when the session or key ends, in seconds since 1970; `scopes` are what it is good for."""

    kind: ClassVar[str] = "Person"

    id: str
    tenant: str
    roles: frozenset[Role]
    until: int
    teams: frozenset[str] = frozenset()
    scopes: frozenset[Action] = EVERY


class Person(Principal):
    """A person who has signed in."""

    __slots__ = ()


class ServiceKey(Principal):
    """A program with a key."""

    __slots__ = ()
    kind = "ServiceKey"


def service_key(of: Person, id_: str, scopes: frozenset[Action], roles: frozenset[Role], until: int) -> ServiceKey:
    """A key as somebody makes it: for no more than they may, and nothing that is for people only."""
    return ServiceKey(id_, of.tenant, roles & of.roles, until, of.teams, (scopes & of.scopes) - FOR_PEOPLE)


class State(Enum):
    """What a document is by now, as far as access is concerned."""

    NEW = "new"
    """It is being handed in."""
    QUEUED = "queued"
    KEPT = "kept"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document, under the rule that the policy has for it at its level."""

    kind: ClassVar[str] = "Document"

    id: str
    tenant: str
    owner: str
    state: State
    teams: frozenset[str]
    submit: frozenset[Role]
    read: frozenset[Role]
    metadata: frozenset[Role]
    shorten: frozenset[Role]
    delete: frozenset[Role]

    @classmethod
    def under(cls, rule: Rule, id_: str, tenant: str, owner: str, state: State) -> Paper:
        """A document under its rule, which names the teams whose readers may see it."""
        level = rule.level
        roles = (level.submit, level.read, level.metadata, level.shorten, level.delete)
        return cls(id_, tenant, owner, state, frozenset(rule.teams), *map(frozenset, roles))


@dataclass(frozen=True, slots=True)
class Tenant:
    """All that belongs to a tenant beside its documents."""

    kind: ClassVar[str] = "Tenant"

    tenant: str

    @property
    def id(self) -> str:
        """Its name."""
        return self.tenant


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a second person has to confirm: who proposed it, and whom it concerns."""

    kind: ClassVar[str] = "Change"

    id: str
    tenant: str
    proposer: str
    concerns: str


@dataclass(frozen=True, slots=True)
class Pass:
    """An upload link or a service key: whose it is."""

    kind: ClassVar[str] = "Pass"

    id: str
    tenant: str
    owner: str


Resource = Paper | Tenant | Change | Pass


def attributes(entity: Principal | Resource) -> dict[str, str | int | list[str]]:
    """What access.cedarschema says of it: its fields, with its id as `key`."""
    return {"key" if each.name == "id" else each.name: _plain(getattr(entity, each.name)) for each in fields(entity)}


def _plain(value: str | int | Enum | frozenset[str] | frozenset[Enum]) -> str | int | list[str]:
    if isinstance(value, frozenset):
        return sorted(str(_plain(each)) for each in value)
    return str(value.value) if isinstance(value, Enum) else value
