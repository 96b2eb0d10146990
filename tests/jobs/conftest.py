from __future__ import annotations

from itertools import count

import pytest

from tests.jobs.places import Place
from tests.store.server import ROLE, Server

_NUMBERS = count()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("pg"))
    made.start()
    made.sql(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")
    yield made
    made.stop()


def _sqlite(request) -> Place:
    folder = request.getfixturevalue("tmp_path")
    return Place(folder / "jobs.db", folder / "records.db")


def _postgres(request) -> Place:
    return postgres_place(request.getfixturevalue("server"))


def postgres_place(server: Server) -> Place:
    """A database of its own."""
    name = f"jobs{next(_NUMBERS)}"
    server.sql(f"CREATE DATABASE {name} OWNER {ROLE}")
    return Place(server.address(name), server.address(name))


@pytest.fixture(params=[_sqlite, _postgres], ids=["sqlite", "postgres"])
def place(request):
    made = request.param(request)
    made.make()
    yield made
    made.close()


@pytest.fixture
def lite(request):
    made = _sqlite(request)
    made.make()
    yield made
    made.close()
