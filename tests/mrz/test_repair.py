"""Zones as OCR gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.document import Block, BlockKind, Line, Page, Word, polygon_of
from cloister.mrz import Format, Mrz, Proof, find, is_machine_readable, normalise_line, repair_page
from tests.mrz import zones

TODAY = date(2026, 1, 1)


def one(lines: Sequence[str]) -> Mrz:
    (zone,) = find(lines, today=TODAY)
    return zone


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("P<UTO ERIKSSON «ANNA", "P<UTOERIKSSON<<ANNA"),
        ("p\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}utoériksson≪", "P<UTOERIKSSON<<"),
        ("L898 902C3.6", "L898902C36"),
        ("P<UTOERIKSSON<<ANNA<c<Cc<e<<c<", "P<UTOERIKSSON<<ANNA<<<<<<<<<<<"),
        ("", ""),
    ],
)
def test_a_line_is_brought_into_the_alphabet(raw: str, plain: str) -> None:
    assert normalise_line(raw) == plain


@pytest.mark.parametrize(
    ("line", "at", "read", "meant"),
    [(0, 4, "0", "O"), (0, 5, "8", None), (1, 13, "T", "7"), (1, 16, "B", "8"), (1, 20, "P", "F"), (1, 10, "U", "U")],
)
def test_a_look_alike_that_may_not_stand_there_is_put_right(line: int, at: int, read: str, meant: str | None) -> None:
    lines = list(zones.TD3)
    lines[line] = lines[line][:at] + read + lines[line][at + 1 :]
    zone = one(lines)
    if meant is None:
        assert zone.lines[line][at] == "B"  # as near as the position tells: a letter like an 8
    else:
        assert zone.lines == zones.TD3
        assert zone.valid
    assert all(c.proof is Proof.POSITION and (c.line, c.at, c.read) == (line, at, read) for c in zone.corrections)


def test_a_check_digit_proves_a_letter_in_the_number() -> None:
    zone = one([zones.TD3[0], zones.TD3[1].replace("L898902C3", "L8989O2C3")])
    assert zone.lines == zones.TD3
    (correction,) = zone.corrections
    assert (correction.read, correction.meant, correction.proof) == ("O", "0", Proof.CHECK_DIGIT)


def test_what_nothing_proves_stays_and_is_told_as_broken() -> None:
    zone = one([zones.TD3[0], zones.TD3[1].replace("L898902C3", "L898902X4")])
    assert zone.number == "L898902X4"
    assert not zone.valid
    assert {check.name for check in zone.checks if not check.holds} == {"number", "composite"}


def test_names_are_never_changed_by_anything_but_their_alphabet() -> None:
    zone = one([zones.TD3[0].replace("ERIKSSON", "ERlK550N"), zones.TD3[1]])
    assert zone.surname == "ERLKSSON"  # a small l is an L as far as anyone can prove
    assert zone.valid


@pytest.mark.parametrize(
    "tail", ["<<<<<<<KK<<<<<<<<<<", "<<<<<<<<<<<<<<<<<<K", "<<CC<<<<<<<<<<<<<<<", "<<<<<<<<<<<<<<", "<" * 24]
)
def test_fillers_at_the_end_are_made_whole(tail: str) -> None:
    zone = one(["P<UTOERIKSSON<<ANNA<MARIA" + tail, zones.TD3[1]])
    assert zone.lines == zones.TD3
    assert zone.corrections


def test_a_run_of_fillers_within_a_line_is_made_whole() -> None:
    zone = one([zones.TD3[0], zones.TD3[1].replace("<<<<<", "<<<<")])
    assert zone.lines == zones.TD3
    assert [c.proof for c in zone.corrections] == [Proof.LENGTH]


def test_germany_has_one_letter() -> None:
    line = "C01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4"
    zone = one(["P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<", line.replace("D<<", "0<C")])
    assert zone.nationality == "D"
    assert zone.lines[1] == line
    assert zone.valid


@given(st.integers(0, 2**32))
def test_spaces_small_letters_and_quotes_do_not_hide_a_zone(seed: int) -> None:
    random = Random(seed)
    lines = zones.by_chance(random)
    noisy = []
    for line in lines:
        at = random.randint(1, len(line) - 1)
        noisy.append((line[:at] + " " + line[at:]).replace("<<", "«", random.randint(0, 3)).lower())
    assert one(["Some text before", *noisy, "and after"]).lines == lines


@given(st.lists(st.text("PVIACDEFRLUTO0123456789<< ", min_size=20, max_size=50), max_size=6))
def test_a_zone_is_never_found_where_no_check_digit_holds(lines: list[str]) -> None:
    for zone in find(lines, today=TODAY):
        assert any(check.holds for check in zone.checks)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_lines_at_all_are_taken(lines: list[str]) -> None:
    assert isinstance(find(lines, today=TODAY), list)


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog",
        'std::cout << "total: " << sum << std::endl;',
        "« Bonjour », dit-elle en entrant dans la salle",
        "x << 4 | y << 8",
        "INVOICE 2021-000123   TOTAL 1,240.00",
        "<<<<<<<<",
        "A<B",
        "Please sign here <<<<<<<<<<<<<<<<<<<<",
        "",
    ],
)
def test_other_text_is_not_machine_readable(text: str) -> None:
    assert not is_machine_readable(text)


@pytest.mark.parametrize("lines", zones.SPECIMENS)
def test_every_line_of_a_zone_with_fillers_is_machine_readable(lines: tuple[str, ...]) -> None:
    assert all(is_machine_readable(line) for line in lines if "<<" in line)


def line_of(text: str, top: float) -> Line:
    words, x = [], 40.0
    for word in text.split():
        words.append(Word(word, polygon_of((x, top, x + 20 * len(word), top + 30)), 0.9))
        x += 20 * (len(word) + 1)
    return Line(tuple(words), polygon_of((40, top, x - 20, top + 30)), 0.9)


def page_of(*blocks: Sequence[str]) -> Page:
    top, made = 0.0, []
    for block in blocks:
        lines = []
        for text in block:
            top += 50
            lines.append(line_of(text, top))
        made.append(Block(tuple(lines), BlockKind.TEXT))
    return Page(1, 1400, 900, 300, tuple(made))


def test_a_page_has_its_zone_put_right_in_place() -> None:
    page = page_of(
        ["PASSPORT", "Surname", "Eriksson"],
        ["P<UT0 ERIKSSON<<ANNA<MAR1A<<<<<<<<<<<<<<<<<<<", zones.TD3[1].replace("0", "O", 1)],
    )
    repaired, (zone,) = repair_page(page, today=TODAY)
    assert zone.format is Format.TD3
    assert zone.valid
    assert repaired.blocks[0] == page.blocks[0]
    assert repaired.blocks[1].text.split("\n") == list(zones.TD3)
    assert [line.polygon for line in repaired.lines] == [line.polygon for line in page.lines]
    assert [line.confidence for line in repaired.lines] == [line.confidence for line in page.lines]
    assert len(repaired.lines[3].words) == 1


def test_a_zone_in_two_blocks_is_found() -> None:
    _, (zone,) = repair_page(page_of(["IDENTITY CARD"], zones.TD1[:2], zones.TD1[2:]), today=TODAY)
    assert zone.lines == zones.TD1


def test_a_page_without_a_zone_is_the_same_page() -> None:
    page = page_of(["Dear Sir,", "we write about << nothing >> in particular"])
    assert repair_page(page, today=TODAY) == (page, ())
    assert repair_page(page, today=TODAY)[0] is page


def test_a_single_line_on_a_crop_gets_its_alphabet() -> None:
    page = page_of(["D0E<<J0HN<Q <<<<<<<<<<<<<<<<<<"])
    repaired, found = repair_page(page, today=TODAY)
    assert repaired.text == "DOE<<JOHN<Q<<<<<<<<<<<<<<<<<<"
    assert found == ()


def test_a_data_line_on_a_crop_is_mended_by_a_check_digit_only_if_the_others_hold() -> None:
    good = zones.TD3[1]
    repaired, _ = repair_page(page_of([good.replace("L898902C3", "L8989O2C3")]), today=TODAY)
    assert repaired.text == good
    doubtful = good.replace("L898902C3", "L8989O2C3").replace("7408122", "7408121").replace("1204159", "1204158")
    repaired, _ = repair_page(page_of([doubtful]), today=TODAY)
    assert repaired.text == doubtful


def test_corrections_lead_from_what_was_read_to_what_is_meant() -> None:
    read = [zones.TD3[0].replace("UTO", "UT0"), zones.TD3[1].replace("7408122", "74O8122")]
    zone = one(read)
    back = [list(line) for line in zone.lines]
    for correction in zone.corrections:
        assert back[correction.line][correction.at] == correction.meant
        back[correction.line][correction.at] = correction.read
    assert ["".join(line) for line in back] == read


def test_a_thousand_lines_take_no_time() -> None:
    lines = [f"Article {n}: the council agreed on payment of {n * 17} euros before the morning" for n in range(1000)]
    assert find([*lines, *zones.TD3, *lines], today=TODAY)[0].valid
