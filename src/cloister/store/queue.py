"""What is kept of jobs beside DBOS: which workers live, and where in the queue a job stands. Ids and numbers only.

DBOS keeps a job as a row of `workflow_status` and serves the least `priority` first. Its own recovery knows one
executor's jobs; here are the statements that move a job whose worker is dead, one statement each, so that no two
workers can both move it, and none moves what was cancelled meanwhile.

A place in the queue is the tag of self-clocked fair queueing (Golestani, INFOCOM 1994): jobs flow in as many streams
as there are tenants and sizes, a job's tag is its stream's last one or what is being served, whichever is more, and
its cost. So every stream with work gets the same share, a small job is before a large one, and since tags only grow,
a large one is passed by a bounded amount of work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    and_,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from cloister.store.records import Database, typed

QUEUE = "ocr"
DBOS_SCHEMA, _OURS = "dbos", "jobs"
_COLUMNS = (
    "workflow_uuid", "status", "queue_name", "executor_id", "owner_xid", "priority", "created_at", "updated_at",
    "started_at_epoch_ms", "delay_until_epoch_ms", "completed_at",
)  # fmt: skip
_MOST = (1 << 31) - 1
"""A tag is DBOS's priority; if so many came without a break, the rest are served in the order in which they came."""
_SERVED = "served"
"""In the place of a stream: the tag of what was served last."""
_SIZES = (4, 32)
"""Pages that a small job has at most, and a middling one."""
_DEAREST = 256
"""What a job costs at most, in pages: the largest is passed by no more than that of each other stream."""
_IN_FLIGHT = ("ENQUEUED", "PENDING", "DELAYED")


