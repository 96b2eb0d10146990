"""Spaces that the recogniser dropped: it loses them on tightly set text, but the paper still shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cloister.ocr.engine.shapes import CUT_HEIGHT

if TYPE_CHECKING:
    from cloister.ocr.engine.decode import Read
    from cloister.ocr.engine.ink import Ink

_GAP = 0.33 * CUT_HEIGHT


def repair(read: Read, ink: Ink | None) -> list[bool]:
    """Say for each character whether a space stands before it that was not read."""
    missing = [False] * len(read.characters)
    if ink is None:
        return missing
    wide = ink.ends - ink.starts >= _GAP
    places = np.searchsorted(read.places, (ink.starts[wide] + ink.ends[wide]) / 2)
    for at in places:
        if 0 < at < len(missing) and " " not in read.characters[at - 1] + read.characters[at]:
            missing[at] = not (_wide(read.characters[at - 1]) or _wide(read.characters[at]))
    return missing


def _wide(character: str) -> bool:
    """Chinese and Japanese are set without spaces."""
    return character > "\u2e80"
