"""Sessions: begun by signing in, each with a token of its own that is shown once, ended by time or by signing out.

What is kept of one is sealed by a key that the database does not have, and that depends on what gives roles: where
the provider or the groups' roles were set otherwise meanwhile, no session of before is one any more.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from cloister.access.entities import Person
from cloister.access.tokens import Use, kept, made
from cloister.errors import RecordsDamaged, SignInFlaw, SignInRefused, TokenRefused
from cloister.model import Plain, Role
from cloister.service.login.grants import granted, person_id
from cloister.service.login.login import Login
from cloister.sign.id_token import SignedIn
from cloister.store.sessions import SessionRow


def begin(login: Login, signed: SignedIn, instead_of: str | None = None) -> tuple[Plain, Person]:
    """A new session of who has signed in, in the place of the one that this token was of; `NoRole` without a role.

    It ends with the provider's word or with the longest time that was set, whichever is first. The token is always
    new: none that came from outside is ever taken for a session's.
    """
    now = login.now()
    grant = granted(login.grants, signed.groups)
    token = made(Use.SESSION)
    row = SessionRow(
        digest=_digest(login, token.open().decode("ascii")),
        tenant=login.tenant,
        person=person_id(login.keys.people.open(), login.provider.issuer, signed.subject),
        roles=" ".join(sorted(role.value for role in grant.roles)),
        teams=" ".join(sorted(grant.teams)),
        until=min(now + login.times.longest, signed.until),
        seal=b"",
        seen=now,
    )
    if row.until <= now:
        raise SignInRefused(why=SignInFlaw.TIME)
    login.sessions.start(_with_seal(login, row), _old(login, instead_of))
    return token, _person(row)


def found(login: Login, token: str) -> Person:
    """Whose session a token is of; `TokenRefused` if it is over, was ended or never was."""
    row = login.sessions.find(_digest(login, token), login.now())
    if row is None:
        raise TokenRefused
    if not hmac.compare_digest(row.seal, _with_seal(login, row).seal):
        raise RecordsDamaged
    return _person(row)


def end(login: Login, token: str) -> None:
    """End the session of a token, at once; one that is over stays so. `TokenRefused` for what is no such token."""
    login.sessions.end(_digest(login, token))


def end_all(login: Login, person: str) -> int:
    """End every session of a person, as `Person.id` names them; how many that were."""
    return login.sessions.end_all(person)


def _digest(login: Login, token: str) -> bytes:
    return kept(Use.SESSION, token, login.key("session"))


def _old(login: Login, token: str | None) -> bytes | None:
    try:
        return None if token is None else _digest(login, token)
    except TokenRefused:
        return None


def _with_seal(login: Login, row: SessionRow) -> SessionRow:
    """The row with an authentication code over all of it but when it was seen."""
    said = [row.digest.hex(), row.tenant, row.person, row.roles, row.teams, row.until]
    seal = hmac.digest(login.key("seal"), json.dumps(said).encode("ascii"), hashlib.sha256)
    return SessionRow(row.digest, row.tenant, row.person, row.roles, row.teams, row.until, seal, row.seen)


def _person(row: SessionRow) -> Person:
    roles = frozenset(map(Role, row.roles.split()))
    return Person(row.person, row.tenant, roles, row.until, frozenset(row.teams.split()))
