"""What is beyond a limit is told: our own small files, with the limits made smaller still."""

from __future__ import annotations

import sqlite3

import pytest

from cloister.canary.frames import Reason
from cloister.canary.jailed import judge, pdf
from cloister.canary.jailed import sqlite as pages
from cloister.canary.jailed.needles import Needles
from cloister.canary.jailed.walk import Walk


def reasons(data: bytes) -> list[Reason]:
    walk = Walk(Needles(()), ())
    walk.item(data)
    return list(walk.reasons)


def pdf_of(objects: list[bytes], pages: int = 1) -> bytes:
    """A PDF of empty pages and these objects."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * pages,
        *objects,
    ]
    written = [b"%d 0 obj %b endobj\n" % (number, body) for number, body in enumerate(objects, 1)]
    return b"%PDF-1.4\n" + b"".join(written) + b"trailer <</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)


@pytest.mark.parametrize(("count", "why"), [(20, []), (60, [Reason.TOO_MANY])])
def test_a_pdf_of_more_objects_than_are_looked_at_is_unexplained(monkeypatch, count, why):
    monkeypatch.setattr(pdf, "_MOST_OBJECTS", 40)
    assert reasons(pdf_of([b"(x)"] * count)) == why


@pytest.mark.parametrize(("count", "why"), [(9, []), (60, [Reason.TOO_MANY])])
def test_a_pdf_of_more_strings_than_are_looked_at_is_unexplained(monkeypatch, count, why):
    monkeypatch.setattr(pdf, "_MOST_STRINGS", 50)
    assert reasons(pdf_of([b"[" + b"(x)" * count + b"]"])) == why


@pytest.mark.parametrize(("depth", "why"), [(10, []), (30, [Reason.TOO_DEEP])])
def test_a_pdf_whose_arrays_are_nested_more_deeply_than_is_looked_at_is_unexplained(depth, why):
    assert reasons(pdf_of([b"[" * depth + b"(x)" + b"]" * depth])) == why


@pytest.mark.parametrize(("count", "why"), [(3, []), (5, [Reason.TOO_MANY])])
def test_a_pdf_of_more_pages_than_are_looked_at_is_unexplained(monkeypatch, count, why):
    monkeypatch.setattr(pdf, "_MOST_PAGES", 4)
    assert reasons(pdf_of([], count)) == why


@pytest.mark.parametrize(("count", "why"), [(30, []), (60, [Reason.TOO_MANY])])
def test_a_database_of_more_rows_than_are_looked_at_is_unexplained(monkeypatch, count, why):
    monkeypatch.setattr(pages, "_MOST_CELLS", 50)
    database = sqlite3.connect(":memory:")
    database.execute("create table words (word text)")
    database.executemany("insert into words values (?)", [(f"word {number}",) for number in range(count)])
    data = database.serialize()
    database.close()
    assert reasons(data) == why


def test_no_place_of_a_text_with_control_characters_is_left_out():
    text = b"".join(b"%d\x01" % number + b"a line of text, and so on and on\n" * 8 for number in range(1000))
    together = b"".join(judge.binary_parts(text))
    assert all(b"%d\x01" % number in together for number in range(1000))
