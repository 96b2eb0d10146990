"""What any database of records has to do. A test of a backend inherits it and has the fixture `records`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cloister.errors import CloisterError, UnknownDocument
from cloister.events import Cause
from cloister.model import Artefact, Sensitivity
from cloister.store.rows import ArtefactRow, DocumentRow, State

POLICY = "ab" * 32
DOCUMENT = DocumentRow(
    "doc-" + "1" * 32,
    "production",
    "north",
    "claims",
    "invoice",
    "per-" + "2" * 32,
    Sensitivity.LOW,
    1_000_000,
    State.QUEUED,
    b"\1" * 32,
    1_000_600,
    60,
)
SOURCE = ArtefactRow(
    DOCUMENT.id,
    Artefact.SOURCE,
    "3" * 32,
    17,
    1_000_000,
    Sensitivity.LOW,
    POLICY,
    1_000_600,
    60,
    Sensitivity.LOW,
    POLICY,
    1_000_600,
    60,
    b"wrapped under three keys",
)
TEXT = replace(SOURCE, artefact=Artefact.TEXT, blob="4" * 32)


class RecordsContract:
    """Every change is whole, and what was kept is what is read."""

    def test_what_was_accepted_is_there(self, records):
        records.accept(DOCUMENT, SOURCE)
        assert records.document(DOCUMENT.id) == DOCUMENT
        assert records.documents() == [DOCUMENT]
        assert records.artefacts() == records.artefacts(DOCUMENT.id) == [SOURCE]

    def test_what_is_not_there_is_unknown(self, records):
        with pytest.raises(UnknownDocument):
            records.document(DOCUMENT.id)
        assert records.artefacts(DOCUMENT.id) == []
        with pytest.raises(UnknownDocument):
            records.save([DOCUMENT])

    def test_nothing_is_accepted_twice_nor_in_part(self, records):
        records.accept(DOCUMENT, SOURCE)
        other = replace(DOCUMENT, id="doc-" + "9" * 32)
        with pytest.raises(CloisterError):
            records.accept(DOCUMENT, replace(SOURCE, blob="5" * 32))
        with pytest.raises(CloisterError):
            records.accept(other, replace(SOURCE, document=other.id))  # the same blob
        assert records.documents() == [DOCUMENT]

    def test_a_change_of_several_is_one(self, records):
        records.accept(DOCUMENT, SOURCE)
        after = replace(DOCUMENT, level=Sensitivity.HIGH, state=State.KEPT, pages=2, grade=3)
        kept = replace(SOURCE, cause=Cause.READ)
        stranger = replace(TEXT, document="doc-" + "9" * 32)
        with pytest.raises(CloisterError):
            records.save([after], [kept, stranger])
        assert (records.document(DOCUMENT.id), records.artefacts()) == (DOCUMENT, [SOURCE])
        records.save([after], [kept, TEXT])
        assert (records.document(DOCUMENT.id), records.artefacts()) == (after, [kept, TEXT])

    def test_what_is_removed_leaves_its_line_and_that_can_go_too(self, records):
        records.accept(DOCUMENT, SOURCE)
        gone = replace(DOCUMENT, state=State.GONE, ended=1_000_700, cause=Cause.EXPIRED)
        records.remove([SOURCE], [gone])
        assert (records.documents(), records.artefacts()) == ([gone], [])
        records.forget([gone])
        assert records.documents() == []

    def test_an_unlisted_kind_has_no_name(self, records):
        unlisted = replace(DOCUMENT, kind=None)
        records.accept(unlisted, SOURCE)
        assert records.document(DOCUMENT.id) == unlisted
