"""What the lines of a page say together: which pages are refused, which go to the full head, and what is left out."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cloister.languages import Script
from cloister.ocr.engine.script import Foreign, Scripts

NAMES = (Script.LATIN, Script.HAN, Script.CYRILLIC)
SURE = 8.0


def network() -> Scripts:
    """Each line carries its odds: what is seen of it is what is said of it."""
    nothing = np.zeros(3, np.float32)
    return Scripts(np.eye(3, dtype=np.float32), nothing, np.eye(3, dtype=np.float32), nothing, NAMES)


def line(script: Script, letters: int = 20, width: int | None = None, confidence: float = 0.9):
    seen = np.array([SURE * (name is script) for name in NAMES], np.float32)
    return SimpleNamespace(
        seen=seen,
        cut=SimpleNamespace(width=42 * letters if width is None else width),
        read=SimpleNamespace(characters=("a",) * letters, confidence=confidence),
    )


def test_a_page_of_latin_lines_is_read():
    told = network().tell([line(Script.LATIN)] * 9, full=False)
    assert told.lines == (None,) * 9
    assert not told.says


def test_a_page_of_foreign_lines_is_refused_by_its_script():
    with pytest.raises(Foreign) as caught:
        network().tell([line(Script.CYRILLIC)] * 9, full=False)
    assert caught.value.script is Script.CYRILLIC


def test_a_few_foreign_lines_are_left_out_and_told():
    told = network().tell([line(Script.LATIN)] * 9 + [line(Script.CYRILLIC)] * 2, full=False)
    assert told.lines == (None,) * 9 + (Script.CYRILLIC,) * 2
    assert told.says == "not read: 2 lines that look like Cyrillic"


def test_a_mark_that_nobody_could_read_is_no_line_and_a_short_word_is_one():
    page = [line(Script.LATIN)] * 9
    mark = line(Script.CYRILLIC, 2, width=70, confidence=0.5)
    assert network().tell([*page, mark], full=False).lines == (None,) * 10
    for word in (
        line(Script.CYRILLIC, 2, width=70, confidence=0.9),
        line(Script.CYRILLIC, 4, width=100, confidence=0.5),
    ):
        assert network().tell([*page, word], full=False).lines == (None,) * 9 + (Script.CYRILLIC,)
    with pytest.raises(Foreign):
        network().tell([*page, *[line(Script.HAN, 1, width=70, confidence=0.5)] * 2], full=False)


def test_some_chinese_asks_for_the_full_head_which_reads_it():
    page = [line(Script.LATIN)] * 9 + [line(Script.HAN)]
    with pytest.raises(Foreign) as caught:
        network().tell(page, full=False)
    assert caught.value.script is Script.HAN
    assert network().tell(page, full=True).lines == (None,) * 10


def test_a_page_without_lines_is_no_script():
    assert network().tell([], full=False).lines == ()


def test_odds_that_rounding_leaves_without_a_rest_still_refuse():
    sure = Scripts(
        np.eye(3, dtype=np.float32),
        np.zeros(3, np.float32),
        np.array([[0, 0, 0], [0, 0, 0], [-90, -90, 3]], np.float32),
        np.array([-90, -90, 0], np.float32),
        NAMES,
    )
    with pytest.raises(Foreign):
        sure.tell([line(Script.CYRILLIC)] * 9, full=False)
