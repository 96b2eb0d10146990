"""Bank accounts and payment cards: proven by their check digits, put right where these prove it."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as theirs
from stdnum import luhn, numdb

from cloister import evidence
from cloister.evidence import cards, iban
from cloister.model import Evidence

PUBLISHED = (
    "DE89 3704 0044 0532 0130 00",
    "GB29 NWBK 6016 1331 9268 19",
    "FR14 2004 1010 0505 0001 3M02 606",
    "ES91 2100 0418 4502 0005 1332",
    "CH93 0076 2011 6238 5295 7",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    "NO93 8601 1117 947",
)
TEST_CARDS = (
    "4111 1111 1111 1111",
    "5555 5555 5555 4444",
    "2223 0031 2200 3222",
    "3782 822463 10005",
    "6011 1111 1111 1117",
    "3566 0020 2036 0505",
    "3056 930902 5904",
)


def by_chance(country, random):
    """An account of a country that does not exist, with check digits that hold."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    sorts = {"9": "0123456789", "A": letters, "*": "0123456789" * 12 + letters}
    rest = "".join(random.choice(sorts[c]) for c in iban.SHAPES[country][4:])
    return country + theirs.calc_check_digits(f"{country}00{rest}") + rest


def detectors(text):
    return {found.detector: found.count for found in evidence.search(text).found}


def test_published_accounts_are_found_however_they_are_spaced():
    for account in PUBLISHED:
        for text in (account, account.replace(" ", ""), f"IBAN{account}", f"({account[:9]}  {account[10:]})"):
            assert detectors(text) == {"iban": 1}, text


@pytest.mark.parametrize("country", sorted(iban.SHAPES))
def test_an_account_of_every_country_is_found_and_one_wrong_digit_is_noticed(country):
    random = Random(country)
    for _ in range(20):
        account = by_chance(country, random)
        assert theirs.is_valid(account, check_country=False)
        assert iban.proven(account) == account
        at = random.choice([i for i, c in enumerate(account) if i > 3 and c.isdigit()])
        wrong = f"{account[:at]}{(int(account[at]) + random.randint(1, 9)) % 10}{account[at + 1 :]}"
        assert iban.proven(wrong) == ""
        assert set(detectors(f"IBAN: {wrong}")) == {"iban-unproven"}


def test_every_country_of_another_programs_registry_is_known_by_the_same_shape():
    known = {}
    for _, country, _, facts, _ in numdb.get("iban").prefixes:
        parts = re.findall(r"(\d+)!([nac])", facts["bban"])
        known[country] = "AA99" + "".join({"n": "9", "a": "A", "c": "*"}[sort] * int(size) for size, sort in parts)
    assert known == iban.SHAPES


@settings(deadline=None)
@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=5, max_size=34))
def test_check_digits_hold_as_another_program_says(text):
    if text[:2].isalpha() and text[2:4].isdigit():
        assert iban.holds(text) == theirs.is_valid(text, check_country=False)


def test_look_alikes_are_put_right_where_the_check_digits_prove_it():
    assert detectors("DE89 37O4 OO44 0532 0130 00") == {"iban": 1}
    assert detectors("DE89 37O4 0044 0532 0I30 00") == {"iban": 1}
    assert detectors("DE89 37O4 0044 0532 0I30 01") == {}


def test_parts_of_an_account_are_no_cards_and_no_ids():
    random = Random(3)
    for _ in range(300):
        account = by_chance(random.choice(("DE", "FR", "IT", "PL", "MT")), random)
        spaced = " ".join(account[i : i + 4] for i in range(0, len(account), 4))
        found = evidence.search(f"Card, tax number and social security\nIBAN {spaced}").found
        assert {one.evidence for one in found} == {Evidence.IBAN}, account


def test_cards_are_found_in_their_groups_or_where_a_word_speaks_of_cards():
    for card in TEST_CARDS:
        assert detectors(card) == {"card-number": 1}
        assert detectors(card.replace(" ", "-")) == {"card-number": 1}
        plain = card.replace(" ", "")
        assert detectors(f"Kreditkarte {plain}") == {"card-number": 1}
        assert detectors(f"serial {plain}") == {}
        wrong = plain[:-1] + str((int(plain[-1]) + 1) % 10)
        assert detectors(f"Kreditkarte {wrong}") == {}
    assert detectors("0000 0000 0000 0000 and 4444 4444 4444 4444") == {}
    assert detectors("Karte 41l1 1111 1111 1111") == {"card-number": 1}


@given(st.text("0123456789", min_size=2, max_size=24))
def test_the_check_digit_of_cards_is_that_of_another_program(digits):
    assert cards.luhn(digits) == luhn.is_valid(digits)
