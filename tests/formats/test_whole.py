"""A reading that was sealed comes out as it went in."""

from __future__ import annotations

import pytest

from cloister.document import Document, Facts, Grade
from cloister.errors import BadOutput, SealedDataDamaged
from cloister.formats import WRITERS, whole
from tests.desk.setup import document


def test_what_was_packed_comes_out_as_it_was():
    before = document("Ünïcode 東京 \N{GRINNING FACE}\nsecond line")
    after = whole.unpack(whole.pack(before))
    assert (after.facts, after.text) == (before.facts, before.text)
    for writer in WRITERS.values():
        made = [b"".join(writer.write(each.pages, lambda each=each: each.facts)) for each in (before, after)]
        assert made[0] == made[1]


def test_a_reading_without_pages_is_one_too():
    empty = Document((), Facts("png", 0, Grade.POOR))
    assert whole.unpack(whole.pack(empty)) == empty


def test_what_would_not_come_out_again_is_not_packed():
    with pytest.raises(BadOutput):
        whole.pack(document("\n".join(["word"] * 15_000)))  # further down than any page reaches


def test_nothing_else_is_taken_for_a_reading():
    packed = whole.pack(document())
    for wrong in (b"", b"{}", packed[:-1], packed + b"\0", packed[: len(packed) // 2], packed[:40]):
        with pytest.raises(SealedDataDamaged):
            whole.unpack(wrong)
