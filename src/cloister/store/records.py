"""The records: every change is one transaction, and is on the medium when it returns.

What a row says is not believed: a value of another form is `RecordsDamaged` here, and a false one opens nothing later,
as the keys are bound to what the row has to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, TypeVar, get_type_hints

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from cloister.errors import CloisterError, RecordsDamaged, RecordsFailed, UnknownDocument
from cloister.events import Cause
from cloister.model import Artefact, Sensitivity
from cloister.store.rows import ArtefactRow, DocumentRow, State
from cloister.store.tables import ARTEFACTS, DOCUMENTS, METADATA

Row = TypeVar("Row", DocumentRow, ArtefactRow)
_ENUMS: dict[str, type[Enum]] = {
    "level": Sensitivity,
    "born_level": Sensitivity,
    "state": State,
    "cause": Cause,
    "artefact": Artefact,
}
_MAY_LACK = frozenset({"kind", "cause"})


@dataclass(frozen=True, slots=True)
class Database:
    """An open database: its engine, and what an error of its driver means."""

    engine: Engine
    refusal: Callable[[object], CloisterError]

    def make_tables(self) -> None:
        """Make the tables, in a database that has none."""
        with typed(self):
            METADATA.create_all(self.engine)


@contextmanager
def typed(database: Database) -> Iterator[None]:
    """Turn what the database says into our words: its own may hold values."""
    try:
        yield
    except DBAPIError as problem:
        raise database.refusal(problem.orig) from None
    except SQLAlchemyError:
        raise RecordsFailed from None


class Records:
    """The records of one vault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Let the database go."""
        self._database.engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with typed(self._database), self._database.engine.begin() as connection:
            yield connection

    def document(self, document: str) -> DocumentRow:
        """The document of this id; `UnknownDocument` if there is none."""
        with self._begin() as connection:
            found = connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.id == document)).mappings().all()
        if not found:
            raise UnknownDocument
        return _read(DocumentRow, found[0])

    def documents(self, chosen: Collection[str] | None = None) -> list[DocumentRow]:
        """Every document, or those of these ids, in the order in which they came."""
        query = select(DOCUMENTS).order_by(DOCUMENTS.c.accepted, DOCUMENTS.c.id)
        if chosen is not None:
            query = query.where(DOCUMENTS.c.id.in_(list(chosen)))
        with self._begin() as connection:
            return [_read(DocumentRow, row) for row in connection.execute(query).mappings()]

    def found_by(self, lookups: Collection[bytes], after: int) -> list[DocumentRow]:
        """The documents of these lookups that are here and whose bucket ends after that time."""
        query = select(DOCUMENTS).where(DOCUMENTS.c.lookup.in_(list(lookups)), DOCUMENTS.c.lookup_ends > after)
        query = query.where(DOCUMENTS.c.state != State.GONE.value).order_by(DOCUMENTS.c.accepted, DOCUMENTS.c.id)
        with self._begin() as connection:
            return [_read(DocumentRow, row) for row in connection.execute(query).mappings()]

    def buckets(self, after: int) -> list[tuple[str, str, int, int]]:
        """Of what is here: environment, tenant, and end and width of each bucket that is not over."""
        columns = DOCUMENTS.c.environment, DOCUMENTS.c.tenant, DOCUMENTS.c.lookup_ends, DOCUMENTS.c.lookup_width
        query = select(*columns).where(DOCUMENTS.c.lookup_ends > after, DOCUMENTS.c.state != State.GONE.value)
        with self._begin() as connection:
            found = connection.execute(query.distinct().order_by(*columns)).all()
        return [(str(row[0]), str(row[1]), _number(row[2]), _number(row[3])) for row in found]

    def artefacts(self, document: str | None = None) -> list[ArtefactRow]:
        """Every artefact, or those of one document."""
        query = select(ARTEFACTS).order_by(ARTEFACTS.c.document, ARTEFACTS.c.artefact)
        if document is not None:
            query = query.where(ARTEFACTS.c.document == document)
        with self._begin() as connection:
            return [_read(ArtefactRow, row) for row in connection.execute(query).mappings()]

    def accept(self, document: DocumentRow, artefact: ArtefactRow) -> None:
        """Keep a new document and its first artefact: from here on it is kept."""
        with self._begin() as connection:
            connection.execute(insert(DOCUMENTS), _written(document))
            connection.execute(insert(ARTEFACTS), _written(artefact))

    def save(
        self,
        documents: Iterable[DocumentRow] = (),
        artefacts: Iterable[ArtefactRow] = (),
        first: Callable[[Connection], None] | None = None,
    ) -> None:
        """Bring documents up to date, and put artefacts in the place of those before, if there were any.

        `first` is done first in the same transaction; if it raises, nothing is saved.
        """
        with self._begin() as connection:
            if first is not None:
                first(connection)
            _update(connection, documents)
            for row in artefacts:
                connection.execute(_one(row))
                connection.execute(insert(ARTEFACTS), _written(row))

    def remove(self, artefacts: Iterable[ArtefactRow], documents: Iterable[DocumentRow] = ()) -> None:
        """Forget artefacts, wrapped keys included, and bring their documents up to date."""
        with self._begin() as connection:
            for row in artefacts:
                connection.execute(_one(row))
            _update(connection, documents)

    def forget(self, documents: Iterable[DocumentRow]) -> None:
        """Forget the last line of documents of which nothing is left."""
        with self._begin() as connection:
            for row in documents:
                connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.id == row.id))


def _one(row: ArtefactRow) -> Any:  # noqa: ANN401 - SQLAlchemy's type has no name of its own
    return delete(ARTEFACTS).where(ARTEFACTS.c.document == row.document, ARTEFACTS.c.artefact == row.artefact.value)


def _update(connection: Connection, documents: Iterable[DocumentRow]) -> None:
    for row in documents:
        done = connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.id == row.id), _written(row))
        if done.rowcount != 1:
            raise UnknownDocument


def _written(row: DocumentRow | ArtefactRow) -> dict[str, Any]:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}


def _read(kind: type[Row], held: Mapping[Any, Any]) -> Row:
    """A row as a value; `RecordsDamaged` if it was not written by us."""
    values: dict[str, Any] = {name: _value(name, wanted, held[name]) for name, wanted in _HINTS[kind].items()}
    return kind(**values)


_HINTS: Mapping[type, dict[str, Any]] = {kind: get_type_hints(kind) for kind in (DocumentRow, ArtefactRow)}


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise RecordsDamaged
    return value


def _value(name: str, wanted: Any, value: object) -> object:  # noqa: ANN401 - a type is what it is
    if value is None and name in _MAY_LACK:
        return None
    if name in _ENUMS:
        try:
            return _ENUMS[name](value)
        except ValueError:
            raise RecordsDamaged from None
    if type(value) is not (str if name in _MAY_LACK else wanted) or (isinstance(value, int) and value < 0):
        raise RecordsDamaged
    return value
