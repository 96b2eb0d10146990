"""Records in PostgreSQL: the contract, and what is PostgreSQL's own."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count

import pytest

from cloister.errors import BadDatabase, CloisterError, DatabaseFlaw, RecordsDamaged, RecordsFailed, UnknownDocument
from cloister.store import postgres
from cloister.store.records import Records
from tests.store.contract import DOCUMENT, SOURCE, TEXT, RecordsContract
from tests.store.server import OWNER, ROLE, Server

_NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("pg"))
    made.start()
    made.sql(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")
    yield made
    made.stop()


@pytest.fixture
def address(server):
    name = f"records{next(_NUMBERS)}"
    server.sql(f"CREATE DATABASE {name} OWNER {ROLE}")
    return server.address(name)


@pytest.fixture
def records(address):
    made = Records(postgres.make(address, "north"))
    yield made
    made.close()


@pytest.fixture
def south(records, address):
    del records
    made = Records(postgres.opened(address, "south"))
    yield made
    made.close()


class TestPostgresRecords(RecordsContract):
    """All of the contract."""


def test_no_row_of_another_tenant_is_seen_changed_or_made(records, south):
    records.accept(DOCUMENT, SOURCE)
    assert (south.documents(), south.artefacts()) == ([], [])
    with pytest.raises(UnknownDocument):
        south.document(DOCUMENT.id)
    with pytest.raises(UnknownDocument):
        south.save([replace(DOCUMENT, pages=9)])
    south.remove([SOURCE])
    south.forget([DOCUMENT])
    with pytest.raises(RecordsDamaged):
        south.save([], [TEXT])  # of a document that is not theirs
    with pytest.raises(RecordsDamaged):
        south.accept(replace(DOCUMENT, id="doc-" + "8" * 32), replace(SOURCE, blob="8" * 32))  # as another tenant
    assert (records.documents(), records.artefacts()) == ([DOCUMENT], [SOURCE])


def test_whoever_says_nothing_of_a_tenant_sees_nothing_though_the_tables_are_theirs(records, server, address):
    records.accept(DOCUMENT, SOURCE)
    name = address.partition("@/")[2].partition("?")[0]
    assert server.sql("SELECT count(*) FROM documents", name) == "1"
    for statement in ("SELECT count(*) FROM documents", "SELECT count(*) FROM artefacts"):
        assert server.sql(f"SET ROLE {ROLE}; {statement}", name) == "0"


def test_a_transaction_leaves_its_tenant_in_no_connection(records, address):
    records.accept(DOCUMENT, SOURCE)
    database = postgres.opened(address, "north")
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        connection.exec_driver_sql("SELECT 1")
        connection.rollback()
        assert raw.execute("SELECT current_setting('cloister.tenant', true)").fetchone() in {(None,), ("",)}
        raw.rollback()
    database.engine.dispose()


@pytest.mark.parametrize(
    ("address", "flaw"),
    [
        ("sqlite:///records.db", DatabaseFlaw.ADDRESS),
        ("postgresql+asyncpg://me@127.0.0.1/records", DatabaseFlaw.ADDRESS),
        ("postgresql://me@127.0.0.1/", DatabaseFlaw.ADDRESS),
        ("postgresql:///records", DatabaseFlaw.ADDRESS),
        ("not an address", DatabaseFlaw.ADDRESS),
        ("postgresql://me@127.0.0.1/records?hostaddr=192.0.2.7", DatabaseFlaw.ADDRESS),
        ("postgresql://me@127.0.0.1/records?service=other", DatabaseFlaw.ADDRESS),
        ("postgresql://me@/records?host=/run&host=192.0.2.7", DatabaseFlaw.ADDRESS),
        ("postgresql://me:secret@127.0.0.1/records", DatabaseFlaw.TELLS),
        ("postgresql://me@127.0.0.1/records?password=secret", DatabaseFlaw.TELLS),
        ("postgresql://me@192.0.2.7/records", DatabaseFlaw.UNENCRYPTED),
        ("postgresql://me@localhost/records", DatabaseFlaw.UNENCRYPTED),
        ("postgresql://me@192.0.2.7/records?sslmode=require", DatabaseFlaw.UNENCRYPTED),
        ("postgresql://me@192.0.2.7/records?sslmode=verify-full&sslmode=disable", DatabaseFlaw.UNENCRYPTED),
        ("postgresql://me@/records?host=/run,192.0.2.7", DatabaseFlaw.UNENCRYPTED),
    ],
)
def test_an_address_that_is_not_safe_is_refused_before_anything_is_connected_to(address, flaw):
    with pytest.raises(BadDatabase) as refused:
        postgres.opened(address, "north")
    assert refused.value.facts == {"why": flaw}
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["postgresql://me@127.0.0.1/r", "postgresql://me@[::1]/r", "postgresql://me@/r?host=/run"]
)
def test_an_address_on_this_machine_needs_no_certificate(address):
    database = postgres.opened(address, "north")
    assert database.engine.url.database == "r"
    database.engine.dispose()


@pytest.mark.parametrize("name", ["PGPASSWORD", "PGHOSTADDR", "PGSERVICE", "PGOPTIONS"])
def test_a_variable_that_leads_elsewhere_is_refused(monkeypatch, name):
    monkeypatch.setenv(name, "x")
    with pytest.raises(BadDatabase) as refused:
        postgres.opened("postgresql://me@127.0.0.1/records", "north")
    assert refused.value.facts == {"why": DatabaseFlaw.HIDDEN}


@pytest.mark.parametrize("rights", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_that_row_level_security_does_not_bind_is_refused(server, address, rights):
    role = f"strong_{rights.lower()}"
    server.sql(f"CREATE ROLE {role} LOGIN {rights}")
    records = Records(postgres.opened(address.replace(f"{ROLE}@", f"{role}@"), "north"))
    with pytest.raises(BadDatabase) as refused:
        records.documents()
    assert refused.value.facts == {"why": DatabaseFlaw.POWERFUL}
    records.close()


def test_a_database_without_tables_is_told(address):
    records = Records(postgres.opened(address, "north"))
    with pytest.raises(BadDatabase) as refused:
        records.documents()
    assert refused.value.facts == {"why": DatabaseFlaw.EMPTY}
    records.close()


def test_a_row_of_another_form_is_refused(records, server, address):
    records.accept(DOCUMENT, SOURCE)
    server.sql("UPDATE documents SET level = 'lowest'", address.partition("@/")[2].partition("?")[0])
    with pytest.raises(RecordsDamaged):
        records.documents()


def test_of_many_at_once_each_is_kept_whole_or_refused(records):
    numbers = range(24)
    kept: list[str] = []

    def accept(number):
        document = replace(DOCUMENT, id=f"doc-{number:032x}")
        try:
            records.accept(document, replace(SOURCE, document=document.id, blob=f"{number:032x}"))
        except CloisterError:
            return
        kept.append(document.id)

    threads = [threading.Thread(target=accept, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept
    assert (
        sorted(row.id for row in records.documents())
        == sorted(row.document for row in records.artefacts())
        == sorted(kept)
    )


def test_what_was_confirmed_outlives_a_server_that_is_killed(tmp_path):
    server = Server(tmp_path)
    server.start()
    try:
        server.sql(f"CREATE ROLE {ROLE} LOGIN")
        server.sql(f"CREATE DATABASE records OWNER {ROLE}")
        records = Records(postgres.make(server.address("records"), "north"))
        for number in range(20):
            document = replace(DOCUMENT, id=f"doc-{number:032x}")
            records.accept(document, replace(SOURCE, document=document.id, blob=f"{number:032x}"))
        server.stop(kill=True)
        with pytest.raises(RecordsFailed):
            records.documents()
        server.start()
        assert len(records.documents()) == len(records.artefacts()) == 20  # the pool finds its way back by itself
        records.close()
    finally:
        server.stop()


def test_a_server_that_can_lose_what_it_confirmed_is_refused(tmp_path):
    server = Server(tmp_path, full_page_writes="off")
    server.start()
    try:
        server.sql(f"CREATE ROLE {ROLE} LOGIN")
        server.sql(f"CREATE DATABASE records OWNER {ROLE}")
        with pytest.raises(BadDatabase) as refused:
            postgres.make(server.address("records"), "north")
        assert refused.value.facts == {"why": DatabaseFlaw.LOSSY}
    finally:
        server.stop()


def test_the_owner_of_the_server_is_refused_too(address):
    records = Records(postgres.opened(address.replace(f"{ROLE}@", f"{OWNER}@"), "north"))
    with pytest.raises(BadDatabase):
        records.documents()
    records.close()
