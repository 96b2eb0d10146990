"""Harmless text in four languages, and real passports."""

from __future__ import annotations

from itertools import chain
from random import Random

import pytest

from cloister import evidence
from cloister.model import Evidence, Sensitivity
from tests.evidence import manuals, papers
from tests.evidence.reading import levels

pytestmark = pytest.mark.proof
PARAGRAPHS, LEAST_EACH, MOST_RAISED = 5000, 400, 0.02


def test_hardly_any_paragraph_of_installed_documentation_is_raised():
    random, chosen = Random(1), {}
    left = PARAGRAPHS
    by_size = sorted(
        ((language, manuals.of_manuals(language)) for language in papers.LANGUAGES), key=lambda e: len(e[1])
    )
    for number, (language, every) in enumerate(by_size):
        chosen[language] = random.sample(every, min(len(every), left // (len(by_size) - number)))
        left -= len(chosen[language])
    raised = 0
    for language, every in chosen.items():
        found = [[one.detector for one in evidence.search(text).found] for text in every]
        print(f"{language}: {sum(map(bool, found))} of {len(every)} raised, by {sorted(chain.from_iterable(found))}")
        raised += sum(map(bool, found))
        assert len(every) >= LEAST_EACH
    assert left == 0
    assert raised <= MOST_RAISED * PARAGRAPHS


def test_every_passport_with_a_legible_zone_is_high(data):
    passports = sorted((data / "id_documents" / "pages").glob("*pass*"))
    assert passports
    read = list(levels(file.read_bytes() for file in passports))
    told = {
        file.name: (Evidence.MRZ in searched.evidence, level)
        for file, (searched, level) in zip(passports, read, strict=True)
    }
    print(told)
    legible = {name: level for name, (zone, level) in told.items() if name.startswith("100_")}
    assert set(legible.values()) == {Sensitivity.HIGH}
    assert {level for _, level in told.values()} == {Sensitivity.HIGH}
