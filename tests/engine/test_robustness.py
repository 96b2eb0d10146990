"""Turned, leaning, inverted, coarse, fine, pale and shadowed pages are read nearly as well as straight ones."""

from __future__ import annotations

import pytest

from bench import robustness
from cloister.ocr.reader import Reader

LEAST = 0.95
SAMPLE = ("rotated by 90°", "rotated by 180°", "skewed by -15°", "75 dpi", "inverted", "contrast 20%")


def judge(conditions: tuple[str, ...], pages: int) -> None:
    with Reader() as reader:
        straight = robustness.recall(reader, robustness.STRAIGHT, pages)
        found = {condition: robustness.recall(reader, condition, pages) for condition in conditions}
    assert straight > 0.98
    assert not {condition: recall for condition, recall in found.items() if recall < LEAST * straight}


def test_a_damaged_page_is_read_as_a_straight_one():
    judge(SAMPLE, 1)


@pytest.mark.proof
def test_damaged_pages_are_read_as_straight_ones():
    judge(tuple(robustness.CONDITIONS), 16)
