"""The order in which characters stand on paper, from left to right. Readers of PDFs turn it back (UAX #9)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_TO_LEFT = frozenset({"R", "AL"})
_TO_RIGHT = frozenset({"L", "EN", "AN"})
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_JOINED = frozenset({"Mn", "Me", "Mc", "Cf"})
"""Categories of characters that belong to the one before them."""
_MOST_JOINED = 8


def cells(text: str, *, line_to_left: bool) -> list[str]:
    """The cells of a word from left to right: characters, each with the marks that belong to it."""
    if line_to_left or reads_to_left([text]):
        return _turned(text)
    return _clusters(text)


def reads_to_left(texts: Iterable[str]) -> bool:
    """Whether most letters of these words are of a script that runs from right to left."""
    joined = "".join(texts)
    if joined.isascii():
        return False
    ways = [unicodedata.bidirectional(character) for character in joined]
    to_left = sum(way in _TO_LEFT for way in ways)
    return to_left > 0 and to_left >= sum(way == "L" for way in ways)


def _clusters(text: str) -> list[str]:
    if text.isascii():
        return list(text)
    clusters: list[str] = []
    for character in text:
        if clusters and len(clusters[-1]) < _MOST_JOINED and unicodedata.category(character) in _JOINED:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _turned(text: str) -> list[str]:
    """A word with its runs, and the characters of its right-to-left runs, turned around."""
    ways = [unicodedata.bidirectional(character) for character in text]
    if not any(way in _TO_LEFT for way in ways):
        return _clusters(text)
    runs: list[tuple[bool, list[str]]] = []
    for character, way in zip(text, ways, strict=True):
        to_right = way in _TO_RIGHT
        if not runs or runs[-1][0] != to_right:
            runs.append((to_right, []))
        runs[-1][1].append(character)
    made: list[str] = []
    for to_right, run in reversed(runs):
        made += run if to_right else [character.translate(_MIRRORED) for character in reversed(run)]
    return made
