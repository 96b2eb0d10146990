"""A backup holds no keys, ends with its documents, and is taken in again whole or not at all."""

from __future__ import annotations

import random
import tarfile

import pytest

from cloister.audit.held import read
from cloister.desk import custody
from cloister.desk import vault as vaults
from cloister.desk.archive import Member, Statement, written
from cloister.desk.backup import backup
from cloister.desk.delete import delete
from cloister.desk.opened import Desk
from cloister.desk.reading import read_kept
from cloister.desk.restore import restore, show
from cloister.desk.submit import submit
from cloister.errors import (
    BackupDamaged,
    ClockMoved,
    CloisterError,
    NotFound,
    OutputExists,
    RestoredSince,
    UnknownDocument,
    VaultExists,
)
from cloister.events import Act
from cloister.model import Plain, Sensitivity
from cloister.store.rows import State
from tests.desk.setup import CONTENT, PASSPORT, WORDS, Given, desk, keep, make, secret, text_of


@pytest.fixture
def place(tmp_path, clock):
    make(tmp_path, clock, keys=tmp_path / "stick")
    return tmp_path


def made(place, clock, name="backup.tar"):
    with desk(place, clock, locked=True) as opened:
        return backup(opened, place / name)


def restored(place, clock, name="backup.tar", to="again"):
    return restore(place / name, place / to, place / "stick", clock)


def again(place, clock, to="again"):
    opened = Desk(vaults.find(place / to), clock)
    opened.unlock(secret())
    return opened


def texts(place, clock, to="again") -> dict[str, str]:
    """What can be fetched there."""
    found = {}
    with again(place, clock, to) as opened:
        for row in opened.records.documents():
            try:
                found[row.id] = text_of(opened, row.id)
            except CloisterError:
                continue
    return found


def test_what_was_backed_up_is_there_again_and_the_keys_answer_to_no_older_copy(place, clock):
    with desk(place, clock) as opened:
        ids = [keep(opened, f"{WORDS} {day}", content=CONTENT + bytes([day])) for day in range(3)]
    facts = made(place, clock)
    assert (facts.documents, facts.size) == (3, (place / "backup.tar").stat().st_size)
    assert (place / "backup.tar").stat().st_mode & 0o777 == 0o600
    done = restored(place, clock)
    assert (done.documents, done.readable) == (3, 3)
    with pytest.raises(RestoredSince), desk(place, clock):
        pass
    assert texts(place, clock) == {each: f"{WORDS} {day}" for day, each in enumerate(ids)}
    last = list(read(place / "again/log").events())
    assert [event.act for event in last if event.act in {Act.VAULT_BACKED_UP, Act.VAULT_RESTORED}] == [
        Act.VAULT_BACKED_UP,
        Act.VAULT_RESTORED,
    ]


def test_a_vault_is_restored_again_and_again(place, clock):
    with desk(place, clock) as opened:
        keep(opened)
    made(place, clock)
    for turn in range(3):
        assert restored(place, clock, to=f"copy{turn}").readable == 1
    for turn in range(2):
        with pytest.raises(RestoredSince):
            again(place, clock, f"copy{turn}")
    assert list(texts(place, clock, "copy2").values()) == [WORDS]


def test_what_was_deleted_or_is_over_comes_back_from_no_backup(place, clock):
    with desk(place, clock) as opened:
        ids = [keep(opened, f"{WORDS} {day}", content=CONTENT + bytes([day])) for day in range(10)]
    made(place, clock)
    with desk(place, clock) as opened:
        for each in ids[:5]:
            delete(opened, each)
    done = restored(place, clock)
    assert (done.documents, done.readable) == (10, 5)
    assert set(texts(place, clock)) == set(ids[5:])
    clock.passed(100 * 24 * 3600)
    with pytest.raises(ClockMoved):
        restored(place, clock, to="later")
    done = restore(place / "backup.tar", place / "later", place / "stick", clock, confirm_clock=True)
    assert (done.documents, done.readable) == (10, 0)
    assert texts(place, clock, "later") == {}


def test_what_came_after_the_backup_is_lost_with_its_keys(place, clock):
    with desk(place, clock) as opened:
        first = keep(opened)
    made(place, clock)
    with desk(place, clock) as opened:
        second = keep(opened, "something else", content=CONTENT + b"2")
        before = len(opened.keys.tags())
    restored(place, clock)
    with again(place, clock) as opened:
        assert len(opened.keys.tags()) < before
        with pytest.raises(UnknownDocument):
            text_of(opened, second)
    assert set(texts(place, clock)) == {first}


def test_a_key_that_was_rotated_since_opens_what_the_backup_holds(place, clock):
    with desk(place, clock) as opened:
        keep(opened)
    made(place, clock)
    with desk(place, clock) as opened:
        custody.rotate(opened)
    assert restored(place, clock).readable == 1
    assert list(texts(place, clock).values()) == [WORDS]


