"""The words of a field: several of one language on one page, misread or not; and never one alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister import evidence
from cloister.evidence.terms import Terms, Words, key, nearly
from cloister.evidence.text import Token, fold, tokens
from cloister.evidence.vocabularies import vocabularies
from cloister.model import Evidence

PAPERS = {
    (Evidence.PAYROLL, "en"): "Payslip for May. Gross pay 2,100.00, national insurance 140.20, net pay 1,701.10",
    (Evidence.PAYROLL, "de"): "Entgeltabrechnung Mai. Gesamtbrutto 3.100,00 Lohnsteuer 512,00 Steuerklasse I",
    (Evidence.PAYROLL, "fr"): "Bulletin de paie. Salaire brut 2 400,00. Net imposable 1 911,20. Congés payés 2,5",
    (Evidence.PAYROLL, "es"): "Recibo de salarios. Total devengado 1.900,00. Líquido a percibir 1.500,00. IRPF 12 %",
    (Evidence.MEDICAL, "en"): "Discharge summary. Diagnosis: hypertension. Current medication as before.",
    (Evidence.MEDICAL, "de"): "Arztbrief. Diagnose: Bluthochdruck. Hämoglobin und Kreatinin im Normbereich.",
    (Evidence.MEDICAL, "fr"): "Compte rendu d'hospitalisation. Antécédents : diabète. Glycémie à jeun normale.",
    (Evidence.MEDICAL, "es"): "Informe de alta. Antecedentes familiares de diabetes. Tensión arterial normal.",
    (Evidence.CONTRACT, "en"): "Tenancy agreement. The landlord lets to the tenant. Governing law: England.",
    (Evidence.CONTRACT, "de"): "Mietvertrag. Vermieter und Mieter vereinbaren folgende Kündigungsfrist.",
    (Evidence.CONTRACT, "fr"): "Contrat de bail. Le bailleur loue au locataire. Loyer mensuel, préavis.",
    (Evidence.CONTRACT, "es"): "Contrato de arrendamiento. El arrendador y el arrendatario, de común acuerdo.",
}
each = pytest.mark.parametrize(("field", "language"), PAPERS, ids=lambda value: getattr(value, "value", value))


def found(text):
    return {(one.evidence, one.detector.rpartition("-")[2]) for one in evidence.search(text).found}


@each
def test_each_field_is_known_in_each_language(field, language):
    assert (field, language) in found(PAPERS[field, language])


@each
def test_it_is_known_without_accents_with_ligatures_and_with_spaces_gone_wrong(field, language):
    text = PAPERS[field, language]
    assert field in {sort for sort, _ in found(fold(text).upper())}
    assert field in {sort for sort, _ in found(text.replace("fi", "\N{LATIN SMALL LIGATURE FI}"))}
    assert field in {sort for sort, _ in found("".join(text[i : i + 9] + " " for i in range(0, len(text), 9)))}


@each
def test_one_term_however_often_is_no_evidence(field, language):
    first = PAPERS[field, language].split(".")[0]
    assert field not in {sort for sort, _ in found(f"{first}. " * 50)}


def test_one_wrong_letter_in_long_words_is_forgiven_and_not_in_short_ones():
    terms = Terms.of(["Entgeltabrechnung", "Lohn"])
    for text in (
        "Entgeltahrechnung",
        "Entgeltabrechnun",
        "Entgeltabbrechnung",
        "Entge1tabrechnung",
        "3ntgeltabrechnung",
    ):
        assert [hit.term for hit in terms.find(Words(list(tokens([text]))))] == ["entgeltabrechnung"], text
    for text in ("Entqeltabrechnunq", "Hohn", "Loh", "Lohne"):
        assert list(terms.find(Words(list(tokens([text]))))) == [], text


@settings(deadline=None)
@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_words_are_near_where_one_letter_makes_the_difference(one, other):
    letters = "abc"
    near = {one}
    near |= {one[:i] + one[i + 1 :] for i in range(len(one))}
    near |= {one[:i] + c + one[i:] for i in range(len(one) + 1) for c in letters}
    near |= {one[:i] + c + one[i + 1 :] for i in range(len(one)) for c in letters}
    assert nearly(one, other) == (other in near)


def known_as(known: frozenset[str], word: str) -> set[str]:
    """The terms that a word may be, by the plainest way."""
    if word in known:
        return {word}
    return {term for term in known if len(term) >= 8 and nearly(term, word)}


@settings(deadline=None)
@given(st.lists(st.text("ab", min_size=8, max_size=10), min_size=1, max_size=5), st.text("ab", min_size=7, max_size=11))
def test_a_term_is_known_exactly_where_one_is_near(known, word):
    hits = list(Terms.of(known).find(Words([Token(word, 3)])))
    near = known_as(frozenset(known), word)
    assert len(hits) == bool(near)
    assert {hit.term for hit in hits} <= near
    assert {hit.line for hit in hits} <= {3}


def found_one_by_one(known: frozenset[str], words: list[Token]) -> list[tuple[set[str], int]]:
    """The same by the plainest way: at each word the longest of what it comes to when joined with those after it."""
    hits, at = [], 0
    while at < len(words):
        sizes = [size for size in range(1, 7) if at + size <= len(words) and all(w.text for w in words[at : at + size])]
        joined = {size: "".join(word.text for word in words[at : at + size]) for size in sizes}
        best = max((size for size in sizes if known_as(known, joined[size])), default=0)
        if best:
            hits.append((known_as(known, joined[best]), words[at].line))
        at += best or 1
    return hits


@settings(deadline=None)
@given(
    st.lists(st.text("ab", min_size=1, max_size=10), min_size=1, max_size=6),
    st.lists(st.text("ab", max_size=5), max_size=30),
)
def test_terms_are_found_as_by_looking_at_each_word_in_turn(known, texts):
    words = [Token(text, line) for line, text in enumerate(texts)]
    found = list(Terms.of(known).find(Words(words)))
    plainly = found_one_by_one(frozenset(known), words)
    assert [hit.line for hit in found] == [line for _, line in plainly]
    assert all(hit.term in terms for hit, (terms, _) in zip(found, plainly, strict=True))


@each
def test_a_paper_comes_out_as_by_looking_at_each_word_in_turn(field, language):
    words = list(tokens(PAPERS[field, language].splitlines()))
    for vocabulary in vocabularies():
        found = list(vocabulary.terms.find(Words(words)))
        plainly = found_one_by_one(vocabulary.terms.known, words)
        assert [hit.line for hit in found] == [line for _, line in plainly]
        assert all(hit.term in terms for hit, (terms, _) in zip(found, plainly, strict=True))


@given(st.text(max_size=60))
def test_folding_is_done_after_once_and_a_key_has_letters_and_digits_only(text):
    assert fold(fold(text)) == fold(text)
    assert all(c.isalnum() for c in key(text))
    assert all(isinstance(token, Token) for token in tokens([text]))
