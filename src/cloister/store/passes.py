"""The keys of programs, as far as they are kept: what each is looked up by, what it is good for, until when.

Nobody can make a token from what stands here. What a row says counts only with its `seal`, which whoever made the row
made with a key that is not here (`desk.passes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from cloister.errors import RecordsDamaged
from cloister.store.records import Database, typed
from cloister.store.tables import SERVICE_KEYS


@dataclass(frozen=True, slots=True)
class ServiceKeyRow:
    """One key of a program. Times are seconds since 1970; lists are words parted by spaces, in order."""

    id: str
    tenant: str
    owner: str
    """Who made it."""
    digest: bytes
    roles: str
    teams: str
    scopes: str
    made: int
    until: int
    seal: bytes


class Passes:
    """The table of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with typed(self._database), self._database.engine.begin() as connection:
            yield connection

    def add(self, row: ServiceKeyRow) -> None:
        """Keep a new one."""
        with self._begin() as connection:
            connection.execute(insert(SERVICE_KEYS), asdict(row))

    def find(self, digest: bytes) -> ServiceKeyRow | None:
        """The one that is looked up by this, if it is there."""
        with self._begin() as connection:
            found = connection.execute(select(SERVICE_KEYS).where(SERVICE_KEYS.c.digest == digest)).mappings().all()
        return _read(found[0]) if found else None

    def every(self) -> list[ServiceKeyRow]:
        """All of them, in the order in which they were made."""
        query = select(SERVICE_KEYS).order_by(SERVICE_KEYS.c.made, SERVICE_KEYS.c.id)
        with self._begin() as connection:
            return [_read(row) for row in connection.execute(query).mappings()]

    def remove(self, id_: str) -> bool:
        """Take one away: it is good for nothing from now on. Whether it was there."""
        with self._begin() as connection:
            done = connection.execute(delete(SERVICE_KEYS).where(SERVICE_KEYS.c.id == id_))
        return bool(done.rowcount)


def _read(held: Mapping[Any, Any]) -> ServiceKeyRow:
    values = {field.name: held[field.name] for field in fields(ServiceKeyRow)}
    wanted = {"digest": bytes, "seal": bytes, "made": int, "until": int}
    if any(type(value) is not wanted.get(name, str) for name, value in values.items()):
        raise RecordsDamaged
    return ServiceKeyRow(**values)
