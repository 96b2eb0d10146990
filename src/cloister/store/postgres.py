"""Records in PostgreSQL, for more machines than one. All that is PostgreSQL's own stands here.

Every transaction says whose it is, and row-level security shows and takes no row of any other tenant. It binds the
tables' owner too; roles that it does not bind are refused, as are servers that lose what they have confirmed. What
an update or delete replaces stays in the server's files and write-ahead log for a time: only wrapped keys, and no key
that unwraps them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from cloister.errors import BadDatabase, CloisterError, DatabaseFlaw, DiskFull, RecordsDamaged, RecordsFailed
from cloister.hosts import is_this_machine
from cloister.store.records import Database, typed

_SCHEME, _DRIVER = "postgresql", "postgresql+psycopg"
_OLDEST = 150_000
_WAIT = 10
"""Seconds for a connection, a lock, a statement, and a transaction that stands still."""
_POOL, _MORE = 4, 4
_SETTINGS = {
    "synchronous_commit": "on",
    "statement_timeout": f"{_WAIT}s",
    "lock_timeout": f"{_WAIT}s",
    "idle_in_transaction_session_timeout": f"{_WAIT}s",
    "search_path": "public",
    "row_security": "on",
}
_UNORDERED = "READ COMMITTED"
_DURABLE = ("fsync", "full_page_writes")
_TENANT = "cloister.tenant"
_OWN = f"tenant = current_setting('{_TENANT}', true)"
_OF_OWN = "EXISTS (SELECT 1 FROM documents WHERE documents.id = artefacts.document)"
_ASKED = frozenset({"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"})
"""What an address may say after its question mark; anything else could lead elsewhere."""
_HIDDEN = ("PGPASSWORD", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS")
"""Variables that the client library would follow against the address, or that hold a password."""
_FULL = "53100"
_NO_TABLE = "42P01"
_OURS = ("22", "23", "42")
"""Classes of errors that are about what was sent, and not about the server (PostgreSQL's appendix A)."""


def make(address: str, tenant: str) -> Database:
    """Make the tables, and who may see which row of them, in a database that has none."""
    database = opened(address, tenant)
    database.make_tables()
    _guard(database, {"documents": _OWN, "artefacts": _OF_OWN, "service_keys": _OWN})
    return database


def guard(database: Database, *tables: str) -> None:
    """Have each row of further tables, which have a column `tenant`, be seen and made by its own tenant only.

    In another database than PostgreSQL there is nothing to do: a file of SQLite is one tenant's.
    """
    if database.engine.dialect.name == _SCHEME:
        _guard(database, dict.fromkeys(tables, _OWN))


def _guard(database: Database, tables: Mapping[str, str]) -> None:
    with typed(database), database.engine.begin() as connection:
        for table, own in tables.items():
            connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
            connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
            connection.execute(text(f"DROP POLICY IF EXISTS own_tenant ON {table}"))
            connection.execute(text(f"CREATE POLICY own_tenant ON {table} USING ({own}) WITH CHECK ({own})"))


def unordered(engine: Engine) -> Engine:
    """The same database for changes of one statement each: they wait for each other, and none has to be repeated."""
    return engine.execution_options(isolation_level=_UNORDERED) if engine.dialect.name == _SCHEME else engine


def opened(address: str, tenant: str) -> Database:
    """The database at an address, for one tenant. Nothing is connected to before it is used.

    `BadDatabase` for an address with a password, or one that would send records over a network as they are.
    """
    engine = _engine(address, _POOL, "SERIALIZABLE")
    _belongs_to(engine, tenant)
    return Database(engine, _refusal)


def opened_for_jobs(address: str, connections: int) -> Database:
    """The same for jobs, which DBOS keeps for all tenants: they are ids, and claimed by locks on their rows."""
    return Database(_engine(address, connections, "READ COMMITTED"), _refusal)


def _engine(address: str, connections: int, isolation: Literal["SERIALIZABLE", "READ COMMITTED"]) -> Engine:
    engine = create_engine(
        _checked(address),
        pool_size=connections,
        max_overflow=_MORE,
        pool_timeout=_WAIT,
        pool_pre_ping=True,
        isolation_level=isolation,
        hide_parameters=True,  # values in messages and logs would be content of rows
        connect_args={"connect_timeout": _WAIT, "application_name": "cloister"},
    )
    event.listen(engine, "connect", _settle)
    return engine


def _checked(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        raise BadDatabase(why=DatabaseFlaw.ADDRESS) from None
    if url.password is not None or "password" in url.query:
        raise BadDatabase(why=DatabaseFlaw.TELLS)
    if any(name in os.environ for name in _HIDDEN):
        raise BadDatabase(why=DatabaseFlaw.HIDDEN)
    host = url.query.get("host", url.host)
    if url.drivername != _SCHEME or not url.database or not isinstance(host, str) or not _ASKED.issuperset(url.query):
        raise BadDatabase(why=DatabaseFlaw.ADDRESS)
    if url.query.get("sslmode") != "verify-full" and not _is_here(host):
        raise BadDatabase(why=DatabaseFlaw.UNENCRYPTED)
    return url.set(drivername=_DRIVER)


def _is_here(host: str) -> bool:
    """Whether it is a socket or address of this machine; a comma parts several."""
    return "," not in host if host.startswith("/") else is_this_machine(host)


def _settle(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own connection
    """Prepare a new connection, and refuse it if it cannot be relied on."""
    with connection.cursor() as cursor:
        for name, value in _SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (powerful,) = cursor.fetchone()
        cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting <> 'on'", ([*_DURABLE],))
        lossy = cursor.fetchall()
    connection.commit()
    if connection.info.server_version < _OLDEST:
        raise BadDatabase(why=DatabaseFlaw.OLD)
    if powerful:
        raise BadDatabase(why=DatabaseFlaw.POWERFUL)
    if lossy:
        raise BadDatabase(why=DatabaseFlaw.LOSSY)


def _belongs_to(engine: Engine, tenant: str) -> None:
    """Have every transaction say whose it is."""

    def begin(connection: Connection) -> None:
        connection.execute(text("SELECT set_config(:name, :tenant, true)"), {"name": _TENANT, "tenant": tenant})

    event.listen(engine, "begin", begin)


def _refusal(problem: object) -> CloisterError:
    state = getattr(problem, "sqlstate", None) or ""
    if state == _FULL:
        return DiskFull()
    if state == _NO_TABLE:
        return BadDatabase(why=DatabaseFlaw.EMPTY)
    return RecordsDamaged() if state.startswith(_OURS) else RecordsFailed()
