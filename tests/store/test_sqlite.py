"""Records in SQLite: the contract, and what is SQLite's own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from cloister.errors import CloisterError, DiskFull, NoVault, RecordsDamaged, VaultExists, VaultReadableByOthers
from cloister.store import sqlite
from cloister.store.records import Records
from tests.store.contract import DOCUMENT, SOURCE, TEXT, RecordsContract

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "records.db"


@pytest.fixture
def records(path):
    made = Records(sqlite.make(path))
    yield made
    made.close()


class TestSqliteRecords(RecordsContract):
    """All of the contract."""


@pytest.mark.usefixtures("records")
def test_the_file_is_its_owners_alone_and_is_never_made_anew(path):
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(VaultExists):
        sqlite.make(path)
    path.chmod(0o640)
    with pytest.raises(VaultReadableByOthers):
        sqlite.opened(path)
    with pytest.raises(NoVault):
        sqlite.opened(path.with_name("other.db"))
    assert [entry.name for entry in path.parent.iterdir()] == ["records.db"]


def test_what_was_removed_is_overwritten_and_no_second_file_stays(path, records):
    records.accept(DOCUMENT, SOURCE)
    records.save([], [TEXT])
    assert SOURCE.wrapped in path.read_bytes()
    records.remove([SOURCE, TEXT])
    assert SOURCE.wrapped not in path.read_bytes()
    assert [entry.name for entry in path.parent.iterdir()] == ["records.db"]


@pytest.mark.usefixtures("records")
def test_a_commit_is_on_the_medium_and_its_folder_too(path):
    trace = path.parent / "trace"
    code = (
        "import sys; from pathlib import Path; from cloister.store import sqlite; "
        "from cloister.store.records import Records; from tests.store.contract import DOCUMENT, SOURCE; "
        "Records(sqlite.opened(Path(sys.argv[1]))).accept(DOCUMENT, SOURCE)"
    )
    command = ["strace", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync,unlink", "-o", trace]
    subprocess.run([*command, sys.executable, "-c", code, path], check=True, cwd=ROOT)
    said = trace.read_text()
    after_unlink = said[said.index("unlink(") :]
    assert said.count(f"{path}>") >= 1
    assert f"{path.parent}>" in after_unlink


@pytest.mark.parametrize(
    ("column", "value"),
    [("level", "lowest"), ("accepted", "soon"), ("accepted", -1), ("state", 7), ("lookup", "text"), ("cause", "whim")],
)
def test_a_row_of_another_form_is_refused(path, records, column, value):
    records.accept(DOCUMENT, SOURCE)
    with sqlite3.connect(path) as database:
        database.execute(f"update documents set {column} = ?", (value,))
    with pytest.raises(RecordsDamaged):
        records.documents()


@pytest.mark.parametrize("damage", ["cut", "overwritten"])
def test_a_damaged_file_is_refused(path, records, damage):
    records.accept(DOCUMENT, SOURCE)
    held = path.read_bytes()
    path.write_bytes(held[:4096] if damage == "cut" else b"\xff" * len(held))
    with pytest.raises(RecordsDamaged):
        records.documents()


def test_a_full_disk_is_told_and_nothing_is_half_written(path, records):
    with sqlite3.connect(path) as database:
        (pages,) = database.execute("pragma page_count").fetchone()
    records.accept(DOCUMENT, SOURCE)
    big = b"x" * 100_000

    def settle(connection, _):
        connection.execute(f"pragma max_page_count={pages}")

    event.listen(records._database.engine, "connect", settle)
    with pytest.raises(DiskFull):
        records.save([], [replace(SOURCE, wrapped=big)])
    assert records.artefacts() == [SOURCE]


def test_no_message_holds_a_value(records):
    records.accept(DOCUMENT, SOURCE)
    with pytest.raises(CloisterError) as refusal:
        records.accept(DOCUMENT, SOURCE)
    assert DOCUMENT.id not in f"{refusal.value}"
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