class Queue:
    """The jobs of one database."""

    def __init__(self, database: Database) -> None:
        lite = database.engine.dialect.name == "sqlite"
        self._database = database
        self._insert: Any = sqlite.insert if lite else postgresql.insert
        clock = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
        self._now: Any = literal_column(
            clock if lite else "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"
        )
        # In a file of SQLite ours stand beside DBOS's own, which has a table `streams`.
        self._ours = MetaData(schema=None if lite else _OURS)
        self._workers = Table(
            "jobs_workers",
            self._ours,
            Column("executor", String(100), primary_key=True),
            Column("name", String(64), nullable=False),
            Column("seen", BigInteger, nullable=False),  # milliseconds since 1970 by the database's clock, which is one
        )
        self._streams = Table(
            "jobs_streams",
            self._ours,
            Column("stream", String(40), primary_key=True),
            Column("tag", BigInteger, nullable=False),
            Column("era", BigInteger, nullable=False),
        )
        self._jobs: Any = table("workflow_status", *map(column, _COLUMNS), schema=None if lite else DBOS_SCHEMA)
        self._of = self._jobs.c

    @property
    def engine(self) -> Any:  # noqa: ANN401 - DBOS takes it; nobody else looks into it
        """What DBOS connects with."""
        return self._database.engine

    def close(self) -> None:
        """Let the database go."""
        self._database.engine.dispose()

    def make_tables(self) -> None:
        """Make what is ours, in a database that has none of it."""
        with self.begin() as connection:
            if self._database.engine.dialect.name == "postgresql":
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {_OURS}"))
            self._ours.create_all(connection)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction; whatever fails in it is said in our words."""
        with typed(self._database), self._database.engine.begin() as connection:
            yield connection

    def place(self, connection: Connection, job: str, tenant: str, pages: int) -> int | None:
        """Where a new job stands; None if there is one of this id. Others of its stream wait for the transaction."""
        pages = min(max(pages, 1), _DEAREST)
        size = sum(pages > most for most in _SIZES)
        stream = f"{hashlib.sha256(tenant.encode()).hexdigest()[:32]}-{size}"
        of = self._streams.c
        held = connection.execute(self._stream(stream, {"tag": of.tag}).returning(of.tag, of.era)).one()
        if connection.execute(select(self._of.workflow_uuid).where(self._of.workflow_uuid == job)).first() is not None:
            return None
        top = max(self._tag(connection, status, func.max) for status in _IN_FLIGHT)
        if not top:  # a new era begins: tags that were given before it mean nothing
            connection.execute(self._stream(_SERVED, {"tag": 0, "era": of.era + 1}))
        served = connection.execute(select(of.tag, of.era).where(of.stream == _SERVED)).first()
        least, era = self._tag(connection, "ENQUEUED", func.min), served.era if served else 0
        now = min(served.tag if served else 0, least or _MOST)
        last = min(held.tag, top) if held.era == era else 0
        tag = min(max(now, last) + pages, _MOST)
        connection.execute(update(self._streams).where(of.stream == stream).values(tag=tag, era=era))
        return tag

    def serve(self, job: str, executor: str) -> bool:
        """Say that a worker begins a job that it claimed; whether it still has it."""
        of = self._streams.c
        own = and_(self._of.workflow_uuid == job, self._of.executor_id == executor, self._is("PENDING"))
        with self.begin() as connection:
            tag = connection.execute(select(self._of.priority).where(own)).scalar()
            if tag is not None:
                connection.execute(update(self._streams).where(of.stream == _SERVED, of.tag < tag).values(tag=tag))
        return tag is not None

    def _stream(self, stream: str, changed: Mapping[str, object]) -> Any:  # noqa: ANN401 - an insert that may update
        new = self._insert(self._streams).values(stream=stream, tag=0, era=0)
        return new.on_conflict_do_update(index_elements=["stream"], set_=changed)

    def _tag(self, connection: Connection, status: str, which: Any) -> int:  # noqa: ANN401 - a function of SQL
        # The state as a literal lets the partial index of it be used.
        these = select(which(self._of.priority)).where(
            self._of.queue_name == literal_column(f"'{QUEUE}'"), self._is(status)
        )
        return connection.execute(these).scalar() or 0

    def beat(self, executor: str, name: str) -> None:
        """Say that a worker lives."""
        new = self._insert(self._workers).values(executor=executor, name=name, seen=self._now)
        with self.begin() as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["executor"], set_={"seen": self._now}))

    def succeed(self, name: str) -> None:
        """Forget the workers that had this name: their successor is here."""
        with self.begin() as connection:
            connection.execute(delete(self._workers).where(self._workers.c.name == name))

    def leave(self, executor: str) -> int:
        """Forget a worker, and give back what it has; how many jobs that was."""
        with self.begin() as connection:
            connection.execute(delete(self._workers).where(self._workers.c.executor == executor))
            return self._give_back(connection, self._of.executor_id == executor)

    def recover(self, silent: float) -> int:
        """Give back what workers have that said nothing for so many seconds; how many jobs that was."""
        oldest = self._now - round(silent * 1000)
        alive = select(self._workers.c.executor).where(self._workers.c.seen >= oldest)
        with self.begin() as connection:
            given = self._give_back(connection, self._of.executor_id.not_in(alive))
            connection.execute(delete(self._workers).where(self._workers.c.seen < oldest))
        return given

    def _give_back(self, connection: Connection, whose: Any) -> int:  # noqa: ANN401 - a condition
        changed = {"status": "ENQUEUED", "owner_xid": None, "started_at_epoch_ms": None, "updated_at": self._now}
        done = connection.execute(
            update(self._jobs).where(self._is("PENDING"), self._of.queue_name == QUEUE, whose).values(changed)
        )
        return done.rowcount

    def give_back(self, job: str, executor: str, seconds: float = 0) -> None:
        """Give one job back, if this worker has it, to be taken no sooner than in so many seconds."""
        changed = {"status": "DELAYED", "owner_xid": None, "started_at_epoch_ms": None, "updated_at": self._now}
        changed["delay_until_epoch_ms"] = self._now + round(seconds * 1000)
        own = and_(self._of.workflow_uuid == job, self._of.executor_id == executor, self._is("PENDING"))
        with self.begin() as connection:
            connection.execute(update(self._jobs).where(own).values(changed))

    def held(self, executor: str) -> frozenset[str]:
        """Every job that this worker has; what it runs beside those was taken from it, or cancelled."""
        with self.begin() as connection:
            found = connection.execute(
                select(self._of.workflow_uuid).where(
                    self._is("PENDING"), self._of.queue_name == QUEUE, self._of.executor_id == executor
                )
            )
            return frozenset(found.scalars())

    def counts(self) -> tuple[Mapping[str, int], float]:
        """How many jobs there are in each of DBOS's states, and for how many seconds the oldest has waited."""
        every = select(self._of.status, func.count()).group_by(self._of.status)
        waiting = select(self._now - func.min(self._of.created_at)).where(
            self._is("ENQUEUED"), self._of.queue_name == literal_column(f"'{QUEUE}'")
        )
        with self.begin() as connection:
            counted: dict[str, int] = {str(status): number for status, number in connection.execute(every)}
            oldest = connection.execute(waiting).scalar()
        return counted, max(0.0, (oldest or 0) / 1000)

    def finished(self, seconds: float, most: int) -> list[str]:
        """Some of the jobs that ended longer ago than that."""
        before = self._now - round(seconds * 1000)
        with self.begin() as connection:
            found = connection.execute(
                select(self._of.workflow_uuid)
                .where(self._of.completed_at < before, self._of.status.not_in(_IN_FLIGHT))
                .limit(most)
            )
            return list(found.scalars())

    def _is(self, status: str) -> Any:  # noqa: ANN401 - a condition
        """In this state. SQLite uses the index of what is in flight only where a copy of its condition stands."""
        found = self._of.status == literal_column(f"'{status}'")
        return and_(found, literal_column("status IN ('ENQUEUED', 'PENDING')")) if status == "ENQUEUED" else found
