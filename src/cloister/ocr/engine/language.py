"""The language of a text: naive Bayes over byte n-grams, and the script for Chinese and Japanese.

The table is read and checked when this module is imported, so that a locked jail opens nothing.
How it is made, and what was measured against other libraries: training/language.py, docs/languages.md.
"""

from __future__ import annotations

import re
import struct

import numpy as np

from cloister.ocr import models as shipped
from cloister.ocr.engine import ngrams

LEAST_LETTERS = 20
"""Fewer letters tell no language."""
_MOST_CHARACTERS = 20_000
_SURENESS = 0.5
"""Scales the evidence, as overlapping n-grams are far from independent; fitted so that confidence is the share
that is right (docs/languages.md)."""
_GARBAGE, _PROSE = 0.55, 1.05
"""Mean evidence of an n-gram: below the first the text is like no language, above the second it is."""
_KANA, _CJK = re.compile("[\u3041-\u30ff\uff66-\uff9d]"), re.compile("[\u3005\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CJK_SHARE, _KANA_SHARE = 0.25, 0.05
_HEAD = struct.Struct("<6sHIfH")


class _Table:
    """Languages × n-grams: how much more likely than on average each n-gram is, as a logarithm."""

    def __init__(self, held: bytes) -> None:
        mark, languages, size, scale, length = _HEAD.unpack_from(held)
        assert mark == ngrams.MARK
        start = _HEAD.size + length
        self.tags = held[_HEAD.size : start].decode("ascii").split()
        self.keys = np.frombuffer(held, dtype=np.uint64, count=size, offset=start)
        weights = np.frombuffer(held, dtype=np.int8, offset=start + 8 * size)
        self.weights, self.scale = weights.reshape(size, languages), np.float32(scale)


_TABLE = _Table(shipped.load("languages.bin"))


def identify(text: str) -> tuple[str, float]:
    """The language of the text as a BCP 47 tag, and how sure that is, from 0 to 1.

    "und" where fewer than 20 letters were read, or nothing is more likely than not.
    """
    text = text[:_MOST_CHARACTERS]
    letters = sum(map(str.isalpha, text))
    if (signs := len(_CJK.findall(text))) > _CJK_SHARE * letters:
        return _chinese_or_japanese(text, signs)
    if letters < LEAST_LETTERS:
        return "und", 0.0
    places, counts = np.unique(ngrams.found(text, _TABLE.keys), return_counts=True)
    if not len(places):
        return "und", 0.0
    # Logarithms of counts: the same words again and again, as in a form, are little new evidence.
    evidence = np.log1p(counts).astype(np.float32)
    scores = evidence @ (_TABLE.weights[places] * _TABLE.scale)
    chances = np.exp(_SURENESS * (scores - scores.max()))
    best = int(scores.argmax())
    plain = (float(scores[best] / evidence.sum()) - _GARBAGE) / (_PROSE - _GARBAGE)
    sureness = float(chances[best] / chances.sum()) * min(1.0, max(0.0, plain))
    return (_TABLE.tags[best], sureness) if sureness > 1 / 2 else ("und", sureness)


def _chinese_or_japanese(text: str, signs: int) -> tuple[str, float]:
    """Japanese has kana among its Chinese characters; a few signs alone tell little."""
    kana = len(_KANA.findall(text)) / signs
    sureness = signs / (signs + 3)
    return ("ja" if kana > _KANA_SHARE else "zh"), sureness
