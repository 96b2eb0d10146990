"""Tokens: two words of a safe alphabet, each once in a run, the same for the same key."""

from __future__ import annotations

import hashlib
import re

import pytest

from cloister.canary import Tokens

KEY = b"a key for tests, and nothing else"


def test_the_same_key_surface_and_slot_give_the_same_token():
    assert Tokens(KEY).token("xmp", "a") == Tokens(KEY).token("xmp", "a")


def test_a_token_depends_on_key_surface_and_slot():
    made = Tokens(KEY)
    given = {made.token("xmp", "a"), made.token("xmp", "b"), made.token("exif", "a"), made.decoy("a")}
    assert len(given | {Tokens(KEY + b"!").token("xmp", "a")}) == 5


def test_a_boundary_between_surface_and_slot_cannot_be_moved():
    made = Tokens(KEY)
    assert made.token("ab", "c") != made.token("a", "bc")


def test_each_word_is_there_once_in_a_run():
    made = Tokens(KEY)
    words = [word for slot in range(2000) for word in made.token("pixels", str(slot)).split()]
    assert len(set(words)) == len(words) == 4000


def test_no_two_words_of_a_run_share_six_letters_in_a_row():
    made = Tokens(KEY)
    words = [word for slot in range(500) for word in made.token("pixels", str(slot)).split()]
    parts = [word[at : at + 6] for word in words for at in range(4)]
    assert len(set(parts)) == len(parts)


def test_words_use_no_letter_that_is_misread():
    made = Tokens(KEY)
    token = " ".join(made.token("pixels", str(slot)) for slot in range(300))
    assert re.fullmatch(r"([ACEFHKMNPRTUWXY]{9} ?)+", token)


def test_no_word_is_so_regular_that_tables_of_numbers_look_like_it_under_an_xor():
    made = Tokens(KEY)
    words = [word.encode() for slot in range(300) for word in made.token("pixels", str(slot)).split()]
    for word in words:
        assert all(len({a ^ b for a, b in zip(word, word[period:], strict=False)}) > 3 for period in (1, 2, 3)), word


def test_evidence_holds_a_hash():
    assert Tokens.sha256("NYWXEWPYF XEFXAHCAX") == hashlib.sha256(b"NYWXEWPYF XEFXAHCAX").hexdigest()


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        Tokens(b"short")
