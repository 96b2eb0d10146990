"""Words of payrolls, medicine and contracts: several different ones of one language on one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from cloister.evidence.terms import Terms, Words, key
from cloister.evidence.words import contract, medical, payroll
from cloister.model import Evidence, Found

LANGUAGES = ("en", "de", "fr", "es")
_TABLES = {Evidence.PAYROLL: payroll.TERMS, Evidence.MEDICAL: medical.TERMS, Evidence.CONTRACT: contract.TERMS}
_LEAST_WEIGHT = 4
"""A page with terms of so much weight in one language …"""
_LEAST_TERMS = 2
"""… and so many different ones belongs to the field."""
_SPECIFIC = 2
"""From this weight on a term belongs to its field; one such at least has to be there."""


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one field in one language, by their weight."""

    evidence: Evidence
    language: str
    weights: Mapping[str, int]
    terms: Terms


def listed(evidence: Evidence, language: str) -> dict[str, int]:
    """Every term of a vocabulary as it is written, and its weight: 1 to 3."""
    rows = _TABLES[evidence][language].items()
    return {term: weight for weight, text in rows for term in text.strip().replace("\n", "|").split("|")}


@cache
def vocabularies() -> tuple[Vocabulary, ...]:
    """Every vocabulary, made ready once."""
    made = []
    for evidence in _TABLES:
        for language in LANGUAGES:
            weights: dict[str, int] = {}
            for term, weight in listed(evidence, language).items():
                weights[key(term)] = max(weight, weights.get(key(term), 0))
            made.append(Vocabulary(evidence, language, weights, Terms.of(weights)))
    return tuple(made)


def find(words: Words, page: int) -> Iterator[Found]:
    """Each field that a page belongs to, with the language that says so most clearly."""
    best: dict[Evidence, tuple[int, Found]] = {}
    for vocabulary in vocabularies():
        terms = {hit.term for hit in vocabulary.terms.find(words)}
        weight = sum(vocabulary.weights[term] for term in terms)
        specific = any(vocabulary.weights[term] >= _SPECIFIC for term in terms)
        if weight < _LEAST_WEIGHT or len(terms) < _LEAST_TERMS or not specific:
            continue
        if weight > best.get(vocabulary.evidence, (0, None))[0]:
            detector = f"{vocabulary.evidence.value}-{vocabulary.language}"
            best[vocabulary.evidence] = (weight, Found(vocabulary.evidence, detector, page, len(terms)))
    for _, found in best.values():
        yield found