def test_a_level_that_was_raised_since_shortens_what_the_backup_holds(place, clock):
    with desk(place, clock) as opened:
        taken = submit(opened, Plain(CONTENT), "memo", lambda _: Given(PASSPORT))
        backup(opened, place / "backup.tar")
        read_kept(opened, taken.document.id, taken.looked)
        with opened.turn():
            row = opened.records.document(taken.document.id)
            (kept,) = opened.records.artefacts(row.id)
    assert row.level is Sensitivity.HIGH
    clock.passed(kept.ends - clock.wall // 1000 + 1)
    done = restored(place, clock)
    assert (done.documents, done.readable) == (1, 0)


def test_a_backup_is_a_tar_archive_without_keys_or_words(place, clock):
    with desk(place, clock) as opened:
        keep(opened)
    made(place, clock)
    held = (place / "backup.tar").read_bytes()
    with tarfile.open(place / "backup.tar") as archive:
        names = archive.getnames()
    assert names[0] == "vault.json"
    assert names[-2:] == ["listing", "signed"]
    assert not any("keys" in name or "pem" in name for name in names)
    assert WORDS.encode() not in held
    for path in (place / "stick").iterdir():
        data = path.read_bytes()
        pieces = [data[at : at + 24] for at in range(0, len(data) - 24, 8)]
        # What is no filling and no name of a format.
        assert not any(piece in held for piece in pieces if len(set(piece)) > 16), path.name


def test_nothing_is_used_of_a_backup_that_was_changed_cut_or_made_longer(place, clock):
    with desk(place, clock) as opened:
        keep(opened)
    made(place, clock)
    held = (place / "backup.tar").read_bytes()
    draw = random.Random(7)
    broken = [held[: draw.randrange(len(held))] for _ in range(20)] + [
        held + b"x",
        b"",
        held[:512],
        b"PK\x03\x04" * 200,
    ]
    flips = [(draw.randrange(len(held)), 1 << draw.randrange(8)) for _ in range(150)]
    broken += [held[:at] + bytes([held[at] ^ bit]) + held[at + 1 :] for at, bit in flips]
    for data in broken:
        (place / "broken.tar").write_bytes(data)
        with pytest.raises(BackupDamaged):
            restored(place, clock, "broken.tar")
        assert {path.name for path in place.iterdir()} == {"vault", "stick", "backup.tar", "broken.tar"}
    with desk(place, clock) as opened:  # whose keys are still its own
        assert len(opened.records.documents()) == 1


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "keys/log.pem", "policies/../../out", "blobs/x", "log/clock"])
def test_a_name_that_is_not_ours_is_refused_even_if_it_is_signed(place, clock, name):
    vault = vaults.find(place / "vault")
    data = b"".join(written([Member(name, 1, (b"x",))], Statement(vault.id, 1), vaults.log_key(vault)))
    (place / "strange.tar").write_bytes(data)
    with pytest.raises(BackupDamaged):
        restored(place, clock, "strange.tar")


def test_other_keys_do_not_open_it(place, clock, tmp_path):
    (tmp_path / "other").mkdir()
    make(tmp_path / "other", clock, keys=tmp_path / "other/stick")
    made(place, clock)
    with pytest.raises(BackupDamaged):
        restore(place / "backup.tar", place / "again", tmp_path / "other/stick", clock)


def test_without_keys_the_log_is_left_to_be_verified(place, clock):
    with desk(place, clock) as opened:
        keep(opened)
    made(place, clock)
    done = show(place / "backup.tar", place / "shown")
    assert done.vault == vaults.find(place / "vault").id
    acts = {event.act for event in read(place / "shown/log").events()}
    assert {Act.VAULT_MADE, Act.SUBMITTED, Act.VAULT_BACKED_UP} <= acts
    assert {path.name for path in (place / "shown").iterdir()} == {"log", "policies", "policy.toml"}


def test_nothing_is_replaced(place, clock):
    made(place, clock)
    with pytest.raises(OutputExists), desk(place, clock, locked=True) as opened:
        backup(opened, place / "backup.tar")
    with pytest.raises(VaultExists):
        restored(place, clock, to="vault")
    with pytest.raises(NotFound):
        restored(place, clock, "none.tar")


def test_a_source_that_waits_is_read_after_it_was_restored(place, clock):
    with desk(place, clock) as opened:
        taken = submit(opened, Plain(CONTENT), "memo", lambda _: Given())
        backup(opened, place / "backup.tar")
    restored(place, clock)
    with again(place, clock) as opened:
        assert opened.records.document(taken.document.id).state is State.QUEUED
        read_kept(opened, taken.document.id, taken.looked)
        assert text_of(opened, taken.document.id) == WORDS


def test_a_member_that_is_not_as_long_as_was_said_is_not_written(place):
    vault = vaults.find(place / "vault")
    with pytest.raises(BackupDamaged):
        list(written([Member("policy.toml", 2, (b"x",))], Statement(vault.id, 1), vaults.log_key(vault)))
