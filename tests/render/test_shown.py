"""Words that a page shows as text are not laid behind it again."""

from __future__ import annotations

import time
from dataclasses import replace

from cloister.model import Mode
from cloister.ocr.frames import Shown
from cloister.ocr.options import Options
from cloister.ocr.shown import not_shown_yet
from cloister.ocr.sources import BytesSource
from tests.pdf.made import page_with
from tests.render.papers import WORDS, Sheet, scan

PAGE = page_with(
    [("Bates", (100, 100, 200, 120)), ("0001", (210, 100, 260, 120))],
    [("scanned", (100, 300, 200, 320))],
    width=1200,
    height=1600,
    dpi=144.0,
)


def words(page):
    return [word.text for word in page.words]


def test_a_word_that_is_there_as_text_is_left_out_with_its_empty_line():
    bates, number = Shown("Bates", (50, 50, 100, 60)), Shown("0001", (105, 50, 130, 60))
    assert words(not_shown_yet(PAGE, (bates,))) == ["0001", "scanned"]
    both = not_shown_yet(PAGE, (bates, number))
    assert words(both) == ["scanned"]
    assert [len(line.words) for line in both.lines] == [1]


def test_other_text_at_the_place_and_the_same_text_elsewhere_change_nothing():
    assert not_shown_yet(PAGE, (Shown("Xqzvw", (50, 50, 100, 60)), Shown("scanned", (50, 50, 100, 60)))) == PAGE
    assert not_shown_yet(PAGE, ()) is PAGE


def test_the_place_is_that_on_the_page_as_it_came():
    turned = replace(PAGE, rotation=180, to_source=(-1, 0, 1200, 0, -1, 1600, 0, 0, 1))
    assert words(not_shown_yet(turned, (Shown("scanned", (500, 640, 550, 650)),))) == ["Bates", "0001"]


def test_the_jail_tells_what_is_visible_and_never_what_is_not(renderer):
    def shown(file, mode):
        with renderer.open(BytesSource(file), Options(mode=mode), time.monotonic() + 30) as rendering:
            list(rendering)
            return [word.text for word in rendering.shown]

    assert shown(Sheet().text().done(), Mode.REDO) == WORDS
    assert shown(Sheet().text().done(), Mode.FORCE) == []
    assert shown(Sheet().photo(scan(75)).text(setup="3 Tr").done(), Mode.SKIP) == []
    assert shown(Sheet().photo(scan(75)).text(setup="3 Tr").done(), Mode.REDO) == []
