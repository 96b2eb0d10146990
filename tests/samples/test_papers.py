"""The papers of an office: ten kinds in eight languages, zones and accounts with valid check digits."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys

import pytest

from cloister import samples
from cloister.samples import accounts, carriers
from cloister.samples.kinds import id_card
from cloister.samples.office import vocabulary
from cloister.samples.typefaces import HANDS, Face, named, script

FURTHER = [language for language in samples.PAPER_LANGUAGES if language not in samples.LANGUAGES]


def test_there_are_ten_kinds_eight_languages_and_four_scripts():
    assert len(samples.PAPERS) == 10
    assert len(samples.PAPER_LANGUAGES) == 8
    assert {script(vocabulary(language)["labels"]["payslip"]) for language in samples.PAPER_LANGUAGES} == {
        "", "greek", "cyrillic", "han",
    }  # fmt: skip


@pytest.mark.parametrize("language", samples.PAPER_LANGUAGES)
@pytest.mark.parametrize("kind", samples.PAPERS)
def test_every_paper_is_drawn_in_every_language_with_all_its_words_on_the_page(kind, language):
    truth = samples.make(kind, seed=8, language=language, dpi=60).truth
    assert "{" not in truth.text
    assert "|" not in truth.text
    assert "None" not in truth.text
    assert len(truth.text) > 150
    for word in truth.words:
        x0, y0, x1, y1 = word.box
        assert 0 <= x0 < x1 <= truth.width, word.text
        assert 0 <= y0 < y1 <= truth.height, word.text
    if language in FURTHER and kind not in {"passport", "receipt"}:
        assert script(truth.text)


def test_the_zone_of_the_standard_s_own_card_is_reproduced():
    # ICAO 9303 part 5, appendix B: Anna Maria Eriksson of Utopia.
    facts = {
        "country": "UTO", "surname": "Eriksson", "given_names": "Anna Maria", "number": "D23145890",
        "born": "740812", "sex": "F", "expires": "120415",
    }  # fmt: skip
    assert id_card.zone(facts) == (
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    )


@pytest.mark.parametrize("language", samples.PAPER_LANGUAGES)
@pytest.mark.parametrize("kind", ["passport", "id_card"])
def test_zones_are_read_and_their_check_digits_are_valid(kind, language):
    for seed in range(3):
        truth = samples.make(kind, seed=seed, language=language, dpi=50).truth
        lines = [line.text for block in truth.blocks if block.kind == "mrz" for line in block.lines]
        assert lines == [truth.fields[name] for name in ("mrz1", "mrz2", "mrz3") if name in truth.fields]
        assert {len(line) for line in lines} == {44 if kind == "passport" else 30}
        assert all(re.fullmatch(r"[A-Z0-9<]+", line) for line in lines)
        assert _valid(lines)


def _valid(lines):
    """The check digits, counted here once more: weights 7, 3, 1 (ICAO 9303 part 3)."""

    def holds(text, digit):
        values = [0 if c == "<" else int(c, 36) for c in text]
        return sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10 == int(digit)

    if len(lines) == 3:
        first, second, _ = lines
        whole = first[5:30] + second[0:7] + second[8:15] + second[18:29]
        pairs = [(first[5:14], first[14]), (second[:6], second[6]), (second[8:14], second[14]), (whole, second[29])]
    else:
        second = lines[1]
        whole = second[0:10] + second[13:20] + second[21:43]
        pairs = [(second[:9], second[9]), (second[13:19], second[19]), (second[21:27], second[27]), (whole, second[43])]
    return all(holds(text, digit) for text, digit in pairs)


@pytest.mark.parametrize("language", [language for language in samples.PAPER_LANGUAGES if language != "zh"])
def test_accounts_have_valid_check_digits_and_balances_follow_from_the_bookings(language):
    for seed in range(3):
        fields = samples.make("bank_statement", seed=seed, language=language, dpi=50).truth.fields
        plain = fields["iban"].replace(" ", "")
        assert accounts.valid(fields["iban"])
        assert int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1
        assert accounts.valid(samples.make("payslip", seed=seed, language=language, dpi=50).truth.fields["account"])
        assert not accounts.valid(plain[:-1] + ("1" if plain[-1] != "1" else "2"))


def test_a_statement_adds_up():
    truth = samples.make("bank_statement", seed=5, language="en", dpi=50).truth
    rows = next(block for block in truth.blocks if block.kind == "table" and len(block.lines) > 2).lines[1:]
    booked = [int(re.sub(r"[.,]", "", row.words[-2].text)) for row in rows]
    assert int(truth.fields["opening"]) + sum(booked) == int(truth.fields["closing"])


@pytest.mark.parametrize("language", FURTHER)
@pytest.mark.parametrize("family", ["sans", "serif", *HANDS])
def test_the_typefaces_have_every_letter_of_the_further_languages(language, family):
    from cloister.samples.prose import words

    face = Face(family, "bold", 40)
    letters = {c for c in repr(words(language)) + repr(vocabulary(language)) if script(c)}
    assert len(letters) > 50
    assert not [c for c in letters if face.tile(c).ink is None]
    assert {named(face, c).split("-")[0] for c in letters}.isdisjoint({family})


@pytest.mark.parametrize("kind", ["payslip", "id_card"])
def test_the_same_seed_gives_the_same_file_in_another_process(kind):
    code = (
        "import hashlib\nfrom cloister.samples import carriers\n"
        f"d = carriers.document({kind!r}, seed=3, language='ru', quality='scan', dpi=80,"
        " canaries={'qr_code': 'A B'})\n"
        "print(hashlib.sha256(d.data + repr(d.truth).encode()).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    made = carriers.document(kind, seed=3, language="ru", quality="scan", dpi=80, canaries={"qr_code": "A B"})
    assert hashlib.sha256(made.data + repr(made.truth).encode()).hexdigest() == other


def test_papers_refuse_what_does_not_exist():
    with pytest.raises(ValueError, match="kinds are"):
        samples.make("diploma", seed=1)
    with pytest.raises(ValueError, match="written in"):
        samples.make("payslip", seed=1, language="tlh")
    with pytest.raises(ValueError, match="written in"):
        samples.make("page", seed=1, language="el")
