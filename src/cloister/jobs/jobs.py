"""The queue, as whoever fills it and asks for it sees it. Nothing runs here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol, Self

from dbos import DBOSClient
from dbos import error as dbos_errors

from cloister.disk import sync_folder
from cloister.errors import CloisterError, JobsLedElsewhere, RecordsFailed
from cloister.events.quiet import silence
from cloister.jobs.serial import Ids, JobFailed
from cloister.store import postgres, sqlite
from cloister.store.fences import Fence
from cloister.store.queue import DBOS_SCHEMA, QUEUE, Queue
from cloister.store.records import Database, typed

NAME, VERSION = "cloister", "1"
"""The application and its version, as DBOS has them: a worker takes jobs of its own version only."""
WORK = "read"
_PREFIX = "ocr-"
_ID = re.compile(r"[a-z]{3}-[0-9a-f]{32}", re.ASCII)
_TALKERS = ("dbos", "sqlalchemy", "asyncio", "concurrent.futures", "psycopg")
_LED = "DBOS_"
_CONNECTIONS = 8
_AT_ONCE = 1000
"""Jobs that are deleted in one go."""


class State(Enum):
    """What has become of a job, with DBOS's word for it."""

    WAITING = "ENQUEUED"
    LATER = "DELAYED"
    """It was tried, and waits to be tried again."""
    RUNNING = "PENDING"
    DONE = "SUCCESS"
    """Also where there was nothing left to do."""
    FAILED = "ERROR"
    CANCELLED = "CANCELLED"


_LOST = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
"""Every worker that began it died before it could so much as take a fence."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job; `code` is that of the refusal with which it failed."""

    state: State
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs there are in each state, and for how many seconds the oldest has waited."""

    jobs: Mapping[State, int]
    oldest: float


class Guards(Protocol):
    """What says which run's result counts; `cloister.store.fences.Fences` is one."""

    def take(self, document: str) -> Fence | None:
        """A new run's fence, or None if a result counted already."""
        ...

    def revoke(self, document: str) -> bool:
        """Let no run that has a fence deliver; whether one had done so already."""
        ...

    def give_back(self, document: str, token: str) -> None:
        """Have a run not count among the runs."""
        ...

    def forget(self, documents: Sequence[str]) -> None:
        """Forget documents."""
        ...


class Jobs:
    """The jobs at an address, with the fences of where their results are kept."""

    def __init__(self, address: Path | str, fences: Guards, connections: int = _CONNECTIONS) -> None:
        """Nothing is made. What `sqlite.opened` or `postgres.opened` say, or `JobsLedElsewhere`."""
        self.database = _opened(address, connections)
        self.queue = Queue(self.database)
        self.fences = fences
        self._client = _client(self.database)

    def close(self) -> None:
        """Let the database go."""
        self._client.destroy()
        self.queue.close()

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let it go."""
        self.close()

    def enqueue(self, document: str, tenant: str, pages: int) -> None:
        """Have a document read, once: another call for the same does nothing. It is on the medium when this returns.

        Small jobs come before large ones, and every tenant has its turn (`store.queue`).
        """
        job = job_of(document)
        with _typed(self.database), self.queue.begin() as connection:
            place = self.queue.place(connection, job, tenant, pages)
            if place is not None:
                self._client.enqueue_in_transaction(
                    connection,
                    {"workflow_name": WORK, "queue_name": QUEUE, "workflow_id": job, "priority": place},
                    document,
                )

    def cancel(self, document: str) -> bool:
        """Cancel it, running or not. False if a result of it counted already; none does from here on."""
        with _typed(self.database):
            self._client.cancel_workflows([job_of(document)])
        return not self.fences.revoke(document)

    def state(self, document: str) -> Job | None:
        """What has become of it; None if there is no such job, or none any more."""
        with _typed(self.database):
            found = self._client.list_workflows(workflow_ids=[job_of(document)], load_input=False)
        if not found:
            return None
        if found[0].status == _LOST:
            return Job(State.FAILED, CloisterError.code)
        state = State(found[0].status)
        if state is not State.FAILED:
            return Job(state)
        error: object = found[0].error
        return Job(state, error.code if isinstance(error, JobFailed) else CloisterError.code)

    def counts(self) -> Counts:
        """How many there are of each kind; no ids and no tenants."""
        found, oldest = self.queue.counts()
        jobs = {state: found.get(state.value, 0) for state in State}
        jobs[State.FAILED] += found.get(_LOST, 0)
        return Counts(jobs, oldest)

    def collect(self, seconds: float) -> int:
        """Delete what is kept of some jobs that ended longer ago than that; how many those were.

        A document whose job was deleted can be enqueued again.
        """
        ended = self.queue.finished(seconds, _AT_ONCE)
        if ended:
            # First, as nobody can have come for the same document anew: a run that is left of it delivers nothing.
            self.fences.forget([job.removeprefix(_PREFIX) for job in ended])
            with _typed(self.database):
                self._client.delete_workflows(ended)
        return len(ended)


def make(address: Path | str) -> None:
    """Make what jobs are kept in: a new file, or the schemas `dbos` and `jobs` in a database of PostgreSQL.

    `VaultExists` if there is a file.
    """
    if isinstance(address, Path):
        sqlite.make_file(address)
    database = _opened(address, _CONNECTIONS)
    client = _client(database)
    try:
        with _typed(database):
            client._sys_db.run_migrations()  # noqa: SLF001 - by its public way it would make an engine of its own
        Queue(database).make_tables()
    finally:
        client.destroy()
        database.engine.dispose()
    if isinstance(address, Path):
        sync_folder(address.parent)


def job_of(document: str) -> str:
    """The id of a document's job; `ValueError` for what is no id."""
    if not _ID.fullmatch(document):
        raise ValueError("a job is of a document's id")
    return _PREFIX + document


@contextmanager
def _typed(database: Database) -> Iterator[None]:
    try:
        with typed(database):
            yield
    except dbos_errors.DBOSException:
        raise RecordsFailed from None


def _opened(address: Path | str, connections: int) -> Database:
    if any(name.startswith(_LED) for name in os.environ):
        raise JobsLedElsewhere
    silence(*_TALKERS)
    if isinstance(address, Path):
        return sqlite.opened_for_jobs(address, connections)
    return postgres.opened_for_jobs(address, connections)


def _client(database: Database) -> DBOSClient:
    return DBOSClient(
        system_database_engine=database.engine,
        dbos_system_schema=DBOS_SCHEMA,
        serializer=Ids(),
        application_name=NAME,
        lazy=True,
        retry_connection_errors=False,  # whoever asks is told, and does not wait for a database that is away
    )
