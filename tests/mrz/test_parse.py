"""Reading zones that stand as they should."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.mrz import Format, Proof, check_digit, find, parse
from cloister.mrz.grammar import ALPHABET, LAYOUTS, value
from cloister.mrz.zone import birth_date, expiry_date, holds
from tests.mrz import zones

TODAY = date(2026, 1, 1)
KINDS = (Format.TD3, Format.TD2, Format.TD1, Format.MRV_A, Format.MRV_B, Format.FRANCE)


@pytest.mark.parametrize(
    ("lines", "kind"),
    list(zip(zones.SPECIMENS, KINDS, strict=True)),
)
def test_the_specimen_of_each_format_is_valid(lines: tuple[str, ...], kind: Format) -> None:
    zone = parse(lines, today=TODAY)
    assert zone is not None
    assert zone.format is kind
    assert zone.valid
    assert zone.lines == lines
    assert zone.corrections == ()


def test_a_passport_gives_typed_values() -> None:
    zone = parse(zones.TD3, today=TODAY)
    assert zone is not None
    assert (zone.code, zone.issuer, zone.nationality, zone.sex) == ("P", "UTO", "UTO", "F")
    assert (zone.surname, zone.given_names, zone.number) == ("ERIKSSON", ("ANNA", "MARIA"), "L898902C3")
    assert (zone.birth, zone.expiry) == (date(1974, 8, 12), date(2012, 4, 15))
    assert zone.optional == ("ZE184226B",)
    assert [check.name for check in zone.checks] == ["number", "birth", "expiry", "optional", "composite"]


def test_a_french_card_gives_typed_values() -> None:
    zone = parse(zones.FRANCE, today=TODAY)
    assert zone is not None
    assert (zone.surname, zone.given_names, zone.number) == ("BERTHIER", ("CORINNE",), "880692310285")
    assert (zone.birth, zone.expiry, zone.nationality) == (date(1965, 12, 6), None, "FRA")


def test_a_number_too_long_for_its_field_goes_on_in_the_optional_data() -> None:
    zone = parse(("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", zones.TD1[2]), today=TODAY)
    assert zone is not None
    assert zone.number == "D23145890734"
    assert zone.optional == ()
    assert zone.valid


def test_a_birth_date_that_is_not_wholly_known_is_no_date_but_checked() -> None:
    line = "L898902C36UTO74<<<<" + check_digit("74<<<<") + zones.TD3[1][20:]
    composite = check_digit(line[0:10] + line[13:20] + line[21:43])
    zone = parse((zones.TD3[0], line[:43] + composite), today=TODAY)
    assert zone is not None
    assert zone.birth is None
    assert zone.valid


@pytest.mark.parametrize(
    ("digits", "birth", "expiry"),
    [
        ("250101", date(2025, 1, 1), date(2025, 1, 1)),
        ("260102", date(1926, 1, 2), date(2026, 1, 2)),
        ("740812", date(1974, 8, 12), date(2074, 8, 12)),
        ("760101", date(1976, 1, 1), date(1976, 1, 1)),
        ("000229", date(2000, 2, 29), date(2000, 2, 29)),
        ("991301", None, None),
        ("<<<<<<", None, None),
    ],
)
def test_centuries_follow_the_rule(digits: str, birth: date | None, expiry: date | None) -> None:
    assert birth_date(digits, TODAY) == birth
    assert expiry_date(digits, TODAY) == expiry


@given(st.integers(0, 2**32), st.sampled_from(LAYOUTS))
def test_every_valid_zone_is_read_and_found_as_it_stands(seed: int, layout: object) -> None:
    lines = zones.by_chance(Random(seed), layout)  # type: ignore[arg-type]
    zone = parse(lines, today=TODAY)
    assert zone is not None
    assert zone.valid
    (found,) = find(lines, today=TODAY)
    assert (found.lines, found.valid) == (lines, True)
    assert [c for c in found.corrections if c.proof is not Proof.LENGTH] == []


@given(st.integers(0, 2**32), st.data())
def test_any_exchange_of_one_character_is_detected_but_where_modulus_10_cannot(seed: int, data: st.DataObject) -> None:
    layout = data.draw(st.sampled_from(LAYOUTS))
    lines = zones.by_chance(Random(seed), layout)
    guard = data.draw(st.sampled_from(layout.guards))
    span = data.draw(st.sampled_from(guard.over))
    at = data.draw(st.integers(span.start, span.end - 1))
    other = data.draw(st.sampled_from(sorted(ALPHABET - {lines[span.line][at]})))
    changed = list(lines)
    changed[span.line] = lines[span.line][:at] + other + lines[span.line][at + 1 :]
    same = (value(other) - value(lines[span.line][at])) % 10 == 0
    assert holds(changed, guard) == same


@pytest.mark.parametrize("lines", [[], ["X"], ["<" * 44] * 2, [zones.TD3[0], zones.TD3[1][:-1]], [zones.TD3[0]] * 2])
def test_what_has_no_shape_of_a_zone_is_none(lines: list[str]) -> None:
    assert parse(lines, today=TODAY) is None
