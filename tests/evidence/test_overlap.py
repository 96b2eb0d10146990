"""The vocabularies were not taken from the words that samples are drawn with: most of their terms are in no sample."""

from __future__ import annotations

from importlib.resources import files

import pytest

from cloister.evidence import vocabularies
from cloister.evidence.terms import key
from cloister.evidence.text import tokens
from cloister.model import Evidence

FIELDS = (Evidence.PAYROLL, Evidence.MEDICAL, Evidence.CONTRACT)
MOST = 0.5
MOST_WORDS = 6


def drawn(language: str) -> set[str]:
    """All that samples of a language can say, as runs of up to six words without spaces."""
    folder = files("cloister.samples") / "words"
    found = set()
    for file in (folder / f"{language}.toml", folder / "papers" / f"{language}.toml"):
        words = [token.text for token in tokens(file.read_text(encoding="utf-8").splitlines())]
        for at in range(len(words)):
            run = ""
            for word in words[at : at + MOST_WORDS]:
                if not word:
                    break
                run += word
                found.add(run)
    return found


@pytest.mark.parametrize("language", vocabularies.LANGUAGES)
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.value)
def test_at_most_half_of_a_vocabulary_is_what_samples_say(field, language):
    terms = {key(term) for term in vocabularies.listed(field, language)}
    shared = terms & drawn(language)
    print(f"{field.value} {language}: {len(shared)} of {len(terms)} terms")
    assert 0 < len(shared) <= MOST * len(terms)
    specific = {key(term) for term, weight in vocabularies.listed(field, language).items() if weight > 1}
    assert len(specific & shared) <= MOST * len(specific)
