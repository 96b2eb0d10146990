"""What decides which parts of a text are decoded: it may leave out much, but nothing that a word stands in."""

from __future__ import annotations

import base64
import json
import random
import zlib

import numpy as np
import pytest

from cloister.canary.frames import Needle
from cloister.canary.jailed.needles import Needles
from cloister.canary.jailed.runs import Class, Counter, around
from cloister.canary.jailed.walk import Walk

PROSE = b"what is written here is of no use to anyone, and goes on for a while yet. " * 20
CLASSES = (b"ABC", b"0123", b"-", b"xyz")


@pytest.mark.parametrize(("count", "longest"), [(1, 9), (16, 50), (17, 50), (40_000, 30), (400, 9_000)])
def test_bytes_of_many_runs_are_counted_as_one_by_one(count, longest):
    draw = random.Random(count)
    runs = [bytes(draw.choices(b"ABCabc0123-+xyz", k=draw.randint(0, longest))) for _ in range(count)]
    expected = [[sum(byte in letters for byte in run) for letters in CLASSES] for run in runs[:500]]
    counts = Counter(*CLASSES).counts(runs)
    assert counts.shape == (count, len(CLASSES))
    assert counts[:500].tolist() == expected


def test_no_run_is_no_count():
    assert Counter(*CLASSES).counts([]).shape == (0, len(CLASSES))


@pytest.mark.parametrize("size", [100, 4096, 4097, 20_000])
def test_starts_and_ends_are_those_of_the_runs(size):
    draw = random.Random(size)
    data = bytes(draw.choices(b"aaaaaaa ", k=size))
    kind = Class(b"a", 5)
    starts, ends = kind.bounds(data)
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == kind.runs(data)
    assert kind.pieces(data) == [run for run in data.split() if len(run) >= 5]


def test_what_is_around_places_ends_at_a_blank_but_not_near_them():
    word, near, far = b"x" * 50, b"n" * 140, b"f" * 100
    data = b" ".join((far, near, word, near, far))
    place = data.index(word)
    assert around(data, np.array([place, place + 49]), 2) == [b" " + near + b" " + word + b" " + near]
    assert around(data, np.array([place]), 2) == []


def test_what_has_no_blanks_is_kept_to_the_ends_of_its_string():
    inside = b"y" * 3000
    data = b"before" * 100 + b'"' + inside + b"'" + b"after" * 100
    assert around(data, np.array([1000, 1900])) == [b'"' + inside]


def test_places_with_blanks_between_them_are_apart_and_all_bytes_near_a_place_are_kept():
    data = PROSE[:1400]
    places = np.array([10, 700, 720, 1390])
    windows = around(data, places)
    assert len(windows) == 3
    for place in places.tolist():
        assert any(data[max(0, place - 120) : place + 120] in window for window in windows)


@pytest.fixture
def found(tokens):
    needles = Needles(tuple(Needle(tuple(token.split())) for token in tokens.values()))

    def search(data: bytes) -> set[int]:
        walk = Walk(needles, ())
        walk.item(data)
        return {one.token for one in walk.found()}

    return search


def packed(token: str) -> str:
    """Base64 of a compressed text that holds a token at its end, with a slash somewhere."""
    for number in range(1000):
        draw = random.Random(number)
        filler = "".join(draw.choices("abcdefghijklmnopqrstuvwxyz ", k=900))
        text = base64.b64encode(zlib.compress(f"{filler} {token}".encode())).decode()
        if "/" in text[300:-300] and "/" not in text[:300]:
            return text
    raise AssertionError


def test_long_base64_with_an_escaped_sign_in_its_middle_is_whole_between_words(found, tokens):
    text = json.dumps("some words, and " + packed(next(iter(tokens.values()))) + " then more").replace("/", "\\/")
    assert found(PROSE + text.encode() + PROSE) == {0}


@pytest.mark.parametrize("separator", ["", "\n", " ", "\n    "])
def test_letters_between_tags_are_one_word_whatever_stands_between_the_tags(found, tokens, separator):
    letters = separator.join(f"<b>{letter}</b>" for letter in next(iter(tokens.values())) if letter != " ")
    assert found(PROSE + b"<p>" + letters.encode() + b"</p>" + PROSE) == {0}


@pytest.mark.parametrize("gap", [100, 140, 300, 900])
def test_two_escapes_apart_are_both_undone(found, tokens, gap):
    words = next(iter(tokens.values())).split()
    hidden = ["".join(f"&#{ord(letter)};" for letter in word).encode() for word in words]
    assert found(PROSE + hidden[0] + PROSE[:gap] + hidden[1] + PROSE) == {0}
