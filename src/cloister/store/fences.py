"""Fences: which run of a document is the one whose result counts, kept where results are kept.

A worker that was held up (stopped, swapped out, cut off) can be declared dead while it still runs, and a job that was
cancelled can be in the hands of somebody who has not heard of it. Each run takes a token that replaces the one before
it; what a run delivers counts in the transaction that also finds its token in place, and once. That is as strong as
the database: no clock and no lease decides (Kleppmann, Designing Data-Intensive Applications, "fencing tokens").
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    delete,
    false,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from cloister.errors import TakenOver
from cloister.store.records import Database, typed

_METADATA = MetaData()
_FENCES = Table(
    "fences",
    _METADATA,
    Column("document", String(64), primary_key=True),
    Column("token", String(32), nullable=False),
    Column("runs", Integer, nullable=False),
    Column("delivered", Boolean, nullable=False),
)
_OF = _FENCES.c


@dataclass(frozen=True, slots=True)
class Fence:
    """What one run has to show: its token, and how many runs there were, this one included."""

    token: str
    runs: int


class Fences:
    """The fences of the documents in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kind: Any = sqlite
        self._engine = database.engine
        if database.engine.dialect.name == "postgresql":
            # Each act is one statement on one row; a serializable one could fail for the sake of its neighbours.
            self._kind, self._engine = postgresql, database.engine.execution_options(isolation_level="READ COMMITTED")

    def make_tables(self) -> None:
        """Make the table, in a database that has none."""
        with typed(self._database):
            _METADATA.create_all(self._engine)

    def take(self, document: str) -> Fence | None:
        """A new run's; what was taken before is worth nothing from here on. None if a result counted already."""
        token = secrets.token_hex(16)
        new = self._kind.insert(_FENCES).values(document=document, token=token, runs=1, delivered=False)
        again = {"token": token, "runs": _OF.runs + 1}
        taken = new.on_conflict_do_update(index_elements=[_OF.document], set_=again, where=_OF.delivered == false())
        with self._begin() as connection:
            runs = connection.execute(taken.returning(_OF.runs)).scalar()
        return None if runs is None else Fence(token, runs)

    def revoke(self, document: str) -> bool:
        """Let no run that has a fence deliver; whether one had done so already."""
        changed = update(_FENCES).where(_OF.document == document).values(token=secrets.token_hex(16))
        with self._begin() as connection:
            return bool(connection.execute(changed.returning(_OF.delivered)).scalar())

    def require(self, document: str, token: str) -> None:
        """Raise `TakenOver` unless a run of this token could deliver now. What it delivers is judged once more."""
        with typed(self._database), self._database.engine.begin() as connection:
            if connection.execute(select(_OF.runs).where(_its(document, token), ~_OF.delivered)).first() is None:
                raise TakenOver

    def give_back(self, document: str, token: str) -> None:
        """Have a run that was asked to stop not count among the runs."""
        with self._begin() as connection:
            connection.execute(update(_FENCES).where(_its(document, token)).values(runs=_OF.runs - 1))

    def forget(self, documents: Sequence[str]) -> None:
        """Forget documents; runs of them that are still there cannot deliver."""
        with self._begin() as connection:
            connection.execute(delete(_FENCES).where(_OF.document.in_(documents)))

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with typed(self._database), self._engine.begin() as connection:
            yield connection


def deliver(connection: Connection, document: str, token: str) -> None:
    """Have what this transaction writes be the result; `TakenOver` if it cannot be, and then nothing may be written.

    Call it first: it holds the row until the transaction ends, so no other run gets a token meanwhile.
    """
    done = connection.execute(update(_FENCES).where(_its(document, token), ~_OF.delivered).values(delivered=True))
    if done.rowcount != 1:
        raise TakenOver


def _its(document: str, token: str) -> Any:  # noqa: ANN401 - a condition
    return and_(_OF.document == document, _OF.token == token)
