"""Where jobs and their results are kept in a test: two files of SQLite, or a database of PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from cloister import jobs
from cloister.store import postgres, sqlite
from cloister.store.fences import Fences, deliver
from cloister.store.records import Database

TENANT = "north"


def document(number: int) -> str:
    """An id."""
    return f"doc-{number:032x}"


@dataclass
class Place:
    """The address of the jobs, and that of the records, which are where a result counts."""

    address: Path | str
    results: Path | str
    _open: Database | None = None

    def make(self) -> None:
        """Make all of it, and a table of what was delivered."""
        jobs.make(self.address)
        made = sqlite.make(self.results) if isinstance(self.results, Path) else postgres.make(self.results, TENANT)
        Fences(made).make_tables()
        with made.engine.begin() as connection:
            connection.execute(text("CREATE TABLE deliveries (document TEXT, worker TEXT)"))
        made.engine.dispose()

    def database(self) -> Database:
        """Where results are."""
        if self._open is None:
            lite = isinstance(self.results, Path)
            self._open = sqlite.opened(self.results) if lite else postgres.opened(self.results, TENANT)
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.engine.dispose()

    def fences(self) -> Fences:
        return Fences(self.database())

    def open(self) -> jobs.Jobs:
        return jobs.Jobs(self.address, self.fences())

    def deliver(self, of: str, fence: str, worker: str = "test") -> None:
        """Deliver a result, as a worker does."""
        with self.database().engine.begin() as connection:
            deliver(connection, of, fence)
            connection.execute(text("INSERT INTO deliveries VALUES (:of, :worker)"), {"of": of, "worker": worker})

    def delivered(self) -> list[tuple[str, str]]:
        """Every delivery that counted: of which document, and by whom."""
        with self.database().engine.begin() as connection:
            return [(of, worker) for of, worker in connection.execute(text("SELECT * FROM deliveries"))]

    def start(self, name: str, *words: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """Start a worker as a process of its own (process.py)."""
        command = [*before, sys.executable, "-m", "tests.jobs.process", *self.addresses(), name, *words]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=Path(__file__).parent.parent.parent, **pipes)

    def addresses(self) -> list[str]:
        """As words of a command."""
        return [f"{type(each).__name__[0].lower()}:{each}" for each in (self.address, self.results)]


def place_of(addresses: list[str]) -> Place:
    """From what `Place.addresses` gave."""
    return Place(
        *(text if kind == "s" else Path(text) for kind, _, text in (each.partition(":") for each in addresses))
    )


def until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something holds."""
    latest = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < latest, "it does not come to hold"
        time.sleep(0.02)
