"""An old copy of the records, put back by hand, destroys nothing of what came later."""

from __future__ import annotations

import shutil

import pytest

from cloister.audit.held import read
from cloister.desk.delete import delete
from cloister.desk.looking import every
from cloister.errors import KeyGone, RecordsOutdated
from cloister.events import Act, Cause, Id
from cloister.keys.store import Kind
from tests.desk.setup import CONTENT, desk, keep, text_of

RECORDS = "vault/records.db"
HISTORY = 366 * 24 * 3600


def old_records(place, clock) -> str:
    """Keep two documents, and put back the records of when there was one; the second's id."""
    with desk(place, clock) as opened:
        keep(opened)
    shutil.copyfile(place / RECORDS, place / "old.db")
    with desk(place, clock) as opened:
        second = keep(opened, content=CONTENT + b"2")
    (place / RECORDS).rename(place / "new.db")
    shutil.copyfile(place / "old.db", place / RECORDS)
    (place / RECORDS).chmod(0o600)
    return second


def test_old_records_are_refused_and_the_newest_still_open_everything(place, clock):
    second = old_records(place, clock)
    for _ in range(2):
        with desk(place, clock) as opened, pytest.raises(RecordsOutdated), opened.turn():
            pass
    (place / "new.db").rename(place / RECORDS)
    with desk(place, clock) as opened:
        assert text_of(opened, second)
        assert len(every(opened)) == 2


def test_what_is_lost_is_given_up_when_somebody_says_so(place, clock):
    second = old_records(place, clock)
    with desk(place, clock) as opened:
        with opened.turn(confirm_lost=True) as turn:
            assert turn.swept.orphans
        (first,) = every(opened)
        assert text_of(opened, first.document.id)
        assert opened.keys.counts()[Kind.DOCUMENT] <= 2
    abandoned = [e.subject for e in read(place / "vault/log").events() if e.facts.get("cause") is Cause.ABANDONED]
    assert abandoned == [Id.read(second)]
    (place / "new.db").rename(place / RECORDS)
    with desk(place, clock) as opened, pytest.raises(KeyGone):
        text_of(opened, second)


def test_what_ended_is_not_missed(place, clock):
    with desk(place, clock) as opened:
        gone = keep(opened)
        delete(opened, gone)
    clock.passed(HISTORY)
    with desk(place, clock) as opened:
        keep(opened, content=CONTENT + b"3")
        (opened.vault.folder / "blobs" / ("0" * 32)).write_bytes(b"left by a crash")
        with opened.turn() as turn:
            assert turn.swept.orphans == 1
        assert {row.document.id for row in every(opened)}.isdisjoint({gone})
    assert Act.SWEPT in {event.act for event in read(place / "vault/log").events()}
