"""National ids and tax numbers: found where they hold and are announced, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister import evidence
from cloister.evidence.registers import UNPROVEN, registers
from cloister.evidence.text import numbers
from cloister.model import Evidence
from tests.evidence.examples import broken, examples, holds

LEAST_COUNTRIES = 15
REGISTERS = registers()
each = pytest.mark.parametrize("register", REGISTERS, ids=lambda register: register.name)


def sorts(text):
    return {(found.evidence, found.detector[-2:].upper()) for found in evidence.search(text).found}


def homes(register):
    """Where a number of this register may be taken to come from: some countries write theirs in the same way."""
    twins = [r for r in REGISTERS if r.evidence is register.evidence and set(r.words) & set(register.words)]
    return {(register.evidence, twin.country) for twin in twins}


def test_at_least_fifteen_countries_of_each_sort_are_known():
    for sort in (Evidence.NATIONAL_ID, Evidence.TAX_NUMBER):
        assert len({register.country for register in REGISTERS if register.evidence is sort}) >= LEAST_COUNTRIES


@each
def test_an_announced_number_that_holds_is_found_and_a_broken_one_is_not(register):
    for number in examples(register):
        word = register.words[0]
        assert homes(register) & sorts(f"{word}: {number}"), number
        assert homes(register) & sorts(f"{word}\n\n{number}\n"), number
        wrong = broken(register, number)
        if wrong is None:
            assert register.name in UNPROVEN
        elif not any(holds(other, part.raw) for other in REGISTERS for part in numbers(wrong, 0)):
            assert sorts(f"{word}: {wrong}") == set(), wrong


@each
def test_a_number_that_nothing_announces_is_found_only_as_it_alone_is_written(register):
    for number in examples(register):
        text = f"The house at the sea {number} was painted."
        written = {found.written for found in numbers(text, 0)}
        told = [found for found in evidence.search(text).found if found.evidence is register.evidence]
        if not any(written & other.alone for other in REGISTERS):
            assert told == []
        if written & register.alone:
            assert told != []


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("PESEL 44O514O1359", "PL"),
        ("Codice fiscale RCCMNL83S18D969H", "IT"),
        ("AHV-Nr. 756 9217 O769 85", "CH"),
        ("Burgerservicenummer 11l222333", "NL"),
    ],
)
def test_look_alikes_are_put_right_where_a_check_digit_proves_it(text, country):
    assert country in {place for _, place in sorts(text)}


def test_a_look_alike_in_a_number_without_check_digit_stays_what_it_is():
    assert (Evidence.NATIONAL_ID, "US") in sorts("SSN 536-90-4399")
    assert (Evidence.NATIONAL_ID, "US") not in sorts("SSN 536-9O-4399")


def test_a_column_needs_its_word_at_its_head_only():
    held = ["44051401359", "02070803628", "49040501580"]
    rows = [f"{name} {number}" for name, number in zip(("Anna", "Jan", "Ewa"), held, strict=True)]
    far = ["PESEL", *["-"] * 6]
    assert (Evidence.NATIONAL_ID, "PL") in sorts("\n".join(far + rows))
    assert (Evidence.NATIONAL_ID, "PL") not in sorts("\n".join(far + rows[:1]))


def test_parts_of_versions_paths_and_longer_numbers_are_no_numbers():
    for text in ("pesel 1.2.44051401359", "pesel 44051401359/12/7", "pesel x_44051401359", "pesel 9944051401359"):
        assert sorts(text) == set(), text


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(REGISTERS),
    st.integers(0, 2**32),
    st.text(st.characters(blacklist_categories=("Nd",)), max_size=40),
)
def test_what_is_told_of_a_number_is_never_the_number(register, pick, around):
    held = examples(register)
    number = held[pick % len(held)]
    searched = evidence.search(f"{around}\n{register.words[0]} {number}\n{around}")
    assert searched.found
    told = repr(searched)
    assert number not in told
    assert "".join(c for c in number if c.isalnum()) not in told
