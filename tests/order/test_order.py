"""Reading order on generated pages, tables and forms."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import pairwise
from math import radians, tan
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.document import Block, BlockKind, Line, Word, polygon_of
from cloister.ocr.engine.order import arrange
from tests.order.pages import Sheet, page

WIDTH, HEIGHT = 2480, 3508


def shuffled(sheet: Sheet) -> list[Line]:
    lines = list(sheet.lines)
    Random(7).shuffle(lines)
    return lines


def rows(blocks: tuple[Block, ...]) -> list[str]:
    return [line.text for block in blocks for line in block.lines]


def table(sheet: Sheet, top: float, cells: list[list[str]], lefts: tuple[float, ...], h: float = 40) -> None:
    for i, row in enumerate(cells):
        for x, cell in zip(lefts, row, strict=True):
            sheet.fragment(x, top + i * 1.5 * h, h, cell, len(cell) * 0.45 * h)


@pytest.mark.parametrize("tight", [False, True])
def test_successive_lines_of_generated_pages_stay_together(tight: bool) -> None:  # noqa: FBT001
    right = pairs = 0
    for seed in range(100):
        sheet, width, height = page(seed, tight=tight)
        got = Counter(pairwise(rows(arrange(shuffled(sheet), width, height))))
        want = Counter(pairwise(sheet.texts))
        right += (got & want).total()
        pairs += want.total()
    assert right >= 0.99 * pairs


@pytest.mark.parametrize("skew", [-1.0, 0.0, 1.0])
def test_a_table_is_read_row_by_row(skew: float) -> None:
    sheet = Sheet(Random(1), slope=tan(radians(skew)))
    cells = [["Oak boards, planed", "12", "14.50", "174.00"], ["Brass screws", "200", "0.12", "24.00"]] * 6
    table(sheet, 600, cells, (220, 1300, 1600, 2000))
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == [" ".join(row) for row in cells]


def test_a_table_of_words_is_read_row_by_row() -> None:
    sheet = Sheet(Random(1))
    cells = [["Anna Berg", "Purchasing", "Rotterdam"], ["Ove Lindqvist", "Sales", "Gothenburg"]] * 6
    table(sheet, 600, cells, (220, 1000, 1700))
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == [" ".join(row) for row in cells]


def test_a_form_is_read_row_by_row() -> None:
    sheet = Sheet(Random(2), slope=tan(radians(0.6)))
    cells = [["Name:", "A. Berg"], ["Date of birth:", "12 March 1961"], ["Street and number:", "Canal Road 5"]] * 4
    table(sheet, 500, cells, (220, 1100))
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == [" ".join(row) for row in cells]


def test_an_address_and_the_particulars_beside_it_are_read_one_after_the_other() -> None:
    sheet = Sheet(Random(11))
    sheet.put(220, 200, 60, "Oakham Medical Supply")
    for i, text in enumerate(["Northgate Paper Co.", "Theresa Kirkpatrick", "Church Row 93", "Harbour district"]):
        sheet.put(220, 500 + i * 56, 40, text)
    for i, text in enumerate(["Invoice number", "Date of delivery", "Customer", "Payment due"]):
        sheet.put(1500, 500 + i * 66, 40, text)
    for i in range(4):
        sheet.put(220, 1000 + i * 60, 40, "Thank you for your order, which we have received and now confirm")
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == sheet.texts


def test_a_greeting_below_two_columns_comes_after_both() -> None:
    sheet = Sheet(Random(12))
    sheet.put(1900, 300, 40, "Portland, 18 December")
    for x in (220.0, 1280.0):
        sheet.prose(x, 600, 950, 2000, 40, 56)
    sheet.put(220, 2150, 40, "Best wishes,")
    sheet.put(220, 2400, 40, "Eleanor Eldridge")
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == sheet.texts


def test_headings_on_one_level_stay_with_their_columns() -> None:
    sheet = Sheet(Random(13))
    for x, text in ((220.0, "Costs and payment"), (1280.0, "Findings")):
        sheet.put(x, 500, 44, text)
        sheet.prose(x, 660, 950, 2600, 40, 56)
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == sheet.texts


def test_a_full_stop_that_stands_alone_stays_in_its_row() -> None:
    line = Line((Word("Yours", polygon_of((100, 100, 300, 140)), 0.9),), polygon_of((100, 100, 300, 140)), 0.9)
    stop = Line((Word(".", polygon_of((306, 132, 314, 140)), 0.9),), polygon_of((306, 132, 314, 140)), 0.9)
    (block,) = arrange([stop, line], 800, 600)
    assert [row.text for row in block.lines] == ["Yours ."]


def test_a_receipt_keeps_each_price_with_its_item() -> None:
    sheet = Sheet(Random(3))
    items = [["COFFEE BEANS 1KG", "13.90"], ["MILK", "1.20"], ["RYE BREAD SLICED", "3.40"], ["TOTAL", "18.50"]]
    table(sheet, 200, items, (60, 700))
    assert rows(arrange(shuffled(sheet), 900, 700)) == [" ".join(row) for row in items]


def test_a_table_below_two_columns_is_read_row_by_row() -> None:
    sheet = Sheet(Random(4))
    for x in (220.0, 1280.0):
        sheet.prose(x, 300, 950, 1500, 40, 56)
    cells = [["Rent for the upper floor", "950.00"], ["Water", "31.20"], ["Heating", "120.75"], ["Sum", "1101.95"]] * 3
    table(sheet, 1800, cells, (220, 1900))
    want = sheet.texts + [" ".join(row) for row in cells]
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == want


def test_a_row_across_a_gutter_in_one_fragment_is_parted() -> None:
    sheet = Sheet(Random(5), jitter=0)
    for x in (220.0, 1280.0):
        sheet.prose(x, 300, 950, 2500, 40, 56)
    level = [line for line in sheet.lines if abs(line.box[1] - sheet.lines[0].box[1]) < 1]
    left, right = level
    x0, y0, _, y1 = left.box
    both = Line((*left.words, *right.words), polygon_of((x0, y0, right.box[2], y1)), 0.9)
    lines = [line for line in sheet.lines if line not in level] + [both]
    assert rows(arrange(lines, WIDTH, HEIGHT)) == sheet.texts


def test_a_title_above_three_columns_comes_first_though_it_crosses_no_gutter() -> None:
    sheet = Sheet(Random(6))
    sheet.put(1000, 300, 90, "Harvest")
    for x in (220.0, 920.0, 1620.0):
        sheet.prose(x, 460, 630, 3000, 36, 50)
    assert rows(arrange(shuffled(sheet), WIDTH, HEIGHT)) == sheet.texts


def test_header_and_footer_are_told_from_the_text() -> None:
    sheet = Sheet(Random(7))
    sheet.put(220, 130, 34, "Minutes of the council")
    sheet.prose(220, 400, 2000, 3000, 42, 60)
    sheet.put(1200, 3350, 34, "17")
    blocks = arrange(shuffled(sheet), WIDTH, HEIGHT)
    assert (blocks[0].kind, blocks[0].text) == (BlockKind.HEADER, "Minutes of the council")
    assert (blocks[-1].kind, blocks[-1].text) == (BlockKind.FOOTER, "17")
    assert {block.kind for block in blocks[1:-1]} == {BlockKind.TEXT}


@pytest.mark.parametrize("at_left", [True, False])
def test_a_sidebar_is_read_after_the_text_on_either_side(at_left: bool) -> None:  # noqa: FBT001
    sheet = Sheet(Random(8))
    sheet.prose(900.0 if at_left else 220.0, 300, 1360, 3000, 42, 60)
    sheet.prose(220.0 if at_left else 1760.0, 300, 500, 1800, 32, 42)
    blocks = arrange(shuffled(sheet), WIDTH, HEIGHT)
    assert rows(blocks) == sheet.texts
    assert blocks[-1].kind is BlockKind.SIDEBAR
    assert blocks[0].kind is BlockKind.TEXT


def test_fragments_of_one_row_become_one_line_with_its_own_outline() -> None:
    parts = [Line((Word(t, polygon_of(b), c),), polygon_of(b), c) for t, b, c in (
        ("first", (100, 100, 200, 140), 1.0), ("second", (230, 102, 400, 141), 0.5))]  # fmt: skip
    (block,) = arrange(parts[::-1], 800, 600)
    (line,) = block.lines
    assert line.text == "first second"
    assert line.box == pytest.approx((100, 100, 400, 141))
    assert line.confidence == pytest.approx((5 * 1.0 + 6 * 0.5) / 11)


def test_paragraphs_parted_by_space_are_blocks() -> None:
    sheet = Sheet(Random(9), jitter=0.02)
    for top in (400, 900, 1400):
        for i in range(5):
            sheet.row(220, top + i * 60, 42, "the council agreed on payment before the morning", 1000)
    blocks = arrange(shuffled(sheet), WIDTH, HEIGHT)
    assert [len(block.lines) for block in blocks] == [5, 5, 5]


def test_an_empty_page_has_no_blocks() -> None:
    assert arrange([], WIDTH, HEIGHT) == ()


numbers = st.floats(-500, 4000, allow_nan=False)
polygons = st.tuples(*[st.tuples(numbers, numbers)] * 4)
words = st.builds(Word, st.text("ab1", min_size=1, max_size=12), polygons, st.floats(0, 1))
any_lines = st.lists(st.builds(Line, st.lists(words, max_size=5).map(tuple), polygons, st.floats(0, 1)), max_size=40)


@settings(max_examples=150, deadline=None)
@given(any_lines)
def test_no_word_is_lost_or_doubled_whatever_the_lines(lines: list[Line]) -> None:
    blocks = arrange(lines, WIDTH, HEIGHT)
    want = Counter(id(word) for line in lines for word in line.words)
    assert Counter(id(word) for block in blocks for line in block.lines for word in line.words) == want
    assert all(block.lines for block in blocks)


def test_upright_columns_of_tall_narrow_lines_do_not_fail() -> None:
    lines = [
        Line((Word("縦書き", polygon_of(box), 0.9),), polygon_of(box), 0.9)
        for box in ((2200 - i * 90, 300, 2250 - i * 90, 2900) for i in range(20))
    ]
    assert sorted(rows(arrange(lines, WIDTH, HEIGHT))) == ["縦書き"] * 20


def test_two_thousand_lines_are_ordered_in_a_blink() -> None:
    sheet = Sheet(Random(10))
    for i in range(500):
        for x in (220.0, 800.0, 1380.0, 1960.0):
            sheet.fragment(x, 100 + i * 26, 20, "river house table council report", 480)
    start = process_time()
    blocks = arrange(shuffled(sheet), WIDTH, 4 * HEIGHT)
    assert process_time() - start < 0.5
    assert sum(len(block.lines) for block in blocks) == 2000


def test_it_imports_without_numpy_opencv_or_openssl() -> None:
    unwanted = "{'numpy', 'cv2', '_hashlib', '_ssl'}"
    code = f"import sys, cloister.ocr.engine.order; sys.exit(bool({unwanted} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-I", "-c", code], check=False).returncode == 0
