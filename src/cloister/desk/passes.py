"""Service keys: how a program shows who it is. Made for a team, as the policy lets its keys live, and shown once.

A key gives no more than whoever made it has, never what is for people only, and ends on its day or when it is revoked.
Its record is sealed with a key that comes from the log's: a changed or foreign one is no key at all.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from cloister.access import FOR_PEOPLE, Action, ServiceKey, tokens
from cloister.access.tokens import Use
from cloister.desk.opened import Desk, Turn
from cloister.errors import ServiceKeyNotAllowed, TokenRefused, UnknownServiceKey
from cloister.events import Act, Draft, Id, Outcome, Thing
from cloister.model import Plain, Role
from cloister.store.passes import Passes, ServiceKeyRow

FOR_PROGRAMS = frozenset({Role.SUBMITTER, Role.READER})
"""The roles that a program can have."""
_PURPOSE = "service keys"


@dataclass(frozen=True, slots=True)
class Made:
    """A new key: its record, and the token, which is shown once and kept nowhere."""

    row: ServiceKeyRow
    token: Plain


def make(
    desk: Desk,
    teams: Collection[str],
    seconds: int,
    roles: Collection[Role] = (Role.SUBMITTER,),
    scopes: Collection[Action] = tuple(Action),
) -> Made:
    """A key for a program of these teams, for so many seconds; by the vault's own user.

    `ServiceKeyNotAllowed` for roles that no program can have, for a team that is not the policy's, and for a longer
    life than every one of the teams gives its keys.
    """
    token = tokens.made(Use.SERVICE_KEY)
    new = Id.new(Thing.SERVICE)
    with desk.turn() as turn:
        known = [turn.policy.teams.get(name) for name in teams]
        lives = min((team.service_keys if team else 0 for team in known), default=0)
        if not 0 < seconds <= lives or not roles or not FOR_PROGRAMS.issuperset(roles):
            raise ServiceKeyNotAllowed
        key = key_of(desk)
        row = ServiceKeyRow(
            str(new), turn.policy.policy.tenant, str(desk.who.id),
            tokens.kept(Use.SERVICE_KEY, token.open().decode("ascii"), key),
            _words(role.value for role in roles), _words(teams),
            _words(scope.value for scope in scopes if scope not in FOR_PEOPLE),
            turn.now, turn.now + seconds, b"",
        )  # fmt: skip
        turn.say(_drafts(turn, new, row, Act.ROLE_GIVEN, Outcome.INTENDED))
        row = replace(row, seal=_seal(row, key))
        desk.passes.add(row)
        turn.say(_drafts(turn, new, row, Act.ROLE_GIVEN, Outcome.DONE))
    return Made(row, token)


def every(desk: Desk) -> list[ServiceKeyRow]:
    """All keys that are kept, those that are over among them."""
    with desk.turn():
        return desk.passes.every()


def revoke(desk: Desk, id_: str) -> ServiceKeyRow:
    """End a key now; `UnknownServiceKey` if there is none of this id."""
    with desk.turn() as turn:
        row = next((each for each in desk.passes.every() if each.id == id_), None)
        if row is None:
            raise UnknownServiceKey
        subject = Id.read(row.id)
        turn.say(_drafts(turn, subject, row, Act.ROLE_TAKEN, Outcome.INTENDED))
        desk.passes.remove(id_)
        turn.say(_drafts(turn, subject, row, Act.ROLE_TAKEN, Outcome.DONE))
        return row


def shown(passes: Passes, key: bytes, token: str, now: int) -> ServiceKey:
    """Who shows this token; `TokenRefused` if it is none that counts now. Costs one look at the records."""
    row = passes.find(tokens.kept(Use.SERVICE_KEY, token, key))
    if row is None or not hmac.compare_digest(row.seal, _seal(row, key)) or row.until <= now:
        raise TokenRefused
    roles = frozenset(map(Role, row.roles.split()))
    scopes = frozenset(map(Action, row.scopes.split()))
    return ServiceKey(row.id, row.tenant, roles, row.until, frozenset(row.teams.split()), scopes)


def key_of(desk: Desk) -> bytes:
    """What tokens are looked up with in this vault."""
    return desk.derived(_PURPOSE)


def _seal(row: ServiceKeyRow, key: bytes) -> bytes:
    said = "\n".join((
        "cloister/service-key/1", row.id, row.tenant, row.owner, row.digest.hex(), row.roles, row.teams, row.scopes,
        str(row.made), str(row.until),
    ))  # fmt: skip
    return hmac.digest(key, said.encode(), hashlib.sha256)


def _words(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def _drafts(turn: Turn, subject: Id, row: ServiceKeyRow, act: Act, outcome: Outcome) -> list[Draft]:
    return [turn.draft(act, subject, {"role": Role(role)}, outcome) for role in row.roles.split()]
