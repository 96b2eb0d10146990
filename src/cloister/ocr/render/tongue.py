"""The language of a text layer: what `engine.language` tells, without NumPy.

NumPy takes longer to load than this jail's own parsers together, and would be used for this alone. The
method and the table are those of `engine.language`, and a test holds the two to the same answers.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections import Counter
from math import exp, log1p

from cloister.ocr import models as shipped

_LEAST_LETTERS, _MOST_CHARACTERS = 20, 5_000
_SURENESS, _GARBAGE, _PROSE = 0.5, 0.55, 1.05
_HEAD = struct.Struct("<6sHIfH")
_LENGTH, _LONGEST = 56, 5
_LETTERS = re.compile(r"[^\W\d_]+")
_KANA, _CJK = re.compile("[\u3041-\u30ff\uff66-\uff9d]"), re.compile("[\u3005\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CJK_SHARE, _KANA_SHARE = 0.25, 0.05


class Tongues:
    """The table of n-grams, loaded before the lock."""

    def __init__(self) -> None:
        """Load and check it."""
        held = shipped.load("languages.bin")
        _, _, size, self._scale, length = _HEAD.unpack_from(held)
        start = _HEAD.size + length
        self._tags = held[_HEAD.size : start].decode("ascii").split()
        keys = struct.unpack_from(f"<{size}Q", held, start)
        self._places = dict(zip(keys, range(size), strict=True))
        self._weights = memoryview(held)[start + 8 * size :].cast("b")

    def identify(self, text: str) -> tuple[str, float]:
        """The language as a BCP 47 tag, and how sure that is; "und" where nothing is more likely than not."""
        text = text[:_MOST_CHARACTERS]
        letters = sum(map(str.isalpha, text))
        if (signs := len(_CJK.findall(text))) > _CJK_SHARE * letters:
            kana = len(_KANA.findall(text)) / signs
            return ("ja" if kana > _KANA_SHARE else "zh"), signs / (signs + 3)
        found = self._found(text) if letters >= _LEAST_LETTERS else Counter[int]()
        if not found:
            return "und", 0.0
        evidence = {place: log1p(count) for place, count in found.items()}
        count = len(self._tags)
        scores = [0.0] * count
        for place, weight in evidence.items():
            row = self._weights[place * count : (place + 1) * count]
            scores = [score + weight * value for score, value in zip(scores, row, strict=True)]
        best = max(scores)
        chances = sum(exp(_SURENESS * self._scale * (score - best)) for score in scores)
        plain = (best * self._scale / sum(evidence.values()) - _GARBAGE) / (_PROSE - _GARBAGE)
        sureness = min(1.0, max(0.0, plain)) / chances
        return (self._tags[scores.index(best)], sureness) if 2 * sureness > 1 else ("und", sureness)

    def _found(self, text: str) -> Counter[int]:
        """How often each n-gram of the table stands in the text, the longest that ends at each byte."""
        plain = " ".join(_LETTERS.findall(unicodedata.normalize("NFC", text).lower()))
        held, found = f" {plain} ".encode(), Counter[int]()
        for end in range(1, len(held) + 1):
            for size in range(min(_LONGEST, end), 0, -1):
                key = int.from_bytes(held[end - size : end], "little") | size << _LENGTH
                if (place := self._places.get(key)) is not None:
                    found[place] += 1
                    break
        return found
