"""Who is signed in: one row for each session, found by the HMAC of its token; and which sign-ins were answered.

Each change is one statement, or means the same in any order; so PostgreSQL may let them pass each other. Rows are
sealed by who writes them: a database that somebody changes gives nobody a role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from cloister.errors import RecordsDamaged
from cloister.store import postgres
from cloister.store.records import Database, typed

METADATA = MetaData()

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("person", String(64), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("teams", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    Column("seen", BigInteger, nullable=False),
    Index("sessions_of_person", "tenant", "person"),
)

ANSWERED = Table(
    "answered_sign_ins",
    METADATA,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("tenant", String(100), nullable=False),
    Column("until", BigInteger, nullable=False),
)

_TOUCH = 60
"""Seconds after which a session is written down as seen again: not at every request."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session. `roles` and `teams` are names with a space between; times are seconds since 1970."""

    digest: bytes
    tenant: str
    person: str
    roles: str
    teams: str
    until: int
    """Its end, however much it is used."""
    seal: bytes
    seen: int
    """When it was last used, to the minute."""


def make(database: Database) -> None:
    """Make the tables beside those of the records. Where they are already, nothing changes."""
    with typed(database):
        METADATA.create_all(database.engine)
    postgres.guard(database, SESSIONS.name, ANSWERED.name)


class SessionRecords:
    """The sessions of one tenant. `idle`: seconds of not being used after which one ends."""

    def __init__(self, database: Database, tenant: str, idle: int) -> None:
        self._database, self._tenant, self._idle = database, tenant, idle
        self._engine = postgres.unordered(database.engine)

    def close(self) -> None:
        """Let the database go."""
        self._database.engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with typed(self._database), self._engine.begin() as connection:
            yield connection

    def start(self, row: SessionRow, instead_of: bytes | None = None) -> None:
        """Keep a new session, in the place of another where there was one. What is over goes."""
        if row.tenant != self._tenant:
            raise ValueError("a session of another tenant")
        values = {field.name: getattr(row, field.name) for field in fields(row)}
        with self._begin() as connection:
            over = or_(SESSIONS.c.until <= row.seen, SESSIONS.c.seen <= row.seen - self._idle)
            connection.execute(delete(SESSIONS).where(SESSIONS.c.tenant == self._tenant, over))
            if instead_of is not None:
                connection.execute(self._one(instead_of))
            connection.execute(insert(SESSIONS), values)

    def find(self, digest: bytes, now: int) -> SessionRow | None:
        """The session of this digest, if it is not over; it counts as used now."""
        wanted = select(SESSIONS).where(SESSIONS.c.digest == digest, SESSIONS.c.tenant == self._tenant)
        with self._begin() as connection:
            found = connection.execute(wanted).mappings().all()
            row = _read(found[0]) if found else None
            if row is None or row.until <= now or row.seen <= now - self._idle:
                return None
            if row.seen <= now - _TOUCH:
                seen = update(SESSIONS).where(SESSIONS.c.digest == digest, SESSIONS.c.seen < now)
                connection.execute(seen.values(seen=now))
            return row

    def end(self, digest: bytes) -> None:
        """End one, at once. One that is over already stays so."""
        with self._begin() as connection:
            connection.execute(self._one(digest))

    def end_all(self, person: str) -> int:
        """End every session of a person; how many that were."""
        theirs = delete(SESSIONS).where(SESSIONS.c.tenant == self._tenant, SESSIONS.c.person == person)
        with self._begin() as connection:
            return connection.execute(theirs).rowcount

    def answer(self, digest: bytes, until: int, now: int) -> bool:
        """Note that a sign-in was answered, until it can no longer be; False if it was answered before."""
        over = delete(ANSWERED).where(ANSWERED.c.tenant == self._tenant, ANSWERED.c.until <= now)
        noted = {"digest": digest, "tenant": self._tenant, "until": until}
        with typed(self._database):
            with self._engine.begin() as connection:
                connection.execute(over)
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(ANSWERED), noted)
            except IntegrityError:
                return False
        return True

    def _one(self, digest: bytes) -> Any:  # noqa: ANN401 - SQLAlchemy's type has no name of its own
        return delete(SESSIONS).where(SESSIONS.c.digest == digest, SESSIONS.c.tenant == self._tenant)


def _read(held: Mapping[Any, Any]) -> SessionRow:
    """A row as a value; `RecordsDamaged` if it was not written by us."""
    values = {field.name: held[field.name] for field in fields(SessionRow)}
    for name, value in values.items():
        wanted = {"digest": bytes, "seal": bytes, "until": int, "seen": int}.get(name, str)
        if type(value) is not wanted or (isinstance(value, int) and value < 0):
            raise RecordsDamaged
    return SessionRow(**values)
