"""Which way up a page is, and how far it leans.

Quarters show in the boxes: lines of a page on its side are tall. Half turns do not, but text that is upside
down reads badly: only a page that reads badly pays for a second look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloister.ocr.engine.geometry import Region
    from cloister.ocr.engine.recognise import Strip

PROBES = 8
"""Lines that are read both ways."""
DOUBTFUL = 0.85
"""A page that reads with less than this may be upside down."""
LEAST_SKEW = 0.2
"""Degrees: less is not worth the canvas."""
MOST_SKEW = 20.0


def on_its_side(regions: Sequence[Region]) -> bool:
    """Whether most of the text, by length, runs up or down the page."""
    tall = sum(r.height for r in regions if r.tall)
    wide = sum(r.width for r in regions if not r.tall)
    return tall > 1.5 * wide


def probes(regions: Sequence[Region]) -> list[Region]:
    """The lines that tell most: long ones, but not beyond what is cheap to read."""
    by_length = sorted(regions, key=lambda r: min(max(r.width, r.height) / max(1.0, min(r.width, r.height)), 15.0))
    return by_length[-PROBES:]


def quality(strips: Sequence[Strip]) -> float:
    """How well lines read: the mean probability of their characters, long lines counting more.

    Machine-readable zones are full of `<` and have no `>` (ICAO 9303): upside down they read just as
    surely, so what is read as `>` speaks for the other side.
    """
    sizes = np.array([len(strip.read.characters) for strip in strips], dtype=float)
    if not sizes.sum():
        return 0.0
    marks = np.array([strip.read.confidence * (1 - _backward(strip)) for strip in strips])
    return float((marks * sizes).sum() / sizes.sum())


def _backward(strip: Strip) -> float:
    characters = strip.read.characters
    return sum(c == ">" for c in characters) / max(1, len(characters))


def skew(regions: Sequence[Region]) -> float:
    """The clockwise degrees by which the lines lean: the median over lines, weighted by their length."""
    long = [r for r in regions if r.width > 4 * r.height]
    if not long:
        return 0.0
    angles, weights = np.array([r.angle for r in long]), np.array([r.width for r in long])
    order = np.argsort(angles)
    middle = float(angles[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)])
    return middle if LEAST_SKEW <= abs(middle) <= MOST_SKEW else 0.0
