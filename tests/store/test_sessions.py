"""Sessions in SQLite and in PostgreSQL: found until they are over or ended, by their tenant, whoever else is at it."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count

import pytest

from cloister.errors import CloisterError
from cloister.store import postgres, sessions, sqlite
from cloister.store.sessions import SessionRecords, SessionRow
from tests.store.server import ROLE, Server

NOW, IDLE = 1_800_000_000, 600
ROW = SessionRow(b"\1" * 32, "north", "per-" + "2" * 32, "reader submitter", "claims", NOW + 3600, b"\3" * 32, NOW)
_NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("pg"))
    made.start()
    made.sql(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS")
    yield made
    made.stop()


class SessionsContract:
    """What holds in any database. A test of a backend has the fixture `records`, for the tenant `north`."""

    def test_a_session_is_found_until_it_is_over(self, records):
        records.start(ROW)
        assert records.find(ROW.digest, NOW) == ROW
        assert records.find(b"\2" * 32, NOW) is None
        assert records.find(ROW.digest, NOW + IDLE) is None
        assert records.find(ROW.digest, NOW + IDLE - 1) == ROW
        assert records.find(ROW.digest, NOW + 2 * IDLE - 2) == replace(ROW, seen=NOW + IDLE - 1)
        assert records.find(ROW.digest, ROW.until) is None

    def test_one_that_takes_the_place_of_another_leaves_none_of_it(self, records):
        records.start(ROW)
        other = replace(ROW, digest=b"\4" * 32)
        records.start(other, instead_of=ROW.digest)
        assert (records.find(ROW.digest, NOW), records.find(other.digest, NOW)) == (None, other)

    def test_one_is_ended_or_all_of_a_person(self, records):
        rows = [replace(ROW, digest=bytes([number]) * 32) for number in range(5)]
        rows[4] = replace(rows[4], person="per-" + "5" * 32)
        for row in rows:
            records.start(row)
        records.end(rows[0].digest)
        records.end(rows[0].digest)
        assert records.end_all(ROW.person) == 3
        assert [records.find(row.digest, NOW) for row in rows] == [None] * 4 + [rows[4]]

    def test_no_token_is_two_sessions(self, records):
        records.start(ROW)
        with pytest.raises(CloisterError):
            records.start(replace(ROW, person="per-" + "6" * 32))
        assert records.find(ROW.digest, NOW) == ROW

    def test_a_session_of_another_tenant_is_not_kept(self, records):
        with pytest.raises(ValueError, match="another tenant"):
            records.start(replace(ROW, tenant="south"))

    def test_a_sign_in_is_answered_once(self, records):
        assert records.answer(b"\7" * 32, NOW + 60, NOW)
        assert not records.answer(b"\7" * 32, NOW + 60, NOW + 59)
        assert records.answer(b"\7" * 32, NOW + 120, NOW + 60)  # it can no longer be, so nothing is kept of it

    def test_of_many_who_answer_at_once_one_does(self, records):
        taken = []

        def answer():
            taken.append(records.answer(b"\x08" * 32, NOW + 60, NOW))

        _together(answer for _ in range(12))
        assert sorted(taken) == [False] * 11 + [True]

    def test_of_two_hundred_that_end_at_once_all_end_and_no_other(self, records):
        rows = [replace(ROW, digest=bytes([number]) * 32) for number in range(51)]
        for row in rows:
            records.start(row)
        failed = []

        def end(digest):
            try:
                records.end(digest)
            except CloisterError as refusal:
                failed.append(refusal.code)

        _together(lambda digest=row.digest: end(digest) for row in rows[:50] * 4)
        assert failed == []
        assert [records.find(row.digest, NOW) for row in rows] == [None] * 50 + [rows[50]]

    def test_making_the_tables_again_changes_nothing(self, records):
        records.start(ROW)
        sessions.make(records._database)
        assert records.find(ROW.digest, NOW) == ROW


def _together(acts):
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class TestSqliteSessions(SessionsContract):
    """All of the contract, and SQLite's own."""

    @pytest.fixture
    def records(self, tmp_path):
        database = sqlite.make(tmp_path / "records.db")
        sessions.make(database)
        made = SessionRecords(database, "north", IDLE)
        yield made
        made.close()

    def test_nothing_of_an_ended_session_stays_in_the_file(self, records, tmp_path):
        records.start(ROW)
        assert ROW.digest in (tmp_path / "records.db").read_bytes()
        records.end(ROW.digest)
        assert ROW.digest not in (tmp_path / "records.db").read_bytes()


class TestPostgresSessions(SessionsContract):
    """All of the contract, and PostgreSQL's own."""

    @pytest.fixture
    def address(self, server):
        name = f"sessions{next(_NUMBERS)}"
        server.sql(f"CREATE DATABASE {name} OWNER {ROLE}")
        return server.address(name)

    @pytest.fixture
    def records(self, address):
        database = postgres.make(address, "north")
        sessions.make(database)
        made = SessionRecords(database, "north", IDLE)
        yield made
        made.close()

    def test_no_session_of_another_tenant_is_seen_ended_or_made(self, records, address):
        records.start(ROW)
        south = SessionRecords(postgres.opened(address, "south"), "south", IDLE)
        posing = SessionRecords(south._database, "north", IDLE)  # says north to us, south to the server
        for other in (south, posing):
            assert other.find(ROW.digest, NOW) is None
            other.end(ROW.digest)
            assert other.end_all(ROW.person) == 0
        with pytest.raises(CloisterError):
            posing.start(replace(ROW, digest=b"\5" * 32))
        with pytest.raises(CloisterError):
            posing.answer(b"\5" * 32, NOW + 60, NOW)
        assert records.find(ROW.digest, NOW) == ROW
        south.close()

    @pytest.mark.parametrize("table", ["sessions", "answered_sign_ins"])
    def test_row_level_security_binds_the_owner_of_the_tables_too(self, records, server, address, table):
        records.start(ROW)
        records.answer(b"\7" * 32, NOW + 60, NOW)
        name = address.partition("@/")[2].partition("?")[0]
        assert server.sql(f"SELECT count(*) FROM {table}", name) == "1"
        assert server.sql(f"SET ROLE {ROLE}; SELECT count(*) FROM {table}", name) == "0"

    def test_the_records_keep_their_strict_order(self, records):
        with records._database.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "serializable"
        with records._engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
