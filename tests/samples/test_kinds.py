"""The kinds say what such documents say: zones with valid digits, sums that add up."""

from __future__ import annotations

import re

import pytest
from stdnum import iban

from cloister import samples
from cloister.samples.kinds import passport


def test_the_zone_of_the_standard_s_own_specimen_is_reproduced():
    # ICAO 9303 part 4, appendix B: Anna Maria Eriksson of Utopia.
    facts = {
        "country": "UTO", "surname": "Eriksson", "given_names": "Anna Maria", "number": "L898902C3",
        "born": "740812", "sex": "F", "expires": "120415", "personal": "ZE184226B",
    }  # fmt: skip
    assert passport.zone(facts) == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [("Müller", "MUELLER"), ("O'Sullivan", "OSULLIVAN"), ("Núñez-Peña", "NUNEZ<PENA"), ("Éléonore", "ELEONORE")],
)
def test_names_are_written_as_the_standard_s_table_asks(name, written):
    assert passport.latin(name) == written


@pytest.mark.parametrize("seed", range(12))
def test_a_passport_s_zone_has_two_lines_of_44_that_stand_on_the_page(seed):
    language = samples.LANGUAGES[seed % 5]
    truth = samples.make("passport", seed=seed, language=language, dpi=100).truth
    zone = [line.text for block in truth.blocks if block.kind == "mrz" for line in block.lines]
    assert zone == [truth.fields["mrz1"], truth.fields["mrz2"]]
    assert [bool(re.fullmatch(r"[A-Z0-9<]{44}", line)) for line in zone] == [True, True]


@pytest.mark.parametrize("seed", range(8))
def test_an_invoice_adds_up_and_its_account_is_valid(seed):
    truth = samples.make("invoice", seed=seed, dpi=60).truth
    rows = next(block for block in truth.blocks if block.kind == "table").lines[1:]
    shown = [int(row.words[-1].text.replace(",", "").replace(".", "")) for row in rows]
    fields = truth.fields
    assert sum(shown) == int(fields["subtotal"])
    assert int(fields["total"]) == int(fields["subtotal"]) + int(fields["tax"])
    assert iban.is_valid(fields["iban"])  # the country's own check digits too


@pytest.mark.parametrize("seed", range(8))
def test_a_receipt_adds_up(seed):
    truth = samples.make("receipt", seed=seed, dpi=80).truth
    text = truth.text.replace(",", "")
    assert f"TOTAL {int(truth.fields['total']) / 100:.2f}" in text
    assert truth.width < truth.height or len(truth.lines) < 14


def test_a_form_s_entries_stand_in_its_text():
    for seed in range(4):
        truth = samples.make("form", seed=seed, dpi=80).truth
        for entry in truth.fields.values():
            assert entry in truth.text
