"""Words are found where their ink is, in reading order, by programs that are not ours."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from random import Random

import pytest

from cloister import samples
from cloister.document import IDENTITY, Matrix
from cloister.formats.pdf.jailed import space
from cloister.samples import files
from cloister.samples.truth import inverse, turned
from tests.pdf.made import blank, page_of, page_with, scan, set_in_line, two_words
from tests.pdf.seen import Text, around, overlap, pdftotext, pdftotext_boxes, qpdf_check


@pytest.fixture(scope="module")
def corpus(write):
    """Four generated pages as one scanned PDF, written; and their truths."""
    made = [samples.make(kind, seed=seed) for kind, seed in (("page", 1), ("page", 2), ("layout", 3), ("letter", 4))]
    truths = [sample.truth for sample in made]
    data, _ = write(files.pdf(made), [page_of(truth, number) for number, truth in enumerate(truths, start=1)])
    return data, truths


def best(text, wanted, box):
    """How well the best of the places where pdfium finds a text covers a box."""
    return max((overlap(around(boxes), box) for boxes in text.find(wanted)), default=0.0)


def test_five_hundred_words_and_a_hundred_phrases_are_found_at_their_place(corpus):
    data, truths = corpus
    chance = Random(8)
    texts = [Text(data, number) for number in range(1, len(truths) + 1)]
    words = [(texts[i], word.text, word.box) for i, truth in enumerate(truths) for word in truth.words]
    pairs = [
        (texts[i], f"{a.text} {b.text}", around([a.box, b.box]))
        for i, truth in enumerate(truths)
        for line in truth.lines
        for a, b in zip(line.words, line.words[1:], strict=False)
    ]
    missed = [wanted for text, wanted, box in chance.sample(words, 500) if best(text, wanted, box) < 0.5]
    missed += [wanted for text, wanted, box in chance.sample(pairs, 100) if best(text, wanted, box) < 0.5]
    assert missed == []


def test_word_boxes_fit_the_ink(corpus):
    data, truths = corpus
    fits = []
    for number, truth in enumerate(truths, start=1):
        text = Text(data, number)
        fits += [best(text, word.text, word.box) for word in truth.words]
    print(f"median {statistics.median(fits):.3f}, lowest tenth {sorted(fits)[len(fits) // 10]:.3f}")
    assert statistics.median(fits) >= 0.9
    assert sorted(fits)[len(fits) // 10] >= 0.8


def test_word_boxes_fit_the_ink_in_poppler_too(corpus):
    data, truths = corpus
    found = pdftotext_boxes(data, dpi=300)
    fits = []
    for truth, boxes in zip(truths, found, strict=True):
        fits += [max((overlap(box, w.box) for text, box in boxes if text == w.text), default=0.0) for w in truth.words]
    assert statistics.median(fits) >= 0.9


@pytest.mark.parametrize("seed", [4, 5, 6, 11])
def test_poppler_gives_the_words_in_order_and_each_line_by_itself(write, seed):
    source, truth = scan(seed)
    data, _ = write(source, [page_of(truth)])
    assert lines_of(pdftotext(data)) == [line.text for line in truth.lines]


@pytest.mark.parametrize("seed", [1, 2, 4, 9])
def test_columns_come_in_the_order_in_which_they_were_read(write, seed):
    # "-raw": poppler's own idea of columns and sidebars is another, whoever wrote the PDF.
    source, truth = scan(seed, "layout")
    data, _ = write(source, [page_of(truth)])
    assert pdftotext(data, "-raw").split() == [word.text for word in truth.words]


def test_qpdf_finds_nothing_to_complain_of(corpus, tmp_path):
    path = tmp_path / "written.pdf"
    path.write_bytes(corpus[0])
    code, said = qpdf_check(path)
    assert (code, "WARNING" in said) == (0, False)


def lines_of(text):
    return [line for line in text.replace("\f", "").split("\n") if line]


TURNS = [(turn, box) for turn in (0, 90, 180, 270, -90, 450) for box in ("plain", "shifted", "cropped")]


@pytest.mark.parametrize(("turn", "box"), TURNS)
def test_words_stand_in_place_however_the_page_is_turned_and_cropped(write, turn, box):
    boxes = {
        "plain": {},
        "shifted": {"MediaBox": [-100, 50, 500, 850]},
        "cropped": {"MediaBox": [0, 0, 900, 1000], "CropBox": [120, 80, 720, 880]},
    }
    size = (600, 800) if turn % 180 == 0 else (800, 600)
    words = [("Hello", (150, 50, 210, 70)), ("there", (220, 50, 280, 70)), ("end", (500, 540, 590, 590))]
    at_216_dpi = [[(text, tuple(3 * v for v in place)) for text, place in part] for part in (words[:2], words[2:])]
    reading = page_with(*at_216_dpi, width=size[0] * 3, height=size[1] * 3, dpi=216.0)
    data, _ = write(blank(Rotate=turn, **boxes[box]), [reading])
    text = Text(data, dpi=72)
    assert [word for word, place in words if best(text, word, place) < 0.9] == []
    assert best(text, "Hello there", (150, 50, 280, 70)) > 0.9


def test_user_units_move_nothing(write):
    data, _ = write(blank(UserUnit=2.5), [two_words()])
    assert best(Text(data, dpi=72), "Hello world", (150, 50, 280, 70)) > 0.9


@pytest.mark.parametrize("skew", [-12.0, -3.5, 0.7, 15.0])
def test_words_of_a_skewed_page_stand_where_the_page_shows_them(write, skew):
    # The page as it came is 600 × 800; the upright page around it is larger, with the same centre.
    a = math.radians(abs(skew))
    width, height = math.ceil(600 * math.cos(a) + 800 * math.sin(a)), math.ceil(800 * math.cos(a) + 600 * math.sin(a))
    to_source = turned(skew, (width / 2, height / 2), (300, 400))
    top = height // 2
    reading = page_with(set_in_line(["Some", "words", "here"], top, left=width / 2 - 150),
                        width=width, height=height, skew=skew, to_source=to_source)  # fmt: skip
    data, _ = write(blank(), [reading])
    text = Text(data, dpi=72)
    for word in reading.words:
        # pdfium's boxes are level: they are compared by their middle and their reach along the line.
        shown = [space.through(to_source, point) for point in word.polygon]
        middle = [sum(values) / 4 for values in zip(*shown, strict=True)]
        x0, y0, x1, y1 = around(next(iter(text.find(word.text))))
        assert math.dist(middle, ((x0 + x1) / 2, (y0 + y1) / 2)) < 3
        assert x1 - x0 == pytest.approx(max(p[0] for p in shown) - min(p[0] for p in shown), abs=5)
    assert list(text.find("Some words here"))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_words_of_a_page_read_sideways_stand_where_the_page_shows_them(write, rotation):
    width, height = (600, 800) if rotation == 180 else (800, 600)
    to_source = turned(rotation, (width / 2, height / 2), (300, 400))
    reading = page_with(set_in_line(["Turned", "text"], 100), width=width, height=height,
                        rotation=rotation, to_source=to_source)  # fmt: skip
    data, _ = write(blank(), [reading])
    text = Text(data, dpi=72)
    for word in reading.words:
        assert (
            best(text, word.text, around([(*p, *p) for p in (space.through(to_source, q) for q in word.polygon)])) > 0.9
        )
    assert pdftotext(data).split() == ["Turned", "text"]


def test_truth_taken_back_and_forth_is_itself():
    matrix = turned(7.0, (300, 400), (350, 420))
    x, y = space.through(space.times(inverse(matrix), matrix), (123.0, 456.0))
    assert (x, y) == (pytest.approx(123), pytest.approx(456))


SCRIPTS = {
    "chinese and japanese": ["漢字", "かな", "東京都"],
    "korean": ["한국어", "문서"],
    "thai": ["นี่คือ", "ภาษาไทย"],
    "hindi": ["हिन्दी", "क्षत्रिय"],
    "greek, russian, vietnamese": ["Ελληνικά", "Русский", "Tiếng", "Việt"],
    "letters with marks of their own": ["e\u0301le\u0300ve", "A\u030angstro\u0308m"],
    "signs": ["§5", "100%", "a/b", "<&>", "(x)", "\\", "€9,99", "-"],
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_found_and_copied_as_it_was_read(write, script):
    words = SCRIPTS[script]
    data, _ = write(blank(), [page_with(set_in_line(words, 100))])
    assert pdftotext(data).split() == words
    text = Text(data, dpi=72)
    assert [best(text, word, box) > 0.9 for word, box in set_in_line(words, 100)] == [True] * len(words)
    assert list(text.find(" ".join(words)))


@pytest.mark.parametrize("words", [["שלום", "עולם", "(בדיקה)", "2024-05", "סוף"], ["مرحبا", "بالعالم", "رقم", "كتاب"]])
def test_right_to_left_text_is_found_in_the_order_of_reading(write, words):
    line = set_in_line(words, 100, to_left=True)
    data, _ = write(blank(), [page_with(line)])
    text = Text(data, dpi=72)
    assert [best(text, word, box) > 0.9 for word, box in line] == [True] * len(words)
    assert text.raw().split() == words
    assert list(text.find(" ".join(words)))


def test_characters_beyond_the_basic_plane_are_copied_as_they_were_read(write):
    words = ["\U0001d518\U0001d52b\U0001d526", "👍🏽", "🇪🇺", "𠮷野家"]
    data, _ = write(blank(), [page_with(set_in_line(words, 100))])
    assert pdftotext(data).split() == words


def test_touching_and_overlapping_words_stay_apart(write):
    line = [("left", (100, 100, 150, 120)), ("right", (150, 100, 200, 120)), ("over", (190, 100, 240, 120))]
    data, _ = write(blank(), [page_with(line)])
    assert pdftotext(data).split() == ["left", "right", "over"]
    assert list(Text(data).find("left right over"))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_line_that_the_edge_of_the_page_cuts_is_found_by_poppler_too(write, turn):
    page = page_with(
        [("inside", (100, 100, 200, 120))], [("below", (100, 788, 180, 812)), ("gypsy", (190, 788, 260, 818))]
    )
    upside: dict[int, Matrix] = {
        0: IDENTITY,
        90: (0, -1, 800, 1, 0, 0, 0, 0, 1),
        180: (-1, 0, 600, 0, -1, 800, 0, 0, 1),
        270: (0, 1, 0, -1, 0, 600, 0, 0, 1),
    }
    size = (600, 800) if turn in {0, 180} else (800, 600)
    data, _ = write(blank(size=size), [replace(page, rotation=turn, to_source=upside[turn])])
    assert sorted(pdftotext(data).split()) == ["below", "gypsy", "inside"]


def test_a_word_without_any_size_breaks_nothing(write, tmp_path):
    data, _ = write(blank(), [page_with([("dot", (100, 100, 100, 100)), ("word", (110, 90, 160, 110))])])
    assert set(pdftotext(data).split()) == {"dot", "word"}
    (tmp_path / "x.pdf").write_bytes(data)
    assert qpdf_check(tmp_path / "x.pdf")[0] == 0
