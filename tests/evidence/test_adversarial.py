"""Texts that were made to keep a search busy: the time grows with the text and no faster, and it has an end."""

from __future__ import annotations

import time
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister import evidence
from cloister.evidence import Searched
from cloister.model import Evidence

MORE = 4
MOST_GROWTH = 2.5 * MORE
"""Of the time, for four times the text; a search that is quadratic takes sixteen times as long."""
LEAST_SECONDS = 0.02

TEXTS = {
    "fillers": "<",
    "fillers that end in a letter": "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<c",
    "lines of a zone": "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n",
    "lines of digits": "74081221204159123456789012345678901234567890\n",
    "one digit": "1",
    "digits apart": "1 ",
    "digits in fours": "4111 1111 1111 1112 ",
    "letters": "a",
    "letters apart": "a ",
    "an account's beginning": "DE89 3704 ",
    "labels": "IBAN ",
    "beginnings of terms": "gehaltsabrechnunx ",
    "a term that ends wrongly": "socialsecuritycontributio ",
    "announced numbers": "PESEL 44051401358 SSN 536-90-4399\n",
    "words that announce": "vat nif cif iva tva nie dni ssn bsn ",
    "dashes": "1-",
    "dots and strokes": "1./",
    "white space": " ",
    "empty lines": "\n",
    "accents": "a\u0301\u0301\u0301\u0301\u0301\u0301",
    "ligatures": "\N{LATIN SMALL LIGATURE FFI}",
    "Arabic in one sign, and its length in spaces": "\ufdfa                 ",
    "form feeds": "\f",
}


def seconds(text):
    begun = time.process_time()
    assert evidence.search(text, seconds=600).complete
    return max(LEAST_SECONDS, time.process_time() - begun)


def grows(unit, size):
    evidence.search("Kreditkarte 4111 1111 1111 1111 VAT 123456789")
    small = min(seconds((unit * size)[:size]) for _ in range(2))
    large = (unit * size * MORE)[: size * MORE]
    # On a busy machine one measurement says little.
    assert any(seconds(large) <= MOST_GROWTH * small for _ in range(3))


@pytest.mark.parametrize("unit", TEXTS.values(), ids=TEXTS)
def test_the_time_grows_with_the_text_and_no_faster(unit):
    grows(unit, 1_200)


@pytest.mark.proof
@pytest.mark.parametrize("unit", TEXTS.values(), ids=TEXTS)
def test_the_time_grows_with_a_long_text_and_no_faster(unit):
    grows(unit, 50_000)


def test_a_search_that_takes_too_long_ends_and_says_so():
    ticks = count()
    text = "IBAN DE89 3704 0044 0532 0130 00\n" * 2000
    searched = evidence.search(text, seconds=50, clock=lambda: float(next(ticks)))
    assert not searched.complete
    assert searched.evidence == {Evidence.IBAN}
    assert next(ticks) < 60


def test_a_real_clock_ends_it_soon_after_the_time():
    begun = time.monotonic()
    assert not evidence.search("74081221204159123456789012345678901234567890\n" * 200_000, seconds=0.3).complete
    assert time.monotonic() - begun < 5


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_searched_to_its_end(text):
    assert isinstance(evidence.search(text), Searched)


@settings(deadline=None, max_examples=40)
@given(st.text("0123456789<>ABCDEFOIPUT -./\n\f", max_size=400))
def test_any_text_of_numbers_is_searched_to_its_end(text):
    assert evidence.search(text).complete
