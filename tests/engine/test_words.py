"""Words from what was read and from the ink of the lines, for all lines of a page at once."""

import numpy as np
import pytest

from cloister.ocr.engine import decode, detect, ink, models, spaces
from cloister.ocr.engine.crop import PADDING, Cut, Pyramid
from cloister.ocr.engine.geometry import Region, Upright, corners
from cloister.ocr.engine.shapes import CUT_HEIGHT, HEIGHT

WIDTH = 400


@pytest.fixture(scope="module")
def spacing():
    return models.load_spacing()


def drawn(columns: list[int], *, paper: int = 230, black: int = 30) -> np.ndarray:
    """A crop with a stroke, six pixels wide, at each of these columns."""
    crop = np.full((CUT_HEIGHT, WIDTH), paper, np.uint8)
    for column in columns:
        crop[10:32, column : column + 6] = black
    return crop


def line(text: str, *, pitch: int = 14, paper: int = 230, black: int = 30) -> tuple[decode.Read, Cut]:
    """A line as read, and its crop, with a stroke for each character that is no space."""
    at = [10 + pitch * k for k in range(len(text))]
    pixels = drawn([x for x, c in zip(at, text, strict=True) if c != " "], paper=paper, black=black)
    numbers = np.random.default_rng(len(text))
    places = np.array(at, np.float32) + 3
    shares, between = (numbers.uniform(0.5, 1, len(text)).astype(np.float32) for _ in range(2))
    read = decode.Read(tuple(text), places, shares, np.where(between > 0.95, between, 0.001).astype(np.float32))
    return read, Cut(Region(0, 0, WIDTH, CUT_HEIGHT, 0), pixels, ink.find(pixels), 0, WIDTH)


LINES = ["the river house", "", "a", " ", "ab", "a b", "12 345 6", "word", " lead and trail ", "中文 字", "x" * 25]


def test_lines_are_parted_together_as_each_on_its_own(spacing):
    lines = [line(text) for text in LINES] + [line("plain paper", black=230)]
    assert lines[-1][1].ink is None
    assert decode.words(lines, spacing) == [decode.words([one], spacing)[0] for one in lines]


def test_words_hold_every_character_and_a_box_around_their_ink(spacing):
    (found,) = decode.words([line("ab  cd")], spacing)
    assert [word.text for word in found] == ["ab", "cd"]
    assert [word.box for word in found] == [(10, 10, 30, 32), (66, 10, 86, 32)]


def test_no_line_gives_no_words(spacing):
    assert decode.words([], spacing) == []


def test_the_widest_blank_run_is_found_on_the_line_that_is_asked_for():
    numbers = np.random.default_rng(1)
    inks = [ink.find(drawn(sorted(numbers.integers(0, WIDTH - 6, count)))) for count in (3, 9, 0, 20, 1)]
    asked = np.sort(numbers.integers(0, len(inks), 200))
    before = numbers.uniform(0, WIDTH, 200).astype(np.float32)
    after = before + numbers.uniform(-5, 80, 200).astype(np.float32)
    widths, middles = ink.blanks(inks, asked, before, after)
    for k, one in enumerate(inks[a] for a in asked):
        best, middle = 0.0, float((before[k] + after[k]) / 2)
        for start, end in zip(one.starts, one.ends, strict=True) if one else ():
            low, high = max(float(start), float(before[k])), min(float(end), float(after[k]))
            if high - low > best:
                best, middle = high - low, (high + low) / 2
        assert (widths[k], middles[k]) == (best, middle)


def test_light_ink_on_dark_paper_is_found_like_dark_on_light():
    columns = [20, 60, 90, 200]
    dark, light = ink.find(drawn(columns)), ink.find(drawn(columns, paper=25, black=225))
    assert dark.starts.tolist() == light.starts.tolist() == [0, 26, 66, 96, 206]
    assert dark.ends.tolist() == light.ends.tolist() == [20, 60, 90, 200, WIDTH]
    assert (dark.left, dark.right, dark.pitch) == (light.left, light.right, light.pitch)
    assert (dark.left, dark.right) == (20, 206)
    assert np.array_equal(dark.mask, light.mask)


def test_neighbours_are_seen_of_the_same_line_only(spacing):
    reads = [line(text)[0] for text in ("abc", "defg")]
    found = spaces.pairs(reads)
    assert found.line.tolist() == [0, 0, 1, 1, 1]
    together = spaces.features(found, np.arange(5.0))
    apart = [
        spaces.features(spaces.pairs([read]), np.arange(5.0)[part])
        for read, part in zip(reads, (slice(2), slice(2, 5)), strict=True)
    ]
    assert np.array_equal(together, np.vstack(apart))
    assert together.shape[1] == len(spacing.first)


def test_corners_go_to_the_upright_page_and_back():
    upright = Upright(300, 200, 90, 3.0)
    there = np.array(corners(upright.from_source.tolist(), 10, 20, 110, 50))
    back = [corners(np.reshape(upright.to_source, (3, 3)).tolist(), x, y, x, y)[0] for x, y in there]
    assert np.allclose(back, [(10, 20), (110, 20), (110, 50), (10, 50)])


def test_runs_of_a_class_are_one_character_and_blanks_part_them():
    best = np.array([0, 1, 1, 0, 1, 2, 2, 2, 0, 3], np.int32)
    shares = np.array([0.9, 0.6, 0.8, 0.9, 0.7, 0.5, 1.5, 0.4, 0.9, 0.3], np.float32)
    space = np.linspace(0.0, 0.9, 10, dtype=np.float32)
    read = decode.collapse(best, shares, space, ["", "a", "b", "c"])
    assert read.characters == ("a", "a", "b", "c")
    assert read.places.tolist() == [16, 36, 52, 76]
    assert np.allclose(read.shares, [0.8, 0.7, 1.0, 0.3])
    assert np.allclose(read.spaces, [0.1, 0.4, 0.6, 0.9])
    assert read.confidence == pytest.approx(0.7)


def test_blanks_alone_are_no_characters():
    read = decode.collapse(np.zeros(5, np.int32), np.ones(5, np.float32), np.ones(5, np.float32), [""])
    assert (read.characters, len(read.places), read.confidence) == ((), 0, 0.0)


def test_a_line_is_drawn_into_its_place_in_a_batch():
    _, cut = line("the river house")
    batch = np.full((2, HEIGHT, 500, 1), PADDING, np.uint8)
    for width in (300, 480):
        cut.fill(width, batch[1, :, :, 0])
        assert np.unique(batch[1, :, :width]).size > 1
        assert np.unique(batch[1, :, 480:]).tolist() == np.unique(batch[0]).tolist() == [PADDING]


def test_the_content_of_a_page_is_found_with_some_paper_around():
    page = np.full((1200, 900), 240, np.uint8)
    page[400:600, 300:500] = 20
    left, top, right, bottom = detect._content(Pyramid(page))
    assert (260 < left < 300, 500 < right < 540) == (True, True)
    assert (360 < top < 400, 600 < bottom < 640) == (True, True)
    assert detect._content(Pyramid(np.full((70, 50), 9, np.uint8))) == (0, 0, 50, 70)
