"""Who acts at the desk: the vault's own user on this machine, or a principal of the service.

What they are to a document are roles, which the policy's level of it allows things to. For a principal Cedar is asked
first (`cloister.access`): it knows of tenants, sessions that are over, scopes of keys, and who never sees content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cloister.access import Action, Paper, Principal, State, access
from cloister.events import Id
from cloister.journey.admit import Came
from cloister.model import Role
from cloister.policy import Rule
from cloister.policy.values import Channel
from cloister.store.rows import DocumentRow

HERE = Came(Channel.COMMAND)
"""By the command, on this machine."""


class Who(Protocol):
    """Whoever acts."""

    @property
    def id(self) -> Id:
        """Who it is, for the log and the records."""

    @property
    def came(self) -> Came:
        """The way they come."""

    def new(self, rule: Rule, tenant: str, now: int) -> frozenset[Role]:
        """What they are to a document that they hand in; `AccessDenied` if they may hand in none of this rule."""

    def roles(self, action: Action, row: DocumentRow, rule: Rule, now: int) -> frozenset[Role]:
        """What they are to a document that is kept; `AccessDenied` if they may not act so on it."""


@dataclass(frozen=True, slots=True)
class User:
    """The user of this machine to whom the vault belongs: the submitter of all that came by the command."""

    id: Id
    came: Came = HERE

    def new(self, rule: Rule, tenant: str, now: int) -> frozenset[Role]:  # noqa: ARG002 - who has the vault may
        """The submitter."""
        return frozenset({Role.SUBMITTER})

    def roles(self, action: Action, row: DocumentRow, rule: Rule, now: int) -> frozenset[Role]:  # noqa: ARG002
        """The submitter of what they submitted."""
        return frozenset({Role.SUBMITTER}) if row.submitter == str(self.id) else frozenset()


@dataclass(frozen=True, slots=True)
class Asker:
    """Someone who asks the service, or a program with a key; `principal.id` is their id, spelt out."""

    principal: Principal
    came: Came

    @property
    def id(self) -> Id:
        """Who it is."""
        return Id.read(self.principal.id)

    def new(self, rule: Rule, tenant: str, now: int) -> frozenset[Role]:
        """The submitter, if Cedar says so."""
        paper = Paper.under(rule, "new", tenant, self.principal.id, State.NEW)
        access().require(self.principal, Action.SUBMIT, paper, now)
        return self.principal.roles & {Role.SUBMITTER}

    def roles(self, action: Action, row: DocumentRow, rule: Rule, now: int) -> frozenset[Role]:
        """The roles they have, of those of the submitter and of readers only what they are to this document."""
        paper = Paper.under(rule, row.id, row.tenant, row.submitter, State(row.state.value))
        access().require(self.principal, action, paper, now)
        lacks = set()
        if row.submitter != self.principal.id:
            lacks.add(Role.SUBMITTER)
        if self.principal.teams.isdisjoint(rule.teams):
            lacks.add(Role.READER)
        return self.principal.roles - lacks
